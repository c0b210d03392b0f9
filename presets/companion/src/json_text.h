#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "edgewise/result.h"

namespace edgewise {

/// JSON text as a document: strictly as presets are read, and nothing may follow a NUL byte.
Result<nlohmann::ordered_json> parse_json(std::string_view text);
/// The number that a field of text is, in JSON's notation, which no locale changes; NaN where it is empty or none.
double parse_number(std::string_view text);

/// A document as text, `indent` spaces a level, on one line where it is negative. Bytes that are no UTF-8 are replaced.
std::string json_text(const nlohmann::ordered_json&, int indent = -1);
/// A number as JavaScript writes it; "null" where it is not finite.
std::string number_text(double);
/// Canonical text of a preset: two spaces, arrays of scalars on one line where they fit, numbers at their shortest.
std::string canonical(const nlohmann::ordered_json&);

}  // namespace edgewise
