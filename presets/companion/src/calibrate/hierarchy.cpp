#include "hierarchy.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <memory>
#include <set>
#include <span>

#include "edgewise/known.h"
#include "edgewise/metric.h"

namespace edgewise {

namespace {

using Used = std::bitset<max_formats>;

Used used_by(const std::vector<Sample>& samples) {
  Used used;
  for (const Sample& s : samples) used |= multiplied_formats(*s.model);
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
constexpr Kind stages[] = {Kind::decode, Kind::prefill, Kind::power};

Kind stage_of(Metric m) {
  const Kind kind = info(m).kind;
  return kind == Kind::energy ? Kind::power : kind == Kind::prefill || kind == Kind::power ? kind : Kind::decode;
}

Parameters only(Parameters sd, Kind stage) {
  for (std::size_t i = 0; i < parameter_count; ++i)
    if (kind_of(static_cast<Parameter>(i)) != stage) sd.value[i] = unknown;
  if (stage != Kind::decode) sd.decode_cost.fill(unknown);
  if (stage != Kind::prefill) sd.prefill_efficiency.fill(unknown);
  return sd;
}

/// Groups of rows, from the top down, as the fit takes them.
struct Tree {
  std::vector<Group> groups;
  std::vector<std::pair<Level, std::string>> names;  ///< level and key of each group
  std::map<std::pair<Level, std::string>, std::size_t> at;
  std::vector<std::size_t> of;  ///< the group of each row

  std::size_t add(Level level, const std::string& key, std::size_t parent) {
    const auto [it, added] = at.emplace(std::pair(level, key), groups.size());
    if (added) {
      groups.push_back({parent, prior_sd(level), {}});
      names.emplace_back(level, key);
    }
    return it->second;
  }
};

std::map<std::string, std::set<std::string>> settings_of(const RowSamples& rows) {
  std::map<std::string, std::set<std::string>> out;
  for (const RowSample* m : rows) out[m->site].insert(m->setting);
  return out;
}

/// How far models, and studies of one model, lie from what the parameters say.
constexpr double between_models = 0.2, between_studies = 0.1;

/// How much faster the rows of one model or study are than the parameters say, in logarithms: their mean, shrunk
/// towards nothing as far as rows scatter and models or studies differ (`between`), and robust as the fit is.
double shrunk_log(const std::vector<std::pair<double, double>>& logs_and_weights, double between) {
  constexpr double scatter = 0.08, outlying = 0.2;
  double at = 0;
  for (int i = 0; i < 20; ++i) {
    double weights = 1 / (between * between), sum = 0;
    for (const auto& [log_ratio, weight] : logs_and_weights) {
      const double beyond = (log_ratio - at) / outlying;
      const double w = weight / (1 + beyond * beyond) / (scatter * scatter);
      weights += w;
      sum += w * log_ratio;
    }
    at = sum / weights;
  }
  return at;
}

/// Takes out of measured values by how much each study and model are faster than the parameters of their group say, so
/// that what a study does or a shape is does not bend the parameters. A step of backfitting, of a model with mixed
/// effects; held-out errors lessen little by more.
void take_out_clusters(std::vector<Sample>& samples, const RowSamples& rows, const std::vector<Parameters>& groups,
                       const std::vector<std::size_t>& of, const FormatTable& formats) {
  std::map<std::string, std::vector<std::pair<double, double>>> logs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double ratio =
        interval_ratio(samples[i].metric, samples[i].value, predict(samples[i], groups[of[i]], formats));
    if (ratio > 0 && !rows[i]->cluster.empty()) logs[rows[i]->cluster].emplace_back(std::log(ratio), rows[i]->vote);
  }
  std::map<std::string, double> faster;
  for (const auto& [cluster, of_cluster] : logs) faster[cluster] = std::exp(shrunk_log(of_cluster, between_models));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto found = faster.find(rows[i]->cluster);
    if (found == faster.end()) continue;
    Sample& s = samples[i];
    s.value = bounded(s.metric).inverse ? s.value * found->second : s.value / found->second;
  }
}

/// A fit of the parameters that one stage learns.
struct StageFit {
  Parameters learned;  ///< known: the stage learns it
  GroupsFit fit;
};

/// Where the search for what all boards do begins, of the believed rate of dequantizing: few rows tell whether memory
/// or arithmetic binds, and a search that began with one does not find the other.
constexpr double memory_binds = 1, arithmetic_binds = 0.3;

/// Fits all groups of a tree, stage after stage. The root is believed to lie at `center`, as wide as `sd` says. Of
/// searches that begin with `decode_rates` of the believed rate the most probable answer is taken.
std::vector<StageFit> fit_tree(const RowSamples& rows, const Tree& tree, Parameters center, const Parameters& sd,
                               const FormatTable& formats, std::span<const double> decode_rates) {
  std::vector<StageFit> out;
  std::vector<Parameters> fitted(tree.groups.size(), center);
  for (const Kind stage : stages) {
    RowSamples rows_of_stage;
    std::vector<Sample> samples;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (stage_of(rows[i]->metric) == stage) {
        rows_of_stage.push_back(rows[i]);
        samples.push_back(*rows[i]);
        of.push_back(tree.of[i]);
      }
    if (samples.empty()) continue;
    const Used used = used_by(samples);
    begin_used(center, used, formats);
    for (Parameters& p : fitted) p = p.over(center);
    const auto narrowed = [&](const Parameters& width) {
      Parameters moving = only(width, stage);
      restrict_to_used(moving, used);
      return moving;
    };
    const Prior root{center, narrowed(sd), physical_limits(samples[0].runtime->processor)};
    std::vector<Group> groups = tree.groups;
    for (Group& g : groups) g.sd = narrowed(g.sd);
    FitOptions options;
    options.noise = 0.06;
    options.tolerance = 1e-5;
    if (stage != Kind::power) {
      double least = unknown;
      std::vector<Parameters> likeliest;
      for (const double rate : stage == Kind::decode ? decode_rates : decode_rates.first(1)) {
        std::vector<Parameters> start = fitted;
        for (Parameters& p : start) p[Parameter::decode_rate_share] *= rate;
        const GroupsFit found(samples, of, root, groups, formats, options, std::move(start));
        if (least <= found.objective()) continue;
        least = found.objective();
        likeliest = found.groups();
      }
      fitted = std::move(likeliest);
      options.near = true;
      take_out_clusters(samples, rows_of_stage, fitted, of, formats);
    }
    out.push_back({root.sd, GroupsFit(std::move(samples), std::move(of), root, std::move(groups), formats, options,
                                      std::move(fitted))});
    fitted = out.back().fit.groups();
  }
  return out;
}

/// What the last stage knows; where nothing was fitted, the centre.
Parameters of_group(const std::vector<StageFit>& fits, std::size_t group, const Parameters& center) {
  return fits.empty() ? center : fits.back().fit.groups()[group];
}

/// Below its site a row hangs on its power mode, where the site was measured in several.
std::size_t add_setting(Tree& tree, const RowSample& m, bool several_modes, std::size_t site) {
  return several_modes ? tree.add(Level::setting, m.setting, site) : site;
}

std::map<std::string, Parameters>* level_of(Hierarchy& h, Level level) {
  switch (level) {
    case Level::processor:
      return &h.processor;
    case Level::runtime:
      return &h.runtime;
    case Level::processor_class:
      return &h.processor_class;
    case Level::site:
      return &h.site;
    case Level::setting:
      break;
  }
  return &h.setting;
}

/// Parameters that a stage learns, from `learned`; the others from `p`.
Parameters replaced(Parameters p, const Parameters& which, const Parameters& learned) {
  const auto take = [](auto& to, const auto& mask, const auto& from) {
    for (std::size_t i = 0; i < to.size(); ++i)
      if (mask[i] > 0) to[i] = from[i];
  };
  take(p.value, which.value, learned.value);
  take(p.decode_cost, which.decode_cost, learned.decode_cost);
  take(p.prefill_efficiency, which.prefill_efficiency, learned.prefill_efficiency);
  return p;
}

/// What rows of one kind say beside the parameters: how much faster each study and each model is than they are.
struct Effect {
  double log_ratio = 0, weight = 0;
  const std::string* study = nullptr;
  std::string shape;
};

/// How much faster each shape is than the parameters say, in logarithms, beside what each study has of its own: a slow
/// board's study does not make the models slow that it alone measured. Models and studies are crossed random effects,
/// found by turns; a shape or a study with nothing to compare it with shares what it has with the other.
std::map<std::string, double> effects_of_shapes(const std::vector<Effect>& effects) {
  std::map<std::string, double> of_shape, of_study;
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, std::vector<std::pair<double, double>>> beside_shape, beside_study;
    for (const Effect& e : effects) beside_shape[*e.study].emplace_back(e.log_ratio - of_shape[e.shape], e.weight);
    if (beside_shape.size() > 1)
      for (const auto& [study, logs] : beside_shape) of_study[study] = shrunk_log(logs, between_studies);
    for (const Effect& e : effects) beside_study[e.shape].emplace_back(e.log_ratio - of_study[*e.study], e.weight);
    for (const auto& [shape, logs] : beside_study) of_shape[shape] = shrunk_log(logs, between_models);
  }
  return of_shape;
}

/// Speeds of the shapes of models that the rows of one setting are of, beside its parameters.
std::vector<ModelSpeed> speeds_of_models(const RowSamples& rows, const Parameters& p, const FormatTable& formats) {
  std::map<std::string, ModelSpeed> of_shape;
  const Processor processor = rows[0]->runtime->processor;
  for (const RowSample* m : rows) {
    ModelSpeed& speed = of_shape[shape_of(*m)];
    const std::string& model = m->row.query.model;
    if (!(speed.weights > 0) || model < speed.model) speed = {model, multiplied_weights(*m->model), unknown, unknown};
  }
  // Prefill moves weights too: decoding comes first.
  for (const auto& [kind, to] : {std::pair(Kind::decode, &ModelSpeed::decode), {Kind::prefill, &ModelSpeed::prefill}}) {
    std::map<std::string, Parameters> so_far;
    for (const auto& [shape, speed] : of_shape) so_far[shape] = at_speed(p, speed, processor);
    std::vector<Effect> effects;
    for (const RowSample* m : rows) {
      if (info(m->metric).kind != kind) continue;
      const std::string shape = shape_of(*m);
      const double ratio = interval_ratio(m->metric, m->value, predict(*m, so_far.at(shape), formats));
      if (ratio > 0) effects.push_back({std::log(ratio), m->vote, &m->row.source, shape});
    }
    for (const auto& [shape, log] : effects_of_shapes(effects)) of_shape[shape].*to = std::exp(log);
  }
  std::vector<ModelSpeed> out;
  for (const auto& [shape, speed] : of_shape)
    if (!speed.model.empty() && (is_known(speed.decode) || is_known(speed.prefill))) out.push_back(speed);
  std::sort(out.begin(), out.end(), [](const ModelSpeed& a, const ModelSpeed& b) { return a.model < b.model; });
  return out;
}

}  // namespace

bool learns(const RowSample& m) {
  return m.row.exclude.empty() && m.value > 0 && is_fitted(m.metric) &&
         (info(m.metric).kind != Kind::throughput || m.workload.batch > 1 || m.stands_for_decode);
}

bool teaches_speed(const RowSample& m) { return learns(m) && !is_of_power(m); }

std::string shape_of(const RowSample& m) { return std::to_string(multiplied_weights(*m.model)); }
std::string processor_of(const RowSample& m) { return to_string(m.runtime->processor); }
std::string class_of(const RowSample& m) { return m.runtime->id + "|" + m.processor_class; }

Parameters class_of_row(const RowSample& m, const Hierarchy& h, const FormatTable& formats) {
  if (const auto cls = h.processor_class.find(class_of(m)); cls != h.processor_class.end()) return cls->second;
  if (const auto runtime = h.runtime.find(m.runtime->id); runtime != h.runtime.end()) return runtime->second;
  const auto processor = h.processor.find(processor_of(m));
  const Parameters known =
      processor == h.processor.end() ? starting_point(m.runtime->processor, formats) : processor->second;
  return believed(*m.runtime, known).over(known);
}

Site fit_site(const RowSamples& rows, const Parameters& cls, const FormatTable& formats) {
  Site out{cls, {}, {}};
  if (rows.empty()) return out;
  Tree tree;
  const bool several_modes = settings_of(rows).at(rows[0]->site).size() > 1;
  tree.add(Level::site, rows[0]->site, 0);
  for (const RowSample* m : rows) tree.of.push_back(add_setting(tree, *m, several_modes, 0));
  const std::vector<StageFit> fits =
      fit_tree(rows, tree, cls, prior_sd(Level::site), formats, std::array{memory_binds});
  out.parameters = of_group(fits, 0, cls);
  for (std::size_t g = 1; g < tree.groups.size(); ++g) out.settings[tree.names[g].second] = of_group(fits, g, cls);
  for (const auto& [setting, in_mode] : grouped(rows, [](const RowSample& m) { return m.setting; }))
    out.models[setting] = speeds_of_models(in_mode, out.at(setting), formats);
  return out;
}

const ModelSpeed* Site::speed_of(const RowSample& m) const {
  const auto setting = models.find(m.setting);
  return setting == models.end() ? nullptr : find_speed(setting->second, m.row.query.model, *m.model);
}

Parameters Site::of(const RowSample& m) const {
  const ModelSpeed* speed = speed_of(m);
  return speed ? at_speed(at(m.setting), *speed, m.runtime->processor) : at(m.setting);
}

Parameters calibrate(const std::vector<Sample>& samples, const Parameters& cls, const FormatTable& formats) {
  std::vector<RowSample> rows(samples.size());
  RowSamples all;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    static_cast<Sample&>(rows[i]) = samples[i];
    all.push_back(&rows[i]);
  }
  return fit_site(all, cls, formats).parameters;
}

/// The tree of one kind of processor, fitted.
struct HierarchyFit::OfProcessor {
  RowSamples rows;
  Tree tree;
  std::vector<StageFit> stages;
};

HierarchyFit::HierarchyFit(const Samples& samples) {
  const FormatTable& formats = samples.formats();
  RowSamples all;
  for (const RowSample& m : samples.all())
    if (teaches_speed(m)) all.push_back(&m);
  const auto modes = settings_of(all);
  for (const auto& [processor, rows] : grouped(all, processor_of)) {
    const Parameters center = starting_point(rows[0]->runtime->processor, formats);
    auto of = std::make_unique<OfProcessor>();
    of->rows = rows;
    Tree& tree = of->tree;
    tree.add(Level::processor, processor, 0);
    for (const RowSample* m : rows) {
      const std::size_t runtime = tree.add(Level::runtime, m->runtime->id, 0);
      tree.groups[runtime].center = believed(*m->runtime, center);
      const std::size_t cls = tree.add(Level::processor_class, class_of(*m), runtime);
      const std::size_t site = tree.add(Level::site, m->site, cls);
      tree.of.push_back(add_setting(tree, *m, modes.at(m->site).size() > 1, site));
    }
    of->stages =
        fit_tree(rows, tree, center, prior_sd(Level::processor), formats, std::array{memory_binds, arithmetic_binds});
    for (std::size_t g = 0; g < tree.groups.size(); ++g)
      (*level_of(all_, tree.names[g].first))[tree.names[g].second] = of_group(of->stages, g, center);
    for (const RowSample* m : rows) {
      all_.configurations[m->site] += m->vote;
      if (all_.setting.count(m->setting)) all_.configurations[m->setting] += m->vote;
    }
    for (const auto& [setting, in_mode] : grouped(rows, [](const RowSample& m) { return m.setting; })) {
      const auto own = all_.setting.find(setting);
      all_.models[setting] =
          speeds_of_models(in_mode, own == all_.setting.end() ? all_.site.at(in_mode[0]->site) : own->second, formats);
    }
    by_processor_.push_back(std::move(of));
  }
}

HierarchyFit::~HierarchyFit() = default;

Hierarchy HierarchyFit::without(const std::function<bool(const RowSample&)>& left_out) const {
  Hierarchy h;
  for (const auto& of : by_processor_) {
    const Tree& tree = of->tree;
    std::vector<bool> forgotten(tree.groups.size()), known(tree.groups.size());
    for (std::size_t i = 0; i < of->rows.size(); ++i)
      if (left_out(*of->rows[i])) forgotten[tree.of[i]] = true;
    for (std::size_t i = 0; i < of->rows.size(); ++i)
      if (!forgotten[tree.of[i]])
        for (std::size_t g = tree.of[i]; !known[g]; g = tree.groups[g].parent) known[g] = true;
    std::vector<Parameters> groups = of->stages.back().fit.groups();
    for (const StageFit& stage : of->stages) {
      const std::vector<Parameters> less = stage.fit.without(forgotten);
      for (std::size_t g = 0; g < groups.size(); ++g) groups[g] = replaced(groups[g], stage.learned, less[g]);
    }
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (known[g]) (*level_of(h, tree.names[g].first))[tree.names[g].second] = groups[g];
  }
  return h;
}

}  // namespace edgewise
