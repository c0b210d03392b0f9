#include "published.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace edgewise {

namespace {

enum class Level { processor, runtime, processor_class, unit };

/// Widths of the priors, natural log units: how far a child is believed to lie from its parent.
Parameters prior_sd(Level level) {
  Parameters sd;
  const auto set = [&](Parameter p, double processor, double runtime, double cls, double unit) {
    const double widths[] = {processor, runtime, cls, unit};
    sd[p] = widths[static_cast<std::size_t>(level)];
  };
  set(Parameter::bandwidth_share, 0.4, 0.25, 0.2, 0.25);
  set(Parameter::kv_bandwidth_share, 0.7, 0.4, 0.3, 0.3);
  set(Parameter::decode_rate_share, 0, 0.4, 0.4, 0.4);
  set(Parameter::prefill_rate_share, 1.0, 0.7, 0.5, 0.4);
  set(Parameter::attention_decode_share, 1.0, 0.5, 0.4, 0.4);
  set(Parameter::attention_prefill_share, 1.0, 0.5, 0.4, 0.4);
  set(Parameter::step_s, 1.0, 0.7, 0.5, 0.5);
  set(Parameter::layer_s, 1.0, 0.7, 0.5, 0.5);
  set(Parameter::prefill_step_s, 1.0, 0.7, 0.5, 0.5);
  set(Parameter::decode_power_share, 0.5, 0.3, 0.3, 0.4);
  set(Parameter::prefill_power_share, 0.5, 0.3, 0.3, 0.4);
  static constexpr double cost[] = {0.7, 0.4, 0.3, 0.12}, efficiency[] = {0.4, 0.3, 0.25, 0.12};
  sd.decode_cost.fill(cost[static_cast<std::size_t>(level)]);
  sd.prefill_efficiency.fill(efficiency[static_cast<std::size_t>(level)]);
  return sd;
}

/// Where the search begins before any measurement: round numbers of the right order.
Parameters starting_point(Processor processor, const FormatTable& formats) {
  Parameters p;
  const bool cpu = processor == Processor::cpu, gpu = processor == Processor::gpu;
  p[Parameter::bandwidth_share] = 0.7;
  p[Parameter::kv_bandwidth_share] = 0.5;
  p[Parameter::decode_rate_share] = 1;
  p[Parameter::prefill_rate_share] = cpu ? 0.15 : gpu ? 0.3 : 0.2;
  p[Parameter::attention_decode_share] = cpu ? 0.1 : 0.05;
  p[Parameter::attention_prefill_share] = cpu ? 0.03 : 0.1;
  p[Parameter::step_s] = 5e-4;
  p[Parameter::layer_s] = cpu ? 3e-5 : 4e-5;
  p[Parameter::prefill_step_s] = 2e-3;
  p[Parameter::decode_power_share] = 0.6;
  p[Parameter::prefill_power_share] = 0.8;
  for (std::size_t f = 0; f < formats.formats.size(); ++f) {
    p.decode_cost[f] = cpu ? 3 : gpu ? 10 : 50;
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

Parameters fit_node(const std::vector<const Measurement*>& rows, const Parameters& parent, Level level, const FormatTable& formats,
                    const Parameters* start = nullptr) {
  if (rows.empty()) return parent;
  // A device with a hundred configurations says more than one with a single one, but not a hundred times more.
  std::map<std::string, double> per_device;
  for (const Measurement* m : rows) per_device[m->unit] += m->weight;
  std::vector<Sample> samples;
  for (const Measurement* m : rows) {
    samples.push_back(m->sample);
    samples.back().weight = level == Level::unit ? m->weight : m->weight / std::sqrt(per_device[m->unit]);
  }
  Prior prior{parent, prior_sd(level)};
  restrict_to_used(prior.sd, samples);
  FitOptions options;
  options.noise = level == Level::unit ? 0.08 : 0.15;
  options.start = start;
  return fit(samples, prior, formats, options).parameters;
}

bool learns(const Measurement& m) { return m.source.exclude.empty() && m.sample.value > 0 && is_fitted(m.sample.metric) && kind_of(m.sample.metric) != Kind::throughput; }

std::string processor_key(const Measurement& m) { return to_string(m.sample.runtime->processor); }
std::string class_key(const Measurement& m) { return m.sample.runtime->id + "|" + m.processor_class; }

using Rows = std::vector<const Measurement*>;

template <class Key>
std::map<std::string, Rows> grouped(const Rows& rows, const Key& key) {
  std::map<std::string, Rows> out;
  for (const Measurement* m : rows) out[key(*m)].push_back(m);
  return out;
}

Rows without_device(const Rows& rows, const std::string& device) {
  Rows out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out), [&](const Measurement* m) { return m->device != device; });
  return out;
}

}  // namespace

Kind kind_of(Metric m) {
  switch (m) {
    case Metric::decode_tok_s:
    case Metric::tpot_ms: return Kind::decode;
    case Metric::prefill_tok_s:
    case Metric::ttft_ms: return Kind::prefill;
    case Metric::throughput_tok_s:
    case Metric::total_latency_ms: return Kind::throughput;
    case Metric::power_w: return Kind::power;
    case Metric::energy_j_per_token: return Kind::energy;
    default: return Kind::memory;
  }
}

const char* to_string(Kind k) {
  static constexpr const char* names[] = {"decode", "prefill", "throughput", "memory", "power", "energy"};
  return names[static_cast<std::size_t>(k)];
}

std::string board_key(const Device& d) {
  // "NAME-8gb" and "NAME-16gb" are one board where bandwidth and rates agree (they do not on Jetson modules).
  std::string name = d.id;
  const auto dash = name.rfind('-');
  if (dash != std::string::npos && name.size() > dash + 2 && name.compare(name.size() - 2, 2, "gb") == 0) name.resize(dash);
  const auto whole = [](double x) { return is_known(x) ? std::to_string(static_cast<long long>(x / 1e6)) : std::string("?"); };
  return name + "@" + whole(d.memory_bandwidth_Bps) + "/" + whole(d.cpu_fp32_flops) + "/" + whole(d.gpu_fp32_flops);
}

Published::Published(const std::vector<CaseRow>& rows, const Catalog& catalog) : catalog_(catalog) {
  std::map<std::string, double> rows_of_configuration;
  for (const CaseRow& row : rows) {
    if (!row.reason.empty()) continue;
    auto prepared = prepare(catalog, row.understood.query);
    if (!prepared) continue;
    const Query& q = prepared->query;
    Measurement m;
    m.source = row.understood;
    m.source.query = q;
    m.device = board_key(catalog.device(q.device)->device);
    m.unit = m.device + "|" + q.power_mode + "|" + q.runtime;
    m.processor_class = processor_class(prepared->device, prepared->runtime->processor);
    const auto cost = costs_.emplace(q.model + "|" + q.quant, prepared->cost).first;
    const auto device = devices_.emplace(q.device + "|" + q.power_mode, prepared->device).first;
    m.sample = {&cost->second, &device->second, prepared->runtime, prepared->rates.kv_bytes_per_element, q.workload, row.understood.metric, row.understood.value, 1};
    rows_of_configuration[row.understood.configuration + to_string(kind_of(m.sample.metric))] += 1;
    measurements_.push_back(std::move(m));
  }
  for (Measurement& m : measurements_) m.weight = 1 / rows_of_configuration[m.source.configuration + to_string(kind_of(m.sample.metric))];
}

Hierarchy fit_hierarchy(const Published& published) {
  Rows all;
  for (const Measurement& m : published.measurements())
    if (learns(m)) all.push_back(&m);
  const FormatTable& formats = published.formats();
  Hierarchy h;
  for (const auto& [processor, rows] : grouped(all, processor_key)) {
    h.processor[processor] = fit_node(rows, starting_point(rows[0]->sample.runtime->processor, formats), Level::processor, formats);
    for (const auto& [runtime, of_runtime] : grouped(rows, [](const Measurement& m) { return m.sample.runtime->id; })) {
      h.runtime[runtime] = fit_node(of_runtime, h.processor[processor], Level::runtime, formats);
      for (const auto& [cls, of_class] : grouped(of_runtime, class_key)) {
        h.processor_class[cls] = fit_node(of_class, h.runtime[runtime], Level::processor_class, formats);
        for (const auto& [unit, of_unit] : grouped(of_class, [](const Measurement& m) { return m.unit; })) {
          h.unit[unit] = fit_node(of_unit, h.processor_class[cls], Level::unit, formats);
          for (const Measurement* m : of_unit) h.configurations[unit] += m->weight;
        }
      }
    }
  }
  return h;
}

std::vector<CrossPrediction> cross_validate(const Published& published, const Hierarchy& full) {
  const FormatTable& formats = published.formats();
  Rows all, learned;
  for (const Measurement& m : published.measurements()) {
    if (!is_fitted(m.sample.metric) || !(m.sample.value > 0)) continue;
    all.push_back(&m);
    if (learns(m)) learned.push_back(&m);
  }
  const auto by_processor = grouped(learned, processor_key);
  std::vector<CrossPrediction> out;

  for (const auto& [device, of_device] : grouped(all, [](const Measurement& m) { return m.device; })) {
    std::map<std::string, Parameters> processor, runtime, cls;  // fitted without this device
    const auto class_without = [&](const Measurement& m) -> const Parameters& {
      const std::string p = processor_key(m), r = m.sample.runtime->id, c = class_key(m);
      if (const auto found = cls.find(c); found != cls.end()) return found->second;
      const Rows others = by_processor.count(p) ? without_device(by_processor.at(p), device) : Rows{};
      if (!processor.count(p))
        processor[p] = fit_node(others, starting_point(m.sample.runtime->processor, formats), Level::processor, formats,
                                full.processor.count(p) ? &full.processor.at(p) : nullptr);
      Rows of_runtime;
      for (const Measurement* o : others)
        if (o->sample.runtime->id == r) of_runtime.push_back(o);
      if (!runtime.count(r)) runtime[r] = fit_node(of_runtime, processor[p], Level::runtime, formats);
      Rows of_class;
      for (const Measurement* o : of_runtime)
        if (class_key(*o) == c) of_class.push_back(o);
      return cls[c] = fit_node(of_class, runtime[r], Level::processor_class, formats);
    };
    for (const auto& [unit, of_unit] : grouped(of_device, [](const Measurement& m) { return m.unit; })) {
      const Parameters& prior = class_without(*of_unit[0]);
      for (const auto& [model, held_out] : grouped(of_unit, [](const Measurement& m) { return m.source.query.model; })) {
        Rows known;
        for (const Measurement* m : of_unit)
          if (m->source.query.model != model && learns(*m)) known.push_back(m);
        const Parameters calibrated = fit_node(known, prior, Level::unit, formats);
        std::set<Kind> kinds;
        for (const Measurement* m : known) kinds.insert(kind_of(m->sample.metric));
        for (const Measurement* m : held_out) {
          CrossPrediction c{m};
          c.unseen = predict(m->sample, prior, formats);
          // Calibrated is who has other rows of the same kind on this device.
          const Kind kind = kind_of(m->sample.metric);
          const bool has_rows = kinds.count(kind == Kind::throughput ? Kind::decode : kind) > 0;
          if (has_rows) c.calibrated = predict(m->sample, calibrated, formats);
          if (const auto u = full.unit.find(unit); u != full.unit.end()) c.fitted = predict(m->sample, u->second, formats);
          out.push_back(c);
        }
      }
    }
  }
  return out;
}

}  // namespace edgewise
