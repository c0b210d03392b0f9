#include "outliers.h"

#include <cmath>
#include <map>
#include <tuple>

#include "edgewise/metric.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

/// Beyond this factor from what its class reaches a board is seldom different, and its run often: with layers on the
/// host, throttled, another model.
constexpr double far_from_class = 2;

}  // namespace

Errors outliers(const std::string& runtime, const char* expected_of, const std::vector<BoardFit::ExplainedRow>& before,
                const std::vector<BoardFit::ExplainedRow>& after) {
  std::map<Metric, std::pair<double, std::size_t>> furthest;
  const auto moved = [&](std::size_t i) { return std::fabs(std::log(after[i].predicted / before[i].predicted)); };
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!(moved(i) > std::log(far_from_class))) continue;
    auto& [distance, row] = furthest[after[i].metric];
    if (moved(i) > distance) std::tie(distance, row) = std::pair(moved(i), i);
  }
  Errors out;
  for (const auto& [metric, found] : furthest) {
    const std::string unit(info(metric).unit);
    const double distance = found.first;
    const std::size_t i = found.second;
    const auto shown = [&](double x) { return human(x, "") + " " + unit; };
    out.push_back({"outlier", runtime + ", " + after[i].what,
                   "is " + shown(after[i].measured) + "; " + expected_of + " has " + shown(before[i].predicted) +
                       ", and the fit would take the board to " + shown(after[i].predicted) + ", a factor of " +
                       human(std::exp(distance), "")});
  }
  return out;
}

}  // namespace edgewise
