#pragma once

#include <string_view>

#include "vulkan.h"

namespace edgewise::gpu {

/// The shader that gpu.cmake built by that name.
const Shader& shader(std::string_view name);

}  // namespace edgewise::gpu
