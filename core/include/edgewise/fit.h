#pragma once

#include <bitset>
#include <memory>
#include <vector>

#include "edgewise/metric.h"

namespace edgewise {

/// One measured value and all it depends on. Pointers outlive the fit.
struct Sample {
  const ModelCost* model = nullptr;
  const Device* device = nullptr;  ///< in its power mode
  const Runtime* runtime = nullptr;
  double kv_bytes_per_element = 2;
  Workload workload;
  Metric metric = Metric::count;
  double value = 0;
  double weight = 1;
  Scope scope = Scope::unstated;  ///< of power and energy: what was read; unstated: what the device's powers are of
  /// Of a reading of power: what its speeds are; null: the parameters that are fitted say them.
  const Parameters* speeds = nullptr;
  double host_idle_w = unknown;  ///< of the computer that the device is in, where that was read too
};

/// What the parameters were believed to be before the samples: log-normal, independent.
struct Prior {
  Parameters center;
  Parameters sd;    ///< in natural log units; NaN or 0: held at the centre
  Parameters most;  ///< what physics allows at most; NaN: anything
};

/// A group that shares parameters, of a hierarchy of groups: its own lie around its parent's.
struct Group {
  std::size_t parent = 0;  ///< index of the parent, before this one in the list; the first is its own and the root
  Parameters sd;           ///< in natural log units; NaN or 0: equal to the parent's
  Parameters center;       ///< known: what is believed of this group whatever its parent's are
};

struct FitOptions {
  double noise = 0.08;  ///< expected scatter of one sample, natural log
  double tail = 3;      ///< residuals beyond this many noises count less and less (Student-t weights)
  int max_iterations = 40;
  double tolerance = 1e-6;  ///< the search ends where a step gains less than this share
  bool near = false;        ///< the start is near the answer: the search need not widen first
};

struct FitResult {
  Parameters parameters;
  double median_error = unknown;  ///< median |predicted / measured - 1| over the samples
  double samples = 0;
  int iterations = 0;
};

/// Formats that its weights are stored in, each once.
std::vector<FormatIndex> formats_of(const ModelCost&);
/// Those of its matrices alone.
std::bitset<max_formats> multiplied_formats(const ModelCost&);
/// Rates of the sample's device, runtime and scope under `p`, of the formats that it uses; powers are unknown where
/// nothing leads to the scope.
Rates rates_of(const Sample&, const Parameters& p, const FormatTable&);
/// What the sample's equation gives with parameters `p`; NaN where unknown.
double predict(const Sample&, const Parameters& p, const FormatTable&);

/// Parameters of all groups together, those that make samples and prior the most probable (maximum a posteriori):
/// minimises the robust squared log residuals plus the squared distances of groups to their parents, by damped
/// Gauss-Newton in log space. A step is exact in all groups at once: children are eliminated into their parents and
/// substituted back. Deterministic. Parameters that no sample moves stay where their parents are.
class GroupsFit {
 public:
  /// `of`: the group of each sample. `root.sd` is of the first group. `start`: where the search begins; empty: every
  /// group at the root's centre.
  GroupsFit(std::vector<Sample>, std::vector<std::size_t> of, const Prior& root, std::vector<Group>, const FormatTable&,
            const FitOptions& = {}, std::vector<Parameters> start = {});
  GroupsFit(GroupsFit&&) noexcept;
  ~GroupsFit();

  const std::vector<Parameters>& groups() const;
  int iterations() const;
  /// What was minimised, where the search ended.
  double objective() const;
  /// What the parameters would be without the samples of some groups: one Newton step from the answer, with what each
  /// sample says taken as it is there.
  std::vector<Parameters> without(const std::vector<bool>& groups) const;

 private:
  class Search;
  std::unique_ptr<Search> search_;
};

/// The same of one group.
FitResult fit(const std::vector<Sample>&, const Prior&, const FormatTable&, const FitOptions& = {},
              const Parameters* start = nullptr);

}  // namespace edgewise
