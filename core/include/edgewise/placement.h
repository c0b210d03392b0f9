#pragma once

#include <string>
#include <string_view>

#include "edgewise/number.h"
#include "edgewise/result.h"

namespace edgewise {

/// Where a run had the model, as engines are told it. Only a run of the device alone says how fast the device is.
struct Placement {
  double gpu_layers = unknown;   ///< of the model, the output layer counted, on the device; unknown: all of them
  bool gpu_layers_auto = false;  ///< the engine chose how many layers the device gets, and does not say it
  double cpu_moe = 0;            ///< layers whose experts stay with the host
  double overrides = 0;          ///< patterns of tensors that were placed elsewhere
  double devices = 1;            ///< that share the model; 0: the host alone
  bool rpc = false;              ///< some of them in another machine
  bool kv_on_host = false;       ///< the cache stays with the host
  bool embeddings = false;       ///< embeddings were computed, no token was chosen

  /// Nothing but the device computed, and it computed tokens.
  bool alone() const;
};

/// As measurement files have it: "gpu_layers=20;kv=host"; empty where the device was alone.
std::string placement_text(const Placement&);
/// The placement that such a text names. Errors name the part of it that is none.
Result<Placement> parse_placement(std::string_view text);

}  // namespace edgewise
