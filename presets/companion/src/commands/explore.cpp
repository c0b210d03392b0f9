#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_explore(ExploreRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto found = explore(*catalog, r.query, r.bounds, static_cast<double>(r.limit));
  if (!found) return refuse(found.errors(), err);
  if (r.output == Output::json) {
    out << to_text(to_json(*found), 2) << "\n";
    return done;
  }
  if (r.output == Output::csv) {
    out << format_csv_row({"model", "device", "runtime", "quant", "decode_tok_s", "ttft_s", "memory_B",
                           "energy_per_token_J", "price_usd", "verdict", "pareto"});
    for (const Explored::Row& x : found->rows)
      out << format_csv_row({x.model->id, x.device->id, x.runtime->id, x.quantization->id, exact(x.decode_tok_s),
                             exact(x.ttft_s), exact(x.memory_B), exact(x.energy_per_token_J), exact(x.price_usd),
                             to_string(x.verdict), x.pareto ? "1" : "0"});
    return done;
  }
  const auto line = [&](const std::vector<std::string>& fields) {
    static constexpr std::size_t widths[] = {30, 30, 20, 12, 13, 12, 12, 12, 14, 5};
    for (std::size_t i = 0; i < fields.size(); ++i)
      out << field(fields[i], widths[i], i >= 4 ? Side::right : Side::left, 1);
    out << "\n";
  };
  line({"model", "device", "runtime", "quant", "decode", "TTFT", "memory", "J/token", "verdict", "best"});
  for (const Explored::Row& x : found->rows)
    line({x.model->id, x.device->id, x.runtime->id, x.quantization->id, human(x.decode_tok_s, "tok/s"),
          human(x.ttft_s, "s"), human(x.memory_B, "B"), human(x.energy_per_token_J, "J"), words(x.verdict),
          x.pareto ? "*" : ""});
  out << "\n"
      << found->rows.size() << " of " << found->count
      << " combinations; * no other is as fast, as large and as small in memory.\n";
  return done;
}

}  // namespace edgewise
