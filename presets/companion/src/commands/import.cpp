#include "commands.h"
#include "deliver.h"
#include "edgewise/benchmark.h"
#include "edgewise/csv.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/placement.h"
#include "errors.h"
#include "files.h"
#include "presets.h"

namespace edgewise {

int run_import(ImportRequest r, std::ostream& out, std::ostream& err) {
  const Query asked = r.query;
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  if (!r.output.empty())
    if (const Errors errors = check_writable(r.output); !errors.empty()) return refuse(errors, err);
  const auto resolved = [](const std::string& id, const std::string& typed) { return id.empty() ? typed : id; };
  const std::string device = resolved(catalog->resolve_device(r.query.device), r.query.device),
                    model = resolved(catalog->resolve_model(r.query.model), r.query.model);
  if (r.placement != "alone")
    if (const auto placement = parse_placement(r.placement); !placement)
      return refuse({{"unknown_word", "--placement", placement.errors()[0].message}}, err);
  std::string csv = format_csv_row(measurement_columns());
  for (const std::string& file : r.files) {
    const auto bytes = read_file(file);
    if (!bytes) return refuse(bytes.errors(), err);
    const auto read = import_benchmark(
        *bytes,
        {device, asked.power_mode, asked.runtime, model, asked.quant, r.placement, r.prompt, r.generate, r.batch},
        *catalog);
    if (!read) return refuse(in_file(file, read.errors()), err);
    for (const auto& row : read->rows) csv += format_csv_row(row);
    for (const std::string& fact : read->facts) say(err, std::string(file).append(": ").append(fact));
    for (const std::string& remark : read->remarks) say(err, std::string(file).append(": ").append(remark));
  }
  return deliver(r.output, csv, out, err);
}

}  // namespace edgewise
