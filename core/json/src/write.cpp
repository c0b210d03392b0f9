#include "write.h"

#include "edgewise/json.h"
#include "edgewise/levers_json.h"
#include "edgewise/metric.h"
#include "edgewise/reader.h"
#include "edgewise/ways_out.h"

namespace edgewise {

namespace {

using json::add;
using json::Json;
using json::number;
using json::object;
using json::Reader;

Json query_json(const Query& q) {
  Json out = Json::object();
  for (const QueryText& t : query_texts)
    if (t.always || !(q.*t.member).empty()) out[t.name] = q.*t.member;
  for (const QueryFlag& f : query_flags)
    if (const int is = f.of(q); is >= 0) out[f.name] = is == 1;
  if (!q.known.empty()) out["known"] = q.known;
  if (!q.set.empty()) out["set"] = q.set;
  for (const WorkloadField& f : workload_fields)
    if (is_known(q.workload.*f.member)) out[f.name] = q.workload.*f.member;
  return out;
}

Json breakdown_json(const Breakdown& rows) {
  Json out = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OperatorTime& r = rows[i];
    if (r.total_s == 0 && r.bytes == 0) continue;
    out.push_back(object({{"operator", to_string(static_cast<Operator>(i))},
                          {"bytes", number(r.bytes)},
                          {"operations", number(r.operations)},
                          {"memory_s", number(r.memory_s)},
                          {"compute_s", number(r.compute_s)},
                          {"fixed_s", number(r.fixed_s)},
                          {"total_s", number(r.total_s)},
                          {"bound", bound(r)}}));
  }
  return out;
}

/// The ways out, each with the members of the question that it changes; null: left out.
Json ways_out_json(const Answer& a) {
  Json out = Json::array();
  for (const WayOut& w : ways_out(*a.catalog, a)) {
    out.push_back(object({{"kind", to_string(w.kind)},
                          {"label", w.label},
                          {"change", changes_json(a.query, w.query)},
                          {"verdict", to_string(w.verdict)},
                          {"memory_B", number(w.memory_B)},
                          {"usable_B", number(w.usable_B)},
                          {"ttft_s", number(w.ttft_s)},
                          {"decode_tok_s", json::ranged(w.decode_tok_s)}}));
  }
  return out;
}

Json calibration_json(const Answer& a) {
  const Calibration* c = a.calibration.calibration;
  if (!c) return nullptr;
  return object({{"origin", c->measured ? "measured" : "fitted"},
                 {"configurations", c->configurations},
                 {"power_mode", c->power_mode},
                 {"source", a.calibration.in_device ? "device" : "calibrations"},
                 {"index", c->index}});
}

/// The numbers that are known of the board, each with what was expected and what is explained.
Json known_json(const Answer& a) {
  Json out = Json::array();
  for (const Known& k : a.known)
    out.push_back(object({{"text", to_text(k.number)},
                          {"metric", info(k.number.metric).id},
                          {"kind", to_string(interval_kind(info(k.number.metric).kind))},
                          {"unit", info(k.number.metric).unit},
                          {"value", k.number.value},
                          {"expected", number(k.expected)},
                          {"explained", number(k.explained)},
                          {"elsewhere", k.elsewhere}}));
  return out;
}

Json instead_json(const Answer& a) {
  const auto instead = a.instead();
  if (!instead) return nullptr;
  return object({{"kind", to_string(instead->kind)},
                 {"layers_on_device", number(instead->layers_on_device)},
                 {"experts_on_host", number(instead->experts_on_host)},
                 {"layers", a.cost.layers},
                 {"tpot_s", number(instead->tpot_s)}});
}

Json launcher_json(const Answer& a) {
  if (!a.launcher) return nullptr;
  Json taken = Json::array();
  for (const auto& [field, value] : a.taken) taken.push_back(object({{"field", field->name}, {"value", value}}));
  return object({{"id", a.launcher->id}, {"name", a.launcher->name}, {"taken", std::move(taken)}});
}

const char* to_string(DeviceKind kind) { return kind == DeviceKind::host_centric ? "host-centric" : "soc-integrated"; }

void add_values(Json& to, const Values& values) {
  Json named = Json::object();
  for (const auto& [name, value] : values.list()) named[std::string(name)] = shortened(value);
  if (!named.empty()) to["values"] = std::move(named);
}

}  // namespace

Result<Query> read_query(const Json& document) {
  Query q;
  Errors errors;
  Reader r(document, "", errors, json::Reading::question);
  if (r) {
    for (const QueryText& t : query_texts) q.*t.member = r.text(t.name);
    for (const QueryFlag& f : query_flags)
      if (r.has(f.name)) f.say(q, r.flag(f.name, true) ? 1 : 0);
    for (const WorkloadField& f : workload_fields)
      q.workload.*f.member = r.number(f.name, -json::any_number, json::any_number, q.workload.*f.member);
    for (const auto& [name, list] : {std::pair("known", &q.known), {"set", &q.set}}) {
      if (const Json* one = r.any(name); one && one->is_string())
        list->push_back(one->get<std::string>());
      else
        *list = r.texts(name, true);
      if (list->size() == 1 && (*list)[0].empty()) list->clear();
    }
    q.ways_out = r.flag("ways_out", false);
    q.quality = r.flag("quality", false);
  }
  r.finish();
  if (!errors.empty()) return errors;
  return q;
}

Json changes_json(const Query& from, const Query& to) {
  Json out = Json::object();
  for (const QueryText& t : query_texts)
    if (to.*t.member != from.*t.member) out[t.name] = to.*t.member;
  for (const QueryFlag& f : query_flags)
    if (const int is = f.of(to); is != f.of(from)) out[f.name] = is < 0 ? Json(nullptr) : Json(is == 1);
  if (to.set != from.set) out["set"] = to.set;
  for (const WorkloadField& f : workload_fields)
    if (const double x = to.workload.*f.member, was = from.workload.*f.member;
        x != was && (is_known(x) || is_known(was)))
      out[f.name] = number(x);
  return out;
}

Json to_json(const Errors& errors) {
  Json out = Json::array();
  for (const Error& e : errors) {
    Json row = object({{"code", e.code}, {"path", shortened(e.path)}, {"message", shortened(e.message)}});
    add_values(row, e.values);
    out.push_back(std::move(row));
  }
  return out;
}

Json to_json(const Answer& a) {
  Json terms = Json::object(), unknowns = Json::array();
  json::reserve(terms, term_count);
  for (std::size_t i = 0; i < term_count; ++i) {
    const auto t = static_cast<Term>(i);
    const TermBrief& information = brief(t);
    const Ranged r = a.ranged(t);
    add(terms, information.id,
        object({{"value", number(r.value)},
                {"low", number(r.low)},
                {"high", number(r.high)},
                {"unit", information.unit}}));
    if (!is_known(r.value) && !is_known(r.low) && information.group != "input")
      unknowns.push_back(
          object({{"term", information.id}, {"needs", missing_fields(a.estimate, a.runtime->processor, t)}}));
  }

  const Query& q = a.query;
  Json out = object(
      {{"query", query_json(q)},
       {"model", object({{"id", a.model->id}, {"name", a.model->name}, {"parameters", a.cost.parameters}})},
       {"device", object({{"id", a.device.id},
                          {"name", a.device.name},
                          {"class", a.device.device_class},
                          {"kind", to_string(a.device.kind)},
                          {"power_mode", q.power_mode}})},
       {"runtime",
        object({{"id", a.runtime->id}, {"name", a.runtime->name}, {"processor", to_string(a.runtime->processor)}})},
       {"launcher", launcher_json(a)},
       {"quantization", object({{"id", a.quantization->id},
                                {"family", a.quantization->family},
                                {"approximate", a.quantization->approximate},
                                {"of_file", a.is_of_file()}})},
       {"verdict", to_string(verdict(a))},
       {"sentence", sentence(a)},
       {"slow", object({{"decode", slower_than_reading(a.estimate)}, {"ttft", longer_than_a_wait(a.estimate)}})},
       {"instead", instead_json(a)},
       {"situation", to_string(a.rates.situation)},
       {"power", object({{"scope", to_string(a.rates.power_scope)},
                         {"of_device", to_string(a.device.power_scope)},
                         {"situation", to_string(a.rates.power_situation)}})},
       {"sure",
        object({{"level", to_string(a.sureness())},
                {"configurations", a.calibration.calibration ? a.calibration.calibration->configurations : 0}})},
       {"calibration", calibration_json(a)},
       {"terms", std::move(terms)},
       {"unknown", std::move(unknowns)},
       {"bound", object({{"decode", bound(a.estimate.decode)}, {"prefill", bound(a.estimate.prefill)}})},
       {"breakdown",
        object({{"decode", breakdown_json(a.estimate.decode)}, {"prefill", breakdown_json(a.estimate.prefill)}})},
       {"warnings", to_json(warnings(a))}},
      4);
  if (!a.known.empty()) out["known"] = known_json(a);
  if (!a.device.edits.empty()) out["edited"] = edited_json(a.device);
  if (q.ways_out) out["ways_out"] = ways_out_json(a);
  if (q.quality) out["quality"] = quality_json(a);
  return out;
}

Json to_json(const Choice& c) {
  Json put_aside = Json::array(), needs = Json::array();
  for (const PutAside& p : c.put_aside) {
    Json row = object({{"field", p.field},
                       {"asked", p.asked},
                       {"taken", p.taken},
                       {"code", p.why.code},
                       {"message", shortened(p.why.message)}});
    add_values(row, p.why.values);
    put_aside.push_back(std::move(row));
  }
  for (const Need& n : c.needs) needs.push_back(object({{"type", n.type}, {"id", n.id}}));
  Json answer = nullptr;
  if (c.answer) {
    Answer estimated = *c.answer;
    estimated.compute();
    answer = to_json(estimated);
  }
  return object({{"query", query_json(c.query)},
                 {"put_aside", std::move(put_aside)},
                 {"needs", std::move(needs)},
                 {"answer", std::move(answer)},
                 {"errors", to_json(c.errors)}});
}

Json catalog_json(const Catalog& catalog) {
  Json models = Json::array(), devices = Json::array(), runtimes = Json::array(), quantizations = Json::array();
  for (const auto& [id, m] : catalog.models())
    models.push_back(object({{"id", id},
                             {"name", m.name},
                             {"family", m.family},
                             {"parameters", count_parameters(m).total},
                             {"vision", m.vision.has_value()},
                             {"audio", m.audio.has_value()},
                             {"licence", m.licence}}));
  for (const auto& [id, preset] : catalog.devices()) {
    const Device& d = preset.device;
    Json modes = Json::array(), usable = Json::array();
    for (const PowerMode& mode : d.power_modes) modes.push_back(object({{"id", mode.id}, {"name", mode.name}}));
    for (const Runtime* rt : catalog.runtimes_for(d)) usable.push_back(rt->id);
    Json sessions = Json::array();
    if (is_known(d.usable.headless_B) && is_known(d.usable.desktop_B))
      for (const Session s : {Session::headless, Session::desktop}) sessions.push_back(to_string(s));
    devices.push_back(object({{"id", id},
                              {"name", d.name},
                              {"vendor", d.vendor},
                              {"class", d.device_class},
                              {"kind", to_string(d.kind)},
                              {"memory_gib", d.memory_capacity_B / gib},
                              {"power_modes", std::move(modes)},
                              {"sessions", std::move(sessions)},
                              {"runtimes", std::move(usable)}}));
  }
  for (const auto& [id, rt] : catalog.runtimes()) {
    Json runs = Json::array();
    for (const auto& [quant_id, quantization] : catalog.quantizations())
      if (rt.runs(quantization)) runs.push_back(quant_id);
    runtimes.push_back(object({{"id", id},
                               {"name", rt.name},
                               {"processor", to_string(rt.processor)},
                               {"family", rt.family},
                               {"default_quantization", rt.default_quantization},
                               {"quantizations", std::move(runs)},
                               {"default_kv_format", rt.default_kv_format},
                               {"kv_formats", rt.kv_formats}}));
  }
  for (const auto& [id, quantization] : catalog.quantizations())
    quantizations.push_back(object({{"id", id}, {"family", quantization.family}}));
  Json launchers = Json::array();
  for (const Launcher& l : catalog.launchers()) launchers.push_back(object({{"id", l.id}, {"name", l.name}}));
  Json limits = Json::array();
  const Query example = example_query();
  for (const WorkloadField& f : workload_fields)
    limits.push_back(object({{"field", f.name},
                             {"key", f.key},
                             {"min", f.min},
                             {"max", f.max},
                             {"whole", f.whole},
                             {"default", number(Workload().*f.member)}}));
  Json texts = Json::array();
  for (const QueryText& t : query_texts) texts.push_back(object({{"field", t.name}, {"key", t.key}}));
  Json flags = Json::array();
  for (const QueryFlag& f : query_flags) flags.push_back(object({{"field", f.name}, {"key", f.key}}));
  const auto measured = [](Metric metric) {
    const MetricInfo& m = info(metric);
    return object({{"term", brief(m.term).id}, {"scale", m.scale}});
  };
  Json summary = Json::array();
  for (const SummaryColumn& c : summary_columns) {
    Json column = object({{"name", c.name}, {"value", measured(c.metric)}});
    if (c.of != Metric::count) column["of"] = measured(c.of);
    summary.push_back(std::move(column));
  }
  return object(
      {{"models", std::move(models)},
       {"devices", std::move(devices)},
       {"runtimes", std::move(runtimes)},
       {"launchers", std::move(launchers)},
       {"quantizations", std::move(quantizations)},
       {"limits", std::move(limits)},
       {"texts", std::move(texts)},
       {"flags", std::move(flags)},
       {"summary", std::move(summary)},
       {"thresholds", object({{"reading_speed_tok_s", reading_speed_tok_s}, {"longest_wait_s", longest_wait_s}})},
       {"default_query", query_json(example)}});
}

}  // namespace edgewise
