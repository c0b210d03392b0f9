#pragma once

#include <map>
#include <string>
#include <vector>

#include "edgewise/fit.h"
#include "edgewise/presets.h"
#include "rows.h"

namespace edgewise {

/// Names the board of a device: memory sizes of one board share it, since a board that comes with more
/// memory is not unseen.
std::string board_of(const Device&);

/// A row as a sample, ready for the fit, and where it was measured.
struct RowSample : Sample {
  Row row;              ///< its query with every default filled in
  std::string board;    ///< a device without its memory size
  std::string site;     ///< board | runtime
  std::string setting;  ///< site | power mode
  std::string processor_class;
  std::string cluster;  ///< setting, study, shape of the model and kind: whose errors are alike; empty: of none
  double vote = 1;      ///< its share of one configuration, which `weight` lessens by what others say too
  /// Of a whole request, in a setting of which no speed of decoding one sequence is known: what is nearest to it.
  bool stands_for_decode = false;
  Ranged shipped;  ///< what the catalog answers
};

/// Whether it is of power or energy, which do not depend on the runtime but through the speed.
inline bool is_of_power(const RowSample& s) {
  return info(s.metric).kind == Kind::power || info(s.metric).kind == Kind::energy;
}

/// The rows of a file that the catalog can answer. Owns what the samples point to.
class Samples {
 public:
  Samples(const std::vector<Row>&, const Catalog&);
  Samples(const Samples&) = delete;
  Samples& operator=(const Samples&) = delete;

  /// Those that must not be fitted are marked by `row.exclude`. Of a configuration and kind all have one vote together;
  /// in a fit those of one study and model have less.
  const std::vector<RowSample>& all() const { return samples_; }
  const FormatTable& formats() const { return catalog_.formats(); }

 private:
  const Catalog& catalog_;
  std::vector<RowSample> samples_;
  std::map<std::string, ModelCost> costs_;
  std::map<std::string, Device> devices_;
};

}  // namespace edgewise
