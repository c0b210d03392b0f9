#pragma once

#include <string>
#include <string_view>

#include "edgewise/presets.h"

namespace edgewise {

/// Checks a preset of any type and adds it to the catalog; its id. Of devices also shape and physics, as they are asked
/// of what is published.
Result<std::string> check_preset(std::string_view json_text, Catalog&);

}  // namespace edgewise
