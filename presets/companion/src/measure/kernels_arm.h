// Products and attention for 64-bit ARM as llama.cpp does them there: of what it does not interleave, row by row and
// token by token, but for tiles of F16. Included by kernels_isa.cpp, inside its namespace.

// ---- F16, in half precision where the processor adds it up ----

#if defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
using Lanes = float16x8_t;
using TokenF16 = std::uint16_t;
constexpr std::size_t lane_count = 8, f16_tokens = 8;  ///< from so many tokens on in tiles
HWY_INLINE Lanes no_lanes() { return vdupq_n_f16(0); }
HWY_INLINE Lanes all_lanes(float x) { return vdupq_n_f16(static_cast<__fp16>(x)); }
HWY_INLINE Lanes add(Lanes x, Lanes y) { return vaddq_f16(x, y); }
HWY_INLINE Lanes multiply(Lanes x, Lanes y) { return vmulq_f16(x, y); }
HWY_INLINE Lanes multiply_add(Lanes x, Lanes y, Lanes sum) { return vfmaq_f16(sum, x, y); }
HWY_INLINE Lanes load_lanes(const std::uint16_t* p) {
  Lanes x;
  std::memcpy(&x, p, sizeof x);
  return x;
}
HWY_INLINE void store_lanes(std::uint16_t* p, Lanes x) { std::memcpy(p, &x, sizeof x); }
HWY_INLINE float total(Lanes x) {
  return vaddvq_f32(vaddq_f32(vcvt_f32_f16(vget_low_f16(x)), vcvt_f32_f16(vget_high_f16(x))));
}
#else
using Lanes = float32x4_t;
using TokenF16 = float;
constexpr std::size_t lane_count = 4, f16_tokens = 2;
HWY_INLINE Lanes no_lanes() { return vdupq_n_f32(0); }
HWY_INLINE Lanes all_lanes(float x) { return vdupq_n_f32(x); }
HWY_INLINE Lanes add(Lanes x, Lanes y) { return vaddq_f32(x, y); }
HWY_INLINE Lanes multiply(Lanes x, Lanes y) { return vmulq_f32(x, y); }
HWY_INLINE Lanes multiply_add(Lanes x, Lanes y, Lanes sum) { return vfmaq_f32(sum, x, y); }
HWY_INLINE Lanes load_lanes(const std::uint16_t* p) {
  float16x4_t x;
  std::memcpy(&x, p, sizeof x);
  return vcvt_f32_f16(x);
}
HWY_INLINE Lanes load_lanes(const float* p) { return vld1q_f32(p); }
HWY_INLINE void store_lanes(std::uint16_t* p, Lanes x) {
  const float16x4_t halves = vcvt_f16_f32(x);
  std::memcpy(p, &halves, sizeof halves);
}
HWY_INLINE float total(Lanes x) { return vaddvq_f32(x); }
#endif

#if defined(__ARM_FEATURE_SVE2)
// What engines have in a form of its own for scalable vectors: products of two numbers of half precision in single
// precision, the even ones and the odd ones apart.
template <int which>
HWY_INLINE void add_products(const std::uint16_t* x, const std::uint16_t* y, svfloat32_t& even, svfloat32_t& odd) {
  const svbool_t all = svptrue_b16();
  const svfloat16_t a = svreinterpret_f16_u16(svld1_vnum_u16(all, x, which)),
                    b = svreinterpret_f16_u16(svld1_vnum_u16(all, y, which));
  even = svmlalb_f32(even, a, b);
  odd = svmlalt_f32(odd, a, b);
}
/// Of `n` numbers, in eight chains.
HWY_INLINE float dot_f16(const std::uint16_t* x, const std::uint16_t* y, std::size_t n) {
  svfloat32_t even0 = svdup_f32(0), even1 = even0, even2 = even0, even3 = even0;
  svfloat32_t odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
  const std::size_t step = svcnth();
  std::size_t i = 0;
  for (; i + 8 * step <= n; i += 8 * step) {
    add_products<0>(x + i, y + i, even0, odd0);
    add_products<1>(x + i, y + i, even1, odd1);
    add_products<2>(x + i, y + i, even2, odd2);
    add_products<3>(x + i, y + i, even3, odd3);
    add_products<4>(x + i, y + i, even0, odd0);
    add_products<5>(x + i, y + i, even1, odd1);
    add_products<6>(x + i, y + i, even2, odd2);
    add_products<7>(x + i, y + i, even3, odd3);
  }
  for (; i + step <= n; i += step) add_products<0>(x + i, y + i, even0, odd0);
  if (i < n) {
    const svbool_t rest = svwhilelt_b16(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(n));
    const svfloat16_t a = svreinterpret_f16_u16(svld1_u16(rest, x + i)),
                      b = svreinterpret_f16_u16(svld1_u16(rest, y + i));
    even0 = svmlalb_f32(even0, a, b);
    odd0 = svmlalt_f32(odd0, a, b);
  }
  const svbool_t all = svptrue_b32();
  even0 = svadd_f32_x(all, svadd_f32_x(all, even0, even1), svadd_f32_x(all, even2, even3));
  odd0 = svadd_f32_x(all, svadd_f32_x(all, odd0, odd1), svadd_f32_x(all, odd2, odd3));
  return svaddv_f32(all, svadd_f32_x(all, even0, odd0));
}
#else
/// Of `n` numbers, a multiple of lane_count, in four chains.
HWY_INLINE float dot_f16(const std::uint16_t* x, const std::uint16_t* y, std::size_t n) {
  Lanes sum[4] = {no_lanes(), no_lanes(), no_lanes(), no_lanes()};
  std::size_t i = 0;
  for (; i + 4 * lane_count <= n; i += 4 * lane_count) {
    EDGEWISE_UNROLL
    for (std::size_t c = 0; c < 4; ++c)
      sum[c] = multiply_add(load_lanes(x + i + c * lane_count), load_lanes(y + i + c * lane_count), sum[c]);
  }
  for (; i < n; i += lane_count) sum[0] = multiply_add(load_lanes(x + i), load_lanes(y + i), sum[0]);
  return total(add(add(sum[0], sum[2]), add(sum[1], sum[3])));
}
#endif

/// Four rows against T tokens, row quad by row quad.
template <std::size_t T>
void tile_f16(const std::uint16_t* w, std::size_t rows, std::size_t columns, const TokenF16* a, float* out) {
  constexpr std::size_t high = 4;
  for (std::size_t r = 0; r < rows; r += high) {
    Lanes sum[T][high];
    const std::uint16_t* row[high];
    const TokenF16* token[T];
    EDGEWISE_UNROLL
    for (std::size_t k = 0; k < high; ++k) row[k] = w + (r + k) * columns;
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
      token[t] = a + t * columns;
      EDGEWISE_UNROLL
      for (Lanes& s : sum[t]) s = no_lanes();
    }
    for (std::size_t i = 0; i < columns; i += lane_count) {
      Lanes weights[high];
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < high; ++k) weights[k] = load_lanes(row[k] + i);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const Lanes of_token = load_lanes(token[t] + i);
        EDGEWISE_UNROLL
        for (std::size_t k = 0; k < high; ++k) sum[t][k] = multiply_add(weights[k], of_token, sum[t][k]);
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < high; ++k) out[t * rows + r + k] = total(sum[t][k]);
    }
  }
}

/// Tiles of six tokens at most, as few and as even as can be.
void many_f16(const std::uint16_t* w, std::size_t rows, std::size_t columns, const TokenF16* a, std::size_t tokens,
              float* out) {
  constexpr decltype(&tile_f16<1>) of_tokens[] = {tile_f16<1>, tile_f16<2>, tile_f16<3>,
                                                  tile_f16<4>, tile_f16<5>, tile_f16<6>};
  const std::size_t tiles = (tokens + 5) / 6;
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t n = tokens / tiles + (i < tokens % tiles ? 1 : 0);
    of_tokens[n - 1](w, rows, columns, a, out);
    a += n * columns;
    out += n * rows;
  }
}

/// As `Kernels::attend` says: what is summed up is kept in half precision.
void attend(const std::uint16_t* query, const std::uint16_t* keys, const std::uint16_t* values, std::size_t positions,
            std::size_t head_dim, std::size_t stride, float* out) {
  auto* sums = reinterpret_cast<std::uint16_t*>(out);
  for (std::size_t d = 0; d < head_dim; d += lane_count) store_lanes(sums + d, no_lanes());
  const float shrink = 1 / std::sqrt(static_cast<float>(head_dim));
  float greatest = -std::numeric_limits<float>::infinity(), weight_sum = 0;
  for (std::size_t i = 0; i < positions; ++i) {
    const float score = shrink * dot_f16(keys + i * stride, query, head_dim);
    float weight = 1;
    if (score > greatest) {
      const float smaller = std::exp(greatest - score);
      greatest = score;
      weight_sum *= smaller;
      for (std::size_t d = 0; d < head_dim; d += lane_count)
        store_lanes(sums + d, multiply(load_lanes(sums + d), all_lanes(smaller)));
    } else {
      weight = std::exp(score - greatest);
    }
    weight_sum += weight;
    const Lanes by = all_lanes(weight);
    const std::uint16_t* value = values + i * stride;
    for (std::size_t d = 0; d < head_dim; d += lane_count)
      store_lanes(sums + d, multiply_add(load_lanes(value + d), by, load_lanes(sums + d)));
  }
  // From the end, because both lie in the same place.
  for (std::size_t d = head_dim; d > 0; d -= 4) {
    float16x4_t halves;
    std::memcpy(&halves, sums + d - 4, sizeof halves);
    const float32x4_t x = vmulq_n_f32(vcvt_f32_f16(halves), 1 / weight_sum);
    std::memcpy(out + d - 4, &x, sizeof x);
  }
}

// ---- one row of quantized weights and one token ----

HWY_INLINE int32x4_t dot_from_zero(int8x16_t x, int8x16_t y) { return dot_bytes(vdupq_n_s32(0), x, y); }

/// A byte for each bit: 0 where it is set and 16 where not.
constexpr std::array<std::uint64_t, 256> missing_fifths = [] {
  std::array<std::uint64_t, 256> of{};
  for (std::uint64_t bits = 0; bits < 256; ++bits)
    for (unsigned i = 0; i < 8; ++i)
      if (!(bits >> i & 1)) of[bits] |= std::uint64_t{16} << (8 * i);
  return of;
}();

HWY_INLINE void unpack_32(const BlockQ8_0& w, int8x16_t (&out)[2]) {
  out[0] = vld1q_s8(w.quants);
  out[1] = vld1q_s8(w.quants + 16);
}
HWY_INLINE void unpack_nibbles(const std::uint8_t* packed, int8x16_t (&out)[2]) {
  const uint8x16_t both = vld1q_u8(packed);
  out[0] = vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15)));
  out[1] = vreinterpretq_s8_u8(vshrq_n_u8(both, 4));
}
HWY_INLINE void unpack_32(const BlockQ4_0& w, int8x16_t (&out)[2]) {
  unpack_nibbles(w.quants, out);
  out[0] = vsubq_s8(out[0], vdupq_n_s8(8));
  out[1] = vsubq_s8(out[1], vdupq_n_s8(8));
}
HWY_INLINE void unpack_32(const BlockQ5_0& w, int8x16_t (&out)[2]) {
  unpack_nibbles(w.quants, out);
  std::uint32_t bits;
  std::memcpy(&bits, w.fifth_bits, sizeof bits);
  const std::uint64_t missing[4] = {missing_fifths[bits & 255], missing_fifths[bits >> 8 & 255],
                                    missing_fifths[bits >> 16 & 255], missing_fifths[bits >> 24]};
  out[0] = vsubq_s8(out[0], vreinterpretq_s8_u64(vld1q_u64(missing)));
  out[1] = vsubq_s8(out[1], vreinterpretq_s8_u64(vld1q_u64(missing + 2)));
}

/// Two blocks at a time, each with a sum of its own.
template <class Block>
HWY_INLINE float row_of_32(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const auto* w = reinterpret_cast<const Block*>(weights);
  const auto* a = reinterpret_cast<const Activation32*>(activations);
  float32x4_t sum[2] = {vdupq_n_f32(0), vdupq_n_f32(0)};
  const auto add_block = [&](std::size_t b, float32x4_t& to) {
    int8x16_t q[2];
    unpack_32(w[b], q);
    const int8x16_t low = vld1q_s8(a[b].quants), high = vld1q_s8(a[b].quants + 16);
    const int32x4_t products = std::is_same_v<Block, BlockQ4_0>
                                   ? dot_bytes(dot_from_zero(q[0], low), q[1], high)
                                   : vaddq_s32(dot_from_zero(q[0], low), dot_from_zero(q[1], high));
    to = vfmaq_n_f32(to, vcvtq_f32_s32(products), to_float(w[b].half_scale) * a[b].scale);
  };
  std::size_t b = 0;
  for (; b + 2 <= blocks; b += 2) {
    add_block(b, sum[0]);
    add_block(b + 1, sum[1]);
  }
  if (b < blocks) add_block(b, sum[0]);
  return vaddvq_f32(sum[0]) + vaddvq_f32(sum[1]);
}

/// Sums of a token's values times the mins of their groups of 32.
HWY_INLINE std::int32_t offset_of_mins(const Activation256& a, const std::uint8_t (&mins)[8]) {
  const int16x8_t sums32 = vpaddq_s16(vld1q_s16(a.sums16), vld1q_s16(a.sums16 + 8));
  const int16x8_t wide = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(mins)));
  return vaddvq_s32(vaddq_s32(vmull_s16(vget_low_s16(sums32), vget_low_s16(wide)),
                              vmull_s16(vget_high_s16(sums32), vget_high_s16(wide))));
}
HWY_INLINE std::int32_t dot_32(const int8x16_t (&w)[2], const std::int8_t* a) {
  return vaddvq_s32(dot_bytes(dot_from_zero(w[0], vld1q_s8(a)), w[1], vld1q_s8(a + 16)));
}
HWY_INLINE int8x16_t with_bits(int8x16_t low, uint8x16_t high) {
  return vreinterpretq_s8_u8(vorrq_u8(vreinterpretq_u8_s8(low), high));
}

/// Q4_K and Q5_K. Every group of 32 is summed up to one number, as engines do.
template <class Block>
HWY_INLINE float row_with_mins(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const auto* w = reinterpret_cast<const Block*>(weights);
  const auto* a = reinterpret_cast<const Activation256*>(activations);
  float sum = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    const PackedScales packed(w[b].scales);
    sum -= to_float(w[b].half_min) * a[b].scale * static_cast<float>(offset_of_mins(a[b], packed.mins));
    std::int32_t products = 0;
    [[maybe_unused]] uint8x16_t fifth[2];
    if constexpr (std::is_same_v<Block, BlockQ5_K>) {
      fifth[0] = vld1q_u8(w[b].fifth_bits);
      fifth[1] = vld1q_u8(w[b].fifth_bits + 16);
    }
    for (std::size_t pair = 0; pair < 4; ++pair) {
      int8x16_t of_group[2][2];
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 2; ++i) {
        int8x16_t both[2];
        unpack_nibbles(w[b].quants + 32 * pair + 16 * i, both);
        if constexpr (std::is_same_v<Block, BlockQ5_K>) {
          both[0] = with_bits(both[0], vshlq_n_u8(vandq_u8(fifth[i], vdupq_n_u8(1)), 4));
          both[1] = with_bits(both[1], vshlq_n_u8(vandq_u8(fifth[i], vdupq_n_u8(2)), 3));
          fifth[i] = vshrq_n_u8(fifth[i], 2);
        }
        of_group[0][i] = both[0];
        of_group[1][i] = both[1];
      }
      const std::int8_t* quants = a[b].quants + 64 * pair;
      products += dot_32(of_group[0], quants) * packed.scales[2 * pair];
      products += dot_32(of_group[1], quants + 32) * packed.scales[2 * pair + 1];
    }
    sum += to_float(w[b].half_scale) * a[b].scale * static_cast<float>(products);
  }
  return sum;
}

HWY_INLINE float row_q6_k(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
  const auto* a = reinterpret_cast<const Activation256*>(activations);
  float sum = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    const int8x16_t scales = vld1q_s8(w[b].scales);
    const int16x8_t sums[2] = {vld1q_s16(a[b].sums16), vld1q_s16(a[b].sums16 + 8)},
                    wide[2] = {vmovl_s8(vget_low_s8(scales)), vmovl_s8(vget_high_s8(scales))};
    int32x4_t offsets[2];
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 2; ++i)
      offsets[i] = vaddq_s32(vmull_s16(vget_low_s16(sums[i]), vget_low_s16(wide[i])),
                             vmull_s16(vget_high_s16(sums[i]), vget_high_s16(wide[i])));
    const std::int32_t offset = vaddvq_s32(vaddq_s32(offsets[0], offsets[1]));
    std::int32_t products = 0;
    for (std::size_t half = 0; half < 2; ++half) {
      const std::int8_t *scale = w[b].scales + 8 * half, *quants = a[b].quants + 128 * half;
      uint8x16_t high[2];
      int8x16_t of[2][4];  // low nibbles, then high ones
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 2; ++i) high[i] = vld1q_u8(w[b].high + 32 * half + 16 * i);
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 4; ++i) {
        int8x16_t both[2];
        unpack_nibbles(w[b].low + 64 * half + 16 * i, both);
        const uint8x16_t bits = i < 2 ? high[i] : vshrq_n_u8(high[i - 2], 2);
        of[0][i] = with_bits(both[0], vshlq_n_u8(vandq_u8(bits, vdupq_n_u8(3)), 4));
        of[1][i] = with_bits(both[1], vshlq_n_u8(vandq_u8(vshrq_n_u8(bits, 4), vdupq_n_u8(3)), 4));
      }
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 8; ++i)
        products += vaddvq_s32(dot_from_zero(of[i / 4][i % 4], vld1q_s8(quants + 16 * i))) * scale[i];
    }
    sum += to_float(w[b].half_scale) * a[b].scale * static_cast<float>(products - 32 * offset);
  }
  return sum;
}

template <Format F>
HWY_INLINE float one_row(const std::uint8_t* w, std::size_t blocks, const std::uint8_t* a) {
  if constexpr (F == Format::f16)
    return dot_f16(reinterpret_cast<const std::uint16_t*>(w), reinterpret_cast<const std::uint16_t*>(a), 32 * blocks);
  else if constexpr (F == Format::q6_k)
    return row_q6_k(w, blocks, a);
  else if constexpr (F == Format::q4_k || F == Format::q5_k)
    return row_with_mins<typename Types<F>::Block>(w, blocks, a);
  else
    return row_of_32<typename Types<F>::Block>(w, blocks, a);
}

// ---- every format's product ----

#if defined(__ARM_FEATURE_DOTPROD)
#include "kernels_arm_interleaved.h"
#include "kernels_arm_q6_k.h"

/// Tokens by fours, then one by one.
template <Format F>
void dot_interleaved(const std::uint8_t* w, std::size_t rows, std::size_t blocks, const std::uint8_t* a,
                     std::size_t tokens, float* out) {
  std::size_t token = 0;
  if constexpr (F == Format::q4_0 || F == Format::q8_0) {
    const auto* of_rows = reinterpret_cast<const typename Four<F>::Block*>(w);
    const auto run = [&]<std::size_t groups>() {
      for (; token + 4 * groups <= tokens; token += 4 * groups) {
        for (std::size_t r = 0; r < rows; r += 4)
          many_of_32<F, groups>(of_rows + r / 4 * blocks, blocks, reinterpret_cast<const Activation32x4*>(a),
                                out + token * rows + r, rows);
        a += groups * blocks * sizeof(Activation32x4);
      }
    };
    run.template operator()<Four<F>::groups>();
    run.template operator()<1>();
    for (; token < tokens; ++token, a += blocks * sizeof(Activation32))
      for (std::size_t r = 0; r < rows; r += 4)
        one_of_32<F>(of_rows + r / 4 * blocks, blocks, reinterpret_cast<const Activation32*>(a),
                     out + token * rows + r);
  } else {
    for (; token + 4 <= tokens; token += 4, a += blocks * sizeof(Activation256x4))
      for (std::size_t r = 0; r < rows; r += 8) {
        const auto* of_tokens = reinterpret_cast<const Activation256x4*>(a);
        if constexpr (F == Format::q6_k)
          many_q6_k(reinterpret_cast<const BlockQ6_Kx8*>(w) + r / 8 * blocks, blocks, of_tokens, out + token * rows + r,
                    rows);
        else
          many_of_256<F>(reinterpret_cast<const typename Nibbles<F>::Block*>(w) + r / 8 * blocks, blocks, of_tokens,
                         out + token * rows + r, rows);
      }
    for (; token < tokens; ++token, a += blocks * sizeof(Activation256))
      for (std::size_t r = 0; r < rows; r += 8) {
        const auto* of_token = reinterpret_cast<const Activation256*>(a);
        if constexpr (F == Format::q6_k)
          one_q6_k(reinterpret_cast<const BlockQ6_Kx8*>(w) + r / 8 * blocks, blocks, of_token, out + token * rows + r);
        else
          one_of_256<F>(reinterpret_cast<const typename Nibbles<F>::Block*>(w) + r / 8 * blocks, blocks, of_token,
                        out + token * rows + r);
      }
  }
}
#endif

template <Format F>
void dot_rows(const void* weights, std::size_t rows, std::size_t blocks, const void* activations, std::size_t tokens,
              float* out) {
  const auto* w = static_cast<const std::uint8_t*>(weights);
  const auto* a = static_cast<const std::uint8_t*>(activations);
  if constexpr (interleave_of(F).any()) {
#if defined(__ARM_FEATURE_DOTPROD)
    dot_interleaved<F>(w, rows, blocks, a, tokens, out);
#endif
    return;
  }
  if constexpr (F == Format::f16)
    if (tokens >= f16_tokens) {
      many_f16(reinterpret_cast<const std::uint16_t*>(w), rows, 32 * blocks, reinterpret_cast<const TokenF16*>(a),
               tokens, out);
      return;
    }
  constexpr std::size_t square = 16;  // of rows and tokens that engines go through before the next
  const std::size_t row_B = blocks * sizeof(typename Types<F>::Block),
                    token_B = blocks * sizeof(typename Types<F>::Activation);
  for (std::size_t begin = 0; begin < tokens; begin += square)
    for (std::size_t r = 0; r < rows; r += square)
      for (std::size_t t = begin; t < std::min(tokens, begin + square); ++t)
        for (std::size_t i = r; i < r + square; ++i)
          out[t * rows + i] = one_row<F>(w + i * row_B, blocks, a + t * token_B);
}
