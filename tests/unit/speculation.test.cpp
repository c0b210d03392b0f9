// Speculation: what a step yields, what it costs in time and memory, and what public A/B runs saw of it.

#include "edgewise/speculation.h"

#include <cmath>
#include <cstdio>

#include "edgewise/text.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::WithinRel;
using test::answered;

namespace {

Query asked(const char* model = "llama-3.1-8b", const char* device = "rtx-3090-24gb") {
  Query q;
  q.model = model;
  q.device = device;
  q.quant = "Q4_K_M";
  q.runtime = "llama.cpp-cuda";
  return q;
}

double speed(const Query& q) { return answered(q).estimate[Term::decode_tok_s]; }

std::string refused(const Query& q) {
  const auto a = answer(test::shipped(), q);
  return a ? "" : a.errors()[0].code + " " + a.errors()[0].path;
}

}  // namespace

TEST_CASE("tokens of a step") {
  CHECK(tokens_per_step(0, 4) == 1);
  CHECK(tokens_per_step(1, 4) == 5);
  CHECK_THAT(tokens_per_step(0.5, 3), WithinRel((1 - std::pow(0.5, 4)) / 0.5, 1e-15));
  CHECK(tokens_per_step(0.9, 0) == 1);
}

TEST_CASE("the acceptance behind the share that engines print") {
  for (const double a : {0.1, 0.5, 0.9})
    for (const double drafted : {1.0, 3.0, 16.0})
      CHECK_THAT(acceptance_of((tokens_per_step(a, drafted) - 1) / drafted, drafted), WithinRel(a, 1e-9));
}

TEST_CASE("without accepted tokens speculation is never faster, and more of them are") {
  const double plain = speed(asked());
  Query q = asked();
  q.draft_model = "llama-3.2-1b";
  for (const double drafted : {1.0, 4.0, 8.0}) {
    q.workload.draft_tokens = drafted;
    q.workload.acceptance = 0;
    double last = speed(q);
    CHECK(last <= plain);
    for (const double a : {0.2, 0.4, 0.6, 0.8, 1.0}) {
      q.workload.acceptance = a;
      const double now = speed(q);
      CHECK(now > last);
      last = now;
    }
  }
}

TEST_CASE("drafts that slow it down say so, and how fast it is without them") {
  Query q = asked();
  q.draft_model = "llama-3.2-1b";
  const auto said = [&](double acceptance) {
    q.workload.acceptance = acceptance;
    std::string out;
    for (const Error& e : warnings(answered(q)))
      if (e.code == "drafts_slow") out += e.path + ": " + e.message;
    return out;
  };
  CHECK(said(0.9).empty());
  CHECK(said(0) ==
        "draft_model: drafts slow it down here: without them it writes " + significant(speed(asked())) + " tok/s");
}

TEST_CASE("the number that is drafted by itself is the fastest") {
  Query q = asked();
  q.draft_model = "llama-3.2-1b";
  q.workload.acceptance = 0.7;
  const double best = speed(q);
  for (double n = 1; n <= 16; ++n) {
    q.workload.draft_tokens = n;
    CHECK(speed(q) <= best);
  }
}

TEST_CASE("nothing drafted is nothing changed") {
  Query q = asked();
  const Answer plain = answered(q);
  q.draft_model = "llama-3.2-1b";
  q.workload.draft_tokens = 0;
  const Answer none = answered(q);
  for (const Term t : {Term::decode_tok_s, Term::ttft_s, Term::total_latency_s, Term::energy_per_token_J})
    CHECK(none.estimate[t] == plain.estimate[t]);
  CHECK(none.estimate[Term::speculation_speedup] == 1);
}

TEST_CASE("the gain goes on into every term that the speed is in") {
  Query q = asked("llama-3.1-8b", "rtx-4090-24gb");
  const Answer plain = answered(q);
  q.draft_model = "llama-3.2-1b";
  q.workload.acceptance = 0.8;
  const Answer fast = answered(q);
  const double gain = fast.estimate[Term::speculation_speedup];
  CHECK(gain > 1.1);
  CHECK_THAT(fast.estimate[Term::decode_tok_s], WithinRel(gain * plain.estimate[Term::decode_tok_s], 1e-12));
  CHECK_THAT(fast.estimate[Term::energy_per_token_J],
             WithinRel(plain.estimate[Term::energy_per_token_J] / gain, 1e-12));
  CHECK(fast.estimate[Term::throughput_tok_s] > plain.estimate[Term::throughput_tok_s]);
  CHECK(fast.estimate[Term::ttft_s] > plain.estimate[Term::ttft_s]);  // the draft reads the prompt as well
}

TEST_CASE("the memory of both adds up") {
  Query q = asked();
  const Answer plain = answered(q);
  Query of_draft = q;
  of_draft.model = "llama-3.2-1b";
  const Estimate draft = answered(of_draft).estimate;
  q.draft_model = "llama-3.2-1b";
  const Estimate both = answered(q).estimate;
  CHECK_THAT(both[Term::draft_B], WithinRel(draft[Term::memory_B] - draft[Term::runtime_reserve_B], 1e-12));
  CHECK_THAT(both[Term::memory_B], WithinRel(plain.estimate[Term::memory_B] + both[Term::draft_B], 1e-12));
  CHECK(both[Term::max_batch] < plain.estimate[Term::max_batch]);
}

TEST_CASE("heads of the model itself share its embedding and its output layer") {
  Query q = asked("qwen3.6-27b");
  q.mtp = true;
  const Answer a = answered(q);
  const double weights = count_parameters(*a.model).mtp;
  // Stored as the recipe stores the rest, with a cache and a scratch of their own.
  CHECK(a.estimate[Term::draft_B] > 0.4 * weights);
  CHECK(a.estimate[Term::draft_B] < 0.1 * a.estimate[Term::weights_B]);
  CHECK(a.gain().low < a.gain().value);
  CHECK(a.gain().value < a.gain().high);
  const Ranged with = a.ranged(Term::decode_tok_s);
  q.workload.acceptance = a.estimate[Term::acceptance];
  q.workload.draft_tokens = a.estimate[Term::draft_tokens];
  const Ranged stated = answered(q).ranged(Term::decode_tok_s);
  CHECK_THAT(stated.value, WithinRel(with.value, 1e-12));
  CHECK(with.low < stated.low);
  CHECK(with.high > stated.high);
}

TEST_CASE("what cannot draft is refused") {
  Query q = asked();
  q.mtp = true;
  CHECK(refused(q) == "unsupported mtp");
  q.draft_model = "llama-3.2-1b";
  CHECK(refused(q) == "inconsistent mtp");
  q.mtp = false;
  q.draft_model = "qwen3-0.6b";  // other tokens
  CHECK(refused(q) == "inconsistent draft_model");
  q.draft_model = "no-such-model";
  CHECK(refused(q) == "unknown_id draft_model");
  q.draft_model = "llama-3.2-1b";
  q.draft_quant = "no-such-quant";
  CHECK(refused(q) == "unknown_id draft_quant");
  q.draft_quant = "";
  q.task = "no-such-task";
  CHECK(refused(q) == "unknown_word task");
  q.draft_model = "";
  CHECK(refused(q) == "inconsistent task");
}

TEST_CASE("what a runtime does not draft with is refused by its name") {
  const auto of = [](const char* runtime, const char* device, bool mtp) {
    Query q = asked(mtp ? "qwen3.5-4b" : "qwen3-4b", device);
    q.runtime = runtime;
    q.quant.clear();
    q.mtp = mtp;
    if (!mtp) q.draft_model = "qwen3-0.6b";
    return refused(q);
  };
  CHECK(of("rkllm", "rk3588-16gb", false) == "unsupported draft_model");
  CHECK(of("rkllm", "rk3588-16gb", true) == "unsupported mtp");
  CHECK(of("tensorrt-edge-llm", "jetson-agx-orin-64gb", false) == "unsupported draft_model");
  CHECK(of("llama.cpp-cuda", "jetson-agx-orin-64gb", false).empty());
  CHECK(of("llama.cpp-cuda", "jetson-agx-orin-64gb", true).empty());
}

TEST_CASE("the acceptance of a run or two is as wide as that of all") {
  const auto run = [](bool heads, double accepted) {
    SpeculativeRun r;
    r.heads = heads;
    r.draft_tokens = 1;
    r.accepted = accepted;
    return r;
  };
  std::vector<SpeculativeRun> runs = {run(false, 0.8)};
  for (int i = 0; i < 20; ++i) runs.push_back(run(true, 0.4 + 0.025 * i));
  const Acceptance few = acceptance(runs, "", false), many = acceptance(runs, "", true);
  CHECK_THAT(few.value, WithinRel(0.8, 1e-9));
  CHECK(few.low < 0.5);
  CHECK(few.high > 0.8);
  CHECK(many.low > 0.4);
}

TEST_CASE("the gains of public A/B runs are within the interval") {
  // Baseline and speed with heads that draft, tok/s.
  struct Pair {
    const char *model, *device, *runtime, *quant;
    double drafted, without, with;
    const char* source;
  };
  const char* toolboxes =
      "https://github.com/kyuz0/amd-strix-halo-toolboxes/blob/main/benchmark/results-mtp/summary.json";
  const char* community = "https://github.com/sudoingX/qwen38-mtp/blob/main/README.md";
  const char* halo = "ryzen-ai-max-395-128gb";
  int held = 0, all = 0;
  double worst = 0;
  for (const Pair& p :
       {Pair{"qwen3.6-27b", halo, "llama.cpp-rocm", "Q8_0", 2, 6.5, 12.4, toolboxes},
        Pair{"qwen3.6-27b", halo, "llama.cpp-rocm", "Q8_0", 3, 6.5, 13.5, toolboxes},
        Pair{"qwen3.6-27b", halo, "llama.cpp-vulkan", "Q8_0", 2, 6.3, 11.7, toolboxes},
        Pair{"qwen3.6-27b", halo, "llama.cpp-vulkan", "Q8_0", 3, 6.3, 13.3, toolboxes},
        Pair{"qwen3.6-35b-a3b", halo, "llama.cpp-rocm", "Q4_K_M", 2, 48.7, 64.5, toolboxes},
        Pair{"qwen3.6-35b-a3b", halo, "llama.cpp-rocm", "Q4_K_M", 3, 48.7, 68.3, toolboxes},
        Pair{"qwen3.6-35b-a3b", halo, "llama.cpp-vulkan", "Q4_K_M", 2, 58.7, 72.8, toolboxes},
        Pair{"qwen3.6-35b-a3b", halo, "llama.cpp-vulkan", "Q4_K_M", 3, 58.7, 74.6, toolboxes},
        Pair{"qwen3.8-27b", "rtx-3090-24gb", "llama.cpp-cuda", "Q4_K_M", 2, 41.3, 63.5, community},
        Pair{"qwen3.8-27b", "rtx-3090-ti-24gb", "llama.cpp-cuda", "Q4_K_M", 2, 42.0, 60.9, community},
        Pair{"qwen3.8-27b", "rtx-4090-24gb", "llama.cpp-cuda", "Q4_K_M", 2, 47.0, 68.8, community},
        Pair{"qwen3.8-27b", "rtx-5090-32gb", "llama.cpp-cuda", "Q4_K_M", 2, 76.9, 155.5, community},
        Pair{"qwen3.8-27b", "rtx-5090-32gb", "llama.cpp-cuda", "Q6_K", 2, 61.9, 130.0, community},
        Pair{"qwen3.8-27b", "rx-7900-xtx-24gb", "llama.cpp-rocm", "Q4_K_M", 2, 30.7, 43.9, community},
        Pair{"qwen3.8-27b", "rx-7900-xtx-24gb", "llama.cpp-vulkan", "Q4_K_M", 2, 28.8, 57.9, community},
        Pair{"qwen3.8-27b", "radeon-ai-pro-r9700-32gb", "llama.cpp-vulkan", "Q4_K_M", 2, 27.0, 43.3, community},
        Pair{"qwen3.8-27b", halo, "llama.cpp-vulkan", "Q4_K_M", 2, 11.5, 23.7, community},
        Pair{"qwen3.8-27b", "apple-m3-ultra-96gb", "llama.cpp-metal", "Q6_K", 2, 22.8, 24.2, community}}) {
    Query q = asked(p.model, p.device);
    q.runtime = p.runtime;
    q.quant = p.quant;
    q.mtp = true;
    q.workload.prompt = 60;
    q.workload.generate = 400;
    q.workload.draft_tokens = p.drafted;
    const Answer a = answered(q);
    const Ranged gain = a.gain(), with = a.ranged(Term::decode_tok_s);
    const double seen = p.with / p.without;
    const bool in = p.with >= with.low && p.with <= with.high;
    ++all;
    held += in ? 1 : 0;
    worst = std::max(worst, std::abs(gain.value / seen - 1));
    std::printf(
        "%-16s %-24s %-16s n=%.0f gain %.2f (%.2f to %.2f), seen %.2f; %6.1f tok/s (%.1f to %.1f), seen %.1f%s\n",
        p.model, p.device, p.runtime, p.drafted, gain.value, gain.low, gain.high, seen, with.value, with.low, with.high,
        p.with, in ? "" : " *");
  }
  std::printf("speculation: %d of %d inside the interval, gain off by %.0f %% at most\n", held, all, 100 * worst);
  // Rests on the fitted parameters of batches.
  CHECK_NOFAIL(held >= 0.7 * all);
}

TEST_CASE("a network lengthens what crosses it and nothing else") {
  Query q = asked();
  const Estimate near = answered(q).estimate;
  q.workload.link_rtt_ms = 50;
  q.workload.link_mb_s = 1;
  const Estimate far = answered(q).estimate;
  CHECK(near[Term::network_s] == 0);
  CHECK_THAT(far[Term::network_s], WithinRel(0.05 + (1000 + 4 * 512 + 250) / 1e6, 1e-12));
  CHECK_THAT(far[Term::ttft_s], WithinRel(near[Term::ttft_s] + far[Term::network_s], 1e-12));
  CHECK_THAT(far[Term::total_latency_s], WithinRel(near[Term::total_latency_s] + far[Term::network_s], 1e-12));
  CHECK(far[Term::decode_tok_s] == near[Term::decode_tok_s]);
  CHECK_THAT(far[Term::prefill_tok_s], WithinRel(near[Term::prefill_tok_s], 1e-9));
  CHECK_THAT(far[Term::request_energy_J], WithinRel(near[Term::request_energy_J], 1e-9));
  // A link that is slower than the device sets the pace.
  q.workload.link_mb_s = 0.001;
  const Estimate slow = answered(q).estimate;
  CHECK_THAT(slow[Term::total_latency_s], WithinRel(slow[Term::ttft_s] + 127 * 0.25, 1e-12));
  // The device idles meanwhile, and never draws less.
  CHECK(slow[Term::mean_w] < far[Term::mean_w]);
  CHECK(far[Term::mean_w] < near[Term::mean_w]);
  CHECK(slow[Term::mean_w] > slow[Term::idle_w]);
}
