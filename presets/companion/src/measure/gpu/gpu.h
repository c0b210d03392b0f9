#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "measure/measurement.h"

namespace edgewise {

/// What a run of the GPU part was asked.
struct GpuOptions {
  double budget_s = 30;  ///< of each GPU, what its driver takes to compile apart
  std::function<void(const std::string& what)> progress;
  std::function<bool()> interrupted;
};

/// GPUs that Vulkan offers. Listed in a process of its own, so that a driver that crashes takes nothing with it.
/// `why`: in words, where there is none.
std::vector<Gpu> list_gpus(std::string& why);

/// The GPUs of this machine, and which of them are to be measured.
struct GpuChoice {
  std::vector<Gpu> gpus;
  std::vector<std::size_t> chosen;
  std::string why;  ///< there are none
};
/// `which`: part of a name, a place in `gpus`, or "none"; empty: all that are not the processor in software. Error: it
/// names none.
Result<GpuChoice> choose_gpus(const std::string& which);

/// Runs the microbenchmarks of the chosen ones, each in a process of its own, and appends to `m.gpus` and `m.runs`.
/// What cannot be measured is a row with its reason. False: interrupted.
bool measure_gpus(const GpuChoice&, const GpuOptions&, Measurement& m);

namespace gpu {

/// What this program was built without; empty: nothing.
std::string not_built();
/// In this process. `why`: in words, where there is none.
std::vector<Gpu> devices(std::string& why);
/// The device's rows, in this process.
void run_benchmarks(std::size_t device, const GpuOptions&, Measurement& m);

}  // namespace gpu
}  // namespace edgewise
