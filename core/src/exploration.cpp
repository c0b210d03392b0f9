#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>

#include "edgewise/explore.h"
#include "edgewise/named.h"
#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "offered.h"
#include "order.h"

namespace edgewise {

namespace {

using Row = Explored::Row;

/// Where the question leaves devices or models open, a number that is known says which it is of.
Errors check_known(const Query& asked) {
  if (asked.known.empty()) return {};
  const auto numbers = parse_known(asked.known);
  if (!numbers) return numbers.errors();
  for (const KnownNumber& n : *numbers)
    if (const bool device = asked.device.empty() && n.device.empty(); device || (asked.model.empty() && n.name.empty()))
      return {{"missing", "known[" + std::to_string(n.place) + "]",
               device ? "says not of which device it is: device=..." : "says not of which model it is"}};
  return {};
}

/// A bound that is a number, beside the value that it bounds.
struct BoundCheck {
  double Bounds::*bound;
  double (*of)(const Row&);
  bool least;
};
constexpr std::array<BoundCheck, bound_fields.size()> bound_checks = {{
    {&Bounds::min_decode_tok_s, [](const Row& r) { return r.decode_tok_s.value; }, true},
    {&Bounds::max_ttft_s, [](const Row& r) { return r.ttft_s.value; }, false},
    {&Bounds::max_memory_gib, [](const Row& r) { return r.memory_B.value / gib; }, false},
    {&Bounds::max_power_w, [](const Row& r) { return r.decode_w.value; }, false},
    {&Bounds::max_energy_per_token_j, [](const Row& r) { return r.energy_per_token_J.value; }, false},
    {&Bounds::max_price_usd, [](const Row& r) { return r.price_usd; }, false},
    {&Bounds::min_parameters_b, [](const Row& r) { return r.parameters / 1e9; }, true},
    {&Bounds::max_parameters_b, [](const Row& r) { return r.parameters / 1e9; }, false},
    {&Bounds::min_quality, [](const Row& r) { return r.quality.value; }, true},
}};
constexpr bool bounds_in_order() {
  for (std::size_t i = 0; i < bound_checks.size(); ++i)
    if (bound_checks[i].bound != bound_fields[i].member) return false;
  return true;
}
static_assert(bounds_in_order(), "one for each bound");

bool same_but_case(const std::string& a, const std::string& b) { return a == b || lower(a) == lower(b); }

/// A bound that is a choice among words, beside the word that it is about and the member of presets that holds it.
struct Chosen {
  const char* name;
  std::vector<std::string> Bounds::*allowed;
  std::string Device::*of_device;
  std::string Model::*of_model;
  const char* member;

  const std::string& of(const Device& device, const Model& model) const {
    return of_device ? device.*of_device : model.*of_model;
  }
  /// Every word that presets have, each once whatever its case.
  std::vector<std::string> known(const Catalog& catalog) const {
    std::map<std::string, std::string> out;
    const auto add = [&](const std::string& word) {
      if (!word.empty()) out.emplace(lower(word), word);
    };
    if (of_device)
      for (const auto& [id, preset] : catalog.devices()) add(preset.device.*of_device);
    else
      for (const auto& [id, model] : catalog.models()) add(model.*of_model);
    std::vector<std::string> words;
    for (auto& [small, word] : out) words.push_back(std::move(word));
    return words;
  }
};
constexpr Chosen chosen_among[] = {
    {"classes", &Bounds::classes, &Device::device_class, nullptr, "class"},
    {"vendors", &Bounds::vendors, &Device::vendor, nullptr, "vendor"},
    {"licences", &Bounds::licences, nullptr, &Model::licence, "licence"},
};

/// Keeps what meets all bounds, and counts what one bound alone keeps out.
class Sieve {
 public:
  explicit Sieve(const Bounds& bounds) : bounds_(bounds) {}

  /// `positions`: those of the model, where they are too few; else unknown.
  bool passes(const Row& row, bool memory_known, double positions) {
    failed_ = 0;
    if (is_known(positions)) fail("context", false, positions, true);
    const bool runs = row.verdict != Verdict::does_not_run;
    if (!runs || !memory_known) fail("memory", !memory_known, unknown, false);
    for (std::size_t i = 0; i < bound_checks.size(); ++i) {
      const BoundCheck& b = bound_checks[i];
      const double bound = bounds_.*b.bound;
      if (!is_known(bound)) continue;
      const double x = b.of(row);
      // What a quantization loses of it is unknown: the value itself may lie below the bound.
      const bool at_most = b.bound == &Bounds::min_quality && row.quality.basis == QualityScore::Basis::unquantized;
      if (at_most && x >= bound)
        fail(bound_fields[i].name, true, unknown, b.least, true);
      else if (b.least ? !(x >= bound) : !(x <= bound))
        fail(bound_fields[i].name, !is_known(x), x, b.least);
      if (failed_ > 1) return false;
    }
    for (const Chosen& c : chosen_among) {
      const std::string& is = c.of(*row.device, *row.model);
      const auto same = [&](const std::string& word) { return same_but_case(word, is); };
      if (const auto& allowed = bounds_.*c.allowed;
          !allowed.empty() && std::none_of(allowed.begin(), allowed.end(), same))
        fail(c.name, is.empty(), unknown, false);
    }
    if (bounds_.vision && !row.model->vision) fail("vision", false, unknown, false);
    if (bounds_.audio && !row.model->audio) fail("audio", false, unknown, false);
    if (failed_ == 1) count();
    return failed_ == 0;
  }
  std::vector<Explored::Refused> refused() && { return std::move(refused_); }

 private:
  void fail(const char* bound, bool is_unknown, double value, bool least, bool at_most = false) {
    ++failed_;
    last_ = {bound, 1, is_unknown ? std::size_t{1} : 0, at_most ? std::size_t{1} : 0, value};
    least_ = least;
  }
  void count() {
    const auto same = std::find_if(refused_.begin(), refused_.end(),
                                   [&](const Explored::Refused& r) { return r.bound == last_.bound; });
    if (same == refused_.end()) {
      refused_.push_back(last_);
      return;
    }
    ++same->count;
    same->unknown_values += last_.unknown_values;
    same->upper_bounds += last_.upper_bounds;
    if (!is_known(same->nearest) || (least_ ? last_.nearest > same->nearest : last_.nearest < same->nearest))
      same->nearest = last_.nearest;
  }

  const Bounds& bounds_;
  int failed_ = 0;
  bool least_ = false;
  Explored::Refused last_{};
  std::vector<Explored::Refused> refused_;
};

Errors check_bounds(const Catalog& catalog, const Bounds& bounds, double limit) {
  Errors errors;
  if (!(limit >= 0 && limit <= 1e9) || limit != std::floor(limit))
    errors.push_back(
        said("out_of_range", "limit", "must be a whole number between {whole_min} and {max}", {"0", "1000000000"}));
  for (const BoundField& f : bound_fields)
    if (const double x = bounds.*f.member; is_known(x) && !(x >= 0 && x <= 1e15))
      errors.push_back(said("out_of_range", f.name, "must be a number between {min} and {max}", {"0", count(1e15)}));
  for (const Chosen& c : chosen_among) {
    const std::vector<std::string>& asked = bounds.*c.allowed;
    if (asked.empty()) continue;
    const std::vector<std::string> known = c.known(catalog);
    if (known.empty()) {
      errors.push_back(said("missing", c.name, "nothing can be chosen by it: no {what} has a member \"{member}\"",
                            {c.of_device ? "device" : "model", c.member}));
      continue;
    }
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (std::none_of(known.begin(), known.end(), [&](const std::string& k) { return same_but_case(k, asked[i]); }))
        errors.push_back(said("unknown_word", c.name + ("[" + std::to_string(i) + "]"),
                              "is \"{is}\", must be one of {words}", {shortened(asked[i]), listed(known)}));
  }
  std::vector<std::string> names;
  for (const Axis& a : axes()) names.emplace_back(a.name);
  for (std::size_t i = 0; i < bounds.axes.size(); ++i)
    if (std::find(names.begin(), names.end(), bounds.axes[i]) == names.end())
      errors.push_back(said("unknown_word", "axes[" + std::to_string(i) + "]", "is \"{is}\", must be one of {words}",
                            {shortened(bounds.axes[i]), listed(names)}));
  const bool by_quality =
      is_known(bounds.min_quality) || std::find(bounds.axes.begin(), bounds.axes.end(), "quality") != bounds.axes.end();
  if (bounds.benchmark.empty() && by_quality)
    errors.push_back({"missing", "benchmark", "is required: scores of different benchmarks are no one quality"});
  if (!bounds.benchmark.empty() && !catalog.quality().scale(bounds.benchmark)) {
    std::vector<std::string> benchmarks;
    for (const Scale& s : catalog.quality().scales())
      if (std::find(benchmarks.begin(), benchmarks.end(), s.benchmark) == benchmarks.end())
        benchmarks.push_back(s.benchmark);
    errors.push_back(benchmarks.empty()
                         ? Error{"unknown_id", "benchmark", "no scores are loaded"}
                         : said("unknown_id", "benchmark", "has no scores of \"{benchmark}\", but of {benchmarks}",
                                {shortened(bounds.benchmark), listed(benchmarks)}));
  }
  return errors;
}

/// Asks one question of every pair.
class Exploration {
 public:
  Exploration(const Catalog& catalog, const Query& q, const Bounds& bounds, bool by_default, ExploreMemory& memory)
      : catalog_(catalog), q_(q), by_default_(by_default), memory_(memory), sieve_(bounds) {
    if (!bounds.benchmark.empty()) out_.scale = catalog.quality().scale(bounds.benchmark);
    for (const auto& [id, m] : catalog.models())
      if (q.model.empty() || q.model == id) models_.push_back(&m);
    if (!memory_.retentions) memory_.retentions.emplace(catalog);
    // What a launcher starts is another runtime on each device.
    launched_ = catalog.launcher(q.runtime) != nullptr;
  }

  Result<Explored> run() {
    if (models_.empty()) return std::move(out_);
    const Model* any_model = common_model();
    Errors why_none;
    const CostOf cost_of = [this](const Model& model, const Quantization& recipe) -> const ModelCost& {
      return stored(model, recipe).cost;
    };
    for (const auto& [id, preset] : catalog_.devices()) {
      if (!q_.device.empty() && q_.device != id) continue;
      // Chosen once for the device: of runtime and rates, nothing depends on the model but the speed that it was
      // measured at there.
      Query of_device = q_;
      of_device.model = any_model->id;
      of_device.device = id;
      if (q_.device.empty() && q_.power_scope.empty()) of_device.power_scope = to_string(Scope::wall);
      auto chosen = prepare(catalog_, of_device, cost_of);
      // Speed and memory stand where no power of that scope is known.
      bool other_scope = false;
      if (!chosen && q_.device.empty() && chosen.errors()[0].path == "power_scope" &&
          find_scope(of_device.power_scope) != Scope::unstated) {
        of_device.power_scope.clear();
        chosen = prepare(catalog_, of_device, cost_of);
        other_scope = true;
      }
      if (!chosen) {
        // Where devices are left open, those that do not go with the rest are none of the answers.
        why_none = chosen.errors();
        if (!q_.device.empty() || why_none[0].path.rfind("known", 0) == 0) return why_none;
        continue;
      }
      any_device_ = true;
      explore_device(preset.device, *chosen, other_scope);
    }
    // Nothing at all goes with what was asked (a power mode that no device has, a cache format): that is an answer
    // too, but of another kind than that nothing meets the bounds.
    if (!any_device_ && !why_none.empty())
      return Error{why_none[0].code, why_none[0].path,
                   "no device goes with what is asked; of one: " + why_none[0].message};
    if (any_untrained_ && !any_made_) return Error{"ternary", "quant", not_made_in};
    out_.refused = std::move(sieve_).refused();
    return std::move(out_);
  }

 private:
  /// The one that the most programs compute, the asked one among them: the choice of a runtime is left to the device. A
  /// file would choose what reads it.
  const Model* common_model() const {
    const Runtime* asked = catalog_.runtime(q_.runtime);
    const Model* common = models_[0];
    std::size_t most = 0;
    for (const Model* m : models_) {
      if (m->is_file()) continue;
      std::size_t programs = 1;
      for (const auto& [id, runtime] : catalog_.runtimes())
        programs += runtime.models_of.empty() && catalog_.implements(runtime, *m) == Catalog::Implements::yes;
      if (asked && catalog_.implements(*asked, *m) != Catalog::Implements::no) programs += catalog_.runtimes().size();
      if (programs > most) common = m;
      most = std::max(most, programs);
    }
    return common;
  }

  /// Those of the models that the runtime may compute.
  const std::vector<const Model*>& computed_by(const Runtime& runtime) {
    const auto [at, first] = computed_by_.try_emplace(&runtime);
    if (first)
      for (const Model* m : models_)
        if (catalog_.implements(runtime, *m) != Catalog::Implements::no) at->second.push_back(m);
    return at->second;
  }

  /// Of the device nothing counts but the generation of its GPU.
  const std::vector<const Quantization*>& offered_on(const Runtime& runtime, const Device& device) {
    const double generation = is_known(device.gpu_compute_capability) ? device.gpu_compute_capability : 0;
    const auto [at, first] = offered_.try_emplace({&runtime, generation});
    if (first) at->second = offered(catalog_, runtime, device);
    return at->second;
  }

  const ExploreMemory::Stored& stored(const Model& model, const Quantization& recipe) {
    auto at = memory_.stored.find({&model, &recipe});
    if (at == memory_.stored.end())
      at = memory_.stored
               .emplace(std::make_pair(&model, &recipe),
                        ExploreMemory::Stored{summarize(model, recipe, catalog_.formats()),
                                              memory_.retentions->of(model, recipe)})
               .first;
    return at->second;
  }

  void explore_device(const Device& device, Answer& a, bool other_scope) {
    // Where there is a board to correct, what was measured of a model there is set anew for each.
    const Rates board = [&] {
      Rates r = a.board_rates ? *a.board_rates : a.rates;
      if (other_scope) r.idle_w = r.full_w = unknown;
      return r;
    }();
    const Runtime& runtime = *a.runtime;
    std::vector<const Quantization*> one = {a.quantization};
    if (by_default_ && q_.quant.empty())
      one = {catalog_.quantization(catalog_.resolve_quantization(runtime.default_quantization, runtime))};
    const auto& recipes = by_default_ || !q_.quant.empty() ? one : offered_on(runtime, device);
    gives_context_ = std::any_of(a.taken.begin(), a.taken.end(),
                                 [](const auto& taken) { return taken.first->member == &Workload::context; });
    const Calibration* measured = a.calibration.calibration;
    a.rates = board;
    a.model_speed = nullptr;
    for (const Model* model : computed_by(runtime)) {
      const Quantization* own = q_.quant.empty() ? catalog_.native_quantization(*model, runtime, device) : nullptr;
      // A file that the runtime does not read is none of its answers.
      if (!own && q_.quant.empty() && model->is_file()) continue;
      if (a.model_speed) a.rates = board;
      a.model = model;
      a.query.model = model->id;
      const auto of_model = own ? std::span(&own, 1) : std::span<const Quantization* const>(recipes);
      a.model_speed = measured && !of_model.empty()
                          ? find_speed(measured->models, model->id, stored(*model, *of_model[0]).cost)
                          : nullptr;
      if (a.model_speed) set_speed(a.rates, *a.model_speed, runtime.processor);
      any_untrained_ |= of_model.empty();
      for (const Quantization* recipe : of_model) explore_pair(device, a, *recipe);
    }
  }

  void explore_pair(const Device& device, Answer& a, const Quantization& recipe) {
    if (!a.model->is_made_in(recipe)) {
      any_untrained_ = true;
      return;
    }
    any_made_ = true;
    const ExploreMemory::Stored& s = stored(*a.model, recipe);
    // A stated context that does not hold the images of this model is no answer either.
    if (gives_context_)
      a.query.workload.context =
          launched_context(*a.launcher, a.device, *a.runtime, *a.model, s.cost, a.query.workload);
    const Workload& w = launched_ ? a.query.workload : q_.workload;
    if (!check_context(w, media_tokens(s.cost, w)).empty()) return;
    a.quantization = &recipe;
    estimate(s.cost, a.rates, w, a.estimate, a.host_rates ? &*a.host_rates : nullptr, Limits::left_out);
    const Estimate& e = a.estimate;
    Row row{};
    row.model = a.model;
    row.device = &device;
    row.runtime = a.runtime;
    row.quantization = &recipe;
    row.decode_tok_s.value = e[Term::decode_tok_s];
    row.ttft_s.value = e[Term::ttft_s];
    row.memory_B.value = e[Term::memory_B];
    row.verdict = verdict(a);
    // What fits at an unknown speed is offered too, last.
    const bool memory_known = is_known(e[Term::memory_share]);
    if (row.verdict != Verdict::does_not_run) {
      row.energy_per_token_J = a.ranged(Term::energy_per_token_J);
      row.decode_w = a.ranged(Term::decode_w);
    }
    row.price_usd = e[Term::price_usd];
    row.parameters = s.cost.parameters;
    row.file_B = s.cost.file_B;
    row.retention = s.retention ? s.retention->value : unknown;
    if (s.retention) {
      row.retention_kind = s.retention->kind;
      row.retention_estimated = s.retention->estimated;
    }
    if (out_.scale) row.quality = quality_on(*out_.scale, a.model->id, recipe.id, s.retention);
    if (!sieve_.passes(row, memory_known, is_beyond_context(s.cost, e) ? s.cost.max_context : unknown)) return;
    row.decode_tok_s = a.ranged(Term::decode_tok_s);
    row.ttft_s = a.ranged(Term::ttft_s);
    row.memory_B = a.ranged(Term::memory_B);
    row.situation = a.rates.situation;
    row.sure = a.sureness();
    row.power_scope = a.rates.power_scope;
    row.corrected = a.is_corrected();
    out_.rows.push_back(row);
  }

  const Catalog& catalog_;
  const Query& q_;
  const bool by_default_;
  ExploreMemory& memory_;
  Sieve sieve_;
  bool gives_context_ = false;  ///< a launcher does, to each model its own
  bool launched_ = false, any_device_ = false;
  bool any_made_ = false, any_untrained_ = false;  ///< pairs of a model and a quantization
  std::vector<const Model*> models_;
  std::map<const Runtime*, std::vector<const Model*>> computed_by_;
  std::map<std::pair<const Runtime*, double>, std::vector<const Quantization*>> offered_;
  Explored out_;
};

/// Quality of an unknown loss is of the unquantized model: nothing says that the one of fewer bytes is as good.
bool may_be_worse(const Row& a, const Row& than) {
  return a.model == than.model && a.file_B < than.file_B &&
         (a.quality.basis == QualityScore::Basis::unquantized ||
          than.quality.basis == QualityScore::Basis::unquantized);
}

}  // namespace

const std::vector<Axis>& axes() {
  static const std::vector<Axis> all = {
      {"speed", true, [](const Row& r) { return r.decode_tok_s.value; }},
      {"ttft", false, [](const Row& r) { return r.ttft_s.value; }},
      {"quality", true, [](const Row& r) { return r.quality.value; }},
      {"parameters", true, [](const Row& r) { return r.parameters; }},
      {"memory", false, [](const Row& r) { return r.memory_B.value; }},
      {"price", false, [](const Row& r) { return r.price_usd; }},
      {"energy", false, [](const Row& r) { return r.energy_per_token_J.value; }},
      {"power", false, [](const Row& r) { return r.decode_w.value; }},
  };
  return all;
}

std::size_t mark_frontier(std::vector<Row>& rows, const std::vector<Axis>& weighed) {
  const auto weighs = [&](std::string_view name) {
    return std::any_of(weighed.begin(), weighed.end(), [&](const Axis& a) { return a.name == name; });
  };
  const bool of_scope = weighs("energy") || weighs("power"), of_quality = weighs("quality");
  const std::size_t n = weighed.size();
  std::vector<double> values;  // of row i from i * n on, more is better
  std::vector<std::size_t> whole;
  for (Row& r : rows) {
    r.pareto = false;
    // What a card draws leaves out the host that computes with it.
    bool complete = !(of_scope && r.verdict == Verdict::with_host && r.power_scope == Scope::gpu);
    for (const Axis& a : weighed) {
      const double x = a.of(r);
      values.push_back(a.more_is_better ? x : -x);
      complete = complete && is_known(x);
    }
    if (complete) whole.push_back(static_cast<std::size_t>(&r - rows.data()));
  }
  const auto at = [&](std::size_t row) { return std::span(values).subspan(row * n, n); };
  // Whoever dominates a row comes before it.
  std::sort(whole.begin(), whole.end(), [&](std::size_t a, std::size_t b) {
    const auto x = at(a), y = at(b);
    return std::lexicographical_compare(y.begin(), y.end(), x.begin(), x.end());
  });
  const auto dominates = [&](std::size_t a, std::size_t b) {
    const auto x = at(a), y = at(b);
    bool better = false;
    for (std::size_t i = 0; i < n; ++i) {
      if (x[i] < y[i]) return false;
      better = better || x[i] > y[i];
    }
    return better && !(of_scope && rows[a].power_scope != rows[b].power_scope) &&
           !(of_quality && may_be_worse(rows[a], rows[b]));
  };
  std::vector<std::size_t> before;
  for (const std::size_t i : whole) {
    rows[i].pareto = std::none_of(before.begin(), before.end(), [&](std::size_t o) { return dominates(o, i); });
    // One that is dominated by a row dominates nothing that this row does not; of quality that does not hold.
    if (rows[i].pareto || of_quality) before.push_back(i);
  }
  return rows.size() - whole.size();
}

Result<Explored> explore(const Catalog& catalog, const Query& asked, const Bounds& bounds, double limit,
                         ExploreMemory* memory) {
  Errors errors = check_workload(asked.workload);
  for (Error& e : check_bounds(catalog, bounds, limit)) errors.push_back(std::move(e));
  Query q = asked;
  const bool by_default = lower(q.quant) == default_quantization;
  if (by_default) q.quant.clear();
  if (auto named = resolve_names(catalog, q))
    q = std::move(*named);
  else
    errors.insert(errors.end(), named.errors().begin(), named.errors().end());
  if (q.device.empty() && !q.set.empty())
    errors.push_back({"missing", "device", "is required where something of it is edited (set)"});
  const bool launched = catalog.launcher(q.runtime) != nullptr;
  if (errors.empty() && !q.runtime.empty() && !launched && !q.quant.empty() &&
      catalog.resolve_quantization(q.quant, *catalog.runtime(q.runtime)).empty())
    errors.push_back(said("unsupported", "quant", "{runtime} does not run {quant}", {q.runtime, q.quant}));
  if (!q.draft_model.empty() || q.mtp)
    errors.push_back({"unsupported", q.mtp ? "mtp" : "draft_model", "is asked of one model and device, not explored"});
  if (errors.empty()) errors = check_known(q);
  if (!errors.empty()) return errors;

  ExploreMemory own;
  auto found = Exploration(catalog, q, bounds, by_default, memory ? *memory : own).run();
  if (!found) return found;
  std::vector<Row>& rows = found->rows;
  order_by(rows, [](const Row& row) { return -row.decode_tok_s.value; });
  std::vector<Axis> weighed;
  for (const Axis& a : axes()) {
    const auto& names = bounds.axes;
    const std::string_view name = a.name;
    if (names.empty() ? name == "speed" || name == "parameters" || name == "memory"
                      : std::find(names.begin(), names.end(), name) != names.end())
      weighed.push_back(a);
  }
  found->off_axes = mark_frontier(rows, weighed);
  found->count = rows.size();
  if (limit < static_cast<double>(rows.size()))
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return found;
}

}  // namespace edgewise
