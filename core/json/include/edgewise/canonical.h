#pragma once

#include <string>

#include "edgewise/json_value.h"

namespace edgewise {

/// A number as JavaScript writes it: the fewest digits that read back as the same; "null" where it is not finite.
std::string number_text(double);
/// A value that holds no others, as JSON.
std::string scalar_text(const json::Json&);
/// The text that presets are written as: two spaces, lists of scalars on one line of up to 110 columns, numbers at
/// their shortest, a line break at the end.
std::string canonical_text(const json::Json&);

}  // namespace edgewise
