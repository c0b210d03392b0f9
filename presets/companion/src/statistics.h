#pragma once

#include <vector>

namespace edgewise {

/// NaN of nothing.
double median(std::vector<double>);
double mean(const std::vector<double>&);
/// Linear between the two nearest ranks; 0 <= q <= 1. NaN of nothing.
double quantile(std::vector<double>, double q);

}  // namespace edgewise
