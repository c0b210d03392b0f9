#include "text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "edgewise/device.h"

namespace edgewise {

namespace {

/// `x` with `decimals` decimals, without the locale.
std::string fixed(double x, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double rounded = std::floor(std::fabs(x) * scale + 0.5);
  const auto whole = static_cast<std::uint64_t>(rounded / scale);
  std::string out = (x < 0 ? "-" : "") + std::to_string(whole);
  if (decimals > 0) {
    const std::string fraction =
        std::to_string(static_cast<std::uint64_t>(rounded - static_cast<double>(whole) * scale));
    out +=
        "." +
        std::string(static_cast<std::size_t>(decimals) - std::min(fraction.size(), static_cast<std::size_t>(decimals)),
                    '0') +
        fraction;
  }
  return out;
}

struct Scale {
  double factor;
  const char* unit;
};

std::string scaled(double x, std::initializer_list<Scale> scales) {
  Scale best = *scales.begin();
  for (const Scale& s : scales)
    if (std::fabs(x) >= s.factor) best = s;
  return significant(x / best.factor) + " " + best.unit;
}

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;  ///< bytes; 0: the text does not begin with UTF-8
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t head = byte(0);
  if (head < 0x80) return {head, 1};
  const std::size_t size = head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : 2;
  if (head < 0xC2 || head > 0xF4 || text.size() < size) return {};
  std::uint32_t code = head & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, size};
}

bool harms(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x61C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::string hexadecimal(std::uint32_t x, int digits) {
  std::string out;
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[(x >> (4 * i)) & 15];
  return out;
}

/// Calls `good(bytes, code)` for each character and `bad(byte)` for each byte that is none.
template <class Good, class Bad>
void each_character(std::string_view text, const Good& good, const Bad& bad) {
  while (!text.empty()) {
    const Character c = first_character(text);
    if (c.size > 0)
      good(text.substr(0, c.size), c.code);
    else
      bad(static_cast<unsigned char>(text[0]));
    text.remove_prefix(std::max<std::size_t>(c.size, 1));
  }
}

}  // namespace

std::string significant(double x) {
  const double m = std::fabs(x);
  return fixed(x, m >= 99.95 || m == 0 ? 0 : m >= 9.995 ? 1 : m >= 0.9995 ? 2 : m >= 0.09995 ? 3 : 4);
}

std::string exact(double value) { return is_known(value) ? nlohmann::json(value).dump() : std::string(); }

std::string percent_to_a_tenth(double share) { return exact(std::round(1000 * share) / 10); }

std::string human(double x, std::string_view unit) {
  if (!is_known(x)) return "unknown";
  if (unit == "B")
    return scaled(x, {{1, "B"}, {1024, "KiB"}, {1048576, "MiB"}, {1073741824.0, "GiB"}, {1099511627776.0, "TiB"}});
  if (unit == "B/s") return scaled(x, {{1, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}, {1e12, "TB/s"}});
  if (unit == "s")
    return x >= 120 ? scaled(x, {{60, "min"}, {3600, "h"}, {86400, "days"}})
                    : scaled(x, {{1e-6, "us"}, {1e-3, "ms"}, {1, "s"}});
  if (unit == "FLOP") return scaled(x, {{1, "FLOP"}, {1e6, "MFLOP"}, {1e9, "GFLOP"}, {1e12, "TFLOP"}});
  if (unit == "J") return scaled(x, {{1e-3, "mJ"}, {1, "J"}, {1e3, "kJ"}, {1e6, "MJ"}});
  if (unit == "tokens" || unit.empty())
    return (x == std::floor(x) && std::fabs(x) < 1e15 ? fixed(x, 0) : significant(x)) + (unit.empty() ? "" : " tokens");
  return significant(x) + " " + std::string(unit);
}

std::string harmless(std::string_view text) {
  std::string out;
  each_character(
      text,
      [&](std::string_view bytes, std::uint32_t code) {
        if (!harms(code))
          out += bytes;
        else if (code < 0x100)
          out += code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\x" + hexadecimal(code, 2);
        else
          out += "\\u" + hexadecimal(code, 4);
      },
      [&](unsigned char byte) { out += "\\x" + hexadecimal(byte, 2); });
  return out;
}

bool is_utf8(std::string_view text) {
  bool good = true;
  each_character(
      text, [](std::string_view, std::uint32_t) {}, [&](unsigned char) { good = false; });
  return good;
}

std::string as_utf8(std::string_view text) {
  std::string out;
  each_character(
      text, [&](std::string_view bytes, std::uint32_t) { out += bytes; },
      [&](unsigned char) { out += "\xEF\xBF\xBD"; });
  return out;
}

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

}  // namespace edgewise
