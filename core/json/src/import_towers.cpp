#include <cmath>

#include "import.h"
#include "parse.h"

namespace edgewise::json {

/// A vision tower as far as its config states dimensions; nothing where they are missing.
void add_towers(Reader& root, Json& config) {
  Reader v = root.object("vision_config");
  if (!v) return;
  const auto first = [&](std::initializer_list<const char*> keys) {
    for (const char* key : keys)
      if (v.has(key) && v.any(key)->is_number()) return v.number(key, 0, json::max_size, 0);
    return 0.0;
  };
  const double layers = first({"num_hidden_layers", "depth", "num_layers"}),
               hidden = first({"hidden_size", "embed_dim"});
  const double patch = first({"patch_size", "spatial_patch_size"}), side = first({"image_size"});
  if (layers <= 0 || hidden <= 0 || patch <= 0) return;
  Json tower = {{"num_layers", layers}, {"hidden_size", hidden}, {"patch_size", patch}};
  if (const double width = first({"intermediate_size"}); width > 0) tower["intermediate_size"] = width;
  if (side > 0) tower["image_size"] = side;
  const double across = std::floor((side > 0 ? side : 1024) / patch),
               merge = std::max(1.0, first({"spatial_merge_size"}));
  tower["tokens_per_image"] =
      root.number("mm_tokens_per_image", 0, 1e6, std::floor(across / merge) * std::floor(across / merge));
  config["vision"] = tower;
}

}  // namespace edgewise::json
