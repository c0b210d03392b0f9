#include "fit_published.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "cross_validation.h"
#include "edgewise/canonical.h"
#include "edgewise/json_text.h"
#include "edgewise/parameters_json.h"
#include "known_validation.h"
#include "power_fit.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

double whole(double x) { return std::round(x); }

/// What the power of devices is, whatever the runtime.
Json power_json(const PowerHierarchy& h, const FormatTable& formats,
                const std::map<std::string, std::vector<std::string>>& devices_of_board) {
  Json processors = Json::array(), classes = Json::array(), devices = Json::array();
  std::map<std::string, std::set<std::string>> boards;
  std::map<std::string, double> behind;
  for (const auto& [key, m] : h.a_sample_of)
    if (h.site.count(key) && m->scope != Scope::rail) {
      boards[power_class_of(*m)].insert(m->board);
      behind[processor_of(*m)] += h.configurations.at(key);
    }
  const auto add = [&](Json& list, Json entry, double configurations, const Parameters& parameters) {
    entry["configurations"] = whole(configurations);
    entry["parameters"] = parameters_json(power_part(parameters), formats, nullptr);
    list.push_back(std::move(entry));
  };
  for (const auto& [processor, parameters] : h.processor)
    add(processors, {{"processor", processor}}, behind[processor], parameters);
  for (const auto& [key, parameters] : h.device_class) {
    const RowSample& m = *h.a_sample_of.at(key);
    add(classes,
        {{"processor", processor_of(m)},
         {"device_class", m.device->device_class},
         {"devices", boards[power_class_of(m)].size()}},
        h.configurations.at(key), parameters);
  }
  const auto add_device = [&](const std::string& key, const Parameters& parameters, const std::string& power_mode) {
    const RowSample& m = *h.a_sample_of.at(key);
    Json entry = {{"devices", devices_of_board.at(m.board)}, {"processor", processor_of(m)}};
    if (!power_mode.empty()) entry["power_mode"] = power_mode;
    entry["power_scope"] = to_string(m.scope == Scope::rail ? Scope::rail : m.device->power_scope);
    add(devices, std::move(entry), h.configurations.at(key), parameters);
  };
  for (const auto& [key, parameters] : h.site) add_device(key, parameters, "");
  for (const auto& [key, parameters] : h.setting)
    if (const std::string& mode = h.a_sample_of.at(key)->row.query.power_mode; !mode.empty())
      add_device(key, parameters, mode);
  return {{"processors", processors}, {"classes", classes}, {"devices", devices}};
}

}  // namespace

std::vector<CalibrationFile> fit_published(const std::vector<Row>& rows, const Catalog& catalog) {
  const Samples samples(rows, catalog);
  const HierarchyFit fitted(samples);
  const Hierarchy& h = fitted.all();
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
    if (m.row.exclude.empty()) configurations_of_class[cls] += m.vote;
  }

  std::vector<CalibrationFile> out;
  for (const auto& known : catalog.runtimes()) {
    // Not a structured binding: clang 14's lambdas cannot hold one.
    const std::string& id = known.first;
    const Runtime& runtime = known.second;
    const auto by_processor = h.processor.find(to_string(runtime.processor));
    if (by_processor == h.processor.end()) continue;
    const auto by_runtime = h.runtime.find(id);
    const Parameters defaults = without_power(by_runtime != h.runtime.end()
                                                  ? by_runtime->second
                                                  : believed(runtime, by_processor->second).over(by_processor->second));
    Json classes = Json::array(), devices = Json::array();
    for (const auto& [key, parameters] : h.processor_class) {
      if (key.rfind(id + "|", 0) != 0) continue;
      classes.push_back({{"processor_class", key.substr(id.size() + 1)},
                         {"devices", boards_of_class[key].size()},
                         {"configurations", whole(configurations_of_class[key])},
                         {"parameters", parameters_json(without_power(parameters), formats, &defaults)}});
    }
    const auto add = [&](const std::string& key, const Parameters& parameters, const Parameters& base,
                         const std::string& power_mode) {
      const RowSample& m = *a_sample_of.at(key);
      if (m.row.query.runtime != id) return;
      Json entry = {{"devices", devices_of_board.at(m.board)}};
      if (!power_mode.empty()) entry["power_mode"] = power_mode;
      entry["origin"] = "fitted";
      // What was measured in one mode alone is of the site, else what was measured in no stated one.
      const std::string setting = h.setting.count(m.setting) && power_mode.empty() ? m.site + "|" : m.setting;
      const auto in_mode = h.configurations.find(setting);
      entry["configurations"] = whole(in_mode != h.configurations.end() ? in_mode->second : h.configurations.at(key));
      if (const auto measured = h.models.find(setting); measured != h.models.end() && !measured->second.empty())
        entry["models"] = models_json(measured->second);
      entry["parameters"] = parameters_json(without_power(parameters), formats, &base);
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
    out.push_back({id, canonical_text(file),
                   std::to_string(classes.size()) + " classes, " + std::to_string(devices.size()) + " devices"});
  }

  Json power = {{"type", "power"}, {"format_version", 1}, {"id", "power"}, {"provenance", provenance}};
  power.update(power_json(fit_power(samples, h), formats, devices_of_board));
  out.push_back({"power", canonical_text(power), std::to_string(power["devices"].size()) + " devices"});

  Json rules = Json::array();
  static constexpr const char* situations[] = {"calibrated", "related", "datasheet"};
  std::vector<IntervalRule> intervals = intervals_of(samples, cross_validate(samples, fitted));
  for (IntervalRule& i : intervals_of(validate_known(samples, fitted, catalog))) intervals.push_back(std::move(i));
  for (const IntervalRule& i : intervals) {
    Json rule = {{"metric", to_string(i.kind)}};
    if (!i.family.empty()) rule["family"] = i.family;
    rule["situation"] = situations[static_cast<std::size_t>(i.situation)];
    if (i.known > 0) rule["known"] = i.known;
    if (i.model_measured) rule["model_measured"] = true;
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
  out.push_back({"intervals", canonical_text(file), std::to_string(rules.size()) + " intervals"});
  return out;
}

}  // namespace edgewise
