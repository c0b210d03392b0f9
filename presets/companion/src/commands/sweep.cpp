#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/levers_json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_sweep(SweepRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  SweepValues values;
  for (const std::string& text : r.values) {
    const auto number = parse_sweep_values("[" + text + "]", "values");
    if (number && number->numbers.size() == 1)
      values.numbers.push_back(number->numbers[0]);
    else
      values.names.push_back(text);
  }
  if (!values.numbers.empty() && !values.names.empty())
    return refuse({Error{"wrong_type", "values", "must be all numbers, or all names"}}, err);
  const auto swept = sweep(*catalog, r.query, r.axis, values);
  if (!swept) return refuse(swept.errors(), err);
  // A value that was typed and has no answer is bad input; of what an axis has by itself the others stand.
  Errors wrong;
  for (std::size_t i = 0; i < swept->points.size() && !r.values.empty(); ++i)
    for (const Error& e : swept->points[i].errors)
      wrong.push_back({e.code, "values[" + std::to_string(i) + "]",
                       (e.path.empty() || e.path.ends_with(r.axis) ? "" : e.path + ": ") + e.message});
  if (!wrong.empty()) return refuse(wrong, err);
  if (r.output == Output::json) {
    out << to_text(to_json(*swept), 2) << "\n";
    return done;
  }
  const auto name = [&](std::size_t i) {
    if (!swept->names.empty()) return swept->names[i].empty() ? std::string("as stated") : swept->names[i];
    const double x = swept->values[i];
    return x == std::floor(x) ? count(x) : exact(x);
  };
  const bool csv = r.output == Output::csv;
  std::vector<std::vector<std::string>> lines;
  static constexpr Term shown[] = {Term::decode_tok_s,       Term::ttft_s,
                                   Term::total_latency_s,    Term::decode_w,
                                   Term::energy_per_token_J, Term::request_energy_J};
  std::vector<std::string> head = {r.axis};
  const auto in_text = [&](Term t) { return std::find(std::begin(shown), std::end(shown), t) != std::end(shown); };
  for (const Sweep::Column& c : swept->columns)
    if (csv || in_text(c.term)) head.emplace_back(csv ? info(c.term).id : info(c.term).label);
  if (csv) head.emplace_back("power_scope");
  head.emplace_back("verdict");
  lines.push_back(std::move(head));
  for (std::size_t i = 0; i < swept->values.size(); ++i) {
    std::vector<std::string> fields = {name(i)};
    for (const Sweep::Column& c : swept->columns)
      if (csv)
        fields.push_back(exact(c.values[i]));
      else if (in_text(c.term))
        fields.push_back(is_known(c.values[i]) || !is_known(c.low[i])
                             ? human(c.values[i], info(c.term).unit)
                             : human(c.low[i], info(c.term).unit) + " to " + human(c.high[i], info(c.term).unit));
    if (csv) fields.emplace_back(to_string(swept->points[i].power_scope));
    const Verdict v = swept->points[i].verdict;
    fields.emplace_back(csv ? to_string(v) : words(v));
    lines.push_back(std::move(fields));
  }
  std::vector<Side> sides(lines[0].size(), Side::right);
  sides.front() = sides.back() = Side::left;
  if (csv)
    for (const auto& line : lines) out << format_csv_row(line);
  else
    out << aligned(lines, sides);
  for (std::size_t i = 0; i < swept->points.size(); ++i)
    for (const Error& e : swept->points[i].errors) say(err, "values[" + std::to_string(i) + "]: " + e.message);
  if (csv) return done;
  if (is_known(swept->last_fit))
    out << "Memory ends between " << count(swept->last_fit) << " and " << count(swept->first_unfit) << ".\n";
  // What is to be minded of some of the answers, once, with where it holds.
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;
  const auto note_at = [&](std::size_t i, const std::string& note) {
    auto at = std::find_if(notes.begin(), notes.end(), [&](const auto& n) { return n.first == note; });
    if (at == notes.end()) at = notes.insert(notes.end(), {note, {}});
    at->second.push_back(name(i));
  };
  for (std::size_t i = 0; i < swept->points.size(); ++i)
    if (const std::string scope = to_string(swept->points[i].power_scope); !scope.empty())
      note_at(i, "power and energy are of the " + scope);
  for (std::size_t i = 0; i < swept->points.size(); ++i)
    for (const Error& w : swept->points[i].warnings) note_at(i, w.message);
  for (const auto& [note, where] : notes)
    out << "Note" << harmless(where.size() < lines.size() - 1 ? " (" + r.axis + " " + listed(where) + ")" : "") << ": "
        << harmless(note) << ".\n";
  return done;
}

}  // namespace edgewise
