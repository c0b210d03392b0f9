#include <algorithm>
#include <bitset>
#include <cmath>
#include <map>
#include <string_view>

#include "edgewise/known.h"
#include "logarithm.h"

namespace edgewise {

namespace {

/// Scatter of one number about what the parameters can explain, natural log: two models of one study differ by as much.
constexpr double noise = 0.1;
/// Residuals of more than so many noises pull no harder.
constexpr double huber = 2;
constexpr int most_steps = 25;

bool given(Kind kind, const std::vector<Observed>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [&](const Observed& o) {
    const Kind of = interval_kind(info(o.sample.metric).kind);
    return of == kind || (kind == Kind::power && of == Kind::energy);
  });
}

/// What physics allows of this board: a CPU's reference is a measured copy, and its memory's peak bounds that too.
Parameters limits_of(const Sample& s) {
  Parameters most = physical_limits(s.runtime->processor);
  for (const Parameter p : bandwidth_shares) most[p] = most_bandwidth_share(*s.device, s.runtime->processor);
  return most;
}

}  // namespace

void Posterior::Direction::set(double to) {
  x = to;
  factor = exponential(to);
}

Posterior::Posterior(const std::vector<Observed>& numbers, const FormatTable& formats)
    : most_(limits_of(numbers[0].sample)) {
  choose_directions(numbers, formats);
  for (int n = 0; n < most_steps; ++n) {
    const double moved = step(numbers, formats, n == 0);
    hold_at_limits(numbers[0].expected);
    if (moved < 1e-7) break;
  }
}

void Posterior::choose_directions(const std::vector<Observed>& numbers, const FormatTable& formats) {
  using Table = Direction::Table;
  Parameters sd = prior_sd(Level::site), expected = numbers[0].expected;
  const auto add = [&](Kind kind, Table table, std::size_t index) {
    Direction d{{table, index}, 0};
    d.sd = d.in(sd);
    if (given(kind, numbers) && d.sd > 0 && d.in(expected) > 0) directions_.push_back(d);
  };
  for (std::size_t i = 0; i < parameter_count; ++i)
    // How much of the idle power a sensor sees, no reading under load tells.
    if (const auto p = static_cast<Parameter>(i); p != Parameter::idle_share) add(kind_of(p), Table::value, i);
  // Of formats, those that were run. The rate, which all of them share, is less sure and moves more.
  std::bitset<max_formats> used;
  for (const Observed& o : numbers) used |= multiplied_formats(*o.sample.model);
  // Places in the table follow the order in which presets were read; the sums of the search must not.
  std::map<std::string_view, std::size_t> by_name;
  for (std::size_t f = 0; f < formats.size(); ++f)
    if (used[f]) by_name[formats.formats()[f].id] = f;
  for (const auto& [name, f] : by_name) {
    add(Kind::decode, Table::decode_cost, f);
    add(Kind::prefill, Table::prefill_efficiency, f);
  }
}

Parameters Posterior::of(Parameters expected) const {
  const Parameters before = expected;
  for (const Direction& d : directions_) d.in(expected) *= d.factor;
  // No further than physics allows, unless it was beyond that before.
  for (std::size_t i = 0; i < parameter_count; ++i)
    if (expected.value[i] > most_.value[i]) expected.value[i] = std::max(most_.value[i], before.value[i]);
  return expected;
}

double Posterior::residual(const Observed& o, const FormatTable& formats) const {
  const double predicted = predict(o.sample, of(o.expected), formats);
  return predicted > 0 ? logarithm(predicted / o.sample.value) : unknown;
}

/// The maximum a posteriori of the numbers' equations, made straight where the search stands. How far it moves.
double Posterior::step(const std::vector<Observed>& numbers, const FormatTable& formats, bool first) {
  const std::size_t n = directions_.size();
  std::vector<double> covariance(n * n), target(n), row(n), gain(n);
  for (std::size_t k = 0; k < n; ++k) {
    const Direction& d = directions_[k];
    covariance[k * n + k] = d.held ? 0 : d.sd * d.sd;
    target[k] = d.held ? d.x : 0;
  }
  for (const Observed& o : numbers) {
    const double at = residual(o, formats);
    if (!is_known(at)) continue;
    // From afar everything looks like an outlier.
    const double beyond = first ? 1 : std::max(1.0, std::fabs(at) / (huber * noise));
    double here = at, variance = noise * noise * beyond;
    for (std::size_t k = 0; k < n; ++k) {
      // The slope is looked at from below: what stands at its limit can still fall.
      constexpr double by = 1e-4;
      const Direction before = directions_[k];
      directions_[k].set(before.x - by);
      row[k] = (at - residual(o, formats)) / by;
      directions_[k] = before;
      here += row[k] * (target[k] - before.x);
    }
    for (std::size_t k = 0; k < n; ++k) {
      gain[k] = 0;
      for (std::size_t l = 0; l < n; ++l) gain[k] += covariance[k * n + l] * row[l];
      variance += row[k] * gain[k];
    }
    for (std::size_t k = 0; k < n; ++k) {
      target[k] -= gain[k] * here / variance;
      for (std::size_t l = 0; l < n; ++l) covariance[k * n + l] -= gain[k] * gain[l] / variance;
    }
  }
  double moved = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const double by = std::clamp(target[k] - directions_[k].x, -1.0, 1.0);
    moved = std::max(moved, std::fabs(by));
    directions_[k].set(directions_[k].x + by);
  }
  return moved;
}

/// A parameter that has come to its limit stays there, and the others explain the rest.
void Posterior::hold_at_limits(Parameters expected) {
  for (Direction& d : directions_) {
    if (d.table != Direction::Table::value || d.held || !(d.x > 0)) continue;
    const double limit = most_.value[d.index], at = d.in(expected);
    if (!(at * d.factor > limit)) continue;
    d.set(std::max(0.0, logarithm(limit / at)));
    d.held = true;
  }
}

double physical_best(const Sample& s, const Parameters& expected, const FormatTable& formats) {
  const Kind kind = interval_kind(info(s.metric).kind);
  if (kind != Kind::decode && kind != Kind::prefill) return unknown;
  Parameters best = expected;
  if (kind == Kind::prefill) {
    // A share of a rate that nobody states bounds nothing.
    if (s.runtime->processor == Processor::npu && !is_known(s.device->npu_ops)) return unknown;
    // The products of weights at the most that any processor was seen to reach of its stated rate: formats of half the
    // bits at twice that.
    constexpr double most_of_rate = 2;
    for (double& efficiency : best.prefill_efficiency)
      efficiency = std::max(most_of_rate, efficiency * expected[Parameter::prefill_rate_share]);
    for (std::size_t i = 0; i < parameter_count; ++i) {
      const auto p = static_cast<Parameter>(i);
      if (p == Parameter::prefill_rate_share)
        best[p] = 1;
      else if (kind_of(p) == Kind::prefill)
        best[p] = p == Parameter::prefill_half_rows || p == Parameter::prefill_step_s ? 0 : 1e9;
    }
  }
  const Parameters most = limits_of(s);
  for (const Parameter p : bandwidth_shares)
    if (best[p] < most[p]) best[p] = most[p];
  for (std::size_t i = 0; i < parameter_count; ++i) {
    const auto p = static_cast<Parameter>(i);
    if (kind_of(p) != Kind::decode ||
        std::find(std::begin(bandwidth_shares), std::end(bandwidth_shares), p) != std::end(bandwidth_shares))
      continue;
    const bool is_rate =
        p == Parameter::decode_rate_share || p == Parameter::attention_decode_share || p == Parameter::batch_rate_share;
    best[p] = is_rate ? 1e9 : 0;
  }
  return predict(s, best, formats);
}

}  // namespace edgewise
