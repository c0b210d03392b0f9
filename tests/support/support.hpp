#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"
#include "edgewise/json.h"
#include "edgewise/presets.h"

namespace edgewise::test {

std::string source_path(std::string_view relative);
std::string read_file(const std::string& path);
/// Files of presets/<folder> that end in .json, sorted, as (name without ending, text).
std::map<std::string, std::string> preset_texts(std::string_view folder);

/// Every shipped preset, loaded once. Fails the calling test where one is refused.
const Catalog& shipped();

/// Rows of a CSV file with a header; fields may be quoted.
std::vector<std::map<std::string, std::string>> read_csv(const std::string& path);

/// "code path: message" of every error, one a line.
std::string describe(const Errors&);

/// What the shipped presets answer. Fails the calling test where they refuse.
Answer answered(const Query&);

/// A pseudo-random generator with the same sequence everywhere (xorshift64*).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Whole, in [low, high].
  double whole(double low, double high);
  template <class T>
  const T& of(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(next() % items.size())];
  }

 private:
  std::uint64_t state_;
};

/// How often the program has called operator new.
std::size_t allocations();

/// A rate table in which every number is known: bandwidth 100 GB/s and everything else generous but finite.
Rates plain_rates();

/// Cost of a shipped model. Fails the calling test where there is none.
ModelCost cost_of(const char* model, const char* quant);

/// What `estimate` fills in, as a value.
Estimate estimated(const ModelCost&, const Rates&, const Workload&);

}  // namespace edgewise::test
