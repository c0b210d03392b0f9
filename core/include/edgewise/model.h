#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/quantization.h"
#include "edgewise/tensor.h"

namespace edgewise {

/// How a layer mixes tokens. `none` is a layer that is only an MLP (Nemotron-H).
enum class Mixer : std::uint8_t {
  none,
  full_attention,
  sliding_attention,
  cross_attention,
  linear_attention,
  conv,
  mamba,
  rwkv
};
/// What follows the mixer in the layer.
enum class FeedForward : std::uint8_t { none, dense, moe, moe_and_dense };

/// A layer; numbers that are 0 are the model's.
struct Layer {
  Mixer mixer = Mixer::full_attention;
  FeedForward feed_forward = FeedForward::dense;
  Mixer beside = Mixer::none;  ///< a second mixer that reads the same input (Falcon-H1: Mamba beside attention)
  double heads = 0;
  double kv_heads = 0;
  double intermediate_size = 0;
  double compress_ratio = 0;  ///< tokens that one entry of the compressed cache stands for; 0: only a window
};

enum class QkNorm : std::uint8_t { none, per_head, full };

struct MoeConfig {
  double num_experts = 0;
  double experts_per_token = 0;
  double moe_intermediate_size = 0;
  double shared_intermediate_size = 0;  ///< 0: no shared expert
  double first_k_dense = 0;             ///< leading layers with a dense MLP
  double latent_size = 0;               ///< experts work in a projection of this width; 0: in hidden_size
  double zero_experts = 0;              ///< routed to, without weights: they return their input (LongCat-Flash)
  bool shared_gate = false;
  bool router_bias = false;
  bool expert_bias = false;
  bool parallel_dense = false;  ///< a dense MLP of intermediate_size runs beside the experts (Gemma 4)
};

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434).
struct MlaConfig {
  double q_lora_rank = 0;  ///< 0: queries are projected directly
  double kv_lora_rank = 0;
  double qk_nope_head_dim = 0;
  double qk_rope_head_dim = 0;
  double v_head_dim = 0;
  double index_n_heads = 0;   ///< lightning indexer of sparse attention (DeepSeek-V3.2); 0: attention is dense
  double index_head_dim = 0;  ///< its key, cached beside the latent
  bool expanded = false;      ///< engines cache keys and values of every head instead of the latent (MiniCPM3)
};

/// Attention over a window and a compressed cache, from which an indexer picks where it is dense (DeepSeek-V4). One
/// head of keys, which are the values too; the output projection is of low rank in groups.
struct CompressedAttentionConfig {
  double q_lora_rank = 0;
  double o_groups = 0;
  double o_lora_rank = 0;
  double index_n_heads = 0;
  double index_head_dim = 0;
  /// Up to here entries overlap, and an indexer picks among them.
  static constexpr double most_indexed_ratio = 16;
};

enum class LinearAttention : std::uint8_t {
  gated_deltanet,        ///< Qwen3-Next, Qwen3.5 (arXiv 2412.06464)
  kimi_delta_attention,  ///< a decay for each channel, from a low-rank pair (arXiv 2510.26692)
  lightning_attention    ///< constant decays, an output gate and norm (arXiv 2501.08313)
};

/// Attention whose state does not grow with the sequence.
struct LinearAttentionConfig {
  LinearAttention type = LinearAttention::gated_deltanet;
  double num_key_heads = 0;
  double num_value_heads = 0;
  double key_head_dim = 0;
  double value_head_dim = 0;
  double conv_kernel = 0;  ///< 0: none
};

/// Mamba-2, as in Nemotron-H; with dt_rank Mamba-1, as in Jamba, whose one head is the whole inner width.
struct MambaConfig {
  double num_heads = 0;
  double head_dim = 0;
  double state_size = 0;
  double n_groups = 0;
  double conv_kernel = 0;
  double dt_rank = 0;      ///< Mamba-1: rank of the step's projection; 0: Mamba-2
  bool proj_bias = false;  ///< the projections in and out have a bias
  bool conv_bias = true;
  bool norm = true;  ///< Mamba-2: of the output; Mamba-1: of step, B and C (Jamba)
};

struct RwkvConfig {
  double decay_rank = 0;
  double a_rank = 0;
  double v_rank = 0;
  double gate_rank = 0;
};

struct PerLayerEmbeddingConfig {
  double dim = 0;
  double vocab_size = 0;
};

/// Whose image processor says what an image of some size becomes; `fixed`: the same for every size.
enum class ImageRule : std::uint8_t {
  fixed,
  qwen2_vl,    ///< scaled into a range of pixels, cut to whole merged patches
  glm4v,       ///< the same, where an image counts as two frames
  pixtral,     ///< scaled to a longest edge; a row of patches ends with a token
  kimi_vl,     ///< scaled to a number of patches
  gemma4,      ///< scaled to a number of pooled patches
  internvl,    ///< tiles of the nearest aspect ratio, and a thumbnail
  idefics3,    ///< scaled to a longest edge, cut into tiles that tokens separate, and a thumbnail
  llava_next,  ///< the best of a list of grids of tiles, without their padding, and a thumbnail
  llama4,      ///< the least canvas of tiles that holds the image, and a thumbnail
  mllama,      ///< tiles that the language model attends to across, in no position of the text
  minicpmv,    ///< slices of a fixed area, and an overview
  phi4mm,      ///< tiles of the nearest aspect ratio, a thumbnail, and a token at the end of each row
  lfm2_vl,     ///< as qwen2_vl where the image is small, else tiles and a thumbnail
  count
};

/// What the rule needs. Sizes in pixels.
struct ImageTokens {
  ImageRule rule = ImageRule::fixed;
  double tokens = 0;             ///< of one input of the tower; fixed: of the image
  double width = 0, height = 0;  ///< of an image whose size is not stated
  double patch_size = 0;         ///< 0: the tower has no patches
  double merge = 1;              ///< side of the patches that become one token
  double side = 0;               ///< of an input of the tower
  double longest_edge = 0;       ///< pixtral: of an image at most; idefics3: of every image
  double min_pixels = 0;         ///< an image of fewer is scaled up
  double max_pixels = 0;         ///< an image of more is scaled down
  double max_tiles = 0;          ///< without the thumbnail
  std::uint64_t grids = 0;       ///< llava_next: bit 8 (rows - 1) + columns - 1 of each grid of tiles that there is
};

/// What a length of audio becomes.
struct AudioTokens {
  double ms_per_token = 0;
  double ms_per_position = 0;  ///< of the tower's layers
  double window_s = 0;         ///< audio that one input of the tower holds; shorter ones are filled up with silence
  bool whole_windows = false;  ///< the silence becomes tokens too
};

/// A vision or audio tower in front of the text model, with its projector.
struct TowerConfig {
  std::string kind;
  double parameters =
      std::numeric_limits<double>::quiet_NaN();  ///< tower and projector; unknown: of no known structure
  double projector_parameters = 0;               ///< of these, those that meet tokens
  double table_parameters = 0;  ///< of these, those that multiply nothing of an input: positions, adapters of the text
  double ops_per_input = 0;     ///< operations of one input beside those of matrices that every position meets
  double num_layers = 0;
  double hidden_size = 0;
  double window = 0;       ///< positions that a position attends to; 0: all
  double full_layers = 0;  ///< layers without the window
  ImageTokens image;
  AudioTokens audio;
};

/// A language model's architecture, named as Hugging Face configs name it. Validated when parsed:
/// sizes are positive and finite, `layers` has num_hidden_layers entries.
struct Model {
  std::string id;
  std::string name;
  std::string family;
  std::string model_type;  ///< Hugging Face's; of a GGUF "gguf:" and its general.architecture
  std::string licence;     ///< of its weights, as Hugging Face names licences; empty: unknown

  double hidden_size = 0;
  double intermediate_size = 0;
  double num_hidden_layers = 0;
  double num_attention_heads = 0;
  double num_key_value_heads = 0;
  double head_dim = 0;
  double vocab_size = 0;
  double embedding_rows = 0;  ///< rows of the input embedding where they differ from vocab_size
  double position_rows = 0;   ///< rows of a learned position embedding (GPT-2); 0: none
  double v_head_dim = 0;      ///< width of a value head where it differs from head_dim (MiMo-V2)
  double sliding_window = 0;
  double max_position_embeddings = 0;  ///< 0: unknown
  double norms_per_layer = 2;
  QkNorm qk_norm = QkNorm::none;
  bool tie_word_embeddings = false;
  bool gated_mlp = true;
  bool attention_bias = false;
  bool attention_out_bias = false;
  bool mlp_bias = false;
  bool lm_head_bias = false;
  bool layer_norm = false;        ///< LayerNorm (weight and bias) instead of RMSNorm (weight)
  bool embedding_norm = false;    ///< a norm between the embedding and the first layer (BLOOM)
  bool attn_output_gate = false;  ///< the query projection also yields a gate of the same width
  bool attn_head_gate = false;    ///< a gate for each head, from a projection of its own (Step-3.5)
  bool attention_k_eq_v = false;  ///< full-attention layers use the keys as values (Gemma 4)
  bool attn_sinks = false;
  bool sub_norms = false;
  bool double_wide_mlp_when_shared = false;  ///< layers without own KV have an MLP twice as wide (Gemma 4 E2B)
  bool drop_shared_kv_weights = false;
  bool fused_qkv = false;
  bool fused_gate_up = false;
  bool final_logit_softcap = false;
  double num_kv_shared_layers = 0;  ///< trailing layers that reuse the KV cache of an earlier one
  double global_head_dim = 0;       ///< head_dim of full-attention layers where it differs
  double num_global_key_value_heads = 0;
  double altup_inputs = 0;      ///< Gemma 3n
  double laurel_rank = 0;       ///< Gemma 3n
  double residual_streams = 0;  ///< mixed by hyper-connections before and after each half layer (arXiv 2512.24880)
  double mtp_layers = 0;        ///< layers that predict further tokens, in the checkpoint beside the model

  std::vector<Layer> layers;
  std::optional<MoeConfig> moe;
  std::optional<MlaConfig> mla;
  std::optional<CompressedAttentionConfig> compressed_attention;
  std::optional<LinearAttentionConfig> linear_attention;
  std::optional<MambaConfig> mamba;
  std::optional<RwkvConfig> rwkv;
  std::optional<PerLayerEmbeddingConfig> per_layer_embedding;
  std::optional<TowerConfig> vision;
  std::optional<TowerConfig> audio;
  double shortconv_kernel = 0;
  std::optional<Checkpoint> checkpoint;
  /// Whether it was made of files that say themselves what is stored.
  bool is_file() const { return checkpoint && checkpoint->is_file(); }
  bool is_made_in(const Quantization& recipe) const {
    return (moe || !quantizes_experts_alone(recipe)) &&
           edgewise::is_made_in(recipe, checkpoint ? &*checkpoint : nullptr);
  }

  /// Heads, KV heads and head dimensions of layer `i`.
  struct AttentionShape {
    double heads, kv_heads, head_dim, v_head_dim;
    bool keys_are_values;
    bool owns_kv;
  };
  AttentionShape attention_shape(std::size_t i) const;
};

/// One weight tensor (or `count` equal ones: the experts of a layer).
struct Tensor {
  Role role;
  Operator op;
  std::int32_t layer;            ///< -1 outside the layers
  std::int32_t attention_layer;  ///< index among the layers that have this role's attention tensors, -1 elsewhere
  double columns;                ///< row length: the axis that block formats divide (input features)
  double rows;
  double count = 1;
  double weights() const { return columns * rows * count; }
};

/// Whether every layer is described and has its dimensions, which the inventory relies on. Readers make no other
/// models; one that is filled in by hand may lack a layer or a width.
bool is_whole(const Model&);

/// The layers that predict further tokens, as a model that shares the embedding and the output layer: none, or like the
/// last layers that attend (DeepSeek-V3, arXiv 2412.19437, 2.2). What joins hidden state and embedding is not in it.
std::optional<Model> multi_token_model(const Model&);

/// Whether it holds routed experts, of which a token visits some.
bool is_routed(const Tensor&);

/// Every weight tensor of a model, exact. Parameter counts are sums over it.
std::vector<Tensor> tensor_inventory(const Model&);

struct ParameterCounts {
  double text = 0;         ///< every text weight, tied embeddings once
  double total = 0;        ///< with vision and audio towers
  double decode_read = 0;  ///< text weights that one decoded token reads: no lookup tables, no idle experts
  double mtp = 0;  ///< layers for multi-token prediction, in none of the others; without copies of the embedding
};
ParameterCounts count_parameters(const Model&);

}  // namespace edgewise
