#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

/// Bytes of the KV cache (and recurrent state) at `context` tokens, 16-bit, nothing padded.
Estimate with_context(const char* model, double context, const MemoryRules& rules = {}) {
  Rates r = test::plain_rates();
  r.memory = rules;
  Workload w;
  w.prompt = context - 1;
  w.generate = 1;
  return test::estimated(test::cost_of(model, "F16"), r, w);
}

}  // namespace

TEST_CASE("KV cache of grouped-query attention: 2 x layers x KV heads x head_dim x 2 bytes x tokens") {
  CHECK(with_context("llama-3.2-1b", 4096)[Term::kv_cache_B] == 2.0 * 16 * 8 * 64 * 2 * 4096);
  CHECK(with_context("llama-3.1-8b", 131072)[Term::kv_cache_B] == 17179869184.0);  // 16 GiB, as Meta states it
  CHECK(with_context("qwen3-4b", 1000)[Term::kv_cache_B] == 2.0 * 36 * 8 * 128 * 2 * 1000);
}

TEST_CASE("KV cache of multi-head attention: every head keeps keys and values") {
  CHECK(with_context("llama-2-7b", 2048)[Term::kv_cache_B] == 2.0 * 32 * 32 * 128 * 2 * 2048);  // 1 GiB
  CHECK(with_context("phi-3-mini", 4096, [] {
          MemoryRules r;
          r.sliding_window_kv = false;
          return r;
        }())[Term::kv_cache_B] == 2.0 * 32 * 32 * 96 * 2 * 4096);
}

TEST_CASE("KV cache of latent attention: the latent and the shared rotary key, once per token") {
  // DeepSeek-V2-Lite: 27 layers, rank 512, rotary 64.
  CHECK(with_context("deepseek-v2-lite", 1024)[Term::kv_cache_B] == 27.0 * (512 + 64) * 2 * 1024);
  // DeepSeek-V3: 61 layers; 70 kB a token.
  CHECK(with_context("deepseek-v3", 1024)[Term::kv_B_per_token] == 61.0 * 576 * 2);
}

TEST_CASE("KV cache of sliding windows: the window and a micro-batch where the runtime does so, everything where not") {
  // Gemma 3 1B: 26 layers, one KV head of 256; every sixth layer is full (4), 22 slide over 512 tokens.
  const double per_layer = 2.0 * 1 * 256 * 2;
  CHECK(with_context("gemma-3-1b", 8192)[Term::kv_cache_B] == 26 * per_layer * 8192);
  MemoryRules rules;
  rules.sliding_window_kv = true;
  rules.micro_batch = 512;
  rules.kv_padding = 256;
  CHECK(with_context("gemma-3-1b", 8192, rules)[Term::kv_cache_B] == 4 * per_layer * 8192 + 22 * per_layer * 1024);
  // Below the window nothing is saved; the context is padded.
  CHECK(with_context("gemma-3-1b", 300, rules)[Term::kv_cache_B] == 26 * per_layer * 512);
}

TEST_CASE("hybrid models: attention layers keep a cache, linear and convolution layers a state of fixed size") {
  // Qwen3-Next 80B: 48 layers, every fourth full attention with 2 KV heads of 256; 36 Gated DeltaNet layers with
  // 32 value heads of 128 x 128 and a convolution tail of 3 x (2 x 16 x 128 + 32 x 128), float32.
  const Estimate next = with_context("qwen3-next-80b-a3b", 4096);
  CHECK(next[Term::kv_cache_B] == 12.0 * 2 * 2 * 256 * 2 * 4096);
  CHECK(next[Term::recurrent_state_B] == 36.0 * 4 * (32 * 128 * 128 + 3 * (2 * 16 * 128 + 32 * 128)));
  CHECK(with_context("qwen3-next-80b-a3b", 8192)[Term::recurrent_state_B] == next[Term::recurrent_state_B]);
  // LFM2 1.2B: 6 attention layers with 8 KV heads of 64; 10 convolutions of kernel 3 over 2048 channels.
  const Estimate lfm = with_context("lfm2-1.2b", 4096);
  CHECK(lfm[Term::kv_cache_B] == 6.0 * 2 * 8 * 64 * 2 * 4096);
  CHECK(lfm[Term::recurrent_state_B] == 10.0 * 4 * 2 * 2048);
}

TEST_CASE("layers that share a cache own none, and cached bytes follow the cache's format") {
  // Gemma 3n E2B: 30 layers, the last 10 reuse earlier caches; 2 KV heads of 256.
  CHECK(with_context("gemma-3n-e2b", 1000)[Term::kv_cache_B] == 20.0 * 2 * 2 * 256 * 2 * 1000);
  Rates r = test::plain_rates();
  r.kv_bytes_per_element = 34.0 / 32;  // Q8_0
  Workload w;
  w.prompt = 1023;
  w.generate = 1;
  CHECK(test::estimated(test::cost_of("llama-3.2-1b", "F16"), r, w)[Term::kv_cache_B] ==
        2.0 * 16 * 8 * 64 * 1024 * 34 / 32);
}

TEST_CASE("a fixed context is allocated whatever is asked, up to what is asked") {
  MemoryRules rules;
  rules.fixed_context = 4096;
  CHECK(with_context("llama-3.2-1b", 100, rules)[Term::kv_cache_B] ==
        with_context("llama-3.2-1b", 4096)[Term::kv_cache_B]);
  CHECK(with_context("llama-3.2-1b", 8192, rules)[Term::kv_cache_B] ==
        with_context("llama-3.2-1b", 8192)[Term::kv_cache_B]);
}

TEST_CASE("memory: an embedding on the host is not the device's, a tied one is its head") {
  Rates r = test::plain_rates();
  Workload w;
  const ModelCost tied = test::cost_of("llama-3.2-1b", "Q4_0"), untied = test::cost_of("llama-3.1-8b", "Q4_0");
  r.memory.embedding_on_host = true;
  CHECK(test::estimated(tied, r, w)[Term::weights_B] == tied.file_B);
  CHECK(test::estimated(untied, r, w)[Term::weights_B] == untied.file_B - 128256.0 * 4096 * 18 / 32);
}

TEST_CASE("peak memory of transformers, as published with torch.cuda.max_memory_allocated") {
  const Catalog& c = test::shipped();
  const auto peak_mib = [&](const char* model, double prompt, double generate) {
    Query q;
    q.model = model;
    q.device = "l4-24gb";
    q.runtime = "transformers-cuda";
    q.quant = "fp16";
    q.workload.prompt = prompt;
    q.workload.generate = generate;
    const auto a = answer(c, q);
    INFO((a ? std::string() : test::describe(a.errors())));
    REQUIRE(a);
    return a->estimate[Term::memory_B] / 1048576;
  };
  struct Row {
    double prompt, generate, mib;
  };
  for (const Row& row :
       {Row{64, 32, 6163}, Row{256, 128, 6242}, Row{512, 128, 6344}, Row{1024, 128, 6517}, Row{2048, 128, 6881}}) {
    const double peak = peak_mib("llama-3.2-3b", row.prompt, row.generate);
    INFO(row.prompt << " tokens: " << peak << " MiB, published " << row.mib);
    CHECK(std::fabs(peak / row.mib - 1) <= 0.01);
  }
  CHECK(std::fabs(peak_mib("llama-3.2-1b", 32768, 32) * 1048576 / 11.5e9 - 1) <= 0.05);
  CHECK(std::fabs(peak_mib("llama-3.2-3b", 32768, 32) * 1048576 / 18e9 - 1) <= 0.05);
}

TEST_CASE("compute buffers of transformers: the logits of every prompt position, twice where they are soft-capped") {
  MemoryRules rules;
  rules.model = MemoryModel::transformers;
  const auto buffer = [&](const char* model) { return with_context(model, 2001, rules)[Term::compute_buffer_B]; };
  CHECK(buffer("llama-3.2-1b") == 2.0 * 2000 * 128256);
  CHECK(buffer("gemma-2-2b") == 2 * 2.0 * 2000 * 256000);  // final_logit_softcapping makes a copy
}

TEST_CASE("a file that holds a tied embedding twice is larger by it; what decoding reads is not") {
  const Catalog& c = test::shipped();
  Quantization recipe = *c.quantization("Q4_0");
  const ModelCost once = summarize(*c.model("llama-3.2-1b"), recipe, c.formats());
  recipe.tied_embedding_stored_twice = true;
  const ModelCost twice = summarize(*c.model("llama-3.2-1b"), recipe, c.formats());
  const double embedding = 128256.0 * 2048 * c.formats()[recipe.output].bytes_per_weight();
  CHECK(twice.file_B - once.file_B == embedding);
  CHECK(twice.parameters == once.parameters);
  const ModelCost untied = summarize(*c.model("llama-3.1-8b"), recipe, c.formats());
  recipe.tied_embedding_stored_twice = false;
  CHECK(untied.file_B == summarize(*c.model("llama-3.1-8b"), recipe, c.formats()).file_B);
}

TEST_CASE("towers are loaded where the runtime loads the whole checkpoint, or where there are images") {
  const ModelCost m = test::cost_of("gemma-3-4b", "F16");
  REQUIRE(m.tower_B > 0);
  const auto weights = [&](MemoryModel model, double images) {
    Rates r = test::plain_rates();
    r.memory.model = model;
    Workload w;
    w.images = images;
    return test::estimated(m, r, w)[Term::weights_B];
  };
  CHECK(weights(MemoryModel::llama_cpp, 0) == m.file_B - m.tower_B);
  CHECK(weights(MemoryModel::generic, 0) == m.file_B - m.tower_B);
  CHECK(weights(MemoryModel::llama_cpp, 1) == m.file_B);
  CHECK(weights(MemoryModel::transformers, 0) == m.file_B);
  CHECK(weights(MemoryModel::vllm, 0) == m.file_B);
}
