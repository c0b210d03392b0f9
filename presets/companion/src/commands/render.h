#pragma once

#include <string>
#include <vector>

#include "edgewise/answer.h"
#include "edgewise/what_if.h"

namespace edgewise {

/// What is answered, in a line: of a device with power modes also in which.
std::string subject_of(const Answer&);
/// The estimate as text for a terminal.
std::string render_text(const Answer&);
/// What would help a term, as text.
std::string render_what_if(const std::vector<WhatIf>&, Term);
/// The estimate as CSV: term, value, low, high, unit.
std::string render_csv(const Answer&);

}  // namespace edgewise
