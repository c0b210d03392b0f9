#include "edgewise/text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "edgewise/number.h"

namespace edgewise {

namespace {

/// `x`, below 1e15, with `decimals` decimals.
std::string fixed(double x, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double rounded = std::floor(std::fabs(x) * scale + 0.5);
  const auto whole = static_cast<std::uint64_t>(rounded / scale);
  std::string out = (x < 0 ? "-" : "") + std::to_string(whole);
  if (decimals > 0) {
    const std::string fraction =
        std::to_string(static_cast<std::uint64_t>(rounded - static_cast<double>(whole) * scale));
    out += "." + std::string(static_cast<std::size_t>(decimals) - fraction.size(), '0') + fraction;
  }
  return out;
}

/// "1.23e+20": what is too large or too small for plain digits.
std::string scientific(double x) {
  int exponent = 0;
  double digits = std::fabs(x);
  for (; digits >= 9.995; digits /= 10) ++exponent;
  for (; digits < 0.9995; digits *= 10) --exponent;
  return (x < 0 ? "-" : "") + fixed(digits, 2) + (exponent < 0 ? "e-" : "e+") + (std::abs(exponent) < 10 ? "0" : "") +
         std::to_string(std::abs(exponent));
}

struct UnitStep {
  double factor;
  const char* unit;
};

/// In the unit that `like` is best written in.
std::string scaled(double x, double like, std::initializer_list<UnitStep> scales) {
  UnitStep best = *scales.begin();
  for (const UnitStep& s : scales)
    if (std::fabs(like) >= s.factor) best = s;
  return significant(x / best.factor) + " " + best.unit;
}

/// Bytes of the UTF-8 sequence at the start of the text; 0 where there is none (RFC 3629, table 3-7 of Unicode).
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

}  // namespace

std::string significant(double x) {
  if (!is_known(x)) return "unknown";
  const double m = std::fabs(x);
  if (m > 1e308) return x < 0 ? "-infinite" : "infinite";
  if (m >= 1e15 || (m < 5e-5 && m > 0)) return scientific(x);
  return fixed(x, m >= 99.95 || m == 0 ? 0 : m >= 9.995 ? 1 : m >= 0.9995 ? 2 : m >= 0.09995 ? 3 : 4);
}

std::string count(double x) { return x == std::floor(x) && std::fabs(x) < 1e15 ? fixed(x, 0) : significant(x); }

std::string human(double x, std::string_view unit, double like) {
  if (!is_known(x)) return "unknown";
  if (!is_known(like)) like = x;
  if (unit == "B") return scaled(x, like, {{1, "B"}, {1024, "KiB"}, {mib, "MiB"}, {gib, "GiB"}, {1024 * gib, "TiB"}});
  if (unit == "B/s") return scaled(x, like, {{1, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}, {1e12, "TB/s"}});
  if (unit == "s")
    return like >= 120 ? scaled(x, like, {{60, "min"}, {3600, "h"}, {86400, "days"}})
                       : scaled(x, like, {{1e-6, "us"}, {1e-3, "ms"}, {1, "s"}});
  if (unit == "FLOP") return scaled(x, like, {{1, "FLOP"}, {1e6, "MFLOP"}, {1e9, "GFLOP"}, {1e12, "TFLOP"}});
  if (unit == "FLOP/s") return scaled(x, like, {{1, "FLOP/s"}, {1e6, "MFLOP/s"}, {1e9, "GFLOP/s"}, {1e12, "TFLOP/s"}});
  if (unit == "J") return scaled(x, like, {{1e-3, "mJ"}, {1, "J"}, {1e3, "kJ"}, {1e6, "MJ"}});
  if (unit.empty()) return count(x);
  return (unit == "tokens" ? count(x) : significant(x)) + " " + std::string(unit);
}

bool is_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  const auto number = [&](std::size_t begin, std::size_t end) {
    unsigned n = 0;
    for (; begin < end; ++begin) n = 10 * n + static_cast<unsigned>(text[begin] - '0');
    return n;
  };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(0, 4))),
                                     std::chrono::month(number(5, 7)), std::chrono::day(number(8, 10)))
      .ok();
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t n = utf8_sequence(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t n = utf8_sequence(text);
    out += n == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, n);
    text.remove_prefix(n == 0 ? 1 : n);
  }
  return out;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 500;
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto from = text.find_first_not_of(blanks);
  return from == text.npos ? std::string_view() : text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ", ") + w;
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    std::swap(before, row);
    std::swap(row, next);
  }
  return row[b.size()];
}

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates, std::size_t count) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  if (word.size() > longest_name) return {};
  const std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
  for (const auto& candidate : candidates) {
    if (candidate == word) continue;
    const std::size_t at = candidate.find(word);
    const bool begins = at == 0 || (at != std::string::npos && std::string_view("_-. ").find(candidate[at - 1]) < 4);
    const bool contains = word.size() >= 3 && begins;
    const std::size_t distance = contains ? 1 : edit_distance(word, candidate);
    if (distance <= limit) ranked.emplace_back(distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  for (const auto& [distance, candidate] : ranked)
    if (out.size() < count && std::find(out.begin(), out.end(), candidate) == out.end()) out.push_back(candidate);
  return out;
}

}  // namespace edgewise
