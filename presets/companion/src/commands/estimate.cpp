#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "check/device_check.h"
#include "commands.h"
#include "edgewise/json.h"
#include "edgewise/known_preset.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "import/import.h"
#include "measurement_columns.h"
#include "presets.h"
#include "render.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// Rows that an engine printed on the device that is asked about, as statements of the question.
Result<std::vector<std::string>> known_from(const std::string& path, const Query& q, const Catalog& catalog,
                                            std::ostream& err) {
  Result<std::string> bytes = std::string();
  if (path == "-")
    bytes = std::string(std::istreambuf_iterator<char>(std::cin), {});
  else
    bytes = read_file(path);
  if (!bytes) return bytes.errors();
  Query plain = q;
  plain.known.clear();
  const auto a = prepare(catalog, plain);
  if (!a) return a.errors();
  constexpr std::size_t most_bytes = 65536;
  if (bytes->size() > most_bytes)
    return Error{"out_of_range", path, "is larger than 64 KiB; give what was measured of this board alone"};
  ImportContext context{a->query.device, a->query.power_mode, "", "", "", "", unknown, unknown, unknown};
  const auto& columns = measurement_columns();
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  const auto says = [&](const auto& read, const char* name, const auto& is_one) {
    return read && std::any_of(read->rows.begin(), read->rows.end(),
                               [&](const auto& row) { return is_one(row[column(name)]); });
  };
  // A table may not say the runtime, and name the model as nobody else does: they are those that are asked of.
  auto read = import_benchmark(*bytes, context, catalog);
  if (!says(read, "runtime", [&](const std::string& id) { return catalog.runtime(id) != nullptr; })) {
    context.runtime = a->query.runtime;
    read = import_benchmark(*bytes, context, catalog);
  }
  if (!says(read, "model", [&](const std::string& id) { return catalog.model(id) != nullptr; })) {
    context.model = a->query.model;
    context.quant = a->query.quant;
    read = import_benchmark(*bytes, context, catalog);
  }
  if (!read) return in_file(path, read.errors());
  std::vector<std::string> out;
  for (const auto& row : read->rows) {
    const auto field = [&](std::string_view name) { return row[column(name)]; };
    const Metric metric = find_metric(field("metric"));
    if (!field("placement").empty() || metric == Metric::count || !is_fitted(metric)) continue;
    std::string text = field("metric") + "=" + field("value") + " " + field("model") + " " + field("quant");
    for (const char* name : {"prompt", "generate", "depth", "batch", "threads"})
      if (!field(name).empty()) text += std::string(" ") + name + "=" + field(name);
    if (!field("kv_quant").empty()) text += " kv=" + field("kv_quant");
    if (!field("runtime").empty()) text += " runtime=" + field("runtime");
    out.push_back(std::move(text));
    if (out.size() > most_known_numbers) break;
  }
  for (const std::string& remark : read->remarks) say(err, std::string(path).append(": ").append(remark));
  if (out.empty()) return Error{"empty", path, "holds no speed of a model on the device alone"};
  return out;
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
    const auto more = known_from(r.known_from, r.query, *catalog, err);
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
