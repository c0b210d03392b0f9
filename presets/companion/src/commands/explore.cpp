#include <nlohmann/json.hpp>

#include "commands.h"
#include "csv.h"
#include "errors.h"
#include "json_text.h"
#include "presets.h"
#include "text.h"

namespace edgewise {

using Json = nlohmann::ordered_json;

int run_explore(ExploreRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto found = explore(*catalog, r.query, r.bounds, r.limit);
  if (!found) return refuse(found.errors(), err);
  if (r.output == Output::json) {
    out << json_text(*found, 2) << "\n";
    return done;
  }
  const auto number = [](const Json& x) { return x.is_number() ? x.get<double>() : unknown; };
  if (r.output == Output::csv) {
    out << format_csv_row({"model", "device", "runtime", "quant", "decode_tok_s", "ttft_s", "memory_B",
                           "energy_per_token_J", "price_usd", "verdict", "pareto"});
    for (const Json& x : (*found)["rows"])
      out << format_csv_row({x["model"].get<std::string>(), x["device"].get<std::string>(),
                             x["runtime"].get<std::string>(), x["quant"].get<std::string>(),
                             exact(number(x["decode_tok_s"])), exact(number(x["ttft_s"])), exact(number(x["memory_B"])),
                             exact(number(x["energy_per_token_J"])), exact(number(x["price_usd"])),
                             x["verdict"].get<std::string>(), x["pareto"].get<bool>() ? "1" : "0"});
    return done;
  }
  const auto line = [&](const std::vector<std::string>& fields) {
    static constexpr std::size_t widths[] = {30, 30, 20, 12, 13, 12, 12, 12, 7};
    for (std::size_t i = 0; i < fields.size(); ++i)
      out << field(fields[i], widths[i], i >= 4 ? Side::right : Side::left, 1);
    out << "\n";
  };
  line({"model", "device", "runtime", "quant", "decode", "TTFT", "memory", "J/token", "best"});
  for (const Json& x : (*found)["rows"])
    line({x["model"].get<std::string>(), x["device"].get<std::string>(), x["runtime"].get<std::string>(),
          x["quant"].get<std::string>(), human(number(x["decode_tok_s"]), "tok/s"), human(number(x["ttft_s"]), "s"),
          human(number(x["memory_B"]), "B"), human(number(x["energy_per_token_J"]), "J"),
          x["pareto"].get<bool>() ? "*" : ""});
  out << "\n"
      << (*found)["rows"].size() << " of " << (*found)["count"]
      << " combinations; * no other is as fast, as large and as small in memory.\n";
  return done;
}

}  // namespace edgewise
