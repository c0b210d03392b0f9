#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "target.h"

namespace edgewise {

/// A preset on its way, kept until it has arrived, and after.
struct Kept {
  std::filesystem::path folder;
  TargetOptions target;
  std::string ca_file;
  bool insecure_http = false;
  std::string token_seal;  ///< of the token that it was kept with (`seal`); empty: with none
  std::string text;
};

/// $XDG_DATA_HOME/edgewise: `pending/` and `published/` hold a folder for each preset and target, readable by its owner
/// only.
class Store {
 public:
  static Result<Store> open();

  /// Keeps the preset as pending, or finds it there.
  Result<Kept> keep(const Upload&, Kept) const;
  /// Everything that waits; what cannot be read has its errors instead, and so has what a process left half kept when
  /// it died. What such a process left that holds nothing, or was published since, is removed.
  std::vector<Result<Kept>> pending() const;
  /// Moves it from pending to published.
  Errors published(const Kept&, const Place&, const std::string& date) const;
  static std::filesystem::path preset_file(const Kept& k) { return k.folder / "preset.json"; }

 private:
  explicit Store(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;
};

}  // namespace edgewise
