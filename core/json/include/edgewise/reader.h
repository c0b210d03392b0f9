#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/result.h"
#include "edgewise/text.h"

namespace edgewise::json {

using Json = nlohmann::ordered_json;

/// Parses JSON text strictly: duplicate keys, numbers that are not finite doubles, nesting deeper than
/// 64 levels and anything after the document are refused. Errors carry the path or the byte offset.
Result<Json> parse_strict(std::string_view text);

/// Whether a null member reads as absent (in presets, where it says "unknown") or is refused (in questions, where it is
/// what JSON makes of NaN).
enum class Nulls : std::uint8_t { absent, refused };

/// Reads one JSON object field by field and collects every error with its path. Keys that nobody
/// asked for are errors when the reader is finished.
class Reader {
 public:
  Reader(const Json& value, std::string path, Errors& errors, Nulls = Nulls::absent);

  bool has(const char* key);
  /// A number in [min, max]; `fallback` where the key is absent or null.
  double number(const char* key, double min, double max, double fallback);
  double required_number(const char* key, double min, double max);
  bool flag(const char* key, bool fallback);
  std::string text(const char* key, std::string fallback = {});
  /// Not empty.
  std::string required_text(const char* key);
  /// The position of the text in `words`, which is what the preset may say.
  std::size_t word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback);
  std::vector<std::string> texts(const char* key);
  /// Sub-object; an empty reader where absent or null.
  Reader object(const char* key);
  std::vector<Reader> objects(const char* key);
  /// Any value, unread: for members that are prose or provenance and not ours to interpret.
  const Json* any(const char* key);
  void ignore(std::initializer_list<const char*> keys);

  explicit operator bool() const { return value_ != nullptr; }
  const Json& raw() const { return *value_; }
  const std::string& path() const { return path_; }
  void error(const char* key, std::string code, std::string message);
  /// Reports keys that were never asked for.
  void finish();

 private:
  const Json* find(const char* key);
  std::string at(const char* key) const;

  const Json* value_;
  std::string path_;
  Nulls nulls_;
  Errors* errors_;
  std::vector<const char*> asked_;
};

inline constexpr double any_number = std::numeric_limits<double>::max();

}  // namespace edgewise::json
