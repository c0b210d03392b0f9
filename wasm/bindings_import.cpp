// What only the full engine has: the rule book, the importers, and servers under load.

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include "bindings.h"
#include "edgewise/benchmark.h"
#include "edgewise/check.h"
#include "edgewise/import.h"
#include "edgewise/known_preset.h"
#include "edgewise/serving.h"
#include "edgewise/version.h"

namespace {

using namespace edgewise::bindings;

std::string check(const std::string& text) {
  Json problems = Json::array();
  for (const auto& p : edgewise::check(text, catalog(), {.partial = true}))
    problems.push_back({{"rule", p.rule}, {"path", p.path}, {"message", p.message}});
  return edgewise::to_text(Json{{"value", {{"problems", std::move(problems)}}}});
}

/// Calls `use` with the files of a list of {name, bytes}.
template <class Use>
auto with_files(const emscripten::val& list, const Use& use) {
  std::vector<std::string> held;
  const auto n = list["length"].as<unsigned>();
  for (unsigned i = 0; i < n; ++i)
    for (const char* key : {"name", "bytes"}) held.push_back(list[i][key].as<std::string>());
  std::vector<edgewise::ModelFile> files;
  for (std::size_t i = 0; i < held.size(); i += 2) files.push_back({held[i], held[i + 1]});
  return use(files);
}

std::string import_model(const emscripten::val& list, const std::string& name) {
  forget_explored();
  return with_files(list,
                    [&](const auto& files) { return reply(edgewise::import_model(files, name, catalog()), as_text); });
}

std::string model_preset(const emscripten::val& list, const std::string& name) {
  return with_files(list, [&](const auto& files) { return reply(edgewise::model_preset(files, name), as_text); });
}

std::string known_preset(const std::string& query, const std::string& device, const std::string& id,
                         const std::string& date) {
  const auto asked = edgewise::parse_query(query);
  if (!asked) return failure(asked.errors());
  const auto a = edgewise::answer(catalog(), *asked);
  if (!a) return failure(a.errors());
  return reply(edgewise::known_preset(*a, device, {id, "edgewise " EDGEWISE_VERSION, date}), as_text);
}

std::string known_from(const std::string& query, const std::string& text) {
  const auto asked = edgewise::parse_query(query);
  if (!asked) return failure(asked.errors());
  return reply(edgewise::known_from(text, *asked, catalog()), [](const edgewise::KnownFrom& k) {
    return Json{{"known", k.statements}, {"remarks", k.remarks}, {"facts", k.facts}};
  });
}

std::string serving(const std::string& query, const std::string& load) {
  const auto asked = edgewise::parse_serving_query(query, load);
  if (!asked) return failure(asked.errors());
  return reply(edgewise::serving(catalog(), *asked), [](const edgewise::Serving& s) { return edgewise::to_json(s); });
}

}  // namespace

EMSCRIPTEN_BINDINGS(edgewise_import) {
  emscripten::function("check", &check);
  emscripten::function("importModel", &import_model);
  emscripten::function("modelPreset", &model_preset);
  emscripten::function("knownPreset", &known_preset);
  emscripten::function("knownFrom", &known_from);
  emscripten::function("serving", &serving);
}
