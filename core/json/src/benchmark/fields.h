#pragma once

#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "edgewise/number.h"
#include "edgewise/result.h"

namespace edgewise {

/// A JSON object whose fields must be of their kind. Numbers may be text, as CSV and SQL have them, and flags, which
/// are 2 at most, booleans.
class Fields {
 public:
  static constexpr double any = std::numeric_limits<double>::max();

  Fields(const nlohmann::ordered_json& object, std::string path, Errors& errors)
      : object_(object), path_(std::move(path)), errors_(errors) {}

  bool has(const char* key) const;
  /// A number in [low, high]; `absent` where the key is missing, null or an empty text. Without a known `absent` it
  /// must be there.
  double number(const char* key, double low, double high, double absent = unknown);
  /// A number in [low, high], or unknown where it is missing.
  double maybe(const char* key, double low, double high);
  /// The same of counts, which are whole.
  double whole(const char* key, double low, double high, double absent = unknown);
  double maybe_whole(const char* key, double low, double high);
  /// A short text that no terminal obeys; empty where it is missing.
  std::string text(const char* key);
  double fail(const char* key, const char* code, std::string message);

 private:
  const nlohmann::ordered_json* find(const char* key) const;

  const nlohmann::ordered_json& object_;
  std::string path_;
  Errors& errors_;
};

}  // namespace edgewise
