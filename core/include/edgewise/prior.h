#pragma once

#include <cstdint>

#include "edgewise/device.h"
#include "edgewise/runtime.h"

namespace edgewise {

/// The nodes of the hierarchy, from the top down.
enum class Level : std::uint8_t { processor, runtime, processor_class, site, setting };

/// Widths of the priors, natural log units: how far a child is believed to lie from its parent.
Parameters prior_sd(Level);
/// What is streamed, as shares of the memory's bandwidth.
inline constexpr Parameter bandwidth_shares[] = {Parameter::bandwidth_share, Parameter::kv_bandwidth_share,
                                                 Parameter::state_bandwidth_share};
/// No honest kernel streams faster than its memory. A CPU's reference is a measured copy, which reads alone
/// can exceed; a sensor sees no more than a little above the idle power that another one saw.
Parameters physical_limits(Processor);
/// The most of the bandwidth that rates are shares of (`Device::bandwidth_Bps`) that reading weights can reach: nothing
/// streams faster than the memory's theoretical peak.
double most_bandwidth_share(const Device&, Processor);
}  // namespace edgewise
