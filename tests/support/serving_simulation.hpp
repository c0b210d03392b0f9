#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <vector>

#include "edgewise/serving.h"

namespace edgewise::test {

/// A server simulated request by request and step by step, first come first served. Deterministic.
struct Simulated {
  double ttft_mean_s, tpot_mean_s;
  double ttft_p50_s, ttft_p95_s, tpot_p50_s, tpot_p95_s, mean_batch;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  /// In (0, 1): splitmix64.
  double uniform() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (static_cast<double>((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
  }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
  /// A whole number from 1, log-normal.
  double length(double mean, double cv2) {
    const double variance = std::log(1 + cv2);
    return std::max(1.0, std::round(mean * std::exp(std::sqrt(variance) * normal() - variance / 2)));
  }

 private:
  std::uint64_t state_;
};

inline double quantile(std::vector<double> x, double share) {
  if (x.empty()) return 0;
  std::sort(x.begin(), x.end());
  return x[static_cast<std::size_t>(std::lround(share * static_cast<double>(x.size() - 1)))];
}

inline Simulated simulate(const Server& s, const Arrivals& a, int requests, std::uint64_t seed = 1) {
  struct Request {
    double arrival, prompt_left, tokens_left, tokens, first = 0;
  };
  Dice random(seed);
  std::deque<Request> waiting;
  std::vector<Request> reading, decoding;
  std::vector<double> ttft, tpot;
  double now = 0, next = random.exponential(1 / a.rate_per_s), steps = 0, sequences = 0;
  const auto slots = static_cast<std::size_t>(s.scheduling == Scheduling::one_at_a_time ? 1 : s.slots());
  const int warm = requests / 10;
  int arrived = 0, finished = 0;
  const auto finish = [&](const Request& r) {
    if (++finished > warm && r.tokens > 1) tpot.push_back((now - r.first) / (r.tokens - 1));
  };
  while (finished < requests) {
    if (waiting.empty() && reading.empty() && decoding.empty()) now = std::max(now, next);
    for (; next <= now; next += random.exponential(1 / a.rate_per_s), ++arrived)
      waiting.push_back(
          {next, random.length(s.prompt_tokens, a.prompt_cv2), 0, random.length(s.answer_tokens, a.generate_cv2)});
    while (!waiting.empty() && reading.size() + decoding.size() < slots) {
      waiting.front().tokens_left = waiting.front().tokens;
      reading.push_back(waiting.front());
      waiting.pop_front();
    }
    double budget = s.prompt_budget, read = 0;
    for (Request& r : reading) {
      const double part = std::min(r.prompt_left, budget);
      r.prompt_left -= part;
      budget -= part;
      read += part;
    }
    const bool alone = read > 0 && s.scheduling == Scheduling::prefill_first;
    const auto n = static_cast<double>(decoding.size());
    now += read > 0 ? s.gap_s(alone ? 0 : n, read / s.prompt_tokens) : s.decode_s(n);
    if (!alone && n > 0) {
      ++steps;
      sequences += n;
      for (Request& r : decoding) --r.tokens_left;
      for (const Request& r : decoding)
        if (r.tokens_left <= 0) finish(r);
      std::erase_if(decoding, [](const Request& r) { return r.tokens_left <= 0; });
    }
    for (Request& r : reading) {
      if (r.prompt_left > 0) continue;
      r.first = now;
      --r.tokens_left;
      if (finished >= warm) ttft.push_back(now - r.arrival);
      if (r.tokens_left <= 0)
        finish(r);
      else
        decoding.push_back(r);
    }
    std::erase_if(reading, [](const Request& r) { return r.prompt_left <= 0; });
  }
  const auto mean = [](const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return x.empty() ? 0 : sum / static_cast<double>(x.size());
  };
  return {mean(ttft),          mean(tpot),           quantile(ttft, 0.5), quantile(ttft, 0.95),
          quantile(tpot, 0.5), quantile(tpot, 0.95), sequences / steps};
}

}  // namespace edgewise::test
