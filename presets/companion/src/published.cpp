#include "published.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "statistics.h"

namespace edgewise {

namespace {

enum class Level { processor, runtime, processor_class, board, mode };

/// Widths of the priors, natural log units: how far a child is believed to lie from its parent.
Parameters prior_sd(Level level) {
  Parameters sd;
  const auto set = [&](Parameter p, double processor, double runtime, double cls, double board) {
    // A power mode differs from its board by what its clocks do not explain: little.
    const double widths[] = {processor, runtime, cls, board, board / 2};
    sd[p] = widths[static_cast<std::size_t>(level)];
  };
  set(Parameter::bandwidth_share, 0.4, 0.25, 0.2, 0.4);
  set(Parameter::kv_bandwidth_share, 0.7, 0.4, 0.3, 0.5);
  set(Parameter::decode_rate_share, 1.0, 0.4, 0.4, 0.6);
  set(Parameter::prefill_rate_share, 1.0, 0.7, 0.5, 0.6);
  set(Parameter::prefill_half_rows, 0.7, 0.5, 0.4, 0.6);
  set(Parameter::attention_decode_share, 0.6, 0.3, 0.25, 0.5);
  set(Parameter::attention_prefill_share, 1.0, 0.5, 0.4, 0.6);
  set(Parameter::recurrent_prefill_share, 0.7, 1.0, 0.7, 1.0);
  set(Parameter::step_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::launch_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::recurrent_layer_s, 1.0, 1.5, 1.0, 1.5);  // a runtime has a kernel for them or goes to the host
  set(Parameter::prefill_step_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::decode_power_share, 0.5, 0.3, 0.3, 0.6);
  set(Parameter::prefill_power_share, 0.5, 0.3, 0.3, 0.6);
  set(Parameter::idle_share, 0.05, 0.05, 0.05, 1.0);  // a board's sensor may see one rail only
  static constexpr double cost[] = {0.35, 0.3, 0.25, 0.3, 0.15}, efficiency[] = {0.7, 0.5, 0.4, 0.3, 0.15};
  sd.decode_cost.fill(cost[static_cast<std::size_t>(level)]);
  sd.prefill_efficiency.fill(efficiency[static_cast<std::size_t>(level)]);
  return sd;
}

/// No honest kernel streams faster than its memory. A CPU's reference is a measured copy, which reads alone
/// can exceed; a sensor sees no more than a little above the idle power that another one saw.
Parameters physical_limits(Processor processor) {
  Parameters most;
  most[Parameter::bandwidth_share] = most[Parameter::kv_bandwidth_share] = processor == Processor::cpu ? 1.8 : 1;
  most[Parameter::idle_share] = 1.5;
  return most;
}

/// Relative work of unpacking one weight and multiplying it, by what the format's layout asks of a vector
/// unit: a Q4_0 weight is 1. Where the search begins, not where it ends.
double unpacking_work(const std::string& format) {
  static const std::map<std::string, double> work = {
      {"F32", 0.7},    {"F16", 0.7},    {"BF16", 0.8},  {"Q8_0", 0.9},    {"Q4_1", 1.1}, {"Q5_0", 1.3},
      {"Q5_1", 1.3},   {"Q2_K", 1.3},   {"Q3_K", 1.6},  {"Q4_K", 1.1},    {"Q5_K", 1.4}, {"Q6_K", 1.5},
      {"IQ4_NL", 1.3}, {"IQ4_XS", 1.3}, {"IQ3_S", 2.8}, {"IQ3_XXS", 2.8}, {"IQ2_S", 3},  {"IQ2_XS", 3},
      {"IQ2_XXS", 3},  {"IQ1_S", 2.5},  {"IQ1_M", 3},   {"Q1_0", 1.3},    {"Q2_0", 1.3}};
  const auto it = work.find(format);
  return it == work.end() ? 1 : it->second;
}

/// Where the search begins before any measurement: round numbers of the right order.
Parameters starting_point(Processor processor, const FormatTable& formats) {
  Parameters p;
  const bool cpu = processor == Processor::cpu, gpu = processor == Processor::gpu;
  p[Parameter::bandwidth_share] = 0.75;
  p[Parameter::kv_bandwidth_share] = 0.5;
  p[Parameter::decode_rate_share] = 1;
  p[Parameter::prefill_rate_share] = cpu ? 0.15 : gpu ? 0.3 : 0.2;
  p[Parameter::prefill_half_rows] = cpu ? 4 : gpu ? 24 : 16;
  p[Parameter::attention_decode_share] = 0.06;
  p[Parameter::attention_prefill_share] = cpu ? 0.03 : 0.1;
  p[Parameter::recurrent_prefill_share] = cpu ? 0.03 : 0.1;
  p[Parameter::step_s] = 5e-4;
  p[Parameter::launch_s] = 5e-6;
  p[Parameter::recurrent_layer_s] = 2e-5;
  p[Parameter::prefill_step_s] = 2e-3;
  p[Parameter::decode_power_share] = 0.6;
  p[Parameter::prefill_power_share] = 0.8;
  p[Parameter::idle_share] = 1;
  for (std::size_t f = 0; f < formats.formats.size(); ++f) {
    p.decode_cost[f] = (cpu ? 3 : gpu ? 8 : 50) * unpacking_work(formats.formats[f].id);
    p.prefill_efficiency[f] = 1;
  }
  return p;
}

/// Formats that no sample uses stay at the prior: only the used ones are searched.
void restrict_to_used(Parameters& sd, const std::vector<Sample>& samples) {
  std::array<bool, max_formats> used{};
  for (const Sample& s : samples)
    for (std::size_t i = 0; i < s.model->load_count; ++i)
      if (s.model->loads[i].op != Operator::other) used[s.model->loads[i].format] = true;
  for (std::size_t f = 0; f < max_formats; ++f)
    if (!used[f]) sd.decode_cost[f] = sd.prefill_efficiency[f] = unknown;
}

/// Decoding, prefill and power are learnt one after the other, each on its own rows: what decoding taught
/// is held while prefill is fitted.
enum class Stage { decode, prefill, power };

Stage stage_of(Metric m) {
  switch (kind_of(m)) {
    case Kind::prefill:
      return Stage::prefill;
    case Kind::power:
    case Kind::energy:
      return Stage::power;
    default:
      return Stage::decode;
  }
}

Parameters only(Parameters sd, Stage stage) {
  for (std::size_t i = 0; i < parameter_count; ++i) {
    const auto p = static_cast<Parameter>(i);
    const Stage belongs =
        p == Parameter::prefill_rate_share || p == Parameter::prefill_half_rows ||
                p == Parameter::attention_prefill_share || p == Parameter::recurrent_prefill_share ||
                p == Parameter::prefill_step_s
            ? Stage::prefill
        : p == Parameter::decode_power_share || p == Parameter::prefill_power_share || p == Parameter::idle_share
            ? Stage::power
            : Stage::decode;
    if (belongs != stage) sd.value[i] = unknown;
  }
  if (stage != Stage::decode) sd.decode_cost.fill(unknown);
  if (stage != Stage::prefill) sd.prefill_efficiency.fill(unknown);
  return sd;
}

Parameters fit_stages(const std::vector<Sample>& all, const Parameters& parent, Level level, const FormatTable& formats,
                      const Parameters* start) {
  Parameters fitted = parent;
  for (const Stage stage : {Stage::decode, Stage::prefill, Stage::power}) {
    std::vector<Sample> samples;
    std::copy_if(all.begin(), all.end(), std::back_inserter(samples),
                 [&](const Sample& s) { return stage_of(s.metric) == stage; });
    if (samples.empty()) continue;
    Prior prior{fitted, only(prior_sd(level), stage), physical_limits(samples[0].runtime->processor)};
    restrict_to_used(prior.sd, samples);
    FitOptions options;
    options.noise = level >= Level::board ? 0.05 : 0.12;
    Parameters begin = fitted;
    if (start) {
      const Parameters moved = only(prior.sd, stage);
      for (std::size_t i = 0; i < parameter_count; ++i)
        if (moved.value[i] > 0) begin.value[i] = start->value[i];
      for (std::size_t i = 0; i < max_formats; ++i) {
        if (moved.decode_cost[i] > 0) begin.decode_cost[i] = start->decode_cost[i];
        if (moved.prefill_efficiency[i] > 0) begin.prefill_efficiency[i] = start->prefill_efficiency[i];
      }
    }
    options.start = &begin;
    options.near = start != nullptr;
    fitted = fit(samples, prior, formats, options).parameters;
  }
  return fitted;
}

Parameters fit_node(const std::vector<const Observation*>& rows, const Parameters& parent, Level level,
                    const FormatTable& formats, const Parameters* start = nullptr) {
  // A device with a hundred configurations says more than one with a single one, but not a hundred times more: 25
  // times.
  std::map<std::string, double> per_device;
  for (const Observation* m : rows) per_device[m->board] += m->weight;
  std::vector<Sample> samples;
  for (const Observation* m : rows) {
    samples.push_back(m->sample);
    samples.back().weight = level >= Level::board ? m->weight : m->weight / std::pow(per_device[m->board], 0.3);
  }
  return fit_stages(samples, parent, level, formats, start);
}

bool learns(const Observation& m) {
  return m.source.exclude.empty() && m.sample.value > 0 && is_fitted(m.sample.metric) &&
         kind_of(m.sample.metric) != Kind::throughput;
}

std::string processor_key(const Observation& m) { return to_string(m.sample.runtime->processor); }
std::string class_key(const Observation& m) { return m.sample.runtime->id + "|" + m.processor_class; }

using Rows = std::vector<const Observation*>;

template <class Key>
std::map<std::string, Rows> grouped(const Rows& rows, const Key& key) {
  std::map<std::string, Rows> out;
  for (const Observation* m : rows) out[key(*m)].push_back(m);
  return out;
}

Rows without_device(const Rows& rows, const std::string& device) {
  Rows out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
               [&](const Observation* m) { return m->device != device; });
  return out;
}

}  // namespace

Kind kind_of(Metric m) {
  switch (m) {
    case Metric::decode_tok_s:
    case Metric::tpot_ms:
      return Kind::decode;
    case Metric::prefill_tok_s:
    case Metric::ttft_ms:
      return Kind::prefill;
    case Metric::throughput_tok_s:
    case Metric::total_latency_ms:
      return Kind::throughput;
    case Metric::power_w:
      return Kind::power;
    case Metric::energy_j_per_token:
      return Kind::energy;
    default:
      return Kind::memory;
  }
}

const char* to_string(Kind k) {
  static constexpr const char* names[] = {"decode", "prefill", "throughput", "memory", "power", "energy"};
  return names[static_cast<std::size_t>(k)];
}

Kind interval_kind(Metric m) { return kind_of(m) == Kind::throughput ? Kind::decode : kind_of(m); }

double interval_ratio(Metric m, double measured, double predicted) {
  const bool is_time = m == Metric::ttft_ms || m == Metric::tpot_ms || m == Metric::total_latency_ms;
  return is_time ? predicted / measured : measured / predicted;
}

// An eager runtime's host takes about 0.15 ms to issue a module: Llama 3.2 1B and 3B on an L4 take 20.0 and 33.7 ms per
// token for 128 and 224 of them, whatever the GPU could do, and 5 ms more for a prompt. Its attention is a library's
// too and runs at the rate of its products: the 1B model on the L4 does 44 TFLOP/s at 32,768 tokens, half of them
// attention's.
Parameters expected(const Runtime& runtime, Parameters processor) {
  if (runtime.eager) {
    processor[Parameter::launch_s] = 1.5e-4;
    processor[Parameter::prefill_step_s] = 5e-3;
    processor[Parameter::attention_prefill_share] = processor[Parameter::prefill_rate_share];
  }
  return processor;
}

const Parameters& Hierarchy::parameters_of(const Observation& m) const {
  static const Parameters none;
  if (const auto u = unit.find(m.unit); u != unit.end()) return u->second;
  const auto b = board.find(m.board);
  return b != board.end() ? b->second : none;
}

Parameters calibrate(const std::vector<Sample>& samples, const Parameters& cls, const FormatTable& formats) {
  return fit_stages(samples, cls, Level::board, formats, nullptr);
}

std::string board_key(const Device& d) {
  // "NAME-8gb" and "NAME-16gb" are one board where bandwidth and rates agree (they do not on Jetson modules).
  std::string name = d.id;
  const auto dash = name.rfind('-');
  if (dash != std::string::npos && name.size() > dash + 2 && name.compare(name.size() - 2, 2, "gb") == 0)
    name.resize(dash);
  const auto whole = [](double x) {
    return is_known(x) ? std::to_string(static_cast<long long>(x / 1e6)) : std::string("?");
  };
  return name + "@" + whole(d.memory_bandwidth_Bps) + "/" + whole(d.cpu_fp32_flops) + "/" + whole(d.gpu_fp32_flops);
}

Published::Published(const std::vector<CaseRow>& rows, const Catalog& catalog) : catalog_(catalog) {
  std::map<std::string, double> rows_of_configuration;
  for (const CaseRow& row : rows) {
    if (!row.reason.empty()) continue;
    auto prepared = answer(catalog, row.understood.query);
    if (!prepared) continue;
    const Query& q = prepared->query;
    Observation m;
    m.source = row.understood;
    m.source.query = q;
    // Paging and host offload say how fast the storage or the link is, not the device.
    const Estimate& e = prepared->estimate;
    if (m.source.exclude.empty() && kind_of(m.source.metric) != Kind::memory && e[Term::memory_B] > e[Term::capacity_B])
      m.source.exclude = "does not fit in memory";
    m.device = board_key(catalog.device(q.device)->device);
    m.board = m.device + "|" + q.runtime;
    m.unit = m.board + "|" + q.power_mode;
    m.processor_class = processor_class(prepared->device, prepared->runtime->processor);
    const auto cost = costs_.emplace(q.model + "|" + q.quant, prepared->cost).first;
    const auto device = devices_.emplace(q.device + "|" + q.power_mode, prepared->device).first;
    m.sample = {&cost->second, &device->second,       prepared->runtime,    prepared->rates.kv_bytes_per_element,
                q.workload,    row.understood.metric, row.understood.value, 1};
    rows_of_configuration[row.understood.configuration + to_string(kind_of(m.sample.metric))] += 1;
    measurements_.push_back(std::move(m));
  }
  for (Observation& m : measurements_)
    m.weight = 1 / rows_of_configuration[m.source.configuration + to_string(kind_of(m.sample.metric))];
}

Hierarchy fit_hierarchy(const Published& published) {
  Rows all;
  for (const Observation& m : published.measurements())
    if (learns(m)) all.push_back(&m);
  const FormatTable& formats = published.formats();
  Hierarchy h;
  for (const auto& [processor, rows] : grouped(all, processor_key)) {
    h.processor[processor] =
        fit_node(rows, starting_point(rows[0]->sample.runtime->processor, formats), Level::processor, formats);
    for (const auto& [runtime, of_runtime] : grouped(rows, [](const Observation& m) { return m.sample.runtime->id; })) {
      h.runtime[runtime] = fit_node(of_runtime, expected(*of_runtime[0]->sample.runtime, h.processor[processor]),
                                    Level::runtime, formats);
      for (const auto& [cls, of_class] : grouped(of_runtime, class_key)) {
        h.processor_class[cls] = fit_node(of_class, h.runtime[runtime], Level::processor_class, formats);
        for (const auto& [board, of_board] : grouped(of_class, [](const Observation& m) { return m.board; })) {
          h.board[board] = fit_node(of_board, h.processor_class[cls], Level::board, formats);
          for (const Observation* m : of_board) h.configurations[board] += m->weight;
          for (const auto& [unit, of_unit] : grouped(of_board, [](const Observation& m) { return m.unit; })) {
            if (of_unit.size() == of_board.size()) continue;  // one mode: the board is all there is to know
            h.unit[unit] = fit_node(of_unit, h.board[board], Level::mode, formats);
            for (const Observation* m : of_unit) h.configurations[unit] += m->weight;
          }
        }
      }
    }
  }
  return h;
}

std::vector<CrossPrediction> cross_validate(const Published& published, const Hierarchy& full) {
  const FormatTable& formats = published.formats();
  Rows all, learned;
  for (const Observation& m : published.measurements()) {
    if (!is_fitted(m.sample.metric) || !(m.sample.value > 0)) continue;
    all.push_back(&m);
    if (learns(m)) learned.push_back(&m);
  }
  const auto by_processor = grouped(learned, processor_key);
  std::vector<CrossPrediction> out;

  for (const auto& entry : grouped(all, [](const Observation& m) { return m.device; })) {
    const auto& [device_id, of_device] = entry;
    const std::string& device = device_id;                      // a lambda cannot hold a structured binding in clang 14
    std::map<std::string, Parameters> processor, runtime, cls;  // fitted without this device
    std::set<std::string> known_classes;
    const auto class_without = [&](const Observation& m) -> const Parameters& {
      const std::string p = processor_key(m), r = m.sample.runtime->id, c = class_key(m);
      if (const auto found = cls.find(c); found != cls.end()) return found->second;
      const Rows others = by_processor.count(p) ? without_device(by_processor.at(p), device) : Rows{};
      if (!processor.count(p))
        processor[p] = fit_node(others, starting_point(m.sample.runtime->processor, formats), Level::processor, formats,
                                full.processor.count(p) ? &full.processor.at(p) : nullptr);
      Rows of_runtime;
      for (const Observation* o : others)
        if (o->sample.runtime->id == r) of_runtime.push_back(o);
      if (!runtime.count(r))
        runtime[r] = fit_node(of_runtime, expected(*m.sample.runtime, processor[p]), Level::runtime, formats);
      Rows of_class;
      for (const Observation* o : of_runtime)
        if (class_key(*o) == c) of_class.push_back(o);
      if (!of_class.empty()) known_classes.insert(c);
      return cls[c] = fit_node(of_class, runtime[r], Level::processor_class, formats);
    };
    for (const auto& [board, of_board] : grouped(of_device, [](const Observation& m) { return m.board; })) {
      const Parameters& prior = class_without(*of_board[0]);
      for (const auto& [model, held_out] :
           grouped(of_board, [](const Observation& m) { return m.source.query.model; })) {
        Rows known;
        for (const Observation* m : of_board)
          if (m->source.query.model != model && learns(*m)) known.push_back(m);
        const Parameters calibrated = fit_node(known, prior, Level::board, formats);
        std::map<std::string, Parameters> by_mode;
        std::set<std::string> kinds;
        for (const auto& [unit, of_unit] : grouped(known, [](const Observation& m) { return m.unit; })) {
          by_mode[unit] =
              of_unit.size() == known.size() ? calibrated : fit_node(of_unit, calibrated, Level::mode, formats);
          for (const Observation* m : of_unit) kinds.insert(unit + to_string(kind_of(m->sample.metric)));
        }
        for (const Observation* m : held_out) {
          CrossPrediction c{m};
          c.unseen = predict(m->sample, prior, formats);
          c.class_known = known_classes.count(class_key(*m)) > 0;
          // Calibrated is who has other rows of the same kind on this device, in this mode.
          const Kind kind = kind_of(m->sample.metric);
          if (kinds.count(m->unit + to_string(kind == Kind::throughput ? Kind::decode : kind)))
            c.calibrated = predict(m->sample, by_mode.at(m->unit), formats);
          c.fitted = predict(m->sample, full.parameters_of(*m), formats);
          out.push_back(c);
        }
      }
    }
  }
  return out;
}

std::vector<IntervalRule> intervals_of(const Published& published, const std::vector<CrossPrediction>& predictions) {
  // metric | family | situation -> configuration -> measured / predicted of its rows
  using Ratios = std::map<std::string, std::vector<double>>;
  std::map<std::tuple<std::string, std::string, Situation>, Ratios> groups;
  const auto add = [&](const Observation& m, Situation situation, double predicted) {
    if (!m.source.exclude.empty() || !(predicted > 0)) return;
    const Metric metric = m.sample.metric;
    const double ratio = interval_ratio(metric, m.sample.value, predicted);
    const Kind kind = interval_kind(metric);
    groups[{to_string(kind), "", situation}][m.source.configuration].push_back(ratio);
    groups[{to_string(kind), m.sample.runtime->family, situation}][m.source.configuration].push_back(ratio);
  };
  for (const CrossPrediction& p : predictions) {
    add(*p.measurement, Situation::calibrated, p.calibrated);
    add(*p.measurement, p.class_known ? Situation::related : Situation::datasheet, p.unseen);
  }
  for (const Observation& m : published.measurements()) {
    if (is_fitted(m.sample.metric) || !(m.sample.value > 0)) continue;
    const double predicted = predict(m.sample, Parameters(), published.formats());
    if (m.sample.metric == Metric::peak_mem_mib)  // memory is arithmetic: nothing in it is calibrated
      for (const Situation s : {Situation::calibrated, Situation::related, Situation::datasheet}) add(m, s, predicted);
  }

  constexpr std::size_t fewest = 15;  // configurations behind a rule of its own for a family
  std::vector<IntervalRule> rules;
  for (auto& [key, configurations] : groups) {
    const auto& [metric, family, situation] = key;
    if (!family.empty() && configurations.size() < fewest) continue;
    std::vector<double> ratios;
    for (auto& [name, rows] : configurations) ratios.push_back(median(rows));
    rules.push_back({metric, family, situation, std::min(1.0, quantile(ratios, 0.1)),
                     std::max(1.0, quantile(ratios, 0.9)), static_cast<double>(ratios.size())});
  }
  return rules;
}

}  // namespace edgewise
