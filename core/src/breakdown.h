#pragma once

#include <cmath>

#include "edgewise/estimate.h"

namespace edgewise {

/// Time of a piece of work that moves bytes and does arithmetic: neither hides the other fully, so the two
/// add as the sides of a right angle. Close to the greater where one dominates; unknown if either is.
inline double overlapped(double memory_s, double compute_s) {
  return std::sqrt(memory_s * memory_s + compute_s * compute_s);
}

/// Adds one piece of work to the breakdown and returns its time; `exposed_s` of arithmetic overlaps with nothing.
inline double run(Breakdown* rows, Operator op, double bytes, double operations, double memory_s, double compute_s,
                  double exposed_s = 0) {
  const double total = overlapped(memory_s, compute_s) + exposed_s;
  if (rows) {
    OperatorTime& row = (*rows)[static_cast<std::size_t>(op)];
    row.bytes += bytes;
    row.operations += operations;
    row.memory_s += memory_s;
    row.compute_s += compute_s + exposed_s;
    row.total_s += total;
  }
  return total;
}

inline double fixed(Breakdown* rows, double seconds) {
  if (rows) {
    OperatorTime& row = (*rows)[static_cast<std::size_t>(Operator::other)];
    row.fixed_s += seconds;
    row.total_s += seconds;
  }
  return seconds;
}

}  // namespace edgewise
