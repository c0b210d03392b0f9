#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/number.h"

namespace edgewise {

/// What a power is of, from the inside out: one supply rail of a chip; the chip or package; the board or module; the
/// card; the whole system at the plug, or all that its battery feeds.
enum class Scope : std::uint8_t { rail, soc, module, gpu, wall, unstated };
const char* to_string(Scope);  ///< empty where unstated
/// The scope named so; `unstated` for none.
Scope find_scope(std::string_view);

/// How much more a wider scope draws than a narrower one: outer = (inner + rest_w) / efficiency. Of both the likely
/// value and where 80 % of systems lie.
struct PowerConversion {
  struct Spread {
    double low = unknown, value = unknown, high = unknown;
  };
  Scope inner = Scope::unstated, outer = Scope::unstated;
  Spread rest_w;      ///< the rest of the system: host, board, memory, fans
  Spread efficiency;  ///< of the supply between the two
};

/// A conversion as the line that it is: power of one scope = factor x power of another + offset_w.
struct PowerLine {
  double factor = 1, offset_w = 0;
  double operator()(double w) const { return factor * w + offset_w; }
};
/// The likely conversion, and those at the ends of its spread.
struct PowerScale {
  PowerLine value, low, high;
};

/// From `from` to `to` by one of the conversions, in either direction; the same scope is itself. `rest_w`: the rest of
/// the system where it is known (the idle power of the host that a card is in). None: nobody stated how.
std::optional<PowerScale> power_scale(const std::vector<PowerConversion>&, Scope from, Scope to,
                                      double rest_w = unknown);

}  // namespace edgewise
