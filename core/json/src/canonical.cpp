#include "edgewise/canonical.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "edgewise/json.h"
#include "edgewise/reader.h"

namespace edgewise {

using json::Json;

// (The C++ library of Emscripten has no std::to_chars of doubles.)
std::string number_text(double x) {
  if (!std::isfinite(x)) return "null";
  if (x == 0) return "0";
  std::string digits;
  int exponent = 0;  // of the first digit
  for (int precision = 0; precision < 17; ++precision) {
    std::array<char, 32> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%.*e", precision, std::fabs(x));
    std::string text = buffer.data();
    if (precision > 0) text[1] = '.';            // whatever the locale has there
    const auto read = json::parse_strict(text);  // none where so few digits round beyond the largest number
    if (!read || read->get<double>() != std::fabs(x)) continue;
    const auto e = text.find('e');
    exponent = std::atoi(text.c_str() + e + 1);
    digits = text.substr(0, e);
    break;
  }
  if (digits.size() > 1) digits.erase(1, 1);
  const auto count = static_cast<int>(digits.size());
  std::string out;
  if (exponent >= 21 || exponent < -6) {
    if (count > 1) digits.insert(1, ".");
    out = digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  } else if (exponent < 0) {
    out = "0.";
    for (int i = exponent + 1; i < 0; ++i) out += '0';
    out += digits;
  } else {
    for (int i = count; i < exponent + 1; ++i) digits += '0';
    if (const auto whole = static_cast<std::size_t>(exponent) + 1; whole < digits.size()) digits.insert(whole, ".");
    out = digits;
  }
  return (x < 0 ? "-" : "") + out;
}

std::string scalar_text(const json::Json& value) {
  return value.is_number() ? number_text(value.get<double>()) : to_text(value);
}

namespace {

constexpr std::size_t max_columns = 110;

/// Columns as JavaScript counts them: UTF-16 units.
std::size_t columns(std::string_view utf8) {
  std::size_t n = 0;
  for (const char c : utf8)
    n += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : static_cast<unsigned char>(c) >= 0xF0 ? 2 : 1;
  return n;
}

std::string canonical(const Json& value, std::size_t depth, std::size_t column) {
  if (!value.is_structured()) return scalar_text(value);
  const bool array = value.is_array();
  if (value.empty()) return array ? "[]" : "{}";
  const std::string outer(2 * depth, ' '), inner(2 * depth + 2, ' ');
  if (array && std::none_of(value.begin(), value.end(), [](const Json& x) { return x.is_structured(); })) {
    std::string line;
    for (const Json& x : value) line += (line.empty() ? "[" : ", ") + scalar_text(x);
    line += "]";
    if (column + columns(line) + 1 <= max_columns) return line;
  }
  std::string out;
  for (const auto& [key, x] : value.items()) {
    const std::string head = inner + (array ? "" : to_text(Json(key)) + ": ");
    out += (out.empty() ? "" : ",\n") + head + canonical(x, depth + 1, columns(head));
  }
  return (array ? "[\n" : "{\n") + out + "\n" + outer + (array ? "]" : "}");
}

}  // namespace

std::string canonical_text(const Json& value) { return canonical(value, 0, 0) + "\n"; }

}  // namespace edgewise
