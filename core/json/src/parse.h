#pragma once

#include <array>
#include <optional>

#include "edgewise/catalog.h"
#include "edgewise/reader.h"
#include "edgewise/study.h"

namespace edgewise::json {

/// Widths and vocabularies of a model are at most this: the engine's sums hold them.
inline constexpr double max_size = 1e7;
/// Layers, heads and experts likewise.
inline constexpr double max_count = 1e4;

/// The text of a preset in canonical form: keys in the order of its type too. Errors where it has no right shape.
Result<std::string> canonical(const Json& preset, Reading);

/// NVIDIA's newest GPUs are of 12.
inline constexpr double most_compute_capability = 100;

/// Reads a preset of any type and adds it to the catalog if there are no errors. Returns its id.
std::string read_preset(const Json&, Catalog&, Errors&, Reading, KeyOrder* = nullptr);

// Readers of each type of preset. They read every field that the type has, so that `Reader::finish` finds the others;
// storage formats that they refer to are named in the table.
Model parse_model(Reader&, FormatTable&, std::vector<std::string>& aliases);
/// A tower in front of a text model of that width.
TowerConfig parse_vision(Reader&, double hidden_size);
TowerConfig parse_audio(Reader&, double hidden_size);
/// How the weights of a model are stored: the recipes it is published in, its own recipe, or its tensors.
std::optional<Checkpoint> parse_checkpoint(Reader&, FormatTable&);
DevicePreset parse_device(Reader&, FormatTable&, std::vector<std::string>& aliases);
Runtime parse_runtime(Reader&, FormatTable&);
void parse_formats(Reader&, FormatTable&);
std::vector<std::pair<Quantization, std::vector<std::string>>> parse_quantizations(Reader&, FormatTable&);
/// One recipe of a family.
Quantization parse_recipe(Reader&, const std::string& family, FormatTable&, std::vector<std::string>& aliases);
RuntimeCalibrations parse_calibrations(Reader&, FormatTable&);
std::vector<IntervalRule> parse_intervals(Reader&);
PowerCalibrations parse_power(Reader&, FormatTable&);
std::vector<DeviceClass> parse_device_classes(Reader&);
std::vector<SpeculativeRun> parse_speculation(Reader&);
std::vector<Launcher> parse_launchers(Reader&);
Study parse_study(Reader&);

/// The `kind` of a device, or the kind of devices that is meant.
DeviceKind parse_kind(Reader&);
Parameters parse_parameters(Reader&, FormatTable&);
/// The table `key` of positive numbers, at most `most`, by storage format; unknown where the format is not in it.
std::array<double, max_formats> parse_by_format(Reader&, const char* key, FormatTable&, double most);
/// One calibration: of a device, which names its runtime, or (`runtime` given) of a runtime.
Calibration parse_calibration(Reader&, FormatTable&, const std::string& runtime, const std::string& device);
/// The format of that name; where there is none, an error at `key`.
std::optional<FormatIndex> named(Reader&, const char* key, const std::string& name, FormatTable&);
/// The format that `key` names; `fallback` where it is absent, an error where there is none.
FormatIndex format_in(Reader&, const char* key, FormatTable&, std::optional<FormatIndex> fallback);

}  // namespace edgewise::json
