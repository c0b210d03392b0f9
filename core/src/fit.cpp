#include "edgewise/fit.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <memory>
#include <optional>

#include "edgewise/statistics.h"

namespace edgewise {

namespace {

/// What the search moves.
using Coordinate = ParameterPlace;
using Coordinates = std::vector<Coordinate>;

/// Those that some group lets move.
Coordinates free_coordinates(const Prior& root, const std::vector<Group>& groups) {
  Coordinates out;
  const auto moves = [&](const Coordinate& c) {
    if (!(c.of(root.center) > 0)) return false;
    if (c.of(root.sd) > 0) return true;
    return std::any_of(groups.begin() + 1, groups.end(), [&](const Group& g) { return c.of(g.sd) > 0; });
  };
  const auto add = [&](Coordinate::Table table, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      if (const Coordinate c{table, i}; moves(c)) out.push_back(c);
  };
  add(Coordinate::Table::value, parameter_count);
  add(Coordinate::Table::decode_cost, max_formats);
  add(Coordinate::Table::prefill_efficiency, max_formats);
  return out;
}

/// A symmetric positive definite matrix of n rows as its Cholesky factor.
class Cholesky {
 public:
  /// False where the matrix is not positive definite.
  bool factor(std::vector<double> a, std::size_t n) {
    n_ = n;
    a_ = std::move(a);
    for (std::size_t j = 0; j < n; ++j) {
      double diagonal = a_[j * n + j];
      for (std::size_t k = 0; k < j; ++k) diagonal -= a_[j * n + k] * a_[j * n + k];
      if (!(diagonal > 0)) return false;
      diagonal = std::sqrt(diagonal);
      a_[j * n + j] = diagonal;
      for (std::size_t i = j + 1; i < n; ++i) {
        double sum = a_[i * n + j];
        for (std::size_t k = 0; k < j; ++k) sum -= a_[i * n + k] * a_[j * n + k];
        a_[i * n + j] = sum / diagonal;
      }
    }
    return true;
  }
  /// Solves a x = b in place.
  void solve(double* b) const {
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t k = 0; k < i; ++k) b[i] -= a_[i * n_ + k] * b[k];
      b[i] /= a_[i * n_ + i];
    }
    for (std::size_t i = n_; i-- > 0;) {
      for (std::size_t k = i + 1; k < n_; ++k) b[i] -= a_[k * n_ + i] * b[k];
      b[i] /= a_[i * n_ + i];
    }
  }
  /// The same for each row of a matrix.
  void solve_rows(std::vector<double>& rows) const {
    for (std::size_t i = 0; i < n_; ++i) solve(&rows[i * n_]);
  }

 private:
  std::size_t n_ = 0;
  std::vector<double> a_;
};

/// A group eliminated into its parent.
struct Elimination {
  std::vector<std::size_t> moved;  ///< the coordinates that samples below it move
  std::vector<double> pull;        ///< gradient of samples and prior, of these
  Cholesky factor;
};

}  // namespace

/// The search over all groups at once.
class GroupsFit::Search {
 public:
  Search(std::vector<Sample> samples, std::vector<std::size_t> of, const Prior& root, std::vector<Group> groups,
         const FormatTable& formats, const FitOptions& options, std::vector<Parameters> start)
      : samples_(std::move(samples)),
        of_(std::move(of)),
        groups_(std::move(groups)),
        formats_(formats),
        options_(options),
        free_(free_coordinates(root, groups_)),
        n_(free_.size()),
        most_(root.most),
        at_(std::move(start)) {
    if (at_.empty()) at_.assign(groups_.size(), root.center);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Parameters& sd = g == 0 ? root.sd : groups_[g].sd;
      const Parameters& center = g == 0 ? root.center : groups_[g].center;
      for (const Coordinate& c : free_) {
        const double width = c.of(sd) > 0 ? c.of(sd) : held;
        precision_.push_back(1 / (width * width));
        center_.push_back(c.of(center) > 0 ? std::log(c.of(center)) : unknown);
      }
    }
    // A format is a coordinate of those samples alone whose models store it.
    for (const Sample& s : samples_) {
      stores_.emplace_back();
      for (const FormatIndex f : formats_of(*s.model)) stores_.back().set(f);
    }
  }

  void run() {
    residuals_.resize(samples_.size());
    for (const double widening : {8.0, 2.5, 1.0}) {
      if (options_.near && widening > 1) continue;
      scale_ = widening * options_.tail * options_.noise;
      double& current = objective_ = objective(at_, residuals_);
      double damping = 1e-3;
      for (int i = 0; i < options_.max_iterations && n_ > 0; ++i) {
        ++iterations_;
        linearize();
        const double before = current;
        for (int attempt = 0; attempt < 8; ++attempt) {
          if (std::vector<Parameters> trial = stepped(normal_, gradient_, damping); !trial.empty()) {
            std::vector<double> residuals(samples_.size());
            const double value = objective(trial, residuals);
            if (value < current) {
              current = value;
              at_ = std::move(trial);
              residuals_ = std::move(residuals);
              damping = std::max(damping / 5, 1e-9);
              break;
            }
          }
          damping = std::min(damping * 10, 1e9);
        }
        if (!(before - current >= options_.tolerance * (1 + before))) break;
      }
    }
    linearize();
  }

  const std::vector<Parameters>& groups() const { return at_; }
  int iterations() const { return iterations_; }
  double objective() const { return objective_; }

  std::vector<Parameters> without(const std::vector<bool>& left_out) const {
    std::vector<double> normal = normal_, gradient = gradient_;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (!left_out[g]) continue;
      std::fill_n(normal.begin() + static_cast<std::ptrdiff_t>(g * n_ * n_), n_ * n_, 0.0);
      std::fill_n(gradient.begin() + static_cast<std::ptrdiff_t>(g * n_), n_, 0.0);
    }
    std::vector<Parameters> out = stepped(normal, gradient, 0);
    return out.empty() ? at_ : out;
  }

 private:
  /// Width of what a group holds at its parent's.
  static constexpr double held = 1e-5;

  double residual(const Sample& s, const Parameters& p) const {
    const double predicted = predict(s, p, formats_);
    return predicted > 0 && s.value > 0 ? std::log(predicted / s.value) : unknown;
  }
  /// Log distance of a group's coordinate to what is believed of it.
  double distance(const std::vector<Parameters>& at, std::size_t g, std::size_t k) const {
    const double own = center_[g * n_ + k];
    return std::log(free_[k].of(at[g])) - (is_known(own) ? own : std::log(free_[k].of(at[groups_[g].parent])));
  }
  double objective(const std::vector<Parameters>& at, std::vector<double>& residuals) const {
    double sum = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      residuals[i] = residual(samples_[i], at[of_[i]]);
      if (!is_known(residuals[i])) continue;
      const double x = residuals[i] / scale_;
      sum += samples_[i].weight * (scale_ * scale_) / (options_.noise * options_.noise) * std::log(1 + x * x);
    }
    for (std::size_t g = 0; g < at.size(); ++g)
      for (std::size_t k = 0; k < n_; ++k) {
        const double x = distance(at, g, k);
        sum += x * x * precision_[g * n_ + k];
      }
    return sum;
  }

  /// Normal equations of the samples of each group, where the search is.
  void linearize() {
    constexpr double step = 1e-4;
    normal_.assign(groups_.size() * n_ * n_, 0.0);
    gradient_.assign(groups_.size() * n_, 0.0);
    std::vector<double> row(n_);
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (!is_known(residuals_[i])) continue;
      const std::size_t g = of_[i];
      Parameters moved = at_[g];
      for (std::size_t k = 0; k < n_; ++k) {
        row[k] = 0;
        if (free_[k].table != Coordinate::Table::value && !stores_[i].test(free_[k].index)) continue;
        double& x = free_[k].in(moved);
        const double before = x;
        x *= 1 + step;
        row[k] = (residual(samples_[i], moved) - residuals_[i]) / std::log(1 + step);
        x = before;
      }
      const double relative = residuals_[i] / scale_;
      const double w = samples_[i].weight / (options_.noise * options_.noise * (1 + relative * relative));
      double *normal = &normal_[g * n_ * n_], *gradient = &gradient_[g * n_];
      for (std::size_t k = 0; k < n_; ++k) {
        if (row[k] == 0) continue;
        gradient[k] += w * row[k] * residuals_[i];
        for (std::size_t l = 0; l < n_; ++l) normal[k * n_ + l] += w * row[k] * row[l];
      }
    }
  }

  /// One step from where the search is; empty where the equations have no solution. With H and g the normal equations
  /// of a group and all below it, P the precisions, e the distances, S what hangs on the parent, the step is
  /// d = (H + P)^-1 (S P d_parent - P e - g), and its parent sees S (H - H (H + P)^-1 H) S and
  /// S (g - H (H + P)^-1 (P e + g)). What no sample below moves follows its parent.
  /// What physics does not allow is held at the most that it does.
  std::vector<Parameters> stepped(const std::vector<double>& normal, const std::vector<double>& gradient,
                                  double damping) const {
    std::vector<bool> at_most(groups_.size() * n_);
    for (int pass = 0; pass < 8; ++pass) {
      const std::vector<double> steps = solved(normal, gradient, damping, at_most);
      if (steps.empty()) return {};
      bool beyond = false;
      std::vector<Parameters> out = at_;
      for (std::size_t g = 0; g < groups_.size(); ++g)
        for (std::size_t k = 0; k < n_; ++k) {
          double& x = free_[k].in(out[g]);
          x *= std::exp(std::clamp(steps[g * n_ + k], -1.0, 1.0));
          const double limit = free_[k].of(most_);
          if (!(x > limit)) continue;
          x = limit;
          if (!at_most[g * n_ + k]) at_most[g * n_ + k] = beyond = true;
        }
      if (!beyond || pass == 7) return out;
    }
    return {};
  }

  /// Steps of all coordinates of all groups. `at_most`: those that go to their limit, whatever the samples say.
  std::vector<double> solved(std::vector<double> normal, std::vector<double> gradient, double damping,
                             const std::vector<bool>& at_most) const {
    constexpr double firmly = 1 / (held * held);
    std::vector<Elimination> eliminated(groups_.size());
    std::vector<double> columns, move;
    const auto follows = [&](std::size_t g, std::size_t k) {
      return g > 0 && !is_known(center_[g * n_ + k]) && !at_most[g * n_ + k];
    };
    const auto precision = [&](std::size_t g, std::size_t k) {
      return at_most[g * n_ + k] ? firmly : precision_[g * n_ + k];
    };
    const auto away = [&](std::size_t g, std::size_t k) {
      return at_most[g * n_ + k] ? std::log(free_[k].of(at_[g]) / free_[k].of(most_)) : distance(at_, g, k);
    };
    for (std::size_t g = groups_.size(); g-- > 0;) {
      double *h = &normal[g * n_ * n_], *b = &gradient[g * n_];
      Elimination& e = eliminated[g];
      for (std::size_t k = 0; k < n_; ++k)
        if (h[k * n_ + k] > 0) e.moved.push_back(k);
      const std::size_t m = e.moved.size();
      std::vector<double> sum(m * m), below(m * m);
      for (std::size_t i = 0; i < m; ++i) {
        const std::size_t k = e.moved[i];
        for (std::size_t j = 0; j < m; ++j) below[i * m + j] = h[k * n_ + e.moved[j]];
        below[i * m + i] *= 1 + damping;
        for (std::size_t j = 0; j < m; ++j) sum[i * m + j] = below[i * m + j];
        sum[i * m + i] += precision(g, k);
        e.pull.push_back(precision(g, k) * away(g, k) + b[k]);
      }
      if (!e.factor.factor(std::move(sum), m)) return {};
      if (g == 0) break;
      columns = below;
      e.factor.solve_rows(columns);
      move = e.pull;
      e.factor.solve(move.data());
      double *up = &normal[groups_[g].parent * n_ * n_], *up_b = &gradient[groups_[g].parent * n_];
      for (std::size_t i = 0; i < m; ++i) {
        const std::size_t k = e.moved[i];
        if (!follows(g, k)) {
          // Held at its limit it still says where its parent is.
          if (at_most[g * n_ + k] && !is_known(center_[g * n_ + k])) {
            up[k * n_ + k] += precision_[g * n_ + k];
            up_b[k] -= precision_[g * n_ + k] * (distance(at_, g, k) - away(g, k));
          }
          continue;
        }
        double seen_b = b[k];
        for (std::size_t l = 0; l < m; ++l) seen_b -= below[i * m + l] * move[l];
        up_b[k] += seen_b;
        for (std::size_t j = 0; j <= i; ++j) {
          const std::size_t other = e.moved[j];
          if (!follows(g, other)) continue;
          double seen = below[i * m + j];
          for (std::size_t l = 0; l < m; ++l) seen -= below[i * m + l] * columns[j * m + l];
          up[k * n_ + other] += seen;
          if (i != j) up[other * n_ + k] += seen;
        }
      }
    }
    std::vector<double> steps(groups_.size() * n_);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Elimination& e = eliminated[g];
      double* d = &steps[g * n_];
      const double* parent = &steps[groups_[g].parent * n_];
      for (std::size_t k = 0; k < n_; ++k) d[k] = (follows(g, k) ? parent[k] : 0) - away(g, k);
      move.clear();
      for (std::size_t i = 0; i < e.moved.size(); ++i) {
        const std::size_t k = e.moved[i];
        move.push_back((follows(g, k) ? precision(g, k) * parent[k] : 0) - e.pull[i]);
      }
      e.factor.solve(move.data());
      for (std::size_t i = 0; i < e.moved.size(); ++i) d[e.moved[i]] = move[i];
    }
    return steps;
  }

  std::vector<Sample> samples_;
  std::vector<std::size_t> of_;
  std::vector<Group> groups_;
  const FormatTable& formats_;
  FitOptions options_;
  Coordinates free_;
  std::size_t n_;
  Parameters most_;
  std::vector<Parameters> at_;
  std::vector<double> precision_, center_;  ///< groups x coordinates
  std::vector<std::bitset<max_formats>> stores_;
  /// Residuals beyond it count less and less. It shrinks in steps: from far away everything looks like an outlier, and
  /// the search would stay where it began.
  double scale_ = 0;
  int iterations_ = 0;
  double objective_ = 0;
  std::vector<double> residuals_, normal_, gradient_;
};

std::vector<FormatIndex> formats_of(const ModelCost& m) {
  std::vector<FormatIndex> out;
  out.reserve(m.load_count + 2);
  for (std::size_t i = 0; i < m.load_count; ++i) out.push_back(m.loads[i].format);
  for (const TowerCost* t : {&m.vision, &m.audio})
    if (t->present) out.push_back(t->format);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::bitset<max_formats> multiplied_formats(const ModelCost& m) {
  std::bitset<max_formats> out;
  for (std::size_t i = 0; i < m.load_count; ++i)
    if (m.loads[i].op != Operator::other) out.set(m.loads[i].format);
  return out;
}

Rates rates_of(const Sample& s, const Parameters& p, const FormatTable& formats) {
  const std::vector<FormatIndex> used = formats_of(*s.model);
  std::optional<Parameters> with_speeds;
  if (s.speeds) with_speeds = p.over(*s.speeds);
  Rates r = resolve(*s.device, *s.runtime, with_speeds ? *with_speeds : p, formats, s.kv_bytes_per_element,
                    s.workload.threads, {}, &used);
  if (s.scope == Scope::unstated || s.scope == Scope::rail) return r;
  constexpr PowerLine nothing{unknown, unknown};
  convert_power(r, s.scope,
                power_scale(s.device->power_conversions, s.device->power_scope, s.scope, s.host_idle_w)
                    .value_or(PowerScale{nothing, nothing, nothing}));
  return r;
}

double predict(const Sample& s, const Parameters& p, const FormatTable& formats) {
  const Rates r = rates_of(s, p, formats);
  const Workload& w = s.workload;
  const double mean_context = w.depth + w.prompt + std::max(0.0, w.generate - 1) / 2;
  switch (s.metric) {
    case Metric::decode_tok_s:
      return w.batch / decode_step_s(*s.model, r, mean_context, w.batch);
    case Metric::tpot_ms:
      return 1e3 * decode_step_s(*s.model, r, mean_context, w.batch);
    case Metric::prefill_tok_s:
      return w.batch * w.prompt / prefill_s(*s.model, r, w.prompt, w.depth, w.batch);
    case Metric::ttft_ms:
      return 1e3 * prefill_s(*s.model, r, w.prompt, w.depth, w.batch);
    default:
      break;
  }
  Estimate e;
  estimate(*s.model, r, w, e, nullptr, Limits::left_out);
  return metric_value(e, s.metric);
}

GroupsFit::GroupsFit(std::vector<Sample> samples, std::vector<std::size_t> of, const Prior& root,
                     std::vector<Group> groups, const FormatTable& formats, const FitOptions& options,
                     std::vector<Parameters> start)
    : search_(std::make_unique<Search>(std::move(samples), std::move(of), root, std::move(groups), formats, options,
                                       std::move(start))) {
  search_->run();
}
GroupsFit::GroupsFit(GroupsFit&&) noexcept = default;
GroupsFit::~GroupsFit() = default;
const std::vector<Parameters>& GroupsFit::groups() const { return search_->groups(); }
int GroupsFit::iterations() const { return search_->iterations(); }
double GroupsFit::objective() const { return search_->objective(); }
std::vector<Parameters> GroupsFit::without(const std::vector<bool>& groups) const { return search_->without(groups); }

FitResult fit(const std::vector<Sample>& samples, const Prior& prior, const FormatTable& formats,
              const FitOptions& options, const Parameters* start) {
  std::vector<Parameters> at;
  if (start) at.push_back(*start);
  const GroupsFit fitted(samples, std::vector<std::size_t>(samples.size(), 0), prior, {Group()}, formats, options,
                         std::move(at));
  FitResult result{fitted.groups()[0], unknown, 0, fitted.iterations()};
  std::vector<double> errors;
  for (const Sample& s : samples)
    if (const double p = predict(s, result.parameters, formats); p > 0 && s.value > 0)
      errors.push_back(std::fabs(p / s.value - 1));
  result.samples = static_cast<double>(errors.size());
  result.median_error = median(std::move(errors));
  return result;
}

}  // namespace edgewise
