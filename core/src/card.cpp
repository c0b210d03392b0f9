#include "edgewise/card.h"

#include <array>

#include "card_content.h"
#include "card_draw.h"
#include "card_words.h"
#include "edgewise/options.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

/// As `human`, with the units of the language.
std::string shown(double x, std::string_view unit, const CardWords& w) {
  if (!is_known(x)) return w.unknown;
  std::string out = human(x, unit);
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
  std::string low = shown(r.low, unit, w);
  const std::string high = shown(r.high, unit, w);
  // A unit that both have is said once.
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
    if (slower_than_reading(a.estimate)) out.emplace_back(w.below_reading);
  } else if (writes) {
    out.emplace_back(w.speed_unknown);
  }
  if (longer_than_a_wait(a.estimate))
    out.push_back(filled(w.long_wait, {{"time", shown(a.estimate[Term::ttft_s], "s", w)}}));
}

std::string sentence_of(const Answer& a, const CardContent& c, double usable, const CardWords& w) {
  const Ranged memory = a.ranged(Term::memory_B);
  if (!is_known(memory.value)) return w.unfound;
  const bool crosses = is_known(memory.high) && memory.value <= usable && memory.high > usable;
  std::vector<std::string> out = {
      filled(crosses ? w.needs_up_to : w.needs,
             {{"memory", c.memory.value}, {"usable", shown(usable, "B", w)}, {"high", shown(memory.high, "B", w)}})};
  if (const std::string words = then(a, w); !words.empty()) out.push_back(words);
  const auto instead = a.instead();
  if (!instead || instead->kind == Instead::Kind::host) add_speed(a, w, out);
  if (const double share = starting_share(a); !instead && is_known(share))
    out.push_back(filled(w.starts, {{"option", a.runtime->reserve.option}, {"share", significant(share)}}));
  std::string text;
  for (const std::string& s : out) text += (text.empty() ? "" : w.stop) + s;
  return text;
}

std::string question_of(const Answer& a, const CardWords& w) {
  const Workload& load = a.query.workload;
  std::string out = a.quantization->id + w.comma + a.runtime->name;
  if (!a.query.power_mode.empty()) out += w.comma + a.query.power_mode;
  out += w.comma + filled(w.tokens, {{"prompt", count(load.prompt)}, {"generate", count(load.generate)}});
  if (load.depth > 0) out += w.comma + filled(w.depth, {{"n", count(load.depth)}});
  if (load.batch > 1) out += w.comma + filled(w.batch, {{"n", count(load.batch)}});
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
  c.sure = filled(w.sure[static_cast<std::size_t>(a.sureness())], {{"n", count(configurations)}});
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
