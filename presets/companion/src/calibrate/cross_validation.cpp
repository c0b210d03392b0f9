#include "cross_validation.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "edgewise/metric.h"
#include "edgewise/statistics.h"
#include "power_fit.h"

namespace edgewise {

namespace {

RowSamples without_board(const RowSamples& samples, const std::string& board) {
  RowSamples out;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(out),
               [&](const RowSample* m) { return m->board != board; });
  return out;
}

}  // namespace

std::vector<CrossPrediction> cross_validate(const Samples& samples, const Hierarchy& full) {
  const FormatTable& formats = samples.formats();
  RowSamples all, learned;
  for (const RowSample& m : samples.all()) {
    if (!is_fitted(m.metric) || !(m.value > 0)) continue;
    all.push_back(&m);
    if (learns(m) && !is_of_power(m)) learned.push_back(&m);
  }
  const auto by_processor = grouped(learned, processor_of);
  const auto powers = cross_validate_power(samples, full);
  std::vector<CrossPrediction> out;

  for (const auto& entry : grouped(all, [](const RowSample& m) { return m.board; })) {
    const auto& [board_id, of_board] = entry;
    const std::string& board = board_id;                        // a lambda cannot hold a structured binding in clang 14
    std::map<std::string, Parameters> processor, runtime, cls;  // fitted without this board
    std::set<std::string> known_classes;
    const auto class_without = [&](const RowSample& m) -> const Parameters& {
      const std::string p = processor_of(m), r = m.runtime->id, c = class_of(m);
      if (const auto found = cls.find(c); found != cls.end()) return found->second;
      const RowSamples others = by_processor.count(p) ? without_board(by_processor.at(p), board) : RowSamples{};
      if (!processor.count(p))
        processor[p] = fit_node(others, starting_point(m.runtime->processor, formats), Level::processor, formats,
                                full.processor.count(p) ? &full.processor.at(p) : nullptr);
      RowSamples of_runtime;
      for (const RowSample* o : others)
        if (o->runtime->id == r) of_runtime.push_back(o);
      if (!runtime.count(r))
        runtime[r] = fit_node(of_runtime, expected(*m.runtime, processor[p]), Level::runtime, formats);
      RowSamples of_class;
      for (const RowSample* o : of_runtime)
        if (class_of(*o) == c) of_class.push_back(o);
      if (!of_class.empty()) known_classes.insert(c);
      return cls[c] = fit_node(of_class, runtime[r], Level::processor_class, formats);
    };
    for (const auto& [site, of_site] : grouped(of_board, [](const RowSample& m) { return m.site; })) {
      const Parameters& prior = class_without(*of_site[0]);
      for (const auto& [model, held_out] : grouped(of_site, [](const RowSample& m) { return m.row.query.model; })) {
        RowSamples known;
        for (const RowSample* m : of_site)
          if (m->row.query.model != model && learns(*m) && !is_of_power(*m)) known.push_back(m);
        const Parameters calibrated = fit_node(known, prior, Level::site, formats);
        std::map<std::string, Parameters> by_setting;
        std::set<std::string> kinds;
        for (const auto& [setting, of_setting] : grouped(known, [](const RowSample& m) { return m.setting; })) {
          by_setting[setting] = of_setting.size() == known.size()
                                    ? calibrated
                                    : fit_node(of_setting, calibrated, Level::setting, formats);
          for (const RowSample* m : of_setting) kinds.insert(setting + to_string(info(m->metric).kind));
        }
        for (const RowSample* m : held_out) {
          CrossPrediction c{m};
          if (is_of_power(*m)) {
            const auto found = powers.find(m);
            if (found == powers.end()) continue;
            const PowerWithout& power = found->second;
            const auto at = by_setting.find(m->setting);
            const bool energy = info(m->metric).kind == Kind::energy;
            c.unseen = predict(*m, with_power(power.unseen, without_power(prior)), formats);
            c.class_known = power.class_known && (!energy || known_classes.count(class_of(*m)) > 0);
            c.calibrated = predict(
                *m, with_power(power.calibrated, without_power(at == by_setting.end() ? prior : at->second)), formats);
            out.push_back(c);
            continue;
          }
          c.unseen = predict(*m, prior, formats);
          c.class_known = known_classes.count(class_of(*m)) > 0;
          // Calibrated is who has other rows of the same kind on this device, in this mode.
          if (kinds.count(m->setting + to_string(interval_kind(info(m->metric).kind))))
            c.calibrated = predict(*m, by_setting.at(m->setting), formats);
          out.push_back(c);
        }
      }
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
