#include "edgewise/explore.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "order.h"

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

}  // namespace

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

Sweep swept(std::string_view axis, const std::vector<double>& values) {
  static constexpr Term columns[] = {Term::memory_B,         Term::kv_cache_B,       Term::ttft_s,
                                     Term::prefill_tok_s,    Term::tpot_mean_s,      Term::decode_tok_s,
                                     Term::total_latency_s,  Term::throughput_tok_s, Term::energy_per_token_J,
                                     Term::request_energy_J, Term::decode_w,         Term::mean_w};
  Sweep out{std::string(axis), values, {}, {}};
  for (const Term t : columns) out.columns.push_back({t, {}});
  return out;
}

Result<Sweep> sweep_power_modes(const Catalog& catalog, Query q, std::vector<double> values) {
  if (!q.known.empty()) {
    // Measured in the mode that was asked for, whichever is swept.
    auto asked = prepare(catalog, q);
    if (!asked) return asked.errors();
    q.known = std::move(asked->query.known);
  }
  q.power_mode.clear();
  const auto as_stated = prepare(catalog, q);
  if (!as_stated) return as_stated.errors();
  const std::vector<PowerMode>& modes = as_stated->device.power_modes;
  if (values.empty())
    for (std::size_t i = 0; i <= modes.size(); ++i) values.push_back(static_cast<double>(i));
  Sweep out = swept("power_mode", values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = values[i];
    if (!(at >= 0 && at <= static_cast<double>(modes.size())) || at != std::floor(at))
      return Error{"out_of_range", "values[" + std::to_string(i) + "]",
                   "must be a whole number between 0 and " + std::to_string(modes.size())};
    q.power_mode = at == 0 ? "" : modes[static_cast<std::size_t>(at) - 1].id;
    const auto a = answer(catalog, q);
    if (!a) return a.errors();
    out.names.push_back(q.power_mode);
    for (Sweep::Column& c : out.columns) c.values.push_back(a->estimate[c.term]);
  }
  return out;
}

}  // namespace

Result<Sweep> sweep(const Catalog& catalog, const Query& q, std::string_view axis, const std::vector<double>& values) {
  if (axis == "power_mode") return sweep_power_modes(catalog, q, values);
  const auto field = std::find_if(workload_fields.begin(), workload_fields.end(),
                                  [&](const WorkloadField& f) { return axis == f.name; });
  if (field == workload_fields.end()) {
    std::vector<std::string> names;
    names.reserve(workload_fields.size());
    for (const WorkloadField& f : workload_fields) names.emplace_back(f.name);
    names.emplace_back("power_mode");
    return Error{"unknown_word", "axis", "is \"" + std::string(axis) + "\", must be one of " + listed(names)};
  }
  auto prepared = prepare(catalog, q);
  if (!prepared) return prepared.errors();
  Sweep out = swept(axis, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    Workload w = prepared->query.workload;
    w.*field->member = values[i];
    if (auto errors = check_workload(w, media_tokens(prepared->cost, w)); !errors.empty() || !is_known(values[i])) {
      if (errors.empty()) errors.push_back({"not_finite", "", "must be a number"});
      return Error{errors[0].code, "values[" + std::to_string(i) + "]", errors[0].message};
    }
    Query with = q;
    with.workload = w;
    const auto at = answer(catalog, with);
    if (!at) return at.errors();
    for (Sweep::Column& c : out.columns) c.values.push_back(at->estimate[c.term]);
  }
  return out;
}

}  // namespace edgewise
