#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace edgewise {

/// Every quantity that an estimate holds, inputs first. The order is the order of explanation.
enum class Term : std::uint8_t {
  // inputs
  prompt_tokens,
  generated_tokens,
  depth_tokens,
  batch,
  images,
  context_tokens,
  parameters,
  file_B,
  bandwidth_Bps,
  kv_bandwidth_Bps,
  step_overhead_s,
  launch_overhead_s,
  launches,
  layers,
  storage_Bps,
  capacity_B,
  usable_B,
  idle_w,
  full_w,
  decode_power_share,
  prefill_power_share,
  price_usd,
  battery_Wh,
  electricity_usd_per_kWh,
  requests_per_day,
  device_life_years,
  // memory
  weights_B,
  kv_B_per_token,
  kv_cache_B,
  recurrent_state_B,
  compute_buffer_B,
  runtime_reserve_B,
  memory_B,
  model_load_B,
  memory_share,
  free_B,
  max_context_tokens,
  max_batch,
  layers_on_device,
  // time
  load_cold_s,
  load_warm_s,
  vision_s,
  ttft_s,
  prefill_tok_s,
  tpot_start_s,
  tpot_mean_s,
  tpot_end_s,
  decode_tok_s,
  total_latency_s,
  throughput_tok_s,
  paging_tpot_s,
  // what binds
  decode_bytes,
  decode_operations,
  arithmetic_intensity,
  prefill_operations,
  prefill_intensity,
  decode_bandwidth_share,
  // energy
  decode_w,
  prefill_w,
  mean_w,
  energy_per_token_J,
  prefill_energy_J,
  request_energy_J,
  energy_Wh_per_Mtok,
  tokens_per_J,
  requests_per_battery,
  battery_h,
  electricity_usd_per_Mtok,
  device_usd_per_Mtok,
  usd_per_Mtok,
  count
};
inline constexpr std::size_t term_count = static_cast<std::size_t>(Term::count);

/// The static description of a term: everything that text, JSON, charts, the method page and the
/// documentation say about it is rendered from here.
struct TermInfo {
  Term term;
  std::string_view id;       ///< stable, for programs
  std::string_view label;    ///< for people
  std::string_view unit;     ///< SI; empty for counts and shares
  std::string_view group;    ///< input, memory, time, bound, energy
  std::string_view formula;  ///< in ids of other terms; empty for inputs
  std::string_view inputs;   ///< ids, separated by spaces
  std::string_view field;    ///< inputs: the field of a preset or query that gives it
  std::string_view note;     ///< one plain sentence
};

/// Table indexed by Term.
const TermInfo& info(Term);
/// The term named `id`, or Term::count.
Term find_term(std::string_view id);

}  // namespace edgewise
