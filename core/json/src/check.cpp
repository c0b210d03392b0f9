#include "edgewise/check.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "edgewise/canonical.h"
#include "edgewise/text.h"
#include "parse.h"
#include "rules.h"

namespace edgewise {

namespace json {

const Json& list_in(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto it = object.find(key);
  return it != object.end() ? *it : none;
}

const Json& object_in(const Json& object, const char* key) {
  static const Json none = Json::object();
  const auto it = object.find(key);
  return it != object.end() ? *it : none;
}

std::string at(const std::string& list, std::size_t index) { return list + "[" + std::to_string(index) + "]"; }

namespace {

/// A name that others put between spaces: queries, samples of an engine, measurements.
void check_name(const Checked& c, const std::string& name, const std::string& path) {
  if (name.find_first_of(" \t\n\r") != name.npos) c.refuse("bad_id", path, "must have no spaces");
}

/// Whether a name is a problem: `known` has some of its kind, all of them in fact, and not this one.
template <class Table>
bool lacks(const Checked& c, const Table& known, const std::string& name) {
  return !c.partial && !known.empty() && known.find(name) == known.end();
}

void check_format(const Checked& c, const std::string& name, const std::string& path) {
  const FormatTable& formats = c.known.formats();
  if (name.empty() || !formats.defined()) return;
  const auto f = formats.find(name);
  if (!f || !formats[*f].defined()) c.refuse("unknown_format", path, quoted(name) + " is no storage format");
}

/// A class of processors that a device has; of one that no device has yet, more than one runtime must know.
void check_processor_class(const Checked& c, const std::string& name, Processor processor, const std::string& path) {
  if (c.partial || c.known.devices().empty()) return;
  for (const auto& [id, d] : c.known.devices())
    if (processor_class(d.device, processor) == name) return;
  const auto runtimes = std::count_if(c.known.runtimes().begin(), c.known.runtimes().end(), [&](const auto& r) {
    const auto& classes = r.second.processor_classes;
    return r.second.processor == processor && std::find(classes.begin(), classes.end(), name) != classes.end();
  });
  if (runtimes < 2)
    c.refuse("reference", path, "no device has a " + std::string(to_string(processor)) + " of class " + quoted(name));
}

/// Names are of one preset: `meant` says whom a name stands for among all.
template <class Means>
void check_names(const Checked& c, const Means& meant) {
  const auto check_readable = [&](const std::string& name, const std::string& path) {
    if (name.size() > longest_name)
      c.refuse("name", path, "is longer than " + std::to_string(longest_name) + " bytes");
    else if (harmless(name) != name)
      c.refuse("name", path, quoted(name) + " holds what is no visible character");
  };
  const std::string id = text_in(c.preset, "id");
  check_readable(text_in(c.preset, "name"), "name");
  std::size_t i = 0;
  for (const Json& alias : list_in(c.preset, "aliases")) {
    const std::string name = alias.get<std::string>(), path = at("aliases", i++);
    check_readable(name, path);
    std::vector<std::string> others = meant(name).fitting();
    std::erase(others, id);
    if (!others.empty()) c.refuse("name", path, quoted(name) + " names " + listed(others) + " already");
  }
}

// Models

/// How far a published count of parameters may lie from the counted one: people round to two digits.
constexpr double published_tolerance = 0.015;

void check_parameters(const Checked& c) {
  const Json &p = object_in(c.preset, "parameters"), &d = object_in(c.preset, "counted_detail");
  const double text = number_in(p, "counted_text"), total = number_in(p, "counted_total"),
               read = number_in(p, "decode_read"), published = number_in(p, "published");
  if (read > text) c.refuse("inconsistent", "parameters.decode_read", "is above counted_text");
  if (text > total) c.refuse("inconsistent", "parameters.counted_text", "is above counted_total");
  if (!d.empty()) {
    if (number_in(d, "text") + number_in(d, "vision") + number_in(d, "projector") + number_in(d, "audio") !=
        number_in(d, "total"))
      c.refuse("inconsistent", "counted_detail.total", "is not the sum of text, vision, projector and audio");
    for (const auto& [part, counted] : {std::pair("text", text), {"total", total}, {"decode_read", read}})
      if (number_in(d, part) != counted)
        c.refuse("inconsistent", std::string("counted_detail.") + part, "is another number than in parameters");
  }
  if (!is_known(published)) return;
  if (!has(p, "scope") || !has(p, "source")) c.refuse("source", "parameters.published", "needs scope and source");
  const double counted = text_in(p, "scope") == "total" ? total : text;
  if (std::fabs(counted / published - 1) > published_tolerance && !has(c.preset, "note"))
    c.refuse("inconsistent", "parameters.published",
             "is " + significant(100 * std::fabs(counted / published - 1)) +
                 " % off the counted parameters, and no note says why");
}

void check_model(const Checked& c) {
  const Model& m = c.own.models().begin()->second;
  if (m.checkpoint)
    for (std::size_t i = 0; i < m.checkpoint->quantizations.size(); ++i)
      if (const std::string& id = m.checkpoint->quantizations[i]; lacks(c, c.known.quantizations(), id))
        c.refuse("reference", at("checkpoint.quantizations", i), quoted(id) + " is no recipe");
  for (const auto& [key, kv] : {std::pair("num_key_value_heads", m.num_key_value_heads),
                                {"num_global_key_value_heads", m.num_global_key_value_heads}})
    if (kv > 0 && std::fmod(m.num_attention_heads, kv) != 0)
      c.refuse("inconsistent", std::string("config.") + key, "does not divide num_attention_heads");
  for (const auto& [key, mixer] :
       {std::pair("linear_attention", Mixer::linear_attention), {"shortconv", Mixer::conv}, {"mamba", Mixer::mamba}})
    if (has(object_in(c.preset, "config"), key) &&
        std::none_of(m.layers.begin(), m.layers.end(),
                     [&, &kind = mixer](const Layer& l) { return l.mixer == kind || l.beside == kind; }))
      c.refuse("inconsistent", std::string("config.") + key, "is given, but no layer is of that kind");
  if (const std::string repo = text_in(c.preset, "hf_repo"); !repo.empty()) {
    const auto slash = repo.find('/');
    if (slash == repo.npos || slash == 0 || slash + 1 == repo.size() || repo.find('/', slash + 1) != repo.npos ||
        repo.find(' ') != repo.npos)
      c.refuse("bad_id", "hf_repo", "must be owner/name");
  }
  check_parameters(c);
  check_names(c, [&](const std::string& name) { return c.known.model_meant(name); });
}

// Calibrations

void check_power_mode(const Checked& c, const Device& device, const std::string& mode, const std::string& path) {
  if (mode.empty() || std::any_of(device.power_modes.begin(), device.power_modes.end(),
                                  [&](const PowerMode& m) { return m.id == mode; }))
    return;
  c.refuse("reference", path, quoted(mode) + " is no power mode of " + device.id);
}

/// One entry for each of them.
void check_once(const Checked& c, std::set<std::string>& seen, const std::string& what, const std::string& path) {
  if (!seen.insert(what).second) c.refuse("duplicate", path, what + " stands there twice");
}

std::string joined(std::initializer_list<std::string> words) {
  std::string out;
  for (const std::string& word : words)
    if (!word.empty()) out += (out.empty() ? "" : " ") + word;
  return out;
}

void check_calibrations(const Checked& c) {
  const std::string runtime = text_in(c.preset, "runtime");
  if (text_in(c.preset, "id") != runtime)
    c.refuse("name", "runtime", "must be " + quoted(text_in(c.preset, "id")) + ", as the id says");
  const Runtime* of = c.known.runtime(runtime);
  if (lacks(c, c.known.runtimes(), runtime)) c.refuse("reference", "runtime", quoted(runtime) + " is no runtime");
  std::set<std::string> seen;
  std::size_t i = 0;
  for (const Json& entry : list_in(c.preset, "classes")) {
    const std::string path = at("classes", i++), name = text_in(entry, "processor_class");
    check_once(c, seen, name, path + ".processor_class");
    if (of) check_processor_class(c, name, of->processor, path + ".processor_class");
  }
  i = 0;
  for (const Json& entry : list_in(c.preset, "devices")) {
    const std::string path = at("devices", i++), mode = text_in(entry, "power_mode");
    std::size_t k = 0;
    for (const Json& id : list_in(entry, "devices")) {
      const std::string device = id.get<std::string>(), where = at(path + ".devices", k++);
      if (lacks(c, c.known.devices(), device)) c.refuse("reference", where, quoted(device) + " is no device");
      if (const DevicePreset* d = c.known.device(device)) check_power_mode(c, d->device, mode, path + ".power_mode");
      check_once(c, seen, joined({device, mode}), where);
    }
    k = 0;
    for (const Json& model : list_in(entry, "models"))
      if (const std::string id = text_in(model, "model"); lacks(c, c.known.models(), id))
        c.refuse("reference", at(path + ".models", k++) + ".model", quoted(id) + " is no model");
      else
        ++k;
  }
}

void check_intervals(const Checked& c) {
  std::set<std::string> families, seen;
  for (const auto& [id, runtime] : c.known.runtimes()) families.insert(runtime.family);
  std::size_t i = 0;
  for (const Json& interval : list_in(c.preset, "intervals")) {
    const std::string path = at("intervals", i++), family = text_in(interval, "family");
    if (!family.empty() && lacks(c, families, family))
      c.refuse("reference", path + ".family", "no runtime is of the family " + quoted(family));
    const bool model_measured = interval.contains("model_measured");
    const double known = number_in(interval, "known");
    check_once(c, seen,
               joined({text_in(interval, "metric"), family, text_in(interval, "situation"),
                       is_known(known) ? "of " + number_text(known) + " known" : "",
                       model_measured ? "of a measured model" : ""}),
               path);
  }
}

// Devices

/// What clocks of processors that can be bought lie between.
constexpr double least_cpu_hz = 0.3e9, most_cpu_hz = 7e9, least_gpu_hz = 100e6, most_gpu_hz = 4e9;

void check_processors(const Checked& c, const Device& d) {
  if (d.cpu_clusters.empty() && !d.has_gpu && !d.has_npu)
    c.refuse("inconsistent", "cpu", "is missing, and so are gpu and npu");
  if (number_in(object_in(c.preset, "cpu"), "threads") < d.cores())
    c.refuse("inconsistent", "cpu.threads", "is below the number of cores");
  for (std::size_t i = 0; i < d.cpu_clusters.size(); ++i)
    if (const double hz = d.cpu_clusters[i].clock_hz; hz < least_cpu_hz || hz > most_cpu_hz)
      c.refuse("physics", at("cpu.clusters", i) + ".clock_ghz", "is no plausible clock");
  if (d.gpu_clock_hz < least_gpu_hz || d.gpu_clock_hz > most_gpu_hz)
    c.refuse("physics", "gpu.clock_mhz", "is no plausible clock");
}

void check_device(const Checked& c) {
  const DevicePreset& preset = c.own.devices().begin()->second;
  const Device& d = preset.device;
  if (lacks(c, c.known.device_classes(), d.device_class))
    c.refuse("reference", "class", quoted(d.device_class) + " is no class of devices");
  check_processors(c, d);
  std::set<std::string> modes;
  for (std::size_t i = 0; i < d.power_modes.size(); ++i) {
    const std::string path = at("power.modes", i);
    check_once(c, modes, d.power_modes[i].id, path + ".id");
    if (!d.cpu_clusters.empty() && d.power_modes[i].cpu_cores_online > d.cores())
      c.refuse("physics", path + ".cpu_cores_online", "is more than there are cores");
  }
  const Json& confidence = object_in(c.preset, "confidence");
  const auto known = [&](const char* group) {
    return has(confidence, group) && text_in(confidence, group) != "assumed";
  };
  const bool sure = known("memory") && (known("cpu") || known("gpu") || known("npu"));
  if (!has(c.preset, "confidence")) {
    // That it is missing was said.
  } else if (sure && has(c.preset, "unsure")) {
    c.refuse("inconsistent", "unsure", "is set, but memory and a processor are not assumed");
  } else if (!sure && !has(c.preset, "unsure")) {
    c.refuse("inconsistent", "unsure", "must be true: memory, or every processor, is assumed");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < preset.calibrations.size(); ++i) {
    const Calibration& calibration = preset.calibrations[i];
    const std::string path = at("calibrations", i);
    if (lacks(c, c.known.runtimes(), calibration.runtime))
      c.refuse("reference", path + ".runtime", quoted(calibration.runtime) + " is no runtime");
    check_power_mode(c, d, calibration.power_mode, path + ".power_mode");
    check_once(c, seen, joined({calibration.runtime, calibration.power_mode}), path);
  }
  check_names(c, [&](const std::string& name) { return c.known.device_meant(name); });
  check_physics(c);
}

// Runtimes and quantizations

void check_runtime(const Checked& c) {
  const Runtime& r = c.own.runtimes().begin()->second;
  const auto& recipes = c.known.quantizations();
  const auto is_family = [&](const std::string& name) {
    return std::any_of(recipes.begin(), recipes.end(), [&](const auto& q) { return q.second.family == name; });
  };
  for (std::size_t i = 0; i < r.quantizations.size(); ++i)
    if (lacks(c, recipes, r.quantizations[i]) && !is_family(r.quantizations[i]))
      c.refuse("reference", at("quantizations", i), quoted(r.quantizations[i]) + " is neither a recipe nor a family");
  const Quantization* usual = c.known.quantization(r.default_quantization);
  if (usual ? !r.runs(*usual) : lacks(c, recipes, r.default_quantization))
    c.refuse("reference", "default_quantization", quoted(r.default_quantization) + " is no recipe that it runs");
  check_format(c, text_in(c.preset, "default_kv_format"), "default_kv_format");
  for (std::size_t i = 0; i < r.kv_formats.size(); ++i) check_format(c, r.kv_formats[i], at("kv_formats", i));
  if (!r.models_of.empty()) {
    const Runtime* of = c.known.runtime(r.models_of);
    if (lacks(c, c.known.runtimes(), r.models_of) || (of && !of->models_of.empty()))
      c.refuse("reference", "models_of", quoted(r.models_of) + " is no runtime that lists models itself");
    if (!r.model_types.empty()) c.refuse("inconsistent", "models_of", "leaves no room for a list of its own");
  }
  if (!r.host_runtime.empty()) {
    if (lacks(c, c.known.runtimes(), r.host_runtime))
      c.refuse("reference", "host_runtime", quoted(r.host_runtime) + " is no runtime");
    else if (const Runtime* host = c.known.runtime(r.host_runtime); host && host->processor != Processor::cpu)
      c.refuse("inconsistent", "host_runtime", quoted(r.host_runtime) + " does not run on the host's cores");
  }
  for (std::size_t i = 0; i < r.processor_classes.size(); ++i)
    check_processor_class(c, r.processor_classes[i], r.processor, at("processor_classes", i));
  for (std::size_t i = 0; i < r.tied_output_repacked_on.size(); ++i)
    check_processor_class(c, r.tied_output_repacked_on[i], r.processor, at("memory.tied_output_repacked_on", i));
  for (std::size_t i = 0; i < r.rank_on.size(); ++i)
    for (std::size_t k = 0; k < r.rank_on[i].processor_classes.size(); ++k)
      check_processor_class(c, r.rank_on[i].processor_classes[k], r.processor,
                            at(at("rank_on", i) + ".processor_classes", k));
}

void check_recipe_rule(const Checked& c, const Json& rule, const std::string& path) {
  const std::string layers = text_in(rule, "layers");
  if (has(rule, "layer_argument") && (layers.empty() || layers == "all" || layers == "use_more_bits"))
    c.refuse("inconsistent", path + ".layer_argument", "is given, but its layers need none");
  if (number_in(rule, "min_gqa") >= number_in(rule, "max_gqa"))
    c.refuse("inconsistent", path + ".min_gqa", "is not below max_gqa: the rule holds for no model");
  if (number_in(rule, "min_experts") > number_in(rule, "experts"))
    c.refuse("inconsistent", path + ".min_experts", "is above experts: the rule holds for no model");
}

void check_quantizations(const Checked& c) {
  const std::string family = text_in(c.preset, "family");
  std::set<std::string> seen;
  std::size_t i = 0;
  for (const Json& recipe : list_in(c.preset, "recipes")) {
    const std::string path = at("recipes", i++), id = text_in(recipe, "id");
    check_name(c, id, path + ".id");
    check_once(c, seen, id, path + ".id");
    if (const Quantization* other = c.known.quantization(id); other && other->family != family)
      c.refuse("name", path + ".id", quoted(id) + " is a recipe of " + other->family + " already");
    if (!has(recipe, "source") && !has(c.preset, "sources"))
      c.refuse("source", path, "has no source, and the file has no sources");
    std::size_t k = 0;
    for (const Json& rule : list_in(recipe, "rules")) check_recipe_rule(c, rule, at(path + ".rules", k++));
  }
}

/// What a weight takes with its scales.
constexpr double least_bits = 1, most_bits = 32;

void check_formats(const Checked& c) {
  std::size_t i = 0;
  for (const Json& format : list_in(c.preset, "formats")) {
    const std::string path = at("formats", i++);
    check_name(c, text_in(format, "id"), path + ".id");
    const double bits = 8 * number_in(format, "block_bytes") / number_in(format, "block_weights");
    if (!(bits >= least_bits && bits <= most_bits))
      c.refuse("physics", path + ".block_bytes",
               "makes " + significant(bits) + " bits per weight, must be between 1 and 32");
  }
}

void check_launchers(const Checked& c) {
  std::size_t i = 0;
  for (const Launcher& l : c.own.launchers()) {
    const std::string path = at("launchers", i++) + ".backends";
    for (std::size_t k = 0; k < l.backends.size(); ++k) {
      const Runtime* rt = c.known.runtime(l.backends[k].runtime);
      if (!rt && !c.partial)
        c.refuse("reference", at(path, k) + ".runtime", quoted(l.backends[k].runtime) + " is no runtime");
      for (std::size_t n = 0; rt && n < l.backends[k].processor_classes.size(); ++n)
        check_processor_class(c, l.backends[k].processor_classes[n], rt->processor,
                              at(at(path, k) + ".processor_classes", n));
    }
  }
}

/// A typical host is a computer: somebody there computes what a card does not hold.
void check_device_classes(const Checked& c) {
  std::size_t i = 0;
  for (const Json& entry : list_in(c.preset, "classes")) {
    const std::string path = at("classes", i++) + ".hosts";
    std::size_t k = 0;
    for (const Json& host : list_in(entry, "hosts")) {
      const std::string id = text_in(host, "device");
      const DevicePreset* device = c.known.device(id);
      if (lacks(c, c.known.devices(), id))
        c.refuse("reference", at(path, k) + ".device", quoted(id) + " is no device");
      else if (device && device->device.cpu_clusters.empty())
        c.refuse("inconsistent", at(path, k) + ".device", quoted(id) + " has no CPU");
      ++k;
    }
  }
}

/// Every point of a study has an answer.
void check_study(const Checked& c) {
  if (c.partial || c.known.models().empty() || c.known.devices().empty()) return;
  Errors errors;
  Reader r(c.preset, "", errors);
  r.word("type", {"study"}, 0);
  r.required_number("format_version", 1, 1);
  const Study study = parse_study(r);
  if (!errors.empty()) return;  // said where the shape is checked
  for (std::size_t t = 0; t < study.tables.size(); ++t) {
    std::size_t i = 0;
    for (const StudyRow& row : study_rows(c.known, study, study.tables[t])) {
      if (!row.answer)
        c.refuse("reference", at("tables", t),
                 "row " + std::to_string(i) + " has no answer: " + row.answer.errors()[0].path + " " +
                     row.answer.errors()[0].message);
      ++i;
    }
  }
}

struct Rules {
  std::string_view type;
  void (*check)(const Checked&);
};
constexpr Rules rules_of_types[] = {{"model", check_model},
                                    {"device", check_device},
                                    {"runtime", check_runtime},
                                    {"formats", check_formats},
                                    {"quantizations", check_quantizations},
                                    {"calibrations", check_calibrations},
                                    {"intervals", check_intervals},
                                    {"launchers", check_launchers},
                                    {"device-classes", check_device_classes},
                                    {"study", check_study}};

}  // namespace

}  // namespace json

namespace {

std::vector<Problem> problems_of(const Errors& errors) {
  std::vector<Problem> out;
  for (const Error& e : errors) out.push_back({e.code, e.path, e.message});
  return out;
}

}  // namespace

std::vector<Problem> check(std::string_view text, const Catalog& known, const CheckOptions& options) {
  const auto parsed = json::parse_strict(text);
  return parsed ? check_document(*parsed, known, options) : problems_of(parsed.errors());
}

std::vector<Problem> check_document(const json::Json& preset, const Catalog& known, const CheckOptions& options) {
  Errors errors;
  Catalog own;
  own.set(known.formats());
  json::read_preset(preset, own, errors, json::Reading::checked);
  std::vector<Problem> problems = problems_of(errors);
  if (!errors.empty()) {
    // One that only lacks what the rule book wants still has a sense that can be wrong.
    errors.clear();
    own = Catalog();
    own.set(known.formats());
    json::read_preset(preset, own, errors, json::Reading::preset);
    if (!errors.empty()) return problems;
  }
  const json::Checked checked{preset, own, known, options.partial, problems};
  const std::string type = json::text_in(preset, "type");
  for (const json::Rules& r : json::rules_of_types)
    if (r.type == type) r.check(checked);
  return problems;
}

}  // namespace edgewise
