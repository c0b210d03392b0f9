#include "known_validation.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>

#include "edgewise/known.h"
#include "edgewise/statistics.h"
#include "parallel.h"
#include "validate.h"

namespace edgewise {

namespace {

/// A board with a runtime as it is before any number of it is known.
struct Unmeasured {
  RowSamples rows;    ///< that are to be predicted
  Parameters center;  ///< fitted without them
  Situation situation;
};

/// The boards, each left out of the fit, and the studies of boards that several have measured.
std::vector<Unmeasured> left_out(const Samples& samples, const HierarchyFit& fit) {
  const FormatTable& formats = samples.formats();
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (teaches_speed(m)) all.push_back(&m);
  std::vector<RowSamples> boards;
  for (auto& of_board : grouped(all, [](const RowSample& m) { return m.board; }))
    boards.push_back(std::move(of_board.second));
  std::vector<std::vector<Unmeasured>> of(boards.size());
  for_each_index(boards.size(), [&](std::size_t i) {
    const RowSamples& of_board = boards[i];
    std::vector<Unmeasured>& out = of[i];
    const Hierarchy without = fit.without([&](const RowSample& m) { return m.board == of_board[0]->board; });
    for (const auto& of_site : grouped(of_board, [](const RowSample& m) { return m.site; })) {
      const RowSamples& rows = of_site.second;
      const bool class_known = without.processor_class.count(class_of(*rows[0])) > 0;
      const Parameters cls = class_of_row(*rows[0], without, formats);
      out.push_back({rows, cls, class_known ? Situation::related : Situation::datasheet});
      const auto studies = grouped(rows, [](const RowSample& m) { return m.row.source; });
      if (studies.size() < 2) continue;
      for (const auto& study : studies) {
        RowSamples rest;
        std::copy_if(rows.begin(), rows.end(), std::back_inserter(rest),
                     [&](const RowSample* m) { return m->row.source != study.first; });
        out.push_back({study.second, fit_site(rest, cls, formats).parameters, Situation::calibrated});
      }
    }
  });
  std::vector<Unmeasured> out;
  for (auto& of_board : of) std::move(of_board.begin(), of_board.end(), std::back_inserter(out));
  return out;
}

/// Pseudo-random, the same everywhere: splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
std::uint64_t next(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// `n` rows of different configurations; fewer where there are not so many.
RowSamples drawn(RowSamples from, std::size_t n, std::uint64_t& state) {
  RowSamples out;
  std::set<std::string> taken;
  while (out.size() < n && !from.empty()) {
    const auto at = static_cast<std::size_t>(next(state) % from.size());
    if (taken.insert(from[at]->row.configuration).second) out.push_back(from[at]);
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return out;
}

/// With costs of their own for the formats that cost like another, as an answer has them.
Parameters filled(const RowSample& m, const Parameters& p, const FormatTable& formats) {
  return resolve(*m.device, *m.runtime, p, formats, m.kv_bytes_per_element, m.workload.threads).parameters;
}

}  // namespace

std::vector<KnownPrediction> validate_known(const Samples& samples, const HierarchyFit& fit, const Catalog& catalog) {
  const FormatTable& formats = samples.formats();
  const auto is_usual = [&](const RowSample& m) {
    const Quantization* recipe = catalog.quantization(m.row.query.quant);
    return m.workload.batch == 1 && info(m.metric).kind != Kind::throughput && recipe && recipe->common;
  };
  std::vector<KnownPrediction> out;
  std::uint64_t state = 1;
  for (const Unmeasured& u : left_out(samples, fit)) {
    const auto session = [](const RowSample& m) {
      return m.setting + "|" + m.row.source + "|" + to_string(interval_kind(info(m.metric).kind));
    };
    for (const auto& of_session : grouped(u.rows, session))
      for (const auto& of_configuration :
           grouped(of_session.second, [](const RowSample& m) { return m.row.configuration; })) {
        const RowSamples& held_out = of_configuration.second;
        const std::string shape = shape_of(*held_out[0]);
        RowSamples others;
        for (const RowSample* m : of_session.second)
          if (shape_of(*m) != shape && is_usual(*m)) others.push_back(m);
        for (const std::size_t n : known_counts) {
          std::vector<Observed> observed;
          for (const RowSample* m : drawn(others, n, state)) observed.push_back({*m, filled(*m, u.center, formats)});
          if (observed.size() < n) break;
          const Parameters before = filled(*held_out[0], u.center, formats),
                           after = Posterior(observed, formats).of(before);
          for (const RowSample* m : held_out)
            out.push_back({m, u.situation, n, predict(*m, after, formats), predict(*m, before, formats)});
        }
      }
  }
  return out;
}

std::vector<KnownErrors> known_errors(const std::vector<KnownPrediction>& predictions, const std::string& by) {
  Catalog rules;
  rules.add(intervals_of(predictions));
  using Key = std::tuple<std::size_t, bool, std::string, std::string>;
  std::map<Key, std::pair<ErrorTally, ErrorTally>> tallies;
  for (const KnownPrediction& p : predictions) {
    if (!(p.predicted > 0 && p.without > 0)) continue;
    const RowSample& s = *p.sample;
    auto& [with, without] =
        tallies[{p.known, p.situation == Situation::calibrated, to_string(info(s.metric).kind), group_of(s.row, by)}];
    with.add(s.row.configuration, p.predicted, s.value);
    without.add(s.row.configuration, p.without, s.value);
    const IntervalRule* rule = rules.interval(bounded(s.metric).kind, s.runtime->family, p.situation, p.known);
    if (!rule) continue;
    const double ratio = interval_ratio(s.metric, s.value, p.predicted);
    with.add_interval(s.row.configuration, ratio >= rule->low && ratio <= rule->high);
  }
  std::vector<KnownErrors> out;
  out.reserve(tallies.size());
  for (const auto& [key, pair] : tallies)
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), pair.first.summary(),
                   pair.second.summary()});
  return out;
}

std::vector<IntervalRule> intervals_of(const std::vector<KnownPrediction>& predictions) {
  // kind | family | seen | known -> configuration -> measured / predicted of its rows
  using Ratios = std::map<std::string, std::vector<double>>;
  std::map<std::tuple<Kind, std::string, bool, std::size_t>, Ratios> groups;
  for (const KnownPrediction& p : predictions) {
    if (!(p.predicted > 0)) continue;
    const RowSample& s = *p.sample;
    const double ratio = interval_ratio(s.metric, s.value, p.predicted);
    for (const std::string& family : {std::string(), s.runtime->family})
      groups[{bounded(s.metric).kind, family, p.situation == Situation::calibrated, p.known}][s.row.configuration]
          .push_back(ratio);
  }
  constexpr std::size_t fewest = 15;  // configurations behind a rule
  std::vector<IntervalRule> rules;
  for (const auto& [key, configurations] : groups) {
    if (configurations.size() < fewest) continue;
    const auto& [kind, family, seen, known] = key;
    std::vector<double> ratios;
    for (const auto& of_one : configurations) ratios.push_back(median(of_one.second));
    IntervalRule rule{kind,
                      family,
                      Situation::calibrated,
                      std::min(0.98, quantile(ratios, interval_ends[0])),
                      std::max(1.02, quantile(ratios, interval_ends[1])),
                      static_cast<double>(ratios.size()),
                      known};
    if (seen) {
      rules.push_back(rule);
      continue;
    }
    for (const Situation s : {Situation::related, Situation::datasheet}) {
      rule.situation = s;
      rules.push_back(rule);
    }
  }
  return rules;
}

}  // namespace edgewise
