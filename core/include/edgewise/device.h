#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/number.h"

namespace edgewise {

enum class DeviceKind : std::uint8_t { soc_integrated, host_centric };
enum class Processor : std::uint8_t { cpu, gpu, npu, count };
const char* to_string(Processor);

struct CpuCluster {
  std::string microarchitecture;
  double cores = 0;
  double clock_hz = 0;
  std::vector<std::string> isa;
  bool efficiency = false;  ///< vector units half as wide as those of the big cores beside it
};

/// What a class of device lets a model take of its memory. Either the system keeps the greater of an amount and a
/// share of the capacity, or it lends a share (and a larger one of a large memory). All unknown: nobody said.
struct UsableMemory {
  double reserved_B = unknown;
  double reserved_share = unknown;
  double share = unknown;
  double large_B = unknown;  ///< above this capacity `large_share` is lent; unknown: never
  double large_share = unknown;
  /// Bytes of `capacity_B` that weights and caches may use.
  double of(double capacity_B) const;
};

/// A power mode scales clocks and may cap power. Unknown members leave the device's own value.
struct PowerMode {
  std::string id;
  std::string name;
  double budget_w = unknown;
  double cpu_cores_online = unknown;
  double cpu_max_hz = unknown;
  double gpu_max_hz = unknown;
  double gpu_units_share = unknown;  ///< share of the GPU's units that stay on
  double memory_bandwidth_Bps = unknown;
};

struct Device {
  std::string id;
  std::string name;
  std::string device_class;  ///< sbc, jetson, phone, mac, laptop, mini-pc, dgpu, ...
  UsableMemory usable;       ///< as the preset says, or as its class has it: the catalog links that
  bool usable_is_own = false;
  DeviceKind kind = DeviceKind::soc_integrated;
  double price_usd = unknown;

  double memory_capacity_B = unknown;
  double memory_bandwidth_Bps = unknown;  ///< theoretical peak
  /// What the CPU was measured to move with a microbenchmark, all cores if possible; NaN: nobody measured.
  double cpu_measured_bandwidth_Bps = unknown;

  std::vector<CpuCluster> cpu_clusters;  ///< empty: no CPU known
  double cpu_fp32_flops = unknown;       ///< all cores, multiply and add counted as 2
  double cpu_int8_ops = unknown;

  bool has_gpu = false;
  std::string gpu_class;  ///< kernel class: "ampere", "jetson-ampere", "adreno", "apple", ...
  double gpu_clock_hz = unknown;
  double gpu_fp32_flops = unknown;
  double gpu_fp16_flops = unknown;         ///< shader rate
  double gpu_matrix_fp16_flops = unknown;  ///< dense, FP32 accumulate
  double gpu_matrix_int8_ops = unknown;    ///< dense
  double gpu_product_share = unknown;      ///< what a large FP16 matrix product was measured to reach, of the FP16 rate

  bool has_npu = false;
  std::string npu_class;     ///< kernel class: "hexagon", "rknpu", "xdna", ...
  double npu_ops = unknown;  ///< dense, at the precision the vendor states

  double last_level_cache_B = unknown;
  double storage_Bps = unknown;  ///< the fastest storage that the preset names
  double host_link_Bps = unknown;

  double idle_w = unknown;
  double load_w = unknown;
  double tdp_w = unknown;
  std::vector<PowerMode> power_modes;

  double cores() const;
  /// Bandwidth that the CPU can hope for: measured where it was, else a typical share of the peak. Small boards
  /// reach a quarter of theirs, and no datasheet says so.
  double cpu_bandwidth_Bps() const;
  /// Rate of large matrix products on the GPU, operations per second: the datasheet's, times the measured share.
  double gpu_matrix_ops(bool int8) const;
  /// Memory that a model may take: the capacity less what the operating system, the display and, on phones and
  /// Macs, the system's own limit keep. Unknown where the device's class says nothing.
  double usable_memory_B() const { return usable.of(memory_capacity_B); }
  /// Power under full load of the processors, W: the mode's budget, else the measured load, else the TDP.
  double full_power_w() const;
  /// Share of the CPU's arithmetic rate that `threads` threads reach, fastest cores first; 0 threads: one
  /// per core of the fast clusters.
  double cpu_share(double threads) const;
};

/// The kernel class that a processor of this device belongs to, as runtimes' parameter tables name it: of a GPU or NPU
/// what its preset says, of a CPU by its best vector instructions ("arm-dotprod", "x86-avx512", ...). Empty if it has
/// no such processor.
std::string processor_class(const Device&, Processor);

/// The device as it is in power mode `id` (empty: as the preset states it). False: no such mode.
bool apply_power_mode(Device&, const std::string& id);

}  // namespace edgewise
