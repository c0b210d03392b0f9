#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "priors.h"
#include "samples.h"

namespace edgewise {

using RowSamples = std::vector<const RowSample*>;

/// Parameters of every node: processor -> runtime -> processor class -> site -> setting.
struct Hierarchy {
  std::map<std::string, Parameters> processor, runtime, processor_class, site;
  std::map<std::string, Parameters> setting;              ///< sites measured in several power modes only
  std::map<std::string, double> configurations;           ///< behind each site and setting
  std::map<std::string, std::vector<ModelSpeed>> models;  ///< that were measured in each setting
};

/// All nodes fitted together, and what they would be without some rows.
class HierarchyFit {
 public:
  explicit HierarchyFit(const Samples&);
  ~HierarchyFit();
  const Hierarchy& all() const { return all_; }
  /// Without the settings that hold such a row. What no row is left of is missing.
  Hierarchy without(const std::function<bool(const RowSample&)>&) const;

 private:
  struct OfProcessor;
  std::vector<std::unique_ptr<OfProcessor>> by_processor_;
  Hierarchy all_;
};

/// Parameters of one setting from rows of it, weighed against those of its class `cls`: as the sites of the hierarchy
/// are fitted.
Parameters calibrate(const std::vector<Sample>&, const Parameters& cls, const FormatTable&);

// Parts of it, for who leaves something out.

/// Whether the fit learns from it.
bool learns(const RowSample&);
/// Whether the fit of speeds does.
bool teaches_speed(const RowSample&);
/// One for all models of one shape.
std::string shape_of(const RowSample&);
std::string processor_of(const RowSample&);
std::string class_of(const RowSample&);
/// What is known of a row's processor class with its runtime, or what comes nearest to it.
Parameters class_of_row(const RowSample&, const Hierarchy&, const FormatTable&);

/// A site and, where it was measured in several power modes, its settings.
struct Site {
  Parameters parameters;
  std::map<std::string, Parameters> settings;
  std::map<std::string, std::vector<ModelSpeed>> models;  ///< that were measured in each setting
  const Parameters& at(const std::string& setting) const {
    const auto found = settings.find(setting);
    return found == settings.end() ? parameters : found->second;
  }
  /// The speed of a row's model, where its setting has measured it; null: it has not.
  const ModelSpeed* speed_of(const RowSample&) const;
  /// Parameters of a row: those of its setting at the speed of its model.
  Parameters of(const RowSample&) const;
};
/// From its rows, weighed against those of its class.
Site fit_site(const RowSamples&, const Parameters& cls, const FormatTable&);

template <class Key>
std::map<std::string, RowSamples> grouped(const RowSamples& samples, const Key& key) {
  std::map<std::string, RowSamples> out;
  for (const RowSample* s : samples) out[key(*s)].push_back(s);
  return out;
}

}  // namespace edgewise
