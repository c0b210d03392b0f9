#include "lines.h"

#include <algorithm>

#include "edgewise/json_text.h"
#include "edgewise/number.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {
constexpr std::string_view blanks = " \t";
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

std::string_view trimmed(std::string_view text) { return trimmed(text, blanks); }

std::string_view after(std::string_view line, std::string_view label) {
  const auto at = line.find(label);
  return at == line.npos ? std::string_view() : trimmed(line.substr(at + label.size()));
}

double leading_number(std::string_view text, std::string_view* rest) {
  text = trimmed(text);
  std::size_t n = !text.empty() && text[0] == '-' ? 1 : 0;
  while (n < text.size() && n < 64 && (is_digit(text[n]) || text[n] == '.')) ++n;
  if (n > 0 && text[n - 1] == '.') --n;  // the end of a sentence
  // An exponent, if digits follow.
  if (n > 0 && n + 1 < text.size() && (text[n] == 'e' || text[n] == 'E')) {
    const std::size_t sign = text[n + 1] == '-' || text[n + 1] == '+' ? 1 : 0;
    std::size_t end = n + 1 + sign;
    while (end < text.size() && end < 64 && is_digit(text[end])) ++end;
    if (end > n + 1 + sign) n = end;
  }
  if (rest) *rest = text.substr(n);
  return parse_number(text.substr(0, n));
}

double number_after(std::string_view line, std::string_view label) { return leading_number(after(line, label)); }

std::string_view in_parentheses(std::string_view text) {
  const auto begin = std::min(text.find('('), text.size());
  std::size_t open = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '(') ++open;
    if (text[i] == ')' && --open == 0) return text.substr(begin + 1, i - begin - 1);
  }
  return begin < text.size() ? text.substr(begin + 1) : std::string_view();
}

std::vector<std::string_view> blank_parted(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(blanks, at)) != text.npos;) {
    const auto end = std::min(text.find_first_of(blanks, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::vector<std::string> cells_of(std::string_view line) {
  line = trimmed(line);
  // A table that somebody quoted.
  while (!line.empty() && line.front() == '>') line = trimmed(line.substr(1));
  std::vector<std::string> out;
  if (line.find('|') == line.npos) return out;
  if (line.front() == '|') line.remove_prefix(1);
  if (!line.empty() && line.back() == '|') line.remove_suffix(1);
  for (std::size_t at = 0; at <= line.size();) {
    const auto end = std::min(line.find('|', at), line.size());
    std::string_view cell = trimmed(line.substr(at, end - at));
    while (!cell.empty() && cell.front() == '*') cell.remove_prefix(1);
    while (!cell.empty() && cell.back() == '*') cell.remove_suffix(1);
    out.emplace_back(trimmed(cell));
    at = end + 1;
  }
  return out;
}

bool is_ruler(const std::vector<std::string>& cells) {
  return !cells.empty() && std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("-:") == std::string::npos;
  });
}

}  // namespace edgewise
