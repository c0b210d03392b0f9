#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cpu_limits.h"
#include "edgewise/device.h"
#include "edgewise/result.h"

namespace edgewise {

/// Equal cores. `cpus` are the logical CPUs that this process may use, one of every core first.
struct CpuGroup {
  std::string microarchitecture;
  std::vector<int> cpus;
  double cores = 0;
  double max_hz = unknown;
  std::vector<std::string> isa;  ///< as device presets name them
};

struct CacheLevel {
  int level = 0;
  double size_B = 0;  ///< of one instance
  int instances = 0;
};

struct NamedReading {
  std::string name;
  double value = unknown;
};

struct Accelerator {
  std::string kind, name, driver;
};

struct Disk {
  std::string kind;  ///< sd, emmc, nvme, ufs, or disk
  double size_B = unknown;
};

/// What this machine is. Nothing in it names its owner: no host name, serial number, address or path.
struct Machine {
  std::string board, soc, architecture, kernel;
  std::string device_class;  ///< as device presets name it
  bool virtual_machine = false;
  std::vector<CpuGroup> groups;  ///< fastest first
  std::vector<CacheLevel> caches;
  double memory_B = unknown;  ///< installed where firmware says so, else what the kernel manages
  std::string memory_type;
  double memory_mts = unknown;
  std::vector<Accelerator> accelerators;
  std::vector<Disk> disks;
  double firmware_year = unknown;
  /// What could not be known and why, by field.
  std::map<std::string, std::string> unknown_because;

  int threads() const;
};

/// What changes from minute to minute.
struct Conditions {
  std::string governor, power_mode;
  double clock_hz = unknown;  ///< mean over the CPUs
  double load = unknown;      ///< runnable threads, one minute's mean
  double memory_available_B = unknown;
  std::vector<NamedReading> temperatures_c;
  CpuLimits cpu;
  std::string throttled;  ///< empty: the firmware reports none or cannot say
  double hottest_c() const;
};

/// Reads /proc and /sys under `root` ("/" but in tests).
Machine probe_machine(const std::filesystem::path& root);
Conditions probe_conditions(const std::filesystem::path& root);

/// First line of a small file, without what follows it; empty if it cannot be read.
std::string first_line(const std::filesystem::path&);
/// The number in a small file; NaN if there is none.
double number_in(const std::filesystem::path&);
/// The entries of a folder in order; none if it cannot be read.
std::vector<std::filesystem::path> entries(const std::filesystem::path&);
/// Standard output of a program found in PATH, run without a shell; empty if it is not there, fails, takes longer
/// than `limit_s` or is interrupted: then it is ended.
std::string output_of(const std::vector<std::string>& command, double limit_s = 5,
                      const std::function<bool()>& interrupted = nullptr);

nlohmann::ordered_json to_json(const Machine&);
nlohmann::ordered_json to_json(const Conditions&);
std::string render_text(const Machine&, const Conditions&);

}  // namespace edgewise
