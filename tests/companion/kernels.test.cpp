#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>

#include "measure/kernels.h"

using namespace edgewise::kernels;

namespace {

double half(const std::uint8_t* p) {
  std::uint16_t h;
  std::memcpy(&h, p, 2);
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return h & 0x8000 ? -magnitude : magnitude;
}

/// Weights of one block, straight from the description of the format: no vectors, no tricks.
std::vector<double> unpack(Format f, const std::uint8_t* block) {
  std::vector<double> w;
  const auto signed_byte = [](std::uint8_t b) { return static_cast<double>(static_cast<std::int8_t>(b)); };
  switch (f) {
    case Format::f16:
      for (std::size_t i = 0; i < 32; ++i) w.push_back(half(block + 2 * i));
      break;
    case Format::q8_0:
      for (std::size_t i = 0; i < 32; ++i) w.push_back(half(block) * signed_byte(block[2 + i]));
      break;
    case Format::q4_0:
      for (std::size_t i = 0; i < 32; ++i) w.push_back(half(block) * ((i < 16 ? block[2 + i] & 15 : block[2 + i - 16] >> 4) - 8));
      break;
    case Format::q4_k:
      for (std::size_t i = 0; i < 256; ++i) {
        const std::uint8_t* s = block + 4;
        const std::size_t g = i / 32;
        const int scale = g < 4 ? s[g] & 63 : (s[g + 4] & 15) | ((s[g - 4] >> 6) << 4);
        const int min = g < 4 ? s[g + 4] & 63 : (s[g + 4] >> 4) | ((s[g] >> 6) << 4);
        const std::uint8_t byte = block[16 + 32 * (i / 64) + i % 32];
        w.push_back(half(block) * scale * (i % 64 < 32 ? byte & 15 : byte >> 4) - half(block + 2) * min);
      }
      break;
    case Format::q6_k:
      for (std::size_t i = 0; i < 256; ++i) {
        const std::size_t in_half = i % 128, base = i / 128, quarter = in_half / 32, l = in_half % 32;
        const std::uint8_t low = block[64 * base + 32 * (quarter % 2) + l];
        const int bits = (quarter < 2 ? low & 15 : low >> 4) | (((block[128 + 32 * base + l] >> (2 * quarter)) & 3) << 4);
        w.push_back(half(block + 208) * signed_byte(block[192 + i / 16]) * (bits - 32));
      }
      break;
    case Format::count: break;
  }
  return w;
}

/// Random weights. Scales are small halves, so that sums stay finite; quants are any bytes.
std::vector<std::uint8_t> random_weights(Format f, std::size_t blocks, std::mt19937& random) {
  const Layout& l = layout(f);
  std::vector<std::uint8_t> out(blocks * l.block_bytes);
  for (auto& b : out) b = static_cast<std::uint8_t>(random());
  const auto set_half = [&](std::size_t at) {
    const auto h = static_cast<std::uint16_t>(0x2000 + random() % 0x0800 + (random() % 2 ? 0x8000 : 0));
    std::memcpy(out.data() + at, &h, 2);
  };
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t at = b * l.block_bytes;
    if (f == Format::f16)
      for (std::size_t i = 0; i < 32; ++i) set_half(at + 2 * i);
    else
      set_half(f == Format::q6_k ? at + 208 : at);
    if (f == Format::q4_k) set_half(at + 2);
  }
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
    constexpr std::size_t columns = 768, rows = 5, tokens = 7;  // one tile of four tokens and three single ones
    const std::size_t blocks = columns / l.block_weights;
    const auto weights = random_weights(f, rows * blocks, random);
    std::vector<float> values(tokens * columns);
    for (float& v : values) v = value(random);
    const auto activations = quantize_activations(f, values, columns);
    REQUIRE(activations.size() == tokens * blocks * l.activation_bytes);

    for (const Kernels* k : variants) {
      std::vector<float> out(rows * tokens);
      k->dot[i](weights.data(), rows, blocks, activations.data(), tokens, out.data());
      for (std::size_t t = 0; t < tokens; ++t) {
        for (std::size_t r = 0; r < rows; ++r) {
          double exact = 0, magnitude = 0;
          for (std::size_t b = 0; b < blocks; ++b) {
            const auto w = unpack(f, weights.data() + (r * blocks + b) * l.block_bytes);
            for (std::size_t c = 0; c < l.block_weights; ++c) {
              const double product = w[c] * static_cast<double>(values[t * columns + b * l.block_weights + c]);
              exact += product;
              magnitude += std::fabs(product);
            }
          }
          INFO(k->name << " " << l.id << " row " << r << " token " << t);
          // Activations carry 8 bits (half precision 11): errors of single products average out.
          CHECK(std::fabs(static_cast<double>(out[t * rows + r]) - exact) < 0.002 * magnitude);
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
    constexpr std::size_t columns = 2048;
    const auto weights = random_weights(f, columns / l.block_weights, random);
    std::vector<float> values(columns);
    for (float& v : values) v = static_cast<float>(random() % 1000) / 500 - 1;
    const auto activations = quantize_activations(f, values, columns);
    float first = 0;
    for (const Kernels* k : variants) {
      float out = 0;
      k->dot[i](weights.data(), 1, columns / l.block_weights, activations.data(), 1, &out);
      if (k == variants.front()) first = out;
      INFO(k->name << " " << l.id);
      CHECK(static_cast<double>(out) == Approx(static_cast<double>(first)).epsilon(1e-3).margin(0.05));
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
