#include "timings.h"

namespace edgewise {

AnswerTimes llama_server_timings(Fields& f) {
  AnswerTimes t;
  t.prompt = f.whole("prompt_n", 0, 1e9, 0);
  t.prompt_s = f.number("prompt_ms", 0, 1e12, 0) / 1e3;
  t.generated = f.whole("predicted_n", 0, 1e9);
  t.generated_s = f.number("predicted_ms", 0, 1e12) / 1e3;
  t.cached = f.whole("cache_n", 0, 1e9, 0);
  t.drafted = f.whole("draft_n", 0, 1e9, 0) > 0;
  return t;
}

AnswerTimes ollama_durations(Fields& f) {
  AnswerTimes t;
  t.generated = f.whole("eval_count", 0, 1e9);
  t.generated_s = f.number("eval_duration", 0, 1e18) / 1e9;
  // A prompt that was cached is not evaluated again and not counted.
  t.prompt = f.whole("prompt_eval_count", 0, 1e9, 0);
  t.prompt_s = f.number("prompt_eval_duration", 0, 1e18, 0) / 1e9;
  return t;
}

}  // namespace edgewise
