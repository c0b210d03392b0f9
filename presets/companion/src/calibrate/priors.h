#pragma once

#include <string>
#include <vector>

#include "edgewise/fit.h"
#include "edgewise/prior.h"

namespace edgewise {

/// Where the search begins before any measurement: round numbers of the right order.
Parameters starting_point(Processor, const FormatTable&);
/// What is believed of a runtime before its rows are seen and whatever the others on its processor taught; unknown:
/// nothing of its own. `processor`: what is known of that.
Parameters believed(const Runtime&, const Parameters& processor);

}  // namespace edgewise
