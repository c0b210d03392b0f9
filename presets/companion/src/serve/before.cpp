#include "before.h"

#include <nlohmann/json.hpp>

#include "edgewise/canonical.h"
#include "edgewise/json.h"
#include "presets.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Takes out of a list what `measured` finds in it; an empty list goes altogether. Whether it found anything.
template <class Measured>
bool without(Json& holder, const char* key, const Measured& measured) {
  if (!holder.is_object() || !holder.contains(key) || !holder[key].is_array()) return false;
  Json rest = Json::array();
  for (const Json& entry : holder[key])
    if (!measured(entry)) rest.push_back(entry);
  const bool found = rest.size() < holder[key].size();
  if (rest.empty())
    holder.erase(key);
  else
    holder[key] = std::move(rest);
  return found;
}

bool begins(const Json& entry, const char* key, const char* with) {
  return entry.is_object() && entry.contains(key) && entry[key].is_string() &&
         entry[key].get_ref<const std::string&>().rfind(with, 0) == 0;
}

}  // namespace

std::string before_measuring(const std::string& text) {
  Json preset = Json::parse(text, nullptr, false);
  if (!preset.is_object()) return {};
  if (!without(preset, "calibrations", [](const Json& c) { return begins(c, "origin", "measured"); })) return {};
  const auto forget = [&](const char* group) {
    if (preset.contains("confidence") && preset["confidence"].is_object()) preset["confidence"].erase(group);
  };
  // As `fit` writes them.
  if (preset.contains("memory") &&
      without(preset["memory"], "measured", [](const Json& m) { return begins(m, "source", "edgewise measure"); }) &&
      !preset["memory"].contains("measured"))
    forget("memory_measured");
  if (preset.contains("power") && begins(preset["power"], "note", "Measured by ")) {
    for (const char* key : {"scope", "idle_w", "load_w", "note"}) preset["power"].erase(key);
    if (preset["power"].empty()) {
      preset.erase("power");
      forget("power");
    }
  }
  auto catalog = bundled_catalog();
  std::string before = canonical_text(preset);
  return catalog && add_preset(*catalog, before) ? before : std::string();
}

}  // namespace edgewise
