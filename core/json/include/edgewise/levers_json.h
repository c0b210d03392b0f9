#pragma once

#include <string_view>

#include "edgewise/editable.h"
#include "edgewise/json.h"
#include "edgewise/roofline.h"
#include "edgewise/sweep.h"
#include "edgewise/what_if.h"

namespace edgewise {

/// Reads a list of numbers, or of names.
Result<SweepValues> parse_sweep_values(std::string_view json_text, const char* path);

/// The documents of what may be changed and what comes of it, as wasm/index.d.ts types them.
json::Json to_json(const Sweep&);
json::Json to_json(const std::vector<WhatIf>&, const Answer&);
json::Json to_json(const Roofline&);
json::Json to_json(const std::vector<Editable>&);
/// What of a device was edited.
json::Json edited_json(const Device&);
/// The members of a question that another changes; null: left out.
json::Json changes_json(const Query& from, const Query& to);

}  // namespace edgewise
