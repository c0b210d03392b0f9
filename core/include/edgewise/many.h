#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// What varies among many questions, column by column; each column holds a value for every question.
struct Columns {
  struct Numbers {
    const WorkloadField* field;
    std::vector<double> values;
  };
  struct Texts {
    const QueryText* field;
    std::vector<std::string> words;
    std::vector<std::size_t> places;  ///< of each question, in `words`
  };
  std::size_t rows = 0;
  std::vector<Numbers> numbers;
  std::vector<Texts> texts;
};

/// Terms of many estimates.
struct Many {
  /// Why questions have no answer.
  struct Problem {
    Error error;            ///< that of the first
    std::size_t first = 0;  ///< the first question
    std::size_t rows = 0;   ///< how many have an error of this code at this path
  };
  std::vector<std::vector<double>> columns;  ///< of each term, in its unit; unknown without an answer
  std::vector<std::uint32_t> status;         ///< of each question: 0 answered, else 1 + its place in `problems`
  std::vector<Problem> problems;
};

/// The same numbers as `answer` gives of each question, `base` with the columns' values in place of its own. What
/// questions have in common is looked up once. A question without an answer is told by its status; a status per row
/// and a problem per reason, since a column of thousands is wrong for few reasons.
Many estimate_many(const Catalog&, const Query& base, const Columns&, const std::vector<Term>&);

}  // namespace edgewise
