#include <algorithm>
#include <cstdint>

#include "edgewise/text.h"

namespace edgewise {

namespace {

/// Bytes of the character that the text begins with; 0 where it begins with none.
std::size_t character_size(std::string_view text) {
  for (std::size_t n = 1; n <= std::min<std::size_t>(text.size(), 4); ++n)
    if (is_utf8(text.substr(0, n))) return n;
  return 0;
}

std::uint32_t code_of(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i])); };
  if (character.size() == 1) return byte(0);
  std::uint32_t code = byte(0) & (0x7Fu >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3F);
  return code;
}

bool harms(std::uint32_t code) {
  // Controls, what turns the direction of text, what nobody sees, and what is no character (XML has none of them).
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C || code == 0x180E ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code & 0xFFFE) == 0xFFFE ||
         (code >= 0xFDD0 && code <= 0xFDEF) || (code >= 0xE0000 && code <= 0xE007F);
}

std::string escaped(std::uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  std::string out = code < 0x100 ? "\\x" : code < 0x10000 ? "\\u" : "\\U";
  for (int shift = code < 0x100 ? 4 : code < 0x10000 ? 12 : 28; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(code >> shift) & 15];
  return out;
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    const std::uint32_t code = size > 0 ? code_of(character) : static_cast<unsigned char>(text[0]);
    if (size == 0 || harms(code))
      out += escaped(code);
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace edgewise
