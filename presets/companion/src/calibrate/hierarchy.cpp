#include "hierarchy.h"

#include <algorithm>
#include <array>
#include <set>

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

/// Groups of rows, from the top down, as the fit takes them.
struct Tree {
  std::vector<Group> groups;
  std::vector<Level> levels;
  std::vector<std::string> keys;
  std::map<std::string, std::size_t> at;  ///< by level and key
  std::vector<std::size_t> of;            ///< the group of each row

  std::size_t add(Level level, const std::string& key, std::size_t parent) {
    const auto [it, added] = at.emplace(std::to_string(static_cast<int>(level)) + key, groups.size());
    if (added) {
      groups.push_back({parent, prior_sd(level), {}});
      levels.push_back(level);
      keys.push_back(key);
    }
    return it->second;
  }
};

/// Below its site a row hangs on its power mode, where the site was measured in several, and on its study.
std::size_t add_study(Tree& tree, const RowSample& m, bool several_modes, std::size_t site) {
  const std::size_t setting = several_modes ? tree.add(Level::setting, m.setting, site) : site;
  return tree.add(Level::study, m.setting + "|" + m.row.source, setting);
}

std::map<std::string, std::set<std::string>> settings_of(const RowSamples& rows) {
  std::map<std::string, std::set<std::string>> out;
  for (const RowSample* m : rows) out[m->site].insert(m->setting);
  return out;
}

}  // namespace
std::pair<Parameters, Parameters>* spread_sum = nullptr;
namespace {
/// Parameters of all groups of a tree whose root is believed to lie at `center`, as wide as `sd` says.
std::vector<Parameters> fit_tree(const RowSamples& rows, const Tree& tree, Parameters center, const Parameters& sd,
                                 const FormatTable& formats, std::vector<Parameters> start) {
  const bool near = !start.empty();
  std::vector<Parameters> fitted = near ? std::move(start) : std::vector<Parameters>(tree.groups.size(), center);
  for (const Stage stage : {Stage::decode, Stage::prefill, Stage::power}) {
    std::vector<Sample> samples;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (stage_of(rows[i]->metric) == stage) {
        samples.push_back(*rows[i]);
        of.push_back(tree.of[i]);
      }
    if (samples.empty()) continue;
    const Used used = used_by(samples);
    begin_used(center, used, formats);
    for (Parameters& p : fitted) p = p.over(center);
    const auto narrowed = [&](const Parameters& width) {
      Parameters out = only(width, stage);
      restrict_to_used(out, used);
      return out;
    };
    Prior root{center, narrowed(sd), physical_limits(samples[0].runtime->processor)};
    std::vector<Group> groups = tree.groups;
    for (Group& g : groups) g.sd = narrowed(g.sd);
    FitOptions options;
    static const double noise = getenv("NOISE") ? atof(getenv("NOISE")) : 0.06, tail = getenv("TAIL") ? atof(getenv("TAIL")) : 3;
    options.noise = noise, options.tail = tail;
    if (near) options.tolerance = 1e-4;
    options.near = near;
    options.spread = spread_sum != nullptr;
    auto res = fit_groups(samples, of, root, groups, formats, options, std::move(fitted));
    fitted = std::move(res.groups);
    if (spread_sum)
      for (std::size_t g = 0; g < groups.size(); ++g) {
        auto& to = spread_sum[static_cast<std::size_t>(tree.levels[g])];
        const auto& w = g == 0 ? root.sd : groups[g].sd;
        for (std::size_t i = 0; i < parameter_count; ++i)
          if (w.value[i] > 0 && is_known(res.spread[g].value[i]) && !is_known(groups[g].center.value[i])) { to.first.value[i] = (is_known(to.first.value[i]) ? to.first.value[i] : 0) + res.spread[g].value[i]; to.second.value[i] = (is_known(to.second.value[i]) ? to.second.value[i] : 0) + 1; }
        for (std::size_t i = 0; i < max_formats; ++i) {
          if (w.decode_cost[i] > 0 && is_known(res.spread[g].decode_cost[i])) { auto& a = to.first.decode_cost[0]; a = (is_known(a) ? a : 0) + res.spread[g].decode_cost[i]; auto& b = to.second.decode_cost[0]; b = (is_known(b) ? b : 0) + 1; }
          if (w.prefill_efficiency[i] > 0 && is_known(res.spread[g].prefill_efficiency[i])) { auto& a = to.first.prefill_efficiency[0]; a = (is_known(a) ? a : 0) + res.spread[g].prefill_efficiency[i]; auto& b = to.second.prefill_efficiency[0]; b = (is_known(b) ? b : 0) + 1; }
        }
      }
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

Site fit_site(const RowSamples& rows, const Parameters& cls, const FormatTable& formats) {
  Site out{cls, {}};
  if (rows.empty()) return out;
  Tree tree;
  const bool several_modes = settings_of(rows).at(rows[0]->site).size() > 1;
  tree.add(Level::site, rows[0]->site, 0);
  for (const RowSample* m : rows) tree.of.push_back(add_study(tree, *m, several_modes, 0));
  const std::vector<Parameters> fitted = fit_tree(rows, tree, cls, prior_sd(Level::site), formats, {});
  out.parameters = fitted[0];
  for (std::size_t g = 0; g < fitted.size(); ++g)
    if (tree.levels[g] == Level::setting) out.settings[tree.keys[g]] = fitted[g];
  return out;
}

Parameters calibrate(const std::vector<Sample>& samples, const Parameters& cls, const FormatTable& formats) {
  RowSamples rows;
  std::vector<RowSample> all;
  all.reserve(samples.size());
  for (const Sample& s : samples) {
    RowSample m;
    static_cast<Sample&>(m) = s;
    all.push_back(std::move(m));
    rows.push_back(&all.back());
  }
  return fit_site(rows, cls, formats).parameters;
}

Hierarchy fit_hierarchy(const RowSamples& all, const FormatTable& formats, const Hierarchy* start) {
  Hierarchy h;
  const auto modes = settings_of(all);
  for (const auto& [processor, rows] : grouped(all, processor_of)) {
    const Parameters center = starting_point(rows[0]->runtime->processor, formats);
    Tree tree;
    tree.add(Level::processor, processor, 0);
    for (const RowSample* m : rows) {
      const std::size_t known = tree.groups.size();
      const std::size_t runtime = tree.add(Level::runtime, m->runtime->id, 0);
      if (tree.groups.size() > known) tree.groups.back().center = believed(*m->runtime, center);
      const std::size_t cls = tree.add(Level::processor_class, class_of(*m), runtime);
      const std::size_t site = tree.add(Level::site, m->site, cls);
      tree.of.push_back(add_study(tree, *m, modes.at(m->site).size() > 1, site));
    }
    std::vector<Parameters> from;
    const auto of_level = [](auto& hierarchy, Level level) {
      switch (level) {
        case Level::processor:
          return &hierarchy.processor;
        case Level::runtime:
          return &hierarchy.runtime;
        case Level::processor_class:
          return &hierarchy.processor_class;
        case Level::site:
          return &hierarchy.site;
        case Level::setting:
          return &hierarchy.setting;
        case Level::study:
          break;
      }
      return &hierarchy.study;
    };
    if (start)
      for (std::size_t g = 0; g < tree.groups.size(); ++g) {
        const auto& level = *of_level(*start, tree.levels[g]);
        const auto found = level.find(tree.keys[g]);
        from.push_back(found != level.end() ? found->second : g > 0 ? from[tree.groups[g].parent] : center);
      }
    const std::vector<Parameters> fitted =
        fit_tree(rows, tree, center, prior_sd(Level::processor), formats, std::move(from));
    for (std::size_t g = 0; g < fitted.size(); ++g) (*of_level(h, tree.levels[g]))[tree.keys[g]] = fitted[g];
    for (const RowSample* m : rows) {
      h.configurations[m->site] += m->weight;
      if (h.setting.count(m->setting)) h.configurations[m->setting] += m->weight;
    }
  }
  return h;
}

Hierarchy fit_hierarchy(const Samples& samples) {
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (learns(m) && !is_of_power(m)) all.push_back(&m);
  return fit_hierarchy(all, samples.formats());
}

}  // namespace edgewise
