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

Prior power_prior(const Parameters& parent, Level level, bool rail) {
  Prior prior{parent, power_sd(level, rail), physical_limits(Processor::gpu)};
  // What a stress test draws is not all that a chip can: models have drawn half as much again.
  prior.most[Parameter::decode_power_share] = prior.most[Parameter::prefill_power_share] = 2;
  return prior;
}

/// A site or a setting, from its readings.
Parameters fit_power_node(const std::vector<const Reading*>& readings, const Parameters& parent, Level level, bool rail,
                          const FormatTable& formats) {
  if (readings.empty()) return parent;
  std::vector<Sample> samples;
  for (const Reading* r : readings) samples.push_back(r->sample);
  return fit(samples, power_prior(parent, level, rail), formats).parameters;
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

/// A kind of processor and the classes of its devices.
struct Classes {
  Parameters processor;
  std::map<std::string, Parameters> of;
  /// Where nobody has read one of the class, it is as the kind of processor is.
  const Parameters& at(const std::string& cls) const {
    const auto found = of.find(cls);
    return found == of.end() ? processor : found->second;
  }
};

/// All boards of a kind of processor together, from what is no rail. Each board has a level of its own: that one draws
/// more than another does not say how power follows the work.
Classes fit_classes(const Readings& readings, Processor processor, const FormatTable& formats) {
  const Parameters start = power_part(starting_point(processor, formats));
  std::vector<Group> groups = {{0, {}, {}}};
  std::map<std::string, std::size_t> classes, sites;
  std::vector<Sample> samples;
  std::vector<std::size_t> of;
  for (const Reading* r : readings) {
    const auto add = [&](auto& names, const std::string& name, std::size_t parent, Level level) {
      const auto [it, added] = names.emplace(name, groups.size());
      if (added) groups.push_back({parent, power_sd(level, false), {}});
      return it->second;
    };
    const std::size_t cls = add(classes, power_class_of(*r->row), 0, Level::processor_class);
    samples.push_back(r->sample);
    of.push_back(add(sites, power_site_of(*r->row), cls, Level::site));
  }
  if (samples.empty()) return {start, {}};
  FitOptions options;
  options.tolerance = 1e-5;
  const GroupsFit fit(std::move(samples), std::move(of), power_prior(start, Level::processor, false), groups, formats,
                      options);
  Classes out{fit.groups()[0], {}};
  for (const auto& [cls, group] : classes) out.of[cls] = fit.groups()[group];
  return out;
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
    const Classes classes = fit_classes(whole, of_kind[0]->row->runtime->processor, formats);
    h.processor[processor] = classes.processor;
    for (const auto& [cls, of_class] : by(of_kind, power_class_of)) {
      const Readings seen = those(of_class, [](const Reading* r) { return !is_rail(*r->row); });
      const Parameters& fitted = classes.at(cls);
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
      const Classes classes = fit_classes(others, of_class[0]->row->runtime->processor, formats);
      const Parameters& prior = classes.at(cls);
      for (const auto& [site, at] : by(of_class, power_site_of))
        for (const auto& of_shape : by(at, shape_of)) {
          const Readings known = those(at, [&](const Reading* r) { return shape_of(*r->row) != of_shape.first; });
          const Parameters of_board = of_site(known, prior, formats);
          const auto modes = by(known, power_setting_of);
          for (const Reading* r : of_shape.second) {
            PowerWithout& p = out[r->row];
            // A rail that nobody has read is unknown.
            if (!is_rail(*r->row)) p.unseen = power_part(prior);
            p.class_known = classes.of.count(cls) > 0;
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
