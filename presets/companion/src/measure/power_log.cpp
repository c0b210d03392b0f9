#include "power_log.h"

#include "edgewise/csv.h"
#include "json_text.h"

namespace edgewise {

Result<std::vector<PowerReading>> read_power_log(std::string_view text, const std::vector<PhaseWindow>& windows) {
  const auto csv = parse_csv(text);
  if (!csv) return csv.errors();
  const std::size_t time = csv->find("unix_s"), watts = csv->find("watts");
  if (time == Csv::npos || watts == Csv::npos) return Error{"missing", "header", "needs the columns unix_s and watts"};
  std::vector<PowerReading> out;
  out.reserve(windows.size());
  for (const PhaseWindow& w : windows) out.push_back({w.phase, "outside meter", "wall", {}});
  for (std::size_t i = 0; i < csv->rows.size(); ++i) {
    const double t = parse_number(csv->rows[i][time]), p = parse_number(csv->rows[i][watts]);
    if (!is_known(t) || !(p > 0 && p < 1e5))
      return Error{"wrong_type", "row " + std::to_string(i + 1), "needs two numbers, the power positive"};
    for (std::size_t k = 0; k < windows.size(); ++k)
      // The first half second of a phase still shows the one before.
      if (t >= windows[k].begin_s + 0.5 && t <= windows[k].end_s) out[k].watts.push_back(p);
  }
  for (const PowerReading& p : out)
    if (p.watts.empty())
      return Error{"missing", p.phase, "has no reading: does the meter's clock agree with this machine's?"};
  return out;
}

}  // namespace edgewise
