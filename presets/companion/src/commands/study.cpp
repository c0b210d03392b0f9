#include "edgewise/study.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"
#include "write.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// What a point changes: "phi-2", "transformers-cuda fp16", "32 96".
std::string name_of(const QueryPatch& point) {
  std::string out;
  for (const auto& [text, value] : point.texts) out += (out.empty() ? "" : " ") + value;
  for (const auto& [field, value] : point.numbers) out += (out.empty() ? "" : " ") + count(value);
  return out;
}

/// Of what does not run, only the memory is of anything.
Ranged value_of(const StudyRow& row, Term t) {
  const std::string_view group = info(t).group;
  const bool runs = row.answer && verdict(*row.answer) != Verdict::does_not_run;
  return row.answer && (runs || group == "memory" || group == "input") ? row.answer->ranged(t) : Ranged{};
}

std::string why(const Errors& errors) {
  return "no answer: " + (errors[0].path.empty() ? "" : errors[0].path + ": ") + errors[0].message;
}

Result<Study> read_study(const std::string& asked) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(asked, ignored)) {
    const auto text = read_text(asked, largest_device_B);
    if (!text) return text.errors();
    auto study = parse_study(*text);
    if (!study) return in_file(asked, study.errors());
    return study;
  }
  if (const Json preset = bundled_preset("study", asked); preset.is_object()) return parse_study(to_text(preset));
  std::vector<std::string> ids;
  for (const Json& preset : bundled_presets_of("study")) ids.push_back(preset.value("id", ""));
  return Error{"unknown_id", "study", "unknown study " + quoted(asked) + "; there are " + listed(ids)};
}

void print_table(const Catalog& catalog, const Study& study, const Study::Table& table, std::ostream& out) {
  const std::vector<StudyRow> rows = study_rows(catalog, study, table);
  std::vector<std::vector<std::string>> cells(1);
  for (const Study::Axis& axis : table.axes) cells[0].push_back(axis.name);
  cells[0].emplace_back("verdict");
  for (const Term t : table.columns) cells[0].emplace_back(info(t).label);
  cells[0].emplace_back("published");
  for (const StudyRow& row : rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const QueryPatch* point : row.points) line.push_back(name_of(*point));
    line.emplace_back(row.answer ? words(verdict(*row.answer)) : why(row.answer.errors()));
    if (!row.answer) continue;
    for (const Term t : table.columns) line.push_back(human(value_of(row, t).value, info(t).unit));
    std::string said;
    for (const Study::Published* p : row.published)
      said += (said.empty() ? "" : "; ") + std::string(info(p->term).label) + " " +
              human(p->value, info(p->term).unit) + " (" + p->label + ")";
    line.push_back(said);
  }
  out << "\n" << harmless(table.name) << "\n";
  if (!table.note.empty()) out << harmless(table.note) << "\n";
  std::vector<Side> sides(table.axes.size() + 1, Side::left);
  sides.insert(sides.end(), table.columns.size(), Side::right);
  sides.push_back(Side::left);
  out << aligned(cells, sides);
}

void print_text(const Catalog& catalog, const Study& study, std::ostream& out) {
  out << harmless(study.name) << "\n" << harmless(study.source) << "\n";
  if (!study.note.empty()) out << harmless(study.note) << "\n";
  out << "Runs well: " << count(reading_speed_tok_s) << " tok/s and more, as people read, and the first token within "
      << count(longest_wait_s) << " s.\n";
  for (const Study::Table& table : study.tables) print_table(catalog, study, table, out);
  if (!study.findings.empty()) out << "\nWhat is published of it\n";
  for (const Study::Finding& f : study.findings) out << "  " << harmless(f.text) << " (" << harmless(f.source) << ")\n";
}

void print_csv(const Catalog& catalog, const Study& study, std::ostream& out) {
  std::vector<Term> terms, published;
  const auto add = [](std::vector<Term>& to, Term t) {
    if (std::find(to.begin(), to.end(), t) == to.end()) to.push_back(t);
  };
  for (const Study::Table& table : study.tables)
    for (const Term t : table.columns) add(terms, t);
  for (const Study::Published& p : study.published) add(published, p.term);
  std::vector<std::string> header = {"table"};
  for (const QueryText& t : query_texts) header.emplace_back(t.name);
  for (const WorkloadField& f : workload_fields) header.emplace_back(f.name);
  header.emplace_back("verdict");
  for (const Term t : terms)
    for (const char* part : {"", "_low", "_high"}) header.push_back(std::string(info(t).id) + part);
  for (const Term t : published) header.push_back(std::string(info(t).id) + "_published");
  header.emplace_back("published_source");
  header.emplace_back("error");
  out << format_csv_row(header);
  for (const Study::Table& table : study.tables)
    for (const StudyRow& row : study_rows(catalog, study, table)) {
      Query q;
      table.query.apply(q);
      for (const QueryPatch* point : row.points) point->apply(q);
      if (row.answer) q = row.answer->query;
      std::vector<std::string> line = {table.name};
      for (const QueryText& t : query_texts) line.push_back(q.*t.member);
      for (const WorkloadField& f : workload_fields) line.push_back(exact(q.workload.*f.member));
      line.emplace_back(row.answer ? to_string(verdict(*row.answer)) : "");
      for (const Term t : terms) {
        const Ranged r = value_of(row, t);
        for (const double x : {r.value, r.low, r.high}) line.push_back(exact(x));
      }
      std::string sources;
      for (const Term t : published) {
        const auto p =
            std::find_if(row.published.begin(), row.published.end(), [&](const auto* x) { return x->term == t; });
        line.push_back(p == row.published.end() ? "" : exact((*p)->value));
        if (p != row.published.end()) sources += (sources.empty() ? "" : "; ") + (*p)->source;
      }
      line.push_back(sources);
      line.push_back(row.answer ? "" : row.answer.errors()[0].path + ": " + row.answer.errors()[0].message);
      out << format_csv_row(line);
    }
}

Json row_json(const Study::Table& table, const StudyRow& row) {
  Json out = Json::object();
  for (const QueryPatch* point : row.points) {
    for (const auto& [text, value] : point->texts) out["point"][text->name] = value;
    for (const auto& [field, value] : point->numbers) out["point"][field->name] = value;
  }
  if (!row.answer) {
    out["errors"] = to_json(row.answer.errors());
    return out;
  }
  out["verdict"] = to_string(verdict(*row.answer));
  for (const Term t : table.columns) {
    const Ranged r = value_of(row, t);
    out["terms"][std::string(info(t).id)] = {{"value", json::number(r.value)},
                                             {"low", json::number(r.low)},
                                             {"high", json::number(r.high)},
                                             {"unit", info(t).unit}};
  }
  out["published"] = Json::array();
  for (const Study::Published* p : row.published)
    out["published"].push_back(
        {{"term", info(p->term).id}, {"value", p->value}, {"label", p->label}, {"source", p->source}});
  return out;
}

void print_json(const Catalog& catalog, const Study& study, std::ostream& out) {
  Json tables = Json::array(), findings = Json::array();
  for (const Study::Table& table : study.tables) {
    Json rows = Json::array();
    for (const StudyRow& row : study_rows(catalog, study, table)) rows.push_back(row_json(table, row));
    tables.push_back({{"name", table.name}, {"note", table.note}, {"rows", rows}});
  }
  for (const Study::Finding& f : study.findings) findings.push_back({{"text", f.text}, {"source", f.source}});
  out << to_text({{"id", study.id},
                  {"name", study.name},
                  {"source", study.source},
                  {"note", study.note},
                  {"reading_speed_tok_s", reading_speed_tok_s},
                  {"longest_wait_s", longest_wait_s},
                  {"tables", tables},
                  {"findings", findings}},
                 2)
      << "\n";
}

}  // namespace

int run_study(const StudyRequest& r, std::ostream& out, std::ostream& err) {
  if (r.study.empty()) {
    for (const Json& preset : bundled_presets_of("study"))
      out << field(preset.value("id", ""), 16, Side::left, 1) << harmless(preset.value("name", "")) << "\n";
    return done;
  }
  const auto study = read_study(r.study);
  if (!study) return refuse(study.errors(), err);
  const auto catalog = bundled_catalog();
  if (!catalog) return fail(catalog.errors(), err);
  switch (r.output) {
    case Output::text:
      print_text(*catalog, *study, out);
      break;
    case Output::csv:
      print_csv(*catalog, *study, out);
      break;
    case Output::json:
      print_json(*catalog, *study, out);
      break;
  }
  return done;
}

}  // namespace edgewise
