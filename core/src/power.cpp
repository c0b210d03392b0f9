#include "edgewise/power.h"

#include <algorithm>
#include <array>

namespace edgewise {

namespace {

constexpr std::array<const char*, 6> scope_names = {"rail", "soc", "module", "gpu", "wall", ""};

PowerLine outward(double rest_w, double efficiency) { return {1 / efficiency, rest_w / efficiency}; }
PowerLine inward(double rest_w, double efficiency) { return {efficiency, -rest_w}; }

}  // namespace

const char* to_string(Scope s) { return scope_names[static_cast<std::size_t>(s)]; }

Scope find_scope(std::string_view name) {
  const auto at = std::find(scope_names.begin(), scope_names.end(), name);
  return at == scope_names.end() ? Scope::unstated : static_cast<Scope>(at - scope_names.begin());
}

std::optional<PowerScale> power_scale(const std::vector<PowerConversion>& conversions, Scope from, Scope to,
                                      double rest_w) {
  if (from == to) return PowerScale{};
  for (const PowerConversion& c : conversions) {
    PowerConversion::Spread rest = c.rest_w;
    if (is_known(rest_w)) rest = {rest_w, rest_w, rest_w};
    const PowerConversion::Spread& supply = c.efficiency;
    if (c.inner == from && c.outer == to)
      return PowerScale{outward(rest.value, supply.value), outward(rest.low, supply.high),
                        outward(rest.high, supply.low)};
    if (c.outer == from && c.inner == to)
      return PowerScale{inward(rest.value, supply.value), inward(rest.high, supply.low), inward(rest.low, supply.high)};
  }
  return std::nullopt;
}

}  // namespace edgewise
