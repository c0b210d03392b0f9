#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/number.h"
#include "edgewise/tensor.h"

namespace edgewise {

struct Model;
struct Tensor;

using FormatIndex = std::uint8_t;
inline constexpr std::size_t max_formats = 192;

/// A storage format: blocks of `block_weights` weights in `block_bytes` bytes, and `row_bytes` for each row of a
/// matrix. Unknown as long as a preset names it and none defines it.
struct Format {
  std::string id;
  double block_weights = unknown;
  double block_bytes = unknown;
  double row_bytes = 0;  ///< of a row's own header
  /// Whose kernels' cost holds where nobody measured this one's: the same values in another order, or the same number
  /// of bits unpacked alike. Empty: unknown stays unknown.
  std::optional<FormatIndex> costs_like;
  std::string only_in;                  ///< where it is to be had, if not in every release of the runtimes that name it
  std::optional<FormatIndex> fallback;  ///< for rows whose length is no multiple of the block; empty: none needed
  bool defined() const { return is_known(block_weights); }
  double bytes_per_weight() const { return block_bytes / block_weights; }
  /// Bytes of `weights` weights in rows of `columns`.
  double bytes(double weights, double columns) const {
    return weights * bytes_per_weight() + (row_bytes > 0 ? weights / columns * row_bytes : 0);
  }
};

/// Storage formats by name. A name keeps its index for good, so that what refers to it may be read before or after its
/// definition, and stays right when the definitions are replaced.
class FormatTable {
 public:
  const std::vector<Format>& formats() const { return formats_; }
  const Format& operator[](FormatIndex i) const { return formats_[i]; }
  std::size_t size() const { return formats_.size(); }
  /// Index of a name that is known.
  std::optional<FormatIndex> find(std::string_view id) const;
  /// Index of the name, which becomes known; none where the table is full.
  std::optional<FormatIndex> name(std::string_view id);
  /// Whether definitions were read: from then on a name without one is a mistake.
  bool defined() const { return defined_; }
  struct Definition {
    Format format;
    std::string fallback, costs_like;  ///< names of formats; empty: none
  };
  /// Replaces every definition. Names without one stay, undefined. False, and nothing is changed, where there are too
  /// many.
  bool define(const std::vector<Definition>&);

 private:
  std::vector<Format> formats_;
  bool defined_ = false;
};

/// A rule of a recipe: the tensors it names, under its conditions, get its format. First match wins.
struct RecipeRule {
  enum class Layers : std::uint8_t { all, use_more_bits, first, first_fraction, middle };
  std::bitset<static_cast<std::size_t>(Role::count)> roles;
  std::vector<std::int32_t> only;  ///< these layers; empty: any
  Layers layers = Layers::all;
  double layer_argument = 0;  ///< first: number of layers; first_fraction: n in layer < layers / n; middle: n in
                              ///< layers/n <= layer < layers - layers/n
  double min_gqa = 0;         ///< heads / KV heads at least; 0: any
  double max_gqa = 0;         ///< heads / KV heads below; 0: any
  double experts = 0;         ///< exactly this many experts; 0: any
  double min_experts = 0;
  bool tied = false;  ///< only models that store one table as embedding and head
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
  bool approximate = false;           ///< per-tensor types vary by file: the size is typical, not exact
  bool keeps_native_experts = false;  ///< experts stay in the format that the checkpoint says conversions leave them in
  bool common = false;                ///< one that people choose between: searches offer these
  bool ternary = false;               ///< of three values: only models that were trained to them are made in it
  std::vector<RecipeRule> rules;
  /// Every format that it gives to some tensor.
  std::bitset<max_formats> formats() const;
};

/// Weights of one role that are stored in one format.
struct StoredTensors {
  Role role = Role::norm;
  Operator op = Operator::other;
  bool in_layers = false;  ///< in the decoder's layers
  bool routed = false;     ///< of experts, of which a token visits some
  FormatIndex format = 0;
  double tensors = 0;  ///< of a recipe's inventory; a checkpoint does not say
  double weights = 0;
  double bytes = 0;
  double rows = 0;         ///< outputs of their products, of one token each; of a recipe's inventory
  double activations = 0;  ///< inputs and outputs; likewise
};

/// How the weights of a published model are stored. What is asked of the model is asked of these files, unless the
/// question names another quantization.
struct Checkpoint {
  /// Recipes of the catalog that it is published in, the first that a runtime runs counts; empty: `recipe`.
  std::vector<std::string> quantizations;
  /// The file's own recipe: its id says what the file holds. Empty id: `quantizations`.
  Quantization recipe;
  /// Every tensor, summed by role and format; empty: as the recipe says.
  std::vector<StoredTensors> tensors;
  /// Format that conversions to GGUF leave routed experts in, as llama.cpp does with MXFP4.
  std::optional<FormatIndex> experts_stay;
  /// Whether it says itself what is stored, so that another quantization would be a conversion of it.
  bool is_file() const { return !recipe.id.empty(); }
};

/// Whether a model is made in the recipe: `own` says what it is published in, null: nothing does.
bool is_made_in(const Quantization&, const Checkpoint* own);
/// Whether it leaves all but the experts in the format of the norms.
bool quantizes_experts_alone(const Quantization&);
inline constexpr const char* not_made_in =
    "only models trained for it, or with the experts that it is of, are made in this quantization";

/// The format that `recipe` gives to `tensor`; applies the fallback for row lengths that do not divide.
FormatIndex format_of(const Quantization& recipe, const FormatTable&, const Model&, const Tensor& tensor,
                      std::int32_t attention_layers);

/// Adds to the sum of the same role, operator, format and place.
void add_stored(std::vector<StoredTensors>& sums, const StoredTensors&);
/// What a file of the model would hold, were it made by the recipe.
std::vector<StoredTensors> stored_tensors(const Model&, const Quantization& recipe, const FormatTable&);

}  // namespace edgewise
