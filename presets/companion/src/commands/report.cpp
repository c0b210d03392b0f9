#include "calibrate/report.h"

#include "commands.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_report(const ReportRequest& r, std::ostream& out, std::ostream& err) {
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  const auto file = load_rows(r.file, *catalog);
  if (!file) return refuse(file.errors(), err);
  const Report report(file->rows, *catalog);
  const std::filesystem::path folder = r.folder;
  for (const auto& [name, text] :
       {std::pair{"REPORT.md", report.text(r.file)}, {"accuracy.json", report.page_data()}}) {
    const std::string path = (folder / name).string();
    if (const Errors errors = write_file(path, text); !errors.empty()) return fail(errors, err);
    out << harmless(path) << "\n";
  }
  return done;
}

}  // namespace edgewise
