#include "preset_check.h"

#include <nlohmann/json.hpp>

#include "device_check.h"
#include "edgewise/reader.h"

namespace edgewise {

Result<std::string> check_preset(std::string_view text, Catalog& catalog) {
  const auto preset = json::parse_strict(text);
  if (!preset) return preset.errors();
  if (!preset->is_object() || !preset->contains("type") || (*preset)["type"] != "device")
    return add_preset(catalog, text);
  const auto device = check_device(text, catalog);
  if (!device) return device.errors();
  return device->id;
}

}  // namespace edgewise
