#include "power_fit.h"

#include <algorithm>
#include <cmath>

#include "edgewise/metric.h"

namespace edgewise {

namespace {

constexpr Parameter of_power[] = {Parameter::decode_power_share, Parameter::work_power_share,
                                  Parameter::prefill_power_share, Parameter::idle_share};

/// A reading as the power that it says.
struct Reading {
  const RowSample* row;
  Sample sample;  ///< of power
};

bool is_rail(const RowSample& m) { return m.scope == Scope::rail; }

const Parameters& speeds_of(const RowSample& m, const Hierarchy& h) {
  for (const auto& [level, key] : {std::pair(&h.setting, m.setting),
                                   {&h.site, m.site},
                                   {&h.processor_class, class_of(m)},
                                   {&h.runtime, m.runtime->id}})
    if (const auto it = level->find(key); it != level->end()) return it->second;
  return h.processor.at(processor_of(m));
}

std::vector<Reading> readings_of(const Samples& samples, const Hierarchy& speeds) {
  std::vector<Reading> out;
  for (const RowSample& m : samples.all()) {
    if (!is_of_power(m) || !learns(m) || !speeds.processor.count(processor_of(m))) continue;
    Reading r{&m, m};
    r.sample.speeds = &speeds_of(m, speeds);
    if (info(m.metric).kind == Kind::energy) {
      Sample time = m;
      time.metric = Metric::tpot_ms;
      // Work a second of one joule a token.
      r.sample.value = m.value * m.workload.batch / (predict(time, *r.sample.speeds, samples.formats()) / 1e3);
      r.sample.metric = Metric::power_w;
      // The speed is not the row's own.
      r.sample.weight *= 0.25;
    }
    if (r.sample.value > 0) out.push_back(r);
  }
  return out;
}

/// Widths of the priors, natural log units.
Parameters power_sd(Level level, bool rail) {
  const Parameters all = prior_sd(level);
  Parameters sd;
  sd[Parameter::decode_power_share] = rail ? 1 : all[Parameter::decode_power_share];
  sd[Parameter::work_power_share] = all[Parameter::work_power_share];
  sd[Parameter::prefill_power_share] = rail ? 1 : all[Parameter::prefill_power_share];
  if (rail) sd[Parameter::idle_share] = 1;
  return sd;
}

Parameters fit_power_node(const std::vector<const Reading*>& readings, const Parameters& parent, Level level, bool rail,
                          const FormatTable& formats) {
  if (readings.empty()) return parent;
  std::map<std::string, double> per_site;
  for (const Reading* r : readings) per_site[power_site_of(*r->row)] += r->sample.weight;
  std::vector<Sample> samples;
  for (const Reading* r : readings) {
    samples.push_back(r->sample);
    // As with speeds: a board with a hundred readings says more than one with a single one, but not a hundred times.
    if (level < Level::site) samples.back().weight /= std::pow(per_site[power_site_of(*r->row)], 0.7);
    samples.back().metric = Metric::power_w;
  }
  FitOptions options;
  options.noise = level >= Level::site ? 0.08 : 0.15;
  Prior prior{parent, power_sd(level, rail), physical_limits(Processor::gpu)};
  // What a stress test draws is not all that a chip can: models have drawn half as much again.
  prior.most[Parameter::decode_power_share] = prior.most[Parameter::prefill_power_share] = 2;
  return fit(samples, prior, formats, options).parameters;
}

using Readings = std::vector<const Reading*>;

template <class Keep>
Readings those(const Readings& all, const Keep& keep) {
  Readings out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out), keep);
  return out;
}

template <class Key>
std::map<std::string, Readings> by(const Readings& all, const Key& key) {
  std::map<std::string, Readings> out;
  for (const Reading* r : all) out[key(*r->row)].push_back(r);
  return out;
}

/// Processor and class from what is no rail.
Parameters of_processor(const Readings& readings, Processor processor, const FormatTable& formats) {
  return fit_power_node(readings, power_part(starting_point(processor, formats)), Level::processor, false, formats);
}

Parameters of_site(const Readings& readings, const Parameters& cls, const FormatTable& formats) {
  return fit_power_node(readings, cls, Level::site, !readings.empty() && is_rail(*readings[0]->row), formats);
}

}  // namespace

std::string power_class_of(const RowSample& m) { return processor_of(m) + "|" + m.device->device_class; }
std::string power_site_of(const RowSample& m) { return m.board + "|" + processor_of(m) + (is_rail(m) ? "|rail" : ""); }
std::string power_setting_of(const RowSample& m) { return power_site_of(m) + "|" + m.row.query.power_mode; }

Parameters power_part(const Parameters& p) {
  Parameters out;
  for (const Parameter of : of_power) out[of] = p[of];
  return out;
}

Parameters with_power(const Parameters& power, const Parameters& parameters) {
  return power_part(power).over(parameters);
}

Parameters without_power(Parameters p) {
  for (const Parameter of : of_power) p[of] = unknown;
  return p;
}

PowerHierarchy fit_power(const Samples& samples, const Hierarchy& speeds) {
  const std::vector<Reading> readings = readings_of(samples, speeds);
  const FormatTable& formats = samples.formats();
  PowerHierarchy h;
  Readings all;
  for (const Reading& r : readings) all.push_back(&r);
  const auto note = [&](const std::string& key, const Readings& of) {
    h.a_sample_of.emplace(key, of[0]->row);
    for (const Reading* r : of) h.configurations[key] += r->row->vote;
  };
  for (const auto& [processor, of_kind] : by(all, processor_of)) {
    const Readings whole = those(of_kind, [](const Reading* r) { return !is_rail(*r->row); });
    h.processor[processor] = of_processor(whole, of_kind[0]->row->runtime->processor, formats);
    for (const auto& [cls, of_class] : by(of_kind, power_class_of)) {
      const Readings seen = those(of_class, [](const Reading* r) { return !is_rail(*r->row); });
      const Parameters fitted = fit_power_node(seen, h.processor[processor], Level::processor_class, false, formats);
      if (!seen.empty()) {
        h.device_class[cls] = fitted;
        note(cls, seen);
      }
      for (const auto& [site, at] : by(of_class, power_site_of)) {
        h.site[site] = of_site(at, fitted, formats);
        note(site, at);
        for (const auto& [setting, in_mode] : by(at, power_setting_of)) {
          if (in_mode.size() == at.size()) continue;
          h.setting[setting] =
              fit_power_node(in_mode, h.site[site], Level::setting, is_rail(*in_mode[0]->row), formats);
          note(setting, in_mode);
        }
      }
    }
  }
  return h;
}

std::map<const RowSample*, PowerWithout> cross_validate_power(const Samples& samples, const Hierarchy& speeds) {
  const std::vector<Reading> readings = readings_of(samples, speeds);
  const FormatTable& formats = samples.formats();
  Readings all;
  for (const Reading& r : readings) all.push_back(&r);
  std::map<const RowSample*, PowerWithout> out;
  for (const auto& [board_id, at_board] : by(all, [](const RowSample& m) { return m.board; })) {
    const std::string& board = board_id;
    for (const auto& [cls_id, of_class] : by(at_board, power_class_of)) {
      const std::string &cls = cls_id, processor = processor_of(*of_class[0]->row);
      const Readings others = those(all, [&](const Reading* r) {
        return r->row->board != board && !is_rail(*r->row) && processor_of(*r->row) == processor;
      });
      const Readings alike = those(others, [&](const Reading* r) { return power_class_of(*r->row) == cls; });
      const Parameters prior =
          fit_power_node(alike, of_processor(others, of_class[0]->row->runtime->processor, formats),
                         Level::processor_class, false, formats);
      for (const auto& [site, at] : by(of_class, power_site_of))
        for (const auto& of_shape : by(at, shape_of)) {
          const Readings known = those(at, [&](const Reading* r) { return shape_of(*r->row) != of_shape.first; });
          const Parameters of_board = of_site(known, prior, formats);
          const auto modes = by(known, power_setting_of);
          for (const Reading* r : of_shape.second) {
            PowerWithout& p = out[r->row];
            // A rail that nobody has read is unknown.
            if (!is_rail(*r->row)) p.unseen = power_part(prior);
            p.class_known = !alike.empty();
            const auto mode = modes.find(power_setting_of(*r->row));
            if (mode == modes.end()) continue;
            p.calibrated =
                power_part(mode->second.size() == known.size()
                               ? of_board
                               : fit_power_node(mode->second, of_board, Level::setting, is_rail(*r->row), formats));
          }
        }
    }
  }
  return out;
}

}  // namespace edgewise
