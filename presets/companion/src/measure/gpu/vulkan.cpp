#include "vulkan.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

#include "vulkan_parts.h"

namespace edgewise::gpu {

Offered offered_by(const Vulkan::Implementation& v, VkPhysicalDevice device, std::uint32_t api) {
  std::uint32_t n = 0;
  v.vkEnumerateDeviceExtensionProperties(device, nullptr, &n, nullptr);
  std::vector<VkExtensionProperties> list(n);
  v.vkEnumerateDeviceExtensionProperties(device, nullptr, &n, list.data());
  Offered o;
  for (const VkExtensionProperties& e : list) o.extensions.emplace_back(e.extensionName);
  o.core13 = api >= VK_API_VERSION_1_3;
  o.float16 = api >= VK_API_VERSION_1_2 || has(o.extensions, float16_int8_extension);
  o.dot = o.core13 || has(o.extensions, dot_product_extension);
  o.sizes = o.core13 || has(o.extensions, subgroup_size_extension);
  return o;
}

namespace {

const char* kind_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return "virtual";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return "cpu";
    default:
      return "other";
  }
}

Gpu describe(const Vulkan::Implementation& v, VkPhysicalDevice device) {
  VkPhysicalDeviceProperties2 properties{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  VkPhysicalDeviceSubgroupProperties subgroup{};
  subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
  properties.pNext = &subgroup;
  v.vkGetPhysicalDeviceProperties2(device, &properties);
  const VkPhysicalDeviceProperties& p = properties.properties;

  Gpu g;
  g.name = p.deviceName;
  g.type = kind_of(p.deviceType);
  g.vendor = p.vendorID;
  g.api = std::to_string(VK_API_VERSION_MAJOR(p.apiVersion)) + "." +
          std::to_string(VK_API_VERSION_MINOR(p.apiVersion)) + "." + std::to_string(VK_API_VERSION_PATCH(p.apiVersion));
  if (p.apiVersion < VK_API_VERSION_1_1) {
    g.unusable = "its driver has Vulkan " + g.api + ", and 1.1 is needed";
    return g;
  }
  const Offered o = offered_by(v, device, p.apiVersion);
  if (p.apiVersion >= VK_API_VERSION_1_2) {
    VkPhysicalDeviceDriverProperties driver{};
    driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
    VkPhysicalDeviceProperties2 more{};
    more.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    more.pNext = &driver;
    v.vkGetPhysicalDeviceProperties2(device, &more);
    g.driver = std::string(driver.driverName) + (driver.driverInfo[0] ? std::string(", ") + driver.driverInfo : "");
  }
  Features f(o.float16, o.dot, o.sizes);
  v.vkGetPhysicalDeviceFeatures2(device, &f.core);
  g.subgroup_size = subgroup.subgroupSize;
  g.subgroup_least = g.subgroup_most = subgroup.subgroupSize;
  if (o.sizes && f.subgroup_size.subgroupSizeControl) {
    VkPhysicalDeviceSubgroupSizeControlProperties sizes{};
    sizes.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES;
    VkPhysicalDeviceProperties2 more{};
    more.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    more.pNext = &sizes;
    v.vkGetPhysicalDeviceProperties2(device, &more);
    g.subgroup_control = (sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
    g.subgroup_least = sizes.minSubgroupSize;
    g.subgroup_most = sizes.maxSubgroupSize;
  }
  const bool in_compute = (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
  g.subgroup_arithmetic = in_compute && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT) != 0;
  g.subgroup_shuffle = in_compute && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT) != 0;
  g.half = o.float16 && f.float16_int8.shaderFloat16;
  g.dot_product = o.dot && f.dot_product.shaderIntegerDotProduct;
  if (g.dot_product) {
    VkPhysicalDeviceShaderIntegerDotProductProperties dot{};
    dot.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES;
    VkPhysicalDeviceProperties2 more{};
    more.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    more.pNext = &dot;
    v.vkGetPhysicalDeviceProperties2(device, &more);
    g.dot_product_fast = dot.integerDotProduct4x8BitPackedSignedAccelerated;
  }
  g.cooperative_matrix = has(o.extensions, cooperative_matrix_extension);
  g.shared_B = p.limits.maxComputeSharedMemorySize;
  g.most_threads = std::min(p.limits.maxComputeWorkGroupInvocations, p.limits.maxComputeWorkGroupSize[0]);
  g.most_range_B = p.limits.maxStorageBufferRange;

  VkPhysicalDeviceMemoryProperties memory{};
  v.vkGetPhysicalDeviceMemoryProperties(device, &memory);
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      g.memory_B = std::max(g.memory_B, static_cast<double>(memory.memoryHeaps[i].size));

  // What an engine's shaders need as well.
  if (!f.storage16.storageBuffer16BitAccess)
    g.unusable = "its driver has no 16-bit storage (storageBuffer16BitAccess), without which no engine's shaders run";
  else if (!o.float16 || !f.float16_int8.shaderInt8)
    g.unusable = "its driver has no 8-bit integers (shaderInt8), without which weights cannot be unpacked";
  return g;
}

}  // namespace

Vulkan::Vulkan(std::unique_ptr<Implementation> self) : self_(std::move(self)) {}
Vulkan::~Vulkan() = default;

std::unique_ptr<Vulkan> Vulkan::open(std::string& why) {
  auto self = std::make_unique<Implementation>();
  const char* own = std::getenv("EDGEWISE_VULKAN_LIBRARY");
  for (const char* name : own ? std::vector<const char*>{own}
                              : std::vector<const char*>{"libvulkan.so.1", "libvulkan.so", "libvulkan.1.dylib"})
    if ((self->library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL))) break;
  if (!self->library) {
    why = "no Vulkan loader: " + std::string(own ? own : "libvulkan.so.1") + " cannot be opened (Debian: libvulkan1)";
    return nullptr;
  }
  const auto find = reinterpret_cast<PFN_vkGetInstanceProcAddr>(::dlsym(self->library, "vkGetInstanceProcAddr"));
  const auto create = find ? reinterpret_cast<PFN_vkCreateInstance>(find(nullptr, "vkCreateInstance")) : nullptr;
  if (!create) {
    why = "the library by the name of Vulkan's loader has not its functions";
    return nullptr;
  }
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "edgewise";
  application.apiVersion = VK_API_VERSION_1_3;
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  if (const VkResult r = create(&info, nullptr, &self->instance); r != VK_SUCCESS) {
    why = r == VK_ERROR_INCOMPATIBLE_DRIVER
              ? "no Vulkan driver is installed (Debian: mesa-vulkan-drivers)"
              : "Vulkan refuses an instance, error " + std::to_string(static_cast<int>(r));
    return nullptr;
  }
#define EDGEWISE_FIND(NAME)                                                   \
  self->NAME = reinterpret_cast<PFN_##NAME>(find(self->instance, #NAME));     \
  if (!self->NAME) {                                                          \
    why = "Vulkan's loader has no " #NAME ": version 1.1 or newer is needed"; \
    return nullptr;                                                           \
  }
  EDGEWISE_INSTANCE_FUNCTIONS(EDGEWISE_FIND)
#undef EDGEWISE_FIND
  std::uint32_t n = 0;
  if (self->vkEnumeratePhysicalDevices(self->instance, &n, nullptr) != VK_SUCCESS) n = 0;
  self->physical.resize(n);
  if (n > 0 && self->vkEnumeratePhysicalDevices(self->instance, &n, self->physical.data()) < VK_SUCCESS) n = 0;
  self->physical.resize(n);
  if (n == 0) {
    why = "no Vulkan driver offers a device (Debian: mesa-vulkan-drivers)";
    return nullptr;
  }
  for (const VkPhysicalDevice device : self->physical) {
    Gpu g = describe(*self, device);
    // Two equal cards are told apart by their place.
    const std::string name = g.name;
    for (int same = 2;
         std::any_of(self->gpus.begin(), self->gpus.end(), [&](const Gpu& x) { return x.name == g.name; }); ++same)
      g.name = name + " #" + std::to_string(same);
    self->gpus.push_back(std::move(g));
  }
  return std::unique_ptr<Vulkan>(new Vulkan(std::move(self)));
}

const std::vector<Gpu>& Vulkan::devices() const { return self_->gpus; }

std::unique_ptr<Context> Vulkan::use(std::size_t device, std::string& why) {
  try {
    return make_context(*self_, device);
  } catch (const std::runtime_error& e) {
    why = "its driver refuses " + std::string(e.what());
    return nullptr;
  }
}

}  // namespace edgewise::gpu
