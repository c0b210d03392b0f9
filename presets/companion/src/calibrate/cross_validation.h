#pragma once

#include <vector>

#include "hierarchy.h"

namespace edgewise {

/// One row predicted without itself.
struct CrossPrediction {
  const RowSample* sample;
  double calibrated = unknown;                              ///< the board's rows of other models known
  double row = unknown;                                     ///< four fifths of the board's rows known
  double other_study = unknown;                             ///< the board's rows of other studies known
  double unseen = unknown;                                  ///< no measurement of the board known
  double class_unseen = unknown;                            ///< nor of any board of its processor class
  bool row_of_model = false, other_study_of_model = false;  ///< rows of the same model are among those
  bool class_known = false;  ///< other boards of its class were measured with the runtime
  Situation situation_unseen() const { return class_known ? Situation::related : Situation::datasheet; }
};
std::vector<CrossPrediction> cross_validate(const Samples&, const HierarchyFit&);

/// Where the ends of an 80 % interval are among held-out ratios.
inline constexpr double interval_ends[] = {0.1, 0.9};

/// 80 % intervals of measured / predicted (speeds; the inverse of times), by kind, situation and runtime
/// family, from predictions that did not know the row. One vote per configuration.
std::vector<IntervalRule> intervals_of(const Samples&, const std::vector<CrossPrediction>&);

}  // namespace edgewise
