#include "edgewise/statistics.h"

#include <algorithm>

#include "edgewise/number.h"

namespace edgewise {

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return x.empty() ? unknown : sum / static_cast<double>(x.size());
}

double median(std::vector<double> x) { return quantile(std::move(x), 0.5); }

double quantile(std::vector<double> x, double p) {
  if (x.empty()) return unknown;
  std::sort(x.begin(), x.end());
  const double at = p * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double share = at - static_cast<double>(below);
  return below + 1 < x.size() ? x[below] * (1 - share) + x[below + 1] * share : x[below];
}

}  // namespace edgewise
