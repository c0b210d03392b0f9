#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/json.h"
#include "errors.h"
#include "presets.h"
#include "render.h"

namespace edgewise {

int run_estimate(EstimateRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  r.query.ways_out = r.ways_out.value_or(r.output == Output::text);
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
  return done;
}

}  // namespace edgewise
