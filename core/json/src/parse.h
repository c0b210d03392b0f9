#pragma once

#include "edgewise/presets.h"
#include "reader.h"

namespace edgewise::json {

Model parse_model(Reader&);
DevicePreset parse_device(Reader&, const FormatTable&);
Runtime parse_runtime(Reader&, const FormatTable&);
FormatTable parse_formats(Reader&);
std::vector<Quantization> parse_quantizations(Reader&, const FormatTable&);
Parameters parse_parameters(Reader&, const FormatTable&);
Calibration parse_calibration(Reader&, const FormatTable&, const std::string& runtime, const std::string& device);

}  // namespace edgewise::json
