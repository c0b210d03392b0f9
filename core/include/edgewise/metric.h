#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "edgewise/estimate.h"

namespace edgewise {

/// Quantities that people measure; the names are those of the measurement files.
enum class Metric : std::uint8_t {
  prefill_tok_s,
  decode_tok_s,
  ttft_ms,
  tpot_ms,
  total_latency_ms,
  throughput_tok_s,
  model_load_mem_mib,
  peak_mem_mib,
  kv_cache_mib,
  compute_buffer_mib,
  model_buffer_mib,
  power_w,
  energy_j_per_token,
  count
};
inline constexpr std::size_t metric_count = static_cast<std::size_t>(Metric::count);

/// What a metric is of.
enum class Kind : std::uint8_t { decode, prefill, throughput, memory, power, energy, count };
const char* to_string(Kind);

/// All that is to be known of a metric.
struct MetricInfo {
  Metric metric;
  std::string_view id;    ///< in measurement files
  std::string_view unit;  ///< in measurement files
  Kind kind;
  Term term;           ///< the quantity of an estimate that it measures
  double scale;        ///< metric = scale x term
  bool is_time;        ///< long where the rate is low
  bool from_sequence;  ///< rows state prompt, answer and depth; else the allocated context
};
const MetricInfo& info(Metric);
/// The metric named so, or Metric::count.
Metric find_metric(std::string_view);
inline std::string_view to_string(Metric m) { return info(m).id; }

/// Whether what was measured there was measured while paging, or with layers on the host: it exceeds the memory itself,
/// not only what is comfortably usable.
inline bool exceeds_memory(const Estimate& e) { return e[Term::memory_B] > e[Term::devices] * e[Term::capacity_B]; }
/// The estimate's value of a metric, in the metric's unit; NaN where unknown.
double metric_value(const Estimate&, Metric);
/// A column of a summary with one row for each configuration, under the name that EdgeLLM-Systems gives it
/// (github.com/TianyiLan/EdgeLLM-Systems, edge_llm_systems/categories.py; its "mb" are MiB). Its time per token is the
/// mean over the decode steps, its tokens per second the inverse, its peak what the allocator held at most.
struct SummaryColumn {
  std::string_view name;
  Metric metric;
  Metric of = Metric::count;  ///< the value is a share of this one
};
inline constexpr SummaryColumn summary_columns[] = {{"model_load_mem_mb", Metric::model_load_mem_mib},
                                                    {"peak_mem_mb", Metric::peak_mem_mib},
                                                    {"kv_pkv_final_mb", Metric::kv_cache_mib},
                                                    {"kv_payload_ratio", Metric::kv_cache_mib, Metric::peak_mem_mib},
                                                    {"ttft_ms", Metric::ttft_ms},
                                                    {"tpot_ms", Metric::tpot_ms},
                                                    {"total_latency_ms", Metric::total_latency_ms},
                                                    {"tokens_s", Metric::decode_tok_s}};
/// The value of such a column; NaN where unknown.
inline double summary_value(const Estimate& e, const SummaryColumn& column) {
  const double value = metric_value(e, column.metric);
  return column.of == Metric::count ? value : value / metric_value(e, column.of);
}

/// Whether the fit can learn from it (speeds, times, power, energy) or it is exact arithmetic (memory).
inline bool is_fitted(Metric m) { return info(m).kind != Kind::memory; }

/// Which intervals bound a quantity, and whether they bound its inverse: rules are of rates, a time is long where the
/// rate is low.
struct Bounded {
  Kind kind;
  bool inverse = false;
};
/// The kind whose intervals apply: a throughput has those of decoding.
constexpr Kind interval_kind(Kind k) { return k == Kind::throughput ? Kind::decode : k; }
inline Bounded bounded(Metric m) { return {interval_kind(info(m).kind), info(m).is_time}; }
/// Of a term; none where no interval is known for it.
std::optional<Bounded> bounded(Term);

/// What a parameter is of: decoding, prefill or power. A number that is known of a board moves those of its own kind
/// and no others.
Kind kind_of(Parameter);
/// Whether any parameter of a kind is known, its costs of formats included.
bool tells_of(const Parameters&, Kind);
/// measured / predicted of speeds, powers and sizes, predicted / measured of times: what intervals bound.
inline double interval_ratio(Metric m, double measured, double predicted) {
  return bounded(m).inverse ? predicted / measured : measured / predicted;
}

}  // namespace edgewise
