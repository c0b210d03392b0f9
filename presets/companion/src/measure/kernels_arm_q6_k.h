// Products of eight interleaved rows of Q6_K for 64-bit ARM: sixteen weights to a scale. Included by kernels_arm.h,
// after kernels_arm_interleaved.h.

/// 16 bytes of low bits, and what holds their high bits in bits 0, 1, 4 and 5: weights of two groups that lie 64 apart,
/// 0 to 63.
HWY_INLINE void split_q6_k(uint8x16_t low, uint8x16_t high, int8x16_t& first, int8x16_t& second) {
  first = vreinterpretq_s8_u8(vsliq_n_u8(vandq_u8(low, vdupq_n_u8(15)), vandq_u8(high, vdupq_n_u8(3)), 4));
  second = vreinterpretq_s8_u8(vorrq_u8(vshrq_n_u8(low, 4), vandq_u8(high, vdupq_n_u8(0x30))));
}
/// The four vectors of sixteen weights of rows 0 to 3 and of rows 4 to 7, in the order in which they lie; `quarter` of
/// the 128 weights that begin with `begin`.
struct PackedQ6_K {
  uint8x16_t low[8], high[8];
  HWY_INLINE PackedQ6_K(const BlockQ6_Kx8& b, std::size_t begin, std::size_t quarter) {
    const std::uint8_t *lows = b.low + 4 * begin + 128 * quarter, *highs = b.high + 2 * begin + 128 * (quarter % 2);
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 8; ++i) {
      low[i] = vld1q_u8(lows + 16 * i);
      high[i] = vld1q_u8(highs + 16 * i);
    }
    if (quarter > 1) {
      EDGEWISE_UNROLL
      for (uint8x16_t& x : high) x = vshrq_n_u8(x, 2);
    }
  }
};
HWY_INLINE void widen_scales(const BlockQ6_Kx8& b, std::int16_t (&scales)[128]) {
  for (std::size_t i = 0; i < 128; i += 8) vst1q_s16(scales + i, vmovl_s8(vld1_s8(b.scales + i)));
}

HWY_INLINE void one_q6_k(const BlockQ6_Kx8* w, std::size_t blocks, const Activation256* a, float* out) {
  float32x4_t sum[2] = {no_singles(), no_singles()};
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int16_t scales[128];
    widen_scales(w[b], scales);
    int32x4_t offsets[2] = {no_words(), no_words()};
    for (std::size_t i = 0; i < 16; i += 4) {
      const int16x4_t sums = vld1_s16(a[b].sums16 + i);
      EDGEWISE_UNROLL
      for (std::size_t half = 0; half < 2; ++half) {
        const std::int16_t* of = scales + 8 * i + 4 * half;
        offsets[half] = vmlal_lane_s16(offsets[half], vld1_s16(of), sums, 0);
        offsets[half] = vmlal_lane_s16(offsets[half], vld1_s16(of + 8), sums, 1);
        offsets[half] = vmlal_lane_s16(offsets[half], vld1_s16(of + 16), sums, 2);
        offsets[half] = vmlal_lane_s16(offsets[half], vld1_s16(of + 24), sums, 3);
      }
    }
    // Of four rows, or of two in a half vector where pieces are eight bytes long.
    int32x4_t products[2] = {no_words(), no_words()};
    int32x2_t of_pairs[4];
    EDGEWISE_UNROLL
    for (int32x2_t& x : of_pairs) x = vdup_n_s32(0);
    for (std::size_t begin = 0; begin < 256; begin += 128)
      for (std::size_t quarter = 0; quarter < 4; ++quarter) {
        const PackedQ6_K packed(w[b], begin, quarter);
        const std::int8_t* tokens = a[b].quants + begin + 16 * quarter;
        const std::int16_t* of = scales + begin / 2 + 8 * quarter;
        if constexpr (piece == 8) {
          int8x16_t token[2][2];
          EDGEWISE_UNROLL
          for (std::size_t k = 0; k < 2; ++k) {
            token[0][k] = repeat_8(tokens + 8 * k);
            token[1][k] = repeat_8(tokens + 64 + 8 * k);
          }
          EDGEWISE_UNROLL
          for (std::size_t rows = 0; rows < 4; ++rows) {
            int8x16_t weights[2][2];
            int32x4_t dots[2] = {no_words(), no_words()};
            EDGEWISE_UNROLL
            for (std::size_t k = 0; k < 2; ++k)
              split_q6_k(packed.low[rows + 4 * k], packed.high[rows + 4 * k], weights[0][k], weights[1][k]);
            EDGEWISE_UNROLL
            for (std::size_t g = 0; g < 2; ++g) {
              dots[g] = vdotq_s32(vdotq_s32(dots[g], weights[g][0], token[g][0]), weights[g][1], token[g][1]);
              const int32x2_t both = {of[32 * g + 2 * rows], of[32 * g + 2 * rows + 1]};
              of_pairs[rows] = vmla_s32(of_pairs[rows], vpadd_s32(vget_low_s32(dots[g]), vget_high_s32(dots[g])), both);
            }
          }
        } else {
          int8x16_t token[2][4];
          EDGEWISE_UNROLL
          for (std::size_t k = 0; k < 4; ++k) {
            token[0][k] = repeat_4(tokens + 4 * k);
            token[1][k] = repeat_4(tokens + 64 + 4 * k);
          }
          EDGEWISE_UNROLL
          for (std::size_t half = 0; half < 2; ++half) {
            int32x4_t dots[2] = {no_words(), no_words()};
            EDGEWISE_UNROLL
            for (std::size_t k = 0; k < 4; ++k) {
              int8x16_t first, second;
              split_q6_k(packed.low[2 * k + half], packed.high[2 * k + half], first, second);
              dots[0] = vdotq_s32(dots[0], first, token[0][k]);
              dots[1] = vdotq_s32(dots[1], second, token[1][k]);
            }
            products[half] = vmlaq_s32(products[half], dots[0], vmovl_s16(vld1_s16(of + 4 * half)));
            products[half] = vmlaq_s32(products[half], dots[1], vmovl_s16(vld1_s16(of + 32 + 4 * half)));
          }
        }
      }
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      if constexpr (piece == 8) products[half] = vcombine_s32(of_pairs[2 * half], of_pairs[2 * half + 1]);
      products[half] = vsubq_s32(products[half], vshlq_n_s32(offsets[half], 5));
      sum[half] = vfmaq_f32(sum[half], vcvtq_f32_s32(products[half]),
                            vmulq_n_f32(four_scales(w[b].half_scales + 4 * half), a[b].scale));
    }
  }
  vst1q_f32(out, sum[0]);
  vst1q_f32(out + 4, sum[1]);
}

/// Four tokens. Of many the weights' offset is taken off before, once for all.
HWY_INLINE void many_q6_k(const BlockQ6_Kx8* w, std::size_t blocks, const Activation256x4* a, float* out,
                          std::size_t out_stride) {
  const int8x16_t middle = vdupq_n_s8(32);
  float32x4_t sum[4][2];
  EDGEWISE_UNROLL
  for (auto& of_token : sum) of_token[0] = of_token[1] = no_singles();
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int16_t scales[128];
    widen_scales(w[b], scales);
    int32x4_t of_token[4][2];
#if defined(__ARM_FEATURE_MATMUL_INT8)
    int32x4_t square[2][4];
    EDGEWISE_UNROLL
    for (std::size_t i = 0; i < 8; ++i) square[i / 4][i % 4] = no_words();
#else
    EDGEWISE_UNROLL
    for (auto& x : of_token) x[0] = x[1] = no_words();
#endif
    for (std::size_t begin = 0; begin < 256; begin += 128)
      for (std::size_t quarter = 0; quarter < 4; ++quarter) {
        const PackedQ6_K packed(w[b], begin, quarter);
        const std::int8_t* tokens = a[b].quants + 4 * begin + 64 * quarter;
        const std::int16_t* of = scales + begin / 2 + 8 * quarter;
        int8x16_t token[2][4];
        EDGEWISE_UNROLL
        for (std::size_t k = 0; k < 4; ++k) {
          token[0][k] = load_signed(tokens + 16 * k);
          token[1][k] = load_signed(tokens + 256 + 16 * k);
        }
#if defined(__ARM_FEATURE_MATMUL_INT8)
        EDGEWISE_UNROLL
        for (std::size_t rows = 0; rows < 4; ++rows) {
          int8x16_t weights[2][2];
          EDGEWISE_UNROLL
          for (std::size_t k = 0; k < 2; ++k) {
            split_q6_k(packed.low[rows + 4 * k], packed.high[rows + 4 * k], weights[0][k], weights[1][k]);
            weights[0][k] = vsubq_s8(weights[0][k], middle);
            weights[1][k] = vsubq_s8(weights[1][k], middle);
          }
          EDGEWISE_UNROLL
          for (std::size_t g = 0; g < 2; ++g) {
            const std::int16_t* both = of + 32 * g + 2 * rows;
            const int32x4_t scale = {both[0], both[0], both[1], both[1]};
            EDGEWISE_UNROLL
            for (std::size_t i = 0; i < 2; ++i) {
              const int32x4_t dots =
                  vmmlaq_s32(vmmlaq_s32(no_words(), weights[g][0], token[g][i]), weights[g][1], token[g][i + 2]);
              square[i][rows] = vmlaq_s32(square[i][rows], dots, scale);
            }
          }
        }
#else
        int32x4_t dots[2][2][4];
        EDGEWISE_UNROLL
        for (std::size_t i = 0; i < 16; ++i) dots[i / 8][i / 4 % 2][i % 4] = no_words();
        EDGEWISE_UNROLL
        for (std::size_t k = 0; k < 4; ++k) {
          EDGEWISE_UNROLL
          for (std::size_t half = 0; half < 2; ++half) {
            int8x16_t first, second;
            split_q6_k(packed.low[2 * k + half], packed.high[2 * k + half], first, second);
            add_four(dots[half][0], vsubq_s8(first, middle), token[0][k]);
            add_four(dots[half][1], vsubq_s8(second, middle), token[1][k]);
          }
        }
        EDGEWISE_UNROLL
        for (std::size_t half = 0; half < 2; ++half) {
          EDGEWISE_UNROLL
          for (std::size_t g = 0; g < 2; ++g) {
            const int32x4_t scale = vmovl_s16(vld1_s16(of + 32 * g + 4 * half));
            EDGEWISE_UNROLL
            for (std::size_t t = 0; t < 4; ++t)
              of_token[t][half] = vmlaq_s32(of_token[t][half], dots[half][g][t], scale);
          }
        }
#endif
      }
#if defined(__ARM_FEATURE_MATMUL_INT8)
    straighten(square, of_token);
#endif
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      const float32x4_t of_rows = four_scales(w[b].half_scales + 4 * half);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < 4; ++t)
        sum[t][half] = vfmaq_f32(sum[t][half], vcvtq_f32_s32(of_token[t][half]), vmulq_n_f32(of_rows, a[b].scales[t]));
    }
  }
  EDGEWISE_UNROLL
  for (std::size_t t = 0; t < 4; ++t) {
    vst1q_f32(out + t * out_stride, sum[t][0]);
    vst1q_f32(out + t * out_stride + 4, sum[t][1]);
  }
}
