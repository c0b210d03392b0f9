#include "ask.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>

#include "edgewise/json.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// Numbers as people write them: 4k and 4 Ki, 1.5M and 2 Mi. Others stay as they are.
std::string with_suffix_read(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string suffix = end == text.c_str() ? "" : lower(end);
  suffix.erase(0, suffix.find_first_not_of(' '));
  static const std::map<std::string, double> factors = {{"k", 1e3}, {"ki", 1024}, {"m", 1e6}, {"mi", 1024 * 1024}};
  const auto factor = factors.find(suffix);
  return factor == factors.end() ? text : exact(number * factor->second);
}

/// "nan" would read as a number that was not given, "inf" as one that has no limit, and nothing, as of a variable of
/// the shell that is not set, as 0.
void refuse_what_is_no_number(CLI::App& app) {
  const CLI::Validator finite(
      [](std::string& text) {
        const std::string word =
            lower(text.substr(text.find_first_not_of("+-") == std::string::npos ? 0 : text.find_first_not_of("+-")));
        if (word.rfind("nan", 0) == 0 || word.rfind("inf", 0) == 0) return std::string("must be a finite number");
        if (word.find_first_not_of(' ') == std::string::npos || word.find('x') != std::string::npos)
          return "\"" + text + "\" is no number";
        text = with_suffix_read(text);
        return std::string();
      },
      "");
  for (CLI::Option* option : app.get_options())
    // Where there is a check, it stands behind the type.
    if (option->get_type_name().rfind("FLOAT", 0) == 0) option->transform(finite);
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) refuse_what_is_no_number(*sub);
}

/// One of these words, in small letters or not; another is refused with all of them.
template <class Value>
CLI::Validator one_of(const std::vector<std::pair<const char*, Value>>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ",") + std::string(word.first);
  return CLI::Validator(
      [words, all](std::string& text) {
        for (const auto& [word, value] : words)
          if (lower(text) == word) {
            text = std::to_string(static_cast<int>(value));
            return std::string();
          }
        return text + " not in {" + all + "}";
      },
      "{" + all + "}");
}

void add_output(CLI::App* app, Output& output) {
  app->add_option("--format", output, "text, json or csv")
      ->transform(one_of<Output>({{"text", Output::text}, {"json", Output::json}, {"csv", Output::csv}}));
}

void add_query(CLI::App* app, Query& q, bool required) {
  auto& w = q.workload;
  auto* model = app->add_option("--model", q.model, "model: an id, a preset, a Hugging Face config.json or a .gguf");
  auto* device = app->add_option("--device", q.device, "device: an id or a preset");
  if (required) {
    model->required();
    device->required();
  }
  app->add_option("--power-mode", q.power_mode, "power mode of the device");
  app->add_option("--runtime", q.runtime, "runtime (default: the best of the device's)");
  app->add_option("--quant", q.quant, "quantization (default: the runtime's)");
  app->add_option("--kv-quant", q.kv_quant, "format of the KV cache, or k:FORMAT,v:FORMAT");
  app->add_option("--flash-attention", q.flash_attention, "0 or 1 (default: as the runtime does)")
      ->check(CLI::IsMember({0, 1}));
  app->add_option("--prompt", w.prompt, "prompt tokens");
  app->add_option("--generate", w.generate, "generated tokens");
  app->add_option("--depth", w.depth, "tokens already in the KV cache");
  app->add_option("--batch", w.batch, "sequences at once");
  app->add_option("--images", w.images, "images in the prompt");
  app->add_option("--image-width", w.image_width, "pixels (default: as the model's processor names)");
  app->add_option("--image-height", w.image_height, "pixels (default: as wide as high)");
  app->add_option("--audio-s", w.audio_s, "seconds of audio in the prompt");
  app->add_option("--threads", w.threads, "CPU threads (default: one per fast core)")->check(CLI::Range(1, 1024));
  app->add_option("--context", w.context, "allocated context (default: depth + prompt + generate)");
  app->add_option("--gpu-layers", w.gpu_layers,
                  "layers on the device, the output layer counted (default: as many as fit)");
  app->add_option("--cpu-moe", w.cpu_moe, "layers whose experts stay with the host, from the first on");
  app->add_option("--kv-on-host", w.kv_on_host, "1: the KV cache stays with the host")->check(CLI::IsMember({0, 1}));
  app->add_option("--devices", w.devices, "devices of this kind that share the model");
  app->add_option(
         "--row-split", w.row_split,
         "1: each device has a share of every matrix (default: of the layers; vLLM and its like: of every matrix)")
      ->check(CLI::IsMember({0, 1}));
  app->add_option("--host", q.host, "the computer that the device is in (default: a typical one)");
  app->add_option("--host-cores", w.host_cores, "cores of the host");
  app->add_option("--host-memory-gib", w.host_memory_gib, "memory of the host, GiB");
  app->add_option("--host-memory-gb-s", w.host_memory_gb_s,
                  "peak bandwidth of the host's memory, GB/s: channels x 8 bytes x transfers per second");
  app->add_option("--session", q.session, "headless or desktop (default: as devices of its class usually run)");
  app->add_option("--memory-taken-gib", w.memory_taken_gib, "memory that other programs take of the device's, GiB");
  app->add_option("--power-scope", q.power_scope,
                  "what power and energy are of: rail, soc, module, gpu or wall (default: the device's own)");
  app->add_option("--gpu-memory-gib", w.gpu_memory_gib,
                  "what the system was set to lend a GPU that shares its memory, GiB (default: as delivered)");
  app->add_option("--known", q.known,
                  "a number measured on this device with this runtime, which corrects the rest: \"decode=11.2 "
                  "llama-3.2-1b Q4_K_M\"; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  app->add_option(
         "--set", q.set,
         "what is changed of the device, FIELD=VALUE: memory.peak_bandwidth_gb_s=34 (`fields` lists them); may be "
         "repeated")
      ->take_all()
      ->allow_extra_args(false);
  app->add_option("--draft-model", q.draft_model, "model that drafts tokens for the other to verify");
  app->add_option("--draft-quant", q.draft_quant, "its quantization (default: as the model's)");
  app->add_flag("--mtp", q.mtp, "the model's own heads draft (multi-token prediction)");
  app->add_option("--draft-tokens", w.draft_tokens, "drafted for a step (default: the number that is the fastest)");
  app->add_option("--acceptance", w.acceptance, "probability that a drafted token is accepted (default: public runs')");
  app->add_option("--task", q.task, "what is written, for the acceptance: code, math, translation, ...");
  app->add_option("--link-rtt-ms", w.link_rtt_ms, "round trip of the network to who asks (default: none)");
  app->add_option("--link-mb-s", w.link_mb_s, "megabytes per second of that network");
  app->add_option("--gpu-memory-utilization", w.gpu_memory_utilization,
                  "share of the memory that vLLM, SGLang or TensorRT-LLM reserves");
  app->add_option("--max-num-batched-tokens", w.max_num_batched_tokens, "vLLM: tokens in one pass at most");
  app->add_option("--max-num-seqs", w.max_num_seqs, "vLLM: sequences at once at most");
  app->add_option("--enforce-eager", w.enforce_eager, "vLLM: 1 for no captured graphs");
  app->add_option("--micro-batch", w.micro_batch, "llama.cpp: prompt tokens in one pass (-ub)");
  app->add_option("--parallel", w.parallel, "llama.cpp: slots that the context is divided among (-np)");
  app->add_option("--kv-unified", w.kv_unified, "llama.cpp: 1 for one cache that all slots share (-kvu)");
}

/// The values that an option takes where it takes no others: CLI11 keeps them as text, "TEXT:{svg,html}".
std::vector<std::string> values_of(const std::string& type) {
  std::vector<std::string> out;
  const auto begin = type.find('{');
  if (begin == std::string::npos) return out;
  std::istringstream values(type.substr(begin + 1, type.find('}', begin) - begin - 1));
  for (std::string value; std::getline(values, value, ',');) out.push_back(value);
  return out;
}

/// What may be written after the words of `name`.
CommandWords words_of(const CLI::App& app, const std::string& name) {
  CommandWords out{.name = name, .description = app.get_description(), .options = {}, .commands = {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    OptionWords words;
    for (const std::string& letter : option->get_snames()) words.names.push_back("-" + letter);
    for (const std::string& word : option->get_lnames()) words.names.push_back("--" + word);
    const std::string type = option->get_type_name();
    words.values = values_of(type);
    if (option->get_positional()) {
      words.value = option->get_name(true);
    } else if (option->get_items_expected_max() > 0) {
      words.value = type.substr(0, type.find(':'));
    }
    for (const CLI::Option* other : option->get_excludes()) words.without.push_back(other->get_name());
    words.description = option->get_description();
    words.required = option->get_required();
    out.options.push_back(std::move(words));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    out.commands.push_back(words_of(*sub, name + " " + sub->get_name()));
  return out;
}

/// The command line, and the command that it names.
struct Grammar {
  CLI::App app{"Predicts memory, speed and energy of language models on edge devices."};
  // The request lives as long as the command.
  std::shared_ptr<Request> request = std::make_shared<Request>();
  Command command;

  template <class Part, class Run>
  void answers(CLI::App* sub, Part& part, Run run) {
    sub->callback([this, &part, run] {
      command = [&part, kept = request, run](std::ostream& out, std::ostream& err) { return run(part, out, err); };
    });
  }

  template <class Part, class Run>
  CLI::App* add(const char* name, const char* description, Part& part, Run run) {
    CLI::App* sub = app.add_subcommand(name, description);
    answers(sub, part, run);
    return sub;
  }
};

/// "--min-decode-tok-s" of "min_decode_tok_s".
std::string option_of(std::string_view name) {
  std::string out = "--" + std::string(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}
std::string describe_bound(std::string_view name) {
  static const std::map<std::string_view, const char*> words = {
      {"min_decode_tok_s", "tokens per second at least, decoding"},
      {"max_ttft_s", "seconds to the first token at most"},
      {"max_memory_gib", "memory at most, GiB"},
      {"max_power_w", "power at most, W"},
      {"max_energy_per_token_j", "energy for a token at most, J"},
      {"max_price_usd", "price of the device at most, US dollars"},
      {"min_parameters_b", "billions of parameters at least"},
      {"max_parameters_b", "billions of parameters at most"},
      {"min_quality", "score at least, on the scale of --benchmark"},
      {"classes", "classes of devices: sbc,jetson,..."},
      {"vendors", "vendors of devices: \"Raspberry Pi\",NVIDIA,..."},
      {"licences", "licences of models: apache-2.0,mit,..."},
      {"axes",
       "what the frontier weighs: speed, ttft, quality, parameters, memory, price, energy, power (default: "
       "speed,parameters,memory)"},
      {"vision", "models that take images"},
      {"audio", "models that take audio"}};
  const auto found = words.find(name);
  return found == words.end() ? "" : found->second;
}

void add_render(Grammar& g) {
  CardRequest& r = g.request->render;
  auto* render = g.add("render", "the answer as a picture or text for a README, a paper or a page", r, run_render);
  add_query(render, r.query, true);
  render->add_option("--with-device", r.devices, "a further device; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  render->add_option("--with-model", r.models, "a further model; may be repeated")->take_all()->allow_extra_args(false);
  render->add_option("--output", r.output, "file to write (default: standard output)");
  CardStyle& style = r.style;
  render
      ->add_option("--format", r.format,
                   "svg, markdown, html or json (default: as the name of the output ends; svg without one)")
      ->check(CLI::IsMember({"svg", "markdown", "html", "json"}));
  render
      ->add_option("--view", r.view,
                   "card, table (a row for each answer; default where there are several) or badge (one line)")
      ->transform(one_of<CardView>({{"card", CardView::card}, {"table", CardView::table}, {"badge", CardView::badge}}));
  render->add_option("--theme", style.theme, "of SVG: auto (as the reader prefers), light or dark (default: auto)")
      ->transform(
          one_of<CardTheme>({{"auto", CardTheme::automatic}, {"light", CardTheme::light}, {"dark", CardTheme::dark}}));
  render->add_option("--lang", style.language, "en or zh (default: en)")
      ->transform(one_of<Language>({{"en", Language::en}, {"zh", Language::zh}}));
  render->add_option("--page", r.page, "address of an Edgewise page, to which the card links")
      ->check([](const std::string& text) {
        return text.starts_with("https://") || text.starts_with("http://") ? "" : "must begin with https:// or http://";
      });
  render->add_option("--date", r.date, "day that the card states, YYYY-MM-DD, or none (default: today)")
      ->check(
          [](const std::string& text) { return text == "none" || is_date(text) ? "" : "must be YYYY-MM-DD or none"; });
}

void add_questions(Grammar& g) {
  Request& r = *g.request;
  auto* estimate = g.add("estimate", "does it run, how fast, for how much energy", r.estimate, run_estimate);
  add_query(estimate, r.estimate.query, true);
  add_output(estimate, r.estimate.output);
  auto* quality = estimate->add_flag_callback(
      "--quality", [&r] { r.estimate.quality = true; }, "what the quantization keeps, and scores, in JSON too");
  estimate
      ->add_flag_callback(
          "--no-quality", [&r] { r.estimate.quality = false; }, "nothing of that in the text either")
      ->excludes(quality);
  auto* ways_out = estimate->add_flag_callback(
      "--ways-out", [&r] { r.estimate.ways_out = true; }, "what to change where it does not run well, in JSON too");
  estimate
      ->add_flag_callback(
          "--no-ways-out", [&r] { r.estimate.ways_out = false; }, "nothing of that in the text either")
      ->excludes(ways_out);
  estimate->add_option("--known-from", r.estimate.known_from,
                       "known numbers of this device out of what an engine printed (llama-bench, Ollama, ...) or rows "
                       "that import wrote; -: standard input");
  estimate->add_option(
      "--save-calibration", r.estimate.save_calibration,
      "write the device's preset with what the known numbers say of it: for --device, check and publish");
  estimate->add_option("--save-device", r.estimate.save_device,
                       "write the device's preset with what --set changes of it: for --device and check");
  estimate->add_option("--what-if", r.estimate.what_if,
                       "what would help this term the most: decode_tok_s, ttft_s, energy_per_token_J, ...");
  estimate->add_option("--requests-per-day", r.estimate.query.workload.requests_per_day,
                       "requests in a day, for its energy and cost");
  estimate->add_option("--battery-wh", r.estimate.query.workload.battery_wh, "capacity of the battery, Wh");
  estimate->add_option("--electricity-usd-per-kwh", r.estimate.query.workload.electricity_usd_per_kwh,
                       "price of electricity, US dollars per kWh");
  estimate->add_option("--device-life-years", r.estimate.query.workload.device_life_years,
                       "years over which the device's price is spread");
  estimate->add_option("--api-usd-per-mtok", r.estimate.query.workload.api_usd_per_mtok,
                       "what an API asks for a million generated tokens");
  estimate->add_option("--grid-gco2e-per-kwh", r.estimate.query.workload.grid_gco2e_per_kwh,
                       "carbon intensity of the electricity");

  add_render(g);

  auto* predict = g.add("predict", "the rows of a cases file with predictions (CSV)", r.predict, run_predict);
  predict->add_option("CASES", r.predict.file, "cases file")->required();
  predict
      ->add_option("--set", r.predict.set,
                   "what is changed of the one device of the rows, FIELD=VALUE; may be repeated")
      ->take_all()
      ->allow_extra_args(false);

  auto* validate = g.add("validate", "errors of the predictions against measured values", r.validate, run_validate);
  validate->add_option("CASES", r.validate.file, "cases file with a value column")->required();
  validate->add_option("--by", r.validate.by, "group by")
      ->check(CLI::IsMember({"device", "runtime", "model", "metric", "quant"}));
  auto* cross = validate->add_flag("--cross", r.validate.cross,
                                   "predict every row without itself: by model and by device left out");
  validate
      ->add_option(
          "--known", r.validate.known,
          "predict rows of boards and studies that were left out, so many numbers of them being known: 1, 2, 4")
      ->delimiter(',')
      ->check(CLI::IsMember({1, 2, 4}))
      ->excludes(cross);
  add_output(validate, r.validate.output);

  auto* explore = g.add("explore", "every combination that meets the bounds, fastest first", r.explore, run_explore);
  add_query(explore, r.explore.query, false);
  add_output(explore, r.explore.output);
  for (const BoundField& f : bound_fields)
    explore->add_option(option_of(f.name), r.explore.bounds.*f.member, describe_bound(f.name));
  for (const BoundList& l : bound_lists)
    explore->add_option(option_of(l.name), r.explore.bounds.*l.member, describe_bound(l.name))->delimiter(',');
  for (const BoundFlag& f : bound_flags)
    explore->add_flag(option_of(f.name), r.explore.bounds.*f.member, describe_bound(f.name));
  explore->add_option("--benchmark", r.explore.bounds.benchmark,
                      "what quality is: a benchmark, or one with its shots, variant or source: MMLU,instruct "
                      "(`list benchmarks`)");
  explore->add_option("--limit", r.explore.limit, "rows to show (default: " + std::to_string(r.explore.limit) + ")");

  auto* load = g.add("load", "many users at once: how long they wait, and how many it can serve", r.load, run_load);
  add_query(load, r.load.query.query, true);
  load->add_option("--format", r.load.output, "text or json")
      ->transform(one_of<Output>({{"text", Output::text}, {"json", Output::json}}));
  load->add_option("--rate", r.load.query.arrivals.rate_per_s,
                   "requests per second, arriving at random (default: only the largest rate is answered)");
  load->add_option("--prompt-cv2", r.load.query.arrivals.prompt_cv2,
                   "squared coefficient of variation of the prompts' lengths (default: 0, all alike)");
  load->add_option("--generate-cv2", r.load.query.arrivals.generate_cv2, "the same of the answers");
  load->add_option("--slots", r.load.query.slots, "sequences at once (default: as the runtime does, if they fit)");
  load->add_option("--ttft-p95", r.load.query.promise.ttft_p95_s,
                   "promise: 95 of 100 see their first token within so many seconds");
  load->add_option("--tpot-p95", r.load.query.promise.tpot_p95_s, "promise: and then a token within so many seconds");

  auto* swept = g.add("sweep", "the main terms over the values of one field", r.sweep, run_sweep);
  add_query(swept, r.sweep.query, true);
  add_output(swept, r.sweep.output);
  swept
      ->add_option("--axis", r.sweep.axis,
                   "a number of the question (batch, prompt, ...), power_mode, quant, or a field of the device")
      ->required();
  swept->add_option("--values", r.sweep.values, "its values (default: every power mode or quantization)")
      ->delimiter(',');

  auto* roofline =
      g.add("roofline", "what binds prompt and answer, beside what the processor could do", r.roofline, run_roofline);
  auto* fields =
      g.add("fields", "what of a device may be edited by --set, and whether it counts", r.fields, run_fields);
  for (auto [sub, part] : {std::pair(roofline, &r.roofline), {fields, &r.fields}}) {
    add_query(sub, part->query, true);
    add_output(sub, part->output);
  }

  auto* list = g.add("list", "models, devices, runtimes, quants, benchmarks or scores", r.list, run_list);
  list->add_option("WHAT", r.list.what, "models, devices, runtimes, quants, benchmarks or scores")
      ->required()
      ->check(CLI::IsMember({"models", "devices", "runtimes", "quants", "benchmarks", "scores"}));
  list->add_option("--model", r.list.model, "of scores: the model that they are of");
  add_output(list, r.list.output);

  auto* study = g.add("study", "a published study as one table, with what it says beside it", r.study, run_study);
  study->add_option("STUDY", r.study.study, "id, or a preset (default: which there are)");
  add_output(study, r.study.output);

  auto* check = g.add("check", "validates presets, or a folder of them; every error with its path", r.check, run_check);
  check->add_option("FILE", r.check.files, "presets, or folders laid out as presets/ is")->required();
  check->add_flag("--fix", r.check.fix, "write presets in canonical form that are only not written so");
}

void add_measuring(Grammar& g) {
  Request& r = *g.request;
  auto* fit_published = g.add("fit-published", "fits class and device parameters to published measurements",
                              r.fit_published, run_fit_published);
  fit_published->add_option("MEASUREMENTS", r.fit_published.file, "measurements file")->required();
  fit_published->add_option("--output", r.fit_published.folder, "folder for the calibrations")->required();

  auto* report = g.add("report", "how far predictions lie from published measurements: REPORT.md and accuracy.json",
                       r.report, run_report);
  report->add_option("MEASUREMENTS", r.report.file, "measurements file")->required();
  report->add_option("--output", r.report.folder, "folder for both files")->required()->check(CLI::ExistingDirectory);

  const auto add_root = [](CLI::App* sub, std::filesystem::path& root) {
    sub->add_option("--root", root, "folder that holds proc and sys")->group("")->check(CLI::ExistingDirectory);
  };
  auto* probe = g.add("probe", "what this machine is", r.probe, run_probe);
  add_output(probe, r.probe.output);
  add_root(probe, r.probe.root);

  auto* measure = g.add("measure", "microbenchmarks of this machine, into a measurement file", r.measure, run_measure);
  measure->add_option("--output", r.measure.output, "file to write (default: measurement.json)");
  auto* budget = measure->add_option("--budget", r.measure.budget_s, "seconds to spend (default: 90)");
  measure->add_flag("--quick", r.measure.quick, "20 seconds: fewer and shorter samples")->excludes(budget);
  measure
      ->add_option("--storage-folder", r.measure.storage_folder,
                   "folder on the storage to measure (default: the output's)")
      ->check(CLI::ExistingDirectory);
  measure->add_option(
      "--kernels", r.measure.kernels,
      "instruction set to measure with, for an engine that was built for an older processor: sse42, "
      "avx2, avx_vnni, avx512, avx512_vnni; neon, dotprod, i8mm, sve2 (default: the newest that runs here)");
  measure->add_option("--power-log", r.measure.power_log,
                      "an outside meter's readings, CSV with unix_s and watts, or what Apple's powermetrics printed, "
                      "read at the end");
  measure->add_option("--watts-idle", r.measure.watts_idle, "power at rest, read off a meter");
  measure->add_option("--watts-load", r.measure.watts_load, "power under load, read off a meter");
  EngineRequest& engine = r.measure.engine;
  measure->add_option(
      "--engine", engine.engine,
      "what else is measured: auto (what runs here), ollama, mlx_lm, a llama-bench (a path, or a name to "
      "find in PATH), or none (default)");
  measure->add_option("--model-file", engine.model_files, "model for the engine, GGUF (default: two that are here)")
      ->take_all()
      ->allow_extra_args(false);
  measure->add_option(
      "--server", engine.server,
      "a running server to measure: llama-server, Ollama, vLLM or any of OpenAI's API; every request is "
      "shown");
  measure->add_option("--engine-budget", engine.budget_s, "seconds for the engine (default: 120)");
  measure->add_flag("--only-engine", r.measure.only_engine, "no microbenchmarks: the engine alone");
  measure->add_flag("--dry-run", r.measure.dry_run, "show what an engine would be asked; nothing is sent or measured");
  measure->add_option("--device", engine.device, "device that a server elsewhere runs on");
  measure->add_option("--model", engine.asked_model, "model of a server: its name there, or the preset that it is");
  measure->add_option("--quant", engine.quant, "its quantization, where the server does not say");
  measure->add_option("--runtime", engine.runtime, "runtime of the engine, where it does not say which processor ran");
  measure->add_option("--engine-ports", engine.ports, "ports of this machine on which auto looks for servers")
      ->delimiter(',')
      ->check(CLI::Range(1, 65535));
  measure->add_option("--power-mode", engine.power_mode, "power mode that the machine is in, as its preset names it");
  measure->add_option("--gpu", r.measure.gpu,
                      "GPU to measure by Vulkan: part of its name, its place in `probe`'s list from 0 on, or none "
                      "(default: all but those that are the processor in software)");
  add_root(measure, r.measure.root);

  auto* import = g.add("import", "what an inference engine printed into measurement rows (CSV)", r.import, run_import);
  import->add_option("FILE", r.import.files, "files")->required();
  import->add_option("--output", r.import.output, "file to write (default: standard output)");
  import->add_option("--device", r.import.query.device, "device that the rows are of");
  import->add_option("--power-mode", r.import.query.power_mode, "its power mode");
  import->add_option("--runtime", r.import.query.runtime, "runtime, where the file does not say");
  import->add_option("--model", r.import.query.model, "model, where the file's name has no preset");
  import->add_option("--quant", r.import.query.quant, "quantization, likewise");
  import->add_option(
      "--placement", r.import.placement,
      "where the model was, as measurement files have it (gpu_layers=20;kv=host), or alone: on the device "
      "alone, whatever the file says");
  const auto whole = CLI::Range(0.0, 1e9);
  import->add_option("--prompt", r.import.prompt, "prompt tokens, where the file does not say")->check(whole);
  import->add_option("--generate", r.import.generate, "generated tokens, likewise")->check(whole);
  import->add_option("--batch", r.import.batch, "sequences at once, likewise")->check(CLI::Range(1.0, 1e6));

  auto* fit_board = g.add("fit", "a measurement and rows of an engine into a device preset", r.fit, run_fit);
  fit_board
      ->add_option("FILE", r.fit.files,
                   "measurement file, then files of rows; or, with --device, files of rows (.csv) alone")
      ->required();
  fit_board->add_option("--output", r.fit.output, "preset to write; its name becomes the id")->required();
  fit_board->add_option("--device", r.fit.query.device,
                        "preset to start from (default: what the measurement describes)");
  fit_board->add_option("--power-mode", r.fit.query.power_mode, "power mode that was measured");
  fit_board->add_option("--name", r.fit.name, "name for people");
  fit_board->add_option("--class", r.fit.device_class, "class of device, as presets name it");
  fit_board->add_option("--peak-bandwidth", r.fit.peak_bandwidth_gb_s, "the memory's theoretical bandwidth, GB/s")
      ->check(CLI::PositiveNumber);
  fit_board->add_option("--gpu", r.fit.gpu,
                        "which of the measured GPUs, part of its name (default: the one on the board)");
  fit_board->add_flag("--accept-noise", r.fit.accept_noise, "fit a measurement that scatters beyond use all the same");
  fit_board->add_flag("--accept-outlier", r.fit.accept_outlier,
                      "fit rows that move the board more than twice from its class all the same");
  fit_board->add_option("--price", r.fit.price_usd, "price, US dollars")->check(CLI::PositiveNumber);
}

void add_publishing(Grammar& g) {
  Request& r = *g.request;
  auto* serve = g.add("serve", "the built page on this machine", r.serve, run_serve);
  serve->add_option("--port", r.serve.port, "port (default: 8080)")->check(CLI::Range(1, 65535));
  serve->add_option("--bind", r.serve.bind, "address to listen on (default: 127.0.0.1, this machine only)");
  serve->add_option(
      "--allow-host", r.serve.names,
      "name that this machine is asked by, of a tunnel for example (addresses, localhost and its own name "
      "are known)");
  serve->add_option("--allow-origin", r.serve.origins,
                    "origin of pages that embed its elements, such as the preview of a documentation: "
                    "http://localhost:8000; may be repeated");
  serve->add_option("--site", r.serve.site, "folder of the built page");
  serve->add_option("--device", r.serve.device, "preset of this board, offered as /my-board.json")
      ->check(CLI::ExistingFile);
  serve->add_option("--before", r.serve.before,
                    "device to show beside it, an id or a file (default: the board without what was measured)");

  // CLI::Range would say 0.100000.
  const auto seconds = CLI::Validator(
      [](const std::string& text) {
        double x = 0;
        return CLI::detail::lexical_cast(text, x) && x >= 0.1 && x <= 3600 ? ""
                                                                           : "must be between 0.1 and 3600 seconds";
      },
      "0.1-3600");
  const auto add_network = [&](CLI::App* sub, HttpOptions& http) {
    sub->add_option("--ca-file", http.ca_file, "certificates of a private authority, PEM")->check(CLI::ExistingFile);
    sub->add_flag("--insecure-http", http.insecure_http,
                  "allow http:// to other machines: everybody on the way can read it");
    sub->add_option("--connect-timeout", http.connect_timeout_s, "seconds (default: 10)")->check(seconds);
    sub->add_option("--timeout", http.timeout_s, "seconds for one request (default: 60)")->check(seconds);
    sub->add_option("--retries", http.retries, "after the first try (default: 4)")->check(CLI::Range(0, 20));
  };
  auto* publish =
      g.add("publish", "shows what of a device preset would be published; --yes sends it", r.publish, run_publish);
  publish->add_option("FILE", r.publish.file, "preset that `fit` wrote");
  publish->add_option("--to", r.publish.target.to, "https://... (PUT), s3://BUCKET/PREFIX or github:OWNER/REPOSITORY");
  publish->add_flag("--yes", r.publish.yes, "send without asking");
  publish->add_flag("--pending", r.publish.pending, "what could not be sent earlier");
  publish->add_option("--endpoint", r.publish.target.endpoint, "address of the S3 service, or of GitHub's API");
  publish->add_option("--region", r.publish.target.region, "region of the bucket (default: $AWS_REGION)");
  publish->add_option("--public-url", r.publish.target.public_url,
                      "where the target's files can be read, if elsewhere");
  publish->add_option("--folder", r.publish.target.folder,
                      "folder in the GitHub repository (default: presets/devices)");
  publish->add_option("--credentials", r.publish.credentials_file,
                      "users and passwords, netrc format, mode 0600 (default: ~/.config/edgewise/credentials)");
  publish->add_option("--page", r.publish.page, "address of an Edgewise page, for the link");
  publish->add_flag("--qr", r.publish.qr, "the link as a QR code, even where the output is no terminal");
  add_network(publish, r.publish.http);

  auto* catalog = g.app.add_subcommand("catalog", "indexes of published presets");
  catalog->require_subcommand(1);
  auto* build =
      catalog->add_subcommand("build", "the index of a folder of device presets; or a check of a published one");
  g.answers(build, r.catalog, run_catalog_build);
  build->add_option("SOURCE", r.catalog.source, "folder, or address of a catalog.json")->required();
  build->add_option("--output", r.catalog.output, "file to write (default: catalog.json in the folder)");
  build->add_flag("--skip-bad", r.catalog.skip_bad, "leave bad presets out instead of writing nothing");
  add_network(build, r.catalog.http);
}

/// Commands that tell of all the others.
void add_reference(Grammar& g) {
  Request& r = *g.request;
  const auto answers = [&g](CLI::App* sub, auto& part, auto run) {
    sub->callback([&g, &part, run] {
      g.command = [&part, kept = g.request, root = words_of(g.app, "edgewise"), run](
                      std::ostream& out, std::ostream& err) { return run(part, root, out, err); };
    });
  };
  auto* man = g.app.add_subcommand("man", "manual pages of these commands, as man(1) reads them");
  man->add_option("COMMAND", r.man.command, "of which command (default: of the program)");
  man->add_option("--output", r.man.folder, "folder for that page and those of the commands beneath it");
  man->add_option("--date", r.man.date, "day that the pages state, YYYY-MM-DD (default: today)")
      ->check([](const std::string& text) { return is_date(text) ? "" : "must be YYYY-MM-DD"; });
  auto* script = g.app.add_subcommand("completion", "a script with which a shell completes these commands");
  script->add_option("SHELL", r.completion.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  answers(man, r.man, run_man);
  answers(script, r.completion, run_completion);
}

/// A word in the place of a command that is none; empty: there is no such word.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc && at->get_require_subcommand_min() > 0; ++i) {
    const std::string word = argv[i];
    if (word.empty() || word[0] == '-') return {};
    std::vector<std::string> commands;
    const CLI::App* named = nullptr;
    for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back(sub->get_name());
      if (sub->get_name() == word) named = sub;
    }
    if (!named) {
      const auto near = nearest(word, commands, 1);
      return "unknown command '" + shortened(word) + "'" +
             (near.empty() ? "; there are " + listed(commands) : "; did you mean '" + near[0] + "'?");
    }
    at = named;
  }
  return {};
}

}  // namespace

std::variant<Command, int> ask(int argc, char** argv, std::ostream& out, std::ostream& err) {
  Grammar g;
  g.app.set_version_flag("--version", EDGEWISE_VERSION);
  g.app.require_subcommand(1);
  add_questions(g);
  add_measuring(g);
  add_publishing(g);
  add_reference(g);
  if (const std::string wrong = unknown_command(g.app, argc, argv); !wrong.empty()) {
    say(err, wrong);
    return bad_input;
  }
  try {
    refuse_what_is_no_number(g.app);
    g.app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked = e.get_exit_code() == 0;  // --help, --version
    std::ostringstream wrong;
    g.app.exit(e, out, wrong);
    // It repeats what was typed, which may hold anything.
    std::string line;
    for (std::istringstream lines(wrong.str()); std::getline(lines, line);) err << harmless(line) << "\n";
    return asked ? done : bad_input;
  }
  return g.command;
}

}  // namespace edgewise
