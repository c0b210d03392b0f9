#include <cstdlib>
#include <new>

#include "support.hpp"

namespace {
std::size_t count = 0;
}

std::size_t edgewise::test::allocations() { return count; }

void* operator new(std::size_t size) {
  ++count;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
