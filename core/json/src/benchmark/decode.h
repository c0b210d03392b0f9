#pragma once

#include <string>
#include <string_view>

#include "edgewise/result.h"

namespace edgewise {

/// The text of a file as UTF-8 with LF line ends: byte order marks, UTF-16 (what PowerShell's `>` writes), CR LF, CR
/// alone and the colours of a terminal are undone. A NUL in what is no UTF-16 is refused.
Result<std::string> decoded(std::string_view bytes);

}  // namespace edgewise
