#pragma once

#include <map>
#include <string>
#include <vector>

#include "priors.h"
#include "samples.h"

namespace edgewise {

using RowSamples = std::vector<const RowSample*>;

/// Parameters of every node: processor -> runtime -> processor class -> site -> setting.
struct Hierarchy {
  std::map<std::string, Parameters> processor, runtime, processor_class, site;
  std::map<std::string, Parameters> setting;     ///< sites measured in several power modes only
  std::map<std::string, double> configurations;  ///< behind each site and setting
};

/// Fits the hierarchy from the top down: each node's prior is its parent.
Hierarchy fit_hierarchy(const Samples&);

/// Parameters of one setting from rows of it, weighed against those of its class `cls`: as the sites of the hierarchy
/// are fitted.
Parameters calibrate(const std::vector<Sample>&, const Parameters& cls, const FormatTable&);

// Parts of it, for who leaves something out.

/// Whether the fit learns from it.
bool learns(const RowSample&);
std::string processor_of(const RowSample&);
std::string class_of(const RowSample&);
/// Parameters of a node from its samples; `start`: where the search begins, near the answer.
Parameters fit_node(const RowSamples&, const Parameters& parent, Level, const FormatTable&,
                    const Parameters* start = nullptr);

template <class Key>
std::map<std::string, RowSamples> grouped(const RowSamples& samples, const Key& key) {
  std::map<std::string, RowSamples> out;
  for (const RowSample* s : samples) out[key(*s)].push_back(s);
  return out;
}

}  // namespace edgewise
