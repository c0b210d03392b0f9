#pragma once

#include <string>

#include "edgewise/answer.h"

namespace edgewise {

/// The fragment of an address of the page that asks this question, everything named: "v=1&m=llama-3.2-1b&d=...". Ids
/// alone: what a file said is not in it.
std::string link_fragment(const Query&);

}  // namespace edgewise
