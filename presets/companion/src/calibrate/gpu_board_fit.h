#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/quantization.h"
#include "edgewise/runtime.h"
#include "measure/measurement.h"

namespace edgewise {

/// What the microbenchmarks of a GPU stand for.
inline constexpr const char* measured_gpu_runtime = "llama.cpp-vulkan";

/// The measured GPU that a preset is of: the one whose name holds `which`; where that is empty, of a card
/// (`host_centric`) the discrete one, of a board one that shares its memory. Null: none; `notes` says what was passed
/// over. Error: `which` names no measured GPU.
Result<const Gpu*> fitted_gpu(const Measurement&, const std::string& which, bool host_centric,
                              std::vector<std::string>& notes);

/// Bytes per second that the GPU was measured to read; NaN: not measured.
double gpu_reached_Bps(const Measurement&, const Gpu&);

/// Puts a GPU section into a preset that has none, and its measured bandwidth into the memory's list.
void add_measured_gpu(nlohmann::ordered_json& preset, const Measurement&, const Gpu&);

/// Parameters that follow from the GPU's microbenchmarks; the rest stays unknown and comes from the class, `cls`.
/// Bandwidth: what the dot products in the cache do not explain of those from memory. Rates by format: the products in
/// the cache, and those of 512 tokens; half-full rows from a product of 32 tokens beside one of 512;
/// what a layer of a prompt does besides them is spread over its weights. Fixed time of a
/// tensor: what lies between the products of a layer, shared by its tensors. Fixed time of a step: a submission, and
/// what the host does between two.
Parameters gpu_from_microbenchmarks(const Measurement&, const Gpu&, const Device&, const Runtime&,
                                    const Parameters& cls, const FormatTable&);

/// How far an engine is believed to lie from these, natural log units.
Parameters gpu_widths();

}  // namespace edgewise
