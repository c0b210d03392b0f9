#include "catalog_index.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "edgewise/canonical.h"
#include "edgewise/json_text.h"
#include "edgewise/reader.h"

namespace edgewise {

using json::Json;
using json::Reader;

Result<CatalogIndex> CatalogIndex::parse(std::string_view text) {
  const auto document = json::parse_strict(text);
  if (!document) return document.errors();
  Errors errors;
  Reader r(*document, "", errors);
  if (!errors.empty()) return errors;
  if (r.required_text("type") != "catalog") r.error("type", "wrong_type", "is not \"catalog\"");
  if (r.required_number("schema", 1, 1e6) > 1) r.error("schema", "version", "is newer than this program reads (1)");
  if (!r.any("presets")) r.error("presets", "missing", "is required");
  CatalogIndex index;
  for (Reader& p : r.objects("presets")) {
    IndexEntry e;
    e.device.id = p.required_text("id");
    e.device.name = p.required_text("name");
    e.url = p.required_text("url");
    e.sha256 = p.required_text("sha256");
    if (e.sha256.size() != 64 || e.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
      p.error("sha256", "out_of_range", "is not 64 hexadecimal digits");
    e.device.date = p.text("date");
    e.device.runtimes = p.texts("runtimes");
    e.device.origin = p.text("origin");
    p.finish();
    if (errors.empty() && !index.add(std::move(e))) p.error("sha256", "duplicate", "stands twice in the index");
  }
  r.finish();
  if (!errors.empty()) return errors;
  return index;
}

bool CatalogIndex::has(const std::string& sha256) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const IndexEntry& e) { return e.sha256 == sha256; });
}

bool CatalogIndex::add(IndexEntry entry) {
  if (has(entry.sha256)) return false;
  const auto key = [](const IndexEntry& e) { return std::tie(e.device.id, e.sha256); };
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry,
                                   [&](const auto& a, const auto& b) { return key(a) < key(b); }),
                  std::move(entry));
  return true;
}

std::string CatalogIndex::text() const {
  Json presets = Json::array();
  for (const IndexEntry& e : entries_) {
    Json p = {{"id", e.device.id}, {"name", e.device.name}, {"url", e.url}, {"sha256", e.sha256}};
    if (!e.device.date.empty()) p["date"] = e.device.date;
    p["runtimes"] = e.device.runtimes;
    if (!e.device.origin.empty()) p["origin"] = e.device.origin;
    presets.push_back(std::move(p));
  }
  return canonical_text(Json{{"type", "catalog"}, {"schema", 1}, {"presets", std::move(presets)}});
}

}  // namespace edgewise
