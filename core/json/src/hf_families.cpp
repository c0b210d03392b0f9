// What only one family of models does.

#include <algorithm>
#include <cmath>

#include "hf_translation.h"
#include "parse.h"

namespace edgewise::json {

namespace {

double round_up(double x, double multiple) { return multiple * std::floor((x + multiple - 1) / multiple); }

}  // namespace

void HfTranslation::family() {
  struct Row {
    const char* model_type;
    Family own;
  };
  using T = HfTranslation;
  static constexpr Row rows[] = {{"bailing_moe_linear", &T::lightning},
                                 {"bamba", &T::bamba},
                                 {"dbrx", &T::dbrx},
                                 {"deepseek_v4", &T::deepseek_v4},
                                 {"falcon", &T::falcon},
                                 {"falcon_h1", &T::falcon_h1},
                                 {"gemma3n", &T::gemma_3n},
                                 {"gemma4", &T::gemma_4},
                                 {"gpt2", &T::gpt_2},
                                 {"gpt_bigcode", &T::gpt_bigcode},
                                 {"granitemoehybrid", &T::granite_hybrid},
                                 {"hunyuan", &T::hunyuan},
                                 {"internlm", &T::internlm_1},
                                 {"jamba", &T::jamba},
                                 {"kimi_linear", &T::kimi_linear},
                                 {"laguna", &T::laguna},
                                 {"lfm2", &T::lfm_2},
                                 {"lfm2_moe", &T::lfm_2},
                                 {"llama4", &T::llama_4},
                                 {"longcat_flash", &T::longcat},
                                 {"mamba", &T::mamba_only},
                                 {"mamba2", &T::mamba_only},
                                 {"mimo_v2_flash", &T::mimo_v2},
                                 {"minimax", &T::minimax},
                                 {"mllama", &T::mllama},
                                 {"molmo", &T::molmo},
                                 {"mpt", &T::mpt},
                                 {"nemotron-nas", &T::nemotron_nas},
                                 {"nemotron_h", &T::nemotron_h},
                                 {"openelm", &T::openelm},
                                 {"opt", &T::opt},
                                 {"phi3small", &T::phi_3_small},
                                 {"qwen", &T::qwen_1},
                                 {"rwkv7", &T::rwkv_7},
                                 {"stablelm", &T::stablelm},
                                 {"step3p5", &T::step_3}};
  for (const Row& row : rows)
    if (is(row.model_type)) (this->*row.own)();
}

void HfTranslation::place(const std::vector<double>& at, const char* there, const char* elsewhere) {
  Json pattern = Json::array();
  for (double i = 0; i < std::min(layers_, most_layers); ++i)
    pattern.push_back(std::find(at.begin(), at.end(), i) != at.end() ? there : elsewhere);
  c_["layer_types"] = pattern;
}

double HfTranslation::per_layer(const char* key, const char* preset_key) {
  const std::vector<double> values = numbers(key);
  if (values.empty()) return 0;
  c_[preset_key] = values;
  return *std::max_element(values.begin(), values.end());
}

// Gemma

void HfTranslation::per_layer_embedding() {
  const double dim = whole("hidden_size_per_layer_input", 0);
  if (dim > 0) c_["per_layer_embedding"] = {{"dim", dim}, {"vocab_size", required("vocab_size_per_layer_input")}};
  c_["num_kv_shared_layers"] = whole("num_kv_shared_layers", 0);
}

void HfTranslation::gemma_3n() {
  per_layer_embedding();
  c_["altup"] = {{"num_inputs", required("altup_num_inputs")}};
  c_["laurel_rank"] = required("laurel_rank");
}

void HfTranslation::gemma_4() {
  per_layer_embedding();
  if (c_["num_kv_shared_layers"] > 0) c_["kv_shared_layers_drop_kv_weights"] = true;
  c_["use_double_wide_mlp"] = t_.flag("use_double_wide_mlp", false);
  c_["global_head_dim"] = whole("global_head_dim", head_dim_);
  c_["attention_k_eq_v"] = t_.flag("attention_k_eq_v", false);
  if (const double kv = whole("num_global_key_value_heads", 0); kv > 0) c_["num_global_key_value_heads"] = kv;
  if (!c_.contains("moe")) return;
  c_["moe"]["parallel_dense"] = true;
  c_["norms_per_layer"] = 7;
}

// State space models and hybrids

void HfTranslation::mamba_only() {
  c_["layer_types"] = {"mamba"};
  c_["mlp_layer_types"] = {"none"};
  const double inner = is("mamba") ? whole("intermediate_size", whole("expand", 2) * hidden_) : 0;
  c_["intermediate_size"] = 0;
  if (is("mamba"))
    mamba_1(inner, "state_size", "conv_kernel");
  else
    mamba_2("num_heads", "head_dim", "state_size", "n_groups", "conv_kernel");
}

void HfTranslation::jamba() {
  const double period = std::max(1.0, whole("attn_layer_period", 8)), offset = whole("attn_layer_offset", 4);
  if (!c_.contains("layer_types")) {
    std::vector<double> attending;
    for (double i = offset; i < std::min(layers_, most_layers); i += period) attending.push_back(i);
    place(attending, "full_attention", "mamba");
  }
  mamba_1(whole("mamba_expand", 2) * hidden_, "mamba_d_state", "mamba_d_conv");
}

void HfTranslation::bamba() {
  if (!c_.contains("layer_types")) place(numbers("attn_layer_indices"), "full_attention", "mamba");
  mamba_2("mamba_n_heads", "mamba_d_head", "mamba_d_state", "mamba_n_groups", "mamba_d_conv");
}

void HfTranslation::falcon_h1() {
  c_["layer_types"] = {"hybrid"};
  mamba_2("mamba_n_heads", "mamba_d_head", "mamba_d_state", "mamba_n_groups", "mamba_d_conv");
}

void HfTranslation::granite_hybrid() {
  const Json types = c_.value("layer_types", Json::array());
  if (std::find(types.begin(), types.end(), "mamba") != types.end() || types.empty()) {
    if (types.empty()) c_["layer_types"] = {"mamba"};
    mamba_2("mamba_n_heads", "mamba_d_head", "mamba_d_state", "mamba_n_groups", "mamba_d_conv");
  }
  // Without experts the shared MLP is the layer's only one.
  if (!c_.contains("moe")) c_["intermediate_size"] = whole("shared_intermediate_size", 1);
}

void HfTranslation::nemotron_h() {
  std::string pattern = t_.text("hybrid_override_pattern");
  for (const std::string& type : t_.texts("layers_block_type", true))
    pattern += type == "mamba" ? 'M' : type == "attention" ? '*' : type == "mlp" ? '-' : type == "moe" ? 'E' : '?';
  if (pattern.empty()) t_.error("hybrid_override_pattern", "missing", "is required");
  c_["hybrid_pattern"] = pattern;
  mamba_2("mamba_num_heads", "mamba_head_dim", "ssm_state_size", "n_groups", "conv_kernel");
}

void HfTranslation::lfm_2() {
  c_["shortconv"] = {{"kernel", whole("conv_L_cache", 3)}};
  if (is("lfm2")) {
    double width = required(t_.has("block_ff_dim") ? "block_ff_dim" : "intermediate_size");
    if (t_.flag("block_auto_adjust_ff_dim", true))
      width = round_up(std::floor(std::floor(2 * width / 3) * t_.number("block_ffn_dim_multiplier", 0, 100, 1)),
                       std::max(1.0, whole("block_multiple_of", 256)));
    c_["intermediate_size"] = width;
  }
  if (c_.contains("layer_types")) return;
  if (!t_.has("full_attn_idxs")) return t_.error("layer_types", "missing", "is required");
  place(numbers("full_attn_idxs"), "full_attention", "conv");
}

void HfTranslation::rwkv_7() {
  const double dim = std::max(1.0, whole("head_dim", 64));
  c_["head_dim"] = dim;
  c_["num_attention_heads"] = c_["num_key_value_heads"] = std::max(1.0, std::floor(hidden_ / dim));
  c_["rwkv"] = {{"decay_rank", required("decay_low_rank_dim")},
                {"a_rank", required("a_low_rank_dim")},
                {"v_rank", required("v_low_rank_dim")},
                {"gate_rank", required("gate_low_rank_dim")}};
}

// Linear attention

void HfTranslation::kimi_linear() {
  Reader l = t_.object("linear_attn_config");
  if (!l) return t_.error("linear_attn_config", "missing", "is required");
  HfTranslation inner(l, a_, type_);
  const double heads = inner.required("num_heads"), dim = inner.required("head_dim");
  std::vector<double> attending = inner.numbers("full_attn_layers");
  for (double& i : attending) i -= 1;  // counted from 1
  place(attending, "full_attention", "linear_attention");
  c_["linear_attention"] = {
      {"type", "kimi_delta_attention"}, {"num_key_heads", heads},
      {"num_value_heads", heads},       {"key_head_dim", dim},
      {"value_head_dim", dim},          {"conv_kernel", inner.required("short_conv_kernel_size")}};
}

void HfTranslation::lightning_attention() {
  c_["linear_attention"] = {{"type", "lightning_attention"},
                            {"num_key_heads", heads_},
                            {"num_value_heads", heads_},
                            {"key_head_dim", head_dim_},
                            {"value_head_dim", head_dim_}};
}

void HfTranslation::lightning() {
  lightning_attention();
  if (t_.has("kv_lora_rank")) latent_attention();
  const double group = std::max(1.0, required("layer_group_size"));
  std::vector<double> attending;
  // The last layer of each group attends, and what is left over after whole groups.
  for (double i = 0; i < std::min(layers_, most_layers); ++i)
    if (std::fmod(i + 1, group) == 0 || i >= std::floor(layers_ / group) * group) attending.push_back(i);
  place(attending, "full_attention", "linear_attention");
}

void HfTranslation::minimax() {
  lightning_attention();
  if (c_.contains("layer_types")) return;
  std::vector<double> attending;
  const std::vector<double> types = numbers("attn_type_list");
  if (types.empty()) return t_.error("layer_types", "missing", "is required");
  for (std::size_t i = 0; i < types.size(); ++i)
    if (types[i] > 0) attending.push_back(static_cast<double>(i));
  place(attending, "full_attention", "linear_attention");
}

// Layers that differ

void HfTranslation::llama_4() {
  c_["intermediate_size"] = required("intermediate_size_mlp");
  const double chunk = whole("attention_chunk_size", 0);
  if (chunk == 0 || c_.contains("layer_types")) return;
  std::vector<double> everywhere, rope = numbers("no_rope_layers");  // 1: the layer has rotary positions, and chunks
  const double interval = std::max(1.0, whole("no_rope_layer_interval", 4));
  for (double i = 0; i < std::min(layers_, most_layers); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (rope.empty() ? std::fmod(i + 1, interval) == 0 : at >= rope.size() || rope[at] == 0) everywhere.push_back(i);
  }
  c_["sliding_window"] = chunk;
  place(everywhere, "full_attention", "sliding_attention");
}

void HfTranslation::mllama() {
  std::vector<double> cross = numbers("cross_attention_layers");
  if (cross.empty()) cross = {3, 8, 13, 18, 23, 28, 33, 38};
  place(cross, "cross_attention", "full_attention");
  c_["embedding_rows"] = required("vocab_size") + 8;  // the image token's, and padding
}

void HfTranslation::mimo_v2() {
  c_["num_global_key_value_heads"] = c_["num_key_value_heads"];
  c_["num_key_value_heads"] = whole("swa_num_key_value_heads", c_["num_key_value_heads"].get<double>());
  c_["v_head_dim"] = whole("v_head_dim", head_dim_);
  if (t_.flag("add_swa_attention_sink_bias", false)) c_["attn_sinks"] = true;
  if (whole("swa_head_dim", head_dim_) != head_dim_) unsupported("swa_head_dim", "differs from head_dim");
}

void HfTranslation::step_3() {
  if (!t_.flag("use_head_wise_attn_gate", true)) c_.erase("attn_head_gate");
  Reader other = t_.object("attention_other_setting");
  if (!other || !c_.contains("layer_types")) return;
  HfTranslation sliding(other, a_, type_);
  const double heads = sliding.whole("num_attention_heads", heads_),
               kv_heads = sliding.whole("num_key_value_heads", c_["num_key_value_heads"].get<double>());
  Json all = Json::array(), all_kv = Json::array();
  for (const Json& type : c_["layer_types"]) {
    all.push_back(type == "sliding_attention" ? heads : heads_);
    all_kv.push_back(type == "sliding_attention" ? kv_heads : c_["num_key_value_heads"].get<double>());
  }
  c_["num_attention_heads_per_layer"] = all;
  c_["num_key_value_heads_per_layer"] = all_kv;
}

void HfTranslation::deepseek_v4() {
  c_["compressed_attention"] = {{"q_lora_rank", required("q_lora_rank")},
                                {"o_groups", required("o_groups")},
                                {"o_lora_rank", required("o_lora_rank")},
                                {"index_n_heads", required("index_n_heads")},
                                {"index_head_dim", required("index_head_dim")}};
  c_["sliding_window"] = required("sliding_window");
  c_["residual_streams"] = whole("hc_mult", 4);
  std::vector<double> ratios = numbers("compress_ratios");
  if (static_cast<double>(ratios.size()) < layers_)
    return t_.error("compress_ratios", "missing", "is required, with a number for each layer");
  ratios.resize(static_cast<std::size_t>(layers_));  // those of multi-token-prediction layers follow
  c_["compress_ratios"] = ratios;
}

void HfTranslation::laguna() {
  per_layer("num_attention_heads_per_layer", "num_attention_heads_per_layer");
  if (const Json* gating = t_.any("gating"); gating && *gating == false) c_.erase("attn_head_gate");
}

void HfTranslation::nemotron_nas() {
  Json types = Json::array(), mlps = Json::array(), kv = Json::array(), widths = Json::array();
  double widest = 1;
  for (Reader& block : t_.objects("block_configs")) {
    Reader a = block.object("attention"), f = block.object("ffn");
    for (Reader* part : {&a, &f})
      if (*part && part->flag("replace_with_linear", false))
        part->error("replace_with_linear", "unsupported", "is not supported");
    const bool attends = a && !a.flag("no_op", false), has_mlp = f && !f.flag("no_op", false);
    const double in_group = attends ? std::max(1.0, a.number("n_heads_in_group", 0, 1e4, 1)) : 1;
    double width = 0;
    if (has_mlp)
      width = f.has("intermediate_size") ? f.number("intermediate_size", 0, max_size, 1)
                                         : round_up(std::floor(2 * f.number("ffn_mult", 0, 1e3, 1) * hidden_ / 3), 256);
    types.push_back(attends ? "full_attention" : "none");
    mlps.push_back(has_mlp ? "dense" : "none");
    kv.push_back(attends ? std::floor(heads_ / in_group) : 0);
    widths.push_back(width);
    widest = std::max(widest, width);
  }
  if (types.empty()) return t_.error("block_configs", "missing", "is required");
  c_["layer_types"] = types;
  c_["mlp_layer_types"] = mlps;
  c_["num_key_value_heads_per_layer"] = kv;
  c_["intermediate_size_per_layer"] = widths;
  c_["intermediate_size"] = widest;
}

/// Layers that widen: heads are listed, MLPs given as multiples of the width (OpenELM, arXiv 2404.14619).
void HfTranslation::openelm() {
  per_layer("num_query_heads", "num_attention_heads_per_layer");
  c_["num_key_value_heads"] = per_layer("num_kv_heads", "num_key_value_heads_per_layer");
  const double divisor = std::max(1.0, whole("ffn_dim_divisor", 256));
  Json widths = Json::array();
  double widest = 1;
  const Json* multipliers = t_.any("ffn_multipliers");
  if (!multipliers || !multipliers->is_array()) return t_.error("ffn_multipliers", "missing", "is required");
  for (const double times : numbers("ffn_multipliers")) {
    const double wanted = times * hidden_;
    double width = std::max(divisor, std::floor((wanted + divisor / 2) / divisor) * divisor);
    if (width < 0.9 * wanted) width += divisor;
    widths.push_back(width);
    widest = std::max(widest, width);
  }
  c_["intermediate_size_per_layer"] = widths;
  c_["intermediate_size"] = widest;
  c_["gated_mlp"] = t_.flag("ffn_with_glu", true);
  if (t_.flag("normalize_qk_projections", true)) c_["qk_norm"] = "per_head";
}

/// Two attentions and two MLPs a layer, and experts beside them (arXiv 2509.01322).
void HfTranslation::longcat() {
  c_["num_hidden_layers"] = 2 * layers_;
  c_["mlp_layer_types"] = {"sparse_and_dense", "dense"};
  if (const double zero = whole("zero_expert_num", 0); zero > 0) c_["moe"]["zero_experts"] = zero;
}

void HfTranslation::hunyuan() {
  if (t_.flag("use_cla", false) && whole("cla_share_factor", 1) > 1)
    unsupported("use_cla", "is not supported: layers that share the keys and values of others");
  if (t_.has("use_mixed_mlp_moe") && !t_.flag("use_mixed_mlp_moe", false)) c_["moe"].erase("shared_intermediate_size");
}

// Families of the years before 2024

void HfTranslation::falcon() {
  const bool grouped = t_.flag("new_decoder_architecture", false), parallel = t_.flag("parallel_attn", true),
             biased = t_.flag("bias", false);
  c_["num_key_value_heads"] = grouped                        ? whole("num_key_value_heads", heads_)
                              : t_.flag("multi_query", true) ? 1
                                                             : heads_;
  if (parallel) c_["parallel_block"] = true;
  c_["norms_per_layer"] = whole("num_ln_in_parallel_attn", grouped || !parallel ? 2 : 1);
  for (const char* key : {"attention_bias", "attention_out_bias", "mlp_bias"}) c_[key] = biased;
}

void HfTranslation::gpt_2() { c_["position_rows"] = required("max_position_embeddings"); }

void HfTranslation::gpt_bigcode() {
  gpt_2();
  if (t_.flag("multi_query", true)) c_["num_key_value_heads"] = 1;
}

void HfTranslation::opt() {
  c_["position_rows"] = required("max_position_embeddings") + 2;  // the first two stand for padding
  if (whole("word_embed_proj_dim", hidden_) != hidden_) unsupported("word_embed_proj_dim", "differs from hidden_size");
}

void HfTranslation::molmo() {
  qwen_1();
  c_["embedding_rows"] = required("vocab_size") + 128;  // tokens that only stand in the input
}

void HfTranslation::mpt() {
  Reader a = t_.object("attn_config");
  if (a && a.has("kv_n_heads")) c_["num_key_value_heads"] = a.number("kv_n_heads", 1, 1e4, 1);
  c_["intermediate_size"] = t_.number("expansion_ratio", 0, 1e3, 4) * hidden_;
  if (!a || !a.flag("alibi", false)) c_["position_rows"] = required("max_position_embeddings");
  if (t_.flag("no_bias", true)) return;
  c_["norm_type"] = "layernorm";
  for (const char* key : {"attention_bias", "attention_out_bias", "mlp_bias"}) c_[key] = true;
}

void HfTranslation::dbrx() {
  Reader a = t_.object("attn_config"), f = t_.object("ffn_config");
  if (!a || !f) return t_.error("ffn_config", "missing", "is required, and so is attn_config");
  HfTranslation attention(a, a_, type_), experts_in(f, a_, type_);
  c_["num_key_value_heads"] = attention.whole("num_key_value_heads", 1);
  c_["moe"] = {{"num_experts", experts_in.required("num_experts")},
               {"experts_per_token", experts_in.required("num_experts_per_tok")},
               {"moe_intermediate_size", experts_in.required("intermediate_size")}};
}

void HfTranslation::stablelm() {
  if (t_.flag("qk_layernorm", false)) c_["qk_norm"] = "full";  // each head has weights of its own
  if (!t_.flag("use_parallel_residual", false)) return;
  c_["parallel_block"] = true;
  c_["norms_per_layer"] = 1;
}

/// Gate and up projection together are as wide as the file says.
void HfTranslation::qwen_1() { c_["intermediate_size"] = std::floor(required("intermediate_size") / 2); }

void HfTranslation::internlm_1() {
  if (t_.flag("bias", true)) c_["attention_bias"] = c_["attention_out_bias"] = true;
}

void HfTranslation::phi_3_small() { c_["intermediate_size"] = required("ff_intermediate_size"); }

}  // namespace edgewise::json
