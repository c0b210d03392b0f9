#pragma once

#include <string>
#include <string_view>

#include "edgewise/catalog.h"
#include "edgewise/json_value.h"
#include "edgewise/result.h"

namespace edgewise {

/// Adds one preset: its `type` says what it is. Returns its id. Nothing is changed on error. What it refers to may
/// come later; a storage format that no definition names is an error once formats are defined.
Result<std::string> add_preset(Catalog&, std::string_view json_text);
/// The same of one that was parsed.
Result<std::string> add_document(Catalog&, const json::Json& preset);
/// Adds presets separated by the ASCII record separator, as RFC 7464 has it, in any order. The errors of those that
/// are refused.
Errors add_presets(Catalog&, std::string_view sequence);

}  // namespace edgewise
