#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/estimate.h"
#include "edgewise/presets.h"

namespace edgewise {

/// A question as a person asks it: ids or aliases, empty where the default is wanted.
struct Query {
  std::string model;
  std::string device;
  std::string power_mode;
  std::string runtime;       ///< empty: the best of the device's
  std::string quant;         ///< empty: the runtime's default
  std::string kv_quant;      ///< a format, or "k:FORMAT,v:FORMAT"; empty: the runtime's default
  int flash_attention = -1;  ///< 0, 1, or -1: as the runtime does by default
  Workload workload;
};

/// Reads a query from JSON: {"model": "llama-3.2-1b", "device": "raspberry-pi-5-8gb", "prompt": 512, ...}.
Result<Query> parse_query(std::string_view json_text);
/// Checks counts: whole, finite, in range. Errors carry the field.
Errors check_workload(const Workload&);

/// A value with its 80 % interval; low and high are NaN where no interval is known.
struct Ranged {
  double value = unknown, low = unknown, high = unknown;
};

/// The answer to a query: what it was resolved to, the estimate, and how sure it is.
struct Answer {
  Query query;  ///< with every default filled in
  const Model* model = nullptr;
  Device device;  ///< in its power mode
  const Runtime* runtime = nullptr;
  const Quantization* quantization = nullptr;
  const Calibration* calibration = nullptr;  ///< null: none
  ModelCost cost;
  Rates rates;
  Estimate estimate;
  const std::vector<IntervalRule>* intervals = nullptr;

  Ranged ranged(Term) const;
};

/// Resolves and estimates. Unknown ids are errors that name the nearest ones.
Result<Answer> answer(const Catalog&, const Query&);
/// Parts of `answer`, for callers that ask many questions of one pair: everything but the estimate.
Result<Answer> prepare(const Catalog&, const Query&);

/// Runtimes that can run on `device`, the default first.
std::vector<const Runtime*> runtimes_for(const Catalog&, const Device&);

enum class Verdict { fits, tight, no, undecided };
const char* to_string(Verdict);
Verdict verdict(const Estimate&);
/// One sentence that answers the question.
std::string sentence(const Answer&);
/// What binds a phase: "compute", "bandwidth" or "fixed cost", by the largest share of its time.
const char* bound(const Breakdown&);
const char* bound(const OperatorTime&);
/// Fields that would make an unknown term known.
std::vector<std::string> missing_fields(const Estimate&, Term);

/// What an answer's reader should mind, each with the field it comes from; the answer stands all the same.
Errors warnings(const Answer&);

/// The answer as JSON, the document that the terminal and the page share.
nlohmann::ordered_json to_json(const Answer&);
/// Every term with label, formula, note, inputs, and how much a 10 % change of each input changes it.
nlohmann::ordered_json explain(const Answer&);
/// `values` of one workload axis (prompt, generate, depth, batch, context); columns of the main terms.
Result<nlohmann::ordered_json> sweep(const Catalog&, const Query&, std::string_view axis,
                                     const std::vector<double>& values);

/// Bounds for `explore`; NaN where there is none.
struct Bounds {
  double min_decode_tok_s = unknown, max_ttft_s = unknown, max_memory_gib = unknown, max_power_w = unknown;
  double max_energy_per_token_j = unknown, max_price_usd = unknown, min_parameters_b = unknown;
};
/// Reads bounds from JSON: {"min_decode_tok_s": 10, ...}.
Result<Bounds> parse_bounds(std::string_view json_text);
/// Every combination of models, devices, runtimes and quantizations that the query leaves open and that
/// meets the bounds, fastest first; `pareto` marks those no other beats in speed, size and energy at once.
Result<nlohmann::ordered_json> explore(const Catalog&, const Query&, const Bounds&, std::size_t limit);

nlohmann::ordered_json to_json(const Errors&);
/// What the choosers of a page need of every preset.
nlohmann::ordered_json catalog_json(const Catalog&);

}  // namespace edgewise
