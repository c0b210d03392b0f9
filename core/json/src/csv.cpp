#include "edgewise/csv.h"

#include <algorithm>
#include <set>
#include <utility>

namespace edgewise {

std::size_t Csv::find(std::string_view column) const {
  const auto it = std::find(columns.begin(), columns.end(), column);
  return it == columns.end() ? npos : static_cast<std::size_t>(it - columns.begin());
}

Result<Csv> parse_csv(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return Error{
        "syntax",
        "line " + std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n')),
        "holds a NUL byte"};
  Csv csv;
  std::vector<std::string> row;
  std::string field;
  bool quoted = false, was_quoted = false;
  std::size_t line = 1;

  const auto end_row = [&]() -> Errors {
    row.push_back(std::move(field));
    field.clear();
    was_quoted = false;
    const bool blank = row.size() == 1 && row[0].empty();
    if (blank) {
      row.clear();
      return {};
    }
    if (csv.columns.empty()) {
      csv.columns = std::exchange(row, {});
      // A spreadsheet's empty columns may be several.
      std::set<std::string_view> seen;
      for (const std::string& column : csv.columns)
        if (!column.empty() && !seen.insert(column).second)
          return {{"duplicate_column", "line " + std::to_string(line), "names the column " + column + " twice"}};
    } else if (row.size() != csv.columns.size()) {
      return {{"wrong_length", "line " + std::to_string(line),
               "has " + std::to_string(row.size()) + " fields, the header has " + std::to_string(csv.columns.size())}};
    } else {
      csv.rows.push_back(std::exchange(row, {}));
    }
    row.clear();
    return {};
  };

  for (std::size_t i = 0; i < text.size(); ++i) {
    // Line breaks are LF, CR LF, or CR alone, as old spreadsheets write them.
    const bool of_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    const char c = text[i] == '\r' && !of_pair && !quoted ? '\n' : text[i];
    if (quoted) {
      if (c != '"')
        field += c;
      else if (i + 1 < text.size() && text[i + 1] == '"')
        field += text[++i];
      else
        quoted = false;
    } else if (c == '"' && field.empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == ',') {
      row.push_back(std::move(field));
      field.clear();
      was_quoted = false;
    } else if (c == '\n') {
      if (auto errors = end_row(); !errors.empty()) return errors;
    } else if (!of_pair) {
      field += c;
    }
    if (c == '\n') ++line;
  }
  if (quoted) return Error{"syntax", "line " + std::to_string(line), "a quoted field does not end"};
  if (!field.empty() || !row.empty())
    if (auto errors = end_row(); !errors.empty()) return errors;
  if (csv.columns.empty()) return Error{"empty", "line 1", "there is no header row"};
  return csv;
}

std::string format_csv_row(const std::vector<std::string>& fields) {
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    if (fields[i].find_first_of(",\"\n\r") == std::string::npos) {
      out += fields[i];
      continue;
    }
    out += '"';
    for (const char c : fields[i]) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out + "\n";
}

}  // namespace edgewise
