#pragma once

#include <map>
#include <string>
#include <vector>

#include "cases.h"
#include "edgewise/fit.h"
#include "edgewise/presets.h"

namespace edgewise {

/// What the fit learns from and what it predicts: metrics of one kind.
enum class Kind { decode, prefill, throughput, memory, power, energy };
Kind kind_of(Metric);
const char* to_string(Kind);
/// The kind whose intervals apply: a throughput has those of decoding.
Kind interval_kind(Metric);
/// measured / predicted of speeds, powers and sizes, predicted / measured of times: what intervals bound.
double interval_ratio(Metric, double measured, double predicted);

/// Names the board of a device: memory sizes of one board share it, since a board that comes with more
/// memory is not unseen.
std::string board_key(const Device&);

/// A measurement ready for the fit.
struct Observation {
  Case source;
  Sample sample;
  std::string board;  ///< device | runtime
  std::string unit;   ///< board | power mode
  std::string device;
  std::string processor_class;
  double weight = 1;  ///< 1 / rows of its configuration and kind
};

/// The published measurements, resolved. Owns what the samples point to.
class Published {
 public:
  Published(const std::vector<CaseRow>&, const Catalog&);

  /// Rows that could be resolved, with those excluded from fitting marked by `source.exclude`.
  const std::vector<Observation>& measurements() const { return measurements_; }
  const FormatTable& formats() const { return catalog_.formats(); }

 private:
  const Catalog& catalog_;
  std::vector<Observation> measurements_;
  std::map<std::string, ModelCost> costs_;
  std::map<std::string, Device> devices_;
};

/// Parameters of every node of the hierarchy: processor -> runtime -> processor class -> board -> power mode.
struct Hierarchy {
  std::map<std::string, Parameters> processor, runtime, processor_class, board;
  std::map<std::string, Parameters> unit;        ///< boards measured in several modes only
  std::map<std::string, double> configurations;  ///< behind each board and unit
  /// The finest node that a measurement belongs to.
  const Parameters& parameters_of(const Observation&) const;
};

/// What is believed of a runtime before its rows are seen, from what the others on its processor taught.
Parameters expected(const Runtime&, Parameters processor);

/// Parameters of one (device, power mode, runtime) from rows of it, weighed against those of its class `cls`: as the
/// boards of the hierarchy are fitted.
Parameters calibrate(const std::vector<Sample>&, const Parameters& cls, const FormatTable&);

/// Fits the hierarchy from the top down: each node's prior is its parent.
Hierarchy fit_hierarchy(const Published&);

/// One row predicted without itself.
struct CrossPrediction {
  const Observation* measurement;
  double calibrated = unknown;  ///< the device's rows of other models known
  double unseen = unknown;      ///< no measurement of the device known
  bool class_known = false;     ///< other devices of its class were measured with the runtime
  double fitted = unknown;      ///< with everything known, the row itself included
};
std::vector<CrossPrediction> cross_validate(const Published&, const Hierarchy&);

/// 80 % intervals of measured / predicted (speeds; the inverse of times), by kind, situation and runtime
/// family, from predictions that did not know the row. One vote per configuration.
std::vector<IntervalRule> intervals_of(const Published&, const std::vector<CrossPrediction>&);

}  // namespace edgewise
