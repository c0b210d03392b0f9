#pragma once

#include "fields.h"

namespace edgewise {

/// What an answer of a server says of its own time. Unknown: it does not say.
struct AnswerTimes {
  double prompt = 0, prompt_s = 0;  ///< tokens that were processed, and how long
  double cached = 0;                ///< tokens before them that were in the cache
  double generated = unknown, generated_s = unknown;
  bool drafted = false;  ///< with a draft model: the speed is not the model's own
};

/// The `timings` of llama-server, in milliseconds.
AnswerTimes llama_server_timings(Fields& timings);
/// The counts and durations of Ollama's answers, in nanoseconds.
AnswerTimes ollama_durations(Fields& answer);

}  // namespace edgewise
