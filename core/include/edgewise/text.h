#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/number.h"

namespace edgewise {

// Numbers as a person reads them, and names as a person types them. No locale has a say.

/// Three significant digits, more before the point: "0.00714", "1.04", "10.2", "131072"; "unknown".
std::string significant(double);
/// A whole number without decimals where it is one: "131072", "24"; else as `significant`.
std::string count(double);
/// A value of an SI unit ("B", "B/s", "s", "FLOP", "J", "W", "tokens", "tok/s", ...; empty: none) in the prefix that
/// suits it: "7.50 GiB", "119 ms"; where `like` is known, in the one that suits that.
std::string human(double value, std::string_view unit, double like = unknown);

/// Whether it is written as a day: "2026-01-31".
bool is_date(std::string_view);
bool is_utf8(std::string_view);
/// The text with every byte that is no UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view);
/// The text with everything visible that would move a cursor, change a colour or turn the direction of reading: control
/// characters, escapes, bidirectional controls and bytes that are no UTF-8. What comes from a file is printed so.
std::string harmless(std::string_view text);
/// The beginning of a text that is too long to be read, as a message that repeats a file is.
std::string shortened(std::string_view);
/// The text without any of `blanks` around it.
std::string_view trimmed(std::string_view text, std::string_view blanks);
std::string lower(std::string_view);
std::string upper(std::string_view);
/// The text between quotation marks.
std::string quoted(const std::string&);
/// "a, b, c".
std::string listed(const std::vector<std::string>&);
/// No preset has a longer name, in bytes, and nobody types one.
inline constexpr std::size_t longest_name = 200;

/// How many bytes one text takes to become the other: each inserted, left out or replaced, or two
/// beside each other exchanged.
std::size_t edit_distance(std::string_view, std::string_view);
/// The `count` words of `candidates` nearest to `word` by edit distance, nearest first; only near ones, and
/// never the word itself.
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates,
                                 std::size_t count = 3);

}  // namespace edgewise
