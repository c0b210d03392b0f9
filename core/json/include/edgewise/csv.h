#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/result.h"

namespace edgewise {

/// A table of text with a header row.
struct Csv {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  /// Position of a column, or npos.
  std::size_t find(std::string_view column) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// RFC 4180: quoted fields, doubled quotes, line breaks inside quotes. Rows must be as long as the header.
Result<Csv> parse_csv(std::string_view text);
/// One row, quoted where needed, with its line break.
std::string format_csv_row(const std::vector<std::string>& fields);

}  // namespace edgewise
