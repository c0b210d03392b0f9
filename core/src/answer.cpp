#include "edgewise/answer.h"

#include <algorithm>
#include <cmath>

#include "arithmetic.h"
#include "corrected.h"
#include "drafting.h"
#include "edgewise/edits.h"
#include "edgewise/options.h"
#include "edgewise/prior.h"
#include "edgewise/speculation.h"
#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "names.h"
#include "unknown_name.h"

namespace edgewise {

namespace {

/// A compute capability as NVIDIA writes it: "8.9", "10.0".
std::string generation(double capability) {
  const auto tenths = static_cast<int>(capability * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

Error not_run(const Catalog& catalog, const Model& model, const DevicePreset& preset, const Runtime& asked, bool named,
              const std::string* quant, const char* field) {
  const std::string& what = quant ? *quant : model.model_type;
  if (!quant) field = named ? "runtime" : "model";
  const Quantization* elsewhere = quant ? catalog.quantization(catalog.resolve_quantization(*quant, asked)) : nullptr;
  const std::string there_alone = elsewhere ? generation(asked.compute_capability_for(*elsewhere)) : std::string();
  for (const Runtime* other : catalog.runtimes_for(preset.device)) {
    const Catalog::Implements how = catalog.implements(*other, model);
    if (quant ? how != Catalog::Implements::no && !catalog.resolve_quantization(*quant, *other, &preset.device).empty()
              : how == Catalog::Implements::yes)
      // What a runtime's own list of architectures leaves out, some version or fork of it may run.
      return !quant ? said("unsupported", field, "{runtime} is not known to run {architecture}; {other} is",
                           {asked.id, what, other->id})
             : there_alone.empty()
                 ? said("unsupported", field, "{runtime} does not run {quant}; {other} does",
                        {asked.id, what, other->id})
                 : said("unsupported", field,
                        "{runtime} does not run {quant} on GPUs before compute capability {capability}; {other} does",
                        {asked.id, what, there_alone, other->id});
  }
  if (named && !there_alone.empty())
    return said("unsupported", field, "{runtime} does not run {quant} on GPUs before compute capability {capability}",
                {asked.id, what, there_alone});
  if (named && !quant)
    return said("unsupported", field, "{runtime} is not known to run {architecture}", {asked.id, what});
  return named ? said("unsupported", field, "{runtime} does not run {quant}", {asked.id, what})
               : said("unsupported", field, "no runtime of {device} runs {quant}", {preset.device.id, what});
}

Error no_recipe(const Catalog& catalog, const Model& model, const DevicePreset& preset, const Runtime& asked,
                bool named, const char* field, const std::string& quant) {
  return catalog.names_quantization(quant) ? not_run(catalog, model, preset, asked, named, &quant, field)
                                           : unknown_id(field, "quant", quant, catalog.nearest_quantizations(quant));
}

namespace {

constexpr const char* no_such_session = "what {device} keeps in such a session is unknown";
constexpr const char* no_gpu_that_shares = "no GPU that shares the memory computes here";

/// The formats of "q8_0" or "k:q8_0,v:f16".
std::pair<std::string, std::string> keys_and_values(std::string_view text) {
  const auto comma = text.find(',');
  if (text.rfind("k:", 0) == 0 && comma != std::string_view::npos && text.substr(comma + 1, 2) == "v:")
    return {std::string(text.substr(2, comma - 2)), std::string(text.substr(comma + 3))};
  return {std::string(text), std::string(text)};
}

/// Walks from the question to the rates. What does not go together is refused or put aside at one place.
class Chooser {
 public:
  Chooser(const Catalog& catalog, const Query& asked, Misfit misfit, const CostOf& cost_of)
      : catalog_(catalog), misfit_(misfit), cost_of_(cost_of) {
    choice_.query = asked;
  }

  Choice run() {
    for (const WorkloadField& f : workload_fields) query().workload.*f.member += 0.0;  // -0 is 0
    refuse_all(check_workload(query().workload));
    if (!query().known.empty()) {
      auto numbers = parse_known(query().known);
      if (numbers)
        numbers_ = std::move(*numbers);
      else
        refuse_all(numbers.errors());
    }
    const Catalog::Meant model = catalog_.model_meant(query().model), device = catalog_.device_meant(query().device);
    name("model", model, query().model);
    name("device", device, query().device);
    if (!query().host.empty()) name("host", catalog_.device_meant(query().host), query().host);
    // The file that is named is of this quantization.
    if (query().quant.empty() && !model.id.empty()) query().quant = model.quant;
    preset_ = catalog_.device(query().device);
    answer_.model = catalog_.model(query().model);
    lacking("model", model.id, answer_.model);
    lacking("device", device.id, preset_);
    if (query().quality && catalog_.quality().empty()) need("quality", "quality");
    if (!choice_.errors.empty()) return std::move(choice_);

    answer_.catalog = &catalog_;
    if (!is_whole(*answer_.model)) {
      refuse("inconsistent", "model", "{model} lacks layers or dimensions", {query().model});
      return std::move(choice_);
    }
    if (edits() && power_mode() && session() && runtime() && quantization() && kv_cache() && power()) {
      misfits_of_the_workload();
      rates();
      const Workload& w = answer_.query.workload;
      refuse_all(check_context(w, media_tokens(answer_.cost, w)));
      if (choice_.errors.empty()) choice_.answer = std::move(answer_);
    }
    return std::move(choice_);
  }

 private:
  Query& query() { return choice_.query; }

  void refuse_all(Errors errors) { choice_.errors.insert(choice_.errors.end(), errors.begin(), errors.end()); }
  bool refuse(Error why) {
    choice_.errors.push_back(std::move(why));
    return false;
  }
  bool refuse(const char* code, const char* path, const char* words, std::initializer_list<std::string_view> values) {
    return refuse(said(code, path, words, values));
  }
  void need(std::string type, std::string id) { choice_.needs.push_back({std::move(type), std::move(id)}); }

  /// Something that does not go with the rest: an error, or put aside for the default. True: go on.
  bool misfit(Error why, std::string& asked) {
    if (misfit_ == Misfit::refuse) return refuse(std::move(why));
    put_aside(std::move(why), std::move(asked), "");
    asked.clear();
    return true;
  }
  bool misfit(const char* code, const char* field, std::string& asked, const char* words,
              std::initializer_list<std::string_view> values) {
    return misfit(said(code, field, words, values), asked);
  }
  void put_aside(Error why, std::string asked, std::string instead) {
    std::string field = why.path;
    choice_.put_aside.push_back({std::move(field), std::move(asked), std::move(instead), std::move(why)});
  }

  /// The type of the preset that a field names.
  static const char* type_of(std::string_view field) {
    return field == "model" || field == "draft_model" ? "model" : "device";
  }
  void name(const char* what, const Catalog::Meant& meant, std::string& asked) {
    if (asked.empty()) {
      refuse("missing", what, "is required", {});
    } else if (meant.id.empty()) {
      need(type_of(what), asked);
      choice_.errors.push_back(no_preset(what, asked, meant));
    } else {
      asked = meant.id;
    }
  }
  /// A preset of which only the names are here.
  void lacking(const char* what, const std::string& id, const void* preset) {
    if (id.empty() || preset) return;
    need(type_of(what), id);
    refuse("unknown_id", what, "\"{id}\" is not loaded", {id});
  }

  /// The device with what is changed of it. What cannot be is refused, or put aside.
  bool edits() {
    answer_.device = preset_->device;
    if (query().set.empty()) return true;
    const auto put_aside = [&](const Errors& why) {
      if (misfit_ == Misfit::refuse) {
        refuse_all(why);
        return false;
      }
      choice_.put_aside.push_back({"set", listed(query().set), "", why[0]});
      query().set.clear();
      answer_.device = preset_->device;
      return true;
    };
    const auto asked = parse_edits(query().set);
    if (!asked) return put_aside(asked.errors());
    if (const Errors wrong = apply_edits(answer_.device, *asked); !wrong.empty()) return put_aside(wrong);
    query().set.clear();
    for (const AskedEdit& e : *asked) query().set.push_back(e.text);
    return true;
  }

  bool power_mode() {
    std::string& asked = query().power_mode;
    // "MAXN SUPER" is maxn-super, "15" is 15w.
    for (const PowerMode& m : preset_->device.power_modes)
      if (same_words(words_of(asked), words_of(m.id)) || asked + "w" == m.id) asked = m.id;
    if (apply_power_mode(answer_.device, asked)) return true;
    std::vector<std::string> modes;
    for (const PowerMode& m : preset_->device.power_modes) modes.push_back(m.id);
    if (modes.empty())
      return misfit("unknown_id", "power_mode", asked, "\"{mode}\" is no power mode of {device}, which has none",
                    {asked, query().device});
    return misfit("unknown_id", "power_mode", asked, "\"{mode}\" is no power mode of {device}; it has {modes}",
                  {asked, query().device, listed(modes)});
  }

  bool session() {
    std::string& asked = query().session;
    for (const Session s : {Session::unstated, Session::headless, Session::desktop})
      if (asked == to_string(s)) {
        memory_.session = s;
        answer_.ignores_session = s != Session::unstated && answer_.device.usable.session_for(s) != s;
        if (answer_.ignores_session && misfit_ != Misfit::refuse) {
          put_aside(said("no_effect", "session", no_such_session, {answer_.device.id}), asked, "");
          asked.clear();
        }
        return true;
      }
    return misfit("unknown_word", "session", asked, "is \"{is}\", must be headless or desktop", {asked});
  }

  /// Why the runtime that was asked for is not taken.
  Error why_not(const Runtime& asked) const {
    const std::string_view processor = processor_class(preset_->device, asked.processor);
    const std::string& device = choice_.query.device;
    return processor.empty()
               ? said("unsupported", "runtime", "{runtime} does not run on {device}: it has no {processor}",
                      {asked.id, device, to_string(asked.processor)})
               : said("unsupported", "runtime", "{runtime} does not run on {device}: not on its {class}",
                      {asked.id, device, processor});
  }

  bool implements(const Runtime& runtime, Catalog::Implements how) const {
    return catalog_.implements(runtime, *answer_.model) == how;
  }
  Error unimplemented(const Runtime& asked) {
    return not_run(catalog_, *answer_.model, *preset_, asked, !query().runtime.empty(), nullptr);
  }

  /// What a launcher starts on this device. False: it starts nothing, which is said.
  bool launched() {
    for (const Launcher::Backend& b : answer_.launcher->backends)
      if (const Runtime* rt = catalog_.runtime(b.runtime); rt && takes(b, *rt, preset_->device)) {
        answer_.runtime = rt;
        break;
      }
    query().runtime = answer_.launcher->id;
    if (!answer_.runtime)
      return refuse("unsupported", "runtime", "{launcher} starts no known runtime on {device}",
                    {answer_.launcher->name, query().device});
    if (!catalog_.calibrations(answer_.runtime->id)) need("calibrations", answer_.runtime->id);
    return !implements(*answer_.runtime, Catalog::Implements::no) || refuse(unimplemented(*answer_.runtime));
  }

  /// The launcher's defaults, where the question leaves them open.
  void take_defaults() {
    if (!answer_.launcher) return;
    Workload& w = answer_.query.workload;
    const auto take = [&](const WorkloadField& f, double x) {
      if (f.optional ? is_known(w.*f.member) : w.*f.member != 0) return;
      w.*f.member = x;
      answer_.taken.emplace_back(&f, x);
    };
    for (const WorkloadField& f : workload_fields)
      for (const auto& [name, x] : answer_.launcher->defaults)
        if (name == f.name) take(f, x);
    if (is_known(w.parallel) && w.batch > w.parallel) w.parallel = w.batch;
    const double context =
        launched_context(*answer_.launcher, answer_.device, *answer_.runtime, *answer_.model, answer_.cost, w);
    if (context == 0) return;
    for (const WorkloadField& f : workload_fields)
      if (f.member == &Workload::context) take(f, context);
  }

  bool runtime() {
    answer_.launcher = catalog_.launcher(query().runtime);
    if (answer_.launcher) return launched();
    if (!query().runtime.empty()) {
      const Catalog::Meant meant = catalog_.runtime_meant(query().runtime, &preset_->device);
      const Runtime* asked = catalog_.runtime(meant.id);
      std::optional<Error> wrong;
      if (!asked) {
        need("runtime", query().runtime);
        wrong = no_preset("runtime", query().runtime, meant);
      } else {
        query().runtime = asked->id;
        if (!asked->runs_on(preset_->device))
          wrong = why_not(*asked);
        else if (implements(*asked, Catalog::Implements::no))
          wrong = unimplemented(*asked);
      }
      if (wrong) {
        if (!misfit(std::move(*wrong), query().runtime)) return false;
        // A cache format is chosen for a runtime.
        if (!query().kv_quant.empty()) misfit("unsupported", "kv_quant", query().kv_quant, "goes with the runtime", {});
      }
      answer_.runtime = catalog_.runtime(query().runtime);
    }
    if (query().runtime.empty()) {
      const auto possible = catalog_.runtimes_for(preset_->device);
      if (possible.empty())
        return refuse("unsupported", "runtime", "no known runtime runs on {device}", {query().device});
      // In place of a runtime that does not compute such models comes one that is known to.
      const bool to_be_known = implements(*possible[0], Catalog::Implements::no);
      // A quantization that only another runtime runs, or a file that only it reads, chooses that runtime.
      for (const Runtime* rt : possible) {
        const Catalog::Implements how = catalog_.implements(*rt, *answer_.model);
        if (how != Catalog::Implements::yes && (to_be_known || how == Catalog::Implements::no)) continue;
        if (!answer_.runtime) answer_.runtime = rt;
        const bool runs =
            asks_for_the_file()
                ? catalog_.native_quantization(*answer_.model, *rt, preset_->device) != nullptr
                : query().quant.empty() || !catalog_.resolve_quantization(query().quant, *rt, &preset_->device).empty();
        if (!runs) continue;
        answer_.runtime = rt;
        break;
      }
      if (!answer_.runtime) return refuse(unimplemented(*possible[0]));
    }
    if (!catalog_.calibrations(answer_.runtime->id)) need("calibrations", answer_.runtime->id);
    return true;
  }

  /// Whether the model is a file and no other quantization than its own is asked for.
  bool asks_for_the_file() const {
    const std::string& asked = choice_.query.quant;
    return answer_.model->is_file() && (asked.empty() || lower(asked) == lower(answer_.model->checkpoint->recipe.id));
  }

  /// Why the runtime does not run a recipe that is named; one that no preset has is needed.
  Error no_recipe(const std::string& asked) {
    if (!catalog_.names_quantization(asked)) need("quantizations", asked);
    return edgewise::no_recipe(catalog_, *answer_.model, *preset_, *answer_.runtime, !query().runtime.empty(), "quant",
                               asked);
  }

  bool quantization() {
    const Runtime& runtime = *answer_.runtime;
    std::string& asked = query().quant;
    const bool file = asks_for_the_file();
    if (file || asked.empty())
      answer_.quantization = catalog_.native_quantization(*answer_.model, runtime, preset_->device);
    if (file && !answer_.quantization) {
      const Quantization& own = answer_.model->checkpoint->recipe;
      // 16 bits and more are converted as a matter of course; what was quantized once is what people have.
      const Format& held = catalog_.formats()[own.linear];
      if (!asked.empty() || !(held.bytes_per_weight() >= 2)) {
        asked = own.id;
        if (!misfit("unsupported", "quant", asked,
                    "{runtime} does not run {quant} ({family}), which the file holds; a quantization that it runs, "
                    "such as {other}, asks what the file would be, converted",
                    {runtime.id, own.id, own.family, runtime.default_quantization}))
          return false;
      }
    }
    if (!answer_.quantization && !asked.empty() &&
        catalog_.resolve_quantization(asked, runtime, &preset_->device).empty()) {
      if (!misfit(no_recipe(asked), asked)) return false;
      answer_.quantization = catalog_.native_quantization(*answer_.model, runtime, preset_->device);
    }
    if (!answer_.quantization) {
      const std::string wanted = asked.empty() ? runtime.default_quantization : asked;
      answer_.quantization = catalog_.quantization(catalog_.resolve_quantization(wanted, runtime, &preset_->device));
      if (!answer_.quantization) {
        need("quantizations", wanted);
        return refuse(unknown_id("quant", "quant", wanted, catalog_.nearest_quantizations(wanted)));
      }
    }
    if (!asked.empty()) asked = answer_.quantization->id;
    return true;
  }

  bool kv_cache() {
    const Runtime& runtime = *answer_.runtime;
    const auto runs = [&](const std::string& name) {
      return runtime.kv_formats.empty() ||
             std::find(runtime.kv_formats.begin(), runtime.kv_formats.end(), upper(name)) != runtime.kv_formats.end();
    };
    std::string& asked = query().kv_quant;
    if (!asked.empty()) {
      const bool is_format = is_known(kv_bytes_per_element(catalog_.formats(), asked));
      const auto [k, v] = keys_and_values(asked);
      if (!is_format && !misfit(no_format(asked), asked)) return false;
      if (is_format && !(runs(k) && runs(v)) &&
          !misfit("unsupported", "kv_quant", asked, "{runtime} has no KV cache of {format}; it has {formats}",
                  {runtime.id, asked, listed(runtime.kv_formats)}))
        return false;
      const bool fused = query().flash_attention >= 0 ? query().flash_attention == 1 : runtime.memory.flash_attention;
      const auto values = catalog_.formats().find(upper(keys_and_values(asked).second));
      if (values && refuses_values_of(runtime, catalog_.formats()[*values], fused) &&
          !misfit("unsupported", "kv_quant", asked,
                  "{runtime} refuses values in {values} without flash attention: set flash_attention to 1, or quantize "
                  "the keys alone (k:{keys},v:f16)",
                  {runtime.id, lower(keys_and_values(asked).second), lower(keys_and_values(asked).first)}))
        return false;
    }
    kv_bytes_ = kv_bytes_per_element(catalog_.formats(), asked.empty() ? runtime.default_kv_format : asked);
    if (is_known(kv_bytes_)) return true;
    need("formats", runtime.default_kv_format);
    return refuse(no_format(runtime.default_kv_format));
  }
  static Error no_format(const std::string& name) {
    return said("unknown_id", "kv_quant", "\"{format}\" is no format for the KV cache", {name});
  }

  /// What power and energy are to be of, and how that is reached from what the device's own powers are of.
  bool power() {
    std::string& asked = query().power_scope;
    const Device& device = answer_.device;
    const auto reach = [&] {
      scope_ = asked.empty() ? device.power_scope : find_scope(asked);
      power_ = catalog_.power(device, query().power_mode, answer_.runtime->processor, scope_);
      // Readings of a rail are parameters of their own, of the rail's share of the device's powers.
      power_scale_ =
          scope_ == Scope::rail ? PowerScale{} : power_scale(device.power_conversions, device.power_scope, scope_);
    };
    reach();
    if (asked.empty() || (power_ && power_scale_ && scope_ != Scope::unstated)) return true;
    Error why =
        scope_ == Scope::unstated ? said("unknown_word", "power_scope",
                                         "is \"{is}\", must be one of rail, soc, module, gpu and wall", {asked})
        : !power_                 ? said("unsupported", "power_scope",
                                         "nobody has published readings of a rail of {device} with its {processor}",
                                         {device.id, to_string(answer_.runtime->processor)})
        : device.power_scope == Scope::unstated
            ? said("unsupported", "power_scope",
                   "no conversion to {scope} is known from what the powers of {device} are of, which nobody states",
                   {asked, device.id})
            : said("unsupported", "power_scope",
                   "no conversion to {scope} is known from what the powers of {device} are of, {from}",
                   {asked, device.id, to_string(device.power_scope)});
    if (!misfit(std::move(why), asked)) return false;
    reach();
    return true;
  }

  /// Power does not depend on the runtime but through the speed, unless it was measured on this very board with it.
  Parameters with_power(const Parameters& parameters) {
    const Calibration* own = answer_.calibration.in_device ? answer_.calibration.calibration : nullptr;
    if (!power_ || (own && is_known(own->parameters[Parameter::decode_power_share]))) return parameters;
    Parameters out = power_->parameters.over(parameters);
    // Nothing says what share of a TDP the CPU takes that has a GPU beside it.
    const Device& device = answer_.device;
    if (power_->situation == Situation::datasheet && answer_.runtime->processor == Processor::cpu && device.has_gpu &&
        !is_known(device.load_w))
      out[Parameter::decode_power_share] = out[Parameter::prefill_power_share] = unknown;
    return out;
  }

  /// What has no effect is only worth mentioning where choices may be put aside; else `warnings` says it.
  void misfits_of_the_workload() {
    Workload& w = query().workload;
    const bool computer = answer_.device.kind == DeviceKind::soc_integrated;
    if (w.devices > 1 && (computer || answer_.runtime->processor == Processor::cpu)) {
      Error why = computer
                      ? said("unsupported", "devices",
                             "{device} is a computer of its own: what joins several is unknown", {answer_.device.name})
                      : said("unsupported", "devices", "{runtime} computes with one CPU: it joins no devices",
                             {answer_.runtime->name});
      if (misfit_ == Misfit::refuse) {
        refuse(std::move(why));
        return;
      }
      put_aside(std::move(why), count(w.devices), "1");
      w.devices = 1;
    }
    if (misfit_ == Misfit::refuse) return;
    const auto clear = [&](const char* code, const char* field, double& x, const char* words) {
      if (x == 0) return;
      put_aside(said(code, field, words, {}), count(x), "0");
      x = 0;
    };
    if (answer_.runtime->processor != Processor::cpu)
      clear("no_effect", "threads", w.threads, "the CPU does not compute here");
    if (!answer_.model->vision) clear("no_vision", "images", w.images, "the model has no vision tower");
    if (is_known(w.gpu_memory_gib) && !answer_.device.shares_memory_with(answer_.runtime->processor)) {
      put_aside(said("no_effect", "gpu_memory_gib", no_gpu_that_shares, {}), significant(w.gpu_memory_gib), "");
      w.gpu_memory_gib = unknown;
    }
    if (!answer_.model->audio) clear("no_audio", "audio_s", w.audio_s, "the model has no audio tower");
  }

  /// Who drafts, where anybody is asked to.
  void draft() {
    const Query& q = answer_.query;
    if (!q.mtp && q.draft_model.empty() && q.draft_quant.empty() && q.task.empty()) return;
    Drafting made = drafting(catalog_, answer_);
    // What lacks a preset, or another engine, may still draft.
    if (misfit_ != Misfit::refuse && made.needs.empty() && !made.errors.empty() && made.errors[0].code != "not_here") {
      put_aside(std::move(made.errors[0]), q.mtp ? "1" : q.draft_model, "");
      for (Query* of : {&query(), &answer_.query}) without_drafts(*of);
      return;
    }
    answer_.query.draft_model = std::move(made.draft_model);
    answer_.query.draft_quant = std::move(made.draft_quant);
    answer_.cost.speculation = std::move(made.speculation);
    for (Need& n : made.needs) choice_.needs.push_back(std::move(n));
    refuse_all(std::move(made.errors));
  }

  void rates() {
    const Query& q = query();
    const Runtime& runtime = *answer_.runtime;
    answer_.query = q;
    answer_.query.runtime = runtime.id;
    answer_.query.quant = answer_.quantization->id;
    if (q.kv_quant.empty()) answer_.query.kv_quant = runtime.default_kv_format;
    answer_.calibration = catalog_.calibration(*preset_, q.power_mode, runtime.id);
    answer_.cost = cost_of_ ? cost_of_(*answer_.model, *answer_.quantization)
                            : summarize(*answer_.model, *answer_.quantization, catalog_.formats());
    draft();
    take_defaults();
    Parameters parameters = with_power(parameters_for(answer_.device, runtime, answer_.calibration.calibration));
    if (!numbers_.empty()) correct(parameters);
    memory_.taken_B = q.workload.memory_taken_gib * gib;
    memory_.gpu_B = q.workload.gpu_memory_gib * gib;
    answer_.query.session = to_string(answer_.device.usable.session_for(memory_.session));
    answer_.rates =
        resolve(answer_.device, runtime, parameters, catalog_.formats(), kv_bytes_, q.workload.threads, memory_);
    apply_options(answer_.rates, answer_.device, runtime, answer_.query.workload);
    if (power_scale_) convert_power(answer_.rates, scope_, *power_scale_);
    answer_.query.power_scope = to_string(answer_.rates.power_scope);
    if (q.flash_attention >= 0) answer_.rates.memory.flash_attention = q.flash_attention == 1;
    const std::string_view processor = processor_class(answer_.device, runtime.processor);
    const auto of_class = std::find_if(runtime.classes.begin(), runtime.classes.end(),
                                       [&](const auto& c) { return c.processor_class == processor; });
    const bool related = of_class != runtime.classes.end();
    find_host();
    // Nobody has measured the speed of an edited device, nor in such a mode, but of its like.
    const bool measured_speed =
        answer_.calibration.calibration && !answer_.is_edited_speed() && !answer_.assumes_clocks();
    answer_.rates.situation = measured_speed                               ? Situation::calibrated
                              : answer_.calibration.calibration || related ? Situation::related
                                                                           : Situation::datasheet;
    const auto situation_of = [&](Kind kind) {
      const Calibration* of_board = answer_.calibration.calibration;
      if (!of_board || tells_of(of_board->parameters, kind)) return answer_.rates.situation;
      return related && tells_of(of_class->parameters, kind) ? Situation::related : Situation::datasheet;
    };
    answer_.decode_situation = situation_of(Kind::decode);
    answer_.prefill_situation = situation_of(Kind::prefill);
    // Without readings of its own, power is what the parameters of the runtime say.
    const bool measured = answer_.calibration.in_device && answer_.calibration.calibration->measured;
    answer_.rates.power_situation = measured ? Situation::calibrated
                                    : power_ && is_known(power_->parameters[Parameter::decode_power_share])
                                        ? power_->situation
                                        : answer_.rates.situation;
    if (edits_power_of(answer_.device))
      answer_.rates.power_situation = std::max(answer_.rates.power_situation, Situation::related);
    if (const Calibration* of_board = answer_.calibration.calibration)
      answer_.model_speed = find_speed(of_board->models, answer_.query.model, answer_.cost);
    if (answer_.model_speed) {
      answer_.board_rates = answer_.rates;
      set_speed(answer_.rates, *answer_.model_speed, runtime.processor);
    }
    if (catalog_.intervals().empty()) need("intervals", "intervals");
    if (catalog_.power().processors.empty()) need("power", "power");
    if (!is_known(answer_.rates.usable_B)) need("device-classes", answer_.device.device_class);
    if (!is_known(answer_.cost.file_B)) need("formats", answer_.quantization->id);
  }

  /// Moves the parameters as far as the numbers say that are known of the board.
  void correct(Parameters& parameters) {
    Corrected by = corrected(catalog_, query(), answer_, parameters, numbers_);
    for (Need& n : by.needs) choice_.needs.push_back(std::move(n));
    refuse_all(std::move(by.errors));
    if (!choice_.errors.empty()) return;
    parameters = by.parameters;
    answer_.known = std::move(by.known);
    query().known.clear();
    answer_.query.known.clear();
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      KnownNumber& filled = answer_.known[i].number;
      filled.place = i;
      answer_.query.known.push_back(to_text(filled));
      // What the question left open stays open, but for the model.
      KnownNumber as_asked = numbers_[i];
      as_asked.name = filled.name;
      query().known.push_back(to_text(as_asked));
    }
  }

  /// The computer that a device is in: what is asked for, the device itself where its cores share the memory, or a
  /// typical one of its class.
  std::string host_id() const {
    const Device& d = answer_.device;
    if (!choice_.query.host.empty()) return choice_.query.host;
    return d.kind == DeviceKind::soc_integrated ? d.id : catalog_.typical_host(d);
  }

  /// What is asked of a host, where there is none to ask it of.
  bool no_host(const char* words) {
    Workload& w = answer_.query.workload;
    const std::string& runtime = answer_.runtime->id;
    if (!choice_.query.host.empty() && !misfit("unsupported", "host", query().host, words, {runtime})) return false;
    if (!asks_for_parts()) return true;
    const char* field = w.gpu_layers < answer_.cost.layers ? "gpu_layers" : w.cpu_moe > 0 ? "cpu_moe" : "kv_on_host";
    Error why = said("unsupported", field, words, {runtime});
    if (misfit_ == Misfit::refuse) return refuse(std::move(why));
    put_aside(std::move(why), "", "");
    for (Workload* of : {&w, &query().workload}) {
      of->gpu_layers = of->cpu_moe = unknown;
      of->kv_on_host = 0;
    }
    return true;
  }
  bool asks_for_parts() const {
    const Workload& w = choice_.query.workload;
    return w.kv_on_host > 0 || w.cpu_moe > 0 || w.gpu_layers < answer_.cost.layers;
  }

  /// Who computes what the device does not hold.
  void find_host() {
    const Runtime& runtime = *answer_.runtime;
    const Workload& w = answer_.query.workload;
    const bool alone = runtime.processor == Processor::cpu;
    if (alone && choice_.query.host.empty()) return;  // it is the host
    if (runtime.host_runtime.empty()) {
      no_host(alone ? "{runtime} computes on the device's own cores"
                    : "{gpu_runtime} leaves no part of a model to a host");
      return;
    }
    if (!choice_.query.host.empty() && answer_.device.kind == DeviceKind::soc_integrated &&
        !misfit("unsupported", "host", query().host, "{device} is its own host", {answer_.query.device}))
      return;
    const DevicePreset* host = catalog_.device(host_id());
    const Runtime* on_host = catalog_.runtime(runtime.host_runtime);
    const bool computes = host && on_host && on_host->runs_on(host->device);
    if (host && on_host && !computes && !choice_.query.host.empty() &&
        !misfit("unsupported", "host", query().host, "{host} has no processor that {runtime} runs on",
                {host->device.id, on_host->id}))
      return;
    if (computes) {
      Device d = host->device;
      if (is_known(w.host_cores) && d.cores() > 0) scale_cores(d, w.host_cores / d.cores());
      if (is_known(w.host_memory_gib)) d.memory_capacity_B = w.host_memory_gib * gib;
      if (is_known(w.host_memory_gb_s)) {
        d.memory_bandwidth_Bps = w.host_memory_gb_s * 1e9;
        d.cpu_measured_bandwidth_Bps = unknown;
      }
      const bool itself = answer_.device.kind == DeviceKind::soc_integrated;
      Parameters parameters = parameters_for(d, *on_host, catalog_.calibration(*host, "", on_host->id).calibration);
      if (const auto power = catalog_.power(d, "", on_host->processor, d.power_scope))
        parameters = power->parameters.over(parameters);
      Rates rates = resolve(itself ? answer_.device : d, *on_host, parameters, catalog_.formats(), kv_bytes_, w.threads,
                            itself ? memory_ : MemoryQuestion{});
      // The device's step and call hold both.
      rates.step_s = rates.prefill_step_s = 0;
      answer_.host = host;
      answer_.host_rates = rates;
      if (!itself) answer_.query.host = host->device.id;
      if (catalog_.calibrations(on_host->id)) return;
    }
    Estimate in_one;
    estimate(answer_.cost, answer_.rates, w, in_one, nullptr, Limits::left_out);
    if (!asks_for_parts() && in_one[Term::unplaced_B] <= 0) return;
    if (computes) need("calibrations", on_host->id);
    if (!host && !host_id().empty()) need("device", host_id());
    if (!on_host) need("runtime", runtime.host_runtime);
  }

  const Catalog& catalog_;
  const Misfit misfit_;
  const CostOf& cost_of_;
  Choice choice_;
  Answer answer_;
  const DevicePreset* preset_ = nullptr;
  std::vector<KnownNumber> numbers_;  ///< of the board
  double kv_bytes_ = unknown;
  MemoryQuestion memory_;
  Scope scope_ = Scope::unstated;
  std::optional<Catalog::Power> power_;
  std::optional<PowerScale> power_scale_;
};

/// Intervals are those of models in one memory. Where a model is shared among processors they are wider by as much: 19
/// runs of five hosts lay between 0.44 and 1.3 times what is predicted of a stated split.
constexpr double split_widening = 1.35;

/// Of its stated limit the most that any of 429 readings of a card's own sensor showed was 1.07.
constexpr double most_of_limit = 1.1;

Ranged bounded_by(const IntervalRule* rule, double value, bool inverse, double wider = 1) {
  if (!rule || !is_known(value)) return {value, unknown, unknown};
  const double low = rule->low / wider, high = rule->high * wider;
  return {value, value * (inverse ? 1 / high : low), value * (inverse ? 1 / low : high)};
}

/// What a range becomes where the gain of speculation has one of its own, the two being independent. Times, and
/// energies with them, are long where the speed is low.
Ranged widened(const Ranged& r, Kind kind, bool inverse, const Ranged& gain) {
  const bool follows = kind == Kind::decode || kind == Kind::throughput || kind == Kind::energy;
  if (!follows || !is_known(r.low) || !(gain.high > gain.low)) return r;
  const double slow = gain.low / gain.value, fast = gain.high / gain.value;
  const bool falls = inverse || kind == Kind::energy;
  const auto both = [](double a, double b) { return std::sqrt(a * a + b * b); };
  return {r.value, r.value / (1 + both(r.value / r.low - 1, (falls ? fast : 1 / slow) - 1)),
          r.value * (1 + both(r.high / r.value - 1, (falls ? 1 / slow : fast) - 1))};
}

/// Two independent spreads about one value, as factors below and above it.
Ranged with_spread(const Ranged& r, double low, double high) {
  const auto joined = [](double a, double b) { return 1 + std::sqrt((a - 1) * (a - 1) + (b - 1) * (b - 1)); };
  return {r.value, r.value / joined(r.value / r.low, 1 / low), r.value * joined(r.high / r.value, high)};
}

/// Power or energy: intervals do not depend on the runtime; what is converted to another scope is less sure.
Ranged power_ranged(const Answer& a, const Bounded& of, double value) {
  const Kind kind = of.kind;
  const Rates& r = a.rates;
  const Situation s = kind == Kind::energy ? std::max(r.power_situation, r.situation) : r.power_situation;
  Ranged out = bounded_by(a.catalog->interval(kind, "", s, a.known_numbers(kind)), value, of.inverse);
  const double w = a.estimate[Term::decode_w], own = (w - r.power_scale.value.offset_w) / r.power_scale.value.factor;
  if (is_known(out.low) && r.power_scope != a.device.power_scope && r.power_scope != Scope::rail) {
    const double low = std::max(0.0, r.power_scale.low(own)) / w, high = r.power_scale.high(own) / w;
    out = of.inverse ? with_spread(out, 1 / high, 1 / low) : with_spread(out, low, high);
  }
  // Nothing at work draws less than it does idle.
  if (kind == Kind::power && a.estimate[Term::idle_w] < value) out.low = std::max(out.low, a.estimate[Term::idle_w]);
  // Nor does a card draw more than it lets itself.
  const double most = most_of_limit * a.device.tdp_w * a.query.workload.devices;
  if (kind == Kind::power && r.power_scope == Scope::gpu && value < most) out.high = std::min(out.high, most);
  if (kind != Kind::energy) return out;
  // Energy is power for a time: it is known no better than power is.
  const Ranged drawn = power_ranged(a, {Kind::power, false}, w);
  if (!is_known(drawn.low) || !is_known(out.low)) return out;
  const double low = drawn.low / w, high = drawn.high / w;
  out.low = std::min(out.low, value * (of.inverse ? 1 / high : low));
  out.high = std::max(out.high, value * (of.inverse ? 1 / low : high));
  return out;
}

bool is_of_power(const Bounded& of) { return of.kind == Kind::power || of.kind == Kind::energy; }

/// By how much a step of decoding could be faster than is predicted: its bytes at the most that the memory gives.
/// Unknown where other memories, or drafted tokens, take part.
double most_faster(const Answer& a) {
  const Estimate& e = a.estimate;
  if (a.is_split() || a.cost.speculation) return unknown;
  const double least_s =
      e[Term::decode_bytes] / (most_bandwidth_share(a.device, a.runtime->processor) * a.rates.memory_bandwidth_Bps);
  return e[Term::tpot_mean_s] / least_s;
}

/// No end of a range lies beyond what physics allows, nor on the other side of the value.
void hold_to_physics(Ranged& r, bool inverse, double most_faster) {
  if (!is_known(most_faster) || !is_known(r.value)) return;
  const double most = std::fmax(1, most_faster);
  if (inverse)
    r.low = std::max(r.low, r.value / most);
  else
    r.high = std::min(r.high, r.value * most);
}

/// Where power or energy may be more than twice off no value is named, only the range.
void hide_if_wide(Ranged& r, double value) {
  if (r.low < value / 2 || r.high > 2 * value) r.value = unknown;
}

/// A quantity with one rule of its own.
Ranged with_rule(const Answer& a, const Bounded& of, double value) {
  const bool power = is_of_power(of);
  const Ranged alone = power ? power_ranged(a, of, value)
                             : bounded_by(a.interval(of.kind), value, of.inverse,
                                          of.kind != Kind::memory && a.is_split() ? split_widening : 1);
  Ranged out = widened(alone, of.kind, of.inverse, a.gain());
  if (of.kind == Kind::decode) hold_to_physics(out, of.inverse, most_faster(a));
  if (power) hide_if_wide(out, value);
  return out;
}

Ranged operator+(const Ranged& a, const Ranged& b) { return {a.value + b.value, a.low + b.low, a.high + b.high}; }

/// What is made of quantities of which one alone has a wide range: ends of ends, as if all lay at theirs together.
std::optional<Ranged> composed(const Answer& a, Term t) {
  const Estimate& e = a.estimate;
  switch (t) {
    case Term::device_usd_per_Mtok:
      // At a given number of requests its tokens are given too, however fast it is.
      if (e[Term::busy_share] < 1) return Ranged{e[t], e[t], e[t]};
      return std::nullopt;
    case Term::usd_per_Mtok:
      return a.ranged(Term::electricity_usd_per_Mtok) + a.ranged(Term::device_usd_per_Mtok);
    case Term::saved_usd_per_Mtok: {
      const Ranged cost = a.ranged(Term::usd_per_Mtok);
      const double api = e[Term::api_usd_per_Mtok];
      return Ranged{api - cost.value, api - cost.high, api - cost.low};
    }
    case Term::battery_h: {
      const Ranged w = a.ranged(Term::mean_w);
      const auto at = [&](double mean_w) {
        return battery_hours(e[Term::battery_Wh], e[Term::busy_share], mean_w, e[Term::idle_w]);
      };
      return Ranged{at(w.value), at(w.high), at(w.low)};
    }
    case Term::requests_per_battery: {
      // Of a given number a day, or as many as are answered one after another.
      const double busy = e[Term::busy_share];
      const Ranged of_charge = a.ranged(busy < 1 ? Term::battery_h : Term::tokens_per_J);
      const double one = e[t] / e[busy < 1 ? Term::battery_h : Term::tokens_per_J];
      return Ranged{one * of_charge.value, one * of_charge.low, one * of_charge.high};
    }
    case Term::ttft_s: {
      if (!(e[Term::first_step_s] > 0)) return std::nullopt;
      const double network = e[Term::network_s];
      return a.ranged(Term::tpot_start_s) + Ranged{network, network, network};
    }
    case Term::prefill_energy_J: {
      // Spent for as long as the prompt is read.
      Ranged out = with_rule(a, *bounded(t), e[t]);
      const Ranged first = a.ranged(Term::ttft_s);
      out.low = std::min(out.low, e[t] * first.low / first.value);
      out.high = std::max(out.high, e[t] * first.high / first.value);
      hide_if_wide(out, e[t]);
      return out;
    }
    case Term::request_energy_J: {
      Ranged out = with_rule(a, *bounded(t), e[t]);
      const Ranged of_prompt = a.ranged(Term::prefill_energy_J);
      const double prompt_J = e[Term::prefill_energy_J];
      out.low = std::min(out.low, e[t] - (prompt_J - of_prompt.low));
      out.high = std::max(out.high, e[t] + (of_prompt.high - prompt_J));
      hide_if_wide(out, e[t]);
      return out;
    }
    // One range for one energy, however it is told.
    case Term::energy_Wh_per_Mtok:
    case Term::electricity_usd_per_Mtok:
    case Term::co2e_g_per_Mtok:
    case Term::tokens_per_J: {
      const Ranged request = a.ranged(Term::request_energy_J);
      const double joules = e[Term::request_energy_J], least = request.low / joules, most = request.high / joules;
      const bool inverse = bounded(t)->inverse;
      return Ranged{is_known(request.value) ? e[t] : unknown, e[t] * (inverse ? 1 / most : least),
                    e[t] * (inverse ? 1 / least : most)};
    }
    case Term::total_latency_s: {
      // Prompts and tokens are misjudged apart.
      const Ranged first = a.ranged(Term::ttft_s), each = a.ranged(Term::tpot_mean_s);
      if (!is_known(first.low) || !is_known(each.low)) return std::nullopt;
      const double steps = (e[t] - e[Term::ttft_s]) / e[Term::tpot_mean_s];
      const auto both = [&](double x, double y) { return std::sqrt(x * x + steps * steps * y * y); };
      return Ranged{e[t], e[t] - both(first.value - first.low, each.value - each.low),
                    e[t] + both(first.high - first.value, each.high - each.value)};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Query example_query() {
  Query q;
  q.model = "llama-3.2-1b";
  q.device = "raspberry-pi-5-8gb";
  return q;
}

Errors check_workload(const Workload& w, double media_tokens) {
  Errors errors;
  for (const WorkloadField& f : workload_fields) {
    const double x = w.*f.member;
    if (f.optional && !is_known(x)) continue;
    if (!(x >= f.min && x <= f.max) || (f.whole && x != std::floor(x)))
      errors.push_back(x != std::floor(x) || !is_known(x)
                           ? said("out_of_range", f.name,
                                  f.whole ? "must be a whole number between {whole_min} and {max}"
                                          : "must be a number between {min} and {max}",
                                  {count(f.min), count(f.max)})
                           : said("out_of_range", f.name,
                                  f.whole ? "is {is}, must be a whole number between {whole_min} and {max}"
                                          : "is {is}, must be a number between {min} and {max}",
                                  {count(x), count(f.min), count(f.max)}));
  }
  if (!errors.empty()) return errors;
  if (w.prompt + w.generate + w.images + w.audio_s <= 0)
    errors.push_back({"out_of_range", "prompt", "prompt and generate are both 0: there is nothing to do"});
  if (!errors.empty()) return errors;
  return check_context(w, media_tokens);
}

Errors check_context(const Workload& w, double media_tokens) {
  const double tokens = w.depth + w.prompt + media_tokens + w.generate;
  if (is_known(w.parallel) && w.batch > w.parallel)
    return {said("out_of_range", "batch", "is more than the {slots} slots of parallel", {count(w.parallel)})};
  const double shared = w.kv_unified == 1 ? w.batch : is_known(w.parallel) ? w.parallel : 1;
  if (w.context > 0 && w.context >= tokens && w.context < tokens * shared)
    return {said("out_of_range", "context",
                 "is {is} for {slots} slots, which do not hold depth + prompt + generate each: {tokens} would",
                 {count(w.context), count(shared), count(tokens * shared)})};
  if (w.context == 0 || w.context >= tokens) return {};
  return {{"out_of_range", "context", "is smaller than depth + prompt + generate, images and audio included"}};
}

double kv_bytes_per_element(const FormatTable& formats, std::string_view text) {
  const auto [keys, values] = keys_and_values(text);
  const auto bytes = [&](const std::string& name) {
    const auto f = formats.find(upper(name));
    return f ? formats[*f].bytes_per_weight() : unknown;
  };
  return (bytes(keys) + bytes(values)) / 2;
}

Choice choose(const Catalog& catalog, const Query& asked, Misfit misfit, const CostOf& cost_of) {
  return Chooser(catalog, asked, misfit, cost_of).run();
}

Result<Answer> prepare(const Catalog& catalog, const Query& asked, const CostOf& cost_of) {
  Choice choice = choose(catalog, asked, Misfit::refuse, cost_of);
  if (!choice.answer) return std::move(choice.errors);
  return std::move(*choice.answer);
}

Result<Answer> answer(const Catalog& catalog, const Query& q) {
  auto a = prepare(catalog, q);
  if (a) a->compute();
  return a;
}

void Answer::compute(Limits limits) {
  edgewise::estimate(cost, rates, query.workload, estimate, host_rates ? &*host_rates : nullptr, limits);
}

Ranged Answer::gain() const {
  const double value = estimate[Term::speculation_speedup];
  if (!cost.speculation || is_known(query.workload.acceptance) || estimate[Term::draft_tokens] == 0)
    return {value, value, value};
  const double first = estimate[Term::depth_tokens] + estimate[Term::prompt_tokens];
  const double last = std::max(first, first + estimate[Term::generated_tokens] - 1);
  const auto with = [&](double accepted) {
    return speculate(cost, rates, (first + last) / 2, estimate[Term::batch], estimate[Term::tpot_mean_s] * value,
                     estimate[Term::draft_tokens], accepted)
        .speedup;
  };
  return {value, with(cost.speculation->acceptance_low), with(cost.speculation->acceptance_high)};
}

std::size_t Answer::known_numbers(Kind kind) const {
  return static_cast<std::size_t>(std::count_if(known.begin(), known.end(), [&](const Known& k) {
    return k.elsewhere.empty() && !k.is_contradicted() && interval_kind(info(k.number.metric).kind) == kind;
  }));
}

bool Answer::is_edited_speed() const { return edits_speed_of(device, runtime->processor); }

bool Answer::assumes_clocks() const {
  const Calibration* of = calibration.calibration;
  return device.assumed_clocks < 1 && !(of && of->power_mode == query.power_mode);
}

bool Answer::is_corrected() const {
  return std::any_of(known.begin(), known.end(), [](const Known& k) { return k.elsewhere.empty(); });
}

const IntervalRule* Answer::interval(Kind kind) const {
  const bool model_measured =
      model_speed && is_known(kind == Kind::prefill ? model_speed->prefill : model_speed->decode);
  // Nobody publishes how long images and audio take: their towers are computed as the model is.
  const bool has_media = (query.workload.images > 0 && model->vision) || (query.workload.audio_s > 0 && model->audio);
  const Situation situation = kind == Kind::prefill  ? has_media ? Situation::datasheet : prefill_situation
                              : kind == Kind::memory ? rates.situation
                                                     : decode_situation;
  const auto rule = [&](Kind of, std::size_t numbers) {
    return catalog->interval(of, runtime->family, situation, numbers, model_measured);
  };
  const auto width = [](const IntervalRule* r) { return r ? r->high / r->low : 0; };
  const IntervalRule *own = rule(kind, known_numbers(kind)), *before = rule(kind, 0);
  // A number of the board never makes an answer less sure.
  if (before && width(before) < width(own)) own = before;
  // What a batch costs is known from fewer rows.
  if (kind == Kind::decode && query.workload.batch > 1)
    if (const IntervalRule* batched = rule(Kind::throughput, known_numbers(kind)); width(batched) > width(own))
      return batched;
  return own;
}

Ranged Answer::ranged(Term t) const {
  if (t == Term::speculation_speedup) return gain();
  if (const auto of_others = composed(*this, t)) return *of_others;
  const auto of = bounded(t);
  return of ? with_rule(*this, *of, estimate[t]) : Ranged{estimate[t], unknown, unknown};
}

Ranged Answer::ranged(Metric m) const { return with_rule(*this, bounded(m), metric_value(estimate, m)); }

bool Answer::is_split() const {
  return on_host(estimate) || query.workload.devices > 1 || estimate[Term::paging_s] > 0;
}

bool Answer::loads() const {
  const auto in_place = instead();
  return !in_place || in_place->kind != Instead::Kind::out_of_memory;
}

bool Answer::is_of_file() const { return model->checkpoint && quantization == &model->checkpoint->recipe; }

Sureness Answer::sureness() const {
  if (is_edited_speed()) return rates.situation == Situation::related ? Sureness::related : Sureness::datasheet;
  if (is_corrected()) return Sureness::corrected;
  // What is asked for is written, or else read: a board that was measured at the other alone tells nothing of it.
  const Situation of = query.workload.generate > 0 ? decode_situation : prefill_situation;
  if (calibration.calibration && !assumes_clocks() && of == Situation::calibrated)
    return is_split() ? Sureness::split : calibration.calibration->measured ? Sureness::measured : Sureness::fitted;
  return std::max(rates.situation, of) == Situation::datasheet ? Sureness::datasheet : Sureness::related;
}

std::optional<Instead> Answer::instead() const {
  if (!exceeds_usable(estimate) && !on_host(estimate)) return std::nullopt;
  const Instead::Kind kind = !is_known(estimate[Term::tpot_mean_s]) ? Instead::Kind::out_of_memory
                             : estimate[Term::paging_s] > 0         ? Instead::Kind::paging
                             : on_host(estimate)                    ? Instead::Kind::host
                                                                    : Instead::Kind::out_of_memory;
  const double on_device = estimate[Term::layers_on_device];
  return Instead{kind, on_device, estimate[Term::layers] - on_device,
                 cost.moe_layers - estimate[Term::expert_layers_on_device], estimate[Term::tpot_mean_s]};
}

const char* to_string(Instead::Kind k) {
  switch (k) {
    case Instead::Kind::host:
      return "host";
    case Instead::Kind::paging:
      return "paging";
    case Instead::Kind::out_of_memory:
      return "out_of_memory";
  }
  return "";
}

const char* to_string(Sureness s) {
  switch (s) {
    case Sureness::corrected:
      return "corrected";
    case Sureness::measured:
      return "measured";
    case Sureness::fitted:
      return "fitted";
    case Sureness::split:
      return "split";
    case Sureness::related:
      return "related";
    case Sureness::datasheet:
      return "datasheet";
  }
  return "";
}

namespace {

/// The same of the device as it was when anybody measured it.
Answer as_measured(Answer a) {
  a.device.edits.clear();
  a.device.assumed_clocks = 1;
  a.decode_situation = a.prefill_situation = Situation::calibrated;
  return a;
}

}  // namespace

std::string how_sure(const Answer& a) {
  if (a.is_edited_speed())
    return "estimated for an edited device, from what is known of it as it was (" + how_sure(as_measured(a)) + ")";
  if (a.is_corrected()) {
    Answer before = a;
    before.known.clear();
    std::vector<std::string> numbers;
    for (const Known& k : a.known)
      if (k.elsewhere.empty())
        numbers.push_back(significant(k.number.value) + " " + std::string(info(k.number.metric).unit) + " of " +
                          to_string(info(k.number.metric).kind) + " with " + k.number.name);
    return "corrected by your number" + std::string(numbers.size() == 1 ? "" : "s") + " of this board (" +
           listed(numbers) + "); before, " + how_sure(before);
  }
  if (a.assumes_clocks())
    return "estimated for a power mode that states no clocks, from what is known at full ones (" +
           how_sure(as_measured(a)) + ")";
  const auto of_device = [&] {
    const Calibration& c = *a.calibration.calibration;
    const std::string n = count(c.configurations), s = n == "1" ? "" : "s";
    if (!c.measured) return "fitted to " + n + " published configuration" + s + " of this device";
    return n == "0" ? "measured on this board by microbenchmarks; no model was run"
                    : "measured on this board, with " + n + " configuration" + s + " of an engine";
  };
  switch (a.sureness()) {
    case Sureness::corrected:
      break;
    case Sureness::measured:
    case Sureness::fitted:
      return of_device();
    case Sureness::split:
      return "estimated: " +
             std::string(a.query.workload.devices > 1     ? "several devices take"
                         : a.estimate[Term::paging_s] > 0 ? "the storage takes"
                                                          : "the host takes") +
             " part, and what is known is of the device alone (" + of_device() + ")";
    case Sureness::related:
      return "estimated from other devices of its class; nobody has measured this runtime here";
    case Sureness::datasheet:
      return "estimated from the datasheet; no device of its class has been measured with this runtime";
  }
  return {};
}

namespace {

/// Its name, and what is another than its preset says.
std::string host_in_words(const Answer& a) {
  const Workload& w = a.query.workload;
  std::vector<std::string> stated;
  for (const auto& [x, unit] :
       {std::pair(w.host_cores, " cores"), {w.host_memory_gib, " GiB"}, {w.host_memory_gb_s, " GB/s"}})
    if (is_known(x)) stated.push_back(count(x) + unit);
  return a.host->device.name + (stated.empty() ? "" : " (" + listed(stated) + ")");
}

/// What of the device was changed, and what of that changes nothing here.
void edit_warnings(const Answer& a, Errors& out) {
  const std::vector<Edit>& edits = a.device.edits;
  if (edits.empty()) return;
  std::vector<std::string> changed;
  changed.reserve(edits.size());
  for (const Edit& e : edits)
    changed.push_back(std::string(e.field->path) + " " + value_text(*e.field, e.from) + " -> " +
                      value_text(*e.field, e.to));
  out.push_back({"edited", "set", "the device is edited: " + listed(changed)});
  for (std::size_t i = 0; i < a.query.set.size(); ++i) {
    Query without = a.query;
    without.set.erase(without.set.begin() + static_cast<std::ptrdiff_t>(i));
    const auto before = answer(*a.catalog, without);
    const auto same = [](double x, double y) { return x == y || (!is_known(x) && !is_known(y)); };
    if (before && std::equal(before->estimate.term.begin(), before->estimate.term.end(), a.estimate.term.begin(), same))
      out.push_back({"no_effect", "set", a.query.set[i] + " changes nothing of this answer"});
  }
}

}  // namespace

namespace {

/// What the model is published in, and the runtime runs, but not on a GPU of that generation; null: it runs what the
/// model is published in, or none of it anywhere.
const Quantization* not_run_there(const Answer& a) {
  if (!a.model->checkpoint) return nullptr;
  for (const std::string& id : a.model->checkpoint->quantizations) {
    if (!a.catalog->resolve_quantization(id, *a.runtime, &a.device).empty()) return nullptr;
    if (const std::string elsewhere = a.catalog->resolve_quantization(id, *a.runtime); !elsewhere.empty())
      return a.catalog->quantization(elsewhere);
  }
  return nullptr;
}

}  // namespace

Errors warnings(const Answer& a) {
  Errors out;
  const Query& q = a.query;
  edit_warnings(a, out);
  if (is_beyond_context(a.cost, a.estimate))
    out.push_back(said("beyond_context", "context", "the context is longer than the model's {positions} positions",
                       {count(a.model->max_position_embeddings)}));
  if (a.model->is_file() && !a.is_of_file())
    out.push_back(said("converted", "quant", "the file holds {file}; this is what it would be, converted to {quant}",
                       {a.model->checkpoint->recipe.id, a.quantization->id}));
  if (a.quantization->approximate)

    out.push_back(said("approximate_size", "quant", "{quant} chooses types per file: its size is typical, not exact",
                       {a.quantization->id}));
  if (q.workload.images > 0 && !a.model->vision)
    out.push_back({"no_vision", "images", "the model has no vision tower; images are ignored"});
  const auto [keys, values] = keys_and_values(q.kv_quant);
  const FormatTable& formats = a.catalog->formats();
  for (const std::string& name : {keys, values}) {
    const auto f = formats.find(upper(name));
    if (!f || formats[*f].only_in.empty()) continue;
    out.push_back(
        said("special_build", "kv_quant", "a KV cache of {format} needs {build}", {name, formats[*f].only_in}));
    break;
  }
  if (is_known(q.workload.gpu_memory_gib) && !a.device.shares_memory_with(a.runtime->processor))
    out.push_back({"no_effect", "gpu_memory_gib", no_gpu_that_shares});
  if (a.ignores_session) out.push_back(said("no_effect", "session", no_such_session, {a.device.id}));
  const bool says_where = is_known(q.workload.gpu_layers) || is_known(q.workload.cpu_moe) || q.workload.kv_on_host > 0;
  if (says_where && a.runtime->processor == Processor::cpu)
    out.push_back({"no_effect",
                   is_known(q.workload.gpu_layers) ? "gpu_layers"
                   : is_known(q.workload.cpu_moe)  ? "cpu_moe"
                                                   : "kv_on_host",
                   "the CPU computes all of it: no layers are to be placed"});
  if (q.workload.cpu_moe > 0 && a.cost.moe_layers == 0)
    out.push_back(said("no_effect", "cpu_moe", "{model} has no routed experts", {a.model->name}));
  if (on_host(a.estimate) && a.loads() && !(q.host.empty() && a.estimate[Term::paging_s] > 0))
    out.push_back(
        said("on_host", "host",
             q.host.empty() ? "a part of the model is with the CPU of {itself}: speed and time are of both"
             : a.rates.power_scope == Scope::gpu
                 ? "a part of the model is with {host_of_card}: speed and time are of both, power and energy of the "
                   "card alone"
                 : "a part of the model is with {host}: speed and time are of both",
             {host_in_words(a)}));
  if (q.workload.audio_s > 0 && !a.model->audio)
    out.push_back({"no_audio", "audio_s", "the model has no audio tower; audio is ignored"});
  for (const auto& [what, tower] : {std::pair("vision", &a.model->vision), {"audio", &a.model->audio}})
    if (*tower && !is_known((*tower)->parameters))
      out.push_back(said("unknown_tower", std::string("model.config.") + what,
                         "the model's {what} tower ({kind}) is of no known structure: its weights and work are unknown",
                         {what, (*tower)->kind}));
  const Errors known = known_warnings(a);
  out.insert(out.end(), known.begin(), known.end());
  const Errors options = option_warnings(a);
  out.insert(out.end(), options.begin(), options.end());
  if (a.rates.power_scope == Scope::rail)
    out.push_back({"power_scope", "power_scope",
                   "power and energy are of one supply rail, as its sensor reads it: the whole module draws more"});
  else if (a.rates.power_scope != a.device.power_scope)
    out.push_back(said("power_scope", "power_scope",
                       "power and energy are converted from {from} to {to} as devices of its class usually are built",
                       {to_string(a.device.power_scope), to_string(a.rates.power_scope)}));
  const auto unmeasured = [&](Kind kind, Situation situation) {
    return a.rates.situation == Situation::calibrated && situation != Situation::calibrated &&
           a.known_numbers(kind) == 0;
  };
  if (q.workload.prompt > 0 && unmeasured(Kind::prefill, a.prefill_situation))
    out.push_back(
        said("prefill_unmeasured", "device",
             "nobody measured how {runtime} reads prompts on this device: prefill and the time to first token "
             "are those of others like it",
             {a.runtime->name}));
  if (q.workload.generate > 0 && unmeasured(Kind::decode, a.decode_situation))
    out.push_back(said("decode_unmeasured", "device",
                       "nobody measured how {runtime} generates on this device: its speed is that of others like it",
                       {a.runtime->name}));
  if ((q.workload.images > 0 && a.model->vision) || (q.workload.audio_s > 0 && a.model->audio))
    out.push_back(said("media_unmeasured", "device",
                       "nobody measured images or audio with {runtime} here: their time is computed",
                       {a.runtime->name}));
  if (const Quantization* published = not_run_there(a))
    out.push_back(
        said("published_otherwise", "quant",
             "the model is published in {quant}, which {runtime} does not run on this GPU: somebody would have "
             "to make it in {other}",
             {published->id, a.runtime->name, a.quantization->id}));
  if (!a.model->is_made_in(*a.quantization)) out.push_back({"ternary", "quant", not_made_in});
  if (a.catalog->implements(*a.runtime, *a.model) == Catalog::Implements::unlisted)
    out.push_back({"architecture_unlisted", "model",
                   "no runtime here is known to implement this architecture: the numbers are of one that does"});
  if (const double compiled = a.rates.memory.fixed_context; compiled > 0 && a.estimate[Term::context_tokens] > compiled)
    out.push_back(
        said("context_compiled", "context",
             "models for {runtime} are compiled for {tokens} tokens: this needs one that is compiled for more",
             {a.runtime->name, count(compiled)}));
  if (const double gain = a.estimate[Term::speculation_speedup]; gain < 1)
    out.push_back(said("drafts_slow", q.mtp ? "mtp" : "draft_model",
                       "drafts slow it down here: without them it writes {rate} tok/s",
                       {significant(a.estimate[Term::decode_tok_s] / gain)}));
  if (q.flash_attention >= 0)
    out.push_back(Error{"flash_attention_speed", "flash_attention",
                        "speeds are the same with flash attention and without; memory is not"});
  if (a.rates.situation != Situation::calibrated &&
      processor_class(a.device, a.runtime->processor) == unknown_cpu_class)
    out.push_back(said("isa_unknown", "device.cpu.clusters",
                       "{device} states no vector extensions (isa): its CPU may be several times faster",
                       {a.device.id}));
  if (a.assumes_clocks())
    out.push_back(said("mode_clocks_unknown", "power_mode",
                       "nobody states the clocks of {mode}: at {share} % of full power they are taken to fall as those "
                       "of other boards do",
                       {find_power_mode(a.device, q.power_mode)->name, significant(100 * a.device.assumed_clocks)}));
  const auto is_range = [](const Ranged& r) { return !is_known(r.value) && is_known(r.low); };
  if (is_range(a.ranged(Term::decode_w)) || is_range(a.ranged(Term::energy_per_token_J)))
    out.push_back(
        {"power_range", "device", "power and energy that are not known within a factor of two are shown as ranges"});
  return out;
}

const char* bound(const OperatorTime& r) {
  if (!is_known(r.total_s)) return "unknown";
  if (r.fixed_s > r.memory_s && r.fixed_s > r.compute_s) return "fixed cost";
  return r.memory_s >= r.compute_s ? "bandwidth" : "compute";
}

const char* bound(const Breakdown& rows) {
  double bandwidth = 0, compute = 0, fixed = 0;
  for (const OperatorTime& r : rows) {
    if (!is_known(r.total_s)) return "unknown";
    (r.memory_s >= r.compute_s ? bandwidth : compute) += r.total_s - r.fixed_s;
    fixed += r.fixed_s;
  }
  if (fixed > bandwidth && fixed > compute) return "fixed cost";
  return bandwidth >= compute ? "bandwidth" : "compute";
}

std::vector<std::string> missing_fields(const Estimate& e, Processor processor, Term asked) {
  std::vector<std::string> out;
  std::vector<Term> seen;
  const auto visit = [&](const auto& self, Term term, const auto& lacks) -> void {
    if (!lacks(e[term]) || is_optional(term) || std::find(seen.begin(), seen.end(), term) != seen.end()) return;
    seen.push_back(term);
    const std::string_view named = field(term, processor);
    const std::vector<Term> from = inputs(term);
    // What was asked may rest on something that lacks, as the tokens of the prompt on those of an image.
    const bool deeper =
        std::any_of(from.begin(), from.end(), [&](Term input) { return !is_known(e[input]) && !is_optional(input); });
    if (!named.empty() && !deeper) {
      if (std::find(out.begin(), out.end(), named) == out.end()) out.emplace_back(named);
      return;
    }
    for (const Term input : from) self(self, input, lacks);
  };
  visit(visit, asked, [](double x) { return !is_known(x); });
  if (!out.empty() || is_known(e[asked])) return out;
  // All is known, and nothing came of it: something is divided by a number that was given as 0, or by what follows from
  // it.
  const auto zero = [](double x) { return x == 0 || !is_known(x); };
  seen.clear();
  for (const Term input : inputs(asked))
    if (!field(input, processor).empty()) visit(visit, input, zero);
  if (out.empty())
    for (const Term input : inputs(asked)) visit(visit, input, zero);
  return out;
}

}  // namespace edgewise
