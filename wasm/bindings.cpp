// The table of what JavaScript sees: JSON text in, JSON text out, no logic. index.mjs gives it its shape.

#include <emscripten/bind.h>

#include <nlohmann/json.hpp>

#include "edgewise/import.h"
#include "edgewise/query.h"
#include "edgewise/version.h"

namespace {

using Json = nlohmann::ordered_json;

edgewise::Catalog& catalog() {
  static edgewise::Catalog instance;
  return instance;
}

std::string failure(const edgewise::Errors& errors) { return Json{{"errors", edgewise::to_json(errors)}}.dump(); }

template <class T, class Render>
std::string reply(const edgewise::Result<T>& result, const Render& render) {
  return result ? Json{{"value", render(*result)}}.dump() : failure(result.errors());
}

const auto as_is = [](const Json& value) { return value; };

std::string add_preset(const std::string& text) {
  return reply(catalog().add(text), [](const std::string& id) { return Json(id); });
}

std::string add_sequence(const std::string& text) {
  const edgewise::Errors errors = catalog().add_sequence(text);
  return errors.empty() ? Json{{"value", true}}.dump() : failure(errors);
}

std::string import_model(const std::string& bytes, const std::string& name) {
  return reply(edgewise::import_model(bytes, name, catalog()), [](const std::string& id) { return Json(id); });
}

template <class Render>
std::string ask(const std::string& query, const Render& render) {
  const auto parsed = edgewise::parse_query(query);
  if (!parsed) return failure(parsed.errors());
  return reply(edgewise::answer(catalog(), *parsed), render);
}

std::string estimate(const std::string& query) {
  return ask(query, [](const edgewise::Answer& a) { return edgewise::to_json(a); });
}
std::string explain(const std::string& query) {
  return ask(query, [](const edgewise::Answer& a) { return edgewise::explain(a); });
}

std::string sweep(const std::string& query, const std::string& axis, const std::string& values) {
  const auto parsed = edgewise::parse_query(query);
  if (!parsed) return failure(parsed.errors());
  const Json list = Json::parse(values, nullptr, false);
  std::vector<double> numbers;
  if (list.is_array())
    for (const Json& v : list) numbers.push_back(v.is_number() ? v.get<double>() : edgewise::unknown);
  return reply(edgewise::sweep(catalog(), *parsed, axis, numbers), as_is);
}

std::string explore(const std::string& query, const std::string& bounds, double limit) {
  const auto parsed = edgewise::parse_query(query);
  if (!parsed) return failure(parsed.errors());
  const auto parsed_bounds = edgewise::parse_bounds(bounds);
  if (!parsed_bounds) return failure(parsed_bounds.errors());
  return reply(edgewise::explore(catalog(), *parsed, *parsed_bounds, static_cast<std::size_t>(limit)), as_is);
}

std::string list() { return edgewise::catalog_json(catalog()).dump(); }

std::string version() { return Json{{"version", EDGEWISE_VERSION}, {"compiler", __VERSION__}}.dump(); }

/// Estimates per second of the fast path, for the benchmark: `n` estimates of one query, in one call.
double benchmark(const std::string& query, double n) {
  const auto parsed = edgewise::parse_query(query);
  if (!parsed) return edgewise::unknown;
  auto prepared = edgewise::prepare(catalog(), *parsed);
  if (!prepared) return edgewise::unknown;
  double sum = 0;
  edgewise::Workload w = prepared->query.workload;
  for (double i = 0; i < n; ++i) {
    w.prompt = 512 + static_cast<double>(static_cast<int>(i) % 64);
    edgewise::estimate(prepared->cost, prepared->rates, w, prepared->estimate);
    sum += prepared->estimate[edgewise::Term::total_latency_s];
  }
  return sum;
}

}  // namespace

EMSCRIPTEN_BINDINGS(edgewise) {
  emscripten::function("addPreset", &add_preset);
  emscripten::function("addSequence", &add_sequence);
  emscripten::function("importModel", &import_model);
  emscripten::function("estimate", &estimate);
  emscripten::function("explain", &explain);
  emscripten::function("sweep", &sweep);
  emscripten::function("explore", &explore);
  emscripten::function("catalog", &list);
  emscripten::function("version", &version);
  emscripten::function("benchmark", &benchmark);
}
