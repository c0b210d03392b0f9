#include <cmath>

#include "parse.h"

namespace edgewise::json {

namespace {

constexpr double max_size = 1e7;   // widths, vocabularies
constexpr double max_count = 1e4;  // layers, heads, experts

double whole(Reader& r, const char* key, double min, double max, double fallback) {
  const double x = r.number(key, min, max, fallback);
  if (x != std::floor(x)) r.error(key, "not_whole", "must be a whole number");
  return x;
}

double required_whole(Reader& r, const char* key, double min, double max) {
  if (r && !r.has(key)) r.error(key, "missing", "is required");
  return whole(r, key, min, max, min);
}

std::vector<Mixer> layer_types(Reader& config, double layers, double window) {
  std::vector<Mixer> pattern;
  const auto names = config.texts("layer_types");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "full_attention")
      pattern.push_back(Mixer::full_attention);
    else if (names[i] == "sliding_attention")
      pattern.push_back(Mixer::sliding_attention);
    else if (names[i] == "linear_attention")
      pattern.push_back(Mixer::linear_attention);
    else if (names[i] == "cross_attention")
      pattern.push_back(Mixer::cross_attention);
    else if (names[i] == "conv")
      pattern.push_back(Mixer::conv);
    else
      config.error(("layer_types[" + std::to_string(i) + "]").c_str(), "unknown_word",
                   "is \"" + names[i] +
                       "\", must be one of full_attention, sliding_attention, linear_attention, cross_attention, conv");
  }
  if (pattern.empty()) pattern.push_back(Mixer::full_attention);
  if (static_cast<double>(pattern.size()) > layers)
    config.error("layer_types", "out_of_range", "names more layers than num_hidden_layers");
  for (const Mixer m : pattern)
    if (m == Mixer::sliding_attention && window <= 0) {
      config.error("sliding_window", "missing", "is required where a layer is sliding_attention");
      break;
    }
  return pattern;
}

void hybrid_layers(Reader& config, Model& m, const std::string& pattern) {
  if (static_cast<double>(pattern.size()) != m.num_hidden_layers) {
    config.error("hybrid_pattern", "out_of_range", "must name num_hidden_layers layers");
    return;
  }
  for (const char c : pattern) {
    switch (c) {
      case 'M':
        m.layers.push_back({Mixer::mamba, FeedForward::none});
        break;
      case '*':
        m.layers.push_back({Mixer::full_attention, FeedForward::none});
        break;
      case '-':
        m.layers.push_back({Mixer::none, FeedForward::dense});
        break;
      case 'E':
        m.layers.push_back({Mixer::none, FeedForward::moe});
        break;
      default:
        config.error("hybrid_pattern", "unknown_word", std::string("has '") + c + "', must be of M, *, -, E");
        return;
    }
  }
}

/// Weights of a ViT-like tower from its dimensions: attention 4 h^2, MLP 2 h f (3 h f where gated), embeddings,
/// projector.
TowerConfig parse_vision(Reader& v, double hidden_size) {
  TowerConfig t;
  t.tokens_per_image = v.number("tokens_per_image", 0, 1e6, 0);
  t.num_layers = v.number("num_layers", 0, max_count, 0);
  t.hidden_size = v.number("hidden_size", 0, max_size, 0);
  const double f = v.number("intermediate_size", 0, max_size, 4 * t.hidden_size);
  const double patch = v.number("patch_size", 0, 1e4, 0), side = v.number("image_size", 0, 1e5, 1024);
  t.patches_per_image = patch > 0 ? std::floor(side / patch) * std::floor(side / patch) : 0;
  t.parameters = v.number("parameters", 0, 1e12, 0);
  if (t.parameters == 0) {
    const double h = t.hidden_size;
    t.parameters = t.num_layers * (4 * h * h + 2 * h * f) + 3 * patch * patch * h;
    const double in = v.object("projector").number("in", 0, max_size, h);
    t.parameters += in * hidden_size;
  }
  return t;
}

}  // namespace

Model parse_model(Reader& r) {
  Model m;
  m.id = r.required_text("id");
  m.name = r.required_text("name");
  m.family = r.required_text("family");
  r.ignore({"parameters", "counted_detail", "native_weights", "confidence", "sources", "note"});

  Reader c = r.object("config");
  if (!c) {
    r.error("config", "missing", "is required");
    return m;
  }
  m.hidden_size = required_whole(c, "hidden_size", 1, max_size);
  m.num_hidden_layers = required_whole(c, "num_hidden_layers", 1, max_count);
  m.num_attention_heads = required_whole(c, "num_attention_heads", 1, max_count);
  m.num_key_value_heads = whole(c, "num_key_value_heads", 1, max_count, m.num_attention_heads);
  m.head_dim = whole(c, "head_dim", 1, max_size, m.hidden_size / m.num_attention_heads);
  m.intermediate_size = required_whole(c, "intermediate_size", 0, max_size);
  m.vocab_size = required_whole(c, "vocab_size", 1, max_size);
  m.embedding_rows = whole(c, "embedding_rows", 0, max_size, 0);
  m.tie_word_embeddings = c.flag("tie_word_embeddings", false);
  m.gated_mlp = c.flag("gated_mlp", true);
  m.attention_bias = c.flag("attention_bias", false);
  m.attention_out_bias = c.flag("attention_out_bias", false);
  m.mlp_bias = c.flag("mlp_bias", false);
  m.lm_head_bias = c.flag("lm_head_bias", false);
  m.layer_norm = c.word("norm_type", {"rmsnorm", "layernorm"}, 0) == 1;
  m.norms_per_layer = c.number("norms_per_layer", 0, 16, 2);
  m.qk_norm = static_cast<QkNorm>(c.word("qk_norm", {"none", "per_head", "full"}, 0));
  m.sliding_window = c.number("sliding_window", 0, 1e9, 0);
  m.max_position_embeddings = c.number("max_position_embeddings", 1, 1e9, 0);
  m.attn_output_gate = c.flag("attn_output_gate", false);
  m.attention_k_eq_v = c.flag("attention_k_eq_v", false);
  m.attn_sinks = c.flag("attn_sinks", false);
  m.sub_norms = c.flag("sub_norms", false);
  c.flag("parallel_block", false);  // the same weights and work, whichever way
  m.double_wide_mlp_when_shared = c.flag("use_double_wide_mlp", false);
  m.drop_shared_kv_weights = c.flag("kv_shared_layers_drop_kv_weights", false);
  m.fused_qkv = c.flag("fused_qkv", false);
  m.fused_gate_up = c.flag("fused_gate_up", false);
  m.final_logit_softcap = c.number("final_logit_softcap", 0, 1e6, 0) > 0;
  m.num_kv_shared_layers = c.number("num_kv_shared_layers", 0, max_count, 0);
  m.global_head_dim = c.number("global_head_dim", 0, max_size, 0);
  m.num_global_key_value_heads = c.number("num_global_key_value_heads", 0, max_count, 0);
  m.laurel_rank = c.number("laurel_rank", 0, max_size, 0);
  if (Reader a = c.object("altup")) m.altup_inputs = a.number("num_inputs", 1, 64, 4);
  if (Reader s = c.object("shortconv")) m.shortconv_kernel = s.required_number("kernel", 1, 64);
  c.ignore({"hidden_act", "rope", "attn_logit_softcap", "position", "norm_position", "mtp_layers", "embed_scale",
            "query_pre_attn_scalar", "attention_multiplier", "embedding_multiplier", "logits_scaling",
            "residual_multiplier", "scale_emb", "scale_depth", "dim_model_base", "activation_sparsity", "value_norm",
            "no_rope_layer_interval"});

  if (Reader e = c.object("moe")) {
    MoeConfig x;
    x.num_experts = required_whole(e, "num_experts", 1, max_count);
    x.experts_per_token = required_whole(e, "experts_per_token", 1, x.num_experts);
    x.moe_intermediate_size = required_whole(e, "moe_intermediate_size", 1, max_size);
    x.shared_intermediate_size = e.number("shared_intermediate_size", 0, max_size, 0);
    x.first_k_dense = e.number("first_k_dense", 0, m.num_hidden_layers, 0);
    x.latent_size = e.number("latent_size", 0, max_size, 0);
    x.shared_gate = e.flag("shared_gate", false);
    x.router_bias = e.flag("router_bias", false);
    x.expert_bias = e.flag("expert_bias", false);
    x.parallel_dense = e.flag("parallel_dense", false);
    e.ignore({"norm_topk_prob", "router", "routed_scaling_factor"});
    e.finish();
    m.moe = x;
  }
  if (Reader a = c.object("mla")) {
    MlaConfig x;
    x.q_lora_rank = a.number("q_lora_rank", 0, max_size, 0);
    x.kv_lora_rank = a.required_number("kv_lora_rank", 1, max_size);
    x.qk_nope_head_dim = a.required_number("qk_nope_head_dim", 1, max_size);
    x.qk_rope_head_dim = a.required_number("qk_rope_head_dim", 0, max_size);
    x.v_head_dim = a.required_number("v_head_dim", 1, max_size);
    a.finish();
    m.mla = x;
  }
  if (Reader a = c.object("linear_attention")) {
    LinearAttentionConfig x;
    x.num_key_heads = a.required_number("num_key_heads", 1, max_count);
    x.num_value_heads = a.required_number("num_value_heads", 1, max_count);
    x.key_head_dim = a.required_number("key_head_dim", 1, max_size);
    x.value_head_dim = a.required_number("value_head_dim", 1, max_size);
    x.conv_kernel = a.required_number("conv_kernel", 1, 64);
    a.ignore({"type", "state_dtype"});
    a.finish();
    m.linear_attention = x;
  }
  if (Reader a = c.object("mamba")) {
    MambaConfig x;
    x.num_heads = a.required_number("num_heads", 1, max_count);
    x.head_dim = a.required_number("head_dim", 1, max_size);
    x.state_size = a.required_number("state_size", 1, max_size);
    x.n_groups = a.required_number("n_groups", 1, max_count);
    x.conv_kernel = a.required_number("conv_kernel", 1, 64);
    a.ignore({"state_elems_per_layer"});
    a.finish();
    m.mamba = x;
  }
  if (Reader a = c.object("rwkv")) {
    RwkvConfig x;
    x.decay_rank = a.required_number("decay_rank", 1, max_size);
    x.a_rank = a.required_number("a_rank", 1, max_size);
    x.v_rank = a.required_number("v_rank", 1, max_size);
    x.gate_rank = a.required_number("gate_rank", 1, max_size);
    a.ignore({"state"});
    a.finish();
    m.rwkv = x;
  }
  if (Reader a = c.object("per_layer_embedding")) {
    m.per_layer_embedding =
        PerLayerEmbeddingConfig{a.required_number("dim", 1, max_size), a.required_number("vocab_size", 1, max_size)};
    a.finish();
  }
  if (Reader v = c.object("vision")) m.vision = parse_vision(v, m.hidden_size);
  if (Reader v = c.object("audio")) {
    TowerConfig t;
    t.parameters = v.number("parameters", 0, 1e12, 0);
    t.num_layers = v.number("num_layers", 0, max_count, 0);
    t.hidden_size = v.number("hidden_size", 0, max_size, 0);
    // A conformer layer holds about 24 h^2 weights: two MLPs of 8 h^2 each, attention 4 h^2, convolution 4 h^2.
    if (t.parameters == 0) t.parameters = 24 * t.num_layers * t.hidden_size * t.hidden_size;
    m.audio = t;
  }

  const std::string hybrid = c.text("hybrid_pattern");
  if (!hybrid.empty()) {
    hybrid_layers(c, m, hybrid);
  } else if (m.rwkv) {
    m.layers.assign(static_cast<std::size_t>(m.num_hidden_layers), {Mixer::rwkv, FeedForward::dense});
  } else {
    const auto pattern = layer_types(c, m.num_hidden_layers, m.sliding_window);
    for (std::size_t i = 0; i < static_cast<std::size_t>(m.num_hidden_layers); ++i) {
      FeedForward ff = FeedForward::dense;
      if (m.moe && static_cast<double>(i) >= m.moe->first_k_dense)
        ff = m.moe->parallel_dense ? FeedForward::moe_and_dense : FeedForward::moe;
      m.layers.push_back({pattern[i % pattern.size()], ff});
    }
  }
  for (const Layer& layer : m.layers) {
    const bool lacks = (layer.mixer == Mixer::linear_attention && !m.linear_attention) ||
                       (layer.mixer == Mixer::mamba && !m.mamba) ||
                       (layer.mixer == Mixer::conv && m.shortconv_kernel <= 0);
    if (lacks) {
      c.error("layer_types", "missing",
              "names a kind of layer whose dimensions (linear_attention, mamba or shortconv) are missing");
      break;
    }
    if (layer.feed_forward == FeedForward::moe && !m.moe) {
      c.error("moe", "missing", "is required by hybrid_pattern");
      break;
    }
  }
  c.finish();
  return m;
}

}  // namespace edgewise::json
