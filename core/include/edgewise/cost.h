#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "edgewise/model.h"
#include "edgewise/number.h"
#include "edgewise/quantization.h"

namespace edgewise {

/// What is asked of the model. Counts are of tokens.
struct Workload {
  double prompt = 512;
  double generate = 128;
  double depth = 0;  ///< tokens already in the KV cache
  double batch = 1;  ///< sequences at once
  double images = 0;
  double image_width = 0, image_height = 0;  ///< pixels; 0: of the size that the model's rule names
  double audio_s = 0;
  double threads = 0;               ///< CPU threads; 0: one per core of the fast clusters
  double context = 0;               ///< allocated context; 0: depth + prompt + generate
  double memory_taken_gib = 0;      ///< memory that other programs take of the same
  double gpu_memory_gib = unknown;  ///< what the system was set to lend a GPU that shares its memory
  double gpu_layers = unknown;      ///< of the model, the output layer counted, on the device; unknown: as many as fit
  double cpu_moe = unknown;         ///< layers whose experts stay with the host, from the first on; unknown: as must
  double kv_on_host = 0;            ///< 1: the KV cache stays with the host
  double devices = 1;               ///< alike, that share the model
  double row_split = unknown;       ///< 1: each device has a share of every matrix; 0: of the layers; unknown: as the
                                    ///< runtime does, vLLM and its like the former
  double host_cores = unknown;      ///< of the host, where it is another than its preset says
  double host_memory_gib = unknown;
  double host_memory_gb_s = unknown;  ///< peak bandwidth of its memory: channels x 8 bytes x transfers per second
  double requests_per_day = unknown;
  double battery_wh = unknown;
  double electricity_usd_per_kwh = unknown;
  double device_life_years = unknown;
  double draft_tokens = unknown;  ///< that speculation drafts for a step; unknown: as many as are the fastest
  double acceptance = unknown;    ///< probability that a drafted token is accepted; unknown: as public runs of the task
  double link_rtt_ms = unknown;   ///< of the network between who asks and the device; unknown: there is none
  double link_mb_s = unknown;     ///< megabytes per second of that network
  // Options of engines; unknown: as the runtime does by default.
  double gpu_memory_utilization = unknown;  ///< share of the memory that a runtime reserves (vLLM's name)
  double max_num_batched_tokens = unknown;  ///< tokens in one pass at most (vLLM)
  double max_num_seqs = unknown;            ///< sequences at once at most (vLLM)
  double enforce_eager = unknown;           ///< 1: no captured graphs (vLLM)
  double micro_batch = unknown;             ///< prompt tokens in one pass (llama.cpp's -ub)
  double parallel =
      unknown;  ///< slots that `context` is divided among (llama.cpp's -np); unknown: each sequence has it
  double kv_unified = unknown;          ///< 1: one cache that all slots share (llama.cpp's -kvu)
  double api_usd_per_mtok = unknown;    ///< what an API asks for a million generated tokens
  double grid_gco2e_per_kwh = unknown;  ///< carbon intensity of the electricity
};

struct Speculation;

/// Weights of one operator in one format: what a step streams and multiplies.
struct OperatorLoad {
  Operator op = Operator::other;
  FormatIndex format = 0;
  bool once_per_sequence = false;  ///< head: in prefill only the last position goes through it
  double weights = 0;              ///< dense weights, all layers
  double bytes = 0;
  double expert_weights = 0;  ///< routed experts, all of them, all layers
  double expert_bytes = 0;
  double rows = 0;         ///< outputs of the dense weights, of one token
  double expert_rows = 0;  ///< of all experts
};

/// Layers that attend alike.
struct AttentionClass {
  double layers = 0;     ///< layers that compute attention so
  double kv_layers = 0;  ///< of these, layers that own a KV cache
  double heads = 0;
  double score_dim = 0;    ///< elements per head of a query-key product
  double value_dim = 0;    ///< elements per head of the weighted values
  double kv_elements = 0;  ///< cached elements per token and layer (keys and values)
  double window = 0;       ///< 0: full attention
};

/// A tower in its format.
struct TowerCost {
  bool present = false;
  FormatIndex format = 0;
  double bytes = 0;              ///< of the tensors, projector included
  double stack_weights = 0;      ///< that every position inside the tower meets
  double projector_weights = 0;  ///< that every token meets
  double ops_per_input = 0;      ///< beside these, of one input
  double num_layers = 0;
  double hidden_size = 0;
  double window = 0;
  double full_layers = 0;
  ImageTokens image;
  AudioTokens audio;
};

/// Everything about (model, quantization) that an estimate needs, summed once so that the fast path
/// touches only numbers. `summarize()` makes it.
struct ModelCost {
  static constexpr std::size_t max_loads = 40;
  static constexpr std::size_t max_attention_classes = 8;
  std::array<OperatorLoad, max_loads> loads;
  std::size_t load_count = 0;
  std::array<AttentionClass, max_attention_classes> attention;
  std::size_t attention_count = 0;

  double parameters = 0;
  double text_B = 0;       ///< every stored tensor of the language model
  double file_B = 0;       ///< every stored tensor
  double embedding_B = 0;  ///< lookup table when untied; 0 when tied (counted under head)
  double per_layer_embedding_B = 0;
  double tower_B = 0;
  double layers = 0;
  double launches = 0;     ///< weight tensors inside the layers: each is at least one kernel or thread barrier
  double activations = 0;  ///< inputs and outputs of the products of all layers, of one token
  double moe_layers = 0;   ///< layers with routed experts, which follow those without
  double experts = 0;
  double experts_per_token = 0;
  double recurrent_state_B = 0;  ///< per sequence, all layers
  double recurrent_layers = 0;   ///< layers that carry a state: linear attention, Mamba, RWKV
  double recurrent_ops = 0;      ///< per token beside the weights, all layers
  double hidden_size = 0;
  double intermediate_size = 0;  ///< widest activation inside a layer
  double attention_heads = 0;    ///< most heads of any layer
  double query_width = 0;        ///< heads x head_dim, widest layer
  double vocab_size = 0;
  double max_context = 0;        ///< 0: unknown
  double cross_kv_elements = 0;  ///< cached per position of an image that is attended to across, all layers
  TowerCost vision, audio;
  bool fused_gate_up = false;  ///< the MLP's two halves come out of one tensor
  bool final_logit_softcap = false;
  std::shared_ptr<const Speculation> speculation;  ///< null: none
};

/// Who drafts tokens for a model to verify.
struct Speculation {
  ModelCost draft;  ///< a model of its own, or heads of the model; `text_B`: what it adds to the weights
  /// Probability that a drafted token is accepted: of public runs, with the range that eight in ten of them are in.
  double acceptance = unknown, acceptance_low = unknown, acceptance_high = unknown;
  double most_tokens = 16;  ///< that are looked at where none are stated: public runs say nothing of more
};

/// Sums the tensor inventory under a recipe. Pure; allocates while summing, not afterwards.
ModelCost summarize(const Model&, const Quantization&, const FormatTable&);

/// Weights of the text model that tokens are multiplied by, those of idle experts too. Models that have as many are of
/// one shape (one architecture, trained otherwise), whatever their quantization.
double multiplied_weights(const ModelCost&);

}  // namespace edgewise
