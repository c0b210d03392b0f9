#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/text.h"

namespace edgewise {

enum class Side { left, right };
/// A field of a table, harmless, filled up to `width` characters with at least `gap` spaces.
std::string field(std::string_view text, std::size_t width, Side, std::size_t gap = 0);
/// One row of a validation table: two names left-aligned, then numbers.
std::string table_row(const std::vector<std::string>& fields);
/// A share in percent, rounded to a tenth: 0.1234 is "12.3".
std::string percent_to_a_tenth(double share);

}  // namespace edgewise
