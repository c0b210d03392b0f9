#include <algorithm>
#include <cmath>

#include "parse.h"

namespace edgewise::json {

namespace {

struct LayerType {
  const char* word;
  Mixer mixer;
  Mixer beside;
};
constexpr LayerType layer_type_words[] = {{"full_attention", Mixer::full_attention, Mixer::none},
                                          {"sliding_attention", Mixer::sliding_attention, Mixer::none},
                                          {"linear_attention", Mixer::linear_attention, Mixer::none},
                                          {"cross_attention", Mixer::cross_attention, Mixer::none},
                                          {"conv", Mixer::conv, Mixer::none},
                                          {"mamba", Mixer::mamba, Mixer::none},
                                          {"hybrid", Mixer::full_attention, Mixer::mamba},
                                          {"none", Mixer::none, Mixer::none}};

/// One row of `words` for each of the names, an error where there is none.
template <class Row, std::size_t n>
std::vector<Row> named_rows(Reader& config, const char* key, const std::vector<std::string>& names,
                            const Row (&words)[n]) {
  std::vector<Row> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto it =
        std::find_if(std::begin(words), std::end(words), [&](const Row& row) { return names[i] == row.word; });
    if (it != std::end(words)) {
      out.push_back(*it);
      continue;
    }
    if constexpr (Reader::reads_of_others) {
      std::string list;
      for (const Row& row : words) list += (list.empty() ? "" : ", ") + std::string(row.word);
      config.error((std::string(key) + "[" + std::to_string(i) + "]").c_str(), "unknown_word",
                   {"is \"", names[i], "\", must be one of ", list});
    }
  }
  return out;
}

std::vector<LayerType> layer_types(Reader& config, const std::vector<std::string>& names, double layers,
                                   double window) {
  std::vector<LayerType> pattern = named_rows(config, "layer_types", names, layer_type_words);
  if (pattern.empty()) pattern.push_back(layer_type_words[0]);
  if (static_cast<double>(pattern.size()) > layers)
    config.error("layer_types", "out_of_range", "names more layers than num_hidden_layers");
  for (const LayerType& type : pattern)
    if (type.mixer == Mixer::sliding_attention && window <= 0) {
      config.error("sliding_window", "missing", "is required where a layer is sliding_attention");
      break;
    }
  return pattern;
}

struct MlpLayerType {
  const char* word;
  FeedForward feed_forward;
};
constexpr MlpLayerType mlp_layer_type_words[] = {{"dense", FeedForward::dense},
                                                 {"sparse", FeedForward::moe},
                                                 {"sparse_and_dense", FeedForward::moe_and_dense},
                                                 {"none", FeedForward::none}};

/// A number for each layer; empty where the config states one for all.
std::vector<double> per_layer(Reader& config, const char* key, double layers, double max) {
  config.unread({{key, Holds::wholes}});
  std::vector<double> out;
  const Json* v = config.any(key);
  if (!v || !v->is_array()) return out;
  for (const Json& x : *v) out.push_back(x.is_number() ? x.get<double>() : 0);
  if (static_cast<double>(out.size()) != layers)
    config.error(key, "out_of_range", "must state num_hidden_layers numbers");
  else if (std::any_of(out.begin(), out.end(), [&](double x) { return !(x <= max); }))
    config.error(key, "out_of_range", {"holds a number above ", max});
  else
    return out;
  return {};
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
        config.error("hybrid_pattern", "unknown_word", {"has '", std::string_view(&c, 1), "', must be of M, *, -, E"});
        return;
    }
  }
}

/// How positions are told apart changes neither weights nor work.
void parse_rope(Reader& rope) {
  const auto share = [](Reader& r) { r.positive("partial_rotary_factor", 1); };
  rope.unread({{"theta", Holds::positive}, {"local_theta", Holds::positive}});
  share(rope);
  rope.unread({{"rope_ratio", Holds::positive}});
  if (Reader s = rope.object("scaling")) {
    s.word("type", {"linear", "llama3", "yarn", "longrope", "mrope", "dynamic", "su"}, 0);
    s.unread({{"factor", Holds::positive},
              {"low_freq_factor", Holds::positive},
              {"high_freq_factor", Holds::positive},
              {"original_max_position_embeddings", Holds::count},
              {"mrope_section", Holds::wholes},
              {"interleaved", Holds::flag},
              {"applies_to", Holds::text}});
    s.wanted({"type"});
    s.finish();
  }
  Reader full = rope.object("full");
  full.unread({{"theta", Holds::positive}});
  share(full);
  full.unread({{"type", Holds::text}});
  full.finish();
  Reader sliding = rope.object("sliding");
  sliding.unread({{"theta", Holds::positive}});
  sliding.finish();
  rope.finish();
}

MoeConfig parse_moe(Reader& e, double layers) {
  MoeConfig x;
  x.num_experts = e.required_whole("num_experts", 1, max_count);
  x.experts_per_token = e.required_whole("experts_per_token", 1, x.num_experts);
  x.moe_intermediate_size = e.required_whole("moe_intermediate_size", 1, max_size);
  x.shared_intermediate_size = e.amount("shared_intermediate_size", max_size);
  x.first_k_dense = e.amount("first_k_dense", layers);
  x.shared_gate = e.mark("shared_gate");
  e.unread({{"router", Holds::text}});
  x.router_bias = e.mark("router_bias");
  x.expert_bias = e.mark("expert_bias");
  x.parallel_dense = e.mark("parallel_dense");
  x.latent_size = e.amount("latent_size", max_size);
  x.zero_experts = e.amount("zero_experts", max_count);
  e.unread({{"norm_topk_prob", Holds::mark}, {"routed_scaling_factor", Holds::positive}});
  e.finish();
  return x;
}

MlaConfig parse_mla(Reader& a) {
  MlaConfig x;
  x.q_lora_rank = a.amount("q_lora_rank", max_size);
  x.kv_lora_rank = a.required_whole("kv_lora_rank", 1, max_size);
  x.qk_nope_head_dim = a.required_whole("qk_nope_head_dim", 1, max_size);
  x.qk_rope_head_dim = a.required_whole("qk_rope_head_dim", 0, max_size);
  x.v_head_dim = a.required_whole("v_head_dim", 1, max_size);
  x.index_n_heads = a.amount("index_n_heads", max_count);
  x.index_head_dim = a.amount("index_head_dim", max_size);
  x.expanded = a.flag("expanded", false);
  a.finish();
  return x;
}

CompressedAttentionConfig parse_compressed_attention(Reader& a) {
  CompressedAttentionConfig x;
  x.q_lora_rank = a.required_whole("q_lora_rank", 1, max_size);
  x.o_groups = a.required_whole("o_groups", 1, max_count);
  x.o_lora_rank = a.required_whole("o_lora_rank", 1, max_size);
  x.index_n_heads = a.required_whole("index_n_heads", 1, max_count);
  x.index_head_dim = a.required_whole("index_head_dim", 1, max_size);
  a.finish();
  return x;
}

LinearAttentionConfig parse_linear_attention(Reader& a) {
  LinearAttentionConfig x;
  x.type = static_cast<LinearAttention>(
      a.word("type", {"gated_deltanet", "kimi_delta_attention", "lightning_attention"}, 0));
  x.num_key_heads = a.required_whole("num_key_heads", 1, max_count);
  x.num_value_heads = a.required_whole("num_value_heads", 1, max_count);
  x.key_head_dim = a.required_whole("key_head_dim", 1, max_size);
  x.value_head_dim = a.required_whole("value_head_dim", 1, max_size);
  x.conv_kernel = a.whole("conv_kernel", 1, 64, 0);
  a.word("state_dtype", {"float32"}, 0);
  a.finish();
  return x;
}

MambaConfig parse_mamba(Reader& a) {
  MambaConfig x;
  x.num_heads = a.required_whole("num_heads", 1, max_count);
  x.head_dim = a.required_whole("head_dim", 1, max_size);
  x.state_size = a.required_whole("state_size", 1, max_size);
  x.n_groups = a.required_whole("n_groups", 1, max_count);
  x.conv_kernel = a.required_whole("conv_kernel", 1, 64);
  x.dt_rank = a.amount("dt_rank", max_size);
  x.proj_bias = a.mark("proj_bias");
  x.conv_bias = a.flag("conv_bias", true);
  x.norm = a.flag("norm", true);
  a.unread({{"state_elems_per_layer", Holds::count}});
  a.finish();
  return x;
}

RwkvConfig parse_rwkv(Reader& a) {
  RwkvConfig x;
  x.decay_rank = a.required_whole("decay_rank", 1, max_size);
  x.a_rank = a.required_whole("a_rank", 1, max_size);
  x.v_rank = a.required_whole("v_rank", 1, max_size);
  x.gate_rank = a.required_whole("gate_rank", 1, max_size);
  a.unread({{"state", Holds::text}});
  a.finish();
  return x;
}

/// What people published, and what was counted of the tensors: the engine counts for itself.
void parse_counts(Reader& r) {
  Reader p = r.object("parameters");
  p.unread({{"published", Holds::positive}});
  p.word("scope", {"text", "total"}, 0);
  p.unread({{"source", Holds::text},
            {"published_text", Holds::positive},
            {"counted_text", Holds::count},
            {"counted_total", Holds::count},
            {"decode_read", Holds::count}});
  p.finish();
  Reader d = r.object("counted_detail");
  for (const char* part :
       {"embedding", "lm_head", "attention", "mlp_active", "moe_idle", "norms", "mamba", "other",
        "per_layer_embedding_table", "layers", "text", "decode_read", "vision", "projector", "audio", "total"})
    d.unread({{part, Holds::whole}});
  d.finish();
}

/// Tensors that the config does not describe would be computed wrongly.
void check_stored(Reader& k, const Model& m) {
  if (!Reader::reads_of_others || !m.checkpoint || m.checkpoint->tensors.empty() || !is_whole(m)) return;
  double stored = 0, further = 0, towers = 0;
  for (const StoredTensors& t : m.checkpoint->tensors)
    (t.role == Role::mtp ? further : t.role == Role::vision || t.role == Role::audio ? towers : stored) += t.weights;
  if (further > stored)
    k.error("tensors", "inconsistent", "predict further tokens with more weights than the model has");
  if (towers > 0.005 * stored && !m.vision && !m.audio)
    k.error("tensors", "unsupported",
            {"hold a tower of ", count(towers), " weights, which the config does not describe"});
  const double described = count_parameters(m).text;
  if (std::fabs(described - stored) > 0.005 * stored)
    k.error("tensors", "unsupported",
            {"hold ", count(stored), " weights, of which this program describes ", count(described)});
}

}  // namespace

Model parse_model(Reader& r, FormatTable& formats, std::vector<std::string>& aliases) {
  Model m;
  m.id = r.required_id("id");
  m.name = r.required_text("name");
  m.family = r.required_text("family");
  const std::string repo = r.text("hf_repo");
  m.licence = r.text("licence");
  aliases = r.aliases();
  if (!repo.empty()) aliases.push_back(repo);

  Reader c = r.object("config");
  if (!c) {
    r.error("config", "missing", "is required");
    return m;
  }
  m.model_type = c.text("model_type", m.family);
  m.hidden_size = c.required_whole("hidden_size", 1, max_size);
  m.intermediate_size = c.required_whole("intermediate_size", 0, max_size);
  m.num_hidden_layers = c.required_whole("num_hidden_layers", 1, max_count);
  m.num_attention_heads = c.required_whole("num_attention_heads", 1, max_count);
  m.num_key_value_heads = c.whole("num_key_value_heads", 1, max_count, m.num_attention_heads);
  m.head_dim = c.whole("head_dim", 1, max_size, m.hidden_size / m.num_attention_heads);
  m.v_head_dim = c.amount("v_head_dim", max_size);
  const auto heads = per_layer(c, "num_attention_heads_per_layer", m.num_hidden_layers, max_count),
             kv_heads = per_layer(c, "num_key_value_heads_per_layer", m.num_hidden_layers, max_count),
             widths = per_layer(c, "intermediate_size_per_layer", m.num_hidden_layers, max_size);
  m.vocab_size = c.required_whole("vocab_size", 1, max_size);
  m.embedding_rows = c.amount("embedding_rows", max_size);
  m.position_rows = c.amount("position_rows", max_size);
  m.tie_word_embeddings = c.flag("tie_word_embeddings", false);
  c.unread({{"hidden_act", Holds::text}});
  m.gated_mlp = c.flag("gated_mlp", true);
  m.attention_bias = c.flag("attention_bias", false);
  m.attention_out_bias = c.mark("attention_out_bias");
  m.mlp_bias = c.mark("mlp_bias");
  m.lm_head_bias = c.mark("lm_head_bias");
  m.layer_norm = c.word("norm_type", {"rmsnorm", "layernorm"}, 0) == 1;
  m.norms_per_layer = c.whole("norms_per_layer", 0, 16, 2);
  c.word("norm_position", {"post"}, 0);
  m.sub_norms = c.mark("sub_norms");
  m.embedding_norm = c.mark("embedding_norm");
  c.unread({{"parallel_block", Holds::mark}});  // the same weights and work, whichever way
  m.qk_norm = static_cast<QkNorm>(c.word("qk_norm", {"none", "per_head", "full"}, 0));
  c.unread({{"value_norm", Holds::mark}});
  m.sliding_window = c.amount("sliding_window", 1e9);
  const std::vector<std::string> names = c.texts("layer_types", true);
  const std::vector<std::string> mlp_names = c.texts("mlp_layer_types", true);
  const std::string hybrid = c.text("hybrid_pattern");
  m.max_position_embeddings = c.whole("max_position_embeddings", 1, 1e9, 0);
  c.word("position", {"alibi", "none"}, 0);
  if (Reader rope = c.object("rope")) parse_rope(rope);
  c.unread({{"no_rope_layer_interval", Holds::count}, {"attn_logit_softcap", Holds::positive}});
  m.final_logit_softcap = c.positive("final_logit_softcap", 1e6) > 0;
  c.unread({{"query_pre_attn_scalar", Holds::positive},
            {"attention_multiplier", Holds::positive},
            {"embedding_multiplier", Holds::positive},
            {"residual_multiplier", Holds::positive},
            {"logits_scaling", Holds::positive},
            {"embed_scale", Holds::text},
            {"scale_emb", Holds::positive},
            {"scale_depth", Holds::positive},
            {"dim_model_base", Holds::positive}});
  m.attn_sinks = c.mark("attn_sinks");
  m.attn_output_gate = c.mark("attn_output_gate");
  m.attn_head_gate = c.mark("attn_head_gate");
  m.fused_qkv = c.mark("fused_qkv");
  m.fused_gate_up = c.mark("fused_gate_up");
  if (Reader a = c.object("activation_sparsity")) {
    a.unread({{"first_layers", Holds::count}});
    a.positive("fraction", 1);
    a.wanted({"first_layers", "fraction"});
    a.finish();
  }
  if (Reader e = c.object("moe")) m.moe = parse_moe(e, m.num_hidden_layers);
  if (Reader a = c.object("mla")) m.mla = parse_mla(a);
  if (Reader a = c.object("compressed_attention")) m.compressed_attention = parse_compressed_attention(a);
  const auto ratios = per_layer(c, "compress_ratios", m.num_hidden_layers, max_size);
  if (m.compressed_attention && m.sliding_window <= 0)
    c.error("sliding_window", "missing", "is required by compressed_attention");
  if (Reader a = c.object("per_layer_embedding")) {
    const double dim = a.required_whole("dim", 1, max_size);
    m.per_layer_embedding = PerLayerEmbeddingConfig{dim, a.required_whole("vocab_size", 1, max_size)};
    a.finish();
  }
  if (Reader a = c.object("altup")) {
    m.altup_inputs = a.whole("num_inputs", 1, 64, 4);
    a.unread({{"active_idx", Holds::whole}});
    a.wanted({"num_inputs"});
    a.finish();
  }
  m.laurel_rank = c.amount("laurel_rank", max_size);
  m.residual_streams = c.amount("residual_streams", 64);
  if (Reader a = c.object("linear_attention")) m.linear_attention = parse_linear_attention(a);
  if (Reader s = c.object("shortconv")) {
    m.shortconv_kernel = s.required_whole("kernel", 1, 64);
    s.finish();
  }
  if (Reader a = c.object("mamba")) m.mamba = parse_mamba(a);
  if (Reader a = c.object("rwkv")) m.rwkv = parse_rwkv(a);
  m.global_head_dim = c.amount("global_head_dim", max_size);
  m.num_global_key_value_heads = c.amount("num_global_key_value_heads", max_count);
  m.attention_k_eq_v = c.mark("attention_k_eq_v");
  m.num_kv_shared_layers = c.amount("num_kv_shared_layers", m.num_hidden_layers - 1);  // one has the cache
  m.drop_shared_kv_weights = c.mark("kv_shared_layers_drop_kv_weights");
  m.double_wide_mlp_when_shared = c.mark("use_double_wide_mlp");
  m.mtp_layers = c.amount("mtp_layers", max_count);
  if (Reader v = c.object("vision")) m.vision = parse_vision(v, m.hidden_size);
  if (Reader v = c.object("audio")) m.audio = parse_audio(v, m.hidden_size);
  c.wanted({"num_key_value_heads", "head_dim", "tie_word_embeddings", "hidden_act", "gated_mlp", "attention_bias",
            "norm_type", "norms_per_layer", "max_position_embeddings"});

  if (!hybrid.empty()) {
    hybrid_layers(c, m, hybrid);
  } else if (m.rwkv) {
    m.layers.assign(static_cast<std::size_t>(m.num_hidden_layers), {Mixer::rwkv, FeedForward::dense});
  } else {
    const auto pattern = layer_types(c, names, m.num_hidden_layers, m.sliding_window);
    const auto mlps = named_rows(c, "mlp_layer_types", mlp_names, mlp_layer_type_words);
    for (std::size_t i = 0; i < static_cast<std::size_t>(m.num_hidden_layers); ++i) {
      FeedForward ff = FeedForward::dense;
      if (!mlps.empty())
        ff = mlps[i % mlps.size()].feed_forward;
      else if (m.moe && static_cast<double>(i) >= m.moe->first_k_dense)
        ff = m.moe->parallel_dense ? FeedForward::moe_and_dense : FeedForward::moe;
      Layer layer{pattern[i % pattern.size()].mixer, ff, pattern[i % pattern.size()].beside};
      if (!heads.empty()) layer.heads = heads[i];
      if (!kv_heads.empty()) layer.kv_heads = kv_heads[i];
      if (!widths.empty()) layer.intermediate_size = widths[i];
      if (!ratios.empty()) layer.compress_ratio = ratios[i];
      m.layers.push_back(layer);
    }
  }
  for (const Layer& layer : m.layers) {
    const auto lacks = [&](Mixer mixer, bool described) {
      return (layer.mixer == mixer || layer.beside == mixer) && !described;
    };
    if (lacks(Mixer::linear_attention, m.linear_attention.has_value()) || lacks(Mixer::mamba, m.mamba.has_value()) ||
        lacks(Mixer::conv, m.shortconv_kernel > 0)) {
      c.error("layer_types", "missing",
              "names a kind of layer whose dimensions (linear_attention, mamba or shortconv) are missing");
      break;
    }
    if ((layer.feed_forward == FeedForward::moe || layer.feed_forward == FeedForward::moe_and_dense) && !m.moe) {
      c.error("moe", "missing", {"is required by ", hybrid.empty() ? "mlp_layer_types" : "hybrid_pattern"});
      break;
    }
  }
  c.finish();
  if (Reader k = r.object("checkpoint")) {
    m.checkpoint = parse_checkpoint(k, formats);
    check_stored(k, m);
  }
  parse_counts(r);
  r.unread({{"native_weights", Holds::text}});
  r.word("confidence", {"read", "assumed"}, 0);
  r.unread({{"sources", Holds::texts}, {"note", Holds::text}});
  r.wanted({"parameters", "confidence", "sources"});
  return m;
}

}  // namespace edgewise::json
