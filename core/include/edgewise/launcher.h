#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/model.h"
#include "edgewise/runtime.h"

namespace edgewise {

/// A program that starts an engine with defaults of its own, as Ollama and LM Studio start llama.cpp.
struct Launcher {
  std::string id, name;
  std::vector<std::string> aliases;
  /// What it starts: the first of these that runs on the device.
  struct Backend {
    std::string runtime;
    std::optional<DeviceKind> kind;              ///< empty: any
    std::vector<std::string> processor_classes;  ///< empty: any that the runtime runs on
  };
  std::vector<Backend> backends;
  std::vector<std::pair<std::string, double>> defaults;  ///< fields of the workload
  /// Context of a slot by the memory that the processor may take; the last of rising amounts that is reached holds.
  std::vector<std::pair<double, double>> context_by_memory;
};

/// Whether the launcher takes this backend on the device; the runtime itself must run there too.
bool takes(const Launcher::Backend&, const Runtime&, const Device&);
/// What it allocates where nobody asks for a context, tokens of all slots: by the memory, but no more than the
/// positions that the model has, and no less than the workload needs. 0: it does not say.
double launched_context(const Launcher&, const Device&, const Runtime&, const Model&, const ModelCost&,
                        const Workload&);

}  // namespace edgewise
