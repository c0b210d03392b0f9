#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "check/device_check.h"
#include "commands.h"
#include "edgewise/benchmark.h"
#include "edgewise/json.h"
#include "edgewise/known_preset.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "render.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// Rows that an engine printed on the device that is asked about, as statements of the question.
Result<std::vector<std::string>> read_known(const std::string& path, const Query& q, const Catalog& catalog,
                                            std::ostream& err) {
  Result<std::string> bytes = std::string();
  if (path == "-")
    bytes = std::string(std::istreambuf_iterator<char>(std::cin), {});
  else
    bytes = read_file(path);
  if (!bytes) return bytes.errors();
  const auto known = known_from(*bytes, q, catalog);
  if (!known) return in_file(path, known.errors());
  for (const std::string& remark : known->remarks) say(err, std::string(path).append(": ").append(remark));
  return known->statements;
}

/// Writes the preset, once `check` would accept it.
int save(const Answer& a, const std::string& device, const std::string& path, std::ostream& err) {
  if (const Errors errors = check_writable(path); !errors.empty()) return refuse(errors, err);
  std::error_code ignored;
  std::string preset;
  if (std::filesystem::is_regular_file(device, ignored)) {
    const auto text = read_text(device, largest_device_B);
    if (!text) return refuse(text.errors(), err);
    preset = *text;
  } else {
    preset = to_text(bundled_preset("device", a.device.id));
  }
  const auto made =
      known_preset(a, preset, {std::filesystem::path(path).stem().string(), "edgewise " EDGEWISE_VERSION, utc_day()});
  if (!made) return refuse(made.errors(), err);
  auto catalog = bundled_catalog();
  if (!catalog) return fail(catalog.errors(), err);
  if (const auto checked = check_device(*made, *catalog); !checked) return refuse(in_file(path, checked.errors()), err);
  if (const Errors errors = write_file(path, *made); !errors.empty()) return fail(errors, err);
  say(err, "wrote " + path);
  return done;
}

}  // namespace

int run_estimate(EstimateRequest r, std::ostream& out, std::ostream& err) {
  const std::string device = r.query.device;
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  if (!r.known_from.empty()) {
    const auto more = read_known(r.known_from, r.query, *catalog, err);
    if (!more) return refuse(more.errors(), err);
    r.query.known.insert(r.query.known.end(), more->begin(), more->end());
  }
  r.query.ways_out = r.ways_out.value_or(r.output == Output::text);
  r.query.quality = r.quality.value_or(r.output == Output::text);
  const auto a = answer(*catalog, r.query);
  if (!a) return refuse(a.errors(), err);
  switch (r.output) {
    case Output::text:
      out << render_text(*a);
      break;
    case Output::json:
      out << to_text(to_json(*a), 2) << "\n";
      break;
    case Output::csv:
      out << render_csv(*a);
      break;
  }
  return r.save_calibration.empty() ? done : save(*a, device, r.save_calibration, err);
}

}  // namespace edgewise
