#include <algorithm>

#include "edgewise/presets.h"
#include "edgewise/reader.h"

namespace edgewise {

Result<std::string> add_preset(Catalog& catalog, std::string_view text) {
  if (is_quality_table(text)) {
    auto quality = parse_quality(text);
    if (!quality) return quality.errors();
    catalog.add(std::move(*quality));
    return std::string("quality");
  }
  auto parsed = json::parse_strict(text);
  if (!parsed) return parsed.errors();
  return add_document(catalog, *parsed);
}

Errors add_presets(Catalog& catalog, std::string_view sequence) {
  constexpr char separator = '\x1e';
  Errors all;
  std::size_t begin = 0;
  while (begin < sequence.size()) {
    if (sequence[begin] == separator) {
      ++begin;
      continue;
    }
    const std::size_t end = std::min(sequence.find(separator, begin), sequence.size());
    if (auto added = add_preset(catalog, sequence.substr(begin, end - begin)); !added)
      all.insert(all.end(), added.errors().begin(), added.errors().end());
    begin = end;
  }
  return all;
}

}  // namespace edgewise
