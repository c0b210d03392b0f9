#pragma once

#include <map>
#include <string>
#include <vector>

#include "edgewise/metric.h"
#include "peers.h"
#include "validate.h"

namespace edgewise {

/// Predictions that did not know the row, of which a report speaks.
inline constexpr std::size_t held_out_ways[] = {calibrated, unseen};

/// A published row that counts, with its predictions.
struct ReportRow {
  const RowSample* sample;
  Kind kind;
  std::string device_class, device_name, model_name;
  double value;
  double predicted[std::size(ways)];
};

/// Errors of some rows in both ways.
struct HeldOut {
  ErrorSummary of[std::size(held_out_ways)];
};

/// A configuration, as one point: its median row, as rates in tokens a second.
struct ReportPoint {
  const ReportRow* row;
  double value;
  double predicted[std::size(held_out_ways)];  ///< NaN: none
};

/// One of the worst misses: a point rounded to three digits.
struct Miss {
  const ReportRow* row;
  double value, predicted, factor;
};

/// A group of devices on which calculators are compared.
struct DeviceSide {
  const char* id;
  const char* title;
  std::vector<const char*> classes;  ///< empty: all
  bool holds(const std::string& device_class) const;
};
const std::vector<DeviceSide>& device_sides();

/// A calculator beside ours, on the rows that it answers.
struct PeerErrors {
  ErrorSummary theirs, unseen;             ///< of rows with an unseen prediction
  ErrorSummary on_calibrated, calibrated;  ///< of these, rows with a calibrated one
};
struct PeerLine {
  std::string id, name, url;
  double factor = unknown;           ///< that was fitted to the rows; NaN: none was
  std::vector<PeerErrors> on_sides;  ///< in the order of `device_sides`
};

/// How far predictions are from published measurements that they were not fitted to, and what other calculators answer
/// for the same rows. `text` and `page_data` say it.
class Report {
 public:
  Report(const std::vector<Row>& published, const Catalog&);

  /// Markdown, for people.
  std::string text(const std::string& measurements) const;
  /// JSON, for the page.
  std::string page_data() const;

 private:
  struct ByRuntime {
    std::string id;
    HeldOut decode, prefill;
  };
  struct ByClass {
    std::string id;
    std::size_t devices = 0;
    HeldOut decode, prefill;
  };
  struct Memory {
    std::string metric;
    ErrorSummary all, whole;  ///< whole: without rows that hold what stays with the host
  };

  std::vector<const ReportRow*> of_kind(Kind) const;
  /// What a study's own value of a configuration differs by from what the others measured of it, at the same prompt and
  /// depth: no prediction of a study that nobody has seen can be expected to be nearer.
  ErrorSummary noise(Kind) const;
  ErrorSummary overall(std::size_t way, Kind) const;
  void compare_memory(const std::vector<Prediction>&, const Catalog&);
  void count_the_rest(const std::vector<Prediction>&);
  void compare_peers(const Catalog&);
  void choose_points();

  const std::vector<Row>& published_;
  CrossValidation cross_;
  std::vector<ReportRow> rows_;
  std::map<std::string, std::string> class_names_;
  std::vector<ErrorGroup> groups_;
  std::vector<ByRuntime> by_runtime_;
  std::vector<ByClass> by_class_;
  std::vector<Memory> memory_;
  std::vector<std::pair<std::string, std::size_t>> excluded_;  ///< reason, rows
  std::vector<HeldOut> own_;                                   ///< decode of one sequence, by side
  std::vector<PeerLine> peers_;
  std::vector<ReportPoint> points_;
  std::vector<Miss> worst_[std::size(held_out_ways)];
};

}  // namespace edgewise
