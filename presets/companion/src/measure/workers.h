#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace edgewise {

/// A barrier that threads wait at by spinning, as inference engines do between operators. As OpenMP's, which they use,
/// it wakes sleepers by a system call, whether anybody sleeps or not: most of its time. Gives the CPU away after a
/// while, so that a machine with too few CPUs goes on.
class SpinBarrier {
 public:
  explicit SpinBarrier(int threads) : threads_(threads) {}
  void wait();

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> round_{0};
};

/// Threads, each on a CPU of its own, that run the same job together.
class Workers {
 public:
  using Job = std::function<void(std::size_t thread)>;

  explicit Workers(std::vector<int> cpus);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t size() const { return threads_.size(); }
  SpinBarrier& barrier() { return barrier_; }
  /// Runs the job on every thread; seconds from the moment when all began to the moment when the last ended.
  double time(const Job&);

 private:
  void loop(std::size_t thread, int cpu);

  SpinBarrier barrier_;
  std::mutex mutex_;
  std::condition_variable wake_, finished_;
  const Job* job_ = nullptr;
  unsigned round_ = 0;
  std::size_t running_ = 0;
  bool stop_ = false;
  std::vector<double> begin_s_, end_s_;
  std::vector<std::thread> threads_;
};

/// Seconds of a clock that never goes back.
double steady_s();

}  // namespace edgewise
