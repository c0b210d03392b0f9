// Multiply-adds that stay in registers: chains long enough to hide their latency, all of them stored at the end so that
// none can be left out. KIND 32: single precision; 16: half; 8: products of four signed bytes, summed in 32 bits.
#version 450
#extension GL_EXT_control_flow_attributes : require
#if KIND == 16
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#define VALUE f16vec4
#elif KIND == 8
// OpSDot of SPV_KHR_integer_dot_product, which compilers of before 2023 have no name for; 0: four signed bytes a word.
#extension GL_EXT_spirv_intrinsics : require
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int signed_dot(int a, int b, spirv_literal int packed_format);
#define VALUE ivec4
#else
#define VALUE vec4
#endif

layout(local_size_x_id = 0, local_size_y = 1, local_size_z = 1) in;
layout(constant_id = 0) const uint group_size = 64;
layout(binding = 0) writeonly buffer Out { vec4 result[]; };
layout(push_constant) uniform Push { uint rounds; } push;

const uint chains = 8;

void main() {
  const uint id = gl_GlobalInvocationID.x;
  VALUE x[chains];
  [[unroll]] for (uint c = 0; c < chains; ++c) x[c] = VALUE(id % 7 + c);
#if KIND == 8
  const int a = int(0x01020304u + id % 3), b = int(0x03020104u);
#else
  // Below one, so that nothing grows beyond what is representable.
  const VALUE a = VALUE(0.5 + float(id % 3) / 16), b = VALUE(0.125);
#endif
  for (uint i = 0; i < push.rounds; ++i) {
    [[unroll]] for (uint c = 0; c < chains; ++c)
#if KIND == 8
      x[c] = ivec4(x[c].x + signed_dot(a, x[c].w, 0), x[c].y + signed_dot(a, x[c].x, 0),
                   x[c].z + signed_dot(b, x[c].y, 0), x[c].w + signed_dot(b, x[c].z, 0));
#else
      x[c] = fma(x[c], a, b);
#endif
  }
  VALUE sum = VALUE(0);
  [[unroll]] for (uint c = 0; c < chains; ++c) sum += x[c];
  result[id] = vec4(sum);
}
