// Estimates per second of the fast path, for the cases of cases.json: the same loop as benchmark() of
// wasm/bindings.cpp. And how long each operation of operations.json takes, from text to text as the npm package does
// it.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "edgewise/check.h"
#include "edgewise/explore.h"
#include "edgewise/import.h"
#include "edgewise/json.h"
#include "edgewise/levers_json.h"
#include "edgewise/names.h"
#include "edgewise/presets.h"
#include "gguf_writer.hpp"

namespace {

using namespace edgewise;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::filesystem::path root = EDGEWISE_SOURCE_DIR;

/// What ships, as the page and the npm package have it: presets with a record separator before each. `every`: of which
/// folder only one of so many ({"models": 4}).
std::string sequence(const nlohmann::ordered_json& every = nlohmann::ordered_json::object()) {
  const std::filesystem::path presets = root / "presets";
  std::string text = "\x1e" + read(presets / "device-classes.json");
  for (const char* folder : {"quantizations", "runtimes", "calibrations", "models", "devices"}) {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(presets / folder))
      if (entry.path().extension() == ".json") files.insert(entry.path());
    std::size_t i = 0;
    for (const auto& file : files)
      if (i++ % every.value(folder, std::size_t{1}) == 0) text += "\x1e" + read(file);
  }
  return text;
}

Catalog catalog_of(const std::string& presets) {
  Catalog c;
  if (const Errors errors = add_presets(c, presets); !errors.empty())
    throw std::runtime_error(to_text(to_json(errors)));
  return c;
}

const Catalog& catalog() {
  static const Catalog instance = catalog_of(sequence());
  return instance;
}

/// As large as those that people drop: every tensor of a model of 8 billion parameters, and its vocabulary.
std::string gguf_header() {
  test::GgufWriter file;
  file.model("llama", 32, 4096, 14336, 32, 8, 128256);
  std::vector<std::string> tokens;
  for (int i = 0; i < 128256; ++i) tokens.push_back("token" + std::to_string(i));
  file.strings("tokenizer.ggml.tokens", tokens);
  file.llama_tensors(32, 4096, 14336, 1024, 128256);
  return file.bytes();
}

void run(benchmark::State& state, const std::string& text) {
  const auto query = parse_query(text);
  auto answer = query ? prepare(catalog(), *query) : Result<Answer>(query.errors());
  if (!answer) {
    state.SkipWithError(to_json(answer.errors()).dump().c_str());
    return;
  }
  Workload w = answer->query.workload;
  int i = 0;
  for ([[maybe_unused]] auto _ : state) {
    w.prompt = 512 + i++ % 64;
    estimate(answer->cost, answer->rates, w, answer->estimate);
    benchmark::DoNotOptimize(answer->estimate);
  }
  state.SetItemsProcessed(state.iterations());
}

/// The value, or what benchmark reports in its place.
template <class T>
const T& value(const Result<T>& result) {
  if (!result) throw std::runtime_error(to_text(to_json(result.errors())));
  return *result;
}

std::function<std::string()> operation(const nlohmann::ordered_json& asked) {
  const auto what = asked["what"].get<std::string>();
  const auto text = [&](const char* key) { return asked.contains(key) ? asked[key].dump() : "{}"; };
  const auto answered = [query = text("query")] { return answer(catalog(), value(parse_query(query))); };
  if (what == "presets") return [all = sequence()] { return std::to_string(catalog_of(all).models().size()); };
  if (what == "meant")
    return [typed = asked["text"].get<std::string>()] { return to_text(to_json(catalog().model_meant(typed))); };
  if (what == "estimate") return [=] { return to_text(to_json(value(answered()))); };
  if (what == "explain")
    return [=] {
      const auto a = answered();
      return to_text(to_json(explain(value(a)), *a));
    };
  if (what == "whatIf")
    return [=] {
      const auto a = answered();
      return to_text(to_json(value(what_if(catalog(), value(a), "decode_tok_s")), *a));
    };
  if (what == "sweep")
    return [query = text("query"), axis = asked["axis"].get<std::string>(), values = text("values")] {
      return to_text(to_json(
          value(sweep(catalog(), value(parse_query(query)), axis, value(parse_sweep_values(values, "values"))))));
    };
  if (what == "explore")
    return
        [query = text("query"), bounds = text("bounds"), memory = std::make_shared<ExploreMemory>(),
         part = asked.contains("every") ? std::make_shared<Catalog>(catalog_of(sequence(asked["every"]))) : nullptr] {
          std::vector<double> numbers;
          const auto found = explore(part ? *part : catalog(), value(parse_query(query)), value(parse_bounds(bounds)),
                                     1e9, memory.get());
          return to_text(to_columns(value(found), numbers));
        };
  const std::string file = read(root / asked["file"].get<std::string>());
  if (what == "check") return [=] { return std::to_string(check(file, catalog(), {.partial = true}).size()); };
  if (what == "modelPreset") return [=] { return value(model_preset(file, "bench")); };
  throw std::runtime_error("no operation is called " + what);
}

}  // namespace

int main(int argc, char** argv) try {
  for (const auto& c : nlohmann::ordered_json::parse(read(root / "tests/bench/cases.json")))
    benchmark::RegisterBenchmark(c["name"].get<std::string>().c_str(), run, c["query"].dump());
  std::filesystem::create_directories(root / "build/logs");
  std::ofstream(root / "build/logs/bench.gguf", std::ios::binary) << gguf_header();
  for (const auto& c : nlohmann::ordered_json::parse(read(root / "tests/bench/operations.json")))
    benchmark::RegisterBenchmark(c["name"].get<std::string>().c_str(), [ask = operation(c)](benchmark::State& state) {
      for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(ask());
    })->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
