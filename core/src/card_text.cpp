#include "card_draw.h"
#include "card_words.h"

namespace edgewise {

namespace {

/// Text as Markdown shows it: nothing of it marks anything up, or ends a cell.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) out += '\\';
    if (c == '&') {
      out += "&amp;";
      continue;
    }
    out += c;
  }
  return out;
}

std::string linked(const std::string& text, const std::string& link) {
  return link.empty() ? text : "[" + text + "](<" + link + ">)";
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + cell + " |";
  return out + "\n";
}

std::string with_range(const CardNumber& n, const CardWords& w) {
  return n.range.empty() ? n.value : n.value + filled(w.aside, {{"what", n.range}});
}

std::string anchor(const std::string& text, const std::string& link) {
  return link.empty() ? text : "<a href=\"" + escaped(link) + "\">" + text + "</a>";
}

/// The cells of a table's row, the first two of which name what it is of.
std::vector<std::string> cells_of(const CardContent& c, const CardWords& w) {
  return {c.model,
          c.device + filled(w.aside, {{"what", c.question}}),
          c.verdict_words,
          with_range(c.memory, w),
          with_range(c.ttft, w),
          with_range(c.decode, w),
          c.energy.scope.empty() ? with_range(c.energy, w) : with_range(c.energy, w) + w.comma + c.energy.scope,
          c.sure};
}
std::vector<std::string> heads(const CardWords& w) {
  return {w.model, w.device, w.verdict, w.memory, w.ttft, w.decode, w.energy, w.sureness};
}

/// What the ranges are, and what made it.
std::string below(const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  return style.made.empty() ? w.interval : std::string(w.interval) + (*w.stop ? w.stop : " ") + style.made;
}

std::string markdown_card(const CardDrawn& d, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  const CardContent& c = d.content;
  std::string out = "**" + linked(plain(c.title), d.link) + w.colon + plain(c.verdict_words) + w.full_stop + "** " +
                    plain(c.sentence) + "\n\n" + markdown_row({"", plain(c.question)}) + "|---|---|\n";
  for (const CardNumber* n : {&c.memory, &c.ttft, &c.decode, &c.energy})
    out += markdown_row({plain(n->label), plain(with_range(*n, w))});
  return out + markdown_row({w.sureness, plain(c.sure)});
}

std::string markdown_table(const std::vector<CardDrawn>& drawn, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  const auto titles = heads(w);
  std::string out = markdown_row(titles) + "|---|---|---|---:|---:|---:|---:|---|\n";
  for (const CardDrawn& d : drawn) {
    auto cells = cells_of(d.content, w);
    for (std::string& cell : cells) cell = plain(cell);
    cells[0] = linked(cells[0], d.link);
    out += markdown_row(cells);
  }
  return out;
}

std::string html_card(const CardDrawn& d, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  const CardContent& c = d.content;
  std::string out = "<figure class=\"edgewise-card " + std::string(to_string(c.verdict)) + "\" lang=\"" + w.tag +
                    "\">\n  <figcaption><strong>" + anchor(escaped(c.title), d.link) + w.colon +
                    escaped(c.verdict_words) + w.full_stop + "</strong> " + escaped(c.sentence) +
                    "</figcaption>\n  <p>" + escaped(c.question) + "</p>\n  <dl>\n";
  for (const CardNumber* n : {&c.memory, &c.ttft, &c.decode, &c.energy})
    out += "    <div><dt>" + escaped(n->label) + "</dt><dd>" + escaped(with_range(*n, w)) + "</dd></div>\n";
  return out + "    <div><dt>" + w.sureness + "</dt><dd>" + escaped(c.sure) + "</dd></div>\n  </dl>\n  <p><small>" +
         escaped(below(style)) + "</small></p>\n</figure>\n";
}

std::string html_table(const std::vector<CardDrawn>& drawn, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  std::string out = "<figure class=\"edgewise-table\" lang=\"" + std::string(w.tag) + "\">\n  <table>\n    <thead><tr>";
  for (const std::string& title : heads(w)) out += "<th scope=\"col\">" + escaped(title) + "</th>";
  out += "</tr></thead>\n    <tbody>\n";
  for (const CardDrawn& d : drawn) {
    const auto cells = cells_of(d.content, w);
    out += "      <tr class=\"" + std::string(to_string(d.content.verdict)) + "\"><th scope=\"row\">" +
           anchor(escaped(cells[0]), d.link) + "</th>";
    for (std::size_t i = 1; i < cells.size(); ++i) out += "<td>" + escaped(cells[i]) + "</td>";
    out += "</tr>\n";
  }
  return out + "    </tbody>\n  </table>\n  <figcaption><small>" + escaped(below(style)) +
         "</small></figcaption>\n</figure>\n";
}

/// One line, for a sentence.
std::string inline_of(const CardContent& c, const CardWords& w) {
  return c.title + w.colon + c.verdict_words + w.comma + with_range(c.decode, w);
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string card_markdown(const std::vector<CardDrawn>& drawn, const CardStyle& style) {
  if (style.view == CardView::badge)
    return linked(plain(inline_of(drawn.front().content, card_words(style.language))), drawn.front().link) + "\n";
  std::string out;
  if (style.view == CardView::table)
    out = markdown_table(drawn, style);
  else
    for (const CardDrawn& d : drawn) out += (out.empty() ? "" : "\n") + markdown_card(d, style);
  return out + "\n" + plain(below(style)) + "\n";
}

std::string card_html(const std::vector<CardDrawn>& drawn, const CardStyle& style) {
  const CardWords& w = card_words(style.language);
  if (style.view == CardView::badge)
    return "<span class=\"edgewise-inline\" lang=\"" + std::string(w.tag) + "\">" +
           anchor(escaped(inline_of(drawn.front().content, w)), drawn.front().link) + "</span>\n";
  if (style.view == CardView::table) return html_table(drawn, style);
  std::string out;
  for (const CardDrawn& d : drawn) out += html_card(d, style);
  return out;
}

}  // namespace edgewise
