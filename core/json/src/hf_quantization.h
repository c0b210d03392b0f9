#pragma once

#include "edgewise/reader.h"

namespace edgewise::json {

/// How the weights of a Hugging Face checkpoint are stored, by what its config says.
struct HfStorage {
  std::string family;  ///< of recipes; empty: nothing is quantized
  std::string id;      ///< of the recipe
  std::string format;  ///< of the quantized matrices
  std::string unquantized = "F16";
  double bits = 16;            ///< of a quantized weight, scales left out
  Json rules = Json::array();  ///< exceptions, in the grammar of recipes
  std::string output, embedding;
  /// The recipe of a checkpoint that is quantized so.
  Json recipe() const;
};

/// Whether a file of that name says how weights are stored: before configs said it themselves, tools wrote it beside
/// them, and some still do.
bool says_storage(std::string_view file_name);
/// The `quantization_config` that such a file amounts to.
Json storage_config(std::string_view file_name, const Json& document);

/// Reads `quantization_config` (transformers and the engines that took it over), `quantization` (MLX) and
/// `compression_config`. A method that is not known is an error that names it.
HfStorage hf_storage(Reader& root, Reader& text, double layers);

}  // namespace edgewise::json
