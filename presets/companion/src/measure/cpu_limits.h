#pragma once

#include <filesystem>

#include "edgewise/device.h"

namespace edgewise {

/// What keeps this process from using all of the machine's CPUs.
struct CpuLimits {
  double quota_cpus = unknown;  ///< CPUs' worth of time that a control group grants; NaN: no quota
  double allowed = unknown;     ///< logical CPUs that it may run on (affinity, cpuset)
  double online = unknown;      ///< logical CPUs that the machine runs
  bool fewer() const { return allowed < online; }
  /// A quota above the CPUs that may be used takes nothing away.
  bool quota_binds() const {
    const double usable = is_known(allowed) ? allowed : online;
    return is_known(quota_cpus) && !(quota_cpus >= usable);
  }
};

/// Reads the process's own control group and all above it, of version 1 (cpu.cfs_quota_us / cpu.cfs_period_us) and 2
/// (cpu.max), whichever grants least; and the CPUs of its affinity and cpuset. /proc and /sys are those under `root`.
CpuLimits probe_cpu_limits(const std::filesystem::path& root);

}  // namespace edgewise
