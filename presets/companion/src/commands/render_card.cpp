#include <nlohmann/json.hpp>

#include "bundle.h"
#include "commands.h"
#include "edgewise/card.h"
#include "edgewise/json.h"
#include "edgewise/link.h"
#include "edgewise/text.h"
#include "edgewise/version.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// More is no longer read as a picture or a table of a page.
constexpr std::size_t most_answers = 100;

/// Every model on every device, in the order in which they were named.
std::vector<Query> questions_of(const CardRequest& r) {
  std::vector<Query> out;
  std::vector<std::string> models = {r.query.model}, devices = {r.query.device};
  models.insert(models.end(), r.models.begin(), r.models.end());
  devices.insert(devices.end(), r.devices.begin(), r.devices.end());
  out.reserve(models.size() * devices.size());
  for (const std::string& model : models)
    for (const std::string& device : devices) {
      Query q = r.query;
      q.model = model;
      q.device = device;
      out.push_back(std::move(q));
    }
  return out;
}

/// Where the page answers the same.
std::string link_of(const CardRequest& r, const Query& q) {
  return r.page + "#" + link_fragment(q) + "&p=" + std::string(bundled_revision()) +
         (r.style.language == Language::zh ? "&lang=zh" : "");
}

std::string json_of(const std::vector<Carded>& cards, Language language) {
  nlohmann::ordered_json out;
  out["made"] = "edgewise " EDGEWISE_VERSION;
  out["presets"] = bundled_revision();
  out["alternative_text"] = alternative_text(cards, language);
  out["answers"] = nlohmann::ordered_json::array();
  for (const Carded& c : cards) {
    auto one = to_json(*c.answer);
    if (!c.link.empty()) one["link"] = c.link;
    out["answers"].push_back(std::move(one));
  }
  return to_text(out, 2) + "\n";
}

/// "edgewise 0.2.0, 2026-11-27".
std::string made_by(const CardRequest& r) {
  const std::string date = r.date.empty() ? utc_day() : r.date;
  return "edgewise " EDGEWISE_VERSION ", presets " + std::string(bundled_revision()) +
         (date == "none" ? "" : ", " + date);
}

/// "card.md" is Markdown. Empty: of none that is known.
std::string format_of(const std::string& file) {
  const auto dot = file.rfind('.');
  if (dot == std::string::npos || file.find('/', dot) != std::string::npos) return "svg";
  const std::string end = lower(file.substr(dot + 1));
  return end == "md" || end == "markdown" ? "markdown"
         : end == "htm" || end == "html"  ? "html"
         : end == "svg" || end == "json"  ? end
                                          : "";
}

}  // namespace

int run_render(CardRequest r, std::ostream& out, std::ostream& err) {
  if (r.format.empty()) r.format = format_of(r.output);
  if (r.format.empty())
    return refuse(Errors{{"unknown_word", "output",
                          "\"" + r.output + "\" names no format: .svg, .md, .html or .json, or --format"}},
                  err);
  r.style.format = r.format == "markdown" ? CardFormat::markdown
                   : r.format == "html"   ? CardFormat::html
                                          : CardFormat::svg;
  const bool of_file = is_file(r.query.model) || is_file(r.query.device);
  if (!r.output.empty())
    if (const Errors errors = check_writable(r.output); !errors.empty()) return refuse(errors, err);
  const auto catalog = load_catalog(r.query);
  if (!catalog) return refuse(catalog.errors(), err);
  const auto questions = questions_of(r);
  if (questions.size() > most_answers)
    return refuse(Errors{{"too_many", "with_device",
                          "are " + std::to_string(questions.size()) + " answers; at most " +
                              std::to_string(most_answers) + " are shown"}},
                  err);
  if (questions.size() > 1 && r.view.value_or(CardView::table) != CardView::table)
    return refuse(Errors{{"inconsistent", "view", "cards and badges are of one answer: several are a table"}}, err);
  std::vector<Answer> answers;
  answers.reserve(questions.size());
  for (const Query& q : questions) {
    auto a = answer(*catalog, q);
    if (!a) return refuse(a.errors(), err);
    answers.push_back(std::move(*a));
  }
  std::vector<Carded> cards;
  cards.reserve(answers.size());
  const bool linked = !r.page.empty() && !of_file;
  for (const Answer& a : answers) cards.push_back({&a, linked ? link_of(r, a.query) : std::string()});
  if (!r.page.empty() && of_file) say(err, "no link to the page: none holds a file");
  r.style.made = made_by(r);
  r.style.view = r.view.value_or(answers.size() > 1 ? CardView::table : CardView::card);
  const std::string document = r.format == "json" ? json_of(cards, r.style.language) : render_card(cards, r.style);
  if (r.output.empty()) {
    out << document;
    return done;
  }
  if (const Errors errors = write_file(r.output, document); !errors.empty()) return fail(errors, err);
  say(err, "wrote " + r.output);
  return done;
}

}  // namespace edgewise
