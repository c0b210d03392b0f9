#include "validate.h"

#include <map>
#include <tuple>

#include "edgewise/metric.h"

namespace edgewise {

std::string group_of(const Row& row, const std::string& by) {
  if (by == "device") return row.query.device;
  if (by == "runtime") return row.query.runtime;
  if (by == "model") return row.query.model;
  if (by == "metric") return std::string(to_string(row.metric));
  if (by == "quant") return row.query.quant;
  return "all";
}

namespace {

/// Tallies in the order in which they are shown: by way, kind and group.
using Tallies = std::map<std::tuple<std::size_t, std::string, std::string>, ErrorTally>;

}  // namespace

Validation validate(const std::vector<Row>& rows, const Catalog& catalog, const std::string& by) {
  Validation out;
  Tallies tallies;
  for (const Row& row : rows) {
    if (!is_known(row.value)) continue;
    out.rows += 1;
    if (!row.exclude.empty() || !row.placement.empty()) {
      out.excluded += 1;
      continue;
    }
    const Ranged p = predict_row(row, catalog).value;
    if (!is_known(p.value) || !(row.value > 0)) {
      out.not_predicted += 1;
      continue;
    }
    ErrorTally& tally = tallies[{shipped, to_string(info(row.metric).kind), group_of(row, by)}];
    tally.add(row.configuration, p.value, row.value);
    if (is_known(p.low)) tally.add_interval(row.configuration, row.value >= p.low && row.value <= p.high);
  }
  for (const auto& [key, tally] : tallies)
    out.groups.push_back({"", std::get<1>(key), std::get<2>(key), tally.summary()});
  return out;
}

CrossValidation::CrossValidation(const std::vector<Row>& rows, const Catalog& catalog)
    : samples_(rows, catalog), predictions_(cross_validate(samples_, HierarchyFit(samples_))) {
  held_out_.add(intervals_of(samples_, predictions_));
  for (const CrossPrediction& p : predictions_)
    if (p.sample->row.exclude.empty())
      results_.push_back(
          {p.sample, {p.calibrated, p.unseen, p.sample->shipped.value, p.row, p.other_study, p.class_unseen}});
}

std::vector<ErrorGroup> CrossValidation::groups(const std::string& by) const {
  Tallies tallies;
  for (const CrossPrediction& p : predictions_) {
    const RowSample& s = *p.sample;
    if (!s.row.exclude.empty()) continue;
    const auto add = [&](std::size_t way, double predicted) -> ErrorTally* {
      if (!(predicted > 0)) return nullptr;
      ErrorTally& tally = tallies[{way, to_string(info(s.metric).kind), group_of(s.row, by)}];
      tally.add(s.row.configuration, predicted, s.value);
      return &tally;
    };
    const auto held_out = [&](std::size_t way, double predicted, Situation situation, bool model_known = false) {
      ErrorTally* tally = add(way, predicted);
      const IntervalRule* rule =
          held_out_.interval(bounded(s.metric).kind, s.runtime->family, situation, 0, model_known);
      if (!tally || !rule) return;
      const double ratio = interval_ratio(s.metric, s.value, predicted);
      tally->add_interval(s.row.configuration, ratio >= rule->low && ratio <= rule->high);
    };
    held_out(calibrated, p.calibrated, Situation::calibrated);
    held_out(unseen, p.unseen, p.situation_unseen());
    held_out(row_out, p.row, Situation::calibrated, p.row_of_model);
    held_out(study_out, p.other_study, Situation::calibrated, p.other_study_of_model);
    held_out(class_out, p.class_unseen, Situation::datasheet);
    const Ranged& answered = s.shipped;
    if (ErrorTally* tally = add(shipped, answered.value); tally && is_known(answered.low))
      tally->add_interval(s.row.configuration, s.value >= answered.low && s.value <= answered.high);
  }
  std::vector<ErrorGroup> out;
  for (const auto& [key, tally] : tallies)
    out.push_back({ways[std::get<0>(key)].name, std::get<1>(key), std::get<2>(key), tally.summary()});
  return out;
}

}  // namespace edgewise
