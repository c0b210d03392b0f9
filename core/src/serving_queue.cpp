#include <algorithm>
#include <cmath>

#include "edgewise/serving.h"

namespace edgewise {

namespace {

constexpr std::size_t most_prompts = 48;  // that wait at the start of a step
constexpr double negligible = 1e-9;       // weights below are left out

/// e^x by its series: only + - x /, so that it has the same bits everywhere.
double exponential(double x) {
  int halvings = 0;
  while (x > 0.25 || x < -0.25) {
    x /= 2;
    ++halvings;
  }
  double term = 1, sum = 1;
  for (int i = 1; i <= 12; ++i) sum += term *= x / i;
  for (; halvings > 0; --halvings) sum *= sum;
  return sum;
}

struct Point {
  double value = 0, weight = 0;
};

double mean_of(const std::vector<Point>& points) {
  double sum = 0;
  for (const Point& p : points) sum += p.value * p.weight;
  return sum;
}

/// Log-normal lengths of mean 1 at those deviates, spread until their squared coefficient of variation is `cv2`: the
/// few points stand for the whole in what depends on mean and variance.
std::vector<Point> spread(std::vector<Point> deviates, double cv2) {
  if (!(cv2 > 0)) return {{1, 1}};
  std::vector<Point> out = deviates;
  double low = 0, high = 8;
  for (int i = 0; i < 40; ++i) {
    const double sigma = (low + high) / 2;
    double second = 0;
    for (std::size_t k = 0; k < out.size(); ++k) out[k].value = exponential(sigma * deviates[k].value);
    const double mean = mean_of(out);
    for (Point& p : out) {
      p.value /= mean;
      second += p.weight * p.value * p.value;
    }
    (second - 1 < cv2 ? low : high) = sigma;
  }
  return out;
}
/// For what is asked by quantiles: the middles of strata, the last ones narrow.
std::vector<Point> lengths(double cv2) {
  constexpr double deviates[] = {-1.95996, -1.43953, -1.15035, -0.93459, -0.75542, -0.59776, -0.45376,
                                 -0.31864, -0.18912, -0.06271, 0.06271,  0.18912,  0.31864,  0.45376,
                                 0.59776,  0.75542,  0.93459,  1.15035,  1.43953};
  std::vector<Point> out;
  for (const double z : deviates) out.push_back({z, 0.05});
  for (const Point& p : {Point{1.75069, 0.02}, {2.05375, 0.02}, {2.57583, 0.01}}) out.push_back(p);
  return spread(out, cv2);
}
/// For sums of several: three points.
std::vector<Point> few_lengths(double cv2) {
  return spread({{-1.73205, 1.0 / 6}, {0, 2.0 / 3}, {1.73205, 1.0 / 6}}, cv2);
}

/// Values with weights, of which quantiles are asked.
class Distribution {
 public:
  void add(double value, double weight) {
    if (weight > negligible) points_.push_back({value, weight});
  }
  double quantile(double share) {
    std::sort(points_.begin(), points_.end(), [](const Point& a, const Point& b) { return a.value < b.value; });
    double all = 0, sum = 0;
    for (const Point& p : points_) all += p.weight;
    // Between two values the distribution is taken to rise evenly.
    double last = points_.empty() ? unknown : points_.front().value;
    for (const Point& p : points_) {
      if (sum + p.weight >= share * all) {
        const double within = p.weight > 0 ? (share * all - sum) / p.weight : 1;
        return last + within * (p.value - last);
      }
      sum += p.weight;
      last = p.value;
    }
    return last;
  }

 private:
  std::vector<Point> points_;
};

/// Probabilities of 0, 1, ... arrivals where `mean` are expected; what is beyond the last is added to it.
std::vector<double> poisson(double mean, std::size_t size) {
  std::vector<double> out(size, 0.0);
  double p = exponential(-mean), left = 1;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    out[i] = p;
    left -= p;
    p *= mean / static_cast<double>(i + 1);
  }
  out.back() = std::max(0.0, left);
  return out;
}

/// Prompts that a step takes at most, and steps that one takes where it is longer than the budget.
struct Chunks {
  std::size_t at_once = 1;
  double passes = 1;
};
Chunks chunks(const Server& s) {
  const double fit = s.prompt_tokens > 0 ? s.prompt_budget / s.prompt_tokens : 1e3;
  return fit >= 1 ? Chunks{static_cast<std::size_t>(std::min(fit, 1e3)), 1} : Chunks{1, 1 / fit};
}

/// What `prompts` in one step take from the decoding of `n` others, s.
double stall_of(const Server& s, double n, double prompts) {
  const double beside = s.gap_s(n, prompts) - prompts * s.prompt_s - s.decode_s(n);
  return prompts * s.prompt_s + chunks(s).passes * beside;
}
/// Steps for which a request has one of `n` slots: those of its answer, and the one that reads its prompt while the
/// others decode.
double own_steps(const Server& s, double n) {
  const double answer = std::max(0.0, s.answer_tokens - 1);
  return s.scheduling == Scheduling::mixed && n > 1 && answer > 0 ? answer + 1 : answer;
}

/// Mean of a Poisson number that is not 0.
double together(double mean) { return mean > 1e-6 ? mean / (1 - exponential(-mean)) : 1; }

/// Of one prompt beside `n` others; those that come while a step runs share the next.
double stall_s(const Server& s, double n, double rate) {
  const double at_once = std::min(static_cast<double>(chunks(s).at_once), n + 1);
  if (at_once < 2) return stall_of(s, n, 1);
  double prompts = 1;
  for (int i = 0; i < 8; ++i) {
    const double gap =
        s.scheduling == Scheduling::mixed ? s.gap_s(n, prompts) : std::max(s.decode_s(n), s.gap_s(0, prompts));
    prompts = std::clamp(together(rate * gap), 1.0, at_once);
  }
  return stall_of(s, n, prompts) / prompts;
}

/// The prompts that wait at the starts of the steps while `n` sequences decode.
class PromptQueue {
 public:
  PromptQueue(const Server& s, double rate, double n, const std::vector<Point>& lengths)
      : server_(s), rate_(rate), n_(n), chunks_(chunks(s)), lengths_(lengths) {
    solve();
  }

  /// Adds what a request that arrives now waits for its first token.
  void add_ttft(Distribution& out, double weight, const std::vector<Point>& own) const {
    double all = 0;
    for (std::size_t q = 0; q <= most_prompts; ++q) all += share_[q] * mean_duration(q);
    for (std::size_t q = 0; q <= most_prompts; ++q)
      for (const Point& length : lengths_of(q)) {
        const double step = duration(q, length.value), in_step = weight * share_[q] * length.weight * step / all;
        if (in_step < negligible) continue;
        constexpr int phases = 5;
        for (int i = 0; i < phases; ++i) add_at(out, in_step / phases, q, step, (i + 0.5) / phases, own);
      }
  }

 private:
  std::size_t taken(std::size_t q) const { return std::min(q, chunks_.at_once); }
  const std::vector<Point>& lengths_of(std::size_t q) const {
    static const std::vector<Point> none = {{1, 1}};
    return q > 0 && chunks_.at_once < 2 ? lengths_ : none;
  }
  /// A step that starts with `q` prompts waiting, where they are `length` times as long as on average.
  double duration(std::size_t q, double length) const {
    const auto prompts = static_cast<double>(taken(q));
    // Prompts in steps of their own do not wait for the others' token.
    const double n = q > 0 && server_.scheduling == Scheduling::prefill_first ? 0 : n_;
    if (q == 0) return server_.decode_s(n);
    return length * prompts * server_.prompt_s +
           (server_.gap_s(n, prompts) - prompts * server_.prompt_s) * std::max(1.0, length * chunks_.passes);
  }
  double mean_duration(std::size_t q) const {
    double sum = 0;
    for (const Point& p : lengths_of(q)) sum += p.weight * duration(q, p.value);
    return sum;
  }

  void add_at(Distribution& out, double weight, std::size_t q, double step, double elapsed,
              const std::vector<Point>& own) const {
    const double left = (1 - elapsed) * step;
    const std::vector<double> before = poisson(rate_ * elapsed * step, most_prompts);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double w = weight * before[i];
      if (w < negligible) continue;
      const std::size_t ahead = q - taken(q) + i, steps = ahead / chunks_.at_once;
      const double until = left + static_cast<double>(steps) * mean_duration(chunks_.at_once);
      const double come = rate_ * (steps > 0 ? mean_duration(chunks_.at_once) : left);
      const auto with = ahead % chunks_.at_once + 1 + static_cast<std::size_t>(std::lround(come));
      const std::size_t prompts = std::min(chunks_.at_once, with);
      const double together = until + duration(prompts, 1);
      for (const Point& p : own)
        out.add(prompts > 1 ? together + (p.value - 1) * server_.prompt_s : until + duration(1, p.value), w * p.weight);
    }
  }

  /// Equilibrium of the chain, by elimination that never subtracts (Grassmann, Taksar, Heyman 1985).
  void solve() {
    constexpr std::size_t size = most_prompts + 1;
    std::vector<std::vector<double>> p(size, std::vector<double>(size, 0.0));
    for (std::size_t q = 0; q < size; ++q) {
      const std::size_t stays = q - taken(q);
      for (const Point& length : lengths_of(q)) {
        const std::vector<double> arrive = poisson(rate_ * duration(q, length.value), size - stays);
        for (std::size_t i = 0; i < arrive.size(); ++i) p[q][stays + i] += length.weight * arrive[i];
      }
    }
    for (std::size_t k = size - 1; k > 0; --k) {
      double sum = 0;
      for (std::size_t j = 0; j < k; ++j) sum += p[k][j];
      for (std::size_t i = 0; i < k; ++i) p[i][k] /= sum;
      for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j) p[i][j] += p[i][k] * p[k][j];
    }
    share_.assign(size, 0.0);
    share_[0] = 1;
    double all = 1;
    for (std::size_t k = 1; k < size; ++k) {
      for (std::size_t i = 0; i < k; ++i) share_[k] += share_[i] * p[i][k];
      all += share_[k];
    }
    for (double& x : share_) x /= all;
  }

  const Server& server_;
  double rate_, n_;
  Chunks chunks_;
  const std::vector<Point>& lengths_;
  std::vector<double> share_;
};

/// Waits of those who find all `slots` taken, which answer requests of `service` and are busy for `load` of their
/// capacity: the first slot to fall free, and residuals of portions that all slots share, as many as a geometric number
/// (Pollaczek and Khinchine; for several slots Nozaki and Ross). On a lattice.
std::vector<Point> waits(const std::vector<Point>& service, double slots, double load) {
  const double mean = mean_of(service), cell = mean / slots / 12;
  // The share of requests under way that last longer than t: of one slot, (1 - F(t)) integrated.
  const auto lasting = [&](double t) {
    double sum = 0;
    for (const Point& p : service) sum += p.weight * std::max(0.0, p.value - t);
    return sum / mean;
  };
  std::vector<double> first, portion;
  const auto add = [](std::vector<double>& to, std::size_t i, double mass) {
    // Half to each end of the cell, so that sums have the right mean.
    to.resize(std::max(to.size(), i + 2), 0.0);
    to[i] += mass / 2;
    to[i + 1] += mass / 2;
  };
  const auto all_lasting = [&](double t) {
    double product = 1;
    const double one = lasting(t);
    for (double i = 0; i < slots; ++i) product *= one;
    return product;
  };
  constexpr double end = 1e-6;
  for (std::size_t i = 0; i < 4096 && all_lasting(static_cast<double>(i) * cell) > end; ++i)
    add(first, i, all_lasting(static_cast<double>(i) * cell) - all_lasting(static_cast<double>(i + 1) * cell));
  for (std::size_t i = 0; i < 4096 && lasting(static_cast<double>(i) * cell * slots) > end; ++i)
    add(portion, i,
        lasting(static_cast<double>(i) * cell * slots) - lasting(static_cast<double>(i + 1) * cell * slots));
  std::vector<double> queue;  // what the others who wait need
  std::vector<Point> out;
  double left = 1;
  for (std::size_t i = 0; i < 8192 && left > 1e-4; ++i) {
    double q = i == 0 ? 1 - load : 0;
    for (std::size_t j = 1; j <= i && j < portion.size(); ++j) q += load * portion[j] * queue[i - j];
    queue.push_back(q / (1 - load * portion[0]));
    double w = 0;
    for (std::size_t j = 0; j <= i && j < first.size(); ++j) w += first[j] * queue[i - j];
    out.push_back({static_cast<double>(i) * cell, w});
    left -= w;
  }
  return out;
}

}  // namespace

double Server::decode_s(double n) const {
  if (n < 1 || step_s.empty()) return 0;
  const double last = slots();
  n = std::min(n, last);
  const auto i = std::min(static_cast<std::size_t>(n), step_s.size() - 1);
  return n >= last ? step_s.back() : step_s[i - 1] + (n - static_cast<double>(i)) * (step_s[i] - step_s[i - 1]);
}

double Server::gap_s(double n, double prompts) const {
  if (!(prompts > 0)) return decode_s(n);
  // Prompts that join a decode step share its pass over the weights.
  if (scheduling == Scheduling::mixed) return std::max(decode_s(n), prefill_s) + prompts * prompt_s;
  return decode_s(n) + prefill_s + prompts * prompt_s;
}

double capacity_per_s(const Server& s) {
  const double steps = std::max(0.0, s.answer_tokens - 1), slots = s.slots();
  if (s.scheduling == Scheduling::one_at_a_time || slots < 2)
    return 1 / (s.prefill_s + s.prompt_s + steps * s.decode_s(1));
  // Where all slots are taken, prompts begin as answers end: so many in a step, if any.
  const double end = slots / std::max(1.0, steps);
  const double prompts = std::clamp(together(end), 1.0, static_cast<double>(chunks(s).at_once));
  return 1 / (own_steps(s, slots) * s.decode_s(slots) / slots + stall_of(s, slots - prompts, prompts) / prompts);
}

namespace {

void serve_one_by_one(const Server& s, const Arrivals& a, Service& out) {
  const double steps = std::max(0.0, s.answer_tokens - 1), read_s = s.prefill_s + s.prompt_s;
  const std::vector<Point> prompts = lengths(a.prompt_cv2), answers = lengths(a.generate_cv2);
  std::vector<Point> service;
  for (const Point& p : prompts)
    for (const Point& g : answers)
      service.push_back({s.prefill_s + p.value * s.prompt_s + g.value * steps * s.decode_s(1), p.weight * g.weight});
  Distribution ttft;
  for (const Point& p : prompts) {
    const double own = s.prefill_s + p.value * s.prompt_s;
    ttft.add(own, p.weight * (1 - out.utilisation));
    for (const Point& w : waits(service, 1, out.utilisation))
      ttft.add(own + w.value, p.weight * out.utilisation * w.weight);
  }
  out.waiting = out.utilisation;
  out.mean_batch = steps > 0 ? 1 : 0;
  out.ttft_p50_s = read_s > 0 ? ttft.quantile(0.5) : 0;
  out.ttft_p95_s = read_s > 0 ? ttft.quantile(0.95) : 0;
  if (steps > 0) out.tpot_p50_s = out.tpot_p95_s = s.decode_s(1);
}

/// Adds the time per token of a request of `tokens` steps that finds `others` decoding.
void add_tpot(Distribution& out, const Server& s, double rate, double weight, double others, const Point& length,
              double tokens) {
  const double x = length.value, steps = std::max(1.0, x * tokens);
  // The share of it that those overlap who are there when it begins, and those who come while it lasts: a rational
  // approximation of (1 - e^-x) / x, and what keeps their number the same on average.
  const double there = 1 / (1 + x / 2 + x * x / 12), coming = (1 - there) / x;
  const auto seconds = [&](double arrivals) {
    const double n = std::min(s.slots(), 1 + there * others + coming * arrivals);
    return steps * s.decode_s(n) + arrivals * stall_s(s, n, rate);
  };
  // Those who come while it lasts lengthen it: the mean, by halving steps towards the fixed point.
  double lasts = seconds(0);
  for (int i = 0; i < 40; ++i) lasts = (lasts + seconds(rate * lasts)) / 2;
  const double mean = rate * lasts;
  const auto size = static_cast<std::size_t>(mean + 6 * std::sqrt(mean) + 8);
  const std::vector<double> arrive = poisson(mean, size);
  for (std::size_t i = 0; i < size; ++i)
    out.add(seconds(static_cast<double>(i)) / steps, weight * length.weight * arrive[i]);
}

}  // namespace

Service serve(const Server& s, const Arrivals& a) {
  Service out;
  const double rate = a.rate_per_s, slots = s.slots(), steps = std::max(0.0, s.answer_tokens - 1);
  out.capacity_per_s = capacity_per_s(s);
  out.utilisation = rate / out.capacity_per_s;
  out.stable = out.utilisation < 1;
  if (!is_known(out.utilisation)) return out;
  out.throughput_tok_s = std::min(rate, out.capacity_per_s) * s.answer_tokens;
  if (!out.stable) return out;
  if (s.scheduling == Scheduling::one_at_a_time || slots < 2) {
    serve_one_by_one(s, a, out);
    return out;
  }

  const std::vector<Point> prompts = lengths(a.prompt_cv2), answers = lengths(a.generate_cv2);
  const std::vector<Point> few = few_lengths(a.prompt_cv2);
  // The number in the server: up by an arrival, down at the pace of a server that always has so many (the aggregation
  // of Chandy, Herzog and Woo 1975).
  const auto seconds_per_request = [&](double n) {
    return stall_s(s, n - 1, rate) + own_steps(s, n) * s.decode_s(n) / n;
  };
  std::vector<double> share = {1};
  double p = 1, all = 1;
  for (double n = 1; n < slots; ++n) {
    const double ratio = rate * seconds_per_request(n);
    p *= ratio;
    share.push_back(p);
    all += p;
    if (p < negligible * all && ratio < 1) break;
  }
  double waiting = 0;
  if (static_cast<double>(share.size()) == slots) waiting = p * out.utilisation / (1 - out.utilisation);
  all += waiting;
  out.waiting = waiting / all;

  Distribution ttft, tpot;
  double step_rate = out.waiting / seconds_per_request(slots) * steps / slots;
  // Neighbouring numbers of sequences are taken together where there are many.
  const std::size_t stride = share.size() / 24 + 1;
  for (std::size_t first = 0; first < share.size(); first = first == 0 ? 1 : first + stride) {
    double weight = 0, sequences = 0;
    for (std::size_t n = first; n < std::min(share.size(), first == 0 ? 1 : first + stride); ++n) {
      const double w = share[n] / all;
      weight += w;
      sequences += w * static_cast<double>(n);
      if (n > 0) step_rate += w / seconds_per_request(static_cast<double>(n)) * steps / static_cast<double>(n);
    }
    if (weight < 1e-6) continue;
    const double n = sequences / weight;
    if (first == 0)
      for (const Point& q : prompts) ttft.add(stall_of(s, 0, 1) + (q.value - 1) * s.prompt_s, weight * q.weight);
    else
      PromptQueue(s, rate, n, few).add_ttft(ttft, weight, prompts);
    if (steps > 0)
      for (const Point& g : answers) add_tpot(tpot, s, rate, weight, n, g, steps);
  }
  if (waiting > 0) {
    std::vector<Point> service;
    service.reserve(answers.size());
    for (const Point& g : answers) service.push_back({g.value * slots / out.capacity_per_s, g.weight});
    for (const Point& w : waits(service, slots, out.utilisation))
      for (const Point& q : prompts)
        ttft.add(w.value + s.gap_s(slots - 1, 1) + (q.value - 1) * s.prompt_s, out.waiting * w.weight * q.weight);
    if (steps > 0)
      for (const Point& g : answers) add_tpot(tpot, s, rate, out.waiting, slots - 1, g, steps);
  }
  out.mean_batch = steps > 0 ? rate * steps / step_rate : 0;
  out.ttft_p50_s = ttft.quantile(0.5);
  out.ttft_p95_s = ttft.quantile(0.95);
  if (steps > 0) {
    out.tpot_p50_s = tpot.quantile(0.5);
    out.tpot_p95_s = tpot.quantile(0.95);
  }
  return out;
}

bool holds(const Service& s, const Promise& p) {
  const auto within = [](double value, double limit) { return !is_known(limit) || !is_known(value) || value <= limit; };
  return s.stable && within(s.ttft_p95_s, p.ttft_p95_s) && within(s.tpot_p95_s, p.tpot_p95_s);
}

double largest_rate(const Server& s, const Arrivals& asked, const Promise& promise) {
  const double capacity = capacity_per_s(s);
  if (!is_known(promise.ttft_p95_s) && !is_known(promise.tpot_p95_s)) return capacity;
  Arrivals a = asked;
  double low = 0, high = capacity;
  for (int i = 0; i < 24; ++i) {
    a.rate_per_s = (low + high) / 2;
    (holds(serve(s, a), promise) ? low : high) = a.rate_per_s;
  }
  // What no rate holds, a rate that is next to nothing does not either.
  return low > capacity * 1e-6 ? low : 0;
}

}  // namespace edgewise
