#include "calibrate/fit_published.h"

#include "commands.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_fit_published(const FitPublishedRequest& r, std::ostream& out, std::ostream& err) {
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  const auto file = load_rows(r.file, *catalog);
  if (!file) return refuse(file.errors(), err);
  for (const CalibrationFile& c : fit_published(file->rows, *catalog)) {
    const std::string path = (std::filesystem::path(r.folder) / (c.id + ".json")).string();
    if (const Errors errors = write_file(path, c.text); !errors.empty()) return fail(errors, err);
    out << harmless(path) << ": " << c.content << "\n";
  }
  return done;
}

}  // namespace edgewise
