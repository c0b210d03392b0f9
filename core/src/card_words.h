#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/card.h"

namespace edgewise {

/// What a card says in one language. {names} are filled in.
struct CardWords {
  const char* tag;  ///< BCP 47
  const char* (*verdict_words)(Verdict);
  const char* on;              ///< {model} on {device}
  const char* needs;           ///< {memory} of {usable}
  const char* needs_up_to;     ///< {memory}, up to {high}, of {usable}
  const char* needs_at_least;  ///< {memory}, at least {low}, of {usable}
  const char* not_made;        ///< nobody makes the model in {quant}
  const char* unfound;         ///< memory or speed cannot be computed
  const char* speed;           ///< {rate}, limited by {bound}
  const char* speed_range;     ///< {rate} ({low} to {high}), limited by {bound}
  const char* reads;           ///< as speed, of the prompt
  const char* reads_range;     ///< as speed_range
  const char* each;            ///< {rate} for each of {n} sequences
  const char* speed_unknown;
  const char* below_reading;
  const char* long_wait;  ///< the first token comes after {time}
  const char* starts;     ///< with {option} of {share} or less
  const char* paging;
  const char* layers;   ///< {n} of {layers} layers are on the host
  const char* experts;  ///< the experts of {n} of {layers} layers are
  const char* parts;    ///< the cache or the output layer is
  const char* out_of_memory;
  const char* bandwidth;  ///< what binds
  const char* compute;
  const char* fixed_cost;
  const char* memory;  ///< the four numbers
  const char* ttft;
  const char* decode;
  const char* energy;
  const char* scopes[5];  ///< what an energy is of, in the order of Scope
  const char* range;      ///< {low} to {high}
  const char* usable;     ///< of {usable} usable
  const char* unknown;
  const char* sure[6];  ///< in the order of Sureness, with the number of configurations as {n}
  const char* fitted_to_one;
  const char* edited;       ///< the device is an edited one
  const char* interval;     ///< what the ranges are
  const char* tokens;       ///< {prompt} tokens in, {generate} out
  const char* depth;        ///< {n} tokens in the cache already
  const char* batch;        ///< {n} sequences at once
  const char* full_clocks;  ///< of a device that has power modes
  const char* model;        ///< heads of a table
  const char* device;
  const char* verdict;
  const char* sureness;
  const char* stop;   ///< between sentences
  const char* comma;  ///< between parts of one
  const char* colon;
  const char* aside;  ///< ({what})
  const char* full_stop;
  const char* minutes;
  const char* hours;
  const char* days;
};

const CardWords& card_words(Language);
/// The text with every {name} replaced by its value.
std::string filled(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values);

}  // namespace edgewise
