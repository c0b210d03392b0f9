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

namespace {

/// Rules of llama.cpp beside a device.
MemoryRules beside_a_device() {
  MemoryRules rules;
  rules.model = MemoryModel::llama_cpp;
  rules.kv_padding = 256;
  rules.embedding_on_host = true;
  return rules;
}

}  // namespace

TEST_CASE("llama.cpp beside a device: the embedded prompt and the masks are the host's, as load logs print them") {
  // XiongjieDai's GPU-Benchmarks: Llama 3 8B, 258.50 MiB on Metal and 9.01 MiB with the host at 512 tokens of context;
  // 560.00 and 24.01 MiB with CUDA at 8,192, without flash attention.
  MemoryRules rules = beside_a_device();
  rules.flash_attention = false;
  const Estimate small = with_context("llama-3-8b", 512, rules), large = with_context("llama-3-8b", 8192, rules);
  CHECK(small[Term::compute_buffer_B] == 258.5 * 1048576);
  CHECK(small[Term::host_compute_B] == 9.0 * 1048576);
  CHECK(large[Term::compute_buffer_B] == 560.0 * 1048576);
  CHECK(large[Term::host_compute_B] == 24.0 * 1048576);
  CHECK(large[Term::host_memory_B] == large[Term::host_weights_B] + large[Term::host_compute_B]);
  // On the host itself nothing is beside it.
  rules.embedding_on_host = false;
  const Estimate alone = with_context("llama-3-8b", 512, rules);
  CHECK(alone[Term::host_compute_B] == 0);
  CHECK(alone[Term::compute_buffer_B] == 266.5 * 1048576);
}

TEST_CASE("llama.cpp on OpenCL: queries, keys and values pass through the host") {
  // PocketPal's baselines, n_ctx 2,048, flash attention off: SmolLM2 1.7B 20.01 and Qwen2.5 1.5B 11.01 MiB.
  MemoryRules rules = beside_a_device();
  rules.flash_attention = false;
  rules.qkv_through_host = true;
  CHECK(with_context("smollm2-1.7b", 2048, rules)[Term::host_compute_B] == 20.0 * 1048576);
  CHECK(with_context("qwen2.5-1.5b", 2048, rules)[Term::host_compute_B] == 11.0 * 1048576);
  rules.qkv_through_host = false;
  const double without = with_context("qwen2.5-1.5b", 2048, rules)[Term::host_compute_B];
  CHECK(without == 7.0 * 1048576);
  Rates r = test::plain_rates();
  r.memory = rules;
  Workload w;
  w.prompt = 2047;
  w.generate = 1;
  w.kv_on_host = 1;  // attention runs on the host
  CHECK(test::estimated(test::cost_of("qwen2.5-1.5b", "F16"), r, w)[Term::host_compute_B] == 11.0 * 1048576);
}

TEST_CASE("ik_llama.cpp: one hidden state beside the logits under flash attention, a mask for each kind of attention") {
  // Load logs of its issues: GLM-Z1 32B 308.00 MiB on CUDA0 and 76.01 with the host, Gemma 3 27B 522.62 and 138.51, at
  // 32,768 tokens; its sliding layers have a mask of their own and no smaller cache.
  MemoryRules rules = beside_a_device();
  rules.output_in_place = true;
  const Estimate glm = with_context("glm-z1-32b", 32768, rules), gemma = with_context("gemma-3-27b", 32768, rules);
  CHECK(glm[Term::compute_buffer_B] == 308.0 * 1048576);
  CHECK(glm[Term::host_compute_B] == 76.0 * 1048576);
  CHECK(std::fabs(gemma[Term::compute_buffer_B] / (522.62 * 1048576) - 1) < 1e-3);
  CHECK(std::fabs(gemma[Term::host_compute_B] / (138.51 * 1048576) - 1) < 1e-3);
  // Without it two, as the same program's log of Llama 3.1 8B: 266.50 MiB.
  rules.flash_attention = false;
  CHECK(with_context("llama-3.1-8b", 512, rules)[Term::compute_buffer_B] == 266.5 * 1048576);
}

TEST_CASE("llama.cpp beside a device has a tied embedding twice: the host looks up, the device multiplies") {
  const ModelCost tied = test::cost_of("llama-3.2-1b", "Q4_0"), untied = test::cost_of("llama-3.1-8b", "Q4_0");
  Rates r = test::plain_rates();
  r.memory = beside_a_device();
  const Estimate e = test::estimated(tied, r, Workload());
  CHECK(e[Term::host_weights_B] == 128256.0 * 2048 * 210 / 256);  // Q6_K, 215 MiB
  CHECK(e[Term::weight_copies_B] == e[Term::host_weights_B]);
  CHECK(e[Term::weights_B] == tied.file_B);
  CHECK(test::estimated(untied, r, Workload())[Term::weight_copies_B] == 0);
  r.memory.embedding_on_host = false;
  r.memory.repacks_tied_output = true;  // the same copy on a CPU whose kernels want their own layout
  CHECK(test::estimated(tied, r, Workload())[Term::weights_B] == tied.file_B + 128256.0 * 2048 * 210 / 256);
  CHECK(test::estimated(untied, r, Workload())[Term::weights_B] == untied.file_B);
}

TEST_CASE("a tied output matrix is repacked on the classes of processors that the runtime names") {
  Query q;
  q.model = "qwen2.5-1.5b";
  q.runtime = "llama.cpp-cpu";
  q.quant = "Q6_K";
  const auto copies = [&](const char* device) {
    q.device = device;
    const auto a = answer(test::shipped(), q);
    INFO((a ? std::string() : test::describe(a.errors())));
    REQUIRE(a);
    return a->estimate[Term::weight_copies_B] / 1048576;
  };
  CHECK(std::fabs(copies("poco-myron-12gb") - 182.6) < 0.1);  // 1390.7 MiB in PocketPal's log for a file of 1208.1
  CHECK(copies("raspberry-pi-5-8gb") == 0);
}

TEST_CASE("an engine built for a prompt keeps its activations for every sequence; the embedding is apart, and mapped") {
  MemoryRules rules;
  rules.micro_batch = 2048;
  rules.built_for_micro_batch = true;
  rules.embedding_tables = 2;
  Rates r = test::plain_rates();
  r.memory = rules;
  Workload w;
  w.prompt = 61;
  w.generate = 1;
  const ModelCost m = test::cost_of("qwen3-1.7b", "F16");
  const Estimate one = test::estimated(m, r, w);
  const double activations = 2.0 * 2048 * (3 * 6144 + 3 * 2048), logits = 4 * 151936.0;
  CHECK(one[Term::compute_buffer_B] == activations + logits);
  CHECK(one[Term::weight_copies_B] == 2 * 2 * 151936.0 * 2048);  // tied: both tables beside the head
  w.batch = 8;
  CHECK(test::estimated(m, r, w)[Term::compute_buffer_B] == 8 * (activations + logits));
  const ModelCost untied = test::cost_of("qwen3-8b", "F16");
  CHECK(test::estimated(untied, r, w)[Term::weight_copies_B] == 2 * 151936.0 * 4096);  // one of them is in the file
}

TEST_CASE("activations and logits that a runtime's fields name") {
  MemoryRules rules;
  rules.micro_batch = 128;
  const auto buffer = [&] { return with_context("qwen3-0.6b", 1025, rules)[Term::compute_buffer_B]; };
  const double plain = buffer();
  rules.vocabulary_B = 1024;
  rules.layer_buffers = 5;
  CHECK(buffer() == plain + 1024 * 151936.0 + 2 * 128 * 28 * 5 * 1024.0);
  rules = {};
  rules.micro_batch = 2048;
  rules.layers_in_flight = 3;
  CHECK(buffer() == 3 * 2 * 1024 * (6 * 1024 + 3 * 2048 + 3 * 3072.0) + 4 * 151936.0);
}

TEST_CASE("experts that stay mapped are held twice") {
  Rates r = test::plain_rates();
  const auto copies = [&](const char* model, const char* quant) {
    return test::estimated(test::cost_of(model, quant), r, Workload())[Term::weight_copies_B];
  };
  r.memory.maps_experts = true;
  CHECK(copies("qwen3-30b-a3b", "F16") == 2 * 48.0 * 128 * 3 * 2048 * 768);
  CHECK(copies("llama-3.1-8b", "F16") == 0);
}
