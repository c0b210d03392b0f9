// What weight formats mean, as plainly as it can be said: kernels of processors and of GPUs are compared with it.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "measure/kernels.h"

namespace edgewise::kernels {

inline double half(const std::uint8_t* p) {
  std::uint16_t h;
  std::memcpy(&h, p, 2);
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return h & 0x8000 ? -magnitude : magnitude;
}

/// Weights of one block, straight from the description of the format: no vectors, no tricks.
inline std::vector<double> unpack(Format f, const std::uint8_t* block) {
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
      for (std::size_t i = 0; i < 32; ++i)
        w.push_back(half(block) * ((i < 16 ? block[2 + i] & 15 : block[2 + i - 16] >> 4) - 8));
      break;
    case Format::q5_0:
      for (std::size_t i = 0; i < 32; ++i) {
        const int nibble = i < 16 ? block[6 + i] & 15 : block[6 + i - 16] >> 4;
        w.push_back(half(block) * ((nibble | ((block[2 + i / 8] >> (i % 8)) & 1) << 4) - 16));
      }
      break;
    case Format::q4_k:
    case Format::q5_k:
      for (std::size_t i = 0; i < 256; ++i) {
        const std::uint8_t* s = block + 4;
        const std::size_t g = i / 32;
        const int scale = g < 4 ? s[g] & 63 : (s[g + 4] & 15) | ((s[g - 4] >> 6) << 4);
        const int min = g < 4 ? s[g + 4] & 63 : (s[g + 4] >> 4) | ((s[g] >> 6) << 4);
        const std::size_t quants = f == Format::q4_k ? 16 : 48;
        const std::uint8_t byte = block[quants + 32 * (i / 64) + i % 32];
        const int fifth = f == Format::q4_k ? 0 : ((block[16 + i % 32] >> g) & 1) << 4;
        w.push_back(half(block) * scale * ((i % 64 < 32 ? byte & 15 : byte >> 4) | fifth) - half(block + 2) * min);
      }
      break;
    case Format::q6_k:
      for (std::size_t i = 0; i < 256; ++i) {
        const std::size_t in_half = i % 128, base = i / 128, quarter = in_half / 32, l = in_half % 32;
        const std::uint8_t low = block[64 * base + 32 * (quarter % 2) + l];
        const int bits =
            (quarter < 2 ? low & 15 : low >> 4) | (((block[128 + 32 * base + l] >> (2 * quarter)) & 3) << 4);
        w.push_back(half(block + 208) * signed_byte(block[192 + i / 16]) * (bits - 32));
      }
      break;
    case Format::count:
      break;
  }
  return w;
}

/// Random weights. Scales are small halves, so that sums stay finite; quants are any bytes.
inline std::vector<std::uint8_t> random_weights(Format f, std::size_t blocks, std::mt19937& random) {
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
    if (f == Format::q4_k || f == Format::q5_k) set_half(at + 2);
  }
  return out;
}

}  // namespace edgewise::kernels
