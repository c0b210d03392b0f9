#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace edgewise {

/// A row as other calculators are asked it: decode of one sequence. What is not known is NaN or empty.
struct PeerQuestion {
  std::string name;       ///< of GPU and device
  std::string processor;  ///< cpu, gpu or npu
  std::string backend;    ///< cuda, metal, rocm, vulkan, sycl, opencl, mlx or empty
  std::string vendor;     ///< of the GPU
  std::string quant;
  bool arm = false, apple = false, mobile = false, gguf = false, tied = false;
  double bandwidth_gb_s = 0, memory_gib = 0, cores = 0, flops = 0;  ///< cores: NaN where the device lists no CPU
  double parameters_b = 0, active_b = 0;                            ///< billions
  double weights_B = 0, embedding_B = 0, kv_B = 0;
  double hidden = 0, layers = 0, vocabulary = 0;
  // The architecture, for who counts it.
  double head_dim = 0, attention_heads = 0, kv_heads = 0;
  bool moe = false;
  double experts = 0, experts_per_token = 0, moe_intermediate = 0, shared_intermediate = 0;
};

/// Another calculator: what it answers for the same question, from the formulas in its source.
struct Peer {
  const char* id;
  const char* name;
  const char* url;
  /// Tokens a second; NaN where the project has no answer.
  double (*answer)(const PeerQuestion&);
};
const std::vector<Peer>& peers();

/// Whether a regular expression finds something in the text.
bool matches(const std::string& text, const char* pattern);

}  // namespace edgewise
