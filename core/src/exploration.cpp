#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "edgewise/explore.h"
#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "offered.h"
#include "order.h"
#include "unknown_name.h"

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
struct Bounded {
  double Bounds::*bound;
  double (*of)(const Row&);
  bool least;
};
constexpr std::array<Bounded, bound_fields.size()> bounded_by = {{
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
constexpr bool in_order() {
  for (std::size_t i = 0; i < bounded_by.size(); ++i)
    if (bounded_by[i].bound != bound_fields[i].member) return false;
  return true;
}
static_assert(in_order(), "one for each bound");

/// A bound that is a choice among words, beside the word that it is about.
struct Chosen {
  const char* name;
  std::vector<std::string> Bounds::*allowed;
  const std::string& (*of)(const Row&);
};
constexpr Chosen chosen_among[] = {
    {"classes", &Bounds::classes, [](const Row& r) -> const std::string& { return r.device->device_class; }},
    {"vendors", &Bounds::vendors, [](const Row& r) -> const std::string& { return r.device->vendor; }},
    {"licences", &Bounds::licences, [](const Row& r) -> const std::string& { return r.model->licence; }},
};

/// Keeps what meets all bounds, and counts what one bound alone keeps out.
class Sieve {
 public:
  explicit Sieve(const Bounds& bounds) : bounds_(bounds) {}

  bool passes(const Row& row, bool memory_known) {
    failed_ = 0;
    const bool runs = row.verdict != Verdict::does_not_run;
    if (!runs || !memory_known) fail("memory", !memory_known, unknown, false);
    for (std::size_t i = 0; i < bounded_by.size(); ++i) {
      const Bounded& b = bounded_by[i];
      const double bound = bounds_.*b.bound;
      if (!is_known(bound)) continue;
      const double x = b.of(row);
      if (b.least ? !(x >= bound) : !(x <= bound)) fail(bound_fields[i].name, !is_known(x), x, b.least);
      if (failed_ > 1) return false;
    }
    for (const Chosen& c : chosen_among)
      if (const auto& allowed = bounds_.*c.allowed;
          !allowed.empty() && std::find(allowed.begin(), allowed.end(), c.of(row)) == allowed.end())
        fail(c.name, c.of(row).empty(), unknown, false);
    if (bounds_.vision && !row.model->vision) fail("vision", false, unknown, false);
    if (bounds_.audio && !row.model->audio) fail("audio", false, unknown, false);
    if (failed_ == 1) count();
    return failed_ == 0;
  }
  std::vector<Explored::Refused> refused() && { return std::move(refused_); }

 private:
  void fail(const char* bound, bool is_unknown, double value, bool least) {
    ++failed_;
    last_ = {bound, 1, is_unknown ? std::size_t{1} : 0, value};
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
    errors.push_back({"out_of_range", "limit", "must be a whole number between 0 and 1000000000"});
  for (const BoundField& f : bound_fields)
    if (const double x = bounds.*f.member; is_known(x) && !(x >= 0 && x <= 1e15))
      errors.push_back({"out_of_range", f.name, "must be a number between 0 and " + count(1e15)});
  for (std::size_t i = 0; i < bounds.classes.size(); ++i)
    if (!catalog.device_classes().empty() &&
        catalog.device_classes().find(bounds.classes[i]) == catalog.device_classes().end())
      errors.push_back({"unknown_id", "classes[" + std::to_string(i) + "]", "no class of devices is called so"});
  std::vector<std::string> names;
  for (const Axis& a : axes()) names.emplace_back(a.name);
  for (std::size_t i = 0; i < bounds.axes.size(); ++i)
    if (std::find(names.begin(), names.end(), bounds.axes[i]) == names.end())
      errors.push_back({"unknown_word", "axes[" + std::to_string(i) + "]",
                        "is " + quoted(bounds.axes[i]) + ", must be one of " + listed(names)});
  const bool by_quality =
      is_known(bounds.min_quality) || std::find(bounds.axes.begin(), bounds.axes.end(), "quality") != bounds.axes.end();
  if (bounds.benchmark.empty() && by_quality)
    errors.push_back({"missing", "benchmark", "is required: scores of different benchmarks are no one quality"});
  if (!bounds.benchmark.empty() && !catalog.quality().scale(bounds.benchmark)) {
    std::vector<std::string> benchmarks;
    for (const Scale& s : catalog.quality().scales())
      if (std::find(benchmarks.begin(), benchmarks.end(), s.benchmark) == benchmarks.end())
        benchmarks.push_back(s.benchmark);
    errors.push_back({"unknown_id", "benchmark",
                      benchmarks.empty()
                          ? "no scores are loaded"
                          : "has no scores of " + quoted(bounds.benchmark) + ", but of " + listed(benchmarks)});
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
    // A file chooses a runtime that reads it; others leave the choice to the device.
    const Model* any_model = models_[0];
    for (const Model* m : models_)
      if (!m->is_file()) any_model = m;
    Errors why_none;
    for (const auto& [id, preset] : catalog_.devices()) {
      if (!q_.device.empty() && q_.device != id) continue;
      // Chosen once for the device: of runtime and rates, nothing depends on the model but the speed that it was
      // measured at there.
      Query of_device = q_;
      of_device.model = any_model->id;
      of_device.device = id;
      if (q_.device.empty() && q_.power_scope.empty()) of_device.power_scope = to_string(Scope::wall);
      auto chosen = prepare(catalog_, of_device);
      // Speed and memory stand where no power of that scope is known.
      bool other_scope = false;
      if (!chosen && q_.device.empty() && chosen.errors()[0].path == "power_scope" &&
          find_scope(of_device.power_scope) != Scope::unstated) {
        of_device.power_scope.clear();
        chosen = prepare(catalog_, of_device);
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
    out_.refused = std::move(sieve_).refused();
    return std::move(out_);
  }

 private:
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
    std::vector<const Quantization*> recipes = {a.quantization};
    if (by_default_ && q_.quant.empty())
      recipes = {catalog_.quantization(catalog_.resolve_quantization(runtime.default_quantization, runtime))};
    else if (q_.quant.empty())
      recipes = offered(catalog_, runtime);
    a.rates = board;
    bool at_own_speed = false;
    for (const Model* model : models_) {
      const Quantization* own = q_.quant.empty() ? catalog_.native_quantization(*model, runtime) : nullptr;
      // A file that the runtime does not read is none of its answers.
      if (!own && q_.quant.empty() && model->is_file()) continue;
      if (at_own_speed) a.rates = board;
      a.model = model;
      a.query.model = model->id;
      const ModelSpeed* speed = a.model_speed();
      at_own_speed = speed != nullptr;
      if (speed) set_speed(a.rates, *speed, runtime.processor);
      for (const Quantization* recipe : own ? std::span(&own, 1) : std::span<const Quantization* const>(recipes))
        explore_pair(device, a, *recipe);
    }
  }

  void explore_pair(const Device& device, Answer& a, const Quantization& recipe) {
    const ExploreMemory::Stored& s = stored(*a.model, recipe);
    // A stated context that does not hold the images of this model is no answer either.
    const Workload& w = launched_ ? a.query.workload : q_.workload;
    if (!check_context(w, media_tokens(s.cost, w)).empty()) return;
    a.quantization = &recipe;
    estimate(s.cost, a.rates, w, a.estimate, a.host_rates ? &*a.host_rates : nullptr);
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
    if (!sieve_.passes(row, memory_known)) return;
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
  bool launched_ = false, any_device_ = false;
  std::vector<const Model*> models_;
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
    bool complete = true;
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
  const auto resolve = [&](const char* what, std::string& name, const Catalog::Meant& meant) {
    if (!name.empty() && meant.id.empty()) errors.push_back(no_preset(what, name, meant));
    name = meant.id;
  };
  const Catalog::Meant named = catalog.model_meant(q.model);
  resolve("model", q.model, named);
  resolve("device", q.device, catalog.device_meant(q.device));
  if (q.quant.empty()) q.quant = named.quant;
  const DevicePreset* on = catalog.device(q.device);
  const bool launched = catalog.launcher(q.runtime) != nullptr;
  if (!q.runtime.empty() && !launched)
    resolve("runtime", q.runtime, catalog.runtime_meant(q.runtime, on ? &on->device : nullptr));
  if (!q.quant.empty() && !catalog.names_quantization(q.quant))
    errors.push_back(unknown_id("quant", "quant", q.quant, catalog.nearest_quantizations(q.quant)));
  if (errors.empty() && !q.runtime.empty() && !launched && !q.quant.empty() &&
      catalog.resolve_quantization(q.quant, *catalog.runtime(q.runtime)).empty())
    errors.push_back({"unsupported", "quant", q.runtime + " does not run " + q.quant});
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
