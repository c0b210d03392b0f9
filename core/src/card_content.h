#pragma once

#include <string>
#include <vector>

#include "card_words.h"
#include "edgewise/card.h"

namespace edgewise {

struct CardNumber {
  std::string label, value, range;  ///< no range where none is known
  std::string scope;                ///< of an energy: what it is of, where that is stated; the label says it too
};

/// What a card says of an answer, in words, whatever draws it.
struct CardContent {
  std::string title;  ///< the model on the device
  std::string model, device;
  std::string question;  ///< how it is run, and for how many tokens
  Verdict verdict = Verdict::undecided;
  std::string verdict_words, sentence, sure;
  CardNumber memory, ttft, decode, energy;
  double share = unknown, share_high = unknown;  ///< of the usable memory that is needed
  std::string share_words;                       ///< of what is usable
};

CardContent card_content(const Answer&, Language);
/// All of it that a sentence holds, for who sees no picture.
std::string in_words(const CardContent&, const CardWords&);

}  // namespace edgewise
