#pragma once

#include <string>
#include <vector>

#include "edgewise/text.h"

namespace edgewise {

/// Says that a name is not known, and which near ones are.
inline std::string unknown_name(const char* what, const std::string& name, const std::vector<std::string>& near) {
  return "\"" + name + "\" is no known " + what + (near.empty() ? "" : "; did you mean " + listed(near) + "?");
}

}  // namespace edgewise
