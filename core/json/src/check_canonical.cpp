#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "edgewise/check.h"
#include "edgewise/json.h"
#include "parse.h"

namespace edgewise {

namespace {

using json::Json;

constexpr std::size_t max_columns = 110;

/// As JSON.stringify writes it: the fewest digits that read back as the same number. (The C++ library of Emscripten has
/// no std::to_chars of doubles.)
std::string number_text(double x) {
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
  const int count = static_cast<int>(digits.size());
  std::string out;
  if (exponent >= 21 || exponent < -6) {
    if (count > 1) digits.insert(1, ".");
    out = digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  } else if (exponent < 0) {
    out = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  } else if (exponent + 1 >= count) {
    out = digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0');
  } else {
    out = digits.insert(static_cast<std::size_t>(exponent + 1), ".");
  }
  return (x < 0 ? "-" : "") + out;
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

/// The keys that each object of a document may have, by path.
struct Keys : json::KeyOrder {
  std::map<std::string, std::vector<const char*>, std::less<>> of;
  void add(const std::string& path, const std::vector<const char*>& keys) override { of[path] = keys; }
};

/// The value with its keys in the order of the readers. Of a table by storage format the order is its own.
Json in_order(const Json& value, const Keys& order, const std::string& path) {
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
  if (const auto keys = order.of.find(path); keys != order.of.end())
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
  Catalog own;  // names of formats are no matter of form
  Keys order;
  json::read_preset(*parsed, own, errors, json::Reading::checked, &order);
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
