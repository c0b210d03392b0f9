#include "bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "storage.h"
#include "workers.h"

namespace edgewise {

namespace {

using kernels::Format;
using kernels::Kernels;

constexpr std::size_t cached_columns = 768;  // between the smallest's and that: short rows cost more at their ends
constexpr std::size_t cached_B = 131072;     // weights of one thread that stay in its cache, as one row block would
constexpr int most_samples = 24, fewest_samples = 3;

double unix_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

struct CoreSet {
  std::string name;
  std::vector<int> cpus;
};

/// Memory that all threads share, filled with bytes that make ordinary numbers of every format: each pair is a
/// half between 2^-7 and 2.
class Arena {
 public:
  Arena(std::size_t bytes, Workers& workers)
      : bytes_(bytes), data_(static_cast<std::uint8_t*>(std::aligned_alloc(4096, bytes)), &std::free) {
    if (!data_) return;
    // Each thread touches its part first, so that it lies in the memory nearest to it.
    workers.time([&](std::size_t t) {
      std::uint64_t random = 88172645463325252ull + t;
      const std::size_t part = bytes_ / workers.size() / 4096 * 4096;
      const std::size_t end = t + 1 == workers.size() ? bytes_ : (t + 1) * part;
      for (std::size_t i = t * part; i < end; i += 8) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const std::uint64_t word = (random & 0x1f1f1f1f1f1f1f1full) | 0x2020202020202020ull;
        std::memcpy(data_.get() + i, &word, 8);
      }
    });
  }
  const std::uint8_t* data() const { return data_.get(); }
  std::size_t size() const { return data_ ? bytes_ : 0; }

 private:
  std::size_t bytes_;
  std::unique_ptr<std::uint8_t, decltype(&std::free)> data_;
};

/// One quantized matrix that lies in the arena, and what it is multiplied with.
struct Product {
  Format format;
  std::size_t columns, blocks, row_B;
  std::vector<std::uint8_t> activations;

  Product(const Kernels& kernels, Format f, std::size_t width, std::size_t tokens)
      : format(f),
        columns(width),
        blocks(width / kernels::layout(f).block_weights),
        row_B(blocks * kernels::layout(f).block_bytes) {
    std::vector<float> values(tokens * columns);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 61) / 30 - 1;
    activations = kernels::arrange_activations(kernels.interleave[static_cast<std::size_t>(f)], f,
                                               kernels::quantize_activations(f, values, columns), tokens, blocks);
  }
};

/// Which piece of its part of the arena each thread takes next: all in turn, so that none is still in a cache.
class Turns {
 public:
  Turns(std::size_t threads, std::size_t pieces) : pieces_(pieces), next_(threads) {}
  std::size_t next(std::size_t thread) { return next_[thread].piece++ % pieces_; }

 private:
  struct alignas(128) Next {
    std::size_t piece = 0;
  };
  std::size_t pieces_;
  std::vector<Next> next_;
};
constexpr std::size_t arena_pieces = 16;

class CpuBench {
 public:
  CpuBench(const BenchOptions& options, Measurement& m, std::vector<PhaseWindow>& windows)
      : options_(options), m_(m), windows_(windows), kernels_(*options.kernels), begin_s_(steady_s()) {}

  bool run() {
    m_.kernels = kernels_.name;
    choose_cores();
    const double budget = options_.budget_s;
    if (options_.idle_phase) idle(std::max(1.0, 0.06 * budget));
    if (arena().size() == 0) {
      m_.runs.push_back(
          {"read", "", "fast", static_cast<int>(fast_.cpus.size()), unknown, {}, "no memory for the working set"});
      return true;
    }
    plan();
    const double storage_s = 0.08 * budget, sustained_s = 0.25 * budget;
    const double micro_end_s = budget - storage_s - sustained_s;
    // In rounds, so that no row stands for a single moment: clocks drift, and neighbours come and go.
    const std::size_t rounds = micro_end_s > 40 ? 3 : 1, turns = rounds * plan_.size();
    most_samples_ = most_samples / static_cast<int>(rounds);
    for (std::size_t turn = 0; turn < turns && !stopped(); ++turn) {
      auto& [row, run] = plan_[turn % plan_.size()];
      // What is left is shared evenly by what is left.
      const double slice = (micro_end_s - elapsed_s()) / static_cast<double>(turns - turn);
      progress(row);
      // On a machine that is busy the first rows may take all the time. Those without which there is no preset are run.
      constexpr double least_s = 0.01;
      if (slice >= least_s || turn < needed_)
        run(row, std::max(slice, least_s));
      else if (row.samples.empty())
        row.reason = "the time budget was used up";
    }
    for (Planned& p : plan_) m_.runs.push_back(std::move(p.row));
    if (!stopped()) {
      TestRun row{"storage", "", "fast", 1, unknown, {}, {}};
      progress(row);
      measure_storage(options_.storage_folder, std::min(storage_s, budget - elapsed_s()), options_.interrupted, row);
      m_.runs.push_back(std::move(row));
    }
    // On a machine that is busy the rest took longer than its share: power without work would be worth nothing.
    if (!stopped()) sustained(std::max(budget - elapsed_s(), 0.1 * budget));
    return !stopped();
  }

 private:
  struct Planned {
    TestRun row;
    std::function<void(TestRun&, double slice_s)> run;
  };

  bool stopped() const { return options_.interrupted(); }
  double elapsed_s() const { return steady_s() - begin_s_; }

  void progress(const TestRun& row) {
    std::string what = row.test + (row.format.empty() ? "" : " " + row.format) + ", " + std::to_string(row.threads) +
                       (row.threads == 1 ? " thread" : " threads");
    options_.progress(std::min(1.0, elapsed_s() / options_.budget_s), what);
  }

  void choose_cores() {
    // One CPU of each core: inference engines start one thread a core, and not on small cores beside big ones. A
    // single prime core counts with the big ones.
    const auto& groups = m_.machine.groups;
    const auto cores_of = [](const CpuGroup& g) {
      return std::vector<int>(g.cpus.begin(), g.cpus.begin() + static_cast<std::ptrdiff_t>(g.cores));
    };
    fast_ = {"fast", cores_of(groups[0])};
    const std::size_t big = groups.size() > 2 && groups[0].cores == 1 ? 2 : 1;
    std::vector<int> every = fast_.cpus;
    for (std::size_t i = 1; i < groups.size(); ++i) {
      const auto cores = cores_of(groups[i]);
      if (i < big)
        fast_.cpus.insert(fast_.cpus.end(), cores.begin(), cores.end());
      else
        others_.push_back(
            {groups[i].microarchitecture.empty() ? "cluster " + std::to_string(i + 1) : groups[i].microarchitecture,
             cores});
      every.insert(every.end(), cores.begin(), cores.end());
    }
    if (!others_.empty()) others_.push_back({"every", every});
  }

  Workers& workers(const std::vector<int>& cpus) {
    // One set of threads at a time: idle ones of another set would sleep, but keep their stacks warm for nothing.
    if (!workers_ || current_cpus_ != cpus) {
      workers_.reset();
      workers_ = std::make_unique<Workers>(cpus);
      current_cpus_ = cpus;
    }
    return *workers_;
  }

  const Arena& arena() {
    if (!arena_) {
      double cache = 0;
      for (const CacheLevel& c : m_.machine.caches) cache = std::max(cache, c.size_B * c.instances);
      double size = std::max(256.0 * 1048576, 4 * cache);
      if (is_known(m_.before.memory_available_B)) size = std::min(size, m_.before.memory_available_B / 4);
      arena_ = std::make_unique<Arena>(static_cast<std::size_t>(size) / 65536 * 65536, workers(fast_.cpus));
    }
    return *arena_;
  }

  /// Samples of `amount` of work per call of `job`, which does its work `repeats` times.
  void sample(TestRun& row, double slice_s, const std::vector<int>& cpus, double amount,
              const std::function<void(std::size_t thread, std::size_t repeats)>& job, bool inverse = false) {
    Workers& w = workers(cpus);
    const double end = steady_s() + slice_s;
    const double target = std::clamp(slice_s / 8, 0.002, 0.2);
    std::size_t repeats = 1;
    double seconds = w.time([&](std::size_t t) { job(t, repeats); });
    // The first calls only warm up and find out how much makes a sample long enough to be timed.
    while (seconds < 0.6 * target && steady_s() < end && !stopped()) {
      const double factor = seconds > 0 ? std::clamp(target / seconds, 1.5, 50.0) : 50;
      repeats = static_cast<std::size_t>(static_cast<double>(repeats) * factor) + 1;
      seconds = w.time([&](std::size_t t) { job(t, repeats); });
    }
    for (int i = 0; i < most_samples_ && !stopped() && (i < fewest_samples || steady_s() < end); ++i) {
      seconds = w.time([&](std::size_t t) { job(t, repeats); });
      const double work = amount * static_cast<double>(repeats);
      row.samples.push_back(inverse ? seconds / work : work / seconds);
    }
  }

  void add(const char* test, const char* format, const CoreSet& cores, std::size_t threads, double bytes,
           std::function<void(TestRun&, double)> run) {
    plan_.push_back({TestRun{test, format, cores.name, static_cast<int>(threads), bytes, {}, {}}, std::move(run)});
  }

  static std::vector<int> first(const CoreSet& cores, std::size_t threads) {
    return {cores.cpus.begin(), cores.cpus.begin() + static_cast<std::ptrdiff_t>(threads)};
  }

  void add_clock(const CoreSet& cores) {
#if defined(__x86_64__) || defined(__aarch64__)
    add("clock", "", cores, 1, unknown, [this, cpus = first(cores, 1)](TestRun& row, double slice) {
      constexpr double chain = 64;
#if defined(__x86_64__)
      constexpr double cycles = 3 * chain;  // latency of a 64-bit multiplication on every core since 2008
#else
      constexpr double cycles = chain;      // a register addition
#endif
      sample(row, slice, cpus, 1000 * cycles, [](std::size_t, std::size_t repeats) {
        std::uint64_t x = 3, y = 5;
        for (std::size_t i = 0; i < 1000 * repeats; ++i) {
#if defined(__x86_64__)
          asm volatile(".rept 64\n imulq %1, %0\n .endr" : "+r"(x) : "r"(y));
#else
          asm volatile(".rept 64\n add %0, %0, %1\n .endr" : "+r"(x) : "r"(y));
#endif
        }
      });
    });
#else
    (void)cores;
#endif
  }

  void add_read(const CoreSet& cores, std::size_t threads, std::size_t bytes_each) {
    const bool memory = bytes_each == 0;
    add("read", "", cores, threads,
        memory ? static_cast<double>(arena().size()) : static_cast<double>(threads * bytes_each),
        [this, cpus = first(cores, threads), bytes_each, memory](TestRun& row, double slice) {
          const std::size_t whole = memory ? arena().size() / cpus.size() : bytes_each;
          // Memory is read in turns; a slow board would not get through all of it in one sample.
          const std::size_t pieces = memory ? arena_pieces : 1, piece = whole / pieces / 1024 * 1024;
          Turns turns(cpus.size(), pieces);
          sample(row, slice, cpus, static_cast<double>(piece * cpus.size()), [&](std::size_t t, std::size_t repeats) {
            std::uint64_t sum = 0;
            for (std::size_t i = 0; i < repeats; ++i)
              sum += kernels_.read(arena().data() + (t * pieces + turns.next(t)) * piece, piece);
            consume(static_cast<double>(sum & 1023));
          });
        });
  }

  /// Weights of each thread in its cache.
  void add_dot(const char* test, Format f, const CoreSet& cores, std::size_t threads, std::size_t tokens) {
    add(test, kernels::layout(f).id, cores, threads, static_cast<double>(threads * cached_B),
        [this, f, cpus = first(cores, threads), tokens](TestRun& row, double slice) {
          const Product p(kernels_, f, cached_columns, tokens);
          const std::size_t rows = cached_rows(p);
          sample(row, slice, cpus, static_cast<double>(rows * p.columns * tokens * cpus.size()),
                 [&](std::size_t t, std::size_t repeats) {
                   std::vector<float> out(rows * tokens);
                   for (std::size_t i = 0; i < repeats; ++i)
                     multiply(p, arena().data() + t * cached_B, rows, tokens, out);
                 });
        });
  }

  /// Weights that come from memory, rows handed out as engines do.
  void add_streamed(const char* test, Format f, std::size_t width, const CoreSet& cores, std::size_t threads) {
    add(test, kernels::layout(f).id, cores, threads, static_cast<double>(arena().size()),
        [this, f, width, cpus = first(cores, threads)](TestRun& row, double slice) {
          Stream stream(*this, f, width, workers(cpus));
          sample(row, slice, cpus, stream.weights(),
                 [&](std::size_t t, std::size_t repeats) { stream.run(t, repeats); });
        });
  }

  static std::size_t whole_groups(std::size_t rows) { return rows / kernels::group_rows * kernels::group_rows; }
  static std::size_t cached_rows(const Product& p) { return whole_groups(cached_B / p.row_B); }

  /// A matrix as large as the arena. Threads take chunks of its rows as they get done: where chunks are small, each
  /// begins before the core has learnt to fetch ahead, and less of the bandwidth is reached than by reading straight
  /// on.
  class Stream {
   public:
    Stream(CpuBench& bench, Format f, std::size_t width, Workers& workers)
        // llama.cpp hands out 64 rows at a time; of repacked formats, a quarter of a thread's share of the matrix.
        : bench_(bench),
          workers_(workers),
          product_(bench.kernels_, f, width, 1),
          chunk_rows_(bench.kernels_.interleave[static_cast<std::size_t>(f)].any()
                          ? std::max(kernels::group_rows, whole_groups(matrix_rows / (4 * workers.size())))
                          : 64),
          chunks_(bench.arena().size() / (chunk_rows_ * product_.row_B)),
          chunks_each_(std::max<std::size_t>(1, chunks_ / arena_pieces / workers.size()) * workers.size()) {}
    /// Of one repeat.
    double weights() const { return static_cast<double>(chunks_each_ * chunk_rows_ * product_.columns); }
    void run(std::size_t thread, std::size_t repeats) {
      if (thread == 0) {
        begin_ = (begin_ + taken_before_) % chunks_;
        taken_before_ = repeats * chunks_each_;
        taken_ = 0;
      }
      workers_.barrier().wait();
      std::vector<float> out(chunk_rows_);
      for (std::size_t i = taken_++; i < repeats * chunks_each_; i = taken_++)
        bench_.multiply(product_, bench_.arena().data() + (begin_ + i) % chunks_ * chunk_rows_ * product_.row_B,
                        chunk_rows_, 1, out);
    }

   private:
    static constexpr std::size_t matrix_rows = 2048;
    CpuBench& bench_;
    Workers& workers_;
    Product product_;
    std::size_t chunk_rows_, chunks_, chunks_each_, begin_ = 0, taken_before_ = 0;
    std::atomic<std::size_t> taken_{0};
  };

  void multiply(const Product& p, const std::uint8_t* weights, std::size_t rows, std::size_t tokens,
                std::vector<float>& out) {
    kernels_.dot[static_cast<std::size_t>(p.format)](weights, rows, p.blocks, p.activations.data(), tokens, out.data());
    consume(static_cast<double>(out[0]));
  }

  /// What a layer of a decode step does besides its seven matrix products and attention: two norms, a rotation, new
  /// keys and values, a gate and two additions, which engines leave to one thread each since there is one token, the
  /// activations of every product quantized by all, and a meeting of all threads after each of these and of the
  /// products.
  void add_between(const CoreSet& cores, std::size_t threads) {
    add("between_products", "", cores, threads, unknown,
        [this, cpus = first(cores, threads)](TestRun& row, double slice) {
          // Of a small model, whose steps these times bind most.
          constexpr std::size_t width = 1024, wide = 4 * width, heads = width / 64, key_heads = heads / 4;
          Workers& w = workers(cpus);
          std::vector<float> hidden(width), normal(width), queries(width), keys(64 * key_heads), projected(width),
              gates(wide), ups(wide), angles(64), gated(wide);
          for (std::size_t i = 0; i < width; ++i) hidden[i] = queries[i] = static_cast<float>(i % 61) / 30 - 1;
          for (std::size_t i = 0; i < wide; ++i) gates[i] = ups[i] = static_cast<float>(i % 59) / 29 - 1;
          for (std::size_t i = 0; i < angles.size(); ++i) angles[i] = static_cast<float>(i % 2);
          std::vector<std::uint8_t> cache(width);
          std::vector<kernels::Activation32> activations(wide / 32);
          const auto meet = [&] { w.barrier().wait(); };
          const auto alone = [&](std::size_t t, const auto& work) {
            if (t == 0) work();
            meet();
          };
          const auto share = [&](std::size_t n, std::size_t t) { return n * t / w.size(); };
          // A product without its arithmetic: each thread quantizes its part of the inputs, reads what all of them
          // quantized, and writes its part of the outputs, which other threads read next.
          const auto product = [&](std::size_t t, const std::vector<float>& in, std::vector<float>& out) {
            const std::size_t blocks = in.size() / 32, from = share(blocks, t);
            kernels_.quantize(in.data() + 32 * from, 32 * (share(blocks, t + 1) - from), activations.data() + from);
            meet();
            int seen = 0;
            for (std::size_t i = 0; i < blocks; ++i) seen += activations[i].quants[0] + activations[i].quants[31];
            const float change = 1e-12f * static_cast<float>(seen);
            for (std::size_t i = share(out.size(), t); i < share(out.size(), t + 1); ++i) out[i] += change;
            meet();
          };
          const auto rotate = [&](std::size_t t, std::size_t count) {
            for (std::size_t h = share(count, t); h < share(count, t + 1); ++h)
              for (std::size_t i = 0; i < 32; ++i) {
                float &a = queries[64 * h + i], &b = queries[64 * h + 32 + i];
                const float turned = a * angles[2 * i] - b * angles[2 * i + 1];
                b = a * angles[2 * i + 1] + b * angles[2 * i];
                a = turned;
              }
            meet();
          };
          const auto norm = [&] { kernels_.normalize(hidden.data(), width, normal.data()); };
          const auto residual = [&] {
            for (std::size_t i = 0; i < width; ++i) hidden[i] = 0.5f * hidden[i] + projected[i];
          };
          sample(
              row, slice, cpus, 1,
              [&](std::size_t t, std::size_t repeats) {
                for (std::size_t i = 0; i < repeats; ++i) {
                  alone(t, norm);
                  product(t, normal, queries);
                  for (int p = 0; p < 2; ++p) product(t, normal, keys);
                  rotate(t, heads);
                  rotate(t, key_heads);
                  for (int p = 0; p < 2; ++p)
                    alone(t, [&] { std::memcpy(cache.data(), keys.data(), std::size_t{128} * key_heads); });
                  meet();  // attention
                  product(t, queries, projected);
                  alone(t, residual);
                  alone(t, norm);
                  product(t, normal, gates);
                  product(t, normal, ups);
                  alone(t, [&] { kernels_.gate(gates.data(), ups.data(), wide, gated.data()); });
                  product(t, gated, projected);
                  alone(t, residual);
                }
                if (t == 0)
                  consume(static_cast<double>(hidden[0]) + static_cast<double>(activations[0].scale) + cache[0]);
              },
              true);
        });
  }

  /// The same for a prompt, of which every thread takes its tokens: passes over buffers that no cache close by holds.
  void add_between_many(const CoreSet& cores, std::size_t threads) {
    constexpr std::size_t columns = streamed_columns, wide = 4 * columns, key_width = columns / 4, tokens = 256;
    // Queries, keys, values, output, gate, up and down.
    constexpr double activations =
        (columns + columns) + 2 * (columns + key_width) + (columns + columns) + 2 * (columns + wide) + (wide + columns);
    add("between_many", "", cores, threads, static_cast<double>(4 * tokens * (4 * columns + 3 * wide)),
        [this, cpus = first(cores, threads)](TestRun& row, double slice) {
          struct Buffers {
            std::vector<float> hidden, normal, queries, gates, ups, gated;
            std::vector<kernels::Activation32> activations;
          };
          std::vector<Buffers> of_thread(cpus.size());
          const auto share = [&](std::size_t t) { return tokens * (t + 1) / cpus.size() - tokens * t / cpus.size(); };
          for (std::size_t t = 0; t < cpus.size(); ++t) {
            Buffers& b = of_thread[t];
            for (auto* narrow : {&b.hidden, &b.normal, &b.queries}) narrow->assign(share(t) * columns, 0.5f);
            for (auto* broad : {&b.gates, &b.ups, &b.gated}) broad->assign(share(t) * wide, 0.25f);
            b.activations.resize(share(t) * wide / 32);
          }
          sample(row, slice, cpus, activations * static_cast<double>(tokens), [&](std::size_t t, std::size_t repeats) {
            Buffers& b = of_thread[t];
            const std::size_t narrow = share(t) * columns, broad = share(t) * wide;
            const auto norm = [&] {
              for (std::size_t i = 0; i < narrow; i += columns)
                kernels_.normalize(b.hidden.data() + i, columns, b.normal.data() + i);
            };
            const auto quantize = [&](const std::vector<float>& x) {
              kernels_.quantize(x.data(), x.size(), b.activations.data());
            };
            const auto rotate = [&](std::size_t n) {
              for (std::size_t i = 0; i + 64 <= n; i += 64)
                for (std::size_t k = 0; k < 32; ++k) {
                  float &x = b.queries[i + k], &y = b.queries[i + 32 + k];
                  const float turned = 0.8f * x - 0.6f * y;
                  y = 0.6f * x + 0.8f * y;
                  x = turned;
                }
            };
            const auto residual = [&] {
              for (std::size_t i = 0; i < narrow; ++i) b.hidden[i] = 0.5f * b.hidden[i] + b.normal[i];
            };
            for (std::size_t i = 0; i < repeats; ++i) {
              norm();
              for (int p = 0; p < 3; ++p) quantize(b.normal);
              rotate(narrow);
              rotate(narrow / 4);
              quantize(b.queries);
              residual();
              norm();
              for (int p = 0; p < 2; ++p) quantize(b.normal);
              kernels_.gate(b.gates.data(), b.ups.data(), broad, b.gated.data());
              quantize(b.gated);
              residual();
            }
            consume(static_cast<double>(b.hidden[0]) + static_cast<double>(b.activations[0].scale));
          });
        });
  }

  /// Keys and values of eight heads, of which one lies between the others, so that each is read in small pieces far
  /// apart.
  struct Cache {
    static constexpr std::size_t heads = 8;
    std::size_t head_dim, positions;
    std::size_t stride() const { return heads * head_dim; }
    std::size_t bytes() const { return 2 * positions * stride() * sizeof(std::uint16_t); }
    const std::uint16_t* keys(const std::uint8_t* at, std::size_t head) const {
      return reinterpret_cast<const std::uint16_t*>(at) + head * head_dim;
    }
    const std::uint16_t* values(const std::uint8_t* at, std::size_t head) const {
      return keys(at, head) + positions * stride();
    }
  };

  /// One query over caches that the arena's halves stand for. Engines make a pass over the cache for every query head
  /// that shares a head of it.
  void add_attention(const char* test, const CoreSet& cores, std::size_t threads, std::size_t head_dim) {
    const bool streamed = std::string_view(test) == "attention_streamed";
    const Cache cache{head_dim, 1024};
    const std::size_t passes = streamed ? 1 : 4, caches = streamed ? arena().size() / threads / cache.bytes() : 1;
    if (threads * cache.bytes() * caches > arena().size() || caches == 0) return;
    add(test, "F16", cores, threads, static_cast<double>(threads * cache.bytes() * caches),
        [this, cpus = first(cores, threads), passes, cache, caches](TestRun& row, double slice) {
          const std::vector<std::uint16_t> query(cache.head_dim, 0x3000);
          Turns turns(cpus.size(), caches);
          sample(row, slice, cpus,
                 static_cast<double>(4 * cache.head_dim * cache.positions * Cache::heads * passes * cpus.size()),
                 [&](std::size_t t, std::size_t repeats) {
                   std::vector<float> out(cache.head_dim);
                   for (std::size_t i = 0; i < repeats; ++i) {
                     const std::uint8_t* at = arena().data() + (t * caches + turns.next(t)) * cache.bytes();
                     for (std::size_t h = 0; h < Cache::heads; ++h)
                       for (std::size_t pass = 0; pass < passes; ++pass) {
                         kernels_.attend(query.data(), cache.keys(at, h), cache.values(at, h), cache.positions,
                                         cache.head_dim, cache.stride(), out.data());
                         consume(static_cast<double>(out[0]));
                       }
                   }
                 });
        });
  }

  /// A prompt of 512 tokens over its own keys and values, head by head. Only what a token sees counts as work.
  void add_attention_many(const CoreSet& cores, std::size_t threads, std::size_t head_dim) {
    constexpr std::size_t tile = kernels::attention_tile;
    const Cache cache{head_dim, 512};
    add("attention_many", "F16", cores, threads, static_cast<double>(threads * cache.bytes()),
        [this, cpus = first(cores, threads), cache](TestRun& row, double slice) {
          const std::vector<float> queries(tile * cache.head_dim, 0.125f);
          std::vector<std::uint16_t> mask(cache.positions * cache.positions);
          for (std::size_t q = 0; q < cache.positions; ++q)
            for (std::size_t i = q + 1; i < cache.positions; ++i)
              mask[q * cache.positions + i] = 0xfc00;  // minus infinity
          const double pairs = static_cast<double>(cache.positions) * static_cast<double>(cache.positions + 1) / 2;
          sample(row, slice, cpus, 4 * static_cast<double>(cache.head_dim) * pairs * static_cast<double>(cpus.size()),
                 [&](std::size_t t, std::size_t repeats) {
                   std::vector<float> out(tile * cache.head_dim), scratch(kernels::attention_scratch(cache.head_dim));
                   const std::uint8_t* at = arena().data() + t * cache.bytes();
                   for (std::size_t i = 0; i < repeats; ++i)
                     for (std::size_t q = 0; q < cache.positions; q += tile) {
                       const std::size_t h = i % Cache::heads;
                       kernels_.attend_many(queries.data(), cache.keys(at, h), cache.values(at, h),
                                            mask.data() + q * cache.positions, cache.positions, cache.head_dim,
                                            cache.stride(), scratch.data(), out.data());
                       consume(static_cast<double>(out[0]));
                     }
                 });
        });
  }

  void add_arithmetic(const CoreSet& cores, std::size_t threads) {
    add("fma", "", cores, threads, unknown, [this, cpus = first(cores, threads)](TestRun& row, double slice) {
      sample(row, slice, cpus, 1000 * kernels_.fma_operations * static_cast<double>(cpus.size()),
             [&](std::size_t, std::size_t repeats) { consume(static_cast<double>(kernels_.fma(1000 * repeats))); });
    });
    add("int8", "", cores, threads, unknown, [this, cpus = first(cores, threads)](TestRun& row, double slice) {
      sample(row, slice, cpus, 1000 * kernels_.int8_operations * static_cast<double>(cpus.size()),
             [&](std::size_t, std::size_t repeats) { consume(static_cast<double>(kernels_.int8(1000 * repeats))); });
    });
  }

  void add_barrier(const CoreSet& cores, std::size_t threads) {
    add("barrier", "", cores, threads, unknown, [this, cpus = first(cores, threads)](TestRun& row, double slice) {
      Workers& w = workers(cpus);
      sample(
          row, slice, cpus, 10,
          [&](std::size_t, std::size_t repeats) {
            for (std::size_t i = 0; i < 10 * repeats; ++i) w.barrier().wait();
          },
          true);
    });
  }

  /// The most telling tests first, one of each kind before those of every format: a short budget leaves out the end.
  void plan() {
    const std::size_t all = fast_.cpus.size(), half = all / 2;
    std::vector<std::size_t> fewer = {1};
    if (half > 1) fewer.push_back(half);
    if (all == 1) fewer.clear();
    const auto every_format = [](const auto& f) {
      for (std::size_t i = 0; i < kernels::format_count; ++i) f(static_cast<Format>(i));
    };
    const auto products = [&](Format f) {
      add_dot("dot", f, fast_, all, 1);
      add_streamed("dot_streamed", f, streamed_columns, fast_, all);
      add_dot("dot_many", f, fast_, all, prefill_tokens);
    };
    const auto attentions = [&](std::size_t head_dim) {
      add_attention("attention", fast_, all, head_dim);
      add_attention_many(fast_, all, head_dim);
      add_attention("attention_streamed", fast_, all, head_dim);
    };
    add_clock(fast_);
    add_read(fast_, all, 0);
    products(Format::q4_0);
    attentions(64);
    add_arithmetic(fast_, all);
    if (all > 1) add_barrier(fast_, all);
    add_between(fast_, all);
    add_between_many(fast_, all);
    needed_ = plan_.size();
    every_format([&](Format f) {
      if (f != Format::q4_0) products(f);
    });
    attentions(128);
    every_format([&](Format f) { add_dot("dot_few", f, fast_, all, few_tokens); });
    if (all > 1)
      every_format([&](Format f) { add_streamed("dot_streamed_short", f, short_streamed_columns, fast_, all); });
    for (const std::size_t n : fewer) {
      add_read(fast_, n, 0);
      every_format([&, n](Format f) { add_dot("dot", f, fast_, n, 1); });
      add_arithmetic(fast_, n);
      if (n > 1) add_barrier(fast_, n);
      for (const Format f : {Format::q4_0, Format::q4_k}) add_dot("dot_many", f, fast_, n, prefill_tokens);
    }
    for (const CoreSet& other : others_) {
      if (other.name != "every") add_clock(other);
      add_read(other, other.cpus.size(), 0);
      every_format([&](Format f) { add_dot("dot", f, other, other.cpus.size(), 1); });
      for (const Format f : {Format::q4_0, Format::q4_k})
        add_dot("dot_many", f, other, other.cpus.size(), prefill_tokens);
      add_arithmetic(other, other.cpus.size());
      if (other.cpus.size() > 1) add_barrier(other, other.cpus.size());
    }
    // Bandwidth from the first cache to the last.
    for (const std::size_t kib : {16u, 128u, 1024u, 8192u})
      for (const std::size_t n : {std::size_t{1}, all})
        if ((n == 1 || all > 1) && n * kib * 1024 <= arena().size()) add_read(fast_, n, kib * 1024);
  }

  void idle(double seconds) {
    PowerSampler sampler(options_.sensor);
    const double begin = steady_s(), unix_begin = unix_s();
    while (!stopped() && steady_s() - begin < seconds) {
      options_.progress(elapsed_s() / options_.budget_s, "idle");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    close_phase("idle", unix_begin, sampler);
  }

  void close_phase(const char* phase, double unix_begin, PowerSampler& sampler) {
    windows_.push_back({phase, unix_begin, unix_s()});
    if (auto watts = sampler.take(); !watts.empty())
      m_.power.push_back({phase, options_.sensor->name, to_string(options_.sensor->scope), std::move(watts)});
  }

  /// The same work over and over, one sample every so often: power, and whether the clock holds.
  void sustained(double seconds) {
    for (const bool decode : {true, false}) {
      TestRun row{decode ? "sustained_decode" : "sustained_prefill",
                  "Q4_0",
                  "fast",
                  static_cast<int>(fast_.cpus.size()),
                  unknown,
                  {},
                  {}};
      if (seconds < 1) row.reason = "the time budget was used up";
      Workers& w = workers(fast_.cpus);
      Stream stream(*this, Format::q4_0, streamed_columns, w);
      const Product p(kernels_, Format::q4_0, cached_columns, prefill_tokens);
      const std::size_t rows = cached_rows(p);
      const double amount =
          decode ? stream.weights() : static_cast<double>(rows * p.columns * w.size() * prefill_tokens);
      PowerSampler sampler(seconds < 1 ? nullptr : options_.sensor);
      const double begin = steady_s(), unix_begin = unix_s(), sample_s = std::clamp(seconds / 40, 0.1, 0.5);
      std::size_t repeats = 1;
      while (!stopped() && steady_s() - begin < seconds / 2) {
        progress(row);
        const double took = w.time([&](std::size_t t) {
          if (decode) {
            stream.run(t, repeats);
          } else {
            std::vector<float> out(rows * prefill_tokens);
            for (std::size_t i = 0; i < repeats; ++i)
              multiply(p, arena().data() + t * cached_B, rows, prefill_tokens, out);
          }
        });
        row.samples.push_back(amount * static_cast<double>(repeats) / took);
        if (took < 0.5 * sample_s)
          repeats = static_cast<std::size_t>(static_cast<double>(repeats) * std::clamp(sample_s / took, 1.0, 20.0)) + 1;
      }
      if (row.reason.empty()) close_phase(decode ? "decode" : "prefill", unix_begin, sampler);
      m_.runs.push_back(std::move(row));
    }
  }

  /// Keeps a result alive: without a reader the compiler would leave out the work.
  void consume(double x) { sink_.store(x, std::memory_order_relaxed); }

  const BenchOptions& options_;
  Measurement& m_;
  std::vector<PhaseWindow>& windows_;
  const Kernels& kernels_;
  const double begin_s_;
  int most_samples_ = most_samples;  ///< of a row in one round
  CoreSet fast_;
  std::vector<CoreSet> others_;
  std::vector<int> current_cpus_;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Arena> arena_;
  std::vector<Planned> plan_;
  std::size_t needed_ = 0;  ///< how many of them, from the first, are run in any case
  alignas(128) std::atomic<double> sink_{0};
};

}  // namespace

bool run_benchmarks(const BenchOptions& options, Measurement& m, std::vector<PhaseWindow>& windows) {
  return CpuBench(options, m, windows).run();
}

}  // namespace edgewise
