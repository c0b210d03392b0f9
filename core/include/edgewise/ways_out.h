#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// A question changed in one respect so that its answer is better, with that answer.
struct WayOut {
  enum class Kind : std::uint8_t {
    quantization,  ///< of fewer bytes
    kv_cache,      ///< in a smaller format
    context,       ///< shorter: what is allocated, or where nothing is stated, what is in it
    batch,         ///< fewer sequences at once
    runtime,       ///< another of the device's
    session,       ///< without a desktop
    gpu_memory,    ///< more lent by the system to a GPU that shares its memory
    power_mode,    ///< a faster one
    option,  ///< one that is stated left to the engine: where layers go, threads, flash attention, micro-batch, ...
    draft,   ///< nobody drafts
    model,   ///< a smaller sibling
    device   ///< the cheapest that runs it well
  } kind;
  Query query;  ///< the whole question; `answer` says of it what stands below
  Verdict verdict;
  double memory_B, usable_B, ttft_s;
  Ranged decode_tok_s;
  std::string label;  ///< what is changed, in a few words
};
const char* to_string(WayOut::Kind);

/// What to change where the verdict is not the first: at most `most_ways_out`, of each kind the best, the better
/// verdicts first; of these what is there before what must be bought, and the faster. None has a worse verdict than the
/// answer; one whose verdict is not `runs_well` is faster than an answer that runs. Asks some hundred questions.
inline constexpr std::size_t most_ways_out = 6;
std::vector<WayOut> ways_out(const Catalog&, const Answer&);

}  // namespace edgewise
