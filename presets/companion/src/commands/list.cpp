#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/json.h"
#include "edgewise/quality.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

Result<Json> items_of(const ListRequest& r, const Catalog& catalog) {
  if (r.what == "benchmarks") return scales_json(catalog);
  if (r.what == "scores") {
    if (r.model.empty()) return Error{"missing", "model", "is required: scores of which model (--model)"};
    auto of_model = quality_json(catalog, r.model);
    if (!of_model) return of_model.errors();
    return (*of_model)["scores"];
  }
  return catalog_json(catalog)[r.what == "quants" ? "quantizations" : r.what];
}

/// Each score with what it is of and where it was published.
std::string scores_table(const Json& scores) {
  std::vector<std::vector<std::string>> rows = {{"benchmark", "score", "quant", "source"}};
  for (const Json& s : scores) {
    const auto text = [&](const char* key) { return s.value(key, std::string()); };
    std::string of = text("benchmark");
    for (const std::string& part :
         {text("shots").empty() ? "" : text("shots") + "-shot", text("variant"), text("metric")})
      if (!part.empty()) of += ", " + part;
    const bool share = score_kind(text("metric")) == ScoreKind::share;
    rows.push_back({of, significant(s["value"].get<double>()) + (share ? " %" : ""),
                    text("quant") + (text("method").empty() ? "" : " (" + text("method") + ")"), text("source")});
  }
  return aligned(rows, {Side::left, Side::right, Side::left, Side::left});
}

}  // namespace

int run_list(const ListRequest& r, std::ostream& out, std::ostream& err) {
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  const auto listed = items_of(r, *catalog);
  if (!listed) return refuse(listed.errors(), err);
  const Json& items = *listed;
  if (r.output == Output::json) {
    out << to_text(items, 2) << "\n";
    return done;
  }
  if (r.what == "scores" && r.output == Output::text) {
    out << scores_table(items);
    return done;
  }
  bool header = false;
  for (const Json& item : items) {
    std::vector<std::string> names, fields;
    for (const auto& [key, value] : item.items()) {
      if (value.is_array()) continue;
      names.push_back(key);
      fields.push_back(value.is_string() ? value.get<std::string>() : to_text(value));
    }
    if (r.output == Output::csv) {
      if (!header) out << format_csv_row(names);
      out << format_csv_row(fields);
    } else {
      out << field(fields[0], 36, Side::left, 1) << harmless(fields[1]) << "\n";
    }
    header = true;
  }
  return done;
}

}  // namespace edgewise
