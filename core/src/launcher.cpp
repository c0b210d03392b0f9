#include "edgewise/launcher.h"

#include <algorithm>

#include "edgewise/tower.h"

namespace edgewise {

bool takes(const Launcher::Backend& b, const Runtime& rt, const Device& d) {
  const auto& classes = b.processor_classes;
  return rt.runs_on(d) && (!b.kind || *b.kind == d.kind) &&
         (classes.empty() ||
          std::find(classes.begin(), classes.end(), processor_class(d, rt.processor)) != classes.end());
}

namespace {

/// Of one slot.
double context_of_slot(const Launcher& l, const Device& d, const Runtime& rt) {
  double memory = 0, context = 0;
  if (rt.processor == Processor::gpu) {
    memory = d.lent_memory_B(rt.processor, {});
    if (!is_known(memory)) memory = d.memory_capacity_B;
    if (is_known(d.usable.visible_B)) memory = std::min(memory, d.usable.visible_B);
  }
  for (const auto& [from, tokens] : l.context_by_memory)
    if (memory >= from) context = tokens;
  return context;
}

}  // namespace

double launched_context(const Launcher& l, const Device& d, const Runtime& rt, const Model& m, const ModelCost& cost,
                        const Workload& w) {
  double slot = context_of_slot(l, d, rt);
  if (slot == 0) return 0;
  if (m.max_position_embeddings > 0) slot = std::min(slot, m.max_position_embeddings);
  const bool shared = w.kv_unified == 1;
  const double slots = is_known(w.parallel) && !shared ? w.parallel : 1;
  const double tokens = w.depth + w.prompt + media_tokens(cost, w) + w.generate;
  return slots * std::max(slot, tokens * (shared ? w.batch : 1));
}

}  // namespace edgewise
