#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.h"
#include "parameters_json.h"
#include "published.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

double whole(double x) { return std::round(x); }

}  // namespace

int run_fit_published(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto cases = load_cases(r.files[0], *catalog);
  if (!cases) return report(cases.errors(), err);
  const Published published(cases->rows, *catalog);
  const Hierarchy h = fit_hierarchy(published);
  const FormatTable& formats = catalog->formats();

  const Json provenance = {
      {"command", "edgewise fit-published presets/measurements/published.csv --output presets/calibrations"},
      {"measurements", "presets/measurements/published.csv"}};
  std::map<std::string, std::vector<std::string>> devices_of_board;
  for (const auto& [id, preset] : catalog->devices()) devices_of_board[board_key(preset.device)].push_back(id);
  std::map<std::string, const Observation*> a_measurement_of;
  std::map<std::string, std::set<std::string>> boards_of_class;
  std::map<std::string, double> configurations_of_class;
  for (const Observation& m : published.measurements()) {
    if (!h.board.count(m.board)) continue;
    a_measurement_of.emplace(m.board, &m);
    a_measurement_of.emplace(m.unit, &m);
    const std::string cls = m.source.query.runtime + "|" + m.processor_class;
    boards_of_class[cls].insert(m.device);
    if (m.source.exclude.empty()) configurations_of_class[cls] += m.weight;
  }

  for (const auto& known : catalog->runtimes()) {
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
      const Observation& m = *a_measurement_of.at(key);
      if (m.source.query.runtime != id) return;
      Json entry = {{"devices", devices_of_board.at(m.device)}};
      if (!power_mode.empty()) entry["power_mode"] = power_mode;
      entry["origin"] = "fitted";
      entry["configurations"] = whole(h.configurations.at(key));
      entry["parameters"] = parameters_json(parameters, formats, &base);
      devices.push_back(std::move(entry));
    };
    for (const auto& [key, parameters] : h.board) {
      const Observation& m = *a_measurement_of.at(key);
      add(key, parameters, h.processor_class.at(m.source.query.runtime + "|" + m.processor_class), "");
    }
    for (const auto& [key, parameters] : h.unit) {
      const Observation& m = *a_measurement_of.at(key);
      if (!m.source.query.power_mode.empty())
        add(key, parameters, h.processor_class.at(m.source.query.runtime + "|" + m.processor_class),
            m.source.query.power_mode);
    }
    const Json file = {
        {"type", "calibrations"}, {"format_version", 1},      {"id", id},
        {"runtime", id},          {"provenance", provenance}, {"defaults", parameters_json(defaults, formats, nullptr)},
        {"classes", classes},     {"devices", devices}};
    const std::string path = (std::filesystem::path(r.directory) / (id + ".json")).string();
    if (const Errors errors = write_file(path, file.dump(2) + "\n"); !errors.empty()) {
      report(errors, err);
      return failure;
    }
    out << path << ": " << classes.size() << " classes, " << devices.size() << " devices\n";
  }

  Json rules = Json::array();
  static constexpr const char* situations[] = {"calibrated", "related", "datasheet"};
  for (const IntervalRule& i : intervals_of(published, cross_validate(published, h))) {
    Json rule = {{"metric", i.metric}};
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
  const std::string path = (std::filesystem::path(r.directory) / "intervals.json").string();
  if (const Errors errors = write_file(path, file.dump(2) + "\n"); !errors.empty()) {
    report(errors, err);
    return failure;
  }
  out << path << ": " << rules.size() << " intervals\n";
  return done;
}

}  // namespace edgewise
