#include "edgewise/model.h"

#include <algorithm>
#include <array>

namespace edgewise {

namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Role::count)> role_names = {"token_embd",
                                                                                       "output",
                                                                                       "attn_q",
                                                                                       "attn_k",
                                                                                       "attn_v",
                                                                                       "attn_qkv",
                                                                                       "attn_gate",
                                                                                       "attn_output",
                                                                                       "attn_q_a",
                                                                                       "attn_q_b",
                                                                                       "attn_kv_a",
                                                                                       "attn_kv_b",
                                                                                       "ffn_gate",
                                                                                       "ffn_up",
                                                                                       "ffn_down",
                                                                                       "ffn_gate_inp",
                                                                                       "ffn_gate_exps",
                                                                                       "ffn_up_exps",
                                                                                       "ffn_down_exps",
                                                                                       "ffn_gate_shexp",
                                                                                       "ffn_up_shexp",
                                                                                       "ffn_down_shexp",
                                                                                       "ffn_latent",
                                                                                       "ssm_in",
                                                                                       "ssm_out",
                                                                                       "ssm_conv1d",
                                                                                       "ssm_small",
                                                                                       "shortconv_in",
                                                                                       "shortconv_out",
                                                                                       "shortconv_conv",
                                                                                       "per_layer_token_embd",
                                                                                       "per_layer_model_proj",
                                                                                       "per_layer_gate",
                                                                                       "per_layer_proj",
                                                                                       "altup",
                                                                                       "laurel",
                                                                                       "norm",
                                                                                       "bias",
                                                                                       "time_mix",
                                                                                       "vision",
                                                                                       "audio",
                                                                                       "mtp"};

constexpr std::array<const char*, static_cast<std::size_t>(Operator::count)> operator_names = {
    "embedding", "qkv",  "attention", "attention_output", "mlp",  "experts",
    "recurrent", "head", "other",     "vision",           "audio"};

/// Collects the tensors of one model, layer by layer.
class Inventory {
 public:
  explicit Inventory(const Model& model) : m_(model) {}

  std::vector<Tensor> build() {
    embeddings();
    for (std::size_t i = 0; i < m_.layers.size(); ++i) {
      layer_ = static_cast<std::int32_t>(i);
      mixer(i);
      feed_forward(i);
      norms();
      per_layer_extras();
    }
    layer_ = -1;
    towers();
    return std::move(tensors_);
  }

 private:
  void add(Role role, Operator op, double columns, double rows, double count = 1) {
    if (columns > 0 && !(rows <= 0) && count > 0)  // a tower's weights may be unknown
      tensors_.push_back({role, op, layer_, attention_layer_, columns, rows, count});
  }
  void bias(Operator op, double width, double count = 1) { add(Role::bias, op, width, 1, count); }

  void embeddings() {
    const double rows = m_.embedding_rows > 0 ? m_.embedding_rows : m_.vocab_size;
    add(Role::token_embd, Operator::embedding, m_.hidden_size, rows);
    if (!m_.tie_word_embeddings) add(Role::output, Operator::head, m_.hidden_size, m_.vocab_size);
    if (m_.lm_head_bias) bias(Operator::head, m_.vocab_size);
    norm(1);  // final norm
    if (m_.per_layer_embedding) {
      const auto& p = *m_.per_layer_embedding;
      add(Role::per_layer_token_embd, Operator::embedding, p.dim * m_.num_hidden_layers, p.vocab_size);
      add(Role::per_layer_model_proj, Operator::other, m_.hidden_size, p.dim * m_.num_hidden_layers);
      add(Role::norm, Operator::other, p.dim, 1);
    }
    // AltUp (arXiv 2301.13310): projections into and out of the extra streams.
    if (m_.altup_inputs > 0)
      add(Role::altup, Operator::other, m_.hidden_size, m_.hidden_size, 2 * (m_.altup_inputs - 1));
    if (m_.rwkv) norm(1);  // RWKV normalises the embedding before the first layer
  }

  void norm(double count) { add(Role::norm, Operator::other, m_.hidden_size, 1, count * (m_.layer_norm ? 2 : 1)); }

  void norms() {
    norm(m_.norms_per_layer);
    if (m_.sub_norms) {  // BitNet: before the output projection and before the down projection
      add(Role::norm, Operator::other, m_.hidden_size, 1);
      add(Role::norm, Operator::other, m_.intermediate_size, 1);
    }
  }

  void mixer(std::size_t i) {
    attention_layer_ = -1;
    switch (m_.layers[i].mixer) {
      case Mixer::none:
        return;
      case Mixer::full_attention:
      case Mixer::sliding_attention:
      case Mixer::cross_attention:
        attention(i);
        return;
      case Mixer::linear_attention:
        linear_attention();
        return;
      case Mixer::conv:
        short_convolution();
        return;
      case Mixer::mamba:
        mamba();
        return;
      case Mixer::rwkv:
        rwkv();
        return;
    }
  }

  void attention(std::size_t i) {
    attention_layer_ = next_attention_layer_++;
    if (m_.mla) return latent_attention();
    const auto s = m_.attention_shape(i);
    const double h = m_.hidden_size, q = s.heads * s.head_dim, kv = s.kv_heads * s.head_dim;
    const double gate = m_.attn_output_gate ? 2 : 1;
    const bool has_kv = s.owns_kv || !m_.drop_shared_kv_weights;
    if (m_.fused_qkv) {
      add(Role::attn_qkv, Operator::qkv, h, q + 2 * kv);
    } else {
      add(Role::attn_q, Operator::qkv, h, q * gate);
      if (has_kv) add(Role::attn_k, Operator::qkv, h, kv);
      if (has_kv && !s.keys_are_values) add(Role::attn_v, Operator::qkv, h, kv);
    }
    add(Role::attn_output, Operator::attention_output, q, h);
    if (m_.attention_bias) bias(Operator::qkv, q * gate + (has_kv ? 2 * kv : 0));
    if (m_.attention_out_bias) bias(Operator::attention_output, h);
    if (m_.qk_norm == QkNorm::per_head) add(Role::norm, Operator::other, s.head_dim, 1, has_kv ? 2 : 1);
    if (m_.qk_norm == QkNorm::full) add(Role::norm, Operator::other, q + kv, 1);
    if (m_.attn_sinks) add(Role::bias, Operator::attention, s.heads, 1);
    if (m_.layers[i].mixer == Mixer::cross_attention) {
      add(Role::norm, Operator::other, s.head_dim, 1, 2);  // q_norm, k_norm
      add(Role::bias, Operator::other, 2, 1);              // the two tanh gates
    }
  }

  void latent_attention() {
    const auto& a = *m_.mla;
    const double h = m_.hidden_size, heads = m_.num_attention_heads, qk = a.qk_nope_head_dim + a.qk_rope_head_dim;
    if (a.q_lora_rank > 0) {
      add(Role::attn_q_a, Operator::qkv, h, a.q_lora_rank);
      add(Role::norm, Operator::other, a.q_lora_rank, 1);
      add(Role::attn_q_b, Operator::qkv, a.q_lora_rank, heads * qk);
    } else {
      add(Role::attn_q, Operator::qkv, h, heads * qk);
    }
    add(Role::attn_kv_a, Operator::qkv, h, a.kv_lora_rank + a.qk_rope_head_dim);
    add(Role::norm, Operator::other, a.kv_lora_rank, 1);
    add(Role::attn_kv_b, Operator::qkv, a.kv_lora_rank, heads * (a.qk_nope_head_dim + a.v_head_dim));
    add(Role::attn_output, Operator::attention_output, heads * a.v_head_dim, h);
  }

  void linear_attention() {
    const auto& a = *m_.linear_attention;
    const double h = m_.hidden_size, k = a.num_key_heads * a.key_head_dim, v = a.num_value_heads * a.value_head_dim;
    add(Role::attn_qkv, Operator::recurrent, h, 2 * k + v);
    add(Role::attn_gate, Operator::recurrent, h, v);
    add(Role::ssm_small, Operator::recurrent, h, 2 * a.num_value_heads);  // beta and alpha projections
    add(Role::ssm_conv1d, Operator::recurrent, a.conv_kernel, 2 * k + v);
    add(Role::bias, Operator::recurrent, 2 * a.num_value_heads, 1);  // A_log and dt_bias
    add(Role::norm, Operator::other, a.value_head_dim, 1);
    add(Role::ssm_out, Operator::recurrent, v, h);
  }

  void short_convolution() {
    const double h = m_.hidden_size;
    add(Role::shortconv_in, Operator::recurrent, h, 3 * h);
    add(Role::shortconv_conv, Operator::recurrent, m_.shortconv_kernel, h);
    add(Role::shortconv_out, Operator::recurrent, h, h);
  }

  void mamba() {
    const auto& a = *m_.mamba;
    const double h = m_.hidden_size, inner = a.num_heads * a.head_dim, groups = 2 * a.n_groups * a.state_size;
    add(Role::ssm_in, Operator::recurrent, h, 2 * inner + groups + a.num_heads);
    add(Role::ssm_conv1d, Operator::recurrent, a.conv_kernel, inner + groups);
    bias(Operator::recurrent, inner + groups);
    bias(Operator::recurrent, 3 * a.num_heads);  // A_log, D, dt_bias
    add(Role::norm, Operator::other, inner, 1);
    add(Role::ssm_out, Operator::recurrent, inner, h);
  }

  // RWKV-7 (arXiv 2503.14456): r, k, v, o and four low-rank pairs; the channel mix is the layer's MLP.
  void rwkv() {
    const auto& a = *m_.rwkv;
    const double h = m_.hidden_size;
    add(Role::time_mix, Operator::recurrent, h, h, 4);
    for (const double rank : {a.decay_rank, a.a_rank, a.v_rank, a.gate_rank}) {
      add(Role::ssm_small, Operator::recurrent, h, rank);
      add(Role::ssm_small, Operator::recurrent, rank, h);
    }
    bias(Operator::recurrent, h, 12);  // six token-shift mixes; w0, a0, v0; k_k, k_a, r_k
  }

  void feed_forward(std::size_t i) {
    const double h = m_.hidden_size;
    switch (m_.layers[i].feed_forward) {
      case FeedForward::none:
        return;
      case FeedForward::dense:
        dense_mlp(i);
        return;
      case FeedForward::moe_and_dense:
        dense_mlp(i);
        experts(h);
        return;
      case FeedForward::moe:
        experts(h);
        return;
    }
  }

  void dense_mlp(std::size_t i) {
    const double h = m_.hidden_size;
    const bool shares_kv = is_attention(m_.layers[i].mixer) && !m_.attention_shape(i).owns_kv;
    const double f = m_.intermediate_size * (m_.double_wide_mlp_when_shared && shares_kv ? 2 : 1);
    if (m_.gated_mlp) add(Role::ffn_gate, Operator::mlp, h, f);
    add(Role::ffn_up, Operator::mlp, h, f);
    add(Role::ffn_down, Operator::mlp, f, h);
    if (m_.mlp_bias) bias(Operator::mlp, f * (m_.gated_mlp ? 2 : 1) + h);
  }

  void experts(double h) {
    const auto& e = *m_.moe;
    const double width = e.latent_size > 0 ? e.latent_size : h;
    add(Role::ffn_gate_inp, Operator::experts, h, e.num_experts);
    if (e.router_bias) bias(Operator::experts, e.num_experts);
    if (e.latent_size > 0) {
      add(Role::ffn_latent, Operator::experts, h, e.latent_size);
      add(Role::ffn_latent, Operator::experts, e.latent_size, h);
    }
    if (m_.gated_mlp) add(Role::ffn_gate_exps, Operator::experts, width, e.moe_intermediate_size, e.num_experts);
    add(Role::ffn_up_exps, Operator::experts, width, e.moe_intermediate_size, e.num_experts);
    add(Role::ffn_down_exps, Operator::experts, e.moe_intermediate_size, width, e.num_experts);
    if (e.expert_bias) bias(Operator::experts, e.moe_intermediate_size * (m_.gated_mlp ? 2 : 1) + width, e.num_experts);
    if (e.shared_intermediate_size > 0) {
      if (m_.gated_mlp) add(Role::ffn_gate_shexp, Operator::experts, h, e.shared_intermediate_size);
      add(Role::ffn_up_shexp, Operator::experts, h, e.shared_intermediate_size);
      add(Role::ffn_down_shexp, Operator::experts, e.shared_intermediate_size, h);
      if (e.shared_gate) bias(Operator::experts, h);
    }
  }

  void per_layer_extras() {
    const double h = m_.hidden_size;
    if (m_.per_layer_embedding) {
      add(Role::per_layer_gate, Operator::other, h, m_.per_layer_embedding->dim);
      add(Role::per_layer_proj, Operator::other, m_.per_layer_embedding->dim, h);
      add(Role::norm, Operator::other, h, 1);
    }
    if (m_.altup_inputs > 0) {
      const double n = m_.altup_inputs;
      add(Role::altup, Operator::other, n, n * n + n, 1);  // prediction and correction coefficients
      add(Role::altup, Operator::other, h, n, 1);          // modality router
      add(Role::norm, Operator::other, h, 2);              // correction scale, router norm
    }
    if (m_.laurel_rank > 0) {  // LAuReL (arXiv 2411.07501)
      add(Role::laurel, Operator::other, h, m_.laurel_rank);
      add(Role::laurel, Operator::other, m_.laurel_rank, h);
      add(Role::norm, Operator::other, h, 1);
    }
  }

  void towers() {
    if (m_.vision) add(Role::vision, Operator::vision, 1, m_.vision->parameters);
    if (m_.audio) add(Role::audio, Operator::audio, 1, m_.audio->parameters);
  }

  static bool is_attention(Mixer x) {
    return x == Mixer::full_attention || x == Mixer::sliding_attention || x == Mixer::cross_attention;
  }

  const Model& m_;
  std::vector<Tensor> tensors_;
  std::int32_t layer_ = -1;
  std::int32_t attention_layer_ = -1;
  std::int32_t next_attention_layer_ = 0;
};

}  // namespace

const char* to_string(Role role) { return role_names[static_cast<std::size_t>(role)]; }
std::optional<Role> find_role(std::string_view name) {
  const auto at = std::find(role_names.begin(), role_names.end(), name);
  if (at == role_names.end()) return std::nullopt;
  return static_cast<Role>(at - role_names.begin());
}
std::optional<Operator> find_operator(std::string_view name) {
  const auto at = std::find(operator_names.begin(), operator_names.end(), name);
  if (at == operator_names.end()) return std::nullopt;
  return static_cast<Operator>(at - operator_names.begin());
}
const char* to_string(Operator op) { return operator_names[static_cast<std::size_t>(op)]; }

Model::AttentionShape Model::attention_shape(std::size_t i) const {
  const bool global = layers[i].mixer == Mixer::full_attention;
  AttentionShape s{num_attention_heads, num_key_value_heads, head_dim, false, true};
  if (global && global_head_dim > 0) s.head_dim = global_head_dim;
  if (global && num_global_key_value_heads > 0) s.kv_heads = num_global_key_value_heads;
  s.keys_are_values = global && attention_k_eq_v;
  s.owns_kv = static_cast<double>(i) < num_hidden_layers - num_kv_shared_layers;
  return s;
}

bool is_whole(const Model& m) {
  const auto described = [&](const Layer& layer) {
    const bool moe = layer.feed_forward == FeedForward::moe || layer.feed_forward == FeedForward::moe_and_dense;
    return (layer.mixer != Mixer::linear_attention || m.linear_attention) && (layer.mixer != Mixer::mamba || m.mamba) &&
           (layer.mixer != Mixer::rwkv || m.rwkv) && (!moe || m.moe);
  };
  return m.hidden_size > 0 && m.vocab_size > 0 && m.num_attention_heads > 0 && !m.layers.empty() &&
         static_cast<double>(m.layers.size()) == m.num_hidden_layers &&
         std::all_of(m.layers.begin(), m.layers.end(), described);
}

std::vector<Tensor> tensor_inventory(const Model& model) { return Inventory(model).build(); }

ParameterCounts count_parameters(const Model& model) {
  ParameterCounts counts;
  for (const Tensor& t : tensor_inventory(model)) {
    const double n = t.weights();
    counts.total += n;
    if (t.role == Role::vision || t.role == Role::audio) continue;
    counts.text += n;
    const bool lookup =
        t.role == Role::per_layer_token_embd || (t.role == Role::token_embd && !model.tie_word_embeddings);
    const bool routed = t.role == Role::ffn_gate_exps || t.role == Role::ffn_up_exps || t.role == Role::ffn_down_exps ||
                        (t.role == Role::bias && model.moe && t.count == model.moe->num_experts);
    if (!lookup) counts.decode_read += routed ? n / model.moe->num_experts * model.moe->experts_per_token : n;
  }
  return counts;
}

}  // namespace edgewise
