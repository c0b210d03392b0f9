#pragma once

#include <vector>

#include "measurement.h"
#include "sensors.h"

namespace edgewise {

/// Warns of what spoils a measurement and can be known beforehand.
void warn_before(Measurement&, const std::vector<PowerSensor>&);
/// Warns of what the numbers themselves give away.
void warn_after(Measurement&);
/// A measurement that contradicts itself must not become a preset.
Errors nonsense(const Measurement&);

}  // namespace edgewise
