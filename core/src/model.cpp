#include "edgewise/model.h"

#include <algorithm>
#include <array>

namespace edgewise {

namespace {

// clang-format off
constexpr std::array<const char*, static_cast<std::size_t>(Role::count)> role_names = {
    "token_embd", "output", "attn_q", "attn_k", "attn_v", "attn_qkv", "attn_gate", "attn_output", "attn_q_a",
    "attn_q_b", "attn_kv_a", "attn_kv_b", "ffn_gate", "ffn_up", "ffn_down", "ffn_gate_inp", "ffn_gate_exps",
    "ffn_up_exps", "ffn_down_exps", "ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp", "ffn_latent", "ssm_in",
    "ssm_out", "ssm_conv1d", "ssm_small", "shortconv_in", "shortconv_out", "shortconv_conv", "per_layer_token_embd",
    "per_layer_model_proj", "per_layer_gate", "per_layer_proj", "altup", "laurel", "norm", "bias", "time_mix",
    "indexer", "position_embd", "vision", "audio", "mtp"};
// clang-format on

constexpr std::array<const char*, static_cast<std::size_t>(Operator::count)> operator_names = {
    "embedding", "qkv",  "attention", "attention_output", "mlp",   "experts",
    "recurrent", "head", "other",     "vision",           "audio", "storage"};

/// Collects the tensors of one model, layer by layer.
class Inventory {
 public:
  explicit Inventory(const Model& model) : m_(model) {}

  std::vector<Tensor> build() {
    embeddings();
    for (std::size_t i = 0; i < m_.layers.size(); ++i) {
      layer_ = static_cast<std::int32_t>(i);
      mixer(i, m_.layers[i].mixer);
      if (m_.layers[i].beside != Mixer::none) mixer(i, m_.layers[i].beside);
      feed_forward(i);
      norms(m_.layers[i]);
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
    add(Role::position_embd, Operator::embedding, m_.hidden_size, m_.position_rows);
    norm(m_.embedding_norm ? 2 : 1);  // the final norm
    if (m_.residual_streams > 0) {    // back to one stream
      add(Role::altup, Operator::other, m_.residual_streams * m_.hidden_size, m_.residual_streams);
      add(Role::bias, Operator::other, m_.residual_streams + 1, 1);
    }
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

  void norms(const Layer& layer) {
    // A half of a layer that is left out (DeciLM) takes its norm with it.
    const bool half = layer.mixer == Mixer::none || layer.feed_forward == FeedForward::none;
    const bool nothing = layer.mixer == Mixer::none && layer.feed_forward == FeedForward::none;
    norm(nothing ? 0 : half && m_.norms_per_layer == 2 ? 1 : m_.norms_per_layer);
    if (m_.sub_norms) {  // BitNet: before the output projection and before the down projection
      add(Role::norm, Operator::other, m_.hidden_size, 1);
      add(Role::norm, Operator::other, m_.intermediate_size, 1);
    }
  }

  void mixer(std::size_t i, Mixer kind) {
    attention_layer_ = -1;
    switch (kind) {
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
    if (m_.compressed_attention) return compressed_attention(m_.layers[i].compress_ratio);
    const auto s = m_.attention_shape(i);
    const double h = m_.hidden_size, q = s.heads * s.head_dim, k = s.kv_heads * s.head_dim,
                 v = s.kv_heads * s.v_head_dim, out = s.heads * s.v_head_dim;
    const double gate = m_.attn_output_gate ? out : 0;
    const bool has_kv = s.owns_kv || !m_.drop_shared_kv_weights;
    if (m_.fused_qkv) {
      add(Role::attn_qkv, Operator::qkv, h, q + k + v);
    } else {
      add(Role::attn_q, Operator::qkv, h, q + gate);
      if (has_kv) add(Role::attn_k, Operator::qkv, h, k);
      if (has_kv && !s.keys_are_values) add(Role::attn_v, Operator::qkv, h, v);
    }
    if (m_.attn_head_gate) add(Role::attn_gate, Operator::qkv, h, s.heads);
    add(Role::attn_output, Operator::attention_output, out, h);
    if (m_.attention_bias) bias(Operator::qkv, q + gate + (has_kv ? k + v : 0));
    if (m_.attention_out_bias) bias(Operator::attention_output, h);
    if (m_.qk_norm == QkNorm::per_head) add(Role::norm, Operator::other, s.head_dim, 1, has_kv ? 2 : 1);
    if (m_.qk_norm == QkNorm::full) add(Role::norm, Operator::other, q + k, 1);
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
    if (m_.attn_output_gate) add(Role::attn_gate, Operator::qkv, h, heads * a.v_head_dim);
    add(Role::attn_output, Operator::attention_output, heads * a.v_head_dim, h);
    if (a.index_n_heads > 0) {
      add(Role::indexer, Operator::qkv, a.q_lora_rank > 0 ? a.q_lora_rank : h, a.index_n_heads * a.index_head_dim);
      add(Role::indexer, Operator::qkv, h, a.index_head_dim);
      add(Role::indexer, Operator::qkv, h, a.index_n_heads);  // weight of each of its heads
      add(Role::norm, Operator::other, a.index_head_dim, 1, 2);
    }
  }

  void compressed_attention(double ratio) {
    const auto& a = *m_.compressed_attention;
    const double h = m_.hidden_size, q = m_.num_attention_heads * m_.head_dim;
    add(Role::attn_q_a, Operator::qkv, h, a.q_lora_rank);
    add(Role::norm, Operator::other, a.q_lora_rank, 1);
    add(Role::attn_q_b, Operator::qkv, a.q_lora_rank, q);
    add(Role::attn_kv_a, Operator::qkv, h, m_.head_dim);
    add(Role::norm, Operator::other, m_.head_dim, 1);
    add(Role::bias, Operator::attention, m_.num_attention_heads, 1);  // sinks
    add(Role::attn_output, Operator::attention_output, q / a.o_groups, a.o_lora_rank, a.o_groups);
    add(Role::attn_output, Operator::attention_output, a.o_groups * a.o_lora_rank, h);
    if (ratio <= 0) return;
    const bool indexed = ratio <= CompressedAttentionConfig::most_indexed_ratio;
    compressor(h, m_.head_dim, ratio, indexed);
    if (!indexed) return;
    compressor(h, a.index_head_dim, ratio, indexed);
    add(Role::indexer, Operator::qkv, a.q_lora_rank, a.index_n_heads * a.index_head_dim);
    add(Role::indexer, Operator::qkv, h, a.index_n_heads);  // weight of each of its heads
  }

  /// Entry and gate from each token, a position within the entry, and a norm of the sum.
  void compressor(double h, double width, double ratio, bool overlapping) {
    const double wide = overlapping ? 2 * width : width;
    add(Role::attn_kv_b, Operator::qkv, h, wide, 2);
    add(Role::norm, Operator::other, wide, 1, ratio);
    add(Role::norm, Operator::other, width, 1);
  }

  /// What mixes residual streams: weights read, written and exchanged, from all streams together.
  void hyper_connections() {
    const double n = m_.residual_streams;
    add(Role::altup, Operator::other, n * m_.hidden_size, 2 * n + n * n, 2);
    add(Role::bias, Operator::other, 2 * n + n * n + 3, 1, 2);
  }

  void linear_attention() {
    const auto& a = *m_.linear_attention;
    const double h = m_.hidden_size, k = a.num_key_heads * a.key_head_dim, v = a.num_value_heads * a.value_head_dim;
    add(Role::attn_qkv, Operator::recurrent, h, 2 * k + v);
    add(Role::ssm_conv1d, Operator::recurrent, a.conv_kernel, 2 * k + v);
    switch (a.type) {
      case LinearAttention::gated_deltanet:
        add(Role::attn_gate, Operator::recurrent, h, v);
        add(Role::ssm_small, Operator::recurrent, h, 2 * a.num_value_heads);  // beta and alpha projections
        bias(Operator::recurrent, 2 * a.num_value_heads);                     // A_log and dt_bias
        add(Role::norm, Operator::other, a.value_head_dim, 1);
        break;
      case LinearAttention::kimi_delta_attention:
        low_rank(h, a.key_head_dim, k);  // decay
        if (m_.attn_output_gate)
          add(Role::attn_gate, Operator::recurrent, h, v);
        else
          low_rank(h, a.value_head_dim, v);
        add(Role::ssm_small, Operator::recurrent, h, a.num_value_heads);  // beta
        bias(Operator::recurrent, a.num_value_heads + k);                 // A_log and dt_bias
        add(Role::norm, Operator::other, a.value_head_dim, 1);
        break;
      case LinearAttention::lightning_attention:
        add(Role::attn_gate, Operator::recurrent, h, v);
        add(Role::norm, Operator::other, v, 1);
        if (m_.qk_norm == QkNorm::per_head) add(Role::norm, Operator::other, a.key_head_dim, 1, 2);
        break;
    }
    add(Role::ssm_out, Operator::recurrent, v, h);
  }

  void low_rank(double in, double rank, double out) {
    add(Role::ssm_in, Operator::recurrent, in, rank);
    add(Role::ssm_in, Operator::recurrent, rank, out);
  }

  void short_convolution() {
    const double h = m_.hidden_size;
    add(Role::shortconv_in, Operator::recurrent, h, 3 * h);
    add(Role::shortconv_conv, Operator::recurrent, m_.shortconv_kernel, h);
    add(Role::shortconv_out, Operator::recurrent, h, h);
  }

  void mamba() {
    const auto& a = *m_.mamba;
    const double h = m_.hidden_size, inner = a.num_heads * a.head_dim;
    if (a.dt_rank > 0) {
      mamba_1(a, h, inner);
    } else {
      const double groups = 2 * a.n_groups * a.state_size;
      add(Role::ssm_in, Operator::recurrent, h, 2 * inner + groups + a.num_heads);
      add(Role::ssm_conv1d, Operator::recurrent, a.conv_kernel, inner + groups);
      if (a.conv_bias) bias(Operator::recurrent, inner + groups);
      if (a.proj_bias) bias(Operator::recurrent, 2 * inner + groups + a.num_heads);
      bias(Operator::recurrent, 3 * a.num_heads);  // A_log, D, dt_bias
      if (a.norm) add(Role::norm, Operator::other, inner, 1);
    }
    if (a.proj_bias) bias(Operator::recurrent, h);
    add(Role::ssm_out, Operator::recurrent, inner, h);
  }

  // arXiv 2312.00752: step, B and C are projections of the convolved input, and each channel has its own decays.
  void mamba_1(const MambaConfig& a, double h, double inner) {
    add(Role::ssm_in, Operator::recurrent, h, 2 * inner);
    add(Role::ssm_conv1d, Operator::recurrent, a.conv_kernel, inner);
    if (a.conv_bias) bias(Operator::recurrent, inner);
    if (a.proj_bias) bias(Operator::recurrent, 2 * inner);
    add(Role::ssm_in, Operator::recurrent, inner, a.dt_rank + 2 * a.state_size);
    add(Role::ssm_in, Operator::recurrent, a.dt_rank, inner);
    bias(Operator::recurrent, inner);                       // of the step
    bias(Operator::recurrent, inner * (a.state_size + 1));  // A_log, D
    if (a.norm) add(Role::norm, Operator::other, a.dt_rank + 2 * a.state_size, 1);
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
    const double own = m_.layers[i].intermediate_size;
    const double f = (own > 0 ? own : m_.intermediate_size) * (m_.double_wide_mlp_when_shared && shares_kv ? 2 : 1);
    if (m_.gated_mlp) add(Role::ffn_gate, Operator::mlp, h, f);
    add(Role::ffn_up, Operator::mlp, h, f);
    add(Role::ffn_down, Operator::mlp, f, h);
    if (m_.mlp_bias) bias(Operator::mlp, f * (m_.gated_mlp ? 2 : 1) + h);
  }

  void experts(double h) {
    const auto& e = *m_.moe;
    const double width = e.latent_size > 0 ? e.latent_size : h;
    add(Role::ffn_gate_inp, Operator::experts, h, e.num_experts + e.zero_experts);
    if (e.router_bias) bias(Operator::experts, e.num_experts + e.zero_experts);
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
    if (m_.residual_streams > 0) hyper_connections();
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
bool is_expert_matrix(Role role) {
  return role == Role::ffn_gate_exps || role == Role::ffn_up_exps || role == Role::ffn_down_exps;
}
bool is_routed(const Tensor& t) {
  return is_expert_matrix(t.role) || (t.role == Role::bias && t.op == Operator::experts && t.count > 1);
}

std::optional<Role> find_role(std::string_view name) {
  const auto at = std::find(role_names.begin(), role_names.end(), name);
  if (at == role_names.end()) return std::nullopt;
  return static_cast<Role>(at - role_names.begin());
}
std::optional<Operator> find_operator(std::string_view name) {
  const auto end = operator_names.begin() + static_cast<std::ptrdiff_t>(Operator::storage);
  const auto at = std::find(operator_names.begin(), end, name);
  if (at == end) return std::nullopt;
  return static_cast<Operator>(at - operator_names.begin());
}
const char* to_string(Operator op) { return operator_names[static_cast<std::size_t>(op)]; }

Model::AttentionShape Model::attention_shape(std::size_t i) const {
  const bool global = layers[i].mixer == Mixer::full_attention;
  AttentionShape s{num_attention_heads, num_key_value_heads, head_dim, v_head_dim, false, true};
  if (global && global_head_dim > 0) s.head_dim = global_head_dim;
  if (global && num_global_key_value_heads > 0) s.kv_heads = num_global_key_value_heads;
  if (layers[i].heads > 0) s.heads = layers[i].heads;
  if (layers[i].kv_heads > 0) s.kv_heads = layers[i].kv_heads;
  if (s.v_head_dim == 0) s.v_head_dim = s.head_dim;
  s.keys_are_values = global && attention_k_eq_v;
  s.owns_kv = static_cast<double>(i) < num_hidden_layers - num_kv_shared_layers;
  return s;
}

bool is_whole(const Model& m) {
  const auto described = [&](const Layer& layer) {
    const bool moe = layer.feed_forward == FeedForward::moe || layer.feed_forward == FeedForward::moe_and_dense;
    const auto has = [&](Mixer mixer) { return layer.mixer == mixer || layer.beside == mixer; };
    return (!has(Mixer::linear_attention) || m.linear_attention) && (!has(Mixer::mamba) || m.mamba) &&
           (!has(Mixer::rwkv) || m.rwkv) && (!moe || m.moe);
  };
  return m.hidden_size > 0 && m.vocab_size > 0 && m.num_attention_heads > 0 && !m.layers.empty() &&
         static_cast<double>(m.layers.size()) == m.num_hidden_layers &&
         std::all_of(m.layers.begin(), m.layers.end(), described);
}

std::vector<Tensor> tensor_inventory(const Model& model) { return Inventory(model).build(); }

namespace {

/// What the layers and what joins the hidden state with the next token's embedding weigh.
double multi_token_prediction(const Model& model) {
  const std::optional<Model> heads = multi_token_model(model);
  if (!heads) return 0;
  const double h = model.hidden_size;
  double weights = model.mtp_layers * (2 * h * h + 3 * h);
  for (const Tensor& t : tensor_inventory(*heads)) weights += t.layer >= 0 ? t.weights() : 0;
  return weights;
}

}  // namespace

std::optional<Model> multi_token_model(const Model& model) {
  if (model.mtp_layers <= 0 || model.layers.empty()) return std::nullopt;
  Model heads = model;
  Layer layer = model.layers.back();
  for (const Layer& l : model.layers) {
    if (l.mixer == Mixer::full_attention) layer.mixer = l.mixer;
    if (l.feed_forward == FeedForward::moe || layer.feed_forward == FeedForward::none)
      layer.feed_forward = l.feed_forward;
  }
  heads.layers.assign(static_cast<std::size_t>(model.mtp_layers), layer);
  heads.num_hidden_layers = model.mtp_layers;
  heads.mtp_layers = 0;
  heads.checkpoint.reset();
  return heads;
}

ParameterCounts count_parameters(const Model& model) {
  ParameterCounts counts;
  for (const Tensor& t : tensor_inventory(model)) {
    const double n = t.weights();
    counts.total += n;
    if (t.role == Role::vision || t.role == Role::audio) continue;
    counts.text += n;
    const bool lookup = t.role == Role::per_layer_token_embd || t.role == Role::position_embd ||
                        (t.role == Role::token_embd && !model.tie_word_embeddings);
    if (!lookup) counts.decode_read += is_routed(t) ? n / model.moe->num_experts * model.moe->experts_per_token : n;
  }
  counts.mtp = multi_token_prediction(model);
  return counts;
}

}  // namespace edgewise
