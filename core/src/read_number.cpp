#include "read_number.h"

#include <algorithm>
#include <cmath>

#include "edgewise/number.h"

namespace edgewise {

namespace {}  // namespace

double read_number(std::string_view text, std::string_view& rest) {
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++i;
  double mantissa = 0, exponent = 0;
  int digits = 0;
  bool any = false, after_point = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !after_point)); ++i) {
    if (text[i] == '.') {
      after_point = true;
      continue;
    }
    any = true;
    if (digits < 15) {
      mantissa = 10 * mantissa + (text[i] - '0');
      digits += mantissa > 0;
      exponent -= after_point;
    } else {
      exponent += !after_point;
    }
  }
  if (any && i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t j = i + 1;
    const bool down = j < text.size() && text[j] == '-';
    if (j < text.size() && (text[j] == '-' || text[j] == '+')) ++j;
    if (j < text.size() && is_digit(text[j])) {
      double power = 0;
      for (; j < text.size() && is_digit(text[j]); ++j) power = std::min(1e4, 10 * power + (text[j] - '0'));
      exponent += down ? -power : power;
      i = j;
    }
  }
  rest = text.substr(i);
  if (!any) return unknown;
  double scale = 1;
  for (double n = std::min(400.0, std::fabs(exponent)); n > 0; --n) scale *= 10;
  const double x = exponent < 0 ? mantissa / scale : mantissa * scale;
  return negative ? -x : x;
}

}  // namespace edgewise
