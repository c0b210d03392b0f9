#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/model.h"

namespace edgewise {

/// A storage format: blocks of `block_weights` weights in `block_bytes` bytes.
struct Format {
  std::string id;
  double block_weights = 1;
  double block_bytes = 0;
  std::string fallback;  ///< format for rows whose length is no multiple of the block; empty: none needed
  double bytes_per_weight() const { return block_bytes / block_weights; }
};
using FormatIndex = std::uint8_t;
inline constexpr std::size_t max_formats = 64;

/// A rule of a recipe: the tensors it names, under its conditions, get its format. First match wins.
struct RecipeRule {
  enum class Layers : std::uint8_t { all, use_more_bits, first, first_fraction, middle };
  std::vector<Role> roles;
  Layers layers = Layers::all;
  double layer_argument = 0;  ///< first: number of layers; first_fraction: n in layer < layers / n; middle: n in
                              ///< layers/n <= layer < layers - layers/n
  double min_gqa = 0;         ///< heads / KV heads at least; 0: any
  double max_gqa = 0;         ///< heads / KV heads below; 0: any
  double experts = 0;         ///< exactly this many experts; 0: any
  double min_experts = 0;
  FormatIndex format = 0;
};

/// A quantization recipe: which tensor is stored in which format.
struct Quantization {
  std::string id;
  std::string family;                        ///< gguf, awq, gptq, bitsandbytes, mlx, rkllm, qnn, executorch, ...
  FormatIndex linear = 0;                    ///< every 2-D weight that no rule names
  FormatIndex output = 0;                    ///< the head, and a tied embedding
  FormatIndex embedding = 0;                 ///< an untied token embedding
  FormatIndex small = 0;                     ///< norms, biases, routers, convolutions
  FormatIndex tower = 0;                     ///< vision and audio towers
  bool tied_embedding_stored_twice = false;  ///< the file holds embedding and head separately even when tied
  double kernels_per_product =
      1;  ///< kernels that multiply by one quantized matrix, where unpacking is not fused into the product
  bool approximate = false;     ///< per-tensor types vary by file: the size is typical, not exact
  double activation_bits = 16;  ///< number type the kernels compute in: 8 or 16
  std::vector<RecipeRule> rules;
};

struct FormatTable {
  std::vector<Format> formats;
  /// Index of `id`, or -1.
  int find(std::string_view id) const;
};

/// The format that `recipe` gives to `tensor`; applies the fallback for row lengths that do not divide.
FormatIndex format_of(const Quantization& recipe, const FormatTable&, const Model&, const Tensor& tensor,
                      std::int32_t attention_layers);

}  // namespace edgewise
