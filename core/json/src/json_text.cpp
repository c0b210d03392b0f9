#include "edgewise/json_text.h"

#include <nlohmann/json.hpp>

#include "edgewise/canonical.h"
#include "edgewise/json.h"
#include "edgewise/number.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

double parse_number(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return unknown;
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  return parsed.is_number() ? parsed.get<double>() : unknown;
}

std::string to_text(const Json& document, int indent) {
  return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string exact(double x) { return is_known(x) ? to_text(Json(x)) : std::string(); }

std::string one_line(const Json& x) {
  if (!x.is_structured()) return scalar_text(x);
  std::string out;
  for (const auto& [key, value] : x.items())
    out += (out.empty() ? "" : ",") + (x.is_object() ? to_text(key) + ":" : std::string()) + one_line(value);
  return (x.is_array() ? "[" : "{") + out + (x.is_array() ? "]" : "}");
}

}  // namespace edgewise
