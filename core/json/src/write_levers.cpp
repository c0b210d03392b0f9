#include "edgewise/levers_json.h"
#include "write.h"

namespace edgewise {

namespace {

using json::field_value;
using json::Json;
using json::number;
using json::object;
using json::ranged;

Json numbers_json(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double x : values) out.push_back(number(x));
  return out;
}

Json roof(const Roofline::Roof& r) { return object({{"peak", number(r.peak)}, {"reached", number(r.reached)}}); }

}  // namespace

Json to_json(const Sweep& s) {
  Json columns = Json::object(), low = Json::object(), high = Json::object();
  for (const Sweep::Column& c : s.columns) {
    const std::string id(info(c.term).id);
    columns[id] = numbers_json(c.values);
    bool any = false;
    for (const double x : c.low) any = any || is_known(x);
    if (!any) continue;
    low[id] = numbers_json(c.low);
    high[id] = numbers_json(c.high);
  }
  Json verdicts = Json::array(), scopes = Json::array(), fits = Json::array(), warnings = Json::array(),
       problems = Json::array();
  for (std::size_t i = 0; i < s.points.size(); ++i) {
    const Sweep::Point& p = s.points[i];
    verdicts.push_back(to_string(p.verdict));
    scopes.push_back(to_string(p.power_scope));
    fits.push_back(p.fits ? Json(*p.fits) : Json(nullptr));
    if (!p.warnings.empty()) warnings.push_back(object({{"point", i}, {"warnings", to_json(p.warnings)}}));
    if (!p.errors.empty()) problems.push_back(object({{"point", i}, {"errors", to_json(p.errors)}}));
  }
  Json out = object({{"axis", s.axis}, {"values", numbers_json(s.values)}, {"columns", std::move(columns)}}, 9);
  if (!s.names.empty()) out["names"] = s.names;
  out["low"] = std::move(low);
  out["high"] = std::move(high);
  out["verdicts"] = std::move(verdicts);
  out["power_scopes"] = std::move(scopes);
  out["fits"] = std::move(fits);
  out["warnings"] = std::move(warnings);
  out["problems"] = std::move(problems);
  out["memory_end"] =
      is_known(s.last_fit) ? object({{"last_fit", s.last_fit}, {"first_unfit", s.first_unfit}}) : Json(nullptr);
  return out;
}

Json to_json(const std::vector<WhatIf>& found, const Answer& a) {
  Json out = Json::array();
  for (const WhatIf& w : found)
    out.push_back(object({{"kind", to_string(w.kind)},
                          {"label", w.label},
                          {"change", w.askable ? changes_json(a.query, w.query) : Json(nullptr)},
                          {"value", ranged(w.value)},
                          {"gain", number(w.gain)},
                          {"verdict", to_string(w.verdict)}}));
  return out;
}

Json to_json(const Roofline& r) {
  Json ceilings = Json::array(), points = Json::array();
  for (const Roofline::Ceiling& c : r.ceilings)
    ceilings.push_back(object({{"number", c.number},
                               {"peak", number(c.peak)},
                               {"reached", number(c.reached)},
                               {"decode", c.decode},
                               {"prefill", c.prefill},
                               {"ridge", roof(c.ridge)}}));
  for (const Roofline::Point& p : r.points)
    points.push_back(object({{"phase", p.phase},
                             {"intensity", number(p.intensity)},
                             {"ops_per_s", ranged(p.ops_per_s)},
                             {"bound", p.bound}}));
  return object({{"processor", to_string(r.processor)},
                 {"alone", r.alone},
                 {"bandwidth", roof(r.bandwidth)},
                 {"ceilings", std::move(ceilings)},
                 {"points", std::move(points)}});
}

Json to_json(const std::vector<Editable>& fields) {
  Json out = Json::array();
  for (const Editable& e : fields) {
    const EditableField& f = *e.field;
    Json one = object({{"field", f.path},
                       {"label", f.label},
                       {"unit", f.unit},
                       {"group", to_string(f.group)},
                       {"stated", field_value(f, e.stated)},
                       {"value", field_value(f, e.value)},
                       {"in_mode", field_value(f, e.in_mode)},
                       {"edited", e.edited},
                       {"source", to_string(e.source)},
                       {"counts", e.counts}});
    if (f.is_word()) {
      one["words"] = Json::array();
      for (const char* word : f.words) one["words"].push_back(word);
    } else {
      one["min"] = f.min;
      one["max"] = f.max;
    }
    out.push_back(std::move(one));
  }
  return out;
}

Result<SweepValues> parse_sweep_values(std::string_view text, const char* path) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  const std::string where(path);
  if (!parsed->is_array()) return Error{"wrong_type", where, "must be an array of numbers or of names"};
  SweepValues out;
  for (std::size_t i = 0; i < parsed->size(); ++i) {
    const Json& v = (*parsed)[i];
    if (v.is_number() && out.names.empty())
      out.numbers.push_back(v.get<double>());
    else if (v.is_string() && out.numbers.empty())
      out.names.push_back(v.get<std::string>());
    else
      return Error{"wrong_type", where + "[" + std::to_string(i) + "]", "must be a number, or all of them names"};
  }
  return out;
}

Json edited_json(const Device& d) {
  Json out = Json::array();
  for (const Edit& e : d.edits)
    out.push_back(object({{"field", e.field->path},
                          {"label", e.field->label},
                          {"unit", e.field->unit},
                          {"from", field_value(*e.field, e.from)},
                          {"to", field_value(*e.field, e.to)}}));
  return out;
}

}  // namespace edgewise
