#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// What a quantization keeps: "99.3 %", "KL 0.031", "PPL x1.01"; "~": of other models.
std::string kept(const Explored::Row& x) {
  if (!is_known(x.retention)) return "unknown";
  return (x.retention_estimated ? "~" : "") + text(x.retention_kind, x.retention);
}

/// "<" where what the quantization loses of it is unknown.
std::string score(const Explored::Row& x) {
  if (!is_known(x.quality.value)) return "unknown";
  const bool at_most = x.quality.basis == QualityScore::Basis::unquantized;
  return (at_most ? "<" : x.quality.basis == QualityScore::Basis::estimated ? "~" : "") + significant(x.quality.value);
}

std::string bound_words(const std::string& bound) {
  return bound == "memory"    ? "the limit of the memory"
         : bound == "context" ? "the limit of the model's positions"
                              : bound;
}

}  // namespace

int run_explore(ExploreRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto found = explore(*catalog, r.query, r.bounds, static_cast<double>(r.limit));
  if (!found) return refuse(found.errors(), err);
  if (r.output == Output::json) {
    out << to_text(to_json(*found), 2) << "\n";
    return done;
  }
  if (r.output == Output::csv) {
    out << format_csv_row(explored_columns());
    for (const Explored::Row& x : found->rows) out << format_csv_row(explored_cells(x));
    if (found->rows.size() < found->count)
      err << "edgewise: " << found->rows.size() << " of " << found->count << " combinations; --limit shows more\n";
    return done;
  }
  std::set<Scope> scopes;
  for (const Explored::Row& x : found->rows)
    if (is_known(x.energy_per_token_J.value)) scopes.insert(x.power_scope);
  // Of one scope the head says it, else each number.
  const auto of = [](Scope s) { return s == Scope::unstated ? "" : std::string(" (") + to_string(s) + ")"; };
  const auto energy = [&](const Explored::Row& x) {
    const bool says = scopes.size() > 1 && is_known(x.energy_per_token_J.value);
    return human(x.energy_per_token_J.value, "J") + (says ? of(x.power_scope) : "");
  };
  std::vector<std::string> heads = {
      "model",  "device",  "runtime", "quant",
      "decode", "TTFT",    "memory",  "J/token" + (scopes.size() == 1 ? of(*scopes.begin()) : ""),
      "keeps",  "verdict", "sure"};
  if (found->scale) heads.insert(heads.begin() + 9, "quality");
  // Of one device it is one.
  const bool priced = r.query.device.empty();
  if (priced) heads.emplace_back("price");
  heads.emplace_back("best");
  std::vector<Side> sides(heads.size(), Side::right);
  std::fill(sides.begin(), sides.begin() + 4, Side::left);
  std::vector<std::vector<std::string>> lines = {heads};
  bool cards = false;
  for (const Explored::Row& x : found->rows) {
    std::vector<std::string> cells = {x.model->id,
                                      x.device->id,
                                      x.runtime->id,
                                      x.quantization->id,
                                      human(x.decode_tok_s.value, "tok/s"),
                                      human(x.ttft_s.value, "s"),
                                      human(x.memory_B.value, "B"),
                                      energy(x),
                                      kept(x),
                                      words(x.verdict),
                                      to_string(x.sure)};
    if (found->scale) cells.insert(cells.begin() + 9, score(x));
    if (priced) cells.push_back(is_known(x.price_usd) ? "$" + count(x.price_usd) : "unknown");
    cards = cards || (priced && x.device->kind == DeviceKind::host_centric);
    cells.emplace_back(x.pareto ? "*" : "");
    lines.push_back(std::move(cells));
  }
  out << aligned(lines, sides) << "\n"
      << found->rows.size() << " of " << found->count << " combinations; * no other is as good in "
      << listed(r.bounds.axes.empty() ? std::vector<std::string>{"speed", "parameters", "memory"} : r.bounds.axes)
      << " and better in one of them";
  if (found->off_axes > 0) out << "; " << found->off_axes << " lack a value of these";
  out << ".\n";
  if (cards) out << "The price of a card is without the computer around it.\n";
  if (found->scale) out << "Quality: " << found->scale->id << ", of " << found->scale->models.size() << " models.\n";
  for (const Explored::Refused& x : found->refused) {
    out << "Without " << bound_words(x.bound) << " " << x.count << " more";
    if (is_known(x.nearest)) out << ", the nearest " << significant(x.nearest);
    if (x.unknown_values > 0) out << " (" << x.unknown_values << " of unknown value";
    if (x.upper_bounds > 0)
      out << ", " << x.upper_bounds
          << " of these at most a score that would do: what the quantization loses is unknown";
    if (x.unknown_values > 0) out << ")";
    out << ".\n";
  }
  return done;
}

}  // namespace edgewise
