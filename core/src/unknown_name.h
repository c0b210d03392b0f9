#pragma once

#include <string>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/result.h"
#include "edgewise/text.h"

namespace edgewise {

/// Says that a name is not known, and which near ones are.
inline std::string unknown_name(const char* what, const std::string& name, const std::vector<std::string>& near) {
  return "\"" + name + "\" is no known " + what + (near.empty() ? "" : "; did you mean " + listed(near) + "?");
}

/// Why a name means no preset.
inline Error no_preset(const char* what, const std::string& name, const Catalog::Meant& meant) {
  if (!meant.several) return {"unknown_id", what, unknown_name(what, name, meant.near)};
  return {"ambiguous_id", what, "\"" + name + "\" may be any of several; did you mean " + listed(meant.near) + "?"};
}

}  // namespace edgewise
