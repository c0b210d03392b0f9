// The GGUF header (ggml/docs/gguf.md): metadata and tensor table, little endian. Nothing in it is believed: every count
// is held against the bytes that are left before anything is allocated for it.

#include "gguf_header.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "edgewise/text.h"

namespace edgewise::json {

namespace {

// ggml/include/ggml.h, enum ggml_type; the sizes are those of the block structs in ggml-common.h.
constexpr GgufType gguf_types[] = {{0, "F32", 1, 4, 0},
                                   {1, "F16", 1, 2, 0},
                                   {2, "Q4_0", 32, 18, 0},
                                   {3, "Q4_1", 32, 20, 0},
                                   {6, "Q5_0", 32, 22, 0},
                                   {7, "Q5_1", 32, 24, 0},
                                   {8, "Q8_0", 32, 34, 0},
                                   {9, "Q8_1", 32, 36, 0},
                                   {10, "Q2_K", 256, 84, 0},
                                   {11, "Q3_K", 256, 110, 0},
                                   {12, "Q4_K", 256, 144, 0},
                                   {13, "Q5_K", 256, 176, 0},
                                   {14, "Q6_K", 256, 210, 0},
                                   {15, "Q8_K", 256, 292, 0},
                                   {16, "IQ2_XXS", 256, 66, 0},
                                   {17, "IQ2_XS", 256, 74, 0},
                                   {18, "IQ3_XXS", 256, 98, 0},
                                   {19, "IQ1_S", 256, 50, 0},
                                   {20, "IQ4_NL", 32, 18, 0},
                                   {21, "IQ3_S", 256, 110, 0},
                                   {22, "IQ2_S", 256, 82, 0},
                                   {23, "IQ4_XS", 256, 136, 0},
                                   {24, "I8", 1, 1, 0},
                                   {25, "I16", 1, 2, 0},
                                   {26, "I32", 1, 4, 0},
                                   {27, "I64", 1, 8, 0},
                                   {28, "F64", 1, 8, 0},
                                   {29, "IQ1_M", 256, 56, 0},
                                   {30, "BF16", 1, 2, 0},
                                   {34, "TQ1_0", 256, 54, 0},
                                   {35, "TQ2_0", 256, 66, 0},
                                   {39, "MXFP4", 32, 17, 0},
                                   {40, "NVFP4", 64, 36, 0},
                                   {41, "Q1_0", 128, 18, 0},
                                   {42, "Q2_0", 64, 18, 0},
                                   // ik_llama.cpp, ggml/include/ggml.h; some types begin each row with its scale.
                                   {133, "Q6_0", 32, 26, 0},
                                   {135, "IQ2_BN", 64, 16, 4},
                                   {137, "IQ2_K", 256, 76, 0},
                                   {138, "IQ3_K", 256, 110, 0},
                                   {139, "IQ4_K", 256, 144, 0},
                                   {140, "IQ5_K", 256, 176, 0},
                                   {141, "IQ6_K", 256, 212, 0},
                                   {144, "IQ4_KS", 256, 136, 4},
                                   {145, "IQ2_KS", 256, 70, 2},
                                   {146, "IQ4_KSS", 256, 128, 4},
                                   {152, "IQ5_KS", 256, 168, 4},
                                   {153, "IQ2_KT", 256, 68, 4},
                                   {154, "IQ3_KT", 256, 100, 4},
                                   {155, "IQ4_KT", 256, 128, 4},
                                   {156, "IQ3_KS", 256, 102, 2},
                                   {157, "IQ2_KL", 256, 86, 2},
                                   {158, "IQ1_KT", 256, 56, 4},
                                   // Rows interleaved.
                                   {202, "Q4_0_R8", 32, 18, 0},
                                   {206, "Q5_0_R4", 32, 22, 0},
                                   {208, "Q8_0_R8", 32, 34, 0},
                                   {210, "Q2_K_R4", 256, 84, 0},
                                   {211, "Q3_K_R4", 256, 110, 0},
                                   {212, "Q4_K_R4", 256, 144, 0},
                                   {213, "Q5_K_R4", 256, 176, 0},
                                   {214, "Q6_K_R4", 256, 210, 0},
                                   {216, "IQ2_XXS_R4", 256, 66, 0},
                                   {217, "IQ2_XS_R4", 256, 74, 0},
                                   {218, "IQ3_XXS_R4", 256, 98, 0},
                                   {219, "IQ1_S_R4", 32, 6, 2},
                                   {220, "IQ4_NL_R4", 32, 18, 0},
                                   {221, "IQ3_S_R4", 256, 110, 0},
                                   {222, "IQ2_S_R4", 256, 82, 0},
                                   {223, "IQ4_XS_R8", 256, 136, 0},
                                   {229, "IQ1_M_R4", 32, 7, 2},
                                   {230, "BF16_R16", 1, 2, 0},
                                   {233, "Q6_0_R4", 32, 26, 0},
                                   {337, "IQ2_K_R4", 256, 76, 0},
                                   {338, "IQ3_K_R4", 256, 110, 0},
                                   {339, "IQ4_K_R4", 256, 144, 0},
                                   {340, "IQ5_K_R4", 256, 176, 0},
                                   {344, "IQ4_KS_R4", 256, 136, 4},
                                   {352, "IQ5_KS_R4", 256, 168, 4},
                                   {353, "MXFP4_R8", 32, 17, 0}};

enum ValueType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

class HeaderReader {
 public:
  HeaderReader(std::string_view bytes, GgufHeader& header) : bytes_(bytes), header_(header) {}

  bool run() {
    at_ = 4;
    const auto version = read<std::uint32_t>();
    if (failed_) return false;
    if (version != 2 && version != 3)
      return fail("unsupported", "version", "is " + std::to_string(version) + ", must be 2 or 3 (little endian)");
    const auto tensor_count = read<std::uint64_t>(), pair_count = read<std::uint64_t>();
    if (failed_) return false;
    // The smallest pair: an empty key, its type, one byte. The smallest tensor: an empty name, its axes, type and
    // offset.
    constexpr std::uint64_t least_pair = 8 + 4 + 1, least_tensor = 8 + 4 + 8 + 4 + 8;
    if (pair_count > left() / least_pair)
      return fail("truncated", "metadata_kv_count",
                  "says " + std::to_string(pair_count) + " pairs, more than the file holds");
    if (tensor_count > left() / least_tensor)
      return fail("truncated", "tensor_count",
                  "says " + std::to_string(tensor_count) + " tensors, more than the file holds");
    for (std::uint64_t i = 0; i < pair_count && !failed_; ++i) pair(i);
    for (std::uint64_t i = 0; i < tensor_count && !failed_; ++i) tensor(i);
    return !failed_;
  }

  Error error;

 private:
  static constexpr std::uint64_t max_key = 65535, max_text = 1 << 20, max_numbers = 4096;

  std::uint64_t left() const { return bytes_.size() - at_; }

  bool fail(std::string code, std::string_view path, std::string_view message) {
    // Keys and names are the file's, whatever bytes they are.
    if (!failed_) error = {std::move(code), valid_utf8(path), valid_utf8(message)};
    failed_ = true;
    return false;
  }

  template <class T>
  T read() {
    T value{};
    if (left() < sizeof(T)) {
      fail("truncated", "header", "the file ends inside its header");
      return value;
    }
    unsigned char raw[sizeof(T)];
    std::memcpy(raw, bytes_.data() + at_, sizeof(T));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
    if constexpr (sizeof(T) == 8)
      std::memcpy(&value, &bits, 8);
    else if constexpr (sizeof(T) == 4) {
      const auto narrow = static_cast<std::uint32_t>(bits);
      std::memcpy(&value, &narrow, 4);
    } else if constexpr (sizeof(T) == 2) {
      const auto narrow = static_cast<std::uint16_t>(bits);
      std::memcpy(&value, &narrow, 2);
    } else {
      const auto narrow = static_cast<std::uint8_t>(bits);
      std::memcpy(&value, &narrow, 1);
    }
    at_ += sizeof(T);
    return value;
  }

  std::string_view text(std::uint64_t limit, const std::string& path) {
    const auto length = read<std::uint64_t>();
    if (failed_) return {};
    if (length > left()) {
      fail("truncated", path, "a text of " + std::to_string(length) + " bytes is longer than the file");
      return {};
    }
    if (length > limit) {
      fail("out_of_range", path, "a text of " + std::to_string(length) + " bytes is too long");
      return {};
    }
    const std::string_view out = bytes_.substr(at_, static_cast<std::size_t>(length));
    at_ += static_cast<std::size_t>(length);
    return out;
  }

  double number(std::uint32_t type) {
    switch (type) {
      case u8:
        return read<std::uint8_t>();
      case boolean:  // ggml takes any byte but 0 for true
        return read<std::uint8_t>() != 0 ? 1 : 0;
      case i8:
        return read<std::int8_t>();
      case u16:
        return read<std::uint16_t>();
      case i16:
        return read<std::int16_t>();
      case u32:
        return read<std::uint32_t>();
      case i32:
        return read<std::int32_t>();
      case f32:
        return static_cast<double>(read<float>());
      case u64:
        return static_cast<double>(read<std::uint64_t>());
      case i64:
        return static_cast<double>(read<std::int64_t>());
      case f64:
        return read<double>();
      default:
        break;
    }
    return unknown;
  }

  static std::uint64_t size_of(std::uint32_t type) {
    switch (type) {
      case u8:
      case i8:
      case boolean:
        return 1;
      case u16:
      case i16:
        return 2;
      case u32:
      case i32:
      case f32:
        return 4;
      case u64:
      case i64:
      case f64:
      case string:  // at least its length
        return 8;
      default:
        return 0;
    }
  }

  void pair(std::uint64_t i) {
    const std::string where = "metadata[" + std::to_string(i) + "]";
    const std::string key(text(max_key, where));
    const auto type = read<std::uint32_t>();
    if (failed_) return;
    GgufValue value;
    if (type == string) {
      value.text = std::string(text(max_text, key));
    } else if (type == array) {
      const auto element = read<std::uint32_t>();
      const auto length = read<std::uint64_t>();
      if (failed_) return;
      const std::uint64_t size = size_of(element);
      if (size == 0) return void(fail("unsupported", key, "is an array of type " + std::to_string(element)));
      if (length > left() / size)
        return void(
            fail("truncated", key, "is an array of " + std::to_string(length) + " elements, more than the file holds"));
      value.length = static_cast<double>(length);
      if (element == string) {
        for (std::uint64_t k = 0; k < length && !failed_; ++k) text(max_text, key);
      } else if (length <= max_numbers) {
        for (std::uint64_t k = 0; k < length; ++k) value.numbers.push_back(number(element));
      } else {
        at_ += static_cast<std::size_t>(length * size);
      }
    } else if (size_of(type) > 0) {
      value.number = number(type);
    } else {
      return void(fail("unsupported", key, "has the unknown type " + std::to_string(type)));
    }
    if (failed_) return;
    if (!header_.values.emplace(key, std::move(value)).second) fail("duplicate_key", key, "stands twice");
  }

  void tensor(std::uint64_t i) {
    const std::string where = "tensor[" + std::to_string(i) + "]";
    const std::string name(text(max_key, where));
    const auto axes = read<std::uint32_t>();
    if (failed_) return;
    if (axes < 1 || axes > 4)
      return void(
          fail("out_of_range", where, "\"" + name + "\" has " + std::to_string(axes) + " axes, must have 1 to 4"));
    GgufTensor t;
    for (std::uint32_t k = 0; k < axes; ++k) {
      const auto length = read<std::uint64_t>();
      if (failed_) return;
      if (length < 1 || length > 1000000000)
        return void(fail("out_of_range", where, "\"" + name + "\" has an axis of " + std::to_string(length)));
      t.dims[k] = static_cast<double>(length);
    }
    const auto type = read<std::uint32_t>();
    read<std::uint64_t>();  // offset of the data
    if (failed_) return;
    const auto known =
        std::find_if(std::begin(gguf_types), std::end(gguf_types), [&](const GgufType& x) { return x.id == type; });
    if (known == std::end(gguf_types))
      return void(fail("unsupported", where, "\"" + name + "\" has the unknown type " + std::to_string(type)));
    if (t.count() > 1e13) return void(fail("out_of_range", where, "\"" + name + "\" holds more than 1e13 weights"));
    if (std::fmod(t.dims[0], known->block_weights) != 0)
      return void(fail("out_of_range", where,
                       "\"" + name + "\": rows of " + std::to_string(static_cast<std::uint64_t>(t.dims[0])) +
                           " are no whole blocks of its type"));
    t.type = known;
    if (!header_.tensors.emplace(name, t).second) fail("duplicate_key", where, "\"" + name + "\" stands twice");
  }

  std::string_view bytes_;
  GgufHeader& header_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

double GgufTensor::bytes() const {
  return count() / type->block_weights * type->block_bytes + count() / dims[0] * type->row_bytes;
}

Result<GgufHeader> read_gguf_header(std::string_view bytes) {
  if (bytes.substr(0, 4) != "GGUF") return Error{"syntax", "header", "is not a GGUF file"};
  GgufHeader header;
  HeaderReader reader(bytes, header);
  if (!reader.run()) return reader.error;
  return header;
}

}  // namespace edgewise::json
