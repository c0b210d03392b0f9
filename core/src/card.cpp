#include "edgewise/card.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "card_content.h"
#include "card_draw.h"
#include "card_words.h"
#include "edgewise/options.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

/// As `human`, with the units of the language.
std::string shown(double x, std::string_view unit, const CardWords& w, double like = unknown) {
  if (!is_known(x)) return w.unknown;
  std::string out = human(x, unit, like);
  const std::array<std::pair<std::string_view, std::string>, 4> units = {{{" us", " µs"},
                                                                          {" min", std::string(" ") + w.minutes},
                                                                          {" h", std::string(" ") + w.hours},
                                                                          {" days", std::string(" ") + w.days}}};
  for (const auto& [plain, named] : units)
    if (out.ends_with(plain)) return out.substr(0, out.size() - plain.size()) + named;
  return out;
}

CardNumber number_of(const Answer& a, Term t, const char* label, const CardWords& w) {
  const Ranged r = a.ranged(t);
  const std::string_view unit = info(t).unit;
  CardNumber out{label, shown(r.value, unit, w), {}, {}};
  if (!is_known(r.low) || !is_known(r.high)) return out;
  // In the unit of the value, which is said once.
  const double like = is_known(r.value) ? r.value : r.high;
  std::string low = shown(r.low, unit, w, like);
  const std::string high = shown(r.high, unit, w, like);
  if (const auto space = low.find(' '); space != std::string::npos && high.ends_with(low.substr(space)))
    low.resize(space);
  out.range = filled(w.range, {{"low", low}, {"high", high}});
  return out;
}

std::string bound_of(const Breakdown& rows, const CardWords& w) {
  const std::string_view b = bound(rows);
  return b == "bandwidth" ? w.bandwidth : b == "compute" ? w.compute : w.fixed_cost;
}

/// What happens to what the device does not hold.
std::string then(const Answer& a, const CardWords& w) {
  const auto instead = a.instead();
  if (!instead) return {};
  if (instead->kind == Instead::Kind::out_of_memory) return w.out_of_memory;
  if (instead->kind == Instead::Kind::paging) return filled(w.paging, {{"time", shown(instead->tpot_s, "s", w)}});
  const double layers = instead->layers_on_host, experts = instead->experts_on_host;
  if (layers > 0) return filled(w.layers, {{"n", count(layers)}, {"layers", count(a.estimate[Term::layers])}});
  if (experts > 0) return filled(w.experts, {{"n", count(experts)}, {"layers", count(a.cost.moe_layers)}});
  return w.parts;
}

/// Its speed, and what of it is slow; nothing where it does not run.
void add_speed(const Answer& a, const CardWords& w, std::vector<std::string>& out) {
  const bool writes = a.estimate[Term::generated_tokens] > 0;
  const Ranged r = a.ranged(writes ? Term::decode_tok_s : Term::prefill_tok_s);
  if (is_known(r.value)) {
    const bool range = is_known(r.low) && is_known(r.high);
    const char* words = writes ? (range ? w.speed_range : w.speed) : (range ? w.reads_range : w.reads);
    out.push_back(filled(words, {{"rate", shown(r.value, "tok/s", w)},
                                 {"low", significant(r.low)},
                                 {"high", significant(r.high)},
                                 {"bound", bound_of(writes ? a.estimate.decode : a.estimate.prefill, w)}}));
    if (const double n = a.query.workload.batch; writes && n > 1)
      out.push_back(filled(w.each, {{"rate", shown(1 / a.estimate[Term::tpot_mean_s], "tok/s", w)}, {"n", count(n)}}));
    if (slower_than_reading(a.estimate)) out.emplace_back(w.below_reading);
  } else if (writes) {
    out.emplace_back(w.speed_unknown);
  }
  if (longer_than_a_wait(a.estimate))
    out.push_back(filled(w.long_wait, {{"time", shown(a.estimate[Term::ttft_s], "s", w)}}));
}

std::string sentence_of(const Answer& a, const CardContent& c, double usable, const CardWords& w) {
  if (!a.model->is_made_in(*a.quantization)) return filled(w.not_made, {{"quant", a.quantization->id}});
  const Ranged memory = a.ranged(Term::memory_B);
  if (!is_known(memory.value)) return w.unfound;
  const bool above = is_known(memory.high) && memory.value <= usable && memory.high > usable;
  const bool below = is_known(memory.low) && memory.value > usable && memory.low <= usable;
  std::vector<std::string> out = {filled(above   ? w.needs_up_to
                                         : below ? w.needs_at_least
                                                 : w.needs,
                                         {{"memory", c.memory.value},
                                          {"usable", shown(usable, "B", w)},
                                          {"low", shown(memory.low, "B", w)},
                                          {"high", shown(memory.high, "B", w)}})};
  if (const std::string words = then(a, w); !words.empty()) out.push_back(words);
  const auto instead = a.instead();
  if (!instead || instead->kind == Instead::Kind::host) add_speed(a, w, out);
  if (const double share = starting_share(a); !instead && is_known(share))
    out.push_back(filled(w.starts, {{"option", a.runtime->reserve.option}, {"share", significant(share)}}));
  std::string text;
  for (const std::string& s : out) text += (text.empty() ? "" : w.stop) + s;
  return text;
}

/// As the command line and the elements of a page call it.
std::string option_named(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

/// What else was asked, by the names of the options: what is the default goes without saying.
std::vector<std::string> further_options(const Answer& a) {
  const Query& q = a.query;
  std::vector<std::string> out;
  if (q.kv_quant != a.runtime->default_kv_format) out.push_back("kv-quant " + q.kv_quant);
  if (!q.host.empty() && q.host != a.catalog->typical_host(a.device)) out.push_back("host " + q.host);
  if (q.session != to_string(a.device.usable.session_for(Session::unstated))) out.push_back("session " + q.session);
  if (!q.draft_model.empty()) out.push_back("draft-model " + q.draft_model);
  for (const QueryFlag& f : query_flags)
    if (const int is = f.of(q); is >= 0) out.push_back(option_named(f.name) + " " + count(is));
  for (const WorkloadField& f : workload_fields) {
    const double Workload::*worded[] = {&Workload::prompt, &Workload::generate, &Workload::depth, &Workload::batch};
    if (std::find(std::begin(worded), std::end(worded), f.member) != std::end(worded)) continue;
    if (states(a, f.member)) out.push_back(option_named(f.name) + " " + count(q.workload.*f.member));
  }
  for (const std::string& edit : q.set) out.push_back("set " + edit);
  return out;
}

std::string question_of(const Answer& a, const CardWords& w) {
  const Workload& load = a.query.workload;
  // What a launcher starts has its defaults.
  const std::string engine =
      a.launcher ? a.launcher->name + filled(w.aside, {{"what", a.runtime->name}}) : a.runtime->name;
  std::string out = a.quantization->id + w.comma + engine;
  if (!a.device.power_modes.empty()) out += w.comma + (a.query.power_mode.empty() ? w.full_clocks : a.query.power_mode);
  out += w.comma + filled(w.tokens, {{"prompt", count(load.prompt)}, {"generate", count(load.generate)}});
  if (load.depth > 0) out += w.comma + filled(w.depth, {{"n", count(load.depth)}});
  if (load.batch > 1) out += w.comma + filled(w.batch, {{"n", count(load.batch)}});
  for (const std::string& option : further_options(a)) out += w.comma + option;
  return out;
}

}  // namespace

CardContent card_content(const Answer& a, Language language) {
  const CardWords& w = card_words(language);
  const double usable = usable_of_all_B(a.estimate);
  CardContent c;
  c.model = harmless(a.model->name);
  c.device = harmless(a.device.name);
  c.title = filled(w.on, {{"model", c.model}, {"device", c.device}});
  c.question = harmless(question_of(a, w));
  c.verdict = verdict(a);
  c.verdict_words = w.verdict_words(c.verdict);
  c.memory = number_of(a, Term::memory_B, w.memory, w);
  c.ttft = number_of(a, Term::ttft_s, w.ttft, w);
  c.decode = number_of(a, Term::decode_tok_s, w.decode, w);
  c.energy = number_of(a, Term::energy_per_token_J, w.energy, w);
  if (is_known(a.estimate[Term::energy_per_token_J]) && a.rates.power_scope != Scope::unstated) {
    c.energy.scope = w.scopes[static_cast<std::size_t>(a.rates.power_scope)];
    c.energy.label += w.comma + c.energy.scope;
  }
  c.sentence = sentence_of(a, c, usable, w);
  const Ranged memory = a.ranged(Term::memory_B);
  c.share = memory.value / usable;
  c.share_high = memory.high / usable;
  c.share_words = filled(w.usable, {{"usable", shown(usable, "B", w)}});
  const double configurations = a.calibration.calibration ? a.calibration.calibration->configurations : 0;
  const bool one = a.sureness() == Sureness::fitted && configurations == 1;
  c.sure =
      one ? w.fitted_to_one : filled(w.sure[static_cast<std::size_t>(a.sureness())], {{"n", count(configurations)}});
  if (!a.device.edits.empty()) c.sure += w.comma + std::string(w.edited);
  return c;
}

std::string in_words(const CardContent& c, const CardWords& w) {
  return c.title + w.colon + c.verdict_words + w.full_stop + w.stop + c.sentence;
}

std::string render_card(const std::vector<Carded>& answers, const CardStyle& style) {
  std::vector<CardDrawn> drawn;
  drawn.reserve(answers.size());
  for (const Carded& c : answers) drawn.push_back({card_content(*c.answer, style.language), c.link});
  switch (style.format) {
    case CardFormat::svg:
      return card_svg(drawn, style);
    case CardFormat::markdown:
      return card_markdown(drawn, style);
    case CardFormat::html:
      break;
  }
  return card_html(drawn, style);
}

std::string alternative_text(const std::vector<Carded>& answers, Language language) {
  const CardWords& w = card_words(language);
  std::string out;
  for (const Carded& a : answers) out += (out.empty() ? "" : " ") + in_words(card_content(*a.answer, language), w);
  return out;
}

}  // namespace edgewise
