#include "edgewise/import.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "edgewise/json.h"
#include "edgewise/presets.h"
#include "edgewise/text.h"
#include "gguf_writer.hpp"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using test::GgufWriter;

namespace {

const char* const configs[] = {"llama-3.2-1b",   "llama-3.1-8b",       "mistral-7b-v0.1",    "qwen2.5-0.5b",
                               "qwen3-4b",       "qwen3-30b-a3b",      "qwen3-next-80b-a3b", "qwen3.5-0.8b",
                               "gemma-2b",       "gemma-2-9b",         "gemma-3-1b",         "gemma-3-4b",
                               "gemma-3n-e2b",   "gemma-4-e2b",        "gemma-4-26b-a4b",    "phi-2",
                               "phi-3-mini",     "gpt-oss-20b",        "mixtral-8x7b",       "deepseek-v2-lite",
                               "deepseek-v3",    "smollm3-3b",         "olmo-2-1b",          "olmoe-1b-7b",
                               "granite-3.1-2b", "lfm2-1.2b",          "glm-4-9b",           "glm-z1-32b",
                               "glm-4.5-air",    "stablelm-2-1.6b",    "minicpm3-4b",        "minicpm-2b",
                               "internlm2-1.8b", "bitnet-b1.58-2b-4t", "chatglm3-6b",        "nemotron-3-nano-4b"};

std::string config_text(const std::string& id) {
  return test::read_file(test::source_path("tests/data/configs/" + id + ".json"));
}

std::string refusal(const std::string& text) {
  const auto m = model_from_hf_config(text, "x");
  return m ? std::string() : test::describe(m.errors());
}

std::string replaced(std::string text, const std::string& old, const std::string& now) {
  const auto at = text.find(old);
  INFO(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), now);
}

Result<Model> from_gguf(const std::string& bytes, const char* name = "x") {
  FormatTable formats = test::shipped().formats();
  return model_from_gguf(bytes, name, formats);
}

double stored(const Model& m, double StoredTensors::*amount) {
  double sum = 0;
  for (const StoredTensors& t : m.checkpoint->tensors) sum += t.*amount;
  return sum;
}

std::string gguf_refusal(const std::string& bytes) {
  const auto m = from_gguf(bytes);
  return m ? std::string() : test::describe(m.errors());
}

}  // namespace

TEST_CASE("a Hugging Face config.json gives the model that the preset describes") {
  const Catalog& c = test::shipped();
  for (const char* id : configs) {
    INFO(id);
    const auto imported = model_from_hf_config(config_text(id), id);
    INFO((imported ? std::string() : test::describe(imported.errors())));
    REQUIRE(imported);
    const Model& preset = *c.model(id);
    CHECK(imported->id == id);
    const ParameterCounts a = count_parameters(*imported), b = count_parameters(preset);
    CHECK(a.text == b.text);
    CHECK(a.decode_read == b.decode_read);
    // The same cache and the same sizes under a recipe, which look at layers and roles.
    const ModelCost x = summarize(*imported, *c.quantization("F16"), c.formats()),
                    y = summarize(preset, *c.quantization("F16"), c.formats());
    Rates r = test::plain_rates();
    r.memory.sliding_window_kv = true;
    Workload w;
    w.prompt = 6000;
    Estimate ex, ey;
    estimate(x, r, w, ex);
    estimate(y, r, w, ey);
    CHECK(ex[Term::kv_cache_B] == ey[Term::kv_cache_B]);
    CHECK(ex[Term::recurrent_state_B] == ey[Term::recurrent_state_B]);
    CHECK(imported->max_position_embeddings <= preset.max_position_embeddings);
  }
}

TEST_CASE("a config.json that cannot be read is refused with the path of why") {
  const std::string llama = config_text("llama-3.2-1b"), nested = config_text("qwen3.5-0.8b"),
                    mla = config_text("deepseek-v2-lite");
  CHECK(refusal(llama).empty());
  CHECK_THAT(refusal(replaced(llama, "\"llama\"", "\"lama\"")),
             Contains("unsupported model_type") && Contains("\"lama\" is no known architecture"));
  CHECK_THAT(refusal(replaced(llama, "\"model_type\"", "\"model_typ\"")), Contains("missing model_type"));
  CHECK_THAT(refusal(replaced(nested, "\"qwen3_5_text\"", "\"qwen9\"")),
             Contains("unsupported text_config.model_type"));
  CHECK_THAT(refusal(replaced(nested, "\"hidden_size\": 1024", "\"hidden_size\": 0")),
             Contains("out_of_range text_config.hidden_size"));
  CHECK_THAT(refusal(replaced(mla, "\"kv_lora_rank\"", "\"x\"")), Contains("missing kv_lora_rank"));
  for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"})
    CHECK_THAT(refusal(replaced(llama, std::string("\"") + key + "\"", "\"x\"")),
               Contains(std::string("missing ") + key));
  CHECK_THAT(refusal(replaced(llama, "\"hidden_size\": 2048", "\"hidden_size\": \"2048\"")),
             Contains("wrong_type hidden_size"));
  CHECK_THAT(refusal(replaced(llama, "\"hidden_size\": 2048", "\"hidden_size\": 2048.5")),
             Contains("not_whole hidden_size"));
  CHECK_THAT(refusal(replaced(llama, "\"num_hidden_layers\": 16", "\"num_hidden_layers\": 1e9")),
             Contains("out_of_range num_hidden_layers"));
  CHECK_THAT(refusal(replaced(config_text("gemma-3n-e2b"), "8192,", "4096,")),
             Contains("unsupported text_config.intermediate_size"));
  CHECK_THAT(refusal("[]"), Contains("wrong_type"));
  CHECK_THAT(refusal("{"), Contains("syntax"));
  CHECK_THAT(refusal(R"({"peft_type": "LORA", "base_model_name_or_path": "me/Base", "r": 16})"),
             Contains("adapter peft_type") && Contains("me/Base"));
  CHECK_THAT(refusal(R"({"peft_type": "LORA"})"), Contains("adapter peft_type"));
}

TEST_CASE("a config.json without a name is called as it calls itself") {
  const auto called = [](const std::string& from) {
    std::string text = config_text("qwen2.5-0.5b");
    text.insert(text.find('{') + 1, "\"_name_or_path\": " + from + ",");
    const auto preset = model_preset(text, "");
    REQUIRE(preset);
    return nlohmann::json::parse(*preset)["name"].get<std::string>();
  };
  CHECK(called("\"acme/Robo-0.5B\"") == "Robo-0.5B");
  CHECK(called("\"/mnt/run-7/\"") == "run-7");
  for (const char* none : {"\"\"", "\"./\"", "\"..\"", "7", "null", "\"///\""}) CHECK(called(none) == "qwen2");
}

TEST_CASE("a decoder with a head that scores text is no generator") {
  for (const char* head : {"LlamaForSequenceClassification", "Qwen3ForTokenClassification"}) {
    auto config = nlohmann::json::parse(config_text("llama-3.2-1b"));
    config["architectures"] = {head};
    CHECK_THAT(refusal(config.dump()), Contains("unsupported architectures") && Contains(head));
  }
}

TEST_CASE("a window that Qwen states and does not use is not one; Mistral's is everywhere") {
  const auto qwen = model_from_hf_config(config_text("qwen2.5-0.5b"), "q");
  REQUIRE(qwen);
  CHECK(qwen->sliding_window == 0);
  const auto mistral = model_from_hf_config(config_text("mistral-7b-v0.1"), "m");
  REQUIRE(mistral);
  CHECK(mistral->layers.front().mixer == Mixer::sliding_attention);
  CHECK(mistral->layers.back().mixer == Mixer::sliding_attention);
  const auto gemma = model_from_hf_config(config_text("gemma-3-4b"), "g");
  REQUIRE(gemma);
  CHECK(gemma->layers[4].mixer == Mixer::sliding_attention);
  CHECK(gemma->layers[5].mixer == Mixer::full_attention);
  REQUIRE(gemma->vision);
  CHECK(gemma->vision->image.tokens == 256);
}

TEST_CASE("a GGUF header gives the model, its tensors' size and its recipe") {
  const Catalog& c = test::shipped();
  struct Case {
    const char* preset;
    const char* architecture;
    bool windows;
  };
  for (const Case& k : {Case{"llama-3.2-1b", "llama", false},
                        {"llama-3.1-8b", "llama", false},
                        {"qwen2.5-0.5b", "qwen2", false},
                        {"qwen3-4b", "qwen3", false},
                        {"qwen3-30b-a3b", "qwen3moe", false},
                        {"gemma-2-2b", "gemma2", true},
                        {"gemma-3-1b", "gemma3", true},
                        {"phi-2", "phi2", false},
                        {"phi-3.5-mini", "phi3", false},
                        {"gpt-oss-20b", "gpt-oss", true},
                        {"deepseek-v2-lite", "deepseek2", false},
                        {"minicpm3-4b", "minicpm3", false},
                        {"mixtral-8x7b", "llama", false},
                        {"olmo-2-1b", "olmo2", false},
                        {"lfm2-1.2b", "lfm2", false}}) {
    INFO(k.preset);
    const Model& preset = *c.model(k.preset);
    double table = 0;
    const GgufWriter header = test::gguf_of(preset, k.architecture, [&](const test::StoredTensor& t) {
      double count = 1;
      for (const auto d : t.dims) count *= static_cast<double>(d);
      table += count;
    });
    const auto read = from_gguf(header.bytes(), "imported");
    INFO((read ? std::string() : test::describe(read.errors())));
    REQUIRE(read);
    CHECK(stored(*read, &StoredTensors::weights) == table);
    CHECK(stored(*read, &StoredTensors::bytes) == 2 * table);  // the writer stores everything in 16 bits
    CHECK(read->checkpoint->recipe.id == "F16");
    CHECK(count_parameters(*read).text == table);
    CHECK(count_parameters(*read).text == count_parameters(preset).text);
    CHECK(count_parameters(*read).decode_read == count_parameters(preset).decode_read);
    CHECK(read->num_key_value_heads == preset.num_key_value_heads);
    CHECK(read->vocab_size == preset.vocab_size);
    CHECK((read->sliding_window > 0) == k.windows);
    CHECK((read->mla && read->mla->expanded) == (preset.mla && preset.mla->expanded));
  }
}

TEST_CASE("which layers of a GGUF file slide is of its architecture, of its list, or an error") {
  const auto file = [](const char* architecture, const auto& change) {
    GgufWriter w;
    w.model(architecture, 8, 64, 128, 4, 2, 100);
    w.llama_tensors(8, 64, 128, 32, 100);
    change(w, std::string(architecture) + ".attention.");
    return w.bytes();
  };
  const auto window = [](GgufWriter& w, const std::string& at) { w.number(at + "sliding_window", 32); };
  const auto layers = [&](const char* architecture, const auto& change) {
    const auto m = from_gguf(file(architecture, change));
    INFO(architecture);
    INFO((m ? std::string() : test::describe(m.errors())));
    REQUIRE(m);
    std::string out;
    for (const auto& layer : m->layers) out += layer.mixer == Mixer::sliding_attention ? 's' : '-';
    return out;
  };
  CHECK(layers("cohere2", window) == "sss-sss-");
  CHECK(layers("gemma3", window) == "sssss-ss");
  CHECK(layers("smallthinker", window) == "-sss-sss");
  CHECK(layers("lfm2", window) == "ssssssss");
  CHECK(layers("llama4", [](GgufWriter&, const std::string&) {}) == "sss-sss-");
  // Files of these state a window that llama.cpp does not read.
  CHECK(layers("phi3", window) == "--------");
  CHECK(layers("llama", window) == "--------");
  const auto in_pairs = [&](GgufWriter& w, const std::string& at) {
    window(w, at);
    w.number(at + "sliding_window_pattern", 2);
  };
  CHECK(layers("gemma3", in_pairs) == "s-s-s-s-");
  CHECK(layers("brand-new", in_pairs) == "s-s-s-s-");
  CHECK_THAT(gguf_refusal(file("brand-new", window)), Contains("missing brand-new.attention.sliding_window_pattern"));
  CHECK(layers("brand-new", [](GgufWriter&, const std::string&) {}) == "--------");
}

TEST_CASE("the sizes of quantized tensors are those of their blocks") {
  GgufWriter w;
  w.model("llama", 1, 256, 512, 4, 2, 1000);
  w.tensor("token_embd.weight", {256, 1000}, 12);  // Q4_K
  w.tensor("output_norm.weight", {256}, 0);
  w.tensor("blk.0.attn_norm.weight", {256}, 0);
  w.tensor("blk.0.ffn_norm.weight", {256}, 0);
  w.tensor("blk.0.attn_q.weight", {256, 256}, 2);   // Q4_0
  w.tensor("blk.0.attn_k.weight", {256, 128}, 8);   // Q8_0
  w.tensor("blk.0.attn_v.weight", {256, 128}, 14);  // Q6_K
  w.tensor("blk.0.attn_output.weight", {256, 256}, 1);
  w.tensor("blk.0.ffn_gate.weight", {256, 512}, 39);  // MXFP4
  w.tensor("blk.0.ffn_up.weight", {256, 512}, 20);    // IQ4_NL
  w.tensor("blk.0.ffn_down.weight", {512, 256}, 30);  // BF16
  const auto read = from_gguf(w.bytes());
  INFO((read ? std::string() : test::describe(read.errors())));
  REQUIRE(read);
  CHECK(stored(*read, &StoredTensors::bytes) == 256000.0 * 144 / 256 + 3 * 1024 + 65536.0 * 18 / 32 +
                                                    32768.0 * 34 / 32 + 32768.0 * 210 / 256 + 2 * 65536 +
                                                    131072.0 * 17 / 32 + 131072.0 * 18 / 32 + 2 * 131072);
  CHECK(read->tie_word_embeddings);
}

TEST_CASE("a GGUF header cut anywhere is refused") {
  GgufWriter w;
  w.model("llama", 1, 64, 128, 4, 2, 100);
  w.strings("tokenizer.ggml.tokens", {"a", "b", "c"});
  w.llama_tensors(1, 64, 128, 32, 100);
  const std::string whole = w.bytes();
  REQUIRE(gguf_refusal(whole).empty());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    CHECK_FALSE(gguf_refusal(whole.substr(0, n)).empty());
  }
  // What follows the tensor table is not looked at.
  CHECK(gguf_refusal(whole + std::string(1000, 'x')).empty());
}

TEST_CASE("bytes that are no UTF-8 are refused where they matter, and never reach a document") {
  const auto file = [](const char* architecture, const char* name, const char* key, const char* tensor) {
    GgufWriter w;
    w.model(architecture, 1, 64, 128, 4, 2, 100);
    w.text("general.name", name);
    w.text(key, "\xFF");
    w.llama_tensors(1, 64, 128, 32, 100);
    if (*tensor) w.tensor(tensor, {33}, 2);
    return w.bytes();
  };
  CHECK_THAT(gguf_refusal(file("l\xFF", "a", "k", "")), Contains("wrong_type general.architecture"));
  CHECK(gguf_refusal(file("llama", "\xFF", "k", "")).empty());
  CHECK(gguf_refusal(file("llama", "a", "\xFF", "")).empty());
  CHECK_THAT(gguf_refusal(file("llama", "a", "k", "t\xFF")), Contains("\"t\xEF\xBF\xBD\""));

  Catalog c;
  const auto id = import_model(file("llama", "a", "k", ""), "na\xFFme", c);
  REQUIRE(id);
  CHECK(*id == "na\xEF\xBF\xBDme");
  const auto from_file = from_gguf(file("llama", "\xFF", "k", ""), "");
  REQUIRE(from_file);
  CHECK(is_utf8(from_file->id));
  // What is written is text, whatever was read.
  CHECK(to_text(to_json(Errors{{"code", "\xFF", "\xFF"}})).find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("hostile counts and lengths in a GGUF header are refused before anything is allocated for them") {
  const auto header = [](std::uint32_t version, std::uint64_t tensors, std::uint64_t pairs) {
    GgufWriter w;
    return w.header(version, tensors, pairs) + std::string(64, '\0');
  };
  CHECK_THAT(gguf_refusal(header(1, 0, 0)), Contains("unsupported version"));
  CHECK_THAT(gguf_refusal(header(4, 0, 0)), Contains("unsupported version"));
  CHECK_THAT(gguf_refusal(header(0x03000000, 0, 0)), Contains("unsupported version"));  // big endian
  CHECK_THAT(gguf_refusal(header(3, 1ull << 62, 0)), Contains("truncated tensor_count"));
  CHECK_THAT(gguf_refusal(header(3, 0, 1ull << 62)), Contains("truncated metadata_kv_count"));
  CHECK_THAT(gguf_refusal(header(3, ~0ull, ~0ull)), Contains("truncated"));

  const auto one_pair = [](const std::string& pair) {
    GgufWriter w;
    return w.header(3, 0, 1) + pair + std::string(64, '\0');
  };
  const auto u32 = [](std::uint32_t x) { return GgufWriter::little(x); };
  const auto u64 = [](std::uint64_t x) { return GgufWriter::little(x); };
  const auto key = [&](const char* text) { return u64(std::strlen(text)) + text; };
  CHECK_THAT(gguf_refusal(one_pair(u64(~0ull))), Contains("truncated metadata[0]"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(8) + u64(1ull << 40))), Contains("truncated k"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(9) + u32(4) + u64(1ull << 62))), Contains("truncated k"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(9) + u32(8) + u64(1ull << 61))), Contains("truncated k"));
  // An array of bytes that ends with the file, and one that is a byte longer.
  const std::string body(5000, 'x');
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(9) + u32(0) + u64(5064) + body)),
             Contains("missing general.architecture"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(9) + u32(0) + u64(5065) + body)), Contains("truncated k"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(9) + u32(9) + u64(1))), Contains("unsupported k"));
  CHECK_THAT(gguf_refusal(one_pair(key("k") + u32(99))), Contains("unsupported k"));

  const auto one_tensor = [&](const std::vector<std::uint64_t>& dims, std::uint32_t type, std::uint32_t axes) {
    GgufWriter w;
    std::string t = key("t") + u32(axes);
    for (const auto d : dims) t += u64(d);
    return w.header(3, 1, 0) + t + u32(type) + u64(0) + std::string(64, '\0');
  };
  CHECK_THAT(gguf_refusal(one_tensor({4}, 0, 0)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({4}, 0, 4000000000u)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({0, 4}, 0, 2)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({~0ull}, 0, 1)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({1000000000, 1000000000}, 0, 2)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({33}, 2, 1)), Contains("out_of_range tensor[0]"));
  CHECK_THAT(gguf_refusal(one_tensor({32}, 4, 1)), Contains("unsupported tensor[0]"));
}

TEST_CASE("a GGUF file that says too little, or has tensors that are not known, is refused") {
  const auto with = [](const auto& change) {
    GgufWriter w;
    change(w);
    return gguf_refusal(w.bytes());
  };
  CHECK_THAT(with([](GgufWriter&) {}), Contains("missing general.architecture"));
  CHECK_THAT(with([](GgufWriter& w) { w.text("general.architecture", "llama"); }),
             Contains("missing llama.block_count"));
  CHECK_THAT(with([](GgufWriter& w) { w.text("general.architecture", "clip"); }),
             Contains("projector general.architecture"));
  for (const char* encoder : {"bert", "nomic-bert", "t5"})
    CHECK_THAT(with([encoder](GgufWriter& w) { w.text("general.architecture", encoder); }),
               Contains("unsupported general.architecture: \"" + std::string(encoder) + "\" is an encoder"));
  for (const auto& [type, code] : {std::pair{"adapter", "adapter"}, {"mmproj", "projector"}, {"imatrix", "no_model"}})
    CHECK_THAT(with([type = type](GgufWriter& w) { w.text("general.type", type); }),
               Contains(code + std::string(" general.type")));
  CHECK_THAT(with([](GgufWriter& w) { w.model("llama", 1, 64, 128, 4, 2, 100); }),
             Contains("missing token_embd.weight"));
  CHECK_THAT(with([](GgufWriter& w) {
               w.model("llama", 1, 64, 128, 4, 2, 100);
               w.llama_tensors(1, 64, 128, 32, 100);
               w.tensor("blk.0.wonder.weight", {64, 64}, 1);
             }),
             Contains("unsupported tensors: hold") && Contains("blk.0.wonder.weight"));
  CHECK_THAT(with([](GgufWriter& w) {
               w.model("llama", 1, 64, 128, 4, 3, 100);
               w.llama_tensors(1, 64, 128, 32, 100);
             }),
             Contains("inconsistent llama.attention.head_count_kv: does not divide"));
  CHECK_THAT(with([](GgufWriter& w) {
               w.model("llama", 4000000000u, 64, 128, 4, 2, 100);
               w.llama_tensors(1, 64, 128, 32, 100);
             }),
             Contains("out_of_range llama.block_count"));
  CHECK_THAT(with([](GgufWriter& w) {
               w.model("llama", 1, 64, 128, 4, 2, 100);
               w.number("llama.block_count", 2);
               w.llama_tensors(1, 64, 128, 32, 100);
             }),
             Contains("duplicate_key llama.block_count"));
}

TEST_CASE("import_model takes a preset, a config.json or a GGUF header and adds what it found") {
  Catalog c;
  const auto preset = import_model(test::read_file(test::source_path("presets/models/qwen3-4b.json")), "ignored", c);
  REQUIRE(preset);
  CHECK(*preset == "qwen3-4b");
  const auto config = import_model(config_text("llama-3.2-1b"), "my-llama", c);
  REQUIRE(config);
  CHECK(*config == "my-llama");
  GgufWriter w;
  w.model("llama", 1, 64, 128, 4, 2, 100);
  w.llama_tensors(1, 64, 128, 32, 100);
  const auto gguf = import_model(w.bytes(), "tiny", c);
  REQUIRE(gguf);
  CHECK(*gguf == "tiny");
  CHECK(c.models().size() == 3);
  CHECK(c.resolve_model("MY-LLAMA") == "my-llama");

  CHECK_FALSE(import_model("GGUF", "x", c));
  CHECK_FALSE(import_model("", "x", c));
  CHECK_FALSE(import_model("{}", "x", c));
  CHECK_FALSE(import_model(test::read_file(test::source_path("presets/devices/raspberry-pi-5-8gb.json")), "x", c));
  CHECK(c.models().size() == 3);
  CHECK(c.devices().empty());
}

TEST_CASE("model_preset gives the preset that import_model adds, in canonical form") {
  for (const char* id : configs) {
    INFO(id);
    const auto text = model_preset(config_text(id), id);
    REQUIRE(text);
    Catalog c;
    REQUIRE(add_preset(c, *text));
    const auto model = model_from_hf_config(config_text(id), id);
    REQUIRE(model);
    const ParameterCounts a = count_parameters(*c.model(id)), b = count_parameters(*model);
    CHECK(a.total == b.total);
    CHECK(a.decode_read == b.decode_read);
    CHECK(c.model(id)->layers.size() == model->layers.size());
    CHECK(*model_preset(*text, "ignored") == *text);
  }
  CHECK_THAT(*model_preset(config_text("llama-3.2-1b"), "my \"llama\""),
             Catch::Matchers::StartsWith("{\n  \"type\": \"model\",\n  \"format_version\": 1,\n"
                                         "  \"id\": \"my \\\"llama\\\"\",\n  \"name\": \"my \\\"llama\\\"\",\n"
                                         "  \"family\": \"llama\",\n  \"config\": {\n    \"hidden_size\": 2048,\n"));

  // A preset that is published is its own.
  const std::string published = test::read_file(test::source_path("presets/models/qwen3-4b.json"));
  CHECK(*model_preset(published, "ignored") == published);

  GgufWriter w;
  w.model("llama", 1, 64, 128, 4, 2, 100);
  w.llama_tensors(1, 64, 128, 32, 100);
  const auto gguf = model_preset(w.bytes(), "ti\xFFny");
  REQUIRE(gguf);
  Catalog c;
  REQUIRE(add_preset(c, *gguf));
  CHECK(c.model("ti\uFFFDny") != nullptr);

  for (const std::string& refused :
       {std::string("GGUF"), std::string(), std::string("{}"), std::string("[]"), std::string("{\"type\": 7}"),
        test::read_file(test::source_path("presets/devices/raspberry-pi-5-8gb.json"))})
    CHECK_FALSE(model_preset(refused, "x"));
}
