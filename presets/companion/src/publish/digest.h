#pragma once

#include <string>
#include <string_view>

namespace edgewise {

/// In lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);
std::string base64(std::string_view bytes);
/// Of what `base64` writes; line breaks are skipped. Empty where it is not base64.
std::string from_base64(std::string_view text);
/// What recognizes a secret later and gives nothing of it away: salted and slow to guess (PBKDF2 with HMAC-SHA-256).
std::string seal(std::string_view secret);
bool unseals(std::string_view sealed, std::string_view secret);
/// As RFC 3986 writes it: everything but unreserved characters and those of `keep` becomes %XX.
std::string percent_encoded(std::string_view text, std::string_view keep = {});

}  // namespace edgewise
