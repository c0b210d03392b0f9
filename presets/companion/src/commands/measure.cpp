#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "commands.h"
#include "deliver.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "import/import.h"
#include "measure/bench.h"
#include "measure/doubts.h"
#include "measure/interrupt.h"
#include "measure/kernels.h"
#include "measure/power_log.h"
#include "presets.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

constexpr int ended_by_user = 130;

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
  if (b.engine.empty() != b.model_file.empty())
    return refuse({{"missing", b.engine.empty() ? "--engine" : "--model-file", "is needed too"}}, err);
  if (const Errors errors = check_writable(b.output); !errors.empty()) return refuse(errors, err);
  if (kernels::available().empty())
    return refuse({{"unsupported", "",
                    "no measuring kernels for this processor: they exist for x86-64 with SSSE3 and for 64-bit ARM"}},
                  err);
  std::error_code error;
  if (!b.model_file.empty() && !fs::is_regular_file(b.model_file, error))
    return refuse({{"no_file", b.model_file, "is no file"}}, err);
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);

  note_interrupts();
  Measurement m;
  m.date = utc_day();
  m.tool = "edgewise " EDGEWISE_VERSION;
  m.quick = b.quick;
  m.budget_s = b.budget_s;
  m.machine = probe_machine(b.root);
  m.before = probe_conditions(b.root);
  auto sensors = find_power_sensors(b.root);
  warn_before(m, sensors);
  for (const std::string& w : m.warnings) say(err, "warning: " + w);

  const auto begin = std::chrono::steady_clock::now();
  std::vector<PhaseWindow> windows;
  {
    ProgressBar bar(err);
    BenchOptions options;
    options.budget_s = b.budget_s;
    options.storage_folder = !b.storage_folder.empty()                  ? fs::path(b.storage_folder)
                             : fs::path(b.output).parent_path().empty() ? fs::path(".")
                                                                        : fs::path(b.output).parent_path();
    // An outside meter sees more than any sensor inside.
    if (!typed && b.power_log.empty()) options.sensor = sensor_for(sensors, Processor::cpu);
    options.idle_phase = options.sensor || !b.power_log.empty();
    options.progress = [&](double share, const std::string& what) { bar.show(share, what); };
    options.interrupted = interrupted;
    run_benchmarks(options, m, windows);
    if (!interrupted() && !b.engine.empty()) {
      bar.show(1, "llama-bench");
      const std::string printed =
          output_of({b.engine, "-m", b.model_file, "-p", "512", "-n", "64", "-r", "3", "-ngl", "0", "-o", "json"}, 3600,
                    interrupted);
      const auto rows =
          printed.empty()
              ? Result<Imported>(Error{"engine", b.engine, "was not found, failed, or printed nothing"})
              : import_benchmark(printed, {.power_mode = b.power_mode, .runtime = "llama.cpp-cpu"}, *catalog);
      if (rows) {
        m.engine_rows = rows->rows;
        for (const std::string& remark : rows->remarks) m.warnings.push_back(remark);
      } else if (!interrupted()) {
        return fail(rows.errors(), err);
      }
    }
  }
  m.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (interrupted()) {
    say(err, "ended by the user; nothing was written");
    return ended_by_user;
  }
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
