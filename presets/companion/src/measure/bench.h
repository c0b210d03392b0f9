#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "kernels.h"
#include "measurement.h"
#include "sensors.h"

namespace edgewise {

/// Tokens of `dot_many`: whole tiles of every kernel; of `dot_few`: whole ones of fewer tokens.
inline constexpr std::size_t prefill_tokens = 48, few_tokens = 12;

struct BenchOptions {
  double budget_s = 90;
  const kernels::Kernels* kernels = nullptr;  ///< of one instruction set; needed
  std::filesystem::path storage_folder;
  PowerSensor* sensor = nullptr;  ///< null: none
  bool idle_phase = false;        ///< wait idly first, for a sensor or an outside meter
  /// Share done and what comes next.
  std::function<void(double share, const std::string& what)> progress;
  std::function<bool()> interrupted;
};

/// When a phase ran, in Unix time: readings of an outside meter are matched by it.
struct PhaseWindow {
  std::string phase;
  double begin_s = 0, end_s = 0;
};

/// Runs every microbenchmark within the budget and appends to `m.runs` and `m.power`. Rows that the budget leaves no
/// time for say so. False: interrupted.
bool run_benchmarks(const BenchOptions&, Measurement& m, std::vector<PhaseWindow>& windows);

}  // namespace edgewise
