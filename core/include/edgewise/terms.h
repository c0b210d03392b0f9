#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edgewise/device.h"

namespace edgewise {

/// Every quantity that an estimate holds, inputs first. The order is the order of explanation.
// clang-format off
enum class Term : std::uint8_t {
  // what is asked
  prompt_tokens, generated_tokens, depth_tokens, batch, devices, images, image_width, image_height, audio_s, context_tokens, battery_Wh, electricity_usd_per_kWh,
  requests_per_day, device_life_years, reserve_share, batched_tokens, max_sequences, api_usd_per_Mtok, grid_gCO2e_per_kWh, draft_tokens, acceptance, link_rtt_s, link_Bps,
  // the model
  parameters, file_B, bits_per_weight, layers, launches, activations, recurrent_layers, image_tokens, vision_ops_per_image, audio_tokens,
  audio_ops, kv_B_per_element,
  // the device
  memory_bandwidth_Bps, vector_ops, matrix_ops, storage_Bps, host_link_Bps, capacity_B, kept_B, memory_taken_B, lent_B,
  usable_B, host_usable_B, host_bandwidth_Bps, device_idle_w, device_full_w, price_usd,
  // what the runtime reaches on it
  bandwidth_share, kv_bandwidth_share, decode_rate_share, decode_cost, prefill_rate_share, prefill_efficiency,
  prefill_half_rows, attention_decode_share, attention_prefill_share, activation_share, recurrent_prefill_share, batch_rate_share, state_bandwidth_share, sequence_s, step_overhead_s,
  launch_overhead_s, row_s, recurrent_layer_s, prefill_step_s, idle_share, decode_power_share, work_power_share,
  prefill_power_share,
  power_factor, power_offset_w, active_share,
  // rates: a share of the device's
  bandwidth_Bps, kv_bandwidth_Bps, state_bandwidth_Bps, decode_weights_per_s, prefill_weights_per_s, decode_attention_flops,
  prefill_attention_flops, activations_per_s, prefill_recurrent_flops, idle_w, full_w,
  // memory
  tower_B, host_weights_B, weight_copies_B, weights_B, kv_B_per_token, kv_cache_B, recurrent_state_B, compute_buffer_B, host_compute_B, runtime_reserve_B, memory_B,
  model_load_B, memory_share, free_B, max_context_tokens, max_batch, layers_on_device,
  expert_layers_on_device, device_memory_B, host_memory_B, unplaced_B,
  slot_context_tokens, activation_B, reserved_B, cache_B, cache_tokens, concurrency, draft_B,
  // time
  repacked_B, upload_s, load_cold_s, load_warm_s, vision_s, audio_tower_s, host_s, crossing_s, paging_s, ttft_s, prefill_tok_s, tpot_start_s, tpot_mean_s, tpot_end_s,
  decode_tok_s, total_latency_s, throughput_tok_s, tokens_per_step, draft_token_s, verify_s, speculation_speedup, draft_prefill_s, first_step_s, link_token_s, network_s,
  // what binds
  decode_bytes, decode_operations, arithmetic_intensity, prefill_operations, prefill_intensity, decode_bandwidth_share,
  // energy
  decode_activity, host_w, decode_w, prefill_w, mean_w, energy_per_token_J, prefill_energy_J, request_energy_J, energy_Wh_per_Mtok, tokens_per_J,
  busy_share, requests_per_battery, battery_h, electricity_usd_per_Mtok, device_usd_per_Mtok, usd_per_Mtok,
  saved_usd_per_Mtok, co2e_g_per_Mtok,
  count
};
// clang-format on
inline constexpr std::size_t term_count = static_cast<std::size_t>(Term::count);

/// The static description of a term: everything that text, JSON, charts, the method page and the documentation say
/// about it is rendered from here.
struct TermInfo {
  Term term;
  std::string_view id;     ///< stable, for programs
  std::string_view label;  ///< for people
  std::string_view unit;   ///< SI; empty for counts and shares
  std::string_view group;  ///< input, memory, time, bound, energy
  /// In ids of other terms, + - x / ( ) min max floor, and sum(decode.COLUMN) or sum(prefill.COLUMN) of the breakdown;
  /// empty where no such formula gives it.
  std::string_view formula;
  std::string_view definition;  ///< in words, where there is no formula
  std::string_view inputs;      ///< ids that the formula or definition rests on without naming them
  /// Inputs: the field that gives it, of a query, or "device.", "model.", "runtime." or "calibration." and the path in
  /// such a preset; where it depends on the processor: of the CPU, the GPU and the NPU, separated by spaces.
  std::string_view field;
  std::string_view note;  ///< one plain sentence
};

/// Whether nothing is missing where the term is unknown: what it tells apart lies within others then.
constexpr bool is_optional(Term t) {
  return t == Term::activation_share || t == Term::activations_per_s || t == Term::row_s;
}

/// What a term is called by programs, and where an input is given.
struct TermBrief {
  std::string_view id, unit, group, field;  ///< as in TermInfo
};

/// Table indexed by Term.
const TermInfo& info(Term);
/// The same without what explains: a program that asks for no more holds no prose.
const TermBrief& brief(Term);
/// The term named `id`, or Term::count.
Term find_term(std::string_view id);
/// The terms that a term's formula, definition and further inputs name, each once.
std::vector<Term> inputs(Term);
/// The field that gives an input where `processor` computes; empty: a term that follows from others.
std::string_view field(Term, Processor);

}  // namespace edgewise
