#include <algorithm>

#include "parse.h"

namespace edgewise::json {

namespace {

/// The members of a question that are there.
QueryPatch parse_patch(Reader r) {
  QueryPatch patch;
  for (const QueryText& t : query_texts)
    if (r.has(t.name)) patch.texts.emplace_back(&t, r.text(t.name));
  for (const WorkloadField& f : workload_fields)
    if (r.has(f.name)) patch.numbers.emplace_back(&f, r.required_number(f.name, f.min, f.max));
  r.finish();
  return patch;
}

Term term_in(Reader& r, const char* key, const std::string& id) {
  const Term t = find_term(id);
  if (t == Term::count) r.error(key, "unknown_word", quoted(id) + " is no term");
  return t;
}

/// Rows of one table that anybody would read.
constexpr double most_rows = 20000;

Study::Table parse_table(Reader& r) {
  Study::Table table;
  table.name = r.required_text("name");
  table.query = parse_patch(r.object("query"));
  double rows = 1;
  for (Reader& a : r.objects("axes")) {
    Study::Axis axis{a.required_text("name"), {}};
    for (Reader& point : a.objects("points")) axis.points.push_back(parse_patch(std::move(point)));
    a.wanted({"points"});
    if (axis.points.empty()) a.error("points", "missing", "must hold points");
    a.finish();
    rows *= static_cast<double>(axis.points.size());
    table.axes.push_back(std::move(axis));
  }
  if (rows > most_rows) r.error("axes", "out_of_range", "make " + count(rows) + " rows, may make " + count(most_rows));
  for (const std::string& id : r.texts("columns")) table.columns.push_back(term_in(r, "columns", id));
  table.note = r.text("note");
  r.wanted({"query", "axes", "columns"});
  r.finish();
  return table;
}

}  // namespace

Study parse_study(Reader& r) {
  Study study;
  study.id = r.required_id("id");
  study.name = r.required_text("name");
  study.source = r.required_text("source");
  for (Reader& t : r.objects("tables")) study.tables.push_back(parse_table(t));
  for (Reader& p : r.objects("published")) {
    Study::Published said;
    said.at = parse_patch(p.object("at"));
    said.term = term_in(p, "term", p.required_text("term"));
    said.value = p.required_number("value", 0, any_number);
    said.label = p.required_text("label");
    said.source = p.required_text("source");
    p.unread({{"date", Holds::date}});
    p.finish();
    study.published.push_back(std::move(said));
  }
  for (Reader& f : r.objects("findings")) {
    study.findings.push_back({f.required_text("text"), f.required_text("source")});
    f.finish();
  }
  study.note = r.text("note");
  r.wanted({"tables"});
  return study;
}

}  // namespace edgewise::json
