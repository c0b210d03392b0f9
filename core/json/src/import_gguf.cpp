// A model by the header of its GGUF file.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "gguf_header.h"
#include "hf_architectures.h"
#include "import.h"
#include "roles.h"

namespace edgewise::json {

namespace {

struct FileType {
  double id;
  const char* recipe;
};

// include/llama.h, enum llama_ftype; from 138 on those of ik_llama.cpp.
constexpr FileType file_types[] = {
    {0, "F32"},         {1, "F16"},          {2, "Q4_0"},       {3, "Q4_1"},        {7, "Q8_0"},
    {8, "Q5_0"},        {9, "Q5_1"},         {10, "Q2_K"},      {11, "Q3_K_S"},     {12, "Q3_K_M"},
    {13, "Q3_K_L"},     {14, "Q4_K_S"},      {15, "Q4_K_M"},    {16, "Q5_K_S"},     {17, "Q5_K_M"},
    {18, "Q6_K"},       {19, "IQ2_XXS"},     {20, "IQ2_XS"},    {21, "Q2_K_S"},     {22, "IQ3_XS"},
    {23, "IQ3_XXS"},    {24, "IQ1_S"},       {25, "IQ4_NL"},    {26, "IQ3_S"},      {27, "IQ3_M"},
    {28, "IQ2_S"},      {29, "IQ2_M"},       {30, "IQ4_XS"},    {31, "IQ1_M"},      {32, "BF16"},
    {36, "TQ1_0"},      {37, "TQ2_0"},       {38, "MXFP4_MOE"}, {138, "IQ2_K"},     {139, "IQ3_K"},
    {140, "IQ4_K"},     {141, "IQ5_K"},      {142, "IQ6_K"},    {145, "IQ4_KS"},    {146, "IQ3_KL"},
    {147, "IQ2_KS"},    {148, "IQ4_KSS"},    {150, "IQ5_KS"},   {151, "IQ2_KT"},    {152, "IQ3_KT"},
    {153, "IQ4_KT"},    {154, "IQ3_KS"},     {155, "IQ2_KL"},   {156, "IQ1_KT"},    {202, "Q4_0_R8"},
    {207, "Q8_0_R8"},   {210, "Q2_K_R4"},    {211, "Q3_K_R4"},  {214, "Q4_K_R4"},   {216, "Q5_K_R4"},
    {218, "Q6_K_R4"},   {223, "IQ3_XXS_R4"}, {224, "IQ1_S_R4"}, {225, "IQ4_NL_R4"}, {226, "IQ3_S_R4"},
    {230, "IQ4_XS_R8"}, {231, "IQ1_M_R4"},   {338, "IQ2_K_R4"}, {339, "IQ3_K_R4"},  {340, "IQ4_K_R4"},
    {341, "IQ5_K_R4"},  {345, "IQ4_KS_R4"},  {350, "IQ5_KS_R4"}};

/// Turns a header into the `config` of a preset: dimensions from the metadata, the rest from which tensors there are.
class Description {
 public:
  explicit Description(const GgufHeader& header) : h_(header) {}

  Errors errors;
  std::string architecture;

  Json run() {
    architecture = text("general.architecture");
    if (const auto other = no_model()) {
      errors.push_back(*other);
      return {};
    }
    if (architecture.empty()) {
      errors.push_back({"missing", "general.architecture", "is required"});
      return {};
    }
    if (!is_utf8(architecture)) {
      errors.push_back({"wrong_type", "general.architecture", "holds bytes that are no UTF-8"});
      return {};
    }
    const double blocks = required("block_count") - optional("nextn_predict_layers", 0);
    const double hidden = required("embedding_length");
    const GgufTensor* embedding = tensor("token_embd.weight");
    if (!embedding) errors.push_back({"missing", "token_embd.weight", "is required"});
    if (!(blocks >= 1 && blocks <= 1e4))
      errors.push_back({"out_of_range", architecture + ".block_count", "must be between 1 and 10000"});
    if (!errors.empty()) return {};
    blocks_ = static_cast<std::size_t>(blocks);
    attending_ = first_block_with({"attn_output.weight"});

    c_["hidden_size"] = hidden;
    c_["num_hidden_layers"] = blocks;
    // A model without attention states no heads of it.
    const bool attends = in_block(attending_, "attn_output.weight") || !in_block(0, "ssm_in.weight");
    const double heads = attends ? required("attention.head_count") : optional("ssm.time_step_rank", 1),
                 kv_heads = optional("attention.head_count_kv", heads);
    // Where they differ from layer to layer, these are the greatest of each.
    const auto one_number = [&](const char* key) {
      const GgufValue* v = value(architecture + "." + key);
      return v && is_known(v->number);
    };
    if (one_number("attention.head_count") && one_number("attention.head_count_kv") && kv_heads > 0 &&
        std::fmod(heads, kv_heads) != 0)
      errors.push_back(
          {"inconsistent", architecture + ".attention.head_count_kv", "does not divide attention.head_count"});
    c_["num_attention_heads"] = heads;
    c_["num_key_value_heads"] = kv_heads;
    c_["head_dim"] = optional("attention.key_length", std::floor(hidden / std::max(1.0, heads)));
    // Not the length of the token list: rows that pad the embedding are weights too.
    c_["vocab_size"] = embedding->dims[1];
    c_["intermediate_size"] = optional("feed_forward_length", 0);
    c_["tie_word_embeddings"] = tensor("output.weight") == nullptr;
    if (const double context = optional("context_length", 0); context > 0) c_["max_position_embeddings"] = context;
    c_["lm_head_bias"] = tensor("output.bias") != nullptr;
    norms(hidden);
    attention();
    feed_forward();
    if (tensor("per_layer_token_embd.weight"))
      c_["per_layer_embedding"] = {{"dim", required("embedding_length_per_layer_input")},
                                   {"vocab_size", tensor("per_layer_token_embd.weight")->dims[1]}};
    layers();
    return std::move(c_);
  }

 private:
  /// What else llama.cpp keeps in such files (gguf-py/gguf/constants.py, GGUFType; older projectors say only "clip").
  std::optional<Error> no_model() const {
    const std::string type = text("general.type");
    const auto is = [&](const char* code, const char* message) {
      return Error{code, type.empty() ? "general.architecture" : "general.type", message};
    };
    if (type == "adapter") return is("adapter", "is an adapter of another model (LoRA): import that model");
    if (type == "mmproj" || architecture == "clip")
      return is("projector",
                "is the part of a model that takes images or audio in: import the file of the model itself");
    // Architectures are called here as there, but for the hyphens.
    std::string like = architecture;
    std::replace(like.begin(), like.end(), '-', '_');
    for (const std::string& name : {architecture, like})
      if (std::string why = why_no_decoder(name); !why.empty())
        return said("unsupported", "general.architecture", "\"{kind}\" is {why}", {valid_utf8(architecture), why});
    if (type == "imatrix") return is("no_model", "is a table of how much weights matter: it holds none of them");
    return std::nullopt;
  }
  const GgufValue* value(const std::string& key) const {
    const auto it = h_.values.find(key);
    return it == h_.values.end() ? nullptr : &it->second;
  }
  std::string text(const std::string& key) const {
    const GgufValue* v = value(key);
    return v ? v->text : std::string();
  }
  /// A number of the architecture; of an array (one per layer) the greatest.
  double optional(const char* key, double fallback) const {
    const GgufValue* v = value(architecture + "." + key);
    if (!v) return fallback;
    if (is_known(v->number)) return v->number;
    return v->numbers.empty() ? fallback : *std::max_element(v->numbers.begin(), v->numbers.end());
  }
  double required(const char* key) {
    const double x = optional(key, unknown);
    if (!is_known(x)) errors.push_back({"missing", architecture + "." + key, "is required"});
    return is_known(x) ? x : 1;
  }

  const GgufTensor* tensor(std::string_view name) const {
    const auto it = h_.tensors.find(name);
    return it == h_.tensors.end() ? nullptr : &it->second;
  }
  const GgufTensor* in_block(std::size_t i, std::string_view name) const {
    return tensor("blk." + std::to_string(i) + "." + std::string(name));
  }
  std::size_t first_block_with(std::initializer_list<const char*> names) const {
    for (std::size_t i = 0; i < blocks_; ++i)
      for (const char* name : names)
        if (in_block(i, name)) return i;
    return 0;
  }
  const GgufTensor* attending(std::string_view name) const { return in_block(attending_, name); }

  void norms(double hidden) {
    double count = 0;
    const std::string prefix = "blk." + std::to_string(attending_) + ".";
    for (auto it = h_.tensors.lower_bound(prefix);
         it != h_.tensors.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
      const std::string name = it->first.substr(prefix.size());
      const bool of_layer = name.find("norm") != std::string::npos && name.find("_q_") == std::string::npos &&
                            name.find("_k_") == std::string::npos && name.find("_kv_") == std::string::npos &&
                            name.find("sub_norm") == std::string::npos && name.find("laurel") == std::string::npos &&
                            name.find("altup") == std::string::npos && name.rfind("post_norm", 0) != 0;
      if (of_layer && name.size() > 7 && name.compare(name.size() - 7, 7, ".weight") == 0 &&
          it->second.count() == hidden)
        ++count;
    }
    c_["norms_per_layer"] = count;
    c_["norm_type"] = tensor("output_norm.bias") ? "layernorm" : "rmsnorm";
    if (attending("attn_sub_norm.weight")) c_["sub_norms"] = true;
  }

  void attention() {
    const bool fused = attending("attn_qkv.weight") != nullptr;
    c_["fused_qkv"] = fused;
    c_["attention_bias"] = attending(fused ? "attn_qkv.bias" : "attn_q.bias") != nullptr;
    c_["attention_out_bias"] = attending("attn_output.bias") != nullptr;
    if (attending("attn_sinks.weight")) c_["attn_sinks"] = true;
    if (const GgufTensor* norm = attending("attn_q_norm.weight"))
      c_["qk_norm"] = norm->dims[0] == c_["head_dim"].get<double>() ? "per_head" : "full";
    if (optional("attention.shared_kv_layers", 0) > 0)
      c_["num_kv_shared_layers"] = optional("attention.shared_kv_layers", 0);
    const GgufTensor* latent = attending("attn_kv_a_mqa.weight");
    if (!latent) {
      // A query projection twice as wide as its heads also yields their gate.
      const GgufTensor* q = attending("attn_q.weight");
      if (q && q->dims[1] == 2 * c_["num_attention_heads"].get<double>() * c_["head_dim"].get<double>())
        c_["attn_output_gate"] = true;
      return;
    }
    const double rotary = required("rope.dimension_count");
    const double key = optional("attention.key_length_mla", required("attention.key_length"));
    c_["mla"] = {{"q_lora_rank", optional("attention.q_lora_rank", 0)},
                 {"kv_lora_rank", required("attention.kv_lora_rank")},
                 {"qk_nope_head_dim", key - rotary},
                 {"qk_rope_head_dim", rotary},
                 {"v_head_dim", optional("attention.value_length_mla", required("attention.value_length"))}};
    // llama.cpp caches the latent of files that say how wide its heads are apart from it, of others every head.
    if (!is_known(optional("attention.key_length_mla", unknown))) c_["mla"]["expanded"] = true;
    // The cache that some files count as one head is the latent's; the model has as many heads as it has.
    c_["num_key_value_heads"] = c_["num_attention_heads"];
    c_["head_dim"] = key;
  }

  void feed_forward() {
    const std::size_t dense = first_block_with({"ffn_up.weight"});
    if (const GgufTensor* up = in_block(dense, "ffn_up.weight")) {
      const GgufTensor* down = in_block(dense, "ffn_down.weight");
      const bool fused = down && up->dims[1] == 2 * down->dims[0];
      c_["fused_gate_up"] = fused;
      c_["gated_mlp"] = fused || in_block(dense, "ffn_gate.weight") != nullptr;
      c_["mlp_bias"] = in_block(dense, "ffn_up.bias") != nullptr;
    }
    const std::size_t sparse = first_block_with({"ffn_up_exps.weight"});
    const GgufTensor* experts = in_block(sparse, "ffn_up_exps.weight");
    if (!experts) return;
    Json e = {{"num_experts", experts->dims[2]},
              {"experts_per_token", required("expert_used_count")},
              {"moe_intermediate_size", experts->dims[1]}};
    if (const GgufTensor* shared = in_block(sparse, "ffn_up_shexp.weight"))
      e["shared_intermediate_size"] = shared->dims[1];
    e["shared_gate"] = in_block(sparse, "ffn_gate_inp_shexp.weight") != nullptr;
    e["router_bias"] =
        in_block(sparse, "ffn_gate_inp.bias") != nullptr || in_block(sparse, "exp_probs_b.bias") != nullptr;
    e["expert_bias"] = in_block(sparse, "ffn_up_exps.bias") != nullptr;
    e["first_k_dense"] = static_cast<double>(sparse);
    e["parallel_dense"] = in_block(sparse, "ffn_up.weight") != nullptr;
    c_["gated_mlp"] = in_block(sparse, "ffn_gate_exps.weight") != nullptr;
    if (c_["intermediate_size"] == 0) c_["intermediate_size"] = experts->dims[1];
    c_["moe"] = e;
  }

  /// Which layers of an architecture slide, where its files do not say: all but every nth, which is the last of each n
  /// or the first; all for n = 0, none for n = 1 (llama.cpp does not read their window). From src/models of llama.cpp,
  /// each file's load_arch_hparams.
  struct Sliding {
    const char* architecture;
    std::size_t n;
    bool full_first = false;

    bool slides(std::size_t layer) const { return n == 0 || layer % n != (full_first ? 0 : n - 1); }
  };
  const Sliding* sliding() const {
    static constexpr Sliding known[] = {{"gemma2", 2},
                                        {"gemma3", 6},
                                        {"gemma3n", 5},
                                        {"gpt-oss", 2},
                                        {"olmo2", 4},
                                        {"olmo3", 4},
                                        {"cohere2", 4},
                                        {"cohere2moe", 4, true},
                                        {"exaone4", 4},
                                        {"exaone-moe", 4},
                                        {"plamo3", 8},
                                        {"llama4", 4},
                                        {"afmoe", 4},
                                        {"mellum", 4},
                                        {"muse-glimmer", 4},
                                        {"laguna", 4, true},
                                        {"smallthinker", 4, true},
                                        {"lfm2", 0},
                                        {"lfm2moe", 0},
                                        {"llama", 1},
                                        {"mistral3", 1},
                                        {"qwen2", 1},
                                        {"qwen2moe", 1},
                                        {"qwen3", 1},
                                        {"qwen3moe", 1},
                                        {"phi3", 1},
                                        {"phimoe", 1},
                                        {"starcoder2", 1}};
    for (const Sliding& s : known)
      if (architecture == s.architecture) return &s;
    return nullptr;
  }
  /// Tokens that sliding layers see. Llama 4 attends in chunks, which its files leave out.
  double window() const { return optional("attention.sliding_window", architecture == "llama4" ? 8192 : 0); }

  /// Mamba-2, or Mamba-1, whose steps are projections of their own.
  void mamba(std::size_t i) {
    const GgufTensor* step = in_block(i, "ssm_dt.weight");
    const double inner = required("ssm.inner_size"), heads = step ? 1 : required("ssm.time_step_rank");
    Json m = {{"num_heads", heads},
              {"head_dim", std::floor(inner / std::max(1.0, heads))},
              {"state_size", required("ssm.state_size")},
              {"n_groups", optional("ssm.group_count", 1)},
              {"conv_kernel", required("ssm.conv_kernel")}};
    if (step) m["dt_rank"] = required("ssm.time_step_rank");
    m["conv_bias"] = in_block(i, "ssm_conv1d.bias") != nullptr;
    m["norm"] = in_block(i, "ssm_norm.weight") != nullptr || in_block(i, "ssm_dt_norm.weight") != nullptr;
    c_["mamba"] = m;
  }

  void linear_attention(double kernel) {
    const double value_heads = required("ssm.time_step_rank");
    c_["linear_attention"] = {{"num_key_heads", required("ssm.group_count")},
                              {"num_value_heads", value_heads},
                              {"key_head_dim", required("ssm.state_size")},
                              {"value_head_dim", std::floor(required("ssm.inner_size") / std::max(1.0, value_heads))},
                              {"conv_kernel", kernel}};
  }

  void layers() {
    const double window = this->window();
    const std::string pattern_key = architecture + ".attention.sliding_window_pattern";
    const GgufValue* pattern = value(pattern_key);
    const bool lists = pattern && pattern->numbers.size() >= blocks_;
    const Sliding* own = sliding();
    Sliding like = own ? *own : Sliding{"", 1};
    if (pattern && pattern->number >= 1) like.n = static_cast<std::size_t>(std::min(pattern->number, 1e4));
    if (window > 0 && !own && !lists && !(pattern && is_known(pattern->number)))
      errors.push_back({"missing", pattern_key, "is required: which layers of this architecture slide is unknown"});
    bool slides = false, recurs = false;
    Json types = Json::array(), mlps = Json::array();
    for (std::size_t i = 0; i < blocks_; ++i) {
      const bool moe = in_block(i, "ffn_up_exps.weight") != nullptr, dense = in_block(i, "ffn_up.weight") != nullptr;
      mlps.push_back(moe && dense ? "sparse_and_dense" : moe ? "sparse" : dense ? "dense" : "none");
      const bool attends = in_block(i, "attn_output.weight") != nullptr;
      if (in_block(i, "ssm_in.weight")) {
        mamba(i);
        recurs = true;
        types.push_back(attends ? "hybrid" : "mamba");
      } else if (const GgufTensor* conv = in_block(i, "shortconv.conv.weight")) {
        c_["shortconv"] = {{"kernel", conv->dims[0]}};
        types.push_back("conv");
      } else if (const GgufTensor* kernel = in_block(i, "ssm_conv1d.weight")) {
        linear_attention(kernel->dims[0]);
        types.push_back("linear_attention");
      } else if (!attends && (moe || dense)) {
        types.push_back("none");
      } else {
        const bool slide = window > 0 && (lists ? pattern->numbers[i] != 0 : like.slides(i));
        slides = slides || slide;
        types.push_back(slide ? "sliding_attention" : "full_attention");
      }
    }
    if (slides) c_["sliding_window"] = window;
    c_["layer_types"] = types;
    // Where it is more than "experts from some layer on".
    if (recurs) c_["mlp_layer_types"] = mlps;
  }

  const GgufHeader& h_;
  Json c_;
  std::size_t blocks_ = 0, attending_ = 0;
};

/// The role that a tensor of a layer plays, by its name after "blk.N.": the names of the others are roles themselves
/// (gguf-py/gguf/constants.py).
std::optional<Role> role_of(const std::string& name) {
  struct Named {
    const char* part;
    Role role;
  };
  static constexpr Named parts[] = {{"attn_kv_a_mqa", Role::attn_kv_a},
                                    {"attn_k_b", Role::attn_kv_b},
                                    {"attn_v_b", Role::attn_kv_b},
                                    {"ffn_gate_up_exps", Role::ffn_up_exps},
                                    {"ffn_gate_inp_shexp", Role::bias},
                                    {"ffn_latent", Role::ffn_latent},
                                    {"ssm_beta", Role::ssm_small},
                                    {"ssm_alpha", Role::ssm_small},
                                    {"ssm_ba", Role::ssm_small},
                                    {"ssm_x", Role::ssm_small},
                                    {"ssm_dt", Role::ssm_small},
                                    {"ssm_f_", Role::ssm_small},
                                    {"ssm_g_", Role::ssm_small},
                                    {"ssm_conv1d", Role::ssm_conv1d},
                                    {"shortconv.in_proj", Role::shortconv_in},
                                    {"shortconv.out_proj", Role::shortconv_out},
                                    {"shortconv.conv", Role::shortconv_conv},
                                    {"time_mix_lerp", Role::bias},
                                    {"time_mix_", Role::time_mix},
                                    {"channel_mix_key", Role::ffn_up},
                                    {"channel_mix_value", Role::ffn_down},
                                    {"channel_mix_", Role::ffn_gate},
                                    {"inp_gate", Role::per_layer_gate},
                                    {"per_layer_model_proj", Role::per_layer_model_proj},
                                    {"altup", Role::altup},
                                    {"laurel", Role::laurel},
                                    {"indexer", Role::indexer},
                                    {"attn_sinks", Role::bias},
                                    {"exp_probs_b", Role::bias},
                                    {"ssm_a", Role::bias},
                                    {"ssm_d", Role::bias}};
  const std::string base = name.substr(0, name.rfind('.'));
  if (name.size() > 5 && name.compare(name.size() - 5, 5, ".bias") == 0) return Role::bias;
  if (base.find("norm") != std::string::npos) return Role::norm;
  for (const Named& p : parts)
    if (base.rfind(p.part, 0) == 0) return p.role;
  if (base == "proj") return Role::per_layer_proj;
  return find_role(base);
}

/// Every tensor by what it is. Layers from `layers` on predict further tokens and are not run.
StoredList stored(const GgufHeader& header, double layers, std::string& unknown_name) {
  StoredList list;
  for (const auto& [name, t] : header.tensors) {
    const std::string format = t.type->format;
    if (name.rfind("blk.", 0) != 0) {
      const Role role = name == "output.bias" ? Role::bias : role_of(name).value_or(Role::bias);
      const Operator op = name == "output.bias" ? Operator::head : operator_of(role, name, false);
      list.add(role, op, false, false, format, t.count(), t.bytes());
      continue;
    }
    std::uint32_t block = 0;
    const char* end = std::from_chars(name.data() + 4, name.data() + name.size(), block).ptr;
    const std::string prefix = name.substr(0, static_cast<std::size_t>(end - name.data()) + 1),
                      part = name.substr(std::min(prefix.size(), name.size()));
    const bool recurrent = header.tensors.count(prefix + "ssm_conv1d.weight") > 0;
    const auto known = role_of(part);
    if (!known && unknown_name.empty()) unknown_name = name;
    const Role role = block < layers ? known.value_or(Role::bias) : Role::mtp;
    list.add(role, operator_of(role, part, recurrent), true, part.find("_exps.") != std::string::npos, format,
             t.count(), t.bytes());
  }
  return list;
}

/// The recipe that the file says it follows.
std::string recipe_of(const GgufHeader& header) {
  if (const auto type = header.values.find("general.file_type"); type != header.values.end())
    for (const FileType& f : file_types)
      if (f.id == type->second.number) return f.recipe;
  return {};
}

/// What the file calls the model: its name, or base name and size; empty: nothing.
std::string name_of(const GgufHeader& header) {
  const auto text = [&](const char* key) {
    const auto it = header.values.find(key);
    return it == header.values.end() ? std::string() : valid_utf8(it->second.text);
  };
  if (std::string name = text("general.name"); !name.empty()) return name;
  std::string out = text("general.basename");
  for (const char* key : {"general.size_label", "general.finetune"})
    if (const std::string part = text(key); !out.empty() && !part.empty()) out += "-" + part;
  return out;
}

double number_of(const GgufHeader& header, const std::string& key) {
  const auto it = header.values.find(key);
  return it == header.values.end() ? unknown : it->second.number;
}

/// Adds one part more. Parts of one file agree on what it is, and each of them stands there once; of metadata that they
/// repeat the first counts.
Errors add_part(GgufHeader& whole, const ModelFile& part, std::set<double>& numbers) {
  auto header = read_gguf_header(part.bytes);
  if (!header) return header.errors();
  Errors errors;
  const auto disagrees = [&](const char* key, std::string message) {
    errors.push_back({"inconsistent", key, std::move(message)});
  };
  if (!whole.tensors.empty()) {
    for (const char* key : {"general.architecture", "split.count", "split.tensors.count"}) {
      const auto here = header->values.find(key), there = whole.values.find(key);
      if (here == header->values.end()) continue;
      if (there == whole.values.end() || here->second.text != there->second.text ||
          (is_known(here->second.number) && here->second.number != there->second.number))
        disagrees(key, "is not that of the other parts");
    }
    if (!is_known(number_of(*header, "split.no"))) disagrees("split.no", "is missing: the file is no part of another");
  }
  if (const double n = number_of(*header, "split.no"); errors.empty() && is_known(n) && !numbers.insert(n).second)
    disagrees("split.no", "is that of another part");
  whole.values.merge(header->values);
  whole.tensors.merge(header->tensors);
  // What was not taken over is there already.
  if (errors.empty() && !header->tensors.empty())
    errors.push_back(
        {"duplicate_key", "tensors", "\"" + valid_utf8(header->tensors.begin()->first) + "\" stands twice"});
  return errors;
}

/// Whether every part of a split file is there.
std::optional<Error> incomplete(const GgufHeader& header, std::size_t parts) {
  const double of = number_of(header, "split.count");
  if (!(of > static_cast<double>(parts))) return std::nullopt;
  return said("missing", "split.count",
              parts == 1 ? "says {parts} parts, of which {read} was read: the others are needed too, or their headers"
                         : "says {parts} parts, of which {read} were read: the others are needed too, or their headers",
              {count(of), count(static_cast<double>(parts))});
}

/// A layer that the metadata does not count.
std::optional<Error> beyond(const GgufHeader& header, const std::string& key) {
  const double blocks = number_of(header, key);
  for (const auto& [name, t] : header.tensors) {
    double block = -1;
    if (name.rfind("blk.", 0) == 0) {
      std::uint32_t n = 0;
      std::from_chars(name.data() + 4, name.data() + name.size(), n);
      block = n;
    }
    if (block >= blocks)
      return Error{"out_of_range", key, "is " + count(blocks) + ", and there is \"" + valid_utf8(name) + "\""};
  }
  return std::nullopt;
}

}  // namespace

Result<Imported> preset_of_gguf(const std::vector<ModelFile>& parts) {
  GgufHeader header;
  std::set<double> numbers;
  for (const ModelFile& part : parts) {
    Errors errors = add_part(header, part, numbers);
    if (errors.empty()) continue;
    if (parts.size() > 1)
      for (Error& e : errors) e.path = std::string(part.name) + ": " + e.path;
    return errors;
  }
  if (const auto error = incomplete(header, parts.size())) return *error;
  Description description(header);
  Json config = description.run();
  if (!description.errors.empty()) return description.errors;
  if (const auto error = beyond(header, description.architecture + ".block_count")) return *error;
  const double layers = config["num_hidden_layers"].get<double>();
  config["model_type"] = "gguf:" + description.architecture;
  Imported made = imported(description.architecture, std::move(config), description.architecture + ".");
  const StoredList list = stored(header, layers, made.unknown);
  made.preset["checkpoint"] = list.checkpoint("gguf", list.name(recipe_of(header)));
  made.preset["id"] = name_of(header);
  return made;
}

}  // namespace edgewise::json
