#include "edgewise/terms.h"

#include <algorithm>
#include <array>

namespace edgewise {

namespace {

using T = Term;

constexpr std::array<TermInfo, term_count> table = {{
    // clang-format off
    {T::prompt_tokens, "prompt_tokens", "Prompt", "tokens", "input", "", "prompt + images x image_tokens + audio_tokens", "", "prompt", "Tokens of the prompt, of its images and audio too."},
    {T::generated_tokens, "generated_tokens", "Generated", "tokens", "input", "", "", "", "generate", "Written by the model."},
    {T::depth_tokens, "depth_tokens", "Depth", "tokens", "input", "", "", "", "depth", "In the KV cache before the prompt."},
    {T::batch, "batch", "Batch", "", "input", "", "", "", "batch", "Sequences at once."},
    {T::devices, "devices", "Devices", "", "input", "", "", "", "devices", "Alike, that share the model."},
    {T::images, "images", "Images", "", "input", "", "", "", "images", "In the prompt of each sequence."},
    {T::image_width, "image_width", "Image width", "px", "input", "", "", "", "image_width", "0: the size that the model's processor names."},
    {T::image_height, "image_height", "Image height", "px", "input", "", "", "", "image_height", "0: the size that the model's processor names."},
    {T::audio_s, "audio_s", "Audio", "s", "input", "", "", "", "audio_s", "In the prompt of each sequence."},
    {T::context_tokens, "context_tokens", "Context", "tokens", "input", "", "as asked, or depth_tokens + prompt_tokens + generated_tokens", "", "context", "Allocated in the KV cache."},
    {T::battery_Wh, "battery_Wh", "Battery", "Wh", "input", "", "", "", "battery_wh", "Of the battery."},
    {T::electricity_usd_per_kWh, "electricity_usd_per_kWh", "Electricity", "USD/kWh", "input", "", "", "", "electricity_usd_per_kwh", "Its price."},
    {T::requests_per_day, "requests_per_day", "Requests per day", "1/day", "input", "", "", "", "requests_per_day", "Without it the device is always busy."},
    {T::device_life_years, "device_life_years", "Device life", "years", "input", "", "", "", "device_life_years", "Over which the price is spread."},
    {T::reserve_share, "reserve_share", "Reserved share", "", "input", "", "", "", "gpu_memory_utilization", "Of the memory, taken by the runtime at start; llama.cpp and its like take none."},
    {T::batched_tokens, "batched_tokens", "Tokens in one pass", "tokens", "input", "", "", "", "max_num_batched_tokens", "At most: what activations are reserved for."},
    {T::max_sequences, "max_sequences", "Sequences at once", "", "input", "", "", "", "max_num_seqs", "At most: what the sampler's memory is reserved for."},
    {T::api_usd_per_Mtok, "api_usd_per_Mtok", "Price of an API", "USD", "input", "", "", "", "api_usd_per_mtok", "For a million generated tokens."},
    {T::grid_gCO2e_per_kWh, "grid_gCO2e_per_kWh", "Carbon intensity", "g/kWh", "input", "", "", "", "grid_gco2e_per_kwh", "Of the electricity, CO2 equivalent."},
    {T::draft_tokens, "draft_tokens", "Drafted tokens", "tokens", "input", "", "as asked, or the number that is the fastest", "", "draft_tokens", "Drafted for one step; 0 without speculation."},
    {T::acceptance, "acceptance", "Acceptance", "", "input", "", "", "", "acceptance", "Probability that a drafted token is accepted, all before it being so; as stated, or of public runs of the task."},
    {T::link_rtt_s, "link_rtt_s", "Round trip of the network", "s", "input", "", "", "", "link_rtt_ms", "Between who asks and the device; 0 where none is stated."},
    {T::link_Bps, "link_Bps", "Speed of the network", "B/s", "input", "", "", "", "link_mb_s", "Between who asks and the device."},

    {T::parameters, "parameters", "Parameters", "", "input", "", "sum of rows x columns over every weight tensor", "", "model.config", "Weights of the model, exact; a tied embedding counts once."},
    {T::file_B, "file_B", "Model file", "B", "input", "", "sum of tensor weights x bytes per weight of the tensor's format", "parameters", "quant", "Size of every stored tensor under the quantization recipe."},
    {T::layers, "layers", "Layers", "", "input", "", "", "", "model.config.num_hidden_layers", "Layers of the model."},
    {T::launches, "launches", "Launches per step", "", "input", "", "", "", "model.config", "Weight tensors inside the layers: at least a kernel or barrier each."},
    {T::activations, "activations", "Activations per token", "", "input", "", "", "", "model.config", "Inputs and outputs of the products of all layers, of one token."},
    {T::recurrent_layers, "recurrent_layers", "Recurrent layers", "", "input", "", "", "", "model.config", "They carry a state instead of a KV cache."},
    {T::image_tokens, "image_tokens", "Tokens per image", "tokens", "input", "", "by the rule of the model's processor for image_width x image_height", "", "model.config.vision", "Positions of the text that one image takes."},
    {T::vision_ops_per_image, "vision_ops_per_image", "Operations per image", "FLOP", "input", "", "2 x weights x positions, and attention between the positions, for image_width x image_height", "", "model.config.vision", "Of the vision tower and its projector."},
    {T::audio_tokens, "audio_tokens", "Audio tokens", "tokens", "input", "", "audio_s by the milliseconds of one token", "", "model.config.audio", "Positions of the text that the audio takes."},
    {T::audio_ops, "audio_ops", "Operations on audio", "FLOP", "input", "", "2 x weights x positions, and attention between the positions, for audio_s", "", "model.config.audio", "Of the audio tower and its projector."},
    {T::kv_B_per_element, "kv_B_per_element", "Bytes per cached element", "B", "input", "", "", "", "kv_quant", "Mean over keys and values."},

    {T::memory_bandwidth_Bps, "memory_bandwidth_Bps", "Memory bandwidth", "B/s", "input", "", "", "", "device.memory.peak_bandwidth_gb_s", "The theoretical peak; of a CPU what a microbenchmark moved, or 0.6 of the peak; of an NPU what it was measured to read."},
    {T::vector_ops, "vector_ops", "Vector rate", "FLOP/s", "input", "", "", "", "device.cpu.peak.fp32_gflops device.gpu.fp32_tflops device.npu.tops", "Arithmetic of the vector units."},
    {T::matrix_ops, "matrix_ops", "Matrix rate", "FLOP/s", "input", "", "", "", "device.cpu.peak.int8_dot_gops device.gpu.matrix.fp16_tflops device.npu.tops", "Rate of large matrix products."},
    {T::storage_Bps, "storage_Bps", "Storage", "B/s", "input", "", "", "", "device.storage", "Sequential reads of the fastest storage."},
    {T::host_link_Bps, "host_link_Bps", "Link to the host", "B/s", "input", "", "", "", "device.host_link.bandwidth_gb_s", "To an accelerator with its own memory."},
    {T::capacity_B, "capacity_B", "Memory capacity", "B", "input", "", "", "", "device.memory.capacity_gib", "Of the device, or of an accelerator with its own."},
    {T::kept_B, "kept_B", "Kept by the system", "B", "input", "", "", "", "device.memory.usable", "By firmware, operating system and display; as the device's class has it where the device does not say."},
    {T::memory_taken_B, "memory_taken_B", "Taken by other programs", "B", "input", "", "", "", "memory_taken_gib", "As asked; 0 where nobody says."},
    {T::lent_B, "lent_B", "Lent at most", "B", "input", "", "", "", "device.memory.usable", "The most that the system lends this processor, or was set to lend (gpu_memory_gib), or that the runtime reserves; the capacity where there is no limit."},
    {T::usable_B, "usable_B", "Usable memory", "B", "input", "max(0, min(lent_B, capacity_B - kept_B - memory_taken_B))", "", "", "", "What a model may take."},
    {T::host_usable_B, "host_usable_B", "Usable memory of the host", "B", "input", "", "", "", "host", "Of the computer that the device is in, or what a device leaves of the one memory."},
    {T::host_bandwidth_Bps, "host_bandwidth_Bps", "Weight bandwidth of the host", "B/s", "input", "", "", "", "host", "Weights streamed by the host's cores."},
    {T::device_idle_w, "device_idle_w", "Idle power of the device", "W", "input", "", "", "", "device.power.idle_w", "Power of the idle device."},
    {T::device_full_w, "device_full_w", "Full-load power of the device", "W", "input", "", "", "", "device.power.load_w", "The mode's budget, the measured load, or the TDP."},
    {T::price_usd, "price_usd", "Price", "USD", "input", "", "", "", "device.price_usd", "Price of the device."},

    {T::bandwidth_share, "bandwidth_share", "Share of the bandwidth, weights", "", "input", "", "", "", "calibration.parameters.bandwidth_share", "Weights streamed in decode."},
    {T::kv_bandwidth_share, "kv_bandwidth_share", "Share of the bandwidth, KV cache", "", "input", "", "", "", "calibration.parameters.kv_bandwidth_share", "KV cache streamed in decode."},
    {T::decode_rate_share, "decode_rate_share", "Share of the vector rate, decode", "", "input", "", "", "", "calibration.parameters.decode_rate_share", "Dequantize-and-dot in decode."},
    {T::decode_cost, "decode_cost", "Vector operations per weight", "", "input", "", "mean over the weights that a token multiplies, by their formats", "", "calibration.parameters.decode_cost", "Work of unpacking one weight and multiplying it."},
    {T::prefill_rate_share, "prefill_rate_share", "Share of the matrix rate, prefill", "", "input", "", "", "", "calibration.parameters.prefill_rate_share", "Matrix products in prefill."},
    {T::prefill_efficiency, "prefill_efficiency", "Efficiency of the formats, prefill", "", "input", "", "harmonic mean over the weights that a token multiplies, by their formats", "", "calibration.parameters.prefill_efficiency", "Relative to the runtime's reference format."},
    {T::prefill_half_rows, "prefill_half_rows", "Rows at half rate", "", "input", "", "", "", "calibration.parameters.prefill_half_rows", "Rows of a matrix product at which it runs at half its full rate."},
    {T::attention_decode_share, "attention_decode_share", "Share of the vector rate, attention", "", "input", "", "", "", "calibration.parameters.attention_decode_share", "Attention in decode."},
    {T::attention_prefill_share, "attention_prefill_share", "Share of the matrix rate, attention", "", "input", "", "", "", "calibration.parameters.attention_prefill_share", "Attention in prefill."},
    {T::activation_share, "activation_share", "Share of the vector rate, activations", "", "input", "", "", "", "calibration.parameters.activation_share", "Activations that a prefill passes from product to product: norms, rotations, gates, quantization. Unknown: within the rates of the products."},
    {T::recurrent_prefill_share, "recurrent_prefill_share", "Share of the matrix rate, recurrent layers", "", "input", "", "", "", "calibration.parameters.recurrent_prefill_share", "Recurrent layers in prefill."},
    {T::batch_rate_share, "batch_rate_share", "Share of the product rate, batch", "", "input", "", "", "", "calibration.parameters.batch_rate_share", "Products of the few rows of a batch, of the rate of large ones."},
    {T::sequence_s, "sequence_s", "Fixed time per further sequence", "s", "input", "", "", "", "calibration.parameters.sequence_s", "Of each sequence of a batch but the first: sampling, its cache."},
    {T::step_overhead_s, "step_overhead_s", "Fixed time per step", "s", "input", "", "", "", "calibration.parameters.step_s", "Sampling, launch, synchronisation."},
    {T::launch_overhead_s, "launch_overhead_s", "Fixed time per launch", "s", "input", "", "", "", "calibration.parameters.launch_s", "Kernel launch or thread barrier of one weight tensor."},
    {T::row_s, "row_s", "Time per row in turns", "s", "input", "", "", "", "calibration.parameters.row_s", "Of each output row of a product in decode, where threads take rows in turns. Unknown, and with one thread: within the rates."},
    {T::recurrent_layer_s, "recurrent_layer_s", "Fixed time per recurrent layer", "s", "input", "", "", "", "calibration.parameters.recurrent_layer_s", "Its kernels, or a trip to the host."},
    {T::prefill_step_s, "prefill_step_s", "Fixed time per prefill", "s", "input", "", "", "", "calibration.parameters.prefill_step_s", "Fixed time of a prefill call."},
    {T::idle_share, "idle_share", "Share of the idle power that is seen", "", "input", "", "", "", "calibration.parameters.idle_share", "By the sensor behind the power shares."},
    {T::decode_power_share, "decode_power_share", "Decode power share", "", "input", "", "", "", "calibration.parameters.decode_power_share", "Of the power between idle and full load."},
    {T::prefill_power_share, "prefill_power_share", "Prefill power share", "", "input", "", "", "", "calibration.parameters.prefill_power_share", "Of the power between idle and full load."},
    {T::power_factor, "power_factor", "Conversion of the power, factor", "", "input", "", "1 / efficiency of the supply to a wider scope, the efficiency to a narrower one; 1 where power is of what the device's own is of", "", "power_scope", "From what the device's powers are of to what is asked."},
    {T::power_offset_w, "power_offset_w", "Conversion of the power, offset", "W", "input", "", "what the rest of the system draws, over the efficiency, to a wider scope; less it to a narrower one; else 0", "", "power_scope", "From what the device's powers are of to what is asked."},
    {T::active_share, "active_share", "Share of the cores at work", "", "input", "", "of the CPU's cores by their rate; 1 where the CPU does not compute", "", "threads", "Idle cores draw idle power."},

    {T::bandwidth_Bps, "bandwidth_Bps", "Weight bandwidth", "B/s", "input", "bandwidth_share x memory_bandwidth_Bps", "", "", "", "Weights streamed by this runtime on this device."},
    {T::kv_bandwidth_Bps, "kv_bandwidth_Bps", "KV bandwidth", "B/s", "input", "kv_bandwidth_share x memory_bandwidth_Bps", "", "", "", "KV cache streamed by attention."},
    {T::decode_weights_per_s, "decode_weights_per_s", "Weights per second, decode", "1/s", "input", "decode_rate_share x vector_ops / decode_cost", "", "", "", "Weights unpacked and multiplied by one vector."},
    {T::prefill_weights_per_s, "prefill_weights_per_s", "Multiply-adds per second, prefill", "1/s", "input", "prefill_rate_share x matrix_ops x prefill_efficiency / 2", "", "", "", "Weights x tokens of a large matrix product."},
    {T::decode_attention_flops, "decode_attention_flops", "Attention rate, decode", "FLOP/s", "input", "attention_decode_share x vector_ops", "", "", "", "Arithmetic of attention over the cache."},
    {T::prefill_attention_flops, "prefill_attention_flops", "Attention rate, prefill", "FLOP/s", "input", "attention_prefill_share x matrix_ops", "", "", "", "Arithmetic of attention over the prompt."},
    {T::activations_per_s, "activations_per_s", "Activations passed on, prefill", "1/s", "input", "activation_share x vector_ops", "", "", "", "Norms, rotations, gates and quantization of a prompt."},
    {T::prefill_recurrent_flops, "prefill_recurrent_flops", "Recurrent rate, prefill", "FLOP/s", "input", "recurrent_prefill_share x matrix_ops", "", "", "", "Arithmetic of recurrent layers over the prompt."},
    {T::idle_w, "idle_w", "Idle power", "W", "input", "max(0, power_factor x idle_share x device_idle_w + power_offset_w)", "", "", "", "Of the scope that is named."},
    {T::full_w, "full_w", "Full-load power", "W", "input", "power_factor x (idle_share x device_idle_w + device_full_w - device_idle_w) + power_offset_w", "", "", "", "Of the same scope."},

    {T::tower_B, "tower_B", "Towers", "B", "memory", "", "weights of the towers for images and audio, where the runtime loads them", "images audio_s parameters", "", "Part of the weights."},
    {T::host_weights_B, "host_weights_B", "Weights on the host", "B", "memory", "", "tables of the input embedding that the runtime leaves in the host's memory; llama.cpp: a tied one too", "file_B", "", "Lookup tables of the input embedding."},
    {T::weight_copies_B, "weight_copies_B", "Copies of weights", "B", "memory", "", "embedding_tables x 2 x vocabulary x hidden, less a table of the file; a tied output matrix once more where llama.cpp's host looks tokens up in it, or the kernels repack it; experts that stay mapped from their file", "file_B", "runtime.memory.embedding_tables runtime.memory.tied_output_repacked_on", "What the runtime holds twice."},
    {T::weights_B, "weights_B", "Weights", "B", "memory", "file_B - host_weights_B + weight_copies_B", "", "", "", "In the device's memory; towers where the runtime loads them."},
    {T::kv_B_per_token, "kv_B_per_token", "KV cache per token", "B", "memory", "", "sum over attention layers of 2 x KV heads x head dimension x kv_B_per_element", "", "", "One more token of context. MLA layers cache the latent and the rotary key."},
    {T::kv_cache_B, "kv_cache_B", "KV cache", "B", "memory", "", "sequences, or slots, x sum over attention layers of cached tokens x elements per token x kv_B_per_element", "context_tokens", "", "Exact. Sliding-window layers hold their window where the runtime does so; layers that attend across hold the images."},
    {T::recurrent_state_B, "recurrent_state_B", "Recurrent state", "B", "memory", "", "sequences, or slots, x state of linear-attention, Mamba and convolution layers, float32", "", "", "Does not grow with context."},
    {T::compute_buffer_B, "compute_buffer_B", "Compute buffer", "B", "memory", "", "llama.cpp: max(4 n (vocabulary + hidden), 4 n context (heads + 1) without flash attention) with n = micro-batch; transformers: 2 x prompt x vocabulary; runtimes that reserve: activation_B and captured graphs; others: activations, logits and tables of the vocabulary by the fields of the runtime's memory", "prompt_tokens context_tokens batch", "", "Scratch of the widest step."},
    {T::host_compute_B, "host_compute_B", "Compute buffer of the host", "B", "memory", "", "llama.cpp beside a device: 4 n (cells of each attention mask + hidden) with n = micro-batch, + 4 n (q + 2 kv) where these pass through the host; else 0", "context_tokens batched_tokens", "", "Masks and the embedded prompt."},
    {T::runtime_reserve_B, "runtime_reserve_B", "Runtime reserve", "B", "memory", "", "", "", "runtime.memory.runtime_reserve_mib", "Libraries, contexts and allocator of the runtime."},
    {T::memory_B, "memory_B", "Memory", "B", "memory", "weights_B + kv_cache_B + recurrent_state_B + devices x (compute_buffer_B + runtime_reserve_B) + draft_B", "", "", "", "All that the runtime allocates at its peak."},
    {T::model_load_B, "model_load_B", "Memory after load", "B", "memory", "weights_B", "", "", "", "Weights as loaded, before any context."},
    {T::memory_share, "memory_share", "Memory used", "", "memory", "memory_B / (devices x usable_B)", "", "", "", "Above 1 it does not fit."},
    {T::free_B, "free_B", "Free memory", "B", "memory", "devices x usable_B - device_memory_B", "", "", "", "Left for other programs; negative where it does not fit."},
    {T::max_context_tokens, "max_context_tokens", "Largest context", "tokens", "memory", "", "largest context with memory_B <= devices x usable_B", "", "", "Bounded by the model's own limit."},
    {T::max_batch, "max_batch", "Largest batch", "", "memory", "", "largest number of sequences with memory_B <= devices x usable_B", "", "", "At this context; 0 where none fits; searched up to 4,096."},
    {T::layers_on_device, "layers_on_device", "Layers on the device", "", "memory", "", "as asked by gpu_layers; or as many as fit, memory_B being more than devices x usable_B: of experts first those stay with the host", "layers weights_B kv_cache_B", "", "The others are computed by the host."},
    {T::expert_layers_on_device, "expert_layers_on_device", "Layers with experts on the device", "", "memory", "", "as asked by cpu_moe; or as many as fit", "layers_on_device", "", "Of the layers with routed experts, those that have them on the device."},
    {T::device_memory_B, "device_memory_B", "Memory of the device", "B", "memory", "", "memory_B of every one of the devices, less what the host holds of weights and cache", "layers_on_device expert_layers_on_device devices", "", "Of all devices together."},
    {T::host_memory_B, "host_memory_B", "Memory of the host", "B", "memory", "", "host_weights_B + host_compute_B, and weights and cache of the layers and experts that are not on the device", "layers_on_device expert_layers_on_device", "", "What the host's cores compute, and lookup tables."},
    {T::unplaced_B, "unplaced_B", "Held by no memory", "B", "memory", "", "max(0, memory_B - usable_B), or of what is with the host, beyond host_usable_B", "host_memory_B", "", "Read again from storage for every token, where the runtime can; else it does not run."},
    {T::slot_context_tokens, "slot_context_tokens", "Context of a slot", "tokens", "memory", "", "context_tokens, divided among the slots unless they share one cache", "context_tokens", "", "What one sequence may hold."},
    {T::activation_B, "activation_B", "Activations", "B", "memory", "", "max(2 x batched_tokens x (3 x intermediate + 3 x hidden), scratch of a logit x max_sequences x vocabulary) where the runtime reserves, else compute_buffer_B", "batched_tokens max_sequences compute_buffer_B", "", "Part of the compute buffer: the peak of a profiling run."},
    {T::reserved_B, "reserved_B", "Reserved memory", "B", "memory", "", "reserve_share of the memory that the driver shows, where the runtime reserves, else memory_B", "capacity_B memory_B", "", "What the runtime holds once it has started, as nvidia-smi shows it."},
    {T::cache_B, "cache_B", "Room for cache", "B", "memory", "devices x (reserved_B - compute_buffer_B - runtime_reserve_B) - weights_B", "", "", "", "What is left of the reserved memory; negative where the weights do not fit."},
    {T::cache_tokens, "cache_tokens", "Tokens of cache", "tokens", "memory", "", "context_tokens x cache_B / cache of one sequence, in whole blocks", "kv_cache_B recurrent_state_B", "", "Of all sequences together."},
    {T::concurrency, "concurrency", "Concurrency", "", "memory", "cache_tokens / slot_context_tokens", "", "", "", "Sequences of full context that the cache holds."},
    {T::draft_B, "draft_B", "Draft", "B", "memory", "", "weights, KV cache, state and compute buffer of what drafts; heads share the embedding and the output layer", "context_tokens prompt_tokens batch kv_B_per_element", "", "0 without speculation."},

    {T::repacked_B, "repacked_B", "Repacked weights", "B", "time", "", "weights in formats that loading rewrites in a layout of the kernels", "file_B", "", "Written once more at load."},
    {T::upload_s, "upload_s", "Copy to the accelerator", "s", "time", "", "weights of the layers on the device / host_link_Bps where the accelerator has its own memory, else 0", "weights_B layers_on_device", "", "At load."},
    {T::load_cold_s, "load_cold_s", "Load, cold", "s", "time", "file_B / storage_Bps + upload_s", "", "", "", "First load from storage."},
    {T::load_warm_s, "load_warm_s", "Load, warm", "s", "time", "2 x (file_B + repacked_B) / bandwidth_Bps + upload_s", "", "", "", "With the file in the page cache: copied once, read and write."},
    {T::vision_s, "vision_s", "Vision", "s", "time", "", "vision in the breakdown of the prefill: as tpot_mean_s takes for images x batch x vision_ops_per_image, the tower's weights being read once", "tower_B bandwidth_Bps prefill_weights_per_s prefill_half_rows prefill_attention_flops", "", "Encoding of the images."},
    {T::audio_tower_s, "audio_tower_s", "Audio tower", "s", "time", "", "audio in the breakdown of the prefill: as vision_s, for batch x audio_ops", "tower_B bandwidth_Bps prefill_weights_per_s prefill_half_rows prefill_attention_flops", "", "Encoding of the audio."},
    {T::host_s, "host_s", "Time of the host", "s", "time", "", "a decode step of the layers and experts that the host holds, as tpot_mean_s with the host's rates", "host_bandwidth_Bps layers_on_device expert_layers_on_device batch", "", "Part of the time per token."},
    {T::crossing_s, "crossing_s", "Time of crossings", "s", "time", "", "per hand-over between processors: batch x hidden size x 4 bytes / host_link_Bps and a fixed time", "layers_on_device expert_layers_on_device devices", "", "Part of the time per token."},
    {T::paging_s, "paging_s", "Time of paging", "s", "time", "", "what a step reads of the layers and experts that no memory holds / storage_Bps; unknown where the runtime cannot", "unplaced_B", "device.memory.capacity_gib", "Part of the time per token."},
    {T::ttft_s, "ttft_s", "Time to first token", "s", "time", "sum(prefill.total_s) + draft_prefill_s + network_s", "", "paging_s vision_s audio_tower_s prompt_tokens depth_tokens batch bandwidth_Bps kv_bandwidth_Bps decode_weights_per_s prefill_weights_per_s prefill_half_rows prefill_attention_flops activations activations_per_s prefill_recurrent_flops launches launch_overhead_s step_overhead_s recurrent_layer_s prefill_step_s", "", "TTFT: from the arrival of the prompt to its last logits. Each operator takes its time as in tpot_mean_s; prompt_tokens x batch x activations / activations_per_s come on top where that rate is known."},
    {T::prefill_tok_s, "prefill_tok_s", "Prefill speed", "tok/s", "time", "batch x prompt_tokens / (ttft_s - vision_s - audio_tower_s - draft_prefill_s - network_s)", "", "", "", "Prompt tokens per second."},
    {T::tpot_start_s, "tpot_start_s", "Time per token, first", "s", "time", "", "as tpot_mean_s, with depth_tokens + prompt_tokens in the cache", "", "", "TPOT at the start of the answer."},
    {T::tpot_mean_s, "tpot_mean_s", "Time per token", "s", "time", "sum(decode.total_s) / speculation_speedup", "", "bandwidth_Bps kv_bandwidth_Bps decode_weights_per_s prefill_weights_per_s prefill_half_rows decode_attention_flops batch_rate_share sequence_s launches launch_overhead_s row_s step_overhead_s recurrent_layer_s host_s crossing_s paging_s", "", "TPOT at mid-way through the answer: the mean, since a step's time is linear in its context. Each operator takes sqrt((bytes / bandwidth)^2 + (weights / rate)^2); fixed times come on top, or where an interpreter issues the launches, the longer of both."},
    {T::tpot_end_s, "tpot_end_s", "Time per token, last", "s", "time", "", "as tpot_mean_s, with all but the last of depth_tokens + prompt_tokens + generated_tokens in the cache", "", "", "TPOT at the end of the answer."},
    {T::decode_tok_s, "decode_tok_s", "Decode speed", "tok/s", "time", "batch / tpot_mean_s", "", "", "", "All sequences together."},
    {T::total_latency_s, "total_latency_s", "Total latency", "s", "time", "ttft_s + max(0, generated_tokens - 1) x max(tpot_mean_s, link_token_s)", "", "", "", "From the arrival of the prompt to the last token."},
    {T::throughput_tok_s, "throughput_tok_s", "Throughput", "tok/s", "time", "batch x generated_tokens / total_latency_s", "", "", "", "Over wall time, prefill included."},
    {T::tokens_per_step, "tokens_per_step", "Tokens per step", "tokens", "time", "", "(1 - acceptance^(draft_tokens + 1)) / (1 - acceptance)", "", "", "Of each sequence; 1 without speculation."},
    {T::draft_token_s, "draft_token_s", "Time to draft a token", "s", "time", "", "a decode step of what drafts, as tpot_mean_s; 0 without speculation", "draft_B bandwidth_Bps batch", "", "Part of a step with speculation."},
    {T::verify_s, "verify_s", "Time to verify", "s", "time", "", "a decode step, as tpot_mean_s, with draft_tokens + 1 tokens of each sequence: weights and cache are read once, experts are those that all of them touch", "draft_tokens batch bandwidth_Bps decode_weights_per_s prefill_weights_per_s", "", "Part of a step with speculation."},
    {T::speculation_speedup, "speculation_speedup", "Gain of speculation", "", "time", "", "tokens_per_step x sum(decode.total_s) / (draft_tokens x draft_token_s + verify_s); 1 without speculation", "", "", "Decode speed over that without; below 1 it does not pay."},
    {T::draft_prefill_s, "draft_prefill_s", "Prefill of the draft", "s", "time", "", "what drafts reads the prompt as well, as ttft_s; 0 without speculation", "prompt_tokens draft_B", "", "Part of the time to the first token."},
    {T::link_token_s, "link_token_s", "Time of a token on the network", "s", "time", "", "batch x 250 B, the event that streams one token, / link_Bps; 0 where none is stated", "", "", "Longer than the time per token, it sets the pace."},
    {T::network_s, "network_s", "Network", "s", "time", "", "link_rtt_s + link_token_s + batch x (1000 B of headers + 4 B for each token of text) / link_Bps; 0 where none is stated", "prompt_tokens", "", "The request's way there and the first token's back; images and audio are not counted."},

    {T::decode_bytes, "decode_bytes", "Bytes per step", "B", "bound", "sum(decode.bytes)", "", "file_B kv_B_per_token", "", "Memory traffic of one step."},
    {T::decode_operations, "decode_operations", "Operations per step", "FLOP", "bound", "sum(decode.operations)", "", "parameters batch", "", "Arithmetic of one decode step."},
    {T::arithmetic_intensity, "arithmetic_intensity", "Arithmetic intensity, decode", "FLOP/B", "bound", "decode_operations / decode_bytes", "", "", "", "Below the ridge of the roofline, memory binds."},
    {T::prefill_operations, "prefill_operations", "Operations of the prefill", "FLOP", "bound", "sum(prefill.operations)", "", "parameters prompt_tokens batch", "", "Arithmetic of the prompt."},
    {T::prefill_intensity, "prefill_intensity", "Arithmetic intensity, prefill", "FLOP/B", "bound", "prefill_operations / sum(prefill.bytes)", "", "", "", "Operations per byte of the prefill."},
    {T::decode_bandwidth_share, "decode_bandwidth_share", "Share of the bandwidth", "", "bound", "decode_bytes / (tpot_mean_s x speculation_speedup) / bandwidth_Bps", "", "", "", "Of the achievable bandwidth; near 1, memory binds."},

    {T::host_w, "host_w", "Power of the host", "W", "energy", "", "power above idle of the host's cores while they compute; 0 where they do not, or where power is of the card alone", "host_s", "host", "Of the computer that the device is in."},
    {T::decode_w, "decode_w", "Power, decode", "W", "energy", "", "devices x idle_w + (decode_power_share x active_share x (full_w - idle_w) x (tpot_mean_s - host_s - paging_s) + host_w x host_s) / tpot_mean_s; where each of several devices has a share of every matrix, what is above idle counts for each", "", "", "While generating; where the host computes too, the device's and the host's above its idle."},
    {T::prefill_w, "prefill_w", "Power, prefill", "W", "energy", "", "devices x idle_w + prefill_power_share x active_share x (full_w - idle_w), for each device that works at once", "", "", "While reading the prompt."},
    {T::mean_w, "mean_w", "Power, mean", "W", "energy", "request_energy_J / total_latency_s", "", "", "", "Over a request: E / t."},
    {T::energy_per_token_J, "energy_per_token_J", "Energy per token", "J", "energy", "decode_w x tpot_mean_s / batch", "", "", "", "One generated token, prefill not included."},
    {T::prefill_energy_J, "prefill_energy_J", "Energy of the prefill", "J", "energy", "prefill_w x (ttft_s - network_s)", "", "", "", "Reading the prompt."},
    {T::request_energy_J, "request_energy_J", "Energy per request", "J", "energy", "prefill_energy_J + decode_w x max(0, generated_tokens - 1) x tpot_mean_s", "", "", "", "All sequences of the batch."},
    {T::energy_Wh_per_Mtok, "energy_Wh_per_Mtok", "Energy per million tokens", "Wh", "energy", "request_energy_J / (batch x generated_tokens) x 1000000 / 3600", "", "", "", "Generated tokens, their prompts included."},
    {T::tokens_per_J, "tokens_per_J", "Tokens per joule", "tok/J", "energy", "batch x generated_tokens / request_energy_J", "", "", "", "Generated tokens, their prompts included."},
    {T::busy_share, "busy_share", "Share of the day at work", "", "energy", "", "min(1, requests_per_day x total_latency_s / 86400); 1 where no rate is given", "", "", "Always busy unless a number of requests is given."},
    {T::requests_per_battery, "requests_per_battery", "Requests per charge", "", "energy", "battery_Wh x 3600 / request_energy_J", "", "", "", "That one battery charge answers."},
    {T::battery_h, "battery_h", "Battery life", "h", "energy", "battery_Wh / (busy_share x mean_w + (1 - busy_share) x idle_w)", "", "", "", "At the given requests per day, or always busy."},
    {T::electricity_usd_per_Mtok, "electricity_usd_per_Mtok", "Electricity per million tokens", "USD", "energy", "energy_Wh_per_Mtok / 1000 x electricity_usd_per_kWh", "", "", "", "Electricity alone."},
    {T::device_usd_per_Mtok, "device_usd_per_Mtok", "Device per million tokens", "USD", "energy", "price_usd / (busy_share x throughput_tok_s x device_life_years x 365.25 x 86400) x 1000000", "", "", "", "Over its life."},
    {T::usd_per_Mtok, "usd_per_Mtok", "Cost per million tokens", "USD", "energy", "electricity_usd_per_Mtok + device_usd_per_Mtok", "", "", "", "To be set beside an API's price."},
    {T::saved_usd_per_Mtok, "saved_usd_per_Mtok", "Saved beside an API", "USD", "energy", "api_usd_per_Mtok - usd_per_Mtok", "", "", "", "Per million tokens; negative where the API is cheaper."},
    {T::co2e_g_per_Mtok, "co2e_g_per_Mtok", "Carbon per million tokens", "g", "energy", "energy_Wh_per_Mtok / 1000 x grid_gCO2e_per_kWh", "", "", "", "Of the electricity, CO2 equivalent; making the device is not in it."},
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

std::vector<Term> inputs(Term term) {
  const auto in_a_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const TermInfo& t = info(term);
  std::vector<Term> out;
  for (const std::string_view text : {t.formula, t.definition, t.inputs})
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin;
      while (end < text.size() && in_a_word(text[end])) ++end;
      const Term named = find_term(text.substr(begin, end - begin));
      if (named != Term::count && std::find(out.begin(), out.end(), named) == out.end()) out.push_back(named);
      begin = end + 1;
    }
  return out;
}

std::string_view field(Term term, Processor processor) {
  std::string_view fields = info(term).field;
  if (fields.find(' ') == std::string_view::npos) return fields;
  for (auto p = static_cast<std::size_t>(processor); p > 0; --p) fields.remove_prefix(fields.find(' ') + 1);
  return fields.substr(0, fields.find(' '));
}

}  // namespace edgewise
