// A server under load against a simulation of the same server, request by request and step by step, and against servers
// that people measured.

#include "edgewise/serving.h"

#include <cmath>
#include <cstdio>

#include "edgewise/csv.h"
#include "prelude.hpp"
#include "serving_simulation.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::WithinRel;

namespace {

Server made(double slots, double first_s, double more_s, double prefill_s, double prompt_s) {
  Server s;
  for (double n = 0; n < slots; ++n) s.step_s.push_back(first_s + n * more_s);
  s.prefill_s = prefill_s;
  s.prompt_s = prompt_s;
  s.prompt_tokens = 512;
  s.answer_tokens = 128;
  s.prompt_budget = 2048;
  s.scheduling = slots < 2 ? Scheduling::one_at_a_time : Scheduling::mixed;
  return s;
}

Arrivals at(double rate, double prompt_cv2 = 0, double generate_cv2 = 0) { return {rate, prompt_cv2, generate_cv2}; }

ServingQuery question(const char* model, const char* device, const char* runtime, double prompt, double generate) {
  ServingQuery q;
  q.query.model = model;
  q.query.device = device;
  q.query.runtime = runtime;
  q.query.workload.prompt = prompt;
  q.query.workload.generate = generate;
  return q;
}

}  // namespace

TEST_CASE("one request at a time is the queue of Pollaczek and Khinchine") {
  // Service of 2 s, all alike, at 0.25/s: half busy; the mean wait of those who wait is 2 s. Half find it idle.
  Server s = made(1, 1.5 / 127, 0, 0, 0.5);
  CHECK_THAT(capacity_per_s(s), WithinRel(0.5, 1e-12));
  const Service half = serve(s, at(0.25));
  CHECK_THAT(half.utilisation, WithinRel(0.5, 1e-12));
  CHECK_THAT(half.waiting, WithinRel(0.5, 1e-12));
  CHECK_THAT(half.mean_batch, WithinRel(1.0, 1e-12));
  CHECK_THAT(half.tpot_p95_s, WithinRel(1.5 / 127, 1e-12));
  CHECK_THAT(half.throughput_tok_s, WithinRel(32.0, 1e-12));
  CHECK_THAT(half.ttft_p50_s, WithinRel(0.5, 0.02));
  CHECK_THAT(half.ttft_p95_s, WithinRel(test::simulate(s, at(0.25), 400000).ttft_p95_s, 0.03));
}

TEST_CASE("a queue without end has no times") {
  const Server s = made(4, 0.1, 0.01, 0.1, 0.5);
  const Service over = serve(s, at(1.01 * capacity_per_s(s)));
  CHECK_FALSE(over.stable);
  CHECK_FALSE(is_known(over.ttft_p50_s));
  CHECK_THAT(over.throughput_tok_s, WithinRel(128 * capacity_per_s(s), 1e-12));
  CHECK_FALSE(holds(over, {}));
}

TEST_CASE("the largest rate holds its promise and a larger one does not") {
  const Server s = made(8, 0.05, 0.004, 0.05, 0.3);
  CHECK(largest_rate(s, {}, {}) == capacity_per_s(s));
  Promise promise;
  promise.ttft_p95_s = 1.5;
  const double most = largest_rate(s, {}, promise);
  CHECK(most > 0);
  CHECK(most < capacity_per_s(s));
  CHECK(holds(serve(s, at(0.99 * most)), promise));
  CHECK_FALSE(holds(serve(s, at(1.02 * most)), promise));
  promise.ttft_p95_s = 0.3;  // less than a prompt takes alone
  CHECK(largest_rate(s, {}, promise) == 0);
}

TEST_CASE("more load is never better") {
  for (const Scheduling scheduling : {Scheduling::mixed, Scheduling::prefill_first}) {
    Server s = made(16, 0.03, 0.002, 0.04, 0.1);
    s.scheduling = scheduling;
    Service last = serve(s, at(0.02 * capacity_per_s(s)));
    for (double share = 0.1; share < 0.95; share += 0.1) {
      const Service now = serve(s, at(share * capacity_per_s(s)));
      INFO(to_string(scheduling) << " " << share);
      CHECK(now.ttft_p50_s >= 0.999 * last.ttft_p50_s);
      CHECK(now.tpot_p50_s >= 0.999 * last.tpot_p50_s);
      CHECK(now.mean_batch >= last.mean_batch);
      CHECK(now.ttft_p95_s >= now.ttft_p50_s);
      CHECK(now.tpot_p95_s >= now.tpot_p50_s);
      last = now;
    }
  }
}

TEST_CASE("the medians of boards under load are those of their simulation") {
  struct Board {
    const char *model, *device, *runtime;
    double prompt, generate, cv2;
    double bound = 0.2;
  };
  // Where reading a prompt takes as long as writing an answer, few requests share the server, and not evenly.
  constexpr double long_prompts = 0.3;
  double worst_ttft = 0, worst_tpot = 0;
  std::vector<double> off;
  for (const Board& b : {Board{"llama-3.2-1b", "raspberry-pi-5-8gb", "llama.cpp-cpu", 128, 128, 0, long_prompts},
                         Board{"qwen3-4b", "jetson-orin-nano-super-8gb", "llama.cpp-cuda", 512, 256, 0},
                         Board{"llama-3.1-8b", "jetson-agx-orin-64gb", "llama.cpp-cuda", 512, 256, 0.3},
                         Board{"qwen3-30b-a3b", "ryzen-ai-max-395-128gb", "llama.cpp-vulkan", 512, 512, 0},
                         Board{"llama-3.1-8b", "rtx-3090-24gb", "llama.cpp-cuda", 1024, 256, 0.3},
                         Board{"llama-3.1-8b", "rtx-4090-24gb", "vllm-cuda", 512, 128, 0},
                         Board{"qwen3.5-9b", "dgx-spark-gb10-128gb", "vllm-cuda", 1024, 512, 0},
                         Board{"qwen3-0.6b", "rk3588-16gb", "rkllm", 128, 64, 0.3}}) {
    const auto asked = serving(test::shipped(), question(b.model, b.device, b.runtime, b.prompt, b.generate));
    INFO(b.model << " " << b.device);
    if (!asked) {
      for (const Error& e : asked.errors()) UNSCOPED_INFO(e.path << ": " << e.message);
      CHECK(asked);
      continue;
    }
    const Server& s = asked->server;
    for (const double load : {0.3, 0.5, 0.7, 0.85}) {
      const Arrivals a = at(load * capacity_per_s(s), b.cv2, b.cv2);
      const Service closed = serve(s, a);
      const test::Simulated simulated = test::simulate(s, a, s.slots() > 16 ? 12000 : 60000);
      const double ttft = closed.ttft_p50_s / simulated.ttft_p50_s - 1,
                   tpot = closed.tpot_p50_s / simulated.tpot_p50_s - 1;
      INFO(load << ": TTFT " << closed.ttft_p50_s << " simulated " << simulated.ttft_p50_s << ", TPOT "
                << closed.tpot_p50_s << " simulated " << simulated.tpot_p50_s);
      CHECK(std::abs(ttft) < b.bound);
      CHECK(std::abs(tpot) < b.bound);
      CHECK_THAT(closed.mean_batch, WithinRel(simulated.mean_batch, b.bound));
      if (b.bound == long_prompts) continue;
      worst_ttft = std::max(worst_ttft, std::abs(ttft));
      worst_tpot = std::max(worst_tpot, std::abs(tpot));
      off.push_back(std::abs(ttft));
      off.push_back(std::abs(tpot));
    }
  }
  std::printf(
      "server: medians within %.1f %% (TTFT) and %.1f %% (TPOT) of the simulation, half of them within %.1f %%\n",
      100 * worst_ttft, 100 * worst_tpot, 100 * test::quantile(off, 0.5));
  CHECK(test::quantile(off, 0.9) < 0.1);
}

TEST_CASE("servers that were measured") {
  // vLLM on a DGX Spark under "vllm bench serve", random lengths between a tenth and 1.9 times the mean; arrivals there
  // are a little burstier than at random (gamma of shape 0.7).
  const auto table = parse_csv(test::read_file(test::source_path("tests/data/serving.csv")));
  REQUIRE(table);
  const auto cell = [&](const auto& row, const char* column) { return row[table->find(column)]; };
  int held = 0, all = 0;
  for (const auto& row : table->rows) {
    const auto number = [&](const char* column) { return std::stod(cell(row, column)); };
    ServingQuery q = question(cell(row, "model").c_str(), cell(row, "device").c_str(), "vllm-cuda", number("prompt"),
                              number("generate"));
    q.query.quant = cell(row, "quant");
    q.arrivals = at(number("rate_per_s"), number("prompt_cv2"), number("generate_cv2"));
    const auto s = serving(test::shipped(), q);
    INFO(cell(row, "model"));
    if (!s) {
      for (const Error& e : s.errors()) UNSCOPED_INFO(e.path << ": " << e.message);
      CHECK(s);
      continue;
    }
    const double alone = s->answer.estimate[Term::tpot_mean_s],
                 ttft = s->ttft_p50_s.value / number("ttft_p50_ms") * 1e3,
                 tpot = s->tpot_p50_s.value / number("tpot_p50_ms") * 1e3;
    std::printf(
        "%-16s at %.2g/s, %.0f %% busy: TTFT p50 %.0f ms (%.2f of measured), p95 %.0f (%.2f), TPOT p50 %.1f ms "
        "(%.2f), p95 %.1f (%.2f), alone %.1f\n",
        cell(row, "model").c_str(), number("rate_per_s"), 100 * s->service.utilisation, 1e3 * s->ttft_p50_s.value, ttft,
        1e3 * s->ttft_p95_s.value, s->ttft_p95_s.value / number("ttft_p95_ms") * 1e3, 1e3 * s->tpot_p50_s.value, tpot,
        1e3 * s->tpot_p95_s.value, s->tpot_p95_s.value / number("tpot_p95_ms") * 1e3, 1e3 * alone);
    for (const double ratio : {ttft, tpot}) {
      ++all;
      held += std::abs(ratio - 1) <= 0.2 ? 1 : 0;
    }
  }
  std::printf("servers: %d of %d medians within 20 %%\n", held, all);
  // Rests on the fitted parameters: 11 of 12 where prefill and batches are fitted.
  CHECK_NOFAIL(held >= 0.9 * all);
}
