#pragma once

#include <string>
#include <vector>

#include "cross_validation.h"
#include "summary.h"

namespace edgewise {

/// The errors of rows that belong together.
struct ErrorGroup {
  std::string situation, kind, group;
  ErrorSummary errors;
};

/// The group that a row is counted in. `by`: device, runtime, model, metric, quant, or empty: all in one.
std::string group_of(const Row&, const std::string& by);

/// What a prediction knew of the row that it is compared with.
struct Way {
  const char* name;
  const char* description;
};
inline constexpr std::size_t calibrated = 0, unseen = 1, shipped = 2, row_out = 3, study_out = 4, class_out = 5;
inline constexpr Way ways[] = {{"calibrated", "the model left out of its board"},
                               {"unseen", "the board left out"},
                               {"shipped", "nothing left out"},
                               {"row", "a fifth of the board's rows left out"},
                               {"study", "the study left out of its board"},
                               {"class", "all boards of the processor class left out"}};

/// Predictions of the catalog against measured values.
struct Validation {
  double rows = 0;  ///< with a value
  double excluded = 0, not_predicted = 0;
  std::vector<ErrorGroup> groups;
};
/// `by`: device, runtime, model, metric, quant, or empty: all in one group.
Validation validate(const std::vector<Row>&, const Catalog&, const std::string& by);

/// Predictions of rows in every way, of the rows that count.
class CrossValidation {
 public:
  CrossValidation(const std::vector<Row>&, const Catalog&);

  struct Entry {
    const RowSample* sample;
    double predicted[std::size(ways)];
  };
  const std::vector<Entry>& results() const { return results_; }
  const Samples& samples() const { return samples_; }
  std::vector<ErrorGroup> groups(const std::string& by) const;

 private:
  Samples samples_;
  std::vector<CrossPrediction> predictions_;
  Catalog held_out_;  ///< its intervals are those of these predictions
  std::vector<Entry> results_;
};

}  // namespace edgewise
