#include "commands.h"
#include "deliver.h"
#include "edgewise/benchmark.h"
#include "edgewise/csv.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/named.h"
#include "edgewise/placement.h"
#include "errors.h"
#include "files.h"
#include "presets.h"

namespace edgewise {

namespace {

/// The ids of what the options name: a row of a name that nobody knows is of nothing.
Result<Query> names_of(const Query& asked, const Catalog& catalog) {
  auto names = resolve_names(catalog, asked);
  if (!names) return names;
  if (!names->runtime.empty() && !catalog.runtime(names->runtime))
    return Error{"unsupported", "runtime", "starts runtimes: name the one that it started"};
  if (names->device.empty() || names->power_mode.empty()) return names;
  Query mode = example_query();
  mode.device = names->device;
  mode.power_mode = names->power_mode;
  const auto in_mode = prepare(catalog, mode);
  if (in_mode)
    names->power_mode = in_mode->query.power_mode;
  else if (in_mode.errors()[0].path == "power_mode")
    return in_mode.errors();
  return names;
}

}  // namespace

int run_import(ImportRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  if (!r.output.empty())
    if (const Errors errors = check_writable(r.output); !errors.empty()) return refuse(errors, err);
  const auto names = names_of(r.query, *catalog);
  if (!names) return refuse(names.errors(), err);
  if (r.placement != "alone")
    if (const auto placement = parse_placement(r.placement); !placement)
      return refuse({{"unknown_word", "--placement", placement.errors()[0].message}}, err);
  std::string csv = format_csv_row(measurement_columns());
  for (const std::string& file : r.files) {
    const auto bytes = read_file(file);
    if (!bytes) return refuse(bytes.errors(), err);
    const auto read = import_benchmark(*bytes,
                                       {names->device, names->power_mode, names->runtime, names->model, names->quant,
                                        r.placement, r.prompt, r.generate, r.batch},
                                       *catalog);
    if (!read) return refuse(in_file(file, read.errors()), err);
    if (!read->elsewhere.empty()) return refuse(in_file(file, {{"other_device", "--device", read->elsewhere}}), err);
    for (const auto& row : read->rows) csv += format_csv_row(row);
    for (const std::string& fact : read->facts) say(err, std::string(file).append(": ").append(fact));
    if (!read->named.empty()) say(err, std::string(file).append(": it ran on ").append(read->named));
    for (const std::string& remark : read->remarks) say(err, std::string(file).append(": ").append(remark));
  }
  return deliver(r.output, csv, out, err);
}

}  // namespace edgewise
