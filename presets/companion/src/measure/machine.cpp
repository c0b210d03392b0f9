#include "machine.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "edgewise/json.h"
#include "edgewise/json_text.h"
#include "edgewise/text.h"
#include "terminal.h"
#include "write.h"

#ifdef EDGEWISE_HWLOC
#include <hwloc.h>
#endif

extern char** environ;

namespace edgewise {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string contents(const fs::path& path, std::size_t limit = 1u << 20) {
  std::ifstream in(path, std::ios::binary);
  std::string text(limit, '\0');
  in.read(text.data(), static_cast<std::streamsize>(limit));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return text;
}

/// Printable ASCII only: firmware strings end up in terminals and presets.
std::string clean(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c >= ' ' && c <= '~') out += c;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out.erase(0, std::min(out.find_first_not_of(' '), out.size()));
  return out;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// "key : value" lines of /proc/cpuinfo, one map a CPU.
std::vector<std::map<std::string, std::string>> read_cpuinfo(const fs::path& root) {
  std::vector<std::map<std::string, std::string>> cpus;
  std::istringstream in(contents(root / "proc/cpuinfo", 16u << 20));
  std::string line;
  bool between = true;
  while (std::getline(in, line)) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) {
      between = true;
      continue;
    }
    if (between) cpus.emplace_back();
    between = false;
    cpus.back()[clean(line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1))] = clean(line.substr(colon + 1));
  }
  return cpus;
}

std::string value_of(const std::map<std::string, std::string>& map, const char* key) {
  const auto it = map.find(key);
  return it == map.end() ? std::string() : it->second;
}

/// Core designs by MIDR implementer and part.
std::string arm_core(const std::string& implementer, const std::string& part) {
  static const std::map<std::string, const char*> names = {
      {"0x41/0xd03", "Cortex-A53"},   {"0x41/0xd04", "Cortex-A35"},  {"0x41/0xd05", "Cortex-A55"},
      {"0x41/0xd07", "Cortex-A57"},   {"0x41/0xd08", "Cortex-A72"},  {"0x41/0xd09", "Cortex-A73"},
      {"0x41/0xd0a", "Cortex-A75"},   {"0x41/0xd0b", "Cortex-A76"},  {"0x41/0xd0c", "Neoverse-N1"},
      {"0x41/0xd0d", "Cortex-A77"},   {"0x41/0xd40", "Neoverse-V1"}, {"0x41/0xd41", "Cortex-A78"},
      {"0x41/0xd42", "Cortex-A78AE"}, {"0x41/0xd44", "Cortex-X1"},   {"0x41/0xd46", "Cortex-A510"},
      {"0x41/0xd47", "Cortex-A710"},  {"0x41/0xd48", "Cortex-X2"},   {"0x41/0xd49", "Neoverse-N2"},
      {"0x41/0xd4b", "Cortex-A78C"},  {"0x41/0xd4d", "Cortex-A715"}, {"0x41/0xd4e", "Cortex-X3"},
      {"0x41/0xd4f", "Neoverse-V2"},  {"0x41/0xd80", "Cortex-A520"}, {"0x41/0xd81", "Cortex-A720"},
      {"0x41/0xd82", "Cortex-X4"},    {"0x41/0xd85", "Cortex-X925"}, {"0x41/0xd87", "Cortex-A725"},
      {"0x4e/0x004", "Carmel"},       {"0x51/0x001", "Oryon"}};
  const auto it = names.find(lower(implementer) + "/" + lower(part));
  return it == names.end() ? "ARM " + implementer + "/" + part : it->second;
}

/// Vector extensions as device presets name them.
std::vector<std::string> vector_extensions(const std::map<std::string, std::string>& cpu) {
  std::set<std::string> flags;
  for (const char* key : {"flags", "Features"}) {
    std::istringstream in(value_of(cpu, key));
    flags.insert(std::istream_iterator<std::string>(in), std::istream_iterator<std::string>());
  }
  static constexpr const char* names[][2] = {{"ssse3", "ssse3"},
                                             {"sse4_1", "sse4.1"},
                                             {"avx", "avx"},
                                             {"avx2", "avx2"},
                                             {"avx_vnni", "avx_vnni"},
                                             {"avx512f", "avx512"},
                                             {"avx512_vnni", "avx512_vnni"},
                                             {"asimd", "neon"},
                                             {"fphp", "fp16"},
                                             {"asimddp", "dotprod"},
                                             {"i8mm", "i8mm"},
                                             {"bf16", "bf16"},
                                             {"avx512_bf16", "avx512_bf16"},
                                             {"sve", "sve"},
                                             {"sve2", "sve2"}};
  std::vector<std::string> out;
  for (const auto& n : names)
    if (flags.count(n[0])) out.emplace_back(n[1]);
  if (contains(value_of(cpu, "isa"), "v") && contains(value_of(cpu, "isa"), "rv64")) {
    const std::string isa = value_of(cpu, "isa");
    if (isa.substr(0, isa.find('_')).find('v', 4) != std::string::npos) out.emplace_back("rvv");
  }
  return out;
}

std::vector<int> allowed_cpus(std::size_t present) {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(i, &set) && static_cast<std::size_t>(i) < std::max<std::size_t>(present, 1)) out.push_back(i);
  if (out.empty()) out.push_back(0);
  return out;
}

fs::path cpu_folder(const fs::path& root, int cpu) {
  return root / "sys/devices/system/cpu" / ("cpu" + std::to_string(cpu));
}

void probe_cpus(const fs::path& root, Machine& m) {
  const auto info = read_cpuinfo(root);
  std::map<int, const std::map<std::string, std::string>*> by_number;
  for (const auto& cpu : info)
    if (const std::string n = value_of(cpu, "processor");
        !n.empty() && n.size() < 6 && std::isdigit(static_cast<unsigned char>(n[0])))
      by_number[std::stoi(n)] = &cpu;
  struct Key {
    std::string name;
    double capacity, max_hz;
    bool operator<(const Key& o) const {
      return std::tie(capacity, max_hz, name) < std::tie(o.capacity, o.max_hz, o.name);
    }
  };
  std::map<Key, CpuGroup> groups;
  std::set<std::string> seen_cores;
  std::map<Key, std::vector<int>> siblings;
  for (const int cpu : allowed_cpus(by_number.empty() ? 1 : static_cast<std::size_t>(by_number.rbegin()->first) + 1)) {
    static const std::map<std::string, std::string> none;
    const auto it = by_number.find(cpu);
    const auto& text = it == by_number.end() ? none : *it->second;
    const fs::path folder = cpu_folder(root, cpu);
    std::string name = value_of(text, "model name");
    if (const std::string part = value_of(text, "CPU part"); !part.empty())
      name = arm_core(value_of(text, "CPU implementer"), part);
    if (name.empty()) name = value_of(text, "uarch");
    double max_hz = number_in(folder / "cpufreq/cpuinfo_max_freq") * 1e3;
    const double capacity = number_in(folder / "cpu_capacity");
    const Key key{name, is_known(capacity) ? capacity : 0, is_known(max_hz) ? max_hz : 0};
    CpuGroup& g = groups[key];
    g.microarchitecture = name;
    g.max_hz = max_hz;
    if (g.isa.empty()) g.isa = vector_extensions(text);
    // Logical CPUs of one core share this list.
    const std::string core = first_line(folder / "topology/thread_siblings_list");
    if (core.empty() || seen_cores.insert(core).second) {
      g.cpus.push_back(cpu);
      g.cores += 1;
    } else {
      siblings[key].push_back(cpu);
    }
  }
  for (auto it = groups.rbegin(); it != groups.rend(); ++it) {
    CpuGroup& g = it->second;
    const auto& second = siblings[it->first];
    g.cpus.insert(g.cpus.end(), second.begin(), second.end());
    // Boost clocks that differ by a few percent between the cores of one design make no cluster.
    if (!m.groups.empty() && m.groups.back().microarchitecture == g.microarchitecture &&
        !(g.max_hz < 0.9 * m.groups.back().max_hz)) {
      m.groups.back().cpus.insert(m.groups.back().cpus.end(), g.cpus.begin(), g.cpus.end());
      m.groups.back().cores += g.cores;
    } else {
      m.groups.push_back(std::move(g));
    }
  }
  for (const CpuGroup& g : m.groups) {
    if (!is_known(g.max_hz)) m.unknown_because["cpu.clock"] = "the kernel offers no cpufreq here; `measure` times it";
    if (g.microarchitecture.empty()) m.unknown_because["cpu.microarchitecture"] = "/proc/cpuinfo names none";
  }
}

void probe_caches([[maybe_unused]] Machine& m) {
#ifdef EDGEWISE_HWLOC
  hwloc_topology_t topology;
  if (hwloc_topology_init(&topology) != 0) return;
  if (hwloc_topology_load(topology) == 0) {
    for (int level = 1; level <= 3; ++level) {
      const auto type = static_cast<hwloc_obj_type_t>(HWLOC_OBJ_L1CACHE + level - 1);
      const int n = hwloc_get_nbobjs_by_type(topology, type);
      if (n <= 0) continue;
      const hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, 0);
      if (cache && cache->attr->cache.size > 0)
        m.caches.push_back({level, static_cast<double>(cache->attr->cache.size), n});
    }
  }
  hwloc_topology_destroy(topology);
  if (m.caches.empty()) m.unknown_because["cpu.caches"] = "the kernel describes none";
#else
  m.unknown_because["cpu.caches"] = "this binary was built without hwloc";
#endif
}

/// SMBIOS type 17: what sits in the memory slots. Only root may read the table.
void probe_memory_slots(const fs::path& root, Machine& m) {
  const std::string table = contents(root / "sys/firmware/dmi/tables/DMI");
  if (table.empty()) {
    std::error_code ignored;
    m.unknown_because["memory.type"] = fs::exists(root / "sys/firmware/dmi/tables/DMI", ignored)
                                           ? "the firmware's table is readable by root only"
                                           : "the firmware describes no memory slots";
    return;
  }
  static const std::map<int, const char*> types = {{0x18, "DDR3"},   {0x1A, "DDR4"},   {0x1B, "LPDDR"},
                                                   {0x1C, "LPDDR2"}, {0x1D, "LPDDR3"}, {0x1E, "LPDDR4"},
                                                   {0x22, "DDR5"},   {0x23, "LPDDR5"}};
  double installed = 0;
  const auto byte = [&](std::size_t at) { return at < table.size() ? static_cast<unsigned char>(table[at]) : 0u; };
  const auto word = [&](std::size_t at) { return byte(at) | byte(at + 1) << 8; };
  for (std::size_t at = 0; at + 4 <= table.size();) {
    const unsigned type = byte(at), length = byte(at + 1);
    if (length < 4) break;
    if (type == 17 && length >= 0x15) {
      const unsigned size = word(at + 0x0C);
      double bytes = size == 0 || size == 0xFFFF ? 0 : size & 0x8000 ? (size & 0x7FFF) * 1024.0 : size * 1048576.0;
      if (size == 0x7FFF && length >= 0x20) bytes = (word(at + 0x1C) + word(at + 0x1E) * 65536.0) * 1048576.0;
      installed += bytes;
      if (bytes > 0) {
        if (const auto name = types.find(static_cast<int>(byte(at + 0x12))); name != types.end())
          m.memory_type = name->second;
        if (length >= 0x22 && word(at + 0x20) > 0 && word(at + 0x20) < 0xFFFF)
          m.memory_mts = word(at + 0x20);
        else if (length >= 0x17 && word(at + 0x15) > 0 && word(at + 0x15) < 0xFFFF)
          m.memory_mts = word(at + 0x15);
      }
    }
    // The structure's strings follow it and end with two zeros.
    std::size_t end = table.find(std::string_view("\0\0", 2), at + length);
    if (end == std::string::npos) break;
    at = end + 2;
  }
  if (installed > 0) m.memory_B = installed;
  if (m.memory_type.empty()) m.unknown_because["memory.type"] = "the firmware does not say";
}

void probe_memory(const fs::path& root, Machine& m) {
  std::istringstream in(contents(root / "proc/meminfo"));
  std::string key;
  double kib = 0;
  in >> key >> kib;
  if (key == "MemTotal:" && kib > 0)
    m.memory_B = kib * 1024;
  else
    m.unknown_because["memory.size"] = "/proc/meminfo cannot be read";
  probe_memory_slots(root, m);
}

std::string driver_of(const fs::path& device) {
  std::error_code error;
  const fs::path link = fs::read_symlink(device / "driver", error);
  return error ? std::string() : clean(link.filename().string());
}

void probe_accelerators(const fs::path& root, Machine& m) {
  for (const fs::path& card : entries(root / "sys/class/drm")) {
    const std::string name = card.filename().string();
    if (name.rfind("card", 0) != 0 || name.find('-') != std::string::npos) continue;
    const std::string driver = driver_of(card / "device");
    // Display controllers of ARM boards are DRM devices too, but render nothing.
    static const std::set<std::string> displays = {"vc4-drm",    "rockchip-drm", "simple-framebuffer",
                                                   "virtio-pci", "virtio_gpu",   "bochs-drm",
                                                   "cirrus",     "ast",          "mgag200"};
    if (driver.empty() || displays.count(driver)) continue;
    const std::string vendor = first_line(card / "device/vendor"), id = first_line(card / "device/device");
    const char* maker = vendor == "0x10de" ? "NVIDIA" : vendor == "0x1002" ? "AMD" : vendor == "0x8086" ? "Intel" : "";
    std::string full_name = maker;
    if (!vendor.empty()) full_name.append(" ").append(vendor).append(":").append(id);
    m.accelerators.push_back({"gpu", clean(full_name), driver});
  }
  for (const fs::path& device : entries(root / "sys/class/accel"))
    m.accelerators.push_back({"npu", "", driver_of(device / "device")});
  std::error_code ignored;
  static constexpr const char* known[][4] = {{"proc/driver/nvidia/version", "gpu", "NVIDIA", "nvidia"},
                                             {"dev/nvgpu/igpu0", "gpu", "Tegra", "nvgpu"},
                                             {"dev/mali0", "gpu", "Mali", "mali"},
                                             {"sys/kernel/debug/rknpu", "npu", "RKNPU", "rknpu"},
                                             {"sys/module/rknpu", "npu", "RKNPU", "rknpu"},
                                             {"dev/hailo0", "npu", "Hailo", "hailo_pci"}};
  for (const auto& k : known) {
    const bool listed = std::any_of(m.accelerators.begin(), m.accelerators.end(),
                                    [&](const Accelerator& a) { return a.driver == k[3]; });
    if (!listed && fs::exists(root / k[0], ignored)) m.accelerators.push_back({k[1], k[2], k[3]});
  }
}

void probe_disks(const fs::path& root, Machine& m) {
  for (const fs::path& disk : entries(root / "sys/block")) {
    const std::string name = disk.filename().string();
    if (name.rfind("loop", 0) == 0 || name.rfind("ram", 0) == 0 || name.rfind("zram", 0) == 0 ||
        name.rfind("dm-", 0) == 0 || name.rfind("sr", 0) == 0)
      continue;
    // mmcblk0boot0 and its like are parts of mmcblk0.
    if (name.rfind("mmcblk", 0) == 0 && name.find("boot") != std::string::npos) continue;
    const double sectors = number_in(disk / "size");
    if (!(sectors > 0)) continue;
    const std::string type = first_line(disk / "device/type");
    const std::string kind = name.rfind("nvme", 0) == 0                           ? "nvme"
                             : name.rfind("mmcblk", 0) == 0                       ? (type == "SD" ? "sd" : "emmc")
                             : contains(lower(driver_of(disk / "device")), "ufs") ? "ufs"
                                                                                  : "disk";
    m.disks.push_back({kind, sectors * 512});
  }
}

void probe_board(const fs::path& root, Machine& m) {
  m.board = clean(contents(root / "proc/device-tree/model", 256));
  // The last entry of "compatible" is the most general: the chip.
  const std::string compatible = contents(root / "proc/device-tree/compatible", 4096);
  std::istringstream list(compatible);
  for (std::string entry; std::getline(list, entry, '\0');)
    if (!entry.empty()) m.soc = clean(entry);
  const bool device_tree = !m.board.empty();
  const fs::path dmi = root / "sys/class/dmi/id";
  if (!device_tree) {
    m.board = clean(first_line(dmi / "sys_vendor") + " " + first_line(dmi / "product_name"));
    const auto info = read_cpuinfo(root);
    if (!info.empty()) m.soc = value_of(info[0], "model name");
    m.virtual_machine = !info.empty() && contains(" " + value_of(info[0], "flags") + " ", " hypervisor ");
  }
  if (const std::string date = first_line(dmi / "bios_date"); date.size() == 10) {
    const double year = std::atof(date.c_str() + 6);
    if (year >= 2000 && year <= 2100) m.firmware_year = year;
  }
  if (m.board.empty()) m.unknown_because["board"] = "neither a device tree nor DMI names it";
  if (m.soc.empty()) m.unknown_because["soc"] = "neither the device tree nor /proc/cpuinfo names it";
  bool battery = false;
  for (const fs::path& supply : entries(root / "sys/class/power_supply"))
    battery |= first_line(supply / "type") == "Battery";
  m.device_class = contains(lower(m.board), "jetson") ? "jetson"
                   : device_tree                      ? "sbc"
                   : m.virtual_machine                ? "server-cpu"
                   : battery                          ? "laptop"
                                                      : "desktop";
}

std::string group_text(const CpuGroup& g) {
  std::string text = human(g.cores, "") + " x " + (g.microarchitecture.empty() ? "unnamed core" : g.microarchitecture);
  if (is_known(g.max_hz)) text += ", " + human(g.max_hz / 1e9, "GHz");
  if (static_cast<double>(g.cpus.size()) > g.cores) text += ", " + std::to_string(g.cpus.size()) + " threads";
  for (std::size_t i = 0; i < g.isa.size(); ++i) text += (i == 0 ? ": " : " ") + g.isa[i];
  return text;
}

}  // namespace

int Machine::threads() const {
  std::size_t n = 0;
  for (const CpuGroup& g : groups) n += g.cpus.size();
  return static_cast<int>(n);
}

double Conditions::hottest_c() const {
  double hottest = unknown;
  for (const NamedReading& t : temperatures_c)
    if (!(hottest >= t.value)) hottest = t.value;
  return hottest;
}

std::string first_line(const fs::path& path) {
  const std::string text = contents(path, 4096);
  return text.substr(0, text.find_first_of("\n\0", 0, 2));
}

double number_in(const fs::path& path) { return parse_number(first_line(path)); }

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    out.push_back(it->path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string output_of(const std::vector<std::string>& command, double limit_s,
                      const std::function<bool()>& interrupted) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& a : command) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int spawned = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string out;
  bool ended = spawned != 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!ended) {
    pollfd waiting{ends[0], POLLIN, 0};
    const int ready = ::poll(&waiting, 1, 100);
    if (ready > 0) {
      char buffer[4096];
      const ssize_t n = ::read(ends[0], buffer, sizeof buffer);
      if (n <= 0) break;
      out.append(buffer, static_cast<std::size_t>(n));
    }
    ended = out.size() > (16u << 20) || std::chrono::steady_clock::now() > deadline || (interrupted && interrupted());
  }
  ::close(ends[0]);
  if (spawned != 0) return {};
  if (ended) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return ended || status != 0 ? std::string() : out;
}

Machine probe_machine(const fs::path& root) {
  Machine m;
  utsname names{};
  if (::uname(&names) == 0) {
    m.architecture = names.machine;
    m.kernel = std::string(names.sysname) + " " + names.release;
  }
  probe_board(root, m);
  probe_cpus(root, m);
  probe_caches(m);
  probe_memory(root, m);
  probe_accelerators(root, m);
  probe_disks(root, m);
  return m;
}

Conditions probe_conditions(const fs::path& root) {
  Conditions c;
  c.governor = first_line(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  double sum = 0, n = 0;
  for (const fs::path& folder : entries(root / "sys/devices/system/cpu")) {
    const double khz = number_in(folder / "cpufreq/scaling_cur_freq");
    if (!is_known(khz)) continue;
    sum += khz * 1e3;
    n += 1;
  }
  // Virtual machines without cpufreq state the clock of their processors all the same.
  if (n == 0)
    for (const auto& cpu : read_cpuinfo(root))
      if (const double mhz = std::atof(value_of(cpu, "cpu MHz").c_str()); mhz > 0) {
        sum += mhz * 1e6;
        n += 1;
      }
  if (n > 0) c.clock_hz = sum / n;
  std::istringstream load(first_line(root / "proc/loadavg"));
  if (double x; load >> x) c.load = x;
  std::istringstream memory(contents(root / "proc/meminfo"));
  for (std::string line; std::getline(memory, line);)
    if (line.rfind("MemAvailable:", 0) == 0) c.memory_available_B = std::atof(line.c_str() + 13) * 1024;

  for (const fs::path& zone : entries(root / "sys/class/thermal")) {
    const double t = number_in(zone / "temp") / 1e3;
    if (t > -40 && t < 150) c.temperatures_c.push_back({clean(first_line(zone / "type")), t});
  }
  if (c.temperatures_c.empty()) {
    for (const fs::path& chip : entries(root / "sys/class/hwmon"))
      for (const fs::path& file : entries(chip)) {
        const std::string name = file.filename().string();
        if (name.rfind("temp", 0) != 0 || name.find("_input") == std::string::npos) continue;
        const double t = number_in(file) / 1e3;
        if (t > -40 && t < 150) c.temperatures_c.push_back({clean(first_line(chip / "name")), t});
      }
  }

  c.cpu = probe_cpu_limits(root);
  c.power_mode = first_line(root / "sys/firmware/acpi/platform_profile");
  if (root == "/") {
    // Raspberry Pi: bits 0 to 3 are present trouble, 16 to 19 trouble since the start.
    if (const std::string text = output_of({"vcgencmd", "get_throttled"}); text.rfind("throttled=0x", 0) == 0) {
      const unsigned long bits = std::strtoul(text.c_str() + 10, nullptr, 16);
      static constexpr const char* now[] = {"undervoltage", "clock capped", "throttled", "soft temperature limit"};
      for (unsigned i = 0; i < 4; ++i)
        if (bits & (1ul << i)) c.throttled += (c.throttled.empty() ? "" : ", ") + std::string(now[i]);
    }
    // Jetson: "NV Power Mode: 15W" and the mode's number.
    if (const std::string text = output_of({"nvpmodel", "-q"}); contains(text, "NV Power Mode:")) {
      const auto at = text.find("NV Power Mode:") + 14;
      c.power_mode = clean(text.substr(at, text.find('\n', at) - at));
    }
  }
  return c;
}

Json to_json(const Machine& m) {
  const auto text = [](const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); };
  Json groups = Json::array(), caches = Json::array(), accelerators = Json::array(), disks = Json::array(),
       because = Json::object();
  for (const CpuGroup& g : m.groups)
    groups.push_back({{"microarchitecture", text(g.microarchitecture)},
                      {"cores", g.cores},
                      {"threads", g.cpus.size()},
                      {"max_hz", json::number(g.max_hz)},
                      {"isa", g.isa}});
  for (const CacheLevel& c : m.caches)
    caches.push_back({{"level", c.level}, {"size_B", c.size_B}, {"instances", c.instances}});
  for (const Accelerator& a : m.accelerators)
    accelerators.push_back({{"kind", a.kind}, {"name", text(a.name)}, {"driver", text(a.driver)}});
  for (const Disk& d : m.disks) disks.push_back({{"kind", d.kind}, {"size_B", json::number(d.size_B)}});
  for (const auto& [field, reason] : m.unknown_because) because[field] = reason;
  return {{"board", text(m.board)},
          {"soc", text(m.soc)},
          {"class", m.device_class},
          {"architecture", m.architecture},
          {"virtual_machine", m.virtual_machine},
          {"kernel", m.kernel},
          {"firmware_year", json::number(m.firmware_year)},
          {"cpu", {{"clusters", groups}, {"threads", m.threads()}, {"caches", caches}}},
          {"memory",
           {{"size_B", json::number(m.memory_B)},
            {"type", text(m.memory_type)},
            {"data_rate_mts", json::number(m.memory_mts)}}},
          {"accelerators", accelerators},
          {"storage", disks},
          {"unknown", because}};
}

Json to_json(const Conditions& c) {
  const auto text = [](const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); };
  Json temperatures = Json::array();
  for (const NamedReading& t : c.temperatures_c) temperatures.push_back({{"name", t.name}, {"celsius", t.value}});
  return {{"governor", text(c.governor)},
          {"power_mode", text(c.power_mode)},
          {"clock_hz", json::number(c.clock_hz)},
          {"load", json::number(c.load)},
          {"cpu_quota", json::number(c.cpu.quota_cpus)},
          {"cpus_allowed", json::number(c.cpu.allowed)},
          {"cpus_online", json::number(c.cpu.online)},
          {"memory_available_B", json::number(c.memory_available_B)},
          {"temperatures", temperatures},
          {"throttled", text(c.throttled)}};
}

std::string render_text(const Machine& m, const Conditions& c) {
  std::string out;
  const auto row = [&](const std::string& label, const std::string& value) {
    out += "  " + field(label, 20, Side::left, 1) + (value.empty() ? "not known" : harmless(value)) + "\n";
  };
  row("Board", m.board);
  row("SoC", m.soc);
  row("Kernel", m.kernel + ", " + m.architecture + (m.virtual_machine ? ", a virtual machine" : ""));
  for (std::size_t i = 0; i < m.groups.size(); ++i) row(i == 0 ? "CPU" : "", group_text(m.groups[i]));
  for (std::size_t i = 0; i < m.caches.size(); ++i)
    row(i == 0 ? "Caches" : "", "L" + std::to_string(m.caches[i].level) + " " + std::to_string(m.caches[i].instances) +
                                    " x " + human(m.caches[i].size_B, "B"));
  row("Memory", human(m.memory_B, "B") + (m.memory_type.empty() ? "" : ", " + m.memory_type) +
                    (is_known(m.memory_mts) ? "-" + human(m.memory_mts, "") : ""));
  if (m.accelerators.empty()) row("GPU, NPU", "none found");
  for (const Accelerator& a : m.accelerators)
    row(a.kind == "gpu" ? "GPU" : "NPU",
        (a.name.empty() ? "unnamed" : a.name) + ", driver " + (a.driver.empty() ? "not known" : a.driver));
  for (std::size_t i = 0; i < m.disks.size(); ++i)
    row(i == 0 ? "Storage" : "", m.disks[i].kind + ", " + human(m.disks[i].size_B, "B"));
  row("Governor", c.governor);
  row("Power mode", c.power_mode);
  row("Clock now", is_known(c.clock_hz) ? human(c.clock_hz / 1e9, "GHz") : "");
  row("Load", exact(c.load));
  if (is_known(c.cpu.quota_cpus)) row("CPU quota", human(c.cpu.quota_cpus, "CPUs"));
  if (c.cpu.fewer()) row("CPUs allowed", human(c.cpu.allowed, "") + " of " + human(c.cpu.online, ""));
  row("Temperature", is_known(c.hottest_c())
                         ? human(c.hottest_c(), "C") + " at the hottest of " + std::to_string(c.temperatures_c.size())
                         : "");
  row("Throttled", c.throttled.empty() ? "not reported" : c.throttled);
  if (!m.unknown_because.empty()) out += "\nNot known\n";
  for (const auto& [what, reason] : m.unknown_because) row(what, reason);
  return out;
}

}  // namespace edgewise
