#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/reader.h"

namespace edgewise::json {

/// What of an architecture depends on its config.json.
enum HfTrait : std::uint32_t {
  qkv_bias_only = 1,           ///< attention_bias adds a bias to q, k and v, not to the output projection
  use_bias = 1 << 1,           ///< use_bias adds one to every matrix of attention and MLP
  qk_norm_by_key = 1 << 2,     ///< queries and keys have norms where use_qk_norm says so
  window_everywhere = 1 << 3,  ///< sliding_window, where given, holds for every layer
  mla = 1 << 4,                ///< multi-head latent attention
  experts = 1 << 5,            ///< where the file counts any
  expert_width = 1 << 6,       ///< intermediate_size is the width of an expert
  gated_delta_net = 1 << 7,
  only_recurrent = 1 << 8,  ///< no layer attends: no heads to read
  expanded_mla = 1 << 9,    ///< whose cache holds keys and values of every head
};

/// One architecture of Hugging Face's `model_type`. Members are written "key value, key value".
struct HfArchitecture {
  const char* model_type;
  const char* family;
  std::uint32_t traits;
  /// Every nth layer is full attention, the others slide; 0: none slides. Where the file says neither.
  int window_period;
  /// What transformers' configuration class has where the file leaves a field out. Left out here too: fields that are
  /// null in the class.
  const char* defaults;
  /// Members of a preset's `config` that hold for every model of the architecture.
  const char* config;
};

/// The architecture of that `model_type`, by its own name or an alias; null where it is not known.
const HfArchitecture* find_hf_architecture(std::string_view model_type);
/// The model_type of the class that `architectures` names ("Qwen3ForCausalLM"); empty where none is known.
std::string model_type_of_class(std::string_view architecture);
/// The model_type that transformers takes for a nested language model that states none, by the model_type around it.
std::string nested_model_type(std::string_view outer);
/// What the class around a nested language model sets where its config leaves it out; null: nothing.
const char* nested_defaults(std::string_view outer);

/// What the model of that type is instead of a decoder, in a sentence; empty where it may be one.
std::string why_no_decoder(std::string_view model_type);
/// Known architectures with names near to that one.
std::vector<std::string> nearest_architectures(std::string_view model_type);

/// The names that a field of a config.json has in different families; the first is the usual one. Empty where there is
/// one only.
std::vector<const char*> names_of_field(std::string_view field);

/// The object with these members ("key value, key value").
Json members(std::string_view text);

}  // namespace edgewise::json
