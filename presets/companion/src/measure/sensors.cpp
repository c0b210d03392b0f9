#include "sensors.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <sstream>
#include <type_traits>

#include "machine.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point a, Clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

/// An energy counter in microjoules that wraps at `range`.
PowerSensor energy_counter(const std::string& name, const fs::path& folder) {
  PowerSensor s;
  s.name = name;
  s.scope = name == "psys" ? PowerSensor::Scope::board : PowerSensor::Scope::package;
  const fs::path file = folder / "energy_uj";
  if (!is_known(number_in(file))) s.unusable = "only root may read it";
  const double range = number_in(folder / "max_energy_range_uj");
  s.watts = [file, range, last = unknown, when = Clock::now()]() mutable {
    const double now_uj = number_in(file);
    const auto now = Clock::now();
    double moved = now_uj - last;
    if (moved < 0) moved += range;
    const double watts = moved / 1e6 / seconds_between(when, now);
    last = now_uj;
    when = now;
    return watts;
  };
  return s;
}

/// Power rails of one hwmon chip: power inputs as they are, else current x voltage of equal channels.
void add_hwmon(const fs::path& chip, std::vector<PowerSensor>& out) {
  const std::string name = first_line(chip / "name");
  struct Rail {
    fs::path power, current, voltage;
    std::string label;
  };
  std::vector<Rail> rails;
  for (int i = 1; i <= 8; ++i) {
    const std::string n = std::to_string(i);
    std::error_code ignored;
    Rail rail;
    for (const char* label : {"in", "power", "curr"})
      if (rail.label.empty()) rail.label = first_line(chip / (label + n + "_label"));
    if (is_known(number_in(chip / ("power" + n + "_input"))))
      rail.power = chip / ("power" + n + "_input");
    else if (is_known(number_in(chip / ("curr" + n + "_input"))) && is_known(number_in(chip / ("in" + n + "_input")))) {
      rail.current = chip / ("curr" + n + "_input");
      rail.voltage = chip / ("in" + n + "_input");
    } else {
      continue;
    }
    rails.push_back(rail);
  }
  if (rails.empty()) return;
  // A rail that feeds the others counts alone, or their power would be counted twice.
  const auto whole = std::find_if(rails.begin(), rails.end(), [](const Rail& r) {
    return r.label == "VDD_IN" || r.label == "POM_5V_IN" || r.label == "VIN" || r.label == "total";
  });
  if (whole != rails.end()) rails = {*whole};
  PowerSensor s;
  s.name = name + (rails.size() == 1 && !rails[0].label.empty() ? " " + rails[0].label : "");
  const bool gpu = name == "amdgpu" || name == "i915" || name == "xe" || name == "nouveau";
  s.scope = gpu ? PowerSensor::Scope::gpu : PowerSensor::Scope::board;
  s.watts = [rails] {
    double sum = 0;
    for (const Rail& r : rails)
      sum += r.power.empty() ? number_in(r.current) * number_in(r.voltage) / 1e6 : number_in(r.power) / 1e6;
    return sum;
  };
  out.push_back(std::move(s));
}

void add_battery(const fs::path& supply, std::vector<PowerSensor>& out) {
  if (first_line(supply / "type") != "Battery") return;
  PowerSensor s;
  s.name = "battery";
  s.scope = PowerSensor::Scope::battery;
  if (first_line(supply / "status") != "Discharging")
    s.unusable = "it says what the machine draws only while it discharges";
  s.watts = [supply] {
    const double power = number_in(supply / "power_now");
    return std::fabs(is_known(power) ? power / 1e6
                                     : number_in(supply / "current_now") * number_in(supply / "voltage_now") / 1e12);
  };
  out.push_back(std::move(s));
}

/// Raspberry Pi 5: the power chip's rails, "NAME_A current(n)=x A" and "NAME_V volt(n)=x V".
double pmic_watts(const std::string& text) {
  std::map<std::string, double> amperes, volts;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, reading;
    words >> name >> reading;
    const auto equals = reading.find('=');
    if (name.size() < 3 || equals == std::string::npos) continue;
    const double x = std::strtod(reading.c_str() + equals + 1, nullptr);
    const std::string rail = name.substr(0, name.size() - 2);
    if (name.compare(name.size() - 2, 2, "_A") == 0) amperes[rail] = x;
    if (name.compare(name.size() - 2, 2, "_V") == 0) volts[rail] = x;
  }
  double sum = 0;
  for (const auto& [rail, a] : amperes)
    if (const auto v = volts.find(rail); v != volts.end()) sum += a * v->second;
  return amperes.empty() ? unknown : sum;
}

/// NVIDIA's management library, where the driver brought it: what each card draws. Names are those of nvml.h.
void add_nvidia(std::vector<PowerSensor>& out) {
  struct Nvml {
    using Handle = void*;
    int (*init)();
    int (*count)(unsigned*);
    int (*handle)(unsigned, Handle*);
    int (*name)(Handle, char*, unsigned);
    int (*power_mw)(Handle, unsigned*);
  } nvml;
  void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);  // kept until the end
  if (!library) return;
  const auto find = [&](auto& function, const char* symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    return function != nullptr;
  };
  unsigned cards = 0;
  if (!find(nvml.init, "nvmlInit_v2") || !find(nvml.count, "nvmlDeviceGetCount_v2") ||
      !find(nvml.handle, "nvmlDeviceGetHandleByIndex_v2") || !find(nvml.name, "nvmlDeviceGetName") ||
      !find(nvml.power_mw, "nvmlDeviceGetPowerUsage") || nvml.init() != 0 || nvml.count(&cards) != 0)
    return;
  for (unsigned i = 0; i < cards; ++i) {
    Nvml::Handle card = nullptr;
    char name[96] = "";
    unsigned mw = 0;
    if (nvml.handle(i, &card) != 0) continue;
    PowerSensor s;
    s.name = nvml.name(card, name, sizeof name) == 0 ? name : "NVIDIA card";
    s.scope = PowerSensor::Scope::gpu;
    if (nvml.power_mw(card, &mw) != 0) s.unusable = "the card does not say what it draws";
    s.watts = [card, read = nvml.power_mw] {
      unsigned now_mw = 0;
      return read(card, &now_mw) == 0 ? now_mw / 1e3 : unknown;
    };
    out.push_back(std::move(s));
  }
}

}  // namespace

const char* to_string(PowerSensor::Scope s) {
  static constexpr const char* names[] = {"board", "battery", "package", "gpu"};
  return names[static_cast<std::size_t>(s)];
}

std::vector<PowerSensor> find_power_sensors(const fs::path& root) {
  std::vector<PowerSensor> out;
  for (const fs::path& chip : entries(root / "sys/class/hwmon")) add_hwmon(chip, out);
  for (const fs::path& supply : entries(root / "sys/class/power_supply")) add_battery(supply, out);
  for (const fs::path& zone : entries(root / "sys/class/powercap")) {
    const std::string name = first_line(zone / "name");
    // Zones below a package are parts of it.
    if (name.rfind("package", 0) == 0 || name == "psys") out.push_back(energy_counter(name, zone));
  }
  if (root == "/") add_nvidia(out);
  if (root == "/" && is_known(pmic_watts(output_of({"vcgencmd", "pmic_read_adc"})))) {
    PowerSensor s;
    s.name = "power chip (without what USB draws)";
    s.scope = PowerSensor::Scope::board;
    s.watts = [] { return pmic_watts(output_of({"vcgencmd", "pmic_read_adc"})); };
    out.push_back(std::move(s));
  }
  std::stable_sort(out.begin(), out.end(), [](const PowerSensor& a, const PowerSensor& b) {
    return std::make_pair(!a.unusable.empty(), a.scope) < std::make_pair(!b.unusable.empty(), b.scope);
  });
  return out;
}

PowerSampler::PowerSampler(PowerSensor* sensor) : sensor_(sensor) {
  if (!sensor_) return;
  thread_ = std::thread([this] {
    sensor_->watts();  // energy counters begin here
    while (!stop_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      const double w = sensor_->watts();
      const std::lock_guard lock(mutex_);
      if (w >= 0 && w < 1e5) samples_.push_back(w);
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
