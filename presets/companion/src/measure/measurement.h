#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/power.h"
#include "machine.h"

namespace edgewise {

/// One quantity measured several times. What was not measured has a reason instead of samples.
struct TestRun {
  std::string test;
  std::string format;  ///< weight format of dot tests
  std::string cores;   ///< "fast", "every", or a cluster's core design; "gpu"
  int threads = 1;
  double bytes = unknown;  ///< working set, all threads together
  std::vector<double> samples;
  std::string reason;
  std::string device = {};  ///< GPU that ran it, as `Measurement::gpus` names it; empty: the processor
  double tokens = unknown;  ///< at once, of a GPU's matrix product

  double median() const;
  /// (90th percentile - 10th percentile) / median.
  double spread() const;
};

/// What a test measures, in words and in which unit; a file explains itself with it.
struct TestInfo {
  const char* test;
  const char* unit;
  const char* description;
};
const TestInfo* find_test(std::string_view);

struct PowerReading {
  std::string phase;   ///< idle, decode or prefill
  std::string source;  ///< the sensor, or the meter
  std::string scope;   ///< as `to_string(Scope)` has it; earlier versions wrote other words, see `scope_of`
  std::vector<double> watts;
};
/// What a reading is of. Files of before said board, battery and package. Unstated: nobody knows.
Scope scope_of(const PowerReading&);

/// A GPU as Vulkan describes it.
struct Gpu {
  std::string name;  ///< told apart from equal ones
  std::string type;  ///< integrated, discrete, virtual, cpu (a rasterizer in software) or other
  std::string driver, api;
  std::string unusable;  ///< why it cannot run what is measured; empty: it can
  std::uint32_t vendor = 0;
  double memory_B = 0;  ///< of the largest heap of its own
  std::uint32_t subgroup_size = 1, subgroup_least = 1, subgroup_most = 1, most_threads = 0;
  std::uint64_t shared_B = 0, most_range_B = 0;  ///< of a workgroup; of a buffer that a shader sees
  bool subgroup_control = false, subgroup_arithmetic = false, subgroup_shuffle = false;
  bool half = false;  ///< half precision arithmetic
  bool dot_product = false, dot_product_fast = false, cooperative_matrix = false;
};

/// How the rows of an engine came about. Neither addresses nor paths stand in it.
struct EngineReport {
  std::string device;                 ///< that the rows are of; empty: this machine
  std::vector<std::string> findings;  ///< what was found, what was chosen and why, what was not found: a sentence each
  std::vector<std::string> asked;     ///< commands and requests, prompts shortened to the number of their words
  bool empty() const { return device.empty() && findings.empty() && asked.empty(); }
};

/// Everything that one run of `edgewise measure` found out.
struct Measurement {
  std::string date;  ///< UTC day
  std::string tool, kernels;
  bool quick = false;
  double budget_s = unknown, elapsed_s = unknown;
  Machine machine;
  Conditions before, after;
  std::vector<std::string> warnings;
  std::vector<TestRun> runs;
  std::vector<Gpu> gpus;  ///< that Vulkan offered, whether measured or not
  std::vector<PowerReading> power;
  /// Rows of an inference engine's own benchmark, in the columns of measurement files.
  std::vector<std::vector<std::string>> engine_rows;
  EngineReport engine;
};

std::string to_json_text(const Measurement&);
/// What one GPU's benchmarks found, as a process of its own hands it over: `gpus` and `runs` alone.
std::string gpu_findings_text(const Measurement&);
/// Appends what gpu_findings_text() wrote. False: it is no such text.
bool add_gpu_findings(std::string_view json_text, Measurement&);
nlohmann::ordered_json to_json(const Gpu&);
Result<Measurement> parse_measurement(std::string_view json_text);
/// The table that a person reads.
std::string render_text(const Measurement&);

}  // namespace edgewise
