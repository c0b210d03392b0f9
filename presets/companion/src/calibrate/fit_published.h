#pragma once

#include <string>
#include <vector>

#include "rows.h"

namespace edgewise {

/// A preset of calibrations or intervals.
struct CalibrationFile {
  std::string id, text;
  std::string content;  ///< in words
};

/// Fits class and device parameters to published measurements, and the intervals to what the fit says of rows that it
/// has not seen. One file for each runtime whose processor was measured, and one of the intervals.
std::vector<CalibrationFile> fit_published(const std::vector<Row>&, const Catalog&);

}  // namespace edgewise
