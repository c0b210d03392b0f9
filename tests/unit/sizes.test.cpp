#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

/// Size of the text model's tensors and its weights under a GGUF recipe.
struct Sized {
  double bytes, weights;
};
/// `from_16_bit`: of a conversion that begins with 16 bits, whatever the model is published in.
Sized sized(const std::string& model, const std::string& quant, bool from_16_bit = false) {
  const Catalog& c = test::shipped();
  const std::string id = c.resolve_quantization(quant, *c.runtime("llama.cpp-cpu"));
  INFO(model << " " << quant);
  REQUIRE(c.model(model));
  REQUIRE_FALSE(id.empty());
  Model whole = *c.model(model);
  if (from_16_bit) whole.checkpoint.reset();
  const ModelCost cost = summarize(whole, *c.quantization(id), c.formats());
  return {cost.file_B - cost.tower_B, count_parameters(*c.model(model)).text};
}

}  // namespace

TEST_CASE("bits per weight are those of llama.cpp's rules") {
  // Without an importance matrix llama.cpp gives the first eighth of the down projections more bits; the recipes are
  // those with one.
  const std::vector<std::string> with_matrix = {"IQ4_XS", "IQ4_NL"};
  const auto rows = test::read_csv(test::source_path("tests/data/bits_per_weight.csv"));
  REQUIRE(rows.size() == 82);
  for (const auto& row : rows) {
    const Sized s = sized(row.at("model"), row.at("quant"), true);
    const double bits = 8 * s.bytes / s.weights, published = std::stod(row.at("bits_per_weight"));
    const bool documented = row.at("source").find("README") != std::string::npos;
    INFO(row.at("model") << " " << row.at("quant") << ": " << bits << ", published " << published);
    if (documented && std::count(with_matrix.begin(), with_matrix.end(), row.at("quant")) > 0) {
      CHECK(bits < published);
      CHECK(bits > 0.99 * published);
    } else if (documented) {
      CHECK(std::fabs(bits - published) < 0.00006);
    } else {
      CHECK(std::fabs(bits / published - 1) < 0.0025);  // biases are float32 and not in the published figure
    }
  }
}

TEST_CASE("conversions of a model with MXFP4 experts leave these as they are") {
  // https://huggingface.co/unsloth/gpt-oss-120b-GGUF: 63.4 GB and 62.8 GB.
  CHECK(std::fabs(sized("gpt-oss-120b", "Q8_0").bytes / 63.4e9 - 1) < 0.001);
  CHECK(std::fabs(sized("gpt-oss-120b", "Q4_K_M").bytes / 62.8e9 - 1) < 0.001);
}

TEST_CASE("a format's bytes per weight and its fallback for rows that are no whole blocks") {
  const FormatTable& formats = test::shipped().formats();
  const auto at = [&](const char* id) { return formats[*formats.find(id)]; };
  CHECK(at("F32").bytes_per_weight() == 4);
  CHECK(at("F16").bytes_per_weight() == 2);
  CHECK(at("Q8_0").bytes_per_weight() == 34.0 / 32);
  CHECK(at("Q4_0").bytes_per_weight() == 18.0 / 32);
  CHECK(at("Q4_K").bytes_per_weight() == 144.0 / 256);
  CHECK(at("Q6_K").bytes_per_weight() == 210.0 / 256);
  CHECK_FALSE(formats.find("no-such-format"));
  // ik_llama.cpp begins a row of some types with its scale.
  CHECK(at("IQ4_KS").bytes(2 * 4096, 4096) == 2 * (16.0 * 136 + 4));
  CHECK(at("IQ4_KS_R4").bytes(2 * 4096, 4096) == at("IQ4_KS").bytes(2 * 4096, 4096));
  CHECK(at("IQ2_KS").bytes(2 * 4096, 4096) == 2 * (16.0 * 70 + 2));
  CHECK(at("IQ4_K").bytes(2 * 4096, 4096) == 2 * 4096 * 4.5 / 8);

  const Catalog& c = test::shipped();
  Model m = *c.model("llama-3.2-1b");
  const Quantization& recipe = *c.quantization("Q4_K_M");
  const auto format = [&](double columns) {
    const Tensor t{Role::ffn_up, Operator::mlp, 8, -1, columns, 1024, 1};
    return formats[format_of(recipe, formats, m, t, 16)].id;
  };
  CHECK(format(2048) == "Q4_K");
  CHECK(format(2048 + 32) == "Q5_0");  // llama.cpp's fallback of Q4_K (src/llama-quant.cpp)
  CHECK(format(2048 + 1) == "F16");
}

TEST_CASE("a recipe's rules apply by layer, by head grouping and by expert count; the first match wins") {
  FormatTable table;
  for (const char* id : {"base", "a", "b", "small"}) REQUIRE(table.name(id));
  Model m;
  m.num_hidden_layers = 16;
  m.num_attention_heads = 8;
  m.num_key_value_heads = 2;
  Quantization q;
  q.linear = 0;
  q.output = q.embedding = 1;
  q.small = 3;
  const auto given = [&](Role role, std::int32_t layer) {
    return table[format_of(q, table, m, {role, Operator::mlp, layer, layer, 64, 64, 1}, 16)].id;
  };
  const auto layers_with = [&](const char* id) {
    std::string out;
    for (std::int32_t i = 0; i < 16; ++i) out += given(Role::ffn_down, i) == id ? 'x' : '.';
    return out;
  };
  const auto rule = [&](RecipeRule::Layers layers, double argument) {
    RecipeRule r;
    r.roles.set(static_cast<std::size_t>(Role::ffn_down));
    r.layers = layers;
    r.layer_argument = argument;
    r.format = 2;
    q.rules = {r};
  };

  rule(RecipeRule::Layers::all, 0);
  CHECK(layers_with("b") == "xxxxxxxxxxxxxxxx");
  CHECK(given(Role::ffn_up, 0) == "base");
  // The first eighth, the last eighth and every third between: 16 layers, n/8 = 2, 7n/8 = 14.
  rule(RecipeRule::Layers::use_more_bits, 0);
  CHECK(layers_with("b") == "xx..x..x..x..xxx");
  rule(RecipeRule::Layers::first, 2);
  CHECK(layers_with("b") == "xx..............");
  rule(RecipeRule::Layers::first_fraction, 4);
  CHECK(layers_with("b") == "xxxx............");
  rule(RecipeRule::Layers::middle, 4);
  CHECK(layers_with("b") == "....xxxxxxxx....");

  rule(RecipeRule::Layers::all, 0);
  q.rules[0].min_gqa = 4;
  CHECK(given(Role::ffn_down, 0) == "b");
  q.rules[0].min_gqa = 5;
  CHECK(given(Role::ffn_down, 0) == "base");
  q.rules[0].min_gqa = 0;
  q.rules[0].max_gqa = 4;
  CHECK(given(Role::ffn_down, 0) == "base");
  q.rules[0].max_gqa = 0;
  q.rules[0].experts = 8;
  CHECK(given(Role::ffn_down, 0) == "base");
  m.moe = MoeConfig{};
  m.moe->num_experts = 8;
  CHECK(given(Role::ffn_down, 0) == "b");
  q.rules[0].experts = 0;
  q.rules[0].min_experts = 9;
  CHECK(given(Role::ffn_down, 0) == "base");

  q.rules[0].min_experts = 0;
  RecipeRule second = q.rules[0];
  second.format = 1;
  q.rules.push_back(second);
  CHECK(given(Role::ffn_down, 0) == "b");

  RecipeRule tied;
  tied.roles.set(static_cast<std::size_t>(Role::token_embd));
  tied.tied = true;
  tied.format = 2;
  q.rules = {tied};
  CHECK(given(Role::token_embd, -1) == "a");
  m.tie_word_embeddings = true;
  CHECK(given(Role::token_embd, -1) == "b");
  m.tie_word_embeddings = false;

  CHECK(given(Role::norm, 0) == "small");
  CHECK(given(Role::ffn_gate_inp, 0) == "small");
  CHECK(given(Role::output, -1) == "a");
  CHECK(given(Role::token_embd, -1) == "a");
}
