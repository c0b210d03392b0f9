#pragma once

#include <string>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/result.h"
#include "edgewise/text.h"

namespace edgewise {

/// Says that a name is not known, and which near ones are.
inline Error unknown_id(const char* path, const char* what, const std::string& name,
                        const std::vector<std::string>& near) {
  return near.empty() ? said("unknown_id", path, "\"{name}\" is no known {what}", {name, what})
                      : said("unknown_id", path, "\"{name}\" is no known {what}; did you mean {near}?",
                             {name, what, listed(near)});
}

/// Why a name means no preset.
inline Error no_preset(const char* what, const std::string& name, const Catalog::Meant& meant) {
  if (!meant.several) return unknown_id(what, what, name, meant.near);
  return said("ambiguous_id", what, "\"{name}\" may be any of several; did you mean {near}?",
              {name, listed(meant.near)});
}

}  // namespace edgewise
