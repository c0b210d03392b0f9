// Sensors that the kernel offers as files: RAPL, hwmon, INA3221, amdgpu, batteries.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <memory>

#include "machine.h"
#include "sensors.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

/// Why a file gives no number, with what helps; empty where it gives one.
std::string unreadable(const fs::path& file) {
  if (is_known(number_in(file))) return {};
  if (::access(file.c_str(), R_OK) != 0 && errno == EACCES)
    return "only root may read it: measure with sudo, or let everybody read it (sudo chmod a+r on its " +
           file.filename().string() + ")";
  return "its " + file.filename().string() + " gives no number";
}

/// A counter of microjoules that begins anew at `range_uj` (NaN: not for centuries).
class EnergyCounter {
 public:
  explicit EnergyCounter(fs::path file, double range_uj = unknown) : file_(std::move(file)), range_uj_(range_uj) {}
  const fs::path& file() const { return file_; }
  /// Power since the last call, W; NaN at the first one, and where the counter went back for no reason that is known.
  double watts() {
    const double now_uj = number_in(file_);
    const auto now = std::chrono::steady_clock::now();
    double moved = now_uj - last_uj_;
    if (moved < 0) moved += range_uj_;
    const double seconds = std::chrono::duration<double>(now - when_).count();
    last_uj_ = now_uj;
    when_ = now;
    return moved >= 0 ? moved / 1e6 / seconds : unknown;
  }

 private:
  fs::path file_;
  double range_uj_, last_uj_ = unknown;
  std::chrono::steady_clock::time_point when_ = std::chrono::steady_clock::now();
};

/// Counters that together are one thing: the packages of a machine with several sockets.
PowerSensor of_counters(std::string name, Scope scope, std::vector<EnergyCounter> counters) {
  PowerSensor s;
  s.name = std::move(name);
  s.scope = scope;
  for (const EnergyCounter& c : counters)
    if (s.unusable.empty()) s.unusable = unreadable(c.file());
  s.watts = [all = std::make_shared<std::vector<EnergyCounter>>(std::move(counters))] {
    double sum = 0;
    for (EnergyCounter& c : *all) sum += c.watts();
    return sum;
  };
  return s;
}

/// RAPL of Intel and AMD (the kernel's intel-rapl serves both). Zones below a package are parts of it.
void add_rapl(const fs::path& root, std::vector<PowerSensor>& out) {
  std::vector<std::string> names;
  std::vector<EnergyCounter> packages;
  bool platform = false;
  std::vector<fs::path> zones = entries(root / "sys/class/powercap");
  // intel-rapl-mmio shows the same package once more.
  std::stable_partition(zones.begin(), zones.end(),
                        [](const fs::path& zone) { return !zone.filename().string().starts_with("intel-rapl-mmio"); });
  for (const fs::path& zone : zones) {
    const std::string name = first_line(zone / "name");
    const EnergyCounter counter(zone / "energy_uj", number_in(zone / "max_energy_range_uj"));
    if (name == "psys" && !platform) {
      platform = true;
      out.push_back(of_counters(name, Scope::module, {counter}));
    }
    if (!name.starts_with("package") || std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    packages.push_back(counter);
  }
  if (packages.empty()) return;
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " + ") + name;
  out.push_back(of_counters(all, Scope::soc, std::move(packages)));
}

/// One power that a chip of hwmon says, or current and voltage of one channel.
struct Channel {
  fs::path power, current, voltage;
  std::string label;
  /// Microwatts, or milliamperes times millivolts.
  double watts() const { return (power.empty() ? number_in(current) * number_in(voltage) : number_in(power)) / 1e6; }
};

PowerSensor of_channels(std::string name, Scope scope, std::vector<Channel> channels) {
  PowerSensor s;
  s.name = std::move(name);
  s.scope = scope;
  if (scope == Scope::rail)
    s.unusable = channels.size() == 1 && !channels[0].label.empty()
                     ? "one rail among others, not the whole"
                     : "nobody says what it feeds, and whether that is the whole";
  s.watts = [channels = std::move(channels)] {
    double sum = 0;
    for (const Channel& c : channels) sum += c.watts();
    return sum;
  };
  return s;
}

/// What a channel's label says it feeds. NVIDIA's modules: VDD_IN (Orin Nano, Orin NX, Xavier NX, TX2), POM_5V_IN
/// (Nano) and VIN (Thor) feed all other rails (Jetson Linux Developer Guide, "Power Monitor"); Apple's SMC: the system.
Scope scope_of_label(const std::string& label) {
  for (const char* whole : {"VDD_IN", "POM_5V_IN", "VIN", "total"})
    if (label == whole) return Scope::module;
  return label == "Total System Power" ? Scope::wall : Scope::rail;
}

/// What all powers of a chip are of, where its name says so.
Scope scope_of_chip(const std::string& name, const fs::path& chip) {
  // The northbridge's voltage is there on processors with graphics only (Linux, "AMDGPU Thermal Controls"): what they
  // draw is the whole package's.
  if (name == "amdgpu") return first_line(chip / "in1_label") == "vddnb" ? Scope::soc : Scope::gpu;
  for (const char* card : {"i915", "xe", "nouveau"})
    if (name == card) return Scope::gpu;
  if (name == "fam15h_power") return Scope::soc;
  if (name == "power_meter") return Scope::wall;  // ACPI 4.0, "Power Meters": the system's input
  return Scope::rail;
}

std::vector<Channel> channels_of(const fs::path& chip, bool ina3221) {
  constexpr int most = 16;
  // INA3221: channels above the third are voltages of shunts and sums (Linux, "Kernel driver ina3221").
  const int last = ina3221 ? 3 : most;
  std::vector<Channel> out;
  for (int i = 1; i <= last; ++i) {
    const std::string n = std::to_string(i);
    Channel c;
    for (const char* label : {"in", "power", "curr"})
      if (c.label.empty()) c.label = first_line(chip / (label + n + "_label"));
    for (const char* kind : {"_input", "_average"})
      if (c.power.empty() && is_known(number_in(chip / ("power" + n + kind)))) c.power = chip / ("power" + n + kind);
    if (c.power.empty()) {
      c.current = chip / ("curr" + n + "_input");
      c.voltage = chip / ("in" + n + "_input");
      if (!is_known(number_in(c.current)) || !is_known(number_in(c.voltage))) continue;
    }
    out.push_back(std::move(c));
  }
  return out;
}

/// Channels by what they feed: each that is whole, each rail that has a name, and what has none together.
void add_channels(const std::string& chip, const std::vector<Channel>& channels, std::vector<PowerSensor>& out) {
  std::vector<Channel> nameless;
  for (const Channel& c : channels)
    if (c.label.empty())
      nameless.push_back(c);
    else
      out.push_back(of_channels(chip + " " + c.label, scope_of_label(c.label), {c}));
  if (!nameless.empty()) out.push_back(of_channels(chip, Scope::rail, std::move(nameless)));
}

void add_hwmon(const fs::path& chip, std::vector<PowerSensor>& out) {
  const std::string name = first_line(chip / "name");
  std::error_code ignored;
  // Batteries and chargers show themselves here too; as power supplies they say when they mean something.
  if (fs::exists(chip / "device/type", ignored) || name.starts_with("BAT") || name.starts_with("ucsi_source_psy"))
    return;
  const Scope scope = scope_of_chip(name, chip);
  const std::vector<Channel> channels = channels_of(chip, name == "ina3221");
  if (scope == Scope::rail) {
    add_channels(name, channels, out);
  } else if (!channels.empty()) {
    // The first is the chip's; what follows are other limits' views of the same (slowPPT, fastPPT).
    out.push_back(of_channels(name, scope, {channels[0]}));
    return;
  }
  // Cards of Intel and old processors of AMD count energy instead. Counters of 64 bits do not begin anew.
  std::vector<EnergyCounter> sockets;
  for (int i = 1; i <= 512; ++i) {
    const fs::path file = chip / ("energy" + std::to_string(i) + "_input");
    if (!fs::exists(file, ignored)) {
      if (i > 2) break;  // energy2 may be there without energy1
      continue;
    }
    const std::string label = first_line(chip / ("energy" + std::to_string(i) + "_label"));
    if (name == "amd_energy" ? label.starts_with("Esocket") : scope == Scope::gpu && sockets.empty())
      sockets.emplace_back(file);
  }
  if (!sockets.empty())
    out.push_back(of_counters(name, scope == Scope::gpu ? Scope::gpu : Scope::soc, std::move(sockets)));
}

/// Jetsons before JetPack 5 show their INA3221 so: milliwatts of rails with names.
void add_old_jetson(const fs::path& root, std::vector<PowerSensor>& out) {
  for (const fs::path& bus : entries(root / "sys/bus/i2c/drivers/ina3221x"))
    for (const fs::path& device : entries(bus)) {
      if (!device.filename().string().starts_with("iio:device")) continue;
      for (const char* n : {"0", "1", "2"}) {
        const fs::path power = device / (std::string("in_power") + n + "_input");
        const std::string label = first_line(device / (std::string("rail_name_") + n));
        if (label.empty() || !is_known(number_in(power))) continue;
        PowerSensor s = of_channels("ina3221x " + label, scope_of_label(label), {Channel{{}, {}, {}, label}});
        s.watts = [power] { return number_in(power) / 1e3; };
        out.push_back(std::move(s));
      }
    }
}

/// What a battery gives, W; NaN while it gives nothing.
double battery_watts(const fs::path& supply) {
  if (first_line(supply / "status") != "Discharging") return unknown;
  const double power = number_in(supply / "power_now");
  // Some drivers count what leaves as negative.
  return std::fabs(is_known(power) ? power / 1e6
                                   : number_in(supply / "current_now") * number_in(supply / "voltage_now") / 1e12);
}

/// All batteries of the machine are one source: with two, one rests while the other gives.
void add_batteries(const fs::path& root, std::vector<PowerSensor>& out) {
  std::vector<fs::path> batteries;
  for (const fs::path& supply : entries(root / "sys/class/power_supply"))
    // Those of a mouse or a pen feed only it.
    if (first_line(supply / "type") == "Battery" && first_line(supply / "scope") != "Device")
      batteries.push_back(supply);
  if (batteries.empty()) return;
  PowerSensor s;
  s.name = "battery";
  s.scope = Scope::wall;
  s.watts = [batteries] {
    double sum = 0, giving = 0;
    for (const fs::path& b : batteries)
      if (const double w = battery_watts(b); is_known(w)) {
        sum += w;
        giving += 1;
      }
    return giving > 0 ? sum : unknown;
  };
  if (!is_known(s.watts())) s.unusable = "it says what the machine draws only while it discharges: unplug the charger";
  out.push_back(std::move(s));
}

}  // namespace

void add_sysfs_sensors(const fs::path& root, std::vector<PowerSensor>& out) {
  for (const fs::path& chip : entries(root / "sys/class/hwmon")) add_hwmon(chip, out);
  add_old_jetson(root, out);
  add_batteries(root, out);
  add_rapl(root, out);
}

}  // namespace edgewise
