#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

namespace edgewise {

/// Runs every connection in a thread of its own, so that one that says nothing keeps no other waiting. Beyond `most` at
/// once the next one waits until another ends.
class Connections {
 public:
  explicit Connections(int most, std::function<bool()> stopping) : most_(most), stopping_(std::move(stopping)) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  void run(const std::function<void()>& connection);
  /// Waits until every connection has ended.
  void drain();

 private:
  const int most_;
  const std::function<bool()> stopping_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int open_ = 0;
};

}  // namespace edgewise
