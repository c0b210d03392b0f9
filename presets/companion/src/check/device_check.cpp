#include "device_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/check.h"
#include "edgewise/reader.h"

namespace edgewise {

Result<CheckedDevice> check_device(std::string_view json_text, Catalog& catalog) {
  const auto parsed = json::parse_strict(json_text);
  if (!parsed) return parsed.errors();
  if (!parsed->is_object() || !parsed->contains("type") || (*parsed)["type"] != "device")
    return Error{"wrong_type", "type", "is not \"device\""};
  Errors errors;
  for (const Problem& p : check_document(*parsed, catalog)) errors.push_back({p.rule, p.path, p.message});
  if (!errors.empty()) return errors;
  const auto id = add_document(catalog, *parsed);
  if (!id) return id.errors();

  CheckedDevice out;
  out.id = *id;
  out.name = (*parsed)["name"].get<std::string>();
  std::set<std::string> runtimes;
  for (const json::Json& c : parsed->value("calibrations", json::Json::array())) {
    runtimes.insert(c.at("runtime").get<std::string>());
    out.date = std::max(out.date, c.value("date", std::string()));
    out.origin = out.origin == "measured" || c.at("origin") == "measured" ? "measured" : "fitted";
  }
  out.runtimes.assign(runtimes.begin(), runtimes.end());
  return out;
}

}  // namespace edgewise
