#include "edgewise/fit.h"

#include <algorithm>
#include <cmath>

#include "edgewise/statistics.h"

namespace edgewise {

namespace {

/// A parameter as one coordinate of the search: where it lies in Parameters.
struct Coordinate {
  std::size_t index;
  enum class Table : std::uint8_t { value, decode_cost, prefill_efficiency } table;

  double& in(Parameters& p) const {
    switch (table) {
      case Table::value:
        return p.value[index];
      case Table::decode_cost:
        return p.decode_cost[index];
      case Table::prefill_efficiency:
        return p.prefill_efficiency[index];
    }
    return p.value[index];
  }
};

std::vector<Coordinate> free_coordinates(const Prior& prior) {
  std::vector<Coordinate> out;
  Parameters sd = prior.sd, center = prior.center;
  const auto add = [&](Coordinate::Table table, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      const Coordinate c{i, table};
      if (c.in(sd) > 0 && c.in(center) > 0) out.push_back(c);
    }
  };
  add(Coordinate::Table::value, parameter_count);
  add(Coordinate::Table::decode_cost, max_formats);
  add(Coordinate::Table::prefill_efficiency, max_formats);
  return out;
}

/// Solves the symmetric positive definite system a x = b in place by Cholesky; false if it is not one.
bool solve(std::vector<double>& a, std::vector<double>& b, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    double diagonal = a[j * n + j];
    for (std::size_t k = 0; k < j; ++k) diagonal -= a[j * n + k] * a[j * n + k];
    if (!(diagonal > 0)) return false;
    diagonal = std::sqrt(diagonal);
    a[j * n + j] = diagonal;
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = sum / diagonal;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return true;
}

}  // namespace

Rates rates_of(const Sample& s, const Parameters& p, const FormatTable& formats) {
  Rates r = resolve(*s.device, *s.runtime, p, formats, s.kv_bytes_per_element, s.workload.threads);
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
  estimate(*s.model, r, w, e);
  return metric_value(e, s.metric);
}

FitResult fit(const std::vector<Sample>& samples, const Prior& prior, const FormatTable& formats,
              const FitOptions& options) {
  FitResult result;
  result.parameters = options.start ? *options.start : prior.center;
  const std::vector<Coordinate> free = free_coordinates(prior);
  const std::size_t n = free.size();
  Parameters sd = prior.sd, center = prior.center, most = prior.most;

  const auto residual = [&](const Sample& s, const Parameters& p) {
    const double predicted = predict(s, p, formats);
    return predicted > 0 && s.value > 0 ? std::log(predicted / s.value) : unknown;
  };
  // Residuals beyond `scale` count less and less. It shrinks in steps: from far away everything looks like
  // an outlier, and the search would stay where it began.
  double scale = 0;
  const auto objective = [&](Parameters& p, std::vector<double>& residuals) {
    double sum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      residuals[i] = residual(samples[i], p);
      if (!is_known(residuals[i])) continue;
      const double x = residuals[i] / scale;
      sum += samples[i].weight * (scale * scale) / (options.noise * options.noise) * std::log(1 + x * x);
    }
    for (const Coordinate& c : free) {
      const double x = std::log(c.in(p) / c.in(center)) / c.in(sd);
      sum += x * x;
    }
    return sum;
  };

  std::vector<double> residuals(samples.size()), trial_residuals(samples.size());
  constexpr double step = 1e-4;
  std::vector<double> row(n), normal(n * n), gradient(n);
  for (const double widening : {8.0, 2.5, 1.0}) {
    if (options.near && widening > 1) continue;
    scale = widening * options.tail * options.noise;
    double current = objective(result.parameters, residuals);
    double damping = 1e-3;
    for (int iteration = 0; iteration < options.max_iterations && n > 0; ++iteration) {
      ++result.iterations;
      std::fill(normal.begin(), normal.end(), 0.0);
      std::fill(gradient.begin(), gradient.end(), 0.0);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        if (!is_known(residuals[i])) continue;
        Parameters moved = result.parameters;
        for (std::size_t k = 0; k < n; ++k) {
          double& x = free[k].in(moved);
          const double before = x;
          x *= 1 + step;
          row[k] = (residual(samples[i], moved) - residuals[i]) / std::log(1 + step);
          x = before;
        }
        const double relative = residuals[i] / scale;
        const double w = samples[i].weight / (options.noise * options.noise * (1 + relative * relative));
        for (std::size_t k = 0; k < n; ++k) {
          if (row[k] == 0) continue;
          gradient[k] += w * row[k] * residuals[i];
          for (std::size_t l = 0; l <= k; ++l) normal[k * n + l] += w * row[k] * row[l];
        }
      }
      for (std::size_t k = 0; k < n; ++k) {
        const double precision = 1 / (free[k].in(sd)*free[k].in(sd));
        gradient[k] += precision * std::log(free[k].in(result.parameters) / free[k].in(center));
        normal[k * n + k] += precision;
      }
      bool improved = false;
      double gained = 0;
      for (int attempt = 0; attempt < 8 && !improved; ++attempt) {
        std::vector<double> a = normal, b = gradient;
        for (std::size_t k = 0; k < n; ++k) a[k * n + k] *= 1 + damping;
        if (solve(a, b, n)) {
          Parameters trial = result.parameters;
          for (std::size_t k = 0; k < n; ++k) {
            double& x = free[k].in(trial);
            x *= std::exp(std::clamp(-b[k], -1.0, 1.0));
            if (const double limit = free[k].in(most); x > limit) x = limit;
          }
          const double value = objective(trial, trial_residuals);
          if (value < current) {
            gained = current - value;
            current = value;
            result.parameters = trial;
            residuals.swap(trial_residuals);
            damping = std::max(damping / 5, 1e-9);
            improved = true;
            break;
          }
        }
        damping = std::min(damping * 10, 1e9);
      }
      if (!improved || gained < 1e-6 * (1 + current)) break;
    }
  }

  std::vector<double> errors;
  for (const double r : residuals)
    if (is_known(r)) errors.push_back(std::fabs(std::exp(r) - 1));
  result.samples = static_cast<double>(errors.size());
  result.median_error = median(std::move(errors));
  return result;
}

}  // namespace edgewise
