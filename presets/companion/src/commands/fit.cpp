#include <algorithm>

#include "calibrate/board_fit.h"
#include "check/device_check.h"
#include "commands.h"
#include "deliver.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace fs = std::filesystem;

int run_fit(FitRequest b, std::ostream& out, std::ostream& err) {
  const std::string device = b.query.device;
  auto catalog = load_catalog(b.query);
  if (!catalog) return refuse(catalog.errors(), err);
  if (const Errors errors = check_writable(b.output); !errors.empty()) return refuse(errors, err);

  BoardFitOptions o;
  o.id = fs::path(b.output).stem().string();
  if (o.id.empty() || o.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos)
    return refuse({{"wrong_name", b.output,
                    "the file's name becomes the id of the preset: lower-case letters, digits, - and . only"}},
                  err);
  o.name = b.name;
  o.device = device;
  o.device_class = b.device_class;
  o.power_mode = b.query.power_mode;
  o.gpu = b.gpu;
  o.peak_bandwidth_Bps = b.peak_bandwidth_gb_s * 1e9;
  o.price_usd = b.price_usd;
  o.accept_noise = b.accept_noise;
  o.accept_outlier = b.accept_outlier;

  // Without a measurement file there are rows of an engine alone.
  Measurement m;
  m.tool = "edgewise " EDGEWISE_VERSION;
  m.date = utc_day();
  const bool rows_only = fs::path(b.files[0]).extension() == ".csv";
  if (!rows_only) {
    const auto text = read_text(b.files[0], 64.0 * 1048576);
    if (!text) return refuse(text.errors(), err);
    auto parsed = parse_measurement(*text);
    if (!parsed) return refuse(in_file(b.files[0], parsed.errors()), err);
    m = std::move(*parsed);
  }

  std::vector<Row> engine;
  if (!m.engine_rows.empty()) {
    const auto rows = read_rows({measurement_columns(), m.engine_rows}, *catalog);
    if (!rows) return refuse(in_file(b.files[0], rows.errors()), err);
    engine = *rows;
  }
  for (std::size_t i = rows_only ? 0 : 1; i < b.files.size(); ++i) {
    const auto rows = load_rows(b.files[i], *catalog);
    if (!rows) return refuse(rows.errors(), err);
    engine.insert(engine.end(), rows->rows.begin(), rows->rows.end());
  }

  const auto fitted = fit_board(m, engine, o, *catalog);
  if (!fitted) {
    Errors errors = fitted.errors();
    for (Error& e : errors)
      if (e.path.rfind("--", 0) != 0) e = in_file(b.files[0], {e})[0];
    return refuse(errors, err);
  }
  // What `check` and `publish` would refuse must not be written.
  auto presets = bundled_catalog();
  if (!presets) return refuse(presets.errors(), err);
  Errors wrong = fitted->refused;
  if (wrong.empty())
    if (const auto checked = check_device(fitted->preset, *presets); !checked) wrong = checked.errors();
  if (!wrong.empty()) {
    refuse(in_file(b.output, wrong), err);
    const bool by_measuring = std::any_of(wrong.begin(), wrong.end(), [](const Error& e) {
      return e.path.rfind("calibrations", 0) == 0 || e.path.rfind("memory.measured", 0) == 0;
    });
    say(err, !by_measuring ? "nothing was written"
             : o.device.empty()
                 ? "nothing was written: measure again while nothing else runs, or state what is assumed "
                   "(--peak-bandwidth)"
                 : "nothing was written: measure again while nothing else runs");
    return bad_input;
  }
  for (const auto& e : fitted->explained) {
    for (const auto& row : e.rows)
      out << harmless(e.runtime + ", " + row.what) << ": measured " << human(row.measured, "") << ", explained "
          << human(row.predicted, "") << " (" << percent_to_a_tenth(row.predicted / row.measured - 1) << " %)\n";
    if (!e.rows.empty())
      out << harmless(e.runtime) << ": median error " << percent_to_a_tenth(e.prior_error) << " % from "
          << (e.microbenchmarks ? "the microbenchmarks" : "its class") << " alone, " << percent_to_a_tenth(e.error)
          << " % after the fit.\n";
  }
  for (const std::string& note : fitted->notes) out << "- " << harmless(note) << "\n";
  return deliver(b.output, fitted->preset, out, err);
}

}  // namespace edgewise
