#include "preset_check.h"

#include <nlohmann/json.hpp>

#include "device_check.h"
#include "json_text.h"

namespace edgewise {

Result<std::string> check_preset(std::string_view text, Catalog& catalog) {
  const auto preset = parse_json(text);
  if (!preset) return preset.errors();
  if (!preset->is_object() || !preset->contains("type") || (*preset)["type"] != "device") return catalog.add(text);
  const auto device = check_device(text, catalog);
  if (!device) return device.errors();
  return device->id;
}

}  // namespace edgewise
