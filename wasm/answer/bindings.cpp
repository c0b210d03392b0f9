// What JavaScript sees of the first half: documents as json_value.h lays them out, in and out, no logic. answer.mjs
// gives it its shape.

#include <emscripten/emscripten.h>

#include "edgewise/json.h"
#include "edgewise/presets.h"
#include "edgewise/version.h"

namespace {

using edgewise::json::Json;

edgewise::Catalog& presets() {
  static edgewise::Catalog instance;
  return instance;
}

/// What a call returns stays until the next one lays something out.
const Json* reply(const Json& value) { return new (edgewise::json::room(sizeof(Json))) Json(value); }

}  // namespace

extern "C" {

/// Room for what the next call is given.
EMSCRIPTEN_KEEPALIVE void* room(std::size_t bytes) {
  edgewise::json::clear_room();
  return edgewise::json::room(bytes);
}

/// Its id.
EMSCRIPTEN_KEEPALIVE const Json* add_preset(const Json* preset) {
  const auto added = edgewise::add_document(presets(), *preset);
  return reply(added ? Json(*added) : Json());
}

EMSCRIPTEN_KEEPALIVE const Json* choose(const Json* query) {
  const auto asked = edgewise::read_query(*query);
  return reply(edgewise::to_json(edgewise::choose(presets(), *asked, edgewise::Misfit::put_aside)));
}

EMSCRIPTEN_KEEPALIVE const Json* version() { return reply(EDGEWISE_VERSION); }

EMSCRIPTEN_KEEPALIVE const Json* catalog() { return reply(edgewise::catalog_json(presets())); }
}
