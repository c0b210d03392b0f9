// The kernels of one instruction set. Compiled once for each, with that set's compiler flags and EDGEWISE_ISA as its
// name; `available()` picks at run time what the CPU can do. Highway's own dispatch knows no 8-bit dot-product
// instructions, and those are what the small formats live on.
#define HWY_COMPILE_ONLY_STATIC
#include <hwy/highway.h>

#include <bit>
#include <cstring>

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

// ---- sums of 8-bit products, four to a 32-bit lane ----
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
/// The first 16 products times `first`, the others times `second`.
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, int first, int second) {
  const __m256i scale = _mm256_setr_m128i(_mm_set1_epi16(static_cast<short>(first)), _mm_set1_epi16(static_cast<short>(second)));
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
  return VWords{_mm_add_epi32(sum.raw, _mm_madd_epi16(_mm_maddubs_epi16(weights.raw, activations.raw), _mm_set1_epi16(1)))};
}
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
  return dot(sum, VBytes{_mm_abs_epi8(weights.raw)}, VSigned{_mm_sign_epi8(activations.raw, weights.raw)});
}
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, int scale) {
  return VWords{_mm_add_epi32(sum.raw, _mm_madd_epi16(_mm_maddubs_epi16(weights.raw, activations.raw), _mm_set1_epi16(static_cast<short>(scale))))};
}
#elif HWY_ARCH_ARM_A64
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
#if defined(__ARM_FEATURE_DOTPROD)
  return VWords(vdotq_s32(sum.raw, weights.raw, activations.raw));
#else
  const int16x8_t low = vmull_s8(vget_low_s8(weights.raw), vget_low_s8(activations.raw));
  const int16x8_t high = vmull_high_s8(weights.raw, activations.raw);
  return VWords(vpadalq_s16(vpadalq_s16(sum.raw, low), high));
#endif
}
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
  return dot(sum, VSigned(vreinterpretq_s8_u8(weights.raw)), activations);
}
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, int scale) {
  return VWords(vmlaq_n_s32(sum.raw, dot(hn::Zero(Words()), weights, activations).raw, scale));
}
#endif

HWY_INLINE float to_float(std::uint16_t half) {
#if defined(__F16C__)
  return _cvtsh_ss(half);
#elif HWY_ARCH_ARM_A64
  __fp16 x;
  std::memcpy(&x, &half, sizeof x);
  return static_cast<float>(x);
#else
  const std::uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  if (magnitude < 0x400u) return (sign ? -1.0f : 1.0f) * static_cast<float>(magnitude) / 16777216.0f;  // subnormal: units of 2^-24
  return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
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

HWY_INLINE VSigned load_activations(const std::int8_t* a, std::size_t part) { return hn::LoadU(SignedBytes(), a + part * lanes); }

HWY_INLINE VWords dot_group(const Group& weights, const std::int8_t* a) {
  VWords sum = hn::Zero(Words());
  EDGEWISE_UNROLL
  for (std::size_t p = 0; p < parts; ++p) sum = dot(sum, weights.part[p], load_activations(a, p));
  return sum;
}

HWY_INLINE VWords dot_group_scaled(VWords sum, const Group& weights, const std::int8_t* a, int first, int second) {
#if HWY_MAX_BYTES >= 32
  return dot_scaled(sum, weights.part[0], load_activations(a, 0), first, second);
#else
  sum = dot_scaled(sum, weights.part[0], load_activations(a, 0), first);
  return dot_scaled(sum, weights.part[1], load_activations(a, 1), second);
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

// ---- one row against T vectors of activations: the weights are unpacked once for all T ----

template <Format F, std::size_t T>
struct Row;

template <std::size_t T>
struct Row<Format::f16, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations, std::size_t stride, float* out) {
    const hn::Rebind<hwy::float16_t, Floats> halves;
    constexpr std::size_t step = hn::MaxLanes(Floats());
    // Two sums per vector, or the chain of additions would bind.
    VFloats even[T], odd[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) even[t] = odd[t] = hn::Zero(Floats());
    const auto at = [&](const std::uint8_t* p, std::size_t i) {
      return hn::PromoteTo(Floats(), hn::LoadU(halves, reinterpret_cast<const hwy::float16_t*>(p) + i));
    };
    for (std::size_t i = 0; i < 32 * blocks; i += 2 * step) {
      const VFloats w0 = at(weights, i), w1 = at(weights, i + step);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        even[t] = hn::MulAdd(w0, at(activations + t * stride, i), even[t]);
        odd[t] = hn::MulAdd(w1, at(activations + t * stride, i + step), odd[t]);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) out[t] = total(hn::Add(even[t], odd[t]));
  }
};

template <std::size_t T>
struct Row<Format::q8_0, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations, std::size_t stride, float* out) {
    VFloats sum[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) sum[t] = hn::Zero(Floats());
    const auto* w = reinterpret_cast<const BlockQ8_0*>(weights);
    for (std::size_t b = 0; b < blocks; ++b) {
      VSigned quants[parts];
      EDGEWISE_UNROLL
      for (std::size_t p = 0; p < parts; ++p) quants[p] = hn::LoadU(SignedBytes(), w[b].quants + p * lanes);
      const float scale = to_float(w[b].half_scale);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation32*>(activations + t * stride)[b];
        VWords products = hn::Zero(Words());
        EDGEWISE_UNROLL
        for (std::size_t p = 0; p < parts; ++p) products = dot(products, quants[p], load_activations(a.quants, p));
        sum[t] = hn::MulAdd(hn::ConvertTo(Floats(), products), hn::Set(Floats(), scale * a.scale), sum[t]);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) out[t] = total(sum[t]);
  }
};

template <std::size_t T>
struct Row<Format::q4_0, T> {
  static HWY_INLINE Group unpack(const std::uint8_t* bytes) {
    const hn::CappedTag<std::uint8_t, 16> half;
    const auto packed = hn::LoadU(half, bytes);
    const auto low = hn::And(packed, hn::Set(half, 15)), high = hn::ShiftRight<4>(packed);
    Group g;
#if HWY_MAX_BYTES >= 32
    g.part[0] = hn::Combine(Bytes(), high, low);
#else
    g.part[0] = low;
    g.part[1] = high;
#endif
    return g;
  }
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations, std::size_t stride, float* out) {
    VFloats sum[T];
    float offset[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
      sum[t] = hn::Zero(Floats());
      offset[t] = 0;
    }
    const auto* w = reinterpret_cast<const BlockQ4_0*>(weights);
    for (std::size_t b = 0; b < blocks; ++b) {
      const Group quants = unpack(w[b].quants);
      const float scale = to_float(w[b].half_scale);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation32*>(activations + t * stride)[b];
        const float both = scale * a.scale;
        sum[t] = hn::MulAdd(hn::ConvertTo(Floats(), dot_group(quants, a.quants)), hn::Set(Floats(), both), sum[t]);
        offset[t] += both * static_cast<float>(8 * a.sum);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) out[t] = total(sum[t]) - offset[t];
  }
};

template <std::size_t T>
struct Row<Format::q4_k, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations, std::size_t stride, float* out) {
    VFloats sum[T];
    hn::Vec<OffsetFloats> offset[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
      sum[t] = hn::Zero(Floats());
      offset[t] = hn::Zero(OffsetFloats());
    }
    const auto* w = reinterpret_cast<const BlockQ4_K*>(weights);
    for (std::size_t b = 0; b < blocks; ++b) {
      // The first four scales and mins are six bits of their own; the last four have their low bits in the third
      // word and their high bits on top of the first four.
      std::uint32_t packed[3];
      std::memcpy(packed, w[b].scales, sizeof packed);
      std::uint8_t scales[8], mins[8];
      const std::uint32_t scale_words[2] = {packed[0] & 0x3f3f3f3fu, (packed[2] & 0x0f0f0f0fu) | ((packed[0] >> 2) & 0x30303030u)};
      const std::uint32_t min_words[2] = {packed[1] & 0x3f3f3f3fu, ((packed[2] >> 4) & 0x0f0f0f0fu) | ((packed[1] >> 2) & 0x30303030u)};
      std::memcpy(scales, scale_words, sizeof scales);
      std::memcpy(mins, min_words, sizeof mins);
      const auto mins16 = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::uint8_t, 8>(), mins));
      const float scale = to_float(w[b].half_scale), min = to_float(w[b].half_min);

      VWords products[T];
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) products[t] = hn::Zero(Words());
      EDGEWISE_UNROLL
      for (std::size_t g = 0; g < 4; ++g) {
        const Group both = load(w[b].quants + 32 * g);
        const Group low = low_nibbles(both), high = high_nibbles(both);
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < T; ++t) {
          const std::int8_t* a = reinterpret_cast<const Activation256*>(activations + t * stride)[b].quants + 64 * g;
          products[t] = dot_group_scaled(products[t], low, a, scales[2 * g], scales[2 * g]);
          products[t] = dot_group_scaled(products[t], high, a + 32, scales[2 * g + 1], scales[2 * g + 1]);
        }
      }
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation256*>(activations + t * stride)[b];
        const auto removed = multiply_pairs(mins16, hn::LoadU(Shorts(), a.sums32), hn::Zero(Offsets()));
        sum[t] = hn::MulAdd(hn::ConvertTo(Floats(), products[t]), hn::Set(Floats(), scale * a.scale), sum[t]);
        offset[t] = hn::MulAdd(hn::ConvertTo(OffsetFloats(), removed), hn::Set(OffsetFloats(), min * a.scale), offset[t]);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) out[t] = total(sum[t]) - hn::GetLane(hn::SumOfLanes(OffsetFloats(), offset[t]));
  }
};

template <std::size_t T>
struct Row<Format::q6_k, T> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations, std::size_t stride, float* out) {
    VFloats sum[T];
    hn::Vec<OffsetFloats> offset[T];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
      sum[t] = hn::Zero(Floats());
      offset[t] = hn::Zero(OffsetFloats());
    }
    const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::int8_t* scales = w[b].scales;
      const auto first_scales = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::int8_t, 8>(), scales));
      const auto last_scales = hn::PromoteTo(Shorts(), hn::LoadU(hn::FixedTag<std::int8_t, 8>(), scales + 8));
      const float scale = to_float(w[b].half_scale);

      VWords products[T];
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) products[t] = hn::Zero(Words());
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        const Group low0 = load(w[b].low + 64 * half), low1 = load(w[b].low + 64 * half + 32), high = load(w[b].high + 32 * half);
        // 128 weights: four groups of 32, whose high bits are the four bit pairs of the same 32 bytes.
        const Group quants[4] = {with_high<0>(low_nibbles(low0), high), with_high<1>(low_nibbles(low1), high),
                                 with_high<2>(high_nibbles(low0), high), with_high<3>(high_nibbles(low1), high)};
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 4; ++g) {
          const int first = scales[8 * half + 2 * g], second = scales[8 * half + 2 * g + 1];
          EDGEWISE_UNROLL
          for (std::size_t t = 0; t < T; ++t) {
            const std::int8_t* a = reinterpret_cast<const Activation256*>(activations + t * stride)[b].quants + 128 * half + 32 * g;
            products[t] = dot_group_scaled(products[t], quants[g], a, first, second);
          }
        }
      }
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation256*>(activations + t * stride)[b];
        auto removed = multiply_pairs(first_scales, hn::LoadU(Shorts(), a.sums16), hn::Zero(Offsets()));
        removed = multiply_pairs(last_scales, hn::LoadU(Shorts(), a.sums16 + 8), removed);
        const float both = scale * a.scale;
        sum[t] = hn::MulAdd(hn::ConvertTo(Floats(), products[t]), hn::Set(Floats(), both), sum[t]);
        offset[t] = hn::MulAdd(hn::ConvertTo(OffsetFloats(), removed), hn::Set(OffsetFloats(), 32 * both), offset[t]);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) out[t] = total(sum[t]) - hn::GetLane(hn::SumOfLanes(OffsetFloats(), offset[t]));
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

template <Format F>
void dot_rows(const void* weights, std::size_t rows, std::size_t blocks, const void* activations, std::size_t tokens, float* out) {
  constexpr std::size_t block_bytes = F == Format::f16 ? 64 : F == Format::q8_0 ? sizeof(BlockQ8_0) : F == Format::q4_0 ? sizeof(BlockQ4_0)
                                      : F == Format::q4_k ? sizeof(BlockQ4_K) : sizeof(BlockQ6_K);
  constexpr std::size_t activation_bytes = F == Format::f16 ? 64 : F == Format::q4_k || F == Format::q6_k ? sizeof(Activation256) : sizeof(Activation32);
  const auto* w = static_cast<const std::uint8_t*>(weights);
  const auto* a = static_cast<const std::uint8_t*>(activations);
  const std::size_t stride = blocks * activation_bytes;
  std::size_t token = 0;
  for (; token + 4 <= tokens; token += 4) {
    for (std::size_t r = 0; r < rows; ++r) {
      float results[4];
      Row<F, 4>::run(w + r * blocks * block_bytes, blocks, a + token * stride, stride, results);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < 4; ++t) out[(token + t) * rows + r] = results[t];
    }
  }
  for (; token < tokens; ++token)
    for (std::size_t r = 0; r < rows; ++r) Row<F, 1>::run(w + r * blocks * block_bytes, blocks, a + token * stride, stride, out + token * rows + r);
}

std::uint64_t read(const void* data, std::size_t bytes) {
  const hn::ScalableTag<std::uint64_t> d;
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
  for (std::size_t step = 0; step < steps; ++step)
    EDGEWISE_UNROLL
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
  for (std::size_t i = 0; i < 4; ++i) activations[i] = hn::Set(SignedBytes(), static_cast<std::int8_t>(i) - 2);
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
    {dot_rows<Format::f16>, dot_rows<Format::q8_0>, dot_rows<Format::q4_0>, dot_rows<Format::q4_k>, dot_rows<Format::q6_k>},
    fma,
    2.0 * chains * hn::MaxLanes(hn::ScalableTag<float>()),
    int8,
    2.0 * 8 * lanes};

}  // namespace edgewise::kernels
