// Products without vector instructions of their own: x86 before AVX has none in engines but for Q4_0. Plain loops that
// the compiler makes the most of. Included by kernels_isa.cpp, inside its namespace.

/// Engines look half precision up where no instruction converts it: the table itself takes up cache.
inline const float* half_table() {
  static const std::vector<float> table = [] {
    std::vector<float> t(65536);
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = to_float(static_cast<std::uint16_t>(i));
    return t;
  }();
  return table.data();
}

template <Format F>
float plain_row(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations);

template <>
inline float plain_row<Format::f16>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const float* of = half_table();
  const auto *w = reinterpret_cast<const std::uint16_t*>(weights),
             *a = reinterpret_cast<const std::uint16_t*>(activations);
  const hn::FixedTag<float, 4> four;
  hn::Vec<decltype(four)> sum[8];
  EDGEWISE_UNROLL
  for (auto& lanes4 : sum) lanes4 = hn::Zero(four);
  for (std::size_t i = 0; i < 32 * blocks; i += 32) {
    EDGEWISE_UNROLL
    for (std::size_t j = 0; j < 8; ++j) {
      const std::uint16_t *x = w + i + 4 * j, *y = a + i + 4 * j;
      const float left[4] = {of[x[0]], of[x[1]], of[x[2]], of[x[3]]};
      const float right[4] = {of[y[0]], of[y[1]], of[y[2]], of[y[3]]};
      sum[j] = hn::MulAdd(hn::LoadU(four, left), hn::LoadU(four, right), sum[j]);
    }
  }
  for (std::size_t j = 1; j < 8; ++j) sum[0] = hn::Add(sum[0], sum[j]);
  return hn::GetLane(hn::SumOfLanes(four, sum[0]));
}

template <>
inline float plain_row<Format::q8_0>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const float* of = half_table();
  const auto* w = reinterpret_cast<const BlockQ8_0*>(weights);
  const auto* a = reinterpret_cast<const Activation32*>(activations);
  float out = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    int sum = 0;
    for (std::size_t i = 0; i < 32; ++i) sum += w[b].quants[i] * a[b].quants[i];
    out += static_cast<float>(sum) * (of[w[b].half_scale] * a[b].scale);
  }
  return out;
}

template <>
inline float plain_row<Format::q5_0>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const float* of = half_table();
  const auto* w = reinterpret_cast<const BlockQ5_0*>(weights);
  const auto* a = reinterpret_cast<const Activation32*>(activations);
  float out = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::uint32_t bits;
    std::memcpy(&bits, w[b].fifth_bits, sizeof bits);
    int first = 0, second = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const auto high0 = static_cast<std::uint8_t>(((bits & (1u << i)) >> i) << 4),
                 high1 = static_cast<std::uint8_t>((bits & (1u << (i + 16))) >> (i + 12));
      first += static_cast<std::int8_t>(((w[b].quants[i] & 15) | high0) - 16) * a[b].quants[i];
      second += static_cast<std::int8_t>(((w[b].quants[i] >> 4) | high1) - 16) * a[b].quants[i + 16];
    }
    out += of[w[b].half_scale] * a[b].scale * static_cast<float>(first + second);
  }
  return out;
}

/// Eight sums of 256 weights, whose groups of `group` weights have `scales`.
template <std::size_t group, class Scale>
inline void plain_sums(const std::int8_t* weights, const std::int8_t* activations, const Scale* scales,
                       std::int32_t* sums) {
  for (std::size_t g = 0; g < 256 / group; ++g) {
    for (std::size_t k = 0; k < group; k += 8) {
      std::int16_t products[8];
      for (std::size_t l = 0; l < 8; ++l)
        products[l] = static_cast<std::int16_t>(weights[group * g + k + l] * activations[group * g + k + l]);
      for (std::size_t l = 0; l < 8; ++l) sums[l] += scales[g] * products[l];
    }
  }
}

/// Q4_K and Q5_K differ in how their weights unpack.
template <class Block, class Unpack>
inline float plain_row_of_256(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations,
                              const Unpack& unpack) {
  const float* of = half_table();
  const auto* w = reinterpret_cast<const Block*>(weights);
  const auto* a = reinterpret_cast<const Activation256*>(activations);
  float sums[8] = {}, out = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int8_t unpacked[256];
    unpack(w[b], unpacked);
    const PackedScales both(w[b].scales);
    std::int32_t products[8] = {}, offset = 0;
    for (std::size_t g = 0; g < 16; ++g) offset += a[b].sums16[g] * both.mins[g / 2];
    plain_sums<32>(unpacked, a[b].quants, both.scales, products);
    const float scale = of[w[b].half_scale] * a[b].scale;
    for (std::size_t l = 0; l < 8; ++l) sums[l] += scale * static_cast<float>(products[l]);
    out -= of[w[b].half_min] * a[b].scale * static_cast<float>(offset);
  }
  for (const float x : sums) out += x;
  return out;
}

template <>
inline float plain_row<Format::q4_k>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  return plain_row_of_256<BlockQ4_K>(weights, blocks, activations, [](const BlockQ4_K& w, std::int8_t* to) {
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t l = 0; l < 32; ++l) to[64 * p + l] = static_cast<std::int8_t>(w.quants[32 * p + l] & 15);
      for (std::size_t l = 0; l < 32; ++l) to[64 * p + 32 + l] = static_cast<std::int8_t>(w.quants[32 * p + l] >> 4);
    }
  });
}

template <>
inline float plain_row<Format::q5_k>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  return plain_row_of_256<BlockQ5_K>(weights, blocks, activations, [](const BlockQ5_K& w, std::int8_t* to) {
    std::uint8_t bit = 1;
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t l = 0; l < 32; ++l)
        to[64 * p + l] = static_cast<std::int8_t>((w.quants[32 * p + l] & 15) + (w.fifth_bits[l] & bit ? 16 : 0));
      bit = static_cast<std::uint8_t>(bit << 1);
      for (std::size_t l = 0; l < 32; ++l)
        to[64 * p + 32 + l] = static_cast<std::int8_t>((w.quants[32 * p + l] >> 4) + (w.fifth_bits[l] & bit ? 16 : 0));
      bit = static_cast<std::uint8_t>(bit << 1);
    }
  });
}

template <>
inline float plain_row<Format::q6_k>(const std::uint8_t* weights, std::size_t blocks, const std::uint8_t* activations) {
  const float* of = half_table();
  const auto* w = reinterpret_cast<const BlockQ6_K*>(weights);
  const auto* a = reinterpret_cast<const Activation256*>(activations);
  float sums[8] = {}, out = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::int8_t unpacked[256];
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint8_t *low = w[b].low + 64 * half, *high = w[b].high + 32 * half;
      std::int8_t* to = unpacked + 128 * half;
      for (std::size_t l = 0; l < 32; ++l) {
        to[l] = static_cast<std::int8_t>(((low[l] & 15) | ((high[l] >> 0) & 3) << 4) - 32);
        to[l + 32] = static_cast<std::int8_t>(((low[l + 32] & 15) | ((high[l] >> 2) & 3) << 4) - 32);
        to[l + 64] = static_cast<std::int8_t>(((low[l] >> 4) | ((high[l] >> 4) & 3) << 4) - 32);
        to[l + 96] = static_cast<std::int8_t>(((low[l + 32] >> 4) | ((high[l] >> 6) & 3) << 4) - 32);
      }
    }
    std::int32_t products[8] = {};
    plain_sums<16>(unpacked, a[b].quants, w[b].scales, products);
    const float scale = of[w[b].half_scale] * a[b].scale;
    for (std::size_t l = 0; l < 8; ++l) sums[l] += scale * static_cast<float>(products[l]);
  }
  for (const float x : sums) out += x;
  return out;
}
