#pragma once

#include <cstdint>

#include "edgewise/catalog.h"
#include "edgewise/estimate.h"

namespace edgewise {

// What an answer comes to, in one word, and where the words change over. Every place that says whether a model runs
// asks here.

/// From the best to the worst, but for `undecided`, which says nothing.
enum class Verdict : std::uint8_t {
  runs_well,
  runs_slowly,   ///< fits, but writes slower than people read, or lets them wait too long
  likely_fits,   ///< the estimate fits; the range of its memory reaches beyond what is usable
  with_host,     ///< runs with parts of it on the host's memory and processor
  does_not_run,  ///< needs more memory than there is
  undecided      ///< memory or speed is unknown
};
const char* to_string(Verdict);
/// For people: "Runs, slowly".
const char* words(Verdict);

/// Slower is slower than reading. Adults read 238 words of English a minute in silence (mean of 190 studies: Brysbaert
/// 2019, doi:10.1016/j.jml.2019.104047), and tokenizers make 1.3 tokens of a word: 5.2 a second.
inline constexpr double reading_speed_tok_s = 5;
/// Whoever waits longer turns to something else: Nielsen 1993,
/// https://www.nngroup.com/articles/response-times-3-important-limits/.
inline constexpr double longest_wait_s = 10;

/// Of every device that shares the model, bytes.
double usable_of_all_B(const Estimate&);
/// Whether the estimate needs more memory than is usable; false where that is unknown.
bool exceeds_usable(const Estimate&);
/// Whether its context is longer than the positions that the model has, where they are known.
bool is_beyond_context(const ModelCost&, const Estimate&);
/// Whether the host computes a part of the model.
bool on_host(const Estimate&);
/// Whether a sequence is written slower than people read, and whether its first token comes later than they wait; false
/// where that is unknown.
bool slower_than_reading(const Estimate&);
bool longer_than_a_wait(const Estimate&);
/// How slow it is for a person: 1 and below is fast enough; the tokens of one sequence against reading, or the first
/// token against the longest wait, whichever is worse. Unknown where the speed is.
double slowness(const Estimate&);
/// `memory` is the interval of the memory, null where none is known; `on_host`: the host takes what does not fit.
Verdict verdict(const Estimate&, const IntervalRule* memory, bool on_host);

}  // namespace edgewise
