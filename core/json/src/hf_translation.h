#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hf_architectures.h"

namespace edgewise::json {

/// Turns the language model of one config.json into the `config` of a preset. Fields that the file leaves out must
/// have been filled in from `HfArchitecture::defaults`; what is null there is null in transformers too.
class HfTranslation {
 public:
  /// More layers than this are refused in the end; lists for them are not made.
  static constexpr double most_layers = 1e4;

  HfTranslation(Reader& text, const HfArchitecture& a, std::string_view model_type);

  Json run();

 private:
  bool has(HfTrait trait) const { return (a_.traits & trait) != 0; }
  /// By the name of the architecture's row.
  bool is(std::string_view model_type) const { return model_type == a_.model_type; }

  /// The name under which the file has the field, or the usual one: what an error names.
  const char* key_of(const char* field);
  bool given(const char* field) { return t_.has(key_of(field)); }
  /// A whole number; a list of equal ones is one of them.
  double whole(const char* field, double fallback);
  double required(const char* field);
  /// Numbers, or true and false, of a list; empty where it is absent.
  std::vector<double> numbers(const char* key);
  void unless_set(const char* key, Json value);
  void unsupported(const char* key, const char* message) { t_.error(key, "unsupported", message); }

  void dimensions();
  double most_query_heads();
  double feed_forward_width();
  void attention();
  void windows();
  Json stated_pattern();
  Json periodic_pattern();
  void mixture();
  double shared_width(double expert_width);
  std::vector<bool> sparse_layers();
  void place_experts(Json& moe);
  void latent_attention();
  void delta_net();
  void mamba_2(const char* heads, const char* head_dim, const char* state, const char* groups, const char* conv);
  void mamba_1(double inner, const char* state, const char* conv);

  // What only one family does, hf_families.cpp.
  using Family = void (HfTranslation::*)();
  void family();
  /// Layers with these indices are of one kind, the others of another.
  void place(const std::vector<double>& at, const char* there, const char* elsewhere);
  /// A list of the file as a list of the preset; its largest number.
  double per_layer(const char* key, const char* preset_key);
  void per_layer_embedding();
  void lightning_attention();
  void gemma_3n();
  void gemma_4();
  void mamba_only();
  void jamba();
  void bamba();
  void falcon_h1();
  void granite_hybrid();
  void nemotron_h();
  void lfm_2();
  void rwkv_7();
  void kimi_linear();
  void lightning();
  void minimax();
  void llama_4();
  void mllama();
  void mimo_v2();
  void step_3();
  void deepseek_v4();
  void laguna();
  void nemotron_nas();
  void openelm();
  void longcat();
  void hunyuan();
  void falcon();
  void gpt_2();
  void gpt_bigcode();
  void opt();
  void molmo();
  void mpt();
  void dbrx();
  void stablelm();
  void qwen_1();
  void internlm_1();
  void phi_3_small();

  Reader& t_;
  const HfArchitecture& a_;
  std::string type_;  ///< the file's own model_type
  Json c_, moe_ = Json::object();
  bool tied_ = false;
  double hidden_ = 0, layers_ = 0, heads_ = 0, head_dim_ = 0;
};

}  // namespace edgewise::json
