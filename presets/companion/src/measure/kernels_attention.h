// What lies between the products of a layer, and attention. Included by kernels_isa.cpp, inside its namespace.

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

#if !HWY_ARCH_ARM_A64
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
#endif

#if defined(__ARM_FEATURE_SVE2)
/// c[rows x columns] += a[rows x inner] b[inner x columns], number by number: for scalable vectors llama.cpp has only
/// plain loops, of which compilers make nothing better.
HWY_INLINE void multiply_add(float* c, const float* a, const float* b, std::size_t rows, std::size_t inner,
                             std::size_t columns) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t n = 0; n < columns; ++n) {
      float sum = c[r * columns + n];
      for (std::size_t k = 0; k < inner; ++k) sum = std::fma(a[r * inner + k], b[k * columns + n], sum);
      c[r * columns + n] = sum;
    }
}
#else
/// c[rows x columns] += a[rows x inner] b[inner x columns], `rows` and the columns' vectors being multiples of four.
HWY_INLINE void multiply_add(float* c, const float* a, const float* b, std::size_t rows, std::size_t inner,
                             std::size_t columns) {
#if HWY_ARCH_ARM_A64
  constexpr std::size_t high = 2, wide = 2;  // llama.cpp: larger only where __ARM_NEON__ is defined, on Apple
#else
  constexpr std::size_t high = 4, wide = registers / 8;
#endif
  constexpr std::size_t step = hn::MaxLanes(Wide());
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
#endif

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
