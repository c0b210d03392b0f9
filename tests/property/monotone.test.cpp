// What must hold whatever the parameters: over every shipped device, with a spread of models, quantizations and
// workloads drawn by a fixed seed.

#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

struct Setting {
  std::string what;
  ModelCost cost;
  Rates rates;
  Workload workload;
};

std::string describe(const std::string& model, const std::string& device, const std::string& runtime,
                     const std::string& quant, const Workload& w) {
  return model + " on " + device + ", " + runtime + ", " + quant + ", prompt " + std::to_string(w.prompt) +
         ", generate " + std::to_string(w.generate) + ", depth " + std::to_string(w.depth) + ", batch " +
         std::to_string(w.batch);
}

const std::vector<std::string> models = {
    "llama-3.2-1b", "qwen2.5-0.5b",  "gemma-3-1b",       "gemma-3n-e2b",       "phi-3.5-mini", "llama-3.1-8b",
    "gpt-oss-20b",  "qwen3-30b-a3b", "deepseek-v2-lite", "qwen3-next-80b-a3b", "lfm2-1.2b",    "nemotron-3-nano-4b",
    "rwkv7-1.5b",   "gemma-2-9b",    "mistral-7b-v0.1",  "llama-3.1-70b"};

/// Rates that the presets do not know are taken from a plain device, so that every property meets every device.
void complete(Rates& r) {
  r.reads_from_storage = true;  // all runs
  const Rates plain = test::plain_rates();
  for (double Rates::*rate :
       {&Rates::bandwidth_Bps, &Rates::kv_bandwidth_Bps, &Rates::state_bandwidth_Bps, &Rates::decode_attention_flops,
        &Rates::prefill_attention_flops, &Rates::prefill_recurrent_flops, &Rates::step_s, &Rates::launch_s,
        &Rates::recurrent_layer_s, &Rates::prefill_step_s, &Rates::storage_Bps, &Rates::idle_w, &Rates::full_w,
        &Rates::decode_power_share, &Rates::prefill_power_share, &Rates::price_usd})
    if (!is_known(r.*rate)) r.*rate = plain.*rate;
  if (!is_known(r.prefill_half_rows)) r.prefill_half_rows = 32;
  // A device whose idle power is known and whose full power is not.
  r.full_w = std::max(r.full_w, r.idle_w);
  for (std::size_t f = 0; f < max_formats; ++f) {
    if (!is_known(r.decode_weight_s[f])) r.decode_weight_s[f] = plain.decode_weight_s[f];
    if (!is_known(r.prefill_weight_s[f])) r.prefill_weight_s[f] = plain.prefill_weight_s[f];
  }
}

/// Two settings for each device, drawn once.
const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = [] {
    const Catalog& c = test::shipped();
    test::Random random(20240607);
    std::vector<Setting> out;
    for (const auto& [id, preset] : c.devices()) {
      const auto runtimes = c.runtimes_for(preset.device);
      if (runtimes.empty()) continue;
      for (int i = 0; i < 2; ++i) {
        const Runtime& rt = *random.of(runtimes);
        std::vector<std::string> quants;
        for (const auto& [quant, recipe] : c.quantizations())
          if (rt.runs(recipe, preset.device)) quants.push_back(quant);
        std::vector<std::string> computed;
        for (const std::string& name : models)
          if (c.implements(rt, *c.model(name)) != Catalog::Implements::no) computed.push_back(name);
        const std::string& model = random.of(computed);
        const std::string& quant = random.of(quants);
        Workload w;
        w.prompt = random.whole(1, 4000);
        w.generate = random.whole(1, 1000);
        w.depth = random.whole(0, 1) * random.whole(0, 8000);
        w.batch = random.whole(1, 8);
        Query q;
        q.model = model;
        q.device = id;
        q.runtime = rt.id;
        q.quant = quant;
        q.workload = w;
        const auto a = prepare(c, q);
        INFO(describe(model, id, rt.id, quant, w) << ": " << (a ? std::string() : test::describe(a.errors())));
        REQUIRE(a);
        Rates rates = a->rates;
        complete(rates);
        out.push_back({describe(model, id, rt.id, quant, w), a->cost, rates, w});
      }
    }
    return out;
  }();
  return all;
}

Estimate estimated(const ModelCost& m, const Rates& r, const Workload& w) {
  Estimate e;
  estimate(m, r, w, e);
  return e;
}

/// Not greater. Sums in another order may differ in the last bits; what does not run has no time.
bool no_more(double a, double b) { return a <= b * (1 + 1e-12) || !is_known(a) || !is_known(b); }

template <class Property>
void for_all(const Property& property) {
  REQUIRE(settings().size() >= 300);
  for (const Setting& s : settings()) {
    INFO(s.what);
    property(s, estimated(s.cost, s.rates, s.workload));
  }
}

}  // namespace

TEST_CASE("more bandwidth is never slower") {
  for_all([](const Setting& s, const Estimate& before) {
    Rates faster = s.rates;
    faster.bandwidth_Bps *= 1.5;
    faster.kv_bandwidth_Bps *= 1.5;
    faster.state_bandwidth_Bps *= 1.5;
    const Estimate after = estimated(s.cost, faster, s.workload);
    for (const Term t : {Term::tpot_mean_s, Term::ttft_s, Term::total_latency_s, Term::load_warm_s})
      CHECK(no_more(after[t], before[t]));
    CHECK(no_more(before[Term::decode_tok_s], after[Term::decode_tok_s]));
  });
}

TEST_CASE("faster arithmetic is never slower") {
  for_all([](const Setting& s, const Estimate& before) {
    Rates faster = s.rates;
    for (double& x : faster.decode_weight_s) x /= 1.5;
    for (double& x : faster.prefill_weight_s) x /= 1.5;
    faster.decode_attention_flops *= 1.5;
    faster.prefill_attention_flops *= 1.5;
    const Estimate after = estimated(s.cost, faster, s.workload);
    for (const Term t : {Term::tpot_mean_s, Term::ttft_s, Term::total_latency_s}) CHECK(no_more(after[t], before[t]));
  });
}

TEST_CASE("more context never takes less memory, and a longer prompt never answers sooner") {
  for_all([](const Setting& s, const Estimate& before) {
    for (const double factor : {1.001, 2.0, 7.0}) {
      Workload w = s.workload;
      w.prompt = std::ceil(w.prompt * factor);
      const Estimate after = estimated(s.cost, s.rates, w);
      CHECK(no_more(before[Term::memory_B], after[Term::memory_B]));
      CHECK(no_more(before[Term::kv_cache_B], after[Term::kv_cache_B]));
      CHECK(no_more(before[Term::ttft_s], after[Term::ttft_s]));
      CHECK(no_more(before[Term::total_latency_s], after[Term::total_latency_s]));
    }
  });
}

TEST_CASE("a deeper cache never decodes faster") {
  for_all([](const Setting& s, const Estimate& before) {
    Workload w = s.workload;
    w.depth += 1000;
    const Estimate after = estimated(s.cost, s.rates, w);
    CHECK(no_more(before[Term::tpot_mean_s], after[Term::tpot_mean_s]));
    CHECK(no_more(before[Term::memory_B], after[Term::memory_B]));
    CHECK(no_more(before[Term::tpot_start_s], before[Term::tpot_end_s]));
  });
}

TEST_CASE("a batch decodes at least as many tokens a second as one sequence, and never takes less memory") {
  for_all([](const Setting& s, const Estimate&) {
    Workload one = s.workload, many = s.workload;
    one.batch = 1;
    for (const double batch : {2.0, 5.0, 32.0}) {
      many.batch = batch;
      const Estimate a = estimated(s.cost, s.rates, one), b = estimated(s.cost, s.rates, many);
      if (b[Term::unplaced_B] > 0) continue;
      CHECK(no_more(a[Term::decode_tok_s], b[Term::decode_tok_s]));
      CHECK(no_more(a[Term::throughput_tok_s], b[Term::throughput_tok_s]));
      CHECK(no_more(a[Term::memory_B], b[Term::memory_B]));
      CHECK(no_more(a[Term::tpot_mean_s], b[Term::tpot_mean_s]));
    }
  });
}

TEST_CASE("memory is the sum of its parts, and no part is negative") {
  for_all([](const Setting& s, const Estimate& e) {
    double sum = 0;
    for (const Term t : {Term::weights_B, Term::kv_cache_B, Term::recurrent_state_B, Term::compute_buffer_B,
                         Term::runtime_reserve_B}) {
      CHECK(e[t] >= 0);
      sum += e[t];
    }
    CHECK(std::fabs(sum / e[Term::memory_B] - 1) < 1e-12);
    CHECK(e[Term::weight_copies_B] >= 0);
    CHECK(e[Term::weights_B] - e[Term::weight_copies_B] <= s.cost.file_B);
    CHECK(e[Term::host_compute_B] >= 0);
  });
}

TEST_CASE("no term is infinite, and none is negative but the free memory and the room for cache") {
  for_all([](const Setting&, const Estimate& e) {
    for (std::size_t i = 0; i < term_count; ++i) {
      const auto t = static_cast<Term>(i);
      INFO(info(t).id << " = " << e[t]);
      CHECK_FALSE(std::isinf(e[t]));
      CHECK((t == Term::free_B || t == Term::cache_B || !(e[t] < 0)));
    }
    for (const Breakdown* rows : {&e.decode, &e.prefill})
      for (const OperatorTime& row : *rows) {
        CHECK_FALSE(row.total_s < 0);
        CHECK_FALSE(std::isinf(row.total_s));
      }
  });
}

TEST_CASE("no request is free, whatever it leaves out or waits for") {
  for_all([](const Setting& s, const Estimate&) {
    for (const double prompt : {0.0, 1.0, 2.0, s.workload.prompt})
      for (const double generate : {0.0, 1.0, 2.0, s.workload.generate})
        for (const double link_mb_s : {unknown, 1.0, 0.001}) {
          if (prompt + generate == 0) continue;  // nothing is asked
          Workload w = s.workload;
          w.prompt = prompt;
          w.generate = generate;
          w.link_mb_s = link_mb_s;
          w.battery_wh = 50;
          const Estimate e = estimated(s.cost, s.rates, w);
          if (!is_known(e[Term::total_latency_s])) continue;  // does not run
          INFO(prompt << " read, " << generate << " written, over " << link_mb_s << " MB/s");
          std::size_t infinite = 0;
          for (std::size_t i = 0; i < term_count; ++i) infinite += std::isinf(e[static_cast<Term>(i)]);
          CHECK(infinite == 0);
          CHECK(e[Term::ttft_s] > 0);
          CHECK_FALSE(e[Term::request_energy_J] <= 0);
          CHECK(no_more(e[Term::tpot_start_s], e[Term::ttft_s]));
          CHECK(no_more(e[Term::ttft_s], e[Term::total_latency_s]));
          CHECK(no_more(e[Term::throughput_tok_s], w.batch / e[Term::tpot_start_s]));
          CHECK(no_more(e[Term::idle_w], e[Term::mean_w]));
          CHECK(no_more(e[Term::mean_w], std::max(e[Term::decode_w], e[Term::prefill_w])));
          CHECK(no_more(e[Term::battery_h], w.battery_wh / e[Term::idle_w]));
        }
  });
}

TEST_CASE("the breakdowns add up to the times they explain") {
  for_all([](const Setting&, const Estimate& e) {
    if (!is_known(e[Term::tpot_mean_s])) return;  // does not run
    double decode = 0, prefill = 0;
    for (const OperatorTime& row : e.decode) decode += row.total_s;
    for (const OperatorTime& row : e.prefill) prefill += row.total_s;
    CHECK(std::fabs(decode / e[Term::tpot_mean_s] - 1) < 1e-9);
    CHECK(std::fabs(prefill / e[Term::ttft_s] - 1) < 1e-9);
  });
}

TEST_CASE("the verdict is what memory and its limit say") {
  for_all([](const Setting&, const Estimate& e) {
    const IntervalRule wide{Kind::memory, "", Situation::datasheet, 0.8, 1.4, 1};
    const double memory = e[Term::memory_B], usable = e[Term::usable_B];
    const bool slow = e[Term::ttft_s] > longest_wait_s ||
                      (e[Term::generated_tokens] > 0 && 1 / e[Term::tpot_mean_s] < reading_speed_tok_s);
    const Verdict without = verdict(e, nullptr, false), with = verdict(e, &wide, false);
    if (memory > usable) {
      CHECK(without == Verdict::does_not_run);
      CHECK(with == Verdict::does_not_run);
      CHECK(e[Term::free_B] < 0);
      CHECK(e[Term::unplaced_B] > 0);
    } else {
      CHECK(without == (slow ? Verdict::runs_slowly : Verdict::runs_well));
      CHECK(with == (1.4 * memory > usable ? Verdict::likely_fits : without));
      CHECK(verdict(e, &wide, true) == Verdict::with_host);
      CHECK(e[Term::layers_on_device] == e[Term::layers]);
    }
  });
}

TEST_CASE("the largest context and the largest batch fit, and one more does not") {
  for_all([](const Setting& s, const Estimate& e) {
    const double positions = s.cost.max_context > 0 ? s.cost.max_context : 1048576;
    // What is compiled for a context holds no longer one, but what is asked of it.
    const double compiled = s.rates.memory.fixed_context;
    const double limit = compiled > 0 ? std::min(positions, std::max(compiled, e[Term::context_tokens])) : positions;
    // Memory with a context of n tokens, the prompt being no longer than it.
    const auto fits_context = [&](double n) {
      Workload w = s.workload;
      w.depth = w.images = w.audio_s = 0;
      w.prompt = std::min(s.workload.prompt, n);
      w.generate = 0;
      w.context = n;
      return estimated(s.cost, s.rates, w)[Term::memory_B] <= e[Term::usable_B];
    };
    const double context = e[Term::max_context_tokens];
    INFO("context " << context);
    CHECK(context <= limit);
    if (context >= 1) CHECK(fits_context(context));
    if (context < limit) CHECK_FALSE(fits_context(context + 1));

    const auto fits_batch = [&](double n) {
      Workload w = s.workload;
      w.batch = n;
      return estimated(s.cost, s.rates, w)[Term::memory_B] <= e[Term::usable_B];
    };
    const double batch = e[Term::max_batch];
    INFO("batch " << batch);
    if (batch >= 1) CHECK(fits_batch(batch));
    if (batch < 4096) CHECK_FALSE(fits_batch(batch + 1));
  });
}

TEST_CASE("fewer bits never take more bytes") {
  const Catalog& c = test::shipped();
  // Not the _S recipes: where rows are no whole blocks, a fallback can make Q3_K_S smaller than Q2_K, in real files
  // too.
  const std::vector<std::string> ladder = {"Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16", "F32"};
  for (const auto& [id, model] : c.models()) {
    double before = 0;
    for (const std::string& quant : ladder) {
      const double bytes = summarize(model, *c.quantization(quant), c.formats()).file_B;
      INFO(id << " " << quant << ": " << bytes << " after " << before);
      CHECK(bytes >= before);
      before = bytes;
    }
  }
}

TEST_CASE("a device with twice the memory holds at least as much") {
  for_all([](const Setting& s, const Estimate& before) {
    Rates larger = s.rates;
    larger.usable_B *= 2;
    const Estimate after = estimated(s.cost, larger, s.workload);
    CHECK(no_more(before[Term::max_context_tokens], after[Term::max_context_tokens]));
    CHECK(no_more(before[Term::max_batch], after[Term::max_batch]));
    CHECK(after[Term::memory_B] == before[Term::memory_B]);
  });
}

TEST_CASE("the more memory others take and the less a GPU is lent, the less fits") {
  const Catalog& c = test::shipped();
  const auto asked = [&](const std::string& device, const std::string& session, const Workload& w) {
    Query q;
    q.model = "llama-3.2-1b";
    q.device = device;
    q.session = session;
    q.workload = w;
    return answer(c, q);
  };
  const auto fits = [](const Estimate& e) { return e[Term::memory_B] <= e[Term::usable_B]; };
  const auto no_better = [&](const Estimate& less, const Estimate& more) {
    CHECK(no_more(less[Term::usable_B], more[Term::usable_B]));
    CHECK(fits(less) <= fits(more));
    for (const Term t : {Term::max_context_tokens, Term::max_batch, Term::layers_on_device, Term::free_B})
      CHECK_FALSE(less[t] > more[t]);
    CHECK_FALSE(less[Term::memory_B] < more[Term::memory_B]);
  };
  for (const auto& [id, preset] : c.devices()) {
    if (c.runtimes_for(preset.device).empty()) continue;
    INFO(id);
    Workload w;
    const auto none = asked(id, "", w);
    REQUIRE(none);
    Estimate before = none->estimate;
    for (const double taken : {0.25, 1.0, 3.0, 20.0, 5000.0}) {
      w.memory_taken_gib = taken;
      const auto a = asked(id, "", w);
      REQUIRE(a);
      no_better(a->estimate, before);
      CHECK(a->estimate[Term::usable_B] >= 0);
      CHECK_FALSE(std::isinf(a->estimate[Term::memory_share]));
      before = a->estimate;
    }
    CHECK(before[Term::usable_B] == 0);

    w = Workload();
    if (is_known(preset.device.usable.headless_B) && is_known(preset.device.usable.desktop_B)) {
      const auto headless = asked(id, "headless", w), desktop = asked(id, "desktop", w);
      REQUIRE((headless && desktop));
      no_better(desktop->estimate, headless->estimate);
    }
    w.gpu_memory_gib = 4000;
    const auto everything = asked(id, "", w);
    REQUIRE(everything);
    Estimate lent = everything->estimate;
    for (const double lent_gib : {60.0, 6.0, 1.0}) {
      w.gpu_memory_gib = lent_gib;
      const auto a = asked(id, "", w);
      REQUIRE(a);
      no_better(a->estimate, lent);
      lent = a->estimate;
    }
  }
}
