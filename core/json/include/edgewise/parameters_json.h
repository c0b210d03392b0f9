#pragma once

#include "edgewise/json_value.h"
#include "edgewise/quantization.h"
#include "edgewise/runtime.h"

namespace edgewise {

/// `x` to four significant digits: more would pretend.
double rounded4(double x);
/// Parameters as presets hold them; with `base`, only those that differ from it.
json::Json parameters_json(const Parameters&, const FormatTable&, const Parameters* base);
/// Speeds of models as calibrations hold them.
json::Json models_json(const std::vector<ModelSpeed>&);

}  // namespace edgewise
