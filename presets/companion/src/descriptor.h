#pragma once

#include <unistd.h>

namespace edgewise {

/// Closes what it holds, where that is open.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace edgewise
