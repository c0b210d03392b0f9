#include "edgewise/launcher.h"

#include <algorithm>

namespace edgewise {

bool takes(const Launcher::Backend& b, const Runtime& rt, const Device& d) {
  const auto& classes = b.processor_classes;
  return rt.runs_on(d) && (!b.kind || *b.kind == d.kind) &&
         (classes.empty() ||
          std::find(classes.begin(), classes.end(), processor_class(d, rt.processor)) != classes.end());
}

double default_context(const Launcher& l, const Device& d, const Runtime& rt) {
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

}  // namespace edgewise
