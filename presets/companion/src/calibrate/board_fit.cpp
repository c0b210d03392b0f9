#include "board_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/canonical.h"
#include "edgewise/json.h"
#include "edgewise/json_text.h"
#include "edgewise/metric.h"
#include "edgewise/parameters_json.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "gpu_board_fit.h"
#include "hierarchy.h"
#include "measure/bench.h"
#include "measure/sensors.h"
#include "outliers.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// What the microbenchmarks stand for.
constexpr const char* measured_runtime = "llama.cpp-cpu";

const TestRun* find_run(const Measurement& m, std::string_view test, std::string_view format = {},
                        std::string_view cores = "fast") {
  const TestRun* best = nullptr;
  for (const TestRun& r : m.runs) {
    // Of reads, the largest working set is memory.
    if (r.test != test || r.format != format || r.cores != cores || r.samples.empty()) continue;
    if (!best || r.threads > best->threads || (r.threads == best->threads && r.bytes > best->bytes)) best = &r;
  }
  return best;
}

double median_of(const Measurement& m, std::string_view test, std::string_view format = {},
                 std::string_view cores = "fast") {
  const TestRun* r = find_run(m, test, format, cores);
  return r ? r->median() : unknown;
}

double power_w(const Measurement& m, std::string_view phase) {
  for (const PowerReading& p : m.power)
    if (p.phase == phase) return median(p.watts);
  return unknown;
}

/// What the readings are of; unstated where that is not one and the same, or not what ran: a card's power says nothing
/// of the CPU, and a rail's not the whole.
Scope power_scope(const Measurement& m) {
  if (m.power.empty()) return Scope::unstated;
  const Scope first = scope_of(m.power.front());
  const bool alike =
      std::all_of(m.power.begin(), m.power.end(), [&](const PowerReading& p) { return scope_of(p) == first; });
  return alike && sees(first, Processor::cpu) ? first : Scope::unstated;
}

bool has(const std::vector<std::string>& words, std::initializer_list<const char*> any) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& w) { return std::find(any.begin(), any.end(), w) != any.end(); });
}

/// Whether the cores of that design do about half the multiply-adds of the fast ones in a cycle: presets call them
/// efficiency cores.
bool half_as_wide(const Measurement& m, const std::string& design, double hz) {
  const TestRun *little = find_run(m, "fma", "", design), *fast = find_run(m, "fma", "", "fast");
  if (!little || !fast || little == fast) return false;
  const auto per_cycle = [](const TestRun& r, double clock_hz) { return r.median() / r.threads / clock_hz; };
  const double clock = median_of(m, "clock", "", "fast"),
               fast_hz = is_known(clock) ? clock : m.machine.groups.front().max_hz;
  return per_cycle(*little, hz) < 0.7 * per_cycle(*fast, fast_hz);
}

/// 32-bit operations of a core in a cycle, from its vector extensions alone: two multiply-adds of the width that it has
/// at full rate. 512 bits count as 256: not every core that has them does two at once.
double operations_per_cycle(const CpuGroup& g) {
  constexpr double units = 2, operations = 2;
  if (has(g.isa, {"avx2", "avx512"})) return units * operations * 256 / 32;
  // In-order cores do one, as all without dot products do.
  return (has(g.isa, {"dotprod", "avx"}) ? units : 1) * operations * 128 / 32;
}

/// A device preset from nothing but the measurement.
/// `reached_Bps`: the fastest that anything was read from memory.
Json describe(const Measurement& m, const BoardFitOptions& o, double reached_Bps, std::vector<std::string>& notes) {
  const Machine& machine = m.machine;
  Json clusters = Json::array();
  bool dot_product = false;
  double assumed_flops = 0;
  for (const CpuGroup& g : machine.groups) {
    const std::string name = g.microarchitecture.empty() ? "unknown" : g.microarchitecture;
    double hz = g.max_hz;
    if (!is_known(hz)) hz = median_of(m, "clock", "", &g == &machine.groups.front() ? "fast" : name);
    if (!is_known(hz)) hz = m.before.clock_hz;
    Json cluster = {{"microarchitecture", name}, {"cores", static_cast<int>(g.cores)}};
    if (is_known(hz)) cluster["clock_ghz"] = rounded4(hz / 1e9);
    if (!g.isa.empty()) cluster["isa"] = g.isa;
    if (half_as_wide(m, name, hz)) cluster["efficiency"] = true;
    if (is_known(hz)) assumed_flops += g.cores * hz * operations_per_cycle(g);
    clusters.push_back(std::move(cluster));
    dot_product |= has(g.isa, {"dotprod", "i8mm", "avx_vnni", "avx512_vnni"});
  }
  const std::string every = find_run(m, "fma", "", "every") ? "every" : "fast";
  const bool timed = find_run(m, "fma", "", every);
  Json peak = {{"fp32_gflops", rounded4((timed ? median_of(m, "fma", "", every) : assumed_flops) / 1e9)}};
  if (dot_product && !timed) peak["int8_dot_gops"] = rounded4(4 * assumed_flops / 1e9);
  // These kernels multiply matrices of bytes, which has a peak of its own.
  const bool matrices = m.kernels == "i8mm" || m.kernels == "sve2";
  if (dot_product && timed)
    peak[matrices ? "int8_i8mm_gops" : "int8_dot_gops"] = rounded4(median_of(m, "int8", "", every) / 1e9);

  // MemTotal lacks what firmware and kernel keep: the modules are the next size that is sold.
  const double gib = machine.memory_B / 1073741824.0;
  double capacity = std::ceil(gib * 2) / 2;
  for (const double sold :
       {0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0})
    if (sold >= gib && sold <= 1.15 * gib) {
      capacity = sold;
      break;
    }
  Json memory = {{"capacity_gib", capacity}, {"type", machine.memory_type.empty() ? "unknown" : machine.memory_type}};
  if (is_known(machine.memory_mts)) memory["data_rate_mts"] = machine.memory_mts;
  const bool stated = is_known(o.peak_bandwidth_Bps);
  // Reading with all cores reaches 80 % of the peak where the cores are not the limit.
  memory["peak_bandwidth_gb_s"] = rounded4((stated ? o.peak_bandwidth_Bps : reached_Bps / 0.8) / 1e9);
  if (!stated) {
    memory["note"] = m.runs.empty() ? "Peak not known: the fastest that an engine read weights / 0.8"
                                    : "Peak not known: fastest measured rate / 0.8";
    notes.push_back(
        "The memory's peak bandwidth is assumed from the measured rate; --peak-bandwidth states it (bus width / 8 x "
        "data rate). Only GPU and NPU estimates use it.");
  }
  const int year = std::atoi(m.date.substr(0, 4).c_str());
  Json preset = {{"type", "device"},
                 {"format_version", 1},
                 {"id", o.id},
                 {"name", !o.name.empty()         ? o.name
                          : machine.board.empty() ? o.id
                                                  : machine.board},
                 {"kind", "soc-integrated"},
                 {"class", o.device_class.empty() ? machine.device_class : o.device_class}};
  if (!machine.soc.empty()) preset["soc"] = machine.soc;
  preset["release_year"] = is_known(machine.firmware_year) ? static_cast<int>(machine.firmware_year) : year;
  if (is_known(o.price_usd)) preset["price_usd"] = o.price_usd;
  if (!stated) preset["unsure"] = true;
  preset["memory"] = std::move(memory);
  double threads = 0;
  for (const CpuGroup& g : machine.groups) threads += static_cast<double>(g.cpus.size());
  preset["cpu"] = {{"clusters", clusters}, {"threads", static_cast<int>(threads)}, {"peak", peak}};
  Json cache = Json::object();
  for (const CacheLevel& c : machine.caches)
    if (c.level >= 2) cache[c.level == 2 ? "l2_mib" : "l3_mib"] = rounded4(c.size_B * c.instances / 1048576);
  if (!cache.empty()) preset["cache"] = std::move(cache);
  Json confidence = {
      {"memory", stated ? "mixed" : "assumed"}, {"cpu", "read"}, {"cpu_peak", timed ? "read" : "assumed"}};
  if (preset.contains("cache")) confidence["cache"] = "read";
  preset["confidence"] = std::move(confidence);
  preset["sources"] = Json::array({"edgewise measure, " + m.date});
  preset["note"] = std::string(m.runs.empty() ? "Described by edgewise probe, without microbenchmarks"
                                              : "Described by edgewise probe and measure") +
                   (is_known(machine.firmware_year) ? "; release_year is the firmware's"
                                                    : "; release_year is the year of the measurement");
  return preset;
}

/// What was read from memory the fastest with all threads: plain reading, unless something disturbed it.
struct FastestRead {
  const TestRun* run = nullptr;  ///< null: nothing was read
  double Bps = unknown;
};
FastestRead fastest_read(const Measurement& m, const FormatTable& formats) {
  FastestRead fastest;
  const auto consider = [&fastest](const TestRun* run, double unit_B) {
    if (run && !(run->median() * unit_B <= fastest.Bps)) fastest = {run, run->median() * unit_B};
  };
  consider(find_run(m, "read"), 1);
  for (const Format& f : formats.formats()) consider(find_run(m, "dot_streamed", f.id), f.bytes_per_weight());
  return fastest;
}

/// Rows that no processor explains beside the others: of one format far from what the others reach.
struct OutOfLine {
  std::string row;
  double times;  ///< what the others make likely
};
std::vector<OutOfLine> out_of_line(const Measurement& m, const FormatTable& formats) {
  std::vector<OutOfLine> found;
  // In bytes for what is read from memory: formats differ in their arithmetic by more than in their reading.
  for (const auto& [test, far] : {std::pair{"dot", 16.0}, {"dot_many", 16.0}, {"dot_streamed", 8.0}}) {
    std::vector<std::pair<std::string, double>> rates;
    std::vector<double> all;
    for (const Format& f : formats.formats()) {
      const double unit = std::string_view(test) == "dot_streamed" ? f.bytes_per_weight() : 1;
      if (const double rate = median_of(m, test, f.id) * unit; rate > 0) {
        rates.emplace_back(std::string(test) + " " + f.id, rate);
        all.push_back(rate);
      }
    }
    if (all.size() < 3) continue;
    const double middle = median(all);
    for (const auto& [row, rate] : rates)
      if (rate > far * middle || rate * far < middle) found.push_back({row, rate / middle});
  }
  // Products of bytes are at most a few times slower than those of floats, where there is no instruction for them.
  if (const double times = median_of(m, "fma") / median_of(m, "int8"); times > 8) found.push_back({"fma", times});
  return found;
}

/// What the machine has that the device of the preset cannot have: more memory or cores, or other ones. Empty: nothing.
std::string other_machine(const Machine& machine, const Json& preset) {
  const double capacity_B = preset["memory"]["capacity_gib"].get<double>() * 1073741824;
  if (machine.memory_B > 1.02 * capacity_B)
    return human(machine.memory_B, "B") + " of memory where it has " + human(capacity_B, "B");
  const Json& clusters = preset["cpu"]["clusters"];
  double cores = 0, its_cores = 0;
  for (const Json& cluster : clusters) its_cores += cluster.value("cores", 0.0);
  bool named = false, alike = false;
  for (const CpuGroup& g : machine.groups) {
    cores += g.cores;
    named = named || g.microarchitecture.starts_with("Cortex-") || g.microarchitecture.starts_with("Neoverse");
    alike = alike || std::any_of(clusters.begin(), clusters.end(), [&](const Json& cluster) {
              return lower(cluster.value("microarchitecture", "")).starts_with(lower(g.microarchitecture));
            });
  }
  if (cores > its_cores) return count(cores) + " cores where it has " + count(its_cores);
  if (named && !alike) return "cores of another design, " + machine.groups[0].microarchitecture;
  return {};
}

/// What was measured replaces what was read elsewhere.
void add_measured(Json& preset, const Measurement& m, const FormatTable& formats) {
  const std::string source = "edgewise measure, " + m.date;
  if (const auto [run, Bps] = fastest_read(m, formats); run) {
    Json& list = preset["memory"]["measured"];
    const std::string how = run->format.empty() ? ": vector loads" : " " + run->format + ": products with weights";
    Json entry = {{"bandwidth_gb_s", rounded4(Bps / 1e9)},
                  {"agent", "cpu"},
                  {"kind", "read"},
                  {"method", "edgewise " + run->test + how + ", " + std::to_string(run->threads) +
                                 " threads, working set " + human(run->bytes, "B")},
                  {"source", source},
                  {"confidence", "read"}};
    list = Json::array({std::move(entry)});
    preset["confidence"]["memory_measured"] = "read";
  }
  const Scope scope = power_scope(m);
  const double idle = power_w(m, "idle"), load = std::fmax(power_w(m, "decode"), power_w(m, "prefill"));
  if (scope != Scope::unstated && idle > 0 && load > idle) {
    Json& power = preset["power"];
    power["scope"] = to_string(scope);
    power["idle_w"] = rounded4(idle);
    power["load_w"] = rounded4(load);
    power["note"] = "Measured by " + m.power.front().source + ", scope " + to_string(scope);
    preset["confidence"]["power"] = "read";
  }
  const TestRun* storage = nullptr;
  for (const TestRun& r : m.runs)
    if (r.test == "storage" && !r.samples.empty()) storage = &r;
  static const std::map<std::string, const char*> keys = {
      {"sd", "sd_mb_s"}, {"emmc", "emmc_mb_s"}, {"nvme", "nvme_mb_s"}, {"ufs", "ufs_mb_s"}};
  // With several disks nobody knows which one the test file lay on.
  if (storage && m.machine.disks.size() == 1)
    if (const auto key = keys.find(m.machine.disks[0].kind); key != keys.end()) {
      preset["storage"] = {{key->second, rounded4(storage->median() / 1e6)}};
      preset["confidence"]["storage"] = "read";
    }
}

/// Mean rate of a test that was made in several sizes with all threads: of their times, as models mix them. NaN if
/// there are none.
double mean_of_sizes(const Measurement& m, std::string_view test) {
  int threads = 0;
  double time = 0, n = 0;
  for (const TestRun& r : m.runs) {
    if (r.test != test || r.cores != "fast" || r.samples.empty() || r.threads < threads) continue;
    if (r.threads > threads) time = n = 0;
    threads = r.threads;
    time += 1 / r.median();
    n += 1;
  }
  return n / time;
}

/// Time of a thread for each row that it takes in turns with others, from rows of two lengths, all threads together.
/// The formats' median; what loading repacks is handed out otherwise. NaN: was not measured, as with one thread.
double row_s(const Measurement& m, const FormatTable& formats, const Runtime& runtime) {
  std::vector<double> found;
  for (std::size_t f = 0; f < formats.size(); ++f) {
    if (runtime.memory.repacked_on_load[f]) continue;
    const TestRun* shorter = find_run(m, "dot_streamed_short", formats.formats()[f].id);
    const double longer = median_of(m, "dot_streamed", formats.formats()[f].id);
    if (!shorter || !(longer > 0)) continue;
    // A row of n weights takes n / rate + row.
    const double per_weight =
        (1 / shorter->median() - 1 / longer) / (1.0 / short_streamed_columns - 1.0 / streamed_columns);
    found.push_back(std::fmax(0.0, per_weight) * shorter->threads);
  }
  return found.empty() ? unknown : median(found);
}

/// The rate of unpacking and multiplying with which the model of a step gives the rate that weights from memory
/// reached: (1 / streamed)^2 = (bytes / bandwidth)^2 + (1 / rate)^2. Where memory alone explains it, and where nothing
/// was streamed, that of weights in the cache.
/// `row_weight_s`: what of a weight's time is the row's.
double decode_rate(const Measurement& m, const Format& f, double bandwidth_Bps, double row_weight_s) {
  const double cached = median_of(m, "dot", f.id);
  const double streamed = 1 / (1 / median_of(m, "dot_streamed", f.id) - row_weight_s);
  if (!(streamed > 0)) return cached;
  const double memory = f.bytes_per_weight() / bandwidth_Bps;
  const double rest = 1 / (streamed * streamed) - memory * memory;
  return rest > 1 / (cached * cached) / 4 ? 1 / std::sqrt(rest) : 2 * cached;
}

/// Rows at which a product runs at half its full rate, from the rates of few and of many: n rows take n + half. The
/// formats' median; what multiplies token by token has none.
double half_rows(const Measurement& m, const FormatTable& formats) {
  std::vector<double> found;
  for (const Format& f : formats.formats()) {
    const double few = median_of(m, "dot_few", f.id), many = median_of(m, "dot_many", f.id);
    // many / few = (n + half) / n x N / (N + half)
    const double ratio = many / few, n = few_tokens, N = prefill_tokens;
    if (ratio > 0) found.push_back(std::fmax(0.0, n * N * (ratio - 1) / (N - n * ratio)));
  }
  return found.empty() ? unknown : median(found);
}

/// The fastest that an engine read weights while it decoded: tokens a second times what each reads. NaN if no row says
/// it. A cache that holds a model would give more than the memory, so that small ones are left out.
double read_by_engine_Bps(const std::vector<Row>& engine, const Machine& machine, const Catalog& catalog) {
  double cached_B = 0, most = unknown;
  for (const CacheLevel& c : machine.caches) cached_B = std::max(cached_B, c.size_B * c.instances);
  for (const Row& row : engine) {
    const Model* model = catalog.model(row.query.model);
    const Runtime* runtime = catalog.runtime(row.query.runtime);
    const Quantization* recipe =
        runtime ? catalog.quantization(catalog.resolve_quantization(row.query.quant, *runtime)) : nullptr;
    if (!row.reason.empty() || !row.placement.empty() || row.metric != Metric::decode_tok_s || !(row.value > 0) ||
        row.query.workload.batch > 1 || !model || !recipe)
      continue;
    const ModelCost cost = summarize(*model, *recipe, catalog.formats());
    double read_B = 0;
    for (std::size_t i = 0; i < cost.load_count; ++i)
      read_B += cost.loads[i].bytes +
                (cost.experts > 0 ? cost.loads[i].expert_bytes * cost.experts_per_token / cost.experts : 0);
    if (read_B > 2 * cached_B) most = std::fmax(most, row.value * read_B);
  }
  return most;
}

/// Parameters that follow from the microbenchmarks; the rest stays unknown and comes from the class.
Parameters from_microbenchmarks(const Measurement& m, const Device& device, const Runtime& runtime,
                                const Parameters& cls, const FormatTable& formats) {
  // The rates that shares of 1 would give, at the thread count that was measured.
  const Parameters unit = unit_shares(cls);
  const TestRun* widest = find_run(m, "dot", "Q4_0");
  const double threads = widest ? widest->threads : 0;
  const Rates one = resolve(device, runtime, unit, formats, 2, threads);

  Parameters p;
  const double bandwidth = fastest_read(m, formats).Bps;
  p[Parameter::bandwidth_share] = bandwidth / one.bandwidth_Bps;
  const double half = half_rows(m, formats);
  p[Parameter::prefill_half_rows] = half;
  p[Parameter::row_s] = row_s(m, formats, runtime);
  const auto decoded = [&](std::size_t f) {
    const bool in_turns = is_known(p[Parameter::row_s]) && !runtime.memory.repacked_on_load[f];
    const double row_weight_s = in_turns ? p[Parameter::row_s] / threads / streamed_columns : 0;
    return decode_rate(m, formats.formats()[f], bandwidth, row_weight_s);
  };
  // The full rate, which the measured number of tokens does not reach.
  const auto multiplied = [&](std::size_t f) {
    return median_of(m, "dot_many", formats.formats()[f].id) * (1 + (is_known(half) ? half : 0) / prefill_tokens);
  };

  // The formats' common factor to the class goes into the share, so that formats nobody measured profit too.
  const auto common_factor = [&](const auto& rate, const auto& believed) {
    double sum = 0, n = 0;
    for (std::size_t f = 0; f < formats.size(); ++f) {
      const double measured = rate(f);
      if (!(measured > 0 && believed(f) > 0)) continue;
      sum += std::log(measured / believed(f));
      n += 1;
    }
    return n > 0 ? std::exp(sum / n) : unknown;
  };
  const auto decode = [&](std::size_t f) {
    return cls[Parameter::decode_rate_share] / (one.decode_weight_s[f] * cls.decode_cost[f]);
  };
  const auto prefill = [&](std::size_t f) {
    return cls[Parameter::prefill_rate_share] * cls.prefill_efficiency[f] / one.prefill_weight_s[f];
  };
  p[Parameter::decode_rate_share] = cls[Parameter::decode_rate_share] * common_factor(decoded, decode);
  p[Parameter::prefill_rate_share] = cls[Parameter::prefill_rate_share] * common_factor(multiplied, prefill);
  for (std::size_t f = 0; f < formats.size(); ++f) {
    if (const double measured = decoded(f); measured > 0)
      p.decode_cost[f] = p[Parameter::decode_rate_share] / (one.decode_weight_s[f] * measured);
    if (const double measured = multiplied(f); measured > 0)
      p.prefill_efficiency[f] = measured * one.prefill_weight_s[f] / p[Parameter::prefill_rate_share];
  }
  if (const double rate = mean_of_sizes(m, "attention"); rate > 0) {
    p[Parameter::attention_decode_share] = rate / one.decode_attention_flops;
    // One query reads two bytes for each multiply-add, of two operations: what it does not reach of its cached rate is
    // the reading's part. Where that cannot be told from the arithmetic the cache is read like the weights.
    const double streamed = mean_of_sizes(m, "attention_streamed");
    p[Parameter::kv_bandwidth_share] = p[Parameter::bandwidth_share];
    if (streamed > 0 && streamed < 0.95 * rate)
      p[Parameter::kv_bandwidth_share] =
          std::fmin(1 / std::sqrt(1 / (streamed * streamed) - 1 / (rate * rate)) / one.bandwidth_Bps,
                    p[Parameter::bandwidth_share]);
  }
  if (const double rate = mean_of_sizes(m, "attention_many"); rate > 0)
    p[Parameter::attention_prefill_share] = rate / one.prefill_attention_flops;
  if (const double rate = median_of(m, "between_many"); rate > 0)
    p[Parameter::activation_share] = rate / one.activations_per_s;
  if (const double between = median_of(m, "between_products"); between > 0)
    p[Parameter::launch_s] = between / tensors_of_layer;
  if (const double clock = median_of(m, "clock"); clock > 0)
    p[Parameter::step_s] = p[Parameter::prefill_step_s] = step_cycles / clock;

  const double idle = power_w(m, "idle"), above = device.full_power_w() - device.idle_w;
  if (idle > 0 && above > 0) {
    if (const double w = power_w(m, "decode"); w > idle) p[Parameter::decode_power_share] = (w - idle) / above;
    if (const double w = power_w(m, "prefill"); w > idle) p[Parameter::prefill_power_share] = (w - idle) / above;
    p[Parameter::idle_share] = 1;
  }
  return p;
}

/// How far an engine is believed to lie from the microbenchmarks, natural log units.
Parameters widths() {
  Parameters sd;
  sd[Parameter::bandwidth_share] = 0.15;
  sd[Parameter::kv_bandwidth_share] = sd[Parameter::attention_decode_share] = sd[Parameter::attention_prefill_share] =
      sd[Parameter::activation_share] = 0.2;
  // Kernels that reach an engine's rate on one processor miss it on another by the same factor in every format: what
  // two runs say of that factor is believed, what they say of one format is not taken for the others.
  sd[Parameter::decode_rate_share] = sd[Parameter::prefill_rate_share] = 0.4;
  sd[Parameter::step_s] = sd[Parameter::launch_s] = sd[Parameter::prefill_step_s] = 0.7;
  sd[Parameter::decode_power_share] = sd[Parameter::prefill_power_share] = 0.2;
  sd.decode_cost.fill(0.1);
  sd.prefill_efficiency.fill(0.1);
  return sd;
}

/// What a reader of the preset should know of the machine's state. Warnings are not taken: they may name files.
std::string circumstances(const Measurement& m) {
  std::vector<std::string> all;
  if (m.machine.virtual_machine) all.push_back("a virtual machine");
  if (!m.before.governor.empty()) all.push_back("clock governor " + m.before.governor);
  if (m.before.load >= 0.1) all.push_back("load " + exact(m.before.load) + " before");
  if (m.before.cpu.quota_binds()) all.push_back("a CPU quota of " + human(m.before.cpu.quota_cpus, "") + " CPUs");
  if (m.before.cpu.fewer())
    all.push_back(human(m.before.cpu.allowed, "") + " of " + human(m.before.cpu.online, "") + " CPUs allowed");
  for (const Conditions* c : {&m.before, &m.after})
    if (!c->throttled.empty()) all.push_back(std::string(c == &m.before ? "before: " : "afterwards: ") + c->throttled);
  return joined(all, "; ");
}

/// An engine's rows with one runtime, as samples.
struct Runs {
  const Runtime* runtime = nullptr;
  std::vector<Sample> samples;
  std::vector<std::string> names;
  std::set<std::string> configurations, models;
};

/// Why rows cannot be used goes into `notes`. `costs` owns what the samples point to.
std::map<std::string, Runs> runs_by_runtime(const std::vector<Row>& engine, const BoardFitOptions& o,
                                            const Catalog& catalog, const Device& device,
                                            std::map<std::string, ModelCost>& costs, std::vector<std::string>& notes) {
  std::map<std::string, Runs> out;
  std::map<std::string, double> ignored;
  for (const Row& row : engine) {
    Query q = row.query;
    const std::string why = row.placement.empty() ? row.reason : "not the device alone (" + row.placement + ")";
    if (!why.empty()) {
      ignored[why] += 1;
      continue;
    }
    if (!is_fitted(row.metric) || !(row.value > 0)) {
      ignored["metric is not fitted"] += 1;
      continue;
    }
    if (q.quant.empty()) {
      ignored["the quantization is not stated"] += 1;
      continue;
    }
    if (!q.device.empty() && q.device != o.id && q.device != o.device) {
      ignored["device is \"" + q.device + "\""] += 1;
      continue;
    }
    q.device = o.id;
    q.power_mode = o.power_mode;
    const auto a = prepare(catalog, q);
    if (!a) {
      ignored[a.errors()[0].path + " " + a.errors()[0].message] += 1;
      continue;
    }
    // Whether the row says it or not: parts of such a model were elsewhere, or it paged.
    if (const auto whole = answer(catalog, q); whole && exceeds_memory(whole->estimate)) {
      ignored["the model needs more memory than the device has"] += 1;
      continue;
    }
    const ModelCost& cost = costs.emplace(a->query.model + " " + a->query.quant, a->cost).first->second;
    const Workload& w = a->query.workload;
    Runs& runs = out[a->runtime->id];
    runs.runtime = a->runtime;
    runs.samples.push_back({&cost, &device, a->runtime, a->rates.kv_bytes_per_element, w, row.metric, row.value, 1});
    runs.names.push_back(a->query.model + " " + a->query.quant + ", " +
                         (w.threads > 0 ? human(w.threads, "") + " threads, " : "") +
                         (w.batch > 1 ? "batch " + human(w.batch, "") + ", " : "") + "prompt " + human(w.prompt, "") +
                         ", depth " + human(w.depth, "") + ": " + std::string(to_string(row.metric)));
    runs.configurations.insert(row.configuration);
    runs.models.insert(a->query.model);
  }
  for (const auto& [reason, n] : ignored) notes.push_back(human(n, "") + " engine row(s) ignored: " + reason + ".");
  return out;
}

std::vector<BoardFit::ExplainedRow> explained_by(const Parameters& p, const Runs& runs, const FormatTable& formats) {
  std::vector<BoardFit::ExplainedRow> out;
  for (std::size_t i = 0; i < runs.samples.size(); ++i)
    out.push_back({runs.names[i], runs.samples[i].value, predict(runs.samples[i], p, formats), runs.samples[i].metric});
  return out;
}

/// NaN if there are no rows.
double median_error(const std::vector<BoardFit::ExplainedRow>& rows) {
  std::vector<double> errors;
  errors.reserve(rows.size());
  for (const BoardFit::ExplainedRow& row : rows) errors.push_back(std::fabs(row.predicted / row.measured - 1));
  return median(errors);
}

/// Microbenchmarks that an engine's rows correct.
Parameters corrected(const Parameters& microbenchmarks, const Parameters& sd, const std::vector<Sample>& samples,
                     const FormatTable& formats) {
  FitOptions options;
  options.noise = 0.03;  // rows are medians of a quiet machine
  Prior prior;
  prior.center = microbenchmarks;
  prior.sd = sd;
  return fit(samples, prior, formats, options).parameters;
}

/// What would make the calibration better.
void advise(const Runs& runs, bool microbenchmarks, std::vector<std::string>& notes) {
  const std::string id = runs.runtime->id + ": ";
  const std::vector<Sample>& samples = runs.samples;
  if (samples.empty()) {
    notes.push_back(
        "No row of an inference engine: what an engine reaches of these rates is taken from other devices of the "
        "class. `edgewise measure --engine auto`, or `edgewise import` of its output, would narrow it "
        "most.");
    return;
  }
  if (runs.models.size() == 1)
    notes.push_back(id + "one model only; a second of another size would tell fixed costs from bandwidth.");
  if (runs.runtime->processor == Processor::cpu && std::all_of(samples.begin(), samples.end(), [&](const Sample& s) {
        return s.workload.threads == samples[0].workload.threads;
      }))
    notes.push_back(id + "one thread count only.");
  if (std::none_of(samples.begin(), samples.end(),
                   [](const Sample& s) { return info(s.metric).kind == Kind::prefill; }))
    notes.push_back(id + "no prefill row; prompt processing rests on " +
                    (microbenchmarks ? "the microbenchmarks." : "the class."));
  if (std::none_of(samples.begin(), samples.end(), [](const Sample& s) { return s.workload.depth >= 1024; }))
    notes.push_back(id + "no row at depth 1024 or more; attention over a long context rests on " +
                    (microbenchmarks ? "the microbenchmarks." : "the class."));
}

/// Of the processor, or of a GPU: the power is the whole machine's while the processor worked.
Json raw_samples(const Measurement& m, const Gpu* gpu) {
  Json out = Json::array();
  for (const TestRun& r : m.runs) {
    if (r.samples.empty() || r.device != (gpu ? gpu->name : "")) continue;
    Json row = {{"test", r.test}};
    if (!r.format.empty()) row["format"] = r.format;
    row.update({{"cores", r.cores}, {"threads", r.threads}, {"unit", find_test(r.test)->unit}, {"values", r.samples}});
    if (is_known(r.bytes)) row["working_set_B"] = r.bytes;
    if (is_known(r.tokens)) row["tokens"] = static_cast<int>(r.tokens);
    out.push_back(std::move(row));
  }
  if (gpu) return out;
  for (const PowerReading& p : m.power) {
    Json row = {{"test", "power"}};
    for (const auto& [key, text] : {std::pair("phase", &p.phase), {"source", &p.source}, {"scope", &p.scope}})
      if (!text->empty()) row[key] = *text;
    row.update({{"unit", "W"}, {"values", p.watts}});
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

Parameters unit_shares(Parameters p) {
  for (const Parameter share : {Parameter::bandwidth_share, Parameter::kv_bandwidth_share, Parameter::decode_rate_share,
                                Parameter::prefill_rate_share, Parameter::attention_decode_share,
                                Parameter::attention_prefill_share, Parameter::activation_share})
    p[share] = 1;
  p.decode_cost.fill(1);
  p.prefill_efficiency.fill(1);
  return p;
}

Result<BoardFit> fit_board(const Measurement& m, const std::vector<Row>& engine, const BoardFitOptions& o,
                           Catalog& catalog) {
  BoardFit out;
  const bool measured = !m.runs.empty(), described = !m.machine.groups.empty();
  if (!measured && o.device.empty()) {
    if (!described) return Error{"missing", "--device", "is needed where no measurement describes the machine"};
    if (!m.engine.device.empty())
      return Error{"missing", "--device",
                   "is needed: the rows are of \"" + m.engine.device + "\", not of the machine that asked"};
  }
  const bool described_by_rows = !measured && o.device.empty();
  const double read_Bps =
      described_by_rows ? read_by_engine_Bps(engine, m.machine, catalog) : fastest_read(m, catalog.formats()).Bps;
  if (described_by_rows) {
    if (!is_known(o.peak_bandwidth_Bps) && !is_known(read_Bps))
      return Error{"missing", "--peak-bandwidth",
                   "is needed, or --device: no row of decoding says how fast this machine's memory is, and no "
                   "microbenchmark does"};
    for (const CpuGroup& g : m.machine.groups)
      if (!is_known(g.max_hz) && !is_known(m.before.clock_hz))
        return Error{"missing", "--device",
                     "is needed, or a measurement with microbenchmarks: this machine does not say its clock"};
  }
  if (!o.device.empty() && is_known(o.peak_bandwidth_Bps))
    return Error{"conflict", "--peak-bandwidth",
                 "is of a machine that is described anew: " + o.device + " states its own"};
  std::vector<std::string> scatter;
  if (measured) {
    for (const auto& [test, format] :
         {std::pair{"read", ""}, {"dot", "Q4_0"}, {"dot_many", "Q4_0"}, {"fma", ""}, {"int8", ""}})
      if (!(median_of(m, test, format) > 0))
        return Error{"missing", std::string("rows: ") + test, "was not measured: measure again with a larger --budget"};
    // Half the samples within a factor of about two is the least that a preset may rest on.
    for (const auto& [test, format] : {std::pair{"read", ""}, {"dot", "Q4_0"}, {"dot_many", "Q4_0"}, {"fma", ""}}) {
      const TestRun& row = *find_run(m, test, format);
      if (row.spread() > 0.2) scatter.push_back(std::string(test) + " by " + human(100 * row.spread(), "%"));
      if (row.spread() > 1 && !o.accept_noise)
        return Error{"noise", std::string("rows: ") + test,
                     "scatters by " + human(100 * row.spread(), "%") +
                         ": measure again while nothing else runs, or say --accept-noise"};
    }
  }

  std::vector<std::string> unlikely;
  for (const auto& [row, times] : measured ? out_of_line(m, catalog.formats()) : std::vector<OutOfLine>()) {
    if (!o.accept_noise)
      return Error{"noise", "rows: " + row,
                   "is " + human(std::fmax(times, 1 / times), "") + " times " + (times > 1 ? "above" : "below") +
                       " what the other rows make likely: measure again while nothing else runs, or say "
                       "--accept-noise"};
    unlikely.push_back(row);
  }

  const DevicePreset* from = o.device.empty() ? nullptr : catalog.device(catalog.resolve_device(o.device));
  const auto chosen = fitted_gpu(m, o.gpu, from && from->device.kind == DeviceKind::host_centric, out.notes);
  if (!chosen) return chosen.errors();
  const Gpu* gpu = *chosen;
  const double gpu_Bps = gpu ? gpu_reached_Bps(m, *gpu) : unknown;

  Json preset = o.device.empty() ? describe(m, o, std::fmax(gpu_Bps, read_Bps), out.notes)
                                 : bundled_preset("device", catalog.resolve_device(o.device));
  if (preset.is_null())
    return Error{"unknown_device", "--device",
                 "\"" + o.device + "\" is no device preset; leave it out to describe this machine anew"};
  if (!o.device.empty()) {
    preset["id"] = o.id;
    preset.erase("aliases");
    if (!o.name.empty()) preset["name"] = o.name;
    if (measured) preset["sources"].push_back("edgewise measure, " + m.date);
  }
  // A card's preset has no processor: what was measured on that of the machine around it is not the card's.
  const bool of_processor = measured && preset.contains("cpu");
  if (of_processor && !o.device.empty())
    if (const std::string other = other_machine(m.machine, preset); !other.empty())
      return Error{"other_device", "--device",
                   o.device + " is not what was measured, which has " + other + ": leave it out to describe it anew"};
  if (of_processor) add_measured(preset, m, catalog.formats());
  if (gpu) add_measured_gpu(preset, m, *gpu);
  if (const auto added = add_preset(catalog, to_text(preset)); !added) {
    out.refused = added.errors();
    return out;
  }

  Device device = catalog.device(o.id)->device;
  if (!apply_power_mode(device, o.power_mode))
    return Error{"unknown_power_mode", "--power-mode", "\"" + o.power_mode + "\" is no power mode of the device"};
  const FormatTable& formats = catalog.formats();
  std::map<std::string, ModelCost> costs;
  std::map<std::string, Runs> runs = runs_by_runtime(engine, o, catalog, device, costs, out.notes);
  if (of_processor) runs[measured_runtime].runtime = catalog.runtime(measured_runtime);
  if (gpu) runs[measured_gpu_runtime].runtime = catalog.runtime(measured_gpu_runtime);
  if (runs.empty())
    return Error{"nothing", "",
                 out.notes.empty() ? "holds no row of an engine" : "no row can be used. " + out.notes.front()};

  Errors refused;
  Json calibrations = Json::array();
  for (const auto& [id, of_runtime] : runs) {
    const std::vector<Sample>& samples = of_runtime.samples;
    const Parameters cls = parameters_for(device, *of_runtime.runtime, nullptr);
    const Gpu* of_gpu = id == measured_gpu_runtime ? gpu : nullptr;
    const bool microbenchmarks = (of_processor && id == measured_runtime) || of_gpu;
    Parameters fitted = of_gpu
                            ? gpu_from_microbenchmarks(m, *of_gpu, device, *of_runtime.runtime, cls, formats).over(cls)
                        : microbenchmarks ? from_microbenchmarks(m, device, *of_runtime.runtime, cls, formats).over(cls)
                                          : cls;
    const auto expected = explained_by(fitted, of_runtime, formats);
    BoardFit::Explained e{id, microbenchmarks, {}, median_error(expected), unknown};
    if (!samples.empty())
      fitted = microbenchmarks ? corrected(fitted, of_gpu ? gpu_widths() : widths(), samples, formats)
                               : calibrate(samples, cls, formats);
    e.rows = explained_by(fitted, of_runtime, formats);
    e.error = median_error(e.rows);
    const Errors far =
        outliers(id, microbenchmarks ? "what the microbenchmarks explain" : "its class", expected, e.rows);
    if (!o.accept_outlier) refused.insert(refused.end(), far.begin(), far.end());

    Json calibration = {{"runtime", id}};
    if (!o.power_mode.empty()) calibration["power_mode"] = o.power_mode;
    calibration["origin"] = "measured";
    calibration["configurations"] = of_runtime.configurations.size();
    calibration["parameters"] = parameters_json(fitted, formats, &cls);
    Json raw = microbenchmarks ? raw_samples(m, of_gpu) : Json::array();
    for (const auto& row : e.rows) raw.push_back({{"engine", row.what}, {"value", row.measured}});
    calibration["samples"] = std::move(raw);
    if (!m.tool.empty()) calibration["tool"] = m.tool;
    calibration["date"] = m.date;
    if (const std::string c = circumstances(m); !c.empty()) calibration["context"] = c;
    if (is_known(e.error))
      calibration["fit"] = "median error " + human(100 * e.error, "%") + " over " +
                           human(static_cast<double>(samples.size()), "") + " row(s) of an engine";
    std::string doubts;
    if (microbenchmarks && !of_gpu && !scatter.empty())
      doubts = "Samples scatter: " + joined(scatter, ", ") +
               ". The machine was not quiet, and its numbers are less sure than others";
    if (microbenchmarks && !of_gpu && !unlikely.empty())
      doubts += (doubts.empty() ? "" : ". ") + std::string("Far from what the other rows make likely: ") +
                joined(unlikely, ", ");
    for (const Error& x : far) doubts += (doubts.empty() ? "Accepted: " : ". Accepted: ") + x.path + " " + x.message;
    if (!doubts.empty()) calibration["note"] = doubts;
    calibrations.push_back(std::move(calibration));
    advise(of_runtime, microbenchmarks, out.notes);
    out.explained.push_back(std::move(e));
  }
  if (!refused.empty()) {
    refused.push_back(
        {"outlier", "--accept-outlier",
         "fits them all the same: give it if the whole model was on this device alone and nothing else ran"});
    return refused;
  }
  // The newest calibration of a runtime and mode replaces the earlier one.
  for (const Json& c : preset.value("calibrations", Json::array()))
    if (!runs.count(c.value("runtime", "")) || c.value("power_mode", "") != o.power_mode) calibrations.push_back(c);
  preset["calibrations"] = std::move(calibrations);
  out.preset = canonical_text(preset);

  for (const std::string& w : m.warnings) out.notes.push_back("While measuring: " + w + ".");
  if (measured && m.power.empty())
    out.notes.push_back(
        "No power: no readable sensor was found. `edgewise measure --power-log` or --watts-idle with --watts-load "
        "takes a meter's readings.");
  if (measured && !m.power.empty() && power_scope(m) == Scope::unstated)
    out.notes.push_back("Power is not taken: its readings are of \"" + m.power.front().scope +
                        "\", which is not what a CPU's run draws as a whole.");
  if (m.quick) out.notes.push_back("Measured with --quick: the full run has more and longer samples.");
  return out;
}

}  // namespace edgewise
