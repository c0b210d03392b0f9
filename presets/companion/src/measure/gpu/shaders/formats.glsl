// Weight formats as GGUF files hold them (kernels.h says what the fields mean), in the words that a load takes at once.
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#extension GL_EXT_control_flow_attributes : require

#if defined(FORMAT_F16)
#define BLOCK 1
#elif defined(FORMAT_Q8_0)
#define BLOCK 32
struct Block {
  float16_t scale;
  uint16_t quants[16];
};
#elif defined(FORMAT_Q4_0)
#define BLOCK 32
struct Block {
  float16_t scale;
  uint16_t quants[8];
};
#elif defined(FORMAT_Q5_0)
#define BLOCK 32
struct Block {
  float16_t scale;
  uint16_t fifth_bits[2], quants[8];
};
#elif defined(FORMAT_Q4_K)
#define BLOCK 256
struct Block {
  uint scale_min;  // two halves
  uint scales[3], quants[32];
};
#elif defined(FORMAT_Q5_K)
#define BLOCK 256
struct Block {
  uint scale_min;
  uint scales[3], fifth_bits[8], quants[32];
};
#elif defined(FORMAT_Q6_K)
#define BLOCK 256
struct Block {
  uint16_t low[64], high[32], scales[8];
  float16_t scale;
};
#endif

#if defined(FORMAT_F16)
layout(binding = 0) readonly buffer Weights { f16vec4 weights[]; };
#else
layout(binding = 0) readonly buffer Weights { Block weights[]; };
#endif

// Four bytes without and with sign.
vec4 bytes4(uint word) { return vec4(unpack8(word)); }
vec4 signed_bytes4(uint word) { return vec4(unpack8(int(word))); }

#if defined(FORMAT_Q8_0) || defined(FORMAT_Q4_0) || defined(FORMAT_Q5_0)
uint word_of(uint block, uint i) { return uint(weights[block].quants[2 * i]) | uint(weights[block].quants[2 * i + 1]) << 16; }
#endif
#if defined(FORMAT_Q5_0)
// The fifth bits of four weights from bit `at` on, each in its byte.
uint fifths(uint block, uint at) {
  const uint bits = (uint(weights[block].fifth_bits[0]) | uint(weights[block].fifth_bits[1]) << 16) >> at;
  return (bits << 4 & 0x10u) | (bits << 11 & 0x1000u) | (bits << 18 & 0x100000u) | (bits << 25 & 0x10000000u);
}
#endif
#if defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
// Scale and min of a group of 32: the first four groups' six bits lie whole, the others' in two parts.
uvec2 scale_and_min(uint block, uint group) {
  const uint shift = 8 * (group & 3), first = weights[block].scales[0], second = weights[block].scales[1];
  if (group < 4) return uvec2(first >> shift & 63u, second >> shift & 63u);
  const uint third = weights[block].scales[2] >> shift;
  return uvec2((third & 15u) | (first >> shift & 0xc0u) >> 2, (third >> 4 & 15u) | (second >> shift & 0xc0u) >> 2);
}
#endif
#if defined(FORMAT_Q6_K)
float scale6(uint block, uint i) {
  return float(int8_t(uint(weights[block].scales[i / 2]) >> 8 * (i & 1)));
}
#endif
