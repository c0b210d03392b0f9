#pragma once

#include "edgewise/answer.h"

namespace edgewise {

/// Puts the engine's options that the workload states (micro-batch, share of the memory, eager mode, ...) into the
/// rates of `runtime` on `device`.
void apply_options(Rates&, const Device&, const Runtime&, const Workload&);
/// Whether the question states it, rather than the default or a launcher.
bool states(const Answer&, double Workload::*);
/// Options that have no effect on this runtime, and what a reserving runtime's reader should mind; each with its field.
Errors option_warnings(const Answer&);
/// A runtime that reserves a share of the memory refuses to start where less is free: the largest share, in hundredths,
/// with which it starts. Unknown where it starts as it is asked, and where none holds the model.
double starting_share(const Answer&);
/// Whether the runtime refuses a cache whose values are of `format`: llama.cpp has no quantized values without fused
/// attention.
bool refuses_values_of(const Runtime&, const Format& format, bool flash_attention);

}  // namespace edgewise
