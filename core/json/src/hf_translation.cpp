#include "hf_translation.h"

#include <algorithm>
#include <cmath>

namespace edgewise::json {

namespace {

/// No width or count of a config is above it.
constexpr double largest_width = 1e9;

/// Python's words for numbers that are none, which `parse_hf_config` keeps as texts.
bool not_finite(const Json& v) { return v.is_string() && (v == "NaN" || v == "Infinity" || v == "-Infinity"); }

}  // namespace

HfTranslation::HfTranslation(Reader& text, const HfArchitecture& a, std::string_view model_type)
    : t_(text), a_(a), type_(model_type) {
  const Json always = members(a.config);
  for (const auto& [key, value] : always.items()) {
    if (key == "tie")
      tied_ = value.get<bool>();
    else if (key.rfind("moe.", 0) == 0)
      moe_[key.substr(4)] = value;
    else
      c_[key] = value;
  }
}

Json HfTranslation::run() {
  dimensions();
  if (!has(only_recurrent)) attention();
  windows();
  if (has(experts)) mixture();
  if (has(mla)) latent_attention();
  if (has(gated_delta_net)) delta_net();
  if (const double n = whole("num_nextn_predict_layers", 0); n > 0) c_["mtp_layers"] = n;
  family();
  return std::move(c_);
}

const char* HfTranslation::key_of(const char* field) {
  for (const char* name : names_of_field(field))
    if (t_.raw().contains(name)) return name;
  return field;
}

double HfTranslation::whole(const char* field, double fallback) {
  const char* key = key_of(field);
  const Json* v = t_.any(key);
  if (!v) return fallback;
  if (not_finite(*v)) {
    t_.error(key, "not_finite", "is " + v->get<std::string>() + ", must be a finite number");
    return 1;
  }
  // Gemma 3n and Hunyuan state one number per layer, all equal.
  if (v->is_array() && !v->empty()) {
    const Json& first = v->front();
    if (!first.is_number() || !std::all_of(v->begin(), v->end(), [&](const Json& x) { return x == first; })) {
      t_.error(key, "unsupported", "differs from layer to layer");
      return 1;
    }
    v = &first;
    if (!(v->get<double>() >= 0 && v->get<double>() <= largest_width)) {
      t_.error(key, "out_of_range", "holds numbers that are negative or too large");
      return 1;
    }
  }
  const double x = v->is_number() && t_.any(key)->is_array() ? v->get<double>() : t_.number(key, 0, largest_width, 1);
  if (x != std::floor(x)) t_.error(key, "not_whole", "must be a whole number");
  return x;
}

double HfTranslation::required(const char* field) {
  const char* key = key_of(field);
  if (t_.has(key)) return whole(field, 1);
  t_.error(key, "missing", "is required");
  return 1;
}

std::vector<double> HfTranslation::numbers(const char* key) {
  std::vector<double> out;
  const Json* v = t_.any(key);
  if (!v) return out;
  for (const Json& x : *v) {
    if (!v->is_array() || !(x.is_number() || x.is_boolean())) {
      t_.error(key, "wrong_type", "must be a list of numbers");
      return {};
    }
    out.push_back(x.is_boolean() ? (x.get<bool>() ? 1.0 : 0.0) : x.get<double>());
  }
  return out;
}

void HfTranslation::unless_set(const char* key, Json value) {
  if (!c_.contains(key)) c_[key] = std::move(value);
}

void HfTranslation::dimensions() {
  hidden_ = required("hidden_size");
  // Nemotron-H may list its layers only.
  if (const Json* listed = t_.any("layers_block_type"); listed && listed->is_array() && !given("num_hidden_layers"))
    layers_ = static_cast<double>(listed->size());
  else
    layers_ = required("num_hidden_layers");
  heads_ = has(only_recurrent) ? 1 : is("openelm") ? most_query_heads() : required("num_attention_heads");
  c_["hidden_size"] = hidden_;
  c_["num_hidden_layers"] = layers_;
  c_["num_attention_heads"] = heads_;
  c_["vocab_size"] = required("vocab_size");
  c_["intermediate_size"] = feed_forward_width();
  if (!is("openelm")) {
    const double kv_heads = has(only_recurrent) ? 1 : whole("num_key_value_heads", heads_);
    if (kv_heads > 0 && std::fmod(heads_, kv_heads) != 0)
      t_.error(key_of("num_key_value_heads"), "inconsistent", "does not divide num_attention_heads");
    c_["num_key_value_heads"] = kv_heads;
  }
  // Where it is left out, and the class has none, transformers divides.
  head_dim_ = has(only_recurrent) ? 1 : whole("head_dim", std::floor(hidden_ / std::max(1.0, heads_)));
  c_["head_dim"] = head_dim_;
  c_["tie_word_embeddings"] = t_.flag(key_of("tie_word_embeddings"), tied_);
  unless_set("norms_per_layer", 2);
  if (const double positions = whole("max_position_embeddings", 0); positions > 0)
    c_["max_position_embeddings"] = positions;
  if (const double cap = t_.number("final_logit_softcapping", 0, 1e6, 0); cap > 0) c_["final_logit_softcap"] = cap;
}

double HfTranslation::most_query_heads() {
  const std::vector<double> heads = numbers("num_query_heads");
  if (heads.empty()) t_.error("num_query_heads", "missing", "is required");
  return heads.empty() ? 1 : *std::max_element(heads.begin(), heads.end());
}

double HfTranslation::feed_forward_width() {
  static constexpr std::string_view of_their_own[] = {
      "falcon", "gpt2",   "gpt_bigcode", "gptj",    "codegen", "mpt",          "bloom",        "dbrx",
      "mamba",  "mamba2", "rwkv7",       "openelm", "lfm2",    "nemotron-nas", "smallthinker", "phi3small"};
  const bool own = std::find(std::begin(of_their_own), std::end(of_their_own), a_.model_type) != std::end(of_their_own);
  // A model of experts only may leave the dense width out.
  if (own) return whole("intermediate_size", 4 * hidden_);
  if (has(experts) && !given("intermediate_size")) return required("moe_intermediate_size");
  return required("intermediate_size");
}

void HfTranslation::attention() {
  const bool key = t_.flag("attention_bias", false), everywhere = has(use_bias) && t_.flag("use_bias", false);
  bool qkv = key || everywhere;
  for (const char* own : {"use_qkv_bias", "add_qkv_bias", "qkv_bias"}) qkv = qkv || t_.flag(own, false);
  unless_set("attention_bias", qkv);
  unless_set("attention_out_bias", (key && !has(qkv_bias_only)) || everywhere || t_.flag("attention_out_bias", false));
  unless_set("mlp_bias", everywhere || t_.flag("mlp_bias", false));
  if (t_.flag("lm_head_bias", false)) c_["lm_head_bias"] = true;
  if (has(qk_norm_by_key) && !t_.flag("use_qk_norm", false)) c_["qk_norm"] = "none";
  if (!is("persimmon") && !is("stablelm") && t_.flag("qk_layernorm", false))
    unsupported("qk_layernorm", "is not supported");
}

/// What the file itself says of its layers.
Json HfTranslation::stated_pattern() {
  struct Word {
    const char *theirs, *ours;
  };
  static constexpr Word words[] = {{"attention", "full_attention"},
                                   {"full_attention", "full_attention"},
                                   {"sliding_attention", "sliding_attention"},
                                   {"chunked_attention", "sliding_attention"},
                                   {"deepseek_sparse_attention", "full_attention"},
                                   {"linear_attention", "linear_attention"},
                                   {"conv", "conv"},
                                   {"mamba", "mamba"},
                                   {"hybrid", "hybrid"}};
  Json pattern = Json::array();
  for (const std::string& name : t_.texts("layer_types", true)) {
    const auto it = std::find_if(std::begin(words), std::end(words), [&](const Word& w) { return name == w.theirs; });
    if (it == std::end(words)) {
      const std::string at = "layer_types[" + std::to_string(pattern.size()) + "]";
      t_.error(at.c_str(), "unsupported", "\"" + name + "\" is no known kind of layer");
      return pattern;
    }
    pattern.push_back(it->ours);
  }
  if (!pattern.empty()) return pattern;
  for (const char* key : {"hybrid_layer_pattern", "sliding_window_layout"})
    for (const double slides : numbers(key)) pattern.push_back(slides > 0 ? "sliding_attention" : "full_attention");
  return pattern;
}

/// Layers that slide, and every nth that does not.
Json HfTranslation::periodic_pattern() {
  Json pattern = Json::array();
  const char* key = t_.has("global_attn_every_n_layers") ? "global_attn_every_n_layers" : "sliding_window_pattern";
  const Json* stated = t_.any(key);
  if (stated && stated->is_string()) {  // EXAONE 4: "LLLG"
    for (const char c : stated->get<std::string>())
      pattern.push_back(c == 'G' ? "full_attention" : "sliding_attention");
    return pattern;
  }
  const double period = whole(key, a_.window_period);
  if (period < 1 || period > layers_) {
    t_.error(key, "out_of_range", "must be between 1 and num_hidden_layers");
    return pattern;
  }
  for (double i = 1; i < period; ++i) pattern.push_back("sliding_attention");
  pattern.push_back("full_attention");
  return pattern;
}

void HfTranslation::windows() {
  // Qwen states a window that it does not use.
  double window = t_.flag("use_sliding_window", true) ? whole("sliding_window", 0) : 0;
  Json pattern = stated_pattern();
  if (!pattern.empty()) {
    if (static_cast<double>(pattern.size()) != layers_)
      t_.error("layer_types", "out_of_range", "must name num_hidden_layers layers");
    if (window == 0) window = whole("attention_chunk_size", 0);
    if (std::find(pattern.begin(), pattern.end(), "sliding_attention") == pattern.end()) window = 0;
  } else if (window > 0 && has(window_everywhere)) {
    pattern.push_back("sliding_attention");
  } else if (window > 0 && a_.window_period > 0) {
    pattern = periodic_pattern();
    if (pattern.empty()) return;
  } else if (const double first = whole("max_window_layers", layers_); window > 0 && first < layers_) {
    for (double i = 0; i < std::min(layers_, most_layers); ++i)
      pattern.push_back(i < first ? "full_attention" : "sliding_attention");
  } else {
    window = 0;
  }
  if (window > 0) c_["sliding_window"] = window;
  if (!pattern.empty()) c_["layer_types"] = pattern;
}

void HfTranslation::mixture() {
  const double n = whole("num_experts", 0);
  // Families have dense members.
  static constexpr std::string_view may_be_dense[] = {"gemma4", "nemotron_h",  "granitemoehybrid",
                                                      "jamba",  "kimi_linear", "deepseek_v2"};
  const bool dense =
      std::find(std::begin(may_be_dense), std::end(may_be_dense), a_.model_type) != std::end(may_be_dense) ||
      is("youtu_llm");
  if (dense && n <= (is("jamba") ? 1 : 0)) return;
  Json e = moe_;
  e["num_experts"] = n > 0 ? n : required("num_experts");
  e["experts_per_token"] = required("num_experts_per_tok");
  const double width = required(has(expert_width) ? "intermediate_size" : "moe_intermediate_size");
  e["moe_intermediate_size"] = width;
  if (const double shared = shared_width(width); shared > 0) e["shared_intermediate_size"] = shared;
  for (const char* key : {"moe_latent_size", "routed_expert_hidden_size"})
    if (const double latent = whole(key, 0); latent > 0) e["latent_size"] = latent;
  if (is("bailing_moe") || is("bailing_moe_linear")) e["router_bias"] = t_.flag("moe_router_enable_expert_bias", false);
  if (has(use_bias) && t_.flag("use_bias", false)) e["expert_bias"] = true;
  place_experts(e);
  c_["moe"] = e;
}

double HfTranslation::shared_width(double expert_width) {
  for (const char* key : {"shared_expert_intermediate_size", "shared_intermediate_size", "share_expert_dim"})
    if (t_.has(key)) return whole(key, 0);
  if (is("llama4")) return expert_width;
  return whole("n_shared_experts", 0) * whole("moe_shared_expert_intermediate_size", expert_width);
}

/// Which layers have experts; each architecture states it its own way.
std::vector<bool> HfTranslation::sparse_layers() {
  const auto count = static_cast<std::size_t>(std::min(layers_, most_layers));
  std::vector<bool> sparse(count, true);
  const auto each = [&](const auto& says) {
    for (std::size_t i = 0; i < count; ++i) sparse[i] = sparse[i] && says(static_cast<double>(i));
  };
  const auto listed = [](const std::vector<double>& list, double i) {
    return std::find(list.begin(), list.end(), i) != list.end();
  };
  const auto marked = [&](const char* key) {
    const std::vector<double> marks = numbers(key);
    if (marks.empty()) return;
    if (marks.size() != count) t_.error(key, "out_of_range", "must state num_hidden_layers numbers");
    each(
        [&](double i) { return static_cast<std::size_t>(i) < marks.size() && marks[static_cast<std::size_t>(i)] > 0; });
  };
  if (const std::vector<std::string> types = t_.texts("mlp_layer_types", true); !types.empty()) {
    if (types.size() != count) t_.error("mlp_layer_types", "out_of_range", "must name num_hidden_layers layers");
    each([&](double i) {
      return static_cast<std::size_t>(i) < types.size() && types[static_cast<std::size_t>(i)] == "sparse";
    });
    return sparse;
  }
  const double first = whole("first_k_dense_replace", 0);
  each([&](double i) { return i >= first; });
  for (const char* key : {"is_moe_layer", "moe_layers_mask"}) marked(key);
  // Every nth layer, counted from the first (DeepSeek) or to the nth (Qwen, Llama 4, ERNIE).
  if (const Json* v = t_.any("moe_layer_freq"); v && v->is_array()) {
    marked("moe_layer_freq");
  } else if (const double n = std::max(1.0, whole("moe_layer_freq", 1)); n > 1) {
    each([&](double i) { return std::fmod(i, n) == 0; });
  }
  for (const char* key : {"decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval"}) {
    if (t_.any("moe_layers")) break;
    const double n = std::max(1.0, whole(key, 1));
    each([&](double i) { return std::fmod(i + 1, n) == 0; });
  }
  if (const std::vector<double> dense = numbers("mlp_only_layers"); !dense.empty())
    each([&](double i) { return !listed(dense, i); });
  if (const Json* v = t_.any("moe_layers"); v && v->is_array()) {
    const std::vector<double> with = numbers("moe_layers");
    each([&](double i) { return listed(with, i); });
  }
  if (const Json* v = t_.any("moe_layer_end_index"); v && v->is_number() && v->get<double>() >= 0) {
    const double last = v->get<double>();
    each([&](double i) { return i <= last; });
  }
  if (const Json* v = t_.any("moe_layers_enum"); v && v->is_string()) {  // Step-3.5: "3,4,5"
    const std::string list = "," + v->get<std::string>() + ",";
    each([&](double i) { return list.find("," + std::to_string(static_cast<int>(i)) + ",") != std::string::npos; });
  }
  if (is("jamba")) {
    const double period = std::max(1.0, whole("expert_layer_period", 2)), offset = whole("expert_layer_offset", 1);
    each([&](double i) { return std::fmod(i, period) == offset; });
  }
  return sparse;
}

void HfTranslation::place_experts(Json& moe) {
  const std::vector<bool> sparse = sparse_layers();
  const auto first = std::find(sparse.begin(), sparse.end(), true);
  const auto leading = static_cast<double>(first - sparse.begin());
  if (std::find(first, sparse.end(), false) == sparse.end()) {
    if (leading > 0) moe["first_k_dense"] = leading;
    return;
  }
  Json types = Json::array();
  for (const bool s : sparse) types.push_back(s ? "sparse" : "dense");
  c_["mlp_layer_types"] = types;
}

void HfTranslation::latent_attention() {
  if (!t_.flag("use_mla", true)) return;  // small members of DeepSeek-VL2
  c_["mla"] = {{"q_lora_rank", whole("q_lora_rank", 0)},
               {"kv_lora_rank", required("kv_lora_rank")},
               {"qk_nope_head_dim", required("qk_nope_head_dim")},
               {"qk_rope_head_dim", required("qk_rope_head_dim")},
               {"v_head_dim", whole("v_head_dim", std::floor(hidden_ / std::max(1.0, heads_)))}};
  if (const double heads = whole("index_n_heads", 0); heads > 0) {
    c_["mla"]["index_n_heads"] = heads;
    c_["mla"]["index_head_dim"] = required("index_head_dim");
  }
  if (has(expanded_mla)) c_["mla"]["expanded"] = true;
  if (t_.flag("mla_use_output_gate", false)) c_["attn_output_gate"] = true;
}

void HfTranslation::delta_net() {
  c_["attn_output_gate"] = t_.flag("attn_output_gate", true);
  c_["linear_attention"] = {{"num_key_heads", required("linear_num_key_heads")},
                            {"num_value_heads", required("linear_num_value_heads")},
                            {"key_head_dim", required("linear_key_head_dim")},
                            {"value_head_dim", required("linear_value_head_dim")},
                            {"conv_kernel", required("linear_conv_kernel_dim")}};
  if (c_.contains("layer_types")) return;
  Json pattern = Json::array();
  const double interval = std::min(whole("full_attention_interval", 4), std::max(1.0, layers_));
  for (double i = 1; i < interval; ++i) pattern.push_back("linear_attention");
  pattern.push_back("full_attention");
  c_["layer_types"] = pattern;
}

/// The names of its numbers differ from family to family. A head_dim of "auto" divides the inner width.
void HfTranslation::mamba_2(const char* heads, const char* head_dim, const char* state, const char* groups,
                            const char* conv) {
  const double n = required(heads);
  const Json* dim = t_.any(head_dim);
  const bool automatic = !dim || (dim->is_string() && *dim == "auto");
  const double inner =
      t_.has("mamba_d_ssm") ? whole("mamba_d_ssm", 0) : whole("mamba_expand", whole("expand", 2)) * hidden_;
  c_["mamba"] = {{"num_heads", n},
                 {"head_dim", automatic ? std::floor(inner / std::max(1.0, n)) : required(head_dim)},
                 {"state_size", required(state)},
                 {"n_groups", whole(groups, 1)},
                 {"conv_kernel", required(conv)}};
  if (t_.flag("mamba_proj_bias", false) || (is("mamba2") && t_.flag("use_bias", false)))
    c_["mamba"]["proj_bias"] = true;
  for (const char* key : {"mamba_conv_bias", "use_conv_bias"})
    if (!t_.flag(key, true)) c_["mamba"]["conv_bias"] = false;
  if (!t_.flag("mamba_rms_norm", true)) c_["mamba"]["norm"] = false;
}

void HfTranslation::mamba_1(double inner, const char* state, const char* conv) {
  const char* key = t_.has("mamba_dt_rank") ? "mamba_dt_rank" : "time_step_rank";
  const Json* rank = t_.any(key);
  const bool automatic = !rank || (rank->is_string() && *rank == "auto");
  c_["mamba"] = {{"num_heads", 1},
                 {"head_dim", inner},
                 {"state_size", required(state)},
                 {"n_groups", 1},
                 {"conv_kernel", required(conv)},
                 {"dt_rank", automatic ? std::ceil(hidden_ / 16) : whole(key, 1)},
                 {"norm", is("jamba")}};
  if (t_.flag("mamba_proj_bias", false) || t_.flag("use_bias", false)) c_["mamba"]["proj_bias"] = true;
  for (const char* own : {"mamba_conv_bias", "use_conv_bias"})
    if (!t_.flag(own, true)) c_["mamba"]["conv_bias"] = false;
}

}  // namespace edgewise::json
