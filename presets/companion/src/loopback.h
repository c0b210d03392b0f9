#pragma once

#include <string>

namespace edgewise {

/// Whether a host of an address is this machine, whatever network it is in: "localhost", 127.x.x.x or ::1, with or
/// without brackets.
bool is_loopback(std::string host);

}  // namespace edgewise
