#include "kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace edgewise::kernels {

#if defined(__x86_64__)
extern const Kernels kernels_ssse3, kernels_avx2, kernels_avx_vnni, kernels_avx512, kernels_avx512_vnni;
#elif defined(__aarch64__)
extern const Kernels kernels_neon, kernels_dotprod;
#endif

namespace {

/// Half precision nearest to `x`, for |x| within its normal range; smaller ones become zero.
std::uint16_t to_half(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude < 0x38800000u) return static_cast<std::uint16_t>(sign);
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
}

/// Scales to -127..127; returns the scale.
float quantize(const float* values, std::size_t n, std::int8_t* quants) {
  float greatest = 0;
  for (std::size_t i = 0; i < n; ++i) greatest = std::max(greatest, std::fabs(values[i]));
  const float scale = greatest / 127;
  for (std::size_t i = 0; i < n; ++i)
    quants[i] = static_cast<std::int8_t>(scale > 0 ? std::lround(values[i] / scale) : 0);
  return scale;
}

#if defined(__x86_64__)
/// What the compiler's own feature names do not cover in every version.
bool has_f16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
bool has_avx_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 4));
}
#endif

template <class Block>
Block quantize_block(const float*);

template <>
Activation32 quantize_block(const float* values) {
  Activation32 a{};
  a.scale = quantize(values, 32, a.quants);
  return a;
}

template <>
Activation256 quantize_block(const float* values) {
  Activation256 a{};
  a.scale = quantize(values, 256, a.quants);
  for (std::size_t i = 0; i < 256; ++i) {
    a.sums32[i / 32] = static_cast<std::int16_t>(a.sums32[i / 32] + a.quants[i]);
    a.sums16[i / 16] = static_cast<std::int16_t>(a.sums16[i / 16] + a.quants[i]);
  }
  return a;
}

template <class Block>
void quantize_all(const std::vector<float>& values, std::size_t block_values, std::vector<std::uint8_t>& out) {
  for (std::size_t i = 0; i * block_values < values.size(); ++i) {
    const Block b = quantize_block<Block>(values.data() + i * block_values);
    std::memcpy(out.data() + i * sizeof b, &b, sizeof b);
  }
}

}  // namespace

const Layout& layout(Format f) {
  static constexpr Layout layouts[format_count] = {{"F16", 32, 64, 64},
                                                   {"Q8_0", 32, sizeof(BlockQ8_0), sizeof(Activation32)},
                                                   {"Q4_0", 32, sizeof(BlockQ4_0), sizeof(Activation32)},
                                                   {"Q5_0", 32, sizeof(BlockQ5_0), sizeof(Activation32)},
                                                   {"Q4_K", 256, sizeof(BlockQ4_K), sizeof(Activation256)},
                                                   {"Q5_K", 256, sizeof(BlockQ5_K), sizeof(Activation256)},
                                                   {"Q6_K", 256, sizeof(BlockQ6_K), sizeof(Activation256)}};
  return layouts[static_cast<std::size_t>(f)];
}

std::vector<std::uint8_t> quantize_activations(Format f, const std::vector<float>& values, std::size_t columns) {
  const Layout& l = layout(f);
  std::vector<std::uint8_t> out(values.size() / columns * (columns / l.block_weights) * l.activation_bytes);
  if (f == Format::f16) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint16_t half = to_half(values[i]);
      std::memcpy(out.data() + 2 * i, &half, sizeof half);
    }
  } else if (l.block_weights == 32) {
    quantize_all<Activation32>(values, 32, out);
  } else {
    quantize_all<Activation256>(values, 256, out);
  }
  return out;
}

bool is_interleaved(Format f) { return f == Format::q4_0 || f == Format::q4_k; }

std::vector<std::uint8_t> arrange(Format f, const std::vector<std::uint8_t>& in, std::size_t rows, std::size_t blocks) {
  if (!is_interleaved(f)) return in;
  // Of each block the head (scales) and the quants are cut into pieces, and those of eight rows follow each other.
  const std::size_t block_B = layout(f).block_bytes,
                    piece_of_head = f == Format::q4_0 ? sizeof(BlockQ4_0::half_scale) : sizeof(BlockQ4_K::half_scale);
  const std::size_t scales = f == Format::q4_0 ? piece_of_head : 2 * piece_of_head;
  std::vector<std::uint8_t> out;
  out.reserve(in.size());
  for (std::size_t group = 0; group < rows; group += group_rows)
    for (std::size_t b = 0; b < blocks; ++b)
      for (std::size_t at = 0, piece = piece_of_head; at < block_B; at += piece) {
        if (at == scales) piece = 4;
        for (std::size_t r = 0; r < group_rows; ++r) {
          const auto* begin = in.data() + ((group + r) * blocks + b) * block_B + at;
          out.insert(out.end(), begin, begin + piece);
        }
      }
  return out;
}

std::vector<const Kernels*> available() {
  std::vector<const Kernels*> out;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2") && has_f16c();
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512cd");
  if (__builtin_cpu_supports("ssse3")) out.push_back(&kernels_ssse3);
  if (avx2) out.push_back(&kernels_avx2);
  if (avx2 && has_avx_vnni()) out.push_back(&kernels_avx_vnni);
  if (avx512) out.push_back(&kernels_avx512);
  if (avx512 && __builtin_cpu_supports("avx512vnni")) out.push_back(&kernels_avx512_vnni);
#elif defined(__aarch64__)
  out.push_back(&kernels_neon);
  if (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) out.push_back(&kernels_dotprod);
#endif
  return out;
}

}  // namespace edgewise::kernels
