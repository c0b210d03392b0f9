#pragma once

#include <array>
#include <cstddef>
#include <limits>

namespace edgewise {

/// Unknown is not zero: an unknown number is NaN and whatever depends on it is NaN.
inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr bool is_known(double x) { return x == x; }

inline constexpr double mib = 1048576, gib = 1073741824;

/// `n` unknown numbers.
template <std::size_t n>
constexpr std::array<double, n> all_unknown() {
  std::array<double, n> out{};
  for (double& x : out) x = unknown;
  return out;
}

}  // namespace edgewise
