#pragma once

#include <string>

namespace edgewise {

/// The text as a QR code of half blocks, two modules a character; with `colours` for a terminal, black on white
/// whatever its own colours. Empty where the text is too long, or the binary was built without libqrencode.
std::string qr_code(const std::string& text, bool colours);

}  // namespace edgewise
