#include "import_towers.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "import.h"
#include "parse.h"

namespace edgewise::json {

namespace {

/// What the layers of a vision transformer hold beside their matrices, and what stands before and after them.
enum Trait : unsigned {
  gated = 1,
  mlp_bias = 1 << 1,
  qkv_bias = 1 << 2,
  out_bias = 1 << 3,
  rms = 1 << 4,  ///< norms have a weight and no bias
  patch_bias = 1 << 5,
  class_token = 1 << 6,
  grid_positions = 1 << 7,  ///< one row for each patch of image_size, and for the class token
  pre_norm = 1 << 8,
  post_norm = 1 << 9,
  layer_scale = 1 << 10,
  two_frames = 1 << 11,  ///< a patch spans two frames
  biased = mlp_bias | qkv_bias | out_bias
};

/// A kind of vision tower by its model_type, with the defaults of its config class in
/// github:huggingface/transformers src/transformers/models, or of the repository's own code.
struct TowerKind {
  const char* model_type;
  const char* kind;
  unsigned traits;
  double layers, hidden, intermediate, heads, image, patch;
};

constexpr TowerKind kinds[] = {
    {"clip_vision_model", "clip", biased | class_token | grid_positions | pre_norm | post_norm, 12, 768, 3072, 12, 224,
     32},
    {"siglip_vision_model", "siglip", biased | patch_bias | grid_positions | post_norm, 12, 768, 3072, 12, 224, 16},
    {"siglip2_vision_model", "siglip2", biased | patch_bias | post_norm, 12, 768, 3072, 12, 256, 16},
    {"idefics3_vision", "siglip", biased | patch_bias | grid_positions | post_norm, 12, 1152, 3072, 16, 224, 32},
    {"intern_vit_6b", "intern_vit", mlp_bias | out_bias | patch_bias | class_token | grid_positions | layer_scale, 48,
     3200, 12800, 25, 224, 14},
    {"internvl_vision", "intern_vit", mlp_bias | out_bias | patch_bias | class_token | grid_positions | layer_scale, 24,
     1024, 4096, 16, 448, 14},
    {"qwen2_vl", "qwen2_vl", biased | two_frames, 32, 1280, 5120, 16, 1024, 14},
    {"qwen2_5_vl", "qwen2_5_vl", biased | gated | rms | two_frames, 32, 3584, 3420, 16, 1024, 14},
    {"qwen3_vl", "qwen3_vl", biased | patch_bias | two_frames, 27, 1152, 4304, 16, 1024, 16},
    {"pixtral", "pixtral", gated | rms | pre_norm, 24, 1024, 4096, 16, 1024, 16},
    {"llama4_vision_model", "llama4", biased | class_token | grid_positions | pre_norm | post_norm, 34, 768, 5632, 16,
     448, 14},
    {"mllama_vision_model", "mllama", mlp_bias | class_token | grid_positions | pre_norm | post_norm, 32, 1280, 5120,
     16, 448, 14},
    {"gemma4_vision", "gemma4", gated | rms, 16, 768, 3072, 12, 0, 16},
    {"moonvit", "moonvit", biased | patch_bias | post_norm, 27, 1152, 4304, 16, 1024, 14},
    {"glm4v_vision", "glm4v", gated | rms | patch_bias | grid_positions | pre_norm | post_norm | two_frames, 24, 1536,
     13696, 12, 336, 14},
    {"phi4mm", "siglip", biased | patch_bias | grid_positions | post_norm, 27, 1152, 4304, 16, 448, 14},
    {"phi3_v", "clip", biased | class_token | grid_positions | pre_norm | post_norm, 24, 1024, 4096, 16, 336, 14},
    {"gemma3n_vision", "mobilenetv5", 0, 0, 2048, 0, 0, 768, 0},
};

/// Other model_types of the same towers.
constexpr std::pair<std::string_view, std::string_view> same[] = {{"siglip", "siglip_vision_model"},
                                                                  {"smolvlm_vision", "idefics3_vision"},
                                                                  {"idefics3", "idefics3_vision"},
                                                                  {"smolvlm", "idefics3_vision"},
                                                                  {"qwen3_vl_moe", "qwen3_vl"},
                                                                  {"qwen3_5", "qwen3_vl"},
                                                                  {"qwen3_5_moe", "qwen3_vl"},
                                                                  {"qwen3_5_vision", "qwen3_vl"},
                                                                  {"qwen3_5_moe_vision", "qwen3_vl"},
                                                                  {"glm4v", "glm4v_vision"},
                                                                  {"glm4v_moe", "glm4v_vision"},
                                                                  {"glm4v_moe_vision", "glm4v_vision"},
                                                                  {"minicpmv", "siglip_vision_model"},
                                                                  {"qwen3_vl_vision", "qwen3_vl"},
                                                                  {"qwen2_5_vl_vision", "qwen2_5_vl"},
                                                                  {"qwen2_vl_vision", "qwen2_vl"},
                                                                  {"internvl_chat", "intern_vit_6b"},
                                                                  {"gemma3n", "gemma3n_vision"},
                                                                  {"gemma4", "gemma4_vision"},
                                                                  {"paligemma", "siglip_vision_model"},
                                                                  {"gemma3", "siglip_vision_model"},
                                                                  {"kimi_vl", "moonvit"},
                                                                  {"kimi_k25", "moonvit"},
                                                                  {"mistral3", "pixtral"},
                                                                  {"llama4", "llama4_vision_model"},
                                                                  {"mllama", "mllama_vision_model"},
                                                                  {"llava", "clip_vision_model"},
                                                                  {"llava_next", "clip_vision_model"},
                                                                  {"phi4_multimodal_vision", "phi4mm"},
                                                                  {"qwen2_5_omni_vision_encoder", "qwen2_5_vl"},
                                                                  {"qwen3_omni_moe_vision_encoder", "qwen3_vl"}};

const TowerKind* find_kind(std::string_view type) {
  for (const auto& [other, own] : same)
    if (type == other) type = own;
  const auto it =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const TowerKind& k) { return type == k.model_type; });
  return it == std::end(kinds) ? nullptr : it;
}

/// A vision tower, its projector and the rule of its tokens.
class Vision {
 public:
  Vision(Reader& root, Reader& v, std::string_view family, double text)
      : root_(root), v_(v), family_(family), text_(text) {}

  Json run() {
    std::string type = v_.text("model_type");
    const TowerKind* kind = find_kind(type);
    if (!kind) kind = find_kind(family_);
    if (kind && !type.empty() && !find_kind(type)) kind = nullptr;
    if (!kind) return {{"kind", type.empty() ? std::string(family_) : type}};
    kind_ = *kind;
    tower_["kind"] = kind_.kind;
    if (kind_.kind == std::string_view("mobilenetv5")) return convolutions();
    dimensions();
    tower_["parameters"] = 0;
    const double stack = layers_ * layer() + around();
    if (!family()) return {{"kind", tower_["kind"]}};
    tower_["parameters"] = stack + projector_ + tables_;
    tower_["patch_size"] = patch_;
    tower_["num_layers"] = layers_;
    tower_["hidden_size"] = hidden_;
    tower_["projector"] = {{"kind", "mlp2"}, {"parameters", projector_}};
    if (tables_ > 0) tower_["adapter_parameters"] = tables_;
    return std::move(tower_);
  }

 private:
  bool has(Trait t) const { return (kind_.traits & t) != 0; }
  bool is(std::initializer_list<std::string_view> families) const {
    return std::find(families.begin(), families.end(), family_) != families.end();
  }
  bool is_kind(std::string_view kind) const { return kind == kind_.kind; }

  void dimensions() {
    const bool qwen2 = is_kind("qwen2_vl");  // its hidden_size is the text's
    layers_ = number(v_, {"num_hidden_layers", "depth", "num_layers", "vt_num_hidden_layers"}, kind_.layers);
    hidden_ =
        qwen2 ? number(v_, {"embed_dim"}, kind_.hidden) : number(v_, {"hidden_size", "vt_hidden_size"}, kind_.hidden);
    width_ = number(v_, {"intermediate_size", "vt_intermediate_size"},
                    qwen2 ? hidden_ * v_.number("mlp_ratio", 0, 100, 4) : kind_.intermediate);
    heads_ = std::max(1.0, number(v_, {"num_attention_heads", "num_heads", "vt_num_attention_heads"}, kind_.heads));
    patch_ = std::max(1.0, number(v_, {"patch_size"}, kind_.patch));
    image_ = number(v_, {"image_size"}, kind_.image);
    if (is_kind("intern_vit")) {
      // The two classes leave these out at other values.
      const bool own = kind_.model_type == std::string_view("intern_vit_6b");
      if (v_.flag(own ? "qkv_bias" : "attention_bias", false)) kind_.traits |= qkv_bias;
      query_norms_ = v_.flag(own ? "qk_normalization" : "use_qk_norm", own);
      const std::string norm = v_.text("norm_type", own ? "rms_norm" : "layer_norm");
      if (norm == "rms_norm") kind_.traits |= rms;
    }
    if (is_kind("moonvit"))
      tables_of_positions_ = number(v_, {"init_pos_emb_height"}, 64) * number(v_, {"init_pos_emb_width"}, 64);
    if (is_kind("qwen3_vl")) tables_of_positions_ = number(v_, {"num_position_embeddings"}, 2304);
    if (is_kind("siglip2")) tables_of_positions_ = number(v_, {"num_patches"}, 256);
    if (is_kind("gemma4")) tables_of_positions_ = 2 * number(v_, {"position_embedding_size"}, 10240);
    if (has(grid_positions)) tables_of_positions_ = square(std::floor(image_ / patch_)) + (has(class_token) ? 1 : 0);
    // The last layer of SigLIP is dropped where its output is not used.
    if (family_ == "minicpmv" && root_.flag("drop_vision_last_layer", true)) layers_ -= 1;
    if (is_kind("glm4v")) width_ = number(v_, {"out_hidden_size"}, 4096);
    if (tables_of_positions_ > 0) tower_["num_positions"] = tables_of_positions_;
  }

  double norm(double width) const { return has(rms) ? width : 2 * width; }

  double layer() {
    const double h = hidden_, head = number(v_, {"head_dim"}, h / heads_), q = head * heads_;
    double n = dense(h, 3 * q, has(qkv_bias)) + dense(q, h, has(out_bias)) + 2 * norm(h);
    n += (has(gated) ? 2 : 1) * dense(h, width_, has(mlp_bias)) + dense(width_, h, has(mlp_bias));
    if (has(layer_scale)) n += 2 * h;
    if (query_norms_) n += 2 * h;
    if (is_kind("gemma4")) n += 2 * h + 2 * head;  // four norms, and norms of queries and keys
    return n;
  }

  double around() {
    const double h = hidden_;
    double n = dense(3 * patch_ * patch_ * (has(two_frames) ? 2 : 1), h, has(patch_bias)) + tables_of_positions_ * h;
    if (has(class_token)) n += h;
    if (has(pre_norm)) n += norm(h);
    if (has(post_norm)) n += norm(h);
    if (is_kind("gemma4") && v_.flag("standardize", false)) n += 2 * h;
    if (is_kind("mllama")) {
      // Embeddings of the tiles: one for each aspect ratio and tile, before and after the layers and with the
      // positions; global layers with two gates each.
      const double tiles = number(v_, {"max_num_tiles"}, 4), ratios = 9, global = number(v_, {"num_global_layers"}, 8);
      tables_ = ratios * tiles * h * (tables_of_positions_ + 2);
      n += global * (layer() + 2) + 3;
      tower_["num_global_layers"] = global;
    }
    return n;
  }

  /// The projector and the rule of a family; false where it is not known.
  bool family() {
    const double h = hidden_, t = text_, merge = number(v_, {"spatial_merge_size"}, 2),
                 across = std::floor(image_ / patch_);
    const bool bias = root_.flag("multimodal_projector_bias", !is({"mistral3", "ministral3"}));
    tower_["image_size"] = image_;
    if (is({"llava", "llava_next", "llava_onevision", "vipllava"})) {
      projector_ = dense(h, t, bias) + dense(t, t, bias);
      if (is_kind("pixtral")) return rule({{"rule", "pixtral"}, {"longest_edge", image_}});
      if (family_ == "llava")
        return fixed(square(across) + (root_.text("vision_feature_select_strategy") == "full" ? 1 : 0));
      if (family_ == "vipllava") return false;
      projector_ += t;  // the token that ends a row
      Json tokens = {{"rule", "llava_next"}, {"tokens_per_tile", square(across)}, {"grids", grids()}};
      if (family_ == "llava_onevision") tokens["max_tiles"] = 9;
      tokens["image_width"] = 2 * image_;
      return rule(tokens);
    }
    if (family_ == "paligemma") {
      projector_ = dense(h, number(root_, {"projection_dim"}, t));
      return fixed(square(across));
    }
    if (family_ == "gemma3") {
      projector_ = h * t + h;
      return fixed(number(root_, {"mm_tokens_per_image"}, 256));
    }
    if (is({"idefics3", "smolvlm"})) {
      const double scale = std::max(1.0, number(root_, {"scale_factor"}, 2));
      projector_ = h * scale * scale * t;
      return rule({{"rule", "idefics3"},
                   {"image_width", 4 * image_},
                   {"longest_edge", 4 * image_},
                   {"tokens_per_tile", square(std::floor(across / scale))}});
    }
    if (is({"internvl_chat", "internvl"})) {
      const double ratio = root_.number("downsample_ratio", 0.01, 1, 0.5), in = h / (ratio * ratio);
      projector_ = 2 * in + dense(in, t) + dense(t, t);
      const double tokens = square(std::floor(across * ratio));
      if (!root_.flag("dynamic_image_size", true)) return fixed(tokens);
      return rule(
          {{"rule", "internvl"}, {"max_tiles", number(root_, {"max_dynamic_patch"}, 12)}, {"tokens_per_tile", tokens}});
    }
    if (is_kind("qwen2_vl") || is_kind("qwen2_5_vl") || is_kind("qwen3_vl")) return qwen(merge);
    if (is({"mistral3", "ministral3"})) {
      tower_["spatial_merge"] = number(root_, {"spatial_merge_size"}, 2);
      projector_ = h + square(tower_["spatial_merge"].get<double>()) * h * h + dense(h, t, bias) + dense(t, t, bias);
      return rule({{"rule", "pixtral"}, {"longest_edge", image_}});
    }
    if (family_ == "llama4") {
      const double in = number(v_, {"projector_input_dim"}, 4096), out = number(v_, {"projector_output_dim"}, 4096);
      projector_ = width_ * in + in * out + number(v_, {"vision_output_dim"}, 7680) * t;
      const double ratio = v_.number("pixel_shuffle_ratio", 0.01, 1, 0.5);
      return rule({{"rule", "llama4"}, {"max_tiles", 16}, {"tokens_per_tile", square(std::floor(across * ratio))}});
    }
    if (family_ == "mllama") {
      projector_ = dense(number(v_, {"vision_output_dim"}, 7680), t);
      return rule({{"rule", "mllama"},
                   {"max_tiles", number(v_, {"max_num_tiles"}, 4)},
                   {"tokens_per_tile", square(across) + 1}});
    }
    if (family_ == "minicpmv") {
      const double queries = number(root_, {"query_num"}, 64);
      // Learned queries attend to the patches: keys and values, attention with biases, three norms, a matrix.
      projector_ = queries * t + h * t + 4 * dense(t, t) + 6 * t + t * t;
      Reader slices = root_.object("slice_config");
      tower_["image_size"] = slices ? number(slices, {"scale_resolution"}, 448) : 448;
      return rule({{"rule", "minicpmv"},
                   {"image_width", image_},
                   {"max_tiles", slices ? number(slices, {"max_slice_nums"}, 9) : 9},
                   {"tokens_per_tile", queries}});
    }
    if (is({"lfm2_vl", "lfm2-vl"})) {
      const double factor = number(root_, {"downsample_factor"}, 2), in = h * factor * factor,
                   mid = number(root_, {"projector_hidden_size"}, 2560);
      const bool projector_bias = root_.flag("projector_bias", true);
      projector_ = dense(in, mid, projector_bias) + dense(mid, t, projector_bias);
      if (root_.flag("projector_use_layernorm", true)) projector_ += 2 * in;
      const double side = number(root_, {"tile_size"}, 512), unit = square(patch_ * factor);
      tower_["image_size"] = side;
      tower_["spatial_merge"] = factor;
      return rule({{"rule", "lfm2_vl"},
                   {"min_pixels", number(root_, {"min_image_tokens"}, 64) * unit},
                   {"max_pixels", number(root_, {"max_image_tokens"}, 256) * unit},
                   {"max_tiles", number(root_, {"max_tiles"}, 10)},
                   {"tokens_per_tile", square(std::floor(side / patch_ / factor))}});
    }
    if (family_ == "phi3_v") {
      // Four patches become one; the tokens of its crops depend on a number that the config does not state.
      projector_ = dense(4 * h, t) + dense(t, t) + 8 * h;
      return true;
    }
    if (is({"phi4mm", "phi4_multimodal"})) {
      projector_ = dense(h, t) + dense(t, t) + 2 * h;
      // The pooling head of SigLIP is stored and not used.
      tables_ =
          low_rank(root_, "vision_lora", text_, 256) + 3 * h + 4 * dense(h, h) + dense(h, width_) + dense(width_, h);
      return rule({{"rule", "phi4mm"}, {"max_tiles", 36}, {"tokens_per_tile", square(std::floor(across / 2))}});
    }
    if (is({"kimi_vl", "kimi_k25"})) {
      const double m = number(v_, {"merge_kernel_size"}, 2), in = h * m * m;
      projector_ = 2 * h + dense(in, in) + dense(in, t);
      tower_["spatial_merge"] = m;
      return rule({{"rule", "kimi_vl"}, {"max_pixels", (family_ == "kimi_vl" ? 4096 : 16384) * patch_ * patch_}});
    }
    if (is({"glm4v", "glm4v_moe"})) {
      const double out = width_, context = number(v_, {"intermediate_size"}, 13696);
      projector_ = dense(square(merge) * h, out) + out * out + 2 * out + 3 * out * context;
      tower_["spatial_merge"] = merge;
      return rule({{"rule", "glm4v"}, {"image_width", 1024}, {"min_pixels", 12544}, {"max_pixels", 11760000}});
    }
    if (family_ == "gemma4") {
      const double pool = number(v_, {"pooling_kernel_size"}, 3), unit = pool * patch_;
      projector_ = h * t;
      tower_.erase("image_size");
      tower_["pooling_kernel"] = pool;
      return rule(
          {{"rule", "gemma4"}, {"max_pixels", number(root_, {"vision_soft_tokens_per_image"}, 280) * unit * unit}});
    }
    return false;
  }

  bool qwen(double merge) {
    const double in = hidden_ * merge * merge,
                 out = is_kind("qwen2_vl") ? number(v_, {"hidden_size"}, 3584) : number(v_, {"out_hidden_size"}, 3584);
    const double matrices = dense(in, in) + dense(in, out);
    projector_ = norm(hidden_) + matrices;
    tower_["spatial_merge"] = merge;
    if (is_kind("qwen3_vl")) {
      // Qwen3.5 has no further mergers; Qwen3-VL has three where its config does not say.
      const Json* deep = v_.any("deepstack_visual_indexes");
      const bool none = is({"qwen3_5", "qwen3_5_moe"});
      const double mergers = deep && deep->is_array() ? static_cast<double>(deep->size()) : none ? 0 : 3;
      projector_ += mergers * (matrices + norm(in));
      return rule({{"rule", "qwen2_vl"}, {"min_pixels", 65536}, {"max_pixels", 16777216}});
    }
    if (is_kind("qwen2_5_vl")) {
      tower_["window_size"] = number(v_, {"window_size"}, 112);
      const Json* full = v_.any("fullatt_block_indexes");
      tower_["fullatt_block_indexes"] = full && full->is_array() ? *full : Json({7, 15, 23, 31});
    }
    return rule({{"rule", "qwen2_vl"}, {"min_pixels", 3136}, {"max_pixels", 12845056}});
  }

  /// Grids of image_grid_pinpoints (height, width in pixels), as rows and columns; those of the class where left out.
  Json grids() {
    const Json* pinpoints = root_.any("image_grid_pinpoints");
    if (!pinpoints || !pinpoints->is_array()) return {1, 2, 2, 1, 2, 2, 3, 1, 1, 3};
    Json out = Json::array();
    for (const Json& p : *pinpoints) {
      if (!p.is_array() || p.size() != 2 || !p[0].is_number() || !p[1].is_number()) continue;
      for (const Json& side : p) out.push_back(std::floor(side.get<double>() / std::max(1.0, image_)));
    }
    return out;
  }

  bool fixed(double tokens) {
    tower_["tokens_per_image"] = tokens;
    return true;
  }
  bool rule(Json tokens) {
    tower_["tokens"] = std::move(tokens);
    return true;
  }

  /// MobileNetV5-300M of Gemma 3n: its weights as keras-hub's preset states them, its operations as counted over the
  /// blocks that keras_hub/src/utils/timm/convert_mobilenetv5.py lists, at 768 x 768.
  Json convolutions() {
    if (v_.text("architecture", "mobilenetv5_300m_enc") != "mobilenetv5_300m_enc") return {{"kind", tower_["kind"]}};
    const double h = number(v_, {"hidden_size"}, kind_.hidden);
    projector_ = number(v_, {"vocab_size"}, 128) * h + 2 * h + h * text_;
    tower_["parameters"] = 294284096 + projector_;
    tower_["image_size"] = 768;
    tower_["hidden_size"] = h;
    tower_["ops_per_input"] = 871482949632;
    tower_["projector"] = {{"kind", "linear"}, {"parameters", projector_}};
    tower_["tokens_per_image"] = number(root_, {"vision_soft_tokens_per_image"}, 256);
    return std::move(tower_);
  }

  Reader &root_, &v_;
  std::string_view family_;
  double text_;
  TowerKind kind_{};
  Json tower_;
  bool query_norms_ = false;
  double layers_ = 0, hidden_ = 0, width_ = 0, heads_ = 0, patch_ = 0, image_ = 0;
  double tables_of_positions_ = 0, tables_ = 0, projector_ = 0;
};

bool names_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return text.find(w) != text.npos; });
}

/// What a config says of towers in words of its own: that it has one is known, and nothing of its structure.
void add_unknown_towers(Reader& r, std::string_view family, Json& config) {
  const auto add = [&](const char* what, std::string kind) {
    if (!config.contains(what)) config[what] = {{"kind", kind.empty() ? std::string(family) : std::move(kind)}};
  };
  for (const std::string& key : r.keys()) {
    const Json* stated = r.any(key.c_str());
    if (!stated) continue;
    const Json& value = *stated;
    const bool tower = key.ends_with("_config") || key.ends_with("_tower") || key.ends_with("_backbone");
    if (!tower || !(value.is_object() || value.is_string()) || value.empty()) continue;
    std::string kind;
    if (value.is_object()) {
      Reader own = r.object(key.c_str());
      kind = own.text("model_type");
    } else {
      const std::string& name = value.get_ref<const std::string&>();
      kind = lower(name.substr(name.find_last_of('/') + 1));
    }
    if (names_any(key, {"audio", "speech"}) || (key == "encoder_config" && names_any(family, {"audio", "speech"})))
      add("audio", std::move(kind));
    else if (names_any(key, {"vision", "visual", "image"}))
      add("vision", std::move(kind));
  }
  // Its config leaves the tower to its code (allenai/Molmo-7B-D-0924, modeling_molmo.py).
  if (family == "molmo") add("vision", {});
}

}  // namespace

void add_towers(Reader& root, Json& config) {
  std::string family = root.text("model_type");
  const double text = config.value("hidden_size", 0.0);
  // Models that also speak nest what listens and sees.
  Reader r = root.has("thinker_config") ? root.object("thinker_config") : root;
  Reader v = r.object("vision_config"), a = r.object("audio_config");
  if (family == "phi4mm" || family == "phi3_v") {
    // Their own code holds the dimensions of the tower.
    const Json empty = Json::object();
    Errors none;
    Reader fixed(empty, "", none);
    config["vision"] = Vision(r, fixed, family, text).run();
    Reader processor = r.object("audio_processor");
    if (Reader conformer = processor.object("config")) config["audio"] = audio_tower(r, conformer, family, text);
    return;
  }
  if (v) config["vision"] = Vision(r, v, family, text).run();
  if (a) config["audio"] = audio_tower(r, a, family, text);
  add_unknown_towers(r, family, config);
}

}  // namespace edgewise::json
