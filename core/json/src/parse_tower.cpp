#include <cmath>

#include "parse.h"

namespace edgewise::json {

namespace {
constexpr double max_count = 1e4;  // layers, heads
}

/// Weights of a ViT-like tower from its dimensions: attention 4 h^2, MLP 2 h f (3 h f where gated), embeddings,
/// projector.
TowerConfig parse_vision(Reader& v, double hidden_size) {
  TowerConfig t;
  v.unread({{"kind", Holds::text}});
  t.parameters = v.amount("parameters", 1e12);
  const double side = v.whole("image_size", 1, 1e5, 1024);
  v.unread({{"tiles", Holds::count}});
  t.tokens_per_image = v.amount("tokens_per_image", 1e6);
  v.unread({{"tokens_per_image_note", Holds::text}});
  const double patch = v.amount("patch_size", 1e4);
  v.unread({{"temporal_patch_size", Holds::count}, {"patch_bias", Holds::flag}});
  t.num_layers = v.amount("num_layers", max_count);
  v.unread({{"num_global_layers", Holds::count}});
  t.hidden_size = v.amount("hidden_size", max_size);
  const double f = v.whole("intermediate_size", 1, max_size, 4 * t.hidden_size);
  v.unread({{"num_heads", Holds::count},
            {"head_dim", Holds::count},
            {"num_positions", Holds::count},
            {"max_num_tiles", Holds::count},
            {"num_tile_ids", Holds::count},
            {"position_embedding_size", Holds::count},
            {"pooling_kernel", Holds::count},
            {"standardize", Holds::flag},
            {"spatial_merge", Holds::count},
            {"window_size", Holds::count},
            {"fullatt_block_indexes", Holds::wholes},
            {"deepstack_visual_indexes", Holds::wholes},
            {"vision_output_dim", Holds::count},
            {"note", Holds::text}});
  Reader p = v.object("projector");
  p.word("kind", {"linear", "mlp2", "resampler"}, 0);
  const double in = p.whole("in", 1, max_size, t.hidden_size);
  p.unread({{"mid", Holds::count},
            {"bias", Holds::flag},
            {"norm", Holds::count},
            {"pool", Holds::text},
            {"pixel_shuffle", Holds::count}});
  Reader stack = p.object("deepstack");
  stack.unread({{"count", Holds::count}, {"norm", Holds::count}});
  stack.wanted({"count"});
  stack.finish();
  p.unread({{"parameters", Holds::count}});
  p.wanted({"kind"});
  p.finish();
  v.wanted({"kind", "parameters", "tokens_per_image", "tokens_per_image_note"});
  v.finish();
  t.patches_per_image = patch > 0 ? std::floor(side / patch) * std::floor(side / patch) : 0;
  if (t.parameters == 0) {
    const double h = t.hidden_size;
    t.parameters = t.num_layers * (4 * h * h + 2 * h * f) + 3 * patch * patch * h;
    t.parameters += in * hidden_size;
  }
  return t;
}

TowerConfig parse_audio(Reader& a) {
  TowerConfig t;
  a.unread({{"kind", Holds::text}});
  t.parameters = a.amount("parameters", 1e12);
  t.num_layers = a.amount("num_layers", max_count);
  t.hidden_size = a.amount("hidden_size", max_size);
  a.unread({{"num_heads", Holds::count}, {"ms_per_token", Holds::positive}, {"note", Holds::text}});
  a.wanted({"kind", "parameters", "num_layers", "hidden_size", "ms_per_token"});
  a.finish();
  // A conformer layer holds about 24 h^2 weights: two MLPs of 8 h^2 each, attention 4 h^2, convolution 4 h^2.
  if (t.parameters == 0) t.parameters = 24 * t.num_layers * t.hidden_size * t.hidden_size;
  return t;
}

}  // namespace edgewise::json
