#include "edgewise/quality.h"

#include <algorithm>
#include <cmath>

#include "edgewise/catalog.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "order.h"

namespace edgewise {

namespace {

bool begins_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

/// How far weights that were made by `method` are from the files of a recipe that people have: 0, the recipe's own way;
/// up to `last_usual`, rounding with or without a calibration, which costs about as much; beyond, other methods.
constexpr int last_usual = 3;
int distance(const std::string& quant, const std::string& method) {
  const std::string by = lower(method);
  if (by.empty() || by == "llama.cpp" || lower(quant).find(by) != std::string::npos) return 0;
  if (by == "rtn" || by == "vanilla ptq") return 1;
  if (by == "opt-rtn") return 2;
  if (begins_with(by, "imatrix")) return last_usual;
  return last_usual + 1;
}

/// What was done alike: scores of one group differ in the model's storage alone.
using Place = std::vector<std::string_view>;
Place place_of(const Score& s) { return {s.source, s.harness, s.note, s.model, s.variant}; }
Place test_of(const Score& s) { return {s.benchmark, s.metric, s.shots}; }

Retention summary(Retention::Kind kind, const std::vector<double>& values, const Score& of) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {kind, mean(values), *low, *high, false, false, values.size(), of.variant, of.method, of.harness, of.source};
}

/// The source without its scheme.
std::string_view address_in(std::string_view source) {
  const auto at = source.find("://");
  return at == source.npos ? source : source.substr(at + 3);
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) out.push_back(lower(part));
    begin = end + 1;
  }
  return out;
}

}  // namespace

std::optional<ScoreKind> score_kind(std::string_view metric) {
  static constexpr std::pair<std::string_view, ScoreKind> named[] = {{"ppl", ScoreKind::perplexity},
                                                                     {"word_perplexity", ScoreKind::perplexity},
                                                                     {"ppl_ratio_vs_f16", ScoreKind::perplexity_ratio},
                                                                     {"kld_mean_vs_f16", ScoreKind::divergence},
                                                                     {"kld_mean_vs_bf16", ScoreKind::divergence},
                                                                     {"recovery_pct", ScoreKind::recovery},
                                                                     {"delta_ppl_vs_f16", ScoreKind::other},
                                                                     {"rms_delta_p_pct", ScoreKind::other},
                                                                     {"mean_delta_p_pct", ScoreKind::other},
                                                                     {"same_top_p_pct", ScoreKind::other},
                                                                     {"partial scoring", ScoreKind::share}};
  for (const auto& [name, kind] : named)
    if (metric == name) return kind;
  // Shares of right answers have as many names as ways to count them.
  for (const std::string_view start :
       {"acc", "avg", "Avg", "em", "flexible-extract", "instruct-strict", "macro_avg/", "maj@", "mc1", "mc2", "strict"})
    if (begins_with(metric, start)) return ScoreKind::share;
  return std::nullopt;
}

bool is_unquantized(std::string_view quant) {
  const std::string id = lower(quant);
  return id == "f16" || id == "bf16" || id == "f32" || id == "fp16" || id == "fp32";
}

const char* to_string(Retention::Kind k) {
  static constexpr const char* names[] = {"recovery", "divergence", "perplexity_ratio"};
  return names[static_cast<std::size_t>(k)];
}

const char* to_string(QualityScore::Basis b) {
  static constexpr const char* names[] = {"published", "retained", "estimated", "unquantized"};
  return names[static_cast<std::size_t>(b)];
}

std::string text(Retention::Kind kind, double value) {
  switch (kind) {
    case Retention::Kind::recovery:
      return significant(100 * value) + " %";
    case Retention::Kind::divergence:
      return "KL " + significant(value) + " nat";
    case Retention::Kind::perplexity_ratio:
      return "perplexity x " + significant(value);
  }
  return {};
}

std::string basis(const Retention& r) {
  if (r.by_definition) return "the weights are published so";
  std::string out = count(static_cast<double>(r.count)) + (r.estimated    ? " other models of like size"
                                                           : r.count == 1 ? " benchmark"
                                                                          : " benchmarks");
  if (r.count > 1) out += ", " + text(r.kind, r.low) + " to " + text(r.kind, r.high);
  std::string from;
  for (const std::string* part : {&r.method, &r.variant, &r.harness, &r.source})
    if (!part->empty()) from += (from.empty() ? "" : ", ") + *part;
  return from.empty() ? out : out + "; " + from;
}

Quality::Quality(std::vector<Score> scores) : scores_(std::move(scores)) {
  measure();
  find_scales();
}

void Quality::measure() {
  std::map<Place, std::vector<const Score*>> places;
  for (const Score& s : scores_) places[place_of(s)].push_back(&s);
  struct Measured {
    std::vector<double> recovery, divergence, ratio;
    const Score* of = nullptr;
  };
  for (const auto& [place, rows] : places) {
    std::map<Place, double> whole;
    for (const Score* s : rows)
      if (is_unquantized(s->quant)) whole.emplace(test_of(*s), s->value);
    std::map<std::pair<std::string_view, std::string_view>, Measured> found;
    for (const Score* s : rows) {
      const auto kind = score_kind(s->metric);
      if (!kind || is_unquantized(s->quant)) continue;
      Measured& v = found[{s->quant, s->method}];
      v.of = s;
      const auto reference = whole.find(test_of(*s));
      const double share = reference != whole.end() && reference->second > 0 ? s->value / reference->second : unknown;
      if (*kind == ScoreKind::share && is_known(share)) v.recovery.push_back(share);
      if (*kind == ScoreKind::recovery) v.recovery.push_back(s->value / 100);
      if (*kind == ScoreKind::divergence) v.divergence.push_back(s->value);
      if (*kind == ScoreKind::perplexity_ratio) v.ratio.push_back(s->value);
      if (*kind == ScoreKind::perplexity && is_known(share)) v.ratio.push_back(share);
    }
    for (const auto& [storage, v] : found)
      for (const auto& [kind, values] :
           {std::pair(Retention::Kind::recovery, &v.recovery), std::pair(Retention::Kind::divergence, &v.divergence),
            std::pair(Retention::Kind::perplexity_ratio, &v.ratio)})
        if (!values->empty()) measured_[{v.of->model, v.of->quant}].push_back(summary(kind, *values, *v.of));
  }
  for (auto& [of, list] : measured_)
    order_by(list, [&quant = of.second](const Retention& r) {
      return 1e6 * distance(quant, r.method) + 1e4 * static_cast<double>(r.kind) - static_cast<double>(r.count);
    });
}

void Quality::find_scales() {
  std::map<Place, std::size_t> places;
  for (const Score& s : scores_) {
    // Perplexities are of a tokenizer: they rank no models.
    if (score_kind(s.metric) != ScoreKind::share || !is_unquantized(s.quant)) continue;
    const auto [at, is_new] =
        places.emplace(Place{s.benchmark, s.metric, s.shots, s.variant, s.harness, s.source}, scales_.size());
    if (is_new) {
      std::string id = s.benchmark;
      for (const std::string& part : {s.shots.empty() ? "" : s.shots + "-shot", s.variant, s.metric, s.harness,
                                      std::string(address_in(s.source))})
        if (!part.empty()) id += "," + part;
      scales_.push_back({std::move(id), s.benchmark, s.metric, s.shots, s.variant, s.harness, s.source, {}});
    }
    scales_[at->second].models.emplace(s.model, &s);
  }
  order_by(scales_, [](const Scale& s) { return -static_cast<double>(s.models.size()); });
}

std::vector<const Score*> Quality::of(std::string_view model) const {
  std::vector<const Score*> out;
  for (const Score& s : scores_)
    if (s.model == model) out.push_back(&s);
  return out;
}

const std::vector<Retention>& Quality::measured(std::string_view model, std::string_view quant) const {
  static const std::vector<Retention> none;
  const auto found = measured_.find({std::string(model), std::string(quant)});
  return found == measured_.end() ? none : found->second;
}

std::vector<std::pair<const std::string*, const Retention*>> Quality::typical(std::string_view quant) const {
  std::vector<std::pair<const std::string*, const Retention*>> out;
  for (const auto& [of, list] : measured_)
    if (of.second == quant && distance(of.second, list[0].method) <= last_usual) out.emplace_back(&of.first, &list[0]);
  return out;
}

const Scale* Quality::scale(std::string_view typed) const {
  const std::vector<std::string> asked = parts_of(typed);
  if (asked.empty()) return nullptr;
  for (const Scale& s : scales_) {
    const std::vector<std::string> own = parts_of(s.id);
    if (own[0] != asked[0]) continue;
    if (std::all_of(asked.begin() + 1, asked.end(), [&](const std::string& part) {
          return std::find(own.begin() + 1, own.end(), part) != own.end() || own.back().find(part) != std::string::npos;
        }))
      return &s;
  }
  return nullptr;
}

std::vector<const Scale*> Quality::headline(std::string_view model) const {
  std::vector<const Scale*> out;
  for (const Scale& s : scales_)
    if (s.models.size() >= least_models && s.models.find(model) != s.models.end() &&
        std::none_of(out.begin(), out.end(), [&](const Scale* o) { return o->benchmark == s.benchmark; }))
      out.push_back(&s);
  return out;
}

double Quality::parameters(std::string_view model) const {
  for (const Score& s : scores_)
    if (s.model == model && is_known(s.parameters)) return s.parameters;
  return unknown;
}

double Retentions::parameters(const Model& model) {
  const auto [at, is_new] = parameters_.emplace(model.id, unknown);
  if (is_new) at->second = count_parameters(model).total;
  return at->second;
}

const std::vector<Retentions::Measured>& Retentions::typical(const std::string& quant) {
  const auto [at, is_new] = typical_.try_emplace(quant);
  if (is_new)
    for (const auto& [id, measured] : catalog_.quality().typical(quant)) {
      const Model* model = catalog_.model(*id);
      at->second.push_back({model ? parameters(*model) : catalog_.quality().parameters(*id), measured});
    }
  return at->second;
}

std::optional<Retention> Retentions::of(const Model& model, const Quantization& recipe) {
  const auto& own = model.checkpoint;
  const bool published =
      !model.is_file() && own &&
      std::find(own->quantizations.begin(), own->quantizations.end(), recipe.id) != own->quantizations.end();
  if (published || is_unquantized(recipe.id)) {
    Retention all;
    all.value = all.low = all.high = 1;
    all.by_definition = true;
    return all;
  }
  const Quality& quality = catalog_.quality();
  if (const auto& measured = quality.measured(model.id, recipe.id); !measured.empty()) return measured[0];

  const std::vector<Measured>& others = typical(recipe.id);
  if (others.size() < least_models) return std::nullopt;
  const double asked = parameters(model);
  for (const Retention::Kind kind :
       {Retention::Kind::recovery, Retention::Kind::divergence, Retention::Kind::perplexity_ratio}) {
    std::vector<double> values;
    for (const Measured& m : others)
      if (m.retention->kind == kind && m.parameters <= asked * like_size && asked <= m.parameters * like_size)
        values.push_back(m.retention->value);
    if (values.size() < least_models) continue;
    Retention out;
    out.kind = kind;
    out.value = median(values);
    out.low = *std::min_element(values.begin(), values.end());
    out.high = *std::max_element(values.begin(), values.end());
    out.estimated = true;
    out.count = values.size();
    return out;
  }
  return std::nullopt;
}

QualityScore quality_on(const Scale& scale, const std::string& model, std::string_view quant,
                        const std::optional<Retention>& kept) {
  const auto found = scale.models.find(model);
  if (found == scale.models.end()) return {};
  const double score = found->second->value;
  if (is_unquantized(quant) || (kept && kept->by_definition)) return {QualityScore::Basis::published, score};
  if (!kept || kept->kind != Retention::Kind::recovery) return {QualityScore::Basis::unquantized, score};
  return {kept->estimated ? QualityScore::Basis::estimated : QualityScore::Basis::retained, score * kept->value};
}

}  // namespace edgewise
