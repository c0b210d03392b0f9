#include "edgewise/sweep.h"

#include <algorithm>
#include <cmath>

#include "edgewise/edits.h"
#include "edgewise/text.h"
#include "offered.h"
#include "order.h"

namespace edgewise {

namespace {

constexpr Term swept_terms[] = {Term::file_B,
                                Term::bits_per_weight,
                                Term::memory_B,
                                Term::kv_cache_B,
                                Term::ttft_s,
                                Term::prefill_tok_s,
                                Term::tpot_mean_s,
                                Term::decode_tok_s,
                                Term::total_latency_s,
                                Term::throughput_tok_s,
                                Term::energy_per_token_J,
                                Term::request_energy_J,
                                Term::decode_w,
                                Term::mean_w};

/// A question along an axis.
class SweptAxis {
 public:
  SweptAxis(const Catalog& catalog, const Query& asked, std::string_view name) : catalog_(catalog), asked_(asked) {
    for (const WorkloadField& f : workload_fields)
      if (name == f.name) workload_ = &f;
    edit_ = find_editable(name);
    if (name == "power_mode") text_ = &Query::power_mode;
    if (name == "quant") text_ = &Query::quant;
  }

  bool is_one() const { return workload_ || edit_ || text_; }
  bool has_names() const { return text_ != nullptr || (edit_ && edit_->is_word()); }
  bool asks_by_name() const { return text_ != nullptr; }
  bool is_whole() const { return workload_ && workload_->whole; }
  /// Whether it says what is where, rather than how much there is.
  bool places() const {
    return workload_ && (workload_->member == &Workload::gpu_layers || workload_->member == &Workload::cpu_moe ||
                         workload_->member == &Workload::kv_on_host);
  }

  /// The question, whose numbers that are known stay what they are of: of the power mode and quantization as asked.
  void resolve(const Answer& a) {
    if (text_ && !asked_.known.empty()) asked_.known = a.query.known;
    if (text_ == &Query::power_mode)
      for (const PowerMode& m : a.device.power_modes) names_.push_back(m.id);
    if (edit_ && edit_->is_word()) names_.assign(edit_->words.begin(), edit_->words.end());
    if (text_ == &Query::power_mode) names_.insert(names_.begin(), "");
    if (text_ != &Query::quant) return;
    struct Candidate {
      std::string id;
      double size;
    };
    std::vector<Candidate> recipes;
    const auto size = [&](const Quantization& q) { return summarize(*a.model, q, catalog_.formats()).file_B; };
    for (const Quantization* q : offered(catalog_, *a.runtime, a.device)) recipes.push_back({q->id, size(*q)});
    for (const Quantization* q : {catalog_.native_quantization(*a.model, *a.runtime, a.device), a.quantization})
      if (q && std::none_of(recipes.begin(), recipes.end(), [&](const Candidate& c) { return c.id == q->id; }))
        recipes.push_back({q->id, size(*q)});
    order_by(recipes, [](const Candidate& c) { return -c.size; });
    for (Candidate& c : recipes) names_.push_back(std::move(c.id));
  }
  const std::vector<std::string>& names() const { return names_; }

  Result<Answer> at(const std::string& name) const {
    Query q = asked_;
    if (text_)
      q.*text_ = name;
    else
      with_edit(q.set, *edit_, static_cast<double>(find_word(*edit_, name)));
    return answer(catalog_, q);
  }
  Result<Answer> at(double x) const {
    Query q = asked_;
    if (workload_)
      q.workload.*workload_->member = x;
    else
      with_edit(q.set, *edit_, x);
    return answer(catalog_, q);
  }

 private:
  const Catalog& catalog_;
  Query asked_;
  const WorkloadField* workload_ = nullptr;
  const EditableField* edit_ = nullptr;
  std::string Query::*text_ = nullptr;
  std::vector<std::string> names_;
};

std::optional<bool> fits(const SweptAxis& axis, const Answer& a) {
  const Verdict v = verdict(a);
  if (v == Verdict::undecided && !is_known(a.estimate[Term::memory_share])) return std::nullopt;
  return axis.places() ? v != Verdict::does_not_run : !a.instead();
}

Error no_axis(std::string_view axis) {
  std::vector<std::string> names;
  names.reserve(workload_fields.size() + editable_fields().size() + 2);
  for (const WorkloadField& f : workload_fields) names.emplace_back(f.name);
  for (const char* name : {"power_mode", "quant"}) names.emplace_back(name);
  for (const EditableField& f : editable_fields()) names.emplace_back(f.path);
  return {"unknown_word", "axis", "is " + quoted(std::string(axis)) + ", must be one of " + listed(names)};
}

/// Between a value that fits and one that does not, the two beside each other.
void narrow(const SweptAxis& axis, double& fit, double& unfit) {
  const bool whole = axis.is_whole();
  for (int i = 0; i < 64; ++i) {
    const double apart = std::fabs(unfit - fit);
    if (whole ? apart <= 1 : apart <= 1e-3 * std::fabs(fit)) return;
    const double middle = whole ? std::floor((fit + unfit) / 2) : (fit + unfit) / 2;
    const auto a = axis.at(middle);
    const auto in = a ? fits(axis, *a) : std::nullopt;
    if (!in) return;
    (*in ? fit : unfit) = middle;
  }
}

}  // namespace

Result<Sweep> sweep(const Catalog& catalog, const Query& q, std::string_view axis_name, const SweepValues& values) {
  SweptAxis axis(catalog, q, axis_name);
  if (!axis.is_one()) return no_axis(axis_name);
  const auto present = answer(catalog, q);
  if (!present) return present.errors();
  axis.resolve(*present);

  Sweep out;
  out.axis = axis_name;
  for (const Term t : swept_terms) out.columns.push_back({t, {}, {}, {}});
  std::vector<Errors> wrong;
  if (axis.has_names()) {
    const std::size_t known = axis.names().size();
    if (values.names.empty() && values.numbers.empty()) out.names = axis.names();
    for (const std::string& name : values.names) out.names.push_back(name);
    for (std::size_t i = 0; i < out.names.size(); ++i) out.values.push_back(static_cast<double>(i));
    wrong.resize(out.names.size());
    for (const double at : values.numbers) {
      const bool is_place = at >= 0 && at < static_cast<double>(known) && at == std::floor(at);
      // A power mode may be called by its watts.
      out.names.push_back(is_place ? axis.names()[static_cast<std::size_t>(at)] : count(at));
      out.values.push_back(at);
      wrong.emplace_back();
      if (!is_place && !axis.asks_by_name())
        wrong.back() = {{"out_of_range", "", "must be a whole number between 0 and " + std::to_string(known - 1)}};
    }
  } else if (!values.names.empty()) {
    return Error{"wrong_type", "values[0]", "must be a number"};
  } else if (values.numbers.empty()) {
    return Error{"missing", "values",
                 "are required, as in 512,2048,8192; only what has names, as quantizations have, is swept whole"};
  } else {
    out.values = values.numbers;
    for (const double x : out.values) {
      wrong.emplace_back();
      if (!is_known(x)) wrong.back() = {{"not_finite", "", "must be a number"}};
    }
  }

  bool any = false;
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    const auto a = !wrong[i].empty()  ? Result<Answer>(wrong[i])
                   : axis.has_names() ? axis.at(out.names[i])
                                      : axis.at(out.values[i]);
    Sweep::Point point;
    if (a) {
      point.verdict = verdict(*a);
      point.power_scope = a->rates.power_scope;
      point.fits = fits(axis, *a);
      point.warnings = warnings(*a);
      any = true;
    } else {
      point.errors = a.errors();
    }
    for (Sweep::Column& c : out.columns) {
      const Ranged r = a ? a->ranged(c.term) : Ranged();
      c.values.push_back(r.value);
      c.low.push_back(r.low);
      c.high.push_back(r.high);
    }
    out.points.push_back(std::move(point));
  }
  if (!any) {
    Error first = out.points[0].errors[0];
    first.path = "values[0]";
    return first;
  }
  for (std::size_t i = 1; i < out.points.size() && !axis.has_names(); ++i) {
    const auto before = out.points[i - 1].fits, now = out.points[i].fits;
    if (!before || !now || *before == *now) continue;
    out.last_fit = out.values[*before ? i - 1 : i];
    out.first_unfit = out.values[*before ? i : i - 1];
    narrow(axis, out.last_fit, out.first_unfit);
    break;
  }
  return out;
}

}  // namespace edgewise
