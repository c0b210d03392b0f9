#include "edgewise/metric.h"

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

TEST_CASE("every metric is found by its name, and measures a term in a unit of its own") {
  for (std::size_t i = 0; i < metric_count; ++i) {
    const MetricInfo& m = info(static_cast<Metric>(i));
    INFO(m.id);
    CHECK(find_metric(m.id) == static_cast<Metric>(i));
    CHECK_FALSE(m.unit.empty());
    CHECK(m.scale > 0);
    CHECK(m.term != Term::count);
    // The unit of the metric is that of its term, scaled.
    const std::string_view of_term = info(m.term).unit;
    if (m.unit == "ms") CHECK((of_term == "s" && m.scale == 1e3));
    if (m.unit == "MiB") CHECK((of_term == "B" && m.scale == 1.0 / 1048576));
    CHECK(m.is_time == (m.unit == "ms"));
    CHECK(is_fitted(m.metric) == (m.unit != "MiB"));
  }
  CHECK(find_metric("nonsense") == Metric::count);
}

TEST_CASE("a metric's value is the estimate's, in the metric's unit") {
  Estimate e;
  const auto set = [&](Term t, double x) { e.term[static_cast<std::size_t>(t)] = x; };
  set(Term::memory_B, 3 * 1048576.0);
  set(Term::reserved_B, 3 * 1048576.0);
  set(Term::capacity_B, 4 * 1048576.0);
  set(Term::ttft_s, 0.5);
  set(Term::tpot_mean_s, 0.25);
  set(Term::devices, 1);
  set(Term::batch, 2);
  set(Term::decode_tok_s, 8);
  set(Term::decode_w, 7);
  CHECK(metric_value(e, Metric::peak_mem_mib) == 3);
  CHECK(metric_value(e, Metric::ttft_ms) == 500);
  CHECK(metric_value(e, Metric::tpot_ms) == 250);
  CHECK(metric_value(e, Metric::decode_tok_s) == 8);
  CHECK(metric_value(e, Metric::power_w) == 7);
  CHECK_FALSE(is_known(metric_value(e, Metric::prefill_tok_s)));
  CHECK_FALSE(exceeds_memory(e));
  set(Term::capacity_B, 2 * 1048576.0);
  CHECK(exceeds_memory(e));
}

TEST_CASE("intervals bound rates, the inverse of times, and what is neither") {
  CHECK(interval_ratio(Metric::decode_tok_s, 12, 10) == 1.2);
  CHECK(interval_ratio(Metric::tpot_ms, 10, 12) == 1.2);
  CHECK(interval_ratio(Metric::ttft_ms, 10, 12) == 1.2);
  CHECK(interval_ratio(Metric::power_w, 12, 10) == 1.2);
  CHECK(interval_ratio(Metric::energy_j_per_token, 12, 10) == 1.2);
  CHECK(interval_ratio(Metric::peak_mem_mib, 12, 10) == 1.2);
  CHECK(interval_kind(Kind::throughput) == Kind::decode);
  CHECK(interval_kind(Kind::energy) == Kind::energy);
  // A metric and the term that it measures are bounded by the same rule.
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto m = static_cast<Metric>(i);
    const auto of_term = bounded(info(m).term);
    INFO(info(m).id);
    if (!of_term) continue;  // memory other than the peak
    CHECK(of_term->kind == bounded(m).kind);
    CHECK(of_term->inverse == bounded(m).inverse);
  }
  CHECK(bounded(Term::memory_B));
  CHECK_FALSE(bounded(Term::kv_cache_B));
  for (const Kind k : {Kind::decode, Kind::prefill, Kind::throughput, Kind::memory, Kind::power, Kind::energy})
    CHECK(std::string_view(to_string(k)).size() > 3);
}
