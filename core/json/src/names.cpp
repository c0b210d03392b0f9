#include "edgewise/names.h"

#include <algorithm>

#include "edgewise/reader.h"

namespace edgewise {

using json::Json;

namespace {

using Lists = std::vector<std::vector<std::string>>;

/// Lists of texts, none of them empty.
Lists lists_in(json::Reader& r, const char* key, Errors& errors) {
  Lists out;
  const Json* all = r.any(key);
  if (!all) return out;
  const auto is_names = [](const Json& x) {
    return x.is_array() && !x.empty() &&
           std::all_of(x.begin(), x.end(), [](const Json& name) { return name.is_string(); });
  };
  if (!all->is_array() || !std::all_of(all->begin(), all->end(), is_names)) {
    errors.push_back({"wrong_type", key, "must be a list of lists of texts"});
    return out;
  }
  for (const Json& names : *all) {
    std::vector<std::string>& list = out.emplace_back();
    for (const Json& name : names) list.push_back(name.get<std::string>());
  }
  return out;
}

}  // namespace

Errors add_names(Catalog& catalog, std::string_view text) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  json::Reader r(*parsed, "", errors);
  const Lists models = lists_in(r, "models", errors), devices = lists_in(r, "devices", errors);
  r.finish();
  if (!errors.empty()) return errors;
  for (const auto& names : models)
    if (!catalog.model(names[0])) catalog.add_model_names(names[0], {names.begin() + 1, names.end()});
  for (const auto& names : devices)
    if (!catalog.device(names[0])) catalog.add_device_names(names[0], {names.begin() + 1, names.end()});
  return {};
}

Json to_json(const Catalog::Meant& m) {
  return {{"id", m.id}, {"quant", m.quant}, {"near", m.near}, {"several", m.several > 0}};
}

}  // namespace edgewise
