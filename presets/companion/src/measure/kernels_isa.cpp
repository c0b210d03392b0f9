// The kernels of one instruction set. Compiled once for each, with that set's compiler flags and EDGEWISE_ISA as its
// name; `available()` picks at run time what the CPU can do. Highway's own dispatch knows no 8-bit dot-product
// instructions, and those are what the small formats live on.
#define HWY_COMPILE_ONLY_STATIC
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
#if defined(__ARM_FEATURE_SVE2)
#include <arm_sve.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernels.h"

namespace edgewise::kernels {
namespace {

#include "kernels_vectors.h"
#define EDGEWISE_BEFORE_AVX (HWY_ARCH_X86 && HWY_TARGET > HWY_AVX2)
#if EDGEWISE_BEFORE_AVX
#include "kernels_plain.h"
#endif
#if HWY_ARCH_X86
#include "kernels_rows.h"
#endif
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#include "kernels_x86.h"
#endif
#include "kernels_attention.h"

// ---- every format's product ----

template <Format F>
struct Types {
  using Block = std::uint16_t[32];
  using Activation = std::uint16_t[32];
};
template <>
struct Types<Format::q8_0> {
  using Block = BlockQ8_0;
  using Activation = Activation32;
};
template <>
struct Types<Format::q4_0> {
  using Block = BlockQ4_0;
  using Activation = Activation32;
};
template <>
struct Types<Format::q5_0> {
  using Block = BlockQ5_0;
  using Activation = Activation32;
};
template <>
struct Types<Format::q4_k> {
  using Block = BlockQ4_K;
  using Activation = Activation256;
};
template <>
struct Types<Format::q5_k> {
  using Block = BlockQ5_K;
  using Activation = Activation256;
};
template <>
struct Types<Format::q6_k> {
  using Block = BlockQ6_K;
  using Activation = Activation256;
};

/// What llama.cpp repacks on this instruction set, and how.
constexpr Interleave interleave_of(Format f) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  if (f == Format::q4_0 || f == Format::q4_k) return {8, 8};
#elif HWY_ARCH_ARM_A64 && defined(__ARM_FEATURE_DOTPROD)
#if defined(__ARM_FEATURE_MATMUL_INT8)
  constexpr std::size_t piece_B = 8;
#else
  constexpr std::size_t piece_B = 4;
#endif
  if (f == Format::q4_0 || f == Format::q8_0) return {4, piece_B, f == Format::q4_0};
  if (f == Format::q4_k || f == Format::q5_k || f == Format::q6_k) return {8, piece_B};
#elif HWY_ARCH_ARM_A64
  if (f == Format::f16) return {.single_precision = true};
#endif
  (void)f;
  return {};
}

#if HWY_ARCH_ARM_A64
#include "kernels_arm.h"
#else
/// One token: row by row, or by groups of interleaved rows.
template <Format F>
void dot_one(const std::uint8_t* w, std::size_t rows, std::size_t blocks, const std::uint8_t* a, float* out) {
  const std::size_t row_B = blocks * sizeof(typename Types<F>::Block);
#if EDGEWISE_BEFORE_AVX
  if constexpr (F != Format::q4_0) {
    for (std::size_t r = 0; r < rows; ++r) out[r] = plain_row<F>(w + r * row_B, blocks, a);
  }
#else
  if constexpr (F == Format::q4_0) {
    for (std::size_t r = 0; r < rows; r += 8)
      one_q4_0(reinterpret_cast<const BlockQ4_0x8*>(w + r * row_B), blocks, reinterpret_cast<const Activation32*>(a),
               out + r);
  } else if constexpr (F == Format::q4_k) {
    for (std::size_t r = 0; r < rows; r += 8)
      one_q4_k(reinterpret_cast<const BlockQ4_Kx8*>(w + r * row_B), blocks, reinterpret_cast<const Activation256*>(a),
               out + r);
  } else if constexpr (F == Format::q5_k || F == Format::q6_k) {
    for (std::size_t r = 0; r < rows; ++r) out[r] = Row<F>::run(w + r * row_B, blocks, a);
  }
#endif
  else {
    for (std::size_t r = 0; r < rows; ++r) Tile<F, 1, 1>::run(w + r * row_B, row_B, blocks, a, 0, out + r, 0);
  }
}

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
/// Groups of four tokens, sixteen tokens at a time. Returns how many tokens were done; `a` then points to what is left.
template <Format F>
std::size_t dot_interleaved(const std::uint8_t* w, std::size_t rows, std::size_t blocks, const std::uint8_t*& a,
                            std::size_t tokens, float* out) {
  using V = Widest;
  using Block = std::conditional_t<F == Format::q4_0, BlockQ4_0x8, BlockQ4_Kx8>;
  using Tokens = std::conditional_t<F == Format::q4_0, Activation32x4, Activation256x4>;
  const auto* weights = reinterpret_cast<const Block*>(w);
  const auto* activations = reinterpret_cast<const Tokens*>(a);
  const auto run = [&]<std::size_t groups>(std::size_t token) {
    for (std::size_t r = 0; r < rows; r += 8 * V::groups) {
      const Block* of_rows = weights + r / 8 * blocks;
      const Tokens* of_tokens = activations + token / 4 * blocks;
      float* to = out + token * rows + r;
      if constexpr (F == Format::q4_0)
        many_q4_0<V, groups>(of_rows, blocks, of_tokens, to, rows);
      else
        many_q4_k<V, groups>(of_rows, blocks, of_tokens, to, rows);
    }
  };
  std::size_t token = 0;
  for (; token + 16 <= tokens; token += 16) run.template operator()<4>(token);
  for (; token + 4 <= tokens; token += 4) run.template operator()<1>(token);
  a += token / 4 * blocks * sizeof(Tokens);
  return token;
}
#endif

template <Format F>
void dot_rows(const void* weights, std::size_t rows, std::size_t blocks, const void* activations, std::size_t tokens,
              float* out) {
  const auto* w = static_cast<const std::uint8_t*>(weights);
  const auto* a = static_cast<const std::uint8_t*>(activations);
  const std::size_t stride = blocks * sizeof(typename Types<F>::Activation);
  std::size_t token = 0, done = 0;  // done: of those that lie together in `a`
  if constexpr (interleave_of(F).any()) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
    done = token = dot_interleaved<F>(w, rows, blocks, a, tokens, out);
#endif
  } else if constexpr (!EDGEWISE_BEFORE_AVX && (F == Format::f16 || F == Format::q8_0 || F == Format::q5_0)) {
    // Tiles of rows and tokens: as many sums as registers hold. The rest goes row by row and token by token.
    constexpr std::size_t high = 4, tile = F == Format::f16 ? (registers < 32 ? 3 : 6) : registers < 32 ? 2 : 4;
    const std::size_t row_B = blocks * sizeof(typename Types<F>::Block);
    for (; token + tile <= tokens; token += tile)
      for (std::size_t r = 0; r < rows; r += high)
        Tile<F, high, tile>::run(w + r * row_B, row_B, blocks, a + token * stride, stride, out + token * rows + r,
                                 rows);
  }
  for (; token < tokens; ++token) dot_one<F>(w, rows, blocks, a + (token - done) * stride, out + token * rows);
}
#endif

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
    {interleave_of(Format::f16), interleave_of(Format::q8_0), interleave_of(Format::q4_0), interleave_of(Format::q5_0),
     interleave_of(Format::q4_k), interleave_of(Format::q5_k), interleave_of(Format::q6_k)},
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
    2.0 * 8 * lanes* products_of_lane / 4};

}  // namespace edgewise::kernels
