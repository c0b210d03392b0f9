#include "cross_validation.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "edgewise/metric.h"
#include "edgewise/statistics.h"
#include "power_fit.h"

namespace edgewise {

namespace {

template <class Keep>
RowSamples those(const RowSamples& samples, const Keep& keep) {
  RowSamples out;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(out), [&](const RowSample* m) { return keep(*m); });
  return out;
}

/// What is known of a row's processor class with its runtime, or what comes nearest to it.
const Parameters& class_of_row(const RowSample& m, const Hierarchy& h, std::map<std::string, Parameters>& made,
                               const FormatTable& formats) {
  if (const auto cls = h.processor_class.find(class_of(m)); cls != h.processor_class.end()) return cls->second;
  if (const auto runtime = h.runtime.find(m.runtime->id); runtime != h.runtime.end()) return runtime->second;
  const Parameters start = starting_point(m.runtime->processor, formats);
  const auto processor = h.processor.find(processor_of(m));
  return made[m.runtime->id] =
             believed(*m.runtime, start).over(processor == h.processor.end() ? start : processor->second);
}

}  // namespace

std::vector<CrossPrediction> cross_validate(const Samples& samples, const HierarchyFit& fit) {
  const FormatTable& formats = samples.formats();
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (is_fitted(m.metric) && m.value > 0) all.push_back(&m);
  const auto powers = cross_validate_power(samples, fit.all());
  std::vector<CrossPrediction> out;

  for (const auto& entry : grouped(all, [](const RowSample& m) { return m.board; })) {
    const auto& [board_id, of_board] = entry;
    const std::string& board = board_id;  // a lambda cannot hold a structured binding in clang 14
    const Hierarchy without = fit.without([&](const RowSample& m) { return m.board == board; });
    std::map<std::string, Parameters> made;
    for (const auto& [site, of_site] : grouped(of_board, [](const RowSample& m) { return m.site; })) {
      const Parameters& prior = class_of_row(*of_site[0], without, made, formats);
      const bool class_known = without.processor_class.count(class_of(*of_site[0])) > 0;
      const RowSamples teaching = those(of_site, [](const RowSample& m) { return learns(m) && !is_of_power(m); });
      // Predicts what is left out of a site from the rest of it.
      const auto leave_out = [&](const auto& key, double CrossPrediction::*way,
                                 std::map<const RowSample*, CrossPrediction>& at) {
        for (const auto& [left_out, held_out] : grouped(of_site, key)) {
          const std::string& name = left_out;
          const RowSamples known = those(teaching, [&](const RowSample& m) { return key(m) != name; });
          const Site fitted = fit_site(known, prior, formats);
          std::set<std::string> kinds;
          for (const RowSample* m : known) kinds.insert(m->setting + to_string(info(m->metric).kind));
          for (const RowSample* m : held_out) {
            if (is_of_power(*m)) {
              const auto power = powers.find(m);
              if (power == powers.end() || way != &CrossPrediction::calibrated) continue;
              at.at(m).*way =
                  predict(*m, with_power(power->second.calibrated, without_power(fitted.at(m->setting))), formats);
            } else if (kinds.count(m->setting + to_string(interval_kind(info(m->metric).kind)))) {
              // Calibrated is who has other rows of the same kind on this device, in this mode.
              at.at(m).*way = predict(*m, fitted.at(m->setting), formats);
            }
          }
        }
      };
      std::map<const RowSample*, CrossPrediction> at;
      for (const RowSample* m : of_site) {
        CrossPrediction c{m};
        c.class_known = class_known;
        if (is_of_power(*m)) {
          const auto power = powers.find(m);
          if (power == powers.end()) continue;
          c.unseen = predict(*m, with_power(power->second.unseen, without_power(prior)), formats);
          c.class_known = power->second.class_known && (info(m->metric).kind != Kind::energy || class_known);
        } else {
          c.unseen = predict(*m, prior, formats);
        }
        at.emplace(m, c);
      }
      for (const RowSample* m : of_site)
        if (!at.count(m)) at.emplace(m, CrossPrediction{m});
      leave_out([](const RowSample& m) { return m.row.query.model; }, &CrossPrediction::calibrated, at);
      leave_out([](const RowSample& m) { return m.row.source; }, &CrossPrediction::other_study, at);
      for (const RowSample* m : of_site) out.push_back(at.at(m));
    }
  }
  return out;
}

std::vector<IntervalRule> intervals_of(const Samples& samples, const std::vector<CrossPrediction>& predictions) {
  // kind | family | situation -> configuration -> measured / predicted of its rows
  using Ratios = std::map<std::string, std::vector<double>>;
  std::map<std::tuple<std::string, std::string, Situation>, Ratios> groups;
  std::map<std::string, Kind> kinds;
  const auto add = [&](const RowSample& m, Situation situation, double predicted) {
    if (!m.row.exclude.empty() || !(predicted > 0)) return;
    const Metric metric = m.metric;
    const double ratio = interval_ratio(metric, m.value, predicted);
    const Kind kind = bounded(metric).kind;
    kinds.emplace(to_string(kind), kind);
    groups[{to_string(kind), "", situation}][m.row.configuration].push_back(ratio);
    // Powers do not depend on the runtime.
    if (!is_of_power(m)) groups[{to_string(kind), m.runtime->family, situation}][m.row.configuration].push_back(ratio);
  };
  for (const CrossPrediction& p : predictions) {
    add(*p.sample, Situation::calibrated, p.calibrated);
    add(*p.sample, p.situation_unseen(), p.unseen);
  }
  for (const RowSample& m : samples.all()) {
    if (is_fitted(m.metric) || !(m.value > 0)) continue;
    const double predicted = predict(m, Parameters(), samples.formats());
    if (m.metric == Metric::peak_mem_mib)  // memory is arithmetic: nothing in it is calibrated
      for (const Situation s : {Situation::calibrated, Situation::related, Situation::datasheet}) add(m, s, predicted);
  }

  constexpr std::size_t fewest = 15;  // configurations behind a rule of its own for a family
  std::vector<IntervalRule> rules;
  for (auto& [key, configurations] : groups) {
    const auto& [kind, family, situation] = key;
    if (!family.empty() && configurations.size() < fewest) continue;
    std::vector<double> ratios;
    for (auto& [name, rows] : configurations) ratios.push_back(median(rows));
    rules.push_back({kinds.at(kind), family, situation, std::min(1.0, quantile(ratios, 0.1)),
                     std::max(1.0, quantile(ratios, 0.9)), static_cast<double>(ratios.size())});
  }
  return rules;
}

}  // namespace edgewise
