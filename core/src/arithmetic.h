#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "edgewise/cost.h"

namespace edgewise {

// Arithmetic that gives the same bits everywhere.

inline double whole_down(double x) { return static_cast<double>(static_cast<std::int64_t>(x)); }
inline double whole_up(double x) {
  const double down = whole_down(x);
  return down < x ? down + 1 : down;
}

/// base^n for whole n, by squaring.
inline double power(double base, double n) {
  double result = 1;
  for (auto k = static_cast<std::uint64_t>(n); k > 0; k >>= 1) {
    if (k & 1) result *= base;
    base *= base;
  }
  return result;
}

/// How long a battery lasts whose load is `busy_w` for a share of the time, `idle_w` for the rest.
inline double battery_hours(double battery_Wh, double busy_share, double busy_w, double idle_w) {
  return battery_Wh / (busy_share * busy_w + (1 - busy_share) * idle_w);
}

/// n^(11/16).
inline double power_11_16(double n) {
  const double half = std::sqrt(n), eighth = std::sqrt(std::sqrt(half));
  return half * eighth * std::sqrt(eighth);
}

/// Power above idle in decode, relative to that with a busy memory and one operation a byte. `follows`: the share of it
/// that goes with the root of how busy the memory is and the eighth root of the arithmetic intensity. The two exponents
/// are those that 14 boards with readings of several models or batches agree on best.
inline double activity(double follows, double busy, double intensity) {
  return 1 - follows + follows * std::sqrt(busy * std::sqrt(std::sqrt(intensity)));
}

/// Expected share of the experts that `tokens` tokens touch when each picks k of E: 1 - (1 - k/E)^m (coupon collector).
/// Some experts are popular: n tokens touch as many as m = n^(11/16) would that chose at random. Of batches of 4 to 32
/// sequences of three models (gpt-oss 20B and 120B, Qwen3-30B-A3B; llama.cpp's benches/dgx-spark.md) the exponent is
/// 0.63 to 0.83, the smaller the larger the batch.
inline double touched_experts(const ModelCost& m, double tokens) {
  if (m.experts <= 0) return 0;
  const double missed = 1 - m.experts_per_token / m.experts;
  const double draws = power_11_16(std::clamp(tokens, 1.0, 1e6)), whole = whole_down(draws);
  const double all = power(missed, whole);
  return 1 - all * (1 - (draws - whole) * (1 - missed));
}

}  // namespace edgewise
