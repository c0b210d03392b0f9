#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

// Answers as something static: for a README, a paper, a printed page or a feed, where nothing runs.

enum class Language { en, zh };
enum class CardTheme {
  automatic,  ///< as whoever looks at it prefers
  light,
  dark
};
enum class CardView {
  card,   ///< verdict, sentence, memory and four numbers of each answer
  table,  ///< a row for each
  badge   ///< one line: the model, the device, the speed
};
enum class CardFormat { svg, markdown, html };

struct CardStyle {
  CardView view = CardView::card;
  CardFormat format = CardFormat::svg;
  CardTheme theme = CardTheme::automatic;  ///< of SVG
  Language language = Language::en;
  std::string made;  ///< by what and when, as the last line says; empty: not said
};

/// An answer, and the address under which it can be changed; empty: none.
struct Carded {
  const Answer* answer;
  std::string link;
};

/// Nothing of it runs, asks another address or needs a style of the page: HTML has classes alone, SVG is whole in
/// itself. Everything that comes from a preset is escaped. A badge shows the first answer.
std::string render_card(const std::vector<Carded>&, const CardStyle&);
/// The same in one line of plain text, for readers who see no picture.
std::string alternative_text(const std::vector<Carded>&, Language);

}  // namespace edgewise
