#include "edgewise/presets.h"

#include <algorithm>

#include "parse.h"

namespace edgewise {

using json::Json;
using json::Reader;

namespace {

/// What reads a preset of one type: it finishes the reader, adds the preset if nothing in it was refused, and returns
/// its id. Formats are named in a table of its own, which becomes the catalog's then.
using Read = std::string (*)(Reader&, FormatTable, const Errors&, Catalog&);

/// Adds what was read: `add` is called unless something was refused.
template <class Add>
std::string finished(Reader& r, FormatTable& formats, const Errors& errors, Catalog& catalog, std::string id,
                     const Add& add) {
  r.finish();
  if (!errors.empty()) return {};
  catalog.set(std::move(formats));
  add();
  return id;
}

std::string read_model(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  std::vector<std::string> aliases;
  Model m = json::parse_model(r, formats, aliases);
  return finished(r, formats, errors, catalog, m.id, [&] { catalog.add(std::move(m), aliases); });
}

std::string read_device(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  std::vector<std::string> aliases;
  DevicePreset d = json::parse_device(r, formats, aliases);
  return finished(r, formats, errors, catalog, d.device.id, [&] { catalog.add(std::move(d), aliases); });
}

std::string read_runtime(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  Runtime rt = json::parse_runtime(r, formats);
  return finished(r, formats, errors, catalog, rt.id, [&] { catalog.add(std::move(rt)); });
}

std::string read_formats(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  json::parse_formats(r, formats);
  return finished(r, formats, errors, catalog, "formats", [] {});
}

std::string read_quantizations(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  auto recipes = json::parse_quantizations(r, formats);
  return finished(r, formats, errors, catalog, r.text("family"), [&] {
    for (auto& [recipe, aliases] : recipes) catalog.add(std::move(recipe), aliases);
  });
}

std::string read_calibrations(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  RuntimeCalibrations fitted = json::parse_calibrations(r, formats);
  return finished(r, formats, errors, catalog, fitted.runtime, [&] { catalog.add(std::move(fitted)); });
}

std::string read_device_classes(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  auto classes = json::parse_device_classes(r);
  return finished(r, formats, errors, catalog, "device-classes", [&] { catalog.add(std::move(classes)); });
}

std::string read_intervals(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  auto rules = json::parse_intervals(r);
  return finished(r, formats, errors, catalog, "intervals", [&] { catalog.add(std::move(rules)); });
}

std::string read_speculation(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  auto runs = json::parse_speculation(r);
  return finished(r, formats, errors, catalog, "speculation", [&] { catalog.add(std::move(runs)); });
}

std::string read_launchers(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  auto launchers = json::parse_launchers(r);
  return finished(r, formats, errors, catalog, "launchers", [&] { catalog.add(std::move(launchers)); });
}

std::string read_power(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  PowerCalibrations power = json::parse_power(r, formats);
  return finished(r, formats, errors, catalog, "power", [&] { catalog.add(std::move(power)); });
}

/// Questions, not answers: nothing of it enters the catalog.
std::string read_study(Reader& r, FormatTable formats, const Errors& errors, Catalog& catalog) {
  const std::string id = json::parse_study(r).id;
  return finished(r, formats, errors, catalog, id, [] {});
}

struct Type {
  std::string_view name;
  Read read;
};
constexpr Type types[] = {{"model", read_model},
                          {"device", read_device},
                          {"runtime", read_runtime},
                          {"formats", read_formats},
                          {"quantizations", read_quantizations},
                          {"calibrations", read_calibrations},
                          {"intervals", read_intervals},
                          {"power", read_power},
                          {"device-classes", read_device_classes},
                          {"launchers", read_launchers},
                          {"study", read_study},
                          {"speculation", read_speculation}};

}  // namespace

std::string json::read_preset(const Json& document, Catalog& catalog, Errors& errors, Reading reading,
                              KeyOrder* order) {
  Reader r(document, "", errors, reading, order);
  if (!r) return {};
  const std::string name = r.required_text("type");
  if (const double version = r.required_number("format_version", 1, 1e6); errors.empty() && version > 1)
    r.error("format_version", "format_version", "is newer than this program reads (1)");
  if (!errors.empty()) return {};
  const auto type = std::find_if(std::begin(types), std::end(types), [&](const Type& t) { return t.name == name; });
  if (type == std::end(types)) {
    std::vector<std::string> names;
    for (const Type& t : types) names.emplace_back(t.name);
    r.error("type", "unknown_word", {"is \"", name, "\", must be one of ", listed(names)});
    return {};
  }
  return type->read(r, catalog.formats(), errors, catalog);
}

Result<std::string> add_document(Catalog& catalog, const Json& preset) {
  Errors errors;
  std::string id = json::read_preset(preset, catalog, errors, json::Reading::preset);
  if (!errors.empty()) return errors;
  return id;
}

}  // namespace edgewise
