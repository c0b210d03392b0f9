#include "calibrate/rows.h"
#include "commands.h"
#include "edgewise/edits.h"
#include "edgewise/json.h"
#include "errors.h"
#include "presets.h"

namespace edgewise {

int run_predict(const PredictRequest& r, std::ostream& out, std::ostream& err) {
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  auto file = load_rows(r.file, *catalog);
  if (!file) return refuse(file.errors(), err);
  if (!r.set.empty()) {
    if (const auto edits = parse_edits(r.set); !edits) return refuse(edits.errors(), err);
    for (Row& row : file->rows) {
      if (catalog->resolve_device(row.query.device) != catalog->resolve_device(file->rows[0].query.device))
        return refuse({Error{"inconsistent", "set", "the rows are of several devices"}}, err);
      row.query.set = r.set;
    }
  }

  std::vector<std::string> header = file->csv.columns;
  for (const char* name : {"predicted", "predicted_p10", "predicted_p90", "status"}) header.emplace_back(name);
  out << format_csv_row(header);
  for (const Row& row : file->rows) {
    const Prediction p = predict_row(row, *catalog);
    std::vector<std::string> fields = file->csv.rows[row.number];
    for (const double x : {p.value.value, p.value.low, p.value.high}) fields.push_back(exact(x));
    fields.push_back(p.status);
    out << format_csv_row(fields);
  }
  return done;
}

}  // namespace edgewise
