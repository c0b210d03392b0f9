#pragma once

#include <nlohmann/json.hpp>

namespace edgewise {

/// The device schema that the binary carries, with the calibration schema's definitions in it: every reference starts
/// at its root.
const nlohmann::ordered_json& device_schema();
/// What a reference of it stands for; the node itself where it is none.
const nlohmann::ordered_json& followed(const nlohmann::ordered_json& node);

}  // namespace edgewise
