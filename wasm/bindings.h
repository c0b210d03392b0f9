#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "edgewise/catalog.h"
#include "edgewise/json.h"

/// What the tables of functions share: JSON text in, JSON text out, {"value"} or {"errors"}.
namespace edgewise::bindings {

using Json = nlohmann::ordered_json;

/// The presets that this engine holds.
Catalog& catalog();
/// What explorations have in common points into it: to be called before a preset is added.
void forget_explored();

std::string failure(const Errors&);

template <class T, class Render>
std::string reply(const Result<T>& result, const Render& render) {
  return result ? to_text(Json{{"value", render(*result)}}) : failure(result.errors());
}

inline const auto as_text = [](const std::string& text) { return Json(text); };

}  // namespace edgewise::bindings
