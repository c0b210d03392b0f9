#include "fit_published.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "cross_validation.h"
#include "json_text.h"
#include "parameters_json.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

double whole(double x) { return std::round(x); }

}  // namespace

std::vector<CalibrationFile> fit_published(const std::vector<Row>& rows, const Catalog& catalog) {
  const Samples samples(rows, catalog);
  const Hierarchy h = fit_hierarchy(samples);
  const FormatTable& formats = catalog.formats();

  const Json provenance = {
      {"command", "edgewise fit-published presets/measurements/published.csv --output presets/calibrations"},
      {"measurements", "presets/measurements/published.csv"}};
  std::map<std::string, std::vector<std::string>> devices_of_board;
  for (const auto& [id, preset] : catalog.devices()) devices_of_board[board_of(preset.device)].push_back(id);
  std::map<std::string, const RowSample*> a_sample_of;
  std::map<std::string, std::set<std::string>> boards_of_class;
  std::map<std::string, double> configurations_of_class;
  for (const RowSample& m : samples.all()) {
    if (!h.site.count(m.site)) continue;
    a_sample_of.emplace(m.site, &m);
    a_sample_of.emplace(m.setting, &m);
    const std::string cls = m.row.query.runtime + "|" + m.processor_class;
    boards_of_class[cls].insert(m.board);
    if (m.row.exclude.empty()) configurations_of_class[cls] += m.weight;
  }

  std::vector<CalibrationFile> out;
  for (const auto& known : catalog.runtimes()) {
    // Not a structured binding: clang 14's lambdas cannot hold one.
    const std::string& id = known.first;
    const Runtime& runtime = known.second;
    const auto by_processor = h.processor.find(to_string(runtime.processor));
    if (by_processor == h.processor.end()) continue;
    const auto by_runtime = h.runtime.find(id);
    const Parameters defaults =
        by_runtime != h.runtime.end() ? by_runtime->second : expected(runtime, by_processor->second);
    Json classes = Json::array(), devices = Json::array();
    for (const auto& [key, parameters] : h.processor_class) {
      if (key.rfind(id + "|", 0) != 0) continue;
      classes.push_back({{"processor_class", key.substr(id.size() + 1)},
                         {"devices", boards_of_class[key].size()},
                         {"configurations", whole(configurations_of_class[key])},
                         {"parameters", parameters_json(parameters, formats, &defaults)}});
    }
    const auto add = [&](const std::string& key, const Parameters& parameters, const Parameters& base,
                         const std::string& power_mode) {
      const RowSample& m = *a_sample_of.at(key);
      if (m.row.query.runtime != id) return;
      Json entry = {{"devices", devices_of_board.at(m.board)}};
      if (!power_mode.empty()) entry["power_mode"] = power_mode;
      entry["origin"] = "fitted";
      entry["configurations"] = whole(h.configurations.at(key));
      entry["parameters"] = parameters_json(parameters, formats, &base);
      devices.push_back(std::move(entry));
    };
    for (const auto& [key, parameters] : h.site) {
      const RowSample& m = *a_sample_of.at(key);
      add(key, parameters, h.processor_class.at(m.row.query.runtime + "|" + m.processor_class), "");
    }
    for (const auto& [key, parameters] : h.setting) {
      const RowSample& m = *a_sample_of.at(key);
      if (!m.row.query.power_mode.empty())
        add(key, parameters, h.processor_class.at(m.row.query.runtime + "|" + m.processor_class),
            m.row.query.power_mode);
    }
    const Json file = {
        {"type", "calibrations"}, {"format_version", 1},      {"id", id},
        {"runtime", id},          {"provenance", provenance}, {"defaults", parameters_json(defaults, formats, nullptr)},
        {"classes", classes},     {"devices", devices}};
    out.push_back({id, canonical(file),
                   std::to_string(classes.size()) + " classes, " + std::to_string(devices.size()) + " devices"});
  }

  Json rules = Json::array();
  static constexpr const char* situations[] = {"calibrated", "related", "datasheet"};
  for (const IntervalRule& i : intervals_of(samples, cross_validate(samples, h))) {
    Json rule = {{"metric", to_string(i.kind)}};
    if (!i.family.empty()) rule["family"] = i.family;
    rule["situation"] = situations[static_cast<std::size_t>(i.situation)];
    rule["low"] = rounded4(i.low);
    rule["high"] = rounded4(i.high);
    rule["configurations"] = i.configurations;
    rules.push_back(std::move(rule));
  }
  const Json file = {{"type", "intervals"},
                     {"format_version", 1},
                     {"id", "intervals"},
                     {"provenance", provenance},
                     {"intervals", rules}};
  out.push_back({"intervals", canonical(file), std::to_string(rules.size()) + " intervals"});
  return out;
}

}  // namespace edgewise
