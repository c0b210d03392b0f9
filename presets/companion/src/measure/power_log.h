#pragma once

#include <string_view>
#include <vector>

#include "bench.h"
#include "edgewise/result.h"

namespace edgewise {

/// Readings of an outside meter, CSV with the columns `unix_s` (seconds since 1970) and `watts`, sorted into the
/// phases.
Result<std::vector<PowerReading>> read_power_log(std::string_view csv_text, const std::vector<PhaseWindow>&);

}  // namespace edgewise
