#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "check/device_check.h"
#include "commands.h"
#include "edgewise/benchmark.h"
#include "edgewise/edited_preset.h"
#include "edgewise/json.h"
#include "edgewise/known_preset.h"
#include "edgewise/levers_json.h"
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

/// Writes the device's preset as `make` changes it, once `check` would accept it.
template <class Make>
int save(const Answer& a, const std::string& device, const std::string& path, const Make& make, std::ostream& err) {
  if (const Errors errors = check_writable(path); !errors.empty()) return refuse(errors, err);
  std::string preset;
  if (is_file(device)) {
    const auto text = read_text(device, largest_device_B);
    if (!text) return refuse(text.errors(), err);
    preset = *text;
  } else {
    preset = to_text(bundled_preset("device", a.device.id));
  }
  const auto made = make(preset, std::filesystem::path(path).stem().string());
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
  std::vector<WhatIf> helps;
  if (!r.what_if.empty()) {
    auto found = what_if(*catalog, *a, r.what_if);
    if (!found) return refuse(found.errors(), err);
    helps = std::move(*found);
  }
  switch (r.output) {
    case Output::text:
      out << render_text(*a);
      if (!r.what_if.empty()) out << render_what_if(helps, find_term(r.what_if));
      break;
    case Output::json:
      out << to_text(
                 [&] {
                   auto document = to_json(*a);
                   if (!r.what_if.empty()) document["what_if"] = {{"term", r.what_if}, {"changes", to_json(helps, *a)}};
                   return document;
                 }(),
                 2)
          << "\n";
      break;
    case Output::csv:
      out << render_csv(*a);
      break;
  }
  if (!r.save_device.empty()) {
    const auto edited = [&](const std::string& preset, const std::string& id) { return edited_preset(*a, preset, id); };
    if (const int code = save(*a, device, r.save_device, edited, err); code != done) return code;
  }
  if (r.save_calibration.empty()) return done;
  const auto corrected = [&](const std::string& preset, const std::string& id) {
    return known_preset(*a, preset, {id, "edgewise " EDGEWISE_VERSION, utc_day()});
  };
  return save(*a, device, r.save_calibration, corrected, err);
}

}  // namespace edgewise
