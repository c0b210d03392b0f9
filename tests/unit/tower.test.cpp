#include "edgewise/tower.h"

#include <map>
#include <nlohmann/json.hpp>

#include "edgewise/import.h"
#include "import.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using nlohmann::ordered_json;

namespace {

/// A tower of which only the rule of its tokens matters.
TowerCost with(ImageRule rule, double patch, double merge, double side) {
  TowerCost t;
  t.present = true;
  t.image.rule = rule;
  t.image.patch_size = patch;
  t.image.merge = merge;
  t.image.side = side;
  return t;
}

TowerCost qwen2_vl() {
  TowerCost t = with(ImageRule::qwen2_vl, 14, 2, 1024);
  t.image.min_pixels = 3136;
  t.image.max_pixels = 12845056;
  return t;
}

TowerCost tiles(ImageRule rule, double patch, double side, double tokens, double most) {
  TowerCost t = with(rule, patch, 1, side);
  t.image.tokens = tokens;
  t.image.max_tiles = most;
  return t;
}

TowerCost pixtral() {
  TowerCost t = with(ImageRule::pixtral, 14, 2, 1540);
  t.image.longest_edge = 1540;
  return t;
}

TowerCost llava_next() {
  TowerCost t = tiles(ImageRule::llava_next, 14, 336, 576, 0);
  for (const auto& [rows, columns] : {std::pair(1, 2), {2, 1}, {2, 2}, {3, 1}, {1, 3}})
    t.image.grids |= std::uint64_t{1} << (8 * (rows - 1) + columns - 1);
  return t;
}

TowerCost smolvlm() {
  TowerCost t = tiles(ImageRule::idefics3, 16, 512, 64, 0);
  t.image.longest_edge = 2048;
  return t;
}

TowerCost gemma4() {
  TowerCost t = with(ImageRule::gemma4, 16, 3, 0);
  t.image.max_pixels = 280 * 48 * 48;
  return t;
}

TowerCost lfm2_vl() {
  TowerCost t = tiles(ImageRule::lfm2_vl, 16, 512, 256, 10);
  t.image.merge = 2;
  t.image.min_pixels = 64 * 1024;
  t.image.max_pixels = 256 * 1024;
  return t;
}

double tokens(const TowerCost& t, double width, double height) { return image_load(t, width, height).tokens; }

Model imported(const std::string& text) {
  auto m = model_from_hf_config(text, "x");
  INFO((m ? std::string() : test::describe(m.errors())));
  REQUIRE(m);
  return *m;
}

ordered_json config(const std::string& id) {
  return ordered_json::parse(test::read_file(test::source_path("tests/data/towers/" + id + ".json")));
}

}  // namespace

TEST_CASE("an image of a stated size takes as many tokens as its model's processor gives it") {
  SECTION("Qwen2-VL, arXiv 2409.12191: 66 with the two around them for 224 x 224; 11,427 for 8204 x 1092") {
    CHECK(tokens(qwen2_vl(), 224, 224) == 64);
    CHECK(tokens(qwen2_vl(), 8204, 1092) == 11427);
    CHECK(tokens(qwen2_vl(), 10, 10) == 4);          // scaled up to min_pixels
    CHECK(tokens(qwen2_vl(), 4000, 4000) == 16384);  // down to max_pixels, as Qwen2.5-VL's card says
  }
  SECTION("Pixtral and Mistral Small 3.1: a token ends each row; 1540 is the longest edge") {
    CHECK(tokens(pixtral(), 1540, 1540) == 3080);
    CHECK(tokens(pixtral(), 3000, 3000) == 3080);
    CHECK(tokens(pixtral(), 28, 56) == 4);
  }
  SECTION("Gemma 4: as much of 280 as the sides allow") {
    CHECK(tokens(gemma4(), 0, 0) == 280);
    CHECK(tokens(gemma4(), 960, 672) == 280);
    CHECK(tokens(gemma4(), 1000, 1000) == 256);
    CHECK(tokens(gemma4(), 100000, 10) == 280);
  }
  SECTION("InternVL: tiles of 256, a thumbnail where there are several, two around them") {
    const TowerCost t = tiles(ImageRule::internvl, 14, 448, 256, 12);
    CHECK(tokens(t, 448, 448) == 258);
    CHECK(tokens(t, 896, 448) == 3 * 256 + 2);
    CHECK(tokens(t, 896, 1344) == 7 * 256 + 2);
  }
  SECTION("LLaVA-NeXT: transformers' own test has 1,526 for 316 x 500") {
    CHECK(tokens(llava_next(), 316, 500) == 1526);
    CHECK(tokens(llava_next(), 672, 672) == 576 + 48 * 49);
  }
  SECTION("SmolVLM: tiles of 64 and the tokens that separate them") {
    CHECK(tokens(smolvlm(), 2048, 2048) == 16 * 66 + 4 + 64 + 3);
    CHECK(tokens(smolvlm(), 1024, 512) == 8 * 66 + 2 + 64 + 3);
  }
  SECTION("Llama 4: tiles of 144, separators, a thumbnail") {
    const TowerCost t = tiles(ImageRule::llama4, 14, 336, 144, 16);
    CHECK(tokens(t, 336, 336) == 144 + 3);
    CHECK(tokens(t, 200, 300) == 144 + 3);
    CHECK(tokens(t, 672, 672) == 5 * 144 + 4 + 3);
  }
  SECTION("MiniCPM-V: 640 for 1344 x 1344, as its card says") {
    const TowerCost t = tiles(ImageRule::minicpmv, 14, 448, 64, 9);
    CHECK(tokens(t, 1344, 1344) == 640);
    CHECK(tokens(t, 448, 448) == 64);
    CHECK(tokens(t, 980, 980) == 5 * 64);
  }
  SECTION("Phi-4-multimodal: pairs of patches of 448-pixel tiles, a token a row") {
    const TowerCost t = tiles(ImageRule::phi4mm, 14, 448, 256, 36);
    CHECK(tokens(t, 448, 448) == 256 + 1 + 256 + 16 + 16);
    CHECK(tokens(t, 896, 448) == 256 + 1 + 512 + 16 + 16);
  }
  SECTION("LFM2-VL: its card has 96 for 256 x 384; here with the two around them") {
    CHECK(tokens(lfm2_vl(), 256, 384) == 96 + 2);
    CHECK(tokens(lfm2_vl(), 1024, 1024) == 4 * 257 + 1 + 256 + 2);
  }
  SECTION("Llama 3.2 Vision: four tiles of 1,601 positions beside the text") {
    const TowerLoad load = image_load(tiles(ImageRule::mllama, 14, 560, 1601, 4), 300, 300);
    CHECK(load.tokens == 0);
    CHECK(load.cross_tokens == 6404);
  }
}

TEST_CASE("more pixels of the same shape never take fewer tokens") {
  const TowerCost all[] = {qwen2_vl(),
                           pixtral(),
                           gemma4(),
                           smolvlm(),
                           tiles(ImageRule::llama4, 14, 336, 144, 16),
                           tiles(ImageRule::minicpmv, 14, 448, 64, 9),
                           tiles(ImageRule::internvl, 14, 448, 256, 12)};
  for (const TowerCost& t : all)
    for (const double ratio : {1.0, 1.5, 3.0}) {
      double before = 0;
      for (double side = 64; side <= 4096; side *= 2) {
        const double now = tokens(t, side * ratio, side);
        INFO(static_cast<int>(t.image.rule) << " " << side * ratio << " x " << side);
        CHECK(now >= before);
        before = now;
      }
    }
}

TEST_CASE("shipped models state what their rule gives for the size that it names") {
  std::size_t checked = 0;
  for (const auto& [id, text] : test::preset_texts("models")) {
    const ordered_json preset = ordered_json::parse(text);
    if (!preset.at("config").contains("vision")) continue;
    const ordered_json& v = preset.at("config").at("vision");
    INFO(id);
    const Model& m = *test::shipped().model(id);
    TowerCost t;
    t.image = m.vision->image;
    if (v.contains("tokens_per_image")) CHECK(image_load(t, 0, 0).tokens == v.at("tokens_per_image").get<double>());
    if (preset.contains("counted_detail") && preset.at("counted_detail").value("projector", 0.0) > 0)
      CHECK(m.vision->projector_parameters == preset.at("counted_detail").at("projector").get<double>());
    ++checked;
  }
  CHECK(checked >= 39);
}

TEST_CASE("audio takes tokens by its length, or by whole windows") {
  TowerCost t;
  t.audio.ms_per_token = 80;
  t.audio.ms_per_position = 20;
  t.audio.window_s = 30;
  t.audio.whole_windows = true;
  CHECK(audio_load(t, 1).tokens == 375);  // Voxtral: 30 s are 375 tokens
  CHECK(audio_load(t, 31).tokens == 750);
  CHECK(audio_load(t, 31).positions == 3000);
  t.audio.whole_windows = false;
  CHECK(audio_load(t, 1).tokens == 13);
}

TEST_CASE("a config's towers are counted by their own structure") {
  // Published totals: the sums of the tensors of the checkpoints.
  const std::map<std::string, double> totals = {{"qwen2.5-vl-7b", 8292166656},    {"devstral-small-2", 24011361280},
                                                {"gemma-4-26b-a4b", 25805847856}, {"voxtral-mini-3b", 4680000000},
                                                {"qwen3-vl-8b", 8767123696},      {"llava-1.5-7b", 7063427072},
                                                {"smolvlm-256m", 256484928},      {"internvl3-2b", 2088957440}};
  for (const auto& [id, total] : totals) {
    INFO(id);
    CHECK(std::fabs(count_parameters(imported(config(id).dump())).total / total - 1) < 1e-3);
  }
}

TEST_CASE("towers are counted to what their checkpoints hold, whatever the language model behind them") {
  const auto counted = [](const char* towers, double width) {
    const json::Json config = json::Json::parse(towers);
    Errors errors;
    json::Reader root(config, "", errors);
    json::Json out = {{"hidden_size", width}};
    json::add_towers(root, out);
    INFO(test::describe(errors));
    REQUIRE(errors.empty());
    double sum = 0;
    for (const char* tower : {"vision", "audio"})
      if (out.contains(tower) && out[tower].contains("parameters")) sum += out[tower]["parameters"].get<double>();
    return sum;
  };
  // Totals of the published checkpoints less their language models, where these are exact.
  SECTION("PaliGemma 3B, 2,923,466,480 weights in all, 2,508,662,784 of them Gemma 2B with 257,216 tokens") {
    CHECK(counted(R"({"model_type": "paligemma", "projection_dim": 2048,
                      "vision_config": {"hidden_size": 1152, "intermediate_size": 4304, "model_type": "siglip_vision_model",
                                        "num_attention_heads": 16, "num_hidden_layers": 27, "patch_size": 14}})",
                  2048) == 2923466480 - 2508662784);
  }
  SECTION("MiniCPM-V 2.6, 8,099,175,152 in all") {
    CHECK(counted(R"({"model_type": "minicpmv", "drop_vision_last_layer": false, "query_num": 64,
                      "slice_config": {"max_slice_nums": 9, "model_type": "minicpmv"},
                      "vision_config": {"hidden_size": 1152, "image_size": 980, "intermediate_size": 4304,
                                        "model_type": "siglip", "num_attention_heads": 16, "num_hidden_layers": 27,
                                        "patch_size": 14}})",
                  3584) == 8099175152 - 7612763648);
  }
  SECTION("Llama 3.2 11B Vision, 10,670,220,835 in all: its tiles, gates and global layers") {
    const double n = counted(
        R"({"model_type": "mllama", "vision_config": {"image_size": 560, "model_type": "mllama_vision_model"}})", 4096);
    CHECK(std::fabs(n / (10670220835 - 9775192080) - 1) < 1e-6);
  }
  SECTION("Gemma 3n E2B, 5,439,595,456 in all: MobileNetV5 and a conformer") {
    CHECK(counted(R"({"model_type": "gemma3n", "vision_config": {"model_type": "gemma3n_vision"},
                      "audio_config": {"model_type": "gemma3n_audio"}})",
                  2048) == 5439595456 - 4456156768);
  }
  SECTION("Phi-4-multimodal, 5,574,460,384 in all, 3,836,021,760 of them Phi-4-mini: adapters included") {
    const double n = counted(R"({"model_type": "phi4mm", "hidden_size": 3072, "intermediate_size": 8192,
                                 "num_attention_heads": 24, "num_key_value_heads": 8, "num_hidden_layers": 32,
                                 "vision_lora": {"r": 256}, "speech_lora": {"r": 320},
                                 "audio_processor": {"config": {"attention_dim": 1024, "num_blocks": 24}}})",
                             3072);
    CHECK(std::fabs((n + 3836021760) / 5574460384 - 1) < 1e-3);
  }
  SECTION("Qwen2-VL 2B, 2,208,985,600 in all") {
    CHECK(counted(R"({"model_type": "qwen2_vl", "vision_config": {"depth": 32, "embed_dim": 1280, "hidden_size": 1536,
                      "mlp_ratio": 4, "num_heads": 16, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2}})",
                  1536) == 2208985600 - 1543714304);
  }
  SECTION("GLM-4.1V 9B, 10.29e9 in all, 9.400e9 of them GLM-4 9B") {
    const double n = counted(R"({"model_type": "glm4v", "vision_config": {"model_type": "glm4v_vision"}})", 4096);
    CHECK(std::fabs((n + 9.400e9) / 10.29e9 - 1) < 1e-3);
  }
  SECTION("Kimi-VL: MoonViT is a SigLIP of 400 million weights") {
    const double n = counted(R"({"model_type": "kimi_vl", "vision_config": {"model_type": "moonvit"}})", 2048);
    CHECK(n == 416866032 + 2304 + 4608.0 * 4608 + 4608 + 4608.0 * 2048 + 2048);
  }
}

TEST_CASE("configs of towers that make no sense are refused or unknown, and nothing else") {
  for (const char* vision :
       {R"({"model_type": "qwen2_5_vl", "patch_size": 0})", R"({"model_type": "qwen2_5_vl", "depth": "many"})",
        R"({"model_type": "qwen2_5_vl", "depth": 1e300})", R"({"model_type": "qwen2_5_vl", "num_heads": 0})",
        R"({"model_type": "qwen2_5_vl", "spatial_merge_size": 0})",
        R"({"model_type": "qwen2_5_vl", "patch_size": [[1]]})", R"({"model_type": 7})", R"({})", R"([])",
        R"({"model_type": "qwen2_5_vl", "patch_size": [1e308]})"}) {
    ordered_json c = config("qwen2.5-vl-7b");
    c["vision_config"] = ordered_json::parse(vision);
    INFO(vision);
    const auto m = model_from_hf_config(c.dump(), "x");
    if (m && m->vision) {
      TowerCost t;
      t.image = m->vision->image;
      CHECK_FALSE(image_load(t, 1000, 1000).tokens < 0);
    }
  }
}

TEST_CASE("a tower of no known structure is said and not counted as nothing") {
  ordered_json c = config("qwen2.5-vl-7b");
  c["vision_config"] = {{"model_type", "eye_of_the_newt"}, {"hidden_size", 8}};
  const Model m = imported(c.dump());
  REQUIRE(m.vision);
  CHECK(m.vision->kind == "eye_of_the_newt");
  CHECK_FALSE(is_known(count_parameters(m).total));
  CHECK(is_known(count_parameters(m).text));
}
