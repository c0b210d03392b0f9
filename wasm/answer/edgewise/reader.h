#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/json_value.h"
#include "edgewise/result.h"
#include "edgewise/text.h"

namespace edgewise::json {

// The reader of the first half: the same members as that of core/json, which the same functions use, and none of its
// checks. What a page brings was checked when the site was built; what others wrote is read by the other halves.

enum class Reading : std::uint8_t { preset, checked, question };
class KeyOrder;
enum class Holds : std::uint8_t {
  text,
  date,
  texts,
  number,
  positive,
  whole,
  count,
  wholes,
  numbers,
  flag,
  mark,
  known
};

inline constexpr double any_number = std::numeric_limits<double>::max();

struct MessagePart {
  template <class Piece>
  MessagePart(const Piece&) {}  // NOLINT(implicit)
};

class Reader {
 public:
  static constexpr bool reads_of_others = false;

  Reader(const Json& value, const std::string&, Errors&, Reading = Reading::preset, KeyOrder* = nullptr)
      : value_(&value) {}

  bool has(const char* key) const { return any(key) != nullptr; }
  double number(const char* key, double, double, double fallback) const { return number_or(key, fallback); }
  double required_number(const char* key, double min, double) const { return number_or(key, min); }
  double positive(const char* key, double) const { return number_or(key, std::numeric_limits<double>::quiet_NaN()); }
  double whole(const char* key, double, double, double fallback) const { return number_or(key, fallback); }
  double amount(const char* key, double) const { return number_or(key, 0); }
  double required_whole(const char* key, double min, double) const { return number_or(key, min); }
  bool flag(const char* key, bool fallback) const;
  bool mark(const char* key) const { return flag(key, false); }
  std::string text(const char* key, std::string fallback = {}) const;
  std::string required_text(const char* key) const { return text(key); }
  std::string required_id(const char* key) const { return text(key); }
  std::size_t word(const char* key, std::initializer_list<std::string_view> words, std::size_t fallback) const;
  std::vector<std::string> texts(const char* key, bool = false) const;
  std::vector<std::int32_t> wholes(const char* key, double) const;
  std::vector<std::string> aliases() const { return texts("aliases"); }
  Reader object(const char* key) const { return Reader(any(key)); }
  std::vector<Reader> objects(const char* key, bool = false) const;
  std::vector<std::string> keys() const;
  /// Null: there is none, or it is null.
  const Json* any(std::string_view key) const;

  struct Unread {
    const char* key;
    Holds holds;
  };
  void unread(std::initializer_list<Unread>) const {}
  void wanted(std::initializer_list<const char*>) const {}

  explicit operator bool() const { return value_ != nullptr; }
  static constexpr bool checked() { return false; }
  void error(const char*, const char*, const char*) const {}
  void error(const char*, const char*, const char*, std::initializer_list<std::string_view>) const {}
  void error(const char*, const char*, std::initializer_list<MessagePart>) const {}
  void finish() const {}

 private:
  explicit Reader(const Json* value) : value_(value) {}
  double number_or(const char* key, double fallback) const;

  const Json* value_;  ///< null: the object is absent
};

}  // namespace edgewise::json
