// What the parts of vulkan.cpp share.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "vulkan.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

namespace edgewise::gpu {

/// What the headers may be too old for.
inline constexpr const char* cooperative_matrix_extension = "VK_KHR_cooperative_matrix";
inline constexpr const char* dot_product_extension = "VK_KHR_shader_integer_dot_product";
inline constexpr const char* float16_int8_extension = "VK_KHR_shader_float16_int8";
inline constexpr const char* subgroup_size_extension = "VK_EXT_subgroup_size_control";
inline constexpr const char* storage8_extension = "VK_KHR_8bit_storage";

[[noreturn]] inline void refuse(const char* what, VkResult result) {
  const auto words = [&] {
    switch (result) {
      case VK_ERROR_OUT_OF_HOST_MEMORY:
        return std::string("out of host memory");
      case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return std::string("out of device memory");
      case VK_ERROR_INITIALIZATION_FAILED:
        return std::string("initialization failed");
      case VK_ERROR_DEVICE_LOST:
        return std::string("the device was lost");
      case VK_ERROR_INCOMPATIBLE_DRIVER:
        return std::string("incompatible driver");
      case VK_TIMEOUT:
        return std::string("timeout");
      default:
        return "error " + std::to_string(static_cast<int>(result));
    }
  };
  throw std::runtime_error(std::string(what) + ": " + words());
}
inline void require(const char* what, VkResult result) {
  if (result != VK_SUCCESS) refuse(what, result);
}

// Functions of the instance and of a device, found by name.
#define EDGEWISE_INSTANCE_FUNCTIONS(F)        \
  F(vkDestroyInstance)                        \
  F(vkEnumeratePhysicalDevices)               \
  F(vkGetPhysicalDeviceProperties2)           \
  F(vkGetPhysicalDeviceFeatures2)             \
  F(vkGetPhysicalDeviceMemoryProperties)      \
  F(vkGetPhysicalDeviceQueueFamilyProperties) \
  F(vkEnumerateDeviceExtensionProperties) F(vkCreateDevice) F(vkGetDeviceProcAddr)
#define EDGEWISE_MEMBER(NAME) PFN_##NAME NAME = nullptr;

struct Vulkan::Implementation {
  void* library = nullptr;
  VkInstance instance = VK_NULL_HANDLE;
  EDGEWISE_INSTANCE_FUNCTIONS(EDGEWISE_MEMBER)
  std::vector<VkPhysicalDevice> physical;
  std::vector<Gpu> gpus;

  ~Implementation() {
    if (instance && vkDestroyInstance) vkDestroyInstance(instance, nullptr);
    // Drivers keep threads and handlers of their own: the library stays.
  }
};

/// The features that the shaders may use, one chain to ask for them and to switch them on.
struct Features {
  VkPhysicalDeviceFeatures2 core{};
  VkPhysicalDevice16BitStorageFeatures storage16{};
  VkPhysicalDeviceShaderFloat16Int8Features float16_int8{};
  VkPhysicalDeviceShaderIntegerDotProductFeatures dot_product{};
  VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_size{};

  /// Chains what the device has. An extension's structure that a device does not know must not be in it.
  explicit Features(bool float16, bool dot, bool sizes) {
    core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
    float16_int8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
    dot_product.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    subgroup_size.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
    core.pNext = &storage16;
    void** next = &storage16.pNext;
    const auto chain = [&](auto& structure) {
      *next = &structure;
      next = &structure.pNext;
    };
    if (float16) chain(float16_int8);
    if (dot) chain(dot_product);
    if (sizes) chain(subgroup_size);
  }
  Features(const Features&) = delete;
  Features& operator=(const Features&) = delete;
};

inline bool has(const std::vector<std::string>& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Offered {
  std::vector<std::string> extensions;
  bool core13 = false, float16 = false, dot = false, sizes = false;
};

Offered offered_by(const Vulkan::Implementation&, VkPhysicalDevice, std::uint32_t api);

/// Throws what the device refuses.
std::unique_ptr<Context> make_context(const Vulkan::Implementation&, std::size_t device);

}  // namespace edgewise::gpu
