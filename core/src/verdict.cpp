#include "edgewise/verdict.h"

#include <algorithm>

#include "edgewise/answer.h"
#include "edgewise/options.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

/// "6.94 GiB (6.53 to 11.1)" where the range is asked for.
std::string in_range(const Ranged& r, std::string_view unit, bool with_range) {
  std::string out = human(r.value, unit);
  if (with_range && is_known(r.low)) out += " (" + human(r.low, unit) + " to " + human(r.high, unit) + ")";
  return out;
}

std::string memory_of(const Answer& a, bool with_range) {
  return "it needs " + in_range(a.ranged(Term::memory_B), "B", with_range) + " of " +
         human(usable_of_all_B(a.estimate), "B") + " usable" +
         (a.estimate[Term::devices] > 1 ? " on " + count(a.estimate[Term::devices]) + " devices" : "");
}

/// Speed, what is slow about it, and what binds: of reading the prompt where nothing is generated.
std::string speed_of(const Answer& a) {
  const Estimate& e = a.estimate;
  const bool writes = e[Term::generated_tokens] > 0;
  std::string out;
  if (const Ranged speed = a.ranged(writes ? Term::decode_tok_s : Term::prefill_tok_s); is_known(speed.value)) {
    out = std::string(writes ? ", " : ", reading ") + human(speed.value, "tok/s");
    if (is_known(speed.low)) out += " (" + significant(speed.low) + " to " + significant(speed.high) + ")";
    if (writes && e[Term::batch] > 1) out += " in all, " + human(1 / e[Term::tpot_mean_s], "tok/s") + " each";
    if (slower_than_reading(e)) out += ", below reading speed (" + count(reading_speed_tok_s) + " tok/s)";
    out += std::string(", limited by ") + bound(writes ? e.decode : e.prefill);
  } else if (writes) {
    out = ", speed unknown";
  }
  if (longer_than_a_wait(e)) out += "; the first token comes after " + human(e[Term::ttft_s], "s");
  return out;
}

/// What happens where it does not fit.
std::string then_of(const Answer& a) {
  const Estimate& e = a.estimate;
  const auto instead = a.instead();
  if (!instead || instead->kind == Instead::Kind::out_of_memory) return "the load would run out of memory";
  if (instead->kind == Instead::Kind::paging)
    return "paging from storage, it would take " + in_range(a.ranged(Term::tpot_mean_s), "s", true) + " per token";
  const double layers = instead->layers_on_host, experts = instead->experts_on_host;
  if (layers == 0 && experts > 0)
    return "with the experts of " + count(experts) + " of " + count(a.cost.moe_layers) + " layers on the host" +
           speed_of(a);
  if (layers == 0)
    return (a.query.workload.kv_on_host > 0 ? "with the KV cache on the host" : "with the output layer on the host") +
           speed_of(a);
  return "with " + count(layers) + " of " + count(e[Term::layers]) + " layers on the host" + speed_of(a);
}

}  // namespace

const char* to_string(Verdict v) {
  static constexpr const char* names[] = {"runs_well", "runs_slowly",  "likely_fits",
                                          "with_host", "does_not_run", "unknown"};
  return names[static_cast<std::size_t>(v)];
}

const char* words(Verdict v) {
  static constexpr const char* names[] = {"Runs well",    "Runs, slowly", "Likely fits", "Runs with parts on the host",
                                          "Does not run", "Unknown"};
  return names[static_cast<std::size_t>(v)];
}

double usable_of_all_B(const Estimate& e) { return e[Term::devices] * e[Term::usable_B]; }

bool exceeds_usable(const Estimate& e) { return e[Term::memory_B] > usable_of_all_B(e); }

bool on_host(const Estimate& e) { return e[Term::host_memory_B] > e[Term::host_weights_B] + e[Term::host_compute_B]; }

bool is_beyond_context(const ModelCost& m, const Estimate& e) {
  return m.max_context > 0 && e[Term::context_tokens] > m.max_context;
}

bool slower_than_reading(const Estimate& e) {
  return e[Term::generated_tokens] > 0 && e[Term::tpot_mean_s] * reading_speed_tok_s > 1;
}
bool longer_than_a_wait(const Estimate& e) { return e[Term::ttft_s] > longest_wait_s; }

double slowness(const Estimate& e) {
  const double waits = e[Term::ttft_s] / longest_wait_s;
  if (e[Term::generated_tokens] == 0) return waits;
  const double reads = e[Term::tpot_mean_s] * reading_speed_tok_s;
  return is_known(waits) && is_known(reads) ? std::max(waits, reads) : unknown;
}

Verdict verdict(const Estimate& e, const IntervalRule* memory, bool on_host) {
  if (!is_known(e[Term::memory_B]) || !is_known(e[Term::usable_B])) return Verdict::undecided;
  if (e[Term::unplaced_B] > 0) return Verdict::does_not_run;
  if (on_host) return Verdict::with_host;
  if (exceeds_usable(e)) return Verdict::does_not_run;
  if (memory && e[Term::memory_B] * memory->high > usable_of_all_B(e)) return Verdict::likely_fits;
  const double slow = slowness(e);
  if (!is_known(slow)) return Verdict::undecided;
  return slow > 1 ? Verdict::runs_slowly : Verdict::runs_well;
}

Verdict verdict(const Answer& a) {
  // Nobody has such a file of the model, nor can it be made.
  if (!a.model->is_made_in(*a.quantization)) return Verdict::does_not_run;
  return verdict(a.estimate, a.catalog->interval(Kind::memory, a.runtime->family, a.rates.situation),
                 on_host(a.estimate));
}

std::string sentence(const Answer& a) {
  const Verdict v = verdict(a);
  if (v == Verdict::undecided && !is_known(a.estimate[Term::memory_share]))
    return "Unknown: the memory cannot be computed.";
  if (!a.model->is_made_in(*a.quantization)) return std::string(words(v)) + ": " + not_made_in + ".";
  const bool fits = !a.instead();
  const double share = starting_share(a);
  const bool with_range =
      v == Verdict::likely_fits || !(fits || a.ranged(Term::memory_B).low > usable_of_all_B(a.estimate));
  return std::string(words(v)) + ": " + memory_of(a, with_range) + (fits ? speed_of(a) : "; " + then_of(a)) +
         (is_beyond_context(a.cost, a.estimate)
              ? "; the context is longer than the model's " + count(a.cost.max_context) + " positions"
              : "") +
         (fits && is_known(share)
              ? "; it starts with " + a.runtime->reserve.option + " of " + significant(share) + " or less"
              : "") +
         ".";
}

}  // namespace edgewise
