#pragma once

#include <string_view>

namespace edgewise {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number in decimal digits, and what follows it; NaN where the text begins with none. Digits beyond the fifteenth
/// say nothing.
double read_number(std::string_view text, std::string_view& rest);

}  // namespace edgewise
