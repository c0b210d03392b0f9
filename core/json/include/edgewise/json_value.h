#pragma once

#include <nlohmann/json_fwd.hpp>

namespace edgewise::json {

/// Documents, their members in the order in which they are written.
using Json = nlohmann::ordered_json;

}  // namespace edgewise::json
