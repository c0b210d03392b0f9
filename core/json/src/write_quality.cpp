#include <nlohmann/json.hpp>

#include "edgewise/json.h"
#include "edgewise/reader.h"

namespace edgewise {

namespace {

using json::Json;

Json number(double x) { return is_known(x) ? Json(x) : Json(nullptr); }

Json score_json(const Score& s) {
  Json out = Json::object();
  out["benchmark"] = s.benchmark;
  out["metric"] = s.metric;
  out["shots"] = s.shots;
  out["variant"] = s.variant;
  out["quant"] = s.quant;
  out["method"] = s.method;
  out["value"] = number(s.value);
  out["stderr"] = number(s.error);
  out["harness"] = s.harness;
  out["source"] = s.source;
  out["note"] = s.note;
  return out;
}

}  // namespace

Json to_json(const Retention& r) {
  Json out = Json::object();
  out["kind"] = to_string(r.kind);
  out["value"] = number(r.value);
  out["low"] = number(r.low);
  out["high"] = number(r.high);
  out["estimated"] = r.estimated;
  out["by_definition"] = r.by_definition;
  out["count"] = r.count;
  out["variant"] = r.variant;
  out["method"] = r.method;
  out["harness"] = r.harness;
  out["source"] = r.source;
  return out;
}

Json to_json(const Scale& s) {
  Json out = Json::object();
  out["id"] = s.id;
  out["benchmark"] = s.benchmark;
  out["metric"] = s.metric;
  out["shots"] = s.shots;
  out["variant"] = s.variant;
  out["harness"] = s.harness;
  out["source"] = s.source;
  out["models"] = s.models.size();
  return out;
}

Json scales_json(const Catalog& catalog) {
  Json out = Json::array();
  for (const Scale& s : catalog.quality().scales())
    if (s.models.size() >= least_models) out.push_back(to_json(s));
  return out;
}

Result<Json> quality_json(const Catalog& catalog, const std::string& name) {
  if (catalog.quality().empty()) return Error{"missing", "quality", "no scores are loaded"};
  const Catalog::Meant meant = catalog.model_meant(name);
  const Model* model = catalog.model(meant.id);
  if (!model) {
    const bool named = !meant.id.empty();
    return Error{"unknown_id", "model", quoted(name) + (named ? " is not loaded" : " is no model")};
  }
  Json out = Json::object();
  out["model"] = model->id;
  Json& retentions = out["retention"] = Json::object();
  Retentions known(catalog);
  for (const auto& [id, recipe] : catalog.quantizations())
    if (const auto kept = known.of(*model, recipe)) retentions[id] = to_json(*kept);
  if (model->is_file())
    if (const auto kept = known.of(*model, model->checkpoint->recipe))
      retentions[model->checkpoint->recipe.id] = to_json(*kept);
  Json& measured = out["measured"] = Json::object();
  for (const Score* s : catalog.quality().of(model->id)) {
    if (measured.contains(s->quant)) continue;
    Json list = Json::array();
    for (const Retention& r : catalog.quality().measured(model->id, s->quant)) list.push_back(to_json(r));
    if (!list.empty()) measured[s->quant] = std::move(list);
  }
  Json& scores = out["scores"] = Json::array();
  for (const Score* s : catalog.quality().of(model->id)) scores.push_back(score_json(*s));
  return out;
}

Json quality_json(const Answer& a) {
  const auto kept = Retentions(*a.catalog).of(*a.model, *a.quantization);
  Json scores = Json::array();
  for (const Scale* s : a.catalog->quality().headline(a.model->id)) {
    Json score = to_json(*s);
    score["value"] = number(s->models.find(a.model->id)->second->value);
    scores.push_back(std::move(score));
  }
  Json out = Json::object();
  out["retention"] = kept ? to_json(*kept) : Json(nullptr);
  out["scores"] = std::move(scores);
  return out;
}

}  // namespace edgewise
