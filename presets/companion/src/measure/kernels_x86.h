// Products of eight interleaved rows for x86 with AVX2 or more, in the layouts and tiles in which llama.cpp multiplies
// them: eight bytes of each row follow each other; of one token 256 bits are used, of many 512 where there are.
// Included by kernels_isa.cpp, inside its namespace.

HWY_INLINE __m256i dot_bytes(VWords sum, VBytes x, VSigned y) { return dot(sum, x, y).raw; }

/// 256 bits: one group of eight rows.
struct Ymm {
  using Bits = __m256i;
  using Singles = __m256;
  static constexpr std::size_t groups = 1;
  static HWY_INLINE Bits join(__m256i first, __m256i) { return first; }
  static HWY_INLINE Bits twice(__m256i x) { return x; }
  static HWY_INLINE Bits repeat(__m128i x) { return _mm256_broadcastsi128_si256(x); }
  static HWY_INLINE Bits zero() { return _mm256_setzero_si256(); }
  static HWY_INLINE Singles zeros() { return _mm256_setzero_ps(); }
  static HWY_INLINE Bits low_nibbles(Bits x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
  static HWY_INLINE Bits high_nibbles(Bits x) { return low_nibbles(_mm256_srli_epi16(x, 4)); }
  static HWY_INLINE Bits look_up(Bits table, Bits which) { return _mm256_shuffle_epi8(table, which); }
  template <int order>
  static HWY_INLINE Bits shuffle(Bits x) {
    return _mm256_shuffle_epi32(x, order);
  }
  template <int order>
  static HWY_INLINE Singles broadcast(Singles x) {
    return _mm256_shuffle_ps(x, x, order);
  }
  /// The upper half of each 128 bits from the second.
  static HWY_INLINE Bits upper_from(Bits x, Bits y) { return _mm256_blend_epi32(x, y, 0xcc); }
  static HWY_INLINE Bits add32(Bits x, Bits y) { return _mm256_add_epi32(x, y); }
  static HWY_INLINE Bits add16(Bits x, Bits y) { return _mm256_add_epi16(x, y); }
  static HWY_INLINE Bits pairs8(Bits x, Bits y) { return _mm256_maddubs_epi16(x, y); }
  static HWY_INLINE Bits pairs16(Bits x, Bits y) { return _mm256_madd_epi16(x, y); }
  static HWY_INLINE Singles to_single(Bits x) { return _mm256_cvtepi32_ps(x); }
  static HWY_INLINE Singles multiply(Singles x, Singles y) { return _mm256_mul_ps(x, y); }
  static HWY_INLINE Singles multiply_add(Singles x, Singles y, Singles z) { return _mm256_fmadd_ps(x, y, z); }
  static HWY_INLINE Singles subtract(Singles x, Singles y) { return _mm256_sub_ps(x, y); }
  static HWY_INLINE void store(float* to, Singles x) { _mm256_storeu_ps(to, x); }
  static HWY_INLINE Singles repeat(const float* four) {
    return _mm256_broadcast_ps(reinterpret_cast<const __m128*>(four));
  }
  static HWY_INLINE Singles halves(const std::uint16_t* first, const std::uint16_t*) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)));
  }
  static HWY_INLINE Bits widen(__m128i first, __m128i) { return _mm256_cvtepu8_epi16(first); }
  /// Sums of four neighbouring products of signed bytes: what is not negative must come first, so the signs of `x` go
  /// over to `y`.
  static HWY_INLINE Bits dot(Bits sum, Bits x, Bits y) {
    return dot_bytes(VWords{sum}, VBytes{_mm256_sign_epi8(x, x)}, VSigned{_mm256_sign_epi8(y, x)});
  }
};

#if HWY_TARGET <= HWY_AVX3
/// 512 bits: two groups of eight rows.
struct Zmm {
  using Bits = __m512i;
  using Singles = __m512;
  static constexpr std::size_t groups = 2;
  static HWY_INLINE Bits join(__m256i first, __m256i second) {
    return _mm512_inserti32x8(_mm512_castsi256_si512(first), second, 1);
  }
  static HWY_INLINE Bits twice(__m256i x) { return join(x, x); }
  static HWY_INLINE Bits repeat(__m128i x) { return _mm512_broadcast_i32x4(x); }
  static HWY_INLINE Bits zero() { return _mm512_setzero_si512(); }
  static HWY_INLINE Singles zeros() { return _mm512_setzero_ps(); }
  static HWY_INLINE Bits low_nibbles(Bits x) { return _mm512_and_si512(x, _mm512_set1_epi8(15)); }
  static HWY_INLINE Bits high_nibbles(Bits x) { return low_nibbles(_mm512_srli_epi16(x, 4)); }
  static HWY_INLINE Bits look_up(Bits table, Bits which) { return _mm512_shuffle_epi8(table, which); }
  template <int order>
  static HWY_INLINE Bits shuffle(Bits x) {
    return _mm512_shuffle_epi32(x, static_cast<_MM_PERM_ENUM>(order));
  }
  template <int order>
  static HWY_INLINE Singles broadcast(Singles x) {
    return _mm512_shuffle_ps(x, x, order);
  }
  static HWY_INLINE Bits upper_from(Bits x, Bits y) { return _mm512_mask_blend_epi32(0xcccc, x, y); }
  static HWY_INLINE Bits add32(Bits x, Bits y) { return _mm512_add_epi32(x, y); }
  static HWY_INLINE Bits add16(Bits x, Bits y) { return _mm512_add_epi16(x, y); }
  static HWY_INLINE Bits pairs8(Bits x, Bits y) { return _mm512_maddubs_epi16(x, y); }
  static HWY_INLINE Bits pairs16(Bits x, Bits y) { return _mm512_madd_epi16(x, y); }
  static HWY_INLINE Singles to_single(Bits x) { return _mm512_cvtepi32_ps(x); }
  static HWY_INLINE Singles multiply(Singles x, Singles y) { return _mm512_mul_ps(x, y); }
  static HWY_INLINE Singles multiply_add(Singles x, Singles y, Singles z) { return _mm512_fmadd_ps(x, y, z); }
  static HWY_INLINE Singles subtract(Singles x, Singles y) { return _mm512_sub_ps(x, y); }
  static HWY_INLINE void store(float* to, Singles x) { _mm512_storeu_ps(to, x); }
  static HWY_INLINE Singles repeat(const float* four) { return _mm512_broadcast_f32x4(_mm_loadu_ps(four)); }
  static HWY_INLINE Singles halves(const std::uint16_t* first, const std::uint16_t* second) {
    const __m256i both =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first))),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(second)), 1);
    return _mm512_cvtph_ps(both);
  }
  static HWY_INLINE Bits widen(__m128i first, __m128i second) {
    return _mm512_cvtepu8_epi16(_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1));
  }
  static HWY_INLINE Bits dot(Bits sum, Bits x, Bits y) {
    const Bits magnitudes = _mm512_abs_epi8(x);
    const Bits signed_y = _mm512_mask_sub_epi8(y, _mm512_movepi8_mask(x), zero(), y);
#if defined(__AVX512VNNI__)
    return _mm512_dpbusd_epi32(sum, magnitudes, signed_y);
#else
    return add32(sum, pairs16(_mm512_set1_epi16(1), pairs8(magnitudes, signed_y)));
#endif
  }
};
using Widest = Zmm;
#else
using Widest = Ymm;
#endif

HWY_INLINE __m256i load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
HWY_INLINE __m128i load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }

/// Four eights of bytes, of rows 0 to 3 in the first and 4 to 7 in the second, so that rows 0, 1, 4, 5 lie in `even`
/// and 2, 3, 6, 7 in `odd`: a dot product of both with two tokens then gives a square of results in each 128 bits.
template <class V>
struct Woven {
  typename V::Bits even, odd;
};
template <class V>
HWY_INLINE Woven<V> weave(const std::uint8_t* first, const std::uint8_t* second) {
  const __m256i turned = _mm256_setr_epi32(4, 5, 6, 7, 0, 1, 2, 3);
  __m256i even[2], odd[2];
  EDGEWISE_UNROLL
  for (std::size_t g = 0; g < V::groups; ++g) {
    const std::uint8_t* p = g == 0 ? first : second;
    const __m256i rows_0123 = load256(p), rows_4567 = load256(p + 32);
    even[g] = _mm256_blend_epi32(rows_0123, _mm256_permutevar8x32_epi32(rows_4567, turned), 0xf0);
    odd[g] = _mm256_blend_epi32(_mm256_permutevar8x32_epi32(rows_0123, turned), rows_4567, 0xf0);
  }
  return {V::join(even[0], even[V::groups - 1]), V::join(odd[0], odd[V::groups - 1])};
}
/// Eight bytes of tokens 0 to 3: tokens 0, 1 in all of `even`'s 128 bits, 2, 3 in all of `odd`'s.
template <class V>
HWY_INLINE Woven<V> weave_tokens(const std::int8_t* p) {
  const __m256i all = load256(p);
  return {V::twice(_mm256_permute2x128_si256(all, all, 0x00)), V::twice(_mm256_permute2x128_si256(all, all, 0x11))};
}

// Orders of 32-bit lanes: of weights the first or second half of each eight, of tokens likewise.
constexpr int weights_first = 0x88, weights_second = 0xdd, tokens_first = 0xa0, tokens_second = 0xf5, swapped = 0x4e;

/// Both halves of each eight, in the orders that a square needs: what is loaded once is turned once, before anything is
/// multiplied, and lies on the stack where registers do not suffice. So compilers leave it in engines.
template <class V>
struct Turned {
  typename V::Bits even_first, even_second, odd_first, odd_second;
};
template <class V>
HWY_INLINE Turned<V> turn_weights(typename V::Bits even, typename V::Bits odd) {
  return {V::template shuffle<weights_first>(even), V::template shuffle<weights_second>(even),
          V::template shuffle<weights_first>(odd), V::template shuffle<weights_second>(odd)};
}
template <class V>
HWY_INLINE Turned<V> turn_tokens(const Woven<V>& t) {
  return {V::template shuffle<tokens_first>(t.even), V::template shuffle<tokens_second>(t.even),
          V::template shuffle<tokens_first>(t.odd), V::template shuffle<tokens_second>(t.odd)};
}

/// Squares of results, straightened to one vector for each token.
template <class V>
HWY_INLINE void straighten(const typename V::Bits square[2][2], typename V::Bits* of_token) {
  EDGEWISE_UNROLL
  for (std::size_t i = 0; i < 2; ++i) {
    of_token[2 * i] = V::upper_from(square[i][0], V::template shuffle<swapped>(square[i][1]));
    of_token[2 * i + 1] = V::upper_from(V::template shuffle<swapped>(square[i][0]), square[i][1]);
  }
}
template <class V>
HWY_INLINE typename V::Singles token_of(typename V::Singles four, std::size_t which) {
  return which == 0   ? V::template broadcast<0x00>(four)
         : which == 1 ? V::template broadcast<0x55>(four)
         : which == 2 ? V::template broadcast<0xaa>(four)
                      : V::template broadcast<0xff>(four);
}

constexpr std::int8_t signed_nibbles[16] = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};

/// A row of results goes to `out`, one token below the other; `groups` of four tokens.
template <class V, std::size_t groups>
HWY_INLINE void many_q4_0(const BlockQ4_0x8* w, std::size_t blocks, const Activation32x4* a, float* out,
                          std::size_t out_stride) {
  using Bits = typename V::Bits;
  const Bits table = V::repeat(load128(signed_nibbles));
  typename V::Singles sum[4 * groups];
  for (std::size_t i = 0; i < 4 * groups; ++i) sum[i] = V::zeros();
  for (std::size_t b = 0; b < blocks; ++b) {
    const BlockQ4_0x8 &first = w[b], &second = w[(V::groups - 1) * blocks + b];
    Woven<V> weights[4];
    EDGEWISE_UNROLL
    for (std::size_t k = 0; k < 2; ++k) {
      const Woven<V> packed = weave<V>(first.quants + 64 * k, second.quants + 64 * k);
      weights[k] = {V::look_up(table, V::low_nibbles(packed.even)), V::look_up(table, V::low_nibbles(packed.odd))};
      weights[k + 2] = {V::look_up(table, V::high_nibbles(packed.even)),
                        V::look_up(table, V::high_nibbles(packed.odd))};
    }
    const typename V::Singles scales = V::halves(first.half_scales, second.half_scales);
    for (std::size_t g = 0; g < groups; ++g) {
      const Activation32x4& tokens = a[g * blocks + b];
      Bits square[2][2], other[2][2];
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j) square[i][j] = other[i][j] = V::zero();
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < 4; ++k) {
        const Woven<V> t = weave_tokens<V>(tokens.quants + 32 * k);
        EDGEWISE_UNROLL
        for (std::size_t i = 0; i < 2; ++i)
          for (std::size_t j = 0; j < 2; ++j) {
            const Bits of_tokens = i == 0 ? t.even : t.odd, of_weights = j == 0 ? weights[k].even : weights[k].odd;
            square[i][j] = V::dot(square[i][j], V::template shuffle<tokens_first>(of_tokens),
                                  V::template shuffle<weights_first>(of_weights));
            other[i][j] = V::dot(other[i][j], V::template shuffle<tokens_second>(of_tokens),
                                 V::template shuffle<weights_second>(of_weights));
          }
      }
      EDGEWISE_UNROLL
      for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j) square[i][j] = V::add32(square[i][j], other[i][j]);
      Bits of_token[4];
      straighten<V>(square, of_token);
      const typename V::Singles token_scales = V::repeat(tokens.scales);
      EDGEWISE_UNROLL
      for (std::size_t t = 0; t < 4; ++t)
        sum[4 * g + t] = V::multiply_add(V::to_single(of_token[t]), V::multiply(scales, token_of<V>(token_scales, t)),
                                         sum[4 * g + t]);
    }
  }
  for (std::size_t t = 0; t < 4 * groups; ++t) V::store(out + t * out_stride, sum[t]);
}

/// Lanes 0, 4, 1, 5, 2, 6, 3, 7 hold the rows in order.
HWY_INLINE __m256 in_order(__m256 rows) {
  return _mm256_permutevar8x32_ps(rows, _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7));
}
/// The first four bytes of each eight, rows 0, 4, 1, 5, 2, 6, 3, 7; `second`: the last four.
HWY_INLINE __m256i first_halves(__m256i rows_0123, __m256i rows_4567) {
  return _mm256_blend_epi32(rows_0123, _mm256_shuffle_epi32(rows_4567, 0xb1), 0xaa);
}
HWY_INLINE __m256i second_halves(__m256i rows_0123, __m256i rows_4567) {
  return _mm256_blend_epi32(_mm256_shuffle_epi32(rows_0123, 0xb1), rows_4567, 0xaa);
}
/// Half precision scales of rows 0, 4, 1, 5, 2, 6, 3, 7.
HWY_INLINE __m256 scales_in_lanes(const std::uint16_t* halves) {
  return _mm256_cvtph_ps(
      _mm_shuffle_epi8(load128(halves), _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)));
}

HWY_INLINE void one_q4_0(const BlockQ4_0x8* w, std::size_t blocks, const Activation32* a, float* out) {
  const __m256i table = Ymm::repeat(load128(signed_nibbles));
  __m256 sum = _mm256_setzero_ps();
  for (std::size_t b = 0; b < blocks; ++b) {
    __m256i products = _mm256_setzero_si256(), rows[2][2][2];
    EDGEWISE_UNROLL
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t h = 0; h < 2; ++h) {
        const __m256i packed = load256(w[b].quants + 64 * k + 32 * h);
        rows[0][k][h] = _mm256_shuffle_epi8(table, Ymm::low_nibbles(packed));
        rows[1][k][h] = _mm256_shuffle_epi8(table, Ymm::high_nibbles(packed));
      }
    EDGEWISE_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {
      const __m256i token = Ymm::repeat(load128(a[b].quants + 16 * half));
      const auto& of = rows[half];
      products = Ymm::dot(products, first_halves(of[0][0], of[0][1]), _mm256_shuffle_epi32(token, 0x00));
      products = Ymm::dot(products, second_halves(of[0][0], of[0][1]), _mm256_shuffle_epi32(token, 0x55));
      products = Ymm::dot(products, first_halves(of[1][0], of[1][1]), _mm256_shuffle_epi32(token, 0xaa));
      products = Ymm::dot(products, second_halves(of[1][0], of[1][1]), _mm256_shuffle_epi32(token, 0xff));
    }
    const __m256 scales = _mm256_mul_ps(scales_in_lanes(w[b].half_scales), _mm256_set1_ps(a[b].scale));
    sum = _mm256_fmadd_ps(_mm256_cvtepi32_ps(products), scales, sum);
  }
  _mm256_storeu_ps(out, in_order(sum));
}

/// Scales of eight rows in the low eight bytes, their mins in the high ones, from six bits each.
HWY_INLINE __m128i scales_and_mins(const std::uint8_t* packed) {
  std::uint32_t word[3];
  std::memcpy(word, packed, sizeof word);
  return _mm_set_epi32(static_cast<int>(((word[2] >> 4) & 0x0f0f0f0fu) | (((word[1] >> 6) & 0x03030303u) << 4)),
                       static_cast<int>(word[1] & 0x3f3f3f3fu),
                       static_cast<int>((word[2] & 0x0f0f0f0fu) | (((word[0] >> 6) & 0x03030303u) << 4)),
                       static_cast<int>(word[0] & 0x3f3f3f3fu));
}

template <>
struct Row<Format::q5_k> {
  static HWY_INLINE float run(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
    const auto* w = reinterpret_cast<const BlockQ5_K*>(weights);
    const auto* a = reinterpret_cast<const Activation256*>(activations);
    __m256 sum = _mm256_setzero_ps();
    float removed = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      const __m256i both = _mm256_cvtepu8_epi16(scales_and_mins(w[b].scales));
      const __m256i sums16 = load256(a[b].sums16);
      const __m128i sums32 = _mm_hadd_epi16(_mm256_castsi256_si128(sums16), _mm256_extracti128_si256(sums16, 1));
      // Block by block to a single number, as engines do.
      __m128i offset = _mm_madd_epi16(_mm256_extracti128_si256(both, 1), sums32);
      offset = _mm_hadd_epi32(offset, offset);
      offset = _mm_hadd_epi32(offset, offset);
      removed += to_float(w[b].half_min) * a[b].scale * static_cast<float>(_mm_cvtsi128_si32(offset));
      const __m256i scales = Ymm::repeat(_mm256_castsi256_si128(both)), bits = load256(w[b].fifth_bits);
      __m256i products = _mm256_setzero_si256(), mask = _mm256_set1_epi8(1);
      for (std::size_t pair = 0; pair < 4; ++pair) {
        const __m256i quants = load256(w[b].quants + 32 * pair);
        const auto group = [&](__m256i nibbles, std::size_t g) {
          // Which of the eight 16-bit scales, in every lane.
          const __m256i scale = _mm256_shuffle_epi8(scales, _mm256_set1_epi16(static_cast<short>(0x0100 + 0x0202 * g)));
          const __m256i fifth =
              _mm256_slli_epi16(_mm256_srli_epi16(_mm256_and_si256(bits, mask), static_cast<int>(g)), 4);
          mask = _mm256_slli_epi16(mask, 1);
          const __m256i pairs = _mm256_maddubs_epi16(_mm256_add_epi8(nibbles, fifth), load256(a[b].quants + 32 * g));
          return _mm256_madd_epi16(scale, pairs);
        };
        const __m256i first = group(Ymm::low_nibbles(quants), 2 * pair),
                      second = group(Ymm::high_nibbles(quants), 2 * pair + 1);
        products = _mm256_add_epi32(products, _mm256_add_epi32(first, second));
      }
      sum = _mm256_fmadd_ps(_mm256_set1_ps(to_float(w[b].half_scale) * a[b].scale), _mm256_cvtepi32_ps(products), sum);
    }
    return total(VFloats{sum}) - removed;
  }
};

HWY_INLINE void one_q4_k(const BlockQ4_Kx8* w, std::size_t blocks, const Activation256* a, float* out) {
  const __m128i scale_order = _mm_setr_epi8(0, 0, 4, 4, 1, 1, 5, 5, 2, 2, 6, 6, 3, 3, 7, 7);
  __m256 sum = _mm256_setzero_ps(), removed = _mm256_setzero_ps();
  for (std::size_t b = 0; b < blocks; ++b) {
    __m256i products = _mm256_setzero_si256(), offsets = _mm256_setzero_si256();
    const __m256i sums16 = load256(a[b].sums16);
    __m256i sums32 = Ymm::repeat(_mm_hadd_epi16(_mm256_castsi256_si128(sums16), _mm256_extracti128_si256(sums16, 1)));
    for (std::size_t pair = 0; pair < 4; ++pair) {
      const std::uint8_t* packed = w[b].scales + 24 * pair;
      const __m128i both[2] = {scales_and_mins(packed), scales_and_mins(packed + 12)};
      __m256i rows[2][4][2];
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < 4; ++k)
        for (std::size_t h = 0; h < 2; ++h) {
          const __m256i quants = load256(w[b].quants + 256 * pair + 64 * k + 32 * h);
          rows[0][k][h] = Ymm::low_nibbles(quants);
          rows[1][k][h] = Ymm::high_nibbles(quants);
        }
      EDGEWISE_UNROLL
      for (std::size_t g = 0; g < 2; ++g) {
        __m256i small = _mm256_setzero_si256();
        EDGEWISE_UNROLL
        for (std::size_t half = 0; half < 2; ++half) {
          const __m256i token = Ymm::repeat(load128(a[b].quants + 64 * pair + 32 * g + 16 * half));
          const auto &x = rows[g][2 * half], &y = rows[g][2 * half + 1];
          const auto add = [&](__m256i weights, __m256i tokens) {
            small = _mm256_add_epi16(small, _mm256_maddubs_epi16(weights, tokens));
          };
          add(first_halves(x[0], x[1]), _mm256_shuffle_epi32(token, 0x00));
          add(second_halves(x[0], x[1]), _mm256_shuffle_epi32(token, 0x55));
          add(first_halves(y[0], y[1]), _mm256_shuffle_epi32(token, 0xaa));
          add(second_halves(y[0], y[1]), _mm256_shuffle_epi32(token, 0xff));
        }
        const __m256i scales = _mm256_cvtepu8_epi16(_mm_shuffle_epi8(both[g], scale_order));
        products = _mm256_add_epi32(products, _mm256_madd_epi16(small, scales));
      }
      const __m256i mins = _mm256_cvtepu8_epi16(
          _mm_unpacklo_epi8(_mm_shuffle_epi32(both[0], swapped), _mm_shuffle_epi32(both[1], swapped)));
      offsets = _mm256_add_epi32(offsets, _mm256_madd_epi16(_mm256_shuffle_epi32(sums32, 0x00), mins));
      sums32 = _mm256_bsrli_epi128(sums32, 4);
    }
    const __m256 token_scale = _mm256_set1_ps(a[b].scale);
    sum = _mm256_fmadd_ps(_mm256_cvtepi32_ps(products), _mm256_mul_ps(scales_in_lanes(w[b].half_scales), token_scale),
                          sum);
    removed = _mm256_fmadd_ps(_mm256_cvtepi32_ps(offsets),
                              _mm256_mul_ps(Ymm::halves(w[b].half_mins, nullptr), token_scale), removed);
  }
  _mm256_storeu_ps(out, _mm256_sub_ps(in_order(sum), removed));
}

template <class V, std::size_t groups>
HWY_INLINE void many_q4_k(const BlockQ4_Kx8* w, std::size_t blocks, const Activation256x4* a, float* out,
                          std::size_t out_stride) {
  using Bits = typename V::Bits;
  typename V::Singles sum[4 * groups], removed[4 * groups];
  for (std::size_t i = 0; i < 4 * groups; ++i) sum[i] = removed[i] = V::zeros();
  for (std::size_t b = 0; b < blocks; ++b) {
    const BlockQ4_Kx8 &first = w[b], &second = w[(V::groups - 1) * blocks + b];
    const typename V::Singles block_scales = V::halves(first.half_scales, second.half_scales),
                              block_mins = V::halves(first.half_mins, second.half_mins);
    for (std::size_t pair = 0; pair < 4; ++pair) {
      // Two sub-blocks of 32 lie in the nibbles of the same bytes.
      Turned<V> weights[2][4];
      EDGEWISE_UNROLL
      for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t at = 256 * pair + 64 * k;
        const Woven<V> packed = weave<V>(first.quants + at, second.quants + at);
        weights[0][k] = turn_weights<V>(V::low_nibbles(packed.even), V::low_nibbles(packed.odd));
        weights[1][k] = turn_weights<V>(V::high_nibbles(packed.even), V::high_nibbles(packed.odd));
      }
      const __m128i of_first[2] = {scales_and_mins(first.scales + 24 * pair),
                                   scales_and_mins(first.scales + 24 * pair + 12)},
                    of_second[2] = {scales_and_mins(second.scales + 24 * pair),
                                    scales_and_mins(second.scales + 24 * pair + 12)};
      Bits scales[2][2];
      EDGEWISE_UNROLL
      for (std::size_t g = 0; g < 2; ++g) {
        const Bits both =
            V::widen(_mm_unpacklo_epi8(of_first[g], of_first[g]), _mm_unpacklo_epi8(of_second[g], of_second[g]));
        scales[g][0] = V::template shuffle<0x44>(both);
        scales[g][1] = V::template shuffle<0xee>(both);
      }
      const Bits mins =
          V::widen(_mm_unpackhi_epi8(of_first[0], of_first[1]), _mm_unpackhi_epi8(of_second[0], of_second[1]));
      for (std::size_t q = 0; q < groups; ++q) {
        const Activation256x4& tokens = a[q * blocks + b];
        const __m256i sums16 = load256(tokens.sums16 + 16 * pair);
        const Bits sums32 =
            V::repeat(_mm_hadd_epi16(_mm256_castsi256_si128(sums16), _mm256_extracti128_si256(sums16, 1)));
        Turned<V> turned[2][4];
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g)
          for (std::size_t k = 0; k < 4; ++k)
            turned[g][k] = turn_tokens<V>(weave_tokens<V>(tokens.quants + 256 * pair + 128 * g + 32 * k));
        Bits square[2][2][2], other[2][2][2];
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g) {
          const auto small = [&](const auto& of_weights, const auto& of_tokens) {
            return V::add16(V::add16(V::pairs8(of_weights(3), of_tokens(3)), V::pairs8(of_weights(2), of_tokens(2))),
                            V::add16(V::pairs8(of_weights(1), of_tokens(1)), V::pairs8(of_weights(0), of_tokens(0))));
          };
          const auto even = [&](std::size_t k) { return weights[g][k].even_first; };
          const auto odd = [&](std::size_t k) { return weights[g][k].odd_first; };
          const auto tokens_01 = [&](std::size_t k) { return turned[g][k].even_first; };
          const auto tokens_23 = [&](std::size_t k) { return turned[g][k].odd_first; };
          square[g][0][0] = small(even, tokens_01);
          square[g][0][1] = small(odd, tokens_01);
          square[g][1][0] = small(even, tokens_23);
          square[g][1][1] = small(odd, tokens_23);
        }
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g) {
          const auto small = [&](const auto& of_weights, const auto& of_tokens) {
            return V::add16(V::add16(V::pairs8(of_weights(3), of_tokens(3)), V::pairs8(of_weights(2), of_tokens(2))),
                            V::add16(V::pairs8(of_weights(1), of_tokens(1)), V::pairs8(of_weights(0), of_tokens(0))));
          };
          const auto even = [&](std::size_t k) { return weights[g][k].even_second; };
          const auto odd = [&](std::size_t k) { return weights[g][k].odd_second; };
          const auto tokens_01 = [&](std::size_t k) { return turned[g][k].even_second; };
          const auto tokens_23 = [&](std::size_t k) { return turned[g][k].odd_second; };
          other[g][0][0] = small(even, tokens_01);
          other[g][0][1] = small(odd, tokens_01);
          other[g][1][0] = small(even, tokens_23);
          other[g][1][1] = small(odd, tokens_23);
        }
        Bits of_token[2][4];
        EDGEWISE_UNROLL
        for (std::size_t g = 0; g < 2; ++g) {
          EDGEWISE_UNROLL
          for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t j = 0; j < 2; ++j)
              square[g][i][j] = V::pairs16(V::add16(square[g][i][j], other[g][i][j]), scales[g][j]);
          straighten<V>(square[g], of_token[g]);
        }
        const typename V::Singles token_scales = V::repeat(tokens.scales);
        const Bits offsets[4] = {
            V::pairs16(V::template shuffle<0x00>(sums32), mins), V::pairs16(V::template shuffle<0x55>(sums32), mins),
            V::pairs16(V::template shuffle<0xaa>(sums32), mins), V::pairs16(V::template shuffle<0xff>(sums32), mins)};
        EDGEWISE_UNROLL
        for (std::size_t t = 0; t < 4; ++t) {
          const typename V::Singles scale = token_of<V>(token_scales, t);
          sum[4 * q + t] = V::multiply_add(V::to_single(V::add32(of_token[0][t], of_token[1][t])),
                                           V::multiply(block_scales, scale), sum[4 * q + t]);
          removed[4 * q + t] =
              V::multiply_add(V::to_single(offsets[t]), V::multiply(block_mins, scale), removed[4 * q + t]);
        }
      }
    }
  }
  for (std::size_t t = 0; t < 4 * groups; ++t) V::store(out + t * out_stride, V::subtract(sum[t], removed[t]));
}
