#include "edgewise/catalog.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "edgewise/known.h"
#include "edgewise/text.h"
#include "names.h"
#include "order.h"

namespace edgewise {

namespace {

/// One number for all intervals of one kind and situation.
int interval_question(Kind kind, Situation situation) {
  return 3 * static_cast<int>(kind) + static_cast<int>(situation);
}

template <class Map>
auto* find_in(const Map& items, std::string_view id) {
  const auto it = items.find(id);
  return it == items.end() ? nullptr : &it->second;
}

/// A name of a recipe, whatever its case and what joins its parts: "q4-k-m" is q4_k_m.
std::string spelled(std::string_view name) {
  std::string out = lower(name.substr(0, longest_name));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '-' || c == ' ' || c == '.'; }, '_');
  return out;
}

/// Ids are found as they are, and in any case.
const std::string* id_in(const NamesOf& presets, std::string_view typed) {
  const auto it = presets.find(typed);
  if (it != presets.end()) return &it->first;
  const auto small = presets.find(lower(typed.substr(0, longest_name)));
  return small != presets.end() && small->first.size() == typed.size() ? &small->first : nullptr;
}

std::vector<std::string> all_names(std::string name, const std::vector<std::string>& aliases) {
  std::vector<std::string> out = {std::move(name)};
  out.insert(out.end(), aliases.begin(), aliases.end());
  return out;
}

Catalog::Meant meant_of(const NamesOf& presets, std::string_view typed, const Words& words,
                        std::vector<std::string> ids) {
  Catalog::Meant out;
  if (ids.size() == 1) {
    out.id = std::move(ids[0]);
  } else {
    out.several = ids.size();
    out.near = likeliest(presets, typed, words, ids);
  }
  return out;
}

}  // namespace

std::vector<std::string> Catalog::Meant::fitting() const {
  if (!id.empty()) return {id};
  return {near.begin(), near.begin() + static_cast<std::ptrdiff_t>(std::min(several, near.size()))};
}

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
  device.power_conversions = known ? known->power_conversions : std::vector<PowerConversion>();
  if (!device.power_scope_is_own) device.power_scope = known ? known->power_scope : Scope::unstated;
  if (device.usable_is_own) return;
  usable.reserved_B = of_class.reserved_B;
  usable.reserved_share = of_class.reserved_share;
  usable.share = of_class.share;
  usable.larger = of_class.larger;
}

void Catalog::add(Model m, const std::vector<std::string>& aliases) {
  add_model_names(m.id, all_names(m.name, aliases));
  models_[m.id] = std::move(m);
}

void Catalog::add(DevicePreset preset, const std::vector<std::string>& aliases) {
  link(preset.device);
  add_device_names(preset.device.id, all_names(preset.device.name, aliases));
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
  model_names_read_.clear();  // what is a quantization in them may have changed
  add_name(spelled(recipe.id));
  for (const std::string& alias : aliases) add_name(spelled(alias));
  quantizations_[recipe.id] = std::move(recipe);
}

void Catalog::add(std::vector<DeviceClass> classes) {
  device_classes_.clear();
  for (DeviceClass& c : classes) device_classes_[c.id] = std::move(c);
  for (auto& [id, preset] : devices_) link(preset.device);
}

void Catalog::add(std::vector<IntervalRule> rules) {
  intervals_ = std::move(rules);
  // Those of one question after each other, what says most of it first.
  order_by(intervals_, [](const IntervalRule& r) {
    const std::size_t says = 4 * std::min(r.known, most_known_numbers) + 2 * r.model_measured + !r.family.empty();
    return 4.0 * (most_known_numbers + 1) * interval_question(r.kind, r.situation) - static_cast<double>(says);
  });
}
void Catalog::add(PowerCalibrations power) { power_ = std::move(power); }

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
        return (c.device == preset.device.id || c.device == preset.device.edited_from) && c.power_mode == mode &&
               c.runtime == runtime;
      });
      return it == list.end() ? nullptr : &*it;
    };
    if (const Calibration* own = in(preset.calibrations)) return {own, true};
    if (const Calibration* fitted = published ? in(published->devices) : nullptr) return {fitted, false};
  }
  return {};
}

std::string Catalog::typical_host(const Device& d) const {
  std::string id;
  if (const DeviceClass* known = find_in(device_classes_, d.device_class))
    for (const DeviceClass::Host& h : known->hosts)
      if (id.empty() || d.host_link_Bps >= h.from_link_Bps) id = h.device;
  return id;
}

std::optional<Catalog::Power> Catalog::power(const Device& device, std::string_view power_mode, Processor processor,
                                             Scope scope) const {
  const bool rail = scope == Scope::rail;
  Power out;
  bool found = false;
  for (const PowerCalibrations::Entry& e : power_.processors)
    if (e.processor == processor) out.parameters = e.parameters;
  for (const PowerCalibrations::Entry& e : power_.classes)
    if (e.processor == processor && e.device_class == device.device_class) {
      out.parameters = e.parameters.over(out.parameters);
      out.situation = Situation::related;
    }
  for (const std::string_view mode : {std::string_view(), power_mode})
    for (const PowerCalibrations::Entry& e : power_.devices)
      if (e.processor == processor && e.device == device.measured_as() && (e.scope == Scope::rail) == rail &&
          e.power_mode == mode && !(mode.empty() && found)) {
        out.parameters = e.parameters.over(out.parameters);
        out.situation = Situation::calibrated;
        out.configurations = e.configurations;
        found = true;
      }
  if (rail && !found) return std::nullopt;
  return out;
}

const IntervalRule* Catalog::interval(Kind kind, std::string_view family, Situation situation, std::size_t known,
                                      bool model_measured) const {
  const int asked = interval_question(kind, situation);
  auto rule = std::lower_bound(intervals_.begin(), intervals_.end(), asked, [](const IntervalRule& r, int than) {
    return interval_question(r.kind, r.situation) < than;
  });
  for (; rule != intervals_.end() && interval_question(rule->kind, rule->situation) == asked; ++rule)
    if (rule->known <= known && (model_measured || !rule->model_measured) &&
        (rule->family.empty() || rule->family == family))
      return &*rule;
  return nullptr;
}

void Catalog::add_model_names(std::string id, std::vector<std::string> names) {
  model_names_read_.erase(id);
  model_names_[std::move(id)] = std::move(names);
}
void Catalog::add_device_names(std::string id, std::vector<std::string> names) {
  device_names_read_.erase(id);
  device_names_[std::move(id)] = std::move(names);
}

Catalog::Meant Catalog::model_meant(std::string_view typed) const {
  if (typed.empty()) return {};
  if (const std::string* id = id_in(model_names_, typed)) return {*id, {}, {}};
  auto [ids, name] = models_meant(model_names_, model_names_read_, typed, [&](const std::string& quant) {
    return quantization_aliases_.contains(spelled(quant));
  });
  Meant out = meant_of(model_names_, typed, name.words, std::move(ids));
  out.quant = std::move(name.quant);
  return out;
}

Catalog::Meant Catalog::device_meant(std::string_view typed) const {
  if (typed.empty()) return {};
  if (const std::string* id = id_in(device_names_, typed)) return {*id, {}, {}};
  return meant_of(device_names_, typed, words_of(typed), devices_meant(device_names_, device_names_read_, typed));
}

const Launcher* Catalog::launcher(std::string_view typed) const {
  const Words words = words_of(typed);
  for (const Launcher& l : launchers_)
    for (const std::string& name : all_names(l.name, l.aliases))
      if (!words.empty() && (same_words(words, words_of(name)) || typed == l.id)) return &l;
  return nullptr;
}

Catalog::Meant Catalog::runtime_meant(std::string_view typed, const Device* device) const {
  NamesOf names;
  for (const auto& [id, runtime] : runtimes_) names[id] = {runtime.name};
  if (const std::string* id = id_in(names, typed)) return {*id, {}, {}};
  const Words words = words_of(typed);
  std::vector<std::string> named, of_family, forks;
  for (const auto& [id, runtime] : runtimes_) {
    if (same_words(words, words_of(id)) || same_words(words, words_of(runtime.name))) named.push_back(id);
    if (same_words(words, words_of(runtime.family))) (id.starts_with(runtime.family) ? of_family : forks).push_back(id);
  }
  // What has another name than its family is not meant by that.
  if (of_family.empty()) of_family = std::move(forks);
  if (named.empty() && device) {
    std::vector<std::string> run;
    for (const Runtime* runtime : runtimes_for(*device))
      if (std::find(of_family.begin(), of_family.end(), runtime->id) != of_family.end()) run.push_back(runtime->id);
    // What else is written like it does not run there. Where none does, the first of the family says why.
    if (const std::size_t several = run.size(); several > 1) return {{}, {}, std::move(run), several};
    if (run.size() == 1) of_family = std::move(run);
    if (of_family.size() > 1) of_family.resize(1);
  }
  return meant_of(names, typed, words, !named.empty() ? named : of_family);
}

std::string Catalog::resolve_quantization(std::string_view typed, const Runtime& runtime, const Device* device) const {
  const auto range = quantization_aliases_.equal_range(spelled(typed));
  for (auto it = range.first; it != range.second; ++it)
    if (const Quantization& q = *quantization(it->second); device ? runtime.runs(q, *device) : runtime.runs(q))
      return it->second;
  return {};
}
const Quantization* Catalog::native_quantization(const Model& model, const Runtime& runtime,
                                                 const Device& device) const {
  if (!model.checkpoint) return nullptr;
  const Checkpoint& own = *model.checkpoint;
  for (const std::string& id : own.quantizations)
    if (const Quantization* recipe = quantization(resolve_quantization(id, runtime, &device))) return recipe;
  if (!own.is_file() || !runtime.runs(own.recipe, device)) return nullptr;
  // Its family is run, but perhaps not the formats that another engine has added to it.
  std::bitset<max_formats> run, known;
  for (const auto& [id, recipe] : quantizations_) {
    known |= recipe.formats();
    if (runtime.runs(recipe, device)) run |= recipe.formats();
  }
  std::bitset<max_formats> held = own.recipe.formats();
  for (const StoredTensors& t : own.tensors) held.set(t.format);
  return (held & known & ~run).none() ? &own.recipe : nullptr;
}
bool Catalog::names_quantization(std::string_view typed) const {
  return quantization_aliases_.contains(spelled(typed));
}

std::vector<std::string> Catalog::nearest_quantizations(std::string_view typed) const {
  // "Q4" begins the names of several: those that people choose between first, then the others of their family.
  std::vector<const Quantization*> begun;
  for (const auto& [id, recipe] : quantizations_)
    if (spelled(id).starts_with(spelled(typed) + "_")) begun.push_back(&recipe);
  std::erase_if(begun, [all = begun](const Quantization* q) {
    return std::none_of(all.begin(), all.end(),
                        [&](const Quantization* c) { return c->common && c->family == q->family; });
  });
  if (!begun.empty()) {
    order_by(begun, [](const Quantization* q) { return static_cast<double>(q->id.size()) + (q->common ? 0 : 1000); });
    std::vector<std::string> out;
    for (const Quantization* q : begun)
      if (out.size() < 5) out.push_back(q->id);
    return out;
  }
  NamesOf names;
  for (const auto& [id, recipe] : quantizations_) names[id];
  for (const auto& [name, id] : quantization_aliases_) names[id].push_back(name);
  return likeliest(names, typed, words_of(typed));
}

Catalog::Implements Catalog::implements(const Runtime& asked, const Model& model) const {
  const auto lists = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  const Runtime* of = runtime(asked.models_of);
  const std::vector<std::string>& own = (of ? *of : asked).model_types;
  // What a file calls its architecture, others call otherwise.
  if (own.empty() || (model.model_type.starts_with("gguf:") && !lists(asked.quantizations, "gguf")))
    return Implements::unstated;
  // A type that nobody lists may be another name of its family.
  for (const std::string* name : {&model.model_type, &model.family}) {
    if (lists(own, *name)) return Implements::yes;
    for (const auto& [id, other] : runtimes_)
      if (lists(other.model_types, *name)) return Implements::no;
  }
  return Implements::unlisted;
}

std::vector<const Runtime*> Catalog::runtimes_for(const Device& d) const {
  std::array<std::string_view, static_cast<std::size_t>(Processor::count)> classes;
  for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = processor_class(d, static_cast<Processor>(i));
  std::vector<const Runtime*> out;
  for (const auto& [id, runtime] : runtimes_)
    if (runtime.runs_on(classes[static_cast<std::size_t>(runtime.processor)])) out.push_back(&runtime);
  order_by(out, [&](const Runtime* runtime) { return runtime->rank_for(d); });
  return out;
}

}  // namespace edgewise
