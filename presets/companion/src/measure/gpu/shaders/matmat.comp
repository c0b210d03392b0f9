// Many tokens' product with quantized weights, as a prompt's: a workgroup computes a tile of rows by tokens. For each 32
// columns it unpacks its weights and copies its activations into shared memory; threads then multiply small tiles of
// their own from there. With HALF all arithmetic is in half precision, else in single.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "formats.glsl"
#if defined(HALF)
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#define REAL float16_t
#define REAL2 f16vec2
#define REAL4 f16vec4
#else
#define REAL float
#define REAL2 vec2
#define REAL4 vec4
#endif

layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 128;
layout(constant_id = 1) const uint tile_rows = 64;     // of the workgroup
layout(constant_id = 2) const uint tile_tokens = 64;
layout(constant_id = 3) const uint warp = 32;          // threads that share a tile within it
layout(constant_id = 4) const uint warp_rows = 32;
layout(constant_id = 5) const uint warp_tokens = 32;
layout(constant_id = 6) const uint row_turns = 2;      // parts of a warp's rows, one after the other
layout(constant_id = 7) const uint thread_rows = 4;    // of one thread in one turn
layout(constant_id = 8) const uint thread_tokens = 2;

layout(binding = 1) readonly buffer Activations { vec4 activations[]; };
layout(binding = 2) writeonly buffer Products { float products[]; };
layout(push_constant) uniform Push { uint columns, rows, tokens; } push;

const uint depth = 32;               // columns in shared memory
const uint stride = depth / 2 + 1;   // pairs of a row there, apart enough for the banks
shared REAL2 weight_tile[tile_rows * stride];
shared REAL2 token_tile[tile_tokens * stride];

#if defined(FORMAT_F16)
const uint at_once = 8;  // weights that a thread unpacks
#elif defined(FORMAT_Q4_0)
const uint at_once = 8;
#elif defined(FORMAT_Q6_K)
const uint at_once = 2;
#else
const uint at_once = 4;
#endif

void put(uint row, uint pair, vec2 value) { weight_tile[row * stride + pair] = REAL2(value); }

// Weights `turn * at_once` and on of the 32 columns from `column` on, of row `row` of the tile.
void load_weights(uint row, uint global_row, uint turn, uint column) {
#if defined(FORMAT_F16)
  const uint at = (global_row * push.columns + column) / 4 + 2 * turn;
  const REAL4 w0 = REAL4(weights[at]), w1 = REAL4(weights[at + 1]);
  const uint pair = row * stride + 4 * turn;
  weight_tile[pair] = w0.xy;
  weight_tile[pair + 1] = w0.zw;
  weight_tile[pair + 2] = w1.xy;
  weight_tile[pair + 3] = w1.zw;
#elif defined(FORMAT_Q4_0)
  const uint block = (global_row * push.columns + column) / 32;
  const float d = float(weights[block].scale);
  const uint word = word_of(block, turn);
  const vec4 q0 = (bytes4(word & 0x0f0f0f0fu) - 8) * d, q1 = (bytes4(word >> 4 & 0x0f0f0f0fu) - 8) * d;
  put(row, 2 * turn, q0.xy);
  put(row, 2 * turn + 1, q0.zw);
  put(row, 2 * turn + 8, q1.xy);
  put(row, 2 * turn + 9, q1.zw);
#elif defined(FORMAT_Q8_0)
  const uint block = (global_row * push.columns + column) / 32;
  const vec4 q = signed_bytes4(word_of(block, turn)) * float(weights[block].scale);
  put(row, 2 * turn, q.xy);
  put(row, 2 * turn + 1, q.zw);
#elif defined(FORMAT_Q5_0)
  const uint block = (global_row * push.columns + column) / 32, half_word = turn % 4;
  const uint word = word_of(block, half_word) >> (turn < 4 ? 0 : 4);
  const vec4 q = (bytes4((word & 0x0f0f0f0fu) | fifths(block, 4 * turn)) - 16) * float(weights[block].scale);
  put(row, 2 * turn, q.xy);
  put(row, 2 * turn + 1, q.zw);
#elif defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
  const uint block = (global_row * push.columns + column) / 256, group = column % 256 / 32;
  const vec2 dm = unpackHalf2x16(weights[block].scale_min) * vec2(scale_and_min(block, group));
  uint word = weights[block].quants[8 * (group / 2) + turn] >> 4 * (group & 1) & 0x0f0f0f0fu;
#if defined(FORMAT_Q5_K)
  word |= (weights[block].fifth_bits[turn] >> group & 0x01010101u) << 4;
#endif
  const vec4 q = bytes4(word) * dm.x - dm.y;
  put(row, 2 * turn, q.xy);
  put(row, 2 * turn + 1, q.zw);
#elif defined(FORMAT_Q6_K)
  const uint block = (global_row * push.columns + column) / 256, group = column % 256 / 32;
  const uint half_block = group / 4, quarter = group % 4;
  const float d = float(weights[block].scale) * scale6(block, 2 * group + turn / 8);
  const uint low = uint(weights[block].low[32 * half_block + 16 * (quarter & 1) + turn]) >> (quarter < 2 ? 0 : 4) & 0x0f0fu;
  const uint high = uint(weights[block].high[16 * half_block + turn]) >> 2 * quarter & 0x0303u;
  put(row, turn, (bytes4(low | high << 4).xy - 32) * d);
#endif
}

void main() {
  const uint thread = gl_LocalInvocationID.x;
  const uint row0 = gl_WorkGroupID.x * tile_rows, token0 = gl_WorkGroupID.y * tile_tokens;
  const uint turn_rows = warp_rows / row_turns;
  const uint token_turns = warp_rows * warp_tokens / (warp * thread_rows * thread_tokens * row_turns);
  const uint turn_tokens = warp_tokens / token_turns;
  const uint w = thread / warp, lane = thread % warp;
  const uint lane_row = lane % (turn_rows / thread_rows) * thread_rows;
  const uint lane_token = lane / (turn_rows / thread_rows) * thread_tokens;
  const uint warp_row = w % (tile_rows / warp_rows) * warp_rows, warp_token = w / (tile_rows / warp_rows) * warp_tokens;

  const uint weight_threads = depth / at_once, token_threads = depth / 8;

  REAL2 sums[row_turns * thread_rows * token_turns * thread_tokens / 2];
  [[unroll]] for (uint i = 0; i < row_turns * thread_rows * token_turns * thread_tokens / 2; ++i) sums[i] = REAL2(0);
  REAL2 w_cache[row_turns * thread_rows];

  for (uint column = 0; column < push.columns; column += depth) {
    [[unroll]] for (uint r = 0; r < tile_rows; r += group_size / weight_threads) {
      const uint row = r + thread / weight_threads;
      // Rows beyond the last are read from it and not written.
      load_weights(row, min(row0 + row, push.rows - 1), thread % weight_threads, column);
    }
    [[unroll]] for (uint t = 0; t < tile_tokens; t += group_size / token_threads) {
      const uint token = t + thread / token_threads, at = thread % token_threads;
      const uint from = (min(token0 + token, push.tokens - 1) * push.columns + column) / 4 + 2 * at;
      const REAL4 a0 = REAL4(activations[from]), a1 = REAL4(activations[from + 1]);
      const uint to = token * stride + 4 * at;
      token_tile[to] = a0.xy;
      token_tile[to + 1] = a0.zw;
      token_tile[to + 2] = a1.xy;
      token_tile[to + 3] = a1.zw;
    }
    barrier();
    [[unroll]] for (uint k = 0; k < depth / 2; ++k) {
      [[unroll]] for (uint p = 0; p < row_turns; ++p)
        [[unroll]] for (uint j = 0; j < thread_rows; ++j)
          w_cache[p * thread_rows + j] = weight_tile[(warp_row + p * turn_rows + lane_row + j) * stride + k];
      [[unroll]] for (uint q = 0; q < token_turns; ++q)
        [[unroll]] for (uint c = 0; c < thread_tokens; ++c) {
          const REAL2 a = token_tile[(warp_token + q * turn_tokens + lane_token + c) * stride + k];
          [[unroll]] for (uint p = 0; p < row_turns; ++p)
            [[unroll]] for (uint j = 0; j < thread_rows / 2; ++j) {
              const uint at = ((q * thread_tokens + c) * row_turns + p) * (thread_rows / 2) + j;
              const REAL2 w0 = w_cache[p * thread_rows + 2 * j], w1 = w_cache[p * thread_rows + 2 * j + 1];
              sums[at].x = fma(w0.x, a.x, fma(w0.y, a.y, sums[at].x));
              sums[at].y = fma(w1.x, a.x, fma(w1.y, a.y, sums[at].y));
            }
        }
    }
    barrier();
  }

  [[unroll]] for (uint q = 0; q < token_turns; ++q)
    [[unroll]] for (uint c = 0; c < thread_tokens; ++c)
      [[unroll]] for (uint p = 0; p < row_turns; ++p)
        [[unroll]] for (uint j = 0; j < thread_rows; ++j) {
          const uint row = row0 + warp_row + p * turn_rows + lane_row + j;
          const uint token = token0 + warp_token + q * turn_tokens + lane_token + c;
          const REAL2 pair = sums[((q * thread_tokens + c) * row_turns + p) * (thread_rows / 2) + j / 2];
          if (row < push.rows && token < push.tokens)
            products[token * push.rows + row] = float((j & 1) == 0 ? pair.x : pair.y);
        }
}
