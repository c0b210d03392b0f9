#include "board.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "bench.h"
#include "benchmark_import.h"
#include "board_fit.h"
#include "commands.h"
#include "csv.h"
#include "edgewise/version.h"
#include "interrupt.h"
#include "kernels.h"
#include "power_log.h"
#include "serve.h"
#include "statistics.h"
#include "text.h"

namespace edgewise {

std::string utc_day() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  ::gmtime_r(&now, &day);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int ended_by_user = 130;

/// Whether the file could be written, found out before minutes of measuring.
Errors check_writable(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path().empty() ? fs::path(".") : fs::path(path).parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {{"no_folder", path, "the folder does not exist"}};
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) return {{"unwritable", path, "is no regular file"}};
  if (::access(folder.c_str(), W_OK) != 0) return {{"unwritable", path, "the folder is not writable"}};
  return {};
}

/// Writes to the file, or to standard output where none is named.
int deliver(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err) {
  if (path.empty()) {
    out << text;
    return done;
  }
  if (const Errors errors = write_file(path, text); !errors.empty()) {
    report(errors, err);
    return failure;
  }
  err << "edgewise: wrote " << path << "\n";
  return done;
}

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

/// What spoils a measurement and can be known beforehand.
void warn_before(Measurement& m, const std::vector<PowerSensor>& sensors) {
  const auto& c = m.before;
  if (c.load > 0.3 * m.machine.threads())
    m.warnings.push_back("the machine was busy before: load " + exact(c.load) + " on " +
                         std::to_string(m.machine.threads()) + " CPUs");
  if (!c.throttled.empty()) m.warnings.push_back("the firmware reported before: " + c.throttled);
  if (c.governor == "powersave" || c.governor == "conservative")
    m.warnings.push_back("the governor is " + c.governor + "; performance or schedutil is what inference would see");
  if (m.machine.virtual_machine)
    m.warnings.push_back("a virtual machine: its neighbours share caches, memory and clocks");
  for (const PowerSensor& s : sensors)
    if (!s.unusable.empty() && m.warnings.size() < 20)
      m.warnings.push_back("power sensor " + s.name + " cannot be used: " + s.unusable);
#ifndef __OPTIMIZE__
  m.warnings.push_back("this binary was built without optimisation");
#endif
}

/// What the numbers themselves give away.
void warn_after(Measurement& m) {
  if (!m.after.throttled.empty()) m.warnings.push_back("the firmware reported afterwards: " + m.after.throttled);
  const auto unsteady = std::count_if(m.rows.begin(), m.rows.end(),
                                      [](const Row& r) { return r.samples.size() > 2 && r.spread() > 0.2; });
  if (static_cast<double>(unsteady) > 0.25 * static_cast<double>(m.rows.size()))
    m.warnings.push_back(std::to_string(unsteady) + " of " + std::to_string(m.rows.size()) +
                         " rows scatter by more than 20 %: something else was running");
  // A neighbour that takes a core all the time scatters nothing: only the sum over the threads shows it.
  const auto arithmetic = [&](bool one) {
    const Row* found = nullptr;
    for (const Row& r : m.rows)
      if (r.test == "fma" && r.cores == "fast" && !r.samples.empty() &&
          (one ? r.threads == 1 : !found || r.threads > found->threads))
        found = &r;
    return found;
  };
  if (const Row* one = arithmetic(true), *all = arithmetic(false); one && all->threads > 1) {
    const double reached = all->median() / (one->median() * all->threads);
    if (reached < 0.75)
      m.warnings.push_back(
          std::to_string(all->threads) + " threads together reached " + human(100 * reached, "%") +
          " of as many times one thread: something else was running, or the clock falls when all cores work");
  }
  for (const Row& r : m.rows) {
    if (r.test.rfind("sustained", 0) != 0 || r.samples.size() < 8) continue;
    const auto part = static_cast<std::ptrdiff_t>(r.samples.size() / 4);
    const double first = median(std::vector<double>(r.samples.begin(), r.samples.begin() + part)),
                 last = median(std::vector<double>(r.samples.end() - part, r.samples.end()));
    if (last < 0.92 * first)
      m.warnings.push_back(r.test + " slowed down by " + exact(std::round(100 * (1 - last / first))) +
                           " % while it ran: the board throttles");
  }
}

/// A measurement that contradicts itself must not become a preset.
Errors nonsense(const Measurement& m) {
  Errors errors;
  const double hz = 2e10, bytes = 2e14;
  for (const Row& r : m.rows)
    for (const double x : r.samples) {
      const bool wrong =
          !std::isfinite(x) || x <= 0 || (r.test == "clock" && x > hz) || (r.test == "read" && x > bytes);
      if (!wrong) continue;
      errors.push_back({"nonsense", r.test, "gave " + exact(x) + ": the clock of this machine cannot be trusted"});
      return errors;
    }
  return errors;
}

}  // namespace

int run_probe(Request& r, std::ostream& out, std::ostream& err) {
  if (r.output == Output::csv) return report({{"format", "--format", "csv is not offered here; text or json"}}, err);
  const Machine machine = probe_machine(r.board.root);
  const Conditions conditions = probe_conditions(r.board.root);
  const auto sensors = find_power_sensors(r.board.root);
  if (r.output == Output::json) {
    Json power = Json::array();
    for (const PowerSensor& s : sensors)
      power.push_back({{"name", s.name},
                       {"scope", to_string(s.scope)},
                       {"unusable", s.unusable.empty() ? Json(nullptr) : Json(s.unusable)}});
    std::string kernel = kernels::available().empty() ? "" : kernels::available().back()->name;
    out << Json{{"machine", to_json(machine)},
                {"conditions", to_json(conditions)},
                {"power_sensors", power},
                {"kernels", kernel}}
               .dump(2)
        << "\n";
    return done;
  }
  out << render_text(machine, conditions);
  out << "\nPower sensors\n";
  if (sensors.empty()) out << "  none found; `edgewise measure --power-log` takes an outside meter's readings\n";
  for (const PowerSensor& s : sensors)
    out << "  " << s.name << ", " << to_string(s.scope) << (s.unusable.empty() ? "" : ": " + s.unusable) << "\n";
  return done;
}

int run_measure(Request& r, std::ostream& out, std::ostream& err) {
  BoardRequest& b = r.board;
  if (b.quick) b.budget_s = 20;
  if (!(b.budget_s >= 5 && b.budget_s <= 3600))
    return report({{"out_of_range", "--budget", "must be between 5 and 3600 seconds"}}, err);
  const bool typed = !std::isnan(b.watts_idle) || !std::isnan(b.watts_load);
  if (typed && !(b.watts_idle > 0 && b.watts_load > b.watts_idle && b.watts_load < 1e5))
    return report(
        {{"out_of_range", "--watts-idle", "and --watts-load are both needed, positive, and the load above the idle"}},
        err);
  if (typed && !b.power_log.empty())
    return report({{"conflict", "--power-log", "and --watts-idle exclude each other"}}, err);
  if (b.engine.empty() != b.model_file.empty())
    return report({{"missing", b.engine.empty() ? "--engine" : "--model-file", "is needed too"}}, err);
  if (b.output.empty()) b.output = "measurement.json";
  if (const Errors errors = check_writable(b.output); !errors.empty()) return report(errors, err);
  if (kernels::available().empty())
    return report({{"unsupported", "",
                    "no measuring kernels for this processor: they exist for x86-64 with SSSE3 and for 64-bit ARM"}},
                  err);
  std::error_code error;
  if (!b.model_file.empty() && !fs::is_regular_file(b.model_file, error))
    return report({{"no_file", b.model_file, "is no file"}}, err);
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);

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
  for (const std::string& w : m.warnings) err << "edgewise: warning: " << w << "\n";

  const auto begin = std::chrono::steady_clock::now();
  std::vector<PhaseWindow> windows;
  {
    ProgressBar bar(err);
    BenchOptions options;
    options.budget_s = b.budget_s;
    options.storage_folder = !b.storage_folder.empty()                  ? fs::path(b.storage_folder)
                             : fs::path(b.output).parent_path().empty() ? fs::path(".")
                                                                        : fs::path(b.output).parent_path();
    // An outside meter sees more than any sensor inside, and a graphics card's sees nothing of what runs here.
    const auto sensor = std::find_if(sensors.begin(), sensors.end(), [](const PowerSensor& s) {
      return s.unusable.empty() && s.scope != PowerSensor::Scope::gpu;
    });
    if (!typed && b.power_log.empty() && sensor != sensors.end()) options.sensor = &*sensor;
    options.idle_phase = options.sensor || !b.power_log.empty();
    options.progress = [&](double share, const std::string& what) { bar.show(share, what); };
    options.interrupted = interrupted;
    run_benchmarks(options, m, windows);
    if (!interrupted() && !b.engine.empty()) {
      bar.show(1, "llama-bench");
      const std::string printed =
          output_of({b.engine, "-m", b.model_file, "-p", "512", "-n", "64", "-r", "3", "-ngl", "0", "-o", "json"}, 3600,
                    interrupted);
      const auto rows = printed.empty()
                            ? Result<Imported>(Error{"engine", b.engine, "was not found, failed, or printed nothing"})
                            : import_benchmark(printed, {"", r.query.power_mode, "llama.cpp-cpu", "", ""}, *catalog);
      if (rows) {
        m.engine_rows = rows->rows;
        for (const std::string& remark : rows->remarks) m.warnings.push_back(remark);
      } else if (!interrupted()) {
        report(rows.errors(), err);
        return failure;
      }
    }
  }
  m.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (interrupted()) {
    err << "edgewise: ended by the user; nothing was written\n";
    return ended_by_user;
  }
  m.after = probe_conditions(b.root);
  if (typed) {
    m.power.push_back({"idle", "typed in", "wall", {b.watts_idle}});
    for (const char* phase : {"decode", "prefill"}) m.power.push_back({phase, "typed in", "wall", {b.watts_load}});
  } else if (!b.power_log.empty()) {
    const auto text = read_file(b.power_log);
    const auto read = text ? read_power_log(*text, windows) : Result<std::vector<PowerReading>>(text.errors());
    // Minutes of measuring are worth more than the log: it is left out, and the file says so.
    if (read)
      m.power = *read;
    else
      m.warnings.push_back("the power log could not be used: " + read.errors()[0].path + " " +
                           read.errors()[0].message);
  }
  warn_after(m);
  if (const Errors errors = nonsense(m); !errors.empty()) {
    report(errors, err);
    return failure;
  }
  const int code = deliver(b.output, to_json_text(m), out, err);
  if (code == done) out << render_text(m);
  return code;
}

int run_import(Request& r, std::ostream& out, std::ostream& err) {
  const Query asked = r.query;
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  if (!r.board.output.empty())
    if (const Errors errors = check_writable(r.board.output); !errors.empty()) return report(errors, err);
  std::string csv = format_csv_row(measurement_columns());
  for (const std::string& file : r.files) {
    const auto text = read_file(file, 64.0 * 1048576);
    if (!text) return report(text.errors(), err);
    const auto read =
        import_benchmark(*text, {r.query.device, asked.power_mode, asked.runtime, asked.model, asked.quant}, *catalog);
    if (!read) return report(in_file(file, read.errors()), err);
    for (const auto& row : read->rows) csv += format_csv_row(row);
    for (const std::string& remark : read->remarks) err << "edgewise: " << file << ": " << remark << "\n";
  }
  return deliver(r.board.output, csv, out, err);
}

int run_fit(Request& r, std::ostream& out, std::ostream& err) {
  const BoardRequest& b = r.board;
  const std::string device = r.query.device;
  auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  if (const Errors errors = check_writable(b.output); !errors.empty()) return report(errors, err);

  BoardFitOptions o;
  o.id = fs::path(b.output).stem().string();
  if (o.id.empty() || o.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos)
    return report({{"wrong_name", b.output,
                    "the file's name becomes the id of the preset: lower-case letters, digits, - and . only"}},
                  err);
  o.name = b.name;
  o.device = device;
  o.device_class = b.device_class;
  o.power_mode = r.query.power_mode;
  o.peak_bandwidth_Bps = b.peak_bandwidth_gb_s * 1e9;
  o.price_usd = b.price_usd;
  o.accept_noise = b.accept_noise;

  // Without a measurement file there are rows of an engine alone.
  Measurement m;
  m.tool = "edgewise " EDGEWISE_VERSION;
  m.date = utc_day();
  const bool rows_only = fs::path(r.files[0]).extension() == ".csv";
  if (!rows_only) {
    const auto text = read_file(r.files[0], 64.0 * 1048576);
    if (!text) return report(text.errors(), err);
    auto parsed = parse_measurement(*text);
    if (!parsed) return report(in_file(r.files[0], parsed.errors()), err);
    m = std::move(*parsed);
  }

  std::vector<CaseRow> engine;
  const auto add_rows = [&](const std::string& file, const Csv& csv) -> Errors {
    const auto rows = read_cases(csv, *catalog);
    if (!rows) return in_file(file, rows.errors());
    engine.insert(engine.end(), rows->begin(), rows->end());
    return {};
  };
  if (!m.engine_rows.empty())
    if (const Errors errors = add_rows(r.files[0], {measurement_columns(), m.engine_rows}); !errors.empty())
      return report(errors, err);
  for (std::size_t i = rows_only ? 0 : 1; i < r.files.size(); ++i) {
    const auto rows = read_file(r.files[i]);
    if (!rows) return report(rows.errors(), err);
    const auto csv = parse_csv(*rows);
    if (!csv) return report(in_file(r.files[i], csv.errors()), err);
    if (const Errors errors = add_rows(r.files[i], *csv); !errors.empty()) return report(errors, err);
  }

  const auto fitted = fit_board(m, engine, o, *catalog);
  if (!fitted) return report(fitted.errors(), err);
  for (const auto& e : fitted->explained) {
    for (const auto& row : e.rows)
      out << e.runtime << ", " << row.what << ": measured " << human(row.measured, "") << ", explained "
          << human(row.predicted, "") << " (" << percent_to_a_tenth(row.predicted / row.measured - 1) << " %)\n";
    if (!e.rows.empty())
      out << e.runtime << ": median error " << percent_to_a_tenth(e.prior_error) << " % from "
          << (e.microbenchmarks ? "the microbenchmarks" : "its class") << " alone, " << percent_to_a_tenth(e.error)
          << " % after the fit.\n";
  }
  for (const std::string& note : fitted->notes) out << "- " << note << "\n";
  return deliver(b.output, fitted->preset, out, err);
}

int run_serve(Request& r, std::ostream& out, std::ostream& err) {
  BoardRequest& b = r.board;
  ServeOptions o{b.bind, b.port, b.site, {}};
  if (o.site.empty()) {
    // Where the build leaves the page, seen from the binary.
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& candidate : {self / "../../site", self / "../share/edgewise/site"})
      if (o.site.empty() && fs::is_regular_file(candidate / "index.html", error))
        o.site = fs::weakly_canonical(candidate, error).string();
  }
  std::error_code error;
  if (o.site.empty() || !fs::is_regular_file(fs::path(o.site) / "index.html", error))
    return report({{"no_site", "--site",
                    o.site.empty() ? "is needed: the built page was not found beside this binary"
                                   : "\"" + o.site + "\" holds no index.html"}},
                  err);
  if (!r.query.device.empty()) {
    auto preset = read_file(r.query.device, 4.0 * 1048576);
    if (!preset) return report(preset.errors(), err);
    if (const auto catalog = load_catalog(r.query); !catalog) return report(catalog.errors(), err);
    o.device_preset = std::move(*preset);
  }
  return serve(o, out, err);
}

}  // namespace edgewise
