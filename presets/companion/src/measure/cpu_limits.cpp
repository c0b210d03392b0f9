#include "cpu_limits.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "edgewise/json_text.h"
#include "machine.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

/// One hierarchy of control groups that this process is in.
struct ControlGroup {
  bool unified = false;  ///< version 2
  fs::path mount;        ///< where its files are, under the root
  fs::path path;         ///< of the process's own group below that
};

bool holds(const std::string& list, const std::string& word) {
  std::istringstream in(list);
  for (std::string one; std::getline(in, one, ',');)
    if (one == word) return true;
  return false;
}

/// proc_pid_mountinfo(5) writes spaces in paths as \040 and the like.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = text[i] == '\\' ? text.substr(i + 1, 3) : "";
    if (digits.size() == 3 && digits.find_first_not_of("01234567") == std::string::npos) {
      out += static_cast<char>(std::stoi(digits, nullptr, 8));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// The part of `path` below `base`; `path` itself where it is not below: a container sees its own group as the root.
fs::path below(const fs::path& path, const fs::path& base) {
  const fs::path relative = path.lexically_relative(base);
  const bool inside = !relative.empty() && *relative.begin() != "..";
  fs::path out;
  for (const fs::path& part : inside ? relative : path.relative_path())
    if (part != ".." && part != ".") out /= part;
  return out;
}

/// Where the hierarchy with `controller` (empty: version 2) is mounted; of "/" without a mount point that is said.
ControlGroup find_group(const fs::path& root, const std::string& controller, const fs::path& path) {
  ControlGroup g{controller.empty(), {}, path};
  std::ifstream mounts(root / "proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string skipped, base, point, word, type, options;
    words >> skipped >> skipped >> skipped >> base >> point;
    while (words >> word && word != "-") {
    }
    words >> type >> skipped >> options;
    if (g.unified ? type != "cgroup2" : type != "cgroup" || !holds(options, controller)) continue;
    g.mount = root / fs::path(unescaped(point)).relative_path();
    g.path = below(path, unescaped(base));
    return g;
  }
  // A tree without mountinfo: the usual places.
  const fs::path all = root / "sys/fs/cgroup";
  std::error_code ignored;
  std::vector<fs::path> usual = {all / "unified", all};
  if (!g.unified) usual = {all / controller, all / "cpu,cpuacct", all / "cpuacct,cpu"};
  g.mount = usual.back();
  for (const fs::path& candidate : usual)
    if (fs::is_directory(candidate, ignored)) {
      g.mount = candidate;
      break;
    }
  g.path = below(path, "/");
  return g;
}

/// CPUs' worth of time that one group grants; NaN: all.
double quota_of(const fs::path& folder, bool unified) {
  double quota = unknown, period = unknown;
  if (unified) {
    std::istringstream words(first_line(folder / "cpu.max"));
    std::string most, every;
    words >> most >> every;
    quota = parse_number(most);
    period = every.empty() ? 1e5 : parse_number(every);  // the kernel's default
  } else {
    quota = number_in(folder / "cpu.cfs_quota_us");
    period = number_in(folder / "cpu.cfs_period_us");
  }
  return quota > 0 && period > 0 ? quota / period : unknown;
}

/// "0-3,8" as numbers; empty where it is no such list.
std::set<int> cpus_of(const std::string& list) {
  constexpr int most = 65536;
  std::set<int> out;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) {
    int from = 0, to = 0;
    char dash = 0, extra = 0;
    std::istringstream range(part);
    if (!(range >> from)) return {};
    to = range >> dash ? from - 1 : from;
    if (dash != 0 && (dash != '-' || !(range >> to) || range >> extra)) return {};
    if (from < 0 || to < from || to >= most) return {};
    for (int cpu = from; cpu <= to; ++cpu) out.insert(cpu);
  }
  return out;
}

std::set<int> common(const std::set<int>& a, const std::set<int>& b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  std::set<int> out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

}  // namespace

CpuLimits probe_cpu_limits(const fs::path& root) {
  CpuLimits limits;
  const fs::path system = root / "sys/devices/system/cpu";
  std::set<int> online = cpus_of(first_line(system / "online"));
  if (online.empty()) online = cpus_of(first_line(system / "present"));
  if (!online.empty()) limits.online = static_cast<double>(online.size());

  std::set<int> allowed;
  std::ifstream status(root / "proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("Cpus_allowed_list:", 0) == 0) {
      const auto at = line.find_first_not_of(" \t", 18);
      allowed = cpus_of(at == std::string::npos ? "" : line.substr(at));
    }

  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // "hierarchy:controllers:path"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty(), cpu = holds(controllers, "cpu"), cpuset = holds(controllers, "cpuset");
    if (!unified && !cpu && !cpuset) continue;
    const ControlGroup g = find_group(root, unified ? "" : cpu ? "cpu" : "cpuset", line.substr(second + 1));
    if (unified || cpu)
      for (fs::path path = g.path;; path = path.parent_path()) {
        limits.quota_cpus = std::fmin(limits.quota_cpus, quota_of(g.mount / path, unified));
        if (path.empty()) break;
      }
    if (unified || cpuset)
      for (const char* file : {"cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"})
        if (const std::set<int> of_group = cpus_of(first_line(g.mount / g.path / file)); !of_group.empty()) {
          allowed = common(allowed, of_group);
          break;
        }
  }
  if (!online.empty() && !allowed.empty()) allowed = common(allowed, online);
  if (!allowed.empty()) limits.allowed = static_cast<double>(allowed.size());
  return limits;
}

}  // namespace edgewise
