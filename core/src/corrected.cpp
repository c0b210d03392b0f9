#include "corrected.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "edgewise/text.h"
#include "unknown_name.h"

namespace edgewise {

namespace {

/// Of numbers that lie further from what is expected, something else was measured than is stated.
constexpr double most_apart = 30;
/// By so much a number may exceed what memory allows: caches hold a part of small models, and datasheets round.
constexpr double beyond_physics = 1.25;
/// The word for the device as its preset states it.
constexpr std::string_view no_mode = "none";

std::string at(const KnownNumber& n) { return "known[" + std::to_string(n.place) + "]"; }
std::string in_unit(double value, Metric m) { return significant(value) + " " + std::string(info(m).unit); }

class Correction {
 public:
  Correction(const Catalog& catalog, const Query& asked, const Answer& answer)
      : catalog_(catalog), asked_(asked), answer_(answer) {}

  Corrected run(const Parameters& expected, const std::vector<KnownNumber>& numbers) {
    for (const KnownNumber& n : numbers) take(n);
    if (!out_.errors.empty()) return std::move(out_);
    const FormatTable& formats = catalog_.formats();
    out_.parameters = expected;
    if (observed_.empty()) return std::move(out_);
    const Posterior board(observed_, formats);
    // Formats that cost like another are given costs of their own first.
    out_.parameters = board.of(resolve(answer_.device, *answer_.runtime, expected, formats, 2, 0).parameters);
    auto observed = observed_.begin();
    for (Known& k : out_.known)
      if (k.elsewhere.empty()) {
        k.explained = predict(observed->sample, board.of(observed->expected), formats);
        ++observed;
      }
    return std::move(out_);
  }

 private:
  bool refuse(const KnownNumber& n, Error why) {
    const std::string statement = shortened(to_text(*stated_));
    why.values.add("statement", statement);
    why.message = quoted(statement) + ": " + (why.path.empty() ? "" : why.path + " ") + why.message;
    why.path = at(n);
    out_.errors.push_back(std::move(why));
    return false;
  }

  /// Whether the number is of the board in question; what it is of else.
  bool is_of_this(Known& k) {
    KnownNumber& n = k.number;
    if (!n.device.empty()) {
      const Catalog::Meant device = catalog_.device_meant(n.device);
      if (device.id.empty()) {
        Error why = no_preset("device", n.device, device);
        why.path.clear();  // its words say so
        return refuse(n, std::move(why));
      }
      n.device = device.id;
      if (device.id != answer_.device.id) k.elsewhere = device.id;
    } else {
      n.device = answer_.device.id;
    }
    if (n.power_mode.empty()) n.power_mode = asked_.power_mode;
    return true;
  }

  /// The question that the number answers.
  Query question(const KnownNumber& n) const {
    Query q;
    q.device = n.device;
    if (n.power_mode != no_mode) q.power_mode = n.power_mode;
    q.runtime = n.runtime.empty() ? answer_.runtime->id : n.runtime;
    q.kv_quant = n.kv_quant;
    q.power_scope = asked_.power_scope;
    const std::string of_answer = answer_.is_of_file() ? asked_.quant : answer_.quantization->id;
    const auto blank = n.name.find_last_of(' ');
    const std::string last = n.name.substr(blank == n.name.npos ? 0 : blank + 1);
    if (n.name.empty()) {
      q.model = asked_.model;
      q.quant = of_answer;
    } else if (!catalog_.resolve_quantization(last, *answer_.runtime).empty()) {
      q.model = blank == n.name.npos ? asked_.model : n.name.substr(0, blank);
      q.quant = last;
    } else {
      q.model = n.name;
      const Catalog::Meant model = catalog_.model_meant(n.name);
      if (model.quant.empty() && model.id == asked_.model) q.quant = of_answer;
    }
    Workload& w = q.workload;
    if (n.name.empty()) {
      // A number of no stated model is of what was asked, as it was asked.
      w = asked_.workload;
      if (n.kv_quant.empty()) q.kv_quant = asked_.kv_quant;
    } else {
      // As benchmarks run where nothing is said: 512 tokens of prompt, or 128 after a short chat.
      w.prompt = info(n.metric).kind == Kind::prefill ? 512 : 64;
      w.generate = 128;
    }
    if (info(n.metric).kind == Kind::prefill) w.generate = 0;
    for (const auto& [to, stated] : {std::pair(&w.prompt, n.prompt),
                                     {&w.generate, n.generate},
                                     {&w.depth, n.depth},
                                     {&w.batch, n.batch},
                                     {&w.threads, n.threads}})
      if (is_known(stated)) *to = stated;
    return q;
  }

  void take(const KnownNumber& stated) {
    stated_ = &stated;
    Known k{stated, "", unknown, unknown};
    KnownNumber& n = k.number;
    if (!is_of_this(k)) return;
    if (!k.elsewhere.empty()) return out_.known.push_back(std::move(k));
    Choice choice = choose(catalog_, question(n));
    out_.needs.insert(out_.needs.end(), choice.needs.begin(), choice.needs.end());
    for (Error& e : choice.errors) refuse(n, std::move(e));
    if (!choice.answer) return;
    if (choice.answer->runtime != answer_.runtime) {
      k.elsewhere = choice.answer->runtime->id;
      return out_.known.push_back(std::move(k));
    }
    held_.push_back(std::make_unique<Answer>(std::move(*choice.answer)));
    Answer& a = *held_.back();
    a.compute();
    n.runtime = a.runtime->id;
    n.name = a.query.model + " " + a.query.quant;
    n.prompt = a.query.workload.prompt;
    n.generate = a.query.workload.generate;
    n.depth = a.query.workload.depth;
    if (n.power_mode.empty() && !a.device.power_modes.empty()) n.power_mode = no_mode;
    if (!can_teach(n, a)) return;
    Sample s;
    s.model = &a.cost;
    s.device = &a.device;
    s.runtime = a.runtime;
    s.kv_bytes_per_element = a.rates.kv_bytes_per_element;
    s.workload = a.query.workload;
    s.metric = n.metric;
    s.value = n.value;
    if (!asked_.power_scope.empty()) s.scope = a.rates.power_scope;
    const FormatTable& formats = catalog_.formats();
    const Parameters& expected = a.rates.parameters;
    k.expected = predict(s, expected, formats);
    if (!is_plausible(k, s, expected)) return;
    observed_.push_back({s, expected});
    out_.known.push_back(std::move(k));
  }

  bool can_teach(const KnownNumber& n, const Answer& a) {
    if (exceeds_memory(a.estimate) || on_host(a.estimate))
      return refuse(n, said("inconsistent", "",
                            "the device does not hold the whole model: its speed is not the board's own", {}));
    if (is_known(metric_value(a.estimate, n.metric))) return true;
    const auto fields = missing_fields(a.estimate, a.runtime->processor, info(n.metric).term);
    std::string lacks;
    for (const auto& field : fields) lacks += (lacks.empty() ? "" : ", ") + field;
    return refuse(n, lacks.empty()
                         ? said("unsupported", "", "nothing predicts it of this device", {})
                         : said("unsupported", "", "nothing predicts it of this device, which lacks {lacks}", {lacks}));
  }

  /// Models have drawn half as much again as what a preset calls full load, above idle; none twice as much.
  double most_power_w(const Sample& s, const Parameters& expected) const {
    const Rates r = rates_of(s, expected, catalog_.formats());
    return r.idle_w + 2 * (r.full_w - r.idle_w);
  }

  bool is_plausible(const Known& k, const Sample& s, const Parameters& expected) {
    const KnownNumber& n = k.number;
    const bool is_time = info(n.metric).is_time;
    const auto faster_by = [&](double than) { return is_time ? than / n.value : n.value / than; };
    if (const double most = n.metric == Metric::power_w ? most_power_w(s, expected) : unknown;
        n.value > beyond_physics * most)
      return refuse(n,
                    said("out_of_range", "",
                         "is impossible: this device draws {most} at the most; is it of another board, scope or unit?",
                         {in_unit(most, n.metric)}));
    const double best = physical_best(s, expected, catalog_.formats());
    if (faster_by(best) > beyond_physics)
      return refuse(n,
                    said("out_of_range", "",
                         "is impossible: at the full rates of this device it would be {best}; is it of another model, "
                         "board or unit?",
                         {in_unit(best, n.metric)}));
    if (faster_by(k.expected) > most_apart || faster_by(k.expected) < 1 / most_apart)
      return refuse(n,
                    said("out_of_range", "",
                         "is far from the {likely} that are likely; is it of another model, board or unit, or was it "
                         "paging?",
                         {in_unit(k.expected, n.metric)}));
    return true;
  }

  const Catalog& catalog_;
  const Query& asked_;
  const Answer& answer_;
  Corrected out_;
  const KnownNumber* stated_ = nullptr;        ///< the one that is being looked at, as it was typed
  std::vector<std::unique_ptr<Answer>> held_;  ///< what the samples point to
  std::vector<Observed> observed_;
};

}  // namespace

Corrected corrected(const Catalog& catalog, const Query& asked, const Answer& answer, const Parameters& expected,
                    const std::vector<KnownNumber>& numbers) {
  return Correction(catalog, asked, answer).run(expected, numbers);
}

Errors known_warnings(const Answer& a) {
  Errors out;
  for (const Known& k : a.known) {
    const KnownNumber& n = k.number;
    if (!k.elsewhere.empty()) {
      out.push_back(
          said("elsewhere", at(n), "\"{statement}\" is of {of}: it corrects nothing here", {to_text(n), k.elsewhere}));
      continue;
    }
    // Nor does a range go with a number that lies outside of it.
    const Ranged r = a.ranged(n.metric);
    const bool outside = n.value * r.value < k.explained * r.low || n.value * r.value > k.explained * r.high;
    if (k.is_contradicted() || outside)
      out.push_back(said("contradiction", at(n), "\"{statement}\" does not go with what else is known: {would} would",
                         {to_text(n), in_unit(k.explained, n.metric)}));
  }
  return out;
}

}  // namespace edgewise
