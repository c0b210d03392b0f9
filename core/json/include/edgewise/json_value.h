#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace edgewise::json {

/// Documents, their members in the order in which they are written.
using Json = nlohmann::ordered_json;

/// Room for so many members of an object. Growth copies all that is below: a member's key is const, so that the pair
/// has no move that cannot throw.
void reserve(Json& object, std::size_t members);
/// A further member of an object, which has none of that name yet. Pushing it back would copy it.
void add(Json& object, std::string_view key, Json value);

}  // namespace edgewise::json
