#pragma once

#include <cstdint>
#include <string>

#include "edgewise/cost.h"
#include "edgewise/device.h"

namespace edgewise {

/// What a runtime takes its share of when it starts, whatever it is then asked: all that the driver shows; all of that,
/// for weights and cache alone, activations coming on top; or what weights and activations leave.
enum class ShareOf : std::uint8_t { nothing, total, fixed, free };

/// How a runtime reserves memory, as its preset says.
struct ReserveRules {
  ShareOf of = ShareOf::nothing;
  double share = unknown;
  double leaves_B = 0;            ///< no larger a share than leaves so much
  std::string option;             ///< the runtime's own name of the share
  double batched_tokens = 0;      ///< of its profiling run, where nobody asks: most tokens in one pass
  double sequences = 0;           ///< likewise, most sequences at once
  double large_from_B = unknown;  ///< devices that show at least this much have larger defaults
  double large_leaves_B = 0, large_batched_tokens = 0, large_sequences = 0;
  std::string large_except;               ///< in the names of devices that have the others all the same
  double logit_B = 0;                     ///< scratch of the sampler, for each token of the vocabulary and sequence
  double graph_B = 0;                     ///< captured graphs
  double driver_B = 0, driver_share = 0;  ///< what the driver keeps of a card: an amount and a share of its memory
};

/// The same on one device, for one question: only numbers.
struct Reserve {
  ShareOf of = ShareOf::nothing;
  double share = unknown;
  double total_B = unknown;  ///< what the driver shows
  double batched_tokens = 0, sequences = 0;
  double logit_B = 0, graph_B = 0;
};

/// `rules` on `device`, with what the workload asks in the place of the defaults.
Reserve resolve(const ReserveRules& rules, const Device& device, const Workload&);

/// Activations of `tokens` tokens in 16 bits at the widest moment of a layer's feed-forward block, bytes: the residual,
/// its norm, both halves of the gate and their product, the block's output; routed experts write theirs before they are
/// summed.
double layer_activation_B(const ModelCost&, double tokens);

/// Peak of the activations in the profiling run, bytes: the widest moment of a layer's feed-forward block (residual,
/// its norm, both halves of the gate and their product, the block's output) in 16 bits for every batched token, or the
/// sampler over the logits of every sequence, whichever is more. Derived from vLLM's shapes: 2 (3 x intermediate +
/// 3 x hidden) bytes a token; within 6 % of the peaks that it logs (tests/data/vllm-cache.csv).
double profile_activation_B(const ModelCost&, const Reserve&);

/// What the runtime holds once it has started, bytes, with `other_B` of weights, libraries and the like.
double reserved_B(const Reserve&, double other_B, double activation_B);

}  // namespace edgewise
