#include "report_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace edgewise {

namespace {

/// Every double has an exact decimal, of this many digits at most.
constexpr int all_digits = 1100;

std::string exactly(double x, std::chars_format format) {
  std::array<char, 1600> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x, format, all_digits);
  return {buffer.data(), end};
}

/// Adds one to the last digit; whether a digit was carried out of the first.
bool increment(std::string& digits) {
  for (auto it = digits.rbegin(); it != digits.rend(); ++it) {
    if (*it == '.') continue;
    if (*it != '9') {
      ++*it;
      return false;
    }
    *it = '0';
  }
  return true;
}

}  // namespace

std::string to_fixed(double x, int decimals) {
  std::string text = exactly(std::fabs(x), std::chars_format::fixed);
  const std::size_t point = text.find('.'), keep = point + 1 + static_cast<std::size_t>(decimals);
  const bool up = text[keep] >= '5';
  text.resize(decimals > 0 ? keep : point);
  if (up && increment(text)) text.insert(text.begin(), '1');
  return (x < 0 ? "-" : "") + text;
}

double to_three_digits(double x) {
  if (!(x > 0)) return 0;
  // "d.ddd...e+dd"
  const std::string text = exactly(x, std::chars_format::scientific);
  std::string digits = text.substr(0, 4);
  std::string exponent = text.substr(text.find('e'));
  if (text[4] >= '5' && increment(digits)) digits = "10.0";
  const std::string rounded = digits + exponent;
  double out = 0;
  std::from_chars(rounded.data(), rounded.data() + rounded.size(), out);
  return out;
}

}  // namespace edgewise
