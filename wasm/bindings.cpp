// The table of what JavaScript sees: JSON text in, JSON text out, no logic. engine.mjs gives it its shape.
// What only the full engine has is in bindings_import.cpp, so that the other is linked without it.

#include "bindings.h"

#include <emscripten/bind.h>

#include <cstdint>
#include <optional>

#include "edgewise/edited_preset.h"
#include "edgewise/levers_json.h"
#include "edgewise/many_json.h"
#include "edgewise/names.h"
#include "edgewise/presets.h"
#include "edgewise/version.h"

namespace edgewise::bindings {

Catalog& catalog() {
  static Catalog instance;
  return instance;
}

/// What explorations have in common.
std::optional<ExploreMemory>& explore_memory() {
  static std::optional<ExploreMemory> instance;
  return instance;
}
void forget_explored() { explore_memory().reset(); }

std::string failure(const Errors& errors) { return to_text(Json{{"errors", to_json(errors)}}); }

}  // namespace edgewise::bindings

namespace {

using namespace edgewise::bindings;

const auto as_json = [](const auto& value) { return edgewise::to_json(value); };

/// Answers a query that is given as JSON.
template <class Ask>
std::string ask(const std::string& query, const Ask& answer) {
  const auto parsed = edgewise::parse_query(query);
  return parsed ? answer(*parsed) : failure(parsed.errors());
}

std::string add_preset(const std::string& text) {
  forget_explored();
  return reply(edgewise::add_preset(catalog(), text), as_text);
}

std::string add_sequence(const std::string& text) {
  forget_explored();
  const edgewise::Errors errors = edgewise::add_presets(catalog(), text);
  return errors.empty() ? edgewise::to_text(Json{{"value", true}}) : failure(errors);
}

std::string add_names(const std::string& text) {
  const edgewise::Errors errors = edgewise::add_names(catalog(), text);
  return errors.empty() ? edgewise::to_text(Json{{"value", true}}) : failure(errors);
}

std::string meant(const std::string& kind, const std::string& name) {
  return edgewise::to_text(Json{{"value", edgewise::to_json(kind == "device"    ? catalog().device_meant(name)
                                                            : kind == "runtime" ? catalog().runtime_meant(name)
                                                                                : catalog().model_meant(name))}});
}

std::string choose(const std::string& query) {
  return ask(query, [](const edgewise::Query& q) {
    const auto choice = edgewise::choose(catalog(), q, edgewise::Misfit::put_aside);
    return edgewise::to_text(Json{{"value", edgewise::to_json(choice)}});
  });
}

std::string estimate(const std::string& query) {
  return ask(query, [](const edgewise::Query& q) { return reply(edgewise::answer(catalog(), q), as_json); });
}

std::string explain(const std::string& query) {
  return ask(query, [](const edgewise::Query& q) {
    return reply(edgewise::answer(catalog(), q),
                 [](const edgewise::Answer& a) { return edgewise::to_json(edgewise::explain(a), a); });
  });
}

std::string sweep(const std::string& query, const std::string& axis, const std::string& values) {
  return ask(query, [&](const edgewise::Query& q) {
    const auto read = edgewise::parse_sweep_values(values, "values");
    return read ? reply(edgewise::sweep(catalog(), q, axis, *read), as_json) : failure(read.errors());
  });
}

std::string what_if(const std::string& query, const std::string& term) {
  return ask(query, [&](const edgewise::Query& q) {
    const auto a = edgewise::answer(catalog(), q);
    if (!a) return failure(a.errors());
    return reply(edgewise::what_if(catalog(), *a, term),
                 [&](const auto& found) { return edgewise::to_json(found, *a); });
  });
}

std::string roofline(const std::string& query) {
  return ask(query, [](const edgewise::Query& q) {
    return reply(edgewise::answer(catalog(), q),
                 [](const edgewise::Answer& a) { return edgewise::to_json(edgewise::roofline(a)); });
  });
}

std::string editable(const std::string& query) {
  return ask(query, [](const edgewise::Query& q) {
    return reply(edgewise::answer(catalog(), q),
                 [](const edgewise::Answer& a) { return edgewise::to_json(edgewise::editable(catalog(), a)); });
  });
}

std::string edited_preset(const std::string& query, const std::string& device, const std::string& id) {
  return ask(query, [&](const edgewise::Query& q) {
    const auto a = edgewise::answer(catalog(), q);
    return a ? reply(edgewise::edited_preset(*a, device, id), as_text) : failure(a.errors());
  });
}

/// The numbers of the last exploration or of many estimates, which JavaScript copies out of the engine's memory, or
/// lays there.
std::vector<double>& shared_values() {
  static std::vector<double> instance;
  return instance;
}
double address_of_values() { return static_cast<double>(reinterpret_cast<std::uintptr_t>(shared_values().data())); }

/// Where so many numbers find room.
double room(double count) {
  shared_values().resize(static_cast<std::size_t>(count));
  return address_of_values();
}

/// Everything but the numbers, and where these are.
std::string explore(const std::string& query, const std::string& bounds, double limit) {
  return ask(query, [&](const edgewise::Query& q) {
    const auto parsed = edgewise::parse_bounds(bounds);
    if (!parsed) return failure(parsed.errors());
    if (!explore_memory()) explore_memory().emplace();
    return reply(edgewise::explore(catalog(), q, *parsed, limit, &*explore_memory()),
                 [](const edgewise::Explored& found) {
                   Json out = edgewise::to_columns(found, shared_values());
                   out["at"] = address_of_values();
                   return out;
                 });
  });
}

std::string estimate_many(const std::string& query, const std::string& asked) {
  return reply(edgewise::estimate_many(catalog(), query, asked, shared_values()), [](Json out) {
    out["at"] = address_of_values();
    return out;
  });
}

std::string quality(const std::string& model) {
  return reply(edgewise::quality_json(catalog(), model), [](const Json& of) { return of; });
}

std::string benchmarks() { return edgewise::to_text(edgewise::scales_json(catalog())); }

std::string list() { return edgewise::to_text(edgewise::catalog_json(catalog())); }

std::string version() { return edgewise::to_text(Json{{"version", EDGEWISE_VERSION}, {"compiler", __VERSION__}}); }

/// Estimates per second of the fast path, for the benchmark: `n` estimates of one query, in one call.
double benchmark(const std::string& query, double n) {
  const auto parsed = edgewise::parse_query(query);
  auto prepared = parsed ? edgewise::prepare(catalog(), *parsed) : edgewise::Result<edgewise::Answer>(parsed.errors());
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
  emscripten::function("addNames", &add_names);
  emscripten::function("meant", &meant);
  emscripten::function("choose", &choose);
  emscripten::function("estimate", &estimate);
  emscripten::function("explain", &explain);
  emscripten::function("sweep", &sweep);
  emscripten::function("explore", &explore);
  emscripten::function("room", &room);
  emscripten::function("estimateMany", &estimate_many);
  emscripten::function("quality", &quality);
  emscripten::function("benchmarks", &benchmarks);
  emscripten::function("whatIf", &what_if);
  emscripten::function("roofline", &roofline);
  emscripten::function("editable", &editable);
  emscripten::function("editedPreset", &edited_preset);
  emscripten::function("catalog", &list);
  emscripten::function("version", &version);
  emscripten::function("benchmark", &benchmark);
}
