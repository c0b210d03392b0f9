#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/json.h"
#include "edgewise/json_text.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/reader.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "terminal.h"
#include "write.h"

namespace edgewise {

namespace {

using json::Json;

constexpr TestInfo tests[] = {
    {"read", "B/s", "bytes read once with vector loads, all threads together"},
    {"dot", "weights/s",
     "matrix-vector product of quantized weights that lie in the cache: the rate of unpacking and multiplying"},
    {"dot_streamed", "weights/s", "matrix-vector product of quantized weights that come from memory, as decoding does"},
    {"dot_streamed_short", "weights/s",
     "the same with rows of 512 weights: what it costs to begin each piece of a matrix"},
    {"dot_many", "multiply-adds/s", "product of quantized weights with many tokens, as prefill does"},
    {"dot_few", "multiply-adds/s", "the same with few tokens: how many a product needs to reach its rate"},
    {"between_products", "s",
     "what a layer of a decode step does besides its products and attention: norms, rotation, gate, quantized "
     "activations, barriers"},
    {"between_many", "activations/s",
     "the same for a prompt of 256 tokens, by inputs and outputs of the layer's products"},
    {"attention", "FLOP/s", "one query against keys and values that lie in a cache, as decoding does at depth"},
    {"attention_streamed", "FLOP/s", "the same with keys and values that come from memory"},
    {"attention_many", "FLOP/s", "a prompt of 512 tokens against its own keys and values, as prefill does"},
    {"fma", "FLOP/s", "32-bit multiply-adds in registers, multiply and add counted as 2"},
    {"int8", "OP/s", "8-bit products summed in 32 bits, in registers, multiply and add counted as 2"},
    {"barrier", "s", "one meeting of all threads at a barrier"},
    {"clock", "Hz", "clock of one core, from a chain of dependent multiplications"},
    {"storage", "B/s", "sequential reads that the page cache did not answer"},
    {"gpu", "", "what Vulkan offers on this machine"},
    {"gpu_read", "B/s", "bytes that the GPU reads once from memory"},
    {"gpu_copy", "B/s", "bytes that the GPU copies within memory, read and written both counted"},
    {"gpu_dot", "weights/s",
     "the GPU's matrix-vector product of quantized weights that lie in its cache: the rate of unpacking and "
     "multiplying"},
    {"gpu_dot_streamed", "weights/s",
     "the GPU's matrix-vector product of quantized weights that come from memory, as decoding does"},
    {"gpu_dot_many", "multiply-adds/s",
     "the GPU's product of quantized weights with many tokens, through shared memory, as prefill does"},
    {"gpu_attention", "FLOP/s", "the GPU's attention of one query for each head at depth, as decoding does"},
    {"gpu_attention_many", "FLOP/s",
     "the GPU's attention of a prompt against its own keys and values, as prefill does"},
    {"gpu_between_products", "s",
     "what a layer of a decode step dispatches on the GPU besides its products and attention, and what the launches of "
     "these take"},
    {"gpu_between_many", "s",
     "the same of a prompt, for each of its tokens: what a layer dispatches on the GPU besides products and attention"},
    {"gpu_launch", "s", "one dispatch on the GPU that waits for the one before"},
    {"gpu_submit", "s", "one submission to the GPU's queue until the host knows that it is done"},
    {"gpu_fma", "FLOP/s", "the GPU's 32-bit multiply-adds in registers, multiply and add counted as 2"},
    {"gpu_fma16", "FLOP/s", "the same in half precision"},
    {"gpu_int8", "OP/s", "the GPU's products of four signed bytes summed in 32 bits, multiply and add counted as 2"},
    {"gpu_matrix", "FLOP/s", "the GPU's cooperative matrices in half precision"},
    {"sustained_decode", "weights/s", "dot_streamed of Q4_0 for as long as the budget allows, in time order"},
    {"sustained_prefill", "multiply-adds/s", "dot_many of Q4_0 for as long as the budget allows, in time order"},
};

using json::Reader;

Machine machine_from(Reader r) {
  Machine m;
  m.board = r.text("board");
  m.soc = r.text("soc");
  m.device_class = r.text("class");
  m.architecture = r.text("architecture");
  m.kernel = r.text("kernel");
  m.virtual_machine = r.flag("virtual_machine", false);
  m.firmware_year = r.number("firmware_year", 2000, 2100, unknown);
  Reader cpu = r.object("cpu");
  for (Reader& g : cpu.objects("clusters")) {
    CpuGroup group;
    group.microarchitecture = g.text("microarchitecture");
    group.cores = g.required_number("cores", 1, 1024);
    group.cpus.resize(static_cast<std::size_t>(std::max(0.0, g.number("threads", 1, 4096, group.cores))));
    group.max_hz = g.number("max_hz", 1e6, 2e10, unknown);
    group.isa = g.texts("isa");
    m.groups.push_back(std::move(group));
  }
  if (m.groups.empty()) cpu.error("clusters", "missing", "names no cluster");
  for (Reader& c : cpu.objects("caches"))
    m.caches.push_back({static_cast<int>(c.required_number("level", 1, 8)), c.required_number("size_B", 1, 1e12),
                        static_cast<int>(c.required_number("instances", 1, 4096))});
  if (!r.has("memory")) r.error("memory", "missing", "is required");
  Reader memory = r.object("memory");
  m.memory_B = memory.required_number("size_B", 1e6, 1e16);
  m.memory_type = memory.text("type");
  m.memory_mts = memory.number("data_rate_mts", 1, 1e6, unknown);
  for (Reader& d : r.objects("storage")) m.disks.push_back({d.text("kind"), d.number("size_B", 1, 1e18, unknown)});
  return m;
}

Conditions conditions_from(Reader r) {
  Conditions c;
  c.governor = r.text("governor");
  c.power_mode = r.text("power_mode");
  c.clock_hz = r.number("clock_hz", 0, 2e10, unknown);
  c.load = r.number("load", 0, 1e6, unknown);
  c.cpu = {r.number("cpu_quota", 0, 1e6, unknown), r.number("cpus_allowed", 0, 1e6, unknown),
           r.number("cpus_online", 0, 1e6, unknown)};
  c.throttled = r.text("throttled");
  for (Reader& t : r.objects("temperatures"))
    c.temperatures_c.push_back({t.text("name"), t.number("celsius", -100, 500, unknown)});
  return c;
}

std::vector<double> samples_from(Reader& r, const char* key) {
  std::vector<double> out;
  const Json* list = r.any(key);
  if (!list) return out;
  for (const Json& x : list->is_array() ? *list : Json::array({nullptr})) {
    if (x.is_number() && x.get<double>() > 0)
      out.push_back(x.get<double>());
    else
      r.error(key, "out_of_range", "must be a list of positive numbers");
  }
  return out;
}

TestRun run_from(Reader& row) {
  TestRun out;
  out.test = row.required_text("test");
  if (!find_test(out.test)) row.error("test", "unknown_word", "is no test of this version");
  out.device = row.text("device");
  out.format = row.text("format");
  out.cores = row.text("cores");
  out.threads = static_cast<int>(row.required_number("threads", 1, 4096));
  out.bytes = row.number("working_set_B", 0, 1e15, unknown);
  out.tokens = row.number("tokens", 1, 1e6, unknown);
  out.reason = row.text("skipped");
  out.samples = samples_from(row, "samples");
  return out;
}

Gpu gpu_from(Reader& r) {
  Gpu g;
  g.name = r.required_text("name");
  g.type = r.required_text("type");
  g.driver = r.text("driver");
  g.api = r.text("vulkan");
  g.unusable = r.text("unusable");
  g.vendor = static_cast<std::uint32_t>(r.number("vendor", 0, 4294967295.0, 0));
  g.memory_B = r.number("memory_B", 0, 1e16, 0);
  g.subgroup_size = static_cast<std::uint32_t>(r.number("subgroup_size", 1, 1024, 1));
  g.half = r.flag("half", false);
  g.dot_product = r.flag("dot_product", false);
  g.dot_product_fast = r.flag("dot_product_fast", false);
  g.cooperative_matrix = r.flag("cooperative_matrix", false);
  return g;
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

Json run_json(const TestRun& r) {
  Json row = {{"test", r.test}};
  if (!r.device.empty()) row["device"] = r.device;
  if (!r.format.empty()) row["format"] = r.format;
  row["cores"] = r.cores;
  row["threads"] = r.threads;
  if (is_known(r.bytes)) row["working_set_B"] = r.bytes;
  if (is_known(r.tokens)) row["tokens"] = r.tokens;
  row["unit"] = find_test(r.test)->unit;
  if (r.samples.empty()) {
    row["skipped"] = r.reason;
  } else {
    row["median"] = rounded(r.median());
    row["spread"] = std::round(r.spread() * 1e4) / 1e4;
    row["samples"] = rounded(r.samples);
  }
  return row;
}

std::string shown(double x, const std::string& unit) {
  if (unit == "s" || unit == "B/s") return human(x, unit);
  for (const auto& [factor, prefix] : {std::pair{1e12, "T"}, {1e9, "G"}, {1e6, "M"}})
    if (x >= factor) return human(x / factor, prefix + unit);
  return human(x, unit);
}

}  // namespace

double TestRun::median() const { return edgewise::median(samples); }
double TestRun::spread() const { return std::max(0.0, quantile(samples, 0.9) - quantile(samples, 0.1)) / median(); }

Scope scope_of(const PowerReading& p) {
  if (p.scope == "board") return Scope::module;
  if (p.scope == "battery") return Scope::wall;
  if (p.scope == "package") return Scope::soc;
  return find_scope(p.scope);
}

const TestInfo* find_test(std::string_view name) {
  const auto it = std::find_if(std::begin(tests), std::end(tests), [&](const TestInfo& t) { return t.test == name; });
  return it == std::end(tests) ? nullptr : it;
}

Json to_json(const Gpu& g) {
  Json out = {{"name", g.name}, {"type", g.type}, {"vulkan", g.api}, {"driver", g.driver}};
  if (g.vendor) out["vendor"] = g.vendor;
  if (g.memory_B > 0) out["memory_B"] = g.memory_B;
  out["subgroup_size"] = g.subgroup_size;
  out["half"] = g.half;
  out["dot_product"] = g.dot_product;
  out["dot_product_fast"] = g.dot_product_fast;
  out["cooperative_matrix"] = g.cooperative_matrix;
  if (!g.unusable.empty()) out["unusable"] = g.unusable;
  return out;
}

std::string gpu_findings_text(const Measurement& m) {
  Json rows = Json::array(), gpus = Json::array();
  for (const TestRun& r : m.runs) rows.push_back(run_json(r));
  for (const Gpu& g : m.gpus) gpus.push_back(to_json(g));
  return to_text({{"rows", rows}, {"gpus", gpus}});
}

bool add_gpu_findings(std::string_view text, Measurement& m) {
  const auto document = json::parse_strict(text);
  if (!document) return false;
  Errors errors;
  Reader r(*document, "", errors);
  std::vector<TestRun> runs;
  std::vector<Gpu> gpus;
  for (Reader& row : r.objects("rows")) runs.push_back(run_from(row));
  for (Reader& g : r.objects("gpus")) gpus.push_back(gpu_from(g));
  if (!errors.empty()) return false;
  m.runs.insert(m.runs.end(), runs.begin(), runs.end());
  m.gpus.insert(m.gpus.end(), gpus.begin(), gpus.end());
  return true;
}

std::string to_json_text(const Measurement& m) {
  Json rows = Json::array(), gpus = Json::array(), power = Json::array(), explained = Json::object();
  for (const TestInfo& t : tests) explained[t.test] = t.description;
  for (const TestRun& r : m.runs) rows.push_back(run_json(r));
  for (const Gpu& g : m.gpus) gpus.push_back(to_json(g));
  for (const PowerReading& p : m.power)
    power.push_back({{"phase", p.phase},
                     {"source", p.source},
                     {"scope", p.scope},
                     {"median_w", rounded(median(p.watts))},
                     {"samples_w", rounded(p.watts)}});
  Json out = {{"type", "measurement"},
              {"format_version", 1},
              {"tool", m.tool},
              {"date", m.date},
              {"quick", m.quick},
              {"budget_s", json::number(m.budget_s)},
              {"elapsed_s", json::number(m.elapsed_s)},
              {"machine", to_json(m.machine)},
              {"before", to_json(m.before)},
              {"after", to_json(m.after)},
              {"warnings", m.warnings},
              {"tests", explained},
              {"rows", rows},
              {"gpus", gpus},
              {"power", power},
              {"engine_rows", m.engine_rows}};
  if (!m.kernels.empty()) out["kernels"] = m.kernels;
  if (!m.engine.empty()) {
    Json engine = Json::object();
    if (!m.engine.device.empty()) engine["device"] = m.engine.device;
    engine["findings"] = m.engine.findings;
    engine["asked"] = m.engine.asked;
    out["engine"] = std::move(engine);
  }
  return to_text(out, 1) + "\n";
}

Result<Measurement> parse_measurement(std::string_view text) {
  const auto document = json::parse_strict(text);
  if (!document) return document.errors();
  Errors errors;
  Reader r(*document, "", errors);
  if (!errors.empty()) return errors;
  if (r.text("type") != "measurement")
    return Error{"wrong_type", "type", "is not \"measurement\": `edgewise measure` did not write this file"};
  if (r.number("format_version", 0, 1e9, 0) != 1)
    return Error{"version", "format_version", "is not 1: the file comes from another version of edgewise"};
  Measurement m;
  m.tool = r.text("tool");
  m.date = r.required_text("date");
  if (m.date.size() != 10 || m.date.find_first_not_of("0123456789-") != std::string::npos)
    r.error("date", "wrong_type", "is no day, 2026-01-31 for example");
  m.kernels = r.text("kernels");
  m.quick = r.flag("quick", false);
  m.budget_s = r.number("budget_s", 0, 1e6, unknown);
  m.elapsed_s = r.number("elapsed_s", 0, 1e6, unknown);
  m.machine = machine_from(r.object("machine"));
  m.before = conditions_from(r.object("before"));
  m.after = conditions_from(r.object("after"));
  m.warnings = r.texts("warnings");
  for (Reader& row : r.objects("rows")) m.runs.push_back(run_from(row));
  for (Reader& g : r.objects("gpus")) m.gpus.push_back(gpu_from(g));
  for (Reader& p : r.objects("power"))
    m.power.push_back({p.text("phase"), p.text("source"), p.text("scope"), samples_from(p, "samples_w")});
  if (Reader engine = r.object("engine")) {
    m.engine.device = engine.text("device");
    m.engine.findings = engine.texts("findings");
    m.engine.asked = engine.texts("asked");
  }
  if (const Json* rows = r.any("engine_rows"); rows && rows->is_array())
    for (const Json& row : *rows) {
      m.engine_rows.emplace_back();
      for (const Json& field : row)
        if (field.is_string()) m.engine_rows.back().push_back(field.get<std::string>());
      // Columns are added at the end; a file of before has none of them.
      constexpr std::size_t first_version = 22;
      if (m.engine_rows.back().size() >= first_version && m.engine_rows.back().size() < measurement_columns().size())
        m.engine_rows.back().resize(measurement_columns().size());
      if (m.engine_rows.back().size() != measurement_columns().size()) {
        r.error("engine_rows", "wrong_length", "must hold rows of measurement files");
        break;
      }
    }
  if (!errors.empty()) return errors;
  return m;
}

std::string render_text(const Measurement& m) {
  std::string out;
  const auto left = [](const std::string& text, std::size_t width) { return field(text, width, Side::left, 1); };
  const auto right = [](const std::string& text, std::size_t width) { return field(text, width, Side::right, 1); };
  out += left("test", 21) + left("format", 8) + left("cores", 16) + right("threads", 8) + right("working set", 14) +
         right("median", 24) + right("spread", 9) + "\n";
  for (const TestRun& r : m.runs) {
    out += left(r.test, 21) + left(r.format, 8) + left(r.cores, 16) + right(std::to_string(r.threads), 8) +
           right(is_known(r.bytes) ? human(r.bytes, "B") : "", 14);
    if (r.samples.empty())
      out += "   skipped: " + harmless(r.reason) + "\n";
    else
      out += right(shown(r.median(), find_test(r.test)->unit), 24) + right(human(100 * r.spread(), "%"), 9) + "\n";
  }
  for (const PowerReading& p : m.power)
    out += left("power", 21) + left("", 8) + left(p.phase, 16) + "  " + human(median(p.watts), "W") + " (" +
           harmless(p.source + ", " + p.scope) + ")\n";
  const auto& columns = measurement_columns();
  const auto column = [&](const char* name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  for (const auto& row : m.engine_rows) {
    const auto said = [&](const char* name) { return row[column(name)]; };
    out += left("engine", 20) + left(said("quant"), 8) + left(said("runtime"), 16) + right(said("threads"), 8) + "  " +
           harmless(said("model") + ", prompt " + said("prompt") + ", depth " + said("depth") + ": " + said("metric") +
                    " " + human(parse_number(said("value")), said("unit")) +
                    (said("placement").empty() ? "" : ", " + said("placement"))) +
           "\n";
  }
  for (const std::string& w : m.warnings) out += "warning: " + harmless(w) + "\n";
  return out;
}

}  // namespace edgewise
