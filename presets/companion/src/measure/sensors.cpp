#include "sensors.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace edgewise {

namespace {

/// Whole things first: what feeds the others counts all of them.
int rank(Scope s) {
  static constexpr std::array order = {Scope::module, Scope::wall, Scope::soc, Scope::gpu, Scope::rail};
  return static_cast<int>(std::find(order.begin(), order.end(), s) - order.begin());
}

}  // namespace

bool sees(Scope s, Processor p) {
  if (s == Scope::gpu) return p == Processor::gpu;
  return s == Scope::soc || s == Scope::module || s == Scope::wall;
}

PowerSensor* sensor_for(std::vector<PowerSensor>& sensors, Processor p) {
  PowerSensor* first = nullptr;
  for (PowerSensor& s : sensors) {
    if (!s.unusable.empty() || !sees(s.scope, p)) continue;
    if (s.scope == Scope::gpu) return &s;
    if (!first) first = &s;
  }
  return first;
}

std::vector<PowerSensor> find_power_sensors(const std::filesystem::path& root) {
  std::vector<PowerSensor> out;
  add_sysfs_sensors(root, out);
  add_program_sensors(root, out);
  std::stable_sort(out.begin(), out.end(), [](const PowerSensor& a, const PowerSensor& b) {
    return std::pair(!a.unusable.empty(), rank(a.scope)) < std::pair(!b.unusable.empty(), rank(b.scope));
  });
  return out;
}

PowerSampler::PowerSampler(PowerSensor* sensor) : sensor_(sensor) {
  if (!sensor_) return;
  thread_ = std::thread([this] {
    using Clock = std::chrono::steady_clock;
    sensor_->watts();  // energy counters begin here
    auto next = Clock::now();
    while (!stop_) {
      next += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(sensor_->period_s));
      while (!stop_ && Clock::now() < next)
        std::this_thread::sleep_for(std::min<Clock::duration>(next - Clock::now(), std::chrono::milliseconds(100)));
      if (stop_) break;
      const double w = sensor_->watts();
      const std::lock_guard lock(mutex_);
      // Nothing that runs draws nothing: a counter that stands still says nothing.
      if (w > 0 && w < 1e5) samples_.push_back(w);
    }
  });
}

PowerSampler::~PowerSampler() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<double> PowerSampler::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(samples_, {});
}

}  // namespace edgewise
