#pragma once

#include <initializer_list>

#include "edgewise/answer.h"
#include "edgewise/edits.h"
#include "edgewise/reader.h"

namespace edgewise::json {

/// A member of an object that is written.
struct Member {
  const char* key;
  mutable Json value;
};
/// An object of these members. The lists of nlohmann/json, which may turn out to be arrays, are half as much code again
/// at every place where one is written.
inline Json object(std::initializer_list<Member> members) {
  Json out = Json::object();
  for (const Member& m : members) out.push_back(Json::object_t::value_type(m.key, std::move(m.value)));
  return out;
}

/// A further member of an object, which has none of that name yet.
inline void add(Json& object, std::string_view key, Json value) {
  object.push_back(Json::object_t::value_type(key, std::move(value)));
}

inline Json number(double x) { return is_known(x) ? Json(x) : Json(nullptr); }

inline Json ranged(const Ranged& r) {
  return object({{"value", number(r.value)}, {"low", number(r.low)}, {"high", number(r.high)}});
}

/// The value of a device's field: a number, a word, or null where nobody says.
inline Json field_value(const EditableField& f, double x) {
  return f.is_word() && is_known(x) ? Json(f.words[static_cast<std::size_t>(x)]) : number(x);
}

}  // namespace edgewise::json
