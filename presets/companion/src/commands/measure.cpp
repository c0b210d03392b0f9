#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "commands.h"
#include "deliver.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "measure/bench.h"
#include "measure/doubts.h"
#include "measure/gpu/gpu.h"
#include "measure/interrupt.h"
#include "measure/kernels.h"
#include "measure/power_log.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

constexpr int ended_by_user = 130;
/// Of the budget, for each GPU.
constexpr double gpu_share = 1.0 / 3;

/// A bar that redraws itself on a terminal and stays silent elsewhere.
class ProgressBar {
 public:
  explicit ProgressBar(std::ostream& err) : err_(err), terminal_(::isatty(2) != 0) {}
  ~ProgressBar() {
    if (terminal_) err_ << "\r\033[K" << std::flush;
  }
  void show(double share, const std::string& what) {
    if (!terminal_) return;
    const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * 30);
    err_ << "\r\033[K[" << std::string(filled, '#') << std::string(30 - filled, '.') << "] "
         << static_cast<int>(share * 100) << " %  " << what << std::flush;
  }

 private:
  std::ostream& err_;
  bool terminal_;
};

int ended(std::ostream& err) {
  say(err, "ended by the user; nothing was written");
  return ended_by_user;
}

/// The presets, with what the request names as files; the request then holds ids.
Result<Catalog> catalog_for(EngineRequest& r) {
  Query q;
  q.device = r.device;
  q.model = r.asked_model;
  auto catalog = load_catalog(q);
  if (!catalog) return catalog;
  if (!q.device.empty()) {
    r.device = catalog->resolve_device(q.device);
    if (r.device.empty())
      return Error{"unknown_device", "--device", edgewise::quoted(q.device) + " is no device preset"};
  }
  if (!r.runtime.empty() && !catalog->runtime(r.runtime))
    return Error{"unknown_runtime", "--runtime", edgewise::quoted(r.runtime) + " is no runtime preset"};
  r.model = catalog->resolve_model(q.model);
  return catalog;
}

/// Rows of the first of the engines that gives some. Errors where the user named it, or nothing else is measured.
Errors measure_engine(const std::vector<std::unique_ptr<EngineChoice>>& engines, const MeasureRequest& b,
                      Measurement& m, std::ostream& err) {
  Errors failed;
  for (const auto& engine : engines) {
    const auto rows = engine->run(m.engine, err);
    if (interrupted()) return {};
    if (rows) {
      m.engine_rows = rows->rows;
      m.warnings.insert(m.warnings.end(), rows->remarks.begin(), rows->remarks.end());
      return {};
    }
    failed = rows.errors();
    m.engine.findings.push_back("failed: " + failed[0].message);
    if (&engine != &engines.back()) refuse(failed, err);
  }
  if (!b.engine.wanted()) return {};
  if (failed.empty()) failed.push_back({"nothing", "--engine", "nothing was found here that could be measured"});
  if (b.only_engine || b.engine.engine != "auto") return failed;
  m.warnings.push_back("no engine was measured: " + failed[0].message);
  return {};
}

}  // namespace

int run_measure(MeasureRequest b, std::ostream& out, std::ostream& err) {
  if (b.quick) b.budget_s = 20;
  if (!(b.budget_s >= 5 && b.budget_s <= 3600))
    return refuse({{"out_of_range", "--budget", "must be between 5 and 3600 seconds"}}, err);
  const bool typed = !std::isnan(b.watts_idle) || !std::isnan(b.watts_load);
  if (typed && !(b.watts_idle > 0 && b.watts_load > b.watts_idle && b.watts_load < 1e5))
    return refuse(
        {{"out_of_range", "--watts-idle", "and --watts-load are both needed, positive, and the load above the idle"}},
        err);
  if (typed && !b.power_log.empty())
    return refuse({{"conflict", "--power-log", "and --watts-idle exclude each other"}}, err);
  if (b.only_engine && !b.engine.wanted())
    return refuse({{"missing", "--only-engine", "needs --server or --engine"}}, err);
  if (const Errors errors = check_request(b.engine); !errors.empty()) return refuse(errors, err);
  const auto catalog = catalog_for(b.engine);
  if (!catalog) return refuse(catalog.errors(), err);
  b.engine.root = b.root;
  // What runs elsewhere says nothing of this machine, nor this machine of it.
  if (is_elsewhere(b.engine)) b.only_engine = true;
  if (b.dry_run) {
    const auto lines = dry_run(b.engine, probe_machine(b.root), probe_conditions(b.root), *catalog);
    if (!lines) return refuse(lines.errors(), err);
    for (const std::string& line : *lines) out << harmless(line) << "\n";
    return done;
  }
  if (const Errors errors = check_writable(b.output); !errors.empty()) return refuse(errors, err);
  const auto sets = kernels::available();
  if (!b.only_engine && sets.empty())
    return refuse({{"unsupported", "",
                    "no measuring kernels for this processor: they exist for x86-64 with SSE4.2 and for 64-bit ARM; "
                    "--only-engine does without"}},
                  err);
  const auto set = b.kernels.empty() && !sets.empty()
                       ? sets.end() - 1
                       : std::find_if(sets.begin(), sets.end(), [&](const auto* k) { return k->name == b.kernels; });
  if (!b.only_engine && set == sets.end()) {
    std::string names;
    for (const auto* k : sets) names += std::string(names.empty() ? "" : ", ") + k->name;
    return refuse({{"unknown_kernels", "--kernels", "\"" + b.kernels + "\" does not run here; " + names + " do"}}, err);
  }
  const auto gpus = choose_gpus(b.gpu);
  if (!gpus) return refuse(gpus.errors(), err);

  note_interrupts();
  Measurement m;
  m.date = utc_day();
  m.tool = "edgewise " EDGEWISE_VERSION;
  m.machine = probe_machine(b.root);
  m.before = probe_conditions(b.root);
  m.engine.device = b.engine.device;
  auto sensors = find_power_sensors(b.root);
  warn_before(m, sensors);
  for (const std::string& w : m.warnings) say(err, "warning: " + w);
  // Before the minutes of measuring: a server that is not there, and models that are none, are known in a second.
  auto engines = choose_engines(b.engine, m.machine, m.before, *catalog, m.engine, err);
  if (interrupted()) return ended(err);
  if (!engines)
    return engines.errors()[0].path.starts_with("--") ? refuse(engines.errors(), err) : fail(engines.errors(), err);

  const auto begin = std::chrono::steady_clock::now();
  std::vector<PhaseWindow> windows;
  if (!b.only_engine) {
    m.quick = b.quick;
    m.budget_s = b.budget_s;
    ProgressBar bar(err);
    BenchOptions options;
    options.budget_s = b.budget_s;
    options.kernels = *set;
    options.storage_folder = !b.storage_folder.empty()                  ? fs::path(b.storage_folder)
                             : fs::path(b.output).parent_path().empty() ? fs::path(".")
                                                                        : fs::path(b.output).parent_path();
    // An outside meter sees more than any sensor inside.
    if (!typed && b.power_log.empty()) options.sensor = sensor_for(sensors, Processor::cpu);
    options.idle_phase = options.sensor || !b.power_log.empty();
    options.progress = [&](double share, const std::string& what) { bar.show(share, what); };
    options.interrupted = interrupted;
    run_benchmarks(options, m, windows);
    if (!interrupted()) {
      // Beside the processor's budget, not of it.
      GpuOptions gpu;
      gpu.budget_s = gpu_share * b.budget_s;
      gpu.progress = [&](const std::string& what) { bar.show(1, what); };
      gpu.interrupted = interrupted;
      measure_gpus(*gpus, gpu, m);
    }
  }
  if (!interrupted())
    if (const Errors errors = measure_engine(*engines, b, m, err); !errors.empty() && !interrupted())
      return fail(errors, err);
  m.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (interrupted()) return ended(err);
  m.after = probe_conditions(b.root);
  if (typed) {
    m.power.push_back({"idle", "typed in", "wall", {b.watts_idle}});
    for (const char* phase : {"decode", "prefill"}) m.power.push_back({phase, "typed in", "wall", {b.watts_load}});
  } else if (!b.power_log.empty()) {
    const auto text = read_file(b.power_log);  // plists are separated by NUL
    const auto read = text ? read_power_log(*text, windows) : Result<std::vector<PowerReading>>(text.errors());
    // Minutes of measuring are worth more than the log: it is left out, and the file says so.
    if (read)
      m.power = *read;
    else
      m.warnings.push_back("the power log could not be used: " + read.errors()[0].path + " " +
                           read.errors()[0].message);
  }
  warn_after(m);
  if (const Errors errors = nonsense(m); !errors.empty()) return fail(errors, err);
  const int code = deliver_or_rescue(b.output, to_json_text(m), out, err);
  if (code == done) out << render_text(m);
  return code;
}

}  // namespace edgewise
