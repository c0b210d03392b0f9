#pragma once

#include <filesystem>
#include <functional>

#include "measurement.h"

namespace edgewise {

/// Read rate of the storage behind `folder`: writes a nameless file, drops it from the page cache and reads it back.
void measure_storage(const std::filesystem::path& folder, double budget_s, const std::function<bool()>& interrupted,
                     TestRun&);

}  // namespace edgewise
