// Products of interleaved rows for 64-bit ARM with 8-bit dot products, in the layouts and tiles in which llama.cpp
// multiplies them: four bytes of each row follow each other, or eight where matrices of bytes are multiplied (i8mm).
// Included by kernels_arm.h.

#if defined(__ARM_FEATURE_MATMUL_INT8)
constexpr std::size_t piece = 8;
#else
constexpr std::size_t piece = 4;
#endif

/// Of eight interleaved rows, where the 16 bytes lie that are vector `i` of rows 0 to 3 or, with `half` 1, of 4 to 7.
constexpr std::size_t place(std::size_t half, std::size_t i) {
  return piece == 8 ? 64 * (i / 2) + 32 * half + 16 * (i % 2) : 32 * i + 16 * half;
}

HWY_INLINE int32x4_t no_words() { return vdupq_n_s32(0); }
HWY_INLINE float32x4_t no_singles() { return vdupq_n_f32(0); }
HWY_INLINE float32x4_t four_scales(const std::uint16_t* halves) {
  return vcvt_f32_f16(vld1_f16(reinterpret_cast<const __fp16*>(halves)));
}
HWY_INLINE int8x16_t load_signed(const void* p) { return vld1q_s8(static_cast<const std::int8_t*>(p)); }
HWY_INLINE int8x16_t repeat_8(const std::int8_t* p) {
  return vreinterpretq_s8_s64(vld1q_dup_s64(reinterpret_cast<const std::int64_t*>(p)));
}
HWY_INLINE int8x16_t repeat_4(const std::int8_t* p) {
  return vreinterpretq_s8_s32(vld1q_dup_s32(reinterpret_cast<const std::int32_t*>(p)));
}
HWY_INLINE int16x4_t half_of(int16x8_t eight, std::size_t half) {
  return half == 0 ? vget_low_s16(eight) : vget_high_s16(eight);
}

/// Sums of 32 products of each of four rows with one token.
HWY_INLINE int32x4_t times_one(const int8x16_t (&w)[8], const std::int8_t* token) {
  int32x4_t sum = no_words();
  if constexpr (piece == 8) {
    int32x4_t other = no_words();
    EDGEWISE_UNROLL
    for (std::size_t k = 0; k < 4; ++k) {
      const int8x16_t twice = repeat_8(token + 8 * k);
      sum = vdotq_s32(sum, w[2 * k], twice);
      other = vdotq_s32(other, w[2 * k + 1], twice);
    }
    return vpaddq_s32(sum, other);
  } else {
    EDGEWISE_UNROLL
    for (std::size_t k = 0; k < 2; ++k) {
      const int8x16_t t = vld1q_s8(token + 16 * k);
      sum = vdotq_laneq_s32(sum, w[4 * k], t, 0);
      sum = vdotq_laneq_s32(sum, w[4 * k + 1], t, 1);
      sum = vdotq_laneq_s32(sum, w[4 * k + 2], t, 2);
      sum = vdotq_laneq_s32(sum, w[4 * k + 3], t, 3);
    }
    return sum;
  }
}

/// Adds products of a vector of four rows' weights with four tokens.
HWY_INLINE void add_four(int32x4_t (&sum)[4], int8x16_t w, int8x16_t tokens) {
  sum[0] = vdotq_laneq_s32(sum[0], w, tokens, 0);
  sum[1] = vdotq_laneq_s32(sum[1], w, tokens, 1);
  sum[2] = vdotq_laneq_s32(sum[2], w, tokens, 2);
  sum[3] = vdotq_laneq_s32(sum[3], w, tokens, 3);
}

// ---- Q4_0 and Q8_0: four rows ----

template <Format F>
struct Four;
template <>
struct Four<Format::q4_0> {
  using Block = BlockQ4_0x4;
  static constexpr std::size_t groups = 4;  ///< of four tokens at a time
  /// Sixteen times the weights: so no nibble needs a sign.
  static HWY_INLINE void load(const Block& b, int8x16_t (&w)[8]) {
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 4; ++i) {
      const int8x16_t packed = load_signed(b.quants + 16 * i);
      w[i] = vshlq_n_s8(packed, 4);
      w[i + 4] = vandq_s8(packed, vdupq_n_s8(-16));
    }
  }
  static HWY_INLINE float32x4_t to_single(int32x4_t sums) { return vcvtq_n_f32_s32(sums, 4); }
};
template <>
struct Four<Format::q8_0> {
  using Block = BlockQ8_0x4;
  static constexpr std::size_t groups = 1;
  static HWY_INLINE void load(const Block& b, int8x16_t (&w)[8]) {
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 8; ++i) w[i] = load_signed(b.quants + 16 * i);
  }
  static HWY_INLINE float32x4_t to_single(int32x4_t sums) { return vcvtq_f32_s32(sums); }
};

template <Format F>
HWY_INLINE void one_of_32(const typename Four<F>::Block* w, std::size_t blocks, const Activation32* a, float* out) {
  float32x4_t sum = no_singles();
  for (std::size_t b = 0; b < blocks; ++b) {
    int8x16_t weights[8];
    Four<F>::load(w[b], weights);
    sum = vfmaq_f32(sum, Four<F>::to_single(times_one(weights, a[b].quants)),
                    vmulq_n_f32(four_scales(w[b].half_scales), a[b].scale));
  }
  vst1q_f32(out, sum);
}

/// `groups` of four tokens, one token's results below the other's.
template <Format F, std::size_t groups>
HWY_INLINE void many_of_32(const typename Four<F>::Block* w, std::size_t blocks, const Activation32x4* a, float* out,
                           std::size_t out_stride) {
  float32x4_t sum[4 * groups];
  EDGEWISE_UNROLL
  for (float32x4_t& s : sum) s = no_singles();
  for (std::size_t b = 0; b < blocks; ++b) {
    int8x16_t weights[8];
    Four<F>::load(w[b], weights);
    const float32x4_t scales = four_scales(w[b].half_scales);
    const Activation32x4* next = a + b;
    EDGEWISE_UNROLL
    for (std::size_t g = 0; g < groups; ++g, next += blocks) {
      const Activation32x4& tokens = *next;
      int32x4_t products[4] = {no_words(), no_words(), no_words(), no_words()};
#if defined(__ARM_FEATURE_MATMUL_INT8)
      // Squares of two tokens and two rows: 0 and 2 of the first two rows.
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < 4; ++k) {
        const int8x16_t first = load_signed(tokens.quants + 32 * k), second = load_signed(tokens.quants + 32 * k + 16);
        products[0] = vmmlaq_s32(products[0], first, weights[2 * k]);
        products[1] = vmmlaq_s32(products[1], first, weights[2 * k + 1]);
        products[2] = vmmlaq_s32(products[2], second, weights[2 * k]);
        products[3] = vmmlaq_s32(products[3], second, weights[2 * k + 1]);
      }
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 4; i += 2) {
        const int32x4_t left = products[i], right = products[i + 1];
        products[i] = vcombine_s32(vget_low_s32(left), vget_low_s32(right));
        products[i + 1] = vcombine_s32(vget_high_s32(left), vget_high_s32(right));
      }
#else
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < 8; ++k) add_four(products, weights[k], load_signed(tokens.quants + 16 * k));
#endif
      const float32x4_t of_tokens = vld1q_f32(tokens.scales);
      float32x4_t* to = sum + 4 * g;
      to[0] = vfmaq_f32(to[0], Four<F>::to_single(products[0]), vmulq_laneq_f32(scales, of_tokens, 0));
      to[1] = vfmaq_f32(to[1], Four<F>::to_single(products[1]), vmulq_laneq_f32(scales, of_tokens, 1));
      to[2] = vfmaq_f32(to[2], Four<F>::to_single(products[2]), vmulq_laneq_f32(scales, of_tokens, 2));
      to[3] = vfmaq_f32(to[3], Four<F>::to_single(products[3]), vmulq_laneq_f32(scales, of_tokens, 3));
      // One group ends before the next begins, or compilers mix them until the sums no longer fit the registers.
      asm volatile("" : "+r"(next), "+w"(to[0]), "+w"(to[1]), "+w"(to[2]), "+w"(to[3]));
    }
  }
  for (std::size_t t = 0; t < 4 * groups; ++t) vst1q_f32(out + t * out_stride, sum[t]);
}

// ---- Q4_K and Q5_K: eight rows ----

/// What turns the 16 bytes of nibbles that lie `at` bytes behind `quants` into weights of two groups of 32.
template <Format F>
struct Nibbles;
template <>
struct Nibbles<Format::q4_k> {
  using Block = BlockQ4_Kx8;
  explicit HWY_INLINE Nibbles(const Block&) {}
  HWY_INLINE void split(const std::uint8_t* quants, std::size_t at, int8x16_t& low, int8x16_t& high) {
    const uint8x16_t packed = vld1q_u8(quants + at);
    low = vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15)));
    high = vreinterpretq_s8_u8(vshrq_n_u8(packed, 4));
  }
};
template <>
struct Nibbles<Format::q5_k> {
  using Block = BlockQ5_Kx8;
  explicit HWY_INLINE Nibbles(const Block& b) {
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 16; ++i) fifth[i] = vld1q_u8(b.fifth_bits + 16 * i);
  }
  /// Called once for each vector of 64 weights: their two fifth bits are then shifted out.
  HWY_INLINE void split(const std::uint8_t* quants, std::size_t at, int8x16_t& low, int8x16_t& high) {
    const uint8x16_t packed = vld1q_u8(quants + at);
    uint8x16_t& bits = fifth[at / 16];
    low = vreinterpretq_s8_u8(vsliq_n_u8(vandq_u8(packed, vdupq_n_u8(15)), vandq_u8(bits, vdupq_n_u8(1)), 4));
    high = vreinterpretq_s8_u8(vorrq_u8(vshrq_n_u8(packed, 4), vshlq_n_u8(vandq_u8(bits, vdupq_n_u8(2)), 3)));
    bits = vshrq_n_u8(bits, 2);
  }
  uint8x16_t fifth[16];
};

/// The rows' scales and mins of two groups of 32 weights.
struct TwoGroups {
  explicit HWY_INLINE TwoGroups(const std::uint8_t* packed)
      : first(*reinterpret_cast<const std::uint8_t (*)[12]>(packed)),
        second(*reinterpret_cast<const std::uint8_t (*)[12]>(packed + 12)) {}
  PackedScales first, second;
  HWY_INLINE const std::uint8_t* scales(std::size_t g) const { return g == 0 ? first.scales : second.scales; }
  HWY_INLINE int16x8_t wide_scales(std::size_t g) const { return widen(scales(g)); }
  HWY_INLINE int16x8_t wide_mins(std::size_t g) const { return widen(g == 0 ? first.mins : second.mins); }
  static HWY_INLINE int16x8_t widen(const std::uint8_t* eight) {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(eight)));
  }
};

/// Adds products of two groups' mins with what a token's values of either sum up to.
HWY_INLINE void add_offsets(int32x4_t (&offsets)[2], const int16x8_t (&mins)[2], const std::int16_t* sums32) {
  EDGEWISE_UNROLL
  for (std::size_t half = 0; half < 2; ++half) {
    offsets[half] = vmlal_s16(offsets[half], vdup_n_s16(sums32[0]), half_of(mins[0], half));
    offsets[half] = vmlal_s16(offsets[half], vdup_n_s16(sums32[1]), half_of(mins[1], half));
  }
}
HWY_INLINE void store_sums32(const std::int16_t* sums16, std::int16_t* sums32) {
  vst1q_s16(sums32, vpaddq_s16(vld1q_s16(sums16), vld1q_s16(sums16 + 8)));
}

template <Format F>
HWY_INLINE void one_of_256(const typename Nibbles<F>::Block* w, std::size_t blocks, const Activation256* a,
                           float* out) {
  float32x4_t sum[2] = {no_singles(), no_singles()};
  for (std::size_t b = 0; b < blocks; ++b) {
    float32x4_t scale[2], min[2];
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      scale[half] = vmulq_n_f32(four_scales(w[b].half_scales + 4 * half), a[b].scale);
      min[half] = vmulq_n_f32(four_scales(w[b].half_mins + 4 * half), a[b].scale);
    }
    Nibbles<F> nibbles(w[b]);
    std::int16_t sums32[8];
    store_sums32(a[b].sums16, sums32);
    int32x4_t offsets[2] = {no_words(), no_words()};
    for (std::size_t pair = 0; pair < 4; ++pair) {
      const TwoGroups groups(w[b].scales + 24 * pair);
      int32x4_t products[2][2];
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        int8x16_t low[8], high[8];
        EDGEWISE_UNROLL
        for (std::size_t i = 0; i < 8; ++i) nibbles.split(w[b].quants + 256 * pair, place(half, i), low[i], high[i]);
        products[half][0] = times_one(low, a[b].quants + 64 * pair);
        products[half][1] = times_one(high, a[b].quants + 64 * pair + 32);
      }
      const int16x8_t scales[2] = {groups.wide_scales(0), groups.wide_scales(1)},
                      mins[2] = {groups.wide_mins(0), groups.wide_mins(1)};
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        int32x4_t scaled[2];
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g)
          scaled[g] = vmulq_s32(vmovl_s16(half_of(scales[g], half)), products[half][g]);
        if constexpr (piece == 8) {
          sum[half] = vfmaq_f32(sum[half], scale[half], vcvtq_f32_s32(scaled[0]));
          sum[half] = vfmaq_f32(sum[half], scale[half], vcvtq_f32_s32(scaled[1]));
        } else {
          sum[half] = vfmaq_f32(sum[half], scale[half], vcvtq_f32_s32(vaddq_s32(scaled[0], scaled[1])));
        }
      }
      add_offsets(offsets, mins, sums32 + 2 * pair);
    }
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half)
      sum[half] = vfmsq_f32(sum[half], vcvtq_f32_s32(offsets[half]), min[half]);
  }
  vst1q_f32(out, sum[0]);
  vst1q_f32(out + 4, sum[1]);
}

#if defined(__ARM_FEATURE_MATMUL_INT8)
/// Squares of two rows and two tokens, sums[token pair][row pair], become vectors of four rows for each token.
HWY_INLINE void straighten(const int32x4_t (&square)[2][4], int32x4_t (&of_token)[4][2]) {
  EDGEWISE_UNROLL
  for (std::size_t i = 0; i < 2; ++i) {
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      of_token[2 * i][half] = vuzp1q_s32(square[i][2 * half], square[i][2 * half + 1]);
      of_token[2 * i + 1][half] = vuzp2q_s32(square[i][2 * half], square[i][2 * half + 1]);
    }
  }
}
/// Two rows' scales, each twice.
template <class Scale>
HWY_INLINE int32x4_t twice_each(const Scale* scales) {
  return vcombine_s32(vdup_n_s32(scales[0]), vdup_n_s32(scales[1]));
}
#endif

/// Four tokens.
template <Format F>
HWY_INLINE void many_of_256(const typename Nibbles<F>::Block* w, std::size_t blocks, const Activation256x4* a,
                            float* out, std::size_t out_stride) {
  float32x4_t sum[4][2];
  EDGEWISE_UNROLL
  for (auto& of_token : sum) of_token[0] = of_token[1] = no_singles();
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int16_t sums32[4][8];
    int32x4_t offsets[4][2];
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 4; ++i) {
      store_sums32(a[b].sums16 + 16 * i, sums32[i]);
      offsets[i][0] = offsets[i][1] = no_words();
    }
    const float32x4_t of_tokens = vld1q_f32(a[b].scales);
    Nibbles<F> nibbles(w[b]);
#if defined(__ARM_FEATURE_MATMUL_INT8)
    int32x4_t square[2][4];
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 8; ++i) square[i / 4][i % 4] = no_words();
#endif
    float32x4_t scale[4][2], min[4][2];
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      const float32x4_t scales = four_scales(w[b].half_scales + 4 * half),
                        mins = four_scales(w[b].half_mins + 4 * half);
      scale[0][half] = vmulq_laneq_f32(scales, of_tokens, 0);
      scale[1][half] = vmulq_laneq_f32(scales, of_tokens, 1);
      scale[2][half] = vmulq_laneq_f32(scales, of_tokens, 2);
      scale[3][half] = vmulq_laneq_f32(scales, of_tokens, 3);
      min[0][half] = vmulq_laneq_f32(mins, of_tokens, 0);
      min[1][half] = vmulq_laneq_f32(mins, of_tokens, 1);
      min[2][half] = vmulq_laneq_f32(mins, of_tokens, 2);
      min[3][half] = vmulq_laneq_f32(mins, of_tokens, 3);
    }
    for (std::size_t pair = 0; pair < 4; ++pair) {
      const TwoGroups groups(w[b].scales + 24 * pair);
      const int16x8_t mins[2] = {groups.wide_mins(0), groups.wide_mins(1)};
      const std::uint8_t* quants = w[b].quants + 256 * pair;
      const std::int8_t* tokens = a[b].quants + 256 * pair;
#if defined(__ARM_FEATURE_MATMUL_INT8)
      int8x16_t of_pair[2][8];  // of tokens
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 8; ++i) {
        of_pair[0][i] = load_signed(tokens + 32 * i);
        of_pair[1][i] = load_signed(tokens + 32 * i + 16);
      }
      EDGEWISE_UNROLL
      for (std::size_t rows = 0; rows < 4; ++rows) {
        int32x4_t products[2][2] = {{no_words(), no_words()}, {no_words(), no_words()}};
        EDGEWISE_UNROLL
        for (std::size_t k = 0; k < 4; ++k) {
          int8x16_t weights[2];
          nibbles.split(quants, 64 * k + 16 * rows, weights[0], weights[1]);
          EDGEWISE_UNROLL
          for (std::size_t i = 0; i < 2; ++i) {
            products[i][0] = vmmlaq_s32(products[i][0], weights[0], of_pair[i][k]);
            products[i][1] = vmmlaq_s32(products[i][1], weights[1], of_pair[i][k + 4]);
          }
        }
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g) {
          const int32x4_t scales = twice_each(groups.scales(g) + 2 * rows);
          EDGEWISE_UNROLL
          for (std::size_t i = 0; i < 2; ++i) square[i][rows] = vmlaq_s32(square[i][rows], products[i][g], scales);
        }
      }
#else
      int32x4_t products[2][2][4];
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 16; ++i) products[i / 8][i / 4 % 2][i % 4] = no_words();
      for (std::size_t k = 0; k < 8; ++k) {
        const int8x16_t first = load_signed(tokens + 16 * k), second = load_signed(tokens + 16 * k + 128);
        EDGEWISE_UNROLL
        for (std::size_t half = 0; half < 2; ++half) {
          int8x16_t low, high;
          nibbles.split(quants, place(half, k), low, high);
          add_four(products[half][0], low, first);
          add_four(products[half][1], high, second);
        }
      }
      const int16x8_t scales[2] = {groups.wide_scales(0), groups.wide_scales(1)};
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < 4; ++t) {
        EDGEWISE_UNROLL
        for (std::size_t half = 0; half < 2; ++half) {
          const int32x4_t both = vaddq_s32(vmulq_s32(vmovl_s16(half_of(scales[0], half)), products[half][0][t]),
                                           vmulq_s32(vmovl_s16(half_of(scales[1], half)), products[half][1][t]));
          sum[t][half] = vfmaq_f32(sum[t][half], scale[t][half], vcvtq_f32_s32(both));
        }
      }
#endif
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < 4; ++t) add_offsets(offsets[t], mins, sums32[pair] + 2 * t);
    }
#if defined(__ARM_FEATURE_MATMUL_INT8)
    int32x4_t of_token[4][2];
    straighten(square, of_token);
#endif
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < 4; ++t) {
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        sum[t][half] = vfmsq_f32(sum[t][half], vcvtq_f32_s32(offsets[t][half]), min[t][half]);
#if defined(__ARM_FEATURE_MATMUL_INT8)
        sum[t][half] = vfmaq_f32(sum[t][half], vcvtq_f32_s32(of_token[t][half]), scale[t][half]);
#endif
      }
    }
  }
  EDGEWISE_UNROLL
  for (std::size_t t = 0; t < 4; ++t) {
    vst1q_f32(out + t * out_stride, sum[t][0]);
    vst1q_f32(out + t * out_stride + 4, sum[t][1]);
  }
}
