#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "edgewise/device.h"

namespace edgewise {

/// Something that says how much power is drawn. Wider scopes come first: board, then battery, package, gpu.
struct PowerSensor {
  enum class Scope { board, battery, package, gpu };
  std::string name;
  Scope scope = Scope::package;
  std::string unusable;  ///< why it cannot be read; empty: it can
  /// Power since the last call (energy counters) or now, W; NaN if it cannot be said.
  std::function<double()> watts;
};
const char* to_string(PowerSensor::Scope);

/// The sensors under `root`, widest scope first.
std::vector<PowerSensor> find_power_sensors(const std::filesystem::path& root);

/// Reads one sensor at a steady pace in a thread of its own.
class PowerSampler {
 public:
  explicit PowerSampler(PowerSensor*);
  ~PowerSampler();
  PowerSampler(const PowerSampler&) = delete;
  PowerSampler& operator=(const PowerSampler&) = delete;
  /// Samples since the last call.
  std::vector<double> take();

 private:
  PowerSensor* sensor_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::vector<double> samples_;
  std::thread thread_;
};

}  // namespace edgewise
