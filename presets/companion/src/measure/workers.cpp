#include "workers.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace edgewise {

namespace {

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

double steady_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void SpinBarrier::wait() {
  const unsigned round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == threads_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    ::syscall(SYS_futex, &round_, FUTEX_WAKE_PRIVATE, std::numeric_limits<int>::max(), nullptr, nullptr, 0);
    return;
  }
  for (unsigned spins = 0; round_.load(std::memory_order_acquire) == round; ++spins) {
    if (spins < 20000)
      pause();
    else
      ::sched_yield();
  }
}

Workers::Workers(std::vector<int> cpus)
    : barrier_(static_cast<int>(cpus.size())), begin_s_(cpus.size()), end_s_(cpus.size()) {
  for (std::size_t i = 0; i < cpus.size(); ++i) threads_.emplace_back([this, i, cpu = cpus[i]] { loop(i, cpu); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& t : threads_) t.join();
}

double Workers::time(const Job& job) {
  std::unique_lock lock(mutex_);
  job_ = &job;
  running_ = threads_.size();
  ++round_;
  wake_.notify_all();
  finished_.wait(lock, [this] { return running_ == 0; });
  return *std::max_element(end_s_.begin(), end_s_.end()) - *std::min_element(begin_s_.begin(), begin_s_.end());
}

void Workers::loop(std::size_t thread, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  // Where it is refused the threads still run, only less steadily.
  ::sched_setaffinity(0, sizeof set, &set);
  unsigned done = 0;
  for (;;) {
    const Job* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || round_ != done; });
      if (stop_) return;
      done = round_;
      job = job_;
    }
    barrier_.wait();
    begin_s_[thread] = steady_s();
    (*job)(thread);
    end_s_[thread] = steady_s();
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) finished_.notify_all();
  }
}

}  // namespace edgewise
