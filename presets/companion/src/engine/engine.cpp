#include "engine.h"

#include <algorithm>
#include <cstdlib>

#include "address.h"
#include "benchmark/names.h"
#include "edgewise/text.h"
#include "errors.h"
#include "loopback.h"
#include "places.h"
#include "programs.h"
#include "server.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

constexpr double default_budget_s = 120;
/// How long a list may take: a board that swaps answers late.
constexpr double list_timeout_s = 20;
/// How long a port of this machine that may be anybody's is waited for.
constexpr double look_timeout_s = 2;
/// llama-server and mlx_lm, vLLM, LM Studio, Ollama, TabbyAPI and text-generation-webui, KoboldCpp, Jan, FastFlowLM.
constexpr int usual_ports[] = {8080, 8000, 1234, 11434, 5000, 5001, 1337, 52625};

double budget_of(const EngineRequest& r) { return is_known(r.budget_s) ? r.budget_s : default_budget_s; }

/// The largest model that is worth measuring: it fits into what is free, and a board that reads 5 GB/s decodes the
/// tokens of all workloads, and works on the prompts, within half of the time.
double most_B(const EngineRequest& r, const Machine& m, const Conditions& c) {
  const double free_B = is_known(c.memory_available_B) ? 0.9 * c.memory_available_B : 0.7 * m.memory_B;
  constexpr double Bps = 5e9, tokens = 200;
  const double within_B = budget_of(r) / 2 * Bps / tokens * 2;
  return is_known(free_B) ? std::min(free_B, within_B) : within_B;
}

ImportContext context_of(const EngineRequest& r) {
  ImportContext c;
  c.device = r.device;
  c.power_mode = r.power_mode;
  c.runtime = r.runtime;
  c.model = r.model;
  c.quant = r.quant;
  return c;
}

std::string named(const FoundModel& m) {
  std::string out = m.name;
  if (!m.model.empty()) out.append(" (").append(m.model).append(m.quant.empty() ? "" : " " + m.quant).append(")");
  if (is_known(m.size_B)) out.append(", ").append(human(m.size_B, "B"));
  return out;
}

/// Says and keeps a sentence.
void find(EngineReport& report, std::ostream& err, const std::string& sentence) {
  say(err, sentence);
  report.findings.push_back(sentence);
}

// ---- programs ----

class ProgramChoice : public EngineChoice {
 public:
  ProgramChoice(ProgramRun run, bool mlx, ImportContext context, const Catalog& catalog)
      : run_(std::move(run)), mlx_(mlx), context_(std::move(context)), catalog_(catalog) {}
  std::vector<std::string> will_ask() const override {
    return mlx_ ? mlx_benchmark_commands(run_) : llama_bench_commands(run_);
  }
  Result<Imported> run(EngineReport& report, std::ostream& err) override {
    return (mlx_ ? run_mlx_benchmark : run_llama_bench)(run_, context_, catalog_, report, err);
  }

 private:
  ProgramRun run_;
  bool mlx_;
  ImportContext context_;
  const Catalog& catalog_;
};

/// Two of the models that lie here, looked into where their names say nothing.
std::vector<FoundModel> two_of(std::vector<FoundModel> models, FoundModel::Kind kind, double most,
                               const Catalog& catalog) {
  std::erase_if(models, [&](const FoundModel& m) { return m.kind != kind; });
  // Headers are megabytes each: a handful is enough to find two.
  int looks = 8;
  const auto known = std::count_if(models.begin(), models.end(), [](const FoundModel& m) { return !m.model.empty(); });
  if (known < 2)
    for (FoundModel& m : models)
      if (m.model.empty() && looks-- > 0) look_into(m, catalog);
  std::vector<Candidate> candidates;
  candidates.reserve(models.size());
  for (const FoundModel& m : models) candidates.push_back({m.size_B, !m.model.empty(), m.quant});
  std::vector<FoundModel> out;
  for (const std::size_t i : choose_two(candidates, most)) out.push_back(models[i]);
  return out;
}

std::string models_text(const std::vector<FoundModel>& models) {
  std::vector<std::string> names;
  names.reserve(models.size());
  for (const FoundModel& m : models) names.push_back(named(m));
  return listed(names);
}

const char* why_these(std::size_t n) {
  return n > 1 ? ": the smallest and the largest that fit the free memory and the time, or two formats of one size"
               : ": no second one fits the free memory and the time";
}

// ---- servers ----

class ServerChoice : public EngineChoice {
 public:
  ServerChoice(std::unique_ptr<Asker> ask, EngineServer server, std::vector<std::size_t> chosen, ServerContext context,
               const Catalog& catalog, double budget_s)
      : ask_(std::move(ask)),
        server_(std::move(server)),
        chosen_(std::move(chosen)),
        context_(std::move(context)),
        catalog_(catalog),
        budget_s_(budget_s) {}
  std::vector<std::string> will_ask() const override {
    auto lines = requests_of(server_, models());
    for (std::string& line : lines) line.insert(0, ask_->address().url() + ": ");
    return lines;
  }
  Result<Imported> run(EngineReport&, std::ostream&) override {
    return measure_server(*ask_, server_, models(), context_, catalog_, budget_s_);
  }

 private:
  std::vector<const ServerModel*> models() const {
    std::vector<const ServerModel*> out;
    for (const std::size_t i : chosen_) out.push_back(&server_.models[i]);
    return out;
  }

  std::unique_ptr<Asker> ask_;
  EngineServer server_;
  std::vector<std::size_t> chosen_;
  ServerContext context_;
  const Catalog& catalog_;
  double budget_s_;
};

/// What presets call the models of a server: quantizations are known by the family's runtimes.
void name_models(EngineServer& s, const EngineRequest& r, const Catalog& catalog) {
  for (ServerModel& m : s.models) {
    const std::string& family = m.family.empty() ? s.family : m.family;
    const Runtime* runtime = catalog.runtime(r.runtime);
    for (const auto& entry : catalog.runtimes())
      if (!runtime && entry.second.family == family && entry.first.starts_with(family)) runtime = &entry.second;
    const FoundNames names = names_of(m.hint, runtime, catalog);
    m.model = names.model;
    m.quant = names.quant;
  }
}

/// Which of a server's models are measured.
Result<std::vector<std::size_t>> choose_models(const EngineServer& s, const EngineRequest& r, double most) {
  if (!r.asked_model.empty()) {
    std::vector<std::size_t> meant;
    for (std::size_t i = 0; i < s.models.size(); ++i)
      if (s.models[i].name == r.asked_model || (!r.model.empty() && s.models[i].model == r.model)) meant.push_back(i);
    if (!meant.empty()) {
      if (meant.size() > 2) meant.resize(2);
      return meant;
    }
    if (s.models.size() == 1 && !r.model.empty()) return std::vector<std::size_t>{0};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < s.models.size() && i < 8; ++i) names.push_back(nameless(s.models[i].name));
    return Error{
        "unknown_model", "--model",
        quoted(r.asked_model) + " is none of the server's models" +
            (names.empty() ? "" : " (" + listed(names) + (s.models.size() > names.size() ? ", ..." : "") + ")") +
            (r.model.empty() ? ", nor one of the presets" : "")};
  }
  std::vector<Candidate> candidates;
  for (const ServerModel& m : s.models) candidates.push_back({m.size_B, !m.model.empty(), m.quant});
  const auto chosen = choose_two(candidates, most);
  if (chosen.empty())
    return Error{
        "nothing", "--server",
        s.models.empty() ? "offers no model that generates text" : "offers no model that fits into memory and time"};
  return chosen;
}

std::string model_text(const ServerModel& m) {
  return m.model.empty()
             ? quoted(nameless(m.name)) + ", which no preset is known to be: --model ID --quant Q names the one"
             : quoted(nameless(m.name)) + " (" + m.model + (m.quant.empty() ? "" : " " + m.quant) + ")";
}

/// A server that has said what it is, with its models chosen.
Result<std::unique_ptr<EngineChoice>> server_choice(const std::string& how, const std::string& where,
                                                    std::unique_ptr<Asker> ask, EngineServer server,
                                                    const EngineRequest& r, const Machine* machine, double most,
                                                    const Catalog& catalog, EngineReport& report, std::ostream& err) {
  name_models(server, r, catalog);
  const auto chosen = choose_models(server, r, most);
  if (!chosen) return chosen.errors();
  std::vector<std::string> names;
  for (const std::size_t i : *chosen) names.push_back(model_text(server.models[i]));
  find(report, err,
       how + server.product + where + " with " + listed(names) +
           (server.models.size() > chosen->size() ? ", of " + std::to_string(server.models.size()) + " models" : ""));
  ServerContext context{machine, context_of(r)};
  return std::unique_ptr<EngineChoice>(std::make_unique<ServerChoice>(std::move(ask), std::move(server), *chosen,
                                                                      std::move(context), catalog, budget_of(r)));
}

double most_on_server_B(const EngineRequest& r, const Machine* machine, const Catalog& catalog) {
  if (machine) return 0.9 * machine->memory_B;
  const DevicePreset* device = catalog.device(r.device);
  return device ? 0.9 * device->device.memory_capacity_B : unknown;
}

/// What `--engine auto` looks at.
class AutoFinder {
 public:
  AutoFinder(const EngineRequest& r, const Machine& m, const Conditions& c, const Catalog& catalog,
             EngineReport& report, std::ostream& err)
      : r_(r), machine_(m), catalog_(catalog), report_(report), err_(err), most_B_(most_B(r, m, c)) {}

  std::vector<std::unique_ptr<EngineChoice>> choices() {
    surroundings_ = Surroundings::of_process(r_.root);
    programs_ = find_programs(surroundings_);
    for (const FoundProgram& p : programs_) {
      if (p.file.empty())
        missing_.push_back(p.name);
      else
        find(report_, err_, "found " + p.name + " " + p.place);
    }
    models_ = r_.model_files.empty() ? find_models(surroundings_, catalog_) : named_models(r_.model_files, catalog_);
    say_models();
    std::vector<std::unique_ptr<EngineChoice>> out;
    if (r_.engine == "auto") add_program(out, "llama-bench", FoundModel::Kind::gguf);
    if (r_.engine != "mlx_lm") add_servers(out);
    if (r_.engine != "ollama") add_program(out, "mlx_lm.benchmark", FoundModel::Kind::mlx);
    hints();
    if (!missing_.empty()) find(report_, err_, "not found: " + listed(missing_));
    return out;
  }

  /// Lines of what would be done with nothing sent.
  std::vector<std::string> without_asking() {
    std::vector<std::string> out;
    surroundings_ = Surroundings::of_process(r_.root);
    programs_ = find_programs(surroundings_);
    models_ = r_.model_files.empty() ? find_models(surroundings_, catalog_) : named_models(r_.model_files, catalog_);
    if (r_.engine != "mlx_lm")
      for (const std::string& address : addresses())
        out.push_back("would ask " + address +
                      " which server listens there, if any: GET /props, GET /api/version, "
                      "GET /api/tags, GET /v1/models, GET /version, GET /api/v0/models");
    for (const char* name : {"llama-bench", "mlx_lm.benchmark"}) {
      std::vector<std::unique_ptr<EngineChoice>> choices;
      add_program(choices, name, name == std::string("llama-bench") ? FoundModel::Kind::gguf : FoundModel::Kind::mlx);
      for (const auto& choice : choices)
        for (const std::string& line : choice->will_ask()) out.push_back("would run " + line);
    }
    return out;
  }

 private:
  static std::string how(const std::vector<std::unique_ptr<EngineChoice>>& before) {
    return before.empty() ? "chosen: " : "kept in case that fails: ";
  }

  void say_models() {
    const auto named_count =
        std::count_if(models_.begin(), models_.end(), [](const FoundModel& m) { return !m.model.empty(); });
    find(report_, err_,
         models_.empty()
             ? "found no model file in the current folder, ~/models, or the caches of llama.cpp, Hugging Face, "
               "LM Studio and Ollama: --model-file names one"
             : "found " + std::to_string(models_.size()) + " model file(s), " + std::to_string(named_count) +
                   " of them known to presets by their names");
  }

  void add_program(std::vector<std::unique_ptr<EngineChoice>>& out, const char* name, FoundModel::Kind kind) {
    const auto program =
        std::find_if(programs_.begin(), programs_.end(), [&](const FoundProgram& p) { return p.name == name; });
    if (program->file.empty()) return;
    ProgramRun run{program->file.string(), {}, budget_of(r_)};
    // Models that were named win, however large they are.
    run.models = r_.model_files.empty() ? two_of(models_, kind, most_B_, catalog_) : models_;
    if (run.models.empty()) {
      find(report_, err_, std::string(name) + " has no model here that it could run");
      return;
    }
    find(report_, err_,
         how(out) + name + ", whose rows say threads, depth and build, with " + models_text(run.models) +
             (r_.model_files.empty() ? why_these(run.models.size()) : ""));
    out.push_back(
        std::make_unique<ProgramChoice>(std::move(run), kind == FoundModel::Kind::mlx, context_of(r_), catalog_));
  }

  std::vector<std::string> addresses() const {
    std::vector<std::string> out;
    if (const char* host = std::getenv("OLLAMA_HOST"); host && *host) {
      auto address = parse_address(host);
      // The port that Ollama takes where none is given.
      if (address && address->port.empty()) address->port = "11434";
      if (address && is_loopback(address->host)) out.push_back(address->url());
    }
    std::vector<int> ports = r_.ports;
    if (ports.empty()) ports.assign(std::begin(usual_ports), std::end(usual_ports));
    for (const int port : ports) {
      std::string url = "http://127.0.0.1:" + std::to_string(port);
      if (std::find(out.begin(), out.end(), url) == out.end()) out.push_back(std::move(url));
    }
    return out;
  }

  void add_servers(std::vector<std::unique_ptr<EngineChoice>>& out) {
    if (!network_built_in())
      return find(report_, err_, "servers were not looked for: this binary was built without network code (libcurl)");
    std::vector<std::string> silent;
    for (const std::string& url : addresses()) {
      const auto address = parse_address(url);
      if (!address) continue;
      auto ask = std::make_unique<Asker>(*address, report_, err_);
      ask->quiet(true);
      auto server = identify_server(*ask, look_timeout_s);
      ask->quiet(false);
      const std::string port = "port " + address->port;
      if (!server) {
        const std::string& code = server.errors()[0].code;
        if (code == "network")
          silent.push_back(address->port);
        else
          find(report_, err_, port + " answers, and is no server of models (or wants a key)");
        continue;
      }
      if (r_.engine == "ollama" && server->kind != EngineServer::Kind::ollama) continue;
      served_ = served_ || server->kind == EngineServer::Kind::ollama;
      find(report_, err_,
           "found " + server->product + " on " + port + " with " + std::to_string(server->models.size()) + " model(s)");
      auto choice = server_choice(how(out), " on " + port, std::move(ask), std::move(*server), r_, &machine_,
                                  most_on_server_B(r_, &machine_, catalog_), catalog_, report_, err_);
      if (choice)
        out.push_back(std::move(*choice));
      else
        find(report_, err_, "not chosen: " + choice.errors()[0].message);
    }
    if (!silent.empty()) find(report_, err_, "no server on port " + listed(silent));
  }

  /// What is there and does not run.
  void hints() {
    const auto there = [&](const char* name) {
      return std::any_of(programs_.begin(), programs_.end(),
                         [&](const FoundProgram& p) { return p.name == name && !p.file.empty(); });
    };
    if (there("ollama") && !served_)
      find(report_, err_, "Ollama is installed, and does not serve: `ollama serve` starts it");
    if (!there("llama-bench") && (there("llama-server") || there("llama-cli")))
      find(report_, err_,
           "llama.cpp is there without llama-bench: start llama-server with a model and measure with --server");
    if (there("vllm"))
      find(report_, err_,
           "vLLM is installed: `vllm serve MODEL` first, as starting it takes the GPU's memory; then --server");
    if (there("flm"))
      find(report_, err_, "FastFlowLM is installed: `flm bench MODEL` prints what `edgewise import` reads");
  }

  const EngineRequest& r_;
  const Machine& machine_;
  const Catalog& catalog_;
  EngineReport& report_;
  std::ostream& err_;
  double most_B_;
  Surroundings surroundings_;
  std::vector<FoundProgram> programs_;
  std::vector<FoundModel> models_;
  std::vector<std::string> missing_;
  bool served_ = false;
};

bool is_automatic(const EngineRequest& r) { return r.engine == "auto" || r.engine == "ollama" || r.engine == "mlx_lm"; }

/// A llama-bench that the user named.
Result<ProgramRun> named_program(const EngineRequest& r, const Machine& m, const Conditions& c,
                                 const Catalog& catalog) {
  ProgramRun run{r.engine, named_models(r.model_files, catalog), r.budget_s};
  if (run.models.empty())
    run.models = two_of(find_models(Surroundings::of_process(r.root), catalog), FoundModel::Kind::gguf, most_B(r, m, c),
                        catalog);
  if (run.models.empty())
    return Error{"missing", "--model-file", "is needed too: no model was found here that fits into the free memory"};
  return run;
}

}  // namespace

Errors check_request(const EngineRequest& r) {
  if (!r.server.empty() && !r.engine.empty() && r.engine != "none")
    return {{"conflict", "--server", "and --engine exclude each other"}};
  if (!r.server.empty() && !r.model_files.empty())
    return {{"conflict", "--model-file", "and --server exclude each other: a server has its own models"}};
  if (r.server.empty() && !r.model_files.empty() && !r.wanted()) return {{"missing", "--engine", "is needed too"}};
  if (!r.wanted() && !(r.device + r.runtime + r.asked_model + r.quant).empty())
    return {{"missing", "--engine", "or --server is needed with --device, --model, --quant and --runtime"}};
  // These print no table of their own accord.
  static constexpr std::string_view servers[] = {"llama-server", "llama-cli", "vllm", "lms", "flm", "sglang"};
  if (const std::string name = fs::path(r.engine).filename().string();
      std::find(std::begin(servers), std::end(servers), name) != std::end(servers))
    return {{"unsupported", "--engine", quoted(name) + " is no llama-bench: start its server, and give --server URL"}};
  if (is_known(r.budget_s) && !(r.budget_s >= 5 && r.budget_s <= 7200))
    return {{"out_of_range", "--engine-budget", "must be between 5 and 7200 seconds"}};
  std::error_code error;
  for (const std::string& file : r.model_files)
    if (!fs::is_regular_file(file, error)) return {{"no_file", file, "is no file"}};
  if (r.server.empty()) return {};
  if (const auto address = parse_address(r.server); !address) return address.errors();
  if (is_elsewhere(r) && r.device.empty())
    return {{"missing", "--device",
             "is needed with a server elsewhere: its numbers are of the device that it runs on, not of this machine"}};
  return {};
}

bool is_elsewhere(const EngineRequest& r) {
  const auto address = parse_address(r.server);
  return !r.server.empty() && address && !is_loopback(address->host);
}

Result<std::vector<std::unique_ptr<EngineChoice>>> choose_engines(const EngineRequest& r, const Machine& m,
                                                                  const Conditions& c, const Catalog& catalog,
                                                                  EngineReport& report, std::ostream& err) {
  std::vector<std::unique_ptr<EngineChoice>> out;
  if (!r.server.empty()) {
    const auto address = parse_address(r.server);
    if (!address) return address.errors();
    const Machine* machine = is_loopback(address->host) ? &m : nullptr;
    auto ask = std::make_unique<Asker>(*address, report, err);
    auto server = identify_server(*ask, list_timeout_s);
    if (!server) {
      Errors errors = server.errors();
      for (Error& e : errors) e.path.insert(0, r.server + ": ");
      return errors;
    }
    auto choice = server_choice("chosen: ", "", std::move(ask), std::move(*server), r, machine,
                                most_on_server_B(r, machine, catalog), catalog, report, err);
    if (!choice) return choice.errors();
    out.push_back(std::move(*choice));
  } else if (is_automatic(r)) {
    out = AutoFinder(r, m, c, catalog, report, err).choices();
  } else if (r.wanted()) {
    auto run = named_program(r, m, c, catalog);
    if (!run) return run.errors();
    out.push_back(std::make_unique<ProgramChoice>(std::move(*run), false, context_of(r), catalog));
  }
  return out;
}

Result<std::vector<std::string>> dry_run(const EngineRequest& r, const Machine& m, const Conditions& c,
                                         const Catalog& catalog) {
  std::vector<std::string> out;
  if (!r.server.empty()) {
    const auto address = parse_address(r.server);
    if (!address) return address.errors();
    out.push_back("would ask " + address->url() + ", of these what the server understands:");
    for (const std::string& line : requests_of_any()) out.push_back("  " + line);
    return out;
  }
  if (is_automatic(r)) {
    EngineReport unused;
    std::ostream nowhere(nullptr);
    return AutoFinder(r, m, c, catalog, unused, nowhere).without_asking();
  }
  if (!r.wanted())
    return Error{"missing", "--dry-run", "shows what an engine would be asked: give --server or --engine too"};
  const auto run = named_program(r, m, c, catalog);
  if (!run) return run.errors();
  for (const std::string& line : llama_bench_commands(*run)) out.push_back("would run " + line);
  return out;
}

}  // namespace edgewise
