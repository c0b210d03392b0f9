#include "edgewise/tower.h"

#include <map>
#include <nlohmann/json.hpp>

#include "edgewise/import.h"
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

TEST_CASE("a tower of no known structure is said and not counted as nothing") {
  ordered_json c = config("qwen2.5-vl-7b");
  c["vision_config"] = {{"model_type", "eye_of_the_newt"}, {"hidden_size", 8}};
  const Model m = imported(c.dump());
  REQUIRE(m.vision);
  CHECK(m.vision->kind == "eye_of_the_newt");
  CHECK_FALSE(is_known(count_parameters(m).total));
  CHECK(is_known(count_parameters(m).text));
}
