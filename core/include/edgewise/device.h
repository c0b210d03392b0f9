#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/number.h"
#include "edgewise/power.h"

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

/// Whether a desktop runs on the device while the model does; `unstated`: as the device's class usually has it.
enum class Session : std::uint8_t { unstated, headless, desktop };
const char* to_string(Session);  ///< empty where unstated

/// What a class of device lets a model take of its memory, and what the system of a device says itself. All unknown:
/// nobody said.
struct UsableMemory {
  // Of the class: the system keeps the greater of an amount and a share of the capacity, or lends a share of it. Where
  // both stand there, both hold.
  double reserved_B = unknown;
  double reserved_share = unknown;
  double share = unknown;
  struct Larger {
    double from_B = unknown, share = unknown;
  };
  std::vector<Larger> larger;           ///< shares of larger memories, by rising capacity
  Session session = Session::unstated;  ///< which of the two below holds where nobody asks

  // Of the device; what is known here takes the place of the class's.
  double visible_B = unknown;   ///< what its system reports in all, firmware and ECC having taken theirs
  double headless_B = unknown;  ///< what an idle system takes of that without a desktop
  double desktop_B = unknown;   ///< and with one
  double gpu_B = unknown;       ///< most that the system as delivered lends a GPU that shares the memory

  /// Which of the two figures of an idle system holds where `asked` is; `unstated`: there is none.
  Session session_for(Session asked) const;
  /// What firmware and system keep of `capacity_B`, bytes.
  double kept_B(double capacity_B, Session) const;
  /// The most of `capacity_B` that the system lends: all of it where nobody set a limit.
  double lent_B(double capacity_B, bool to_a_gpu_that_shares) const;
};

/// What a question says of the memory.
struct MemoryQuestion {
  Session session = Session::unstated;
  double taken_B = 0;      ///< by other programs
  double gpu_B = unknown;  ///< what the system was set to lend a GPU that shares the memory
};

/// A power mode scales clocks and may cap power. Unknown members leave the device's own value, but for
/// - power: what a mode draws that lowers clocks without a budget, or has a budget without clocks, is unknown unless it
///   was measured;
/// - speed: of a mode with a lower budget and no clocks, these are assumed, see `Device::assumed_clocks`.
struct PowerMode {
  std::string id;
  std::string name;
  double budget_w = unknown;
  double load_w = unknown;  ///< measured in it
  double cpu_cores_online = unknown;
  double cpu_max_hz = unknown;
  double gpu_max_hz = unknown;
  double gpu_units_share = unknown;  ///< share of the GPU's units that stay on
  double memory_bandwidth_Bps = unknown;

  bool states_clocks() const { return is_known(cpu_max_hz) || is_known(gpu_max_hz); }
};

/// How a group of a device's fields is known, as its preset says.
enum class Confidence : std::uint8_t { unstated, read, derived, assumed, mixed };
const char* to_string(Confidence);  ///< empty where unstated
enum class FieldGroup : std::uint8_t {
  memory,
  cpu_peak,
  gpu,
  gpu_matrix,
  npu,
  power,
  storage,
  host_link,
  price,
  count
};
const char* to_string(FieldGroup);

enum class StorageKind : std::uint8_t { sd, emmc, nvme, usb3_ssd, ufs, nand, count };
const char* to_string(StorageKind);

struct EditableField;
/// A field that somebody changed: see edits.h.
struct Edit {
  const EditableField* field = nullptr;
  double from = unknown, to = unknown;  ///< in the field's unit; of words their places
};

struct Device {
  std::string id;
  std::string name;
  std::string vendor;          ///< who sells it, or the chip where nobody sells it alone; empty: unknown
  std::string device_class;    ///< sbc, jetson, phone, mac, laptop, mini-pc, dgpu, ...
  UsableMemory usable;         ///< as the preset says, else as its class has it: the catalog links that
  bool usable_is_own = false;  ///< the preset itself says what a class says
  DeviceKind kind = DeviceKind::soc_integrated;
  double price_usd = unknown;
  /// Share of its full power that a mode allows which states no clocks, so that these are assumed; 1: none are.
  double assumed_clocks = 1;
  /// Of the bandwidth with which it draws `full_power_w`, what there is: less in a mode that slows the memory alone.
  double load_bandwidth_share = 1;

  double memory_capacity_B = unknown;
  double memory_bandwidth_Bps = unknown;  ///< theoretical peak
  /// What the CPU was measured to move with a microbenchmark, all cores if possible; NaN: nobody measured.
  double cpu_measured_bandwidth_Bps = unknown;
  bool one_thread_bandwidth = false;  ///< it is one thread's, which bounds nothing that all of them reach

  std::vector<CpuCluster> cpu_clusters;  ///< empty: no CPU known
  std::string cpu_class;                 ///< kernel class that the preset names; empty: by vector instructions
  double cpu_fp32_flops = unknown;       ///< all cores, multiply and add counted as 2
  double cpu_int8_dot_ops = unknown, cpu_int8_i8mm_ops = unknown;  ///< as the preset states them
  double cpu_int8_ops = unknown;                                   ///< of quantized products

  bool has_gpu = false;
  std::string gpu_class;                    ///< kernel class: "ampere", "jetson-ampere", "adreno", "apple", ...
  double gpu_compute_capability = unknown;  ///< of an NVIDIA GPU, as major.minor
  double gpu_clock_hz = unknown;
  double gpu_fp32_flops = unknown;
  double gpu_fp16_flops = unknown;         ///< shader rate
  double gpu_matrix_fp16_flops = unknown;  ///< dense, FP32 accumulate
  double gpu_matrix_int8_ops = unknown;    ///< dense
  double gpu_product_share = unknown;      ///< what a large FP16 matrix product was measured to reach, of the FP16 rate

  bool has_npu = false;
  std::string npu_class;     ///< kernel class: "hexagon", "rknpu", "xdna", ...
  double npu_ops = unknown;  ///< dense, at the precision the vendor states
  /// What the NPU was measured to read from memory, where its own port is narrower than that; NaN: nobody measured.
  double npu_measured_bandwidth_Bps = unknown;

  double last_level_cache_B = unknown;
  std::array<double, static_cast<std::size_t>(StorageKind::count)> storage_of_Bps =
      all_unknown<static_cast<std::size_t>(StorageKind::count)>();
  StorageKind storage = StorageKind::count;  ///< that is in use: the fastest that the preset names; count: none named
  double storage_Bps = unknown;              ///< of that
  double host_link_Bps = unknown;

  double idle_w = unknown;
  double load_w = unknown;
  double tdp_w = unknown;
  std::vector<PowerMode> power_modes;
  Scope power_scope = Scope::unstated;  ///< what the powers above are of: as the preset says, else as its class has it
  bool power_scope_is_own = false;
  std::vector<PowerConversion> power_conversions;  ///< of its class

  std::array<Confidence, static_cast<std::size_t>(FieldGroup::count)> confidence{};
  std::string edited_from;  ///< the device that this one was before it was edited; empty: it is none
  std::vector<Edit> edits;

  /// The id that measurements of this device go by.
  const std::string& measured_as() const { return edited_from.empty() ? id : edited_from; }
  /// Takes the rates of int8 and FP32 as stated for what quantized products run at.
  void set_cpu_int8();
  double cores() const;
  /// Bandwidth that the CPU can hope for: measured where it was, else a typical share of the peak. Small boards
  /// reach a quarter of theirs, and no datasheet says so.
  double cpu_bandwidth_Bps() const;
  /// Bandwidth that a processor can hope for, which its shares are of: of the CPU as above, of an NPU what it was
  /// measured to read, else the memory's peak.
  double bandwidth_Bps(Processor) const;
  /// Rate of large matrix products on the GPU, operations per second: the datasheet's, times the measured share.
  double gpu_matrix_ops(bool int8) const;
  bool shares_memory_with(Processor p) const { return p == Processor::gpu && kind == DeviceKind::soc_integrated; }
  /// What is kept, and the most that is lent to `p`; see `UsableMemory`.
  double kept_memory_B(const MemoryQuestion&) const;
  double lent_memory_B(Processor p, const MemoryQuestion&) const;
  /// Memory that a model on `p` may take: the capacity less what firmware, system and other programs keep, and no more
  /// than the system lends. Unknown where neither the device nor its class says anything.
  double usable_memory_B(Processor p = Processor::cpu, const MemoryQuestion& = {}) const;
  /// Power under full load of the processors, W: the measured load, else the TDP; of a mode, see `PowerMode`.
  double full_power_w() const;
  /// Share of the CPU's arithmetic rate that `threads` threads reach, fastest cores first; 0 threads: one
  /// per core of the fast clusters.
  double cpu_share(double threads) const;
};

/// The kernel class that a processor of this device belongs to, as runtimes' parameter tables name it: what its preset
/// says, else of a CPU by its best vector instructions ("arm-dotprod", "x86-avx512", ...), and unknown_cpu_class where
/// the preset names none. Empty if it has no such processor.
std::string_view processor_class(const Device&, Processor);
inline constexpr const char* unknown_cpu_class = "cpu";

/// Of so many cores of each cluster, as a share of those that there are: rates follow.
void scale_cores(Device&, double share);

/// Null: the device has none of that id.
const PowerMode* find_power_mode(const Device&, const std::string& id);
/// The device as it is in power mode `id` (empty: as the preset states it). False: no such mode.
bool apply_power_mode(Device&, const std::string& id);

}  // namespace edgewise
