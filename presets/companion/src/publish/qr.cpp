#include "qr.h"

#ifdef EDGEWISE_QRENCODE
#include <qrencode.h>

#include <memory>
#endif

namespace edgewise {

#ifdef EDGEWISE_QRENCODE

std::string qr_code(const std::string& text, bool colours) {
  constexpr int border = 2;
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1), QRcode_free);
  if (!code) return {};
  const int width = code->width;
  const auto light = [&](int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= width || (code->data[y * width + x] & 1) == 0;
  };
  std::string out;
  for (int y = -border; y < width + border; y += 2) {
    if (colours) out += "\033[97;40m";
    // Light modules are drawn and dark ones left: on the usual dark terminal that is the right way round.
    for (int x = -border; x < width + border; ++x)
      out += light(x, y) ? (light(x, y + 1) ? "█" : "▀") : (light(x, y + 1) ? "▄" : " ");
    out += colours ? "\033[0m\n" : "\n";
  }
  return out;
}

#else

std::string qr_code(const std::string&, bool) { return {}; }

#endif

}  // namespace edgewise
