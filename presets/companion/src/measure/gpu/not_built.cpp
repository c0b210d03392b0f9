// Where Vulkan's headers or a compiler of shaders were missing.
#include "gpu.h"

namespace edgewise::gpu {

std::string not_built() {
  return "this program was built without Vulkan's headers or glslangValidator (Debian: libvulkan-dev glslang-tools)";
}
std::vector<Gpu> devices(std::string& why) {
  why = not_built();
  return {};
}
void run_benchmarks(std::size_t, const GpuOptions&, Measurement&) {}

}  // namespace edgewise::gpu
