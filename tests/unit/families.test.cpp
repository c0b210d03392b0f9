// What config.json files of many families say, against what others counted of the same models.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "edgewise/csv.h"
#include "edgewise/import.h"
#include "edgewise/text.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;

namespace {

std::string config_text(const std::string& id) {
  return test::read_file(test::source_path("tests/data/configs/" + id + ".json"));
}

Model imported(const std::string& text) {
  auto m = model_from_hf_config(text, "x");
  INFO(text.substr(0, 300));
  INFO((m ? std::string() : test::describe(m.errors())));
  REQUIRE(m);
  return std::move(*m);
}

std::string refusal(const std::string& text) {
  const auto m = model_from_hf_config(text, "x");
  return m ? std::string() : test::describe(m.errors());
}

ModelCost cost_of(const Model& m) {
  const Catalog& c = test::shipped();
  return summarize(m, *c.quantization("F16"), c.formats());
}

/// What one more token adds to the cache of all layers before a window is full.
double kv_elements_per_token(const ModelCost& cost) {
  double elements = 0;
  for (std::size_t i = 0; i < cost.attention_count; ++i)
    elements += cost.attention[i].kv_layers * cost.attention[i].kv_elements;
  return elements;
}

struct Published {
  std::string config, scope, also_counted, source;
  double parameters = unknown, half_unit = 0, kv_elements = unknown;
};

std::vector<Published> published() {
  auto table = parse_csv(test::read_file(test::source_path("tests/data/configs/published.csv")));
  REQUIRE(table);
  std::vector<Published> rows;
  for (const auto& row : table->rows) {
    const auto text = [&](const char* column) { return row[table->find(column)]; };
    const auto number = [&](const char* column, double absent) {
      return text(column).empty() ? absent : std::stod(text(column));
    };
    rows.push_back({text("config"), text("scope"), text("also_counted"), text("source"),
                    number("published_parameters", unknown), number("half_unit", 0),
                    number("kv_elements_per_token", unknown)});
  }
  return rows;
}

/// The weights that the source counts, as the engine counts them.
double counted(const Published& p, const Model& m) {
  const ParameterCounts counts = count_parameters(m);
  double n = p.scope == "total" ? counts.total : counts.text;
  if (p.also_counted.find("the multi-token-prediction layer") != std::string::npos) n += counts.mtp;
  if (p.also_counted == "the tied output head a second time") n += m.vocab_size * m.hidden_size;
  return n;
}

bool agrees(const Published& p, double n) {
  return std::fabs(n - p.parameters) <= std::max(0.005 * p.parameters, p.half_unit);
}

/// Where the configuration, or what was counted, is another than the model that runs.
const std::map<std::string, std::string> exceptions = {
    {"gemma-3n-e2b", "its file here holds the language model only"},
    {"gemma-4-26b-a4b", "its file here holds the language model only"},
    {"gemma-4-e2b", "its file here holds the language model only"},
    {"lfm2-2.6b", "the source leaves out block_auto_adjust_ff_dim, which the model sets to false"},
    {"llama-4-scout-17b-16e-instruct", "the source leaves out the vision tower"},
    {"molmo-7b-d-0924", "its vision tower stands in code, not in the file"},
    {"qwen2.5-omni", "the published count includes what speaks: another model beside this one"},
    {"qwen3.5-0.8b", "its file here holds the language model only"},
    {"step-3.7-flash", "its multi-token-prediction layers have dense MLPs; the source leaves out the vision tower"},
    {"step-3.7-flash-fp8", "the same"},
    {"exaone-4.5-33b", "a vision tower of no known structure: unknown, not nothing"},
    {"minicpm-v-4.6", "the same"},
    {"qwen3-asr", "the source counts the larger of the family"}};

}  // namespace

TEST_CASE("configs as they are count what others counted, within half a percent") {
  std::size_t checked = 0, caches = 0;
  for (const Published& p : published()) {
    INFO(p.config << ", " << p.source);
    const auto m = model_from_hf_config(config_text(p.config), p.config);
    INFO((m ? std::string() : test::describe(m.errors())));
    REQUIRE(m);
    if (is_known(p.kv_elements)) {
      CHECK(kv_elements_per_token(cost_of(*m)) == p.kv_elements);
      ++caches;
    }
    if (!is_known(p.parameters)) continue;
    const double n = counted(p, *m);
    INFO("counted " << n << ", published " << p.parameters);
    // A tower whose structure its file does not state is not counted, and nor is the whole.
    if (is_known(n))
      CHECK(agrees(p, n) == (exceptions.count(p.config) == 0));
    else
      CHECK(count_parameters(*m).text <= 1.005 * p.parameters);
    ++checked;
  }
  CHECK(checked >= 200);
  CHECK(caches >= 200);
}

TEST_CASE("table of configs: parameters and cache, counted and published", "[.][table]") {
  std::printf("| config | architecture | parameters | published | error | KV B/token, 16 bit | published |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const Published& p : published()) {
    const auto m = model_from_hf_config(config_text(p.config), p.config);
    if (!m) continue;
    const double n = counted(p, *m), kv = 2 * kv_elements_per_token(cost_of(*m));
    const std::string error = is_known(p.parameters) ? significant(100 * (n / p.parameters - 1)) + " %" : std::string();
    std::printf("| %s | %s | %.0f | %.0f | %s | %.0f | %.0f |\n", p.config.c_str(), m->family.c_str(), n, p.parameters,
                error.c_str(), kv, 2 * p.kv_elements);
  }
}

TEST_CASE("a nested language model leaves out what equals its class's default") {
  // google/gemma-3-4b-it: 8 heads, 4 KV heads of 256, vocabulary 262208, every sixth layer full.
  const Model gemma = imported(R"({"model_type": "gemma3", "text_config": {"model_type": "gemma3_text",
      "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34, "sliding_window": 1024}})");
  CHECK(gemma.model_type == "gemma3");
  CHECK(count_parameters(gemma).text == 3880263168);
  CHECK(gemma.num_key_value_heads == 4);
  CHECK(gemma.layers[5].mixer == Mixer::full_attention);

  // llava-hf/llava-1.5-7b-hf: Llama's class is Llama-7B.
  const Model llava = imported(R"({"model_type": "llava", "text_config": {"vocab_size": 32064}})");
  CHECK(count_parameters(llava).text == 6738939904);
  CHECK(llava.num_hidden_layers == 32);
  CHECK(llava.family == "llama");

  // mistralai/Mistral-Small-3.1-24B: Mistral's class has 8 KV heads, and no width of a head.
  const Model mistral = imported(R"({"model_type": "mistral3", "text_config": {"model_type": "mistral",
      "hidden_size": 5120, "head_dim": 128, "intermediate_size": 32768, "num_hidden_layers": 40,
      "sliding_window": null, "vocab_size": 131072}})");
  CHECK(mistral.model_type == "mistral3");
  CHECK(count_parameters(mistral).text == 23572403200);
  CHECK(mistral.sliding_window == 0);

  // Qwen/Qwen2-VL-72B: nearly all is the class's default.
  const Model qwen = imported(R"({"model_type": "qwen2_vl", "text_config": {"model_type": "qwen2_vl_text"}})");
  CHECK(qwen.model_type == "qwen2_vl");
  CHECK(count_parameters(qwen).text == 72706203648);
  CHECK(qwen.sliding_window == 0);

  // google/paligemma-3b: Gemma ties its embeddings and has heads of 256.
  const Model gemma_1 = imported(R"({"model_type": "paligemma", "text_config": {"hidden_size": 2048,
      "intermediate_size": 16384, "num_attention_heads": 8, "num_hidden_layers": 18, "num_key_value_heads": 1,
      "vocab_size": 257216}})");
  CHECK(gemma_1.tie_word_embeddings);
  CHECK(gemma_1.head_dim == 256);
  CHECK(count_parameters(gemma_1).text == 2508662784);

  // mistralai/Voxtral-Mini-3B: the class around sets other defaults than Llama's.
  const Model voxtral = imported(R"({"model_type": "voxtral", "text_config": {"model_type": "llama"}})");
  CHECK(voxtral.model_type == "voxtral");
  CHECK(count_parameters(voxtral).text == 4014136320);

  // meta-llama/Llama-3.2-11B-Vision: the layers that attend to images are the class's.
  const Model mllama = imported(R"({"model_type": "mllama", "text_config": {"model_type": "mllama_text_model"}})");
  CHECK(mllama.model_type == "mllama");
  CHECK(count_parameters(mllama).text == count_parameters(*test::shipped().model("llama-3.2-11b-vision")).text);
  CHECK(mllama.layers[3].mixer == Mixer::cross_attention);

  // HuggingFaceTB/SmolVLM-256M: tie_word_embeddings stands around the language model.
  const char* smol = R"({"model_type": "idefics3", "tie_word_embeddings": %, "text_config": {"hidden_size": 576,
      "intermediate_size": 1536, "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3,
      "vocab_size": 49280}})";
  const auto with = [&](const char* value) { return std::string(smol).replace(std::string(smol).find('%'), 1, value); };
  CHECK(imported(with("true")).tie_word_embeddings);
  CHECK_FALSE(imported(with("false")).tie_word_embeddings);
}

TEST_CASE("null says none, and is not the class's default") {
  const char* text = R"({"model_type": "llava", "text_config": {"model_type": "mistral", "num_key_value_heads": null,
      "sliding_window": null}})";
  const Model m = imported(text);
  CHECK(m.num_key_value_heads == 32);
  CHECK(m.sliding_window == 0);
}

TEST_CASE("what must stand in a file is missed outside of nested configs") {
  CHECK_THAT(refusal(R"({"model_type": "llama"})"), Contains("missing hidden_size"));
  CHECK_THAT(refusal(R"({"model_type": "qwen3_next", "hidden_size": 64})"), Contains("missing num_hidden_layers"));
}

TEST_CASE("a number for each layer must be one that there can be") {
  const auto with = [](const char* layers) {
    return R"({"model_type": "llama", "hidden_size": 64, "num_attention_heads": 2, "intermediate_size": 64,
               "vocab_size": 100, "num_hidden_layers": )" +
           std::string(layers) + "}";
  };
  CHECK(refusal(with("[2, 2]")).empty());
  CHECK_THAT(refusal(with("[-5, -5]")), Contains("out_of_range num_hidden_layers"));
  CHECK_THAT(refusal(with("[1e300]")), Contains("out_of_range num_hidden_layers"));
  CHECK_THAT(refusal(with("[2.5]")), Contains("not_whole num_hidden_layers"));
  CHECK_THAT(refusal(with("[2, 3]")), Contains("unsupported num_hidden_layers"));
  CHECK_THAT(refusal(with("[]")), Contains("wrong_type num_hidden_layers"));
}

TEST_CASE("numbers that are none, as Python writes them") {
  const std::string text = config_text("llama-3.2-1b");
  const auto with = [&](const std::string& member) { return "{" + member + ", " + text.substr(text.find('"')); };
  for (const char* word : {"NaN", "Infinity", "-Infinity"}) {
    CHECK(refusal(with("\"time_step_limit\": [0.0, " + std::string(word) + "]")).empty());
    CHECK(refusal(with("\"router_jitter\": " + std::string(word))).empty());
    CHECK_THAT(refusal(with("\"head_dim\": " + std::string(word))),
               Contains("not_finite head_dim") || Contains("duplicate_key"));
  }
  CHECK_THAT(refusal(R"({"model_type": "llama", "hidden_size": NaN, "num_hidden_layers": 2, "num_attention_heads": 2,
                         "intermediate_size": 64, "vocab_size": 100})"),
             Contains("not_finite hidden_size: is NaN"));
  // Inside a text they are letters, and other words are no JSON.
  CHECK(refusal(with(R"("_name_or_path": "a \"NaN, -Infinity\" b")")).empty());
  for (const char* word : {"nan", "inf", "Nan", "NaNs", "+Infinity", "-NaN", "None", "True"})
    CHECK_THAT(refusal(with("\"x\": " + std::string(word))), Contains("syntax"));
  // Presets stay strict.
  Catalog c;
  CHECK_FALSE(import_model(R"({"type": "model", "format_version": 1, "x": NaN})", "x", c));
}

TEST_CASE("models that generate no tokens are refused in words") {
  const auto type = [](const char* name) { return refusal("{\"model_type\": \"" + std::string(name) + "\"}"); };
  for (const char* encoder : {"bert", "roberta", "xlm-roberta", "modernbert", "nomic_bert", "deberta-v2"})
    CHECK_THAT(type(encoder), Contains("unsupported model_type") && Contains("is an encoder: it makes embeddings"));
  CHECK_THAT(type("t5"), Contains("an encoder with a decoder"));
  CHECK_THAT(type("whisper"), Contains("recogniser of speech"));
  CHECK_THAT(type("vit"), Contains("a model of images"));
  CHECK_THAT(type("siglip"), Contains("it compares them"));
  CHECK_THAT(type("llada"), Contains("a diffusion model of text"));
  CHECK_THAT(refusal(R"({"_class_name": "UNet2DConditionModel", "sample_size": 64})"),
             Contains("unsupported _class_name") && Contains("diffusion pipeline"));
  CHECK_THAT(refusal(R"({"model_type": "clip", "text_config": {"hidden_size": 512}})"), Contains("it compares them"));
  CHECK_THAT(refusal(R"({"model_type": "colpali", "text_config": {"model_type": "gemma"}})"),
             Contains("it compares them"));
}

TEST_CASE("an architecture that is not known names the nearest") {
  CHECK_THAT(refusal(R"({"model_type": "qwen22"})"),
             Contains("\"qwen22\" is no known architecture; did you mean qwen2"));
  CHECK_THAT(refusal(R"({"model_type": "something_else_altogether"})"), Contains("is no known architecture"));
  CHECK_THAT(refusal(R"({"hidden_size": 64})"), Contains("missing model_type"));
}

TEST_CASE("aliases, and the class where model_type is missing") {
  std::string text = config_text("kimi-k2-instruct");
  CHECK(count_parameters(imported(text)).text == 1026408232448);
  const auto at = text.find("\"model_type\"");
  REQUIRE(at != std::string::npos);
  text.replace(at, 12, "\"was_before\"");
  CHECK(imported(text).family == "deepseek_v3");
  CHECK(imported(R"({"architectures": ["Qwen3ForCausalLM"], "hidden_size": 1024, "num_hidden_layers": 28,
      "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 3072,
      "vocab_size": 151936, "tie_word_embeddings": true})")
            .family == "qwen3");
}

TEST_CASE("layers of chunks, of experts at a step, and of two mixers side by side") {
  // Llama 4 Maverick: three of four layers attend within 8192 tokens, every second has experts.
  const Model llama = imported(config_text("llama-4-maverick-17b-128e-instruct"));
  CHECK(llama.sliding_window == 8192);
  CHECK(llama.layers[2].mixer == Mixer::sliding_attention);
  CHECK(llama.layers[3].mixer == Mixer::full_attention);
  CHECK(llama.layers[0].feed_forward == FeedForward::dense);
  CHECK(llama.layers[1].feed_forward == FeedForward::moe);

  // Jamba: one of eight layers attends, every second has experts; the others are Mamba-1 of width 8192.
  const Model jamba = imported(config_text("jamba-v0.1"));
  const ModelCost jamba_cost = cost_of(jamba);
  CHECK(std::count_if(jamba.layers.begin(), jamba.layers.end(),
                      [](const Layer& l) { return l.mixer == Mixer::full_attention; }) == 4);
  CHECK(jamba.layers[4].mixer == Mixer::full_attention);
  CHECK(jamba.layers[1].feed_forward == FeedForward::moe);
  CHECK(jamba.layers[2].feed_forward == FeedForward::dense);
  CHECK(jamba_cost.recurrent_state_B == 4.0 * 28 * 8192 * (16 + 3));

  // Falcon-H1: attention and Mamba-2 in every layer.
  const Model falcon = imported(config_text("falcon-h1-7b-instruct"));
  const ModelCost falcon_cost = cost_of(falcon);
  CHECK(falcon.layers.front().beside == Mixer::mamba);
  CHECK(falcon_cost.recurrent_layers == falcon.num_hidden_layers);
  CHECK(kv_elements_per_token(falcon_cost) == 44 * 2 * 2 * 128);

  // MiniCPM3 has latents, and a cache of every head.
  CHECK(kv_elements_per_token(cost_of(imported(config_text("minicpm3-4b")))) == 62 * 40 * (64 + 32 + 64));

  // DeepSeek-V3.2 caches the indexer's key beside the latent.
  CHECK(kv_elements_per_token(cost_of(imported(config_text("deepseek-v3.2")))) == 61 * (512 + 64 + 128));

  // DeepSeek-V4-Flash: a window in all 43 layers; in 21 an entry of 512 and an indexer's key of 128 for 4 tokens, in 20
  // an entry for 128.
  CHECK(kv_elements_per_token(cost_of(imported(config_text("deepseek-v4-flash")))) ==
        43 * 512 + 21 * (512 + 128) / 4.0 + 20 * 512 / 128.0);

  // MiMo-V2-Flash: 8 KV heads where it slides, 4 elsewhere, keys of 192 and values of 128.
  const ModelCost mimo = cost_of(imported(config_text("mimo-v2-flash")));
  CHECK(kv_elements_per_token(mimo) == (39 * 8 + 9 * 4) * (192 + 128));
}

TEST_CASE("layers that differ in width: OpenELM and DeciLM") {
  // apple/OpenELM-270M, 271,527,168 weights.
  const Model elm = imported(R"({"model_type": "openelm", "ffn_dim_divisor": 256,
      "ffn_multipliers": [0.5, 0.73, 0.97, 1.2, 1.43, 1.67, 1.9, 2.13, 2.37, 2.6, 2.83, 3.07, 3.3, 3.53, 3.77, 4.0],
      "ffn_with_glu": true, "head_dim": 64, "max_context_length": 2048, "model_dim": 1280,
      "normalize_qk_projections": true, "num_transformer_layers": 16, "share_input_output_layers": true,
      "num_kv_heads": [3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5],
      "num_query_heads": [12, 12, 12, 12, 12, 16, 16, 16, 16, 16, 16, 16, 20, 20, 20, 20], "vocab_size": 32000})");
  CHECK(count_parameters(elm).text == 271527168);
  CHECK(kv_elements_per_token(cost_of(elm)) == 2 * 64 * (5 * 3 + 7 * 4 + 4 * 5));
  // nvidia/Llama-3_3-Nemotron-Super-49B: layers without attention.
  const Model deci = imported(config_text("llama-3_3-nemotron-super-49b-v1"));
  CHECK(std::count_if(deci.layers.begin(), deci.layers.end(), [](const Layer& l) { return l.mixer == Mixer::none; }) ==
        31);
  CHECK(kv_elements_per_token(cost_of(deci)) == 49 * 2 * 8 * 128);
}

TEST_CASE("linear attention keeps a state of fixed size") {
  // moonshotai/Kimi-Linear-48B-A3B: three of four layers are Kimi Delta Attention of 32 heads of 128.
  const Model kimi = imported(R"({"model_type": "kimi_linear", "hidden_size": 2304, "intermediate_size": 9216,
      "num_hidden_layers": 27, "num_attention_heads": 32, "num_key_value_heads": 32, "head_dim": 72,
      "vocab_size": 163840, "kv_lora_rank": 512, "q_lora_rank": null, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
      "v_head_dim": 128, "mla_use_nope": true, "num_experts": 256, "num_experts_per_token": 8,
      "num_shared_experts": 1, "moe_intermediate_size": 1024, "first_k_dense_replace": 1, "moe_layer_freq": 1,
      "tie_word_embeddings": false, "model_max_length": 1048576, "linear_attn_config": {"head_dim": 128,
      "num_heads": 32, "short_conv_kernel_size": 4, "full_attn_layers": [4, 8, 12, 16, 20, 24, 27],
      "kda_layers": [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26]}})");
  CHECK(count_parameters(kimi).text == Approx(49.1e9).epsilon(0.005));
  const ModelCost cost = cost_of(kimi);
  CHECK(cost.recurrent_layers == 20);
  CHECK(cost.recurrent_state_B == 4.0 * 20 * (32 * 128 * 128 + 3 * 3 * 32 * 128));
  CHECK(kv_elements_per_token(cost) == 7 * (512 + 64));
}
