#include "calibrate/import.h"

#include "commands.h"
#include "deliver.h"
#include "edgewise/csv.h"
#include "errors.h"
#include "files.h"
#include "measurement_columns.h"
#include "presets.h"

namespace edgewise {

int run_import(ImportRequest r, std::ostream& out, std::ostream& err) {
  const Query asked = r.query;
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  if (!r.output.empty())
    if (const Errors errors = check_writable(r.output); !errors.empty()) return refuse(errors, err);
  std::string csv = format_csv_row(measurement_columns());
  for (const std::string& file : r.files) {
    const auto text = read_text(file, 64.0 * 1048576);
    if (!text) return refuse(text.errors(), err);
    const auto read =
        import_benchmark(*text, {r.query.device, asked.power_mode, asked.runtime, asked.model, asked.quant}, *catalog);
    if (!read) return refuse(in_file(file, read.errors()), err);
    for (const auto& row : read->rows) csv += format_csv_row(row);
    for (const std::string& remark : read->remarks) say(err, std::string(file).append(": ").append(remark));
  }
  return deliver(r.output, csv, out, err);
}

}  // namespace edgewise
