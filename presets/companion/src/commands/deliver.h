#pragma once

#include <ostream>
#include <string>

namespace edgewise {

/// Writes to the file and says so, or to standard output where none is named. The exit code.
int deliver(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err);

}  // namespace edgewise
