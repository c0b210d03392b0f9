#include "gpu_kernels.h"

#include <algorithm>
#include <cstring>

#include "shaders.h"

namespace edgewise::gpu {

namespace {

constexpr std::uint32_t nvidia = 0x10de, amd = 0x1002, intel = 0x8086, qualcomm = 0x5143;
constexpr std::uint32_t stream_threads = 256, stream_each = 16;

bool is_k_quant(Format f) { return f == Format::q4_k || f == Format::q5_k || f == Format::q6_k; }

std::uint32_t ceil_div(std::uint32_t a, std::uint32_t b) { return (a + b - 1) / b; }

/// Size at which a matrix-vector product wants its subgroups.
std::uint32_t vector_subgroup(const Gpu& g) {
  const bool sixteen = g.vendor == intel && g.subgroup_control && g.subgroup_least <= 16 && g.subgroup_most >= 16;
  return sixteen ? 16 : g.subgroup_size;
}

struct Tile {
  std::uint32_t threads, rows, tokens, warp, warp_rows, warp_tokens, turns, thread_rows, thread_tokens;
  std::uint32_t shared_B(bool half) const { return (rows + tokens) * 17 * (half ? 4 : 8); }
};

Tile tile_for(const Gpu& g, std::uint32_t rows, std::uint32_t tokens) {
  const std::uint32_t warp = std::clamp(g.subgroup_size, 8U, 64U), small_threads = std::max(32U, warp);
  const Tile large{128, 128, 128, warp, 2 * warp, 64, 2, 4, 4}, middle{128, 64, 64, warp, warp, 32, 2, 4, 2},
      small{small_threads, 32, 32, warp, 32 / (small_threads / warp), 32, 2, 2, 2};
  const auto fits = [&](const Tile& t) { return t.shared_B(g.half) <= g.shared_B && t.threads <= g.most_threads; };
  // These vendors' large tiles are for matrix units alone.
  const bool no_large = g.vendor == amd || g.vendor == intel || g.vendor == qualcomm;
  if (rows <= 32 || tokens <= 32 || !fits(middle)) return small;
  if (rows <= 64 || tokens <= 64 || no_large || !fits(large)) return middle;
  return large;
}

}  // namespace

Work::~Work() {
  for (const auto& b : buffers_) context_.release(*b);
}

const Buffer& Work::buffer(std::size_t bytes, bool host) {
  buffers_.push_back(std::make_unique<Buffer>(context_.allocate((bytes + 255) / 256 * 256, host)));
  return *buffers_.back();
}

const Buffer& Work::upload(const void* data, std::size_t bytes) {
  const std::size_t step = std::size_t{16} * stream_threads * stream_each, whole = (bytes + step - 1) / step * step;
  Buffer staging = context_.allocate(whole, true);
  std::memcpy(staging.mapped, data, bytes);
  const Buffer& out = buffer(whole);
  context_.run_on_host_clock({stream(staging, out, 0, whole, true)}, 1);
  context_.release(staging);
  return out;
}

std::vector<float> Work::download(const Buffer& from, std::size_t floats) {
  const std::size_t step = std::size_t{16} * stream_threads, whole = (4 * floats + step - 1) / step * step;
  if (whole > from.bytes) throw std::logic_error("download: the buffer is shorter than whole workgroups");
  Buffer staging = context_.allocate(whole, true);
  Dispatch copy = stream(from, staging, 0, whole, true);
  copy.push[1] = 1;
  copy.groups_x = static_cast<std::uint32_t>(whole / step);
  context_.run_on_host_clock({copy}, 1);
  std::vector<float> out(floats);
  std::memcpy(out.data(), staging.mapped, 4 * floats);
  context_.release(staging);
  return out;
}

void Work::fill(const Buffer& b) {
  Dispatch d = stream(b, b, 0, b.bytes, true);
  d.pipeline = &pipeline("stream_fill", {stream_threads});
  context_.run_on_host_clock({d}, 1);
}

const Pipeline& Work::pipeline(const std::string& name, const std::vector<std::uint32_t>& constants,
                               std::uint32_t subgroup) {
  std::string key = name;
  for (const std::uint32_t c : constants) key += " " + std::to_string(c);
  const auto found = pipelines_.find(key);
  if (found != pipelines_.end()) return found->second;
  return pipelines_.emplace(key, context_.build(shader(name), constants, subgroup)).first->second;
}

Dispatch Work::vector(Format f, const Buffer& weights, const Buffer& activations, const Buffer& out,
                      std::uint32_t columns, std::uint32_t first_row, std::uint32_t rows) {
  const Gpu& g = context_.gpu();
  const bool k_quant = is_k_quant(f), two = f == Format::q4_0 || f == Format::q5_0 || f == Format::f16;
  std::uint32_t subgroup = vector_subgroup(g);
  const std::uint32_t least = k_quant ? std::max(subgroup, 16U) : subgroup;
  // Where no subgroup is as wide as a block wants, sums go through shared memory.
  const bool arithmetic = g.subgroup_arithmetic && subgroup >= least;
  std::uint32_t threads = std::min(std::max(least, 8U), g.most_threads);
  const bool large =
      (g.vendor == nvidia || g.vendor == intel) && columns >= 1024 && (f == Format::q6_k ? rows < 4096 : rows <= 8192);
  if (large) threads = std::min(4 * threads, g.most_threads);
  const std::uint32_t group_rows = k_quant || two ? 2 : 1;
  const std::uint32_t wide = g.vendor == intel && !k_quant && f != Format::f16 ? 2 : 1;
  const std::string name = std::string("matvec_") + kernels::layout(f).id + (arithmetic ? "_subgroup" : "");
  return {&pipeline(name, {threads, group_rows * wide}, arithmetic ? subgroup : 0),
          {&weights, &activations, &out},
          {columns, first_row + rows, first_row},
          ceil_div(rows, group_rows * wide),
          1,
          true};
}

Dispatch Work::matrix(Format f, const Buffer& weights, const Buffer& activations, const Buffer& out,
                      std::uint32_t columns, std::uint32_t rows, std::uint32_t tokens) {
  const Gpu& g = context_.gpu();
  const Tile t = tile_for(g, rows, tokens);
  const std::string name = std::string("matmat_") + kernels::layout(f).id + (g.half ? "_half" : "");
  return {&pipeline(name, {t.threads, t.rows, t.tokens, t.warp, t.warp_rows, t.warp_tokens, t.turns, t.thread_rows,
                           t.thread_tokens}),
          {&weights, &activations, &out},
          {columns, rows, tokens},
          ceil_div(rows, t.rows),
          ceil_div(tokens, t.tokens),
          true};
}

Dispatch Work::stream(const Buffer& from, const Buffer& to, std::size_t first, std::size_t bytes, bool copy) {
  return {&pipeline(copy ? "stream_copy" : "stream_read", {stream_threads}),
          {&from, &to},
          {static_cast<std::uint32_t>(first / 16), stream_each},
          static_cast<std::uint32_t>(bytes / (std::size_t{16} * stream_threads * stream_each)),
          1,
          true};
}

Dispatch Work::arithmetic(int kind, const Buffer& out, std::uint32_t rounds, double& operations) {
  constexpr std::uint32_t threads = 64, groups = 1024;
  // Eight chains of four numbers; a dot product is four multiply-adds.
  operations = 2.0 * 8 * 4 * (kind == 8 ? 4 : 1) * rounds * threads * groups;
  return {&pipeline("arithmetic_" + std::to_string(kind), {threads}), {&out}, {rounds}, groups, 1, true};
}

Dispatch Work::between(std::uint32_t kind, const Buffer& a, const Buffer& b, const Buffer& c, std::uint32_t n,
                       std::uint32_t tokens) {
  const std::uint32_t wanted = kind == 0 || kind == 2 ? 512 : kind == 5 ? 32 : 256;
  const std::uint32_t threads = std::min(wanted, context_.gpu().most_threads);
  const std::uint32_t all = n * tokens, items = kind == 1 ? all / 2 : all;
  return {&pipeline("between", {threads, kind}),
          {&a, &b, &c, &c},
          {kind == 0 ? n : all, n},
          kind == 0   ? tokens
          : kind == 5 ? 1
                      : ceil_div(items, threads),
          1,
          true};
}

Dispatch Work::attention(const Attention& a, const Buffer& queries, const Buffer& keys, const Buffer& values,
                         const Buffer& out) {
  const Gpu& g = context_.gpu();
  const std::uint32_t threads =
      std::min(std::max(g.subgroup_size, 8U) * (g.subgroup_size > 32 ? 2U : 4U), g.most_threads);
  const std::uint32_t rows = a.queries == 1 ? 1 : 4, columns = std::max(a.queries == 1 ? 64U : 32U, threads / 8);
  return {&pipeline(g.half ? "attention_half" : "attention", {threads, a.head_dim, rows, columns}),
          {&queries, &keys, &values, &out},
          {a.queries, a.positions, a.heads_per_kv, a.heads / a.heads_per_kv * a.head_dim, a.causal ? 1U : 0U},
          ceil_div(a.queries, rows),
          a.heads,
          true};
}

}  // namespace edgewise::gpu
