#include "edgewise/many.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "edgewise/metric.h"
#include "edgewise/tower.h"
#include "order.h"

namespace edgewise {

namespace {

/// Numbers that change the estimate of a question and nothing that is chosen for it.
constexpr double Workload::*free_numbers[] = {&Workload::prompt,
                                              &Workload::generate,
                                              &Workload::depth,
                                              &Workload::batch,
                                              &Workload::context,
                                              &Workload::images,
                                              &Workload::image_width,
                                              &Workload::image_height,
                                              &Workload::audio_s,
                                              &Workload::requests_per_day,
                                              &Workload::battery_wh,
                                              &Workload::electricity_usd_per_kwh,
                                              &Workload::device_life_years,
                                              &Workload::link_rtt_ms,
                                              &Workload::link_mb_s,
                                              &Workload::api_usd_per_mtok,
                                              &Workload::grid_gco2e_per_kwh};

bool is_free(const WorkloadField& f) {
  return std::find(std::begin(free_numbers), std::end(free_numbers), f.member) != std::end(free_numbers);
}

class Batch {
 public:
  Batch(const Catalog& catalog, const Query& base, const Columns& columns, const std::vector<Term>& terms)
      : catalog_(catalog), base_(base), columns_(columns), terms_(terms) {
    out_.columns.assign(terms.size(), std::vector<double>(columns.rows, unknown));
    out_.status.assign(columns.rows, 0);
    for (const Term t : terms) {
      if (t == Term::max_context_tokens || t == Term::max_batch) limits_ = Limits::found;
      const auto of = bounded(t);
      // Of power and energy the range decides whether a value is told; of others it is the estimate's.
      ranged_.push_back(of && (of->kind == Kind::power || of->kind == Kind::energy));
    }
    for (const Columns::Numbers& c : columns.numbers) (is_free(*c.field) ? free_ : chosen_by_).push_back(&c);
  }

  Many run() {
    const std::vector<std::size_t> order = by_choice();
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::size_t row = order[i];
      if (const Errors wrong = check_numbers(row); !wrong.empty()) {
        refuse(row, wrong[0]);
        continue;
      }
      if (!chosen_ || !same_choice(*chosen_, row)) choose_for(row);
      answer_row(row);
    }
    return std::move(out_);
  }

 private:
  /// The rows, those of one choice after each other: what it depends on is sorted by, column by column.
  std::vector<std::size_t> by_choice() const {
    std::vector<std::size_t> order(columns_.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto sort_by = [&](const auto& column) {
      order_by(order, [&](std::size_t row) { return static_cast<double>(column[row]); });
    };
    for (const Columns::Texts& c : columns_.texts) sort_by(c.places);
    for (const Columns::Numbers* c : chosen_by_) sort_by(c->values);
    return order;
  }
  /// What is no number is refused before anything is chosen by it.
  bool same_choice(std::size_t a, std::size_t b) const {
    return std::all_of(columns_.texts.begin(), columns_.texts.end(),
                       [&](const Columns::Texts& c) { return c.places[a] == c.places[b]; }) &&
           std::all_of(chosen_by_.begin(), chosen_by_.end(),
                       [&](const Columns::Numbers* c) { return c->values[a] == c->values[b]; });
  }

  /// The question of a row, but for its free numbers.
  Query chosen_part(std::size_t row) const {
    Query q = base_;
    for (const Columns::Texts& c : columns_.texts) q.*c.field->member = c.words[c.places[row]];
    for (const Columns::Numbers* c : chosen_by_) q.workload.*c->field->member = c->values[row];
    return q;
  }
  void set_free(Workload& w, std::size_t row) const {
    for (const Columns::Numbers* c : free_) w.*c->field->member = c->values[row];
  }

  /// A number that is none is refused, where a question may leave it out too.
  Errors check_numbers(std::size_t row) const {
    for (const Columns::Numbers& c : columns_.numbers)
      if (!is_known(c.values[row])) return {{"not_finite", c.field->name, "must be a number"}};
    return {};
  }

  void choose_for(std::size_t row) {
    chosen_ = row;
    asked_ = chosen_part(row);
    Query q = asked_;
    // The free numbers are each row's own, and judged there.
    const Workload plain;
    for (const auto member : free_numbers) q.workload.*member = plain.*member;
    auto prepared = prepare(catalog_, q);
    prepared_.reset();
    why_none_.clear();
    if (prepared)
      prepared_ = std::move(*prepared);
    else
      why_none_ = prepared.errors();
    // A launcher's defaults and what was measured depend on the whole question.
    one_by_one_ = !asked_.known.empty() || catalog_.launcher(asked_.runtime) != nullptr;
  }

  void answer_row(std::size_t row) {
    set_free(asked_.workload, row);
    if (one_by_one_) {
      const auto a = answer(catalog_, asked_);
      return a ? write(row, *a) : refuse(row, a.errors()[0]);
    }
    Workload w = asked_.workload;
    for (const WorkloadField& f : workload_fields) w.*f.member += 0.0;  // -0 is 0
    if (const Errors wrong = check_workload(w); !wrong.empty()) return refuse(row, wrong[0]);
    if (!prepared_) return refuse(row, why_none_[0]);
    Answer& a = *prepared_;
    if (const Errors wrong = check_context(w, media_tokens(a.cost, w)); !wrong.empty()) return refuse(row, wrong[0]);
    a.query.workload = w;
    a.compute(limits_);
    write(row, a);
  }

  void write(std::size_t row, const Answer& a) {
    for (std::size_t i = 0; i < terms_.size(); ++i)
      out_.columns[i][row] = ranged_[i] ? a.ranged(terms_[i]).value : a.estimate[terms_[i]];
  }

  void refuse(std::size_t row, const Error& why) {
    auto& problems = out_.problems;
    auto same = std::find_if(problems.begin(), problems.end(), [&](const Many::Problem& p) {
      return p.error.code == why.code && p.error.path == why.path;
    });
    if (same == problems.end()) same = problems.insert(same, {why, row, 0});
    ++same->rows;
    // Rows are asked in the order of their choices.
    if (row < same->first) {
      same->first = row;
      same->error = why;
    }
    out_.status[row] = static_cast<std::uint32_t>(same - problems.begin()) + 1;
  }

  const Catalog& catalog_;
  const Query& base_;
  const Columns& columns_;
  const std::vector<Term>& terms_;
  std::vector<bool> ranged_;
  Limits limits_ = Limits::left_out;
  std::vector<const Columns::Numbers*> free_, chosen_by_;
  std::optional<std::size_t> chosen_;  ///< the row of which the rest is
  Query asked_;
  std::optional<Answer> prepared_;
  Errors why_none_;
  bool one_by_one_ = false;
  Many out_;
};

}  // namespace

Many estimate_many(const Catalog& catalog, const Query& base, const Columns& columns, const std::vector<Term>& terms) {
  return Batch(catalog, base, columns, terms).run();
}

}  // namespace edgewise
