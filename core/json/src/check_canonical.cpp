#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "edgewise/check.h"
#include "edgewise/json.h"
#include "parse.h"

namespace edgewise {

namespace {

using json::Json;

constexpr std::size_t max_columns = 110;

/// As JSON.stringify writes it: the shortest digits that read back as the same number.
std::string number_text(double x) {
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
    const std::string head = inner + (array ? "" : to_text(Json(key)) + ": ");
    out += (out.empty() ? "" : ",\n") + head + canonical(x, depth + 1, columns(head));
  }
  return (array ? "[\n" : "{\n") + out + "\n" + outer + (array ? "]" : "}");
}

/// The value with its keys in the order of the readers. Of a table by storage format the order is its own.
Json in_order(const Json& value, const json::KeyOrder& order, const std::string& path) {
  if (value.is_array()) {
    Json out = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i)
      out.push_back(in_order(value[i], order, path + "[" + std::to_string(i) + "]"));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  const auto add = [&](const std::string& key, const Json& member) {
    if (!out.contains(key)) out[key] = in_order(member, order, path.empty() ? key : path + "." + key);
  };
  if (const auto keys = order.find(path); keys != order.end())
    for (const char* key : keys->second)
      if (const auto member = value.find(key); member != value.end()) add(key, *member);
  for (const auto& [key, member] : value.items()) add(key, member);
  return out;
}

}  // namespace

std::string canonical_text(const Json& value) { return canonical(value, 0, 0) + "\n"; }

Result<std::string> canonical_preset(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  Errors errors;
  FormatTable formats;  // names of formats are no matter of form
  json::KeyOrder order;
  json::read_preset(*parsed, formats, errors, json::Reading::checked, &order);
  if (!errors.empty()) return errors;
  return canonical_text(in_order(*parsed, order, ""));
}

std::optional<Problem> check_canonical(std::string_view text) {
  const auto wanted = canonical_preset(text);
  if (!wanted || *wanted == text) return std::nullopt;
  const auto [have, want] = std::mismatch(text.begin(), text.end(), wanted->begin(), wanted->end());
  const auto line = 1 + std::count(text.begin(), have, '\n');
  return Problem{"canonical", "", "line " + std::to_string(line) + " is not as presets are written (--fix writes it)"};
}

}  // namespace edgewise
