#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// Some members of a question.
struct QueryPatch {
  std::vector<std::pair<const QueryText*, std::string>> texts;
  std::vector<std::pair<const WorkloadField*, double>> numbers;
  void apply(Query&) const;
  /// Whether the question has all of them.
  bool holds(const Query&) const;
};

/// A published study as questions: tables over grids, with what the study says of some of their rows and in words.
struct Study {
  /// The points of an axis, each a change of the question.
  struct Axis {
    std::string name;
    std::vector<QueryPatch> points;
  };
  struct Table {
    std::string name, note;
    QueryPatch query;  ///< what all rows ask
    std::vector<Axis> axes;
    std::vector<Term> columns;
  };
  /// A value that somebody published, of every row whose question holds `at` in tables that show the term.
  struct Published {
    QueryPatch at;
    Term term = Term::count;
    double value = unknown;  ///< in the term's unit
    std::string label, source;
  };
  struct Finding {
    std::string text, source;
  };
  std::string id, name, source, note;
  std::vector<Table> tables;
  std::vector<Published> published;
  std::vector<Finding> findings;
};

/// Reads a preset of type "study".
Result<Study> parse_study(std::string_view json_text);

/// One point of a table's grid.
struct StudyRow {
  std::vector<const QueryPatch*> points;  ///< one of each axis
  Result<Answer> answer;
  std::vector<const Study::Published*> published;
};
/// Every point of a table, the last axis running fastest.
std::vector<StudyRow> study_rows(const Catalog&, const Study&, const Study::Table&);

}  // namespace edgewise
