#pragma once

#include <string>
#include <string_view>

#include "edgewise/model.h"
#include "edgewise/reader.h"
#include "edgewise/result.h"

namespace edgewise::json {

/// A model and the preset that says the same, in canonical form.
struct Imported {
  Model model;
  std::string preset;
};

/// The model whose preset has this `config`, checked like a preset. `prefix` is where the config stands in the
/// file that was read: errors carry the path there.
Result<Imported> import_preset_config(const std::string& name, const std::string& family, Json config,
                                      const std::string& prefix);
Result<Imported> import_hf_config(std::string_view json_text, std::string_view name);

}  // namespace edgewise::json
