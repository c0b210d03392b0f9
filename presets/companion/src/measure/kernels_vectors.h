// Vectors of 32 bytes, one or two to a step, and what the quantized products do with them. Included by kernels_isa.cpp,
// inside its namespace.

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

// ---- sums of 8-bit products, four neighbours to a 32-bit lane (of matrices of bytes, eight) ----
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
/// Factors of 32 weights: one for the first 16 and one for the others.
struct GroupScale {
  __m256i factors;
};
/// Scales 2g and 2g + 1 of sixteen.
HWY_INLINE GroupScale group_scale(const std::int8_t* scales, std::size_t g) {
  const __m128i spread = _mm_add_epi8(_mm_set1_epi8(static_cast<char>(2 * g)),
                                      _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
  return {_mm256_cvtepi8_epi16(_mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(scales)), spread))};
}
/// Not by the instruction that adds as well, which processors with 16-bit dot products have: engines do without it, and
/// its sums would wait for each other.
HWY_INLINE VWords dot_scaled(VWords sum, VBytes weights, VSigned activations, GroupScale scales) {
  const __m256i pairs = _mm256_maddubs_epi16(weights.raw, activations.raw);
  return VWords{_mm256_add_epi32(sum.raw, _mm256_madd_epi16(pairs, scales.factors))};
}
#elif HWY_ARCH_X86
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
  return VWords{
      _mm_add_epi32(sum.raw, _mm_madd_epi16(_mm_maddubs_epi16(weights.raw, activations.raw), _mm_set1_epi16(1)))};
}
HWY_INLINE VWords dot(VWords sum, VSigned weights, VSigned activations) {
  return dot(sum, VBytes{_mm_abs_epi8(weights.raw)}, VSigned{_mm_sign_epi8(activations.raw, weights.raw)});
}
#elif HWY_ARCH_ARM_A64
HWY_INLINE int32x4_t dot_bytes(int32x4_t sum, int8x16_t weights, int8x16_t activations) {
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32(sum, weights, activations);
#else
  const int16x8_t low = vmull_s8(vget_low_s8(weights), vget_low_s8(activations));
  const int16x8_t high = vmull_s8(vget_high_s8(weights), vget_high_s8(activations));
  return vaddq_s32(sum, vaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)));
#endif
}
HWY_INLINE VWords dot(VWords sum, VBytes weights, VSigned activations) {
#if defined(__ARM_FEATURE_MATMUL_INT8)
  return VWords(vmmlaq_s32(sum.raw, vreinterpretq_s8_u8(weights.raw), activations.raw));
#else
  return VWords(dot_bytes(sum.raw, vreinterpretq_s8_u8(weights.raw), activations.raw));
#endif
}
#endif

// Products of which a lane holds the sum.
#if defined(__ARM_FEATURE_MATMUL_INT8)
constexpr std::size_t products_of_lane = 8;
#else
constexpr std::size_t products_of_lane = 4;
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
  if (magnitude < 0x400u)
    return (sign ? -1.0f : 1.0f) * static_cast<float>(magnitude) / 16777216.0f;  // subnormal: units of 2^-24
  return std::bit_cast<float>(
      sign | ((magnitude << 13) + (magnitude < 0x7c00u ? 0x38000000u : 0x70000000u)));  // above: infinity
#endif
}

/// The eight scales and mins of a block of 256 weights, six bits each: the first four have their own, the last four
/// have their low bits in the third word and their high bits on top of the first four.
struct PackedScales {
  std::uint8_t scales[8], mins[8];
  explicit PackedScales(const std::uint8_t (&bytes)[12]) {
    std::uint32_t packed[3];
    std::memcpy(packed, bytes, sizeof packed);
    const std::uint32_t scale_words[2] = {packed[0] & 0x3f3f3f3fu,
                                          (packed[2] & 0x0f0f0f0fu) | ((packed[0] >> 2) & 0x30303030u)};
    const std::uint32_t min_words[2] = {packed[1] & 0x3f3f3f3fu,
                                        ((packed[2] >> 4) & 0x0f0f0f0fu) | ((packed[1] >> 2) & 0x30303030u)};
    std::memcpy(scales, scale_words, sizeof scales);
    std::memcpy(mins, min_words, sizeof mins);
  }
};

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

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
HWY_INLINE VWords dot_group_scaled(VWords sum, const Group& weights, const std::int8_t* a, GroupScale scale) {
  return dot_scaled(sum, weights.part[0], load_activations(a, 0), scale);
}
#endif

HWY_INLINE float total(VFloats v) { return hn::GetLane(hn::SumOfLanes(Floats(), v)); }

HWY_INLINE VFloats load_halves(const std::uint8_t* p, std::size_t i) {
  return hn::PromoteTo(Floats(),
                       hn::LoadU(hn::Rebind<hwy::float16_t, Floats>(), reinterpret_cast<const hwy::float16_t*>(p) + i));
}

/// Of plain numbers engines multiply the widest vectors that there are.
using Wide = hn::ScalableTag<float>;
HWY_INLINE hn::Vec<Wide> load_wide_halves(const std::uint8_t* p, std::size_t i) {
  return hn::PromoteTo(Wide(),
                       hn::LoadU(hn::Rebind<hwy::float16_t, Wide>(), reinterpret_cast<const hwy::float16_t*>(p) + i));
}
