#include "parse.h"

namespace edgewise::json {

Parameters parse_parameters(Reader& r, FormatTable& formats) {
  Parameters p;
  for (std::size_t i = 0; i < parameter_count; ++i)
    p.value[i] = r.number(to_string(static_cast<Parameter>(i)), 0, 1e6, unknown);
  const auto by_format = [&](const char* key, std::array<double, max_formats>& out) {
    Reader table = r.object(key);
    if (!table) return;
    for (const auto& [name, value] : table.raw().items())
      if (const auto f = named(table, name.c_str(), name, formats))
        out[*f] = table.number(name.c_str(), 0, 1e6, unknown);
  };
  by_format("decode_cost", p.decode_cost);
  by_format("prefill_efficiency", p.prefill_efficiency);
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

}  // namespace

Calibration parse_calibration(Reader& r, FormatTable& formats, const std::string& runtime, const std::string& device) {
  Calibration c;
  c.runtime = runtime.empty() ? r.required_text("runtime") : runtime;
  c.device = device;
  c.power_mode = r.text("power_mode");
  c.measured = r.word("origin", {"fitted", "measured"}, 0) == 1;
  c.configurations = r.number("configurations", 0, 1e9, 0);
  c.parameters = parameters_in(r, formats);
  r.ignore({"samples", "date", "tool", "context", "fit", "note", "sources", "source"});
  r.finish();
  return c;
}

RuntimeCalibrations parse_calibrations(Reader& r, FormatTable& formats) {
  RuntimeCalibrations out;
  out.runtime = r.required_text("runtime");
  if (Reader p = r.object("defaults")) {
    out.defaults = parse_parameters(p, formats);
    p.finish();
  }
  for (Reader& c : r.objects("classes")) {
    Runtime::ClassParameters entry;
    entry.processor_class = c.required_text("processor_class");
    entry.parameters = parameters_in(c, formats);
    c.ignore({"configurations", "devices", "note"});
    c.finish();
    out.classes.push_back(std::move(entry));
  }
  std::size_t index = 0;
  for (Reader& c : r.objects("devices")) {
    const auto ids = c.texts("devices");  // memory sizes of one board
    if (ids.empty()) c.error("devices", "missing", "names no device");
    Calibration calibration = parse_calibration(c, formats, out.runtime, "");
    calibration.index = index++;
    for (const std::string& id : ids) {
      calibration.device = id;
      out.devices.push_back(calibration);
    }
  }
  r.ignore({"id", "provenance", "note", "sources"});
  return out;
}

std::vector<IntervalRule> parse_intervals(Reader& r) {
  std::vector<IntervalRule> rules;
  for (Reader& i : r.objects("intervals")) {
    IntervalRule rule;
    rule.kind =
        static_cast<Kind>(i.word("metric", {"decode", "prefill", "throughput", "memory", "power", "energy"}, 0));
    if (!i.has("metric")) i.error("metric", "missing", "is required");
    rule.family = i.text("family");
    rule.situation = static_cast<Situation>(i.word("situation", {"calibrated", "related", "datasheet"}, 2));
    rule.low = i.required_number("low", 0.001, 1);
    rule.high = i.required_number("high", 1, 1000);
    rule.configurations = i.number("configurations", 0, 1e9, 0);
    i.finish();
    rules.push_back(std::move(rule));
  }
  r.ignore({"id", "provenance", "note", "sources"});
  return rules;
}

}  // namespace edgewise::json
