// Reads a buffer once in words of 16 bytes, neighbouring threads neighbouring words; with COPY, writes it to another;
// with FILL, writes bytes that make ordinary numbers of every weight format: halves between 2^-7 and 2.
#version 450
layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 256;
layout(binding = 0) readonly buffer From { uvec4 from[]; };
layout(binding = 1) buffer To { uvec4 to[]; };
layout(push_constant) uniform Push { uint first, each; } push;

void main() {
  const uint begin = push.first + gl_WorkGroupID.x * group_size * push.each + gl_LocalInvocationID.x;
#if defined(COPY)
  for (uint i = 0; i < push.each; ++i) to[begin + i * group_size] = from[begin + i * group_size];
#elif defined(FILL)
  for (uint i = 0; i < push.each; ++i) {
    const uint at = begin + i * group_size;
    uvec4 x = uvec4(4 * at, 4 * at + 1, 4 * at + 2, 4 * at + 3) * 2654435761u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    to[at] = (x & 0x1f1f1f1fu) | 0x20202020u;
  }
#else
  uvec4 sum = uvec4(0);
  for (uint i = 0; i < push.each; ++i) sum ^= from[begin + i * group_size];
  // Never true, which no compiler knows: nothing is written and nothing can be left out.
  if (sum == uvec4(0x5eed)) to[gl_LocalInvocationID.x] = sum;
#endif
}
