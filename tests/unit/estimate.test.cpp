#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

double relative(double a, double b) { return std::fabs(a / b - 1); }

/// One operator load and one attention class: small enough to compute by hand.
ModelCost toy() {
  ModelCost m;
  m.load_count = 1;
  m.loads[0] = {Operator::mlp, 0, false, 1e9, 0.5e9, 0, 0};
  m.attention_count = 1;
  m.attention[0] = {10, 10, 8, 64, 64, 2 * 2 * 64, 0};
  m.layers = 10;
  m.launches = 100;
  m.file_B = 0.5e9;
  m.vocab_size = 1000;
  m.hidden_size = 512;
  return m;
}

}  // namespace

TEST_CASE("an estimate allocates nothing") {
  const ModelCost m = test::cost_of("qwen3-30b-a3b", "Q4_0");
  const Rates r = test::plain_rates();
  Workload w;
  w.batch = 4;
  Estimate e;
  const std::size_t before = test::allocations();
  estimate(m, r, w, e);
  const std::size_t after = test::allocations();
  CHECK(after == before);
  // The counter counts.
  ::operator delete(::operator new(1));
  CHECK(test::allocations() > after);
}

TEST_CASE("a decode step by hand: weights, attention and fixed costs, by what binds") {
  const ModelCost m = toy();
  const double attention_B = 10 * 1000.0 * 256 * 2, attention_ops = 2 * 10 * 1000.0 * 8 * 128;
  const double fixed = 1e-3 + 100 * 1e-6;

  // Only bandwidth binds. A batch shares the weights but not the caches.
  Rates r = test::plain_rates();
  r.decode_weight_s.fill(1e-30);
  r.prefill_weight_s.fill(1e-30);
  r.decode_attention_flops = 1e30;
  CHECK(relative(decode_step_s(m, r, 1000, 1), 0.5e9 / 100e9 + attention_B / 80e9 + fixed) < 1e-12);
  CHECK(relative(decode_step_s(m, r, 1000, 4), 0.5e9 / 100e9 + 4 * attention_B / 80e9 + fixed + 3 * r.sequence_s) <
        1e-12);

  // Only arithmetic binds: each weight is dequantized once a step.
  r = test::plain_rates();
  r.bandwidth_Bps = r.kv_bandwidth_Bps = 1e30;
  CHECK(relative(decode_step_s(m, r, 1000, 1), 1e9 / 200e9 + attention_ops / 500e9 + fixed) < 1e-12);

  // Both: no faster than either alone, no slower than one after the other.
  r = test::plain_rates();
  const double memory_s = 0.5e9 / 100e9, compute_s = 1e9 / 200e9, attention_a = attention_B / 80e9,
               attention_b = attention_ops / 500e9;
  const double step = decode_step_s(m, r, 1000, 1);
  CHECK(step >= std::max(memory_s, compute_s) + std::max(attention_a, attention_b) + fixed);
  CHECK(step <= memory_s + compute_s + attention_a + attention_b + fixed);
}

TEST_CASE(
    "a prefill by hand: every weight meets every token; each chunk pays its fixed costs and reads the weights again") {
  const ModelCost m = toy();
  Rates r = test::plain_rates();
  r.bandwidth_Bps = r.kv_bandwidth_Bps = 1e30;
  const double attention = 2 * 10 * (512.0 * 513 / 2) * 8 * 128 / 8e12;
  const double weights = 1e9 * 512 / 5e12, pass = 1e-3 + 100 * 1e-6;
  CHECK(relative(prefill_s(m, r, 512, 0, 1), weights + attention + 2e-3 + pass) < 1e-12);
  r.prefill_chunk = 128;
  CHECK(relative(prefill_s(m, r, 512, 0, 1), weights + attention + 2e-3 + 4 * pass) < 1e-12);

  r = test::plain_rates();
  r.prefill_weight_s.fill(1e-30);
  r.decode_weight_s.fill(1e-30);
  r.prefill_attention_flops = 1e30;
  r.kv_bandwidth_Bps = 1e30;
  CHECK(relative(prefill_s(m, r, 512, 0, 1), 0.5e9 / 100e9 + 2e-3 + pass) < 1e-12);
  r.prefill_chunk = 128;
  CHECK(relative(prefill_s(m, r, 512, 0, 1), 4 * 0.5e9 / 100e9 + 2e-3 + 4 * pass) < 1e-12);
}

namespace {

ModelCost only_recurrent() {
  ModelCost m = toy();
  m.load_count = 0;
  m.attention_count = 0;
  m.recurrent_layers = 18;
  m.recurrent_ops = 1e6;
  return m;
}

Rates no_fixed_times() {
  Rates r = test::plain_rates();
  r.step_s = r.launch_s = r.recurrent_layer_s = r.prefill_step_s = r.sequence_s = 0;
  return r;
}

}  // namespace

TEST_CASE("a recurrent layer costs its fixed time in every pass, and its arithmetic in prefill at its own rate") {
  Rates r = no_fixed_times();
  ModelCost m = only_recurrent();
  r.recurrent_layer_s = 3e-4;
  CHECK(relative(decode_step_s(m, r, 100, 2), 18 * 3e-4 + 2 * 1e6 / r.decode_attention_flops) < 1e-12);
  r.prefill_chunk = 128;
  CHECK(relative(prefill_s(m, r, 512, 0, 1), 4 * 18 * 3e-4 + 512 * 1e6 / r.prefill_recurrent_flops) < 1e-12);
  // Who has no such layers does not ask for their time.
  m.recurrent_layers = m.recurrent_ops = 0;
  r.recurrent_layer_s = r.prefill_recurrent_flops = unknown;
  CHECK(decode_step_s(m, r, 100, 2) == 0);
}

TEST_CASE("the state of each sequence is read and written in every step, of further ones at a rate of its own") {
  Rates r = no_fixed_times();
  ModelCost m = only_recurrent();
  r.decode_attention_flops = 1e30;
  r.bandwidth_Bps = 100e9;
  r.state_bandwidth_Bps = 20e9;
  m.recurrent_state_B = 50e6;
  for (const double batch : {1, 2, 8}) {
    Breakdown rows{};
    CHECK(relative(decode_step_s(m, r, 100, batch, &rows), 100e6 / 100e9 + (batch - 1) * 100e6 / 20e9) < 1e-12);
    CHECK(rows[static_cast<std::size_t>(Operator::recurrent)].bytes == batch * 100e6);
  }
  // One sequence does not ask what further ones take.
  r.state_bandwidth_Bps = unknown;
  CHECK(relative(decode_step_s(m, r, 100, 1), 1e-3) < 1e-12);
}

TEST_CASE("the mean time per token in closed form is the mean over the generation") {
  Rates r = test::plain_rates();
  r.usable_B = 1e12;
  for (const char* id : {"llama-3.2-1b", "qwen3-30b-a3b", "deepseek-v2-lite", "qwen3-next-80b-a3b"}) {
    const ModelCost m = test::cost_of(id, "Q4_0");
    Workload w;
    w.prompt = 300;
    w.depth = 100;
    w.generate = 257;
    w.batch = 3;
    double sum = 0;
    // The first token comes out of the prefill; the step for token i sees depth + prompt + i tokens.
    for (double i = 0; i < w.generate; ++i) sum += decode_step_s(m, r, w.depth + w.prompt + i, w.batch);
    INFO(id);
    CHECK(relative(test::estimated(m, r, w)[Term::tpot_mean_s], sum / w.generate) < 1e-12);
  }
}

TEST_CASE("attention's arithmetic in prefill is that of a loop over positions, with and without a window") {
  Rates r = test::plain_rates();
  ModelCost m = toy();
  m.load_count = 0;
  r.step_s = r.launch_s = r.prefill_step_s = 0;
  r.kv_bandwidth_Bps = 1e30;  // arithmetic only
  for (const double window : {0.0, 1.0, 7.0, 64.0, 100.0, 1000.0})
    for (const double depth : {0.0, 5.0, 64.0, 99.0, 200.0})
      for (const double prompt : {1.0, 2.0, 63.0, 150.0}) {
        m.attention[0].window = window;
        double pairs = 0;
        for (double i = 0; i < prompt; ++i) {
          const double seen = depth + i + 1;
          pairs += window > 0 ? std::min(window, seen) : seen;
        }
        INFO("window " << window << ", depth " << depth << ", prompt " << prompt);
        CHECK(relative(prefill_s(m, r, prompt, depth, 1), 2 * 10 * pairs * 8 * 128 / 8e12) < 1e-12);
      }
}

TEST_CASE("a batch reads the expected number of distinct experts: E (1 - (1 - k/E)^n), n = tokens^(11/16)") {
  ModelCost m = toy();
  m.loads[0] = {Operator::experts, 0, false, 0, 0, 128e6, 64e6};
  m.attention_count = 0;
  m.experts = 128;
  m.experts_per_token = 8;
  Rates r = test::plain_rates();
  r.step_s = r.launch_s = 0;
  for (const double batch : {1.0, 2.0, 3.0, 16.0, 100.0}) {
    // Expected share by recurrence: an expert stays untouched by each token with probability 1 - k/E.
    // Popular experts make it as few as n tokens would that chose at random, the last of them in part.
    const double n = std::pow(batch, 11.0 / 16);
    double untouched = 1;
    for (double i = 1; i <= n; ++i) untouched *= 1 - 8.0 / 128;
    untouched *= 1 - (n - std::floor(n)) * 8 / 128;
    Breakdown rows{};
    decode_step_s(m, r, 0, batch, &rows);
    const OperatorTime& row = rows[static_cast<std::size_t>(Operator::experts)];
    CHECK(relative(row.bytes, 64e6 * (1 - untouched)) < 1e-12);
    CHECK(relative(row.operations, 2 * batch * 128e6 * 8 / 128) < 1e-12);
  }
}

TEST_CASE("unknown is not zero: it spreads, and the missing field is named") {
  const ModelCost m = test::cost_of("llama-3.2-1b", "Q4_0");
  Rates r = test::plain_rates();
  const Workload w;
  r.bandwidth_Bps = unknown;
  const Estimate e = test::estimated(m, r, w);
  CHECK_FALSE(is_known(e[Term::decode_tok_s]));
  CHECK_FALSE(is_known(e[Term::ttft_s]));
  CHECK_FALSE(is_known(e[Term::request_energy_J]));
  CHECK(is_known(e[Term::memory_B]));
  const auto fields = missing_fields(e, Processor::cpu, Term::decode_tok_s);
  CHECK(std::count(fields.begin(), fields.end(), "device.memory.peak_bandwidth_gb_s") == 1);

  r = test::plain_rates();
  r.price_usd = unknown;
  const Estimate without_price = test::estimated(m, r, w);
  CHECK(is_known(without_price[Term::decode_tok_s]));
  CHECK_FALSE(is_known(without_price[Term::usd_per_Mtok]));
  const auto cost_fields = missing_fields(without_price, Processor::cpu, Term::usd_per_Mtok);
  for (const char* field : {"device.price_usd", "electricity_usd_per_kwh", "device_life_years"}) {
    INFO(field);
    CHECK(std::count(cost_fields.begin(), cost_fields.end(), field) == 1);
  }
  CHECK(missing_fields(without_price, Processor::cpu, Term::decode_tok_s).empty());

  r = test::plain_rates();
  r.usable_B = unknown;
  CHECK(verdict(test::estimated(m, r, w), nullptr, false) == Verdict::undecided);
  // An unknown rate of a format that the model does not hold changes nothing.
  r = test::plain_rates();
  const Estimate all_known = test::estimated(m, r, w);
  const auto unused = test::shipped().formats().find("IQ1_S");
  REQUIRE(unused);
  r.decode_weight_s[*unused] = unknown;
  CHECK(test::estimated(m, r, w)[Term::decode_tok_s] == all_known[Term::decode_tok_s]);
}

TEST_CASE("energy by hand") {
  const ModelCost m = test::cost_of("llama-3.2-1b", "Q4_0");
  const Rates r = test::plain_rates();
  Workload w;
  w.batch = 2;
  w.battery_wh = 50;
  w.electricity_usd_per_kwh = 0.3;
  w.device_life_years = 3;
  const Estimate e = test::estimated(m, r, w);
  const double decode_w = 3 + 0.7 * 12, prefill_w = 3 + 0.9 * 12;
  CHECK(relative(e[Term::decode_w], decode_w) < 1e-12);
  CHECK(relative(e[Term::prefill_w], prefill_w) < 1e-12);
  CHECK(relative(e[Term::energy_per_token_J], decode_w * e[Term::tpot_mean_s] / 2) < 1e-12);
  const double decoding_s = (w.generate - 1) * e[Term::tpot_mean_s];
  const double joules = prefill_w * e[Term::ttft_s] + decode_w * decoding_s;
  CHECK(relative(e[Term::request_energy_J], joules) < 1e-12);
  CHECK(relative(e[Term::tokens_per_J], 2 * w.generate / joules) < 1e-12);
  CHECK(relative(e[Term::energy_Wh_per_Mtok], joules / (2 * w.generate) * 1e6 / 3600) < 1e-12);
  CHECK(relative(e[Term::requests_per_battery], 50 * 3600 / joules) < 1e-12);
  CHECK(relative(e[Term::battery_h], 50 / (joules / e[Term::total_latency_s])) < 1e-12);
  CHECK(relative(e[Term::electricity_usd_per_Mtok], e[Term::energy_Wh_per_Mtok] / 1000 * 0.3) < 1e-12);
  // A device that idles in between lasts longer on its battery.
  w.requests_per_day = 10;
  const Estimate rarely = test::estimated(m, r, w);
  CHECK(rarely[Term::battery_h] > e[Term::battery_h]);
  // What it draws in between answers nothing.
  CHECK(relative(rarely[Term::requests_per_battery], rarely[Term::battery_h] / 24 * 10) < 1e-12);
  CHECK(rarely[Term::requests_per_battery] < e[Term::requests_per_battery]);
}

TEST_CASE("an eager runtime hides its fixed time behind the work of the device, or the work behind it") {
  const ModelCost m = test::cost_of("llama-3.2-1b", "F16");
  Rates r = test::plain_rates();
  const double with_both = decode_step_s(m, r, 512, 1), fixed = r.step_s + m.launches * r.launch_s;
  const double work = with_both - fixed;
  r.eager = true;
  CHECK(relative(decode_step_s(m, r, 512, 1), std::max(work, fixed)) < 1e-12);
  r.launch_s = 1e-2;
  CHECK(relative(decode_step_s(m, r, 512, 1), r.step_s + m.launches * r.launch_s) < 1e-12);
}
