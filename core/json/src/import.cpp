#include "edgewise/import.h"

#include "edgewise/presets.h"
#include "import.h"
#include "parse.h"

namespace edgewise {

namespace json {

Result<Imported> import_preset_config(const std::string& name, const std::string& family, Json config,
                                      const std::string& prefix) {
  const std::string id = name.empty() ? "imported" : name;
  Json preset = {{"type", "model"}, {"format_version", 1}, {"id", id}, {"name", id}, {"family", family}};
  preset["config"] = std::move(config);
  Errors errors;
  Reader r(preset, "", errors);
  for (const char* known : {"type", "format_version"}) r.has(known);
  std::vector<std::string> aliases;
  Model model = parse_model(r, aliases);
  r.finish();
  for (Error& e : errors)
    if (e.path.rfind("config.", 0) == 0) e.path = prefix + e.path.substr(7);
  if (!errors.empty()) return errors;
  auto text = canonical(preset, Reading::preset);
  if (!text) return text.errors();
  return Imported{std::move(model), std::move(*text)};
}

}  // namespace json

Result<Model> model_from_hf_config(std::string_view text, std::string_view name) {
  auto imported = json::import_hf_config(text, name);
  if (!imported) return imported.errors();
  return std::move(imported->model);
}

Result<std::string> model_preset(std::string_view bytes, std::string_view file_name) {
  const std::string name = valid_utf8(file_name);
  if (bytes.substr(0, 4) == "GGUF") {
    auto gguf = model_from_gguf(bytes, name);
    if (!gguf) return gguf.errors();
    return std::move(gguf->preset);
  }
  // A preset says its type; a config.json has none.
  const auto parsed = json::parse_strict(bytes);
  if (!parsed) return parsed.errors();
  if (parsed->is_object() && parsed->contains("type")) {
    if ((*parsed)["type"] != "model") return Error{"wrong_type", "type", "must be \"model\" for the import of a model"};
    return json::canonical(*parsed, json::Reading::preset);
  }
  auto config = json::import_hf_config(bytes, name);
  if (!config) return config.errors();
  return std::move(config->preset);
}

Result<std::string> import_model(std::string_view bytes, std::string_view name, Catalog& catalog) {
  const auto preset = model_preset(bytes, name);
  if (!preset) return preset.errors();
  return add_preset(catalog, *preset);
}

}  // namespace edgewise
