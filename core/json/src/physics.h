#pragma once

namespace edgewise::json::physics {

// Two numbers of a preset that follow from each other, or of which one bounds the other, may lie this far apart.

/// Data sheets and makers round: 400 GB/s stands for 409.6, DDR4-3200 for 3199.9. Clocks drift less than that.
inline constexpr double slack = 1.03;
/// A peak that nobody knows was taken from a measured rate, and other programs may have run beside that measurement.
inline constexpr double slack_of_assumed = 2;

}  // namespace edgewise::json::physics
