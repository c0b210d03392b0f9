#pragma once

#include <string>

#include "edgewise/answer.h"

namespace edgewise {

/// The estimate as text for a terminal.
std::string render_text(const Answer&);
/// The estimate as CSV: term, value, low, high, unit.
std::string render_csv(const Answer&);

}  // namespace edgewise
