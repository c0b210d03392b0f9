#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace edgewise {

/// f(i) for each i below n, in any order, on all processors. What f throws reaches the caller.
template <class Function>
void for_each_index(std::size_t n, const Function& f) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) f(i);
  };
  std::vector<std::future<void>> others;
  for (unsigned k = 1; k < std::thread::hardware_concurrency(); ++k)
    others.push_back(std::async(std::launch::async, work));
  work();
  for (std::future<void>& other : others) other.get();
}

}  // namespace edgewise
