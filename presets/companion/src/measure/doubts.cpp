#include "doubts.h"

#include <algorithm>
#include <cmath>

#include "edgewise/json.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"

namespace edgewise {

void warn_before(Measurement& m, const std::vector<PowerSensor>& sensors) {
  const auto& c = m.before;
  if (c.load > 0.3 * m.machine.threads())
    m.warnings.push_back("the machine was busy before: load " + exact(c.load) + " on " +
                         std::to_string(m.machine.threads()) + " CPUs");
  if (c.cpu.quota_binds())
    m.warnings.push_back(
        "a control group grants this process the time of " + human(c.cpu.quota_cpus, "") + " CPUs" +
        (is_known(c.cpu.online) ? " where " + human(c.cpu.online, "") + " run" : "") +
        ": its threads are stopped again and again, and what is measured is the quota (cpu.max) and not the machine");
  if (c.cpu.fewer())
    m.warnings.push_back("this process may run on " + human(c.cpu.allowed, "") + " of the machine's " +
                         human(c.cpu.online, "") + " CPUs (affinity or cpuset): the others are not measured");
  if (!c.throttled.empty()) m.warnings.push_back("the firmware reported before: " + c.throttled);
  if (c.governor == "powersave" || c.governor == "conservative")
    m.warnings.push_back("the governor is " + c.governor + "; performance or schedutil is what inference would see");
  if (m.machine.virtual_machine)
    m.warnings.push_back("a virtual machine: its neighbours share caches, memory and clocks");
  for (const PowerSensor& s : sensors)
    // Rails and cards would not have been read anyway.
    if (!s.unusable.empty() && sees(s.scope, Processor::cpu) && m.warnings.size() < 20)
      m.warnings.push_back("power sensor " + s.name + " cannot be used: " + s.unusable);
#ifndef __OPTIMIZE__
  m.warnings.push_back("this binary was built without optimisation");
#endif
}

void warn_after(Measurement& m) {
  if (!m.after.throttled.empty()) m.warnings.push_back("the firmware reported afterwards: " + m.after.throttled);
  const auto unsteady = std::count_if(m.runs.begin(), m.runs.end(),
                                      [](const TestRun& r) { return r.samples.size() > 2 && r.spread() > 0.2; });
  if (static_cast<double>(unsteady) > 0.25 * static_cast<double>(m.runs.size()))
    m.warnings.push_back(std::to_string(unsteady) + " of " + std::to_string(m.runs.size()) +
                         " rows scatter by more than 20 %: something else was running");
  // A neighbour that takes a core all the time scatters nothing: only the sum over the threads shows it.
  const auto arithmetic = [&](bool one) {
    const TestRun* found = nullptr;
    for (const TestRun& r : m.runs)
      if (r.test == "fma" && r.cores == "fast" && !r.samples.empty() &&
          (one ? r.threads == 1 : !found || r.threads > found->threads))
        found = &r;
    return found;
  };
  if (const TestRun* one = arithmetic(true), *all = arithmetic(false); one && all->threads > 1) {
    const double reached = all->median() / (one->median() * all->threads);
    if (reached < 0.75)
      m.warnings.push_back(
          std::to_string(all->threads) + " threads together reached " + human(100 * reached, "%") +
          " of as many times one thread: something else was running, or the clock falls when all cores work");
  }
  for (const TestRun& r : m.runs) {
    if (r.test.rfind("sustained", 0) != 0 || r.samples.size() < 8) continue;
    const auto part = static_cast<std::ptrdiff_t>(r.samples.size() / 4);
    const double first = median(std::vector<double>(r.samples.begin(), r.samples.begin() + part)),
                 last = median(std::vector<double>(r.samples.end() - part, r.samples.end()));
    if (last < 0.92 * first)
      m.warnings.push_back(r.test + " slowed down by " + exact(std::round(100 * (1 - last / first))) +
                           " % while it ran: the board throttles");
  }
}

Errors nonsense(const Measurement& m) {
  Errors errors;
  const double hz = 2e10, bytes = 2e14;
  for (const TestRun& r : m.runs)
    for (const double x : r.samples) {
      const bool wrong =
          !std::isfinite(x) || x <= 0 || (r.test == "clock" && x > hz) || (r.test == "read" && x > bytes);
      if (!wrong) continue;
      errors.push_back({"nonsense", r.test, "gave " + exact(x) + ": the clock of this machine cannot be trusted"});
      return errors;
    }
  return errors;
}

}  // namespace edgewise
