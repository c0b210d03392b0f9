#include "commands.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "bundle.h"
#include "cases.h"
#include "edgewise/import.h"
#include "publish/device_check.h"
#include "published.h"
#include "statistics.h"
#include "text.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

bool names_file(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || fs::is_regular_file(text, ignored);
}

Term term_of(Metric m) {
  switch (m) {
    case Metric::prefill_tok_s:
      return Term::prefill_tok_s;
    case Metric::decode_tok_s:
      return Term::decode_tok_s;
    case Metric::ttft_ms:
      return Term::ttft_s;
    case Metric::tpot_ms:
      return Term::tpot_mean_s;
    case Metric::total_latency_ms:
      return Term::total_latency_s;
    case Metric::throughput_tok_s:
      return Term::throughput_tok_s;
    case Metric::power_w:
      return Term::decode_w;
    case Metric::energy_j_per_token:
      return Term::energy_per_token_J;
    default:
      return Term::memory_B;
  }
}

/// A prediction in the metric's own unit with its interval.
Ranged predicted(const Answer& a, Metric metric) {
  Ranged r;
  r.value = metric_value(a.estimate, metric);
  const Ranged term = a.ranged(term_of(metric));
  if (is_known(term.low)) {
    r.low = r.value * term.low / term.value;
    r.high = r.value * term.high / term.value;
  }
  return r;
}

/// Of devices also shape and physics, as they are asked of what is published.
Result<std::string> check_preset(const std::string& text, Catalog& catalog) {
  const Json preset = Json::parse(text, nullptr, false);
  if (!preset.is_object() || !preset.contains("type") || preset["type"] != "device") return catalog.add(text);
  const auto device = check_device(text, catalog);
  if (!device) return device.errors();
  return device->id;
}

struct Tally {
  std::vector<double> errors;
  double inside = 0, with_interval = 0;
};

}  // namespace

Result<Catalog> bundled_catalog() {
  Catalog catalog;
  if (const Errors errors = catalog.add_sequence(bundled_presets()); !errors.empty()) return errors;
  return catalog;
}

Errors in_file(const std::string& file, Errors errors) {
  for (Error& e : errors) e.path = e.path.empty() ? file : file + ": " + e.path;
  return errors;
}

int report(const Errors& errors, std::ostream& err) {
  constexpr std::size_t most = 20;
  for (std::size_t i = 0; i < errors.size() && i < most; ++i)
    err << "edgewise: " << (errors[i].path.empty() ? "" : errors[i].path + ": ") << errors[i].message << "\n";
  if (errors.size() > most) err << "edgewise: and " << errors.size() - most << " more errors\n";
  return bad_input;
}

Result<std::string> read_file(const std::string& path, double limit_B) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Error{"no_file", path, error ? error.message() : "is no file"};
  const double size = static_cast<double>(fs::file_size(path, error));
  if (error) return Error{"unreadable", path, error.message()};
  if (size > limit_B) return Error{"too_large", path, "is larger than " + human(limit_B, "B")};
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in || in.gcount() != static_cast<std::streamsize>(bytes.size()))
    return Error{"unreadable", path, "cannot be read"};
  return bytes;
}

Errors write_file(const std::string& path, std::string_view content) {
  std::error_code ignored;
  // A device or a pipe must not be replaced by a file.
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored))
    return {{"unwritable", path, "is no regular file"}};
  const std::string part = path + ".part" + std::to_string(::getpid());
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.flush();
    if (!out) {
      std::remove(part.c_str());
      return {{"unwritable", path, "cannot be written"}};
    }
  }
  std::error_code error;
  fs::rename(part, path, error);
  if (!error) return {};
  std::remove(part.c_str());
  return {{"unwritable", path, error.message()}};
}

Result<Catalog> load_catalog(Query& q) {
  auto catalog = bundled_catalog();
  if (!catalog) return catalog;
  if (names_file(q.device)) {
    auto text = read_file(q.device, 4.0 * 1048576);
    if (!text) return text.errors();
    auto id = catalog->add(*text);
    if (!id) return in_file(q.device, id.errors());
    q.device = *id;
  }
  if (names_file(q.model)) {
    const bool gguf = fs::path(q.model).extension() == ".gguf";
    Result<std::string> bytes = std::string();
    if (gguf) {
      // Only the header is read, however large the file.
      std::ifstream in(q.model, std::ios::binary);
      std::string head(64u << 20, '\0');
      in.read(head.data(), static_cast<std::streamsize>(head.size()));
      head.resize(static_cast<std::size_t>(in.gcount()));
      if (head.empty()) return Error{"unreadable", q.model, "cannot be read"};
      bytes = std::move(head);
    } else {
      bytes = read_file(q.model, 16.0 * 1048576);
    }
    if (!bytes) return bytes.errors();
    auto id = import_model(*bytes, fs::path(q.model).stem().string(), *catalog);
    if (!id) return in_file(q.model, id.errors());
    q.model = *id;
  }
  return catalog;
}

int run_estimate(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto a = answer(*catalog, r.query);
  if (!a) return report(a.errors(), err);
  switch (r.output) {
    case Output::text:
      out << render_text(*a);
      break;
    case Output::json:
      out << to_json(*a).dump(2) << "\n";
      break;
    case Output::csv:
      out << render_csv(*a);
      break;
  }
  return done;
}

Result<CaseFile> load_cases(const std::string& path, const Catalog& catalog) {
  const auto text = read_file(path);
  if (!text) return text.errors();
  auto csv = parse_csv(*text);
  if (!csv) return in_file(path, csv.errors());
  auto rows = read_cases(*csv, catalog);
  if (!rows) return in_file(path, rows.errors());
  return CaseFile{std::move(*csv), std::move(*rows)};
}

int run_predict(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto cases = load_cases(r.files[0], *catalog);
  if (!cases) return report(cases.errors(), err);

  std::vector<std::string> header = cases->csv.columns;
  for (const char* name : {"predicted", "predicted_p10", "predicted_p90", "status"}) header.emplace_back(name);
  out << format_csv_row(header);
  for (const CaseRow& row : cases->rows) {
    std::string status = row.reason;
    Ranged value;
    if (status.empty()) {
      const auto a = answer(*catalog, row.understood.query);
      if (!a) {
        status = a.errors()[0].path + ": " + a.errors()[0].message;
      } else {
        value = predicted(*a, row.understood.metric);
        if (!is_known(value.value)) {
          status = "unknown";
          for (const std::string& field : missing_fields(a->estimate, term_of(row.understood.metric)))
            status += (status == "unknown" ? ": needs " : ", ") + field;
        } else {
          status = "ok";
        }
      }
    }
    std::vector<std::string> fields = cases->csv.rows[row.row];
    for (const double x : {value.value, value.low, value.high}) fields.push_back(exact(x));
    fields.push_back(status);
    out << format_csv_row(fields);
  }
  return done;
}

int run_validate(Request& r, std::ostream& out, std::ostream& err) {
  if (r.cross) return run_cross_validate(r, out, err);
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto cases = load_cases(r.files[0], *catalog);
  if (!cases) return report(cases.errors(), err);
  if (cases->csv.find("value") == Csv::npos)
    return report({{"missing", r.files[0] + ": value", "is a required column"}}, err);

  // Errors per configuration: the median over its rows.
  struct Group {
    std::vector<double> errors;
    double inside = 0, with_interval = 0;
  };
  std::map<std::pair<std::string, std::string>, std::map<std::string, Group>> groups;
  double rows = 0, excluded = 0, refused = 0;
  for (const CaseRow& row : cases->rows) {
    const Case& c = row.understood;
    if (!is_known(c.value)) continue;
    rows += 1;
    if (!c.exclude.empty()) {
      excluded += 1;
      continue;
    }
    const auto a = row.reason.empty() ? answer(*catalog, c.query) : Result<Answer>(Error{"case", "", row.reason});
    const Ranged p = a ? predicted(*a, c.metric) : Ranged{};
    if (!is_known(p.value) || !(c.value > 0)) {
      refused += 1;
      continue;
    }
    const std::string kind = to_string(kind_of(c.metric));
    std::string by = "all";
    if (r.by == "device")
      by = c.query.device;
    else if (r.by == "runtime")
      by = c.query.runtime;
    else if (r.by == "model")
      by = c.query.model;
    else if (r.by == "metric")
      by = to_string(c.metric);
    else if (r.by == "quant")
      by = c.query.quant;
    Group& g = groups[{kind, by}][c.configuration];
    g.errors.push_back(std::fabs(p.value / c.value - 1));
    if (is_known(p.low)) {
      g.with_interval += 1;
      g.inside += c.value >= p.low && c.value <= p.high ? 1 : 0;
    }
  }

  Json table = Json::array();
  for (const auto& [key, configurations] : groups) {
    Tally t;
    for (const auto& [name, g] : configurations) {
      t.errors.push_back(median(g.errors));
      if (g.with_interval > 0) {
        t.with_interval += 1;
        t.inside += g.inside / g.with_interval;
      }
    }
    table.push_back({{"kind", key.first},
                     {"group", key.second},
                     {"configurations", t.errors.size()},
                     {"median_error", median(t.errors)},
                     {"mean_error", mean(t.errors)},
                     {"p90_error", quantile(t.errors, 0.9)},
                     {"coverage", t.with_interval > 0 ? Json(t.inside / t.with_interval) : Json(nullptr)}});
  }
  if (r.output == Output::json) {
    out << Json{{"rows", rows}, {"excluded", excluded}, {"not_predicted", refused}, {"groups", table}}.dump(2) << "\n";
    return done;
  }
  const bool as_csv = r.output == Output::csv;
  const auto percent = [&](const Json& x) {
    return x.is_number() ? percent_to_a_tenth(x.get<double>()) : std::string(as_csv ? "" : "-");
  };
  const auto line = [&](std::vector<std::string> fields) {
    if (as_csv) {
      out << format_csv_row(fields);
      return;
    }
    out << table_row(fields);
  };
  line({"kind", r.by.empty() ? "group" : r.by, "configurations", "median %", "mean %", "p90 %", "inside %"});
  for (const Json& g : table)
    line({g["kind"].get<std::string>(), g["group"].get<std::string>(), g["configurations"].dump(),
          percent(g["median_error"]), percent(g["mean_error"]), percent(g["p90_error"]), percent(g["coverage"])});
  if (!as_csv)
    out << "\n"
        << exact(rows) << " rows with a value, " << exact(excluded) << " excluded, " << exact(refused)
        << " not predicted.\n";
  return done;
}

int run_explore(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const auto found = explore(*catalog, r.query, r.bounds, r.limit);
  if (!found) return report(found.errors(), err);
  if (r.output == Output::json) {
    out << found->dump(2) << "\n";
    return done;
  }
  const auto number = [](const Json& x) { return x.is_number() ? x.get<double>() : unknown; };
  if (r.output == Output::csv) {
    out << format_csv_row({"model", "device", "runtime", "quant", "decode_tok_s", "ttft_s", "memory_B",
                           "energy_per_token_J", "price_usd", "verdict", "pareto"});
    for (const Json& x : (*found)["rows"])
      out << format_csv_row({x["model"].get<std::string>(), x["device"].get<std::string>(),
                             x["runtime"].get<std::string>(), x["quant"].get<std::string>(),
                             exact(number(x["decode_tok_s"])), exact(number(x["ttft_s"])), exact(number(x["memory_B"])),
                             exact(number(x["energy_per_token_J"])), exact(number(x["price_usd"])),
                             x["verdict"].get<std::string>(), x["pareto"].get<bool>() ? "1" : "0"});
    return done;
  }
  const auto cell = [&](const std::string& text, std::size_t width, bool right) {
    const std::string space(text.size() < width ? width - text.size() : 1, ' ');
    out << (right ? space + text : text + space);
  };
  const auto line = [&](const std::vector<std::string>& fields) {
    static constexpr std::size_t widths[] = {30, 30, 20, 12, 13, 12, 12, 12, 7};
    for (std::size_t i = 0; i < fields.size(); ++i) cell(fields[i], widths[i], i >= 4);
    out << "\n";
  };
  line({"model", "device", "runtime", "quant", "decode", "TTFT", "memory", "J/token", "best"});
  for (const Json& x : (*found)["rows"])
    line({x["model"].get<std::string>(), x["device"].get<std::string>(), x["runtime"].get<std::string>(),
          x["quant"].get<std::string>(), human(number(x["decode_tok_s"]), "tok/s"), human(number(x["ttft_s"]), "s"),
          human(number(x["memory_B"]), "B"), human(number(x["energy_per_token_J"]), "J"),
          x["pareto"].get<bool>() ? "*" : ""});
  out << "\n"
      << (*found)["rows"].size() << " of " << (*found)["count"]
      << " combinations; * no other is as fast, as large and as small in memory.\n";
  return done;
}

int run_list(Request& r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query);
  if (!catalog) return report(catalog.errors(), err);
  const Json all = catalog_json(*catalog);
  const Json& items = all[r.what == "quants" ? "quantizations" : r.what];
  if (r.output == Output::json) {
    out << items.dump(2) << "\n";
    return done;
  }
  bool header = false;
  for (const Json& item : items) {
    std::vector<std::string> names, fields;
    for (const auto& [key, value] : item.items()) {
      if (value.is_array()) continue;
      names.push_back(key);
      fields.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
    if (r.output == Output::csv) {
      if (!header) out << format_csv_row(names);
      out << format_csv_row(fields);
    } else {
      out << fields[0] << std::string(fields[0].size() < 36 ? 36 - fields[0].size() : 1, ' ') << fields[1] << "\n";
    }
    header = true;
  }
  return done;
}

int run_check(Request& r, std::ostream& out, std::ostream& err) {
  auto catalog = bundled_catalog();
  if (!catalog) return report(catalog.errors(), err);
  int code = done;
  for (const std::string& file : r.files) {
    const auto text = read_file(file, 16.0 * 1048576);
    const auto id = text ? check_preset(*text, *catalog) : Result<std::string>(text.errors());
    if (!id)
      code = report(text ? in_file(file, id.errors()) : id.errors(), err);
    else
      out << file << ": " << *id << " is valid\n";
  }
  return code;
}

}  // namespace edgewise
