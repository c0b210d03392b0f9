#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace edgewise {

/// The number that a field of text is, in JSON's notation, which no locale changes; NaN where it is empty or none.
double parse_number(std::string_view text);

/// A number as JavaScript writes it; "null" where it is not finite.
std::string number_text(double);
/// A document on one line, as JavaScript writes it.
std::string one_line(const nlohmann::ordered_json&);
/// Canonical text of a preset: two spaces, arrays of scalars on one line where they fit, numbers at their shortest.
std::string canonical(const nlohmann::ordered_json&);

}  // namespace edgewise
