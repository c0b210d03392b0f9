#include "edgewise/import.h"

#include "edgewise/presets.h"
#include "import.h"
#include "parse.h"

namespace edgewise {

namespace json {

Result<Model> model_from_preset_config(const std::string& name, const std::string& family, Json config,
                                       const std::string& prefix) {
  const std::string id = name.empty() ? "imported" : name;
  const Json preset = {{"id", id}, {"name", id}, {"family", family}, {"config", std::move(config)}};
  Errors errors;
  Reader r(preset, "", errors);
  std::vector<std::string> aliases;
  Model model = parse_model(r, aliases);
  r.finish();
  if (errors.empty()) return model;
  for (Error& e : errors)
    if (e.path.rfind("config.", 0) == 0) e.path = prefix + e.path.substr(7);
  return errors;
}

}  // namespace json

namespace {

std::string add_model(Model model, Catalog& catalog) {
  std::string id = model.id;
  catalog.add(std::move(model), {});
  return id;
}

}  // namespace

Result<std::string> import_model(std::string_view bytes, std::string_view file_name, Catalog& catalog) {
  const std::string name = valid_utf8(file_name);
  if (bytes.substr(0, 4) == "GGUF") {
    auto gguf = model_from_gguf(bytes, name);
    if (!gguf) return gguf.errors();
    return add_model(std::move(gguf->model), catalog);
  }
  // A preset says its type; a config.json has none.
  const auto parsed = json::parse_hf_config(bytes);
  if (!parsed) return parsed.errors();
  if (parsed->is_object() && parsed->contains("type")) {
    if ((*parsed)["type"] != "model") return Error{"wrong_type", "type", "must be \"model\" for the import of a model"};
    return add_preset(catalog, bytes);
  }
  auto model = model_from_hf_config(bytes, name);
  if (!model) return model.errors();
  return add_model(std::move(*model), catalog);
}

}  // namespace edgewise
