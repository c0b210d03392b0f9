#pragma once

#include <algorithm>
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

/// Expected share of the experts that `tokens` tokens touch when each picks k of E at random:
/// 1 - (1 - k/E)^tokens (coupon collector).
inline double touched_experts(const ModelCost& m, double tokens) {
  if (m.experts <= 0) return 0;
  return 1 - power(1 - m.experts_per_token / m.experts, std::min(tokens, 1e6));
}

}  // namespace edgewise
