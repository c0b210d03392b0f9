#pragma once

#include <string>
#include <vector>

namespace edgewise {

/// The columns of measurement files.
const std::vector<std::string>& measurement_columns();

}  // namespace edgewise
