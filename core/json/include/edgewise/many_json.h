#pragma once

#include <string_view>
#include <vector>

#include "edgewise/json_value.h"
#include "edgewise/many.h"

namespace edgewise {

/// Answers many questions. `query` is what they have in common; `asked` is {"rows": 3, "texts": {"quant": ["Q4_0",
/// "Q8_0"]}, "numbers": ["prompt"], "terms": ["decode_tok_s"]}. `values` holds the columns one after the other, texts
/// first, as places in their lists, then numbers; the answer's columns take their place, terms first, then the status.
/// Refused is what is no column and no term, with its path; a row without an answer has a status.
Result<json::Json> estimate_many(const Catalog&, std::string_view query, std::string_view asked,
                                 std::vector<double>& values);

}  // namespace edgewise
