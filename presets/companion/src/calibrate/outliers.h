#pragma once

#include <string>
#include <vector>

#include "board_fit.h"

namespace edgewise {

/// Of the rows of each metric the one that a fit moves furthest, where that is more than twice. `before`, `after`: the
/// same rows as what the fit begins with and what it ends with explain them; `expected_of`: whose the former is, in
/// words.
Errors outliers(const std::string& runtime, const char* expected_of, const std::vector<BoardFit::ExplainedRow>& before,
                const std::vector<BoardFit::ExplainedRow>& after);

}  // namespace edgewise
