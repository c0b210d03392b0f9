#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "measure/gpu/gpu.h"

namespace edgewise::gpu {

/// One compute shader, in SPIR-V.
struct Shader {
  const std::uint32_t* words = nullptr;
  std::size_t bytes = 0;
};

class Context;

/// Memory that shaders read and write. Where `mapped` is not null the host does too.
struct Buffer {
  std::uint64_t handle = 0, memory = 0;  ///< of Vulkan
  std::size_t bytes = 0;
  void* mapped = nullptr;
};

/// A shader with its constants, ready to run.
struct Pipeline {
  std::uint64_t handle = 0;
  std::uint32_t group_size = 0;
};

/// One dispatch of a batch.
struct Dispatch {
  const Pipeline* pipeline = nullptr;
  std::vector<const Buffer*> buffers;        ///< at bindings 0, 1, ...: `buffer_bindings` at most
  std::vector<std::uint32_t> push;           ///< push constants, `push_words` at most
  std::uint32_t groups_x = 1, groups_y = 1;  ///< workgroups
  bool barrier = true;                       ///< what comes after it waits for it
};
inline constexpr std::uint32_t buffer_bindings = 4, push_words = 8;

/// An open loader. Devices are listed in its order.
class Vulkan {
 public:
  /// Opens the loader at run time. Null: `why` says what is missing.
  static std::unique_ptr<Vulkan> open(std::string& why);
  ~Vulkan();
  const std::vector<Gpu>& devices() const;
  /// A queue and everything behind it on one of the devices. Null: `why` says what the device refused.
  std::unique_ptr<Context> use(std::size_t device, std::string& why);

  struct Implementation;

 private:
  explicit Vulkan(std::unique_ptr<Implementation>);
  std::unique_ptr<Implementation> self_;
};

/// A device in use. What Vulkan refuses is thrown as std::runtime_error with its own words.
class Context {
 public:
  virtual ~Context() = default;
  virtual const Gpu& gpu() const = 0;
  /// On the device, or where the host can write it.
  virtual Buffer allocate(std::size_t bytes, bool host) = 0;
  virtual void release(Buffer&) = 0;
  /// Specialization constants 0, 1, ...; the first is the workgroup's size. `subgroup`: size that it must run at, 0:
  /// any.
  virtual Pipeline build(const Shader&, const std::vector<std::uint32_t>& constants, std::uint32_t subgroup = 0) = 0;
  /// Runs the batch `repeats` times in one submission and returns the seconds that it took: between timestamps of the
  /// device where it has them, else of the host from the submission to the fence.
  virtual double run(const std::vector<Dispatch>&, std::size_t repeats) = 0;
  /// Seconds by the host's clock from submission to fence.
  virtual double run_on_host_clock(const std::vector<Dispatch>&, std::size_t repeats) = 0;
};

}  // namespace edgewise::gpu
