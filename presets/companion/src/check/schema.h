#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "edgewise/result.h"

namespace edgewise {

/// The device schema that the binary carries, with the calibration schema's definitions in it: every reference starts
/// at its root.
const nlohmann::ordered_json& device_schema();
/// What a reference of it stands for; the node itself where it is none.
const nlohmann::ordered_json& followed(const nlohmann::ordered_json& node);

/// Where the preset departs from the schema, every place with its path.
Errors against_schema(const nlohmann::ordered_json& device);

}  // namespace edgewise
