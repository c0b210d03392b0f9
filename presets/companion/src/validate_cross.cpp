#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "published.h"
#include "statistics.h"
#include "text.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// The two ways of not knowing a row, and the parameters as they are shipped.
struct Way {
  const char* name;
  double CrossPrediction::*prediction;
  const char* situation;  ///< which intervals apply
};
constexpr Way ways[] = {{"calibrated", &CrossPrediction::calibrated, "the model left out of its board"},
                        {"unseen", &CrossPrediction::unseen, "the board left out"},
                        {"shipped", &CrossPrediction::fitted, "nothing left out"}};

Situation situation_of(const Way& way, const CrossPrediction& p) {
  if (way.prediction != &CrossPrediction::unseen) return Situation::calibrated;
  return p.class_known ? Situation::related : Situation::datasheet;
}

const IntervalRule* rule_for(const std::vector<IntervalRule>& rules, const Observation& m, Situation s) {
  const Kind kind = interval_kind(m.sample.metric);
  const IntervalRule* best = nullptr;
  for (const IntervalRule& r : rules)
    if (r.metric == to_string(kind) && r.situation == s &&
        (r.family == m.sample.runtime->family || (r.family.empty() && !best)))
      best = &r;
  return best;
}

struct Group {
  std::map<std::string, std::vector<double>> errors;  ///< by configuration
  double inside = 0, with_interval = 0;
};

Json summary(const Group& g) {
  std::vector<double> errors;
  for (const auto& [name, rows] : g.errors) errors.push_back(median(rows));
  return {{"configurations", errors.size()},
          {"median_error", median(errors)},
          {"mean_error", mean(errors)},
          {"p90_error", quantile(errors, 0.9)},
          {"coverage", g.with_interval > 0 ? Json(g.inside / g.with_interval) : Json(nullptr)}};
}

}  // namespace

int run_cross_validate(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto cases = load_cases(r.files[0], *catalog);
  if (!cases) return report(cases.errors(), err);
  const Published published(cases->rows, *catalog);
  const auto predictions = cross_validate(published, fit_hierarchy(published));
  const auto rules = intervals_of(published, predictions);

  // way, kind, group
  std::map<std::tuple<std::size_t, std::string, std::string>, Group> groups;
  Json rows = Json::array();
  for (const CrossPrediction& p : predictions) {
    const Observation& m = *p.measurement;
    if (!m.source.exclude.empty()) continue;
    const Query& q = m.source.query;
    const std::string kind = to_string(kind_of(m.sample.metric));
    const std::string by = r.by == "device"    ? q.device
                           : r.by == "runtime" ? q.runtime
                           : r.by == "model"   ? q.model
                           : r.by == "metric"  ? to_string(m.sample.metric)
                           : r.by == "quant"   ? q.quant
                                               : "all";
    for (std::size_t i = 0; i < std::size(ways); ++i) {
      const double predicted = p.*ways[i].prediction;
      if (!(predicted > 0)) continue;
      Group& g = groups[{i, kind, by}];
      g.errors[m.source.configuration].push_back(std::fabs(predicted / m.sample.value - 1));
      if (const IntervalRule* rule = rule_for(rules, m, situation_of(ways[i], p))) {
        const double ratio = interval_ratio(m.sample.metric, m.sample.value, predicted);
        g.with_interval += m.weight;
        g.inside += ratio >= rule->low && ratio <= rule->high ? m.weight : 0;
      }
    }
    const auto number = [](double x) { return is_known(x) ? Json(x) : Json(nullptr); };
    rows.push_back({{"id", m.source.id},
                    {"metric", to_string(m.sample.metric)},
                    {"device", q.device},
                    {"power_mode", q.power_mode},
                    {"runtime", q.runtime},
                    {"model", q.model},
                    {"quant", q.quant},
                    {"configuration", m.source.configuration},
                    {"value", m.sample.value},
                    {"calibrated", number(p.calibrated)},
                    {"unseen", number(p.unseen)},
                    {"shipped", number(p.fitted)}});
  }

  if (r.output == Output::json) {
    Json table = Json::array();
    for (const auto& [key, group] : groups) {
      Json entry = {
          {"situation", ways[std::get<0>(key)].name}, {"kind", std::get<1>(key)}, {"group", std::get<2>(key)}};
      entry.update(summary(group));
      table.push_back(std::move(entry));
    }
    out << Json{{"groups", table}, {"rows", rows}}.dump(1) << "\n";
    return done;
  }
  const auto percent = [&](const Json& x) {
    return x.is_number() ? percent_to_a_tenth(x.get<double>()) : std::string();
  };
  if (r.output == Output::csv)
    out << format_csv_row({"situation", "kind", r.by.empty() ? "group" : r.by, "configurations", "median_percent",
                           "mean_percent", "p90_percent", "inside_percent"});
  std::size_t last = std::size(ways);
  for (const auto& [key, group] : groups) {
    const Json s = summary(group);
    const std::vector<std::string> fields = {
        ways[std::get<0>(key)].name, std::get<1>(key),         std::get<2>(key),        s["configurations"].dump(),
        percent(s["median_error"]),  percent(s["mean_error"]), percent(s["p90_error"]), percent(s["coverage"])};
    if (r.output == Output::csv) {
      out << format_csv_row(fields);
      continue;
    }
    if (std::get<0>(key) != last) {
      last = std::get<0>(key);
      out << (last == 0 ? "" : "\n") << ways[last].name << " (" << ways[last].situation << ")\n"
          << table_row(
                 {"kind", r.by.empty() ? "group" : r.by, "configurations", "median %", "mean %", "p90 %", "inside %"});
    }
    out << table_row({fields.begin() + 1, fields.end()});
  }
  return done;
}

}  // namespace edgewise
