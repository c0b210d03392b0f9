#include "calibrate/validate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "calibrate/known_validation.h"
#include "commands.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"
#include "write.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::vector<ErrorGroup>& groups) {
  Json out = Json::array();
  for (const ErrorGroup& g : groups) {
    Json entry = Json::object();
    if (!g.situation.empty()) entry["situation"] = g.situation;
    entry.update({{"kind", g.kind},
                  {"group", g.group},
                  {"configurations", g.errors.configurations},
                  {"median_error", g.errors.median},
                  {"mean_error", g.errors.mean},
                  {"p90_error", g.errors.p90},
                  {"coverage", json::number(g.errors.coverage)}});
    out.push_back(std::move(entry));
  }
  return out;
}

/// `none`: what stands where there is no interval.
std::vector<std::string> fields_of(const ErrorGroup& g, const char* none) {
  const auto percent = [&](double x) { return is_known(x) ? percent_to_a_tenth(x) : std::string(none); };
  const ErrorSummary& e = g.errors;
  return {g.kind,
          g.group,
          std::to_string(e.configurations),
          percent(e.median),
          percent(e.mean),
          percent(e.p90),
          percent(e.coverage)};
}

std::vector<std::string> header(const std::string& by) {
  return {"kind", by.empty() ? "group" : by, "configurations", "median %", "mean %", "p90 %", "inside %"};
}

void print(const Validation& v, const ValidateRequest& r, std::ostream& out) {
  if (r.output == Output::json) {
    out << to_text({{"rows", v.rows},
                    {"excluded", v.excluded},
                    {"not_predicted", v.not_predicted},
                    {"groups", to_json(v.groups)}},
                   2)
        << "\n";
    return;
  }
  const bool as_csv = r.output == Output::csv;
  const auto line = [&](const std::vector<std::string>& fields) {
    out << (as_csv ? format_csv_row(fields) : table_row(fields));
  };
  line(header(r.by));
  for (const ErrorGroup& g : v.groups) line(fields_of(g, as_csv ? "" : "-"));
  if (!as_csv)
    out << "\n"
        << count(v.rows) << " rows with a value, " << count(v.excluded) << " excluded, " << count(v.not_predicted)
        << " not predicted.\n";
}

void print(const CrossValidation& v, const ValidateRequest& r, std::ostream& out) {
  const std::vector<ErrorGroup> groups = v.groups(r.by);
  if (r.output == Output::json) {
    Json rows = Json::array();
    for (const CrossValidation::Entry& p : v.results()) {
      const Row& row = p.sample->row;
      rows.push_back({{"id", row.id},
                      {"metric", to_string(row.metric)},
                      {"device", row.query.device},
                      {"power_mode", row.query.power_mode},
                      {"runtime", row.query.runtime},
                      {"model", row.query.model},
                      {"quant", row.query.quant},
                      {"configuration", row.configuration},
                      {"value", row.value}});
      for (std::size_t way = 0; way < std::size(ways); ++way)
        rows.back()[ways[way].name] = json::number(p.predicted[way]);
    }
    out << to_text({{"groups", to_json(groups)}, {"rows", rows}}, 1) << "\n";
    return;
  }
  if (r.output == Output::csv)
    out << format_csv_row({"situation", "kind", r.by.empty() ? "group" : r.by, "configurations", "median_percent",
                           "mean_percent", "p90_percent", "inside_percent"});
  std::string last;
  for (const ErrorGroup& g : groups) {
    std::vector<std::string> fields = fields_of(g, "");
    if (r.output == Output::csv) {
      fields.insert(fields.begin(), g.situation);
      out << format_csv_row(fields);
      continue;
    }
    if (g.situation != last) {
      const Way& way =
          *std::find_if(std::begin(ways), std::end(ways), [&](const Way& w) { return w.name == g.situation; });
      out << (last.empty() ? "" : "\n") << way.name << " (" << way.description << ")\n" << table_row(header(r.by));
      last = g.situation;
    }
    out << table_row(fields);
  }
}

/// Errors with so many known numbers, each beside those of the same rows without.
void print(const std::vector<KnownErrors>& groups, const ValidateRequest& r, std::ostream& out) {
  if (r.output == Output::json) {
    Json entries = Json::array();
    for (const KnownErrors& g : groups)
      if (std::find(r.known.begin(), r.known.end(), g.known) != r.known.end())
        entries.push_back({{"known", g.known},
                           {"board", g.seen ? "measured by others" : "never measured"},
                           {"kind", g.kind},
                           {"group", g.group},
                           {"configurations", g.errors.configurations},
                           {"median_error_without", g.without.median},
                           {"p90_error_without", g.without.p90},
                           {"median_error", g.errors.median},
                           {"p90_error", g.errors.p90},
                           {"coverage", json::number(g.errors.coverage)}});
    out << to_text({{"groups", entries}}, 2) << "\n";
    return;
  }
  const auto line = [&](const std::vector<std::string>& fields) {
    if (r.output == Output::csv) {
      out << format_csv_row(fields);
      return;
    }
    static constexpr std::size_t widths[] = {6, 10, 11, 30, 15, 11, 11, 9, 7, 9};
    for (std::size_t i = 0; i < fields.size(); ++i)
      out << field(fields[i], widths[i], i < 4 ? Side::left : Side::right);
    out << "\n";
  };
  line({"known", "board", "kind", r.by.empty() ? "group" : r.by, "configurations", "median % 0", "p90 % 0", "median %",
        "p90 %", "inside %"});
  for (const KnownErrors& g : groups)
    if (std::find(r.known.begin(), r.known.end(), g.known) != r.known.end())
      line({std::to_string(g.known), g.seen ? "measured" : "unseen", g.kind, g.group,
            std::to_string(g.errors.configurations), percent_to_a_tenth(g.without.median),
            percent_to_a_tenth(g.without.p90), percent_to_a_tenth(g.errors.median), percent_to_a_tenth(g.errors.p90),
            is_known(g.errors.coverage) ? percent_to_a_tenth(g.errors.coverage) : "-"});
  if (r.output == Output::text)
    out << "\nFrom so many numbers of other models on the board; \"0\": the same rows without them. Unseen: nobody has "
           "measured the board; measured: others have.\n";
}

}  // namespace

int run_validate(const ValidateRequest& r, std::ostream& out, std::ostream& err) {
  const auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  const auto file = load_rows(r.file, *catalog);
  if (!file) return refuse(file.errors(), err);
  if (file->csv.find("value") == Csv::npos)
    return refuse({{"missing", r.file + ": value", "is a required column"}}, err);
  if (!r.known.empty()) {
    const Samples samples(file->rows, *catalog);
    const auto errors = known_errors(validate_known(samples, HierarchyFit(samples), *catalog), r.by);
    if (errors.empty())
      return refuse(
          {{"empty", r.file,
            "has no board with enough rows: to predict a model from " + std::to_string(r.known[0]) +
                " known, so many other models must be there, of one board, study and kind, in common formats"}},
          err);
    print(errors, r, out);
    return done;
  }
  if (r.cross) {
    print(CrossValidation(file->rows, *catalog), r, out);
    return done;
  }
  const Validation v = validate(file->rows, *catalog, r.by);
  if (v.rows == 0 || v.rows == v.excluded + v.not_predicted)
    return refuse({{"empty", r.file, "has no row with a value that can be predicted; `predict` says why of each"}},
                  err);
  print(v, r, out);
  return done;
}

}  // namespace edgewise
