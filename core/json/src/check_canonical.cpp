#include <algorithm>
#include <map>
#include <set>

#include "edgewise/canonical.h"
#include "edgewise/check.h"
#include "parse.h"

namespace edgewise {

namespace {

using json::Json;

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
  // Appended: an object looks for each of its keys among all of them.
  std::vector<Json::object_t::value_type, Json::object_t::allocator_type>& members = out.get_ref<Json::object_t&>();
  std::set<std::string_view> done;
  const auto add = [&](const std::string& key, const Json& member) {
    if (done.insert(key).second)
      members.emplace_back(key, in_order(member, order, path.empty() ? key : path + "." + key));
  };
  if (const auto keys = order.of.find(path); keys != order.of.end())
    for (const char* key : keys->second)
      if (const auto member = value.find(key); member != value.end()) add(member.key(), *member);
  for (auto member = value.begin(); member != value.end(); ++member) add(member.key(), *member);
  return out;
}

}  // namespace

Result<std::string> json::canonical(const Json& preset, Reading reading) {
  Errors errors;
  Catalog own;  // names of formats are no matter of form
  Keys order;
  read_preset(preset, own, errors, reading, &order);
  if (!errors.empty()) return errors;
  return canonical_text(in_order(preset, order, ""));
}

Result<std::string> canonical_preset(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  return json::canonical(*parsed, json::Reading::checked);
}

std::optional<Problem> check_canonical(std::string_view text) {
  const auto wanted = canonical_preset(text);
  if (!wanted || *wanted == text) return std::nullopt;
  const auto [have, want] = std::mismatch(text.begin(), text.end(), wanted->begin(), wanted->end());
  const auto line = 1 + std::count(text.begin(), have, '\n');
  return Problem{"canonical", "", "line " + std::to_string(line) + " is not as presets are written (--fix writes it)"};
}

}  // namespace edgewise
