#pragma once

#include <string>
#include <vector>

#include "edgewise/answer.h"
#include "edgewise/csv.h"

namespace edgewise {

/// One row of a file of cases or measurements.
struct Row {
  std::size_t number = 0;  ///< in the table
  std::string reason;      ///< why it cannot be understood or says nothing of the device alone; empty: neither
  Metric metric = Metric::count;
  Query query;
  double value = unknown;  ///< measured; NaN where the file only asks
  std::string id, source, url, trust, note, exclude;
  bool host_part = false;     ///< a memory that is of the host beside a device, and of that alone
  std::string host;           ///< the computer that the device is in, a preset's id; empty: not stated
  std::string placement;      ///< where the model was; empty: on the device alone
  std::string batch;          ///< as the file has it
  std::string configuration;  ///< what errors are counted by
};

/// The configuration of a row: device, power mode, runtime, model, quantization, KV format, threads and batch as the
/// file has them.
std::string configuration_of(const Csv&, std::size_t row);

/// Reads the canonical columns; others pass through untouched. Errors only where the table itself is wrong.
Result<std::vector<Row>> read_rows(const Csv&, const Catalog&);

/// A file of rows, read: the table and its rows. Errors name the file.
struct RowFile {
  Csv csv;
  std::vector<Row> rows;
};
Result<RowFile> load_rows(const std::string& path, const Catalog&);

/// The answer to a row's question. A row that says nothing of its placement was measured on the device alone wherever
/// the memory itself holds the model: its owner freed what the system usually keeps, or had it lend more.
Result<Answer> answer_row(const Row&, const Catalog&);

/// What the catalog says of a row, or why it says nothing.
struct Prediction {
  Ranged value;
  std::string status = "ok";
};
Prediction predict_row(const Row&, const Catalog&);

}  // namespace edgewise
