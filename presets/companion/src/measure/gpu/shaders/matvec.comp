// One token's product with quantized weights, as decoding does it: a workgroup multiplies a few whole rows, threads take
// turns along them and add up at the end. With SUBGROUP sums go through subgroup arithmetic, else through shared memory.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(SUBGROUP)
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#endif
#include "formats.glsl"

layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 32;
layout(constant_id = 1) const uint group_rows = 2;

layout(binding = 1) readonly buffer Activations { vec4 activations[]; };
layout(binding = 2) writeonly buffer Products { float products[]; };
layout(push_constant) uniform Push { uint columns, rows, first_row; } push;

shared float partial[group_rows][group_size];
float sums[group_rows];

void finish(uint row0, uint count) {
  const uint thread = gl_LocalInvocationID.x;
#if defined(SUBGROUP)
  [[unroll]] for (uint r = 0; r < group_rows; ++r) sums[r] = subgroupAdd(sums[r]);
  if (gl_NumSubgroups > 1) {
    if (gl_SubgroupInvocationID == 0)
      [[unroll]] for (uint r = 0; r < group_rows; ++r) partial[r][gl_SubgroupID] = sums[r];
    barrier();
    if (thread == 0)
      [[unroll]] for (uint r = 0; r < group_rows; ++r)
        for (uint s = 1; s < gl_NumSubgroups; ++s) sums[r] += partial[r][s];
  }
#else
  [[unroll]] for (uint r = 0; r < group_rows; ++r) partial[r][thread] = sums[r];
  barrier();
  [[unroll]] for (uint s = group_size / 2; s > 0; s >>= 1) {
    if (thread < s)
      [[unroll]] for (uint r = 0; r < group_rows; ++r) partial[r][thread] += partial[r][thread + s];
    barrier();
  }
  if (thread == 0)
    [[unroll]] for (uint r = 0; r < group_rows; ++r) sums[r] = partial[r][0];
#endif
  if (thread == 0)
    [[unroll]] for (uint r = 0; r < group_rows; ++r)
      if (r < count) products[row0 + r] = sums[r];
}

#if BLOCK == 256
#if defined(FORMAT_Q6_K)
shared float scale_cache[2][group_size / 16][16];
uint side = 0;
#endif

// Sixteen threads share a block of 256; each takes four neighbouring weights of four of its groups.
void multiply(uint row0, uint count) {
  const uint thread = gl_LocalInvocationID.x, lane = thread % 16, turn = thread / 16, turns = group_size / 16;
  const uint blocks = push.columns / 256;
#if defined(FORMAT_Q6_K)
  const uint half_block = lane / 8, l = 4 * (lane % 8), scale0 = 8 * half_block + l / 16;
  // Every thread meets the others at each block, whether it has one or not.
  for (uint first = 0; first < blocks; first += turns) {
    const uint b = first + turn;
    [[unroll]] for (uint r = 0; r < group_rows; ++r) {
      if (r >= count) break;
      const uint block = (row0 + r) * blocks + b;
      side ^= 1;
      if (b < blocks) scale_cache[side][turn][lane] = scale6(block, lane);
      barrier();
      if (b >= blocks) continue;
      const uint y = (b * 256 + 128 * half_block + l) / 4, q = 32 * half_block + l / 2;
      const uint low0 = uint(weights[block].low[q]) | uint(weights[block].low[q + 1]) << 16;
      const uint low1 = uint(weights[block].low[q + 16]) | uint(weights[block].low[q + 17]) << 16;
      const uint h = 16 * half_block + l / 2;
      const uint high = uint(weights[block].high[h]) | uint(weights[block].high[h + 1]) << 16;
      const vec4 q0 = bytes4((low0 & 0x0f0f0f0fu) | (high & 0x03030303u) << 4) - 32;
      const vec4 q1 = bytes4((low1 & 0x0f0f0f0fu) | (high & 0x0c0c0c0cu) << 2) - 32;
      const vec4 q2 = bytes4((low0 >> 4 & 0x0f0f0f0fu) | (high & 0x30303030u)) - 32;
      const vec4 q3 = bytes4((low1 >> 4 & 0x0f0f0f0fu) | (high & 0xc0c0c0c0u) >> 2) - 32;
      const float s0 = dot(q0, activations[y]), s1 = dot(q1, activations[y + 8]), s2 = dot(q2, activations[y + 16]),
                  s3 = dot(q3, activations[y + 24]);
      const float sum = s0 * scale_cache[side][turn][scale0] + s1 * scale_cache[side][turn][scale0 + 2] +
                        s2 * scale_cache[side][turn][scale0 + 4] + s3 * scale_cache[side][turn][scale0 + 6];
      sums[r] = fma(sum, float(weights[block].scale), sums[r]);
    }
  }
#else
  // Groups 0 1 4 5 for the first eight threads, 2 3 6 7 for the others.
  const uint pair = lane / 8, l = 4 * (lane % 8);
  for (uint b = turn; b < blocks; b += turns) {
    const uint y = (b * 256 + 64 * pair + l) / 4;
    const vec4 a0 = activations[y], a1 = activations[y + 8], a2 = activations[y + 32], a3 = activations[y + 40];
    [[unroll]] for (uint r = 0; r < group_rows; ++r) {
      if (r >= count) break;
      const uint block = (row0 + r) * blocks + b;
      const vec2 dm = unpackHalf2x16(weights[block].scale_min);
      // The bytes of the scales of two groups each, and of their mins.
      const uint w0 = weights[block].scales[0] >> 16 * pair, w1 = weights[block].scales[1] >> 16 * pair,
                 w2 = weights[block].scales[2] >> 16 * pair;
      const vec4 scales = bytes4((w0 & 0x3f3fu) | ((w2 & 0x0f0fu) | (w0 & 0xc0c0u) >> 2) << 16);
      const vec4 mins = bytes4((w1 & 0x3f3fu) | ((w2 >> 4 & 0x0f0fu) | (w1 & 0xc0c0u) >> 2) << 16);
      const uint word0 = weights[block].quants[8 * pair + l / 4], word1 = weights[block].quants[8 * pair + l / 4 + 16];
      uint low0 = word0 & 0x0f0f0f0fu, high0 = word0 >> 4 & 0x0f0f0f0fu;
      uint low1 = word1 & 0x0f0f0f0fu, high1 = word1 >> 4 & 0x0f0f0f0fu;
#if defined(FORMAT_Q5_K)
      const uint fifth = weights[block].fifth_bits[l / 4] >> 2 * pair;
      low0 |= (fifth & 0x01010101u) << 4;
      high0 |= (fifth & 0x02020202u) << 3;
      low1 |= fifth & 0x10101010u;
      high1 |= (fifth & 0x20202020u) >> 1;
#endif
      const float s0 = dot(bytes4(low0), a0), s1 = dot(bytes4(high0), a1), s2 = dot(bytes4(low1), a2),
                  s3 = dot(bytes4(high1), a3);
      const vec4 one = vec4(1);
      const float least = dot(a0, one) * mins.x + dot(a1, one) * mins.y + dot(a2, one) * mins.z + dot(a3, one) * mins.w;
      sums[r] += dm.x * (s0 * scales.x + s1 * scales.y + s2 * scales.z + s3 * scales.w) - dm.y * least;
    }
  }
#endif
}

#else

// Each thread takes `step` weights at once.
#if defined(FORMAT_F16)
const uint step = 4;
#else
const uint step = 8;
#endif

void turn_of(uint row0, uint count, uint column) {
#if defined(FORMAT_F16)
  const vec4 a = activations[column / 4];
#elif defined(FORMAT_Q8_0)
  const vec4 a = activations[column / 4], a_further = activations[column / 4 + 1];
#else
  // Four of the first half of a block and four of the second, which lie in the same bytes.
  const uint in_block = column % 32 / 2, y = (column - column % 32 + in_block) / 4;
  const vec4 a = activations[y], a_further = activations[y + 4];
#endif
  [[unroll]] for (uint r = 0; r < group_rows; ++r) {
    if (r >= count) break;
    const uint at = (row0 + r) * push.columns + column;
#if defined(FORMAT_F16)
    sums[r] += dot(vec4(weights[at / 4]), a);
#else
    const uint block = at / 32;
#if defined(FORMAT_Q8_0)
    const uint word = column % 32 / 4;
    const vec4 q = signed_bytes4(word_of(block, word)), q_further = signed_bytes4(word_of(block, word + 1));
#elif defined(FORMAT_Q4_0)
    const uint word = word_of(block, in_block / 4);
    const vec4 q = bytes4(word & 0x0f0f0f0fu) - 8, q_further = bytes4(word >> 4 & 0x0f0f0f0fu) - 8;
#elif defined(FORMAT_Q5_0)
    const uint word = word_of(block, in_block / 4);
    const vec4 q = bytes4((word & 0x0f0f0f0fu) | fifths(block, in_block)) - 16,
               q_further = bytes4((word >> 4 & 0x0f0f0f0fu) | fifths(block, in_block + 16)) - 16;
#endif
    sums[r] += float(weights[block].scale) * (dot(q, a) + dot(q_further, a_further));
#endif
  }
}

void multiply(uint row0, uint count) {
  const uint mine = step * gl_LocalInvocationID.x, stride = step * group_size;
  uint turns = push.columns / stride;
  if (turns * stride + mine < push.columns) ++turns;
  uint i = 0;
  for (; i + 4 <= turns; i += 4)
    [[unroll]] for (uint k = 0; k < 4; ++k) turn_of(row0, count, (i + k) * stride + mine);
  for (; i < turns; ++i) turn_of(row0, count, i * stride + mine);
}
#endif

void main() {
  const uint row0 = push.first_row + group_rows * gl_WorkGroupID.x;
  if (row0 >= push.rows) return;
  [[unroll]] for (uint r = 0; r < group_rows; ++r) sums[r] = 0;
  // A constant count lets the loops above unroll.
  if (row0 + group_rows <= push.rows)
    multiply(row0, group_rows);
  else
    multiply(row0, push.rows - row0);
  finish(row0, min(group_rows, push.rows - row0));
}
