#pragma once

#include <vector>

#include "edgewise/catalog.h"

namespace edgewise {

/// Recipes that a question leaves open: what people choose between and the runtime runs.
std::vector<const Quantization*> offered(const Catalog&, const Runtime&, const Device&);

}  // namespace edgewise
