#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

double percentile(std::vector<double> x, double p) {
  if (x.empty()) return unknown;
  std::sort(x.begin(), x.end());
  return x[static_cast<std::size_t>(std::lround(p * static_cast<double>(x.size() - 1)))];
}

constexpr TestInfo tests[] = {
    {"read", "B/s", "bytes read once with vector loads, all threads together"},
    {"dot", "weights/s", "matrix-vector product of quantized weights that lie in the cache: the rate of unpacking and multiplying"},
    {"dot_streamed", "weights/s", "matrix-vector product of quantized weights that come from memory, as decoding does"},
    {"dot_many", "multiply-adds/s", "product of quantized weights with many tokens, as prefill does"},
    {"fma", "FLOP/s", "32-bit multiply-adds in registers, multiply and add counted as 2"},
    {"int8", "OP/s", "8-bit products summed in 32 bits, in registers, multiply and add counted as 2"},
    {"barrier", "s", "one meeting of all threads at a barrier"},
    {"clock", "Hz", "clock of one core, from a chain of dependent multiplications"},
    {"storage", "B/s", "sequential reads that the page cache did not answer"},
    {"sustained_decode", "weights/s", "dot_streamed of Q4_0 for as long as the budget allows, in time order"},
    {"sustained_prefill", "multiply-adds/s", "dot_many of Q4_0 for as long as the budget allows, in time order"},
};

std::string text_at(const Json& j, const char* key) {
  const auto it = j.find(key);
  if (it == j.end() || it->is_null()) return {};
  return it->get<std::string>();
}

double number_at(const Json& j, const char* key) {
  const auto it = j.find(key);
  if (it == j.end() || it->is_null()) return unknown;
  return it->get<double>();
}

Machine machine_from(const Json& j) {
  Machine m;
  m.board = text_at(j, "board");
  m.soc = text_at(j, "soc");
  m.device_class = text_at(j, "class");
  m.architecture = text_at(j, "architecture");
  m.kernel = text_at(j, "kernel");
  m.virtual_machine = j.at("virtual_machine").get<bool>();
  m.firmware_year = number_at(j, "firmware_year");
  for (const Json& g : j.at("cpu").at("clusters")) {
    CpuGroup group;
    group.microarchitecture = text_at(g, "microarchitecture");
    group.cores = g.at("cores").get<double>();
    group.cpus.resize(g.at("threads").get<std::uint16_t>());
    group.max_hz = number_at(g, "max_hz");
    group.isa = g.at("isa").get<std::vector<std::string>>();
    m.groups.push_back(std::move(group));
  }
  for (const Json& c : j.at("cpu").at("caches")) m.caches.push_back({c.at("level").get<int>(), c.at("size_B").get<double>(), c.at("instances").get<int>()});
  m.memory_B = number_at(j.at("memory"), "size_B");
  m.memory_type = text_at(j.at("memory"), "type");
  m.memory_mts = number_at(j.at("memory"), "data_rate_mts");
  for (const Json& d : j.at("storage")) m.disks.push_back({"", text_at(d, "kind"), number_at(d, "size_B")});
  return m;
}

Conditions conditions_from(const Json& j) {
  Conditions c;
  c.governor = text_at(j, "governor");
  c.power_mode = text_at(j, "power_mode");
  c.clock_hz = number_at(j, "clock_hz");
  c.load = number_at(j, "load");
  c.throttled = text_at(j, "throttled");
  for (const Json& t : j.at("temperatures")) c.temperatures_c.push_back({text_at(t, "name"), number_at(t, "celsius")});
  return c;
}

std::vector<double> samples_from(const Json& j) {
  std::vector<double> out;
  for (const Json& x : j) {
    out.push_back(x.get<double>());
    if (!(out.back() > 0) || !std::isfinite(out.back())) throw std::domain_error("a sample is not positive");
  }
  return out;
}

/// Six significant digits: more than any timer gives.
double rounded(double x) {
  if (!(x > 0)) return x;
  const double scale = std::pow(10, 5 - std::floor(std::log10(x)));
  return std::round(x * scale) / scale;
}

Json rounded(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double x : values) out.push_back(rounded(x));
  return out;
}

std::string shown(double x, const std::string& unit) {
  if (unit == "s" || unit == "B/s") return human(x, unit);
  for (const auto& [factor, prefix] : {std::pair{1e12, "T"}, {1e9, "G"}, {1e6, "M"}})
    if (x >= factor) return human(x / factor, prefix + unit);
  return human(x, unit);
}

}  // namespace

double median_of(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  const std::size_t n = x.size();
  return n == 0 ? unknown : n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

double Row::median() const { return median_of(samples); }
double Row::spread() const { return (percentile(samples, 0.9) - percentile(samples, 0.1)) / median(); }

const TestInfo* find_test(std::string_view name) {
  const auto it = std::find_if(std::begin(tests), std::end(tests), [&](const TestInfo& t) { return t.test == name; });
  return it == std::end(tests) ? nullptr : it;
}

std::string to_json_text(const Measurement& m) {
  const auto known = [](double x) { return is_known(x) ? Json(x) : Json(nullptr); };
  Json rows = Json::array(), power = Json::array(), explained = Json::object();
  for (const TestInfo& t : tests) explained[t.test] = t.description;
  for (const Row& r : m.rows) {
    Json row = {{"test", r.test}};
    if (!r.format.empty()) row["format"] = r.format;
    row["cores"] = r.cores;
    row["threads"] = r.threads;
    if (is_known(r.bytes)) row["working_set_B"] = r.bytes;
    row["unit"] = find_test(r.test)->unit;
    if (r.samples.empty()) {
      row["skipped"] = r.reason;
    } else {
      row["median"] = rounded(r.median());
      row["spread"] = std::round(r.spread() * 1e4) / 1e4;
      row["samples"] = rounded(r.samples);
    }
    rows.push_back(std::move(row));
  }
  for (const PowerReading& p : m.power)
    power.push_back({{"phase", p.phase}, {"source", p.source}, {"scope", p.scope}, {"median_w", rounded(median_of(p.watts))}, {"samples_w", rounded(p.watts)}});
  const Json out = {{"type", "measurement"}, {"format_version", 1}, {"tool", m.tool}, {"date", m.date}, {"kernels", m.kernels}, {"quick", m.quick},
                    {"budget_s", known(m.budget_s)}, {"elapsed_s", known(m.elapsed_s)}, {"machine", to_json(m.machine)}, {"before", to_json(m.before)},
                    {"after", to_json(m.after)}, {"warnings", m.warnings}, {"tests", explained}, {"rows", rows}, {"power", power}, {"engine_rows", m.engine_rows}};
  return out.dump(1) + "\n";
}

Result<Measurement> parse_measurement(std::string_view text) {
  try {
    const Json j = Json::parse(text);
    if (text_at(j, "type") != "measurement") return Error{"wrong_type", "type", "is not \"measurement\": this file was not written by `edgewise measure`"};
    if (j.at("format_version") != 1) return Error{"version", "format_version", "is not 1: the file comes from another version of edgewise"};
    Measurement m;
    m.tool = text_at(j, "tool");
    m.date = text_at(j, "date");
    m.kernels = text_at(j, "kernels");
    m.quick = j.at("quick").get<bool>();
    m.budget_s = number_at(j, "budget_s");
    m.elapsed_s = number_at(j, "elapsed_s");
    m.machine = machine_from(j.at("machine"));
    m.before = conditions_from(j.at("before"));
    m.after = conditions_from(j.at("after"));
    m.warnings = j.at("warnings").get<std::vector<std::string>>();
    for (const Json& r : j.at("rows")) {
      Row row;
      row.test = text_at(r, "test");
      if (!find_test(row.test)) return Error{"unknown_test", "rows[" + std::to_string(m.rows.size()) + "].test", "is no test of this version"};
      row.format = text_at(r, "format");
      row.cores = text_at(r, "cores");
      row.threads = r.at("threads").get<int>();
      row.bytes = number_at(r, "working_set_B");
      row.reason = text_at(r, "skipped");
      if (r.contains("samples")) row.samples = samples_from(r["samples"]);
      if (row.threads < 1 || row.threads > 65536) throw std::domain_error("a row has an impossible thread count");
      m.rows.push_back(std::move(row));
    }
    for (const Json& p : j.at("power")) m.power.push_back({text_at(p, "phase"), text_at(p, "source"), text_at(p, "scope"), samples_from(p.at("samples_w"))});
    m.engine_rows = j.at("engine_rows").get<std::vector<std::vector<std::string>>>();
    if (m.machine.groups.empty()) throw std::domain_error("it names no CPU cluster");
    return m;
  } catch (const std::exception& e) {
    return Error{"syntax", "", std::string("is no measurement file: ") + e.what()};
  }
}

std::string render_text(const Measurement& m) {
  std::string out;
  const auto pad = [](std::string text, std::size_t width, bool right) {
    const std::string space(text.size() < width ? width - text.size() : 1, ' ');
    return right ? space + text : text + space;
  };
  out += pad("test", 20, false) + pad("format", 8, false) + pad("cores", 16, false) + pad("threads", 8, true) + pad("working set", 14, true) + pad("median", 24, true) + pad("spread", 9, true) + "\n";
  for (const Row& r : m.rows) {
    out += pad(r.test, 20, false) + pad(r.format, 8, false) + pad(r.cores, 16, false) + pad(std::to_string(r.threads), 8, true) +
           pad(is_known(r.bytes) ? human(r.bytes, "B") : "", 14, true);
    if (r.samples.empty()) out += "   skipped: " + r.reason + "\n";
    else out += pad(shown(r.median(), find_test(r.test)->unit), 24, true) + pad(human(100 * r.spread(), "%"), 9, true) + "\n";
  }
  for (const PowerReading& p : m.power) out += pad("power", 20, false) + pad("", 8, false) + pad(p.phase, 16, false) + "  " + human(median_of(p.watts), "W") + " (" + p.source + ", " + p.scope + ")\n";
  for (const std::string& w : m.warnings) out += "warning: " + w + "\n";
  return out;
}

}  // namespace edgewise
