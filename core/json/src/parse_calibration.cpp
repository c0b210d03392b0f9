#include <algorithm>

#include "edgewise/known.h"
#include "parse.h"

namespace edgewise::json {

namespace {

/// Shares may exceed 1, as what they are shares of is an estimate too. Of presets that are checked, not by more than
/// this.
constexpr double most_share = 2, most_value = 1e6;

/// Times and rows may be nothing at all; shares of a rate or power may not.
bool is_share(const std::string& parameter) { return parameter.ends_with("_share"); }

}  // namespace

std::array<double, max_formats> parse_by_format(Reader& r, const char* key, FormatTable& formats, double most) {
  std::array<double, max_formats> out = all_unknown<max_formats>();
  Reader table = r.object(key);
  if (!table) return out;
  const std::vector<std::string> names = table.keys();
  if (r.checked() && names.empty()) r.error(key, "void", "is empty; leave it out");
  for (const std::string& name : names)
    if (const auto f = named(table, name.c_str(), name, formats)) out[*f] = table.positive(name.c_str(), most);
  return out;
}

Parameters parse_parameters(Reader& r, FormatTable& formats) {
  Parameters p;
  for (std::size_t i = 0; i < parameter_count; ++i) {
    const char* key = to_string(static_cast<Parameter>(i));
    p.value[i] =
        is_share(key) ? r.positive(key, r.checked() ? most_share : most_value) : r.number(key, 0, most_value, unknown);
  }
  p.decode_cost = parse_by_format(r, "decode_cost", formats, most_value);
  p.prefill_efficiency = parse_by_format(r, "prefill_efficiency", formats, most_value);
  return p;
}

namespace {

Parameters parameters_in(Reader& r, FormatTable& formats) {
  Reader p = r.object("parameters");
  if (!p) {
    r.error("parameters", "missing", "is required");
    return {};
  }
  Parameters out = parse_parameters(p, formats);
  p.finish();
  return out;
}

void parse_samples(Reader& r) {
  for (Reader& s : r.objects("samples")) {
    s.unread({{"test", Holds::text},
              {"engine", Holds::text},
              {"format", Holds::text},
              {"cores", Holds::text},
              {"threads", Holds::count},
              {"tokens", Holds::count},
              {"phase", Holds::text},
              {"source", Holds::text},
              {"scope", Holds::text},
              {"unit", Holds::text},
              {"values", Holds::numbers},
              {"value", Holds::number},
              {"working_set_B", Holds::positive}});
    s.finish();
  }
}

void parse_provenance(Reader& r) {
  Reader p = r.object("provenance");
  p.unread({{"command", Holds::text}, {"measurements", Holds::text}});
  p.wanted({"command", "measurements"});
  p.finish();
}

}  // namespace

Calibration parse_calibration(Reader& r, FormatTable& formats, const std::string& runtime, const std::string& device) {
  Calibration c;
  c.runtime = runtime.empty() ? r.required_text("runtime") : runtime;
  c.device = device;
  c.power_mode = r.text("power_mode");
  c.measured = r.word("origin", {"fitted", "measured"}, 0) == 1;
  c.configurations = r.whole("configurations", 0, 1e9, 0);
  for (Reader& m : r.objects("models")) {
    ModelSpeed speed;
    speed.model = m.required_text("model");
    speed.weights = m.number("weights", 1, 1e15, unknown);
    speed.decode = m.number("decode", 0.01, 100, unknown);
    speed.prefill = m.number("prefill", 0.01, 100, unknown);
    if (!is_known(speed.decode) && !is_known(speed.prefill)) m.error("decode", "missing", "and prefill too");
    if (std::any_of(c.models.begin(), c.models.end(), [&](const ModelSpeed& s) {
          return s.model == speed.model || (is_known(s.weights) && s.weights == speed.weights);
        }))
      m.error("model", "invalid", "is there twice");
    m.finish();
    c.models.push_back(std::move(speed));
  }
  c.parameters = parameters_in(r, formats);
  if (runtime.empty()) {
    parse_samples(r);
    r.unread({{"tool", Holds::text}, {"date", Holds::date}, {"context", Holds::text}, {"fit", Holds::text}});
  }
  r.unread({{"note", Holds::text}, {"sources", Holds::texts}});
  r.wanted({"origin", "configurations"});
  r.finish();
  return c;
}

RuntimeCalibrations parse_calibrations(Reader& r, FormatTable& formats) {
  RuntimeCalibrations out;
  if (r.checked() || r.has("id")) r.required_id("id");
  out.runtime = r.required_text("runtime");
  parse_provenance(r);
  if (Reader p = r.object("defaults")) {
    out.defaults = parse_parameters(p, formats);
    p.finish();
  }
  for (Reader& c : r.objects("classes", true)) {
    Runtime::ClassParameters entry;
    entry.processor_class = c.required_text("processor_class");
    c.unread({{"devices", Holds::whole}, {"configurations", Holds::whole}});
    entry.parameters = parameters_in(c, formats);
    c.unread({{"note", Holds::text}});
    c.wanted({"devices", "configurations"});
    c.finish();
    out.classes.push_back(std::move(entry));
  }
  std::size_t index = 0;
  for (Reader& c : r.objects("devices", true)) {
    const auto ids = c.texts("devices");  // memory sizes of one board
    if (ids.empty()) c.error("devices", "missing", "names no device");
    Calibration calibration = parse_calibration(c, formats, out.runtime, "");
    calibration.index = index++;
    for (const std::string& id : ids) {
      calibration.device = id;
      out.devices.push_back(calibration);
    }
  }
  r.unread({{"note", Holds::text}, {"sources", Holds::texts}});
  r.wanted({"defaults", "classes", "devices"});
  return out;
}

std::vector<IntervalRule> parse_intervals(Reader& r) {
  std::vector<IntervalRule> rules;
  r.word("id", {"intervals"}, 0);
  parse_provenance(r);
  for (Reader& i : r.objects("intervals")) {
    IntervalRule rule;
    rule.kind =
        static_cast<Kind>(i.word("metric", {"decode", "prefill", "throughput", "memory", "power", "energy"}, 0));
    if (!i.has("metric")) i.error("metric", "missing", "is required");
    rule.family = i.text("family");
    rule.situation = static_cast<Situation>(i.word("situation", {"calibrated", "related", "datasheet"}, 2));
    rule.known = static_cast<std::size_t>(i.whole("known", 1, most_known_numbers, 0));
    rule.model_measured = i.mark("model_measured");
    rule.low = i.required_number("low", 0.001, 1);
    rule.high = i.required_number("high", 1, 1000);
    rule.configurations = i.whole("configurations", 0, 1e9, 0);
    i.wanted({"situation", "configurations"});
    i.finish();
    rules.push_back(std::move(rule));
  }
  r.unread({{"note", Holds::text}, {"sources", Holds::texts}});
  r.wanted({"id", "intervals"});
  return rules;
}

PowerCalibrations parse_power(Reader& r, FormatTable& formats) {
  PowerCalibrations out;
  r.word("id", {"power"}, 0);
  parse_provenance(r);
  using Entry = PowerCalibrations::Entry;
  const auto processor = [](Reader& e) {
    Entry p;
    p.processor = static_cast<Processor>(e.word("processor", {"cpu", "gpu", "npu"}, 0));
    return p;
  };
  const auto rest = [&](Reader& e, Entry& p) {
    p.configurations = e.whole("configurations", 0, 1e9, 0);
    p.parameters = parameters_in(e, formats);
    e.wanted({"processor", "configurations"});
    e.finish();
  };
  for (Reader& e : r.objects("processors", true)) {
    Entry p = processor(e);
    rest(e, p);
    out.processors.push_back(p);
  }
  for (Reader& e : r.objects("classes", true)) {
    Entry p = processor(e);
    p.device_class = e.required_text("device_class");
    e.unread({{"devices", Holds::whole}});
    e.wanted({"devices"});
    rest(e, p);
    out.classes.push_back(p);
  }
  for (Reader& e : r.objects("devices", true)) {
    const auto ids = e.texts("devices");  // memory sizes of one board
    if (ids.empty()) e.error("devices", "missing", "names no device");
    Entry p = processor(e);
    p.power_mode = e.text("power_mode");
    p.scope = static_cast<Scope>(e.word("power_scope", {"rail", "soc", "module", "gpu", "wall"}, 4));
    e.wanted({"power_scope"});
    rest(e, p);
    for (const std::string& id : ids) {
      p.device = id;
      out.devices.push_back(p);
    }
  }
  r.wanted({"id", "processors", "classes", "devices"});
  return out;
}

}  // namespace edgewise::json
