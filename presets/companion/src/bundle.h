#pragma once

#include <string_view>

namespace edgewise {

/// The presets that the binary carries, as an RFC 7464 text sequence.
std::string_view bundled_presets();
/// Names what all of them hold, as the page and the npm package do.
std::string_view bundled_revision();

}  // namespace edgewise
