#pragma once

#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// What numbers of a board make of its parameters.
struct Corrected {
  Parameters parameters;
  std::vector<Known> known;
  std::vector<Need> needs;
  Errors errors;
};
/// Resolves the numbers, each as the question that it answers, and corrects `expected`, the parameters of the answer
/// that is being made: its device, runtime, quantization and calibration are known. Numbers of other boards and
/// runtimes change nothing. Refused is what nothing is to be learnt from: impossible speeds, models that the board
/// alone does not hold, metrics that cannot be predicted.
Corrected corrected(const Catalog&, const Query& asked, const Answer&, const Parameters& expected,
                    const std::vector<KnownNumber>&);

/// Numbers that say nothing of this answer, and those that the others contradict.
Errors known_warnings(const Answer&);

}  // namespace edgewise
