#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "edgewise/answer.h"
#include "edgewise/presets.h"

namespace edgewise {

/// The presets that the binary carries.
Result<Catalog> bundled_catalog();
/// One of them as it is written, with what the catalog does not keep; null where there is none.
nlohmann::ordered_json bundled_preset(const std::string& type, const std::string& id);
/// All of one type, in the order of their ids.
std::vector<nlohmann::ordered_json> bundled_presets_of(const std::string& type);

/// Whether there is a file of that name.
bool is_file(const std::string&);
/// The presets that the binary carries, and those that `model` and `device` name as files; the query then
/// holds their ids.
Result<Catalog> load_catalog(Query&);

}  // namespace edgewise
