#include "edgewise/explore.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "offered.h"
#include "order.h"
#include "unknown_name.h"

namespace edgewise {

namespace {

struct Lever {
  const char* input;
  void (*raise)(Answer&);
};

void raise_tokens(double& tokens) { tokens = std::floor(tokens * 1.1 + 0.5); }

constexpr Lever levers[] = {{"bandwidth_Bps",
                             [](Answer& x) {
                               x.rates.bandwidth_Bps *= 1.1;
                               x.rates.kv_bandwidth_Bps *= 1.1;
                             }},
                            {"compute_rate",
                             [](Answer& x) {
                               for (double& r : x.rates.decode_weights_per_s) r *= 1.1;
                               for (double& r : x.rates.prefill_weights_per_s) r *= 1.1;
                               x.rates.decode_attention_flops *= 1.1;
                               x.rates.prefill_attention_flops *= 1.1;
                               x.rates.activations_per_s *= 1.1;
                               x.rates.prefill_recurrent_flops *= 1.1;
                             }},
                            {"launch_overhead_s", [](Answer& x) { x.rates.launch_s *= 1.1; }},
                            {"row_s", [](Answer& x) { x.rates.row_s *= 1.1; }},
                            {"step_overhead_s", [](Answer& x) { x.rates.step_s *= 1.1; }},
                            {"prompt_tokens", [](Answer& x) { raise_tokens(x.query.workload.prompt); }},
                            {"generated_tokens", [](Answer& x) { raise_tokens(x.query.workload.generate); }},
                            {"depth_tokens", [](Answer& x) { raise_tokens(x.query.workload.depth); }},
                            {"storage_Bps", [](Answer& x) { x.rates.storage_Bps *= 1.1; }},
                            {"idle_w", [](Answer& x) { x.rates.idle_w *= 1.1; }},
                            {"full_w", [](Answer& x) { x.rates.full_w *= 1.1; }}};

bool meets(const Bounds& b, const Explored::Row& r) {
  const auto at_least = [](double bound, double x) { return !is_known(bound) || x >= bound; };
  const auto at_most = [](double bound, double x) { return !is_known(bound) || x <= bound; };
  return at_least(b.min_decode_tok_s, r.decode_tok_s) && at_most(b.max_ttft_s, r.ttft_s) &&
         at_most(b.max_memory_gib, r.memory_B / gib) && at_most(b.max_power_w, r.decode_w) &&
         at_most(b.max_energy_per_token_j, r.energy_per_token_J) && at_most(b.max_price_usd, r.price_usd) &&
         at_least(b.min_parameters_b, r.parameters / 1e9);
}

}  // namespace

std::vector<const Quantization*> offered(const Catalog& catalog, const Runtime& runtime) {
  std::vector<const Quantization*> out;
  for (const auto& [id, recipe] : catalog.quantizations())
    if (recipe.common && runtime.runs(recipe)) out.push_back(&recipe);
  return out;
}

std::vector<ExplainedTerm> explain(const Answer& a) {
  constexpr std::size_t lever_count = std::size(levers);
  std::vector<Estimate> raised(lever_count);
  for (std::size_t i = 0; i < lever_count; ++i) {
    Answer changed = a;
    levers[i].raise(changed);
    // A context that was stated stays what it is, unless the tokens outgrow it.
    Workload& w = changed.query.workload;
    if (w.context > 0) w.context = std::max(w.context, w.depth + w.prompt + media_tokens(a.cost, w) + w.generate);
    changed.compute();
    raised[i] = changed.estimate;
  }

  std::vector<ExplainedTerm> out;
  for (std::size_t i = 0; i < term_count; ++i) {
    ExplainedTerm e{static_cast<Term>(i), a.ranged(static_cast<Term>(i)), inputs(static_cast<Term>(i)), {}};
    if (info(e.term).group != "input" && is_known(e.value.value) && e.value.value != 0)
      for (std::size_t k = 0; k < lever_count; ++k) {
        const double change = raised[k][e.term] / e.value.value - 1;
        if (std::fabs(change) > 1e-4) e.sensitivity.push_back({levers[k].input, change});
      }
    order_by(e.sensitivity, [](const Sensitivity& s) { return -std::fabs(s.change); });
    out.push_back(std::move(e));
  }
  return out;
}

namespace {

/// Where the question leaves devices or models open, a number that is known says which it is of.
Errors check_known(const Query& asked) {
  if (asked.known.empty()) return {};
  const auto numbers = parse_known(asked.known);
  if (!numbers) return numbers.errors();
  for (const KnownNumber& n : *numbers)
    if (const bool device = asked.device.empty() && n.device.empty(); device || (asked.model.empty() && n.name.empty()))
      return {{"missing", "known[" + std::to_string(n.place) + "]",
               device ? "says not of which device it is: device=..." : "says not of which model it is"}};
  return {};
}

}  // namespace

Result<Explored> explore(const Catalog& catalog, const Query& asked, const Bounds& bounds, double limit) {
  Errors errors = check_workload(asked.workload);
  if (!(limit >= 0 && limit <= 1e9) || limit != std::floor(limit))
    errors.push_back({"out_of_range", "limit", "must be a whole number between 0 and 1000000000"});
  for (const BoundField& f : bound_fields)
    if (const double x = bounds.*f.member; is_known(x) && !(x >= 0 && x <= 1e15))
      errors.push_back({"out_of_range", f.name, "must be a number between 0 and " + count(1e15)});
  Query q = asked;
  const bool by_default = lower(q.quant) == default_quantization;
  if (by_default) q.quant.clear();
  const auto resolve = [&](const char* what, std::string& name, const Catalog::Meant& meant) {
    if (!name.empty() && meant.id.empty()) errors.push_back(no_preset(what, name, meant));
    name = meant.id;
  };
  const Catalog::Meant named = catalog.model_meant(q.model);
  resolve("model", q.model, named);
  resolve("device", q.device, catalog.device_meant(q.device));
  if (q.quant.empty()) q.quant = named.quant;
  if (q.device.empty() && !q.set.empty())
    errors.push_back({"missing", "device", "is required where something of it is edited (set)"});
  const DevicePreset* on = catalog.device(q.device);
  // What a launcher starts is another runtime on each device.
  const bool launched = catalog.launcher(q.runtime) != nullptr;
  if (!q.runtime.empty() && !launched)
    resolve("runtime", q.runtime, catalog.runtime_meant(q.runtime, on ? &on->device : nullptr));
  if (!q.quant.empty() && !catalog.names_quantization(q.quant))
    errors.push_back({"unknown_id", "quant", unknown_name("quant", q.quant, catalog.nearest_quantizations(q.quant))});
  if (errors.empty() && !q.runtime.empty() && !launched && !q.quant.empty() &&
      catalog.resolve_quantization(q.quant, *catalog.runtime(q.runtime)).empty())
    errors.push_back({"unsupported", "quant", q.runtime + " does not run " + q.quant});
  if (!errors.empty()) return errors;

  std::vector<const Model*> models;
  for (const auto& [id, m] : catalog.models())
    if (q.model.empty() || q.model == id) models.push_back(&m);
  if (models.empty()) return Explored{};

  if (const Errors wrong = check_known(q); !wrong.empty()) return wrong;

  // A file chooses a runtime that reads it; others leave the choice to the device.
  const Model* any_model = models[0];
  for (const Model* m : models)
    if (!m->is_file()) any_model = m;

  Explored out;
  std::vector<Explored::Row>& rows = out.rows;
  std::map<std::pair<const Model*, const Quantization*>, ModelCost> costs;
  Errors why_none;
  for (const auto& [id, preset] : catalog.devices()) {
    if (!q.device.empty() && q.device != id) continue;
    // Chosen once for the device: of runtime and rates, nothing depends on the model but the speed that it was measured
    // at there.
    Query of_device = q;
    of_device.model = any_model->id;
    of_device.device = id;
    if (q.device.empty() && q.power_scope.empty()) of_device.power_scope = to_string(Scope::wall);
    auto chosen = prepare(catalog, of_device);
    // Speed and memory stand where no power of that scope is known.
    bool other_scope = false;
    if (!chosen && q.device.empty() && chosen.errors()[0].path == "power_scope" &&
        find_scope(of_device.power_scope) != Scope::unstated) {
      of_device.power_scope.clear();
      chosen = prepare(catalog, of_device);
      other_scope = true;
    }
    if (!chosen) {
      // Where devices are left open, those that do not go with the rest are none of the answers.
      why_none = chosen.errors();
      if (!q.device.empty() || why_none[0].path.rfind("known", 0) == 0) return why_none;
      continue;
    }
    const Rates board = [&] {
      Rates r = chosen->board_rates ? *chosen->board_rates : chosen->rates;
      if (other_scope) r.idle_w = r.full_w = unknown;
      return r;
    }();
    Rates at_own_speed;
    const Runtime& runtime = *chosen->runtime;
    std::vector<const Quantization*> recipes = {chosen->quantization};
    if (by_default && q.quant.empty())
      recipes = {catalog.quantization(catalog.resolve_quantization(runtime.default_quantization, runtime))};
    else if (q.quant.empty())
      recipes = offered(catalog, runtime);
    const IntervalRule* memory = catalog.interval(Kind::memory, runtime.family, chosen->rates.situation);
    Estimate e;
    for (const Model* model : models) {
      const Quantization* own = q.quant.empty() ? catalog.native_quantization(*model, runtime) : nullptr;
      // A file that the runtime does not read is none of its answers.
      if (!own && q.quant.empty() && model->is_file()) continue;
      for (const Quantization* recipe : own ? std::span(&own, 1) : std::span<const Quantization* const>(recipes)) {
        auto cost = costs.find({model, recipe});
        if (cost == costs.end())
          cost = costs.emplace(std::make_pair(model, recipe), summarize(*model, *recipe, catalog.formats())).first;
        // A stated context that does not hold the images of this model is no answer either.
        const Workload& w = launched ? chosen->query.workload : q.workload;
        if (!check_context(w, media_tokens(cost->second, w)).empty()) continue;
        const Rates* rates = &board;
        if (const Calibration* known = chosen->calibration.calibration)
          if (const ModelSpeed* speed = known->speed_of(model->id)) {
            at_own_speed = board;
            set_speed(at_own_speed, *speed, runtime.processor);
            rates = &at_own_speed;
          }
        estimate(cost->second, *rates, w, e, chosen->host_rates ? &*chosen->host_rates : nullptr);
        const Explored::Row row{model,
                                &preset.device,
                                &runtime,
                                recipe,
                                e[Term::decode_tok_s],
                                e[Term::ttft_s],
                                e[Term::memory_B],
                                e[Term::energy_per_token_J],
                                e[Term::decode_w],
                                e[Term::price_usd],
                                cost->second.parameters,
                                chosen->rates.situation,
                                verdict(e, memory, on_host(e)),
                                chosen->rates.power_scope,
                                false,
                                chosen->is_corrected()};
        // What fits at an unknown speed is offered too, last.
        if (row.verdict != Verdict::does_not_run && is_known(e[Term::memory_share]) && meets(bounds, row))
          rows.push_back(row);
      }
    }
  }
  // Nothing at all goes with what was asked (a power mode that no device has, a cache format): that is an answer too,
  // but of another kind than that nothing meets the bounds.
  if (costs.empty() && !why_none.empty())
    return Error{why_none[0].code, why_none[0].path,
                 "no device goes with what is asked; of one: " + why_none[0].message};

  order_by(rows, [](const Explored::Row& row) { return -row.decode_tok_s; });
  // Fast, capable (many parameters) and small: rows come fastest first, so a row is Pareto-optimal unless one
  // before it holds at least as many parameters in at most as much memory.
  std::vector<const Explored::Row*> front;
  for (Explored::Row& r : rows) {
    r.pareto = std::none_of(front.begin(), front.end(), [&](const Explored::Row* o) {
      return o->parameters >= r.parameters && o->memory_B <= r.memory_B;
    });
    if (r.pareto) front.push_back(&r);
  }
  out.count = rows.size();
  if (limit < static_cast<double>(rows.size())) rows.resize(static_cast<std::size_t>(limit));
  return out;
}

}  // namespace edgewise
