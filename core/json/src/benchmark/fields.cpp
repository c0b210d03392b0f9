#include "fields.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/json_text.h"
#include "edgewise/text.h"

namespace edgewise {

const nlohmann::ordered_json* Fields::find(const char* key) const {
  const auto it = object_.find(key);
  if (it == object_.end() || it->is_null()) return nullptr;
  if (it->is_string() && it->get_ref<const std::string&>().empty()) return nullptr;
  return &*it;
}

bool Fields::has(const char* key) const { return find(key) != nullptr; }

double Fields::fail(const char* key, const char* code, std::string message) {
  errors_.push_back({code, path_ + "." + key, std::move(message)});
  return unknown;
}

double Fields::maybe(const char* key, double low, double high) { return has(key) ? number(key, low, high) : unknown; }

double Fields::whole(const char* key, double low, double high, double absent) {
  const double x = number(key, low, high, absent);
  return is_known(x) && x != std::floor(x) ? fail(key, "not_whole", "must be a whole number") : x;
}
double Fields::maybe_whole(const char* key, double low, double high) {
  return has(key) ? whole(key, low, high) : unknown;
}

double Fields::number(const char* key, double low, double high, double absent) {
  const auto* found = find(key);
  if (!found) return is_known(absent) ? absent : fail(key, "missing", "is missing");
  double value = unknown;
  if (found->is_boolean() && high <= 2)
    value = found->get<bool>() ? 1 : 0;
  else if (found->is_number())
    value = found->get<double>();
  else if (found->is_string())
    value = parse_number(found->get_ref<const std::string&>());
  if (!is_known(value)) return fail(key, "wrong_type", "is no number");
  if (!(value >= low && value <= high)) return fail(key, "out_of_range", "is out of range");
  return value;
}

std::string Fields::text(const char* key) {
  const auto* found = find(key);
  if (!found) return {};
  constexpr std::size_t longest = 4096;
  if (found->is_string()) {
    const auto& s = found->get_ref<const std::string&>();
    if (s.size() <= longest && harmless(s) == s) return s;
  }
  fail(key, "wrong_type", "is no short text");
  return {};
}

}  // namespace edgewise
