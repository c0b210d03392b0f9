#include <algorithm>
#include <cmath>

#include "edgewise/import.h"
#include "hf_quantization.h"
#include "import.h"
#include "parse.h"

namespace edgewise {

namespace {

using json::Json;
using json::Reader;

/// What an architecture does that its config.json does not say; defaults are those of transformers' config classes.
enum Trait : unsigned {
  tied = 1,               ///< tie_word_embeddings where the file does not say
  bias_key = 1 << 1,      ///< attention_bias adds a bias to q, k, v and o
  qkv_bias_key = 1 << 2,  ///< attention_bias adds one to q, k and v only
  qkv_bias = 1 << 3,      ///< q, k and v always have one
  mlp_bias_key = 1 << 4,
  qk_per_head = 1 << 5,
  qk_full = 1 << 6,
  fused_qkv = 1 << 7,
  fused_gate_up = 1 << 8,
  four_norms = 1 << 9,
  layer_norm = 1 << 10,
  window_everywhere = 1 << 11,  ///< sliding_window, where given, holds for every layer
  mla = 1 << 12,
  experts = 1 << 13,
  gated_delta_net = 1 << 14,
  softcap = 1 << 15,  ///< final_logit_softcapping
  sub_norms = 1 << 16
};

struct Architecture {
  const char* model_type;
  const char* family;
  unsigned traits;
  double window_period;  ///< every nth layer is full attention, the others slide; 0: none slides
};

constexpr Architecture architectures[] = {{"llama", "llama", bias_key | mlp_bias_key, 0},
                                          {"mistral", "mistral", window_everywhere, 0},
                                          {"ministral", "mistral", window_everywhere, 0},
                                          {"ministral3", "mistral3", window_everywhere, 0},
                                          {"mistral3", "mistral3", window_everywhere, 0},
                                          {"mixtral", "mixtral", experts | window_everywhere, 0},
                                          {"qwen2", "qwen2", qkv_bias, 0},
                                          {"qwen2_vl", "qwen2_vl", qkv_bias, 0},
                                          {"qwen2_5_vl", "qwen2_5_vl", qkv_bias, 0},
                                          {"qwen2_moe", "qwen2_moe", qkv_bias | experts, 0},
                                          {"qwen3", "qwen3", qk_per_head | bias_key, 0},
                                          {"qwen3_vl", "qwen3_vl", qk_per_head | bias_key, 0},
                                          {"qwen3_moe", "qwen3_moe", qk_per_head | bias_key | experts, 0},
                                          {"qwen3_vl_moe", "qwen3_vl", qk_per_head | bias_key | experts, 0},
                                          {"qwen3_next", "qwen3_next", qk_per_head | experts | gated_delta_net, 0},
                                          {"qwen3_5", "qwen3_5", qk_per_head | gated_delta_net, 0},
                                          {"qwen3_5_moe", "qwen3_5_moe", qk_per_head | experts | gated_delta_net, 0},
                                          {"gemma", "gemma", tied, 0},
                                          {"gemma2", "gemma2", tied | four_norms | softcap, 2},
                                          {"gemma3", "gemma3", tied | four_norms | qk_per_head | softcap, 6},
                                          {"gemma3n", "gemma3n", tied | four_norms | qk_per_head | softcap, 5},
                                          {"gemma4", "gemma4", tied | four_norms | qk_per_head | softcap | experts, 6},
                                          {"phi", "phi", layer_norm, 0},
                                          {"phi3", "phi3", fused_qkv | fused_gate_up | window_everywhere, 0},
                                          {"gpt_oss", "gpt_oss", experts, 2},
                                          {"deepseek_v2", "deepseek_v2", mla | experts, 0},
                                          {"deepseek_v3", "deepseek_v3", mla | experts, 0},
                                          {"smollm3", "smollm3", tied | bias_key | mlp_bias_key, 0},
                                          {"olmo2", "olmo2", qk_full, 0},
                                          {"olmo3", "olmo3", qk_full, 4},
                                          {"olmoe", "olmoe", qk_full | experts, 0},
                                          {"granite", "granite", tied | bias_key | mlp_bias_key, 0},
                                          {"granitemoe", "granite", tied | bias_key | experts, 0},
                                          {"lfm2", "lfm2", tied | qk_per_head, 0},
                                          {"glm", "chatglm", qkv_bias_key | fused_gate_up, 0},
                                          {"glm4", "glm4", qkv_bias_key | fused_gate_up | four_norms, 0},
                                          {"glm4_moe", "glm4_moe", qkv_bias_key | experts, 0},
                                          {"chatglm", "chatglm", 0, 0},
                                          {"falcon", "falcon", layer_norm | tied, 0},
                                          {"stablelm", "stablelm", layer_norm, 0},
                                          {"minicpm", "minicpm", tied, 0},
                                          {"minicpm3", "minicpm3", tied | mla, 0},
                                          {"internlm2", "internlm2", fused_qkv, 0},
                                          {"internlm3", "internlm3", 0, 0},
                                          {"baichuan", "baichuan", fused_qkv, 0},
                                          {"bitnet", "bitnet", tied | sub_norms, 0},
                                          {"nemotron_h", "nemotron_h", experts, 0}};

const Architecture* find_architecture(std::string type) {
  constexpr std::string_view suffix = "_text";
  if (type.size() > suffix.size() && type.compare(type.size() - suffix.size(), suffix.size(), suffix) == 0)
    type.resize(type.size() - suffix.size());
  const auto it = std::find_if(std::begin(architectures), std::end(architectures),
                               [&](const Architecture& a) { return type == a.model_type; });
  return it == std::end(architectures) ? nullptr : it;
}

/// Turns one config.json into the `config` of a preset.
class Translation {
 public:
  Translation(Reader& text, const Architecture& a) : t_(text), a_(a), type_(a.model_type) {}

  Json run() {
    dimensions();
    attention();
    windows();
    if (has(experts)) mixture();
    if (has(mla)) latent_attention();
    if (has(gated_delta_net)) delta_net();
    if (type_ == "gemma3n") gemma_3n();
    if (type_ == "gemma4") gemma_4();
    if (type_ == "lfm2") lfm_2();
    if (type_ == "phi") phi();
    if (type_ == "falcon") falcon();
    if (type_ == "nemotron_h") nemotron();
    return std::move(c_);
  }

 private:
  bool has(Trait trait) const { return (a_.traits & trait) != 0; }
  bool is(std::initializer_list<std::string_view> types) const {
    return std::find(types.begin(), types.end(), type_) != types.end();
  }

  /// The first of `keys` that the file has; the first one's name is what an error names.
  double optional(std::initializer_list<const char*> keys, double fallback) {
    for (const char* key : keys)
      if (t_.has(key)) return whole(key);
    return fallback;
  }
  double required(std::initializer_list<const char*> keys) {
    for (const char* key : keys)
      if (t_.has(key)) return whole(key);
    t_.error(*keys.begin(), "missing", "is required");
    return 1;
  }
  double whole(const char* key) {
    // Gemma 3n states one width per layer, all equal.
    const Json* v = t_.any(key);
    if (v->is_array() && !v->empty()) {
      const bool equal = std::all_of(v->begin(), v->end(), [&](const Json& x) { return x == v->front(); });
      if (!equal || !v->front().is_number()) {
        t_.error(key, "unsupported", "differs from layer to layer");
        return 1;
      }
      return v->front().get<double>();
    }
    const double x = t_.number(key, 0, 1e9, 1);
    if (x != std::floor(x)) t_.error(key, "not_whole", "must be a whole number");
    return x;
  }

  void dimensions() {
    hidden_ = required({"hidden_size", "n_embd"});
    layers_ = required({"num_hidden_layers", "num_layers", "n_layer"});
    heads_ = required({"num_attention_heads", "n_head"});
    c_["hidden_size"] = hidden_;
    c_["num_hidden_layers"] = layers_;
    c_["num_attention_heads"] = heads_;
    c_["vocab_size"] = required({"vocab_size", "padded_vocab_size"});
    if (type_ != "falcon") c_["intermediate_size"] = feed_forward_width();
    double kv_heads = optional({"num_key_value_heads", "multi_query_group_num"}, heads_);
    if (type_ == "gemma3" && !t_.has("num_key_value_heads")) kv_heads = std::min(4.0, heads_);
    c_["num_key_value_heads"] = kv_heads;
    // Where the file leaves head_dim out, transformers takes the class's default or divides.
    const bool of_class =
        is({"gemma", "gemma2", "gemma3", "gemma3n", "gemma4", "qwen3_next", "qwen3_5", "qwen3_5_moe"});
    const bool of_qwen3 = is({"qwen3", "qwen3_moe", "qwen3_vl", "qwen3_vl_moe"});
    head_dim_ = optional({"head_dim", "kv_channels"}, of_class   ? 256
                                                      : of_qwen3 ? 128
                                                                 : std::floor(hidden_ / std::max(1.0, heads_)));
    c_["head_dim"] = head_dim_;
    c_["tie_word_embeddings"] =
        t_.has("tie_embedding") ? t_.flag("tie_embedding", true) : t_.flag("tie_word_embeddings", has(tied));
    c_["norm_type"] = has(layer_norm) ? "layernorm" : "rmsnorm";
    c_["norms_per_layer"] = has(four_norms) ? 4 : 2;
    if (const double positions = optional({"max_position_embeddings", "seq_length", "model_max_length"}, 0);
        positions > 0)
      c_["max_position_embeddings"] = positions;
    if (has(softcap) && t_.number("final_logit_softcapping", 0, 1e6, 0) > 0)
      c_["final_logit_softcap"] = t_.number("final_logit_softcapping", 0, 1e6, 0);
    if (has(sub_norms)) c_["sub_norms"] = true;
    if (has(mlp_bias_key)) c_["mlp_bias"] = t_.flag("mlp_bias", false);
  }

  double feed_forward_width() {
    if (type_ == "lfm2") {
      double width = required({"block_ff_dim", "intermediate_size"});
      if (t_.flag("block_auto_adjust_ff_dim", true)) {
        width = std::floor(2 * width / 3);
        if (t_.has("block_ffn_dim_multiplier"))
          width = std::floor(width * t_.number("block_ffn_dim_multiplier", 0, 100, 1));
        const double multiple = std::max(1.0, t_.number("block_multiple_of", 1, json::max_size, 256));
        width = multiple * std::floor((width + multiple - 1) / multiple);
      }
      return width;
    }
    // A model of experts only may leave the dense width out.
    if (has(experts) && is({"qwen3_5_moe", "qwen3_vl_moe"}) && !t_.has("intermediate_size"))
      return required({"moe_intermediate_size"});
    return required({"intermediate_size", "ffn_hidden_size", "n_inner"});
  }

  void attention() {
    const bool key = t_.flag("attention_bias", is({"glm", "glm4"}));
    bool qkv = has(qkv_bias) || ((has(bias_key) || has(qkv_bias_key)) && key);
    bool out = has(bias_key) && key;
    if (type_ == "gpt_oss") qkv = out = t_.flag("attention_bias", true);
    if (type_ == "chatglm") qkv = t_.flag("add_qkv_bias", false);
    if (type_ == "stablelm") qkv = t_.flag("use_qkv_bias", false);
    if (type_ == "internlm3") qkv = t_.flag("qkv_bias", false);
    c_["attention_bias"] = qkv;
    c_["attention_out_bias"] = out;
    c_["qk_norm"] = has(qk_full)                                                                 ? "full"
                    : has(qk_per_head) || (type_ == "glm4_moe" && t_.flag("use_qk_norm", false)) ? "per_head"
                                                                                                 : "none";
    c_["fused_qkv"] = has(fused_qkv);
    c_["fused_gate_up"] = has(fused_gate_up);
    if (type_ == "gpt_oss") c_["attn_sinks"] = true;
    if (is({"stablelm", "falcon"}) && t_.flag("qk_layernorm", false))
      t_.error("qk_layernorm", "unsupported", "is not supported");
  }

  void windows() {
    const auto names = t_.texts("layer_types");
    // Qwen states a window that it does not use.
    double window = t_.flag("use_sliding_window", true) ? optional({"sliding_window"}, 0) : 0;
    Json pattern = Json::array();
    if (!names.empty()) {
      if (static_cast<double>(names.size()) != layers_)
        t_.error("layer_types", "out_of_range", "must name num_hidden_layers layers");
      for (const std::string& name : names) pattern.push_back(name);
      const bool slides = std::find(names.begin(), names.end(), "sliding_attention") != names.end();
      if (!slides) window = 0;
    } else if (window > 0 && has(window_everywhere)) {
      pattern.push_back("sliding_attention");
    } else if (a_.window_period > 0 && window > 0) {
      const double period = optional({"sliding_window_pattern"}, a_.window_period);
      if (period < 1 || period > layers_) {
        t_.error("sliding_window_pattern", "out_of_range", "must be between 1 and num_hidden_layers");
        return;
      }
      for (double i = 1; i < period; ++i) pattern.push_back("sliding_attention");
      pattern.push_back("full_attention");
    } else {
      window = 0;
    }
    if (window > 0) c_["sliding_window"] = window;
    if (!pattern.empty()) c_["layer_types"] = pattern;
  }

  void mixture() {
    const double n = optional({"num_experts", "num_local_experts", "n_routed_experts"}, 0);
    if (n == 0 && is({"gemma4", "nemotron_h"})) return;  // the dense members of the family
    Json e;
    e["num_experts"] = n > 0 ? n : required({"num_experts", "num_local_experts", "n_routed_experts"});
    e["experts_per_token"] = required({"num_experts_per_tok", "experts_per_token", "top_k_experts"});
    const bool own_width = is({"mixtral", "olmoe", "granitemoe", "gpt_oss"});
    const double width =
        own_width ? required({"intermediate_size"}) : required({"moe_intermediate_size", "expert_intermediate_size"});
    e["moe_intermediate_size"] = width;
    if (is({"deepseek_v2", "deepseek_v3", "glm4_moe"})) {
      e["shared_intermediate_size"] = width * optional({"n_shared_experts"}, 0);
      e["first_k_dense"] = optional({"first_k_dense_replace"}, 0);
      e["router_bias"] = type_ != "deepseek_v2";  // the correction that balances the experts
    }
    if (is({"qwen2_moe", "qwen3_next", "qwen3_5_moe"})) {
      e["shared_intermediate_size"] = required({"shared_expert_intermediate_size"});
      e["shared_gate"] = true;
    }
    if (type_ == "nemotron_h") {
      e["shared_intermediate_size"] =
          optional({"n_shared_experts"}, 0) * optional({"moe_shared_expert_intermediate_size"}, width);
      e["router_bias"] = true;
      if (const double latent = optional({"moe_latent_size"}, 0); latent > 0) e["latent_size"] = latent;
    }
    if (type_ == "granitemoe") e["shared_intermediate_size"] = optional({"shared_intermediate_size"}, 0);
    if (type_ == "gpt_oss") {
      e["router_bias"] = true;
      e["expert_bias"] = true;
    }
    if (type_ == "gemma4") {
      e["parallel_dense"] = true;
      c_["norms_per_layer"] = 7;
    }
    const Json* dense_layers = t_.any("mlp_only_layers");
    if (optional({"decoder_sparse_step", "moe_layer_freq"}, 1) != 1 || (dense_layers && !dense_layers->empty()))
      t_.error("decoder_sparse_step", "unsupported",
               "layers without experts between layers with experts are not supported");
    c_["moe"] = e;
  }

  void latent_attention() {
    c_["mla"] = {{"q_lora_rank", optional({"q_lora_rank"}, 0)},
                 {"kv_lora_rank", required({"kv_lora_rank"})},
                 {"qk_nope_head_dim", required({"qk_nope_head_dim"})},
                 {"qk_rope_head_dim", required({"qk_rope_head_dim"})},
                 {"v_head_dim", optional({"v_head_dim"}, std::floor(hidden_ / std::max(1.0, heads_)))}};
  }

  void delta_net() {
    c_["attn_output_gate"] = t_.flag("attn_output_gate", true);
    c_["linear_attention"] = {{"num_key_heads", required({"linear_num_key_heads"})},
                              {"num_value_heads", required({"linear_num_value_heads"})},
                              {"key_head_dim", required({"linear_key_head_dim"})},
                              {"value_head_dim", required({"linear_value_head_dim"})},
                              {"conv_kernel", required({"linear_conv_kernel_dim"})}};
    if (c_.contains("layer_types")) return;
    Json pattern = Json::array();
    const double interval = std::min(optional({"full_attention_interval"}, 4), std::max(1.0, layers_));
    for (double i = 1; i < interval; ++i) pattern.push_back("linear_attention");
    pattern.push_back("full_attention");
    c_["layer_types"] = pattern;
  }

  void per_layer_embedding() {
    const double dim = optional({"hidden_size_per_layer_input"}, 0);
    if (dim > 0) c_["per_layer_embedding"] = {{"dim", dim}, {"vocab_size", required({"vocab_size_per_layer_input"})}};
    c_["num_kv_shared_layers"] = optional({"num_kv_shared_layers"}, 0);
  }

  void gemma_3n() {
    per_layer_embedding();
    c_["altup"] = {{"num_inputs", required({"altup_num_inputs"})}};
    c_["laurel_rank"] = required({"laurel_rank"});
  }

  void gemma_4() {
    per_layer_embedding();
    if (c_["num_kv_shared_layers"] > 0) c_["kv_shared_layers_drop_kv_weights"] = true;
    c_["use_double_wide_mlp"] = t_.flag("use_double_wide_mlp", false);
    c_["global_head_dim"] = optional({"global_head_dim"}, head_dim_);
    c_["attention_k_eq_v"] = t_.flag("attention_k_eq_v", false);
    if (const double kv = optional({"num_global_key_value_heads"}, 0); kv > 0) c_["num_global_key_value_heads"] = kv;
  }

  void lfm_2() {
    c_["shortconv"] = {{"kernel", optional({"conv_L_cache"}, 3)}};
    if (c_.contains("layer_types")) return;
    const Json* attending = t_.any("full_attn_idxs");
    if (!attending || !attending->is_array()) {
      t_.error("layer_types", "missing", "is required");
      return;
    }
    Json pattern = Json::array();
    for (double i = 0; i < std::min(layers_, 1e4); ++i)
      pattern.push_back(std::find(attending->begin(), attending->end(), Json(static_cast<std::int64_t>(i))) !=
                                attending->end()
                            ? "full_attention"
                            : "conv");
    c_["layer_types"] = pattern;
  }

  void phi() {
    for (const char* key : {"attention_bias", "attention_out_bias", "mlp_bias", "lm_head_bias", "parallel_block"})
      c_[key] = true;
    c_["gated_mlp"] = false;
    c_["norms_per_layer"] = 1;
    if (t_.flag("qk_layernorm", false)) t_.error("qk_layernorm", "unsupported", "is not supported");
  }

  void falcon() {
    const bool grouped = t_.flag("new_decoder_architecture", false), parallel = t_.flag("parallel_attn", true),
               biased = t_.flag("bias", false);
    c_["num_key_value_heads"] = grouped                        ? optional({"num_kv_heads"}, heads_)
                                : t_.flag("multi_query", true) ? 1
                                                               : heads_;
    c_["intermediate_size"] = optional({"ffn_hidden_size"}, 4 * hidden_);
    c_["gated_mlp"] = false;
    c_["fused_qkv"] = true;
    c_["parallel_block"] = parallel;
    c_["norms_per_layer"] = optional({"num_ln_in_parallel_attn"}, grouped || !parallel ? 2 : 1);
    for (const char* key : {"attention_bias", "attention_out_bias", "mlp_bias"}) c_[key] = biased;
  }

  void nemotron() {
    c_["hybrid_pattern"] = t_.required_text("hybrid_override_pattern");
    c_["gated_mlp"] = false;
    c_["norms_per_layer"] = 1;
    c_["mamba"] = {{"num_heads", required({"mamba_num_heads"})},
                   {"head_dim", required({"mamba_head_dim"})},
                   {"state_size", required({"ssm_state_size"})},
                   {"n_groups", required({"n_groups"})},
                   {"conv_kernel", required({"conv_kernel"})}};
  }

  Reader& t_;
  const Architecture& a_;
  std::string_view type_;
  Json c_;
  double hidden_ = 0, layers_ = 0, heads_ = 0, head_dim_ = 0;
};

}  // namespace

Result<json::Imported> json::preset_of_config(std::string_view text, const ModelFile& beside) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  if (!beside.bytes.empty() && parsed->is_object() && !parsed->contains("quantization_config")) {
    const auto more = json::parse_strict(beside.bytes);
    if (!more) return more.errors();
    (*parsed)["quantization_config"] = storage_config(beside.name, *more);
  }
  Errors errors;
  Reader root(*parsed, "", errors);
  if (!root) return errors;

  // A model with several inputs nests its language model.
  const char* nested = nullptr;
  for (const char* key : {"text_config", "llm_config", "language_config"})
    if (root.has(key)) nested = key;
  Reader t = nested ? root.object(nested) : root;
  if (!t) return errors;
  std::string type = t.text("model_type");
  if (type.empty()) type = root.text("model_type");
  if (!errors.empty()) return errors;
  const std::string prefix = nested ? std::string(nested) + "." : std::string();
  if (type.empty()) return Error{"missing", prefix + "model_type", "is required"};
  const Architecture* a = find_architecture(type);
  if (!a) return Error{"unsupported", prefix + "model_type", "\"" + type + "\" is no known architecture"};

  Json config = Translation(t, *a).run();
  json::add_towers(root, config);
  if (!errors.empty()) return errors;
  Imported made = imported(a->family, std::move(config), prefix);
  made.storage = hf_storage(root, t, made.preset["config"]["num_hidden_layers"].get<double>());
  if (!errors.empty()) return errors;
  if (!made.storage.family.empty()) made.preset["checkpoint"]["recipe"] = made.storage.recipe();
  return made;
}

}  // namespace edgewise
