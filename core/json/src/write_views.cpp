#include <nlohmann/json.hpp>

#include "edgewise/json.h"
#include "edgewise/reader.h"
#include "write.h"

// Text in and out, and the documents of what looks at many answers.

namespace edgewise {

namespace {

using json::Json;
using json::number;
using json::object;
using json::Reader;

/// The formula, or where no formula over other terms gives it, the definition in words.
std::string_view formula(const TermInfo& t) { return t.formula.empty() ? t.definition : t.formula; }

/// Reads members of an object that are all optional and never null.
template <class Fields>
Errors read_object(std::string_view text, const Fields& fields) {
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  Reader r(*parsed, "", errors, json::Reading::question);
  if (r) fields(r);
  r.finish();
  return errors;
}

}  // namespace

Result<Query> parse_query(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  return parsed ? read_query(*parsed) : parsed.errors();
}

Result<Bounds> parse_bounds(std::string_view text) {
  Bounds b;
  Errors errors = read_object(text, [&](Reader& r) {
    for (const BoundField& f : bound_fields) b.*f.member = r.number(f.name, 0, 1e15, unknown);
    for (const BoundList& l : bound_lists) b.*l.member = r.texts(l.name);
    for (const BoundFlag& f : bound_flags) b.*f.member = r.flag(f.name, false);
    b.benchmark = r.text("benchmark");
  });
  if (!errors.empty()) return errors;
  return b;
}

Json to_json(const std::vector<ExplainedTerm>& explained, const Answer& a) {
  const Processor processor = a.runtime->processor;
  Json terms = Json::array();
  for (const ExplainedTerm& e : explained) {
    const TermInfo& n = info(e.term);
    Json inputs = Json::array(), sensitivity = Json::array();
    for (const Term input : e.inputs) {
      const TermInfo& k = info(input);
      inputs.push_back(object({{"id", k.id},
                               {"label", k.label},
                               {"value", number(a.estimate[input])},
                               {"unit", k.unit},
                               {"field", field(input, processor)}}));
    }
    for (const Sensitivity& s : e.sensitivity)
      sensitivity.push_back(object({{"input", s.input}, {"change", s.change}}));
    terms.push_back(object({{"id", n.id},
                            {"label", n.label},
                            {"unit", n.unit},
                            {"group", n.group},
                            {"formula", formula(n)},
                            {"note", n.note},
                            {"field", field(e.term, processor)},
                            {"value", number(e.value.value)},
                            {"low", number(e.value.low)},
                            {"high", number(e.value.high)},
                            {"inputs", std::move(inputs)},
                            {"sensitivity", std::move(sensitivity)}}));
  }
  return object({{"terms", std::move(terms)}});
}

}  // namespace edgewise
