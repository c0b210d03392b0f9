#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "edgewise/result.h"

namespace edgewise {

/// Exit codes: 0 done, 1 failure, 2 bad input.
enum Exit : int { done = 0, failure = 1, bad_input = 2 };

/// Prefixes the errors' paths with the file they are in.
Errors in_file(const std::string& file, Errors);

/// One line for the user: "edgewise: text".
void say(std::ostream& err, std::string_view text);
/// Prints errors, one a line: "path: message". `refuse` is for what the user can mend, `fail` for the rest.
int refuse(const Errors&, std::ostream& err);
int fail(const Errors&, std::ostream& err);

}  // namespace edgewise
