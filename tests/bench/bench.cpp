// Estimates per second of the fast path, for the cases of cases.json. The same loop as benchmark() of
// wasm/bindings.cpp.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "edgewise/json.h"
#include "edgewise/presets.h"

namespace {

using namespace edgewise;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Catalog& catalog() {
  static const Catalog instance = [] {
    Catalog c;
    const std::filesystem::path presets = std::filesystem::path(EDGEWISE_SOURCE_DIR) / "presets";
    const auto add = [&](const std::filesystem::path& file) {
      if (const auto id = add_preset(c, read(file)); !id) {
        std::cerr << file << ": " << to_text(to_json(id.errors())) << "\n";
        std::exit(1);
      }
    };
    add(presets / "device-classes.json");
    for (const char* folder : {"quantizations", "runtimes", "calibrations", "models", "devices"})
      for (const auto& entry : std::filesystem::directory_iterator(presets / folder))
        if (entry.path().extension() == ".json") add(entry.path());
    return c;
  }();
  return instance;
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

}  // namespace

int main(int argc, char** argv) try {
  for (const auto& c :
       nlohmann::ordered_json::parse(read(std::filesystem::path(EDGEWISE_SOURCE_DIR) / "tests/bench/cases.json")))
    benchmark::RegisterBenchmark(c["name"].get<std::string>().c_str(), run, c["query"].dump());
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
