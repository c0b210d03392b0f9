#include "measure/kernels.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>

#include "reference.h"

using namespace edgewise::kernels;

namespace {

/// Half precision, as F16 activations are: 32 to a block.
std::vector<std::uint16_t> to_halves(const std::vector<float>& values) {
  const auto bytes = quantize_activations(Format::f16, values, values.size());
  std::vector<std::uint16_t> out(values.size());
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

}  // namespace

TEST_CASE("every kernel of every instruction set agrees with the plain reference") {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-2, 2);
  const auto variants = available();
  REQUIRE_FALSE(variants.empty());
  for (std::size_t i = 0; i < format_count; ++i) {
    const auto f = static_cast<Format>(i);
    const Layout& l = layout(f);
    // Tiles of sixteen tokens, of six, of four and of three, and single ones.
    constexpr std::size_t rows = 2 * group_rows, tokens = 23;
    const std::size_t columns = 23 * 32 + (l.block_weights > 32 ? 32 : 0);  // an odd number of blocks
    const std::size_t blocks = columns / l.block_weights;
    const auto weights = random_weights(f, rows * blocks, random);
    std::vector<float> values(tokens * columns);
    for (float& v : values) v = value(random);
    const auto activations = quantize_activations(f, values, columns);
    REQUIRE(activations.size() == tokens * blocks * l.activation_bytes);
    std::vector<double> exact(tokens * rows), magnitude(tokens * rows);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t b = 0; b < blocks; ++b) {
        const auto w = unpack(f, weights.data() + (r * blocks + b) * l.block_bytes);
        for (std::size_t t = 0; t < tokens; ++t)
          for (std::size_t c = 0; c < l.block_weights; ++c) {
            const double product = w[c] * static_cast<double>(values[t * columns + b * l.block_weights + c]);
            exact[t * rows + r] += product;
            magnitude[t * rows + r] += std::fabs(product);
          }
      }
    for (const Kernels* k : variants) {
      const auto arranged = arrange(k->interleave[i], f, weights, rows, blocks);
      REQUIRE(arranged.size() == weights.size());
      const auto of_tokens = arrange_activations(k->interleave[i], f, activations, tokens, blocks);
      std::vector<float> out(rows * tokens);
      k->dot[i](arranged.data(), rows, blocks, of_tokens.data(), tokens, out.data());
      for (std::size_t t = 0; t < tokens; ++t) {
        for (std::size_t r = 0; r < rows; ++r) {
          INFO(k->name << " " << l.id << " row " << r << " token " << t);
          // Activations carry 8 bits (half precision 11): errors of single products average out.
          const double off = static_cast<double>(out[t * rows + r]) - exact[t * rows + r];
          CHECK(std::fabs(off) < 0.002 * magnitude[t * rows + r]);
        }
      }
    }
  }
}

TEST_CASE("variants agree with each other far closer than with unquantized activations") {
  std::mt19937 random(8);
  const auto variants = available();
  for (std::size_t i = 0; i < format_count; ++i) {
    const auto f = static_cast<Format>(i);
    const Layout& l = layout(f);
    const std::size_t columns = 2048, blocks = columns / l.block_weights;
    const auto weights = random_weights(f, group_rows * blocks, random);
    std::vector<float> values(columns);
    for (float& v : values) v = static_cast<float>(random() % 1000) / 500 - 1;
    const auto activations = quantize_activations(f, values, columns);
    std::vector<float> first;
    for (const Kernels* k : variants) {
      std::vector<float> out(group_rows);
      const auto arranged = arrange(k->interleave[i], f, weights, group_rows, blocks);
      k->dot[i](arranged.data(), group_rows, blocks, activations.data(), 1, out.data());
      if (k == variants.front()) first = out;
      INFO(k->name << " " << l.id);
      for (std::size_t r = 0; r < group_rows; ++r)
        CHECK(static_cast<double>(out[r]) == Approx(static_cast<double>(first[r])).epsilon(1e-3).margin(0.05));
    }
  }
}

TEST_CASE("attention kernels agree with the plain reference") {
  std::mt19937 random(9);
  const auto small = [&](float limit) { return (static_cast<float>(random() % 2001) / 1000 - 1) * limit; };
  for (const std::size_t head_dim : {64u, 128u}) {
    constexpr std::size_t positions = 2 * attention_tile;
    const std::size_t stride = 3 * head_dim;  // two other heads lie between
    std::vector<float> queries(attention_tile * head_dim), key_values(3 * attention_tile * stride),
        value_values(3 * attention_tile * stride);
    for (auto* list : {&queries, &key_values, &value_values})
      for (float& x : *list) x = small(1.5f);
    const auto keys = to_halves(key_values), values = to_halves(value_values), half_queries = to_halves(queries);
    const auto at = [](const std::vector<std::uint16_t>& v, std::size_t i) {
      return half(reinterpret_cast<const std::uint8_t*>(&v[i]));
    };
    // The third tile is hidden from all queries, the second from the second query but for two positions.
    constexpr std::size_t seen = attention_tile + 2;
    std::vector<std::uint16_t> mask(attention_tile * 3 * attention_tile);
    for (std::size_t q = 0; q < attention_tile; ++q)
      for (std::size_t i = q == 1 ? seen : positions; i < 3 * attention_tile; ++i)
        mask[q * 3 * attention_tile + i] = 0xfc00;
    const auto exact = [&](std::size_t q, std::size_t visible) {
      std::vector<double> scores(visible), out(head_dim);
      double sum = 0;
      for (std::size_t i = 0; i < visible; ++i) {
        for (std::size_t d = 0; d < head_dim; ++d)
          scores[i] += at(half_queries, q * head_dim + d) * at(keys, i * stride + d);
        scores[i] = std::exp(scores[i] / std::sqrt(static_cast<double>(head_dim)));
        sum += scores[i];
      }
      for (std::size_t i = 0; i < visible; ++i)
        for (std::size_t d = 0; d < head_dim; ++d) out[d] += scores[i] / sum * at(values, i * stride + d);
      return out;
    };
    for (const Kernels* k : available()) {
      INFO(k->name << " head_dim " << head_dim);
      std::vector<float> one(head_dim), many(attention_tile * head_dim), scratch(attention_scratch(head_dim));
      k->attend(half_queries.data(), keys.data(), values.data(), positions, head_dim, stride, one.data());
      k->attend_many(queries.data(), keys.data(), values.data(), mask.data(), 3 * attention_tile, head_dim, stride,
                     scratch.data(), many.data());
      const auto first = exact(0, positions), last = exact(attention_tile - 1, positions), partly = exact(1, seen);
      for (std::size_t d = 0; d < head_dim; ++d) {
        CHECK(static_cast<double>(one[d]) == Approx(first[d]).margin(0.01));  // sums in half precision
        CHECK(static_cast<double>(many[d]) == Approx(first[d]).margin(0.002));
        CHECK(static_cast<double>(many[head_dim + d]) == Approx(partly[d]).margin(0.002));
        CHECK(static_cast<double>(many[(attention_tile - 1) * head_dim + d]) == Approx(last[d]).margin(0.002));
      }
    }
  }
}

TEST_CASE("reading sums every word once") {
  std::vector<std::uint64_t> data(4096);
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < data.size(); ++i) expected += data[i] = i * 0x9e3779b97f4a7c15ull;
  for (const Kernels* k : available()) CHECK(k->read(data.data(), data.size() * 8) == expected);
}

TEST_CASE("arithmetic kernels do the work that they state") {
  for (const Kernels* k : available()) {
    CHECK(std::isfinite(k->fma(1000)));
    // Per lane and step: four products of 3 with -2..1, then four of 4, each summed: 4 x (3 + 4) x (-2).
    const double lanes = k->int8_operations / (2 * 8 * 4);
    CHECK(k->int8(10) == static_cast<int>(10 * lanes * 4 * (3 + 4) * -2));
    CHECK(k->fma_operations > 0);
  }
}
