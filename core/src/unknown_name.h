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
  return near.empty() ? said("unknown_id", path, "\"{name}\" is no known {what}", {shortened(name), what})
                      : said("unknown_id", path, "\"{name}\" is no known {what}; did you mean {near}?",
                             {shortened(name), what, listed(near)});
}

/// Why a name means no preset.
inline Error no_preset(const char* what, const std::string& name, const Catalog::Meant& meant) {
  if (!meant.several) return unknown_id(what, what, name, meant.near);
  return said("ambiguous_id", what, "\"{name}\" may be any of several; did you mean {near}?",
              {name, listed(meant.near)});
}

/// That a runtime does not run a recipe (`quant`), or such models (null), and which one of the device's does. `named`:
/// the question names the runtime.
Error not_run(const Catalog&, const Model&, const DevicePreset&, const Runtime&, bool named, const std::string* quant,
              const char* field = "quant");
/// Why a runtime does not run a recipe of that name.
Error no_recipe(const Catalog&, const Model&, const DevicePreset&, const Runtime&, bool named, const char* field,
                const std::string& quant);

}  // namespace edgewise
