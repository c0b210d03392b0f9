#include "edgewise/serving.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"

namespace edgewise {

namespace {

/// How engines serve by default. llama.cpp's server has 4 slots and lets prompts join a step of at most 2,048 tokens
/// (tools/server/README.md: --parallel, --batch-size); vLLM lets them join up to its budget (V1,
/// vllm/config/scheduler.py); so does TensorRT-LLM (in-flight batching); SGLang reads them in steps of their own
/// (server_args.py: chunked_prefill_size). Sequences and tokens at most are the runtime's where it reserves memory for
/// them. The others answer one request at a time.
struct Serves {
  const char* family;
  Scheduling scheduling;
  double slots, prompt_budget;
};
constexpr Serves engines[] = {{"llama.cpp", Scheduling::mixed, 4, 2048},
                              {"vllm", Scheduling::mixed, 256, 2048},
                              {"tensorrt-llm", Scheduling::mixed, 256, 8192},
                              {"sglang", Scheduling::prefill_first, 256, 8192}};
constexpr Serves one_user = {"", Scheduling::one_at_a_time, 1, 1e9};

const Serves& serves(const Runtime& runtime) {
  const auto of =
      std::find_if(std::begin(engines), std::end(engines), [&](const Serves& e) { return runtime.family == e.family; });
  return of == std::end(engines) ? one_user : *of;
}

/// Whether the runtime takes its memory at start, for so many sequences and tokens at once.
bool reserves(const Answer& a) { return a.estimate[Term::reserve_share] > 0; }

/// Sequences at once, as asked for the engine or as it does by itself.
double usual_slots(const Answer& a) {
  const double parallel = a.query.workload.parallel;
  return parallel >= 1 ? parallel : reserves(a) ? a.estimate[Term::max_sequences] : serves(*a.runtime).slots;
}

Ranged range(double value, double a, double b) { return {value, std::min(a, b), std::max(a, b)}; }

/// A limit or a spread that was given and makes no sense.
void check(Errors& errors, const char* path, double x, double least, double most) {
  if (is_known(x) && !(x >= least && x <= most))
    errors.push_back({"out_of_range", path, "must be a number between " + count(least) + " and " + count(most)});
}

}  // namespace

const char* to_string(Scheduling s) {
  switch (s) {
    case Scheduling::one_at_a_time:
      return "one-at-a-time";
    case Scheduling::mixed:
      return "mixed";
    case Scheduling::prefill_first:
      return "prefill-first";
  }
  return "";
}

Server server_of(const Answer& a, double slots, double slower_decode, double slower_prefill) {
  const Estimate& e = a.estimate;
  const Serves& engine = serves(*a.runtime);
  Server s;
  s.scheduling = slots < 2 ? Scheduling::one_at_a_time : engine.scheduling;
  s.prompt_tokens = e[Term::prompt_tokens];
  s.answer_tokens = e[Term::generated_tokens];
  s.prompt_budget = reserves(a) ? e[Term::batched_tokens] : engine.prompt_budget;
  Answer at = a;
  const auto with_batch = [&](double batch) -> const Estimate& {
    at.query.workload.batch = batch;
    at.compute(Limits::left_out);
    return at.estimate;
  };
  // The steps between are taken from few: they hardly bend.
  double known = 0, last_s = 0;
  for (double n = 1; known < slots; n = std::min(slots, std::max(n + 1, std::floor(n * 1.25)))) {
    const double step_s = with_batch(n)[Term::tpot_mean_s] * slower_decode;
    for (double k = known + 1; k <= n; ++k)
      s.step_s.push_back(known == 0 ? step_s : last_s + (step_s - last_s) * (k - known) / (n - known));
    known = n;
    last_s = step_s;
  }
  const double network = e[Term::network_s];
  const double one = (with_batch(1)[Term::ttft_s] - network) * slower_prefill;
  const double two = (with_batch(2)[Term::ttft_s] - at.estimate[Term::network_s]) * slower_prefill;
  s.prompt_s = std::clamp(two - one, 0.0, one);
  s.prefill_s = one - s.prompt_s;
  return s;
}

Result<Serving> serving(const Catalog& catalog, const ServingQuery& asked) {
  Errors errors;
  check(errors, "rate", asked.arrivals.rate_per_s, 1e-9, 1e9);
  check(errors, "prompt_cv2", asked.arrivals.prompt_cv2, 0, 25);
  check(errors, "generate_cv2", asked.arrivals.generate_cv2, 0, 25);
  check(errors, "slots", asked.slots, 1, 4096);
  check(errors, "ttft_p95", asked.promise.ttft_p95_s, 1e-9, 1e9);
  check(errors, "tpot_p95", asked.promise.tpot_p95_s, 1e-9, 1e9);
  if (is_known(asked.slots) && asked.slots != std::floor(asked.slots))
    errors.push_back({"out_of_range", "slots", "must be a whole number"});
  if (asked.query.workload.batch != 1)
    errors.push_back({"inconsistent", "batch", "follows from the arrivals; slots bounds it"});
  if (!errors.empty()) return errors;
  auto alone = answer(catalog, asked.query);
  if (!alone) return alone.errors();

  Serving out;
  out.asked = asked;
  out.answer = std::move(*alone);
  const Estimate& e = out.answer.estimate;
  const double fit = e[Term::max_batch];
  if (is_known(asked.slots) && asked.slots > fit)
    return Error{"out_of_range", "slots",
                 "is " + count(asked.slots) + ": so many sequences do not fit, the memory holds " + count(fit)};
  if (!is_known(asked.slots)) out.asked.slots = std::max(1.0, std::min(usual_slots(out.answer), fit));
  const double slots = out.asked.slots;

  // All as predicted, and as slow and as fast as the intervals of decoding and prefill allow.
  const Ranged tpot = out.answer.ranged(Term::tpot_mean_s), ttft = out.answer.ranged(Term::ttft_s);
  const auto ratio = [](double of, double value) { return is_known(of) ? of / value : 1.0; };
  const Server fast = server_of(out.answer, slots, ratio(tpot.low, tpot.value), ratio(ttft.low, ttft.value));
  const Server slow = server_of(out.answer, slots, ratio(tpot.high, tpot.value), ratio(ttft.high, ttft.value));
  out.server = server_of(out.answer, slots);
  const bool ranged = is_known(tpot.low) && is_known(ttft.low);
  const auto between = [&](double value, double a, double b) {
    return ranged ? range(value, a, b) : Ranged{value, unknown, unknown};
  };
  // What a queue without end makes of a value is unknown, and its range is open.
  if (is_known(asked.arrivals.rate_per_s)) {
    const Service best = serve(fast, asked.arrivals), worst = serve(slow, asked.arrivals);
    out.service = serve(out.server, asked.arrivals);
    const double network = e[Term::network_s];
    const auto of = [&](double Service::*member, double added = 0) {
      const double value = out.service.*member + added;
      return ranged ? Ranged{value, best.*member + added, worst.*member + added} : Ranged{value, unknown, unknown};
    };
    out.utilisation = of(&Service::utilisation);
    out.mean_batch = of(&Service::mean_batch);
    out.ttft_p50_s = of(&Service::ttft_p50_s, network);
    out.ttft_p95_s = of(&Service::ttft_p95_s, network);
    out.tpot_p50_s = of(&Service::tpot_p50_s);
    out.tpot_p95_s = of(&Service::tpot_p95_s);
    out.throughput_tok_s = between(out.service.throughput_tok_s, best.throughput_tok_s, worst.throughput_tok_s);
  }
  out.capacity_per_s = between(capacity_per_s(out.server), capacity_per_s(slow), capacity_per_s(fast));
  Promise promise = asked.promise;
  if (is_known(promise.ttft_p95_s)) promise.ttft_p95_s -= e[Term::network_s];
  out.largest_rate = between(largest_rate(out.server, asked.arrivals, promise),
                             largest_rate(slow, asked.arrivals, promise), largest_rate(fast, asked.arrivals, promise));
  return out;
}

}  // namespace edgewise
