#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "gpu_kernels.h"

namespace edgewise::gpu {

namespace {

constexpr std::uint32_t hidden_columns = 2048;  ///< a small model's hidden size
constexpr std::size_t cached_B = 1 << 20;       ///< weights that stay in any GPU's cache
constexpr std::uint32_t prompt_tokens = 512;    ///< llama.cpp's micro-batch
constexpr std::uint32_t few_columns = 32;       ///< a product that leaves tiles half empty
constexpr std::uint32_t shared_heads = 4;       ///< of queries, for each of keys and values
constexpr std::uint32_t arena_pieces = 16;
constexpr int most_samples = 16, fewest_samples = 3;
constexpr double least_slice_s = 0.03;
constexpr std::size_t most_repeats = 4096;

double steady_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

constexpr Format formats[] = {Format::q4_0, Format::q4_k, Format::q8_0, Format::q6_k,
                              Format::f16,  Format::q5_0, Format::q5_k};

class GpuBench {
 public:
  GpuBench(Context& context, const GpuOptions& options, Measurement& m)
      : options_(options), m_(m), work_(context), gpu_(context.gpu()) {
    if (!gpu_.subgroup_shuffle)
      attends_ = "its driver has no shuffles within subgroups, which this shader needs";
    else if (gpu_.subgroup_size < 8)
      attends_ = "its subgroups are narrower than eight lanes, which this shader needs";
  }

  void run() {
    plan();
    const double begin = steady_s();
    // In rounds, so that no row stands for a single moment.
    const std::size_t rounds = options_.budget_s > 15 ? 3 : 1, turns = rounds * plan_.size();
    most_samples_ = std::max(fewest_samples, most_samples / static_cast<int>(rounds));
    for (std::size_t turn = 0; turn < turns && !options_.interrupted(); ++turn) {
      Planned& p = plan_[turn % plan_.size()];
      if (!p.row.reason.empty()) continue;
      options_.progress(gpu_.name + ", " + p.row.test + (p.row.format.empty() ? "" : " " + p.row.format));
      // What a driver takes to compile is not of the budget.
      const double left = begin + options_.budget_s + compiling_s_ - steady_s();
      slice_s_ = left / static_cast<double>(turns - turn);
      // A first sample of everything is worth more than keeping it.
      if (p.row.samples.empty() && left > -std::max(options_.budget_s, 20.0))
        slice_s_ = std::max(slice_s_, least_slice_s);
      if (slice_s_ < 0.005) {
        if (p.row.samples.empty()) p.row.reason = "the time budget was used up";
        continue;
      }
      try {
        p.run(p.row);
      } catch (const std::runtime_error& e) {
        p.row.samples.clear();
        p.row.reason = "its driver refuses " + std::string(e.what());
      }
    }
    for (Planned& p : plan_) m_.runs.push_back(std::move(p.row));
  }

 private:
  struct Planned {
    TestRun row;
    std::function<void(TestRun&)> run;
  };

  /// `inapplicable`: why there is nothing to measure; empty: there is.
  void add(const char* test, const char* format, const std::string& inapplicable, std::function<void(TestRun&)> run) {
    TestRun row{test, format, "gpu", 1, unknown, {}, inapplicable};
    row.device = gpu_.name;
    plan_.push_back({std::move(row), std::move(run)});
  }

  double timed(const std::vector<Dispatch>& batch, std::size_t repeats, bool host) {
    return host ? work_.context().run_on_host_clock(batch, repeats) : work_.context().run(batch, repeats);
  }

  /// The first run of a batch, in which drivers compile: that is not of the budget.
  void warm(const std::vector<Dispatch>& batch) {
    const double begin = steady_s();
    work_.context().run_on_host_clock(batch, 1);
    const double once = work_.context().run_on_host_clock(batch, 1);
    compiling_s_ += std::max(0.0, steady_s() - begin - 2 * once);
  }

  /// Samples of `amount` of work for each time that the batch is done, and it is done so often that a sample is long
  /// enough to be timed.
  void sample(TestRun& row, const std::vector<Dispatch>& batch, double amount, bool inverse = false,
              bool host = false) {
    const double target = std::clamp(slice_s_ / 8, 0.002, 0.1);
    warm(batch);
    const double end = steady_s() + 0.8 * slice_s_;
    std::size_t repeats = 1;
    double seconds = timed(batch, repeats, host);
    while (!host && seconds < 0.6 * target && repeats < most_repeats && steady_s() < end && !options_.interrupted()) {
      const double factor = seconds > 0 ? std::clamp(target / seconds, 1.5, 50.0) : 50;
      repeats = std::min(most_repeats, static_cast<std::size_t>(static_cast<double>(repeats) * factor) + 1);
      seconds = timed(batch, repeats, host);
    }
    for (int i = 0; i < most_samples_ && !options_.interrupted() && (i < fewest_samples || steady_s() < end); ++i) {
      seconds = timed(batch, repeats, host);
      const double done = amount * static_cast<double>(repeats);
      row.samples.push_back(inverse ? seconds / done : done / seconds);
    }
  }

  /// The same of what memory is read for: every sample takes the next pieces, so that none is still in a cache.
  /// `piece(i)` is one of `pieces`.
  void sample_in_turns(TestRun& row, const std::function<Dispatch(std::uint32_t)>& piece, std::uint32_t pieces,
                       double amount) {
    warm({piece(0)});
    const double target = std::clamp(slice_s_ / 8, 0.002, 0.1), end = steady_s() + 0.8 * slice_s_;
    std::uint32_t at = 1;
    const auto next = [&](std::uint32_t n) {
      std::vector<Dispatch> batch;
      for (std::uint32_t i = 0; i < n; ++i) batch.push_back(piece(at++ % pieces));
      return work_.context().run(batch, 1);
    };
    const double once = next(1);
    const auto n = static_cast<std::uint32_t>(std::clamp(target / once, 1.0, 512.0));
    for (int i = 0; i < most_samples_ && !options_.interrupted() && (i < fewest_samples || steady_s() < end); ++i)
      row.samples.push_back(amount * n / next(n));
  }

  /// Weights that come from memory: larger than any cache, no larger than the GPU lets one buffer be.
  const Buffer& arena() {
    if (!arena_) {
      double bytes = 512.0 * 1048576;
      bytes = std::min({bytes, static_cast<double>(gpu_.most_range_B), gpu_.memory_B > 0 ? gpu_.memory_B / 8 : bytes});
      arena_ = &work_.buffer(static_cast<std::size_t>(bytes) / 1048576 * 1048576);
      work_.fill(*arena_);
    }
    return *arena_;
  }
  /// As many vectors as a prompt has tokens.
  const Buffer& activations() {
    if (!activations_) {
      std::vector<float> values(std::size_t{prompt_tokens} * hidden_columns);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = (static_cast<float>(i % 61) / 30 - 1) / 64;
      activations_ = &work_.upload(values.data(), 4 * values.size());
    }
    return *activations_;
  }
  const Buffer& out(std::size_t bytes) {
    if (!out_ || out_->bytes < bytes) out_ = &work_.buffer(std::max(bytes, std::size_t{1} << 20));
    return *out_;
  }

  static std::size_t row_B(Format f) {
    const kernels::Layout& l = kernels::layout(f);
    return hidden_columns / l.block_weights * l.block_bytes;
  }

  void add_streams() {
    for (const bool copy : {false, true})
      add(copy ? "gpu_copy" : "gpu_read", "", "", [this, copy](TestRun& row) {
        const std::size_t half = arena().bytes / 2, each = (copy ? half : arena().bytes) / arena_pieces;
        row.bytes = static_cast<double>(arena().bytes);
        const Buffer& to = copy ? work_.buffer(half) : out(1 << 20);
        sample_in_turns(
            row, [&](std::uint32_t i) { return work_.stream(arena(), to, i * each, each, copy); }, arena_pieces,
            static_cast<double>(copy ? 2 * each : each));
      });
  }

  void add_vectors(Format f) {
    add("gpu_dot", kernels::layout(f).id, "", [this, f](TestRun& row) {
      const auto rows = static_cast<std::uint32_t>(cached_B / row_B(f));
      row.bytes = static_cast<double>(rows * row_B(f));
      Dispatch d = work_.vector(f, arena(), activations(), out(std::size_t{4} * rows), hidden_columns, 0, rows);
      // Nothing waits for the product before: what a launch takes is a test of its own.
      d.barrier = false;
      sample(row, {d}, static_cast<double>(rows) * hidden_columns);
    });
    add("gpu_dot_streamed", kernels::layout(f).id, "", [this, f](TestRun& row) {
      const auto rows = static_cast<std::uint32_t>(arena().bytes / row_B(f)), each = rows / arena_pieces;
      row.bytes = static_cast<double>(rows * row_B(f));
      const Buffer& to = out(std::size_t{4} * rows);
      sample_in_turns(
          row,
          [&](std::uint32_t i) {
            Dispatch d = work_.vector(f, arena(), activations(), to, hidden_columns, i * each, each);
            d.barrier = false;
            return d;
          },
          arena_pieces, static_cast<double>(each) * hidden_columns);
    });
  }

  void add_matrices(Format f, std::uint32_t tokens) {
    add("gpu_dot_many", kernels::layout(f).id, "", [this, f, tokens](TestRun& row) {
      row.tokens = tokens;
      const auto most = std::min<std::uint32_t>(4096, static_cast<std::uint32_t>(arena().bytes / row_B(f) / 128 * 128));
      const auto with = [&](std::uint32_t rows) {
        Dispatch d =
            work_.matrix(f, arena(), activations(), out(std::size_t{4} * most * tokens), hidden_columns, rows, tokens);
        d.barrier = false;
        return d;
      };
      // Large enough to fill the GPU, small enough for several samples.
      std::uint32_t rows = 128;
      warm({with(rows)});
      for (; 2 * rows <= most; rows *= 2)
        if (work_.context().run({with(rows)}, 1) > slice_s_ / 16) break;
      row.bytes = static_cast<double>(rows * row_B(f));
      sample(row, {with(rows)}, static_cast<double>(rows) * hidden_columns * tokens);
    });
  }

  void add_arithmetic(const char* test, int kind, const std::string& inapplicable) {
    add(test, "", inapplicable, [this, kind](TestRun& row) {
      double operations = 0;
      const Buffer& to = out(std::size_t{16} * 64 * 1024);
      std::uint32_t rounds = 8;
      const auto with = [&] { return work_.arithmetic(kind, to, rounds, operations); };
      warm({with()});
      // Long chains, so that their beginning and end do not count.
      while (rounds < 16384 && work_.context().run({with()}, 1) < slice_s_ / 16) rounds *= 2;
      const Dispatch d = with();
      sample(row, {d}, operations);
    });
  }

  void add_launches() {
    add("gpu_launch", "", "", [this](TestRun& row) {
      const Buffer &a = activations(), &c = out(1 << 20);
      constexpr std::size_t chain = 64;
      sample(row, std::vector<Dispatch>(chain, work_.between(5, a, a, c, 1)), chain, true);
    });
    add("gpu_submit", "", "", [this](TestRun& row) {
      const Buffer &a = activations(), &c = out(1 << 20);
      sample(row, {work_.between(5, a, a, c, 1)}, 1, true, true);
    });
    add("gpu_between_products", "", "", [this](TestRun& row) { sample(row, layer(1), 1, true); });
    add("gpu_between_many", "", "", [this](TestRun& row) {
      std::uint32_t tokens = few_columns;
      warm(layer(tokens));
      while (tokens < prompt_tokens && work_.context().run(layer(tokens), 1) < slice_s_ / 16) tokens *= 2;
      row.tokens = tokens;
      sample(row, layer(tokens), tokens, true);
    });
  }

  /// What lies between the products of one layer, in llama.cpp's order: norm, three products, two rotations of which
  /// one writes the keys, values written, attention, product, sum, norm, two products, gate, product, sum. Those that
  /// do not need each other's results do not wait. Of one token products are launches alone, and attention is over as
  /// many positions as a cache has at least (llama.cpp pads it to 256); of many tokens both are left out.
  std::vector<Dispatch> layer(std::uint32_t tokens) {
    const Buffer &a = arena(), &c = out(std::size_t{4} * 4 * hidden_columns * prompt_tokens);
    std::vector<Dispatch> all;
    const auto then = [&](std::uint32_t kind, std::uint32_t n, bool waits = true) {
      if (kind == 5 && tokens > 1) return;
      all.push_back(work_.between(kind, a, a, c, n, tokens));
      all.back().barrier = waits;
    };
    constexpr std::uint32_t hidden = hidden_columns, kv = hidden_columns / 4, inner = 4 * hidden_columns;
    then(0, hidden);
    then(5, 1, false);
    then(5, 1, false);
    then(5, 1);
    then(1, hidden, false);
    then(1, kv, false);
    then(4, kv);
    if (tokens == 1) {
      if (attends_.empty()) {
        Work::Attention attention;
        attention.heads = hidden / attention.head_dim / shared_heads;
        attention.queries = shared_heads;
        attention.positions = 256;
        all.push_back(work_.attention(attention, activations(), cache(), cache(), c));
      } else {
        then(5, 1);
      }
    }
    then(5, 1);
    then(3, hidden);
    then(0, hidden);
    then(5, 1, false);
    then(5, 1);
    then(2, inner);
    then(5, 1);
    then(3, hidden);
    return all;
  }

  const Buffer& cache() {
    if (!cache_) {
      cache_ = &work_.buffer(1 << 20);
      work_.fill(*cache_);
    }
    return *cache_;
  }

  void add_attention() {
    for (const bool many : {false, true})
      for (const std::uint32_t head_dim : {64U, 128U})
        add(many ? "gpu_attention_many" : "gpu_attention", "", attends_, [this, many, head_dim](TestRun& row) {
          Work::Attention a;
          a.head_dim = head_dim;
          // Of one token, the queries that share keys and values go together.
          a.heads_per_kv = many ? shared_heads : 1;
          a.queries = many ? prompt_tokens : shared_heads;
          a.positions = many ? prompt_tokens : 1024;
          a.causal = many;
          const auto with = [&](std::uint32_t heads) {
            a.heads = many ? heads : heads / shared_heads;
            Dispatch d = work_.attention(a, activations(), cache(), cache(),
                                         out(std::size_t{4} * prompt_tokens * hidden_columns));
            d.barrier = false;
            return d;
          };
          // As many heads as a model of that width has, or as there is time for.
          std::uint32_t heads = shared_heads;
          warm({with(heads)});
          while (heads < hidden_columns / head_dim && work_.context().run({with(heads)}, 1) < slice_s_ / 16) heads *= 2;
          row.bytes = 4.0 * a.positions * heads / shared_heads * head_dim;
          const double n = prompt_tokens, pairs = many ? n * (n + 1) / 2 : a.positions;
          sample(row, {with(heads)}, 4 * pairs * heads * head_dim);
        });
  }

  void plan() {
    add_streams();
    add_launches();
    add_arithmetic("gpu_fma", 32, "");
    add_arithmetic("gpu_fma16", 16, gpu_.half ? "" : "it has no half precision arithmetic (shaderFloat16)");
    for (const Format f : formats) {
      add_vectors(f);
      add_matrices(f, prompt_tokens);
    }
    add_matrices(Format::q4_0, few_columns);
    add_attention();
    add_arithmetic("gpu_int8", 8,
                   gpu_.dot_product ? "" : "it has no products of bytes (VK_KHR_shader_integer_dot_product)");
    add("gpu_matrix", "",
        gpu_.cooperative_matrix ? "it has cooperative matrices (VK_KHR_cooperative_matrix), which this program cannot "
                                  "measure: products of many tokens are measured without them"
                                : "it has no cooperative matrices (VK_KHR_cooperative_matrix)",
        {});
  }

  const GpuOptions& options_;
  Measurement& m_;
  Work work_;
  const Gpu& gpu_;
  std::string attends_;  ///< why attention cannot be measured; empty: it can
  double slice_s_ = 0, compiling_s_ = 0;
  int most_samples_ = most_samples;  ///< of a row in one round
  std::vector<Planned> plan_;
  const Buffer *arena_ = nullptr, *activations_ = nullptr, *out_ = nullptr, *cache_ = nullptr;
};

}  // namespace

std::string not_built() { return {}; }

std::vector<Gpu> devices(std::string& why) {
  const auto vulkan = Vulkan::open(why);
  return vulkan ? vulkan->devices() : std::vector<Gpu>{};
}

void run_benchmarks(std::size_t device, const GpuOptions& options, Measurement& m) {
  const auto skipped = [&](const std::string& name, const std::string& why) {
    TestRun row{"gpu", "", "gpu", 1, unknown, {}, why};
    row.device = name;
    m.runs.push_back(std::move(row));
  };
  std::string why;
  const auto vulkan = Vulkan::open(why);
  if (!vulkan) return skipped("", why);
  if (device >= vulkan->devices().size()) return skipped("", "the device is gone");
  const std::string name = vulkan->devices()[device].name;
  const auto context = vulkan->use(device, why);
  if (!context) return skipped(name, why);
  try {
    GpuBench(*context, options, m).run();
  } catch (const std::runtime_error& e) {
    skipped(name, "its driver refuses " + std::string(e.what()));
  }
}

}  // namespace edgewise::gpu
