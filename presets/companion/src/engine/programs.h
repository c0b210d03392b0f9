#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "edgewise/benchmark.h"
#include "measure/measurement.h"
#include "places.h"

namespace edgewise {

/// How a benchmark of an engine is run.
struct ProgramRun {
  std::string program;  ///< a path, or a name to find in PATH
  std::vector<FoundModel> models;
  double budget_s = unknown;  ///< for all models together; unknown: as long as it takes, the usual workloads alone
};

/// Runs llama-bench on the CPU (512 tokens of prompt, 64 generated, three times) and imports what it prints. With a
/// budget a short run comes first: it says how many repetitions fit, whether there is time for a row at depth 2048, and
/// whether the build has a GPU, which is measured then too, as a runtime of its own.
Result<Imported> run_llama_bench(const ProgramRun&, const ImportContext&, const Catalog&, EngineReport&,
                                 std::ostream& err);
/// The same with mlx_lm.benchmark.
Result<Imported> run_mlx_benchmark(const ProgramRun&, const ImportContext&, const Catalog&, EngineReport&,
                                   std::ostream& err);

/// The commands that these would run at first, as people see them.
std::vector<std::string> llama_bench_commands(const ProgramRun&);
std::vector<std::string> mlx_benchmark_commands(const ProgramRun&);

}  // namespace edgewise
