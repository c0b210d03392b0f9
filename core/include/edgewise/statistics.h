#pragma once

#include <vector>

namespace edgewise {

// Of none, all are unknown.
double mean(const std::vector<double>&);
/// The mean of the middle two where there are as many.
double median(std::vector<double>);
/// Linear between neighbours, `p` in [0, 1].
double quantile(std::vector<double>, double p);

}  // namespace edgewise
