#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/levers_json.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_fields(DeviceRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto a = answer(*catalog, r.query);
  if (!a) return refuse(a.errors(), err);
  const std::vector<Editable> fields = editable(*catalog, *a);
  if (r.output == Output::json) {
    out << to_text(to_json(fields), 2) << "\n";
    return done;
  }
  const std::vector<std::string> head = {"field", "value", "stated", "source", "counts"};
  if (r.output == Output::csv) out << format_csv_row(head);
  const auto line = [&](const std::vector<std::string>& f) {
    out << field(f[0], 28, Side::left) << field(f[1], 18, Side::right) << field(f[2], 18, Side::right) << "  "
        << field(f[3], 10, Side::left) << f[4] << "\n";
  };
  if (r.output == Output::text) line(head);
  for (const Editable& e : fields) {
    const std::vector<std::string> row = {e.field->path, value_text(*e.field, e.value),
                                          e.edited ? value_text(*e.field, e.stated) : std::string(),
                                          to_string(e.source), e.counts ? "yes" : "no"};
    if (r.output == Output::csv)
      out << format_csv_row(row);
    else
      line(row);
  }
  return done;
}

}  // namespace edgewise
