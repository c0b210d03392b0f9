#include "edgewise/many_json.h"

#include <algorithm>

#include "edgewise/json.h"
#include "edgewise/text.h"
#include "write.h"

namespace edgewise {

namespace {

using json::Json;
using json::object;
using json::Reader;

constexpr double most_rows = 1e6;

template <class Fields>
auto find_field(const Fields& fields, const std::string& name) {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

std::string suggested(const std::vector<std::string>& near) {
  return near.empty() ? std::string() : "; did you mean " + listed(near) + "?";
}

/// What is no column of texts, or none of numbers.
Error no_column(const std::string& name, bool is_text) {
  const std::string path = "columns." + name;
  if (is_text && find_field(workload_fields, name)) return {"wrong_type", path, "must be numbers"};
  if (!is_text && find_field(query_texts, name)) return {"wrong_type", path, "must be texts"};
  std::vector<std::string> names;
  names.reserve(std::size(query_texts) + std::size(workload_fields));
  for (const QueryText& t : query_texts) names.emplace_back(t.name);
  for (const WorkloadField& f : workload_fields) names.emplace_back(f.name);
  return {"unknown_word", path, "is no text or number of a question" + suggested(nearest(name, names))};
}

Error no_term(std::size_t place, const std::string& id) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < term_count; ++i) ids.emplace_back(brief(static_cast<Term>(i)).id);
  return {"unknown_word", "terms[" + std::to_string(place) + "]",
          "is " + quoted(id) + ", which is no term" + suggested(nearest(id, ids))};
}

struct Asked {
  Columns columns;
  std::vector<Term> terms;
};

/// `values` holds what the document names, which engine.mjs lays there.
Result<Asked> parse_asked(std::string_view text, const std::vector<double>& values) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Asked out;
  Errors errors;
  Reader r(*parsed, "", errors, json::Reading::question);
  if (!r) return errors;
  const double rows = r.required_number("rows", 0, most_rows);
  const std::vector<std::string> numbers = r.texts("numbers", true), terms = r.texts("terms", true);
  std::vector<std::pair<std::string, std::vector<std::string>>> texts;
  if (const Json* of = r.any("texts"); of && of->is_object()) {
    Reader lists(*of, "columns", errors, json::Reading::question);
    for (const auto& [name, list] : of->items()) texts.emplace_back(name, lists.texts(name.c_str(), true));
  }
  r.finish();
  if (!errors.empty()) return errors;
  out.columns.rows = static_cast<std::size_t>(rows);
  if (values.size() != out.columns.rows * (texts.size() + numbers.size()))
    return Error{"inconsistent", "columns", "hold other numbers of values"};
  auto column = values.begin();
  for (auto& [name, words] : texts) {
    const QueryText* field = find_field(query_texts, name);
    if (!field) return no_column(name, true);
    std::vector<std::size_t> places;
    places.reserve(out.columns.rows);
    for (std::size_t i = 0; i < out.columns.rows; ++i) {
      const double place = *column++;
      if (!(place >= 0 && place < static_cast<double>(words.size())))
        return Error{"out_of_range", "columns." + name + "[" + std::to_string(i) + "]", "is no place in its list"};
      places.push_back(static_cast<std::size_t>(place));
    }
    out.columns.texts.push_back({field, std::move(words), std::move(places)});
  }
  for (const std::string& name : numbers) {
    const WorkloadField* field = find_field(workload_fields, name);
    if (!field) return no_column(name, false);
    const auto end = column + static_cast<std::ptrdiff_t>(out.columns.rows);
    out.columns.numbers.push_back({field, {column, end}});
    column = end;
  }
  if (terms.empty()) return Error{"missing", "terms", "name no term"};
  for (std::size_t i = 0; i < terms.size(); ++i) {
    out.terms.push_back(find_term(terms[i]));
    if (out.terms.back() == Term::count) return no_term(i, terms[i]);
  }
  return out;
}

}  // namespace

Result<Json> estimate_many(const Catalog& catalog, std::string_view query, std::string_view asked,
                           std::vector<double>& values) {
  const auto base = parse_query(query);
  if (!base) return base.errors();
  const auto many = parse_asked(asked, values);
  if (!many) return many.errors();
  const Many found = estimate_many(catalog, *base, many->columns, many->terms);
  values.clear();
  values.reserve(many->columns.rows * (many->terms.size() + 1));
  for (const auto& column : found.columns) values.insert(values.end(), column.begin(), column.end());
  values.insert(values.end(), found.status.begin(), found.status.end());
  Json problems = Json::array();
  for (const Many::Problem& p : found.problems)
    problems.push_back(object({{"first", p.first}, {"rows", p.rows}, {"errors", to_json(Errors{p.error})}}));
  return object({{"rows", many->columns.rows}, {"problems", problems}});
}

}  // namespace edgewise
