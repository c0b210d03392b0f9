// Products of rows as GGUF files hold them, in tiles of rows and tokens or row by row, as engines multiply them where
// they do not interleave. Included by kernels_isa.cpp, inside its namespace.

// ---- R rows against T vectors of activations: weights are unpacked once for all T, activations loaded once for all R
// ----

template <Format F>
HWY_INLINE Group signed_weights(const std::uint8_t* row, std::size_t block, std::uint16_t& half_scale);

template <>
HWY_INLINE Group signed_weights<Format::q8_0>(const std::uint8_t* row, std::size_t block, std::uint16_t& half_scale) {
  const auto& w = reinterpret_cast<const BlockQ8_0*>(row)[block];
  half_scale = w.half_scale;
  return load(reinterpret_cast<const std::uint8_t*>(w.quants));
}

#if EDGEWISE_BEFORE_AVX
template <>
HWY_INLINE Group signed_weights<Format::q4_0>(const std::uint8_t* row, std::size_t block, std::uint16_t& half_scale) {
  const hn::CappedTag<std::uint8_t, 16> half;
  const auto& w = reinterpret_cast<const BlockQ4_0*>(row)[block];
  half_scale = w.half_scale;
  const auto packed = hn::LoadU(half, w.quants);
  const auto eight = hn::Set(Bytes(), 8);
  return {{hn::Sub(hn::And(packed, hn::Set(half, 15)), eight), hn::Sub(hn::ShiftRight<4>(packed), eight)}};
}
#else
template <>
HWY_INLINE Group signed_weights<Format::q5_0>(const std::uint8_t* row, std::size_t block, std::uint16_t& half_scale) {
  const auto& w = reinterpret_cast<const BlockQ5_0*>(row)[block];
  half_scale = w.half_scale;
  std::uint32_t word;
  std::memcpy(&word, w.fifth_bits, sizeof word);
  // A byte is all ones where its bit is set, since all its others are set before.
  const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(w.quants));
  const __m256i nibbles = _mm256_and_si256(_mm256_set1_epi8(15), _mm256_set_m128i(_mm_srli_epi16(packed, 4), packed));
  const __m256i byte_of = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i others = _mm256_set1_epi64x(0x7fbfdfeff7fbfdfe);
  const __m256i bits = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(word)), byte_of);
  const __m256i set = _mm256_cmpeq_epi8(_mm256_set1_epi64x(-1), _mm256_or_si256(others, bits));
  // Where the fifth bit is not set the weight is nibble - 16.
  return {{VBytes{_mm256_or_si256(nibbles, _mm256_andnot_si256(set, _mm256_set1_epi8(static_cast<char>(0xf0))))}}};
}
#endif

using Four = hn::FixedTag<float, 4>;
/// Up to four scales. Of several, through one register: small stores that a wide load follows would stall it.
template <std::size_t R>
HWY_INLINE hn::Vec<Four> four_halves(const std::uint16_t (&halves)[R]) {
  if constexpr (R == 1) {
    return hn::Set(Four(), to_float(halves[0]));
  } else {
    std::uint64_t word = 0;
    EDGEWISE_UNROLL
    for (std::size_t r = 0; r < R; ++r) word |= std::uint64_t{halves[r]} << (16 * r);
    const hn::Rebind<hwy::float16_t, Four> of_halves;
    return hn::PromoteTo(Four(),
                         hn::BitCast(of_halves, hn::Set(hn::Repartition<std::uint64_t, decltype(of_halves)>(), word)));
  }
}
/// Four factors in each 128 bits.
HWY_INLINE VFloats repeat(hn::Vec<Four> four) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return VFloats{_mm256_set_m128(four.raw, four.raw)};
#else
  return four;
#endif
}
/// One of the four in every lane.
HWY_INLINE VFloats broadcast(VFloats fours, std::size_t which) {
  return which == 0   ? hn::Broadcast<0>(fours)
         : which == 1 ? hn::Broadcast<1>(fours)
         : which == 2 ? hn::Broadcast<2>(fours)
                      : hn::Broadcast<3>(fours);
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
      std::uint16_t halves[R];
      EDGEWISE_UNROLL
      for (std::size_t r = 0; r < R; ++r) quants[r] = signed_weights<F>(weights + r * row_B, b, halves[r]);
      const auto scales = four_halves(halves);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < T; ++t) {
        const auto& a = reinterpret_cast<const Activation32*>(activations + t * stride)[b];
        const VFloats factors = R == 1 ? hn::Set(Floats(), to_float(halves[0]) * a.scale)
                                       : repeat(hn::Mul(scales, hn::Set(Four(), a.scale)));
        EDGEWISE_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
          VWords products = hn::Zero(Words());
          EDGEWISE_UNROLL
          for (std::size_t p = 0; p < parts; ++p)
            products = dot(products, hn::BitCast(SignedBytes(), quants[r].part[p]), load_activations(a.quants, p));
          sum[r][t] =
              hn::MulAdd(hn::ConvertTo(Floats(), products), R == 1 ? factors : broadcast(factors, r), sum[r][t]);
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
    constexpr std::size_t step = hn::MaxLanes(Wide());
    hn::Vec<Wide> sum[T][R];
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t r = 0; r < R; ++r) sum[t][r] = hn::Zero(Wide());
    for (std::size_t i = 0; i < 32 * blocks; i += step) {
      // What is more is loaded one by one, so that the sums stay in registers.
      hn::Vec<Wide> kept[R < T ? R : T];
      if constexpr (R <= T) {
        EDGEWISE_UNROLL
        for (std::size_t r = 0; r < R; ++r) kept[r] = load_wide_halves(weights + r * row_B, i);
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < T; ++t) {
          const auto a = load_wide_halves(activations + t * stride, i);
          EDGEWISE_UNROLL
          for (std::size_t r = 0; r < R; ++r) sum[t][r] = hn::MulAdd(kept[r], a, sum[t][r]);
        }
      } else {
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < T; ++t) kept[t] = load_wide_halves(activations + t * stride, i);
        EDGEWISE_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
          const auto w = load_wide_halves(weights + r * row_B, i);
          EDGEWISE_UNROLL
          for (std::size_t t = 0; t < T; ++t) sum[t][r] = hn::MulAdd(w, kept[t], sum[t][r]);
        }
      }
    }
    EDGEWISE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t r = 0; r < R; ++r) out[t * out_stride + r] = hn::GetLane(hn::SumOfLanes(Wide(), sum[t][r]));
  }
};

/// One row and one token: four sums, or the chain of additions would bind it.
template <>
struct Tile<Format::f16, 1, 1> {
  static HWY_INLINE void run(const std::uint8_t* weights, std::size_t, std::size_t blocks,
                             const std::uint8_t* activations, std::size_t, float* out, std::size_t) {
    constexpr std::size_t step = hn::MaxLanes(Wide()), sums = 4;
    hn::Vec<Wide> sum[sums];
    EDGEWISE_UNROLL
    for (std::size_t c = 0; c < sums; ++c) sum[c] = hn::Zero(Wide());
    const std::size_t n = 32 * blocks, whole = n / (sums * step) * (sums * step);
    const auto add = [&](std::size_t i, hn::Vec<Wide>& to) {
      to = hn::MulAdd(load_wide_halves(weights, i), load_wide_halves(activations, i), to);
    };
    for (std::size_t i = 0; i < whole; i += sums * step) {
      EDGEWISE_UNROLL
      for (std::size_t c = 0; c < sums; ++c) add(i + c * step, sum[c]);
    }
    for (std::size_t i = whole; i < n; i += step) add(i, sum[0]);
    out[0] = hn::GetLane(hn::SumOfLanes(Wide(), hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]))));
  }
};

// ---- one row against one vector of activations ----

#if !EDGEWISE_BEFORE_AVX
template <Format F>
struct Row;

template <>
struct Row<Format::q6_k> {
  static HWY_INLINE float run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
    VFloats sum = hn::Zero(Floats());
    const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
    const auto* a = reinterpret_cast<const Activation256*>(activations);
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::int8_t* scales = w[b].scales;
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
      const float both = to_float(w[b].half_scale) * a[b].scale;
      const __m256i of_groups = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(scales)));
      const __m256i sums = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a[b].sums16));
      const __m256i removed = _mm256_slli_epi32(_mm256_madd_epi16(sums, of_groups), 5);
      products = VWords{_mm256_sub_epi32(products.raw, removed)};
      sum = hn::MulAdd(hn::ConvertTo(Floats(), products), hn::Set(Floats(), both), sum);
    }
    return total(sum);
  }
  /// Two bits of each byte go above the nibble. They are masked first, so that shifts of 16 bits do: x86 has no others.
  template <int Pair>
  static HWY_INLINE Group with_high(const Group& low, const Group& high) {
    const hn::Repartition<std::uint16_t, Bytes> shorts;
    constexpr int left = Pair < 2 ? 4 - 2 * Pair : 0, right = Pair < 2 ? 0 : 2 * Pair - 4;
    Group out;
    EDGEWISE_UNROLL
    for (std::size_t p = 0; p < parts; ++p) {
      const auto bits = hn::BitCast(shorts, hn::And(high.part[p], hn::Set(Bytes(), 3 << 2 * Pair)));
      const auto moved = left > 0 ? hn::ShiftLeft<left>(bits) : hn::ShiftRight<right>(bits);
      out.part[p] = hn::Or(low.part[p], hn::BitCast(Bytes(), moved));
    }
    return out;
  }
};
#endif
