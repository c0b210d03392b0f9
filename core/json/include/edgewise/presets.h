#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/device.h"
#include "edgewise/estimate.h"
#include "edgewise/model.h"
#include "edgewise/quantization.h"
#include "edgewise/result.h"
#include "edgewise/runtime.h"

namespace edgewise {

/// What the interval of a metric is in one situation: 80 % of held-out measurements lie between
/// value x low and value x high.
struct IntervalRule {
  std::string metric;  ///< decode, prefill, memory, power, energy
  std::string family;  ///< runtime family, or empty: any
  Situation situation = Situation::datasheet;
  double low = 1, high = 1;
  double configurations = 0;  ///< how many held-out configurations it rests on
};

/// A published score of a model, at full precision or quantized.
struct QualityScore {
  std::string quantization, benchmark, metric, source;
  double value = unknown;
};

/// A device together with the calibrations that its preset carries.
struct DevicePreset {
  Device device;
  std::vector<Calibration> calibrations;
};

/// Everything that presets say, by id. Presets enter through `add`, validated once; a preset with an id
/// that is known replaces the earlier one.
class Catalog {
 public:
  /// Adds one preset: its `type` says what it is. Returns its id. Nothing is changed on error.
  Result<std::string> add(std::string_view json_text);
  /// Adds presets separated by the ASCII record separator, as RFC 7464 has it.
  Errors add_sequence(std::string_view text);
  /// Adds a model that was read from elsewhere than a preset. Returns its id.
  Result<std::string> add_model(Model);

  const Model* model(std::string_view id) const;
  const DevicePreset* device(std::string_view id) const;
  const Runtime* runtime(std::string_view id) const;
  const Quantization* quantization(std::string_view id) const;
  /// Best calibration for (device, mode, runtime): the device's own first, then the fitted ones.
  const Calibration* calibration(const DevicePreset&, std::string_view power_mode, std::string_view runtime) const;

  /// An id's canonical form: itself, or what an alias stands for; empty if unknown.
  std::string resolve_model(std::string_view id_or_alias) const;
  std::string resolve_device(std::string_view id_or_alias) const;
  /// Names repeat between families (rkllm's w8a8 is not compressed-tensors'): only what `runtime` runs counts.
  std::string resolve_quantization(std::string_view id_or_alias, const Runtime& runtime) const;
  std::vector<std::string> nearest_models(std::string_view) const;
  std::vector<std::string> nearest_devices(std::string_view) const;
  std::vector<std::string> nearest_quantizations(std::string_view) const;
  std::vector<std::string> nearest_runtimes(std::string_view) const;

  const FormatTable& formats() const { return formats_; }
  const std::map<std::string, Model, std::less<>>& models() const { return models_; }
  const std::map<std::string, DevicePreset, std::less<>>& devices() const { return devices_; }
  const std::map<std::string, Runtime, std::less<>>& runtimes() const { return runtimes_; }
  const std::map<std::string, Quantization, std::less<>>& quantizations() const { return quantizations_; }
  const std::vector<IntervalRule>& intervals() const { return intervals_; }

  /// Whether `runtime` can run `quantization` at all.
  static bool runs(const Runtime&, const Quantization&);

 private:
  FormatTable formats_;
  std::map<std::string, Model, std::less<>> models_;
  std::map<std::string, DevicePreset, std::less<>> devices_;
  std::map<std::string, Runtime, std::less<>> runtimes_;
  std::map<std::string, Quantization, std::less<>> quantizations_;
  std::map<std::string, std::vector<Calibration>, std::less<>> fitted_;                         // by runtime
  std::map<std::string, std::vector<Runtime::ClassParameters>, std::less<>> class_parameters_;  // by runtime
  std::map<std::string, Parameters, std::less<>> default_parameters_;                           // by runtime
  std::map<std::string, std::string, std::less<>> model_aliases_, device_aliases_;
  std::multimap<std::string, std::string, std::less<>> quantization_aliases_;
  std::vector<IntervalRule> intervals_;
};

}  // namespace edgewise
