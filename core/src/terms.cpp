#include "edgewise/terms.h"

#include <array>

namespace edgewise {

namespace {

using T = Term;

constexpr std::array<TermInfo, term_count> table = {{
    // clang-format off
    {T::prompt_tokens, "prompt_tokens", "Prompt", "tokens", "input", "", "", "prompt", "Tokens of the prompt, image tokens included."},
    {T::generated_tokens, "generated_tokens", "Generated", "tokens", "input", "", "", "generate", "Tokens the model writes."},
    {T::depth_tokens, "depth_tokens", "Depth", "tokens", "input", "", "", "depth", "Tokens that are in the KV cache before the prompt."},
    {T::batch, "batch", "Batch", "", "input", "", "", "batch", "Sequences that run at once."},
    {T::images, "images", "Images", "", "input", "", "", "images", "Images in the prompt of each sequence."},
    {T::context_tokens, "context_tokens", "Context", "tokens", "input", "depth_tokens + prompt_tokens + generated_tokens", "depth_tokens prompt_tokens generated_tokens", "context", "Tokens the KV cache is allocated for."},
    {T::parameters, "parameters", "Parameters", "", "input", "sum of rows x columns over every weight tensor", "", "model", "Weights of the model, exact; a tied embedding counts once."},
    {T::file_B, "file_B", "Model file", "B", "input", "sum of tensor weights x bytes per weight of the tensor's format", "parameters", "quantization", "Size of every stored tensor under the quantization recipe."},
    {T::bandwidth_Bps, "bandwidth_Bps", "Weight bandwidth", "B/s", "input", "bandwidth_share x memory.peak_bandwidth", "", "device.memory.peak_bandwidth_gb_s", "Rate at which this runtime streams weights on this device."},
    {T::kv_bandwidth_Bps, "kv_bandwidth_Bps", "KV bandwidth", "B/s", "input", "kv_bandwidth_share x memory.peak_bandwidth", "", "device.memory.peak_bandwidth_gb_s", "Rate at which attention streams the KV cache."},
    {T::step_overhead_s, "step_overhead_s", "Fixed time per step", "s", "input", "", "", "runtime.step_s", "Sampling, launch and synchronisation of one step."},
    {T::launch_overhead_s, "launch_overhead_s", "Fixed time per launch", "s", "input", "", "", "runtime.launch_s", "Kernel launch or thread barrier of one weight tensor."},
    {T::launches, "launches", "Launches per step", "", "input", "", "", "model", "Weight tensors inside the layers: each is at least one kernel or barrier."},
    {T::layers, "layers", "Layers", "", "input", "", "", "model.num_hidden_layers", "Layers of the model."},
    {T::storage_Bps, "storage_Bps", "Storage", "B/s", "input", "", "", "device.storage", "Sequential read rate of the device's fastest storage."},
    {T::capacity_B, "capacity_B", "Memory capacity", "B", "input", "", "", "device.memory.capacity_gib", "Memory of the device, or of the accelerator where it has its own."},
    {T::usable_B, "usable_B", "Usable memory", "B", "input", "capacity_B - what the system keeps", "capacity_B", "device.memory.capacity_gib", "Capacity less what the operating system, the display or the system's limit keep."},
    {T::idle_w, "idle_w", "Idle power", "W", "input", "", "", "device.power.idle_w", "Power of the idle device."},
    {T::full_w, "full_w", "Full-load power", "W", "input", "", "", "device.power.load_w", "Power under full load: the power mode's budget, the measured load, or the TDP."},
    {T::decode_power_share, "decode_power_share", "Decode power share", "", "input", "", "", "runtime.decode_power_share", "Share of the power between idle and full load that decoding takes."},
    {T::prefill_power_share, "prefill_power_share", "Prefill power share", "", "input", "", "", "runtime.prefill_power_share", "Share of the power between idle and full load that prefill takes."},
    {T::price_usd, "price_usd", "Price", "USD", "input", "", "", "device.price_usd", "Price of the device."},
    {T::battery_Wh, "battery_Wh", "Battery", "Wh", "input", "", "", "battery_wh", "Capacity of the battery."},
    {T::electricity_usd_per_kWh, "electricity_usd_per_kWh", "Electricity", "USD/kWh", "input", "", "", "electricity_usd_per_kwh", "Price of electricity."},
    {T::requests_per_day, "requests_per_day", "Requests per day", "1/day", "input", "", "", "requests_per_day", "Requests a day; without it the device is taken to be always busy."},
    {T::device_life_years, "device_life_years", "Device life", "years", "input", "", "", "device_life_years", "Years over which the price of the device is spread."},

    {T::weights_B, "weights_B", "Weights", "B", "memory", "file_B - what the runtime leaves on the host", "file_B", "", "Weights in the device's memory; towers count where the runtime loads them."},
    {T::kv_B_per_token, "kv_B_per_token", "KV cache per token", "B", "memory", "sum over attention layers of 2 x KV heads x head_dim x bytes per element", "layers", "", "Bytes one more token of context takes. MLA layers cache the latent and the rotary key."},
    {T::kv_cache_B, "kv_cache_B", "KV cache", "B", "memory", "batch x sum over attention layers of elements per token x cached tokens x bytes per element", "batch context_tokens kv_B_per_token", "", "Exact. Sliding-window layers hold their window where the runtime does so."},
    {T::recurrent_state_B, "recurrent_state_B", "Recurrent state", "B", "memory", "batch x state of linear-attention, Mamba and convolution layers, float32", "batch", "", "Does not grow with context."},
    {T::compute_buffer_B, "compute_buffer_B", "Compute buffer", "B", "memory", "llama.cpp: max(4 n (vocab + hidden), 4 n context (heads + 1) without flash attention) with n = micro-batch; transformers: 2 x prompt x vocab", "prompt_tokens context_tokens batch", "", "Scratch memory of the widest step of the graph."},
    {T::runtime_reserve_B, "runtime_reserve_B", "Runtime reserve", "B", "memory", "", "", "runtime.memory.runtime_reserve_mib", "Libraries, contexts and allocator of the runtime."},
    {T::memory_B, "memory_B", "Memory", "B", "memory", "weights_B + kv_cache_B + recurrent_state_B + compute_buffer_B + runtime_reserve_B", "weights_B kv_cache_B recurrent_state_B compute_buffer_B runtime_reserve_B", "", "All that the runtime allocates at its peak."},
    {T::model_load_B, "model_load_B", "Memory after load", "B", "memory", "weights_B", "weights_B", "", "Weights as loaded, before any context."},
    {T::memory_share, "memory_share", "Memory used", "", "memory", "memory_B / usable_B", "memory_B usable_B", "", "Up to 0.9 fits, up to 1 is tight, above does not fit."},
    {T::free_B, "free_B", "Free memory", "B", "memory", "usable_B - memory_B", "usable_B memory_B", "", "What is left for other programs; negative where it does not fit."},
    {T::max_context_tokens, "max_context_tokens", "Largest context", "tokens", "memory", "largest context with memory_B <= usable_B", "usable_B kv_B_per_token batch", "", "Bounded by the model's own limit."},
    {T::max_batch, "max_batch", "Largest batch", "", "memory", "largest batch with memory_B <= usable_B", "usable_B kv_cache_B", "", "At this context; 0 where not even one sequence fits. Searched up to 4,096."},
    {T::layers_on_device, "layers_on_device", "Layers on the device", "", "memory", "layers x (1 - (memory_B - usable_B) / weights)", "layers memory_B usable_B", "", "Where it does not fit: how many layers would."},

    {T::load_cold_s, "load_cold_s", "Load, cold", "s", "time", "file_B / storage_Bps + weights_B / host_link", "file_B storage_Bps", "", "First load from storage."},
    {T::load_warm_s, "load_warm_s", "Load, warm", "s", "time", "2 (file_B + repacked weights) / bandwidth_Bps + weights_B / host_link", "file_B bandwidth_Bps", "", "Load with the file in the page cache."},
    {T::vision_s, "vision_s", "Vision", "s", "time", "images x operations of the vision tower / compute rate", "images", "", "Encoding of the images."},
    {T::ttft_s, "ttft_s", "Time to first token", "s", "time", "sum over operators of sqrt((operations / compute rate)^2 + (bytes / bandwidth)^2) + fixed time + vision_s", "prompt_tokens depth_tokens batch bandwidth_Bps step_overhead_s vision_s", "", "TTFT: from the arrival of the prompt to its last logits."},
    {T::prefill_tok_s, "prefill_tok_s", "Prefill speed", "tok/s", "time", "batch x prompt_tokens / prefill time", "batch prompt_tokens ttft_s", "", "Prompt tokens processed per second."},
    {T::tpot_start_s, "tpot_start_s", "Time per token, first", "s", "time", "as tpot_mean_s, at context depth + prompt", "depth_tokens prompt_tokens bandwidth_Bps", "", "TPOT at the start of the answer."},
    {T::tpot_mean_s, "tpot_mean_s", "Time per token", "s", "time", "sum over operators of sqrt((bytes / bandwidth)^2 + (weights / dequantize-and-dot rate)^2) + launches x launch_overhead_s + recurrent layers x their fixed time + step_overhead_s; where an interpreter issues the launches, the longer of both", "bandwidth_Bps kv_bandwidth_Bps launches launch_overhead_s step_overhead_s", "", "TPOT at mid-way through the answer: the mean, since a step's time is linear in its context."},
    {T::tpot_end_s, "tpot_end_s", "Time per token, last", "s", "time", "as tpot_mean_s, at the last token", "context_tokens bandwidth_Bps", "", "TPOT at the end of the answer."},
    {T::decode_tok_s, "decode_tok_s", "Decode speed", "tok/s", "time", "batch / tpot_mean_s", "batch tpot_mean_s", "", "Generated tokens per second, all sequences together."},
    {T::total_latency_s, "total_latency_s", "Total latency", "s", "time", "ttft_s + (generated_tokens - 1) x tpot_mean_s", "ttft_s generated_tokens tpot_mean_s", "", "From the arrival of the prompt to the last token."},
    {T::throughput_tok_s, "throughput_tok_s", "Throughput", "tok/s", "time", "batch x generated_tokens / total_latency_s", "batch generated_tokens total_latency_s", "", "Generated tokens over wall time, prefill included."},
    {T::paging_tpot_s, "paging_tpot_s", "Time per token when paging", "s", "time", "tpot_mean_s + weights_B / storage_Bps, or (memory_B - usable_B) / link on a card", "tpot_mean_s weights_B storage_Bps", "", "Where it does not fit: mapped weights are read from storage again for every token, a card's excess crosses the link; 0 where it fits."},

    {T::decode_bytes, "decode_bytes", "Bytes per step", "B", "bound", "weights read + KV cache read", "file_B kv_B_per_token", "", "Memory traffic of one decode step."},
    {T::decode_operations, "decode_operations", "Operations per step", "FLOP", "bound", "2 x weights x batch + attention", "parameters batch", "", "Arithmetic of one decode step."},
    {T::arithmetic_intensity, "arithmetic_intensity", "Arithmetic intensity, decode", "FLOP/B", "bound", "decode_operations / decode_bytes", "decode_operations decode_bytes", "", "Operations per byte; below the ridge of the roofline, memory binds."},
    {T::prefill_operations, "prefill_operations", "Operations of the prefill", "FLOP", "bound", "2 x weights x prompt_tokens x batch + attention", "parameters prompt_tokens batch", "", "Arithmetic of the prompt."},
    {T::prefill_intensity, "prefill_intensity", "Arithmetic intensity, prefill", "FLOP/B", "bound", "prefill_operations / bytes read", "prefill_operations", "", "Operations per byte of the prefill."},
    {T::decode_bandwidth_share, "decode_bandwidth_share", "Share of the bandwidth", "", "bound", "decode_bytes / tpot_mean_s / bandwidth_Bps", "decode_bytes tpot_mean_s bandwidth_Bps", "", "How much of the achievable bandwidth a decode step uses; near 1, memory binds."},

    {T::decode_w, "decode_w", "Power, decode", "W", "energy", "idle_w + decode_power_share x (full_w - idle_w)", "idle_w decode_power_share full_w", "", "Mean power while generating."},
    {T::prefill_w, "prefill_w", "Power, prefill", "W", "energy", "idle_w + prefill_power_share x (full_w - idle_w)", "idle_w prefill_power_share full_w", "", "Mean power while reading the prompt."},
    {T::mean_w, "mean_w", "Power, mean", "W", "energy", "request_energy_J / total_latency_s", "request_energy_J total_latency_s", "", "Mean power over a request."},
    {T::energy_per_token_J, "energy_per_token_J", "Energy per token", "J", "energy", "decode_w x tpot_mean_s / batch", "decode_w tpot_mean_s batch", "", "Energy of one generated token, prefill not included."},
    {T::prefill_energy_J, "prefill_energy_J", "Energy of the prefill", "J", "energy", "prefill_w x ttft_s", "prefill_w ttft_s", "", "Energy of reading the prompt."},
    {T::request_energy_J, "request_energy_J", "Energy per request", "J", "energy", "prefill_energy_J + decode_w x (total_latency_s - ttft_s)", "prefill_energy_J decode_w total_latency_s ttft_s", "", "Energy of one request, all sequences of the batch."},
    {T::energy_Wh_per_Mtok, "energy_Wh_per_Mtok", "Energy per million tokens", "Wh", "energy", "request_energy_J / (batch x generated_tokens) x 1e6 / 3600", "request_energy_J batch generated_tokens", "", "Energy of a million generated tokens, their prompts included."},
    {T::tokens_per_J, "tokens_per_J", "Tokens per joule", "tok/J", "energy", "batch x generated_tokens / request_energy_J", "request_energy_J batch generated_tokens", "", "Generated tokens per joule, prompts included."},
    {T::requests_per_battery, "requests_per_battery", "Requests per charge", "", "energy", "battery_Wh x 3600 / request_energy_J", "battery_Wh request_energy_J", "", "Requests that one battery charge answers."},
    {T::battery_h, "battery_h", "Battery life", "h", "energy", "battery_Wh / (busy x mean_w + (1 - busy) x idle_w)", "battery_Wh mean_w idle_w requests_per_day", "", "At the given requests per day, or always busy."},
    {T::electricity_usd_per_Mtok, "electricity_usd_per_Mtok", "Electricity per million tokens", "USD", "energy", "energy_Wh_per_Mtok / 1000 x electricity_usd_per_kWh", "energy_Wh_per_Mtok electricity_usd_per_kWh", "", "Cost of the electricity."},
    {T::device_usd_per_Mtok, "device_usd_per_Mtok", "Device per million tokens", "USD", "energy", "price_usd / tokens generated over device_life_years x 1e6", "price_usd throughput_tok_s device_life_years requests_per_day", "", "Price of the device over its life."},
    {T::usd_per_Mtok, "usd_per_Mtok", "Cost per million tokens", "USD", "energy", "electricity_usd_per_Mtok + device_usd_per_Mtok", "electricity_usd_per_Mtok device_usd_per_Mtok", "", "To be set beside an API's price."},
    // clang-format on
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].term) != i) return false;
  return true;
}
static_assert(in_order(), "the table is indexed by Term");

}  // namespace

const TermInfo& info(Term term) { return table[static_cast<std::size_t>(term)]; }

Term find_term(std::string_view id) {
  for (const TermInfo& t : table)
    if (t.id == id) return t.term;
  return Term::count;
}

}  // namespace edgewise
