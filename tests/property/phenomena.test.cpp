// What the literature reports of edge devices has to come out of the model: nothing here is fitted, the bands are those
// of the reports.
#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

Query question(const char* model, const char* device, const char* runtime, const char* quant, double prompt = 512,
               double generate = 128) {
  Query q;
  q.model = model;
  q.device = device;
  q.runtime = runtime;
  q.quant = quant;
  q.workload.prompt = prompt;
  q.workload.generate = generate;
  return q;
}

Estimate answered(const Catalog& catalog, const Query& q) {
  INFO(q.model << " " << q.device << " " << q.runtime << " " << q.quant);
  const auto a = answer(catalog, q);
  REQUIRE(a);
  return a->estimate;
}

Estimate answered(const Query& q) { return answered(test::shipped(), q); }

bool within(double low, double x, double high) { return low <= x && x <= high; }

struct Board {
  const char* device;
  const char* runtime;
};
const Board bandwidth_bound[] = {{"jetson-agx-orin-64gb", "llama.cpp-cuda"},
                                 {"apple-m2-16gb", "llama.cpp-metal"},
                                 {"rtx-3090-24gb", "llama.cpp-cuda"},
                                 {"ryzen-ai-max-395-128gb", "llama.cpp-vulkan"}};
const char* const seven_billion[] = {"llama-3.1-8b", "qwen2.5-7b", "mistral-7b-v0.3"};

}  // namespace

TEST_CASE("4-bit weights take 60 to 75 % less memory than FP16") {
  for (const auto& [device, runtime] : bandwidth_bound)
    for (const char* model : seven_billion) {
      const double saved = 1 - answered(question(model, device, runtime, "Q4_K_M"))[Term::memory_B] /
                                   answered(question(model, device, runtime, "F16"))[Term::memory_B];
      INFO(device << ", " << model << ": " << saved);
      CHECK(within(0.60, saved, 0.75));
    }
}

TEST_CASE(
    "on boards that memory binds, 4-bit weights decode about 2 to 3.6 times as fast and save at least a third of the "
    "energy") {
  for (const auto& [device, runtime] : bandwidth_bound)
    for (const char* model : seven_billion) {
      const Estimate q4 = answered(question(model, device, runtime, "Q4_K_M")),
                     f16 = answered(question(model, device, runtime, "F16"));
      if (f16[Term::unplaced_B] > 0) continue;  // an 8B model in 16 bits pages in 16 GB
      const double faster = q4[Term::decode_tok_s] / f16[Term::decode_tok_s];
      INFO(device << ", " << model << ": " << faster);
      CHECK(within(1.9, faster, 3.6));  // an 8B model measured 25.0 tok/s on the Orin, where FP16 can reach 12.7
      if (is_known(f16[Term::energy_per_token_J]))
        CHECK(q4[Term::energy_per_token_J] < 0.65 * f16[Term::energy_per_token_J]);
    }
}

TEST_CASE("longer sequences decode slower") {
  for (const Board& b : {Board{"raspberry-pi-5-8gb", "llama.cpp-cpu"},
                         {"jetson-orin-nano-super-8gb", "llama.cpp-cuda"},
                         {"l4-24gb", "transformers-cuda"}}) {
    double before = HUGE_VAL;
    for (const double prompt : {512.0, 4096.0, 16384.0, 32768.0}) {
      const double now = answered(question("llama-3.2-1b", b.device, b.runtime, "", prompt))[Term::decode_tok_s];
      INFO(b.device << " " << prompt);
      CHECK(now <= before);
      before = now;
    }
    CHECK(before < 0.9 * answered(question("llama-3.2-1b", b.device, b.runtime, "", 512))[Term::decode_tok_s]);
  }
}

TEST_CASE("INT8 by bitsandbytes slows small models on an AGX Orin, and not big ones") {
  const auto gain = [](const char* model) {
    return answered(question(model, "jetson-agx-orin-64gb", "transformers-bnb", "bnb-int8"))[Term::decode_tok_s] /
           answered(question(model, "jetson-agx-orin-64gb", "transformers-cuda", "fp16"))[Term::decode_tok_s];
  };
  CHECK(gain("qwen2.5-1.5b") < 0.8);
  CHECK(gain("llama-3.2-3b") < 0.8);
  CHECK(gain("phi-2") < 0.8);
  CHECK(gain("mistral-small-24b") > 0.9);
}

TEST_CASE("a low memory clock costs time and energy") {
  // The board as shipped, with one more mode: everything at full clock but the memory.
  Catalog c = test::shipped();
  std::string text = test::read_file(test::source_path("presets/devices/jetson-orin-nano-super-8gb.json"));
  const std::string id = "\"jetson-orin-nano-super-8gb\"", modes = "\"modes\": [";
  text.replace(text.find(id), id.size(), "\"low-memory-clock\"");
  REQUIRE(text.find(modes) != std::string::npos);
  text.insert(
      text.find(modes) + modes.size(),
      R"({"id": "full", "name": "full", "confidence": "assumed"}, {"id": "low", "name": "low", "confidence": "assumed", "memory_bandwidth_gb_s": 25},)");
  REQUIRE(add_preset(c, text));
  Query q = question("llama-3.2-3b", "low-memory-clock", "llama.cpp-cuda", "Q4_K_M");
  q.power_mode = "full";
  const Estimate full = answered(c, q);
  q.power_mode = "low";
  const Estimate low = answered(c, q);
  CHECK(low[Term::tpot_mean_s] > 1.5 * full[Term::tpot_mean_s]);
  CHECK(low[Term::energy_per_token_J] > 1.2 * full[Term::energy_per_token_J]);
  // It draws less meanwhile, and for longer.
  CHECK(low[Term::decode_w] < full[Term::decode_w]);
}

// Llama 3.2 with transformers, FP16, on an L4: 1B 50 tok/s and 3B 29.6 at short prompts; at 32,768 tokens 39.6
// and 13.0, with the first token after 3.46 and 9.04 s.
TEST_CASE("transformers is bound by its host at short prompts and by the growing cache at long ones") {
  const auto l4 = [](const char* model, double prompt) {
    return answered(question(model, "l4-24gb", "transformers-cuda", "fp16", prompt, 64));
  };
  const auto about = [](double x, double reported, double factor = 1.33) {
    return within(reported / factor, x, factor * reported);
  };
  CHECK(about(l4("llama-3.2-1b", 64)[Term::decode_tok_s], 50));
  CHECK(about(l4("llama-3.2-3b", 64)[Term::decode_tok_s], 29.6));
  CHECK(about(l4("llama-3.2-1b", 32768)[Term::decode_tok_s], 39.6));
  CHECK(about(l4("llama-3.2-3b", 32768)[Term::decode_tok_s], 13.0));
  CHECK(about(l4("llama-3.2-1b", 32768)[Term::ttft_s], 3.46, 1.5));
  CHECK(about(l4("llama-3.2-3b", 32768)[Term::ttft_s], 9.04, 1.5));
  // Of short prompts the first token costs little more than any other.
  const Estimate floor = l4("llama-3.2-3b", 128);
  CHECK(within(1, floor[Term::ttft_s] / floor[Term::tpot_mean_s], 1.4));
  CHECK(floor[Term::ttft_s] == l4("llama-3.2-3b", 64)[Term::ttft_s]);
}

TEST_CASE("on small boards Q4_0 decodes faster than the K-quants of its size, and loads slower: it is repacked") {
  for (const char* board : {"raspberry-pi-4-8gb", "raspberry-pi-400-4gb", "radxa-rock-5b-16gb"})
    for (const char* model : {"llama-3.2-1b", "qwen2.5-1.5b"}) {
      INFO(board << ", " << model);
      const Estimate q4_0 = answered(question(model, board, "llama.cpp-cpu", "Q4_0")),
                     q4_k = answered(question(model, board, "llama.cpp-cpu", "Q4_K_M"));
      CHECK(q4_0[Term::decode_tok_s] > q4_k[Term::decode_tok_s]);
      CHECK(q4_0[Term::load_warm_s] > q4_k[Term::load_warm_s]);
    }
}
