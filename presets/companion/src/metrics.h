#pragma once

#include "edgewise/fit.h"
#include "edgewise/query.h"

namespace edgewise {

// What is to be known of a metric, in one place. It belongs into the library.

/// What a metric is of.
enum class Kind { decode, prefill, throughput, memory, power, energy };
Kind kind_of(Metric);
const char* to_string(Kind);
/// The kind whose intervals apply: a throughput has those of decoding.
constexpr Kind interval_kind(Kind k) { return k == Kind::throughput ? Kind::decode : k; }
/// measured / predicted of speeds, powers and sizes, predicted / measured of times: what intervals bound.
double interval_ratio(Metric, double measured, double predicted);
/// The quantity of an estimate that it measures.
Term term_of(Metric);
/// What an answer says of a metric, in the metric's unit, with its interval.
Ranged predicted(const Answer&, Metric);

}  // namespace edgewise
