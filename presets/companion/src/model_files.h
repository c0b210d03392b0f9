#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/result.h"

namespace edgewise {

/// Adds the model that a path leads to, and returns its id: a preset, a `config.json` with what lies beside it, a GGUF
/// file (with its other parts), safetensors (with their config), their index, or a folder of these. Of weights only
/// headers are read, however large they are. Errors carry the file.
Result<std::string> add_model_from(const std::string& path, Catalog&);

/// The parts of a split file that are there, in order; the file itself where it is whole.
std::vector<std::filesystem::path> parts_of(const std::filesystem::path&);

}  // namespace edgewise
