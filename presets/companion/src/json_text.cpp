#include "json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/json.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_columns = 110;

std::string scalar_text(const Json& value) {
  return value.is_number() ? number_text(value.get<double>()) : to_text(value);
}

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
    const std::string head = inner + (array ? "" : to_text(key) + ": ");
    out += (out.empty() ? "" : ",\n") + head + canonical(x, depth + 1, columns(head));
  }
  return (array ? "[\n" : "{\n") + out + "\n" + outer + (array ? "]" : "}");
}

}  // namespace

double parse_number(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return unknown;
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  return parsed.is_number() ? parsed.get<double>() : unknown;
}

std::string number_text(double x) {
  if (!std::isfinite(x)) return "null";
  std::array<char, 400> buffer;
  const double size = std::fabs(x);
  const auto format =
      size == 0 || (size >= 1e-6 && size < 1e21) ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x == 0 ? 0.0 : x, format);
  std::string out(buffer.data(), end);
  // Scientific: no zero before the exponent.
  if (const auto e = out.find('e'); e != out.npos && e + 2 < out.size() && out[e + 2] == '0') out.erase(e + 2, 1);
  return out;
}

std::string one_line(const Json& x) {
  if (!x.is_structured()) return scalar_text(x);
  std::string out;
  for (const auto& [key, value] : x.items())
    out += (out.empty() ? "" : ",") + (x.is_object() ? to_text(key) + ":" : std::string()) + one_line(value);
  return (x.is_array() ? "[" : "{") + out + (x.is_array() ? "]" : "}");
}

std::string canonical(const Json& value) { return canonical(value, 0, 0) + "\n"; }

}  // namespace edgewise
