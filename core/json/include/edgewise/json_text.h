#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace edgewise {

/// The number that a field of text is, in JSON's notation, which no locale changes; NaN where it is empty or none.
double parse_number(std::string_view text);

/// A document on one line, as JavaScript writes it.
std::string one_line(const nlohmann::ordered_json&);

}  // namespace edgewise
