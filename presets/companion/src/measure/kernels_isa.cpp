// The kernels of one instruction set. Compiled once for each, with that set's compiler flags and EDGEWISE_ISA as its
// name; `available()` picks at run time what the CPU can do. Highway's own dispatch knows no 8-bit dot-product
// instructions, and those are what the small formats live on.
#define HWY_COMPILE_ONLY_STATIC
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels.h"

namespace edgewise::kernels {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// 32 weights are one step of every quantized kernel: one vector of 32 bytes or two of 16.
using Bytes = hn::CappedTag<std::uint8_t, 32>;
using SignedBytes = hn::RebindToSigned<Bytes>;
using Words = hn::Repartition<std::int32_t, Bytes>;
using Floats = hn::Repartition<float, Bytes>;
using VBytes = hn::Vec<Bytes>;
using VSigned = hn::Vec<SignedBytes>;
using VWords = hn::Vec<Words>;
using VFloats = hn::Vec<Floats>;
constexpr std::size_t lanes = hn::MaxLanes(Bytes());
constexpr std::size_t parts = 32 / lanes;
constexpr std::size_t registers = HWY_ARCH_ARM_A64 || HWY_TARGET <= HWY_AVX3 ? 32 : 16;

// The compiler must believe that the value changes here, or it computes the product once and for all.
#if HWY_ARCH_X86
#define EDGEWISE_OPAQUE(v) asm volatile("" : "+x"((v).raw))
#else
#define EDGEWISE_OPAQUE(v) asm volatile("" : "+w"((v).raw))
#endif

// Loops over a few vectors must vanish: left as loops they would keep their sums in memory.
#if HWY_COMPILER_CLANG
#define EDGEWISE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define EDGEWISE_UNROLL _Pragma("GCC unroll 16")
#endif

// ---- sums of 8-bit products, four neighbours to a 32-bit lane ----
// Unsigned weights are at most 127 and activations at least -127: then no 16-bit pair sum saturates.

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
#if defined(__AVX512VNNI__)
  return VWords{_mm256_dpbusd_epi32(sum.raw, weights.raw, activations.raw)};
#elif defined(__AVXVNNI__)
  return VWords{_mm256_dpbusd_avx_epi32(sum.raw, weights.raw, activations.raw)};
#else
  const __m256i pairs = _mm256_maddubs_epi16(weights.raw, activations.raw);
  return VWords{_mm256_add_epi32(sum.raw, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
#endif
}
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
  return dot(sum, VBytes{_mm256_abs_epi8(weights.raw)}, VSigned{_mm256_sign_epi8(activations.raw, weights.raw)});
}
/// Activations without their signs, which the weights take over: so do engines with what they interleave.
struct Magnitudes {
  VBytes magnitudes;
#if defined(__AVX512BW__)
  __mmask32 negative;
#else
  VSigned activations;
#endif
};
HWY_INLINE Magnitudes magnitudes_of(VSigned activations) {
  const VBytes magnitudes{_mm256_abs_epi8(activations.raw)};
#if defined(__AVX512BW__)
  return {magnitudes, _mm256_movepi8_mask(activations.raw)};
#else
  return {magnitudes, activations};
#endif
}
HWY_INLINE VWords dot(VWords sum, VSigned weights, Magnitudes a) {
#if defined(__AVX512BW__)
  return dot(sum, a.magnitudes,
             VSigned{_mm256_mask_sub_epi8(weights.raw, a.negative, _mm256_setzero_si256(), weights.raw)});
#else
  return dot(sum, a.magnitudes, VSigned{_mm256_sign_epi8(weights.raw, a.activations.raw)});
#endif
}
/// Factors of 32 weights: one for the first 16 and one for the others.
struct GroupScale {
  __m256i factors;
};
HWY_INLINE GroupScale group_scale(int both) { return {_mm256_set1_epi16(static_cast<short>(both))}; }
/// Scales 2g and 2g + 1 of sixteen.
HWY_INLINE GroupScale group_scale(const std::int8_t* scales, std::size_t g) {
  const __m128i spread = _mm_add_epi8(_mm_set1_epi8(static_cast<char>(2 * g)),
                                      _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
  return {_mm256_cvtepi8_epi16(_mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(scales)), spread))};
}
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, GroupScale scales) {
  const __m256i scale = scales.factors;
  const __m256i pairs = _mm256_maddubs_epi16(weights.raw, activations.raw);
#if defined(__AVX512VNNI__)
  return VWords{_mm256_dpwssd_epi32(sum.raw, pairs, scale)};
#elif defined(__AVXVNNI__)
  return VWords{_mm256_dpwssd_avx_epi32(sum.raw, pairs, scale)};
#else
  return VWords{_mm256_add_epi32(sum.raw, _mm256_madd_epi16(pairs, scale))};
#endif
}
#elif HWY_ARCH_X86
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
  return VWords{
      _mm_add_epi32(sum.raw, _mm_madd_epi16(_mm_maddubs_epi16(weights.raw, activations.raw), _mm_set1_epi16(1)))};
}
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
  return dot(sum, VBytes{_mm_abs_epi8(weights.raw)}, VSigned{_mm_sign_epi8(activations.raw, weights.raw)});
}
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, int scale) {
  return VWords{_mm_add_epi32(sum.raw, _mm_madd_epi16(_mm_maddubs_epi16(weights.raw, activations.raw),
                                                      _mm_set1_epi16(static_cast<short>(scale))))};
}
#elif HWY_ARCH_ARM_A64
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
#if defined(__ARM_FEATURE_DOTPROD)
  return VWords(vdotq_s32(sum.raw, weights.raw, activations.raw));
#else
  const int16x8_t low = vmull_s8(vget_low_s8(weights.raw), vget_low_s8(activations.raw));
  const int16x8_t high = vmull_high_s8(weights.raw, activations.raw);
  return VWords(vpadalq_s16(sum.raw, vpaddq_s16(low, high)));
#endif
}
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
  return dot(sum, VSigned(vreinterpretq_s8_u8(weights.raw)), activations);
}
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, int scale) {
  return VWords(vmlaq_n_s32(sum.raw, dot(hn::Zero(Words()), weights, activations).raw, scale));
}
#endif

#if HWY_MAX_BYTES < 32
using Magnitudes = VSigned;
HWY_INLINE Magnitudes magnitudes_of(VSigned activations) { return activations; }
struct GroupScale {
  int first, second;
};
HWY_INLINE GroupScale group_scale(int both) { return {both, both}; }
HWY_INLINE GroupScale group_scale(const std::int8_t* scales, std::size_t g) {
  return {scales[2 * g], scales[2 * g + 1]};
}
#endif

// Small products, of weights below 16, may be summed in 16 bits first where that is one instruction less than sums in
// 32: so do engines on x86, whatever dot-product instructions it has. Eight sums of pairs fit.
HWY_INLINE VWords add_small(VWords sum, VBytes weights, VSigned activations) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return VWords{_mm256_add_epi16(sum.raw, _mm256_maddubs_epi16(weights.raw, activations.raw))};
#elif HWY_ARCH_X86
  return VWords{_mm_add_epi16(sum.raw, _mm_maddubs_epi16(weights.raw, activations.raw))};
#else
  return dot(sum, weights, activations);
#endif
}
HWY_INLINE VWords sum_small(VWords sums) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return VWords{_mm256_madd_epi16(sums.raw, _mm256_set1_epi16(1))};
#elif HWY_ARCH_X86
  return VWords{_mm_madd_epi16(sums.raw, _mm_set1_epi16(1))};
#else
  return sums;
#endif
}

HWY_INLINE float to_float(std::uint16_t half) {
#if defined(__F16C__)
  return _cvtsh_ss(half);
#elif HWY_ARCH_ARM_A64
  __fp16 x;
  std::memcpy(&x, &half, sizeof x);
  return static_cast<float>(x);
#else
  const std::uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  if (magnitude < 0x400u)
    return (sign ? -1.0f : 1.0f) * static_cast<float>(magnitude) / 16777216.0f;  // subnormal: units of 2^-24
  return std::bit_cast<float>(
      sign | ((magnitude << 13) + (magnitude < 0x7c00u ? 0x38000000u : 0x70000000u)));  // above: infinity
#endif
}

struct Group {
  VBytes part[parts];
};

HWY_INLINE Group load(const std::uint8_t* bytes) {
  Group g;
  EDGEWISE_UNROLL
  for (std::size_t p = 0; p < parts; ++p) g.part[p] = hn::LoadU(Bytes(), bytes + p * lanes);
  return g;
}

HWY_INLINE Group low_nibbles(const Group& g) {
  Group out;
  EDGEWISE_UNROLL
  for (std::size_t p = 0; p < parts; ++p) out.part[p] = hn::And(g.part[p], hn::Set(Bytes(), 15));
  return out;
}

HWY_INLINE Group high_nibbles(const Group& g) {
  Group out;
  EDGEWISE_UNROLL
  for (std::size_t p = 0; p < parts; ++p) out.part[p] = hn::ShiftRight<4>(g.part[p]);
  return out;
}

HWY_INLINE VSigned load_activations(const std::int8_t* a, std::size_t part) {
  return hn::LoadU(SignedBytes(), a + part * lanes);
}

HWY_INLINE VWords dot_group_scaled(VWords sum, const Group& weights, const std::int8_t* a, GroupScale scale) {
#if HWY_MAX_BYTES >= 32
  return dot_scaled(sum, weights.part[0], load_activations(a, 0), scale);
#else
  sum = dot_scaled(sum, weights.part[0], load_activations(a, 0), scale.first);
  return dot_scaled(sum, weights.part[1], load_activations(a, 1), scale.second);
#endif
}

HWY_INLINE float total(VFloats v) { return hn::GetLane(hn::SumOfLanes(Floats(), v)); }

// Sums of 16-bit products in 32 bits, eight at a time: removes the weights' offsets.
using Shorts = hn::FixedTag<std::int16_t, 8>;
using Offsets = hn::FixedTag<std::int32_t, 4>;
using OffsetFloats = hn::FixedTag<float, 4>;
HWY_INLINE hn::Vec<Offsets> multiply_pairs(hn::Vec<Shorts> a, hn::Vec<Shorts> b, hn::Vec<Offsets> sum) {
  auto other = hn::Zero(Offsets());
  sum = hn::ReorderWidenMulAccumulate(Offsets(), a, b, sum, other);
  return hn::Add(sum, other);
}

HWY_INLINE VFloats load_halves(const std::uint8_t* p, std::size_t i) {
  return hn::PromoteTo(Floats(),
                       hn::LoadU(hn::Rebind<hwy::float16_t, Floats>(), reinterpret_cast<const hwy::float16_t*>(p) + i));
}

// ---- R rows against T vectors of activations: weights are unpacked once for all T, activations loaded once for all R
// ----

template <Format F>
HWY_INLINE Group signed_weights(const std::uint8_t* row, std::size_t block, float& scale);

template <>
HWY_INLINE Group signed_weights<Format::q8_0>(const std::uint8_t* row, std::size_t block, float& scale) {
  const auto& w = reinterpret_cast<const BlockQ8_0*>(row)[block];
  scale = to_float(w.half_scale);
  return load(reinterpret_cast<const std::uint8_t*>(w.quants));
}

template <>
HWY_INLINE Group signed_weights<Format::q5_0>(const std::uint8_t* row, std::size_t block, float& scale) {
  alignas(32) static constexpr std::uint8_t byte_of[32] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                                                           2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3};
  alignas(32) static constexpr std::uint8_t bit_of[32] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                                                          1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const hn::CappedTag<std::uint8_t, 16> half;
  const auto& w = reinterpret_cast<const BlockQ5_0*>(row)[block];
  scale = to_float(w.half_scale);
  const auto packed = hn::LoadU(half, w.quants);
  const auto low = hn::And(packed, hn::Set(half, 15)), high = hn::ShiftRight<4>(packed);
#if HWY_MAX_BYTES >= 32
  const VBytes nibbles[1] = {hn::Combine(Bytes(), high, low)};
#else
  const VBytes nibbles[2] = {low, high};
#endif
  std::int32_t word;
  std::memcpy(&word, w.fifth_bits, sizeof word);
  const VBytes bits = hn::BitCast(Bytes(), hn::Set(Words(), word)), one = hn::Set(Bytes(), 1);
  Group out;
  EDGEWISE_UNROLL
  for (std::size_t p = 0; p < parts; ++p) {
    const VBytes bit = hn::And(hn::TableLookupBytes(bits, hn::LoadU(Bytes(), byte_of + p * lanes)),
                               hn::LoadU(Bytes(), bit_of + p * lanes));
    const VBytes missing =
        hn::Sub(hn::Min(bit, one), one);  // all ones where the fifth bit is not set: the weight is nibble - 16
    out.part[p] = hn::Or(nibbles[p], hn::And(missing, hn::Set(Bytes(), 0xf0)));
  }
  return out;
}

using Four = hn::FixedTag<float, 4>;
/// One of four factors in every lane.
HWY_INLINE VFloats repeat(hn::Vec<Four> four, std::size_t which) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  const __m128 x = which == 0   ? _mm_shuffle_ps(four.raw, four.raw, 0x00)
                   : which == 1 ? _mm_shuffle_ps(four.raw, four.raw, 0x55)
                   : which == 2 ? _mm_shuffle_ps(four.raw, four.raw, 0xaa)
                                : _mm_shuffle_ps(four.raw, four.raw, 0xff);
  return VFloats{_mm256_set_m128(x, x)};
#else
  return which == 0   ? hn::Broadcast<0>(four)
         : which == 1 ? hn::Broadcast<1>(four)
         : which == 2 ? hn::Broadcast<2>(four)
                      : hn::Broadcast<3>(four);
#endif
}

template <Format F, std::size_t R, std::size_t T>
struct Tile {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t row_B, std::size_t blocks,
                             const std::uint8_t* activations, std::size_t stride, float* out, std::size_t out_stride) {
    VFloats sum[R][T];
    EDGEWISE_UNROLL
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t t = 0; t < T; ++t) sum[r][t] = hn::Zero(Floats());
    for (std::size_t b = 0; b < blocks; ++b) {
      Group quants[R];
      float scales[4];
      EDGEWISE_UNROLL
      for (std::size_t r = 0; r < R; ++r) quants[r] = signed_weights<F>(weights + r * row_B, b, scales[r]);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation32*>(activations + t * stride)[b];
        const auto factors = hn::Mul(hn::LoadU(Four(), scales), hn::Set(Four(), a.scale));
        EDGEWISE_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
          VWords products = hn::Zero(Words());
          EDGEWISE_UNROLL
          for (std::size_t p = 0; p < parts; ++p)
            products = dot(products, hn::BitCast(SignedBytes(), quants[r].part[p]), load_activations(a.quants, p));
          sum[r][t] = hn::MulAdd(hn::ConvertTo(Floats(), products),
                                 R == 1 ? hn::Set(Floats(), scales[0] * a.scale) : repeat(factors, r), sum[r][t]);
        }
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t t = 0; t < T; ++t) out[t * out_stride + r] = total(sum[r][t]);
  }
};

template <std::size_t R, std::size_t T>
struct Tile<Format::f16, R, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t row_B, std::size_t blocks,
                             const std::uint8_t* activations, std::size_t stride, float* out, std::size_t out_stride) {
    // Two sums for each product, or the chain of additions would bind a single row.
    constexpr std::size_t step = hn::MaxLanes(Floats()), sums = R * T == 1 ? 2 : 1;
    VFloats sum[sums][R][T];
    EDGEWISE_UNROLL
    for (std::size_t c = 0; c < sums; ++c)
      for (std::size_t r = 0; r < R; ++r)
        for (std::size_t t = 0; t < T; ++t) sum[c][r][t] = hn::Zero(Floats());
    for (std::size_t i = 0; i < 32 * blocks; i += sums * step) {
      EDGEWISE_UNROLL
      for (std::size_t c = 0; c < sums; ++c) {
        VFloats w[R];
        EDGEWISE_UNROLL
        for (std::size_t r = 0; r < R; ++r) w[r] = load_halves(weights + r * row_B, i + c * step);
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < T; ++t) {
          const VFloats a = load_halves(activations + t * stride, i + c * step);
          EDGEWISE_UNROLL
          for (std::size_t r = 0; r < R; ++r) sum[c][r][t] = hn::MulAdd(w[r], a, sum[c][r][t]);
        }
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t t = 0; t < T; ++t)
        out[t * out_stride + r] = total(sums == 2 ? hn::Add(sum[0][r][t], sum[sums - 1][r][t]) : sum[0][r][t]);
  }
};

// ---- one row against one vector of activations ----

template <Format F>
struct Row;

template <>
struct Row<Format::q5_k> {
  static HWY_INLINE float run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
    VFloats sum = hn::Zero(Floats());
    float offset = 0;
    const auto* w = reinterpret_cast<const BlockQ5_K*>(weights);
    const auto* a = reinterpret_cast<const Activation256*>(activations);
    for (std::size_t b = 0; b < blocks; ++b) {
      // The first four scales and mins are six bits of their own; the last four have their low bits in the third
      // word and their high bits on top of the first four.
      std::uint32_t packed[3];
      std::memcpy(packed, w[b].scales, sizeof packed);
      std::uint8_t scales[8], mins[8];
      const std::uint32_t scale_words[2] = {packed[0] & 0x3f3f3f3fu,
                                            (packed[2] & 0x0f0f0f0fu) | ((packed[0] >> 2) & 0x30303030u)};
      const std::uint32_t min_words[2] = {packed[1] & 0x3f3f3f3fu,
                                          ((packed[2] >> 4) & 0x0f0f0f0fu) | ((packed[1] >> 2) & 0x30303030u)};
      std::memcpy(scales, scale_words, sizeof scales);
      std::memcpy(mins, min_words, sizeof mins);
      const auto mins16 = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::uint8_t, 8>(), mins));
      // Block by block to a single number, as engines do.
      const auto removed = multiply_pairs(mins16, hn::LoadU(Shorts(), a[b].sums32), hn::Zero(Offsets()));
      offset +=
          to_float(w[b].half_min) * a[b].scale * static_cast<float>(hn::GetLane(hn::SumOfLanes(Offsets(), removed)));

      VWords products = hn::Zero(Words());
      const Group bits = load(w[b].fifth_bits);
      const auto pair = [&]<std::size_t G>() {
        const Group both = load(w[b].quants + 32 * G);
        const std::int8_t* quants = a[b].quants + 64 * G;
        products =
            dot_group_scaled(products, with_fifth<2 * G>(low_nibbles(both), bits), quants, group_scale(scales[2 * G]));
        products = dot_group_scaled(products, with_fifth<2 * G + 1>(high_nibbles(both), bits), quants + 32,
                                    group_scale(scales[2 * G + 1]));
      };
      pair.template operator()<0>();
      pair.template operator()<1>();
      pair.template operator()<2>();
      pair.template operator()<3>();
      sum =
          hn::MulAdd(hn::ConvertTo(Floats(), products), hn::Set(Floats(), to_float(w[b].half_scale) * a[b].scale), sum);
    }
    return total(sum) - offset;
  }
  /// Bit `Which` of each byte becomes the weight's fifth.
  template <int Which>
  static HWY_INLINE Group with_fifth(const Group& nibbles, const Group& bits) {
    Group out;
    EDGEWISE_UNROLL
    for (std::size_t p = 0; p < parts; ++p) {
      const VBytes bit = hn::And(bits.part[p], hn::Set(Bytes(), 1 << Which));
      out.part[p] = hn::Or(nibbles.part[p], Which < 4 ? hn::ShiftLeft < Which < 4 ? 4 - Which : 0 > (bit)
                                            : hn::ShiftRight < Which < 4 ? 0
                                                                         : Which - 4 > (bit));
    }
    return out;
  }
};

template <>
struct Row<Format::q6_k> {
  static HWY_INLINE float run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
    VFloats sum = hn::Zero(Floats());
    auto offset = hn::Zero(OffsetFloats());
    const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
    const auto* a = reinterpret_cast<const Activation256*>(activations);
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::int8_t* scales = w[b].scales;
      const auto first_scales = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::int8_t, 8>(), scales));
      const auto last_scales = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::int8_t, 8>(), scales + 8));
      VWords products = hn::Zero(Words());
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        const Group low0 = load(w[b].low + 64 * half), low1 = load(w[b].low + 64 * half + 32),
                    high = load(w[b].high + 32 * half);
        // 128 weights: four groups of 32, whose high bits are the four bit pairs of the same 32 bytes.
        const Group quants[4] = {with_high<0>(low_nibbles(low0), high), with_high<1>(low_nibbles(low1), high),
                                 with_high<2>(high_nibbles(low0), high), with_high<3>(high_nibbles(low1), high)};
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 4; ++g)
          products = dot_group_scaled(products, quants[g], a[b].quants + 128 * half + 32 * g,
                                      group_scale(scales, 4 * half + g));
      }
      auto removed = multiply_pairs(first_scales, hn::LoadU(Shorts(), a[b].sums16), hn::Zero(Offsets()));
      removed = multiply_pairs(last_scales, hn::LoadU(Shorts(), a[b].sums16 + 8), removed);
      const float both = to_float(w[b].half_scale) * a[b].scale;
      sum = hn::MulAdd(hn::ConvertTo(Floats(), products), hn::Set(Floats(), both), sum);
      offset = hn::MulAdd(hn::ConvertTo(OffsetFloats(), removed), hn::Set(OffsetFloats(), 32 * both), offset);
    }
    return total(sum) - hn::GetLane(hn::SumOfLanes(OffsetFloats(), offset));
  }
  template <int Pair>
  static HWY_INLINE Group with_high(const Group& low, const Group& high) {
    Group out;
    EDGEWISE_UNROLL
    for (std::size_t p = 0; p < parts; ++p) {
      const VBytes bits = hn::And(hn::ShiftRight<2 * Pair>(high.part[p]), hn::Set(Bytes(), 3));
      out.part[p] = hn::Or(low.part[p], hn::ShiftLeft<4>(bits));
    }
    return out;
  }
};

// ---- eight interleaved rows against T vectors of activations: each 32-bit lane sums for one row ----

/// A number for each of the eight rows.
struct RowFloats {
  VFloats part[parts];
};
struct RowWords {
  VWords part[parts];
};

HWY_INLINE RowFloats load_row_halves(const std::uint8_t* p) {
  RowFloats out;
  EDGEWISE_UNROLL
  for (std::size_t i = 0; i < parts; ++i) out.part[i] = load_halves(p, i * hn::MaxLanes(Floats()));
  return out;
}

/// Four activations for every lane.
HWY_INLINE VSigned repeat(const std::int8_t* four) {
  std::int32_t word;
  std::memcpy(&word, four, sizeof word);
  return hn::BitCast(SignedBytes(), hn::Set(Words(), word));
}

/// The same from a vector of sixteen where engines shuffle registers instead of loading anew: a product more than half
/// as dear. On ARM the lane comes with the dot product.
HWY_INLINE VSigned repeat(const std::int8_t* sixteen, std::size_t which) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  const auto all = hn::LoadDup128(Words(), reinterpret_cast<const std::int32_t*>(sixteen));
  const VWords word = which == 0   ? hn::Broadcast<0>(all)
                      : which == 1 ? hn::Broadcast<1>(all)
                      : which == 2 ? hn::Broadcast<2>(all)
                                   : hn::Broadcast<3>(all);
  return hn::BitCast(SignedBytes(), word);
#else
  return repeat(sixteen + 4 * which);
#endif
}

template <std::size_t T>
HWY_INLINE void store(const RowFloats* sum, float* out, std::size_t out_stride) {
  for (std::size_t t = 0; t < T; ++t)
    for (std::size_t p = 0; p < parts; ++p)
      hn::StoreU(sum[t].part[p], Floats(), out + t * out_stride + p * hn::MaxLanes(Floats()));
}

template <Format F, std::size_t T>
struct RowGroup;

template <std::size_t T>
struct RowGroup<Format::q4_0, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations,
                             std::size_t stride, float* out, std::size_t out_stride) {
    // Nibbles become signed by a look-up, as engines do it: the offset then needs no sum of its own.
    alignas(16) static constexpr std::int8_t values[16] = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
    const auto table = hn::LoadDup128(SignedBytes(), values);
    RowFloats sum[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t p = 0; p < parts; ++p) sum[t].part[p] = hn::Zero(Floats());
    for (std::size_t b = 0; b < blocks; ++b, weights += group_rows * sizeof(BlockQ4_0)) {
      const RowFloats scale = load_row_halves(weights);
      const std::uint8_t* quants = weights + 2 * group_rows;
      RowWords products[T];
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t)
        for (std::size_t p = 0; p < parts; ++p) products[t].part[p] = hn::Zero(Words());
      EDGEWISE_UNROLL
      for (std::size_t v = 0; v < 4; ++v) {
        const Group packed = load(quants + 32 * v), low = low_nibbles(packed), high = high_nibbles(packed);
        EDGEWISE_UNROLL
        for (std::size_t p = 0; p < parts; ++p) {
          const VSigned first = hn::TableLookupBytes(table, hn::BitCast(SignedBytes(), low.part[p]));
          const VSigned second = hn::TableLookupBytes(table, hn::BitCast(SignedBytes(), high.part[p]));
          EDGEWISE_UNROLL
          for (std::size_t t = 0; t < T; ++t) {
            const auto& a = reinterpret_cast<const Activation32*>(activations + t * stride)[b];
            const VSigned with_first = repeat(a.quants, v), with_second = repeat(a.quants + 16, v);
            VWords& to = products[t].part[p];
            // Of many tokens engines turn the weights, of one the activations: the first is dearer.
            if constexpr (T > 1)
              to = dot(dot(to, first, magnitudes_of(with_first)), second, magnitudes_of(with_second));
            else
              to = dot(dot(to, first, with_first), second, with_second);
          }
        }
      }
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const VFloats of_activations =
            hn::Set(Floats(), reinterpret_cast<const Activation32*>(activations + t * stride)[b].scale);
        EDGEWISE_UNROLL
        for (std::size_t p = 0; p < parts; ++p)
          sum[t].part[p] = hn::MulAdd(hn::ConvertTo(Floats(), products[t].part[p]),
                                      hn::Mul(scale.part[p], of_activations), sum[t].part[p]);
      }
    }
    store<T>(sum, out, out_stride);
  }
};

template <std::size_t T>
struct RowGroup<Format::q4_k, T> {
  using Unsigned = hn::RebindToUnsigned<Words>;
  static HWY_INLINE VFloats byte(hn::Vec<Unsigned> words, int which) {
    return hn::ConvertTo(Floats(),
                         hn::BitCast(Words(), hn::And(hn::ShiftRightSame(words, 8 * which), hn::Set(Unsigned(), 255))));
  }
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations,
                             std::size_t stride, float* out, std::size_t out_stride) {
    RowFloats sum[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t p = 0; p < parts; ++p) sum[t].part[p] = hn::Zero(Floats());
    for (std::size_t b = 0; b < blocks; ++b, weights += group_rows * sizeof(BlockQ4_K)) {
      const RowFloats block_scale = load_row_halves(weights), block_min = load_row_halves(weights + 2 * group_rows);
      const std::uint8_t *six_bits = weights + 4 * group_rows, *quants = weights + 16 * group_rows;
      // Four scales and four mins to a word, one row to a lane.
      hn::Vec<Unsigned> scales[2][parts], mins[2][parts];
      EDGEWISE_UNROLL
      for (std::size_t p = 0; p < parts; ++p) {
        const auto word = [&](std::size_t i) {
          return hn::LoadU(Unsigned(), reinterpret_cast<const std::uint32_t*>(six_bits + 4 * group_rows * i) +
                                           p * hn::MaxLanes(Floats()));
        };
        const auto low = hn::Set(Unsigned(), 0x3f3f3f3fu), nibble = hn::Set(Unsigned(), 0x0f0f0f0fu),
                   top = hn::Set(Unsigned(), 0x30303030u);
        scales[0][p] = hn::And(word(0), low);
        mins[0][p] = hn::And(word(1), low);
        scales[1][p] = hn::Or(hn::And(word(2), nibble), hn::And(hn::ShiftRight<2>(word(0)), top));
        mins[1][p] = hn::Or(hn::And(hn::ShiftRight<4>(word(2)), nibble), hn::And(hn::ShiftRight<2>(word(1)), top));
      }
      EDGEWISE_UNROLL
      for (std::size_t g = 0; g < 4; ++g) {
        RowWords even[T], odd[T];
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < T; ++t)
          for (std::size_t p = 0; p < parts; ++p) even[t].part[p] = odd[t].part[p] = hn::Zero(Words());
        EDGEWISE_UNROLL
        for (std::size_t v = 0; v < 8; ++v) {
          const Group packed = load(quants + 32 * (8 * g + v)), low = low_nibbles(packed), high = high_nibbles(packed);
          EDGEWISE_UNROLL
          for (std::size_t t = 0; t < T; ++t) {
            const std::int8_t* a =
                reinterpret_cast<const Activation256*>(activations + t * stride)[b].quants + 64 * g + 4 * v;
            const VSigned first = repeat(a), second = repeat(a + 32);
            EDGEWISE_UNROLL
            for (std::size_t p = 0; p < parts; ++p) {
              even[t].part[p] = add_small(even[t].part[p], low.part[p], first);
              odd[t].part[p] = add_small(odd[t].part[p], high.part[p], second);
            }
          }
        }
        EDGEWISE_UNROLL
        for (std::size_t p = 0; p < parts; ++p) {
          const int which = static_cast<int>(2 * g % 4);
          const VFloats first = hn::Mul(block_scale.part[p], byte(scales[g / 2][p], which)),
                        second = hn::Mul(block_scale.part[p], byte(scales[g / 2][p], which + 1));
          const VFloats first_min = hn::Mul(block_min.part[p], byte(mins[g / 2][p], which)),
                        second_min = hn::Mul(block_min.part[p], byte(mins[g / 2][p], which + 1));
          EDGEWISE_UNROLL
          for (std::size_t t = 0; t < T; ++t) {
            const auto& a = reinterpret_cast<const Activation256*>(activations + t * stride)[b];
            VFloats x = hn::Mul(hn::ConvertTo(Floats(), sum_small(even[t].part[p])), first);
            x = hn::MulAdd(hn::ConvertTo(Floats(), sum_small(odd[t].part[p])), second, x);
            x = hn::NegMulAdd(hn::Set(Floats(), static_cast<float>(a.sums32[2 * g])), first_min, x);
            x = hn::NegMulAdd(hn::Set(Floats(), static_cast<float>(a.sums32[2 * g + 1])), second_min, x);
            sum[t].part[p] = hn::MulAdd(x, hn::Set(Floats(), a.scale), sum[t].part[p]);
          }
        }
      }
    }
    store<T>(sum, out, out_stride);
  }
};

template <Format F>
void dot_rows(const void* weights, std::size_t rows, std::size_t blocks, const void* activations, std::size_t tokens,
              float* out) {
  constexpr bool by_256 = F == Format::q4_k || F == Format::q5_k || F == Format::q6_k;
  constexpr std::size_t block_bytes = F == Format::f16    ? 64
                                      : F == Format::q8_0 ? sizeof(BlockQ8_0)
                                      : F == Format::q4_0 ? sizeof(BlockQ4_0)
                                      : F == Format::q5_0 ? sizeof(BlockQ5_0)
                                      : F == Format::q4_k ? sizeof(BlockQ4_K)
                                      : F == Format::q5_k ? sizeof(BlockQ5_K)
                                                          : sizeof(BlockQ6_K);
  constexpr std::size_t activation_bytes = F == Format::f16 ? 64
                                           : by_256         ? sizeof(Activation256)
                                                            : sizeof(Activation32);
  constexpr bool interleaved = F == Format::q4_0 || F == Format::q4_k;
  // Engines multiply tiles of what they interleave and of what is a plain number; the rest row by row and token by
  // token.
  constexpr bool tiled = !by_256 && !interleaved;
  constexpr std::size_t tile = !tiled && !interleaved ? 1 : F != Format::f16 && tiled && registers < 32 ? 2 : 4;
  const auto* w = static_cast<const std::uint8_t*>(weights);
  const auto* a = static_cast<const std::uint8_t*>(activations);
  const std::size_t stride = blocks * activation_bytes, row_B = blocks * block_bytes;
  const auto run = [&]<std::size_t T>(std::size_t token) {
    float* to = out + token * rows;
    const std::uint8_t* of_token = a + token * stride;
    if constexpr (interleaved) {
      for (std::size_t r = 0; r < rows; r += group_rows)
        RowGroup<F, T>::run(w + r * row_B, blocks, of_token, stride, to + r, rows);
    } else if constexpr (tiled) {
      constexpr std::size_t high = T == 1 ? 1 : F == Format::f16 ? 2 : 4;
      for (std::size_t r = 0; r < rows; r += high)
        Tile<F, high, T>::run(w + r * row_B, row_B, blocks, of_token, stride, to + r, rows);
    } else {
      for (std::size_t r = 0; r < rows; ++r) to[r] = Row<F>::run(w + r * row_B, blocks, of_token);
    }
  };
  std::size_t token = 0;
  for (; token + tile <= tokens; token += tile) run.template operator()<tile>(token);
  for (; token < tokens; ++token) run.template operator()<1>(token);
}

// ---- what lies between the products ----

void normalize(const float* values, std::size_t n, float* out) {
  constexpr std::size_t step = hn::MaxLanes(Floats());
  VFloats even = hn::Zero(Floats()), odd = even;
  for (std::size_t i = 0; i < n; i += 2 * step) {
    const VFloats a = hn::LoadU(Floats(), values + i), b = hn::LoadU(Floats(), values + i + step);
    even = hn::MulAdd(a, a, even);
    odd = hn::MulAdd(b, b, odd);
  }
  const VFloats scale = hn::Set(Floats(), 1 / std::sqrt(total(hn::Add(even, odd)) / static_cast<float>(n) + 1e-6f));
  for (std::size_t i = 0; i < n; i += step)
    hn::StoreU(hn::Mul(hn::LoadU(Floats(), values + i), scale), Floats(), out + i);
}

void quantize(const float* values, std::size_t n, Activation32* out) {
  constexpr std::size_t step = hn::MaxLanes(Floats());
  const hn::Rebind<std::int16_t, Floats> shorts;
  const hn::Rebind<std::int8_t, Floats> bytes;
  for (std::size_t b = 0; b < n / 32; ++b, values += 32) {
    VFloats greatest = hn::Zero(Floats());
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 32; i += step) greatest = hn::Max(greatest, hn::Abs(hn::LoadU(Floats(), values + i)));
    const float most = hn::GetLane(hn::MaxOfLanes(Floats(), greatest));
    out[b].scale = most / 127;
    const VFloats inverse = hn::Set(Floats(), most > 0 ? 127 / most : 0.0f);
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 32; i += step)
      hn::StoreU(
          hn::DemoteTo(bytes, hn::DemoteTo(shorts, hn::NearestInt(hn::Mul(hn::LoadU(Floats(), values + i), inverse)))),
          bytes, out[b].quants + i);
  }
}

void gate(const float* gates, const float* values, std::size_t n, float* out) {
  constexpr std::size_t step = hn::MaxLanes(Floats());
  const VFloats one = hn::Set(Floats(), 1);
  for (std::size_t i = 0; i < n; i += step) {
    const VFloats x = hn::LoadU(Floats(), gates + i);
    const VFloats silu = hn::Div(x, hn::Add(one, hn::Exp(Floats(), hn::Neg(x))));
    hn::StoreU(hn::Mul(silu, hn::LoadU(Floats(), values + i)), Floats(), out + i);
  }
}

// ---- attention ----

void attend(const std::uint16_t* query, const std::uint16_t* keys, const std::uint16_t* values, std::size_t positions,
            std::size_t head_dim, std::size_t stride, float* out) {
  const hn::Rebind<hwy::float16_t, Floats> halves;
  constexpr std::size_t step = hn::MaxLanes(Floats());
  const auto bytes = [](const std::uint16_t* p) { return reinterpret_cast<const std::uint8_t*>(p); };
  auto* sums = reinterpret_cast<hwy::float16_t*>(out);  // half precision until the end
  for (std::size_t d = 0; d < head_dim; d += step)
    hn::StoreU(hn::DemoteTo(halves, hn::Zero(Floats())), halves, sums + d);
  const float shrink = 1 / std::sqrt(static_cast<float>(head_dim));
  float greatest = -std::numeric_limits<float>::infinity(), weight_sum = 0;
  for (std::size_t i = 0; i < positions; ++i) {
    VFloats even = hn::Zero(Floats()), odd = even;
    for (std::size_t d = 0; d < head_dim; d += 2 * step) {
      even = hn::MulAdd(load_halves(bytes(query), d), load_halves(bytes(keys + i * stride), d), even);
      odd = hn::MulAdd(load_halves(bytes(query), d + step), load_halves(bytes(keys + i * stride), d + step), odd);
    }
    const float score = shrink * total(hn::Add(even, odd));
    float weight = 1;
    if (score > greatest) {
      const float smaller = std::exp(greatest - score);
      greatest = score;
      weight_sum *= smaller;
      for (std::size_t d = 0; d < head_dim; d += step)
        hn::StoreU(hn::DemoteTo(halves, hn::Mul(load_halves(reinterpret_cast<const std::uint8_t*>(sums), d),
                                                hn::Set(Floats(), smaller))),
                   halves, sums + d);
    } else {
      weight = std::exp(score - greatest);
    }
    weight_sum += weight;
    for (std::size_t d = 0; d < head_dim; d += step)
      hn::StoreU(hn::DemoteTo(halves, hn::MulAdd(load_halves(bytes(values + i * stride), d), hn::Set(Floats(), weight),
                                                 load_halves(reinterpret_cast<const std::uint8_t*>(sums), d))),
                 halves, sums + d);
  }
  // From the end, because both lie in the same place.
  for (std::size_t d = head_dim; d > 0; d -= step)
    hn::StoreU(
        hn::Mul(load_halves(reinterpret_cast<const std::uint8_t*>(sums), d - step), hn::Set(Floats(), 1 / weight_sum)),
        Floats(), out + d - step);
}

// Engines multiply these in the widest vectors that there are.
using Wide = hn::ScalableTag<float>;

/// c[rows x columns] += a[rows x inner] b[inner x columns], `rows` and the columns' vectors being multiples of four.
HWY_INLINE void multiply_add(float* c, const float* a, const float* b, std::size_t rows, std::size_t inner,
                             std::size_t columns) {
  constexpr std::size_t step = hn::MaxLanes(Wide()), high = 4, wide = registers / 8;
  for (std::size_t r = 0; r < rows; r += high)
    for (std::size_t n = 0; n < columns; n += wide * step) {
      hn::Vec<Wide> sum[high][wide];
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < high; ++i)
        for (std::size_t j = 0; j < wide; ++j) sum[i][j] = hn::LoadU(Wide(), c + (r + i) * columns + n + j * step);
      for (std::size_t k = 0; k < inner; ++k) {
        hn::Vec<Wide> right[wide];
        EDGEWISE_UNROLL
        for (std::size_t j = 0; j < wide; ++j) right[j] = hn::LoadU(Wide(), b + k * columns + n + j * step);
        EDGEWISE_UNROLL
        for (std::size_t i = 0; i < high; ++i) {
          const auto left = hn::Set(Wide(), a[(r + i) * inner + k]);
          EDGEWISE_UNROLL
          for (std::size_t j = 0; j < wide; ++j) sum[i][j] = hn::MulAdd(left, right[j], sum[i][j]);
        }
      }
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < high; ++i)
        for (std::size_t j = 0; j < wide; ++j) hn::StoreU(sum[i][j], Wide(), c + (r + i) * columns + n + j * step);
    }
}

void attend_many(const float* queries, const std::uint16_t* keys, const std::uint16_t* values,
                 const std::uint16_t* mask, std::size_t positions, std::size_t head_dim, std::size_t stride,
                 float* scratch, float* out) {
  constexpr std::size_t tile = attention_tile, step = hn::MaxLanes(Floats());
  constexpr float none = -std::numeric_limits<float>::infinity();
  float *turned_keys = scratch, *wide_values = scratch + tile * head_dim, *scores = wide_values + tile * head_dim,
        *hidden = scores + tile * tile;
  float greatest[tile], weight_sum[tile];
  std::fill(greatest, greatest + tile, none);
  std::fill(weight_sum, weight_sum + tile, 0.0f);
  std::fill(out, out + tile * head_dim, 0.0f);
  const float shrink = 1 / std::sqrt(static_cast<float>(head_dim));
  for (std::size_t begin = 0; begin < positions; begin += tile) {
    // The mask is widened and the keys are turned one by one, as engines do: a good part of the time.
    bool visible = false;
    for (std::size_t q = 0; q < tile; ++q)
      for (std::size_t i = 0; i < tile; ++i) {
        hidden[q * tile + i] = to_float(mask[q * positions + begin + i]);
        if (hidden[q * tile + i] != none) visible = true;
      }
    if (!visible) continue;
    for (std::size_t i = 0; i < tile; ++i)
      for (std::size_t d = 0; d < head_dim; ++d) turned_keys[d * tile + i] = to_float(keys[(begin + i) * stride + d]);
    for (std::size_t i = 0; i < tile; ++i)
      for (std::size_t d = 0; d < head_dim; d += step)
        hn::StoreU(load_halves(reinterpret_cast<const std::uint8_t*>(values + (begin + i) * stride), d), Floats(),
                   wide_values + i * head_dim + d);
    std::fill(scores, scores + tile * tile, 0.0f);
    multiply_add(scores, queries, turned_keys, tile, head_dim, tile);
    for (std::size_t i = 0; i < tile * tile; i += step)
      hn::StoreU(hn::Mul(hn::LoadU(Floats(), scores + i), hn::Set(Floats(), shrink)), Floats(), scores + i);
    for (std::size_t i = 0; i < tile * tile; i += step)
      hn::StoreU(hn::Add(hn::LoadU(Floats(), scores + i), hn::LoadU(Floats(), hidden + i)), Floats(), scores + i);
    for (std::size_t q = 0; q < tile; ++q) {
      float* row = scores + q * tile;
      auto most = hn::Set(Floats(), greatest[q]);
      for (std::size_t i = 0; i < tile; i += step) most = hn::Max(most, hn::LoadU(Floats(), row + i));
      const float peak = hn::GetLane(hn::MaxOfLanes(Floats(), most));
      if (peak == none) {
        std::fill(row, row + tile, 0.0f);
        continue;
      }
      if (peak > greatest[q]) {
        const float smaller = std::exp(greatest[q] - peak);
        greatest[q] = peak;
        weight_sum[q] *= smaller;
        for (std::size_t d = 0; d < head_dim; d += step)
          hn::StoreU(hn::Mul(hn::LoadU(Floats(), out + q * head_dim + d), hn::Set(Floats(), smaller)), Floats(),
                     out + q * head_dim + d);
      }
      auto weights = hn::Zero(Floats());
      for (std::size_t i = 0; i < tile; i += step) {
        const auto weight = hn::Exp(Floats(), hn::Sub(hn::LoadU(Floats(), row + i), hn::Set(Floats(), peak)));
        hn::StoreU(weight, Floats(), row + i);
        weights = hn::Add(weights, weight);
      }
      weight_sum[q] += total(weights);
    }
    multiply_add(out, scores, wide_values, tile, tile, head_dim);
  }
  for (std::size_t q = 0; q < tile; ++q)
    for (std::size_t d = 0; d < head_dim; d += step)
      hn::StoreU(hn::Mul(hn::LoadU(Floats(), out + q * head_dim + d), hn::Set(Floats(), 1 / weight_sum[q])), Floats(),
                 out + q * head_dim + d);
}

std::uint64_t read(const void* data, std::size_t bytes) {
  const hn::CappedTag<std::uint64_t, 4> d;  // wider loads were found to bring a tenth less from memory
  constexpr std::size_t n = hn::MaxLanes(d);
  const auto* p = static_cast<const std::uint64_t*>(data);
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (std::size_t i = 0; i < bytes / 8; i += 8 * n) {
    s0 = hn::Add(s0, hn::Add(hn::LoadU(d, p + i), hn::LoadU(d, p + i + n)));
    s1 = hn::Add(s1, hn::Add(hn::LoadU(d, p + i + 2 * n), hn::LoadU(d, p + i + 3 * n)));
    s2 = hn::Add(s2, hn::Add(hn::LoadU(d, p + i + 4 * n), hn::LoadU(d, p + i + 5 * n)));
    s3 = hn::Add(s3, hn::Add(hn::LoadU(d, p + i + 6 * n), hn::LoadU(d, p + i + 7 * n)));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

// Ten chains hide the latency of every core known and leave registers for the operands.
constexpr std::size_t chains = 10;

float fma(std::size_t steps) {
  const hn::ScalableTag<float> d;
  auto a = hn::Set(d, 0.999f), b = hn::Set(d, 0.001f);
  EDGEWISE_OPAQUE(a);
  EDGEWISE_OPAQUE(b);
  hn::Vec<decltype(d)> sum[chains];
  EDGEWISE_UNROLL
  for (std::size_t i = 0; i < chains; ++i) sum[i] = hn::Set(d, static_cast<float>(i));
  for (std::size_t step = 0; step < steps; ++step) EDGEWISE_UNROLL
  for (std::size_t i = 0; i < chains; ++i) sum[i] = hn::MulAdd(sum[i], a, b);
  EDGEWISE_UNROLL
  for (std::size_t i = 1; i < chains; ++i) sum[0] = hn::Add(sum[0], sum[i]);
  return hn::GetLane(hn::SumOfLanes(d, sum[0]));
}

std::int32_t int8(std::size_t steps) {
  // Eight different products, or the compiler shares their first half.
  VBytes weights[2];
  VSigned activations[4];
  for (std::size_t i = 0; i < 2; ++i) weights[i] = hn::Set(Bytes(), static_cast<std::uint8_t>(3 + i));
  for (std::size_t i = 0; i < 4; ++i)
    activations[i] = hn::Set(SignedBytes(), static_cast<std::int8_t>(static_cast<int>(i) - 2));
  for (auto& a : activations) EDGEWISE_OPAQUE(a);
  VWords sum[8];
  EDGEWISE_UNROLL
  for (std::size_t i = 0; i < 8; ++i) sum[i] = hn::Zero(Words());
  for (std::size_t step = 0; step < steps; ++step) {
    EDGEWISE_OPAQUE(weights[0]);
    EDGEWISE_OPAQUE(weights[1]);
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 8; ++i) sum[i] = dot(sum[i], weights[i / 4], activations[i % 4]);
  }
  EDGEWISE_UNROLL
  for (std::size_t i = 1; i < 8; ++i) sum[0] = hn::Add(sum[0], sum[i]);
  return hn::GetLane(hn::SumOfLanes(Words(), sum[0]));
}

}  // namespace

#define EDGEWISE_JOIN2(a, b) a##b
#define EDGEWISE_JOIN(a, b) EDGEWISE_JOIN2(a, b)
#define EDGEWISE_TEXT2(a) #a
#define EDGEWISE_TEXT(a) EDGEWISE_TEXT2(a)

extern const Kernels EDGEWISE_JOIN(kernels_, EDGEWISE_ISA);
const Kernels EDGEWISE_JOIN(kernels_, EDGEWISE_ISA) = {
    EDGEWISE_TEXT(EDGEWISE_ISA),
    read,
    {dot_rows<Format::f16>, dot_rows<Format::q8_0>, dot_rows<Format::q4_0>, dot_rows<Format::q5_0>,
     dot_rows<Format::q4_k>, dot_rows<Format::q5_k>, dot_rows<Format::q6_k>},
    normalize,
    quantize,
    gate,
    attend,
    attend_many,
    fma,
    2.0 * chains* hn::MaxLanes(hn::ScalableTag<float>()),
    int8,
    2.0 * 8 * lanes};

}  // namespace edgewise::kernels
