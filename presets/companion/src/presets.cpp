#include "presets.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "bundle.h"
#include "edgewise/text.h"
#include "errors.h"
#include "files.h"
#include "model_files.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

/// Whether a file is meant: one that there is, or what can only be the path of one. "Qwen/Qwen3-8B" is a name.
bool names_file(const std::string& text, const Catalog::Meant& meant) {
  if (is_file(text)) return true;
  std::error_code ignored;
  if (fs::is_directory(text, ignored))
    return meant.id.empty() || text.back() == '/' || text[0] == '.' || text[0] == '/';
  if (text.find('/') == std::string::npos || !meant.id.empty()) return false;
  const std::string ending = lower(fs::path(text).extension().string());
  return std::string_view("./~").find(text[0]) != std::string_view::npos || ending == ".json" || ending == ".gguf" ||
         ending == ".safetensors";
}

}  // namespace

bool is_file(const std::string& name) {
  std::error_code ignored;
  return fs::is_regular_file(name, ignored);
}

Result<Catalog> bundled_catalog() {
  Catalog catalog;
  if (const Errors errors = add_presets(catalog, bundled_presets()); !errors.empty()) return errors;
  return catalog;
}

std::vector<Json> bundled_presets_of(const std::string& type) {
  std::vector<Json> out;
  std::string_view all = bundled_presets();
  while (!all.empty()) {
    const auto end = std::min(all.find('\x1e'), all.size());
    Json preset = Json::parse(all.substr(0, end), nullptr, false);
    if (preset.is_object() && preset.value("type", "") == type) out.push_back(std::move(preset));
    all.remove_prefix(std::min(end + 1, all.size()));
  }
  return out;
}

Json bundled_preset(const std::string& type, const std::string& id) {
  for (Json& preset : bundled_presets_of(type))
    if (preset.value("id", "") == id) return std::move(preset);
  return nullptr;
}

Result<Catalog> load_catalog(Query& q) {
  auto catalog = bundled_catalog();
  if (!catalog) return catalog;
  if (names_file(q.device, catalog->device_meant(q.device))) {
    auto text = read_text(q.device, largest_device_B);
    if (!text) return text.errors();
    auto id = add_preset(*catalog, *text);
    if (!id) return in_file(q.device, id.errors());
    q.device = *id;
  }
  if (names_file(q.model, catalog->model_meant(q.model))) {
    const auto id = add_model_from(q.model, *catalog);
    if (!id) return id.errors();
    q.model = *id;
  }
  return catalog;
}

}  // namespace edgewise
