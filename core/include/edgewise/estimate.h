#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "edgewise/model.h"
#include "edgewise/quantization.h"
#include "edgewise/runtime.h"
#include "edgewise/terms.h"

namespace edgewise {

/// What is asked of the model. Counts are of tokens.
struct Workload {
  double prompt = 512;
  double generate = 128;
  double depth = 0;  ///< tokens already in the KV cache
  double batch = 1;  ///< sequences at once
  double images = 0;
  double threads = 0;  ///< CPU threads; 0: one per core of the fast clusters
  double context = 0;  ///< allocated context; 0: depth + prompt + generate
  double requests_per_day = unknown;
  double battery_wh = unknown;
  double electricity_usd_per_kwh = unknown;
  double device_life_years = unknown;
};

/// Weights of one operator in one format: what a step streams and multiplies.
struct OperatorLoad {
  Operator op = Operator::other;
  FormatIndex format = 0;
  bool once_per_sequence = false;  ///< head: in prefill only the last position goes through it
  double weights = 0;              ///< dense weights, all layers
  double bytes = 0;
  double expert_weights = 0;  ///< routed experts, all of them, all layers
  double expert_bytes = 0;
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

/// Everything about (model, quantization) that an estimate needs, summed once so that the fast path
/// touches only numbers. `summarize()` makes it.
struct ModelCost {
  static constexpr std::size_t max_loads = 40;
  static constexpr std::size_t max_attention_classes = 4;
  std::array<OperatorLoad, max_loads> loads;
  std::size_t load_count = 0;
  std::array<AttentionClass, max_attention_classes> attention;
  std::size_t attention_count = 0;

  double parameters = 0;
  double file_B = 0;  ///< every stored tensor
  double tensor_count = 0;
  double embedding_B = 0;  ///< lookup table when untied; 0 when tied (counted under head)
  double per_layer_embedding_B = 0;
  double tower_B = 0;
  double layers = 0;
  double launches = 0;  ///< weight tensors inside the layers: each is at least one kernel or thread barrier
  double experts = 0;
  double experts_per_token = 0;
  double recurrent_state_B = 0;  ///< per sequence, all layers
  double recurrent_layers = 0;   ///< layers that carry a state: linear attention, Mamba, RWKV
  double recurrent_ops = 0;      ///< per token beside the weights, all layers
  double hidden_size = 0;
  double intermediate_size = 0;  ///< widest activation inside a layer
  double attention_heads = 0;    ///< most heads of any layer
  double query_width = 0;        ///< heads x head_dim, widest layer
  double kv_width = 0;           ///< KV heads x head_dim x 2, widest layer
  double vocab_size = 0;
  double max_context = 0;  ///< 0: unknown
  double activation_bits = 16;
  double vision_ops_per_image = 0;
  double vision_tokens_per_image = 0;
  bool fused_gate_up = false;  ///< the MLP's two halves come out of one tensor
  bool final_logit_softcap = false;
};

/// Sums the tensor inventory under a recipe. Pure; allocates while summing, not afterwards.
ModelCost summarize(const Model&, const Quantization&, const FormatTable&);

/// Where the parameters come from; decides the width of the interval.
enum class Situation : std::uint8_t { calibrated, related, datasheet };
const char* to_string(Situation);

/// Absolute rates of one (device, power mode, runtime, threads). `resolve()` makes them.
struct Rates {
  double bandwidth_Bps = unknown;  ///< weights, decode
  double kv_bandwidth_Bps = unknown;
  std::array<double, max_formats> decode_weights_per_s;   ///< dequantize-and-dot, by format
  std::array<double, max_formats> prefill_weights_per_s;  ///< weight x token multiply-adds, by format
  double prefill_half_rows = unknown;
  double decode_attention_flops = unknown;
  double prefill_attention_flops = unknown;
  double prefill_recurrent_flops = unknown;
  double step_s = unknown;
  double launch_s = unknown;
  double recurrent_layer_s = unknown;
  double prefill_step_s = unknown;
  double storage_Bps = unknown;
  double host_link_Bps = unknown;
  double capacity_B = unknown;  ///< memory that weights and caches may use
  double usable_B = unknown;    ///< capacity less what the system keeps
  double kv_bytes_per_element = 2;
  double idle_w = unknown;  ///< as the sensor behind the power shares sees it
  double full_w = unknown;  ///< full load
  double decode_power_share = unknown;
  double prefill_power_share = unknown;
  double price_usd = unknown;
  MemoryRules memory;
  double prefill_chunk = 0;
  bool eager = false;
  Situation situation = Situation::datasheet;
};

/// Parameters that apply: the calibration over the class's over the runtime's defaults.
Parameters parameters_for(const Device&, const Runtime&, const Calibration*);

/// `device` with its power mode applied. `threads` 0: one per core of the fast clusters.
Rates resolve(const Device& device, const Runtime&, const Parameters&, const FormatTable&, double kv_bytes_per_element,
              double threads);

/// One row of the breakdown.
struct OperatorTime {
  double bytes = 0;
  double operations = 0;
  double memory_s = 0;
  double compute_s = 0;
  double fixed_s = 0;
  double total_s = 0;
};
using Breakdown = std::array<OperatorTime, static_cast<std::size_t>(Operator::count)>;

/// An estimate: one double per term, NaN where unknown, and the breakdown of both phases.
struct Estimate {
  std::array<double, term_count> term;
  Breakdown decode;   ///< one step at the mean context of the generation
  Breakdown prefill;  ///< the whole prompt
  double operator[](Term t) const { return term[static_cast<std::size_t>(t)]; }
};

/// The analytical model. Allocates nothing, builds no strings, reads no global state; the same bits
/// natively and in WebAssembly (only + - x / sqrt min max).
void estimate(const ModelCost&, const Rates&, const Workload&, Estimate& out);

/// Time of one decode step with `context` tokens in the cache, s. The fitted equation itself.
double decode_step_s(const ModelCost&, const Rates&, double context, double batch, Breakdown* = nullptr);
/// Time from the prompt's arrival to its last logits, `depth` tokens being cached already, s.
double prefill_s(const ModelCost&, const Rates&, double prompt, double depth, double batch, Breakdown* = nullptr);

}  // namespace edgewise
