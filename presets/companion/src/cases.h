#pragma once

#include <string>
#include <vector>

#include "csv.h"
#include "edgewise/fit.h"
#include "edgewise/query.h"

namespace edgewise {

/// One row of a cases or measurements file, understood.
struct Case {
  std::size_t row = 0;
  Metric metric = Metric::count;
  Query query;
  double value = unknown;  ///< measured; NaN where the file only asks
  std::string id, source, trust, exclude, runtime_version;
  /// (device, power mode, runtime, model, quantization, KV format, threads, batch): errors are counted per
  /// configuration.
  std::string configuration;
};

/// A row that cannot be understood has its reason instead.
struct CaseRow {
  std::size_t row = 0;
  Case understood;
  std::string reason;  ///< empty: understood
};

/// Reads the canonical columns; others pass through untouched. Errors only where the table itself is wrong.
Result<std::vector<CaseRow>> read_cases(const Csv&, const Catalog&);

}  // namespace edgewise
