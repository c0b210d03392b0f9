#pragma once

#include <vector>

#include "edgewise/metric.h"

namespace edgewise {

/// One measured value and all it depends on. Pointers outlive the fit.
struct Sample {
  const ModelCost* model = nullptr;
  const Device* device = nullptr;  ///< in its power mode
  const Runtime* runtime = nullptr;
  double kv_bytes_per_element = 2;
  Workload workload;
  Metric metric = Metric::count;
  double value = 0;
  double weight = 1;
  Scope scope = Scope::unstated;  ///< of power and energy: what was read; unstated: what the device's powers are of
  double host_idle_w = unknown;   ///< of the computer that the device is in, where that was read too
};

/// What the parameters were believed to be before the samples: log-normal, independent.
struct Prior {
  Parameters center;
  Parameters sd;    ///< in natural log units; NaN or 0: held at the centre
  Parameters most;  ///< what physics allows at most; NaN: anything
};

struct FitOptions {
  double noise = 0.08;  ///< expected scatter of one sample, natural log
  double tail = 3;      ///< residuals beyond this many noises count less and less (Student-t weights)
  int max_iterations = 40;
  const Parameters* start = nullptr;  ///< where the search begins; null: at the prior's centre
  bool near = false;                  ///< the start is near the answer: the search need not widen first
};

struct FitResult {
  Parameters parameters;
  double median_error = unknown;  ///< median |predicted / measured - 1| over the samples
  double samples = 0;
  int iterations = 0;
};

/// Rates of the sample's device, runtime and scope under `p`; powers are unknown where nothing leads to the scope.
Rates rates_of(const Sample&, const Parameters& p, const FormatTable&);
/// What the sample's equation gives with parameters `p`; NaN where unknown.
double predict(const Sample&, const Parameters& p, const FormatTable&);

/// Maximum a posteriori parameters: minimises the robust squared log residuals plus the squared distance
/// to the prior, by damped Gauss-Newton in log space. Deterministic. Parameters that no sample moves stay
/// at the prior's centre.
FitResult fit(const std::vector<Sample>&, const Prior&, const FormatTable&, const FitOptions& = {});

}  // namespace edgewise
