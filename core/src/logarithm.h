#pragma once

#include <algorithm>

#include "edgewise/number.h"

namespace edgewise {

// Logarithm and exponential that give the same bits everywhere, which those of C libraries do not. To 1e-14.

inline constexpr double ln2 = 0.693147180559945309417;

/// Natural logarithm; NaN unless 0 < x < infinity.
inline double logarithm(double x) {
  if (!(x > 0) || x > std::numeric_limits<double>::max()) return unknown;
  double exponent = 0;
  for (; x > 1.5; x /= 2) exponent += 1;
  for (; x < 0.75; x *= 2) exponent -= 1;
  // 2 atanh(s), whose series falls by s^2 < 1/25 with each term.
  const double s = (x - 1) / (x + 1), square = s * s;
  double sum = 0;
  for (int k = 23; k > 0; k -= 2) sum = sum * square + 1.0 / k;
  return exponent * ln2 + 2 * s * sum;
}

/// e^x; |x| beyond 700 counts as 700.
inline double exponential(double x) {
  x = std::clamp(x, -700.0, 700.0);
  double scale = 1;
  for (; x > ln2 / 2; x -= ln2) scale *= 2;
  for (; x < -ln2 / 2; x += ln2) scale /= 2;
  double sum = 1;
  for (int k = 14; k > 0; --k) sum = 1 + sum * x / k;
  return scale * sum;
}

}  // namespace edgewise
