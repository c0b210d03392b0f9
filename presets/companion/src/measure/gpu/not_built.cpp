// Where Vulkan's headers or a compiler of shaders were missing, or nothing may be opened at run time.
#include "gpu.h"

namespace edgewise::gpu {

std::string not_built() {
#ifdef EDGEWISE_STATIC
  return "this program is linked statically and opens no library of this machine, nor its Vulkan";
#else
  return "this program was built without Vulkan's headers or glslangValidator (Debian: libvulkan-dev glslang-tools)";
#endif
}
std::vector<Gpu> devices(std::string& why) {
  why = not_built();
  return {};
}
void run_benchmarks(std::size_t, const GpuOptions&, Measurement&) {}

}  // namespace edgewise::gpu
