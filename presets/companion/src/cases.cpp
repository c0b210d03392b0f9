#include "cases.h"

#include <nlohmann/json.hpp>

namespace edgewise {

namespace {

/// A number in JSON's notation, which no locale changes; NaN where the field is empty or no number.
double to_number(const std::string& text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  return parsed.is_number() ? parsed.get<double>() : unknown;
}

bool is_memory(Metric m) {
  switch (m) {
    case Metric::model_load_mem_mib:
    case Metric::peak_mem_mib:
    case Metric::kv_cache_mib:
    case Metric::compute_buffer_mib:
    case Metric::model_buffer_mib:
      return true;
    default:
      return false;
  }
}

bool is_prefill(Metric m) { return m == Metric::prefill_tok_s || m == Metric::ttft_ms; }

}  // namespace

Result<std::vector<CaseRow>> read_cases(const Csv& csv, const Catalog& catalog) {
  static constexpr const char* required[] = {"model", "metric", "runtime"};
  Errors errors;
  for (const char* name : required)
    if (csv.find(name) == Csv::npos) errors.push_back({"missing", name, "is a required column"});
  if (!errors.empty()) return errors;

  std::vector<CaseRow> out;
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    CaseRow row;
    row.row = i;
    Case& c = row.understood;
    c.row = i;
    const auto text = [&](const char* column) {
      const std::size_t at = csv.find(column);
      return at == Csv::npos ? std::string() : csv.rows[i][at];
    };
    const auto count = [&](const char* column, double fallback) {
      const std::string field = text(column);
      if (field.empty()) return fallback;
      const double x = to_number(field);
      if (!(x >= 0) && row.reason.empty()) row.reason = std::string(column) + " \"" + field + "\" is no count";
      return x;
    };
    c.id = text("id");
    c.source = text("source");
    c.trust = text("trust");
    c.exclude = text("exclude");
    c.runtime_version = text("runtime_version");
    c.metric = find_metric(text("metric"));
    c.value = to_number(text("value"));
    if (c.metric == Metric::count) row.reason = "metric \"" + text("metric") + "\" is not known";

    Query& q = c.query;
    q.model = text("model");
    q.device = text("device");
    q.power_mode = text("power_mode");
    q.runtime = text("runtime");
    q.quant = text("quant");
    q.kv_quant = text("kv_quant");
    if (const std::string fa = text("flash_attention"); fa == "0" || fa == "1") q.flash_attention = fa == "1" ? 1 : 0;
    Workload& w = q.workload;
    const bool prompt_stated = !text("prompt").empty();
    w.batch = count("batch", 1);
    w.threads = count("threads", 0);
    if (is_memory(c.metric)) {
      // `depth` is the allocated context of memory rows; what ran in it may be stated beside it.
      w.prompt = count("prompt", 0);
      w.generate = count("generate", 0);
      w.context = std::max(count("depth", 0), w.prompt + w.generate);
      if (w.prompt + w.generate == 0) w.prompt = w.context > 0 ? std::min(w.context, 512.0) : 512;
      if (w.context == 0) w.context = 4096;
    } else {
      // Decode rows that state no prompt come from short chats.
      w.prompt = count("prompt", 64);
      w.generate = count("generate", is_prefill(c.metric) ? 0 : 128);
      w.depth = count("depth", 0);
      if (is_prefill(c.metric) && !prompt_stated && row.reason.empty()) row.reason = "the prompt length is not stated";
      if (is_prefill(c.metric) && prompt_stated && w.prompt == 0 && row.reason.empty())
        row.reason = "the prompt is empty";
    }
    if (q.device.empty() && is_memory(c.metric)) {
      // Buffers do not depend on the device: any that the runtime runs on will do.
      for (const auto& [id, preset] : catalog.devices()) {
        const auto runtimes = runtimes_for(catalog, preset.device);
        if (std::any_of(runtimes.begin(), runtimes.end(), [&](const Runtime* rt) { return rt->id == q.runtime; })) {
          q.device = id;
          break;
        }
      }
    }
    c.configuration = text("device") + "|" + q.power_mode + "|" + q.runtime + "|" + q.model + "|" + q.quant + "|" +
                      q.kv_quant + "|" + text("threads") + "|" + text("batch");
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace edgewise
