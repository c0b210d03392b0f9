#include "edgewise/measurement_columns.h"

namespace edgewise {

const std::vector<std::string>& measurement_columns() {
  static const std::vector<std::string> columns = {"id",
                                                   "source",
                                                   "url",
                                                   "trust",
                                                   "device",
                                                   "power_mode",
                                                   "runtime",
                                                   "runtime_version",
                                                   "model",
                                                   "quant",
                                                   "kv_quant",
                                                   "batch",
                                                   "threads",
                                                   "prompt",
                                                   "generate",
                                                   "depth",
                                                   "flash_attention",
                                                   "metric",
                                                   "value",
                                                   "unit",
                                                   "model_size_gib",
                                                   "note",
                                                   "placement",
                                                   "host",
                                                   "scope",
                                                   "micro_batch"};
  return columns;
}

}  // namespace edgewise
