#include "gpu.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "edgewise/text.h"

namespace edgewise {

namespace {

struct Ended {
  std::string text;
  std::string why;  ///< in words, where the process did not end in order
  bool interrupted = false;
};

/// What `job` says, in a process of its own: drivers of graphics cards crash and hang, and what was measured until then
/// must not be lost with them.
Ended in_child(const std::function<std::string()>& job, double limit_s, const std::function<bool()>& interrupted) {
  Ended out;
  int ends[2];
  if (::pipe(ends) != 0) return {{}, std::string("no pipe: ") + std::strerror(errno), false};
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return {{}, std::string("no process of its own: ") + std::strerror(errno), false};
  }
  if (child == 0) {
    ::close(ends[0]);
    // What drivers print would stand between our own lines.
    const std::string text = job();
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t n = ::write(ends[1], text.data() + sent, text.size() - sent);
      if (n <= 0) ::_exit(1);
      sent += static_cast<std::size_t>(n);
    }
    // Not exit(): buffers of the parent would be written twice, and drivers' own handlers are where some of them crash.
    ::_exit(0);
  }
  ::close(ends[1]);
  // In turns of waiting, not by the clock: a machine that slept meanwhile is no driver that hangs.
  constexpr int turn_ms = 100;
  double waited_s = 0;
  bool closed = false, late = false;
  while (!closed) {
    pollfd p{ends[0], POLLIN, 0};
    const int ready = ::poll(&p, 1, turn_ms);
    if (ready == 0) {
      waited_s += turn_ms / 1000.0;
    } else if (ready > 0) {
      char buffer[65536];
      const ssize_t n = ::read(ends[0], buffer, sizeof buffer);
      if (n > 0)
        out.text.append(buffer, static_cast<std::size_t>(n));
      else if (n == 0 || errno != EINTR)
        closed = true;
    }
    out.interrupted = interrupted && interrupted();
    late = waited_s > limit_s;
    if (!closed && (late || out.interrupted)) {
      ::kill(child, SIGKILL);
      break;
    }
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (late && !closed)
    out.why = "its driver did not answer within " + std::to_string(static_cast<int>(limit_s)) + " s";
  else if (WIFSIGNALED(status) && !out.interrupted)
    out.why = "its driver crashed (" + std::string(::strsignal(WTERMSIG(status))) + ")";
  else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
    out.why = "its driver ended the program";
  return out;
}

void skip(Measurement& m, const std::string& device, const std::string& why) {
  TestRun row{"gpu", "", "gpu", 1, unknown, {}, why};
  row.device = device;
  m.runs.push_back(std::move(row));
}

bool is_index(const std::string& text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::vector<Gpu> list_gpus(std::string& why) {
  why = gpu::not_built();
  if (!why.empty()) return {};
  Ended ended = in_child(
      [] {
        Measurement m;
        std::string none;
        m.gpus = gpu::devices(none);
        if (m.gpus.empty()) skip(m, "", none);
        return gpu_findings_text(m);
      },
      30, {});
  Measurement m;
  if (!ended.why.empty() || !add_gpu_findings(ended.text, m)) {
    why = "Vulkan cannot be asked: " + (ended.why.empty() ? std::string("its answer is cut off") : ended.why);
    return {};
  }
  if (m.gpus.empty() && !m.runs.empty()) why = m.runs[0].reason;
  return m.gpus;
}

Result<GpuChoice> choose_gpus(const std::string& which) {
  GpuChoice c;
  if (which == "none") return c;
  c.gpus = list_gpus(c.why);
  const bool index = is_index(which);
  for (std::size_t i = 0; i < c.gpus.size(); ++i) {
    const Gpu& g = c.gpus[i];
    if (which.empty() ? g.type != "cpu"
        : index       ? std::stoul(which) == i
                      : lower(g.name).find(lower(which)) != std::string::npos)
      c.chosen.push_back(i);
  }
  if (which.empty() || !c.chosen.empty()) return c;
  std::string names;
  for (const Gpu& g : c.gpus) names += (names.empty() ? "" : ", ") + g.name;
  return Error{"unknown_name", "--gpu",
               "\"" + which + "\" names none of the GPUs here: " + (names.empty() ? "there is " + c.why : names)};
}

bool measure_gpus(const GpuChoice& c, const GpuOptions& o, Measurement& m) {
  m.gpus = c.gpus;
  if (!c.why.empty()) skip(m, "", c.why);
  for (std::size_t i = 0; i < c.gpus.size(); ++i) {
    const Gpu& g = c.gpus[i];
    if (std::find(c.chosen.begin(), c.chosen.end(), i) == c.chosen.end()) {
      if (g.type == "cpu")
        skip(m, g.name,
             "it is the processor itself, in software: --gpu " + std::to_string(i) + " measures it all the same");
      continue;
    }
    if (!g.unusable.empty()) {
      skip(m, g.name, g.unusable);
      continue;
    }
    const Ended ended = in_child(
        [&] {
          Measurement found;
          gpu::run_benchmarks(i, o, found);
          return gpu_findings_text(found);
        },
        4 * o.budget_s + 120, o.interrupted);
    if (ended.interrupted) return false;
    if (!ended.why.empty() || !add_gpu_findings(ended.text, m))
      skip(m, g.name, ended.why.empty() ? "its findings are cut off" : ended.why);
  }
  return true;
}

}  // namespace edgewise
