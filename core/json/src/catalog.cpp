#include <algorithm>

#include "edgewise/presets.h"
#include "parse.h"

namespace edgewise {

using json::Json;
using json::Reader;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

template <class Map>
std::string resolve(const Map& items, const std::map<std::string, std::string, std::less<>>& aliases,
                    std::string_view id) {
  if (items.find(id) != items.end()) return std::string(id);
  const auto it = aliases.find(lower(id));
  return it == aliases.end() ? std::string() : it->second;
}

template <class Map>
std::vector<std::string> keys(const Map& items) {
  std::vector<std::string> out;
  for (const auto& [id, value] : items) out.push_back(id);
  return out;
}

template <class Map>
auto* find_in(const Map& items, std::string_view id) {
  const auto it = items.find(id);
  return it == items.end() ? nullptr : &it->second;
}

void add_aliases(std::map<std::string, std::string, std::less<>>& to, Reader& r, const std::string& id) {
  to[lower(id)] = id;
  for (const std::string& alias : r.texts("aliases")) to.emplace(lower(alias), id);
}

}  // namespace

bool Catalog::runs(const Runtime& runtime, const Quantization& quantization) {
  const auto& q = runtime.quantizations;
  return std::find(q.begin(), q.end(), quantization.id) != q.end() ||
         std::find(q.begin(), q.end(), quantization.family) != q.end();
}

Result<std::string> Catalog::add(std::string_view text) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  Reader r(*parsed, "", errors);
  if (!r) return errors;
  const std::string type = r.required_text("type");
  if (const double version = r.required_number("format_version", 1, 1e6); errors.empty() && version > 1)
    return Error{"format_version", "format_version", "is newer than this program reads (1)"};
  if (!errors.empty()) return errors;

  const auto check = [&](const std::string& id) {
    if (errors.empty() && id.empty()) r.error("id", "missing", "is empty");
    return errors.empty();
  };

  if (type == "model") {
    Model m = json::parse_model(r);
    r.finish();
    if (!check(m.id)) return errors;
    add_aliases(model_aliases_, r, m.id);
    if (const std::string repo = r.text("hf_repo"); !repo.empty()) model_aliases_.emplace(lower(repo), m.id);
    const std::string id = m.id;
    models_[id] = std::move(m);
    return id;
  }
  if (type == "device") {
    DevicePreset d = json::parse_device(r, formats_);
    if (!check(d.device.id)) return errors;
    add_aliases(device_aliases_, r, d.device.id);
    const std::string id = d.device.id;
    devices_[id] = std::move(d);
    return id;
  }
  if (type == "runtime") {
    Runtime rt = json::parse_runtime(r, formats_);
    if (!check(rt.id)) return errors;
    if (const auto it = default_parameters_.find(rt.id); it != default_parameters_.end()) rt.defaults = it->second;
    if (const auto it = class_parameters_.find(rt.id); it != class_parameters_.end()) rt.classes = it->second;
    const std::string id = rt.id;
    runtimes_[id] = std::move(rt);
    return id;
  }
  if (type == "formats") {
    FormatTable table = json::parse_formats(r);
    if (!errors.empty()) return errors;
    formats_ = std::move(table);
    return std::string("formats");
  }
  if (type == "quantizations") {
    auto recipes = json::parse_quantizations(r, formats_);
    if (!errors.empty()) return errors;
    auto readers = r.objects("recipes");
    for (std::size_t i = 0; i < recipes.size(); ++i) {
      const std::string id = recipes[i].id;
      if (quantizations_.find(id) == quantizations_.end()) {
        quantization_aliases_.emplace(lower(id), id);
        for (const std::string& alias : readers[i].texts("aliases")) quantization_aliases_.emplace(lower(alias), id);
      }
      quantizations_[id] = std::move(recipes[i]);
    }
    return r.text("family");
  }
  if (type == "calibrations") {
    const std::string runtime = r.required_text("runtime");
    Parameters defaults;
    if (Reader p = r.object("defaults")) {
      defaults = json::parse_parameters(p, formats_);
      p.finish();
    }
    std::vector<Runtime::ClassParameters> classes;
    for (Reader& c : r.objects("classes")) {
      Runtime::ClassParameters entry;
      entry.processor_class = c.required_text("processor_class");
      if (Reader p = c.object("parameters")) {
        entry.parameters = json::parse_parameters(p, formats_);
        p.finish();
      }
      c.ignore({"configurations", "devices", "note"});
      c.finish();
      classes.push_back(std::move(entry));
    }
    std::vector<Calibration> devices;
    for (Reader& c : r.objects("devices")) {
      const auto ids = c.texts("devices");  // memory sizes of one board
      if (ids.empty()) c.error("devices", "missing", "names no device");
      Calibration calibration = json::parse_calibration(c, formats_, runtime, "-");
      for (const std::string& id : ids) {
        calibration.device = id;
        devices.push_back(calibration);
      }
    }
    r.ignore({"id", "provenance", "note", "sources"});
    r.finish();
    if (!check(runtime)) return errors;
    if (const auto it = runtimes_.find(runtime); it != runtimes_.end()) {
      it->second.defaults = defaults;
      it->second.classes = classes;
    }
    default_parameters_[runtime] = defaults;
    class_parameters_[runtime] = std::move(classes);
    fitted_[runtime] = std::move(devices);
    return runtime;
  }
  if (type == "intervals") {
    std::vector<IntervalRule> rules;
    for (Reader& i : r.objects("intervals")) {
      IntervalRule rule;
      rule.metric = i.required_text("metric");
      rule.family = i.text("family");
      rule.situation = static_cast<Situation>(i.word("situation", {"calibrated", "related", "datasheet"}, 2));
      rule.low = i.required_number("low", 0.001, 1);
      rule.high = i.required_number("high", 1, 1000);
      rule.configurations = i.number("configurations", 0, 1e9, 0);
      i.finish();
      rules.push_back(std::move(rule));
    }
    r.ignore({"id", "provenance", "note", "sources"});
    r.finish();
    if (!errors.empty()) return errors;
    intervals_ = std::move(rules);
    return std::string("intervals");
  }
  return Error{
      "unknown_word", "type",
      "is \"" + type + "\", must be one of model, device, runtime, formats, quantizations, calibrations, intervals"};
}

Result<std::string> Catalog::add_model(Model m) {
  if (m.id.empty()) return Error{"missing", "id", "is empty"};
  const std::string id = m.id;
  model_aliases_[lower(id)] = id;
  models_[id] = std::move(m);
  return id;
}

Errors Catalog::add_sequence(std::string_view text) {
  constexpr char separator = '\x1e';
  Errors all;
  std::size_t begin = 0;
  while (begin < text.size()) {
    if (text[begin] == separator) {
      ++begin;
      continue;
    }
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (auto added = add(text.substr(begin, end - begin)); !added)
      all.insert(all.end(), added.errors().begin(), added.errors().end());
    begin = end;
  }
  return all;
}

const Model* Catalog::model(std::string_view id) const { return find_in(models_, id); }
const DevicePreset* Catalog::device(std::string_view id) const { return find_in(devices_, id); }
const Runtime* Catalog::runtime(std::string_view id) const { return find_in(runtimes_, id); }
const Quantization* Catalog::quantization(std::string_view id) const { return find_in(quantizations_, id); }

const Calibration* Catalog::calibration(const DevicePreset& preset, std::string_view power_mode,
                                        std::string_view runtime) const {
  const auto fitted = fitted_.find(runtime);
  // The mode that was asked for first, then the board whatever its mode.
  for (const std::string_view mode : {power_mode, std::string_view()}) {
    const auto matches = [&](const Calibration& c) {
      return c.device == preset.device.id && c.power_mode == mode && c.runtime == runtime;
    };
    const auto own = std::find_if(preset.calibrations.begin(), preset.calibrations.end(), matches);
    if (own != preset.calibrations.end()) return &*own;
    if (fitted == fitted_.end()) continue;
    const auto it = std::find_if(fitted->second.begin(), fitted->second.end(), matches);
    if (it != fitted->second.end()) return &*it;
  }
  return nullptr;
}

std::string Catalog::resolve_model(std::string_view id) const { return resolve(models_, model_aliases_, id); }
std::string Catalog::resolve_device(std::string_view id) const { return resolve(devices_, device_aliases_, id); }
std::string Catalog::resolve_quantization(std::string_view id, const Runtime& runtime) const {
  const auto range = quantization_aliases_.equal_range(lower(id));
  for (auto it = range.first; it != range.second; ++it)
    if (runs(runtime, *quantization(it->second))) return it->second;
  return {};
}
std::vector<std::string> Catalog::nearest_models(std::string_view word) const {
  return json::nearest(lower(word), keys(models_));
}
std::vector<std::string> Catalog::nearest_devices(std::string_view word) const {
  return json::nearest(lower(word), keys(devices_));
}
std::vector<std::string> Catalog::nearest_quantizations(std::string_view word) const {
  return json::nearest(word, keys(quantizations_));
}
std::vector<std::string> Catalog::nearest_runtimes(std::string_view word) const {
  return json::nearest(lower(word), keys(runtimes_));
}

}  // namespace edgewise
