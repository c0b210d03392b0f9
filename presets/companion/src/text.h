#pragma once

#include <string>
#include <vector>

#include "edgewise/query.h"

namespace edgewise {

/// A number with its unit as a person reads it: three significant digits, scaled ("1.18 GiB", "85.6 ms").
std::string human(double value, std::string_view unit);
/// The estimate as text for a terminal.
std::string render_text(const Answer&);
/// The estimate as CSV: term, value, low, high, unit.
std::string render_csv(const Answer&);
/// One row of a validation table: two names left-aligned, then numbers.
std::string table_row(const std::vector<std::string>& fields);
/// Shortest decimal that reads back as the same double; empty where unknown. Independent of the locale.
std::string exact(double value);
/// A share in percent, rounded to a tenth: 0.1234 is "12.3".
std::string percent_to_a_tenth(double share);

}  // namespace edgewise
