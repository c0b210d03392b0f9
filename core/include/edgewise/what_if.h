#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// A change of the device, of how it is used or of what runs on it, and what comes of one term of the answer.
struct WhatIf {
  enum class Kind : std::uint8_t {
    bandwidth,     ///< twice the memory's
    compute,       ///< twice the rates of the processor
    memory,        ///< twice as much
    storage,       ///< twice as fast
    host_link,     ///< twice as fast
    host_memory,   ///< twice the bandwidth of the host's
    idle_power,    ///< half
    load_power,    ///< a quarter less
    overhead,      ///< half the fixed times of the runtime: no question has it
    quantization,  ///< of fewer bits
    kv_cache,      ///< in a smaller format
    mtp,           ///< the model's own heads draft
    power_mode,    ///< the best of the others
    runtime,       ///< the best of the others
    prompt,        ///< half
    depth,         ///< half
    batch,         ///< twice as many at once
  } kind;
  std::string label;    ///< what is changed, in a few words
  bool askable = true;  ///< whether a question has it
  Query query;          ///< that question; `answer` says of it what stands below
  Ranged value;         ///< of the term
  double gain = 1;      ///< how many times better
  Verdict verdict;
};
const char* to_string(WhatIf::Kind);

/// What would help a term the most: every change that makes it at least a hundredth better, the best first. Refused is
/// a term of which neither more nor less is better. Asks some thirty questions.
Result<std::vector<WhatIf>> what_if(const Catalog&, const Answer&, std::string_view term);

}  // namespace edgewise
