#pragma once

#include <string>
#include <vector>

#include "session.h"

namespace edgewise {

/// What presets call the model of a file.
struct FoundNames {
  std::string model, quant;             ///< ids; empty: none was found
  std::string spelled;                  ///< the model as the file has it; never a path
  std::vector<std::string> candidates;  ///< several that it may be
  bool contradicted = false;            ///< the model is called so and has as many parameters as another
};

/// `runtime`: null where it has no preset; quantizations are then not known.
FoundNames names_of(const ModelHint& hint, const Runtime* runtime, const Catalog& catalog);

}  // namespace edgewise
