#pragma once

#include <map>
#include <string>
#include <vector>

#include "edgewise/device.h"

namespace edgewise {

/// How far predictions lie from measurements.
struct ErrorSummary {
  std::size_t configurations = 0;
  double median = unknown, mean = unknown, p90 = unknown;  ///< of |predicted / measured - 1|
  double coverage = unknown;                               ///< share inside the 80 % interval
};

/// Collects errors row by row. A configuration has one vote, however many rows it has: the median of their errors, and
/// the share of them that lies inside.
class ErrorTally {
 public:
  void add(const std::string& configuration, double predicted, double measured);
  void add_interval(const std::string& configuration, bool inside);
  ErrorSummary summary() const;

 private:
  struct Configuration {
    std::vector<double> errors;
    double inside = 0, with_interval = 0;
  };
  std::map<std::string, Configuration> configurations_;
};

}  // namespace edgewise
