#include "memory.h"

namespace edgewise {

namespace {

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

GrowingMemory::GrowingMemory(const ModelCost& m, const Rates& r)
    : model_(m),
      rules_(r.memory),
      reserve_(r.reserve),
      is_llama_cpp_(r.memory.model == MemoryModel::llama_cpp),
      cross_B_(m.cross_kv_elements * r.kv_bytes_per_element) {
  // Models whose layers all slide are given the whole context, as llama.cpp does.
  const bool slides = rules_.sliding_window_kv && m.attention_count > 1;
  bool full = false, unslid = false;
  for (std::size_t i = 0; i < m.attention_count; ++i) {
    const AttentionClass& a = m.attention[i];
    const double cell_B = a.kv_layers * a.kv_elements * r.kv_bytes_per_element;
    if (slides && a.window > 0) {
      windows_[window_count_++] = {a.window, cell_B};
      widest_window_ = std::max(widest_window_, a.window);
      continue;
    }
    full_cell_B_ += cell_B;
    (a.window > 0 ? unslid : full) = true;
  }
  full_masks_ = full + unslid;
  if (!is_llama_cpp_) return;
  // Two hidden states live beside the logits, the second being the embedded prompt, which beside a device is the
  // host's; ik_llama.cpp normalizes the last one in place under flash attention. A gate that is fused with its half
  // stays on CPUs alone.
  const bool beside_host = rules_.embedding_on_host;
  const double gate = m.fused_gate_up && !beside_host ? m.intermediate_size : 0;
  const bool in_place = rules_.output_in_place && rules_.flash_attention;
  const double further = in_place || (beside_host && !rules_.output_in_place && !m.fused_gate_up) ? 0 : m.hidden_size;
  output_B_ = 4 * (m.vocab_size + m.hidden_size + further + gate);
  layer_B_ = 4 * (2 * m.hidden_size + 2 * m.query_width + (m.fused_gate_up ? m.intermediate_size : 0));
  score_B_ = rules_.flash_attention ? 0 : 4 * m.attention_heads;
  mask_column_B_ = rules_.flash_attention ? 2 : 4;
}

double GrowingMemory::kv_B_per_token() const {
  double bytes = full_cell_B_;
  for (std::size_t i = 0; i < window_count_; ++i) bytes += windows_[i].cell_B;
  return bytes;
}

double GrowingMemory::other_buffer_B(double prompt, double batch) const {
  const ModelCost& m = model_;
  if (rules_.model == MemoryModel::transformers) {
    // Logits of every prompt position stay until the step ends, in 16 bits; soft-capping makes a second
    // copy. Reproduces torch.cuda.max_memory_allocated of published runs within 0.5 %.
    const double logits = 2 * batch * prompt * m.vocab_size * (m.final_logit_softcap ? 2 : 1);
    const double activations = 2 * batch * prompt * std::max(2 * m.hidden_size, 2 * m.intermediate_size);
    return std::max(logits, activations);
  }
  if (reserve_.of != ShareOf::nothing) return profile_activation_B(m, reserve_) + reserve_.graph_B;
  return generic_buffer_B(m, rules_, prompt, batch);
}

double GrowingMemory::host_compute_B(const Workload& w, double context) const {
  if (!is_llama_cpp_ || !rules_.embedding_on_host) return 0;
  double keys_and_values = 0;
  for (std::size_t i = 0; i < model_.attention_count; ++i)
    keys_and_values = std::max(keys_and_values, model_.attention[i].kv_elements);
  const double passing = rules_.qkv_through_host || w.kv_on_host == 1 ? model_.query_width + keys_and_values : 0;
  return 4 * passed_at_once(context) * (mask_columns(cells(context)) + model_.hidden_size + passing);
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
