#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// What a sweep goes over: numbers, or names where the axis has these.
struct SweepValues {
  std::vector<double> numbers;
  std::vector<std::string> names;
};

/// The main terms along one axis of a question.
struct Sweep {
  struct Column {
    Term term;
    std::vector<double> values;
    std::vector<double> low, high;  ///< unknown where no range is
  };
  struct Point {
    Verdict verdict = Verdict::undecided;
    Scope power_scope = Scope::unstated;  ///< of its power and energy
    /// Whether the device's memory holds it (of an axis of placement: whether device and host hold it); none: unknown.
    std::optional<bool> fits;
    Errors warnings;  ///< what is to be minded of its answer
    Errors errors;    ///< why there is no answer; then every term is unknown
  };
  std::string axis;
  std::vector<double> values;      ///< of names their places
  std::vector<std::string> names;  ///< of the values, where they are no numbers
  std::vector<Column> columns;
  std::vector<Point> points;
  /// Where memory ends: of the two values beside each other between which it does, that which fits and that which does
  /// not; of an axis of numbers that are not whole to a thousandth.
  double last_fit = unknown, first_unfit = unknown;
};

/// The answer at each value of an axis: a number of the workload, "power_mode" (names, or places in the order of the
/// device's modes, the device as its preset states it being the first, 0), "quant" (names), or a field of the device
/// that can be edited. Without values: every power mode or word; every quantization that people choose between, the
/// model's own and the one that was asked, by falling size. A point without an answer is unknown and says why; refused
/// is an axis that is none, a question without an answer, and values none of which has one.
Result<Sweep> sweep(const Catalog&, const Query&, std::string_view axis, const SweepValues&);

}  // namespace edgewise
