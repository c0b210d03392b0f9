#include "render.h"

#include <cmath>

#include "edgewise/csv.h"
#include "edgewise/edited_preset.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "edgewise/ways_out.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// What to change, with what then comes of it.
std::string ways_out_of(const Answer& a) {
  std::vector<std::vector<std::string>> rows = {{"Ways out", "", "memory", "decode", "TTFT"}};
  for (const WayOut& w : ways_out(*a.catalog, a))
    rows.push_back({"  " + w.label, words(w.verdict), human(w.memory_B, "B"), human(w.decode_tok_s.value, "tok/s"),
                    human(w.ttft_s, "s")});
  if (rows.size() == 1) return {};
  return aligned(rows, {Side::left, Side::left, Side::right, Side::right, Side::right}) + "\n";
}

/// What the quantization keeps, and what the model scores unquantized.
std::string quality_of(const Answer& a) {
  const auto kept = Retentions(*a.catalog).of(*a.model, *a.quantization);
  std::string out =
      "\nQuality\n  " + field(harmless("Kept by " + a.quantization->id), 36, Side::left) +
      field(kept ? (kept->estimated ? "~" : "") + text(kept->kind, kept->value) : "unknown", 12, Side::right) +
      (kept ? "   " + harmless(basis(*kept)) : "   nobody published what it loses") + "\n";
  const auto scores = a.catalog->quality().headline(a.model->id);
  for (const Scale* s : scores) {
    const std::string how =
        (s->shots.empty() ? "" : ", " + s->shots + "-shot") + (s->variant.empty() ? "" : ", " + s->variant);
    out += "  " + field(harmless(s->benchmark + how), 36, Side::left) +
           field(significant(s->models.find(a.model->id)->second->value) + " %", 12, Side::right) + "   " +
           harmless("unquantized, " + s->metric + ", " + s->source) + "\n";
  }
  if (scores.empty()) out += "  " + field("Scores", 36, Side::left) + field("unknown", 12, Side::right) + "\n";
  return out;
}

}  // namespace

std::string subject_of(const Answer& a) {
  std::string device = a.device.name;
  if (!a.device.edits.empty() && !device.ends_with(edited_mark)) device += edited_mark;
  if (!a.device.power_modes.empty())
    device += " (" + (a.query.power_mode.empty() ? "full clocks" : a.query.power_mode) + ")";
  return harmless(a.model->name + ", " + a.quantization->id + (a.is_of_file() ? " (the file's own), on " : ", on ") +
                  device + " with " + a.runtime->name);
}

std::string render_text(const Answer& a) {
  const Estimate& e = a.estimate;
  std::string out = subject_of(a) + "\n" + harmless(sentence(a)) + "\n\n";
  if (a.query.ways_out) out += ways_out_of(a);
  const auto row = [&](const std::string& label, Term t, std::size_t width = 24) {
    const TermInfo& n = info(t);
    const Ranged r = a.ranged(t);
    out += "  " + field(label, width, Side::left) + field(human(r.value, n.unit), 12, Side::right);
    if (is_known(r.low)) out += "   " + human(r.low, n.unit, r.value) + " to " + human(r.high, n.unit, r.value);
    if (!is_known(r.value) && !a.loads()) {
      out += "   it does not load";
    } else if (!is_known(r.value)) {
      const auto fields = missing_fields(e, a.runtime->processor, t);
      for (std::size_t i = 0; i < fields.size(); ++i) out += (i == 0 ? "   needs " : ", ") + fields[i];
    }
    out += "\n";
  };
  out += "  " + field("", 24, Side::left) + field("value", 12, Side::right) + "   80 % interval\n";
  row("Time to first token", Term::ttft_s);
  for (const Term t : {Term::vision_s, Term::audio_tower_s})
    if (e[t] != 0) row("  " + std::string(info(t).label), t);
  row("Prefill", Term::prefill_tok_s);
  row("Decode", Term::decode_tok_s);
  row("Time per token", Term::tpot_mean_s);
  if (e[Term::draft_tokens] > 0)
    for (const Term t : {Term::speculation_speedup, Term::draft_tokens, Term::acceptance, Term::tokens_per_step})
      row("  " + std::string(info(t).label), t);
  if (e[Term::network_s] > 0) row("Network", Term::network_s);
  row("Total latency", Term::total_latency_s);
  if (a.loads()) row("Load, cold", Term::load_cold_s);
  row("Power, decode", Term::decode_w);
  if (const std::string scope = to_string(a.rates.power_scope); !scope.empty())
    out += "    " + field("of", 22, Side::left) + field(scope, 12, Side::right) + "\n";
  row("Energy per token", Term::energy_per_token_J);
  row("Energy per request", Term::request_energy_J);

  // Of what is asked for by its price, capacity or rate.
  const Workload& work = a.query.workload;
  bool first = true;
  for (const auto& [asked, terms] : {std::pair(work.requests_per_day, std::vector{Term::busy_share, Term::idle_w}),
                                     {work.battery_wh, {Term::requests_per_battery, Term::battery_h}},
                                     {work.electricity_usd_per_kwh, {Term::electricity_usd_per_Mtok}},
                                     {work.device_life_years, {Term::device_usd_per_Mtok}},
                                     {work.electricity_usd_per_kwh + work.device_life_years, {Term::usd_per_Mtok}},
                                     {work.api_usd_per_mtok, {Term::saved_usd_per_Mtok}},
                                     {work.grid_gco2e_per_kwh, {Term::co2e_g_per_Mtok}}}) {
    if (!is_known(asked)) continue;
    if (first) out += "\nCost and battery\n";
    first = false;
    for (const Term t : terms) row(std::string(info(t).label), t, 34);
  }

  out += "\nMemory\n";
  for (const Term t : {Term::weights_B, Term::kv_cache_B, Term::recurrent_state_B, Term::compute_buffer_B,
                       Term::runtime_reserve_B, Term::draft_B})
    if (e[t] > 0) row(std::string(info(t).label), t);
  row("Total", Term::memory_B);
  if (a.rates.reserve.of != ShareOf::nothing)
    for (const Term t : {Term::reserved_B, Term::cache_tokens, Term::concurrency}) row(std::string(info(t).label), t);
  if (on_host(e)) {
    row("  on the device", Term::device_memory_B);
    row("  on the host", Term::host_memory_B);
    row("Usable on the host", Term::host_usable_B);
  }
  row(e[Term::devices] > 1 ? "Usable on each device" : "Usable on the device", Term::usable_B);
  for (const Term t : {Term::kept_B, Term::memory_taken_B})
    if (e[t] > 0) row("  " + std::string(info(t).label), t);
  if (e[Term::lent_B] < e[Term::capacity_B]) row("  " + std::string(info(Term::lent_B).label), Term::lent_B);
  if (!on_host(e)) {
    row(e[Term::batch] > 1 ? "Largest context, each" : "Largest context", Term::max_context_tokens);
    row("Largest batch", Term::max_batch);
  }

  if (a.loads()) {
    const bool drafted = e[Term::draft_tokens] > 0;
    double total_s = 0;
    for (const OperatorTime& r : e.decode) total_s += r.total_s > 0 ? r.total_s : 0;
    out += "\nOne " + std::string(drafted ? "token decoded without drafts (" : "decoded token (") + bound(e.decode) +
           " binds)\n";
    for (std::size_t i = 0; i < e.decode.size(); ++i) {
      const OperatorTime& r = e.decode[i];
      if (!(r.total_s > 0)) continue;
      out += "  " + field(to_string(static_cast<Operator>(i)), 24, Side::left) +
             field(human(r.total_s, "s"), 12, Side::right) + field(percent(r.total_s / total_s), 10, Side::right) +
             "   " + bound(r) + "\n";
    }
  }
  if (a.query.quality) out += quality_of(a);
  if (a.launcher) {
    out += "\n" + a.launcher->name + " runs it as " + a.runtime->id;
    for (std::size_t i = 0; i < a.taken.size(); ++i)
      out += (i == 0 ? " with its defaults " : ", ") + std::string(a.taken[i].first->name) + " " +
             count(a.taken[i].second);
    out += ".\n";
  }
  out += "\nHow sure: " + how_sure(a) + ".\n";
  for (const Error& w : warnings(a)) out += "Note: " + harmless(w.message) + ".\n";
  return out;
}

std::string render_what_if(const std::vector<WhatIf>& found, Term term) {
  const TermInfo& t = info(term);
  std::string out = "\nWhat would help: " + std::string(t.label) + "\n";
  if (found.empty()) out += "  Nothing that is looked at.\n";
  for (const WhatIf& w : found)
    out += "  " + field(harmless(w.label), 44, Side::left) + field(human(w.value.value, t.unit), 14, Side::right) +
           field("x" + significant(w.gain), 9, Side::right) + "   " + words(w.verdict) + "\n";
  return out;
}

std::string render_csv(const Answer& a) {
  std::string out = format_csv_row({"term", "value", "low", "high", "unit"});
  for (std::size_t i = 0; i < term_count; ++i) {
    const auto t = static_cast<Term>(i);
    const Ranged r = a.ranged(t);
    out += format_csv_row(
        {std::string(info(t).id), exact(r.value), exact(r.low), exact(r.high), std::string(info(t).unit)});
  }
  return out;
}

}  // namespace edgewise
