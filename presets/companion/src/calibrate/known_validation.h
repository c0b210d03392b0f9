#pragma once

#include <string>
#include <vector>

#include "hierarchy.h"
#include "summary.h"

namespace edgewise {

/// A row predicted where so many numbers of its board are known, of other models, measured in the same study and power
/// mode with the same runtime.
struct KnownPrediction {
  const RowSample* sample;
  Situation situation;  ///< of the board before the numbers
  std::size_t known;
  double predicted = unknown, without = unknown;  ///< with the numbers, and without
};
/// How many numbers are tried.
inline constexpr std::size_t known_counts[] = {1, 2, 4};

/// Predicts speeds of boards that were left out of the fit (`related` and `datasheet`), and of studies that were left
/// out of their board's (`calibrated`), after numbers of them that are drawn, the same ones each time: runs of one
/// sequence in a quantization that people choose between.
std::vector<KnownPrediction> validate_known(const Samples&, const HierarchyFit&, const Catalog&);

/// The errors of those after so many numbers.
struct KnownErrors {
  std::size_t known;
  bool seen;  ///< the board was measured by others; else nobody has measured it
  std::string kind, group;
  ErrorSummary errors, without;
};
/// `by`: device, runtime, model, metric, quant, or empty: all in one group. Inside are those of the interval that
/// `intervals_of` gives.
std::vector<KnownErrors> known_errors(const std::vector<KnownPrediction>&, const std::string& by);

/// 80 % intervals of measured / predicted after so many numbers, by kind, situation and runtime family. One vote per
/// configuration. Of a board that nobody has measured they are the same whether its class was or not.
std::vector<IntervalRule> intervals_of(const std::vector<KnownPrediction>&);

}  // namespace edgewise
