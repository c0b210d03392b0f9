#include "edgewise/explore.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "offered.h"
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
                               x.rates.state_bandwidth_Bps *= 1.1;
                             }},
                            {"compute_rate",
                             [](Answer& x) {
                               for (double& s : x.rates.decode_weight_s) s /= 1.1;
                               for (double& s : x.rates.prefill_weight_s) s /= 1.1;
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
                            {"storage_Bps",
                             [](Answer& x) {
                               x.rates.storage_Bps *= 1.1;
                               if (x.host_rates) x.host_rates->storage_Bps *= 1.1;
                             }},
                            {"idle_w", [](Answer& x) { x.rates.idle_w *= 1.1; }},
                            {"full_w", [](Answer& x) { x.rates.full_w *= 1.1; }}};

}  // namespace

std::vector<const Quantization*> offered(const Catalog& catalog, const Runtime& runtime, const Device& device) {
  std::vector<const Quantization*> out;
  for (const auto& [id, recipe] : catalog.quantizations())
    if (recipe.common && runtime.runs(recipe, device)) out.push_back(&recipe);
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

}  // namespace edgewise
