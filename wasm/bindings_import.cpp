// What only the full engine has: the rule book, and the importers.

#include <emscripten/bind.h>

#include "bindings.h"
#include "edgewise/check.h"
#include "edgewise/import.h"

namespace {

using namespace edgewise::bindings;

std::string check(const std::string& text) {
  Json problems = Json::array();
  for (const auto& p : edgewise::check(text, catalog(), {.partial = true}))
    problems.push_back({{"rule", p.rule}, {"path", p.path}, {"message", p.message}});
  return edgewise::to_text(Json{{"value", {{"problems", std::move(problems)}}}});
}

std::string import_model(const std::string& bytes, const std::string& name) {
  return reply(edgewise::import_model(bytes, name, catalog()), as_text);
}

std::string model_preset(const std::string& bytes, const std::string& name) {
  return reply(edgewise::model_preset(bytes, name), as_text);
}

}  // namespace

EMSCRIPTEN_BINDINGS(edgewise_import) {
  emscripten::function("check", &check);
  emscripten::function("importModel", &import_model);
  emscripten::function("modelPreset", &model_preset);
}
