#include <cmath>

#include "parse.h"

namespace edgewise::json {

namespace {

constexpr double max_pixels = 1e10;

/// Weights between the tower and the text, and beside them what the tower's own kind of merging holds.
double projector_parameters(Reader& v, double tower_width, double text_width) {
  Reader p = v.object("projector");
  const std::size_t kind = p.word("kind", {"linear", "mlp2", "resampler"}, 0);
  const double in = p.whole("in", 1, max_size, tower_width), mid = p.whole("mid", 1, max_size, text_width);
  const double bias = p.flag("bias", true) ? 1 : 0, norm = p.amount("norm", 1e12);
  p.unread({{"pool", Holds::text}, {"pixel_shuffle", Holds::count}});
  const double matrices =
      kind == 0 ? in * text_width + bias * text_width : in * mid + bias * mid + mid * text_width + bias * text_width;
  double parameters = p ? matrices + norm : 0;
  Reader stack = p.object("deepstack");
  parameters += stack.amount("count", max_count) * (matrices + stack.amount("norm", 1e12));
  stack.wanted({"count"});
  stack.finish();
  const double stated = p.amount("parameters", 1e12);
  p.wanted({"kind"});
  p.finish();
  return stated > 0 ? stated : parameters;
}

/// Grids of tiles as rows and columns one after the other.
std::uint64_t parse_grids(Reader& t) {
  std::uint64_t grids = 0;
  const Json* list = t.any("grids");
  t.unread({{"grids", Holds::wholes}});
  if (!list || !list->is_array()) return 0;
  const auto side = [&](std::size_t i) {
    const Json& x = (*list)[i];
    return x.is_number() && x.get<double>() >= 1 && x.get<double>() <= 8 ? x.get<std::uint64_t>() : 0;
  };
  for (std::size_t i = 0; i < list->size(); i += 2) {
    const std::uint64_t rows = side(i), columns = i + 1 < list->size() ? side(i + 1) : 0;
    if (rows == 0 || columns == 0) {
      t.error("grids", "out_of_range", "must be pairs of rows and columns between 1 and 8");
      return 0;
    }
    grids |= std::uint64_t{1} << (8 * (rows - 1) + columns - 1);
  }
  return grids;
}

void parse_tokens(Reader& t, ImageTokens& out) {
  out.rule =
      static_cast<ImageRule>(t.word("rule",
                                    {"fixed", "qwen2_vl", "glm4v", "pixtral", "kimi_vl", "gemma4", "internvl",
                                     "idefics3", "llava_next", "llama4", "mllama", "minicpmv", "phi4mm", "lfm2_vl"},
                                    0));
  out.width = t.whole("image_width", 1, 1e5, out.side);
  out.height = t.whole("image_height", 1, 1e5, out.width);
  out.min_pixels = t.whole("min_pixels", 1, max_pixels, 0);
  out.max_pixels = t.whole("max_pixels", 1, max_pixels, 0);
  out.longest_edge = t.whole("longest_edge", 1, 1e5, 0);
  out.max_tiles = t.whole("max_tiles", 1, 1000, 0);
  out.tokens = t.amount("tokens_per_tile", 1e6);
  out.grids = parse_grids(t);
  t.wanted({"rule"});
  // What each rule divides by.
  const auto needs = [&](const char* key, double value) {
    if (value <= 0) t.error(key, "missing", "is required by this rule");
  };
  switch (out.rule) {
    case ImageRule::gemma4:
    case ImageRule::kimi_vl:
      needs("max_pixels", out.max_pixels);
      break;
    case ImageRule::pixtral:
      needs("longest_edge", out.longest_edge);
      break;
    case ImageRule::idefics3:
      needs("longest_edge", out.longest_edge);
      needs("tokens_per_tile", out.tokens);
      break;
    case ImageRule::llava_next:
      needs("grids", static_cast<double>(out.grids > 0));
      needs("tokens_per_tile", out.tokens);
      break;
    case ImageRule::lfm2_vl:
      needs("min_pixels", out.min_pixels);
      needs("max_pixels", out.max_pixels);
      [[fallthrough]];
    case ImageRule::internvl:
    case ImageRule::llama4:
    case ImageRule::mllama:
    case ImageRule::minicpmv:
    case ImageRule::phi4mm:
      needs("max_tiles", out.max_tiles);
      needs("tokens_per_tile", out.tokens);
      break;
    case ImageRule::fixed:
    case ImageRule::qwen2_vl:
    case ImageRule::glm4v:
    case ImageRule::count:
      break;
  }
  t.finish();
}

}  // namespace

TowerConfig parse_vision(Reader& v, double hidden_size) {
  TowerConfig t;
  ImageTokens& image = t.image;
  t.kind = v.text("kind");
  t.parameters = v.whole("parameters", 1, 1e12, unknown);
  image.side = v.amount("image_size", 1e5);
  const double tokens = v.whole("tokens_per_image", 1, 1e6, unknown);
  v.unread({{"tokens_per_image_note", Holds::text}});
  Reader rule = v.object("tokens");
  image.patch_size = v.amount("patch_size", 1e4);
  v.unread({{"temporal_patch_size", Holds::count}, {"patch_bias", Holds::flag}});
  t.num_layers = v.amount("num_layers", max_count);
  const double global_layers = v.amount("num_global_layers", max_count);
  t.num_layers += global_layers;
  t.hidden_size = v.amount("hidden_size", max_size);
  v.unread({{"intermediate_size", Holds::count}, {"num_heads", Holds::count}, {"head_dim", Holds::count}});
  const double positions = v.amount("num_positions", max_size);
  v.unread({{"max_num_tiles", Holds::count}, {"num_tile_ids", Holds::count}});
  const double axis = v.amount("position_embedding_size", max_size), pooling = v.amount("pooling_kernel", 1e3);
  v.unread({{"standardize", Holds::flag}});
  image.merge = v.whole("spatial_merge", 1, 1e3, pooling > 0 ? pooling : 1);
  const double window = v.amount("window_size", 1e5);
  const Json* full = v.any("fullatt_block_indexes");
  v.unread({{"fullatt_block_indexes", Holds::wholes},
            {"deepstack_visual_indexes", Holds::wholes},
            {"vision_output_dim", Holds::count}});
  const double adapters = v.amount("adapter_parameters", 1e12);
  t.ops_per_input = v.amount("ops_per_input", 1e15);
  v.unread({{"note", Holds::text}});
  t.projector_parameters = projector_parameters(v, t.hidden_size, hidden_size);
  v.wanted({"kind", "parameters"});
  t.table_parameters = (positions + 2 * axis) * t.hidden_size + adapters;
  if (window > 0 && image.patch_size > 0) {
    const double across = std::floor(window / image.patch_size);
    t.window = across * across;
    if (full && full->is_array()) t.full_layers = static_cast<double>(full->size());
  }
  if (rule) parse_tokens(rule, image);
  if (image.rule == ImageRule::fixed) image.tokens = tokens;
  const bool by_patches = image.rule != ImageRule::fixed;
  if (by_patches && image.patch_size <= 0) v.error("patch_size", "missing", "is required by the rule of its tokens");
  if (by_patches && image.rule != ImageRule::gemma4 && image.side <= 0 && image.width <= 0)
    v.error("image_size", "missing", "is required by the rule of its tokens");
  v.finish();
  return t;
}

TowerConfig parse_audio(Reader& a, double hidden_size) {
  TowerConfig t;
  t.kind = a.text("kind");
  t.parameters = a.whole("parameters", 1, 1e12, unknown);
  t.num_layers = a.amount("num_layers", max_count);
  t.hidden_size = a.amount("hidden_size", max_size);
  a.unread({{"num_heads", Holds::count}});
  const double positions = a.amount("num_positions", max_size);
  t.audio.ms_per_token = a.positive("ms_per_token", 1e6);
  t.audio.ms_per_position = a.positive("ms_per_position", 1e6);
  if (const double window = a.positive("window_s", 1e6); is_known(window)) t.audio.window_s = window;
  t.audio.whole_windows = a.mark("whole_windows");
  t.window = a.amount("attention_window", max_size);
  const double adapters = a.amount("adapter_parameters", 1e12);
  t.projector_parameters = projector_parameters(a, t.hidden_size, hidden_size);
  a.unread({{"note", Holds::text}});
  a.wanted({"kind", "parameters", "num_layers", "hidden_size", "ms_per_token"});
  a.finish();
  t.table_parameters = positions * t.hidden_size + adapters;
  // Without a merge, a position becomes a token.
  if (!(t.audio.ms_per_position > 0)) t.audio.ms_per_position = t.audio.ms_per_token;
  return t;
}

}  // namespace edgewise::json
