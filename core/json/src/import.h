#pragma once

#include <string>
#include <string_view>

#include "edgewise/model.h"
#include "edgewise/reader.h"
#include "edgewise/result.h"

namespace edgewise::json {

/// The model whose preset has this `config`, checked like a preset. `prefix` is where the config stands in the
/// file that was read: errors carry the path there.
Result<Model> model_from_preset_config(const std::string& name, const std::string& family, Json config,
                                       const std::string& prefix);

/// Parses a config.json strictly, but for `NaN`, `Infinity` and `-Infinity` as Python writes them: they become texts,
/// which no field that holds a number takes.
Result<Json> parse_hf_config(std::string_view text);

/// Adds the towers of a config.json, which stand beside its language model, to the `config` of a preset that already
/// holds the language model.
void add_towers(Reader& root, Json& config);

}  // namespace edgewise::json
