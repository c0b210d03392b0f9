#include "session.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <map>

#include "edgewise/json.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/text.h"
#include "names.h"

namespace edgewise {

namespace {

/// As far as their presets say; a card with its memory.
bool have_the_same(Processor p, const Device& a, const Device& b) {
  const auto differ = [](double x, double y) { return std::fabs(x - y) > 0.02 * std::max(x, y); };
  if (processor_class(a, p) != processor_class(b, p)) return false;
  if (p == Processor::cpu) return !differ(a.cpu_fp32_flops, b.cpu_fp32_flops);
  return !differ(a.gpu_fp32_flops, b.gpu_fp32_flops) &&
         (a.shares_memory_with(p) || !differ(a.memory_bandwidth_Bps, b.memory_bandwidth_Bps));
}

/// Whether a name that no preset has may be this card's: what has a digit in it stands in the card's own name, but for
/// sizes of memory, and code names and drivers in parentheses.
bool may_be(const Device& card, const std::string& name) {
  const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  std::string own;
  for (const char c : lower(card.name + card.id))
    if (is_of_word(c)) own += c;
  const std::string text = lower(name.substr(0, name.find('(', 1)));
  for (std::size_t at = 0; at < text.size();) {
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_of_word) - text.begin());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    const bool is_size = word.ends_with("gb") && std::all_of(word.begin(), word.end() - 2, ::isdigit);
    if (word.find_first_of("0123456789") != word.npos && !is_size && word.rfind("gfx", 0) != 0 &&
        own.find(word) == own.npos)
      return false;
  }
  return true;
}

bool is_same(const ModelHint& a, const ModelHint& b) {
  const auto same = [](double x, double y) { return x == y || (!is_known(x) && !is_known(y)); };
  return a.name == b.name && a.type == b.type && a.quant == b.quant && same(a.parameters, b.parameters) &&
         same(a.parameters_within, b.parameters_within);
}

}  // namespace

void ImportSession::remark(const std::string& text) {
  if (said_.insert(text).second) out_.remarks.push_back(text);
}

void ImportSession::fact(const std::string& text) {
  if (said_.insert(text).second) out_.facts.push_back(text);
}

void ImportSession::ran_on(Processor p, const std::vector<std::string>& names) {
  std::string key = p == Processor::cpu ? "cpu" : "gpu";
  for (const std::string& name : names) key += "\n" + name;
  if (!ran_on_.insert(key).second) return;
  const DevicePreset* said = catalog_.device(catalog_.resolve_device(context_.device));
  bool here = false, any_named = false;
  std::string others;
  for (const std::string& name : names) {
    const Catalog::Meant meant = catalog_.device_meant(name);
    const std::vector<std::string> ids = meant.fitting();
    if (meant.several > ids.size()) continue;
    const std::string in_words = "\"" + name + "\"" + (ids.empty() ? std::string() : " (" + listed(ids) + ")");
    if (!said) {
      any_named = any_named || !ids.empty();
      others += (others.empty() ? "" : " and ") + in_words;
      continue;
    }
    const Device& device = said->device;
    const bool is_card = p == Processor::gpu && device.kind == DeviceKind::host_centric;
    const bool is_it = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
      const DevicePreset* one = catalog_.device(id);
      return id == device.measured_as() || (one && have_the_same(p, one->device, device));
    });
    if (is_it)
      here = true;
    else if (!ids.empty() || (is_card && !may_be(device, name)))
      others += (others.empty() ? "" : " and ") + in_words;
    else if (is_card)
      remark("it ran on " + in_words + ": whether that is " + device.id + " is not known");
  }
  if (!said && any_named && out_.named.empty())
    out_.named = others + (names.size() > 1 ? ": no speed of one device alone" : "; --device says so in every row");
  if (!said || others.empty()) return;
  out_.elsewhere = here ? "it ran on " + others + " too: no speed of " + said->device.id + " alone"
                        : "it ran on " + others + ", not on " + said->device.id + ": --device names what it ran on";
}

void ImportSession::lacks(const std::string& message) {
  if (said_.insert(message).second) errors_.push_back({"missing", "", message});
}

std::string ImportSession::runtime_of(std::string_view family, const std::vector<std::string>& backends) {
  if (!context_.runtime.empty()) return context_.runtime;
  std::vector<std::string> possible;
  const DevicePreset* device = catalog_.device(catalog_.resolve_device(context_.device));
  const auto has_one = [&](const Runtime& runtime) {
    return backends.empty() || std::find_first_of(backends.begin(), backends.end(), runtime.backends.begin(),
                                                  runtime.backends.end()) != backends.end();
  };
  for (const auto& [id, runtime] : catalog_.runtimes())
    if (runtime.family == family && id.rfind(family, 0) == 0 && has_one(runtime) &&
        (!device || runtime.runs_on(device->device)))
      possible.push_back(id);
  if (possible.size() == 1) return possible[0];
  if (!context_.likely_runtime.empty()) return context_.likely_runtime;
  lacks("says not which processor ran the model: give --runtime, one of " + listed(possible));
  return {};
}

void ImportSession::name_model(Run& run, const ModelHint& hint) {
  const Runtime* runtime = catalog_.runtime(run.runtime);
  if (!runtime && !run.runtime.empty()) remark("runtime \"" + run.runtime + "\" has no preset");
  if (!named_ || named_->runtime != runtime || !is_same(named_->hint, hint))
    named_ = Named{hint, runtime, names_of(hint, runtime, catalog_)};
  const FoundNames& found = named_->found;
  run.model = context_.model.empty() ? found.model : context_.model;
  run.quant = found.quant;
  if (!context_.quant.empty()) {
    run.quant = runtime ? catalog_.resolve_quantization(context_.quant, *runtime) : std::string();
    if (run.quant.empty()) run.quant = context_.quant;
  }
  if (context_.model.empty() && found.contradicted) {
    remark("\"" + found.spelled + "\" is called " + found.model + " and has " + significant(hint.parameters / 1e9) +
           " billion parameters: --model names the one that it was");
    run.model = lower(found.spelled);
  }
  if (run.model.empty() && found.spelled.empty()) return lacks("names no model: give --model");
  if (run.model.empty()) {
    remark("model \"" + found.spelled + "\" " +
           (found.candidates.empty() ? "has no preset: --model names the one to use"
                                     : "may be " + listed(found.candidates) + ": --model names the one that it was"));
    run.model = lower(found.spelled);
  }
  if (run.quant.empty())
    remark("the quantization of \"" + (found.spelled.empty() ? run.model : found.spelled) +
           "\" is not stated: --quant names it");
}

void ImportSession::add(const Run& run, Metric metric, double value) {
  std::map<std::string_view, std::string> fields;
  const auto number = [&](std::string_view column, double x) {
    if (!is_known(x)) return;
    fields[column] = x == std::floor(x) && std::fabs(x) < 1e15 ? std::to_string(static_cast<long long>(x)) : exact(x);
  };
  fields["source"] = run.source;
  fields["url"] = "none: own measurement";
  fields["trust"] = "A";
  fields["device"] = context_.device;
  fields["power_mode"] = context_.power_mode;
  fields["runtime"] = run.runtime;
  fields["runtime_version"] = run.runtime_version;
  fields["model"] = run.model;
  fields["quant"] = run.quant;
  fields["kv_quant"] = run.kv_quant;
  fields["note"] = run.note;
  fields["placement"] = context_.placement.empty()      ? run.placement
                        : context_.placement == "alone" ? std::string()
                                                        : context_.placement;
  number("batch", run.batch);
  number("threads", run.threads);
  number("prompt", run.prompt);
  number("generate", run.generate);
  number("depth", run.depth);
  if (run.flash_attention == 0 || run.flash_attention == 1) number("flash_attention", run.flash_attention);
  // What the runtime does anyway is not said.
  if (const Runtime* runtime = catalog_.runtime(run.runtime); runtime && run.micro_batch != runtime->memory.micro_batch)
    number("micro_batch", run.micro_batch);
  if (run.size_B > 0) number("model_size_gib", std::round(run.size_B / gib * 1e4) / 1e4);
  fields["metric"] = info(metric).id;
  fields["unit"] = info(metric).unit;
  number("value", value);

  std::vector<std::string> row;
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a of everything: the same row has the same id again
  for (const std::string& column : measurement_columns()) {
    const auto it = fields.find(column);
    row.push_back(it == fields.end() ? std::string() : it->second);
    // Ids are older than these columns.
    if ((column == "placement" || column == "micro_batch") && row.back().empty()) continue;
    for (const char c : row.back() + ",") hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  static constexpr char digits[] = "0123456789abcdef";
  row[0] = "m";
  for (int i = 0; i < 12; ++i) row[0] += digits[(hash >> (4 * i)) & 15];
  out_.rows.push_back(std::move(row));
}

}  // namespace edgewise
