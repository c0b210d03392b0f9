#include <algorithm>
#include <array>
#include <cstdint>

#include "card_draw.h"
#include "card_words.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

// --- colours: those of the page ---

struct Colour {
  const char* name;  ///< of its class
  const char* light;
  const char* dark;
};
constexpr Colour paper{"p", "#ffffff", "#161c22"}, ink{"i", "#16202a", "#e6ebf0"}, dim{"d", "#56616d", "#a3afbb"},
    hairline{"l", "#dde2e7", "#2c363f"}, good{"g", "#0b6e63", "#4fd0bf"}, mid{"m", "#855400", "#f0bb60"},
    bad{"b", "#a52a1c", "#ff9a8a"}, sunk{"s", "#f0f2f4", "#1d252c"};
constexpr std::array colours = {paper, ink, dim, hairline, good, mid, bad, sunk};

constexpr const Colour& colour_of(Verdict v) {
  switch (v) {
    case Verdict::runs_well:
      return good;
    case Verdict::runs_slowly:
    case Verdict::likely_fits:
    case Verdict::with_host:
      return mid;
    case Verdict::does_not_run:
      return bad;
    case Verdict::undecided:
      break;
  }
  return dim;
}
/// A sign beside the colour, which nobody need see.
const char* sign_of(Verdict v) {
  static constexpr const char* paths[] = {
      "M7 12.5l3.5 3.5 7-7.5", "M12 6.5V12l3.5 2.5", "M12 6.5v7M12 16.8v.4",
      "M7 9.5h10M7 14.5h10",   "M8 8l8 8M16 8l-8 8", "M9.4 9.6a2.7 2.7 0 1 1 3.7 2.6c-.8.3-1.1.9-1.1 1.6M12 16.9v.3"};
  return paths[static_cast<std::size_t>(v)];
}

// --- text ---

/// The code point at `at`, which is moved behind it; the text is UTF-8.
std::uint32_t next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t out = bytes == 1 ? first : first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes && at + i < text.size(); ++i) out = out << 6 | (byte(at + i) & 0x3Fu);
  at = std::min(text.size(), at + bytes);
  return out;
}
bool is_wide(std::uint32_t c) { return c >= 0x1100; }

/// How wide it is, in the size of its letters: none of the fonts that a reader may have is wider by much.
double width_of(std::uint32_t c) {
  if (is_wide(c)) return 1;
  if (c >= 0x80) return 0.62;
  const auto among = [&](std::string_view letters) {
    return letters.find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (among(" ijl.,:;'|!I")) return 0.33;
  if (among("frt()-[]/")) return 0.41;
  if (among("mwMW%@")) return 0.97;
  return c >= 'A' && c <= 'Z' ? 0.72 : 0.62;
}
double width_of(std::string_view text) {
  double out = 0;
  for (std::size_t at = 0; at < text.size();) out += width_of(next(text, at));
  return out;
}

/// Closing punctuation of Chinese, which begins no line.
bool closes(std::uint32_t c) { return c == 0x3001 || c == 0x3002 || c == 0xFF09 || c == 0xFF0C || c == 0xFF1A; }

/// Where the piece that begins at `at` ends: a word with the blank before it, or a letter of a language that has no
/// blanks, with the punctuation that follows it.
std::size_t piece_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  bool wide = is_wide(next(text, end));
  while (end < text.size() && text[end] != ' ') {
    std::size_t behind = end;
    const std::uint32_t c = next(text, behind);
    if (wide ? !closes(c) : is_wide(c) && !closes(c)) break;
    wide = wide || is_wide(c);
    end = behind;
  }
  return end;
}

/// Letters of titles are wider than those of the text.
constexpr double boldness = 1.12;

/// The text in lines no wider than `width`.
std::vector<std::string> wrapped(std::string_view text, double width) {
  std::vector<std::string> lines(1);
  double used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(text, at);
    std::string_view piece = text.substr(at, end - at);
    at = end;
    if (used > 0 && used + width_of(piece) > width) {
      lines.emplace_back();
      used = 0;
      if (piece.starts_with(' ')) piece.remove_prefix(1);
    }
    lines.back() += piece;
    used += width_of(piece);
  }
  return lines;
}
/// The text, cut where it is wider than `width`.
std::string cut(std::string_view text, double width) {
  if (width_of(text) <= width) return std::string(text);
  double used = 1;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    used += width_of(next(text, at));
    if (used > width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string px(double x) {
  return significant(static_cast<double>(static_cast<long long>(x * 10 + (x < 0 ? -0.5 : 0.5))) / 10);
}

// --- drawing ---

class Drawing {
 public:
  Drawing(CardTheme theme, const CardWords& words) : theme_(theme), words_(words) {}

  /// As an attribute, which a page's policy cannot take away; where the reader chooses, a class says the other colour.
  std::string painted(const Colour& c, const char* what = "fill") const {
    std::string out = std::string(" ") + what + "=\"" + (theme_ == CardTheme::dark ? c.dark : c.light) + "\"";
    if (theme_ == CardTheme::automatic) out += std::string(" class=\"") + c.name + (*what == 's' ? "s" : "") + "\"";
    return out;
  }
  void text(double x, double y, double size, std::string_view words, const Colour& c = ink, bool bold = false,
            const char* anchor = "start") {
    body_ += "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\" font-size=\"" + px(size) + "\"" +
             (bold ? " font-weight=\"600\"" : "") +
             (std::string_view(anchor) == "start" ? "" : std::string(" text-anchor=\"") + anchor + "\"") + painted(c) +
             ">" + escaped(words) + "</text>\n";
  }
  void box(double x, double y, double width, double height, double radius, const Colour& c) {
    body_ += "<rect x=\"" + px(x) + "\" y=\"" + px(y) + "\" width=\"" + px(std::max(0.0, width)) + "\" height=\"" +
             px(height) + "\" rx=\"" + px(radius) + "\"" + painted(c) + "/>\n";
  }
  void rule(double x1, double y1, double x2, double y2, const Colour& c, double width = 1) {
    body_ += "<path d=\"M" + px(x1) + " " + px(y1) + "L" + px(x2) + " " + px(y2) + "\" stroke-width=\"" + px(width) +
             "\"" + painted(c, "stroke") + "/>\n";
  }
  void mark(double x, double y, double size, Verdict v) {
    body_ += "<g transform=\"translate(" + px(x) + " " + px(y) + ") scale(" + significant(size / 24) +
             ")\"><circle cx=\"12\" cy=\"12\" r=\"11\"" + painted(colour_of(v)) + "/><path d=\"" + sign_of(v) +
             "\" fill=\"none\" stroke-width=\"2.25\" stroke-linecap=\"round\" stroke-linejoin=\"round\"" +
             painted(paper, "stroke") + "/></g>\n";
  }
  /// What is drawn meanwhile links there.
  void begin_link(const std::string& to) {
    if (!to.empty()) body_ += "<a href=\"" + escaped(to) + "\" target=\"_blank\" rel=\"noopener\">\n";
  }
  void end_link(const std::string& to) {
    if (!to.empty()) body_ += "</a>\n";
  }

  /// The whole picture, on paper with a line around it.
  std::string document(double width, double height, const std::string& title, const std::string& description,
                       double radius = 10) const {
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + px(width) + "\" height=\"" + px(height) +
                      "\" viewBox=\"0 0 " + px(width) + " " + px(height) + "\" role=\"img\" lang=\"" + words_.tag +
                      "\" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif\">\n<title>" +
                      escaped(title) + "</title>\n<desc>" + escaped(description) + "</desc>\n";
    if (theme_ == CardTheme::automatic) {
      out += "<style>@media (prefers-color-scheme:dark){";
      for (const Colour& c : colours)
        out += std::string(".") + c.name + "{fill:" + c.dark + "}." + c.name + "s{stroke:" + c.dark + "}";
      out += "}</style>\n";
    }
    return out + "<rect x=\".5\" y=\".5\" width=\"" + px(width - 1) + "\" height=\"" + px(height - 1) + "\" rx=\"" +
           px(radius) + "\"" + painted(hairline) + "/>\n<rect x=\"1.5\" y=\"1.5\" width=\"" + px(width - 3) +
           "\" height=\"" + px(height - 3) + "\" rx=\"" + px(radius - 1) + "\"" + painted(paper) + "/>\n" + body_ +
           "</svg>\n";
  }

 private:
  CardTheme theme_;
  const CardWords& words_;
  std::string body_;
};

/// Share of what is usable: the value, its range as a line, the limit where it is passed.
void memory_bar(Drawing& d, const CardContent& c, double x, double y, double width) {
  constexpr double height = 8;
  d.box(x, y, width, height, 4, sunk);
  if (!is_known(c.share)) return;
  const double most = std::max({1.0, c.share, is_known(c.share_high) ? c.share_high : 0});
  d.box(x, y, width * c.share / most, height, 4, colour_of(c.verdict));
  if (is_known(c.share_high) && c.share_high > c.share)
    d.rule(x + width * c.share / most, y + height / 2, x + width * c.share_high / most, y + height / 2, ink, 1.5);
  if (most > 1) d.rule(x + width / most, y - 3, x + width / most, y + height + 3, ink, 1.5);
}

void number(Drawing& d, const CardNumber& n, double x, double y, double width, const std::string& note = {}) {
  d.text(x, y, 12, n.label, dim);
  d.text(x, y + 22, 19, cut(n.value, width / (19 * boldness)), ink, true);
  const std::string below = n.range.empty() ? note : n.range;
  if (!below.empty()) d.text(x, y + 38, 12, cut(below, width / 12), dim);
}

double card(Drawing& d, const CardDrawn& drawn, double top, const CardStyle& style) {
  constexpr double left = 20, width = 440;
  const CardContent& c = drawn.content;
  double y = top + 22;
  d.mark(left, y - 2, 24, c.verdict);
  d.text(left + 34, y + 16, 19, cut(c.verdict_words, (width - 34) / (19 * boldness)), ink, true);
  y += 46;
  d.begin_link(drawn.link);
  for (const std::string& row : wrapped(c.title, width / (15 * boldness))) {
    d.text(left, y, 15, row, ink, true);
    y += 20;
  }
  d.end_link(drawn.link);
  for (const std::string& row : wrapped(c.question, width / 12)) {
    d.text(left, y, 12, row, dim);
    y += 17;
  }
  y += 6;
  for (const std::string& row : wrapped(c.sentence, width / 14)) {
    d.text(left, y, 14, row);
    y += 20;
  }
  memory_bar(d, c, left, y - 2, width);
  y += 30;
  number(d, c.memory, left, y, 210, c.share_words);
  number(d, c.decode, left + 225, y, 210);
  number(d, c.ttft, left, y + 62, 210);
  number(d, c.energy, left + 225, y + 62, 210);
  y += 122;
  d.rule(left, y - 8, left + width, y - 8, hairline);
  const std::string foot = c.sure + card_words(style.language).full_stop;
  for (const std::string& row : wrapped(foot, width / 12)) {
    d.text(left, y + 10, 12, row);
    y += 17;
  }
  return y;
}

void footer(Drawing& d, double& y, double width, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  for (const std::string& row : wrapped(w.interval, width / 11)) {
    d.text(20, y + 9, 11, row, dim);
    y += 15;
  }
  if (!style.made.empty()) {
    d.text(20, y + 9, 11, cut(style.made, width / 11), dim);
    y += 15;
  }
  y += 14;
}

std::string cards(const std::vector<CardDrawn>& drawn, const CardStyle& style, const std::string& title,
                  const std::string& description) {
  Drawing d(style.theme, card_words(style.language));
  double y = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (i > 0) d.rule(0, y + 12, 480, y + 12, hairline);
    y = card(d, drawn[i], i > 0 ? y + 12 : 0, style);
  }
  footer(d, y, 440, style);
  return d.document(480, y, title, description);
}

/// A row for each answer; what differs between them names it.
std::string table_svg(const std::vector<CardDrawn>& drawn, const CardStyle& style, const std::string& title,
                      const std::string& description) {
  const CardWords& w = card_words(style.language);
  constexpr double width = 860;
  constexpr std::array<double, 4> ends = {475, 600, 720, 840};
  Drawing d(style.theme, w);
  const bool one_model = std::all_of(drawn.begin(), drawn.end(),
                                     [&](const CardDrawn& x) { return x.content.model == drawn[0].content.model; });
  const bool one_device = std::all_of(drawn.begin(), drawn.end(),
                                      [&](const CardDrawn& x) { return x.content.device == drawn[0].content.device; });
  const CardContent& first = drawn[0].content;
  const bool named_by_device = one_model && !one_device;
  double y = 34;
  d.text(20, y, 16,
         cut(named_by_device ? first.model
             : one_device    ? first.device
                             : title,
             820 / (16 * boldness)),
         ink, true);
  y += 28;
  d.text(20, y, 12, named_by_device ? w.device : w.model, dim);
  const std::array<const char*, 4> labels = {w.memory, w.ttft, w.decode, w.energy};
  for (std::size_t i = 0; i < ends.size(); ++i) d.text(ends[i], y, 12, labels[i], dim, false, "end");
  y += 10;
  for (const CardDrawn& one : drawn) {
    const CardContent& c = one.content;
    d.rule(20, y, width - 20, y, hairline);
    d.mark(20, y + 12, 18, c.verdict);
    d.begin_link(one.link);
    const std::string& name = named_by_device ? c.device : one_device ? c.model : c.title;
    constexpr double place = 319;
    const double size = std::clamp(place / (boldness * width_of(name)), 11.0, 14.0);
    d.text(46, y + 19, size, cut(name, place / (boldness * size)), ink, true);
    d.end_link(one.link);
    d.text(46, y + 36, 11.5, cut(c.verdict_words + w.full_stop + w.stop + c.sure, 330 / 11.5), dim);
    const std::array<const CardNumber*, 4> numbers = {&c.memory, &c.ttft, &c.decode, &c.energy};
    for (std::size_t i = 0; i < ends.size(); ++i) {
      d.text(ends[i], y + 19, 14, numbers[i]->value, ink, i == 2, "end");
      if (!numbers[i]->range.empty())
        d.text(ends[i], y + 36, 10.5, cut(numbers[i]->range, 114 / 10.5), dim, false, "end");
    }
    if (!c.energy.scope.empty()) d.text(ends.back(), y + 51, 10.5, c.energy.scope, dim, false, "end");
    for (const std::string& row : wrapped(c.question, 650 / 10.5)) {
      d.text(46, y + 51, 10.5, row, dim);
      y += 14;
    }
    y += 48;
  }
  d.rule(20, y, width - 20, y, hairline);
  y += 10;
  footer(d, y, width - 40, style);
  return d.document(width, y, title, description);
}

/// Two fields in a line, as badges of projects are.
std::string badge(const CardDrawn& drawn, const CardStyle& style, const std::string& title,
                  const std::string& description) {
  const CardContent& c = drawn.content;
  const CardWords& w = card_words(style.language);
  Drawing d(style.theme, w);
  constexpr double height = 24, pad = 8;
  const std::string words = c.verdict_words + w.comma + c.decode.value;
  const double named = 12 * width_of(c.title) + 2 * pad + 18, said = 12 * width_of(words) * boldness + 2 * pad;
  d.mark(6, 5, 14, c.verdict);
  d.begin_link(drawn.link);
  d.text(24, 16, 12, c.title);
  d.end_link(drawn.link);
  d.box(named, 1.5, said - 1.5, height - 3, 3, sunk);
  d.text(named + said / 2, 16, 12, words, ink, true, "middle");
  return d.document(named + said, height, title, description, 4);
}

}  // namespace

std::string card_svg(const std::vector<CardDrawn>& drawn, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  std::string title, description;
  for (const CardDrawn& d : drawn) {
    title += (title.empty() ? "" : "; ") + d.content.title;
    description += (description.empty() ? "" : " ") + in_words(d.content, w);
  }
  switch (style.view) {
    case CardView::badge:
      return badge(drawn.front(), style, title, description);
    case CardView::table:
      return table_svg(drawn, style, title, description);
    case CardView::card:
      break;
  }
  return cards(drawn, style, title, description);
}

}  // namespace edgewise
