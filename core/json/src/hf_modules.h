#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "edgewise/tensor.h"

namespace edgewise::json {

/// Where a module of a Hugging Face checkpoint stands and what it is.
struct HfModule {
  Role role = Role::bias;
  std::int32_t layer = -1;  ///< -1 outside the layers
};

/// The module of that name ("model.layers.3.self_attn.q_proj"); none where its name is of no known kind.
std::optional<HfModule> hf_module(std::string_view name);

/// Whether `pattern` of a list of modules means the module `name`: a regular expression ("re:.*lm_head"), a path with
/// wildcards ("model.layers.*.self_attn"), or names that follow one another in the path ("self_attn", "layers.3.mlp").
/// What stands before "layers." differs between wrappers of one model and is not compared. Uses up `steps`; none left,
/// or a pattern longer than `longest_pattern`: false.
bool means_module(std::string_view pattern, std::string_view name, std::size_t& steps);
inline constexpr std::size_t longest_pattern = 512;

/// A name of each matrix that a recipe may give another format, as Hugging Face checkpoints write it, "N" the layer.
struct HfName {
  const char* name;
  Role role;
};
std::span<const HfName> hf_names();

}  // namespace edgewise::json
