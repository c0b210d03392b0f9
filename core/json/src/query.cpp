#include "edgewise/query.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "reader.h"

namespace edgewise {

namespace {

using json::Json;
using json::Reader;

constexpr double gib = 1073741824.0;

std::string quoted_list(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : ", ") + w;
  return out;
}

Error unknown_id(const char* what, const std::string& id, const std::vector<std::string>& near) {
  return {"unknown_id", what,
          std::string("\"") + id + "\" is no known " + what +
              (near.empty() ? "" : "; did you mean " + quoted_list(near) + "?")};
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

/// Mean bytes per cached element of "q8_0" or "k:q8_0,v:f16"; NaN if a name is no format.
double kv_bytes_per_element(const FormatTable& formats, const std::string& text) {
  const auto bytes = [&](const std::string& name) {
    const int f = formats.find(upper(name));
    return f < 0 ? unknown : formats.formats[static_cast<std::size_t>(f)].bytes_per_weight();
  };
  const auto comma = text.find(',');
  if (text.rfind("k:", 0) == 0 && comma != std::string::npos && text.compare(comma + 1, 2, "v:") == 0)
    return (bytes(text.substr(2, comma - 2)) + bytes(text.substr(comma + 3))) / 2;
  return bytes(text);
}

bool runs_on(const Runtime& rt, const Device& d) {
  const bool there = rt.processor == Processor::cpu   ? !d.cpu_clusters.empty()
                     : rt.processor == Processor::gpu ? d.has_gpu
                                                      : d.has_npu;
  if (!there) return false;
  return rt.device_classes.empty() || std::find(rt.device_classes.begin(), rt.device_classes.end(),
                                                processor_class(d, rt.processor)) != rt.device_classes.end();
}

/// Order in which runtimes are offered: the fast path of the device's strongest processor first.
int preference(const Runtime& rt, const Device& d) {
  const bool discrete = d.kind == DeviceKind::host_centric;
  const std::string gpu = processor_class(d, Processor::gpu);
  const bool strong_gpu = discrete || gpu.rfind("rdna", 0) == 0;
  if (rt.id == "llama.cpp-cuda" || rt.id == "llama.cpp-metal") return 0;
  if (rt.id == "llama.cpp-vulkan" && strong_gpu) return 1;
  if (rt.id == "llama.cpp-cpu") return 2;
  return rt.family == "llama.cpp" ? 3 : 4;
}

Json number(double x) { return is_known(x) ? Json(x) : Json(nullptr); }

const char* interval_metric(Term t) {
  switch (t) {
    case Term::decode_tok_s:
    case Term::tpot_start_s:
    case Term::tpot_mean_s:
    case Term::tpot_end_s:
      return "decode";
    case Term::ttft_s:
    case Term::prefill_tok_s:
      return "prefill";
    case Term::total_latency_s:
    case Term::throughput_tok_s:
      return "decode";
    case Term::memory_B:
      return "memory";
    case Term::decode_w:
    case Term::prefill_w:
    case Term::mean_w:
      return "power";
    case Term::energy_per_token_J:
    case Term::request_energy_J:
    case Term::prefill_energy_J:
    case Term::energy_Wh_per_Mtok:
      return "energy";
    default:
      return nullptr;
  }
}

/// Two or three significant digits, as a person reads them; independent of the locale.
std::string digits(double x) {
  if (!is_known(x)) return "unknown";
  const double magnitude = std::fabs(x);
  const int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double rounded = std::floor(magnitude * scale + 0.5);
  const auto whole = static_cast<std::uint64_t>(rounded / scale);
  std::string out = (x < 0 ? "-" : "") + std::to_string(whole);
  if (decimals > 0) {
    std::string fraction = std::to_string(static_cast<std::uint64_t>(rounded - static_cast<double>(whole) * scale));
    out += "." + std::string(static_cast<std::size_t>(decimals) - fraction.size(), '0') + fraction;
  }
  return out;
}

Json breakdown_json(const Breakdown& rows) {
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OperatorTime& r = rows[i];
    if (r.total_s == 0 && r.bytes == 0) continue;
    out.push_back({{"operator", to_string(static_cast<Operator>(i))},
                   {"bytes", number(r.bytes)},
                   {"operations", number(r.operations)},
                   {"memory_s", number(r.memory_s)},
                   {"compute_s", number(r.compute_s)},
                   {"fixed_s", number(r.fixed_s)},
                   {"total_s", number(r.total_s)},
                   {"bound", bound(r)}});
  }
  return out;
}

struct Axis {
  const char* name;
  double Workload::*member;
};
constexpr Axis workload_numbers[] = {{"prompt", &Workload::prompt},
                                     {"generate", &Workload::generate},
                                     {"depth", &Workload::depth},
                                     {"batch", &Workload::batch},
                                     {"images", &Workload::images},
                                     {"threads", &Workload::threads},
                                     {"context", &Workload::context},
                                     {"requests_per_day", &Workload::requests_per_day},
                                     {"battery_wh", &Workload::battery_wh},
                                     {"electricity_usd_per_kwh", &Workload::electricity_usd_per_kwh},
                                     {"device_life_years", &Workload::device_life_years}};

}  // namespace

Result<Query> parse_query(std::string_view text) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  Reader r(*parsed, "", errors);
  Query q;
  q.model = r.text("model");
  q.device = r.text("device");
  q.power_mode = r.text("power_mode");
  q.runtime = r.text("runtime");
  q.quant = r.text("quant");
  q.kv_quant = r.text("kv_quant");
  if (r.has("flash_attention")) q.flash_attention = r.flag("flash_attention", true) ? 1 : 0;
  for (const Axis& a : workload_numbers) q.workload.*a.member = r.number(a.name, 0, 1e15, q.workload.*a.member);
  r.finish();
  if (errors.empty()) errors = check_workload(q.workload);
  if (!errors.empty()) return errors;
  return q;
}

Errors check_workload(const Workload& w) {
  Errors errors;
  const auto whole = [&](const char* name, double x, double min, double max) {
    if (!(x >= min && x <= max) || x != std::floor(x))
      errors.push_back(
          {"out_of_range", name, "must be a whole number between " + Json(min).dump() + " and " + Json(max).dump()});
  };
  whole("prompt", w.prompt, 0, 1e8);
  whole("generate", w.generate, 0, 1e8);
  whole("depth", w.depth, 0, 1e8);
  whole("batch", w.batch, 1, 1e5);
  whole("images", w.images, 0, 1e4);
  whole("threads", w.threads, 0, 1024);
  whole("context", w.context, 0, 1e8);
  if (w.prompt + w.generate + w.images < 1)
    errors.push_back({"out_of_range", "prompt", "prompt and generate are both 0: there is nothing to do"});
  if (w.context > 0 && w.context < w.depth + w.prompt + w.generate)
    errors.push_back({"out_of_range", "context", "is smaller than depth + prompt + generate"});
  const auto positive = [&](const char* name, double x) {
    if (is_known(x) && !(x > 0 && x < 1e15)) errors.push_back({"out_of_range", name, "must be a positive number"});
  };
  positive("requests_per_day", w.requests_per_day);
  positive("battery_wh", w.battery_wh);
  positive("electricity_usd_per_kwh", w.electricity_usd_per_kwh);
  positive("device_life_years", w.device_life_years);
  return errors;
}

std::vector<const Runtime*> runtimes_for(const Catalog& catalog, const Device& d) {
  std::vector<const Runtime*> out;
  for (const auto& [id, rt] : catalog.runtimes())
    if (runs_on(rt, d)) out.push_back(&rt);
  std::stable_sort(out.begin(), out.end(),
                   [&](const Runtime* a, const Runtime* b) { return preference(*a, d) < preference(*b, d); });
  return out;
}

Result<Answer> prepare(const Catalog& catalog, const Query& asked) {
  Answer a;
  a.query = asked;
  Query& q = a.query;
  Errors errors = check_workload(q.workload);

  q.model = catalog.resolve_model(asked.model);
  if (asked.model.empty())
    errors.push_back({"missing", "model", "is required"});
  else if (q.model.empty())
    errors.push_back(unknown_id("model", asked.model, catalog.nearest_models(asked.model)));
  q.device = catalog.resolve_device(asked.device);
  if (asked.device.empty())
    errors.push_back({"missing", "device", "is required"});
  else if (q.device.empty())
    errors.push_back(unknown_id("device", asked.device, catalog.nearest_devices(asked.device)));
  if (!errors.empty()) return errors;

  a.model = catalog.model(q.model);
  const DevicePreset& preset = *catalog.device(q.device);
  a.device = preset.device;
  if (!apply_power_mode(a.device, q.power_mode)) {
    std::vector<std::string> modes;
    for (const PowerMode& m : preset.device.power_modes) modes.push_back(m.id);
    return Error{"unknown_id", "power_mode",
                 "\"" + q.power_mode + "\" is no power mode of " + q.device +
                     (modes.empty() ? ", which has none" : "; it has " + quoted_list(modes))};
  }

  if (q.runtime.empty()) {
    const auto possible = runtimes_for(catalog, preset.device);
    if (possible.empty()) return Error{"unsupported", "runtime", "no known runtime runs on " + q.device};
    a.runtime = possible[0];
    // A quantization that only another runtime runs chooses that runtime.
    if (!q.quant.empty())
      for (const Runtime* rt : possible)
        if (!catalog.resolve_quantization(q.quant, *rt).empty()) {
          a.runtime = rt;
          break;
        }
    q.runtime = a.runtime->id;
  } else {
    a.runtime = catalog.runtime(q.runtime);
    if (!a.runtime) return unknown_id("runtime", q.runtime, catalog.nearest_runtimes(q.runtime));
    if (!runs_on(*a.runtime, preset.device)) {
      const std::string processor = processor_class(preset.device, a.runtime->processor);
      return Error{"unsupported", "runtime",
                   q.runtime + " does not run on " + q.device + ": " +
                       (processor.empty() ? std::string("it has no ") + to_string(a.runtime->processor)
                                          : "not on its " + processor)};
    }
  }

  const std::string quant = q.quant.empty() ? a.runtime->default_quantization : q.quant;
  q.quant = catalog.resolve_quantization(quant, *a.runtime);
  if (q.quant.empty()) {
    for (const auto& [id, other] : catalog.runtimes())
      if (!catalog.resolve_quantization(quant, other).empty())
        return Error{"unsupported", "quant", q.runtime + " does not run " + quant};
    return unknown_id("quant", quant, catalog.nearest_quantizations(quant));
  }
  a.quantization = catalog.quantization(q.quant);

  if (q.kv_quant.empty()) q.kv_quant = a.runtime->default_kv_format;
  const double kv = kv_bytes_per_element(catalog.formats(), q.kv_quant);
  if (!is_known(kv)) return Error{"unknown_id", "kv_quant", "\"" + q.kv_quant + "\" is no format for the KV cache"};

  a.calibration = catalog.calibration(preset, q.power_mode, q.runtime);
  a.cost = summarize(*a.model, *a.quantization, catalog.formats());
  a.rates = resolve(a.device, *a.runtime, parameters_for(a.device, *a.runtime, a.calibration), catalog.formats(), kv,
                    q.workload.threads);
  if (q.flash_attention >= 0) a.rates.memory.flash_attention = q.flash_attention == 1;
  const std::string processor = processor_class(a.device, a.runtime->processor);
  const bool related = std::any_of(a.runtime->classes.begin(), a.runtime->classes.end(),
                                   [&](const auto& c) { return c.processor_class == processor; });
  a.rates.situation = a.calibration ? Situation::calibrated : related ? Situation::related : Situation::datasheet;
  a.intervals = &catalog.intervals();
  return a;
}

Result<Answer> answer(const Catalog& catalog, const Query& q) {
  auto a = prepare(catalog, q);
  if (a) estimate(a->cost, a->rates, a->query.workload, a->estimate);
  return a;
}

Ranged Answer::ranged(Term t) const {
  Ranged r{estimate[t], unknown, unknown};
  const char* metric = interval_metric(t);
  if (!metric || !intervals || !is_known(r.value)) return r;
  const IntervalRule* best = nullptr;
  for (const IntervalRule& rule : *intervals) {
    if (rule.metric != metric || rule.situation != rates.situation) continue;
    if (rule.family == runtime->family || (rule.family.empty() && !best)) best = &rule;
    if (rule.family == runtime->family) break;
  }
  if (!best) return r;
  // Rules bound measured / predicted for rates; a time is long where the rate is low.
  const bool rate = t == Term::decode_tok_s || t == Term::prefill_tok_s || t == Term::throughput_tok_s;
  const bool of_speed = std::string_view(metric) == "decode" || std::string_view(metric) == "prefill";
  r.low = r.value * (of_speed && !rate ? 1 / best->high : best->low);
  r.high = r.value * (of_speed && !rate ? 1 / best->low : best->high);
  return r;
}

const char* to_string(Verdict v) {
  switch (v) {
    case Verdict::fits:
      return "fits";
    case Verdict::tight:
      return "tight";
    case Verdict::no:
      return "no";
    case Verdict::undecided:
      return "unknown";
  }
  return "";
}

Verdict verdict(const Estimate& e) {
  const double share = e[Term::memory_share];
  if (!is_known(share)) return Verdict::undecided;
  return share <= 0.9 ? Verdict::fits : share <= 1 ? Verdict::tight : Verdict::no;
}

std::string sentence(const Answer& a) {
  const Estimate& e = a.estimate;
  const std::string memory =
      digits(e[Term::memory_B] / gib) + " GiB of " + digits(e[Term::usable_B] / gib) + " GiB usable";
  const Ranged speed = a.ranged(Term::decode_tok_s);
  std::string rate;
  if (is_known(speed.value)) {
    rate = ", " + digits(speed.value) + " tok/s";
    if (is_known(speed.low)) rate += " (" + digits(speed.low) + " to " + digits(speed.high) + ")";
    rate += std::string(", limited by ") + bound(e.decode);
  } else {
    rate = ", speed unknown";
  }
  switch (verdict(e)) {
    case Verdict::fits:
      return "Yes: it needs " + memory + rate + ".";
    case Verdict::tight:
      return "Barely: it needs " + memory + rate + ".";
    case Verdict::no: {
      std::string out = "No: it needs " + memory + "; ";
      if (a.device.kind == DeviceKind::host_centric)
        return out + digits(e[Term::layers_on_device]) + " of " + digits(e[Term::layers]) +
               " layers fit, the rest stays with the host.";
      const double paging = e[Term::paging_tpot_s];
      return out + (is_known(paging) ? "paging from storage would take " + digits(paging) + " s per token."
                                     : "the load would run out of memory.");
    }
    case Verdict::undecided:
      break;
  }
  return "Unknown: the memory it needs cannot be computed.";
}

const char* bound(const OperatorTime& r) {
  if (!is_known(r.total_s)) return "unknown";
  if (r.fixed_s > r.memory_s && r.fixed_s > r.compute_s) return "fixed cost";
  return r.memory_s >= r.compute_s ? "bandwidth" : "compute";
}

const char* bound(const Breakdown& rows) {
  double bandwidth = 0, compute = 0, fixed = 0;
  for (const OperatorTime& r : rows) {
    if (!is_known(r.total_s)) return "unknown";
    (r.memory_s >= r.compute_s ? bandwidth : compute) += r.total_s - r.fixed_s;
    fixed += r.fixed_s;
  }
  if (fixed > bandwidth && fixed > compute) return "fixed cost";
  return bandwidth >= compute ? "bandwidth" : "compute";
}

std::vector<std::string> missing_fields(const Estimate& e, Term t) {
  std::vector<std::string> out;
  const auto visit = [&](const auto& self, Term term, int depth) -> void {
    if (is_known(e[term]) || depth > 16) return;
    const TermInfo& i = info(term);
    if (!i.field.empty()) {
      if (std::find(out.begin(), out.end(), i.field) == out.end()) out.emplace_back(i.field);
      return;
    }
    std::string_view rest = i.inputs;
    while (!rest.empty()) {
      const auto space = std::min(rest.find(' '), rest.size());
      if (const Term input = find_term(rest.substr(0, space)); input != Term::count) self(self, input, depth + 1);
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
  };
  visit(visit, t, 0);
  return out;
}

Json to_json(const Errors& errors) {
  Json out = Json::array();
  for (const Error& e : errors) out.push_back({{"code", e.code}, {"path", e.path}, {"message", e.message}});
  return out;
}

Errors warnings(const Answer& a) {
  Errors out;
  const Query& q = a.query;
  if (a.model->max_position_embeddings > 0 && a.estimate[Term::context_tokens] > a.model->max_position_embeddings)
    out.push_back(
        {"beyond_context", "context",
         "the context is longer than the model's " + Json(a.model->max_position_embeddings).dump() + " positions"});
  if (a.quantization->approximate)
    out.push_back(
        {"approximate_size", "quant", a.quantization->id + " chooses types per file: its size is typical, not exact"});
  if (q.workload.images > 0 && !a.model->vision)
    out.push_back({"no_vision", "images", "the model has no vision tower; images are ignored"});
  if (const double seen = a.rates.idle_w / a.device.idle_w; seen < 0.8)
    out.push_back({"power_scope", "device",
                   "power and energy are what the sensor behind this calibration saw, " +
                       Json(static_cast<int>(100 * seen + 0.5)).dump() +
                       " % of the board's idle power: the whole board draws more"});
  return out;
}

Json to_json(const Answer& a) {
  const Query& q = a.query;
  Json query = {{"model", q.model},     {"device", q.device}, {"power_mode", q.power_mode},
                {"runtime", q.runtime}, {"quant", q.quant},   {"kv_quant", q.kv_quant}};
  for (const Axis& axis : workload_numbers)
    if (is_known(q.workload.*axis.member)) query[axis.name] = q.workload.*axis.member;

  Json terms = Json::object(), unknowns = Json::array();
  for (std::size_t i = 0; i < term_count; ++i) {
    const auto t = static_cast<Term>(i);
    const TermInfo& information = info(t);
    const Ranged r = a.ranged(t);
    terms[std::string(information.id)] = {
        {"value", number(r.value)}, {"low", number(r.low)}, {"high", number(r.high)}, {"unit", information.unit}};
    if (!is_known(r.value) && information.group != "input")
      unknowns.push_back({{"term", information.id}, {"needs", missing_fields(a.estimate, t)}});
  }

  return {
      {"query", query},
      {"model", {{"id", a.model->id}, {"name", a.model->name}, {"parameters", a.cost.parameters}}},
      {"device",
       {{"id", a.device.id}, {"name", a.device.name}, {"class", a.device.device_class}, {"power_mode", q.power_mode}}},
      {"runtime", {{"id", a.runtime->id}, {"name", a.runtime->name}, {"processor", to_string(a.runtime->processor)}}},
      {"quantization",
       {{"id", a.quantization->id}, {"family", a.quantization->family}, {"approximate", a.quantization->approximate}}},
      {"verdict", to_string(verdict(a.estimate))},
      {"sentence", sentence(a)},
      {"situation", to_string(a.rates.situation)},
      {"calibration", a.calibration
                          ? Json{{"origin", a.calibration->origin}, {"configurations", a.calibration->measurements}}
                          : Json(nullptr)},
      {"terms", terms},
      {"unknown", unknowns},
      {"bound", {{"decode", bound(a.estimate.decode)}, {"prefill", bound(a.estimate.prefill)}}},
      {"breakdown", {{"decode", breakdown_json(a.estimate.decode)}, {"prefill", breakdown_json(a.estimate.prefill)}}},
      {"warnings", to_json(warnings(a))}};
}

Json explain(const Answer& a) {
  // One-at-a-time sensitivity: each lever is raised by a tenth and everything is computed again.
  struct Lever {
    const char* input;
    void (*raise)(Answer&);
  };
  static constexpr Lever levers[] = {
      {"bandwidth_Bps",
       [](Answer& x) {
         x.rates.bandwidth_Bps *= 1.1;
         x.rates.kv_bandwidth_Bps *= 1.1;
       }},
      {"compute_rate",
       [](Answer& x) {
         for (double& r : x.rates.decode_weights_per_s) r *= 1.1;
         for (double& r : x.rates.prefill_weights_per_s) r *= 1.1;
         x.rates.decode_attention_flops *= 1.1;
         x.rates.prefill_attention_flops *= 1.1;
       }},
      {"launch_overhead_s", [](Answer& x) { x.rates.launch_s *= 1.1; }},
      {"step_overhead_s", [](Answer& x) { x.rates.step_s *= 1.1; }},
      {"prompt_tokens", [](Answer& x) { x.query.workload.prompt = std::floor(x.query.workload.prompt * 1.1 + 0.5); }},
      {"generated_tokens",
       [](Answer& x) { x.query.workload.generate = std::floor(x.query.workload.generate * 1.1 + 0.5); }},
      {"depth_tokens", [](Answer& x) { x.query.workload.depth = std::floor(x.query.workload.depth * 1.1 + 0.5); }},
      {"storage_Bps", [](Answer& x) { x.rates.storage_Bps *= 1.1; }},
      {"idle_w", [](Answer& x) { x.rates.idle_w *= 1.1; }},
      {"full_w", [](Answer& x) { x.rates.full_w *= 1.1; }}};
  constexpr std::size_t lever_count = sizeof levers / sizeof levers[0];
  std::vector<Estimate> raised(lever_count);
  for (std::size_t i = 0; i < lever_count; ++i) {
    Answer changed = a;
    changed.query.workload.context = 0;
    levers[i].raise(changed);
    estimate(changed.cost, changed.rates, changed.query.workload, raised[i]);
  }

  Json terms = Json::array();
  for (std::size_t i = 0; i < term_count; ++i) {
    const auto t = static_cast<Term>(i);
    const TermInfo& n = info(t);
    const Ranged r = a.ranged(t);
    Json inputs = Json::array();
    std::string_view rest = n.inputs;
    while (!rest.empty()) {
      const auto space = std::min(rest.find(' '), rest.size());
      if (const Term input = find_term(rest.substr(0, space)); input != Term::count) {
        const TermInfo& k = info(input);
        inputs.push_back({{"id", k.id},
                          {"label", k.label},
                          {"value", number(a.estimate[input])},
                          {"unit", k.unit},
                          {"field", k.field}});
      }
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    Json sensitivity = Json::array();
    if (n.group != "input" && is_known(r.value) && r.value != 0)
      for (std::size_t k = 0; k < lever_count; ++k) {
        const double change = raised[k][t] / r.value - 1;
        if (is_known(change) && std::fabs(change) > 1e-4)
          sensitivity.push_back({{"input", levers[k].input}, {"change", change}});
      }
    std::stable_sort(sensitivity.begin(), sensitivity.end(), [](const Json& x, const Json& y) {
      return std::fabs(x["change"].get<double>()) > std::fabs(y["change"].get<double>());
    });
    terms.push_back({{"id", n.id},
                     {"label", n.label},
                     {"unit", n.unit},
                     {"group", n.group},
                     {"formula", n.formula},
                     {"note", n.note},
                     {"field", n.field},
                     {"value", number(r.value)},
                     {"low", number(r.low)},
                     {"high", number(r.high)},
                     {"inputs", inputs},
                     {"sensitivity", sensitivity}});
  }
  return {{"terms", terms}};
}

Result<Json> sweep(const Catalog& catalog, const Query& q, std::string_view axis, const std::vector<double>& values) {
  const Axis* found = nullptr;
  for (const Axis& a : workload_numbers)
    if (axis == a.name) found = &a;
  if (!found)
    return Error{"unknown_word", "axis", "is \"" + std::string(axis) + "\", must be a number of the workload"};
  auto prepared = prepare(catalog, q);
  if (!prepared) return prepared.errors();
  static constexpr Term columns[] = {Term::memory_B,        Term::kv_cache_B,       Term::ttft_s,
                                     Term::prefill_tok_s,   Term::tpot_mean_s,      Term::decode_tok_s,
                                     Term::total_latency_s, Term::throughput_tok_s, Term::energy_per_token_J,
                                     Term::request_energy_J};
  Json out = {{"axis", axis}, {"values", values}, {"columns", Json::object()}};
  std::vector<std::vector<double>> series(std::size(columns));
  Estimate e;
  for (const double v : values) {
    Workload w = prepared->query.workload;
    w.*found->member = v;
    if (auto errors = check_workload(w); !errors.empty()) return errors;
    estimate(prepared->cost, prepared->rates, w, e);
    for (std::size_t i = 0; i < std::size(columns); ++i) series[i].push_back(e[columns[i]]);
  }
  for (std::size_t i = 0; i < std::size(columns); ++i) {
    Json column = Json::array();
    for (const double x : series[i]) column.push_back(number(x));
    out["columns"][std::string(info(columns[i]).id)] = std::move(column);
  }
  return out;
}

Result<Json> explore(const Catalog& catalog, const Query& q, const Bounds& bounds, std::size_t limit) {
  if (auto errors = check_workload(q.workload); !errors.empty()) return errors;
  const auto one = [](const std::string& id) { return std::vector<std::string>{id}; };
  std::vector<std::string> models, devices;
  if (q.model.empty())
    for (const auto& [id, m] : catalog.models()) models.push_back(id);
  else if (const auto id = catalog.resolve_model(q.model); !id.empty())
    models = one(id);
  else
    return unknown_id("model", q.model, catalog.nearest_models(q.model));
  if (q.device.empty())
    for (const auto& [id, d] : catalog.devices()) devices.push_back(id);
  else if (const auto id = catalog.resolve_device(q.device); !id.empty())
    devices = one(id);
  else
    return unknown_id("device", q.device, catalog.nearest_devices(q.device));

  struct Row {
    const std::string* model;
    const std::string* device;
    const Runtime* runtime;
    const Quantization* quantization;
    double speed, ttft, memory, energy, power, price, parameters;
    Situation situation;
    Verdict fits;
    bool pareto;
  };
  std::vector<Row> rows;
  std::map<std::pair<const std::string*, const Quantization*>, ModelCost> costs;
  // Of the GGUF recipes, those that people choose between; every recipe of the other families.
  static constexpr const char* ladder[] = {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "Q3_K_M", "Q2_K"};

  for (const std::string& device_id : devices) {
    const DevicePreset& preset = *catalog.device(device_id);
    Device device = preset.device;
    if (!apply_power_mode(device, q.power_mode)) {
      if (!q.device.empty())
        return Error{"unknown_id", "power_mode", "\"" + q.power_mode + "\" is no power mode of " + device_id};
      continue;
    }
    const auto possible = runtimes_for(catalog, preset.device);
    const Runtime* runtime = nullptr;
    for (const Runtime* rt : possible)
      if ((q.runtime.empty() || rt->id == q.runtime) &&
          (q.quant.empty() || !catalog.resolve_quantization(q.quant, *rt).empty())) {
        runtime = rt;
        break;
      }
    if (!runtime) continue;
    const double kv =
        kv_bytes_per_element(catalog.formats(), q.kv_quant.empty() ? runtime->default_kv_format : q.kv_quant);
    if (!is_known(kv)) return Error{"unknown_id", "kv_quant", "\"" + q.kv_quant + "\" is no format for the KV cache"};
    const Calibration* calibration = catalog.calibration(preset, q.power_mode, runtime->id);
    Rates rates = resolve(device, *runtime, parameters_for(device, *runtime, calibration), catalog.formats(), kv,
                          q.workload.threads);
    rates.situation = calibration ? Situation::calibrated : Situation::related;

    std::vector<const Quantization*> quantizations;
    if (!q.quant.empty())
      quantizations.push_back(catalog.quantization(catalog.resolve_quantization(q.quant, *runtime)));
    else
      for (const auto& [id, quantization] : catalog.quantizations()) {
        const bool offered =
            quantization.family != "gguf" || std::find(std::begin(ladder), std::end(ladder), id) != std::end(ladder);
        if (Catalog::runs(*runtime, quantization) && offered && !quantization.approximate)
          quantizations.push_back(&quantization);
      }
    Estimate e;
    for (const std::string& model_id : models)
      for (const Quantization* quantization : quantizations) {
        const auto key = std::make_pair(&model_id, quantization);
        auto cost = costs.find(key);
        if (cost == costs.end())
          cost = costs.emplace(key, summarize(*catalog.model(model_id), *quantization, catalog.formats())).first;
        estimate(cost->second, rates, q.workload, e);
        const Row row{&model_id,
                      &preset.device.id,
                      runtime,
                      quantization,
                      e[Term::decode_tok_s],
                      e[Term::ttft_s],
                      e[Term::memory_B],
                      e[Term::energy_per_token_J],
                      e[Term::decode_w],
                      e[Term::price_usd],
                      cost->second.parameters,
                      rates.situation,
                      verdict(e),
                      false};
        // A bound on something unknown is not met.
        const auto at_least = [](double bound_, double x) { return !is_known(bound_) || x >= bound_; };
        const auto at_most = [](double bound_, double x) { return !is_known(bound_) || x <= bound_; };
        if (row.fits == Verdict::no || row.fits == Verdict::undecided) continue;
        if (at_least(bounds.min_decode_tok_s, row.speed) && at_most(bounds.max_ttft_s, row.ttft) &&
            at_most(bounds.max_memory_gib, row.memory / gib) && at_most(bounds.max_power_w, row.power) &&
            at_most(bounds.max_energy_per_token_j, row.energy) && at_most(bounds.max_price_usd, row.price) &&
            at_least(bounds.min_parameters_b, row.parameters / 1e9))
          rows.push_back(row);
      }
  }

  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.speed > b.speed; });
  // Fast, capable (many parameters) and small: rows come fastest first, so a row is Pareto-optimal unless one
  // before it holds at least as many parameters in at most as much memory.
  std::vector<const Row*> front;
  for (Row& r : rows) {
    r.pareto = std::none_of(front.begin(), front.end(),
                            [&](const Row* o) { return o->parameters >= r.parameters && o->memory <= r.memory; });
    if (r.pareto) front.push_back(&r);
  }
  const std::size_t shown = std::min(limit, rows.size());
  Json out = {{"count", rows.size()}, {"rows", Json::array()}};
  for (std::size_t i = 0; i < shown; ++i) {
    const Row& r = rows[i];
    out["rows"].push_back({{"model", *r.model},
                           {"device", *r.device},
                           {"runtime", r.runtime->id},
                           {"quant", r.quantization->id},
                           {"decode_tok_s", number(r.speed)},
                           {"ttft_s", number(r.ttft)},
                           {"memory_B", number(r.memory)},
                           {"energy_per_token_J", number(r.energy)},
                           {"decode_w", number(r.power)},
                           {"price_usd", number(r.price)},
                           {"parameters", r.parameters},
                           {"verdict", to_string(r.fits)},
                           {"situation", to_string(r.situation)},
                           {"pareto", r.pareto}});
  }
  return out;
}

Result<Bounds> parse_bounds(std::string_view text) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  Reader r(*parsed, "", errors);
  Bounds b;
  const auto read = [&](const char* key, double& to) { to = r.number(key, 0, 1e15, unknown); };
  read("min_decode_tok_s", b.min_decode_tok_s);
  read("max_ttft_s", b.max_ttft_s);
  read("max_memory_gib", b.max_memory_gib);
  read("max_power_w", b.max_power_w);
  read("max_energy_per_token_j", b.max_energy_per_token_j);
  read("max_price_usd", b.max_price_usd);
  read("min_parameters_b", b.min_parameters_b);
  r.finish();
  if (!errors.empty()) return errors;
  return b;
}

Json catalog_json(const Catalog& catalog) {
  Json models = Json::array(), devices = Json::array(), runtimes = Json::array(), quantizations = Json::array();
  for (const auto& [id, m] : catalog.models())
    models.push_back({{"id", id},
                      {"name", m.name},
                      {"family", m.family},
                      {"parameters", count_parameters(m).total},
                      {"vision", m.vision.has_value()}});
  for (const auto& [id, preset] : catalog.devices()) {
    const Device& d = preset.device;
    Json modes = Json::array(), usable = Json::array();
    for (const PowerMode& mode : d.power_modes) modes.push_back({{"id", mode.id}, {"name", mode.name}});
    for (const Runtime* rt : runtimes_for(catalog, d)) usable.push_back(rt->id);
    devices.push_back({{"id", id},
                       {"name", d.name},
                       {"class", d.device_class},
                       {"memory_gib", d.memory_capacity_B / gib},
                       {"power_modes", modes},
                       {"runtimes", usable}});
  }
  for (const auto& [id, rt] : catalog.runtimes()) {
    Json runs = Json::array();
    for (const auto& [quant_id, quantization] : catalog.quantizations())
      if (Catalog::runs(rt, quantization)) runs.push_back(quant_id);
    runtimes.push_back({{"id", id},
                        {"name", rt.name},
                        {"processor", to_string(rt.processor)},
                        {"family", rt.family},
                        {"default_quantization", rt.default_quantization},
                        {"quantizations", runs}});
  }
  for (const auto& [id, quantization] : catalog.quantizations())
    quantizations.push_back({{"id", id}, {"family", quantization.family}});
  return {{"models", models}, {"devices", devices}, {"runtimes", runtimes}, {"quantizations", quantizations}};
}

}  // namespace edgewise
