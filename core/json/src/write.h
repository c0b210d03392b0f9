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
/// at every place where one is written. `further`: how many may be added later.
inline Json object(std::initializer_list<Member> members, std::size_t further = 0) {
  Json out = Json::object();
  reserve(out, members.size() + further);
  for (const Member& m : members) add(out, m.key, std::move(m.value));
  return out;
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
