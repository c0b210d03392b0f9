#pragma once

#include <map>
#include <string>
#include <vector>

#include "hierarchy.h"

namespace edgewise {

/// Power of a processor while a model runs on it, whatever the runtime: processor -> class of device -> site -> power
/// mode. A site is one processor of one board as one kind of sensor sees it: a rail's readings are a site of their own
/// and teach nobody else, all others are converted to what the device's own powers are of.
struct PowerHierarchy {
  std::map<std::string, Parameters> processor, device_class, site, setting;
  std::map<std::string, double> configurations;         ///< behind each class, site and setting
  std::map<std::string, const RowSample*> a_sample_of;  ///< of each class, site and setting
};

/// The names of a sample's nodes.
std::string power_class_of(const RowSample&);
std::string power_site_of(const RowSample&);
std::string power_setting_of(const RowSample&);

/// `speeds`: energy per token says power where the time per token is known, as the hierarchy of speeds has it.
PowerHierarchy fit_power(const Samples&, const Hierarchy& speeds);

/// What the power of a row is where it was not known itself.
struct PowerWithout {
  Parameters unseen;      ///< without its board
  Parameters calibrated;  ///< without its model; unknown where nothing else is known of the setting
  bool class_known = false;
};
std::map<const RowSample*, PowerWithout> cross_validate_power(const Samples&, const Hierarchy& speeds);

/// Only what is of power; and the others of `parameters` with these.
Parameters power_part(const Parameters&);
Parameters with_power(const Parameters& power, const Parameters& parameters);
Parameters without_power(Parameters);

}  // namespace edgewise
