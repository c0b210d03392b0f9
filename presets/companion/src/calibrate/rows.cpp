#include "rows.h"

#include <algorithm>

#include "edgewise/json_text.h"
#include "edgewise/metric.h"
#include "edgewise/placement.h"
#include "errors.h"
#include "files.h"

namespace edgewise {

namespace {

std::string text_in(const Csv& csv, std::size_t row, const char* column) {
  const std::size_t at = csv.find(column);
  return at == Csv::npos ? std::string() : csv.rows[row][at];
}

/// Puts where a run had the model into its question; why that cannot be asked, or empty.
std::string place(const Placement& p, Workload& w) {
  if (p.overrides > 0 || p.rpc || p.embeddings || p.devices == 0)
    return "not a model in one computer (" + placement_text(p) + ")";
  w.gpu_layers = p.gpu_layers;
  if (p.cpu_moe > 0) w.cpu_moe = p.cpu_moe;
  w.kv_on_host = p.kv_on_host ? 1 : 0;
  w.devices = p.devices;
  return {};
}

}  // namespace

std::string configuration_of(const Csv& csv, std::size_t row) {
  std::string out = text_in(csv, row, "device");
  for (const char* column : {"power_mode", "runtime", "model", "quant", "kv_quant", "threads", "batch", "placement"})
    out += "|" + text_in(csv, row, column);
  return out;
}

Result<std::vector<Row>> read_rows(const Csv& csv, const Catalog& catalog) {
  static constexpr const char* required[] = {"model", "metric", "runtime"};
  Errors errors;
  for (const char* name : required)
    if (csv.find(name) == Csv::npos) errors.push_back({"missing", name, "is a required column"});
  if (!errors.empty()) return errors;

  std::vector<Row> out;
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    Row row;
    row.number = i;
    const auto text = [&](const char* column) { return text_in(csv, i, column); };
    const auto count = [&](const char* column, double fallback) {
      const std::string field = text(column);
      if (field.empty()) return fallback;
      const double x = parse_number(field);
      if (!(x >= 0) && row.reason.empty()) row.reason = std::string(column) + " \"" + field + "\" is no count";
      return x;
    };
    row.id = text("id");
    row.source = text("source");
    row.url = text("url");
    row.trust = text("trust");
    row.note = text("note");
    row.exclude = text("exclude");
    row.placement = text("placement");
    row.host = text("host");
    row.batch = text("batch");
    row.metric = find_metric(text("metric"));
    row.value = parse_number(text("value"));
    if (row.metric == Metric::count)
      row.reason = "metric \"" + text("metric") + "\" is not known";
    else if (const std::string unit = text("unit"); !unit.empty() && unit != info(row.metric).unit)
      row.reason = "unit \"" + unit + "\" is not that of the metric, " + std::string(info(row.metric).unit);

    Query& q = row.query;
    q.model = text("model");
    q.device = text("device");
    q.power_mode = text("power_mode");
    q.runtime = text("runtime");
    q.quant = text("quant");
    q.kv_quant = text("kv_quant");
    if (const std::string fa = text("flash_attention"); fa == "0" || fa == "1") q.flash_attention = fa == "1" ? 1 : 0;
    Workload& w = q.workload;
    const bool known = row.metric != Metric::count;
    const bool memory = known && info(row.metric).kind == Kind::memory,
               prefill = known && info(row.metric).kind == Kind::prefill;
    // Of memory, the scope says which part a tool saw; of power, what it was of.
    row.host_part = memory && text("scope") == "host";
    if (!memory) q.power_scope = text("scope");
    const bool prompt_stated = !text("prompt").empty();
    w.batch = count("batch", 1);
    if (!text("micro_batch").empty()) w.micro_batch = count("micro_batch", unknown);
    w.threads = count("threads", 0);
    if (memory) {
      // `depth` is the allocated context of memory rows; what ran in it may be stated beside it.
      w.prompt = count("prompt", 0);
      w.generate = count("generate", 0);
      w.context = std::max(count("depth", 0), w.prompt + w.generate);
      if (w.prompt + w.generate == 0) w.prompt = w.context > 0 ? std::min(w.context, 512.0) : 512;
      // What is allocated where nothing is stated: what ran, or the default context of llama.cpp and its like.
      const Runtime* runtime = catalog.runtime(text("runtime"));
      if (w.context == 0) w.context = runtime && runtime->memory.grows_kv ? w.prompt + 128 : 4096;
    } else {
      // Decode rows that state no prompt come from short chats.
      w.prompt = count("prompt", 64);
      w.generate = count("generate", prefill ? 0 : 128);
      w.depth = count("depth", 0);
      if (prefill && !prompt_stated && row.reason.empty()) row.reason = "the prompt length is not stated";
      if (prefill && prompt_stated && w.prompt == 0 && row.reason.empty()) row.reason = "the prompt is empty";
    }
    q.host = text("host");
    if (const auto placement = parse_placement(row.placement); !placement) {
      if (row.reason.empty()) row.reason = "placement: " + placement.errors()[0].message;
    } else if (row.reason.empty()) {
      row.reason = place(*placement, w);
    }
    if (q.device.empty() && memory) {
      // Buffers do not depend on the device: any that the runtime runs on will do, unless it repacks there.
      for (const auto& entry : catalog.devices()) {
        const Device& device = entry.second.device;
        const auto runtimes = catalog.runtimes_for(device);
        if (std::any_of(runtimes.begin(), runtimes.end(),
                        [&](const Runtime* rt) { return rt->id == q.runtime && !rt->repacks_tied_output(device); })) {
          q.device = entry.first;
          break;
        }
      }
    }
    row.configuration = configuration_of(csv, i);
    out.push_back(std::move(row));
  }
  return out;
}

Result<RowFile> load_rows(const std::string& path, const Catalog& catalog) {
  const auto text = read_text(path);
  if (!text) return text.errors();
  auto csv = parse_csv(*text);
  if (!csv) return in_file(path, csv.errors());
  auto rows = read_rows(*csv, catalog);
  if (!rows) return in_file(path, rows.errors());
  return RowFile{std::move(*csv), std::move(*rows)};
}

Result<Answer> answer_row(const Row& row, const Catalog& catalog) {
  auto a = answer(catalog, row.query);
  if (!a || !row.placement.empty() || exceeds_memory(a->estimate)) return a;
  if (a->estimate[Term::unplaced_B] <= 0 && !on_host(a->estimate)) return a;
  a->rates.lent_B = a->rates.usable_B = a->rates.capacity_B;
  a->rates.reserve = {};
  a->compute();
  return a;
}

namespace {

/// What the host has of a memory beside a device.
Term host_term(Metric m) {
  switch (m) {
    case Metric::compute_buffer_mib:
      return Term::host_compute_B;
    case Metric::model_buffer_mib:
    case Metric::model_load_mem_mib:
      return Term::host_weights_B;
    default:
      return Term::host_memory_B;
  }
}

/// The same relative interval about another value.
Ranged moved(const Ranged& r, double value) { return {value, value * (r.low / r.value), value * (r.high / r.value)}; }

}  // namespace

Prediction predict_row(const Row& row, const Catalog& catalog) {
  if (!row.reason.empty()) return {{}, row.reason};
  const auto a = answer_row(row, catalog);
  if (!a) return {{}, a.errors()[0].path + ": " + a.errors()[0].message};
  Prediction p{a->ranged(row.metric)};
  if (row.host_part) p.value = moved(p.value, a->estimate[host_term(row.metric)] * info(row.metric).scale);
  if (is_known(p.value.value)) return p;
  p.status = "unknown";
  for (const std::string& field : missing_fields(a->estimate, a->runtime->processor, info(row.metric).term))
    p.status += (p.status == "unknown" ? ": needs " : ", ") + field;
  return p;
}

}  // namespace edgewise
