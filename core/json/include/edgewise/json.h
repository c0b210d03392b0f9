#pragma once

#include <string>
#include <string_view>

#include "edgewise/explore.h"
#include "edgewise/json_value.h"
#include "edgewise/serving.h"

namespace edgewise {

/// Reads a query: {"model": "llama-3.2-1b", "device": "raspberry-pi-5-8gb", "prompt": 512, ...}. What is left out takes
/// its default; null is refused. Whether the numbers make sense is `check_workload`'s, which every answer asks.
Result<Query> parse_query(std::string_view json_text);
/// The same of one that was parsed.
Result<Query> read_query(const json::Json&);
/// Reads bounds: {"min_decode_tok_s": 10, ...}.
Result<Bounds> parse_bounds(std::string_view json_text);
/// Reads a question about a server: a query, and {"rate": 2, "prompt_cv2": 0, "generate_cv2": 0, "slots": 4,
/// "ttft_p95": 2, "tpot_p95": 0.1} beside it, all optional.
Result<ServingQuery> parse_serving_query(std::string_view query_json, std::string_view load_json);

/// The answer, the document that the terminal and the page share.
json::Json to_json(const Answer&);
json::Json to_json(const Choice&);
json::Json to_json(const std::vector<ExplainedTerm>&, const Answer&);
json::Json to_json(const Explored&);
json::Json to_json(const Retention&);
json::Json to_json(const Scale&);
json::Json to_json(const Serving&);
json::Json to_json(const Errors&);
/// What was found without its rows, which follow in `values` column by column, texts first, then numbers, then flags:
/// of texts the place in their list, of unknown numbers NaN. For thousands of rows, of which text would be long to
/// read.
json::Json to_columns(const Explored&, std::vector<double>& values);
/// The same columns as those of a table, and the cells of a row: machine decimals, empty where a value is unknown.
std::vector<std::string> explored_columns();
std::vector<std::string> explored_cells(const Explored::Row&);

/// What the quantization of an answer keeps (null: unknown), and what its model scores unquantized, one scale for each
/// benchmark.
json::Json quality_json(const Answer&);
/// Published scores of a model, what was measured of its quantizations, and what every recipe keeps of it.
Result<json::Json> quality_json(const Catalog&, const std::string& model);
/// The scales that hold several models, most first.
json::Json scales_json(const Catalog&);

/// The document as text; bytes that are no UTF-8 come out as U+FFFD. `indent` -1: in one line.
std::string to_text(const json::Json&, int indent = -1);
/// The shortest digits that read back as the same number, in no locale; empty where it is unknown.
std::string exact(double);

/// What the choosers of a page need of every preset, and what the workload's numbers may be.
json::Json catalog_json(const Catalog&);

}  // namespace edgewise
