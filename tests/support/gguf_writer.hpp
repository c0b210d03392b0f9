#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "edgewise/model.h"

namespace edgewise::test {

/// Builds GGUF headers in memory.
class GgufWriter {
 public:
  static constexpr std::uint64_t alignment = 32;  // of tensors and of the data section, where no key says otherwise
  static std::uint64_t aligned(std::uint64_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

  template <class T>
  static std::string little(T x) {
    std::string out;
    for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>((x >> (8 * i)) & 0xff);
    return out;
  }
  static std::string header(std::uint32_t version, std::uint64_t tensors, std::uint64_t pairs) {
    return "GGUF" + little(version) + little(tensors) + little(pairs);
  }

  void text(const std::string& key, const std::string& value) { pair(key, little(std::uint32_t{8}) + field(value)); }
  void number(const std::string& key, std::uint32_t value) { pair(key, little(std::uint32_t{4}) + little(value)); }
  void real(const std::string& key, float value) {
    std::uint32_t bits;  // libc++ 14 has no std::bit_cast
    std::memcpy(&bits, &value, sizeof bits);
    pair(key, little(std::uint32_t{6}) + little(bits));
  }
  void strings(const std::string& key, const std::vector<std::string>& values) {
    std::string body = little(std::uint32_t{9}) + little(std::uint32_t{8}) + little(std::uint64_t{values.size()});
    for (const auto& v : values) body += field(v);
    pair(key, body);
  }
  /// `type` is a ggml_type; 1 is F16. `size` is that of its data, which may be left out of a header that stands alone.
  void tensor(const std::string& name, const std::vector<std::uint64_t>& dims, std::uint32_t type = 1,
              std::uint64_t size = 0) {
    tensors_ += field(name) + little(static_cast<std::uint32_t>(dims.size()));
    for (const auto d : dims) tensors_ += little(d);
    tensors_ += little(type) + little(data_bytes_);
    data_bytes_ += aligned(size);
    ++tensor_count_;
  }

  void model(const std::string& architecture, std::uint32_t blocks, std::uint32_t hidden, std::uint32_t feed_forward,
             std::uint32_t heads, std::uint32_t kv_heads, std::uint32_t vocabulary, std::uint32_t file_type = 1);
  /// The tensors of a tied Llama; `kv` is the width of keys and values.
  void llama_tensors(std::uint64_t blocks, std::uint64_t hidden, std::uint64_t feed_forward, std::uint64_t kv,
                     std::uint64_t vocabulary);

  std::string bytes() const { return header(3, tensor_count_, pair_count_) + pairs_ + tensors_; }

 private:
  static std::string field(const std::string& value) { return little(std::uint64_t{value.size()}) + value; }
  void pair(const std::string& key, const std::string& body) {
    pairs_ += field(key) + body;
    ++pair_count_;
  }
  std::string pairs_, tensors_;
  std::uint64_t pair_count_ = 0, tensor_count_ = 0, data_bytes_ = 0;
};

struct StoredTensor {
  std::string name;
  std::vector<std::uint64_t> dims;  ///< row length first
  std::uint32_t type = 1;           ///< ggml_type
  std::uint64_t size = 0;
};

/// The header that llama.cpp's converter writes for `model`, from its architecture and not from our inventory.
/// Everything is in F16 but for what `choose` changes; `file_type` is llama.cpp's number of the recipe.
GgufWriter gguf_of(const Model& model, const std::string& architecture,
                   const std::function<void(StoredTensor&)>& choose, std::uint32_t file_type = 1);

}  // namespace edgewise::test
