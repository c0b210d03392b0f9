#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edgewise {

// Numbers. These belong into the library, beside the words it makes of an answer.

/// A number with its unit as a person reads it: three significant digits, scaled ("1.18 GiB", "85.6 ms").
std::string human(double value, std::string_view unit);
/// Three or so significant digits: "12.3", "0.0456".
std::string significant(double value);
/// Shortest decimal that reads back as the same double; empty where unknown. Independent of the locale.
std::string exact(double value);
/// A share in percent, rounded to a tenth: 0.1234 is "12.3".
std::string percent_to_a_tenth(double share);

// Text for a terminal.

/// The text with everything visible that would move a cursor, change a colour or turn the direction of reading: control
/// characters, escapes, bidirectional controls and bytes that are no UTF-8. What comes from a file is printed so.
std::string harmless(std::string_view text);
bool is_utf8(std::string_view text);
/// The text with U+FFFD for every byte that is no UTF-8.
std::string as_utf8(std::string_view text);

enum class Side { left, right };
/// A field of a table, harmless, filled up to `width` characters with at least `gap` spaces.
std::string field(std::string_view text, std::size_t width, Side, std::size_t gap = 0);
/// One row of a validation table: two names left-aligned, then numbers.
std::string table_row(const std::vector<std::string>& fields);

}  // namespace edgewise
