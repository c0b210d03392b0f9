#include "gguf_writer.hpp"

namespace edgewise::test {

void GgufWriter::model(const std::string& architecture, std::uint32_t blocks, std::uint32_t hidden,
                       std::uint32_t feed_forward, std::uint32_t heads, std::uint32_t kv_heads,
                       std::uint32_t vocabulary, std::uint32_t file_type) {
  text("general.architecture", architecture);
  number("general.file_type", file_type);
  number(architecture + ".block_count", blocks);
  number(architecture + ".embedding_length", hidden);
  number(architecture + ".feed_forward_length", feed_forward);
  number(architecture + ".attention.head_count", heads);
  number(architecture + ".attention.head_count_kv", kv_heads);
  number(architecture + ".vocab_size", vocabulary);
}

void GgufWriter::llama_tensors(std::uint64_t blocks, std::uint64_t hidden, std::uint64_t feed_forward, std::uint64_t kv,
                               std::uint64_t vocabulary) {
  tensor("token_embd.weight", {hidden, vocabulary});
  tensor("output_norm.weight", {hidden});
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const std::string b = "blk." + std::to_string(i) + ".";
    tensor(b + "attn_norm.weight", {hidden});
    tensor(b + "ffn_norm.weight", {hidden});
    tensor(b + "attn_q.weight", {hidden, hidden});
    tensor(b + "attn_k.weight", {hidden, kv});
    tensor(b + "attn_v.weight", {hidden, kv});
    tensor(b + "attn_output.weight", {hidden, hidden});
    tensor(b + "ffn_gate.weight", {hidden, feed_forward});
    tensor(b + "ffn_up.weight", {hidden, feed_forward});
    tensor(b + "ffn_down.weight", {feed_forward, hidden});
  }
}

GgufWriter gguf_of(const Model& m, const std::string& architecture, const std::function<void(StoredTensor&)>& choose,
                   std::uint32_t file_type) {
  const auto u = [](double x) { return static_cast<std::uint64_t>(x); };
  const auto n = [](double x) { return static_cast<std::uint32_t>(x); };
  GgufWriter w;
  w.model(architecture, n(m.num_hidden_layers), n(m.hidden_size), n(m.intermediate_size), n(m.num_attention_heads),
          n(m.num_key_value_heads), n(m.vocab_size), file_type);
  const auto put = [&](const std::string& name, const std::vector<std::uint64_t>& dims) {
    StoredTensor tensor{name, dims};
    choose(tensor);
    w.tensor(tensor.name, tensor.dims, tensor.type, tensor.size);
  };
  const auto key = [&](const char* name, double value) { w.number(architecture + "." + name, n(value)); };
  const double h = m.hidden_size, q = m.num_attention_heads * m.head_dim, kv = m.num_key_value_heads * m.head_dim,
               f = m.intermediate_size;
  if (m.mla) {
    const double width = m.mla->qk_nope_head_dim + m.mla->qk_rope_head_dim;
    key("attention.key_length", m.mla->expanded ? width : m.mla->kv_lora_rank + m.mla->qk_rope_head_dim);
    key("attention.value_length", m.mla->expanded ? m.mla->v_head_dim : m.mla->kv_lora_rank);
    if (!m.mla->expanded) {
      key("attention.key_length_mla", width);
      key("attention.value_length_mla", m.mla->v_head_dim);
    }
    if (m.mla->q_lora_rank > 0) key("attention.q_lora_rank", m.mla->q_lora_rank);
    key("attention.kv_lora_rank", m.mla->kv_lora_rank);
    key("rope.dimension_count", m.mla->qk_rope_head_dim);
  } else {
    key("attention.key_length", m.head_dim);
    key("attention.value_length", m.head_dim);
  }
  if (m.sliding_window > 0) key("attention.sliding_window", m.sliding_window);
  if (m.moe) key("expert_used_count", m.moe->experts_per_token);

  const std::uint64_t H = u(h);
  const auto norm = [&](const std::string& name, double width) {
    put(name + ".weight", {u(width)});
    if (m.layer_norm) put(name + ".bias", {u(width)});
  };
  put("token_embd.weight", {H, u(m.vocab_size)});
  if (!m.tie_word_embeddings) put("output.weight", {H, u(m.vocab_size)});
  if (m.lm_head_bias) put("output.bias", {u(m.vocab_size)});
  norm("output_norm", h);
  for (std::size_t i = 0; i < m.layers.size(); ++i) {
    const std::string b = "blk." + std::to_string(i) + ".";
    const auto linear = [&](const std::string& name, double in, double out, bool bias) {
      put(b + name + ".weight", {u(in), u(out)});
      if (bias) put(b + name + ".bias", {u(out)});
    };
    norm(b + "attn_norm", h);
    if (m.norms_per_layer >= 2) norm(b + "ffn_norm", h);
    if (m.norms_per_layer >= 4) {
      norm(b + "post_attention_norm", h);
      norm(b + "post_ffw_norm", h);
    }
    if (m.layers[i].mixer == Mixer::conv) {
      put(b + "shortconv.conv.weight", {u(m.shortconv_kernel), H});
      linear("shortconv.in_proj", h, 3 * h, false);
      linear("shortconv.out_proj", h, h, false);
    } else if (m.mla) {
      const auto& a = *m.mla;
      const double heads = m.num_attention_heads, queries = heads * (a.qk_nope_head_dim + a.qk_rope_head_dim);
      if (a.q_lora_rank > 0) {
        linear("attn_q_a", h, a.q_lora_rank, false);
        put(b + "attn_q_a_norm.weight", {u(a.q_lora_rank)});
        linear("attn_q_b", a.q_lora_rank, queries, false);
      } else {
        linear("attn_q", h, queries, false);
      }
      linear("attn_kv_a_mqa", h, a.kv_lora_rank + a.qk_rope_head_dim, false);
      put(b + "attn_kv_a_norm.weight", {u(a.kv_lora_rank)});
      linear("attn_kv_b", a.kv_lora_rank, heads * (a.qk_nope_head_dim + a.v_head_dim), false);
      linear("attn_output", heads * a.v_head_dim, h, false);
    } else {
      if (m.fused_qkv)
        linear("attn_qkv", h, q + 2 * kv, m.attention_bias);
      else {
        linear("attn_q", h, q, m.attention_bias);
        linear("attn_k", h, kv, m.attention_bias);
        linear("attn_v", h, kv, m.attention_bias);
      }
      linear("attn_output", q, h, m.attention_out_bias);
      if (m.qk_norm != QkNorm::none) {
        const bool full = m.qk_norm == QkNorm::full;
        put(b + "attn_q_norm.weight", {u(full ? q : m.head_dim)});
        put(b + "attn_k_norm.weight", {u(full ? kv : m.head_dim)});
      }
      if (m.attn_sinks) put(b + "attn_sinks.weight", {u(m.num_attention_heads)});
    }
    if (m.layers[i].feed_forward == FeedForward::moe) {
      const auto& e = *m.moe;
      const double g = e.moe_intermediate_size, s = e.shared_intermediate_size;
      linear("ffn_gate_inp", h, e.num_experts, e.router_bias);
      for (const char* name : {"ffn_gate_exps", "ffn_up_exps"}) {
        put(b + name + ".weight", {H, u(g), u(e.num_experts)});
        if (e.expert_bias) put(b + name + ".bias", {u(g), u(e.num_experts)});
      }
      put(b + "ffn_down_exps.weight", {u(g), H, u(e.num_experts)});
      if (e.expert_bias) put(b + "ffn_down_exps.bias", {H, u(e.num_experts)});
      if (s > 0) {
        linear("ffn_gate_shexp", h, s, false);
        linear("ffn_up_shexp", h, s, false);
        linear("ffn_down_shexp", s, h, false);
      }
    } else if (m.fused_gate_up) {
      linear("ffn_up", h, 2 * f, false);
      linear("ffn_down", f, h, false);
    } else {
      if (m.gated_mlp) linear("ffn_gate", h, f, m.mlp_bias);
      linear("ffn_up", h, f, m.mlp_bias);
      linear("ffn_down", f, h, m.mlp_bias);
    }
  }
  return w;
}

}  // namespace edgewise::test
