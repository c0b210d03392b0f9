#include "power_log.h"

#include <algorithm>
#include <ctime>
#include <string>

#include "edgewise/csv.h"
#include "edgewise/json_text.h"

namespace edgewise {

namespace {

/// Power over a stretch of time.
struct LogEntry {
  double begin_s = unknown, end_s = unknown;  ///< Unix time
  double watts = unknown;
};

bool plausible(double watts) { return watts > 0 && watts < 1e5; }

Result<std::vector<LogEntry>> read_csv(std::string_view text) {
  const auto csv = parse_csv(text);
  if (!csv) return csv.errors();
  const std::size_t time = csv->find("unix_s"), watts = csv->find("watts");
  if (time == Csv::npos || watts == Csv::npos)
    return Error{"missing", "header", "needs the columns unix_s and watts, or to be what powermetrics printed"};
  std::vector<LogEntry> out;
  for (std::size_t i = 0; i < csv->rows.size(); ++i) {
    const double t = parse_number(csv->rows[i][time]), p = parse_number(csv->rows[i][watts]);
    if (!is_known(t) || !plausible(p))
      return Error{"wrong_type", "row " + std::to_string(i + 1), "needs two numbers, the power positive"};
    // A meter averages over half a second or so: the first of a phase still shows the one before.
    out.push_back({t - 0.5, t, p});
  }
  return out;
}

/// The time that `format` reads from `text`, as if it were UTC; NaN where it is none.
double utc_s(std::string_view text, const char* format, const char** rest = nullptr) {
  std::tm tm{};
  const std::string copy(text);
  const char* end = ::strptime(copy.c_str(), format, &tm);
  if (!end) return unknown;
  if (rest) *rest = text.data() + (end - copy.c_str());
  return static_cast<double>(::timegm(&tm));
}

/// Minutes and hours of "-0700" in seconds; NaN where it is none.
double zone_s(std::string_view text) {
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return unknown;
  if (text.substr(1, 4).find_first_not_of("0123456789") != std::string_view::npos) return unknown;
  const auto two = [&](std::size_t at) { return 10.0 * (text[at] - '0') + (text[at + 1] - '0'); };
  const double s = 3600 * two(1) + 60 * two(3);
  return text[0] == '-' ? -s : s;
}

/// What `powermetrics` prints of time is whole seconds: the sample ended within the one after it.
LogEntry entry(double end_s, double elapsed_s) { return {end_s - elapsed_s, end_s + 1, unknown}; }

/// "*** Sampled system activity (Fri Sep 11 13:41:46 2026 -0700) (1002.90ms elapsed) ***"
LogEntry sample_header(std::string_view line) {
  const auto begin = line.find('(');
  if (begin == std::string_view::npos) return {};
  const char* rest = nullptr;
  const double local = utc_s(line.substr(begin + 1), "%a %b %d %H:%M:%S %Y", &rest);
  if (!is_known(local)) return {};
  std::string_view after = line.substr(static_cast<std::size_t>(rest - line.data()));
  while (!after.empty() && after.front() == ' ') after.remove_prefix(1);
  const double zone = zone_s(after);
  const auto open = after.find('('), unit = after.find("ms elapsed");
  if (open == std::string_view::npos || unit == std::string_view::npos || unit < open) return {};
  return entry(local - zone, parse_number(after.substr(open + 1, unit - open - 1)) / 1e3);
}

/// "1172 mW" or "7.15W".
double watts_in(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return unknown;
  text.remove_prefix(begin);
  const auto end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos || end == 0) return unknown;
  const double x = parse_number(text.substr(0, end));
  std::string_view unit = text.substr(end);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return unit.substr(0, 2) == "mW" ? x / 1e3 : unit.substr(0, 1) == "W" ? x : unknown;
}

std::vector<LogEntry> read_powermetrics_text(std::string_view text) {
  // Of the whole chip, newest name first; what the CPU alone draws is a rail.
  static constexpr std::string_view whole[] = {
      "Combined Power (CPU + GPU + ANE):", "Package Power:", "Intel energy model derived package power (CPUs+GT+SA):"};
  std::vector<LogEntry> out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find("Sampled system activity") != std::string_view::npos) out.push_back(sample_header(line));
    for (const std::string_view label : whole)
      if (const auto at = line.find(label); at != std::string_view::npos && !out.empty() && !is_known(out.back().watts))
        out.back().watts = watts_in(line.substr(at + label.size()));
  }
  return out;
}

/// The text of the element that follows `<key>NAME</key>`; empty where there is none.
std::string_view plist_value(std::string_view plist, std::string_view name) {
  const std::string key = "<key>" + std::string(name) + "</key>";
  const auto at = plist.find(key);
  if (at == std::string_view::npos) return {};
  const auto begin = plist.find('>', at + key.size());
  const auto end = begin == std::string_view::npos ? begin : plist.find('<', begin);
  return end == std::string_view::npos ? std::string_view() : plist.substr(begin + 1, end - begin - 1);
}

/// One property list after another, with a NUL between them.
std::vector<LogEntry> read_powermetrics_plists(std::string_view text) {
  constexpr std::string_view last = "</plist>";
  std::vector<LogEntry> out;
  for (auto end = text.find(last); end != std::string_view::npos; end = text.find(last)) {
    const std::string_view plist = text.substr(0, end);
    text.remove_prefix(end + last.size());
    const double elapsed_s = parse_number(plist_value(plist, "elapsed_ns")) / 1e9;
    LogEntry e = entry(utc_s(plist_value(plist, "timestamp"), "%Y-%m-%dT%H:%M:%SZ"), elapsed_s);
    e.watts = parse_number(plist_value(plist, "combined_power")) / 1e3;  // mW
    // Before macOS 12: millijoules of the sample.
    if (!is_known(e.watts)) e.watts = parse_number(plist_value(plist, "package_energy")) / 1e3 / elapsed_s;
    if (!is_known(e.watts)) e.watts = parse_number(plist_value(plist, "package_watts"));  // Intel
    out.push_back(e);
  }
  return out;
}

}  // namespace

Result<std::vector<PowerReading>> read_power_log(std::string_view text, const std::vector<PhaseWindow>& windows) {
  const bool plists = text.find("<plist") != std::string_view::npos;
  const bool apple = plists || text.find("Sampled system activity") != std::string_view::npos;
  if (!apple && text.find('\0') != std::string_view::npos) return Error{"syntax", "", "is no text: it holds a NUL"};
  Result<std::vector<LogEntry>> entries = plists  ? read_powermetrics_plists(text)
                                          : apple ? read_powermetrics_text(text)
                                                  : read_csv(text);
  if (!entries) return entries.errors();
  if (apple && std::none_of(entries->begin(), entries->end(), [](const LogEntry& e) { return is_known(e.watts); }))
    return Error{"missing", "powermetrics",
                 "says no combined power: run it with --samplers cpu_power,gpu_power,ane_power, or all"};
  std::vector<PowerReading> out;
  out.reserve(windows.size());
  for (const PhaseWindow& w : windows)
    out.push_back({w.phase, apple ? "powermetrics" : "outside meter", to_string(apple ? Scope::soc : Scope::wall), {}});
  for (const LogEntry& e : *entries)
    for (std::size_t k = 0; k < windows.size(); ++k)
      if (plausible(e.watts) && e.begin_s >= windows[k].begin_s && e.end_s <= windows[k].end_s)
        out[k].watts.push_back(e.watts);
  for (const PowerReading& p : out)
    if (p.watts.empty())
      return Error{"missing", p.phase, "has no reading: does the log's clock agree with this machine's?"};
  return out;
}

}  // namespace edgewise
