#include "metrics.h"

namespace edgewise {

Kind kind_of(Metric m) {
  switch (m) {
    case Metric::decode_tok_s:
    case Metric::tpot_ms:
      return Kind::decode;
    case Metric::prefill_tok_s:
    case Metric::ttft_ms:
      return Kind::prefill;
    case Metric::throughput_tok_s:
    case Metric::total_latency_ms:
      return Kind::throughput;
    case Metric::power_w:
      return Kind::power;
    case Metric::energy_j_per_token:
      return Kind::energy;
    default:
      return Kind::memory;
  }
}

const char* to_string(Kind k) {
  static constexpr const char* names[] = {"decode", "prefill", "throughput", "memory", "power", "energy"};
  return names[static_cast<std::size_t>(k)];
}

double interval_ratio(Metric m, double measured, double predicted) {
  const bool is_time = m == Metric::ttft_ms || m == Metric::tpot_ms || m == Metric::total_latency_ms;
  return is_time ? predicted / measured : measured / predicted;
}

Term term_of(Metric m) {
  switch (m) {
    case Metric::prefill_tok_s:
      return Term::prefill_tok_s;
    case Metric::decode_tok_s:
      return Term::decode_tok_s;
    case Metric::ttft_ms:
      return Term::ttft_s;
    case Metric::tpot_ms:
      return Term::tpot_mean_s;
    case Metric::total_latency_ms:
      return Term::total_latency_s;
    case Metric::throughput_tok_s:
      return Term::throughput_tok_s;
    case Metric::power_w:
      return Term::decode_w;
    case Metric::energy_j_per_token:
      return Term::energy_per_token_J;
    default:
      return Term::memory_B;
  }
}

Ranged predicted(const Answer& a, Metric metric) {
  Ranged r;
  r.value = metric_value(a.estimate, metric);
  const Ranged term = a.ranged(term_of(metric));
  if (is_known(term.low)) {
    r.low = r.value * term.low / term.value;
    r.high = r.value * term.high / term.value;
  }
  return r;
}

}  // namespace edgewise
