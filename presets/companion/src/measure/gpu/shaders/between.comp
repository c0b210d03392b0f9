// What a step does between its products, one operation a dispatch. KIND 0: root mean square norm, a vector of n numbers by
// each workgroup; 1: rotation of pairs; 2: SiLU(gate) x value; 3: sum; 4: half precision copy into a cache; 5: nothing
// but one word, which is the launch alone.
#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 256;
layout(constant_id = 1) const uint kind = 0;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) buffer D { float16_t d[]; };
layout(push_constant) uniform Push { uint n, gains; } push;

shared float partial[group_size];

void normalize(uint turns) {
  const uint t = gl_LocalInvocationID.x, row = gl_WorkGroupID.x * push.n;
  float sum = 0;
  [[unroll]] for (uint i = 0; i < turns; ++i) {
    const uint j = i * group_size + t;
    const float x = j < push.n ? a[row + j] : 0;
    sum += x * x;
  }
  partial[t] = sum;
  barrier();
  [[unroll]] for (uint s = group_size / 2; s > 0; s >>= 1) {
    if (t < s) {
      sum += partial[t + s];
      partial[t] = sum;
    }
    barrier();
  }
  const float scale = inversesqrt(partial[0] / float(push.n) + 1e-6);
  [[unroll]] for (uint i = 0; i < turns; ++i) {
    const uint j = i * group_size + t;
    // Gains may be fewer than numbers, and are then repeated.
    if (push.gains < push.n) {
      if (j < push.n) c[row + j] = a[row + j] * scale * b[j % push.gains];
    } else {
      if (j < push.n) c[row + j] = a[row + j] * scale * b[j];
    }
  }
}

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (kind == 0) {
    // A variant for each power of two of turns, as engines have: a driver that takes both ways of a branch runs all.
    const uint turns = (push.n + group_size - 1) / group_size;
    if (turns > 32)
      normalize(turns);
    else if (turns > 16)
      normalize(32);
    else if (turns > 8)
      normalize(16);
    else if (turns > 4)
      normalize(8);
    else if (turns > 2)
      normalize(4);
    else if (turns > 1)
      normalize(2);
    else
      normalize(1);
  } else if (kind == 5) {
    if (i == 0) c[0] = a[0];
  } else if (i < push.n) {
    if (kind == 1) {
      if (2 * i + 1 < push.n) {
        const float angle = 31 * pow(1e-4, float(i % 64) / 64), x = a[2 * i], y = a[2 * i + 1];
        c[2 * i] = x * cos(angle) - y * sin(angle);
        c[2 * i + 1] = x * sin(angle) + y * cos(angle);
      }
    } else if (kind == 2) {
      c[i] = a[i] / (1 + exp(-a[i])) * b[i];
    } else if (kind == 3) {
      c[i] = a[i] + b[i];
    } else {
      d[i] = float16_t(a[i]);
    }
  }
}
