#include "edgewise/roofline.h"

#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/csv.h"
#include "edgewise/levers_json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// A row of each table: a name, and numbers with their units.
using Line = std::pair<std::string, std::vector<std::pair<double, std::string_view>>>;

std::string words(const Roofline::Ceiling& c) {
  std::string out = "ceiling " + std::string(c.number);
  if (c.decode || c.prefill) out += c.decode && c.prefill ? " (both)" : c.decode ? " (decode)" : " (prefill)";
  return out;
}

}  // namespace

int run_roofline(DeviceRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto a = answer(*catalog, r.query);
  if (!a) return refuse(a.errors(), err);
  const Roofline line = roofline(*a);
  if (r.output == Output::json) {
    out << to_text(to_json(line), 2) << "\n";
    return done;
  }
  std::vector<Line> roofs = {
      {"bandwidth", {{line.bandwidth.peak, "B/s"}, {line.bandwidth.reached, "B/s"}, {unknown, ""}}}};
  for (const Roofline::Ceiling& c : line.ceilings)
    roofs.push_back({words(c), {{c.peak, "FLOP/s"}, {c.reached, "FLOP/s"}, {c.ridge.peak, "FLOP/B"}}});
  std::vector<Line> points;
  for (const Roofline::Point& p : line.points)
    points.push_back({std::string(p.phase) + ", bound by " + std::string(p.bound),
                      {{p.ops_per_s.value, "FLOP/s"}, {p.intensity, "FLOP/B"}}});
  const auto table = [&](const std::vector<std::string>& head, const std::vector<Line>& rows) {
    if (r.output == Output::csv) {
      out << format_csv_row(head);
      for (const auto& [name, numbers] : rows) {
        std::vector<std::string> fields = {name};
        for (const auto& [x, unit] : numbers) fields.push_back(exact(x));
        out << format_csv_row(fields);
      }
      return;
    }
    for (std::size_t i = 0; i < head.size(); ++i)
      out << field(head[i], i == 0 ? 32 : 16, i == 0 ? Side::left : Side::right);
    out << "\n";
    for (const auto& [name, numbers] : rows) {
      out << field(name, 32, Side::left);
      for (const auto& [x, unit] : numbers)
        out << field(unit.empty() ? std::string() : human(x, unit), 16, Side::right);
      out << "\n";
    }
  };
  table({to_string(line.processor), "peak", "reached", "ridge"}, roofs);
  out << "\n";
  table({"phase", "attained", "intensity"}, points);
  if (!line.alone && r.output == Output::text)
    out << "\nNote: a part of the model is elsewhere; what is attained is of all that compute.\n";
  return done;
}

}  // namespace edgewise
