#pragma once

#include <string>
#include <vector>

#include "edgewise/check.h"
#include "edgewise/reader.h"

namespace edgewise::json {

// Members of documents whose shape was found right.

inline double number_in(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : unknown;
}
inline std::string text_in(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}
inline bool has(const Json& object, const char* key) { return object.contains(key); }
/// The member, or an empty list or object.
const Json& list_in(const Json& object, const char* key);
const Json& object_in(const Json& object, const char* key);
std::string at(const std::string& list, std::size_t index);

/// What rules of one preset need: the preset, itself in a catalog of its own, and those beside it.
struct Checked {
  const Json& preset;
  const Catalog& own;
  const Catalog& known;
  bool partial;
  std::vector<Problem>& problems;

  void refuse(const char* rule, std::string path, std::string message) const {
    problems.push_back({rule, std::move(path), std::move(message)});
  }
};

/// No number of a device is one that physics forbids.
void check_physics(const Checked&);

}  // namespace edgewise::json
