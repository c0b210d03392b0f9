#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/estimate.h"

namespace edgewise {

/// Tokens that a step yields on average when `drafted` ones are verified, each accepted with probability `acceptance`
/// while all before it were: (1 - a^(g + 1)) / (1 - a) (Leviathan et al. 2023, arXiv 2211.17192).
double tokens_per_step(double acceptance, double drafted);
/// The acceptance at which, of `drafted` tokens, the share `accepted` is: engines report this share, and it falls with
/// the number of tokens.
double acceptance_of(double accepted, double drafted);

/// A decode step with speculation.
struct SpeculativeStep {
  double draft_tokens = 0;
  double tokens = 1;   ///< per sequence
  double draft_s = 0;  ///< of one drafted token
  double verify_s = 0;
  double speedup = 1;  ///< over decoding without
};
/// `draft_tokens` unknown: the number, up to that of the model's speculation, that is the fastest. The model alone
/// takes `plain_s` for a step, on the device or split.
SpeculativeStep speculate(const ModelCost&, const Rates&, double context, double batch, double plain_s,
                          double draft_tokens, double acceptance);

/// A public run with speculation: a task, and how many of the drafted tokens were accepted.
struct SpeculativeRun {
  std::string task;
  bool heads = false;  ///< drafted by heads of the model; else by a model of its own
  double draft_tokens = 0;
  double accepted = 0;  ///< share of the drafted tokens
};
/// The acceptance of `runs` that are of `task` (empty: any) and drafted so: the median and the range of eight in ten.
/// Where none is of the task, of all that drafted so; unknown where nobody did.
struct Acceptance {
  double value = unknown, low = unknown, high = unknown;
  double most_tokens = 0;  ///< that any of these drafted
};
Acceptance acceptance(const std::vector<SpeculativeRun>& runs, std::string_view task, bool heads);

/// What the model's own heads are as a model that drafts, stored as the recipe says; none: it has no such heads.
std::optional<ModelCost> multi_token_heads(const Model&, const Quantization&, const FormatTable&);

}  // namespace edgewise
