#pragma once

#include <string>
#include <string_view>

#include "edgewise/answer.h"

namespace edgewise {

/// What a preset says of its making, beside its numbers.
struct PresetStamp {
  std::string id;    ///< of the preset; empty: the device's own
  std::string tool;  ///< program and version
  std::string date;  ///< UTC day
};
/// The preset of the answer's device with what its known numbers have taught as a calibration, measured on the board,
/// in canonical form: `check` accepts it, and it can be published. A calibration of the same runtime and power mode is
/// replaced. `device_preset`: that of the device, as JSON. Nothing is written where no number corrects the answer.
Result<std::string> known_preset(const Answer&, std::string_view device_preset, const PresetStamp&);

}  // namespace edgewise
