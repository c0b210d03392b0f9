#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "edgewise/catalog.h"
#include "edgewise/result.h"

namespace edgewise {

/// Adds the names of presets that are elsewhere, the id first and then the preset's own name:
/// {"models": [["llama-3.2-1b", "Llama-3.2-1B", "meta-llama/Llama-3.2-1B"], ...], "devices": [...]}.
/// Those of presets that are here already stay as they are. What is wrong with the document; then nothing is added.
Errors add_names(Catalog&, std::string_view json_text);
/// {"id": "...", "quant": "...", "near": [...], "several": false}
nlohmann::ordered_json to_json(const Catalog::Meant&);

}  // namespace edgewise
