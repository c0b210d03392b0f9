#include "edgewise/presets.h"

#include <algorithm>

#include "parse.h"

namespace edgewise {

using json::Json;
using json::Reader;

namespace {

/// What reads a preset of one type: returns what adds it, which is called when nothing in it was refused. It names
/// formats in a table of its own, which becomes the catalog's then.
using Commit = std::function<std::string(Catalog&)>;

Commit read_model(Reader& r, FormatTable&) {
  Model m = json::parse_model(r);
  std::vector<std::string> aliases = r.texts("aliases");
  if (std::string repo = r.text("hf_repo"); !repo.empty()) aliases.push_back(std::move(repo));
  return [m = std::move(m), aliases = std::move(aliases)](Catalog& catalog) {
    catalog.add(m, aliases);
    return m.id;
  };
}

Commit read_device(Reader& r, FormatTable& formats) {
  DevicePreset d = json::parse_device(r, formats);
  return [d = std::move(d), aliases = r.texts("aliases")](Catalog& catalog) {
    catalog.add(d, aliases);
    return d.device.id;
  };
}

Commit read_runtime(Reader& r, FormatTable& formats) {
  return [rt = json::parse_runtime(r, formats)](Catalog& catalog) {
    catalog.add(rt);
    return rt.id;
  };
}

Commit read_formats(Reader& r, FormatTable& formats) {
  json::parse_formats(r, formats);
  return [](Catalog&) { return std::string("formats"); };
}

Commit read_quantizations(Reader& r, FormatTable& formats) {
  auto recipes = json::parse_quantizations(r, formats);
  return [recipes = std::move(recipes), family = r.text("family")](Catalog& catalog) {
    for (const auto& [recipe, aliases] : recipes) catalog.add(recipe, aliases);
    return family;
  };
}

Commit read_calibrations(Reader& r, FormatTable& formats) {
  RuntimeCalibrations fitted = json::parse_calibrations(r, formats);
  return [fitted = std::move(fitted)](Catalog& catalog) {
    catalog.add(fitted);
    return fitted.runtime;
  };
}

Commit read_device_classes(Reader& r, FormatTable&) {
  return [classes = json::parse_device_classes(r)](Catalog& catalog) {
    catalog.add(classes);
    return std::string("device-classes");
  };
}

Commit read_intervals(Reader& r, FormatTable&) {
  return [rules = json::parse_intervals(r)](Catalog& catalog) {
    catalog.add(rules);
    return std::string("intervals");
  };
}

struct Type {
  std::string_view name;
  Commit (*read)(Reader&, FormatTable&);
};
constexpr Type types[] = {{"model", read_model},
                          {"device", read_device},
                          {"runtime", read_runtime},
                          {"formats", read_formats},
                          {"quantizations", read_quantizations},
                          {"calibrations", read_calibrations},
                          {"intervals", read_intervals},
                          {"device-classes", read_device_classes}};

}  // namespace

Result<std::string> add_preset(Catalog& catalog, std::string_view text) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  Reader r(*parsed, "", errors);
  if (!r) return errors;
  const std::string name = r.required_text("type");
  if (const double version = r.required_number("format_version", 1, 1e6); errors.empty() && version > 1)
    return Error{"format_version", "format_version", "is newer than this program reads (1)"};
  if (!errors.empty()) return errors;
  const auto type = std::find_if(std::begin(types), std::end(types), [&](const Type& t) { return t.name == name; });
  if (type == std::end(types)) {
    std::vector<std::string> names;
    for (const Type& t : types) names.emplace_back(t.name);
    return Error{"unknown_word", "type", "is \"" + name + "\", must be one of " + listed(names)};
  }
  FormatTable formats = catalog.formats();
  const Commit commit = type->read(r, formats);
  r.finish();
  if (!errors.empty()) return errors;
  catalog.set(std::move(formats));
  return commit(catalog);
}

Errors add_presets(Catalog& catalog, std::string_view sequence) {
  constexpr char separator = '\x1e';
  Errors all;
  std::size_t begin = 0;
  while (begin < sequence.size()) {
    if (sequence[begin] == separator) {
      ++begin;
      continue;
    }
    const std::size_t end = std::min(sequence.find(separator, begin), sequence.size());
    if (auto added = add_preset(catalog, sequence.substr(begin, end - begin)); !added)
      all.insert(all.end(), added.errors().begin(), added.errors().end());
    begin = end;
  }
  return all;
}

}  // namespace edgewise
