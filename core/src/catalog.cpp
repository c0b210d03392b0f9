#include "edgewise/catalog.h"

#include <algorithm>
#include <bitset>

#include "edgewise/text.h"
#include "order.h"

namespace edgewise {

namespace {

template <class Map>
std::string resolve(const Map& items, const Catalog::ByName<std::string>& aliases, std::string_view id) {
  if (items.find(id) != items.end()) return std::string(id);
  const auto it = aliases.find(lower(id));
  return it == aliases.end() ? std::string() : it->second;
}

template <class Map>
std::vector<std::string> nearest_of(const Map& items, std::string_view word) {
  std::vector<std::string> ids;
  ids.reserve(items.size());
  for (const auto& [id, value] : items) ids.push_back(id);
  return nearest(word, ids);
}

template <class Map>
auto* find_in(const Map& items, std::string_view id) {
  const auto it = items.find(id);
  return it == items.end() ? nullptr : &it->second;
}

void add_aliases(Catalog::ByName<std::string>& to, const std::string& id, const std::vector<std::string>& aliases) {
  to[lower(id)] = id;
  for (const std::string& alias : aliases) to.emplace(lower(alias), id);
}

}  // namespace

void Catalog::link(Runtime& runtime) const {
  const RuntimeCalibrations* fitted = calibrations(runtime.id);
  runtime.defaults = fitted ? fitted->defaults : Parameters();
  runtime.classes = fitted ? fitted->classes : std::vector<Runtime::ClassParameters>();
}

void Catalog::link(Device& device) const {
  const DeviceClass* known = find_in(device_classes_, device.device_class);
  const UsableMemory of_class = known ? known->usable : UsableMemory();
  UsableMemory& usable = device.usable;
  usable.session = of_class.session;
  if (device.usable_is_own) return;
  usable.reserved_B = of_class.reserved_B;
  usable.reserved_share = of_class.reserved_share;
  usable.share = of_class.share;
  usable.larger = of_class.larger;
}

void Catalog::add(Model m, const std::vector<std::string>& aliases) {
  add_aliases(model_aliases_, m.id, aliases);
  models_[m.id] = std::move(m);
}

void Catalog::add(DevicePreset preset, const std::vector<std::string>& aliases) {
  link(preset.device);
  add_aliases(device_aliases_, preset.device.id, aliases);
  devices_[preset.device.id] = std::move(preset);
}

void Catalog::add(Runtime runtime) {
  link(runtime);
  runtimes_[runtime.id] = std::move(runtime);
}

void Catalog::add(RuntimeCalibrations fitted) {
  const std::string id = fitted.runtime;
  calibrations_[id] = std::move(fitted);
  if (const auto it = runtimes_.find(id); it != runtimes_.end()) link(it->second);
}

void Catalog::add(Quantization recipe, const std::vector<std::string>& aliases) {
  const auto add_name = [&](const std::string& name) {
    const auto [begin, end] = quantization_aliases_.equal_range(name);
    if (std::none_of(begin, end, [&](const auto& known) { return known.second == recipe.id; }))
      quantization_aliases_.emplace(name, recipe.id);
  };
  add_name(lower(recipe.id));
  for (const std::string& alias : aliases) add_name(lower(alias));
  quantizations_[recipe.id] = std::move(recipe);
}

void Catalog::add(std::vector<DeviceClass> classes) {
  device_classes_.clear();
  for (DeviceClass& c : classes) device_classes_[c.id] = std::move(c);
  for (auto& [id, preset] : devices_) link(preset.device);
}

void Catalog::add(std::vector<IntervalRule> rules) { intervals_ = std::move(rules); }

const Model* Catalog::model(std::string_view id) const { return find_in(models_, id); }
const DevicePreset* Catalog::device(std::string_view id) const { return find_in(devices_, id); }
const Runtime* Catalog::runtime(std::string_view id) const { return find_in(runtimes_, id); }
const Quantization* Catalog::quantization(std::string_view id) const { return find_in(quantizations_, id); }
const RuntimeCalibrations* Catalog::calibrations(std::string_view id) const { return find_in(calibrations_, id); }

Catalog::Found Catalog::calibration(const DevicePreset& preset, std::string_view power_mode,
                                    std::string_view runtime) const {
  const RuntimeCalibrations* published = calibrations(runtime);
  for (const std::string_view mode : {power_mode, std::string_view()}) {
    const auto in = [&](const std::vector<Calibration>& list) -> const Calibration* {
      const auto it = std::find_if(list.begin(), list.end(), [&](const Calibration& c) {
        return c.device == preset.device.id && c.power_mode == mode && c.runtime == runtime;
      });
      return it == list.end() ? nullptr : &*it;
    };
    if (const Calibration* own = in(preset.calibrations)) return {own, true};
    if (const Calibration* fitted = published ? in(published->devices) : nullptr) return {fitted, false};
  }
  return {};
}

const IntervalRule* Catalog::interval(Kind kind, std::string_view family, Situation situation) const {
  const IntervalRule* best = nullptr;
  for (const IntervalRule& rule : intervals_) {
    if (rule.kind != kind || rule.situation != situation) continue;
    if (rule.family == family) return &rule;
    if (rule.family.empty()) best = &rule;
  }
  return best;
}

std::string Catalog::resolve_model(std::string_view id) const { return resolve(models_, model_aliases_, id); }
std::string Catalog::resolve_device(std::string_view id) const { return resolve(devices_, device_aliases_, id); }
std::string Catalog::resolve_quantization(std::string_view id, const Runtime& runtime) const {
  const auto range = quantization_aliases_.equal_range(lower(id));
  for (auto it = range.first; it != range.second; ++it)
    if (runtime.runs(*quantization(it->second))) return it->second;
  return {};
}
const Quantization* Catalog::native_quantization(const Model& model, const Runtime& runtime) const {
  if (!model.checkpoint) return nullptr;
  const Checkpoint& own = *model.checkpoint;
  for (const std::string& id : own.quantizations)
    if (const Quantization* recipe = quantization(resolve_quantization(id, runtime))) return recipe;
  if (!own.is_file() || !runtime.runs(own.recipe)) return nullptr;
  // Its family is run, but perhaps not the formats that another engine has added to it.
  std::bitset<max_formats> run, known;
  for (const auto& [id, recipe] : quantizations_) {
    known |= recipe.formats();
    if (runtime.runs(recipe)) run |= recipe.formats();
  }
  std::bitset<max_formats> held = own.recipe.formats();
  for (const StoredTensors& t : own.tensors) held.set(t.format);
  return (held & known & ~run).none() ? &own.recipe : nullptr;
}
bool Catalog::names_quantization(std::string_view id) const {
  return quantization_aliases_.find(lower(id)) != quantization_aliases_.end();
}

std::vector<std::string> Catalog::nearest_models(std::string_view word) const {
  return nearest_of(models_, lower(word));
}
std::vector<std::string> Catalog::nearest_devices(std::string_view word) const {
  return nearest_of(devices_, lower(word));
}
std::vector<std::string> Catalog::nearest_quantizations(std::string_view word) const {
  return nearest_of(quantizations_, word);
}
std::vector<std::string> Catalog::nearest_runtimes(std::string_view word) const {
  return nearest_of(runtimes_, lower(word));
}

std::vector<const Runtime*> Catalog::runtimes_for(const Device& d) const {
  std::vector<const Runtime*> out;
  for (const auto& [id, runtime] : runtimes_)
    if (runtime.runs_on(d)) out.push_back(&runtime);
  order_by(out, [&](const Runtime* runtime) { return runtime->rank_for(d); });
  return out;
}

}  // namespace edgewise
