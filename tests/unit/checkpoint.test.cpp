#include <functional>
#include <nlohmann/json.hpp>

#include "edgewise/answer.h"
#include "edgewise/check.h"
#include "edgewise/import.h"
#include "edgewise/presets.h"
#include "gguf_writer.hpp"
#include "hf_modules.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using test::GgufWriter;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::uint32_t f32 = 0, f16 = 1, q4_0 = 2, q8_0 = 8, q4_k = 12, q6_k = 14;

/// A llama of two layers whose matrices are of `in_layers`, its embedding of `embedding`.
GgufWriter llama(std::uint32_t in_layers, std::uint32_t embedding, std::uint32_t file_type = 999) {
  GgufWriter w;
  w.model("llama", 2, 512, 1024, 8, 4, 2000, file_type);
  w.tensor("token_embd.weight", {512, 2000}, embedding);
  w.tensor("output_norm.weight", {512}, f32);
  for (const char* layer : {"blk.0.", "blk.1."}) {
    const std::string p = layer;
    w.tensor(p + "attn_norm.weight", {512}, f32);
    w.tensor(p + "ffn_norm.weight", {512}, f32);
    w.tensor(p + "attn_q.weight", {512, 512}, in_layers);
    w.tensor(p + "attn_k.weight", {512, 256}, in_layers);
    w.tensor(p + "attn_v.weight", {512, 256}, in_layers);
    w.tensor(p + "attn_output.weight", {512, 512}, in_layers);
    w.tensor(p + "ffn_gate.weight", {512, 1024}, in_layers);
    w.tensor(p + "ffn_up.weight", {512, 1024}, in_layers);
    w.tensor(p + "ffn_down.weight", {1024, 512}, in_layers);
  }
  return w;
}

/// The answer for a file on a board, or what is wrong.
struct Asked {
  Catalog catalog = test::shipped();
  std::string id;
  Result<Answer> answer = Error{};

  Asked(const std::vector<ModelFile>& files, const char* device, const char* runtime = "", const char* quant = "") {
    const auto added = import_model(files, "the-file", catalog);
    INFO((added ? std::string() : test::describe(added.errors())));
    REQUIRE(added);
    id = *added;
    Query q;
    q.model = id;
    q.device = device;
    q.runtime = runtime;
    q.quant = quant;
    answer = edgewise::answer(catalog, q);
  }
  std::string refusal() const { return answer ? std::string() : test::describe(answer.errors()); }
  std::string warned() const { return test::describe(warnings(*answer)); }
};

std::string safetensors(const Json& tensors) {
  const std::string header = tensors.dump();
  return GgufWriter::little(static_cast<std::uint64_t>(header.size())) + header;
}

const Json qwen = {{"model_type", "qwen2"},  {"hidden_size", 256},         {"intermediate_size", 512},
                   {"num_hidden_layers", 2}, {"num_attention_heads", 4},   {"num_key_value_heads", 2},
                   {"vocab_size", 1024},     {"tie_word_embeddings", true}};

/// The tensors of that model: matrices by `matrix`, the rest in 16 bits.
template <class Matrix>
Json tensors_of_qwen(const Matrix& matrix) {
  Json t;
  const auto plain = [&](const std::string& name, double n) {
    t[name] = {{"dtype", "BF16"}, {"shape", {static_cast<int>(n)}}, {"data_offsets", {0, 2 * n}}};
  };
  matrix(t, "model.embed_tokens", 1024, 256);
  plain("model.norm.weight", 256);
  for (const char* layer : {"model.layers.0.", "model.layers.1."}) {
    const std::string p = layer;
    matrix(t, p + "self_attn.q_proj", 256, 256);
    matrix(t, p + "self_attn.k_proj", 128, 256);
    matrix(t, p + "self_attn.v_proj", 128, 256);
    matrix(t, p + "self_attn.o_proj", 256, 256);
    matrix(t, p + "mlp.gate_proj", 512, 256);
    matrix(t, p + "mlp.up_proj", 512, 256);
    matrix(t, p + "mlp.down_proj", 256, 512);
    plain(p + "self_attn.q_proj.bias", 256);
    plain(p + "self_attn.k_proj.bias", 128);
    plain(p + "self_attn.v_proj.bias", 128);
    plain(p + "input_layernorm.weight", 256);
    plain(p + "post_attention_layernorm.weight", 256);
  }
  return t;
}
constexpr double matrices_of_qwen = 1024 * 256 + 2 * (2 * 256 * 256 + 2 * 128 * 256 + 3 * 256 * 512),
                 rest_of_qwen = 256 + 2 * (512 + 512);

Json with(Json config, const Json& more) {
  for (const auto& [key, value] : more.items()) config[key] = value;
  return config;
}

}  // namespace

TEST_CASE("a GGUF file is answered as what it holds, to the byte") {
  const double matrices = 2 * (2 * 512 * 512 + 2 * 512 * 256 + 3 * 512 * 1024), embedding = 512 * 2000, norms = 5 * 512;
  const std::string bytes = llama(q4_0, q6_k).bytes();
  const Asked a({{"x.gguf", bytes}}, "raspberry-pi-5-8gb");
  REQUIRE(a.refusal().empty());
  CHECK(a.answer->quantization->id == "mixed (Q4_0, Q6_K)");
  CHECK(a.answer->cost.file_B == matrices * 18 / 32 + embedding * 210 / 256 + norms * 4);
  CHECK(a.answer->cost.parameters == matrices + embedding + norms);
  CHECK(a.answer->query.quant == a.answer->quantization->id);
  CHECK(a.warned().empty());

  // Asked again by the name that the answer gave it, it is the same; by another, what it would be.
  const Asked again({{"x.gguf", bytes}}, "raspberry-pi-5-8gb", "", "mixed (Q4_0, Q6_K)");
  CHECK(again.answer->cost.file_B == a.answer->cost.file_B);
  const Asked other({{"x.gguf", bytes}}, "raspberry-pi-5-8gb", "", "Q8_0");
  CHECK(other.answer->quantization->id == "Q8_0");
  CHECK(other.answer->cost.file_B == (matrices + embedding) * 34 / 32 + norms * 4);
  CHECK_THAT(other.warned(), Contains("converted quant: the file holds mixed (Q4_0, Q6_K)"));
}

TEST_CASE("a file of a recipe's formats takes the recipe's time") {
  const std::string bytes = llama(q8_0, q8_0, 7).bytes();
  const Asked file({{"x.gguf", bytes}}, "raspberry-pi-5-8gb");
  Catalog c = test::shipped();
  Model plain = *file.catalog.model(file.id);
  plain.checkpoint.reset();
  c.add(std::move(plain), {});
  Query q;
  q.model = file.id;
  q.device = "raspberry-pi-5-8gb";
  q.quant = "Q8_0";
  const auto recipe = answer(c, q);
  REQUIRE(recipe);
  for (std::size_t i = 0; i < term_count; ++i) {
    INFO(info(static_cast<Term>(i)).id);
    const double x = file.answer->estimate[static_cast<Term>(i)], y = recipe->estimate[static_cast<Term>(i)];
    CHECK((std::fabs(x - y) <= 1e-12 * std::fabs(y) || x == y || (!is_known(x) && !is_known(y))));
  }
}

TEST_CASE("a file's name for itself counts where its tensors agree") {
  const auto name = [](std::uint32_t in_layers, std::uint32_t embedding, std::uint32_t type) {
    const std::string bytes = llama(in_layers, embedding, type).bytes();
    const Asked a({{"x.gguf", bytes}}, "raspberry-pi-5-8gb");
    return a.answer ? a.answer->quantization->id : a.refusal();
  };
  CHECK(name(q4_k, q6_k, 15) == "Q4_K_M");
  CHECK(name(q4_k, q6_k, 14) == "Q4_K_S");
  CHECK(name(q4_0, q4_0, 15) == "Q4_0");  // it is not what it says
  CHECK(name(q8_0, q8_0, 15) == "Q8_0");
  CHECK(name(q4_0, q6_k, 998) == "mixed (Q4_0, Q6_K)");
  CHECK(name(f16, f16, 999) == "F16");
}

TEST_CASE("a file goes to a runtime that runs it, and is refused by name elsewhere") {
  const std::string bytes = llama(q4_k, q6_k, 15).bytes();
  CHECK(Asked({{"x.gguf", bytes}}, "rtx-4090-24gb").answer->runtime->id == "llama.cpp-cuda");
  CHECK_THAT(Asked({{"x.gguf", bytes}}, "rtx-4090-24gb", "vllm-cuda").refusal(),
             Contains("unsupported quant: vllm-cuda does not run Q4_K_M (gguf), which the file holds"));
  const Asked converted({{"x.gguf", bytes}}, "rtx-4090-24gb", "vllm-cuda", "fp8");
  CHECK(converted.answer->quantization->id == "fp8");
  CHECK_THAT(converted.warned(), Contains("converted"));

  Query q;
  Catalog c = test::shipped();
  q.model = *import_model({{"x.gguf", bytes}}, "the-file", c);
  q.device = "rtx-4090-24gb";
  q.runtime = "vllm-cuda";
  const Choice lenient = choose(c, q, Misfit::put_aside);
  REQUIRE(lenient.answer);
  REQUIRE(lenient.put_aside.size() == 1);
  CHECK(lenient.put_aside[0].asked == "Q4_K_M");
  CHECK(lenient.answer->quantization->id == c.runtime("vllm-cuda")->default_quantization);

  // Formats that only a fork has are not its parent's.
  const std::string fork = llama(144, q6_k).bytes();  // IQ4_KS
  if (test::shipped().formats().find("IQ4_KS")) {
    CHECK_THAT(Asked({{"x.gguf", fork}}, "rtx-4090-24gb", "llama.cpp-cuda").refusal(), Contains("does not run"));
    CHECK(Asked({{"x.gguf", fork}}, "rtx-4090-24gb").answer->runtime->id == "ik-llama.cpp-cuda");
  }
}

TEST_CASE("a split GGUF needs all of its parts") {
  const auto part = [](std::uint32_t number) {
    GgufWriter w;
    if (number == 0) w.model("llama", 1, 64, 128, 4, 2, 100);
    w.number("split.no", number);
    w.number("split.count", 2);
    w.number("split.tensors.count", 11);
    return w;
  };
  GgufWriter whole, one = part(0), two = part(1);
  whole.model("llama", 1, 64, 128, 4, 2, 100);
  whole.llama_tensors(1, 64, 128, 32, 100);
  one.tensor("token_embd.weight", {64, 100});
  two.tensor("output_norm.weight", {64});
  for (const char* norm : {"attn_norm", "ffn_norm"}) two.tensor("blk.0." + std::string(norm) + ".weight", {64});
  for (const char* square : {"attn_q", "attn_output"}) two.tensor("blk.0." + std::string(square) + ".weight", {64, 64});
  for (const char* kv : {"attn_k", "attn_v"}) two.tensor("blk.0." + std::string(kv) + ".weight", {64, 32});
  for (const char* wide : {"ffn_gate", "ffn_up"}) two.tensor("blk.0." + std::string(wide) + ".weight", {64, 128});
  two.tensor("blk.0.ffn_down.weight", {128, 64});
  const std::string a = one.bytes(), b = two.bytes(), c = whole.bytes();
  const auto missing = model_preset({{"x-00001-of-00002.gguf", a}}, "x");
  REQUIRE_FALSE(missing);
  CHECK_THAT(test::describe(missing.errors()), Contains("missing split.count: says 2 parts, of which 1 was read"));
  GgufWriter other;
  other.model("qwen2", 1, 64, 128, 4, 2, 100);
  other.tensor("x", {64});
  const std::string foreign = other.bytes();
  const auto mixed = model_preset({{"x-00001-of-00002.gguf", a}, {"x-00002-of-00002.gguf", foreign}}, "x");
  REQUIRE_FALSE(mixed);
  CHECK_THAT(test::describe(mixed.errors()), Contains("inconsistent x-00002-of-00002.gguf: general.architecture"));
  const auto twice = model_preset({{"a", a}, {"b", a}}, "x");
  CHECK_THAT(test::describe(twice.errors()), Contains("split.no"));
  const auto both = model_preset({{"x-00001-of-00002.gguf", a}, {"x-00002-of-00002.gguf", b}}, "x");
  const auto plain = model_preset({{"x.gguf", c}}, "x");
  REQUIRE(both);
  REQUIRE(plain);
  CHECK(*both == *plain);
}

TEST_CASE("safetensors are answered as what they hold, to the byte") {
  struct Case {
    const char* name;
    Json quantization;
    const char* id;
    const char* device;
    const char* runtime;
    std::function<void(Json&, const std::string&, double, double)> matrix;
    double bytes;
  };
  const auto tensor = [](Json& t, const std::string& name, const char* type, double rows, double columns) {
    t[name] = {
        {"dtype", type}, {"shape", {static_cast<int>(rows), static_cast<int>(columns)}}, {"data_offsets", {0, 0}}};
  };
  const std::vector<Case> cases = {
      {"bf16", Json::object(), "bf16", "rtx-4090-24gb", "vllm-cuda",
       [&](Json& t, const std::string& n, double rows, double columns) {
         tensor(t, n + ".weight", "BF16", rows, columns);
       },
       2 * matrices_of_qwen},
      {"mlx",
       {{"quantization", {{"group_size", 64}, {"bits", 4}}}},
       "mlx-4bit",
       "apple-m4-max-48gb",
       "mlx",
       [&](Json& t, const std::string& n, double rows, double columns) {
         tensor(t, n + ".weight", "U32", rows, columns / 8);
         tensor(t, n + ".scales", "BF16", rows, columns / 64);
         tensor(t, n + ".biases", "BF16", rows, columns / 64);
       },
       matrices_of_qwen * (0.5 + 4.0 / 64)},
      {"awq",
       {{"quantization_config", {{"quant_method", "awq"}, {"bits", 4}, {"group_size", 128}}}},
       "awq-int4-g128",
       "rtx-4090-24gb",
       "vllm-cuda",
       [&](Json& t, const std::string& n, double rows, double columns) {
         if (n == "model.embed_tokens") return tensor(t, n + ".weight", "F16", rows, columns);
         tensor(t, n + ".qweight", "I32", columns, rows / 8);
         tensor(t, n + ".qzeros", "I32", columns / 128, rows / 8);
         tensor(t, n + ".scales", "F16", columns / 128, rows);
       },
       2.0 * 1024 * 256 + (matrices_of_qwen - 1024 * 256) * 66.5 / 128},
      {"fp8",
       {{"quantization_config", {{"quant_method", "fp8"}, {"weight_block_size", {128, 128}}}}},
       "fp8",
       "rtx-4090-24gb",
       "vllm-cuda",
       [&](Json& t, const std::string& n, double rows, double columns) {
         if (n == "model.embed_tokens") return tensor(t, n + ".weight", "BF16", rows, columns);
         tensor(t, n + ".weight", "F8_E4M3", rows, columns);
         tensor(t, n + ".weight_scale_inv", "F32", rows / 128, columns / 128);
       },
       2.0 * 1024 * 256 + (matrices_of_qwen - 1024 * 256) * (1 + 4.0 / 16384)},
  };
  for (const Case& k : cases) {
    INFO(k.name);
    const std::string config = with(qwen, k.quantization).dump(), weights = safetensors(tensors_of_qwen(k.matrix));
    const Asked a({{"config.json", config}, {"model.safetensors", weights}}, k.device, k.runtime);
    REQUIRE(a.refusal().empty());
    CHECK(a.answer->quantization->id == k.id);
    CHECK(a.answer->cost.file_B == k.bytes + 2 * rest_of_qwen);
    CHECK(a.answer->cost.parameters == matrices_of_qwen + rest_of_qwen);
  }
}

TEST_CASE("hostile safetensors headers are refused with the file and the tensor") {
  const std::string config = qwen.dump();
  const auto refusal = [&](const std::string& weights) {
    const auto p = model_preset({{"config.json", config}, {"w.safetensors", weights}}, "x");
    return p ? std::string() : test::describe(p.errors());
  };
  CHECK_THAT(refusal("abc"), Contains("truncated w.safetensors"));
  CHECK_THAT(refusal(GgufWriter::little(~std::uint64_t{0}) + "{}"), Contains("truncated w.safetensors"));
  CHECK_THAT(refusal(GgufWriter::little(std::uint64_t{2}) + "[]"), Contains("wrong_type w.safetensors"));
  CHECK_THAT(refusal(GgufWriter::little(std::uint64_t{4}) + "{]}]"), Contains("syntax w.safetensors"));
  CHECK_THAT(refusal(safetensors({{"a", 5}})), Contains("wrong_type w.safetensors: a"));
  CHECK_THAT(refusal(safetensors({{"a", {{"dtype", "Q9"}, {"shape", {1}}}}})), Contains("w.safetensors: a.dtype"));
  CHECK_THAT(refusal(safetensors({{"a", {{"dtype", "F32"}, {"shape", {-1}}}}})), Contains("w.safetensors: a.shape"));
  CHECK_THAT(refusal(safetensors({{"a", {{"dtype", "F32"}, {"shape", {1000000000000, 1000000000000}}}}})),
             Contains("a.shape"));
  CHECK_THAT(refusal(safetensors({{"model.embed_tokens.weight", {{"dtype", "F32"}, {"shape", {1}}}}})),
             Contains("unsupported tensors: hold"));
  CHECK_THAT(refusal(safetensors(Json::object())), Contains("missing tensors"));
  CHECK_THAT(refusal(safetensors({{"model.layers.7.mlp.up_proj.weight", {{"dtype", "F32"}, {"shape", {5}}}}})),
             Contains("out_of_range w.safetensors: model.layers.7.mlp.up_proj.weight"));
  const auto alone = model_preset({{"w.safetensors", safetensors(Json::object())}}, "x");
  CHECK_THAT(test::describe(alone.errors()), Contains("missing config.json"));
}

TEST_CASE("a config says how its weights are stored, whatever made them") {
  struct Case {
    Json config;
    const char* id;
    const char* linear;
    const char* output;
  };
  const auto q = [](Json c) { return Json{{"quantization_config", std::move(c)}}; };
  const auto group = [](Json weights, Json targets = {"Linear"}) {
    return Json{{"targets", std::move(targets)}, {"weights", std::move(weights)}};
  };
  const std::vector<Case> cases = {
      {q({{"quant_method", "fp8"}, {"activation_scheme", "dynamic"}}), "fp8", "FP8", "F16"},
      {q({{"quant_method", "fbgemm_fp8"}}), "fp8", "FP8", "F16"},
      {q({{"quant_method", "modelopt"}, {"quant_algo", "NVFP4"}, {"ignore", {"lm_head"}}}), "nvfp4", "NVFP4", "F16"},
      {q({{"quant_method", "modelopt"}, {"quant_algo", "FP8"}}), "fp8", "FP8", "F16"},
      {q({{"quant_method", "awq"}, {"bits", 4}, {"group_size", 128}}), "awq-int4-g128", "INT4_G128", "F16"},
      {q({{"quant_method", "awq"}, {"bits", 4}, {"group_size", 64}}), "awq-int4-g64", "INT4_G64", "F16"},
      {q({{"quant_method", "gptq"}, {"bits", 4}, {"group_size", 32}}), "gptq-int4-g32", "INT4_G32", "F16"},
      {q({{"quant_method", "gptq"}, {"bits", 4}, {"group_size", -1}}), "gptq-int4", "INT4", "F16"},
      {q({{"quant_method", "gptq"}, {"bits", 8}, {"group_size", 128}}), "gptq-int8", "INT8_G128", "F16"},
      {q({{"quant_method", "gptq"}, {"bits", 3}, {"group_size", 128}}), "gptq-int3", "INT3_G128", "F16"},
      {q({{"quant_method", "auto-round"}, {"bits", 4}, {"group_size", 128}}), "gptq-int4-g128", "INT4_G128", "F16"},
      {q({{"quant_method", "bitsandbytes"}, {"load_in_8bit", true}}), "bnb-int8", "INT8", "F16"},
      {q({{"quant_method", "bitsandbytes"}, {"load_in_4bit", true}, {"bnb_4bit_quant_type", "nf4"}}), "bnb-nf4", "NF4",
       "F16"},
      {q({{"quant_method", "bitsandbytes"},
          {"_load_in_4bit", true},
          {"bnb_4bit_quant_type", "nf4"},
          {"bnb_4bit_use_double_quant", true}}),
       "bnb-nf4", "NF4_DQ", "F16"},
      {q({{"quant_method", "compressed-tensors"},
          {"ignore", {"lm_head"}},
          {"config_groups", {{"group_0", group({{"num_bits", 4}, {"strategy", "group"}, {"group_size", 128}})}}}}),
       "w4a16", "INT4_G128_S", "F16"},
      {q({{"quant_method", "compressed-tensors"},
          {"ignore", {"lm_head"}},
          {"config_groups", {{"group_0", group({{"num_bits", 8}, {"type", "float"}, {"strategy", "channel"}})}}}}),
       "fp8", "FP8", "F16"},
      {q({{"quant_method", "compressed-tensors"},
          {"ignore", {"re:.*lm_head"}},
          {"config_groups",
           {{"group_0",
             group({{"num_bits", 4}, {"type", "float"}, {"strategy", "tensor_group"}, {"group_size", 16}})}}}}),
       "nvfp4", "NVFP4", "F16"},
      // Without "lm_head" in the list it is a matrix like the others.
      {q({{"quant_method", "compressed-tensors"},
          {"config_groups", {{"group_0", group({{"num_bits", 8}, {"type", "int"}, {"strategy", "channel"}})}}}}),
       "w8a16", "INT8", "INT8"},
      {q({{"quant_method", "torchao"},
          {"quant_type", {{"default", {{"_type", "Int4WeightOnlyConfig"}, {"_data", {{"group_size", 32}}}}}}}}),
       "int4wo-g32", "INT4_G32", "F16"},
      {q({{"quant_method", "torchao"}, {"quant_type", "int8_weight_only"}}), "int8wo", "INT8", "F16"},
      {q({{"quant_method", "hqq"}, {"quant_config", {{"weight_quant_params", {{"nbits", 4}, {"group_size", 64}}}}}}),
       "hqq-int4-g64", "INT4_G64", "F16"},
      {{{"quantization", {{"group_size", 64}, {"bits", 6}}}}, "mlx-6bit", "MLX6_G64", "MLX6_G64"},
      {{{"quantization", {{"group_size", 32}, {"bits", 8}}}}, "mlx-8bit-g32", "MLX8_G32", "MLX8_G32"},
      {{{"quantization", {{"group_size", 32}, {"bits", 4}, {"mode", "mxfp4"}}}}, "mlx-mxfp4", "MXFP4", "MXFP4"},
      {q({{"group_size", 128}, {"bits", 3}}), "mlx-3bit-g128", "MLX3_G128", "MLX3_G128"},
      {{{"quantization",
         {{"group_size", 64}, {"bits", 4}, {"model.layers.1.mlp.down_proj", {{"group_size", 64}, {"bits", 8}}}}}},
       "mlx-4bit (mixed)",
       "MLX4_G64",
       "MLX4_G64"},
  };
  for (const Case& k : cases) {
    INFO(k.config.dump());
    const auto m = model_preset({{"config.json", with(qwen, k.config).dump()}}, "x");
    INFO((m ? std::string() : test::describe(m.errors())));
    REQUIRE(m);
    const Json recipe = Json::parse(*m)["checkpoint"]["recipe"];
    CHECK(recipe["id"] == k.id);
    CHECK(recipe["linear"] == k.linear);
    CHECK(recipe["output"] == k.output);
    CHECK(test::shipped().formats().find(k.linear));
  }
  const auto refused = [](const Json& config) {
    const auto m = model_preset({{"config.json", with(qwen, config).dump()}}, "x");
    return m ? std::string() : test::describe(m.errors());
  };
  CHECK_THAT(refused(q({{"quant_method", "aqlm"}})),
             Contains("quantization_config.quant_method: \"aqlm\" is no method"));
  CHECK_THAT(refused(q({{"quant_method", "modelopt"}, {"quant_algo", "W9"}})), Contains("quant_algo"));
  CHECK_THAT(refused(q({{"quant_method", 4}})), Contains("quantization_config.quant_method"));
}

TEST_CASE("of an MXFP4 checkpoint the experts are quantized, and nothing else") {
  const std::string config = test::read_file(test::source_path("tests/data/configs/gpt-oss-20b.json"));
  for (const Json& left : {Json(nullptr), Json{"lm_head"}, Json{"model.layers.*.self_attn", "model.embed_tokens"}}) {
    Json with_format = Json::parse(config);
    with_format["quantization_config"] = {{"quant_method", "mxfp4"}};
    if (!left.is_null()) with_format["quantization_config"]["modules_to_not_convert"] = left;
    const std::string text = with_format.dump();
    const Asked a({{"config.json", text}}, "rtx-4090-24gb", "vllm-cuda");
    REQUIRE(a.refusal().empty());
    Query q;
    q.model = "gpt-oss-20b";
    q.device = "rtx-4090-24gb";
    q.runtime = "vllm-cuda";
    CHECK(a.answer->cost.file_B == answer(test::shipped(), q)->cost.file_B);
  }
}

TEST_CASE("what a config says of some modules alone holds for these alone") {
  const auto bytes = [](const Json& quantization) {
    const auto m = model_preset({{"config.json", with(qwen, {{"quantization_config", quantization}}).dump()}}, "x");
    INFO((m ? std::string() : test::describe(m.errors())));
    REQUIRE(m);
    return Json::parse(*m)["checkpoint"]["recipe"];
  };
  const auto fp8 = [](const Json& targets) {
    return Json(
        {{"quant_method", "compressed-tensors"},
         {"ignore", {"lm_head"}},
         {"config_groups", {{"group_0", {{"targets", targets}, {"weights", {{"num_bits", 8}, {"type", "float"}}}}}}}});
  };
  const Json all = bytes(fp8({"Linear"})), some = bytes(fp8({"re:.*q_proj"}));
  CHECK(all["linear"] == "FP8");
  CHECK(some["id"] == "fp8 (mixed)");
  CHECK(some["linear"] == "F16");
  CHECK(some["rules"] == Json({{{"tensors", {"attn_q"}}, {"format", "FP8"}}}));
  const auto refused = [](const Json& quantization) {
    return test::describe(
        model_preset({{"config.json", with(qwen, {{"quantization_config", quantization}}).dump()}}, "x").errors());
  };
  CHECK(refused(fp8({"Conv2d"})).find("config_groups") != std::string::npos);

  Json gptq = {{"quant_method", "gptq"}, {"bits", 4}, {"group_size", 128}};
  gptq["dynamic"] = {{"+:.*down.*", {{"bits", 8}}}, {"-:.*gate.*", Json::object()}};
  Json rules = bytes(gptq)["rules"];
  CHECK(std::find(rules.begin(), rules.end(), Json({{"tensors", {"ffn_down"}}, {"format", "INT8_G128"}})) !=
        rules.end());
  CHECK(std::find(rules.begin(), rules.end(), Json({{"tensors", {"ffn_gate"}}, {"format", "F16"}})) != rules.end());
  // "gate" is in the name of a matrix that other models have, of gates and what they open.
  CHECK(std::none_of(rules.begin(), rules.end(), [](const Json& r) { return r["tensors"][0] == "ffn_up"; }));
  gptq.erase("dynamic");
  gptq["extra_config"] = {{"model.layers.1.mlp.down_proj", {{"bits", 16}}}};
  CHECK(bytes(gptq)["rules"] == Json({{{"tensors", {"ffn_down"}}, {"only", {1.0}}, {"format", "F16"}}}));
  gptq.erase("bits");
  CHECK(refused(gptq).find("quantization_config.bits") != std::string::npos);

  // ModelOpt, as in the file beside a config, and by groups.
  CHECK(bytes({{"quant_method", "modelopt"}, {"quantization", {{"quant_algo", "NVFP4"}}}})["linear"] == "NVFP4");
  Json groups = fp8({"Linear"});
  groups["quant_method"] = "modelopt";
  groups["config_groups"]["group_0"]["weights"] = {
      {"num_bits", 4}, {"type", "float"}, {"strategy", "tensor_group"}, {"group_size", 16}};
  CHECK(bytes(groups)["linear"] == "NVFP4");
  CHECK(refused({{"quant_method", "modelopt"}}).find("quant_algo") != std::string::npos);
  CHECK(refused({{"quant_method", "awq"}, {"bits", 4}, {"group_size", 0}}).find("group_size") != std::string::npos);
}

TEST_CASE("a tower in words of its own is there, and nothing is known of it") {
  const auto towers = [](const Json& more) {
    const auto m = model_preset({{"config.json", with(qwen, more).dump()}}, "x");
    INFO((m ? std::string() : test::describe(m.errors())));
    REQUIRE(m);
    const Json config = Json::parse(*m)["config"];
    return Json({config.value("vision", Json()), config.value("audio", Json())});
  };
  CHECK(towers({}) == Json({nullptr, nullptr}));
  CHECK(towers({{"mm_vision_tower", "google/siglip-so400m"}}) == Json({{{"kind", "siglip-so400m"}}, nullptr}));
  CHECK(towers({{"visual_tokenizer_config", {{"model_type", "aimv2"}}}}) == Json({{{"kind", "aimv2"}}, nullptr}));
  CHECK(towers({{"speech_encoder_config", {{"model_type", "w2v"}}}, {"mm_vision_tower", nullptr}}) ==
        Json({nullptr, {{"kind", "w2v"}}}));
  CHECK(towers({{"vision_config", nullptr}, {"image_token_id", 5}, {"rope_config", {{"x", 1}}}}) ==
        Json({nullptr, nullptr}));
}

TEST_CASE("modules that are left alone keep 16 bits, and only these") {
  const auto rules = [](const Json& names) {
    const Json config =
        with(qwen, {{"quantization_config", {{"quant_method", "fp8"}, {"modules_to_not_convert", names}}}});
    return Json::parse(*model_preset({{"config.json", config.dump()}}, "x"))["checkpoint"]["recipe"].value(
        "rules", Json::array());
  };
  CHECK(rules({"lm_head"}).empty());
  CHECK(rules({"model.layers.1.self_attn.q_proj"}) ==
        Json::parse(R"([{"tensors": ["attn_q"], "only": [1], "format": "F16"}])"));
  const Json down = rules({"mlp.down_proj"});
  REQUIRE(down.size() == 1);
  CHECK(down[0] == Json::parse(R"({"tensors": ["ffn_down"], "format": "F16"})"));
}

TEST_CASE("lists of modules are read as their makers mean them") {
  std::size_t steps = 100000;
  const auto means_module = [&](std::string_view pattern, std::string_view name) {
    return json::means_module(pattern, name, steps);
  };
  const char* q1 = "layers.1.self_attn.q_proj";
  CHECK(means_module("model.layers.1", q1));
  CHECK_FALSE(means_module("model.layers.1", "layers.10.self_attn.q_proj"));
  CHECK(means_module("self_attn", q1));
  CHECK(means_module("model.language_model.layers.1.self_attn.q_proj", q1));
  CHECK(means_module("model.layers.*.self_attn", q1));
  CHECK_FALSE(means_module("model.layers.*.mlp", q1));
  CHECK_FALSE(means_module("gate", "layers.1.mlp.gate_proj"));
  CHECK(means_module("re:.*lm_head", "lm_head"));
  CHECK(means_module("re:.*self_attn.*", q1));
  CHECK(means_module("re:model\\.layers\\.(0|1)\\..*", q1));
  CHECK_FALSE(means_module("re:model\\.layers\\.(0|2)\\..*", q1));
  CHECK(means_module("re:.*layers\\.\\d+\\.self_attn\\.[qk]_proj$", q1));
  CHECK(means_module("re:^model.layers.[0-3].self_attn.(q|k|v)_proj", q1));
  CHECK_FALSE(means_module("re:.*mlp.gate$", "layers.1.mlp.gate_proj"));
  CHECK_FALSE(means_module("re:(a*)*b", std::string(40, 'a')));
  // What backtracks without end uses up its steps, and no stack.
  steps = 10000;
  CHECK_FALSE(means_module("re:(.+)+x$", std::string(60, 'a')));
  CHECK(steps == 0);
  steps = 100000;
  for (const char* piece : {"a?", ".*", "(", "*", "|", "\\"})
    for (const std::string before : {"re:", "layers."}) {
      std::string long_one = before;
      while (long_one.size() < 100000) long_one += piece;
      CHECK_FALSE(means_module(long_one, q1));
      means_module(std::string_view(long_one).substr(0, json::longest_pattern), q1);
    }
  steps = 100000;
  for (const char* odd : {"re:", "re:(", "re:[", "re:\\", "re:)", "re:|", "re:*", "*", "", "re:((((", "re:[a-"})
    means_module(odd, q1);
}

TEST_CASE("an imported preset holds all that the file said") {
  const std::string bytes = llama(q4_k, q6_k, 15).bytes();
  const auto preset = model_preset({{"x.gguf", bytes}}, "carried");
  REQUIRE(preset);
  CHECK(preset->size() < 6000);
  Catalog c = test::shipped();
  REQUIRE(add_preset(c, *preset));
  const Asked file({{"x.gguf", bytes}}, "raspberry-pi-5-8gb");
  Query q;
  q.model = "carried";
  q.device = "raspberry-pi-5-8gb";
  const auto carried = answer(c, q);
  REQUIRE(carried);
  CHECK(carried->cost.file_B == file.answer->cost.file_B);
  CHECK(carried->quantization->id == file.answer->quantization->id);

  Json forged = Json::parse(*preset);
  forged["checkpoint"]["tensors"][0]["weights"] = 1e12;
  Errors errors;
  Catalog other = test::shipped();
  CHECK_FALSE(add_preset(other, forged.dump()));
}

TEST_CASE("a recipe that a model is published in exists") {
  Json preset = Json::parse(test::read_file(test::source_path("presets/models/gpt-oss-20b.json")));
  preset["checkpoint"]["quantizations"] = {"nosuch"};
  const auto problems = check(preset.dump(), test::shipped());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "checkpoint.quantizations[0]");
}

TEST_CASE("a model that is published quantized is answered so where the runtime runs it") {
  const Catalog& c = test::shipped();
  Query q;
  q.model = "gpt-oss-20b";
  q.device = "rtx-4090-24gb";
  CHECK(answer(c, q)->quantization->id == "MXFP4_MOE");
  q.runtime = "vllm-cuda";
  CHECK(answer(c, q)->quantization->id == "mxfp4");
  q.quant = "Q8_0";
  q.runtime = "llama.cpp-cuda";
  CHECK(answer(c, q)->quantization->id == "Q8_0");
}

TEST_CASE("a hybrid GGUF: layers of Mamba, of attention, and of neither") {
  const std::uint64_t h = 256, inner = 512, state = 64, heads = 8, groups = 2;
  GgufWriter w;
  w.model("nemotron_h", 3, 256, 512, 4, 2, 1000);
  for (const auto& [key, value] : {std::pair{"ssm.inner_size", inner}, {"ssm.state_size", state}})
    w.number(std::string("nemotron_h.") + key, static_cast<std::uint32_t>(value));
  for (const auto& [key, value] :
       {std::pair{"ssm.time_step_rank", heads}, {"ssm.group_count", groups}, {"ssm.conv_kernel", std::uint64_t{4}}})
    w.number(std::string("nemotron_h.") + key, static_cast<std::uint32_t>(value));
  w.tensor("token_embd.weight", {h, 1000}, f16);
  w.tensor("output.weight", {h, 1000}, f16);
  w.tensor("output_norm.weight", {h}, f32);
  for (const char* norm : {"blk.0.attn_norm.weight", "blk.1.attn_norm.weight", "blk.2.attn_norm.weight"})
    w.tensor(norm, {h}, f32);
  w.tensor("blk.0.ssm_in.weight", {h, 2 * inner + 2 * groups * state + heads}, f16);
  w.tensor("blk.0.ssm_conv1d.weight", {4, inner + 2 * groups * state}, f32);
  w.tensor("blk.0.ssm_conv1d.bias", {inner + 2 * groups * state}, f32);
  for (const char* each : {"blk.0.ssm_a", "blk.0.ssm_d", "blk.0.ssm_dt.bias"}) w.tensor(each, {heads}, f32);
  w.tensor("blk.0.ssm_norm.weight", {inner}, f32);
  w.tensor("blk.0.ssm_out.weight", {inner, h}, f16);
  w.tensor("blk.1.attn_q.weight", {h, 256}, f16);
  w.tensor("blk.1.attn_k.weight", {h, 128}, f16);
  w.tensor("blk.1.attn_v.weight", {h, 128}, f16);
  w.tensor("blk.1.attn_output.weight", {256, h}, f16);
  w.tensor("blk.2.ffn_up.weight", {h, 512}, f16);
  w.tensor("blk.2.ffn_down.weight", {512, h}, f16);
  const std::string bytes = w.bytes();
  const Asked a({{"x.gguf", bytes}}, "rtx-4090-24gb");
  REQUIRE(a.refusal().empty());
  const Model& m = *a.catalog.model(a.id);
  CHECK(m.layers[0].mixer == Mixer::mamba);
  CHECK(m.layers[0].feed_forward == FeedForward::none);
  CHECK(m.layers[1].mixer == Mixer::full_attention);
  CHECK(m.layers[2].mixer == Mixer::none);
  CHECK(m.layers[2].feed_forward == FeedForward::dense);
  CHECK(a.answer->cost.recurrent_layers == 1);
  CHECK(a.answer->cost.attention[0].layers == 1);
  double weights = 0;
  for (const StoredTensors& t : m.checkpoint->tensors) weights += t.weights;
  CHECK(count_parameters(m).text == weights);
}
