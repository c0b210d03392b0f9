#pragma once

#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// Requests that arrive at random (a Poisson process), and how their lengths scatter: squared coefficients of
/// variation, variance over squared mean.
struct Arrivals {
  double rate_per_s = unknown;
  double prompt_cv2 = 0;
  double generate_cv2 = 0;
};

/// How a runtime puts the prompts of new requests between the steps of running ones.
enum class Scheduling : std::uint8_t {
  one_at_a_time,  ///< a request is answered before the next is looked at
  mixed,          ///< prompts join the decode step of the others, up to a budget of tokens (chunked prefill)
  prefill_first   ///< prompts are read in steps of their own, while the others wait
};
const char* to_string(Scheduling);

/// A server that decodes several sequences at once: what its steps take, s. The closed form and its simulation read the
/// same numbers.
struct Server {
  std::vector<double> step_s;  ///< a decode step of 1, 2, ... sequences, up to the slots
  double prefill_s = 0;        ///< a step that reads a prompt of mean length, beside what each prompt adds
  double prompt_s = 0;         ///< what each prompt in a step adds
  double prompt_tokens = 0;    ///< of a mean prompt
  double answer_tokens = 0;    ///< of a mean answer
  double prompt_budget = 0;    ///< tokens of prompts that a step takes at most
  Scheduling scheduling = Scheduling::mixed;

  double slots() const { return static_cast<double>(step_s.size()); }
  /// A step of `n` sequences, in between where n is no whole number.
  double decode_s(double n) const;
  /// A step that decodes `n` sequences and reads `prompts` mean prompts, s.
  double gap_s(double n, double prompts) const;
};

/// What a person is promised: unknown where nothing is.
struct Promise {
  double ttft_p95_s = unknown;
  double tpot_p95_s = unknown;
};

/// How a server fares. Where requests come faster than they can be answered, times are infinite: unknown here.
struct Service {
  bool stable = false;
  double utilisation = unknown;  ///< arrivals over the most that can be answered
  double capacity_per_s = unknown;
  double mean_batch = unknown;  ///< sequences in a decode step
  double waiting = unknown;     ///< share of the requests that find no free slot
  double ttft_p50_s = unknown, ttft_p95_s = unknown;
  double tpot_p50_s = unknown, tpot_p95_s = unknown;
  double throughput_tok_s = unknown;  ///< generated tokens
};

/// Requests per second from which on the queue grows without bound.
double capacity_per_s(const Server&);
/// In equilibrium. Decoding is processor sharing whose speed depends on the number of sequences, for which the number
/// in the server has a product form that knows of the answers' mean length alone (Cohen 1979, "The multiple phase
/// service network with generalized processor sharing"); prompts queue for the steps, a chain embedded at their starts;
/// who finds no free slot waits as in a queue of one server that is as fast as all slots together (Nozaki and Ross
/// 1978).
Service serve(const Server&, const Arrivals&);
bool holds(const Service&, const Promise&);
/// The largest rate that holds the promise, requests per second; 0: none does. Without a promise: the capacity.
double largest_rate(const Server&, const Arrivals&, const Promise&);

/// A question about a server: whatever `query` asks for one user, at a rate.
struct ServingQuery {
  Query query;
  Arrivals arrivals;
  Promise promise;
  double slots = unknown;  ///< sequences at once; unknown: as the runtime does, bounded by the memory
};

/// Its answer. Ranges follow the answer's own: everything as slow, or as fast, as its interval allows.
struct Serving {
  ServingQuery asked;  ///< with every default filled in
  Answer answer;       ///< of one request alone
  Server server;
  Service service;
  Ranged utilisation, mean_batch, ttft_p50_s, ttft_p95_s, tpot_p50_s, tpot_p95_s, throughput_tok_s, capacity_per_s,
      largest_rate;
};
/// The server that an answer describes, with `slots` sequences at once. `slower`: how many times slower than
/// predicted the decode steps and the prefill are.
Server server_of(const Answer&, double slots, double slower_decode = 1, double slower_prefill = 1);
/// Resolves, estimates and serves. Errors carry the field.
Result<Serving> serving(const Catalog&, const ServingQuery&);

}  // namespace edgewise
