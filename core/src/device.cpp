#include "edgewise/device.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "edgewise/runtime.h"

namespace edgewise {

namespace {

bool has_isa(const Device& d, const char* name) {
  for (const CpuCluster& c : d.cpu_clusters)
    if (std::find(c.isa.begin(), c.isa.end(), name) != c.isa.end()) return true;
  return false;
}

bool states_isa(const Device& d) {
  return std::any_of(d.cpu_clusters.begin(), d.cpu_clusters.end(), [](const CpuCluster& c) { return !c.isa.empty(); });
}

std::string_view cpu_class(const Device& d) {
  if (d.cpu_clusters.empty()) return {};
  if (!d.cpu_class.empty()) return d.cpu_class;
  if (!states_isa(d)) return unknown_cpu_class;
  if (has_isa(d, "avx512_vnni")) return "x86-avx512-vnni";
  if (has_isa(d, "avx512")) return "x86-avx512";
  if (has_isa(d, "avx_vnni")) return "x86-avx-vnni";
  if (has_isa(d, "avx2")) return "x86-avx2";
  if (has_isa(d, "ssse3") || has_isa(d, "sse4.1")) return "x86-sse";
  if (has_isa(d, "amx")) return "apple-cpu";
  if (has_isa(d, "i8mm")) return "arm-i8mm";
  if (has_isa(d, "dotprod")) return "arm-dotprod";
  if (has_isa(d, "neon")) return "arm-neon";
  return "riscv";
}

}  // namespace

const char* to_string(Processor p) {
  switch (p) {
    case Processor::cpu:
      return "cpu";
    case Processor::gpu:
      return "gpu";
    case Processor::npu:
      return "npu";
    case Processor::count:
      break;
  }
  return "";
}

const char* to_string(Confidence c) {
  static constexpr const char* names[] = {"", "read", "derived", "assumed", "mixed"};
  return names[static_cast<std::size_t>(c)];
}

const char* to_string(FieldGroup g) {
  static constexpr const char* names[] = {"memory", "cpu_peak", "gpu",       "gpu_matrix", "npu",
                                          "power",  "storage",  "host_link", "price"};
  return names[static_cast<std::size_t>(g)];
}

const char* to_string(StorageKind k) {
  static constexpr const char* names[] = {"sd", "emmc", "nvme", "usb3_ssd", "ufs", "nand"};
  return names[static_cast<std::size_t>(k)];
}

void Device::set_cpu_int8() {
  // A quantized product spends as much time unpacking and scaling, at the pace of the dot products, as multiplying.
  const double both = 2 / (1 / cpu_int8_dot_ops + 1 / cpu_int8_i8mm_ops);
  for (const double rate : {cpu_fp32_flops, cpu_int8_i8mm_ops, cpu_int8_dot_ops, both})
    if (is_known(rate)) cpu_int8_ops = rate;
}

double Device::cores() const {
  double n = 0;
  for (const CpuCluster& c : cpu_clusters) n += c.cores;
  return n;
}

double Device::cpu_bandwidth_Bps() const {
  constexpr double typical_share = 0.6;
  return is_known(cpu_measured_bandwidth_Bps) ? std::min(cpu_measured_bandwidth_Bps, memory_bandwidth_Bps)
                                              : typical_share * memory_bandwidth_Bps;
}

double Device::bandwidth_Bps(Processor p) const {
  if (p == Processor::cpu) return cpu_bandwidth_Bps();
  if (p == Processor::npu && is_known(npu_measured_bandwidth_Bps))
    return std::min(npu_measured_bandwidth_Bps, memory_bandwidth_Bps);
  return memory_bandwidth_Bps;
}

double Device::gpu_matrix_ops(bool int8) const {
  constexpr double typical_share = 0.9;  // median of the GPUs that were measured
  const double stated = int8 && is_known(gpu_matrix_int8_ops) ? gpu_matrix_int8_ops
                        : is_known(gpu_matrix_fp16_flops)     ? gpu_matrix_fp16_flops
                        : is_known(gpu_fp16_flops)            ? gpu_fp16_flops
                                                              : gpu_fp32_flops;
  // Below one half the measuring library had no kernel for the GPU; above one the GPU ran faster than its stated clock.
  return stated * (is_known(gpu_product_share) ? std::clamp(gpu_product_share, 0.5, 1.0) : typical_share);
}

const char* to_string(Session s) {
  switch (s) {
    case Session::headless:
      return "headless";
    case Session::desktop:
      return "desktop";
    case Session::unstated:
      break;
  }
  return "";
}

Session UsableMemory::session_for(Session asked) const {
  if (is_known(headless_B) && is_known(desktop_B)) return asked == Session::unstated ? session : asked;
  return is_known(headless_B) ? Session::headless : is_known(desktop_B) ? Session::desktop : Session::unstated;
}

double UsableMemory::kept_B(double capacity_B, Session asked) const {
  const double by_class =
      is_known(reserved_B) ? std::max(reserved_B, reserved_share * capacity_B) : capacity_B - lent_B(capacity_B, false);
  if (!is_known(by_class)) return unknown;
  const Session s = session_for(asked);
  const double idle = s == Session::headless ? headless_B : s == Session::desktop ? desktop_B : unknown;
  if (!is_known(visible_B)) return is_known(idle) ? std::max(by_class, idle) : by_class;
  // The class's share stands for what firmware takes, which is known here; its amount is the system's own.
  const double carved = capacity_B - visible_B;
  if (is_known(idle)) return carved + idle;
  return is_known(reserved_B) ? carved + reserved_B : std::max(by_class, carved);
}

double UsableMemory::lent_B(double capacity_B, bool to_a_gpu_that_shares) const {
  if (!is_known(share) && !is_known(reserved_B)) return unknown;
  if (to_a_gpu_that_shares && is_known(gpu_B)) return gpu_B;
  if (!is_known(share)) return capacity_B;
  double lent = share;
  for (const Larger& l : larger)
    if (capacity_B >= l.from_B) lent = l.share;
  return lent * capacity_B;
}

double Device::kept_memory_B(const MemoryQuestion& q) const { return usable.kept_B(memory_capacity_B, q.session); }

double Device::lent_memory_B(Processor p, const MemoryQuestion& q) const {
  return shares_memory_with(p) && is_known(q.gpu_B) ? q.gpu_B : usable.lent_B(memory_capacity_B, shares_memory_with(p));
}

double Device::usable_memory_B(Processor p, const MemoryQuestion& q) const {
  const double left = memory_capacity_B - kept_memory_B(q) - q.taken_B, lent = lent_memory_B(p, q);
  if (!is_known(left) || !is_known(lent)) return unknown;
  return std::max(0.0, std::min(lent, left));
}

double Device::full_power_w() const { return is_known(load_w) ? load_w : tdp_w; }

double Device::cpu_share(double threads) const {
  struct CoreGroup {
    double cores, rate;
  };
  std::array<CoreGroup, 8> groups{};
  std::size_t n = 0;
  double total = 0, fast = 0;
  for (const CpuCluster& c : cpu_clusters) {
    if (n == groups.size()) break;
    const bool little = c.efficiency && cpu_clusters.size() > 1;
    const CoreGroup group{c.cores, c.clock_hz * (little ? 0.5 : 1)};
    total += group.cores * group.rate;
    if (!little) fast += group.cores;
    // Kept fastest first.
    std::size_t at = n++;
    for (; at > 0 && groups[at - 1].rate < group.rate; --at) groups[at] = groups[at - 1];
    groups[at] = group;
  }
  if (threads <= 0) threads = fast;
  double used = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double take = std::min(threads, groups[i].cores);
    used += take * groups[i].rate;
    threads -= take;
  }
  return total > 0 ? used / total : unknown;
}

std::string_view processor_class(const Device& d, Processor p) {
  switch (p) {
    case Processor::cpu:
      return cpu_class(d);
    case Processor::gpu:
      return d.gpu_class;
    case Processor::npu:
      return d.npu_class;
    case Processor::count:
      break;
  }
  return {};
}

void scale_cores(Device& d, double share) {
  for (CpuCluster& c : d.cpu_clusters) c.cores *= share;
  for (double* rate : {&d.cpu_fp32_flops, &d.cpu_int8_ops}) *rate *= share;
}

namespace {

/// Measured at full clock; a lower memory clock scales what was measured alike.
void scale_bandwidth(Device& d, double share) {
  for (double* rate : {&d.memory_bandwidth_Bps, &d.cpu_measured_bandwidth_Bps, &d.npu_measured_bandwidth_Bps})
    *rate *= share;
}

}  // namespace

const PowerMode* find_power_mode(const Device& d, const std::string& id) {
  const auto it =
      std::find_if(d.power_modes.begin(), d.power_modes.end(), [&](const PowerMode& m) { return m.id == id; });
  return it == d.power_modes.end() ? nullptr : &*it;
}

bool apply_power_mode(Device& d, const std::string& id) {
  if (id.empty()) return true;
  const PowerMode* found = find_power_mode(d, id);
  if (!found) return false;
  const PowerMode m = *found;

  // What the 31 modes of NVIDIA's Jetsons that state both do at the median: cores and their clocks fall as the budget
  // does, the GPU's as its square root, the memory's as its fourth root.
  if (!m.states_clocks() && m.budget_w < d.full_power_w()) {
    d.assumed_clocks = m.budget_w / d.full_power_w();
    if (!is_known(m.memory_bandwidth_Bps)) scale_bandwidth(d, std::sqrt(std::sqrt(d.assumed_clocks)));
  }
  double memory = 1;
  if (is_known(m.memory_bandwidth_Bps)) {
    memory = m.memory_bandwidth_Bps / d.memory_bandwidth_Bps;
    scale_bandwidth(d, memory);
    d.memory_bandwidth_Bps = m.memory_bandwidth_Bps;  // whatever the product is rounded to
  }

  double gpu =
      is_known(m.gpu_max_hz) && is_known(d.gpu_clock_hz) ? m.gpu_max_hz / d.gpu_clock_hz : std::sqrt(d.assumed_clocks);
  if (is_known(m.gpu_units_share)) gpu *= m.gpu_units_share;
  for (double* rate : {&d.gpu_fp32_flops, &d.gpu_fp16_flops, &d.gpu_matrix_fp16_flops, &d.gpu_matrix_int8_ops})
    *rate *= gpu;
  if (is_known(m.gpu_max_hz)) d.gpu_clock_hz = m.gpu_max_hz;

  double before = 0, after = 0;
  double online = is_known(m.cpu_cores_online) ? m.cpu_cores_online : d.cores();
  for (CpuCluster& c : d.cpu_clusters) {
    before += c.cores * c.clock_hz;
    c.cores = std::min(c.cores, online);
    online -= c.cores;
    c.clock_hz = is_known(m.cpu_max_hz) ? std::min(c.clock_hz, m.cpu_max_hz) : c.clock_hz * d.assumed_clocks;
    after += c.cores * c.clock_hz;
  }
  if (before > 0)
    for (double* rate : {&d.cpu_fp32_flops, &d.cpu_int8_ops}) *rate *= after / before;

  // Clocks are rounded where they are stated.
  const bool slower = gpu < 0.99 || after < 0.99 * before;
  const bool faster = gpu > 1.01;
  if (is_known(m.load_w)) {
    d.load_w = m.load_w;
    if (is_known(m.budget_w)) d.tdp_w = m.budget_w;
  } else if (d.assumed_clocks < 1) {
    // How far it falls with clocks that nobody names is not known either.
    d.load_w = d.tdp_w = unknown;
  } else if (is_known(m.budget_w)) {
    // No mode draws more than all that the device was seen to.
    d.load_w = is_known(d.load_w) ? std::min(d.load_w, m.budget_w) : m.budget_w;
    d.tdp_w = m.budget_w;
  } else if (slower || faster) {
    // What the device may draw is of its stated clocks, what it was seen to draw of its fastest mode.
    d.tdp_w = unknown;
    if (slower) d.load_w = unknown;
  } else {
    d.load_bandwidth_share = std::min(1.0, memory);
  }
  return true;
}

}  // namespace edgewise
