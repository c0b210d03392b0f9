#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace edgewise::kernels {

/// Weight formats whose dequantize-and-dot rate is measured, laid out as in GGUF files. Numbers that are called
/// `half` are IEEE half precision.
enum class Format : std::uint8_t { f16, q8_0, q4_0, q5_0, q4_k, q5_k, q6_k, count };
inline constexpr std::size_t format_count = static_cast<std::size_t>(Format::count);

/// 32 weights: half x int8.
struct BlockQ8_0 {
  std::uint16_t half_scale;
  std::int8_t quants[32];
};
/// 32 weights: half x (0..15 - 8); low nibbles are the first 16.
struct BlockQ4_0 {
  std::uint16_t half_scale;
  std::uint8_t quants[16];
};
/// 32 weights: half x (0..31 - 16), the fifth bits apart.
struct BlockQ5_0 {
  std::uint16_t half_scale;
  std::uint8_t fifth_bits[4], quants[16];
};
/// 256 weights in 8 groups of 32: half x scale6 x (0..15) - half x min6. 64 weights share 32 bytes: low nibbles first.
struct BlockQ4_K {
  std::uint16_t half_scale, half_min;
  std::uint8_t scales[12];  ///< eight 6-bit scales and eight 6-bit mins
  std::uint8_t quants[128];
};
/// As Q4_K, with a fifth bit: bit g of byte i belongs to weight i of group g.
struct BlockQ5_K {
  std::uint16_t half_scale, half_min;
  std::uint8_t scales[12], fifth_bits[32], quants[128];
};
/// 256 weights in 16 groups of 16: half x scale8 x (0..63 - 32), low four bits and high two apart.
struct BlockQ6_K {
  std::uint8_t low[128], high[64];
  std::int8_t scales[16];
  std::uint16_t half_scale;
};
static_assert(sizeof(BlockQ8_0) == 34 && sizeof(BlockQ4_0) == 18 && sizeof(BlockQ5_0) == 22 &&
              sizeof(BlockQ4_K) == 144 && sizeof(BlockQ5_K) == 176 && sizeof(BlockQ6_K) == 210);

/// Activations of the 32-weight formats, quantized to -127..127.
struct Activation32 {
  float scale;
  std::int8_t quants[32];
};
/// Activations of the 256-weight formats, with the sums of each 32 and of each 16 that remove the weights' offsets.
struct Activation256 {
  float scale;
  std::int8_t quants[256];
  std::int16_t sums32[8];
  std::int16_t sums16[16];
};

// ---- what engines interleave ----

/// Rows of quantized weights of which pieces of `piece_B` bytes follow each other, and tokens likewise, four together.
/// So do inference engines with some formats: a vector then holds bytes of several rows, and no sum is taken across
/// its lanes.
struct Interleave {
  std::size_t rows = 1;           ///< 1: as the file has them
  std::size_t piece_B = 0;        ///< of quants; scales lie apart
  bool signed_nibbles = false;    ///< of Q4_0, as two's complements instead of 0..15
  bool single_precision = false;  ///< F16's activations of more than one token
  constexpr bool any() const { return rows > 1; }
};
/// Four rows of one Q4_0 block, or of one Q8_0 block.
struct BlockQ4_0x4 {
  std::uint16_t half_scales[4];
  std::uint8_t quants[64];
};
struct BlockQ8_0x4 {
  std::uint16_t half_scales[4];
  std::int8_t quants[128];
};
/// Eight rows of one Q4_0 block.
struct BlockQ4_0x8 {
  std::uint16_t half_scales[8];
  std::uint8_t quants[128];
};
/// Eight rows of one Q4_K block. For each of the eight groups of 32 weights, twelve bytes of `scales` hold the rows'
/// scales and mins as the twelve of a row hold its groups'.
struct BlockQ4_Kx8 {
  std::uint16_t half_scales[8], half_mins[8];
  std::uint8_t scales[96], quants[1024];
};
/// Eight rows of one Q5_K block, its fifth bits interleaved like the others.
struct BlockQ5_Kx8 {
  std::uint16_t half_scales[8], half_mins[8];
  std::uint8_t scales[96], fifth_bits[256], quants[1024];
};
/// Eight rows of one Q6_K block: the rows' first scales, then their second, and so on.
struct BlockQ6_Kx8 {
  std::uint16_t half_scales[8];
  std::int8_t scales[128];
  std::uint8_t low[1024], high[512];
};
static_assert(sizeof(BlockQ4_0x4) == 4 * sizeof(BlockQ4_0) && sizeof(BlockQ8_0x4) == 4 * sizeof(BlockQ8_0) &&
              sizeof(BlockQ4_0x8) == 8 * sizeof(BlockQ4_0) && sizeof(BlockQ4_Kx8) == 8 * sizeof(BlockQ4_K) &&
              sizeof(BlockQ5_Kx8) == 8 * sizeof(BlockQ5_K) && sizeof(BlockQ6_Kx8) == 8 * sizeof(BlockQ6_K));
inline constexpr std::size_t interleaved_tokens = 4;
struct Activation32x4 {
  float scales[4];
  std::int8_t quants[128];
};
/// `sums16` of each 64 values of the first token, then of the others.
struct Activation256x4 {
  float scales[4];
  std::int8_t quants[1024];
  std::int16_t sums16[64];
};

struct Layout {
  const char* id;  ///< as quantization presets name it
  std::size_t block_weights;
  std::size_t block_bytes;
  std::size_t activation_bytes;  ///< of block_weights activations
};
/// F16 is handled in blocks of 32 weights against 32 half precision activations.
const Layout& layout(Format);

/// `tokens` vectors of activations, quantized as the format's kernel wants them, one after the other.
/// `values` holds tokens x columns numbers.
std::vector<std::uint8_t> quantize_activations(Format, const std::vector<float>& values, std::size_t columns);

/// Rows are multiplied in groups of this many at most.
inline constexpr std::size_t group_rows = 16;
/// Rows as GGUF files hold them, `rows` being a multiple of group_rows, in the layout that kernels with that
/// interleaving read. As many bytes.
std::vector<std::uint8_t> arrange(const Interleave&, Format, const std::vector<std::uint8_t>& rows_of_blocks,
                                  std::size_t rows, std::size_t blocks);
/// Activations of `tokens` tokens as quantize_activations returns them: each four become one where rows are
/// interleaved, and what is left of them stays. F16's become single precision where the kernels want that of many.
std::vector<std::uint8_t> arrange_activations(const Interleave&, Format, const std::vector<std::uint8_t>& activations,
                                              std::size_t tokens, std::size_t blocks);

/// One instruction set's kernels.
struct Kernels {
  const char* name;
  std::array<Interleave, format_count> interleave;
  /// Sum of the 64-bit words of `bytes` bytes (a multiple of 1024): reads everything once.
  std::uint64_t (*read)(const void* data, std::size_t bytes);
  /// Dot products of `rows` rows (a multiple of group_rows) of `blocks` blocks with `tokens` vectors of activations,
  /// both arranged; out[token * rows + row].
  std::array<void (*)(const void* weights, std::size_t rows, std::size_t blocks, const void* activations,
                      std::size_t tokens, float* out),
             format_count>
      dot;
  /// `n` (a multiple of 32) values divided by their root mean square.
  void (*normalize)(const float* values, std::size_t n, float* out);
  /// quantize_activations for Format::q8_0, with `n` a multiple of 32, as fast as the instruction set can.
  void (*quantize)(const float* values, std::size_t n, Activation32* out);
  /// SiLU(gates) x values, `n` a multiple of 32.
  void (*gate)(const float* gates, const float* values, std::size_t n, float* out);
  /// One query against `positions` cached keys and values of `head_dim` half precision numbers each, `stride` numbers
  /// apart: attention of one head in a decode step, summed in half precision as engines do. out[head_dim].
  void (*attend)(const std::uint16_t* query, const std::uint16_t* keys, const std::uint16_t* values,
                 std::size_t positions, std::size_t head_dim, std::size_t stride, float* out);
  /// attention_tile queries of single precision against `positions` (a multiple of attention_tile) keys and values:
  /// attention of one head in prefill. `mask` holds attention_tile x positions half precision numbers, 0 or minus
  /// infinity, that are added to the scores; `scratch` attention_scratch(head_dim) numbers. out[attention_tile *
  /// head_dim].
  void (*attend_many)(const float* queries, const std::uint16_t* keys, const std::uint16_t* values,
                      const std::uint16_t* mask, std::size_t positions, std::size_t head_dim, std::size_t stride,
                      float* scratch, float* out);
  /// `steps` rounds of independent multiply-adds that stay in registers.
  float (*fma)(std::size_t steps);
  double fma_operations;  ///< of one round
  /// The same with 8-bit products summed in 32 bits.
  std::int32_t (*int8)(std::size_t steps);
  double int8_operations;
};

inline constexpr std::size_t attention_tile = 64;
constexpr std::size_t attention_scratch(std::size_t head_dim) {
  return attention_tile * (2 * head_dim + 2 * attention_tile);
}

/// Every variant that this CPU can run, the best last. Empty: none was built for it.
std::vector<const Kernels*> available();

}  // namespace edgewise::kernels
