#include "terminal.h"

#include <algorithm>
#include <cmath>

#include "edgewise/json.h"
#include "edgewise/text.h"

namespace edgewise {

std::string field(std::string_view raw, std::size_t width, Side side, std::size_t gap) {
  const std::string text = harmless(raw);
  // Counts characters, not bytes, of UTF-8.
  const auto characters =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  const std::string space(width > characters ? width - characters : gap, ' ');
  return side == Side::left ? text + space : space + text;
}

std::string table_row(const std::vector<std::string>& fields) {
  static constexpr std::size_t widths[] = {12, 34, 16, 12, 12, 12, 10};
  std::string out;
  for (std::size_t i = 0; i < fields.size() && i < std::size(widths); ++i)
    out += field(fields[i], widths[i], i < 2 ? Side::left : Side::right);
  return out + "\n";
}

std::string percent_to_a_tenth(double share) { return exact(std::round(1000 * share) / 10); }

}  // namespace edgewise
