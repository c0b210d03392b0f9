#pragma once

#include <cstdint>
#include <vector>

#include "edgewise/estimate.h"

namespace edgewise {

/// Quantities that people measure; the names are those of the measurement files.
enum class Metric : std::uint8_t {
  prefill_tok_s,
  decode_tok_s,
  ttft_ms,
  tpot_ms,
  total_latency_ms,
  throughput_tok_s,
  model_load_mem_mib,
  peak_mem_mib,
  kv_cache_mib,
  compute_buffer_mib,
  model_buffer_mib,
  power_w,
  energy_j_per_token,
  count
};
const char* to_string(Metric);
/// The metric named so, or Metric::count.
Metric find_metric(std::string_view);
/// The estimate's value of a metric, in the metric's unit; NaN where unknown.
double metric_value(const Estimate&, Metric);
/// Whether the fit can learn from it (speeds, times, power, energy) or it is exact arithmetic (memory).
bool is_fitted(Metric);

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

/// What the sample's equation gives with parameters `p`; NaN where unknown.
double predict(const Sample&, const Parameters& p, const FormatTable&);

/// Maximum a posteriori parameters: minimises the robust squared log residuals plus the squared distance
/// to the prior, by damped Gauss-Newton in log space. Deterministic. Parameters that no sample moves stay
/// at the prior's centre.
FitResult fit(const std::vector<Sample>&, const Prior&, const FormatTable&, const FitOptions& = {});

}  // namespace edgewise
