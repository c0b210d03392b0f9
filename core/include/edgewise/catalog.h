#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/device.h"
#include "edgewise/estimate.h"
#include "edgewise/launcher.h"
#include "edgewise/metric.h"
#include "edgewise/model.h"
#include "edgewise/quality.h"
#include "edgewise/quantization.h"
#include "edgewise/runtime.h"
#include "edgewise/speculation.h"

namespace edgewise {

/// What the interval of a kind of quantity is in one situation: 80 % of held-out measurements lie between
/// value x low and value x high.
struct IntervalRule {
  Kind kind = Kind::decode;
  std::string family;  ///< runtime family, or empty: any
  Situation situation = Situation::datasheet;
  double low = 1, high = 1;
  double configurations = 0;    ///< how many held-out configurations it rests on
  std::size_t known = 0;        ///< numbers of the board that have corrected the answer, at least
  bool model_measured = false;  ///< of models that were measured on the board
};

/// A device together with the calibrations that its preset carries.
struct DevicePreset {
  Device device;
  std::vector<Calibration> calibrations;
};

/// What is fitted to the published measurements of one runtime.
struct RuntimeCalibrations {
  std::string runtime;
  Parameters defaults;
  std::vector<Runtime::ClassParameters> classes;
  std::vector<Calibration> devices;
};

/// A class of devices ("sbc", "mac", ...).
struct DeviceClass {
  std::string id;
  std::string name;
  UsableMemory usable;
  /// Typical computers that cards of the class are in, by rising bandwidth of the link that cards of the age have.
  struct Host {
    double from_link_Bps = 0;
    std::string device;
  };
  std::vector<Host> hosts;
  Scope power_scope = Scope::unstated;  ///< what the powers of its devices are of, where these do not say
  std::vector<PowerConversion> power_conversions;
};

/// The power that a processor takes while a model runs on it, whatever the runtime: fitted to the published readings.
/// Parameters that have nothing to do with power are unknown.
struct PowerCalibrations {
  struct Entry {
    Processor processor = Processor::count;
    std::string device_class;  ///< of every device of a class; empty: of one device, or of all
    std::string device;
    std::string power_mode;         ///< empty: any mode without an entry of its own
    Scope scope = Scope::unstated;  ///< what readings of a device are of; of classes unstated: of any scope but rails
    double configurations = 0;
    Parameters parameters;
  };
  std::vector<Entry> processors, classes, devices;
};

struct DeviceName;
struct ModelName;

/// Everything that presets say, by name; asked by one thread at a time. Presets enter in any order: what one says of
/// another is linked when both are there. One with a known name replaces the earlier one, and what refers to it
/// follows.
class Catalog {
 public:
  void add(Model, const std::vector<std::string>& aliases);
  void add(DevicePreset, const std::vector<std::string>& aliases);
  void add(Runtime);
  void add(RuntimeCalibrations);
  void add(Quantization, const std::vector<std::string>& aliases);
  void add(std::vector<DeviceClass>);
  void add(std::vector<IntervalRule>);
  void add(std::vector<SpeculativeRun> runs) { speculative_runs_ = std::move(runs); }
  void add(std::shared_ptr<const Quality> scores) { quality_ = std::move(scores); }
  void add(std::vector<Launcher> launchers) { launchers_ = std::move(launchers); }
  void add(PowerCalibrations);
  /// What a reader names formats in: it works on a copy and gives it back once all of a preset is valid.
  void set(FormatTable formats) { formats_ = std::move(formats); }

  const Model* model(std::string_view id) const;
  const DevicePreset* device(std::string_view id) const;
  const Runtime* runtime(std::string_view id) const;
  const Quantization* quantization(std::string_view id) const;
  /// A launcher by id, name or alias, as people type it; null: none.
  const Launcher* launcher(std::string_view typed) const;
  /// What is fitted for a runtime; null: nothing was read.
  const RuntimeCalibrations* calibrations(std::string_view runtime) const;

  /// A calibration and where it stands: in the device's own preset, or in the calibrations of its runtime.
  struct Found {
    const Calibration* calibration = nullptr;  ///< null: none
    bool in_device = false;
  };
  /// The calibration that applies: of the power mode before any mode, the device's own before the published one.
  Found calibration(const DevicePreset&, std::string_view power_mode, std::string_view runtime) const;
  /// The device that a card without a stated host is taken to be in; empty: none is typical of its class.
  std::string typical_host(const Device&) const;
  /// Power parameters of a processor of a device in a power mode, and what they rest on.
  struct Power {
    Parameters parameters;
    Situation situation = Situation::datasheet;
    double configurations = 0;  ///< of the device itself
  };
  /// Those of the device over its class's over those of every such processor. A rail's readings are of one device and
  /// say nothing of another, nor of what is not a rail: nothing where `scope` is a rail that nobody has read.
  std::optional<Power> power(const Device&, std::string_view power_mode, Processor, Scope scope) const;
  /// The interval that applies where `known` numbers have corrected the answer: that of the most of them, then that of
  /// models that were measured on the board where this one was, then that of the runtime's family; null: none.
  const IntervalRule* interval(Kind, std::string_view family, Situation, std::size_t known = 0,
                               bool model_measured = false) const;

  /// Names of a preset that is not here (yet), so that what means it is understood.
  void add_model_names(std::string id, std::vector<std::string> names);
  void add_device_names(std::string id, std::vector<std::string> names);

  /// What a name means.
  struct Meant {
    std::string id;                 ///< the one preset that is meant; empty: none, or one of several
    std::string quant;              ///< of a model: the quantization that the name carries; empty: none
    std::vector<std::string> near;  ///< where there is no id: what may be meant, the likeliest first, at most five
    std::size_t several = 0;        ///< how many it fits, if not one: the first of `near`, or more than these
    /// All that it fits, as far as they are named here: the one, or those of `near`.
    std::vector<std::string> fitting() const;
  };
  /// A model by id, alias, Hugging Face repository (its own, or of those who publish other formats of it), Ollama tag,
  /// name of a GGUF file, or as people type it. A tuned model of another name is never taken for the one that it was
  /// tuned from.
  Meant model_meant(std::string_view typed) const;
  /// A device by id, alias, or as people type it ("rtx 3060", "rpi5 8gb"). Devices that differ in memory alone are
  /// several.
  Meant device_meant(std::string_view typed) const;
  /// A runtime by id or name, or by its family where one alone of it runs on `device` (null: at all).
  Meant runtime_meant(std::string_view typed, const Device* device = nullptr) const;
  /// The id that is meant; empty: none, or one of several.
  std::string resolve_model(std::string_view typed) const { return model_meant(typed).id; }
  std::string resolve_device(std::string_view typed) const { return device_meant(typed).id; }
  /// Names repeat between families (rkllm's w8a8 is not compressed-tensors'): only what `runtime` runs counts, on
  /// `device` (null: on any).
  std::string resolve_quantization(std::string_view typed, const Runtime& runtime,
                                   const Device* device = nullptr) const;
  /// What the model's own checkpoint holds, where it has one that the runtime runs there: the recipe of its file, or
  /// one that it is published in.
  const Quantization* native_quantization(const Model&, const Runtime&, const Device&) const;
  /// Whether any runtime's family has a recipe of this name.
  bool names_quantization(std::string_view typed) const;
  std::vector<std::string> nearest_quantizations(std::string_view typed) const;
  /// Whether a runtime computes models of an architecture, by its program's own list.
  enum class Implements : std::uint8_t {
    yes,
    no,        ///< others do
    unlisted,  ///< no runtime lists it: newer than the lists, or nobody's
    unstated,  ///< the runtime has no list
  };
  Implements implements(const Runtime&, const Model&) const;
  /// Runtimes that can run on `device`, the one that is offered first at the front.
  std::vector<const Runtime*> runtimes_for(const Device&) const;

  template <class T>
  using ByName = std::map<std::string, T, std::less<>>;
  const FormatTable& formats() const { return formats_; }
  const ByName<Model>& models() const { return models_; }
  const ByName<DevicePreset>& devices() const { return devices_; }
  const ByName<Runtime>& runtimes() const { return runtimes_; }
  const ByName<Quantization>& quantizations() const { return quantizations_; }
  const ByName<DeviceClass>& device_classes() const { return device_classes_; }
  const std::vector<Launcher>& launchers() const { return launchers_; }
  const std::vector<IntervalRule>& intervals() const { return intervals_; }
  const std::vector<SpeculativeRun>& speculative_runs() const { return speculative_runs_; }
  const PowerCalibrations& power() const { return power_; }
  /// Of published scores; empty where none were read.
  const Quality& quality() const { return *quality_; }

 private:
  void link(Runtime&) const;
  void link(Device&) const;

  FormatTable formats_;
  ByName<Model> models_;
  ByName<DevicePreset> devices_;
  ByName<Runtime> runtimes_;
  ByName<Quantization> quantizations_;
  ByName<RuntimeCalibrations> calibrations_;
  ByName<DeviceClass> device_classes_;
  std::vector<Launcher> launchers_;
  ByName<std::vector<std::string>> model_names_, device_names_;  ///< beside the id, its own name first
  /// What these say, read when a name is first looked for; a copy of the catalog has what was read.
  mutable ByName<std::shared_ptr<const std::vector<ModelName>>> model_names_read_;
  mutable ByName<std::shared_ptr<const std::vector<DeviceName>>> device_names_read_;
  /// By `spelled` name.
  std::multimap<std::string, std::string, std::less<>> quantization_aliases_;
  std::vector<IntervalRule> intervals_;
  std::vector<SpeculativeRun> speculative_runs_;
  PowerCalibrations power_;
  std::shared_ptr<const Quality> quality_ = std::make_shared<const Quality>();
};

}  // namespace edgewise
