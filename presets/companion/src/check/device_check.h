#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/presets.h"

namespace edgewise {

/// A device preset that is whole, and what an index says of it.
struct CheckedDevice {
  std::string id, name;
  std::vector<std::string> runtimes;  ///< calibrated ones, sorted
  std::string date;                   ///< of the newest calibration; empty: none has one
  std::string origin;                 ///< "measured" or "fitted"; empty: no calibration
};

/// Checks a device preset: that it reads, that it has the schema's shape, and that no number in it is one that physics
/// forbids. `check`, `publish` and `catalog build` all ask here. The catalog knows the device afterwards.
Result<CheckedDevice> check_device(std::string_view json_text, Catalog&);

}  // namespace edgewise
