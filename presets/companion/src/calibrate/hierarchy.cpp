#include "hierarchy.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "edgewise/metric.h"

namespace edgewise {

namespace {

using Used = std::array<bool, max_formats>;

Used used_by(const std::vector<Sample>& samples) {
  Used used{};
  for (const Sample& s : samples)
    for (std::size_t i = 0; i < s.model->load_count; ++i)
      if (s.model->loads[i].op != Operator::other) used[s.model->loads[i].format] = true;
  return used;
}

/// A used format without a prior begins at the one that it costs like, else at F16.
void begin_used(Parameters& p, const Used& used, const FormatTable& formats) {
  const auto f16 = formats.find("F16");
  for (std::size_t f = 0; f < formats.size(); ++f) {
    if (!used[f] || is_known(p.decode_cost[f])) continue;
    auto like = formats.formats()[f].costs_like;
    for (std::size_t hops = 0; like && !is_known(p.decode_cost[*like]) && hops < formats.size(); ++hops)
      like = formats.formats()[*like].costs_like;
    if (!like) like = f16;
    if (!like) continue;
    p.decode_cost[f] = p.decode_cost[*like];
    p.prefill_efficiency[f] = p.prefill_efficiency[*like];
  }
}

/// Formats that no sample uses stay at the prior: only the used ones are searched.
void restrict_to_used(Parameters& sd, const Used& used) {
  for (std::size_t f = 0; f < max_formats; ++f)
    if (!used[f]) sd.decode_cost[f] = sd.prefill_efficiency[f] = unknown;
}

/// Decoding, prefill and power are learnt one after the other, each on its own rows: what decoding taught
/// is held while prefill is fitted.
enum class Stage { decode, prefill, power };

Stage stage_of(Metric m) {
  switch (info(m).kind) {
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
    const Used used = used_by(samples);
    begin_used(fitted, used, formats);
    Prior prior{fitted, only(prior_sd(level), stage), physical_limits(samples[0].runtime->processor)};
    restrict_to_used(prior.sd, used);
    FitOptions options;
    options.noise = level >= Level::site ? 0.05 : 0.12;
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

}  // namespace

bool learns(const RowSample& m) {
  return m.row.exclude.empty() && m.value > 0 && is_fitted(m.metric) &&
         (info(m.metric).kind != Kind::throughput || m.workload.batch > 1);
}

std::string processor_of(const RowSample& m) { return to_string(m.runtime->processor); }
std::string class_of(const RowSample& m) { return m.runtime->id + "|" + m.processor_class; }

Parameters fit_node(const RowSamples& rows, const Parameters& parent, Level level, const FormatTable& formats,
                    const Parameters* start) {
  // A device with a hundred configurations says more than one with a single one, but not a hundred times more: 25
  // times.
  std::map<std::string, double> per_site;
  for (const RowSample* m : rows) per_site[m->site] += m->weight;
  std::vector<Sample> samples;
  for (const RowSample* m : rows) {
    samples.push_back(*m);
    samples.back().weight = level >= Level::site ? m->weight : m->weight / std::pow(per_site[m->site], 0.3);
  }
  return fit_stages(samples, parent, level, formats, start);
}

Parameters calibrate(const std::vector<Sample>& samples, const Parameters& cls, const FormatTable& formats) {
  return fit_stages(samples, cls, Level::site, formats, nullptr);
}

Hierarchy fit_hierarchy(const Samples& samples) {
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (learns(m) && !is_of_power(m)) all.push_back(&m);
  const FormatTable& formats = samples.formats();
  Hierarchy h;
  for (const auto& [processor, rows] : grouped(all, processor_of)) {
    h.processor[processor] =
        fit_node(rows, starting_point(rows[0]->runtime->processor, formats), Level::processor, formats);
    for (const auto& [runtime, of_runtime] : grouped(rows, [](const RowSample& m) { return m.runtime->id; })) {
      h.runtime[runtime] =
          fit_node(of_runtime, expected(*of_runtime[0]->runtime, h.processor[processor]), Level::runtime, formats);
      for (const auto& [cls, of_class] : grouped(of_runtime, class_of)) {
        h.processor_class[cls] = fit_node(of_class, h.runtime[runtime], Level::processor_class, formats);
        for (const auto& [site, of_site] : grouped(of_class, [](const RowSample& m) { return m.site; })) {
          h.site[site] = fit_node(of_site, h.processor_class[cls], Level::site, formats);
          for (const RowSample* m : of_site) h.configurations[site] += m->weight;
          for (const auto& [setting, of_setting] : grouped(of_site, [](const RowSample& m) { return m.setting; })) {
            if (of_setting.size() == of_site.size()) continue;  // one mode: the site is all there is to know
            h.setting[setting] = fit_node(of_setting, h.site[site], Level::setting, formats);
            for (const RowSample* m : of_setting) h.configurations[setting] += m->weight;
          }
        }
      }
    }
  }
  return h;
}

}  // namespace edgewise
