#include "connections.h"

#include <chrono>
#include <system_error>
#include <thread>

namespace edgewise {

void Connections::run(const std::function<void()>& connection) {
  {
    std::unique_lock lock(mutex_);
    while (open_ >= most_ && !stopping_()) ended_.wait_for(lock, std::chrono::milliseconds(100));
    ++open_;
  }
  const auto end = [this] {
    // Under the lock, so that `drain` does not return, and this object end, before the notice is out.
    const std::lock_guard lock(mutex_);
    --open_;
    ended_.notify_all();
  };
  try {
    std::thread([connection, end] {
      connection();
      end();
    }).detach();
  } catch (const std::system_error&) {
    // The system has no thread left: this one does it, and the next connection waits.
    connection();
    end();
  }
}

void Connections::drain() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return open_ == 0; });
}

}  // namespace edgewise
