#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/cost.h"
#include "edgewise/device.h"
#include "edgewise/runtime.h"
#include "edgewise/terms.h"

namespace edgewise {

/// Where the parameters come from; decides the width of the interval.
enum class Situation : std::uint8_t { calibrated, related, datasheet };
const char* to_string(Situation);

/// Absolute rates of one (device, power mode, runtime, threads). `resolve()` makes them.
struct Rates {
  // What the rates below are made of, for the explanation; the model itself reads only the rates.
  Parameters parameters;
  double memory_bandwidth_Bps = unknown;  ///< that the processor can hope for
  double vector_ops = unknown;            ///< arithmetic rate of the processor's vector units, FLOP/s
  double matrix_ops = unknown;            ///< rate of large matrix products, operations/s
  double device_idle_w = unknown;
  double device_full_w = unknown;

  double bandwidth_Bps = unknown;  ///< weights, decode
  double kv_bandwidth_Bps = unknown;
  double state_bandwidth_Bps = unknown;  ///< recurrent states of further sequences
  std::array<double, max_formats> decode_weight_s = all_unknown<max_formats>();   ///< dequantize-and-dot, by format
  std::array<double, max_formats> prefill_weight_s = all_unknown<max_formats>();  ///< a multiply-add, weight x token
  double prefill_half_rows = unknown;
  double decode_attention_flops = unknown;
  double prefill_attention_flops = unknown;
  double activations_per_s = unknown;  ///< in a prefill, beside the products; unknown: within their rates
  double prefill_recurrent_flops = unknown;
  double batch_rate_share = unknown;
  double sequence_s = unknown;
  double step_s = unknown;
  double launch_s = unknown;
  double row_s = unknown;  ///< of decode, all threads together; unknown: within the rates
  double recurrent_layer_s = unknown;
  double prefill_step_s = unknown;
  double storage_Bps = unknown;
  double host_link_Bps = unknown;
  double load_bandwidth_share = 1;  ///< see `Device`
  double capacity_B = unknown;      ///< memory that weights and caches may use
  double kept_B = unknown;          ///< what firmware, system and display keep of it
  double taken_B = 0;               ///< what other programs take of it
  double lent_B = unknown;          ///< the most that the system lends this processor
  double usable_B = unknown;        ///< what that leaves to a model
  double kv_bytes_per_element = 2;
  double idle_w = unknown;  ///< as the sensor behind the power shares sees it
  double full_w = unknown;  ///< full load
  double decode_power_share = unknown;
  double work_power_share = 0;  ///< 0: nobody knows of any
  double prefill_power_share = unknown;
  double active_share = 1;  ///< of the CPU's power above idle, by the cores that compute; 1 of other processors
  Scope power_scope = Scope::unstated;  ///< what the powers are of
  PowerScale power_scale;               ///< to it from the scope of the device's own powers
  Situation power_situation = Situation::datasheet;
  double price_usd = unknown;
  MemoryRules memory;
  Reserve reserve;
  double issue_s = 0;  ///< without captured graphs: the host issues a module in so long; 0: there are graphs
  double prefill_chunk = 0;
  bool eager = false;
  bool reads_from_storage = false;  ///< what the memory does not hold is read again from the mapped file
  Situation situation = Situation::datasheet;
};

/// Parameters that apply: the calibration over the class's over the runtime's defaults.
Parameters parameters_for(const Device&, const Runtime&, const Calibration*);

/// `device` with its power mode applied. `threads` 0: one per core of the fast clusters.
/// `only`: the formats whose rates are asked for; null: all.
Rates resolve(const Device& device, const Runtime&, const Parameters&, const FormatTable&, double kv_bytes_per_element,
              double threads, const MemoryQuestion& = {}, const std::vector<FormatIndex>* only = nullptr);

/// Rates of a model that is so much faster than the board's parameters say, or slower.
void set_speed(Rates&, const ModelSpeed&, Processor);

/// Powers of another scope: `scale` leads there from the scope of the device's own.
void convert_power(Rates&, Scope, const PowerScale& scale);

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
  std::array<double, term_count> term = all_unknown<term_count>();
  Breakdown decode{};   ///< one step at the mean context of the generation
  Breakdown prefill{};  ///< the whole prompt
  double operator[](Term t) const { return term[static_cast<std::size_t>(t)]; }
};

/// Whether the longest context and the largest batch are looked for. That is a good part of the work, and whoever
/// compares thousands of answers asks for neither; left out, both are unknown.
enum class Limits : std::uint8_t { found, left_out };

/// The analytical model. Allocates nothing, builds no strings, reads no global state; the same bits
/// natively and in WebAssembly (only + - x / sqrt min max).
/// `host`: rates of the computer that the device is in, for what the device does not hold; null: there is none.
void estimate(const ModelCost&, const Rates&, const Workload&, Estimate& out, const Rates* host = nullptr,
              Limits = Limits::found);

/// Time of one decode step with `context` tokens in the cache, s. The fitted equation itself.
double decode_step_s(const ModelCost&, const Rates&, double context, double batch, Breakdown* = nullptr);
/// The same where each sequence has `positions` tokens to look at, as when drafted ones are verified: its weights and
/// its cache are read once, and their arithmetic is done for all.
double verify_step_s(const ModelCost&, const Rates&, double context, double batch, double positions);
/// Time from the prompt's arrival to its last logits, `depth` tokens being cached already, s.
double prefill_s(const ModelCost&, const Rates&, double prompt, double depth, double batch, Breakdown* = nullptr);
/// KV cache, state and scratch of a model that drafts, with its weights, B.
double draft_B(const ModelCost& draft, const Rates&, double prompt, double context, double batch);

}  // namespace edgewise
