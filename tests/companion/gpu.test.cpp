// The GPU's kernels against plain arithmetic in double precision, on the first Vulkan device of this machine: a
// rasterizer in software suffices.
#include "measure/gpu/gpu.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "reference.h"

#if defined(EDGEWISE_VULKAN)
#include "measure/gpu/gpu_kernels.h"

using namespace edgewise;
using gpu::Format;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

/// Opened once: drivers take their time, and leave what they like behind.
gpu::Context* context() {
  static std::string why = sanitized ? "drivers are not for sanitizers to judge" : "";
  static const auto vulkan = why.empty() ? gpu::Vulkan::open(why) : nullptr;
  static const auto opened = vulkan ? vulkan->use(0, why) : nullptr;
  if (!opened) WARN("not tested: " << why);
  return opened.get();
}

std::vector<float> random_values(std::size_t n, std::mt19937& random) {
  std::uniform_real_distribution<float> value(-1, 1);
  std::vector<float> out(n);
  for (float& x : out) x = value(random);
  return out;
}

struct Matrix {
  std::vector<std::uint8_t> bytes;
  std::vector<double> values;
};

Matrix random_matrix(Format f, std::size_t weights, std::mt19937& random) {
  const kernels::Layout& l = kernels::layout(f);
  Matrix m{kernels::random_weights(f, weights / l.block_weights, random), {}};
  for (std::size_t b = 0; b < weights / l.block_weights; ++b)
    for (const double w : kernels::unpack(f, m.bytes.data() + b * l.block_bytes)) m.values.push_back(w);
  return m;
}

}  // namespace

TEST_CASE("the GPU's products of every format agree with the plain reference") {
  gpu::Context* c = context();
  if (!c) return;
  gpu::Work work(*c);
  std::mt19937 random(11);
  // No multiple of what a workgroup or a tile holds, but for the columns, which formats round.
  const std::size_t columns = 768, rows = 133;
  for (std::size_t i = 0; i < kernels::format_count; ++i) {
    const auto f = static_cast<Format>(i);
    const Matrix m = random_matrix(f, rows * columns, random);
    const gpu::Buffer& weights = work.upload(m.bytes.data(), m.bytes.size());
    for (const std::size_t tokens : {std::size_t{1}, std::size_t{20}, std::size_t{50}, std::size_t{130}}) {
      // One of three sizes of tiles each, but all of them once: drivers take a second for each.
      if (tokens > 1 && f != Format::q4_0 && tokens != (i % 3 == 0 ? 20U : i % 3 == 1 ? 50U : 130U)) continue;
      const std::vector<float> values = random_values(tokens * columns, random);
      const gpu::Buffer &activations = work.upload(values.data(), 4 * values.size()), &out = work.buffer(1 << 18);
      const auto u = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
      c->run({tokens == 1 ? work.vector(f, weights, activations, out, u(columns), 0, u(rows))
                          : work.matrix(f, weights, activations, out, u(columns), u(rows), u(tokens))},
             1);
      const std::vector<float> got = work.download(out, rows * tokens);
      double worst = 0;
      for (std::size_t t = 0; t < tokens; ++t)
        for (std::size_t r = 0; r < rows; ++r) {
          double sum = 0, magnitude = 0;
          for (std::size_t k = 0; k < columns; ++k) {
            const double product = m.values[r * columns + k] * static_cast<double>(values[t * columns + k]);
            sum += product;
            magnitude += std::fabs(product);
          }
          worst = std::fmax(worst, std::fabs(static_cast<double>(got[t * rows + r]) - sum) / magnitude);
        }
      INFO(kernels::layout(f).id << ", " << tokens << " tokens, of the sum of magnitudes: " << worst);
      // Half precision carries 11 bits, and a wrong weight in each block would be a hundred times as much.
      CHECK(worst < (tokens > 1 && c->gpu().half ? 4e-3 : 1e-5));
    }
  }
}

TEST_CASE("the GPU's attention agrees with the plain reference") {
  gpu::Context* c = context();
  if (!c || !c->gpu().subgroup_shuffle || c->gpu().subgroup_size < 8) return;
  gpu::Work work(*c);
  std::mt19937 random(13);
  for (const bool many : {false, true}) {
    gpu::Work::Attention a;
    a.head_dim = many ? 128 : 64;
    a.heads = 6;
    a.heads_per_kv = 3;
    a.queries = many ? 21 : 1;
    a.positions = 75;
    a.causal = many;
    const std::size_t d = a.head_dim, kv = a.heads / a.heads_per_kv, queries = a.queries, positions = a.positions;
    const std::vector<float> q = random_values(a.heads * queries * d, random);
    const Matrix k = random_matrix(Format::f16, positions * kv * d, random),
                 v = random_matrix(Format::f16, positions * kv * d, random);
    const gpu::Buffer& out = work.buffer(1 << 18);
    c->run({work.attention(a, work.upload(q.data(), 4 * q.size()), work.upload(k.bytes.data(), k.bytes.size()),
                           work.upload(v.bytes.data(), v.bytes.size()), out)},
           1);
    const std::vector<float> got = work.download(out, q.size());
    double worst = 0;
    for (std::size_t h = 0; h < a.heads; ++h)
      for (std::size_t i = 0; i < queries; ++i) {
        const std::size_t seen = many ? positions - queries + i + 1 : positions;
        std::vector<double> sums(d);
        double total = 0;
        for (std::size_t p = 0; p < seen; ++p) {
          const std::size_t at = (p * kv + h / a.heads_per_kv) * d;
          double score = 0;
          for (std::size_t x = 0; x < d; ++x)
            score += static_cast<double>(q[(h * queries + i) * d + x]) * k.values[at + x];
          const double weight = std::exp(score / std::sqrt(static_cast<double>(d)));
          total += weight;
          for (std::size_t x = 0; x < d; ++x) sums[x] += weight * v.values[at + x];
        }
        for (std::size_t x = 0; x < d; ++x)
          worst = std::fmax(worst, std::fabs(static_cast<double>(got[(h * queries + i) * d + x]) - sums[x] / total));
      }
    // Values are halves between 2^-7 and 2^-5.
    INFO((many ? "a prompt" : "one query") << ": " << worst);
    CHECK(worst < 3e-4);
  }
}

#endif
