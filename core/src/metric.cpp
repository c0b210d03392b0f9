#include "edgewise/metric.h"

#include <algorithm>
#include <array>

namespace edgewise {

namespace {

using M = Metric;
using K = Kind;
constexpr double per_mib = 1 / mib;

constexpr std::array<MetricInfo, metric_count> metrics = {{
    // clang-format off
    {M::prefill_tok_s, "prefill_tok_s", "tok/s", K::prefill, Term::prefill_tok_s, 1, false, true},
    {M::decode_tok_s, "decode_tok_s", "tok/s", K::decode, Term::decode_tok_s, 1, false, true},
    {M::ttft_ms, "ttft_ms", "ms", K::prefill, Term::ttft_s, 1e3, true, true},
    {M::tpot_ms, "tpot_ms", "ms", K::decode, Term::tpot_mean_s, 1e3, true, true},
    {M::total_latency_ms, "total_latency_ms", "ms", K::throughput, Term::total_latency_s, 1e3, true, true},
    {M::throughput_tok_s, "throughput_tok_s", "tok/s", K::throughput, Term::throughput_tok_s, 1, false, true},
    {M::model_load_mem_mib, "model_load_mem_mib", "MiB", K::memory, Term::model_load_B, per_mib, false, false},
    {M::peak_mem_mib, "peak_mem_mib", "MiB", K::memory, Term::reserved_B, per_mib, false, false},
    {M::kv_cache_mib, "kv_cache_mib", "MiB", K::memory, Term::kv_cache_B, per_mib, false, false},
    {M::compute_buffer_mib, "compute_buffer_mib", "MiB", K::memory, Term::compute_buffer_B, per_mib, false, false},
    {M::model_buffer_mib, "model_buffer_mib", "MiB", K::memory, Term::model_load_B, per_mib, false, false},
    {M::power_w, "power_w", "W", K::power, Term::decode_w, 1, false, true},
    {M::energy_j_per_token, "energy_j_per_token", "J/token", K::energy, Term::energy_per_token_J, 1, false, true},
    // clang-format on
}};

constexpr bool metrics_in_order() {
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (static_cast<std::size_t>(metrics[i].metric) != i) return false;
  return true;
}
static_assert(metrics_in_order(), "the table is indexed by Metric");

}  // namespace

const char* to_string(Kind k) {
  static constexpr const char* names[] = {"decode", "prefill", "throughput", "memory", "power", "energy"};
  return names[static_cast<std::size_t>(k)];
}

const MetricInfo& info(Metric m) { return metrics[static_cast<std::size_t>(m)]; }

Metric find_metric(std::string_view id) {
  for (const MetricInfo& m : metrics)
    if (m.id == id) return m.metric;
  return Metric::count;
}

double metric_value(const Estimate& e, Metric metric) {
  const MetricInfo& m = info(metric);
  // What was read while nothing was generated was read in prefill.
  if (metric == Metric::power_w && e[Term::generated_tokens] == 0) return e[Term::prefill_w];
  return e[m.term] * m.scale;
}

std::optional<Bounded> bounded(Term t) {
  switch (t) {
    case Term::decode_tok_s:
    case Term::throughput_tok_s:
      return Bounded{Kind::decode};
    case Term::device_usd_per_Mtok:
    case Term::tpot_start_s:
    case Term::tpot_mean_s:
    case Term::tpot_end_s:
    case Term::total_latency_s:
      return Bounded{Kind::decode, true};
    case Term::prefill_tok_s:
      return Bounded{Kind::prefill};
    case Term::ttft_s:
      return Bounded{Kind::prefill, true};
    case Term::memory_B:
      return Bounded{Kind::memory};
    case Term::decode_w:
    case Term::prefill_w:
    case Term::mean_w:
      return Bounded{Kind::power};
    case Term::battery_h:
      return Bounded{Kind::power, true};
    case Term::energy_per_token_J:
    case Term::request_energy_J:
    case Term::prefill_energy_J:
    case Term::energy_Wh_per_Mtok:
    case Term::electricity_usd_per_Mtok:
    case Term::usd_per_Mtok:
    case Term::saved_usd_per_Mtok:
    case Term::co2e_g_per_Mtok:
      return Bounded{Kind::energy};
    case Term::tokens_per_J:
    case Term::requests_per_battery:
      return Bounded{Kind::energy, true};
    default:
      return std::nullopt;
  }
}

Kind kind_of(Parameter p) {
  switch (p) {
    case Parameter::prefill_rate_share:
    case Parameter::prefill_half_rows:
    case Parameter::attention_prefill_share:
    case Parameter::activation_share:
    case Parameter::recurrent_prefill_share:
    case Parameter::prefill_step_s:
      return Kind::prefill;
    case Parameter::decode_power_share:
    case Parameter::work_power_share:
    case Parameter::prefill_power_share:
    case Parameter::idle_share:
      return Kind::power;
    default:
      return Kind::decode;
  }
}

bool tells_of(const Parameters& p, Kind kind) {
  const auto any = [](const auto& values) {
    return std::any_of(values.begin(), values.end(), [](double x) { return is_known(x); });
  };
  if ((kind == Kind::decode && any(p.decode_cost)) || (kind == Kind::prefill && any(p.prefill_efficiency))) return true;
  for (std::size_t i = 0; i < parameter_count; ++i)
    if (is_known(p.value[i]) && kind_of(static_cast<Parameter>(i)) == kind) return true;
  return false;
}

}  // namespace edgewise
