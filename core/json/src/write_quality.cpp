#include "edgewise/json.h"
#include "write.h"

namespace edgewise {

namespace {

using json::Json;
using json::number;
using json::object;

Json score_json(const Score& s) {
  return object({{"benchmark", s.benchmark},
                 {"metric", s.metric},
                 {"shots", s.shots},
                 {"variant", s.variant},
                 {"quant", s.quant},
                 {"method", s.method},
                 {"value", number(s.value)},
                 {"stderr", number(s.error)},
                 {"harness", s.harness},
                 {"source", s.source},
                 {"note", s.note}});
}

}  // namespace

Json to_json(const Retention& r) {
  return object({{"kind", to_string(r.kind)},
                 {"value", number(r.value)},
                 {"low", number(r.low)},
                 {"high", number(r.high)},
                 {"estimated", r.estimated},
                 {"by_definition", r.by_definition},
                 {"count", r.count},
                 {"variant", r.variant},
                 {"method", r.method},
                 {"harness", r.harness},
                 {"source", r.source}});
}

Json to_json(const Scale& s) {
  return object({{"id", s.id},
                 {"benchmark", s.benchmark},
                 {"metric", s.metric},
                 {"shots", s.shots},
                 {"variant", s.variant},
                 {"harness", s.harness},
                 {"source", s.source},
                 {"models", s.models.size()}});
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
