#pragma once

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
  std::string cores;   ///< "fast", "every", or a cluster's core design
  int threads = 1;
  double bytes = unknown;  ///< working set, all threads together
  std::vector<double> samples;
  std::string reason;

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
  std::vector<PowerReading> power;
  /// Rows of an inference engine's own benchmark, in the columns of measurement files.
  std::vector<std::vector<std::string>> engine_rows;
};

std::string to_json_text(const Measurement&);
Result<Measurement> parse_measurement(std::string_view json_text);
/// The table that a person reads.
std::string render_text(const Measurement&);

}  // namespace edgewise
