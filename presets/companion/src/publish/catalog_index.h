#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/device_check.h"

namespace edgewise {

/// Presets larger than this are refused: a full measurement takes a third of it.
inline constexpr double largest_preset_B = 65536;
inline constexpr const char* index_name = "catalog.json";

/// One preset of an index.
struct IndexEntry {
  CheckedDevice device;
  std::string url;     ///< relative to the index
  std::string sha256;  ///< of the file's bytes
};

/// The index of a folder of presets, `catalog.json`: what a page or a program needs to choose from it.
class CatalogIndex {
 public:
  static Result<CatalogIndex> parse(std::string_view json_text);

  /// Adds a preset unless the same content is there. Returns whether it was new.
  bool add(IndexEntry);
  const std::vector<IndexEntry>& entries() const { return entries_; }
  bool has(const std::string& sha256) const;
  /// Sorted by id, then by hash, so that the same presets give the same bytes.
  std::string text() const;

 private:
  std::vector<IndexEntry> entries_;
};

}  // namespace edgewise
