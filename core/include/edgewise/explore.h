#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// How much a tenth more of an input changes a term.
struct Sensitivity {
  std::string_view input;
  double change = 0;  ///< relative
};
struct ExplainedTerm {
  Term term;
  Ranged value;
  std::vector<Term> inputs;
  std::vector<Sensitivity> sensitivity;  ///< largest first
};
/// Every term with what it is made of and what moves it.
std::vector<ExplainedTerm> explain(const Answer&);

/// Bounds for `explore`; NaN where there is none. A bound on something unknown is not met.
struct Bounds {
  double min_decode_tok_s = unknown, max_ttft_s = unknown, max_memory_gib = unknown, max_power_w = unknown;
  double max_energy_per_token_j = unknown, max_price_usd = unknown, min_parameters_b = unknown;
};
struct BoundField {
  const char* name;
  double Bounds::*member;
};
inline constexpr std::array<BoundField, 7> bound_fields = {{
    {"min_decode_tok_s", &Bounds::min_decode_tok_s},
    {"max_ttft_s", &Bounds::max_ttft_s},
    {"max_memory_gib", &Bounds::max_memory_gib},
    {"max_power_w", &Bounds::max_power_w},
    {"max_energy_per_token_j", &Bounds::max_energy_per_token_j},
    {"max_price_usd", &Bounds::max_price_usd},
    {"min_parameters_b", &Bounds::min_parameters_b},
}};

struct Explored {
  struct Row {
    const Model* model;
    const Device* device;
    const Runtime* runtime;
    const Quantization* quantization;
    double decode_tok_s, ttft_s, memory_B, energy_per_token_J, decode_w, price_usd, parameters;
    Situation situation;
    Verdict verdict;
    Scope power_scope;  ///< what the powers are of
    bool pareto;        ///< no other row is at least as good in speed, parameters and memory
    bool corrected;     ///< by numbers that the question knows of its board
  };
  std::size_t count = 0;  ///< of all that meet the bounds
  std::vector<Row> rows;  ///< the fastest `limit` of them, fastest first; unknown speeds last
};
/// Every combination of models, devices and quantizations that the query leaves open, fits in memory and meets the
/// bounds. Where the quantization is open, models that come in formats of their own are searched in these; "default"
/// asks for the one of each pair that `answer` takes without being told. Where devices are open, powers are of the
/// whole system unless another scope is asked: what is of different scopes is never compared. Each row is what `answer`
/// says of it. Points into the catalog.
inline constexpr std::string_view default_quantization = "default";
Result<Explored> explore(const Catalog&, const Query&, const Bounds&, double limit);

}  // namespace edgewise
