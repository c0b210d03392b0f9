// Fuzz targets of the companion's parsers, built as those in targets.cpp. What is accepted is written, and what is
// written is accepted and the same again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "measure/measurement.h"
#include "measure/power_log.h"
#include "publish/allow_list.h"
#include "publish/catalog_index.h"

namespace {

using namespace edgewise;

void require(bool ok) {
  if (!ok) std::abort();
}

void check(const Errors& errors) {
  require(!errors.empty());
  for (const Error& e : errors) require(!e.code.empty() && !e.message.empty());
}

[[maybe_unused]] void measurement(std::string_view bytes) {
  const auto m = parse_measurement(bytes);
  if (!m) return check(m.errors());
  static_cast<void>(render_text(*m));
  // What is derived from samples may round otherwise: they are written rounded.
  require(static_cast<bool>(parse_measurement(to_json_text(*m))));
}

[[maybe_unused]] void power_log(std::string_view bytes) {
  const auto readings = read_power_log(bytes, {{"idle", 100, 200}, {"decode", 200, 300}});
  if (!readings) check(readings.errors());
}

[[maybe_unused]] void index(std::string_view bytes) {
  const auto catalog = CatalogIndex::parse(bytes);
  if (!catalog) return check(catalog.errors());
  const auto again = CatalogIndex::parse(catalog->text());
  require(again && again->text() == catalog->text());
}

[[maybe_unused]] void published(std::string_view bytes) {
  static const std::vector<std::string> words = {"secrethost", "bob"};
  const auto allowed = allow_listed(bytes, words);
  if (!allowed) return check(allowed.errors());
  require(allowed->text.find("secrethost") == std::string::npos);
  const auto again = allow_listed(allowed->text, words);
  require(again && again->text == allowed->text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EDGEWISE_FUZZ(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
