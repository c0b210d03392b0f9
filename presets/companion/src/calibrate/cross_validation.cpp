#include "cross_validation.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "edgewise/metric.h"
#include "edgewise/statistics.h"
#include "parallel.h"
#include "power_fit.h"

namespace edgewise {

namespace {

template <class Keep>
RowSamples those(const RowSamples& samples, const Keep& keep) {
  RowSamples out;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(out), [&](const RowSample* m) { return keep(*m); });
  return out;
}

/// One of five parts of the rows, by the last digit of their ids.
std::string fifth_of(const RowSample& m) {
  return std::to_string(m.row.id.empty() ? 0 : static_cast<unsigned char>(m.row.id.back()) % 5);
}

using PowersWithout = std::map<const RowSample*, PowerWithout>;

std::set<std::string> classes_of(const RowSamples& rows) {
  std::set<std::string> out;
  for (const RowSample* m : rows) out.insert(m->processor_class);
  return out;
}

/// Of the rows of one board. `without`: the fit without it; `class_out`: without any board like it, with any runtime.
std::vector<CrossPrediction> cross_validate_board(const RowSamples& of_board, const Hierarchy& without,
                                                  const Hierarchy& class_out, const PowersWithout& powers,
                                                  const FormatTable& formats) {
  std::vector<CrossPrediction> out;
  for (const auto& at_site : grouped(of_board, [](const RowSample& m) { return m.site; })) {
    const RowSamples& of_site = at_site.second;
    const Parameters prior = class_of_row(*of_site[0], without, formats);
    const bool class_known = without.processor_class.count(class_of(*of_site[0])) > 0;
    const RowSamples teaching = those(of_site, teaches_speed);
    std::map<const RowSample*, CrossPrediction> at;
    for (const RowSample* m : of_site) {
      CrossPrediction c{m};
      c.class_known = class_known;
      const auto power = powers.find(m);
      if (!is_of_power(*m)) {
        c.unseen = predict(*m, prior, formats);
        c.class_unseen = predict(*m, class_of_row(*m, class_out, formats), formats);
      } else if (power != powers.end()) {
        c.unseen = predict(*m, with_power(power->second.unseen, without_power(prior)), formats);
        c.class_known = power->second.class_known && (info(m->metric).kind != Kind::energy || class_known);
      }
      at.emplace(m, c);
    }
    // Predicts what is left out of a site from the rest of it.
    const auto leave_out = [&](const auto& key, const auto& note) {
      for (const auto& [left_out, held_out] : grouped(of_site, key)) {
        const std::string& name = left_out;
        const RowSamples known = those(teaching, [&](const RowSample& m) { return key(m) != name; });
        if (known.empty()) continue;
        const Site fitted = fit_site(known, prior, formats);
        std::set<std::string> kinds;
        for (const RowSample* m : known) kinds.insert(m->setting + to_string(info(m->metric).kind));
        for (const RowSample* m : held_out)
          // Calibrated is who has other rows of the same kind on this device, in this mode.
          if (is_of_power(*m) || kinds.count(m->setting + to_string(interval_kind(info(m->metric).kind))))
            note(at.at(m), fitted);
      }
    };
    leave_out(shape_of, [&](CrossPrediction& c, const Site& fitted) {
      const RowSample& m = *c.sample;
      const auto power = powers.find(&m);
      if (!is_of_power(m))
        c.calibrated = predict(m, fitted.at(m.setting), formats);
      else if (power != powers.end())
        c.calibrated = predict(m, with_power(power->second.calibrated, without_power(fitted.at(m.setting))), formats);
    });
    const auto of_rest = [&](double CrossPrediction::*way, bool CrossPrediction::*model_known) {
      return [&, way, model_known](CrossPrediction& c, const Site& fitted) {
        const RowSample& m = *c.sample;
        if (is_of_power(m)) return;
        c.*way = predict(m, fitted.of(m), formats);
        const ModelSpeed* speed = fitted.speed_of(m);
        c.*model_known = speed && is_known(info(m.metric).kind == Kind::prefill ? speed->prefill : speed->decode);
      };
    };
    leave_out([](const RowSample& m) { return m.row.source; },
              of_rest(&CrossPrediction::other_study, &CrossPrediction::other_study_of_model));
    leave_out(fifth_of, of_rest(&CrossPrediction::row, &CrossPrediction::row_of_model));
    for (const RowSample* m : of_site) out.push_back(at.at(m));
  }
  return out;
}

}  // namespace

std::vector<CrossPrediction> cross_validate(const Samples& samples, const HierarchyFit& fit) {
  const FormatTable& formats = samples.formats();
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (is_fitted(m.metric) && m.value > 0) all.push_back(&m);
  const PowersWithout powers = cross_validate_power(samples, fit.all());
  std::vector<RowSamples> boards;
  std::map<std::set<std::string>, Hierarchy> without_classes;
  for (auto& [board, of_board] : grouped(all, [](const RowSample& m) { return m.board; })) {
    without_classes[classes_of(of_board)];
    boards.push_back(std::move(of_board));
  }
  std::vector<std::map<std::set<std::string>, Hierarchy>::iterator> to_leave_out;
  for (auto at = without_classes.begin(); at != without_classes.end(); ++at) to_leave_out.push_back(at);
  for_each_index(to_leave_out.size(), [&](std::size_t i) {
    auto& [classes, without] = *to_leave_out[i];
    const std::set<std::string>& names = classes;  // a lambda cannot hold a structured binding in clang 14
    without = fit.without([&](const RowSample& m) { return names.count(m.processor_class) > 0; });
  });
  std::vector<std::vector<CrossPrediction>> of(boards.size());
  for_each_index(boards.size(), [&](std::size_t i) {
    const std::string& board = boards[i][0]->board;
    of[i] = cross_validate_board(boards[i], fit.without([&](const RowSample& m) { return m.board == board; }),
                                 without_classes.at(classes_of(boards[i])), powers, formats);
  });
  std::vector<CrossPrediction> out;
  for (const auto& of_board : of) out.insert(out.end(), of_board.begin(), of_board.end());
  return out;
}

std::vector<IntervalRule> intervals_of(const Samples& samples, const std::vector<CrossPrediction>& predictions) {
  // kind | family | situation | model measured -> way -> configuration -> measured / predicted of its rows
  using Ratios = std::map<std::string, std::vector<double>>;
  using Key = std::tuple<Kind, std::string, Situation, bool>;
  std::map<Key, std::map<std::string, Ratios>> groups;
  const auto add = [&](const RowSample& m, Situation situation, bool of_model, const char* way, double predicted) {
    if (!m.row.exclude.empty() || !(predicted > 0)) return;
    const Metric metric = m.metric;
    const double ratio = interval_ratio(metric, m.value, predicted);
    const Kind kind = bounded(metric).kind;
    groups[{kind, "", situation, of_model}][way][m.row.configuration].push_back(ratio);
    // Powers do not depend on the runtime.
    if (!is_of_power(m))
      groups[{kind, m.runtime->family, situation, of_model}][way][m.row.configuration].push_back(ratio);
  };
  for (const CrossPrediction& p : predictions) {
    // Who measures next has conditions of his own as often as those of the study that is known.
    add(*p.sample, Situation::calibrated, false, "model", p.calibrated);
    if (p.row_of_model) add(*p.sample, Situation::calibrated, true, "row", p.row);
    add(*p.sample, Situation::calibrated, p.other_study_of_model, "study", p.other_study);
    add(*p.sample, p.situation_unseen(), false, "", p.unseen);
    if (p.class_known) add(*p.sample, Situation::datasheet, false, "class", p.class_unseen);
  }
  for (const RowSample& m : samples.all()) {
    if (is_fitted(m.metric) || !(m.value > 0)) continue;
    const double predicted = predict(m, Parameters(), samples.formats());
    if (m.metric == Metric::peak_mem_mib)  // memory is arithmetic: nothing in it is calibrated
      for (const Situation s : {Situation::calibrated, Situation::related, Situation::datasheet})
        add(m, s, false, "", predicted);
  }

  constexpr std::size_t fewest = 15;  // configurations behind a rule of its own for a family
  constexpr double worth = 15;        // configurations that all families together stand for in one of them
  constexpr double least = 0.02;      // no measurement is closer, natural log
  struct Ends {
    double low = 0, high = 0, configurations = 0;
  };
  // Whoever asks may be as far from what is known as any way of leaving out: the widest counts.
  const auto ends = [&](const std::map<std::string, Ratios>& ways_out) {
    Ends out;
    for (const auto& [way, configurations] : ways_out) {
      out.configurations += static_cast<double>(configurations.size());
      if (configurations.size() < fewest && ways_out.size() > 1) continue;
      std::vector<double> ratios;
      for (const auto& [name, rows] : configurations) ratios.push_back(median(rows));
      out.low = std::min({out.low, -least, std::log(quantile(ratios, interval_ends[0]))});
      out.high = std::max({out.high, least, std::log(quantile(ratios, interval_ends[1]))});
    }
    return out;
  };
  std::vector<IntervalRule> rules;
  for (const auto& [key, ways_out] : groups) {
    const auto& [kind, family, situation, of_model] = key;
    auto [low, high, n] = ends(ways_out);
    if (n == 0 || (n < fewest && (!family.empty() || of_model))) continue;
    if (!family.empty()) {
      const Ends of_all = ends(groups.at({kind, "", situation, of_model}));
      low = (n * low + worth * of_all.low) / (n + worth);
      high = (n * high + worth * of_all.high) / (n + worth);
    }
    IntervalRule rule{kind, family, situation, std::exp(low), std::exp(high), n};
    rule.model_measured = of_model;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace edgewise
