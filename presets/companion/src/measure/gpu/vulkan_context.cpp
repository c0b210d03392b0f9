#include <array>
#include <bit>
#include <chrono>

#include "vulkan_parts.h"

namespace edgewise::gpu {

namespace {

constexpr std::uint64_t fence_limit_ns = 120'000'000'000;  ///< a queue that takes longer hangs

// clang-format off
#define EDGEWISE_DEVICE_FUNCTIONS(F) \
  F(vkDestroyDevice) F(vkDeviceWaitIdle) F(vkGetDeviceQueue) F(vkCreateBuffer) F(vkDestroyBuffer) \
  F(vkGetBufferMemoryRequirements) F(vkAllocateMemory) F(vkFreeMemory) F(vkBindBufferMemory) F(vkMapMemory) \
  F(vkCreateShaderModule) F(vkDestroyShaderModule) F(vkCreatePipelineLayout) F(vkDestroyPipelineLayout) \
  F(vkCreateDescriptorSetLayout) F(vkDestroyDescriptorSetLayout) F(vkCreateComputePipelines) F(vkDestroyPipeline) \
  F(vkCreateDescriptorPool) F(vkDestroyDescriptorPool) F(vkResetDescriptorPool) F(vkAllocateDescriptorSets) \
  F(vkUpdateDescriptorSets) F(vkCreateCommandPool) F(vkDestroyCommandPool) F(vkAllocateCommandBuffers) \
  F(vkResetCommandPool) F(vkBeginCommandBuffer) F(vkEndCommandBuffer) F(vkCmdBindPipeline) \
  F(vkCmdBindDescriptorSets) F(vkCmdPushConstants) F(vkCmdDispatch) F(vkCmdPipelineBarrier) F(vkCreateQueryPool) \
  F(vkDestroyQueryPool) F(vkCmdResetQueryPool) F(vkCmdWriteTimestamp) F(vkGetQueryPoolResults) F(vkCreateFence) \
  F(vkDestroyFence) F(vkResetFences) F(vkWaitForFences) F(vkQueueSubmit)
// clang-format on

/// A handle from the number that stands for it: a pointer or a number, as the platform has them.
template <class Handle>
Handle as_handle(std::uint64_t number) {
  return std::bit_cast<Handle>(number);
}

/// Whether validation layers are wanted is the loader's business (VK_INSTANCE_LAYERS): nothing is asked for here.
class DeviceContext final : public Context {
 public:
  DeviceContext(const Vulkan::Implementation& v, std::size_t index) : gpu_(v.gpus[index]) {
    const VkPhysicalDevice physical = v.physical[index];
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    v.vkGetPhysicalDeviceProperties2(physical, &properties);
    v.vkGetPhysicalDeviceMemoryProperties(physical, &memory_);
    std::uint32_t n = 0;
    v.vkGetPhysicalDeviceQueueFamilyProperties(physical, &n, nullptr);
    std::vector<VkQueueFamilyProperties> families(n);
    v.vkGetPhysicalDeviceQueueFamilyProperties(physical, &n, families.data());
    // Engines take a queue for compute alone where there is one.
    std::uint32_t family = n;
    for (std::uint32_t i = 0; i < n; ++i)
      if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) != 0 &&
          (family == n || (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT) == 0))
        family = i;
    if (family == n) throw std::runtime_error("no queue for compute");
    if (families[family].timestampValidBits > 0) {
      tick_s_ = static_cast<double>(properties.properties.limits.timestampPeriod) * 1e-9;
      tick_mask_ = families[family].timestampValidBits >= 64
                       ? ~std::uint64_t{0}
                       : (std::uint64_t{1} << families[family].timestampValidBits) - 1;
    }

    const std::uint32_t api = properties.properties.apiVersion;
    const Offered o = offered_by(v, physical, api);
    Features f(o.float16, o.dot, o.sizes);
    v.vkGetPhysicalDeviceFeatures2(physical, &f.core);
    const VkBool32 int16 = f.core.features.shaderInt16;
    f.core.features = {};
    f.core.features.shaderInt16 = int16;
    f.storage16.storagePushConstant16 = f.storage16.storageInputOutput16 = VK_FALSE;
    f.storage16.uniformAndStorageBuffer16BitAccess = VK_FALSE;
    f.subgroup_size.computeFullSubgroups = VK_FALSE;
    std::vector<const char*> extensions;
    for (const char* name :
         {float16_int8_extension, dot_product_extension, subgroup_size_extension, storage8_extension})
      if (has(o.extensions, name)) extensions.push_back(name);
    const float priority = 1;
    VkDeviceQueueCreateInfo queue{};
    queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue.queueFamilyIndex = family;
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    VkDeviceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.pNext = &f.core;
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue;
    info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();
    require("the device", v.vkCreateDevice(physical, &info, nullptr, &device_));
#define EDGEWISE_FIND(NAME)                                                   \
  NAME = reinterpret_cast<PFN_##NAME>(v.vkGetDeviceProcAddr(device_, #NAME)); \
  if (!(NAME)) throw std::runtime_error("the driver has no " #NAME);
    EDGEWISE_DEVICE_FUNCTIONS(EDGEWISE_FIND)
#undef EDGEWISE_FIND
    vkGetDeviceQueue(device_, family, 0, &queue_);
    create(family);
  }

  ~DeviceContext() override {
    if (!device_ || !vkDeviceWaitIdle) return;
    vkDeviceWaitIdle(device_);
    for (const VkPipeline p : pipelines_) vkDestroyPipeline(device_, p, nullptr);
    vkDestroyFence(device_, fence_, nullptr);
    vkDestroyQueryPool(device_, queries_, nullptr);
    vkDestroyCommandPool(device_, commands_, nullptr);
    vkDestroyDescriptorPool(device_, sets_, nullptr);
    vkDestroyPipelineLayout(device_, layout_, nullptr);
    vkDestroyDescriptorSetLayout(device_, set_layout_, nullptr);
    vkDestroyDevice(device_, nullptr);
  }

  const Gpu& gpu() const override { return gpu_; }

  Buffer allocate(std::size_t bytes, bool host) override {
    VkBufferCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    info.size = bytes;
    info.usage =
        VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    VkBuffer buffer = VK_NULL_HANDLE;
    require("a buffer", vkCreateBuffer(device_, &info, nullptr, &buffer));
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(device_, buffer, &needs);
    VkMemoryAllocateInfo allocation{};
    allocation.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    allocation.allocationSize = needs.size;
    allocation.memoryTypeIndex = memory_type(needs.memoryTypeBits, host);
    VkDeviceMemory memory = VK_NULL_HANDLE;
    if (const VkResult r = vkAllocateMemory(device_, &allocation, nullptr, &memory); r != VK_SUCCESS) {
      vkDestroyBuffer(device_, buffer, nullptr);
      refuse("memory", r);
    }
    Buffer out{reinterpret_cast<std::uint64_t>(buffer), reinterpret_cast<std::uint64_t>(memory), bytes, nullptr};
    require("a buffer's memory", vkBindBufferMemory(device_, buffer, memory, 0));
    if (host) require("a view of memory", vkMapMemory(device_, memory, 0, VK_WHOLE_SIZE, 0, &out.mapped));
    return out;
  }

  void release(Buffer& b) override {
    if (!b.handle) return;
    vkDeviceWaitIdle(device_);
    vkDestroyBuffer(device_, as_handle<VkBuffer>(b.handle), nullptr);
    vkFreeMemory(device_, as_handle<VkDeviceMemory>(b.memory), nullptr);
    b = {};
  }

  Pipeline build(const Shader& shader, const std::vector<std::uint32_t>& constants, std::uint32_t subgroup) override {
    VkShaderModuleCreateInfo module_info{};
    module_info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    module_info.codeSize = shader.bytes;
    module_info.pCode = shader.words;
    VkShaderModule module = VK_NULL_HANDLE;
    require("a shader", vkCreateShaderModule(device_, &module_info, nullptr, &module));
    std::vector<VkSpecializationMapEntry> entries;
    for (std::uint32_t i = 0; i < constants.size(); ++i) entries.push_back({i, i * 4, 4});
    const VkSpecializationInfo special{static_cast<std::uint32_t>(entries.size()), entries.data(), 4 * constants.size(),
                                       constants.data()};
    VkPipelineShaderStageRequiredSubgroupSizeCreateInfo size{};
    size.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO;
    size.requiredSubgroupSize = subgroup;
    VkComputePipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    if (subgroup > 0 && gpu_.subgroup_control) info.stage.pNext = &size;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = module;
    info.stage.pName = "main";
    info.stage.pSpecializationInfo = &special;
    info.layout = layout_;
    VkPipeline pipeline = VK_NULL_HANDLE;
    const VkResult made = vkCreateComputePipelines(device_, VK_NULL_HANDLE, 1, &info, nullptr, &pipeline);
    vkDestroyShaderModule(device_, module, nullptr);
    require("a pipeline", made);
    pipelines_.push_back(pipeline);
    return {reinterpret_cast<std::uint64_t>(pipeline), constants.empty() ? 0 : constants[0]};
  }

  double run(const std::vector<Dispatch>& batch, std::size_t repeats) override {
    const double host_s = submit(batch, repeats);
    if (!(tick_s_ > 0)) return host_s;
    std::array<std::uint64_t, 2> ticks{};
    if (vkGetQueryPoolResults(device_, queries_, 0, 2, sizeof ticks, ticks.data(), 8,
                              VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT) != VK_SUCCESS)
      return host_s;
    const double device_s = static_cast<double>((ticks[1] - ticks[0]) & tick_mask_) * tick_s_;
    // Some drivers write both stamps when the batch is handed over.
    return device_s > 0.2 * host_s && device_s <= 1.05 * host_s ? device_s : host_s;
  }

  double run_on_host_clock(const std::vector<Dispatch>& batch, std::size_t repeats) override {
    return submit(batch, repeats);
  }

 private:
  static constexpr std::uint32_t most_sets = 4096;

  void create(std::uint32_t family) {
    std::array<VkDescriptorSetLayoutBinding, buffer_bindings> bindings{};
    for (std::uint32_t i = 0; i < buffer_bindings; ++i)
      bindings[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
    VkDescriptorSetLayoutCreateInfo set_info{};
    set_info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
    set_info.bindingCount = buffer_bindings;
    set_info.pBindings = bindings.data();
    require("a descriptor layout", vkCreateDescriptorSetLayout(device_, &set_info, nullptr, &set_layout_));
    const VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, 4 * push_words};
    VkPipelineLayoutCreateInfo layout_info{};
    layout_info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
    layout_info.setLayoutCount = 1;
    layout_info.pSetLayouts = &set_layout_;
    layout_info.pushConstantRangeCount = 1;
    layout_info.pPushConstantRanges = &range;
    require("a pipeline layout", vkCreatePipelineLayout(device_, &layout_info, nullptr, &layout_));
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, buffer_bindings * most_sets};
    VkDescriptorPoolCreateInfo pool_info{};
    pool_info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    pool_info.maxSets = most_sets;
    pool_info.poolSizeCount = 1;
    pool_info.pPoolSizes = &size;
    require("a descriptor pool", vkCreateDescriptorPool(device_, &pool_info, nullptr, &sets_));
    VkCommandPoolCreateInfo command_info{};
    command_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    command_info.queueFamilyIndex = family;
    require("a command pool", vkCreateCommandPool(device_, &command_info, nullptr, &commands_));
    VkCommandBufferAllocateInfo buffer_info{};
    buffer_info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    buffer_info.commandPool = commands_;
    buffer_info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    buffer_info.commandBufferCount = 1;
    require("a command buffer", vkAllocateCommandBuffers(device_, &buffer_info, &command_));
    VkQueryPoolCreateInfo query_info{};
    query_info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
    query_info.queryType = VK_QUERY_TYPE_TIMESTAMP;
    query_info.queryCount = 2;
    require("a query pool", vkCreateQueryPool(device_, &query_info, nullptr, &queries_));
    VkFenceCreateInfo fence_info{};
    fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    require("a fence", vkCreateFence(device_, &fence_info, nullptr, &fence_));
  }

  std::uint32_t memory_type(std::uint32_t allowed, bool host) const {
    const VkMemoryPropertyFlags wanted =
        host ? VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT
             : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    for (std::uint32_t i = 0; i < memory_.memoryTypeCount; ++i)
      if ((allowed >> i & 1) != 0 && (memory_.memoryTypes[i].propertyFlags & wanted) == wanted) return i;
    if (host) throw std::runtime_error("no memory that the host can write");
    for (std::uint32_t i = 0; i < memory_.memoryTypeCount; ++i)
      if ((allowed >> i & 1) != 0) return i;
    throw std::runtime_error("no memory for buffers");
  }

  VkDescriptorSet set_of(const std::vector<const Buffer*>& buffers) {
    VkDescriptorSetAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
    info.descriptorPool = sets_;
    info.descriptorSetCount = 1;
    info.pSetLayouts = &set_layout_;
    VkDescriptorSet set = VK_NULL_HANDLE;
    require("a descriptor set", vkAllocateDescriptorSets(device_, &info, &set));
    std::array<VkDescriptorBufferInfo, buffer_bindings> infos{};
    std::array<VkWriteDescriptorSet, buffer_bindings> writes{};
    for (std::uint32_t i = 0; i < buffer_bindings; ++i) {
      // Every binding holds something: a shader's unused ones may.
      const Buffer& b = *buffers[std::min<std::size_t>(i, buffers.size() - 1)];
      infos[i] = {as_handle<VkBuffer>(b.handle), 0, std::min<VkDeviceSize>(b.bytes, gpu_.most_range_B)};
      writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
      writes[i].dstSet = set;
      writes[i].dstBinding = i;
      writes[i].descriptorCount = 1;
      writes[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
      writes[i].pBufferInfo = &infos[i];
    }
    vkUpdateDescriptorSets(device_, buffer_bindings, writes.data(), 0, nullptr);
    return set;
  }

  double submit(const std::vector<Dispatch>& batch, std::size_t repeats) {
    if (batch.size() > most_sets) throw std::logic_error("a batch of too many dispatches");
    require("descriptors", vkResetDescriptorPool(device_, sets_, 0));
    require("commands", vkResetCommandPool(device_, commands_, 0));
    std::vector<VkDescriptorSet> sets;
    sets.reserve(batch.size());
    for (const Dispatch& d : batch) sets.push_back(set_of(d.buffers));
    VkCommandBufferBeginInfo begin{};
    begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    require("commands", vkBeginCommandBuffer(command_, &begin));
    if (tick_s_ > 0) {
      vkCmdResetQueryPool(command_, queries_, 0, 2);
      vkCmdWriteTimestamp(command_, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, queries_, 0);
    }
    std::uint64_t bound = 0;
    for (std::size_t r = 0; r < repeats; ++r)
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const Dispatch& d = batch[i];
        if (bound != d.pipeline->handle)
          vkCmdBindPipeline(command_, VK_PIPELINE_BIND_POINT_COMPUTE, as_handle<VkPipeline>(d.pipeline->handle));
        bound = d.pipeline->handle;
        vkCmdBindDescriptorSets(command_, VK_PIPELINE_BIND_POINT_COMPUTE, layout_, 0, 1, &sets[i], 0, nullptr);
        if (!d.push.empty())
          vkCmdPushConstants(command_, layout_, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                             static_cast<std::uint32_t>(4 * d.push.size()), d.push.data());
        vkCmdDispatch(command_, d.groups_x, d.groups_y, 1);
        if (d.barrier) barrier();
      }
    if (tick_s_ > 0) vkCmdWriteTimestamp(command_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_, 1);
    require("commands", vkEndCommandBuffer(command_));
    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.commandBufferCount = 1;
    info.pCommandBuffers = &command_;
    require("the fence", vkResetFences(device_, 1, &fence_));
    const auto start = std::chrono::steady_clock::now();
    require("the submission", vkQueueSubmit(queue_, 1, &info, fence_));
    require("waiting for the device", vkWaitForFences(device_, 1, &fence_, VK_TRUE, fence_limit_ns));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  void barrier() {
    VkMemoryBarrier b{};
    b.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    b.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_SHADER_READ_BIT;
    b.dstAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_SHADER_READ_BIT;
    vkCmdPipelineBarrier(command_, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &b,
                         0, nullptr, 0, nullptr);
  }

  Gpu gpu_;
  EDGEWISE_DEVICE_FUNCTIONS(EDGEWISE_MEMBER)
  VkPhysicalDeviceMemoryProperties memory_{};
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkDescriptorPool sets_ = VK_NULL_HANDLE;
  VkCommandPool commands_ = VK_NULL_HANDLE;
  VkCommandBuffer command_ = VK_NULL_HANDLE;
  VkQueryPool queries_ = VK_NULL_HANDLE;
  VkFence fence_ = VK_NULL_HANDLE;
  std::vector<VkPipeline> pipelines_;
  double tick_s_ = 0;
  std::uint64_t tick_mask_ = 0;
};

}  // namespace

std::unique_ptr<Context> make_context(const Vulkan::Implementation& v, std::size_t device) {
  return std::make_unique<DeviceContext>(v, device);
}

}  // namespace edgewise::gpu
