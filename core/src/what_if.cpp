#include "edgewise/what_if.h"

#include <algorithm>

#include "edgewise/editable.h"
#include "edgewise/text.h"
#include "offered.h"
#include "order.h"

namespace edgewise {

namespace {

using Kind = WhatIf::Kind;

struct Direction {
  Term term;
  bool more;  ///< is better
};
constexpr Direction directions[] = {
    {Term::decode_tok_s, true},     {Term::ttft_s, false},           {Term::energy_per_token_J, false},
    {Term::prefill_tok_s, true},    {Term::tpot_mean_s, false},      {Term::total_latency_s, false},
    {Term::throughput_tok_s, true}, {Term::request_energy_J, false}, {Term::decode_w, false},
    {Term::memory_B, false},        {Term::load_cold_s, false}};
/// What helps less is not worth a line.
constexpr double least_gain = 1.01;
/// Recipes of as many bits are no fewer bits.
constexpr double fewer = 0.95, far_fewer = 0.7;

/// A change that is tried.
struct TriedChange {
  Kind kind;
  std::string label;
  Query query;
};

class LeverSearch {
 public:
  LeverSearch(const Catalog& catalog, const Answer& asked, Direction d)
      : catalog_(catalog), asked_(asked), d_(d), before_(asked.estimate[d.term]) {}

  std::vector<WhatIf> run() {
    device();
    overhead();
    quantization();
    kv_cache();
    question();
    best_of(Kind::power_mode, power_modes());
    best_of(Kind::runtime, runtimes());
    order_by(found_, [](const WhatIf& w) { return -w.gain; });
    return std::move(found_);
  }

 private:
  double gain(const Answer& a) const {
    const double after = a.estimate[d_.term];
    return d_.more ? after / before_ : before_ / after;
  }
  void add(TriedChange c, const Answer& a, bool askable = true) {
    if (gain(a) >= least_gain)
      found_.push_back(
          {c.kind, std::move(c.label), askable, std::move(c.query), a.ranged(d_.term), gain(a), verdict(a)});
  }
  void consider(TriedChange c) {
    const auto a = answer(catalog_, c.query);
    if (a && catalog_.calibrations(a->runtime->id)) add({c.kind, std::move(c.label), a->query}, *a);
  }
  void best_of(Kind kind, std::vector<TriedChange> candidates) {
    std::optional<Answer> best;
    std::size_t at = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      auto a = answer(catalog_, candidates[i].query);
      if (!a || !catalog_.calibrations(a->runtime->id) || !(gain(*a) > 0)) continue;
      // Nobody makes the model so.
      if (!a->model->is_made_in(*a->quantization)) continue;
      if (best && !(gain(*a) > gain(*best))) continue;
      best = std::move(*a);
      at = i;
    }
    if (best) add({kind, std::move(candidates[at].label), best->query}, *best);
  }

  /// The question with numbers of the device so many times what they are.
  void scaled(Kind kind, std::string label, const std::vector<const char*>& paths, double by) {
    const Device d = stated_device(catalog_, asked_.query);
    Query q = asked_.query;
    bool any = false;
    for (const char* path : paths) {
      const EditableField& f = *find_editable(path);
      const double x = f.there(d) ? f.get(d) : unknown;
      if (!is_known(x)) continue;
      with_edit(q.set, f, std::clamp(by * x, f.min, f.max));
      any = true;
    }
    if (any) consider({kind, std::move(label), std::move(q)});
  }

  void device() {
    scaled(Kind::bandwidth, "memory bandwidth x2", {"memory.peak_bandwidth_gb_s"}, 2);
    const Processor p = asked_.runtime->processor;
    const std::vector<const char*> rates =
        p == Processor::cpu
            ? std::vector<const char*>{"cpu.peak.fp32_gflops", "cpu.peak.int8_dot_gops", "cpu.peak.int8_i8mm_gops"}
        : p == Processor::gpu ? std::vector<const char*>{"gpu.fp32_tflops", "gpu.fp16_shader_tflops",
                                                         "gpu.matrix.fp16_tflops", "gpu.matrix.int8_tops"}
                              : std::vector<const char*>{"npu.tops"};
    scaled(Kind::compute, "compute x2", rates, 2);
    scaled(Kind::memory, "memory x2", {"memory.capacity_gib"}, 2);
    scaled(Kind::storage, "storage x2", {"storage.read_mb_s"}, 2);
    scaled(Kind::host_link, "link to the host x2", {"host_link.bandwidth_gb_s"}, 2);
    scaled(Kind::idle_power, "half the idle power", {"power.idle_w"}, 0.5);
    scaled(Kind::load_power, "a quarter less power under load", {"power.load_w"}, 0.75);
    if (!on_host(asked_.estimate) || asked_.query.host.empty()) return;
    Query q = asked_.query;
    double& bandwidth = q.workload.host_memory_gb_s;
    bandwidth = 2 * (is_known(bandwidth) ? bandwidth : asked_.host->device.memory_bandwidth_Bps / 1e9);
    if (is_known(bandwidth)) consider({Kind::host_memory, "memory bandwidth of the host x2", std::move(q)});
  }

  /// Software that wastes less: no device and no question has it.
  void overhead() {
    Answer a = asked_;
    for (double Rates::*fixed : {&Rates::step_s, &Rates::launch_s, &Rates::row_s, &Rates::sequence_s,
                                 &Rates::prefill_step_s, &Rates::recurrent_layer_s, &Rates::issue_s})
      a.rates.*fixed /= 2;
    a.compute();
    add({Kind::overhead, "half the fixed costs of the runtime", asked_.query}, a, false);
  }

  /// The next recipe of fewer bits, and the next of far fewer.
  void quantization() {
    struct Recipe {
      const Quantization* recipe;
      double size;
    };
    std::vector<Recipe> smaller;
    std::vector<const Quantization*> all = offered(catalog_, *asked_.runtime, asked_.device);
    if (const Quantization* own = catalog_.native_quantization(*asked_.model, *asked_.runtime, asked_.device))
      if (std::find(all.begin(), all.end(), own) == all.end()) all.push_back(own);
    for (const Quantization* q : all)
      if (const double size = summarize(*asked_.model, *q, catalog_.formats()).file_B;
          size < fewer * asked_.cost.file_B)
        smaller.push_back({q, size});
    order_by(smaller, [](const Recipe& r) { return -r.size; });
    double below = asked_.cost.file_B;
    int taken = 0;
    for (const Recipe& r : smaller) {
      if (taken == 2) return;
      if (taken > 0 && !(r.size < far_fewer * below)) continue;
      Query q = asked_.query;
      q.quant = r.recipe->id;
      consider({Kind::quantization, r.recipe->id, std::move(q)});
      below = r.size;
      ++taken;
    }
  }

  void kv_cache() {
    std::vector<TriedChange> out;
    for (const std::string& name : asked_.runtime->kv_formats) {
      const auto f = catalog_.formats().find(name);
      if (!f || !catalog_.formats()[*f].only_in.empty() ||
          !(catalog_.formats()[*f].bytes_per_weight() < asked_.rates.kv_bytes_per_element))
        continue;
      Query q = asked_.query;
      q.kv_quant = lower(name);
      out.push_back({Kind::kv_cache, "KV cache " + lower(name), std::move(q)});
    }
    best_of(Kind::kv_cache, std::move(out));
  }

  void question() {
    const auto with = [&](Kind kind, const char* label, double Workload::*member, double x) {
      if (x == asked_.query.workload.*member) return;
      Query q = asked_.query;
      q.workload.*member = x;
      consider({kind, label + count(x) + " tokens", std::move(q)});
    };
    const Workload& w = asked_.query.workload;
    if (w.prompt >= 2)
      with(Kind::prompt, "prompt of ", &Workload::prompt, static_cast<double>(static_cast<std::int64_t>(w.prompt / 2)));
    if (w.depth >= 2)
      with(Kind::depth, "depth of ", &Workload::depth, static_cast<double>(static_cast<std::int64_t>(w.depth / 2)));
    Query q = asked_.query;
    q.workload.batch *= 2;
    consider({Kind::batch, count(q.workload.batch) + " sequences at once", q});
    if (asked_.query.mtp || !asked_.query.draft_model.empty()) return;
    q = asked_.query;
    q.mtp = true;
    consider({Kind::mtp, "the model's own heads draft", std::move(q)});
  }

  std::vector<TriedChange> power_modes() const {
    std::vector<TriedChange> out;
    const auto with = [&](const std::string& id) {
      if (id == asked_.query.power_mode) return;
      Query q = asked_.query;
      q.power_mode = id;
      out.push_back({Kind::power_mode, id.empty() ? "no power mode" : "power mode " + id, std::move(q)});
    };
    if (!asked_.device.power_modes.empty()) with("");
    for (const PowerMode& m : asked_.device.power_modes) with(m.id);
    return out;
  }

  std::vector<TriedChange> runtimes() const {
    std::vector<TriedChange> out;
    for (const Runtime* other : catalog_.runtimes_for(asked_.device)) {
      if (other == asked_.runtime) continue;
      Query q = asked_.query;
      q.runtime = other->id;
      q.kv_quant.clear();
      if (catalog_.resolve_quantization(q.quant, *other, &asked_.device).empty()) q.quant.clear();
      out.push_back({Kind::runtime, other->name, std::move(q)});
    }
    return out;
  }

  const Catalog& catalog_;
  const Answer& asked_;
  const Direction d_;
  const double before_;
  std::vector<WhatIf> found_;
};

}  // namespace

const char* to_string(WhatIf::Kind k) {
  static constexpr const char* names[] = {"bandwidth",   "compute",    "memory",     "storage",  "host_link",
                                          "host_memory", "idle_power", "load_power", "overhead", "quantization",
                                          "kv_cache",    "mtp",        "power_mode", "runtime",  "prompt",
                                          "depth",       "batch"};
  return names[static_cast<std::size_t>(k)];
}

Result<std::vector<WhatIf>> what_if(const Catalog& catalog, const Answer& a, std::string_view term) {
  for (const Direction& d : directions)
    if (info(d.term).id == term) return LeverSearch(catalog, a, d).run();
  std::vector<std::string> names;
  for (const Direction& d : directions) names.emplace_back(info(d.term).id);
  return Error{"unknown_word", "term", "is " + quoted(std::string(term)) + ", must be one of " + listed(names)};
}

}  // namespace edgewise
