#pragma once

#include <map>
#include <string>
#include <vector>

#include "measure/kernels.h"
#include "vulkan.h"

namespace edgewise::gpu {

using kernels::Format;

/// Work on one device, with the workgroups and tiles that llama.cpp's Vulkan backend would choose for it
/// (ggml-vulkan.cpp, ggml_vk_load_shaders): facts of that program, shaders of ours.
class Work {
 public:
  explicit Work(Context& context) : context_(context) {}
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  Context& context() { return context_; }

  /// A buffer that lives as long as this. `host`: one that the host can write and read.
  const Buffer& buffer(std::size_t bytes, bool host = false);
  /// Bytes on the device, copied through the host's.
  const Buffer& upload(const void* data, std::size_t bytes);
  std::vector<float> download(const Buffer&, std::size_t floats);
  void fill(const Buffer&);

  /// Rows `first_row` and on of a matrix of so many columns times one vector of activations; out[row].
  Dispatch vector(Format, const Buffer& weights, const Buffer& activations, const Buffer& out, std::uint32_t columns,
                  std::uint32_t first_row, std::uint32_t rows);
  /// The same with many vectors; out[token * rows + row].
  Dispatch matrix(Format, const Buffer& weights, const Buffer& activations, const Buffer& out, std::uint32_t columns,
                  std::uint32_t rows, std::uint32_t tokens);
  /// Reads `bytes` of `from`, beginning at byte `first`, or copies them to the same place of `to`. What is no multiple
  /// of a workgroup's share, 64 KiB, is left out.
  Dispatch stream(const Buffer& from, const Buffer& to, std::size_t first, std::size_t bytes, bool copy);
  /// Multiply-adds in registers; `operations` is set to those of one dispatch.
  Dispatch arithmetic(int kind, const Buffer& out, std::uint32_t rounds, double& operations);
  /// Kind as between.comp has it, over n numbers of each of so many tokens.
  Dispatch between(std::uint32_t kind, const Buffer& a, const Buffer& b, const Buffer& c, std::uint32_t n,
                   std::uint32_t tokens = 1);
  /// queries[head][query][head_dim] against a cache [position][kv head][head_dim] in half precision.
  struct Attention {
    std::uint32_t head_dim = 64, heads = 1, heads_per_kv = 1, queries = 1, positions = 0;
    bool causal = false;
  };
  Dispatch attention(const Attention&, const Buffer& queries, const Buffer& keys, const Buffer& values,
                     const Buffer& out);

 private:
  const Pipeline& pipeline(const std::string& shader, const std::vector<std::uint32_t>& constants,
                           std::uint32_t subgroup = 0);

  Context& context_;
  std::map<std::string, Pipeline> pipelines_;
  std::vector<std::unique_ptr<Buffer>> buffers_;
};

}  // namespace edgewise::gpu
