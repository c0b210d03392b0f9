// Powers have a scope: they are learnt, converted, inherited and answered within it.

#include "edgewise/power.h"

#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/check.h"
#include "edgewise/levers_json.h"
#include "edgewise/sweep.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using namespace edgewise::test;
using Catch::Matchers::Contains;

namespace {

const std::vector<PowerConversion> conversions = {{Scope::gpu, Scope::wall, {10, 40, 90}, {0.8, 0.9, 0.95}}};

Query of(const char* model, const char* device, const char* runtime = "", const char* scope = "") {
  Query q;
  q.model = model;
  q.device = device;
  q.runtime = runtime;
  q.power_scope = scope;
  return q;
}

std::string refused(const Query& q) {
  const auto a = answer(shipped(), q);
  return a ? std::string() : describe(a.errors());
}

}  // namespace

TEST_CASE("scopes have names, and only these") {
  for (const char* name : {"rail", "soc", "module", "gpu", "wall"})
    CHECK(std::string(to_string(find_scope(name))) == name);
  CHECK(find_scope("plug") == Scope::unstated);
  CHECK(find_scope("") == Scope::unstated);
  CHECK(std::string(to_string(Scope::unstated)).empty());
}

TEST_CASE("a wider scope draws what the rest takes and the supply loses; the way back is the same line") {
  const auto out = power_scale(conversions, Scope::gpu, Scope::wall);
  REQUIRE(out);
  CHECK(out->value(230) == Approx((230 + 40) / 0.9));
  CHECK(out->low(230) == Approx((230 + 10) / 0.95));
  CHECK(out->high(230) == Approx((230 + 90) / 0.8));
  const auto back = power_scale(conversions, Scope::wall, Scope::gpu);
  REQUIRE(back);
  CHECK(back->value(out->value(230)) == Approx(230));
  CHECK(back->low(300) < back->value(300));
  CHECK(back->high(300) > back->value(300));
  // A host that is known leaves the supply alone unsure.
  const auto in_a_pi = power_scale(conversions, Scope::gpu, Scope::wall, 5);
  CHECK(in_a_pi->value(230) == Approx((230 + 5) / 0.9));
  CHECK(in_a_pi->low(230) == Approx((230 + 5) / 0.95));
  const auto same = power_scale({}, Scope::soc, Scope::soc);
  REQUIRE(same);
  CHECK(same->value(7) == 7);
  CHECK_FALSE(power_scale(conversions, Scope::soc, Scope::wall));
  CHECK_FALSE(power_scale(conversions, Scope::gpu, Scope::rail));
}

TEST_CASE("converting powers leaves the unknown unknown, and no power below zero") {
  Rates r;
  convert_power(r, Scope::wall, *power_scale(conversions, Scope::gpu, Scope::wall));
  CHECK_FALSE(is_known(r.idle_w));
  CHECK(r.power_scope == Scope::wall);
  r.idle_w = 5;
  r.full_w = 100;
  convert_power(r, Scope::gpu, *power_scale(conversions, Scope::wall, Scope::gpu));
  CHECK(r.idle_w == 0);
  CHECK(r.full_w == Approx(0.9 * 100 - 40));
}

TEST_CASE("the same card under two runtimes draws the same, but for how busy they keep it") {
  for (const char* device : {"rtx-4090-24gb", "rtx-3090-24gb", "ryzen-ai-max-395-128gb"}) {
    std::set<double> shares;
    const Device& d = shipped().device(device)->device;
    for (const Runtime* runtime : shipped().runtimes_for(d)) {
      if (runtime->processor != Processor::gpu) continue;
      const Answer a = answered(of("llama-3.1-8b", device, runtime->id.c_str()));
      INFO(device << " " << runtime->id);
      CHECK(a.rates.power_scope == d.power_scope);
      shares.insert(a.rates.decode_power_share);
      if (!is_known(a.estimate[Term::tpot_mean_s])) continue;
      CHECK((a.estimate[Term::decode_w] - a.estimate[Term::idle_w]) / a.estimate[Term::decode_activity] ==
            Approx(a.rates.decode_power_share * (a.estimate[Term::full_w] - a.estimate[Term::idle_w])));
      CHECK(a.estimate[Term::energy_per_token_J] == Approx(a.estimate[Term::decode_w] * a.estimate[Term::tpot_mean_s]));
    }
    CHECK(shares.size() == 1);
  }
}

TEST_CASE("cards of one computer share what the rest of it draws") {
  const auto watts = [](double devices, Term term) {
    Query q = of("llama-3.1-8b", "rtx-4090-24gb", "vllm-cuda", "wall");
    q.workload.devices = devices;
    const Answer a = answered(q);
    return a.estimate[term];
  };
  const Answer one = answered(of("llama-3.1-8b", "rtx-4090-24gb", "vllm-cuda", "wall"));
  const double rest = one.rates.power_scale.value.offset_w;
  REQUIRE(rest > 0);
  for (const Term term : {Term::idle_w, Term::full_w})
    for (const double n : {2.0, 4.0}) CHECK(watts(n, term) == Approx(n * (watts(1, term) - rest) + rest));
}

TEST_CASE("an answer of another scope is the converted one, and less sure") {
  const Answer card = answered(of("llama-3.1-8b", "rtx-4090-24gb")),
               plug = answered(of("llama-3.1-8b", "rtx-4090-24gb", "", "wall"));
  const auto scale = power_scale(card.device.power_conversions, Scope::gpu, Scope::wall);
  REQUIRE(scale);
  CHECK(plug.estimate[Term::decode_w] == Approx(scale->value(card.estimate[Term::decode_w])));
  CHECK(plug.estimate[Term::idle_w] == Approx(scale->value(card.estimate[Term::idle_w])));
  CHECK(plug.estimate[Term::decode_tok_s] == card.estimate[Term::decode_tok_s]);
  const Ranged a = card.ranged(Term::decode_w), b = plug.ranged(Term::decode_w);
  if (is_known(a.low)) {
    CHECK(b.high / plug.estimate[Term::decode_w] > a.high / card.estimate[Term::decode_w]);
    CHECK(b.low / plug.estimate[Term::decode_w] < a.low / card.estimate[Term::decode_w]);
  }
  CHECK(plug.query.power_scope == "wall");
}

TEST_CASE("a rail is answered for where it was read, and for nobody else") {
  const Answer rail = answered(of("llama-3.2-1b", "jetson-orin-nano-super-8gb", "llama.cpp-cuda", "rail")),
               module = answered(of("llama-3.2-1b", "jetson-orin-nano-super-8gb", "llama.cpp-cuda"));
  CHECK(rail.estimate[Term::decode_w] < module.estimate[Term::decode_w]);
  CHECK(module.estimate[Term::idle_share] == 1);
  CHECK_THAT(refused(of("llama-3.2-1b", "rtx-4090-24gb", "", "rail")), Contains("unsupported power_scope"));
  CHECK_THAT(refused(of("llama-3.2-1b", "rtx-4090-24gb", "", "plug")), Contains("unknown_word power_scope"));
  CHECK_THAT(refused(of("llama-3.2-1b", "rtx-4090-24gb", "", "module")), Contains("unsupported power_scope"));
  const Choice put_aside = choose(shipped(), of("llama-3.2-1b", "rtx-4090-24gb", "", "module"), Misfit::put_aside);
  REQUIRE(put_aside.answer);
  CHECK(put_aside.answer->rates.power_scope == Scope::gpu);
  REQUIRE(put_aside.put_aside.size() == 1);
  CHECK(put_aside.put_aside[0].field == "power_scope");
}

TEST_CASE("power entries: the device's over its class's over the processor's, rails apart") {
  Catalog c;
  PowerCalibrations p;
  const auto entry = [](double share) {
    PowerCalibrations::Entry e;
    e.processor = Processor::gpu;
    e.parameters[Parameter::decode_power_share] = share;
    return e;
  };
  p.processors = {entry(0.1)};
  p.classes = {entry(0.2)};
  p.classes[0].device_class = "jetson";
  p.devices = {entry(0.3), entry(0.4), entry(0.5)};
  for (auto& e : p.devices) e.device = "board";
  p.devices[0].scope = Scope::module;
  p.devices[1].scope = Scope::module;
  p.devices[1].power_mode = "low";
  p.devices[2].scope = Scope::rail;
  c.add(std::move(p));
  Device d;
  const auto share = [&](const char* mode, Scope scope) {
    return c.power(d, mode, Processor::gpu, scope)->parameters[Parameter::decode_power_share];
  };
  CHECK(share("", Scope::gpu) == 0.1);
  CHECK(c.power(d, "", Processor::gpu, Scope::gpu)->situation == Situation::datasheet);
  d.device_class = "jetson";
  CHECK(share("", Scope::module) == 0.2);
  CHECK(c.power(d, "", Processor::gpu, Scope::module)->situation == Situation::related);
  CHECK_FALSE(c.power(d, "", Processor::gpu, Scope::rail));
  d.id = "board";
  CHECK(share("", Scope::module) == 0.3);
  CHECK(share("low", Scope::module) == 0.4);
  CHECK(share("high", Scope::module) == 0.3);
  CHECK(share("low", Scope::rail) == 0.5);
  CHECK(c.power(d, "", Processor::gpu, Scope::module)->situation == Situation::calibrated);
  CHECK_FALSE(is_known(c.power(d, "", Processor::cpu, Scope::module)->parameters[Parameter::decode_power_share]));
}

TEST_CASE(
    "power above idle follows how busy the memory is and how much is computed of each byte, up to the full load") {
  Answer a = answered(of("llama-3.1-8b", "h100-sxm5-80gb", "vllm-cuda"));
  const auto above_idle = [&](double share, double follows, double batch) {
    a.rates.decode_power_share = share;
    a.rates.work_power_share = follows;
    Workload w = a.query.workload;
    w.batch = batch;
    Estimate e;
    estimate(a.cost, a.rates, w, e);
    const double busy = std::min(1.0, e[Term::decode_bandwidth_share]);
    const double expected =
        share * (1 - follows + follows * std::sqrt(busy) * std::pow(e[Term::arithmetic_intensity], 1.0 / 8));
    const double shown = (e[Term::decode_w] - e[Term::idle_w]) / (e[Term::full_w] - e[Term::idle_w]);
    CHECK(shown == Approx(std::min(expected, std::max(share, 1.0))));
    CHECK(e[Term::decode_activity] * share == Approx(expected));
    return shown;
  };
  CHECK(above_idle(0.5, 0, 1) == Approx(0.5));
  CHECK(above_idle(0.5, 0, 64) == Approx(0.5));
  CHECK(above_idle(0.5, 1, 1) < 0.5);
  CHECK(above_idle(0.5, 1, 64) > above_idle(0.5, 1, 1));
  CHECK(above_idle(1, 1, 1) < above_idle(1, 0.5, 1));
  CHECK(above_idle(1, 1, 64) == Approx(1));
  CHECK(above_idle(1.5, 1, 64) == Approx(1.5));
}

TEST_CASE("where power may be more than twice off, it is a range") {
  Answer a = answered(of("llama-3.2-1b", "raspberry-pi-5-8gb"));
  Catalog c;
  IntervalRule rule;
  rule.kind = Kind::power;
  rule.situation = a.rates.power_situation;
  a.catalog = &c;
  rule.low = 0.6;
  rule.high = 1.9;
  c.add(std::vector<IntervalRule>{rule});
  CHECK(is_known(a.ranged(Term::decode_w).value));
  rule.high = 2.1;
  c.add(std::vector<IntervalRule>{rule});
  const Ranged w = a.ranged(Term::decode_w);
  CHECK_FALSE(is_known(w.value));
  CHECK(w.low == Approx(0.6 * a.estimate[Term::decode_w]));
  CHECK(w.high == Approx(2.1 * a.estimate[Term::decode_w]));
}

TEST_CASE("what follows from energy is as sure as that: a range where it is one") {
  Query q = of("llama-3.2-1b", "raspberry-pi-5-8gb");
  q.workload.battery_wh = 50;
  q.workload.electricity_usd_per_kwh = 0.3;
  q.workload.device_life_years = 3;
  q.workload.api_usd_per_mtok = 10;
  q.workload.grid_gco2e_per_kwh = 400;
  Answer a = answered(q);
  const auto as_wide = [&](double low, double high, double first_token = 1.1) {
    static Catalog c;
    c = Catalog();
    std::vector<IntervalRule> rules;
    const auto add = [&](Kind kind, double from, double to) {
      for (const Situation s : {Situation::calibrated, Situation::related, Situation::datasheet}) {
        IntervalRule rule;
        rule.kind = kind;
        rule.situation = s;
        rule.low = from;
        rule.high = to;
        rules.push_back(rule);
      }
    };
    add(Kind::power, low, high);
    add(Kind::energy, low, high);
    add(Kind::decode, 0.9, 1.1);
    add(Kind::prefill, 1 / first_token, first_token);
    c.add(std::move(rules));
    a.catalog = &c;
  };
  const Term energies[] = {
      Term::energy_per_token_J,       Term::tokens_per_J, Term::requests_per_battery, Term::battery_h,
      Term::electricity_usd_per_Mtok, Term::usd_per_Mtok, Term::saved_usd_per_Mtok,   Term::co2e_g_per_Mtok};
  as_wide(0.8, 1.5);
  for (const Term t : energies) {
    const Ranged r = a.ranged(t);
    INFO(info(t).id);
    CHECK(r.value == Approx(a.estimate[t]));
    CHECK(r.low < r.value);
    CHECK(r.high > r.value);
  }
  const Ranged joules = a.ranged(Term::energy_per_token_J), each = a.ranged(Term::tokens_per_J);
  CHECK(each.low / each.value == Approx(joules.value / joules.high));
  // Always at work, the battery lasts as long as the power says.
  const Ranged w = a.ranged(Term::mean_w), h = a.ranged(Term::battery_h);
  CHECK(h.low == Approx(50 / w.high));
  CHECK(h.high == Approx(50 / w.low));
  const Ranged usd = a.ranged(Term::usd_per_Mtok), saved = a.ranged(Term::saved_usd_per_Mtok);
  CHECK(usd.high ==
        Approx(1.5 * a.estimate[Term::electricity_usd_per_Mtok] + a.estimate[Term::device_usd_per_Mtok] / 0.9));
  CHECK(saved.low == Approx(10 - usd.high));

  // However long the prompt takes, the energy of a request has one range, in whatever unit it is told.
  as_wide(0.8, 1.5, 9);
  const Ranged request = a.ranged(Term::request_energy_J), per_Mtok = a.ranged(Term::energy_Wh_per_Mtok);
  CHECK_FALSE(is_known(request.value));
  CHECK_FALSE(is_known(per_Mtok.value));
  CHECK(per_Mtok.high / per_Mtok.low == Approx(request.high / request.low));
  CHECK(a.ranged(Term::tokens_per_J).low == Approx(128 / request.high));
  CHECK(a.ranged(Term::requests_per_battery).high == Approx(50 * 3600 / request.low));
  CHECK(is_known(a.ranged(Term::energy_per_token_J).value));

  as_wide(0.4, 1.5);
  for (const Term t : energies) {
    const Ranged r = a.ranged(t);
    INFO(info(t).id);
    CHECK_FALSE(is_known(r.value));
    CHECK(r.low < a.estimate[t]);
    CHECK(r.high > a.estimate[t]);
  }

  // So many requests a day cost as much of the device, however fast it is; mostly idle, a battery lasts as long.
  q.workload.requests_per_day = 10;
  a = answered(q);
  as_wide(0.8, 1.5);
  const Ranged device = a.ranged(Term::device_usd_per_Mtok), idle = a.ranged(Term::battery_h);
  CHECK(device.low == device.high);
  CHECK(idle.high / idle.low < 1.1);
}

TEST_CASE("where energy is a range and power is not, that is said") {
  std::size_t told = 0;
  for (const auto& [id, preset] : shipped().devices()) {
    const auto a = answer(shipped(), of("llama-3.2-1b", id.c_str()));
    if (!a) continue;
    const auto is_range = [&](Term t) { return !is_known(a->ranged(t).value) && is_known(a->ranged(t).low); };
    const Errors said = warnings(*a);
    const auto has = [&](const char* code) {
      return std::any_of(said.begin(), said.end(), [&](const Error& e) { return e.code == code; });
    };
    INFO(id);
    CHECK(has("power_range") == (is_range(Term::decode_w) || is_range(Term::energy_per_token_J)));
    told += has("power_range");
  }
  CHECK(told > 0);
}

TEST_CASE("what a CPU draws above idle falls with the root of the share of its cores that compute, on large ones too") {
  Query q = of("llama-3.2-1b", "raspberry-pi-5-8gb", "llama.cpp-cpu");
  const auto above_idle = [&](double threads) {
    q.workload.threads = threads;
    const Answer a = answered(q);
    return a.estimate[Term::decode_w] - a.estimate[Term::idle_w];
  };
  const double all = above_idle(4);
  for (const double threads : {1.0, 2.0, 3.0}) CHECK(above_idle(threads) == Approx(all * std::sqrt(threads / 4)));
}

TEST_CASE(
    "a power mode draws no more than its budget nor than the device was seen to, and an unstated one is unknown") {
  const auto answered_of = [](const char* device, const char* mode) {
    Query q = of("llama-3.2-1b", device, "llama.cpp-cuda");
    q.power_mode = mode;
    return answered(q);
  };
  const auto draws = [&](const char* device, const char* mode) {
    return answered_of(device, mode).estimate[Term::decode_w];
  };
  CHECK(draws("jetson-orin-nx-16gb", "maxn-super") >= draws("jetson-orin-nx-16gb", "40w"));
  CHECK(draws("jetson-orin-nx-16gb", "40w") > draws("jetson-orin-nx-16gb", "15w"));
  CHECK(draws("jetson-agx-orin-64gb", "maxn") > draws("jetson-agx-orin-64gb", "30w"));
  // Slower clocks, or faster ones than those that the stated power is of.
  for (const char* mode : {"gpu-400mhz", "cpu-1200mhz", "cores-4"})
    CHECK(!is_known(draws("jetson-agx-orin-64gb", mode)));
  CHECK(!is_known(draws("jetson-orin-nx-8gb", "maxn-super")));
  // A budget alone does not say what clocks are lowered to: neither what is drawn, nor how much slower it is.
  const auto answered_in = [&](const char* mode) { return answered_of("jetson-agx-thor-128gb", mode); };
  const auto says_clocks = [&](const char* mode) {
    const Errors all = warnings(answered_in(mode));
    return std::any_of(all.begin(), all.end(), [](const Error& e) { return e.code == "mode_clocks_unknown"; });
  };
  const Answer full = answered_in("maxn");
  for (const char* mode : {"90w", "70w"}) {
    CHECK(!is_known(draws("jetson-agx-thor-128gb", mode)));
    CHECK(says_clocks(mode));
    // Nothing of it was measured.
    const Answer a = answered_in(mode);
    CHECK(a.sureness() == Sureness::related);
    CHECK_THAT(how_sure(a), Contains("fitted to"));
    for (const Term t : {Term::decode_tok_s, Term::prefill_tok_s}) {
      CHECK(a.estimate[t] < full.estimate[t]);
      CHECK(a.ranged(t).high / a.ranged(t).low >= full.ranged(t).high / full.ranged(t).low * (1 - 1e-9));
    }
  }
  const Ranged at_70 = answered_in("70w").ranged(Term::decode_tok_s), at_full = full.ranged(Term::decode_tok_s);
  CHECK(at_70.high / at_70.low > 1.1 * at_full.high / at_full.low);
  CHECK(answered_in("70w").estimate[Term::decode_tok_s] < answered_in("90w").estimate[Term::decode_tok_s]);
  CHECK(is_known(draws("jetson-agx-thor-128gb", "maxn")));
  CHECK(!says_clocks("maxn"));
  CHECK(full.sureness() == Sureness::fitted);
}

TEST_CASE("no card draws more than a tenth above what it lets itself draw") {
  int held = 0;
  for (const auto& [id, preset] : shipped().devices()) {
    if (preset.device.power_scope != Scope::gpu || !is_known(preset.device.tdp_w)) continue;
    for (const double devices : {1.0, 2.0}) {
      Query q = of("llama-3.2-1b", id.c_str(), "");
      q.workload.devices = devices;
      const auto a = answer(shipped(), q);
      if (!a) continue;
      const Ranged w = a->ranged(Term::decode_w);
      const double most = 1.1 * devices * preset.device.tdp_w;
      INFO(id);
      // What was read beyond its limit was read of more than the card.
      if (is_known(w.high) && a->estimate[Term::decode_w] < most) CHECK(w.high <= most * (1 + 1e-9));
      held += w.high > 0.999 * most;
    }
  }
  CHECK(held > 10);
  // The limit of a mode, where it has one.
  Query q = of("qwen3-8b", "rtx-3090-24gb", "llama.cpp-cuda");
  const Answer full = answered(q);
  q.power_mode = "220w";
  const Answer limited = answered(q);
  CHECK(limited.ranged(Term::decode_w).high <= 1.1 * 220 * (1 + 1e-9));
  CHECK(full.estimate[Term::decode_w] > 220);
  CHECK(limited.sureness() == Sureness::fitted);
}

TEST_CASE("energy is known no better than power is") {
  int told = 0;
  for (const auto& [id, preset] : shipped().devices()) {
    const auto a = answer(shipped(), of("llama-3.2-1b", id.c_str(), ""));
    if (!a) continue;
    const auto apart = [&](Term t) {
      const Ranged r = a->ranged(t);
      return r.high / r.low;
    };
    const double power = apart(Term::decode_w), energy = apart(Term::energy_per_token_J);
    if (!is_known(power) || !is_known(energy)) continue;
    INFO(id);
    CHECK(energy >= power * (1 - 1e-9));
    ++told;
  }
  CHECK(told > 100);
}

TEST_CASE("a power mode draws what was measured in it") {
  Device d = shipped().device("jetson-orin-nx-16gb")->device;
  REQUIRE(apply_power_mode(d, "25w"));
  CHECK(d.full_power_w() == 16.9);
}

TEST_CASE("carbon and the price of an API stand beside the own cost, and are unknown where nobody says") {
  Query q = of("llama-3.2-1b", "raspberry-pi-5-8gb");
  CHECK_FALSE(is_known(answered(q).estimate[Term::co2e_g_per_Mtok]));
  CHECK_FALSE(is_known(answered(q).estimate[Term::saved_usd_per_Mtok]));
  q.workload.grid_gco2e_per_kwh = 400;
  q.workload.electricity_usd_per_kwh = 0.2;
  q.workload.device_life_years = 3;
  q.workload.api_usd_per_mtok = 0.5;
  const Estimate e = answered(q).estimate;
  CHECK(e[Term::co2e_g_per_Mtok] == Approx(e[Term::energy_Wh_per_Mtok] / 1000 * 400));
  CHECK(e[Term::saved_usd_per_Mtok] == Approx(0.5 - e[Term::usd_per_Mtok]));
}

TEST_CASE("power modes are swept, each as the answer has it") {
  const Query q = of("llama-3.2-1b", "jetson-orin-nano-super-8gb");
  const auto all = sweep(shipped(), q, "power_mode", {});
  REQUIRE(all);
  const auto& modes = shipped().device(q.device)->device.power_modes;
  REQUIRE(all->names.size() == modes.size() + 1);
  CHECK(all->names[0].empty());
  CHECK(to_json(*all)["names"].size() == all->names.size());
  for (std::size_t i = 0; i < all->names.size(); ++i) {
    Query one = q;
    one.power_mode = all->names[i];
    const Answer a = answered(one);
    for (const auto& c : all->columns) CHECK(c.values[i] == a.estimate[c.term]);
  }
  CHECK(sweep(shipped(), q, "power_mode", {{1}, {}})->names == std::vector<std::string>{modes[0].id});
  CHECK_FALSE(sweep(shipped(), q, "power_mode", {{0.5}, {}}));
  CHECK_FALSE(sweep(shipped(), q, "power_mode", {{99}, {}}));
}

TEST_CASE("an exploration names one scope, whatever the devices") {
  Query q = of("llama-3.2-1b", "");
  const auto found = explore(shipped(), q, {}, 1e6);
  REQUIRE(found);
  for (const auto& r : found->rows)
    if (is_known(r.decode_w.value)) CHECK(r.power_scope == Scope::wall);
  q.device = "rtx-4090-24gb";
  const auto on_one = explore(shipped(), q, {}, 1e6);
  REQUIRE(on_one);
  for (const auto& r : on_one->rows) CHECK(r.power_scope == Scope::gpu);
}

TEST_CASE("rows of power name their scope") {
  const std::string head =
      "id,source,url,trust,device,power_mode,runtime,runtime_version,model,quant,kv_quant,batch,threads,prompt,"
      "generate,"
      "depth,flash_attention,metric,value,unit,model_size_gib,note,placement,host,scope,exclude\n";
  const auto checked = [&](const std::string& metric, const std::string& unit, const std::string& scope) {
    std::string out;
    for (const Problem& p :
         check_measurements(std::string(head)
                                .append("m1,s,u,A,raspberry-pi-5-8gb,,llama.cpp-cpu,,llama-3.2-1b,Q4_0,,,,,,,,")
                                .append(metric)
                                .append(",5,")
                                .append(unit)
                                .append(",,,,,")
                                .append(scope)
                                .append(",\n"),
                            shipped()))
      out.append(p.rule).append(" ").append(p.path).append("\n");
    return out;
  };
  CHECK(checked("power_w", "W", "wall").empty());
  CHECK_THAT(checked("power_w", "W", ""), Contains("missing m1.scope"));
  CHECK_THAT(checked("energy_j_per_token", "J/token", "plug"), Contains("unknown_word m1.scope"));
  CHECK_THAT(checked("decode_tok_s", "tok/s", "wall"), Contains("inconsistent m1.scope"));
}
