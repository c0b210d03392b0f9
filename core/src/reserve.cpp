#include "edgewise/reserve.h"

#include <algorithm>

#include "edgewise/text.h"

namespace edgewise {

Reserve resolve(const ReserveRules& rules, const Device& d, const Workload& w) {
  Reserve out;
  out.of = rules.of;
  if (rules.of == ShareOf::nothing) return out;
  const auto asked = [](double x, double fallback) { return is_known(x) ? x : fallback; };
  const double visible = d.usable.visible_B;
  out.total_B = is_known(visible) ? visible : (1 - rules.driver_share) * d.memory_capacity_B - rules.driver_B;
  const bool large = out.total_B >= rules.large_from_B &&
                     (rules.large_except.empty() || lower(d.name).find(rules.large_except) == std::string::npos);
  // What others have taken is not free.
  if (rules.of == ShareOf::free) out.total_B -= w.memory_taken_gib * gib;
  const double leaves_B = large ? rules.large_leaves_B : rules.leaves_B;
  out.share = asked(w.gpu_memory_utilization, std::min(rules.share, std::max(0.0, 1 - leaves_B / out.total_B)));
  out.sequences = asked(w.max_num_seqs, large ? rules.large_sequences : rules.sequences);
  out.batched_tokens = asked(w.max_num_batched_tokens, large ? rules.large_batched_tokens : rules.batched_tokens);
  out.logit_B = rules.logit_B;
  out.graph_B = w.enforce_eager == 1 ? 0 : rules.graph_B;
  return out;
}

double layer_activation_B(const ModelCost& m, double tokens) {
  const double outputs = m.experts > 0 ? m.experts_per_token * m.hidden_size : m.hidden_size;
  return 2 * tokens * (3 * m.intermediate_size + 2 * m.hidden_size + outputs);
}

double profile_activation_B(const ModelCost& m, const Reserve& r) {
  const double layer = layer_activation_B(m, r.batched_tokens);
  const double sampler = 2 * r.batched_tokens * m.hidden_size + r.logit_B * r.sequences * m.vocab_size;
  return std::max(layer, sampler);
}

double reserved_B(const Reserve& r, double other_B, double activation_B) {
  const double taken = other_B + activation_B + r.graph_B;
  switch (r.of) {
    case ShareOf::total:
      return r.share * r.total_B;
    case ShareOf::fixed:
      return r.share * r.total_B + activation_B + r.graph_B;
    case ShareOf::free:
      return taken + r.share * std::max(0.0, r.total_B - taken);
    case ShareOf::nothing:
      break;
  }
  return unknown;
}

}  // namespace edgewise
