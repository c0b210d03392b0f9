#pragma once

#include <string_view>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// The roofline of the processor that computes (Williams, Waterman, Patterson 2009): arithmetic is no faster than the
/// operations per byte times the bandwidth, nor than what the units do. Operations per second and bytes per second.
struct Roofline {
  struct Roof {
    double peak = unknown;     ///< as the device states
    double reached = unknown;  ///< by this runtime, with the formats of this model; unknown: it does not compute so
  };
  struct Ceiling : Roof {
    std::string_view number;               ///< "fp32", "int8", "fp16", "fp16-matrix", "int8-matrix", "npu"
    bool decode = false, prefill = false;  ///< which phase computes so
    Roof ridge;                            ///< operations per byte where it meets the roof of the bandwidth
  };
  struct Point {
    std::string_view phase;      ///< "decode" or "prefill"
    double intensity = unknown;  ///< operations per byte of memory traffic
    Ranged ops_per_s;            ///< attained: operations over the time of the phase
    std::string_view bound;      ///< what binds: "bandwidth", "compute", "fixed cost", "unknown"
  };
  Processor processor = Processor::cpu;
  Roof bandwidth;
  std::vector<Ceiling> ceilings;
  std::vector<Point> points;
  bool alone = true;  ///< the processor computes all of it: no part is with a host or with other devices
};
Roofline roofline(const Answer&);

}  // namespace edgewise
