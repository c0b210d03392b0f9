#pragma once

#include <string_view>

namespace edgewise {

/// The presets that the binary carries, as an RFC 7464 text sequence.
std::string_view bundled_presets();

}  // namespace edgewise
