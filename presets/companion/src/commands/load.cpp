#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "errors.h"
#include "presets.h"
#include "render.h"
#include "terminal.h"

namespace edgewise {

namespace {

std::string text_of(const Serving& s) {
  const Answer& a = s.answer;
  const std::string rate = significant(s.asked.arrivals.rate_per_s), most = significant(s.largest_rate.value);
  std::string out = subject_of(a) + "\nOne request alone: " + harmless(sentence(a)) + "\n";
  const bool runs = verdict(a) != Verdict::does_not_run;
  const auto instead = a.instead();
  if (!runs && (!instead || instead->kind != Instead::Kind::paging)) return out;
  const bool promised = is_known(s.asked.promise.ttft_p95_s) || is_known(s.asked.promise.tpot_p95_s);
  if (is_known(s.asked.arrivals.rate_per_s)) {
    const double asked = s.asked.arrivals.rate_per_s;
    const bool kept = s.service.stable && asked <= s.largest_rate.value;
    // Within the range of the largest rate either may be.
    const bool open = asked >= s.largest_rate.low && asked <= s.largest_rate.high;
    const std::string yes = open ? "Likely: " : "Yes: ", no = open ? "Likely not: " : "No: ";
    out += !runs               ? "No: it does not run; paged from storage, it answers as follows.\n"
           : !s.service.stable ? no + rate + " requests/s are more than it can answer; the queue grows without end.\n"
           : !promised
               ? yes + "it answers " + rate + " requests/s at " + percent(s.service.utilisation) + " of what it can.\n"
           : kept ? yes + rate + " requests/s keep the promise.\n"
                  : no + rate + " requests/s break the promise.\n";
  }
  out += "At most " + most + " requests/s" +
         (is_known(s.largest_rate.low)
              ? " (" + significant(s.largest_rate.low) + " to " + significant(s.largest_rate.high) + ")"
              : "") +
         (promised ? " keep the promise.\n\n" : " can be answered.\n\n");
  out += "  " + field("", 24, Side::left) + field("value", 12, Side::right) + "   80 % interval\n";
  const auto row = [&](const char* label, const Ranged& r, const char* unit, double scale = 1) {
    out += "  " + field(label, 24, Side::left) + field(human(scale * r.value, unit), 12, Side::right);
    if (is_known(r.low) || is_known(r.high))
      out += "   " + human(scale * r.low, unit) + " to " + (is_known(r.high) ? human(scale * r.high, unit) : "no end");
    out += "\n";
  };
  if (is_known(s.asked.arrivals.rate_per_s)) {
    // Where more comes than it can answer, how many times as much.
    if (s.utilisation.value > 1)
      row("Utilisation, times", s.utilisation, "");
    else
      row("Utilisation", s.utilisation, "%", 100);
    row("Mean batch", s.mean_batch, "");
    row("TTFT, p50", s.ttft_p50_s, "s");
    row("TTFT, p95", s.ttft_p95_s, "s");
    row("Time per token, p50", s.tpot_p50_s, "s");
    row("Time per token, p95", s.tpot_p95_s, "s");
    row("Throughput", s.throughput_tok_s, "tok/s");
  }
  row("Capacity", s.capacity_per_s, "/s");
  out += "\n" + count(s.asked.slots) + (s.asked.slots == 1 ? " sequence" : " sequences") + " at once, " +
         to_string(s.server.scheduling) + " scheduling; prompts of " + count(s.server.prompt_tokens) +
         " tokens and answers of " + count(s.server.answer_tokens) + " on average, arriving at random.\n";
  for (const Error& w : warnings(a)) out += "Note: " + harmless(w.message) + ".\n";
  return out;
}

}  // namespace

int run_load(LoadRequest r, std::ostream& out, std::ostream& err) {
  const auto catalog = load_catalog(r.query.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto s = serving(*catalog, r.query);
  if (!s) return refuse(s.errors(), err);
  if (r.output == Output::json)
    out << to_text(to_json(*s), 2) << "\n";
  else
    out << text_of(*s);
  return done;
}

}  // namespace edgewise
