#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "edgewise/catalog.h"
#include "edgewise/json_value.h"
#include "edgewise/result.h"

namespace edgewise {

/// Whether a text is a table of scores: its first line names their columns.
bool is_quality_table(std::string_view text);
/// Reads published scores, one a row (presets/schema/quality.md). Errors carry row and column.
Result<std::shared_ptr<const Quality>> parse_quality(std::string_view csv);

/// Adds one preset: its `type` says what it is, or it is a table of scores (id "quality"). Returns its id. Nothing is
/// changed on error. What it refers to may come later; a storage format that no definition names is an error once
/// formats are defined.
Result<std::string> add_preset(Catalog&, std::string_view json_text);
/// The same of one that was parsed.
Result<std::string> add_document(Catalog&, const json::Json& preset);
/// Adds presets separated by the ASCII record separator, as RFC 7464 has it, in any order. The errors of those that
/// are refused.
Errors add_presets(Catalog&, std::string_view sequence);

}  // namespace edgewise
