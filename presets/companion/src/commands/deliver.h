#pragma once

#include <ostream>
#include <string>

namespace edgewise {

/// Writes to the file and says so, or to standard output where none is named. The exit code.
int deliver(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err);
/// The same of what took minutes to find out: where the file cannot be written after all, it goes to another place,
/// which is said. The exit code is that of a failure all the same.
int deliver_or_rescue(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err);

}  // namespace edgewise
