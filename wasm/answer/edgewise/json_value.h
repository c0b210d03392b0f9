#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace edgewise::json {

/// A document as JavaScript lays it out in the engine's memory and reads it there: the browser's own parser has read
/// the text, so that the first half holds neither a parser nor a serializer. answer.mjs knows this layout. Everything
/// lies in the room of one call and dies with it, so that nothing is ever freed piece by piece.
class Json {
 public:
  struct Member;

  Json() = default;
  Json(std::nullptr_t) {}                                                   // NOLINT(implicit)
  Json(bool x) : kind_(Kind::boolean), size_(x ? 1 : 0) {}                  // NOLINT(implicit)
  Json(double x) : kind_(Kind::number), number_(x) {}                       // NOLINT(implicit)
  Json(int x) : Json(static_cast<double>(x)) {}                             // NOLINT(implicit)
  Json(std::size_t x) : Json(static_cast<double>(x)) {}                     // NOLINT(implicit)
  Json(std::string_view lasting) : Json(lasting.data(), lasting.size()) {}  // NOLINT(implicit)
  Json(const char* lasting) : Json(std::string_view(lasting)) {}            // NOLINT(implicit)
  Json(const std::string& text);                                            // NOLINT(implicit)
  template <class T>
  Json(const std::vector<T>& list) : Json(array()) {  // NOLINT(implicit)
    for (const T& x : list) push_back(x);
  }
  static Json array() { return Json(Kind::array); }
  static Json object() { return Json(Kind::object); }

  bool is_null() const { return kind_ == Kind::null; }
  bool is_boolean() const { return kind_ == Kind::boolean; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_string() const { return kind_ == Kind::text; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }
  /// Of a list or an object.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  template <class T>
  T get() const {
    if constexpr (std::is_same_v<T, bool>)
      return size_ != 0;
    else if constexpr (std::is_arithmetic_v<T>)
      return static_cast<T>(number_);
    else
      return T(text());
  }
  std::string_view text() const { return {static_cast<const char*>(at_), size_}; }
  const Json& operator[](std::size_t i) const { return items()[i]; }
  const Json* begin() const { return items(); }
  const Json* end() const { return items() + size_; }
  const Member* members() const { return static_cast<const Member*>(at_); }
  /// Null: no member is called so.
  const Json* find(std::string_view key) const;

  void push_back(const Json&);
  void push_back(const Member&);
  /// A further member: none is called so yet.
  Json& operator[](std::string_view lasting);
  Json& operator[](const char* lasting) { return (*this)[std::string_view(lasting)]; }
  Json& operator[](const std::string& key);

 private:
  enum class Kind : std::uint32_t { null, boolean, number, text, array, object };
  explicit Json(Kind kind) : kind_(kind), at_(nullptr) {}
  Json(const char* text, std::size_t size) : kind_(Kind::text), size_(static_cast<std::uint32_t>(size)), at_(text) {}
  const Json* items() const { return static_cast<const Json*>(at_); }
  void* grown(std::size_t each);

  Kind kind_ = Kind::null;
  std::uint32_t size_ = 0;  ///< bytes, items or members; of a boolean 1 for true
  union {
    double number_ = 0;
    const void* at_;
  };
};

struct Json::Member {
  Member(std::string_view lasting, const Json& v)
      : name(lasting.data()), size(static_cast<std::uint32_t>(lasting.size())), value(v) {}
  std::string_view key() const { return {name, size}; }
  const char* name;
  std::uint32_t size;
  Json value;
};

/// Growth is cheap here.
inline void reserve(Json&, std::size_t) {}
void add(Json& object, std::string_view key, const Json& value);

/// So many bytes of the room of this call, in which whole documents may be laid out.
void* room(std::size_t bytes);
/// Everything in it is forgotten.
void clear_room();

}  // namespace edgewise::json
