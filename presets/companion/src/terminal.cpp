#include "terminal.h"

#include <algorithm>
#include <cmath>

#include "edgewise/json.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

/// Characters, not bytes, of UTF-8.
std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string field(std::string_view raw, std::size_t width, Side side, std::size_t gap) {
  const std::string text = harmless(raw);
  const std::size_t characters = characters_of(text);
  const std::string space(width > characters ? width - characters : gap, ' ');
  return side == Side::left ? text + space : space + text;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, const std::vector<Side>& sides) {
  std::vector<std::size_t> widths(sides.size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size() && row.size() == sides.size(); ++i)
      widths[i] = std::max(widths[i], characters_of(harmless(row[i])));
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "  " : "") + field(row[i], widths[i], sides[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string table_row(const std::vector<std::string>& fields) {
  static constexpr std::size_t widths[] = {12, 34, 16, 12, 12, 12, 10};
  std::string out;
  for (std::size_t i = 0; i < fields.size() && i < std::size(widths); ++i)
    out += field(fields[i], widths[i], i < 2 ? Side::left : Side::right);
  return out + "\n";
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : separator) + part;
  return out;
}

std::string percent(double share) { return is_known(share) ? significant(100 * share) + " %" : "unknown"; }

std::string percent_to_a_tenth(double share) { return exact(std::round(1000 * share) / 10); }

}  // namespace edgewise
