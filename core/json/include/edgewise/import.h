#pragma once

#include <string>
#include <string_view>

#include "edgewise/catalog.h"
#include "edgewise/model.h"
#include "edgewise/result.h"

namespace edgewise {

/// Reads a Hugging Face `config.json`. `name` becomes the id where the file names none. Architectures
/// that are not known are an error, never a guess.
Result<Model> model_from_hf_config(std::string_view json_text, std::string_view name);

/// Reads the header of a GGUF file (version 2 or 3): metadata and tensor table. `bytes` may stop after the
/// tensor table; a header that is cut, or counts that do not fit in it, are errors. The sizes of the file's
/// own tensors give the exact quantization.
struct GgufModel {
  Model model;
  double tensor_bytes = 0;   ///< of every tensor in the file
  double parameters = 0;     ///< elements of every tensor
  std::string quantization;  ///< the recipe that the file says it follows (general.file_type), or empty
  std::string preset;        ///< the model as a preset, in canonical form
};
Result<GgufModel> model_from_gguf(std::string_view bytes, std::string_view name);

/// Adds the model in `bytes` (a model preset, a config.json or a GGUF header) to the catalog; its id.
Result<std::string> import_model(std::string_view bytes, std::string_view name, Catalog&);

/// The preset of the model in `bytes` (a model preset, a config.json or a GGUF header), in canonical form. `name` is
/// the id of what has none. Such a preset is read by `add_preset`; what only people need of a published one it may
/// lack.
Result<std::string> model_preset(std::string_view bytes, std::string_view name);

}  // namespace edgewise
