#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/text.h"

namespace edgewise {

enum class Side { left, right };
/// A field of a table, harmless, filled up to `width` characters with at least `gap` spaces.
std::string field(std::string_view text, std::size_t width, Side, std::size_t gap = 0);
/// Rows under a header, which the first is: columns as wide as their widest cell, two spaces apart, and at the sides
/// that `sides` says. A row of fewer cells than the header has no say in the widths. No line ends in spaces.
std::string aligned(const std::vector<std::vector<std::string>>& rows, const std::vector<Side>& sides);
/// One row of a validation table: two names left-aligned, then numbers.
std::string table_row(const std::vector<std::string>& fields);
std::string joined(const std::vector<std::string>& parts, const char* separator);
/// A share in percent, rounded to a tenth: 0.1234 is "12.3".
std::string percent_to_a_tenth(double share);
/// A share in percent with its sign, three digits of it, or "unknown".
std::string percent(double share);

}  // namespace edgewise
