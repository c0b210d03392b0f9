#pragma once

#include <string>

namespace edgewise {

/// The preset of a measured board as it would be without what was measured on it: no calibration of its own, no
/// measured bandwidth and no measured power, so that its class answers. Empty where nothing was measured, or where the
/// rest says too little for an answer.
std::string before_measuring(const std::string& preset);

}  // namespace edgewise
