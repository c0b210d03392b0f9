#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "edgewise/device.h"
#include "edgewise/power.h"
#include "edgewise/runtime.h"

namespace edgewise {

/// Something that says how much power is drawn, and of what.
struct PowerSensor {
  std::string name;
  /// What it sees: `soc` a processor's package, `module` a board, `wall` a whole system, `gpu` a card, `rail` one
  /// supply among several, or one of which nobody says what it feeds.
  Scope scope = Scope::rail;
  std::string unusable;  ///< why it cannot be read, and what helps; empty: it can
  /// Power since the last call (energy counters) or now, W; NaN if it cannot be said.
  std::function<double()> watts;
  double period_s = 0.1;  ///< between two readings: what starts a program must not disturb what is measured
};

/// The sensors under `root`: of sysfs, of a Raspberry Pi's power chip (`vcgencmd`) and of NVIDIA's cards (NVML, else
/// `nvidia-smi`). Those that can be read come first, of them whole boards, then systems, packages, cards and rails.
std::vector<PowerSensor> find_power_sensors(const std::filesystem::path& root);

/// Whether a sensor of this scope sees what runs on that processor: a card's sees no CPU, and a rail's nothing whole.
bool sees(Scope, Processor);
/// The sensor to read while something runs on that processor; null: none fits. A GPU's own comes before all others.
PowerSensor* sensor_for(std::vector<PowerSensor>&, Processor);

// One for each kind of source.
void add_sysfs_sensors(const std::filesystem::path& root, std::vector<PowerSensor>&);
void add_program_sensors(const std::filesystem::path& root, std::vector<PowerSensor>&);

/// Power of a Raspberry Pi's rails as `vcgencmd pmic_read_adc` prints them, W: "NAME_A current(n)=x A" times "NAME_V
/// volt(n)=x V", summed. NaN where it prints none.
double pmic_watts(const std::string& text);

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
