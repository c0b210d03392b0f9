#pragma once

#include <string>
#include <vector>

#include "card_content.h"

namespace edgewise {

/// What is drawn of one answer, and where it links to.
struct CardDrawn {
  CardContent content;
  std::string link;
};

std::string card_svg(const std::vector<CardDrawn>&, const CardStyle&);
std::string card_markdown(const std::vector<CardDrawn>&, const CardStyle&);
std::string card_html(const std::vector<CardDrawn>&, const CardStyle&);

/// The text as XML and HTML hold it, in elements and attributes.
std::string escaped(std::string_view);

}  // namespace edgewise
