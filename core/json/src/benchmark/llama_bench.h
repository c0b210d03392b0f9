#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/result.h"

namespace edgewise {

/// A table of llama-bench that is being read, its rows as records with the names that its JSON has.
/// Text tables are CSV and Markdown (of which only the columns that differ from the defaults are printed), and SQL.
class LlamaBenchTables {
 public:
  struct Record {
    nlohmann::ordered_json fields;
    std::string path;
  };

  /// Whether the line belongs to a table.
  bool line(std::string_view line, std::size_t number);
  /// The records since the last call. CSV comes whole, when it has ended.
  std::vector<Record> take(bool at_end, Errors& errors);

 private:
  bool csv(std::string_view line, std::size_t number);
  bool sql(std::string_view line, std::size_t number);
  bool markdown(std::string_view line, std::size_t number);
  void end_csv();

  std::string csv_;  ///< the lines of a table, others left empty so that they count
  std::size_t csv_line_ = 0, csv_lines_ = 0, csv_commas_ = 0;
  std::vector<std::string> columns_;  ///< of a Markdown table
  std::vector<Record> records_;
  Errors errors_;
};

}  // namespace edgewise
