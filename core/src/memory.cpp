#include "memory.h"

#include <algorithm>

#include "arithmetic.h"

namespace edgewise {

namespace {

double padded(double context, const MemoryRules& rules) {
  if (rules.fixed_context > 0) return std::max(context, rules.fixed_context);
  return whole_up(context / rules.kv_padding) * rules.kv_padding;
}

/// Cached tokens of one attention class when `context` tokens are allocated.
/// Models whose layers all slide are given the whole context, as llama.cpp does.
double cached_tokens(const ModelCost& m, const AttentionClass& a, const MemoryRules& rules, double context,
                     double sequences) {
  const double all = padded(context, rules);
  if (a.window <= 0 || !rules.sliding_window_kv || m.attention_count < 2) return all;
  // llama.cpp keeps the window of each sequence and one micro-batch, padded (src/llama-kv-cache-iswa.cpp).
  return std::min(all, whole_up((a.window * sequences + rules.micro_batch) / rules.kv_padding) * rules.kv_padding);
}

/// Columns of llama.cpp's attention masks: one for layers that see everything, one for those that slide.
double mask_columns(const ModelCost& m, const MemoryRules& rules, double context) {
  double full = 0, sliding = 0;
  for (std::size_t i = 0; i < m.attention_count; ++i) {
    const AttentionClass& a = m.attention[i];
    double& columns = a.window > 0 ? sliding : full;
    columns = std::max(columns, cached_tokens(m, a, rules, context, 1));
  }
  return full + sliding;
}

/// Peak of llama.cpp's graph allocator, float32 for the n tokens of a micro-batch: the logits with the last hidden
/// states, or the attention scores (under flash attention, their masks in 16 bits) with the layer's activations,
/// whichever is wider. Two hidden states live beside the logits, the second being the embedded prompt, which beside a
/// device is the host's; ik_llama.cpp normalizes the last one in place under flash attention. A gate that is fused with
/// its half stays on CPUs alone. From src/llama-graph.cpp; equal to published load logs.
double llama_cpp_buffer_B(const ModelCost& m, const MemoryRules& rules, double context) {
  const double n = std::min(rules.micro_batch, std::max(1.0, context));
  const double cells = padded(context, rules), masks = mask_columns(m, rules, context);
  const bool beside_host = rules.embedding_on_host;
  const double gate = m.fused_gate_up && !beside_host ? m.intermediate_size : 0;
  const bool in_place = rules.output_in_place && rules.flash_attention;
  const double further = in_place || (beside_host && !rules.output_in_place && !m.fused_gate_up) ? 0 : m.hidden_size;
  const double output = 4 * n * (m.vocab_size + m.hidden_size + further + gate);
  const double scores = rules.flash_attention ? 2 * n * masks : 4 * n * (cells * m.attention_heads + masks);
  const double layer =
      4 * n * (2 * m.hidden_size + 2 * m.query_width + (m.fused_gate_up ? m.intermediate_size : 0)) + scores;
  return std::max(output, layer);
}

/// Every tensor of a layer for a token, elements: the residual, its norms and what is added to it, queries before and
/// after rotation and what attention returns, both halves of the gate and their product, the outputs of routed experts.
double layer_elements(const ModelCost& m) {
  const double outputs = m.experts > 0 ? (m.experts_per_token - 1) * m.hidden_size : 0;
  return 6 * m.hidden_size + 3 * m.query_width + 3 * m.intermediate_size + outputs;
}

/// Of runtimes without a graph allocator that is known, 16 bits: the widest step of a layer for the tokens of a
/// micro-batch, and the logits of the last of them; or what the runtime's preset says of it.
double generic_buffer_B(const ModelCost& m, const MemoryRules& rules, double prompt, double batch) {
  const double n = std::min(rules.micro_batch, std::max(1.0, prompt)) * batch;
  const double logits = 4 * m.vocab_size * batch;
  double activations = 2 * n * std::max(4 * m.hidden_size + 2 * m.query_width, m.hidden_size + 2 * m.intermediate_size);
  if (rules.built_for_micro_batch) activations = layer_activation_B(m, rules.micro_batch * batch);
  if (rules.layers_in_flight > 0) activations = 2 * n * rules.layers_in_flight * layer_elements(m);
  return activations + logits + rules.vocabulary_B * m.vocab_size +
         2 * rules.micro_batch * m.layers * rules.layer_buffers * m.hidden_size;
}

/// The output matrix where it is the input embedding as well.
double tied_output_B(const ModelCost& m) {
  double bytes = 0;
  if (m.embedding_B == 0)
    for (std::size_t i = 0; i < m.load_count; ++i)
      if (m.loads[i].op == Operator::head) bytes += m.loads[i].bytes;
  return bytes;
}

/// Beside a device llama.cpp has a tied embedding twice: the host looks tokens up, the device multiplies.
double host_output_B(const ModelCost& m, const Rates& r) {
  return r.memory.model == MemoryModel::llama_cpp && r.memory.embedding_on_host ? tied_output_B(m) : 0;
}

}  // namespace

Slots slots_of(const Workload& w, double context, double batch) {
  const double count = is_known(w.parallel) ? std::max(w.parallel, batch) : batch;
  if (w.kv_unified == 1) return {count, 1, context};
  return {count, count, is_known(w.parallel) ? whole_down(context / count) : context};
}

double kv_cache_B(const ModelCost& m, const Rates& r, double context, double cross, double sequences) {
  double bytes = sequences * cross * m.cross_kv_elements * r.kv_bytes_per_element;
  for (std::size_t i = 0; i < m.attention_count; ++i) {
    const AttentionClass& a = m.attention[i];
    bytes += a.kv_layers * a.kv_elements * cached_tokens(m, a, r.memory, context, sequences) * r.kv_bytes_per_element;
  }
  return bytes;
}

double kv_caches_B(const ModelCost& m, const Rates& r, const Slots& s, double cross) {
  return s.caches * kv_cache_B(m, r, s.context, cross, s.count / s.caches);
}

double compute_buffer_B(const ModelCost& m, const Rates& r, double prompt, double context, double batch) {
  switch (r.memory.model) {
    case MemoryModel::llama_cpp:
      return llama_cpp_buffer_B(m, r.memory, context);
    case MemoryModel::transformers: {
      // Logits of every prompt position stay until the step ends, in 16 bits; soft-capping makes a second
      // copy. Reproduces torch.cuda.max_memory_allocated of published runs within 0.5 %.
      const double logits = 2 * batch * prompt * m.vocab_size * (m.final_logit_softcap ? 2 : 1);
      const double activations = 2 * batch * prompt * std::max(2 * m.hidden_size, 2 * m.intermediate_size);
      return std::max(logits, activations);
    }
    case MemoryModel::vllm:
    case MemoryModel::generic:
      if (r.reserve.of != ShareOf::nothing) return profile_activation_B(m, r.reserve) + r.reserve.graph_B;
      return generic_buffer_B(m, r.memory, prompt, batch);
  }
  return unknown;
}

double host_compute_B(const ModelCost& m, const Rates& r, const Workload& w, double context) {
  const MemoryRules& rules = r.memory;
  if (rules.model != MemoryModel::llama_cpp || !rules.embedding_on_host) return 0;
  const double n = std::min(rules.micro_batch, std::max(1.0, context));
  double keys_and_values = 0;
  for (std::size_t i = 0; i < m.attention_count; ++i)
    keys_and_values = std::max(keys_and_values, m.attention[i].kv_elements);
  const double passing = rules.qkv_through_host || w.kv_on_host == 1 ? m.query_width + keys_and_values : 0;
  return 4 * n * (mask_columns(m, rules, context) + m.hidden_size + passing);
}

double loaded_tower_B(const ModelCost& m, const Rates& r, const Workload& w) {
  // llama.cpp and its like keep the towers in a file of their own, which is loaded for images or audio only;
  // transformers and vLLM always load the whole checkpoint.
  const bool whole = r.memory.model == MemoryModel::transformers || r.memory.model == MemoryModel::vllm;
  const bool seen = (w.images > 0 && m.vision.present) || (w.audio_s > 0 && m.audio.present);
  return whole || seen ? m.tower_B : 0;
}

double loaded_B(const ModelCost& m, const Rates& r, const Workload& w) { return m.text_B + loaded_tower_B(m, r, w); }

double lookup_tables_B(const ModelCost& m, const Rates& r) {
  return r.memory.embedding_on_host ? m.embedding_B + m.per_layer_embedding_B : 0;
}

double host_weights_B(const ModelCost& m, const Rates& r) { return lookup_tables_B(m, r) + host_output_B(m, r); }

double weight_copies_B(const ModelCost& m, const Rates& r) {
  const MemoryRules& rules = r.memory;
  double copies = host_output_B(m, r) + (rules.repacks_tied_output ? tied_output_B(m) : 0);
  if (rules.embedding_tables > 0)
    copies += std::max(0.0, rules.embedding_tables * 2 * m.vocab_size * m.hidden_size - m.embedding_B);
  if (rules.maps_experts)
    for (std::size_t i = 0; i < m.load_count; ++i) copies += m.loads[i].expert_bytes;
  return copies;
}

double resident_weights_B(const ModelCost& m, const Rates& r, const Workload& w) {
  return loaded_B(m, r, w) - host_weights_B(m, r) + weight_copies_B(m, r);
}

double repacked_B(const ModelCost& m, const Rates& r) {
  double bytes = 0;
  for (std::size_t i = 0; i < m.load_count; ++i)
    if (r.memory.repacked_on_load[m.loads[i].format]) bytes += m.loads[i].bytes + m.loads[i].expert_bytes;
  return bytes;
}

}  // namespace edgewise
