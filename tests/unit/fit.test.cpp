#include "edgewise/fit.h"

#include <cmath>

#include "edgewise/answer.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

/// A board whose every rate is known, with models to measure on it.
struct Bench {
  const Catalog& catalog = test::shipped();
  const FormatTable& formats = catalog.formats();
  Device device = catalog.device("raspberry-pi-5-8gb")->device;
  const Runtime& runtime = *catalog.runtime("llama.cpp-cpu");
  std::vector<ModelCost> models;
  Parameters truth;

  Bench() {
    for (const char* id : {"llama-3.2-1b", "llama-3.2-3b", "qwen2.5-0.5b", "llama-3.1-8b"})
      models.push_back(test::cost_of(id, "Q4_0"));
    truth = parameters_for(device, runtime, nullptr);
  }

  Sample sample(std::size_t model, Metric metric, double prompt = 512, double depth = 0) const {
    Sample s;
    s.model = &models[model];
    s.device = &device;
    s.runtime = &runtime;
    s.metric = metric;
    s.workload.prompt = prompt;
    s.workload.depth = depth;
    return s;
  }
  /// What would be measured if the truth were exact.
  Sample measured(std::size_t model, Metric metric, double prompt = 512, double depth = 0) const {
    Sample s = sample(model, metric, prompt, depth);
    s.value = predict(s, truth, formats);
    return s;
  }

  /// A prior around `center` that lets only `free` move.
  Prior prior(const Parameters& center, std::initializer_list<Parameter> free, double sd) const {
    Prior p{center, {}, {}};
    for (const Parameter f : free) p.sd[f] = sd;
    return p;
  }
};

double off(double x, double truth) { return std::fabs(x / truth - 1); }

}  // namespace

TEST_CASE("the fitted equation is the estimate's") {
  const Bench b;
  for (const Metric metric : {Metric::decode_tok_s, Metric::tpot_ms, Metric::prefill_tok_s, Metric::ttft_ms,
                              Metric::total_latency_ms, Metric::throughput_tok_s, Metric::peak_mem_mib}) {
    const Sample s = b.sample(0, metric, 300, 100);
    const Rates r = resolve(b.device, b.runtime, b.truth, b.formats, 2, 0);
    const Estimate e = test::estimated(b.models[0], r, s.workload);
    INFO(info(metric).id);
    CHECK(off(predict(s, b.truth, b.formats), metric_value(e, metric)) < 1e-12);
  }
}

TEST_CASE("parameters are found again from what they predict") {
  const Bench b;
  std::vector<Sample> samples;
  for (std::size_t m = 0; m < b.models.size(); ++m) {
    samples.push_back(b.measured(m, Metric::decode_tok_s));
    samples.push_back(b.measured(m, Metric::prefill_tok_s));
    samples.push_back(b.measured(m, Metric::tpot_ms, 512, 4000));
  }
  Parameters center = b.truth;
  center[Parameter::bandwidth_share] *= 0.6;
  center[Parameter::prefill_rate_share] *= 1.8;
  const FitResult found =
      fit(samples, b.prior(center, {Parameter::bandwidth_share, Parameter::prefill_rate_share}, 5), b.formats);
  CHECK(off(found.parameters[Parameter::bandwidth_share], b.truth[Parameter::bandwidth_share]) < 0.01);
  CHECK(off(found.parameters[Parameter::prefill_rate_share], b.truth[Parameter::prefill_rate_share]) < 0.01);
  CHECK(found.median_error < 0.005);
  CHECK(found.samples == static_cast<double>(samples.size()));
  CHECK(found.iterations > 0);
  // What no prior lets move stays at its centre, to the bit.
  CHECK(found.parameters[Parameter::launch_s] == center[Parameter::launch_s]);
  // The same samples give the same bits.
  const FitResult again =
      fit(samples, b.prior(center, {Parameter::bandwidth_share, Parameter::prefill_rate_share}, 5), b.formats);
  CHECK(again.parameters[Parameter::bandwidth_share] == found.parameters[Parameter::bandwidth_share]);
  // A start near the answer leads to the same place in fewer steps.
  FitOptions near;
  near.near = true;
  const FitResult warm = fit(samples, b.prior(center, {Parameter::bandwidth_share, Parameter::prefill_rate_share}, 5),
                             b.formats, near, &found.parameters);
  CHECK(off(warm.parameters[Parameter::bandwidth_share], found.parameters[Parameter::bandwidth_share]) < 1e-3);
  CHECK(warm.iterations < found.iterations);
}

TEST_CASE("a strong prior holds against one sample, a weak one gives way") {
  const Bench b;
  const std::vector<Sample> one = {b.measured(1, Metric::decode_tok_s)};
  Parameters center = b.truth;
  center[Parameter::bandwidth_share] *= 0.8;
  double before = 0;
  for (const double sd : {0.001, 0.05, 0.3}) {
    const FitResult f = fit(one, b.prior(center, {Parameter::bandwidth_share}, sd), b.formats);
    const double moved = f.parameters[Parameter::bandwidth_share] / center[Parameter::bandwidth_share];
    CHECK(moved > before);
    CHECK(moved <= 1.26);
    before = moved;
  }
  CHECK(before > 1.15);
  // No samples: the prior is all there is.
  const FitResult none = fit({}, b.prior(center, {Parameter::bandwidth_share}, 1), b.formats);
  CHECK(none.parameters[Parameter::bandwidth_share] == center[Parameter::bandwidth_share]);
  CHECK_FALSE(is_known(none.median_error));
}

TEST_CASE("one wild sample among many moves little; a weight of zero moves nothing") {
  const Bench b;
  std::vector<Sample> samples;
  for (int repeat = 0; repeat < 3; ++repeat)
    for (std::size_t m = 0; m < b.models.size(); ++m) samples.push_back(b.measured(m, Metric::decode_tok_s));
  samples[0].value /= 20;
  const Prior prior = b.prior(b.truth, {Parameter::bandwidth_share}, 2);
  const FitResult robust = fit(samples, prior, b.formats);
  CHECK(off(robust.parameters[Parameter::bandwidth_share], b.truth[Parameter::bandwidth_share]) < 0.03);
  samples[0].weight = 0;
  const FitResult ignored = fit(samples, prior, b.formats);
  CHECK(off(ignored.parameters[Parameter::bandwidth_share], b.truth[Parameter::bandwidth_share]) < 1e-3);
}

TEST_CASE("no parameter passes what physics allows, whatever was measured") {
  const Bench b;
  std::vector<Sample> samples;
  for (std::size_t m = 0; m < b.models.size(); ++m) {
    samples.push_back(b.measured(m, Metric::decode_tok_s));
    samples.back().value *= 5;
  }
  Prior prior = b.prior(b.truth, {Parameter::bandwidth_share}, 5);
  prior.most[Parameter::bandwidth_share] = 1.1 * b.truth[Parameter::bandwidth_share];
  const FitResult f = fit(samples, prior, b.formats);
  CHECK(f.parameters[Parameter::bandwidth_share] <= prior.most[Parameter::bandwidth_share]);
  CHECK(f.parameters[Parameter::bandwidth_share] > b.truth[Parameter::bandwidth_share]);
}

TEST_CASE("costs of formats are fitted like any parameter; unknown samples and values of zero are passed over") {
  const Bench b;
  const auto q4_0 = b.formats.find("Q4_0");
  REQUIRE(q4_0);
  std::vector<Sample> samples;
  for (std::size_t m = 0; m < b.models.size(); ++m) samples.push_back(b.measured(m, Metric::prefill_tok_s));
  Parameters center = b.truth;
  center.prefill_efficiency[*q4_0] *= 2;
  Prior prior{center, {}, {}};
  prior.sd.prefill_efficiency[*q4_0] = 5;
  const FitResult f = fit(samples, prior, b.formats);
  CHECK(off(f.parameters.prefill_efficiency[*q4_0], b.truth.prefill_efficiency[*q4_0]) < 0.02);

  prior = {center, {}, {}};
  prior.sd.decode_cost[*q4_0] = 0.5;
  samples = {b.measured(0, Metric::decode_tok_s)};
  CHECK(fit(samples, prior, b.formats).samples == 1);
  samples[0].value = 0;
  CHECK(fit(samples, prior, b.formats).samples == 0);
  Device nobody_knows = b.device;
  nobody_knows.memory_bandwidth_Bps = nobody_knows.cpu_measured_bandwidth_Bps = unknown;
  samples[0].value = 10;
  samples[0].device = &nobody_knows;
  const FitResult blind = fit(samples, prior, b.formats);
  CHECK(blind.samples == 0);
  CHECK(blind.parameters.decode_cost[*q4_0] == center.decode_cost[*q4_0]);
}
