#include "edgewise/study.h"

#include <algorithm>

#include "parse.h"

namespace edgewise {

void QueryPatch::apply(Query& q) const {
  for (const auto& [text, value] : texts) q.*text->member = value;
  for (const auto& [field, value] : numbers) q.workload.*field->member = value;
}

bool QueryPatch::holds(const Query& q) const {
  return std::all_of(texts.begin(), texts.end(), [&](const auto& x) { return q.*x.first->member == x.second; }) &&
         std::all_of(numbers.begin(), numbers.end(),
                     [&](const auto& x) { return q.workload.*x.first->member == x.second; });
}

Result<Study> parse_study(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  json::Reader r(*parsed, "", errors);
  Study study;
  if (r) {
    r.word("type", {"study"}, 0);
    r.required_number("format_version", 1, 1);
    study = json::parse_study(r);
    r.finish();
  }
  if (!errors.empty()) return errors;
  return study;
}

std::vector<StudyRow> study_rows(const Catalog& catalog, const Study& study, const Study::Table& table) {
  std::vector<StudyRow> rows;
  // What a reader refused has no rows.
  if (std::any_of(table.axes.begin(), table.axes.end(), [](const Study::Axis& a) { return a.points.empty(); }))
    return rows;
  std::vector<std::size_t> at(table.axes.size(), 0);
  for (bool more = true; more;) {
    Query q;
    table.query.apply(q);
    std::vector<const QueryPatch*> points;
    for (std::size_t i = 0; i < at.size(); ++i) {
      points.push_back(&table.axes[i].points[at[i]]);
      points.back()->apply(q);
    }
    StudyRow row{std::move(points), answer(catalog, q), {}};
    if (row.answer)
      for (const Study::Published& p : study.published)
        if (std::find(table.columns.begin(), table.columns.end(), p.term) != table.columns.end() &&
            p.at.holds(row.answer->query))
          row.published.push_back(&p);
    rows.push_back(std::move(row));
    more = false;
    for (std::size_t i = at.size(); i-- > 0 && !more;) {
      more = ++at[i] < table.axes[i].points.size();
      if (!more) at[i] = 0;
    }
  }
  return rows;
}

}  // namespace edgewise
