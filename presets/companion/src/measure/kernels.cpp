#include "kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace edgewise::kernels {

#if defined(__x86_64__)
extern const Kernels kernels_sse42, kernels_avx2, kernels_avx_vnni, kernels_avx512, kernels_avx512_vnni;
#elif defined(__aarch64__)
extern const Kernels kernels_neon, kernels_dotprod, kernels_i8mm, kernels_sve2;
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

/// What to_half returns, in single precision again: normal or zero.
float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  return std::bit_cast<float>(magnitude == 0 ? sign : sign | ((magnitude << 13) + 0x38000000u));
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

namespace {

/// `pieces` times a piece of each of `rows` places that lie `stride` bytes apart.
void interleave(const std::uint8_t* from, std::size_t rows, std::size_t stride, std::size_t piece_B, std::size_t pieces,
                std::uint8_t*& to) {
  for (std::size_t i = 0; i < pieces; ++i)
    for (std::size_t r = 0; r < rows; ++r, to += piece_B) std::memcpy(to, from + r * stride + i * piece_B, piece_B);
}

/// Group `g` of 32 weights: its scale and its min.
std::pair<unsigned, unsigned> scale_and_min(const std::uint8_t (&packed)[12], std::size_t g) {
  if (g < 4) return {packed[g] & 63u, packed[g + 4] & 63u};
  const unsigned low = packed[g + 4], of_scale = packed[g - 4], of_min = packed[g];
  return {(low & 15u) | (of_scale >> 6) << 4, low >> 4 | (of_min >> 6) << 4};
}
void set_scale_and_min(std::uint8_t* packed, std::size_t g, std::pair<unsigned, unsigned> both) {
  const auto [scale, min] = both;
  if (g < 4) {
    packed[g] = static_cast<std::uint8_t>(packed[g] | scale);
    packed[g + 4] = static_cast<std::uint8_t>(packed[g + 4] | min);
  } else {
    packed[g + 4] = static_cast<std::uint8_t>((scale & 15u) | (min & 15u) << 4);
    packed[g - 4] = static_cast<std::uint8_t>(packed[g - 4] | (scale >> 4) << 6);
    packed[g] = static_cast<std::uint8_t>(packed[g] | (min >> 4) << 6);
  }
}

std::vector<std::uint8_t> widened(const std::vector<std::uint8_t>& halves) {
  std::vector<std::uint8_t> out(2 * halves.size());
  for (std::size_t i = 0; i < halves.size(); i += 2) {
    std::uint16_t half;
    std::memcpy(&half, halves.data() + i, sizeof half);
    const float x = from_half(half);
    std::memcpy(out.data() + 2 * i, &x, sizeof x);
  }
  return out;
}

}  // namespace

std::vector<std::uint8_t> arrange(const Interleave& how, Format f, const std::vector<std::uint8_t>& in,
                                  std::size_t rows, std::size_t blocks) {
  if (!how.any()) return in;
  const std::size_t block_B = layout(f).block_bytes, row_B = blocks * block_B;
  std::vector<std::uint8_t> out(in.size());
  std::uint8_t* to = out.data();
  for (std::size_t group = 0; group < rows; group += how.rows)
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::uint8_t* from = in.data() + group * row_B + b * block_B;
      const auto take = [&](std::size_t at, std::size_t bytes, std::size_t piece_B) {
        interleave(from + at, how.rows, row_B, piece_B, bytes / piece_B, to);
      };
      if (f == Format::q4_0 || f == Format::q8_0) {
        take(0, 2, 2);
        std::uint8_t* quants = to;
        take(2, block_B - 2, how.piece_B);
        if (how.signed_nibbles)
          std::transform(quants, to, quants, [](std::uint8_t x) { return static_cast<std::uint8_t>(x ^ 0x88); });
      } else if (f == Format::q6_k) {
        take(offsetof(BlockQ6_K, half_scale), 2, 2);
        take(offsetof(BlockQ6_K, scales), sizeof(BlockQ6_K::scales), 1);
        take(offsetof(BlockQ6_K, low), sizeof(BlockQ6_K::low), how.piece_B);
        take(offsetof(BlockQ6_K, high), sizeof(BlockQ6_K::high), how.piece_B);
      } else {
        static_assert(offsetof(BlockQ4_K, scales) == offsetof(BlockQ5_K, scales));
        take(0, 4, 2);
        for (std::size_t g = 0; g < 8; ++g, to += 12)
          for (std::size_t r = 0; r < how.rows; ++r)
            set_scale_and_min(to, r, scale_and_min(reinterpret_cast<const BlockQ4_K*>(from + r * row_B)->scales, g));
        if (f == Format::q5_k) take(offsetof(BlockQ5_K, fifth_bits), sizeof(BlockQ5_K::fifth_bits), how.piece_B);
        take(block_B - sizeof(BlockQ4_K::quants), sizeof(BlockQ4_K::quants), how.piece_B);
      }
    }
  return out;
}

std::vector<std::uint8_t> arrange_activations(const Interleave& how, Format f, const std::vector<std::uint8_t>& in,
                                              std::size_t tokens, std::size_t blocks) {
  if (how.single_precision && tokens > 1) return widened(in);
  if (!how.any()) return in;
  const std::size_t block_B = layout(f).activation_bytes, token_B = blocks * block_B;
  const auto quants_at = offsetof(Activation256, quants);
  static_assert(offsetof(Activation32, quants) == offsetof(Activation256, quants));
  std::vector<std::uint8_t> out(in.size());
  std::uint8_t* to = out.data();
  const std::size_t whole = tokens / interleaved_tokens * interleaved_tokens;
  for (std::size_t group = 0; group < whole; group += interleaved_tokens)
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::uint8_t* from = in.data() + group * token_B + b * block_B;
      interleave(from, interleaved_tokens, token_B, sizeof(float), 1, to);
      interleave(from + quants_at, interleaved_tokens, token_B, how.piece_B, layout(f).block_weights / how.piece_B, to);
      if (layout(f).block_weights == 256) {
        constexpr std::size_t four_sums = 4 * sizeof(std::int16_t);
        interleave(from + offsetof(Activation256, sums16), interleaved_tokens, token_B, four_sums, 4, to);
      }
    }
  out.resize(static_cast<std::size_t>(to - out.data()));
  out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(whole * token_B), in.end());
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
  if (__builtin_cpu_supports("sse4.2")) out.push_back(&kernels_sse42);
  if (avx2) out.push_back(&kernels_avx2);
  if (avx2 && has_avx_vnni()) out.push_back(&kernels_avx_vnni);
  if (avx512) out.push_back(&kernels_avx512);
  if (avx512 && __builtin_cpu_supports("avx512vnni")) out.push_back(&kernels_avx512_vnni);
#elif defined(__aarch64__)
  out.push_back(&kernels_neon);
  constexpr unsigned long dot_and_half = HWCAP_ASIMDDP | HWCAP_ASIMDHP | HWCAP_FPHP;
  const bool dotprod = (::getauxval(AT_HWCAP) & dot_and_half) == dot_and_half;
  if (dotprod) out.push_back(&kernels_dotprod);
  const bool i8mm = dotprod && (::getauxval(AT_HWCAP2) & HWCAP2_I8MM);
  if (i8mm) out.push_back(&kernels_i8mm);
  if (i8mm && (::getauxval(AT_HWCAP2) & HWCAP2_SVE2)) out.push_back(&kernels_sve2);
#endif
  return out;
}

}  // namespace edgewise::kernels
