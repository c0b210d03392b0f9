#pragma once

#include <string>
#include <string_view>

namespace edgewise {

/// Whether who sent this Accept-Encoding (RFC 9110, 12.5.3) takes gzip: named, or by `*`, and not with a weight of
/// zero.
bool takes_gzip(std::string_view accept_encoding);

/// The bytes as a gzip file (RFC 1952), at the level that web servers use for what they compress as they send it.
std::string gzip(std::string_view bytes);

}  // namespace edgewise
