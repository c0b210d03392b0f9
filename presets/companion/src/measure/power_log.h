#pragma once

#include <string_view>
#include <vector>

#include "bench.h"
#include "edgewise/result.h"

namespace edgewise {

/// Readings of a log, sorted into the phases. The log is of an outside meter, CSV with the columns `unix_s` (seconds
/// since 1970) and `watts`, scope wall; or what Apple's `powermetrics` printed, as text or plists, scope soc (CPU, GPU
/// and ANE together). An error where a phase has no reading, or the log none of what ran.
Result<std::vector<PowerReading>> read_power_log(std::string_view text, const std::vector<PhaseWindow>&);

}  // namespace edgewise
