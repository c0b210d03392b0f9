#include "decode.h"

#include <cstdint>

namespace edgewise {

namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

std::string from_utf16(std::string_view bytes, bool little_endian) {
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    const std::uint32_t first = static_cast<unsigned char>(bytes[2 * i]),
                        second = static_cast<unsigned char>(bytes[2 * i + 1]);
    return little_endian ? first | (second << 8) : second | (first << 8);
  };
  constexpr std::uint32_t replacement = 0xfffd;
  const std::size_t n = bytes.size() / 2;
  std::string out;
  out.reserve(n + n / 8);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t c = unit(i);
    if (c < 0xd800 || c > 0xdfff) {
      append_utf8(out, c);
    } else if (c < 0xdc00 && i + 1 < n && (unit(i + 1) & 0xfc00) == 0xdc00) {
      append_utf8(out, 0x10000 + ((c & 0x3ff) << 10) + (unit(i + 1) & 0x3ff));
      ++i;
    } else {
      append_utf8(out, replacement);
    }
  }
  return out;
}

/// LF for every line end; no colours and cursor movements (ESC [ ... letter).
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      i += 2;
      while (i < text.size() && text[i] >= 0x20 && text[i] < 0x40) ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

Result<std::string> decoded(std::string_view bytes) {
  const auto begins = [&](std::string_view mark) { return bytes.substr(0, mark.size()) == mark; };
  // Without a mark: every second byte of Latin letters is zero.
  const bool little = begins("\xff\xfe") ||
                      (bytes.size() >= 4 && bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0),
             big = begins("\xfe\xff") ||
                   (bytes.size() >= 4 && bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0);
  std::string converted;
  std::string_view text = bytes;
  if (little || big) {
    if (bytes.size() % 2 != 0) return Error{"syntax", "", "is UTF-16 that ends in the middle of a character"};
    converted = from_utf16(bytes, little);
    text = converted;
  }
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (const auto nul = text.find('\0'); nul != text.npos)
    return Error{"syntax", "", "is no text: byte " + std::to_string(nul + 1) + " is NUL"};
  return plain(text);
}

}  // namespace edgewise
