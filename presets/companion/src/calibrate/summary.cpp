#include "summary.h"

#include <cmath>

#include "edgewise/statistics.h"

namespace edgewise {

void ErrorTally::add(const std::string& configuration, double predicted, double measured) {
  configurations_[configuration].errors.push_back(std::fabs(predicted / measured - 1));
}

void ErrorTally::add_interval(const std::string& configuration, bool inside) {
  Configuration& c = configurations_[configuration];
  c.with_interval += 1;
  c.inside += inside ? 1 : 0;
}

ErrorSummary ErrorTally::summary() const {
  std::vector<double> errors;
  double inside = 0, with_interval = 0;
  for (const auto& [name, c] : configurations_) {
    errors.push_back(median(c.errors));
    if (c.with_interval > 0) {
      with_interval += 1;
      inside += c.inside / c.with_interval;
    }
  }
  return {errors.size(), median(errors), mean(errors), quantile(errors, 0.9),
          with_interval > 0 ? inside / with_interval : unknown};
}

}  // namespace edgewise
