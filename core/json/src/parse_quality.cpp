#include <algorithm>
#include <memory>

#include "edgewise/csv.h"
#include "edgewise/presets.h"
#include "edgewise/reader.h"

namespace edgewise {

namespace {

struct ScoreText {
  std::string_view name;
  std::string Score::*member;
  bool required;
};
constexpr ScoreText score_texts[] = {{"model", &Score::model, true},         {"variant", &Score::variant, false},
                                     {"quant", &Score::quant, true},         {"method", &Score::method, false},
                                     {"benchmark", &Score::benchmark, true}, {"metric", &Score::metric, true},
                                     {"shots", &Score::shots, false},        {"harness", &Score::harness, false},
                                     {"source_url", &Score::source, true},   {"note", &Score::note, false}};
struct ScoreNumber {
  std::string_view name;
  double Score::*member;
};
/// The last is of a page that does not hold every model.
constexpr ScoreNumber score_numbers[] = {
    {"value", &Score::value}, {"stderr", &Score::error}, {"parameters", &Score::parameters}};

constexpr std::size_t most_errors = 100;

}  // namespace

bool is_quality_table(std::string_view text) {
  const std::string_view head = text.substr(0, text.find('\n'));
  return head.find("benchmark,") != head.npos && head[0] != '{';
}

Result<std::shared_ptr<const Quality>> parse_quality(std::string_view csv) {
  auto table = parse_csv(csv);
  if (!table) return table.errors();
  Errors errors;
  for (const ScoreText& c : score_texts)
    if (c.required && table->find(c.name) == Csv::npos)
      errors.push_back({"missing", std::string(c.name), "is a column that scores need"});
  if (!errors.empty()) return errors;
  std::vector<Score> scores(table->rows.size());
  for (std::size_t i = 0; i < scores.size() && errors.size() < most_errors; ++i) {
    Score& s = scores[i];
    const auto refuse = [&](std::string_view column, const char* code, std::string message) {
      errors.push_back({code, "row " + std::to_string(i + 1) + "." + std::string(column), std::move(message)});
    };
    for (const ScoreText& c : score_texts) {
      if (const std::size_t at = table->find(c.name); at != Csv::npos) s.*c.member = std::move(table->rows[i][at]);
      if (c.required && (s.*c.member).empty()) refuse(c.name, "missing", "is required");
    }
    for (const ScoreNumber& c : score_numbers) {
      const std::size_t at = table->find(c.name);
      if (at == Csv::npos || table->rows[i][at].empty()) continue;
      const auto value = json::parse_strict(table->rows[i][at]);
      if (value && value->is_number())
        s.*c.member = value->get<double>();
      else
        refuse(c.name, "wrong_type", "must be a number");
    }
    if (!is_known(s.value)) refuse("value", "missing", "is required");
    if (!score_kind(s.metric)) refuse("metric", "unknown_word", "\"" + s.metric + "\" is no metric of a score");
  }
  if (!errors.empty()) return errors;
  return std::make_shared<const Quality>(std::move(scores));
}

}  // namespace edgewise
