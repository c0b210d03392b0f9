// Attention of a block of queries of one head against a cache in half precision, keys and values of a head `kv_stride`
// numbers apart. Eight lanes share a position, each with a part of the head; threads keep sums of their own positions
// and put them together at the end. With HALF scores and sums are in half precision, else in single.
#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#if defined(HALF)
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_shader_subgroup_extended_types_float16 : require
#define REAL float16_t
#define REAL4 f16vec4
#else
#define REAL float
#define REAL4 vec4
#endif

layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 128;
layout(constant_id = 1) const uint head_dim = 64;
layout(constant_id = 2) const uint block_queries = 4;
layout(constant_id = 3) const uint block_positions = 32;

layout(binding = 0) readonly buffer Queries { vec4 queries[]; };       // [head][query][head_dim]
layout(binding = 1) readonly buffer Keys { f16vec4 keys[]; };          // [position][kv head][head_dim]
layout(binding = 2) readonly buffer Values { f16vec4 values[]; };
layout(binding = 3) writeonly buffer Out { vec4 result[]; };
// `causal`: query q sees the positions up to positions - queries + q.
layout(push_constant) uniform Push { uint queries, positions, heads_per_kv, kv_stride, causal; } push;

const uint lanes = 8, parts = head_dim / 4 / lanes;  // vectors of four of a lane
const uint columns = group_size / lanes, turns = block_positions / columns;
const float lowest = -3e38;

shared REAL4 query_tile[block_queries * (head_dim / 4 + 1)];
shared float most[columns], sums_of[columns];
shared REAL4 gathered[columns * lanes];

void main() {
  const uint thread = gl_LocalInvocationID.x, lane = thread % lanes, column = thread / lanes;
  const uint query0 = gl_WorkGroupID.x * block_queries, head = gl_WorkGroupID.y;
  const uint kv = head / push.heads_per_kv * (head_dim / 4);
  const float scale = inversesqrt(float(head_dim));
  for (uint i = thread; i < block_queries * head_dim / 4; i += group_size) {
    const uint q = i / (head_dim / 4), d = i % (head_dim / 4);
    if (query0 + q < push.queries)
      query_tile[q * (head_dim / 4 + 1) + d] =
          REAL4(queries[(head * push.queries + query0 + q) * (head_dim / 4) + d] * scale);
  }
  barrier();

  REAL4 sums[block_queries][parts];
  float top[block_queries], total[block_queries];
  [[unroll]] for (uint q = 0; q < block_queries; ++q) {
    top[q] = lowest;
    total[q] = 0;
    [[unroll]] for (uint d = 0; d < parts; ++d) sums[q][d] = REAL4(0);
  }
  const uint end = push.causal != 0 ? min(push.positions, push.positions - push.queries + query0 + block_queries)
                                    : push.positions;
  for (uint first = 0; first < end; first += block_positions) {
    REAL scores[block_queries][turns];
    [[unroll]] for (uint c = 0; c < turns; ++c) {
      const uint position = min(first + c * columns + column, push.positions - 1);
      [[unroll]] for (uint q = 0; q < block_queries; ++q) scores[q][c] = REAL(0);
      [[unroll]] for (uint d = 0; d < parts; ++d) {
        const REAL4 k = REAL4(keys[position * (push.kv_stride / 4) + kv + d * lanes + lane]);
        [[unroll]] for (uint q = 0; q < block_queries; ++q) {
          const REAL4 x = query_tile[q * (head_dim / 4 + 1) + d * lanes + lane];
          scores[q][c] = fma(x.x, k.x, fma(x.y, k.y, fma(x.z, k.z, fma(x.w, k.w, scores[q][c]))));
        }
      }
    }
    [[unroll]] for (uint q = 0; q < block_queries; ++q) {
      const uint seen = push.causal != 0 ? push.positions - push.queries + query0 + q + 1 : push.positions;
      float block_top = top[q];
      [[unroll]] for (uint c = 0; c < turns; ++c) {
        [[unroll]] for (uint s = lanes / 2; s > 0; s >>= 1) scores[q][c] += subgroupShuffleXor(scores[q][c], s);
        if (first + c * columns + column < seen) block_top = max(block_top, float(scores[q][c]));
      }
      const float fade = exp(top[q] - block_top);
      top[q] = block_top;
      total[q] *= fade;
      [[unroll]] for (uint d = 0; d < parts; ++d) sums[q][d] *= REAL(fade);
      [[unroll]] for (uint c = 0; c < turns; ++c) {
        const float p = first + c * columns + column < seen ? exp(float(scores[q][c]) - block_top) : 0;
        scores[q][c] = REAL(p);
        total[q] += p;
      }
    }
    [[unroll]] for (uint c = 0; c < turns; ++c) {
      const uint position = min(first + c * columns + column, push.positions - 1);
      [[unroll]] for (uint d = 0; d < parts; ++d) {
        const REAL4 v = REAL4(values[position * (push.kv_stride / 4) + kv + d * lanes + lane]);
        [[unroll]] for (uint q = 0; q < block_queries; ++q) sums[q][d] += scores[q][c] * v;
      }
    }
  }

  [[unroll]] for (uint q = 0; q < block_queries; ++q) {
    barrier();
    if (lane == 0) {
      most[column] = top[q];
      sums_of[column] = total[q];
    }
    barrier();
    float greatest = lowest, all = 0;
    for (uint c = 0; c < columns; ++c) greatest = max(greatest, most[c]);
    for (uint c = 0; c < columns; ++c) all += sums_of[c] * exp(most[c] - greatest);
    [[unroll]] for (uint d = 0; d < parts; ++d) {
      barrier();
      gathered[column * lanes + lane] = sums[q][d] * REAL(exp(top[q] - greatest));
      barrier();
      if (column == 0 && query0 + q < push.queries) {
        vec4 sum = vec4(0);
        for (uint c = 0; c < columns; ++c) sum += vec4(gathered[c * lanes + lane]);
        result[(head * push.queries + query0 + q) * (head_dim / 4) + d * lanes + lane] = sum / all;
      }
    }
  }
}
