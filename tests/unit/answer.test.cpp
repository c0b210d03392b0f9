#include "edgewise/answer.h"

#include <cmath>

#include "edgewise/import.h"
#include "edgewise/presets.h"
#include "edgewise/text.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using Catch::Matchers::WithinRel;
using test::answered;

namespace {

Query asked(const char* model, const char* device) {
  Query q;
  q.model = model;
  q.device = device;
  return q;
}

bool warns(const Answer& a, const std::string& code) {
  const Errors all = warnings(a);
  return std::any_of(all.begin(), all.end(), [&](const Error& e) { return e.code == code; });
}

const PutAside* aside(const Choice& c, const std::string& field) {
  for (const PutAside& p : c.put_aside)
    if (p.field == field) return &p;
  return nullptr;
}

bool needs(const Choice& c, const std::string& type, const std::string& id) {
  return std::any_of(c.needs.begin(), c.needs.end(), [&](const Need& n) { return n.type == type && n.id == id; });
}

}  // namespace

TEST_CASE("the memory that a model may take, by class of device") {
  const auto usable = [&](const char* id) {
    const DevicePreset* d = test::shipped().device(id);
    INFO(id);
    REQUIRE(d);
    return d->device.usable_memory_B() / gib;
  };
  // The greater of an amount and a share stays with the system.
  CHECK(usable("rk3566-8gb") == 7.5);
  CHECK(usable("raspberry-pi-5-16gb") == 16 - 0.06 * 16);
  // Phones end a program that takes more than 0.6 of the memory.
  CHECK(usable("iphone-15-pro-8gb") == 0.6 * 8);
  CHECK(usable("samsung-galaxy-s24-ultra-12gb") == 0.6 * 12);
  // Macs lend the GPU the more the larger they are: what llama.cpp prints at start under macOS 26.
  CHECK(usable("apple-m2-8gb") == 8 * (2.0 / 3.0));
  CHECK(usable("apple-m2-16gb") == 0.74 * 16);
  CHECK(usable("apple-m3-max-30core-36gb") == 0.78 * 36);
  CHECK(usable("apple-m4-max-128gb") == 0.84 * 128);
  CHECK(usable("rtx-3090-24gb") == 24 - 0.03 * 24);
  CHECK(usable("rtx-3050-8gb") == 8 - 0.4);
  // A device may say it for itself.
  CHECK(usable("hailo-10h-8gb") == 8 - 0.4);
  CHECK(std::fabs(usable("jetson-orin-nano-8gb") - (7.44 - 0.7)) < 1e-12);

  // What the system keeps can be more than there is; less than nothing it is not.
  Device more_than_all;
  more_than_all.memory_capacity_B = 0.25 * gib;
  more_than_all.usable.reserved_B = 0.5 * gib;
  more_than_all.usable.reserved_share = 0.06;
  CHECK(more_than_all.usable_memory_B() == 0);
  Answer none = answered(example_query());
  none.rates.usable_B = 0;
  estimate(none.cost, none.rates, none.query.workload, none.estimate);
  CHECK(verdict(none) == Verdict::does_not_run);

  Device nobody_said;
  nobody_said.memory_capacity_B = 8 * gib;
  CHECK_FALSE(is_known(nobody_said.usable_memory_B()));
}

TEST_CASE("what a device's own system reports takes the place of what its class assumes") {
  Device d;
  d.kind = DeviceKind::soc_integrated;
  d.memory_capacity_B = 8 * gib;
  UsableMemory& u = d.usable;
  u.reserved_B = 0.5 * gib;
  u.reserved_share = 0.06;
  u.session = Session::headless;
  const auto usable = [&](Session s = Session::unstated) {
    return d.usable_memory_B(Processor::cpu, {s, 0, unknown}) / gib;
  };
  CHECK(usable() == 7.5);
  // An idle system that takes more than the class says; one that takes less may have carve-outs on top.
  u.headless_B = 0.75 * gib;
  CHECK(usable() == 7.25);
  u.headless_B = 0.25 * gib;
  CHECK(usable() == 7.5);
  // With the carve-outs known both count, and nothing of the class's.
  u.visible_B = 7.5 * gib;
  CHECK(usable() == 7.25);
  u.headless_B = unknown;
  CHECK(usable() == 7);  // the class's amount is the system's own
  u.headless_B = 0.25 * gib;
  u.desktop_B = 1.25 * gib;
  CHECK(usable() == 7.25);
  CHECK(usable(Session::desktop) == 6.25);
  u.session = Session::desktop;
  CHECK(usable() == 6.25);
  CHECK(usable(Session::headless) == 7.25);
  // Where only one is stated, that one holds.
  u.headless_B = unknown;
  CHECK(usable(Session::headless) == 6.25);

  // Other programs and a limit of what a GPU may take of the same memory.
  CHECK(d.usable_memory_B(Processor::gpu, {Session::unstated, 2 * gib, unknown}) == 4.25 * gib);
  CHECK(d.usable_memory_B(Processor::gpu, {Session::unstated, 100 * gib, unknown}) == 0);
  u.gpu_B = 4 * gib;
  CHECK(d.usable_memory_B(Processor::gpu, {}) == 4 * gib);
  CHECK(d.usable_memory_B(Processor::cpu, {}) == 6.25 * gib);
  CHECK(d.usable_memory_B(Processor::gpu, {Session::unstated, 0, 6 * gib}) == 6 * gib);
  CHECK(d.usable_memory_B(Processor::gpu, {Session::unstated, 0, 8 * gib}) == 6.25 * gib);
  d.kind = DeviceKind::host_centric;
  CHECK(d.usable_memory_B(Processor::gpu, {Session::unstated, 0, 6 * gib}) == 6.25 * gib);
}

TEST_CASE("a question says what runs beside the model and what it takes") {
  const auto asked = [](const char* device, const std::function<void(Query&)>& change) {
    Query q = example_query();
    q.device = device;
    change(q);
    return answered(q);
  };
  const Answer alone = asked("raspberry-pi-5-8gb", [](Query&) {});
  const Answer beside = asked("raspberry-pi-5-8gb", [](Query& q) { q.workload.memory_taken_gib = 6.75; });
  CHECK(beside.estimate[Term::usable_B] == alone.estimate[Term::usable_B] - 6.75 * gib);
  CHECK(beside.estimate[Term::memory_taken_B] == 6.75 * gib);
  CHECK(verdict(alone) == Verdict::runs_slowly);
  CHECK(verdict(beside) == Verdict::does_not_run);

  const Answer lent = asked("apple-m2-16gb", [](Query& q) { q.workload.gpu_memory_gib = 13; });
  CHECK(lent.estimate[Term::lent_B] == 13 * gib);
  CHECK(lent.estimate[Term::usable_B] == 13 * gib);
  const Answer ignored = asked("rtx-3090-24gb", [](Query& q) { q.workload.gpu_memory_gib = 13; });
  CHECK(ignored.estimate[Term::usable_B] == 24 * gib - 0.03 * 24 * gib);
  const auto notes = warnings(ignored);
  CHECK(std::any_of(notes.begin(), notes.end(), [](const Error& e) { return e.path == "gpu_memory_gib"; }));

  Query q = example_query();
  q.session = "weekend";
  const Choice refused = choose(test::shipped(), q);
  REQUIRE(refused.errors.size() == 1);
  CHECK(refused.errors[0].path == "session");
}

TEST_CASE("a calibration of the asked power mode counts before one of any, the device's own before the published") {
  const auto calibration = [](const char* mode, bool measured, double share) {
    Calibration c;
    c.device = "d";
    c.runtime = "r";
    c.power_mode = mode;
    c.measured = measured;
    c.parameters[Parameter::bandwidth_share] = share;
    return c;
  };
  Catalog catalog;
  DevicePreset d;
  d.device.id = "d";
  d.calibrations = {calibration("", true, 0.1), calibration("low", true, 0.2)};
  RuntimeCalibrations published;
  published.runtime = "r";
  published.devices = {calibration("", false, 0.3), calibration("high", false, 0.4), calibration("low", false, 0.5)};
  catalog.add(published);
  const auto share = [&](const char* mode) {
    const auto found = catalog.calibration(d, mode, "r");
    REQUIRE(found.calibration);
    CHECK(found.in_device == found.calibration->measured);
    return found.calibration->parameters[Parameter::bandwidth_share];
  };
  CHECK(share("low") == 0.2);   // own, of the mode
  CHECK(share("high") == 0.4);  // published of the mode before own of any
  CHECK(share("") == 0.1);      // own of any
  CHECK(share("turbo") == 0.1);
  d.calibrations.clear();
  CHECK(share("low") == 0.5);
  CHECK(share("turbo") == 0.3);
  CHECK_FALSE(catalog.calibration(d, "low", "other").calibration);
  d.device.id = "e";
  CHECK_FALSE(catalog.calibration(d, "low", "r").calibration);
}

TEST_CASE("models of one shape are as fast on a board as each other, presets and files alike") {
  const Catalog& c = test::shipped();
  const auto speed = [](const Catalog& of, const char* model, const char* device) {
    Query q;
    q.model = model;
    q.device = device;
    q.quant = "Q4_K_M";
    const auto a = answer(of, q);
    REQUIRE(a);
    return a->ranged(Term::decode_tok_s);
  };
  for (const char* device : {"raspberry-pi-5-8gb", "jetson-orin-nano-super-8gb", "rtx-4090-24gb"})
    for (const auto& [one, other] : {std::pair("llama-3-8b", "llama-3.1-8b"),
                                     {"llama-3.1-8b", "deepseek-r1-distill-llama-8b"},
                                     {"qwen2.5-coder-7b", "deepseek-r1-distill-qwen-7b"},
                                     {"qwen3-8b", "deepseek-r1-0528-qwen3-8b"}}) {
      INFO(device << " " << one << " " << other);
      const Ranged a = speed(c, one, device), b = speed(c, other, device);
      CHECK(a.value == Approx(b.value));
      CHECK(a.low == Approx(b.low));
    }
  Catalog with_file = c;
  REQUIRE(
      import_model(test::read_file(test::source_path("tests/data/configs/llama-3.2-1b.json")), "my-llama", with_file));
  const Ranged preset = speed(c, "llama-3.2-1b", "raspberry-pi-5-8gb"),
               file = speed(with_file, "my-llama", "raspberry-pi-5-8gb");
  CHECK(file.value == Approx(preset.value));
  CHECK(file.high == Approx(preset.high));
  // Another shape is not.
  CHECK(find_speed({{"a", 1000, 2, unknown}}, "a", ModelCost()) == nullptr);
}

TEST_CASE("prefill that nobody measured on a board is as sure as of its like, and that is said") {
  const auto of = [](const char* device) { return answered(asked("llama-3.1-8b", device)); };
  const Answer measured = of("raspberry-pi-5-8gb"), decode_alone = of("jetson-agx-thor-128gb");
  CHECK(measured.prefill_situation == Situation::calibrated);
  CHECK_FALSE(warns(measured, "prefill_unmeasured"));
  REQUIRE(decode_alone.rates.situation == Situation::calibrated);
  CHECK(decode_alone.decode_situation == Situation::calibrated);
  CHECK(decode_alone.prefill_situation != Situation::calibrated);
  CHECK(decode_alone.interval(Kind::prefill)->situation == decode_alone.prefill_situation);
  CHECK(decode_alone.interval(Kind::decode)->situation == Situation::calibrated);
  CHECK(warns(decode_alone, "prefill_unmeasured"));
  Query q;
  q = asked("llama-3.1-8b", "redmi-k70-12gb");
  q.runtime = "llama.cpp-opencl";
  CHECK(warns(answered(q), "decode_unmeasured"));
  // Without a prompt nothing is said of it.
  q = asked("llama-3.1-8b", "jetson-agx-thor-128gb");
  q.workload.prompt = 0;
  CHECK_FALSE(warns(answered(q), "prefill_unmeasured"));
}

TEST_CASE("without a prompt the first token takes a step, and no request is free") {
  for (const double linked : {unknown, 5.0})
    for (const double batch : {1.0, 5.0}) {
      Query q = asked("llama-3.1-8b", "raspberry-pi-5-8gb");
      q.workload.prompt = 0;
      q.workload.generate = 1;
      q.workload.batch = batch;
      q.workload.link_mb_s = linked;
      q.workload.battery_wh = 50;
      const Answer a = answered(q);
      const Ranged first = a.ranged(Term::ttft_s), step = a.ranged(Term::tpot_start_s);
      const double network = a.estimate[Term::network_s];
      CHECK(first.value == step.value + network);
      CHECK(first.low == step.low + network);
      CHECK(first.high == step.high + network);
      CHECK(a.estimate[Term::total_latency_s] == first.value);
      CHECK(a.estimate[Term::prefill_energy_J] == 0);
      CHECK(a.estimate[Term::request_energy_J] == Approx(batch * a.estimate[Term::energy_per_token_J]));
      for (const Term t : {Term::throughput_tok_s, Term::tokens_per_J, Term::requests_per_battery, Term::mean_w})
        CHECK((a.estimate[t] > 0 && std::isfinite(a.estimate[t])));
      CHECK(is_known(a.ranged(Term::request_energy_J).high));
      // Read one token, and it is the prompt that gives the first.
      q.workload.prompt = 1;
      CHECK(answered(q).estimate[Term::first_step_s] == 0);
    }
}

TEST_CASE("reading more takes no less, from nothing on, and nobody reads faster than the next token comes") {
  std::size_t held = 0;
  for (const char* model : {"llama-3.1-8b", "qwen3-30b-a3b", "gemma-3-4b"})
    for (const char* device : {"raspberry-pi-5-8gb", "radxa-airbox-q900-36gb", "rk3566-4gb", "rtx-3060-12gb"})
      for (const double batch : {1.0, 5.0, 32.0}) {
        double before = 0;
        for (const double prompt : {0.0, 1.0, 2.0, 8.0, 64.0}) {
          Query q = asked(model, device);
          q.workload.prompt = prompt;
          q.workload.generate = 2;
          q.workload.batch = batch;
          const Estimate e = answered(q).estimate;
          if (!is_known(e[Term::ttft_s])) break;
          INFO(model << " on " << device << ", " << batch << " of " << prompt << " tokens");
          CHECK(e[Term::ttft_s] >= before * (1 - 1e-12));
          CHECK(e[Term::ttft_s] >= e[Term::tpot_start_s] * (1 - 1e-12));
          CHECK(e[Term::throughput_tok_s] <= e[Term::decode_tok_s] * 1.001);
          const double reading_s = e[Term::ttft_s] - e[Term::first_step_s];
          double rows_s = 0;
          for (const OperatorTime& row : e.prefill) rows_s += row.total_s;
          CHECK(rows_s == Approx(reading_s));
          before = e[Term::ttft_s];
          held += prompt > 0 && e[Term::ttft_s] == e[Term::tpot_start_s];
        }
      }
  CHECK(held > 5);
}

TEST_CASE("an answer says where its calibration stands") {
  const Answer a = answered(asked("llama-3.2-1b", "raspberry-pi-5-8gb"));
  REQUIRE(a.calibration.calibration);
  CHECK_FALSE(a.calibration.in_device);
  CHECK(a.sureness() == Sureness::fitted);
  const auto text = test::preset_texts("calibrations").at("llama.cpp-cpu");
  CHECK(text.find("raspberry-pi-5-8gb") != std::string::npos);
  const Catalog& c = test::shipped();
  const auto& devices = c.calibrations("llama.cpp-cpu")->devices;
  // The index counts entries, of which one may be for several devices.
  CHECK(std::any_of(devices.begin(), devices.end(), [&](const Calibration& x) {
    return x.index == a.calibration.calibration->index && x.device == "raspberry-pi-5-8gb";
  }));
}

TEST_CASE("a power that was converted, or is of one rail, is warned of; the device's own is not") {
  Query q = asked("llama-3.2-1b", "jetson-orin-nano-super-8gb");
  CHECK_FALSE(warns(answered(q), "power_scope"));
  q.power_scope = "module";
  CHECK_FALSE(warns(answered(q), "power_scope"));
  for (const char* scope : {"wall", "rail"}) {
    q.power_scope = scope;
    CHECK(warns(answered(q), "power_scope"));
  }
}

TEST_CASE("warnings print counts as counts") {
  Query q = asked("smollm2-135m", "raspberry-pi-5-8gb");
  q.workload.context = 100000;
  const Errors all = warnings(answered(q));
  REQUIRE(all.size() == 1);
  CHECK(all[0].message == "the context is longer than the model's 8192 positions");
  q = asked("llama-3.2-1b", "raspberry-pi-5-8gb");
  q.workload.images = 1;
  CHECK(warns(answered(q), "no_vision"));
}

TEST_CASE("what happens where it does not fit is said once, for sentence and program alike") {
  // One memory: weights are read again from storage.
  Query q = asked("llama-3.1-70b", "raspberry-pi-5-8gb");
  Answer a = answered(q);
  REQUIRE(a.instead());
  CHECK(a.instead()->kind == Instead::Kind::paging);
  CHECK(a.instead()->tpot_s == a.estimate[Term::tpot_mean_s]);
  CHECK_THAT(sentence(a), Contains("Does not run: it needs") && Contains("paging from storage, "));
  // Of a card, from the storage of the host, which is named, unless it is stated.
  q = asked("deepseek-v3", "rtx-4090-24gb");
  Answer card = answered(q);
  CHECK(card.instead()->kind == Instead::Kind::paging);
  CHECK(warns(card, "on_host"));
  REQUIRE(card.host_rates);
  CHECK(card.estimate[Term::storage_Bps] == card.host_rates->storage_Bps);
  CHECK(is_known(card.estimate[Term::load_cold_s]));
  q.set = {"storage.read_mb_s=14000"};
  CHECK(answered(q).estimate[Term::storage_Bps] == 14e9);
  CHECK(answered(q).estimate[Term::paging_s] < 0.3 * card.estimate[Term::paging_s]);
  // What is of the card alone is read from a storage that nobody stated.
  CHECK_FALSE(is_known(answered(asked("qwen3-4b", "rtx-4090-24gb")).estimate[Term::load_cold_s]));
  // A card: the rest stays with the host, and every number is of that.
  a = answered(asked("llama-3.1-70b", "rtx-3060-12gb"));
  REQUIRE(a.instead());
  CHECK(a.instead()->kind == Instead::Kind::host);
  CHECK(a.instead()->layers_on_device < 80);
  CHECK_THAT(sentence(a), Contains(" of 80 layers on the host, " + human(a.estimate[Term::decode_tok_s], "tok/s")));
  // A module in an M.2 slot, whose runtime leaves nothing to a host.
  a = answered(asked("llama-3.1-70b", "radxa-aicore-ax-m1-8gb"));
  REQUIRE(a.instead());
  CHECK(a.instead()->kind == Instead::Kind::out_of_memory);
  CHECK_FALSE(is_known(a.estimate[Term::decode_tok_s]));
  // No storage known: the load fails.
  a = answered(asked("llama-3.1-70b", "raspberry-pi-5-8gb"));
  a.rates.storage_Bps = unknown;
  a.compute();
  REQUIRE(a.instead());
  CHECK(a.instead()->kind == Instead::Kind::out_of_memory);
  CHECK_THAT(sentence(a), Contains("the load would run out of memory."));
  for (const auto k : {Instead::Kind::host, Instead::Kind::paging, Instead::Kind::out_of_memory})
    CHECK(std::string(to_string(k)).size() > 3);
  // It fits.
  CHECK_FALSE(answered(asked("llama-3.2-1b", "raspberry-pi-5-8gb")).instead());
}

TEST_CASE("sentence and table round alike") {
  Answer a = answered(asked("llama-3.2-1b", "raspberry-pi-5-8gb"));
  CHECK_THAT(sentence(a),
             Contains(human(a.estimate[Term::memory_B], "B") + " of " + human(a.estimate[Term::usable_B], "B")));
  CHECK_THAT(sentence(a), Contains(human(a.estimate[Term::decode_tok_s], "tok/s")));
  a.rates.bandwidth_Bps = unknown;
  estimate(a.cost, a.rates, a.query.workload, a.estimate);
  CHECK_THAT(sentence(a), Contains("speed unknown"));
  a.rates.usable_B = unknown;
  estimate(a.cost, a.rates, a.query.workload, a.estimate);
  CHECK(verdict(a) == Verdict::undecided);
  CHECK_THAT(sentence(a), Contains("Unknown"));
}

TEST_CASE("how sure it is, in words") {
  Answer a = answered(asked("llama-3.2-1b", "raspberry-pi-5-8gb"));
  Calibration c;
  a.calibration = {&c, true};
  c.configurations = 1;
  CHECK(how_sure(a) == "fitted to 1 published configuration of this device");
  c.configurations = 2;
  CHECK(how_sure(a) == "fitted to 2 published configurations of this device");
  c.measured = true;
  CHECK(how_sure(a) == "measured on this board, with 2 configurations of an engine");
  CHECK(std::string(to_string(a.sureness())) == "measured");
  c.configurations = 0;
  CHECK(how_sure(a) == "measured on this board by microbenchmarks; no model was run");
  a.calibration = {};
  a.rates.situation = Situation::related;
  CHECK_THAT(how_sure(a), Contains("other devices of its class"));
  a.rates.situation = Situation::datasheet;
  CHECK_THAT(how_sure(a), Contains("datasheet"));
  CHECK(std::string(to_string(a.sureness())) == "datasheet");
}

TEST_CASE("what does not go together is refused, or put aside for the default and said") {
  const Catalog& c = test::shipped();
  Query q = asked("Llama-3.2-1B", "raspberry-pi-5-8gb");
  q.runtime = "llama.cpp-cuda";
  q.kv_quant = "q8_0";
  q.quant = "bnb-nf4";
  q.power_mode = "turbo";
  q.workload.images = 2;
  const Choice refused = choose(c, q);
  CHECK_FALSE(refused.answer);
  CHECK_FALSE(refused.errors.empty());

  const Choice choice = choose(c, q, Misfit::put_aside);
  INFO(test::describe(choice.errors));
  REQUIRE(choice.answer);
  CHECK(choice.answer->runtime->id == "llama.cpp-cpu");
  CHECK(choice.answer->quantization->id == choice.answer->runtime->default_quantization);
  CHECK(choice.query.model == "llama-3.2-1b");
  for (const char* field : {"runtime", "kv_quant", "quant", "power_mode", "images"}) {
    INFO(field);
    REQUIRE(aside(choice, field));
    CHECK_FALSE(aside(choice, field)->why.message.empty());
  }
  CHECK(aside(choice, "power_mode")->asked == "turbo");
  CHECK(choice.query.runtime.empty());
  CHECK(choice.query.kv_quant.empty());
  CHECK(choice.query.workload.images == 0);
  CHECK_FALSE(aside(choice, "threads"));

  // Threads count on a CPU only.
  q = asked("llama-3.2-1b", "rtx-3060-12gb");
  q.workload.threads = 4;
  const Choice card = choose(c, q, Misfit::put_aside);
  REQUIRE(card.answer);
  CHECK(aside(card, "threads"));
  CHECK(card.answer->query.workload.threads == 0);
  CHECK(choose(c, q).answer);

  // What cannot draft leaves the answer without it.
  q = asked("qwen3-4b", "rk3588-16gb");
  q.runtime = "rkllm";
  q.draft_model = "qwen3-0.6b";
  CHECK_FALSE(choose(c, q).answer);
  const Choice undrafted = choose(c, q, Misfit::put_aside);
  REQUIRE(undrafted.answer);
  CHECK(undrafted.query.draft_model.empty());
  CHECK(undrafted.answer->query.draft_model.empty());
  REQUIRE(aside(undrafted, "draft_model"));
  CHECK(aside(undrafted, "draft_model")->asked == "qwen3-0.6b");
  // What a model does not run with is put aside too, and the runtime that does takes its place.
  q = asked("rwkv7-1.5b", "rtx-4090-24gb");
  q.runtime = "vllm-cuda";
  const Choice other = choose(c, q, Misfit::put_aside);
  REQUIRE(other.answer);
  CHECK(other.answer->runtime->id == "llama.cpp-cuda");
  CHECK(aside(other, "runtime"));
}

TEST_CASE("a quantization that only another runtime runs chooses that runtime") {
  const Catalog& c = test::shipped();
  Query q = asked("llama-3.2-1b", "orange-pi-5-16gb");
  q.quant = "w8a8";
  const Choice choice = choose(c, q);
  INFO(test::describe(choice.errors));
  REQUIRE(choice.answer);
  CHECK(choice.answer->runtime->id == "rkllm");
  // What is left open stays open in the query, and is filled in in the answer's.
  CHECK(choice.query.runtime.empty());
  CHECK(choice.answer->query.runtime == "rkllm");
}

TEST_CASE("the runtime that is offered first is the fast path of the device's strongest processor") {
  const Catalog& c = test::shipped();
  const auto first = [&](const char* id) {
    INFO(id);
    REQUIRE(c.device(id));
    return c.runtimes_for(c.device(id)->device).front()->id;
  };
  CHECK(first("raspberry-pi-5-8gb") == "llama.cpp-cpu");  // its GPU runs Vulkan, slower
  CHECK(first("rtx-3060-12gb") == "llama.cpp-cuda");
  CHECK(first("apple-m2-16gb") == "llama.cpp-metal");
  // Vulkan before the CPU on a card, and on an integrated GPU that is strong enough.
  bool card = false, integrated = false, weak = false;
  for (const auto& [id, preset] : c.devices()) {
    const auto order = c.runtimes_for(preset.device);
    const auto at = [&](const char* runtime) {
      return std::find_if(order.begin(), order.end(), [&](const Runtime* r) { return r->id == runtime; });
    };
    if (at("llama.cpp-vulkan") == order.end() || at("llama.cpp-cpu") == order.end()) continue;
    const bool strong =
        preset.device.gpu_class.rfind("rdna", 0) == 0 && !(preset.device.gpu_fp32_flops < preset.device.cpu_fp32_flops);
    INFO(id);
    if (preset.device.kind == DeviceKind::host_centric) {
      card = true;
      CHECK(at("llama.cpp-vulkan") < at("llama.cpp-cpu"));
    } else {
      (strong ? integrated : weak) = true;
      CHECK((at("llama.cpp-vulkan") < at("llama.cpp-cpu")) == strong);
    }
  }
  CHECK(integrated);
  CHECK(weak);
  // Cards have no CPU of their own so far: by hand.
  if (!card) {
    Device d = c.device("raspberry-pi-5-8gb")->device;
    CHECK(c.runtime("llama.cpp-vulkan")->rank_for(d) > c.runtime("llama.cpp-cpu")->rank_for(d));
    d.kind = DeviceKind::host_centric;
    CHECK(c.runtime("llama.cpp-vulkan")->rank_for(d) < c.runtime("llama.cpp-cpu")->rank_for(d));
  }
}

TEST_CASE("the latency of a request is as sure as its parts, and what is compiled for a context holds no longer one") {
  Query q;
  q.model = "qwen3-4b";
  q.device = "rtx-3090-24gb";
  q.workload.prompt = 16000;
  q.workload.generate = 1;
  const auto range = [](const Answer& a, Term t) { return a.ranged(t); };
  Answer a = answered(q);
  CHECK_THAT(range(a, Term::total_latency_s).low, WithinRel(range(a, Term::ttft_s).low, 1e-12));
  CHECK_THAT(range(a, Term::total_latency_s).high, WithinRel(range(a, Term::ttft_s).high, 1e-12));
  q.workload.generate = 2000;
  a = answered(q);
  const double fastest = range(a, Term::ttft_s).low + 1999 * range(a, Term::tpot_mean_s).low;
  const double slowest = range(a, Term::ttft_s).high + 1999 * range(a, Term::tpot_mean_s).high;
  CHECK(range(a, Term::total_latency_s).low > fastest);
  CHECK(range(a, Term::total_latency_s).high < slowest);
  CHECK(range(a, Term::total_latency_s).low < a.estimate[Term::total_latency_s]);

  q = {};
  q.model = "llama-3.2-3b";
  q.device = "hailo-10h-8gb";
  q.runtime = "hailort-genai";
  const auto warned = [&] {
    const Errors all = warnings(answered(q));
    return std::any_of(all.begin(), all.end(), [](const Error& e) { return e.code == "context_compiled"; });
  };
  CHECK(answered(q).estimate[Term::max_context_tokens] == 2048);
  CHECK_FALSE(warned());
  q.workload.prompt = 4000;
  CHECK(warned());
}

TEST_CASE("a KV cache is of formats that the runtime has") {
  const Catalog& c = test::shipped();
  Query q = asked("llama-3.2-1b", "raspberry-pi-5-8gb");
  for (const char* good : {"q8_0", "Q8_0", "k:q8_0,v:f16", "bf16"}) {
    q.kv_quant = good;
    INFO(good);
    CHECK(choose(c, q).answer);
  }
  for (const char* bad : {"IQ1_S", "k:q8_0,v:IQ1_S", "k:IQ1_S,v:f16", "FP8"}) {
    q.kv_quant = bad;
    INFO(bad);
    const Choice refused = choose(c, q);
    CHECK_FALSE(refused.answer);
    REQUIRE(refused.errors.size() == 1);
    CHECK(refused.errors[0].path == "kv_quant");
    const Choice lenient = choose(c, q, Misfit::put_aside);
    REQUIRE(lenient.answer);
    CHECK(aside(lenient, "kv_quant"));
    CHECK(lenient.answer->query.kv_quant == "F16");
  }
  CHECK(kv_bytes_per_element(c.formats(), "f16") == 2);
  CHECK(kv_bytes_per_element(c.formats(), "k:f32,v:f16") == 3);
  CHECK_FALSE(is_known(kv_bytes_per_element(c.formats(), "k:f32,v:nonsense")));
  CHECK_FALSE(is_known(kv_bytes_per_element(c.formats(), "k:f32")));
}

TEST_CASE("a choice names the presets that are lacking; with them it is the answer") {
  Catalog c;
  Query q = asked("llama-3.2-1b", "raspberry-pi-5-16gb");
  Choice choice = choose(c, q);
  CHECK(needs(choice, "model", "llama-3.2-1b"));
  CHECK(needs(choice, "device", "raspberry-pi-5-16gb"));
  CHECK_FALSE(choice.answer);

  const auto add = [&](const std::string& folder, const std::string& name) {
    const auto id = add_preset(c, test::preset_texts(folder).at(name));
    INFO((id ? std::string() : test::describe(id.errors())));
    REQUIRE(id);
  };
  add("models", "llama-3.2-1b");
  add("devices", "raspberry-pi-5-16gb");
  CHECK_FALSE(choose(c, q).answer);  // no runtime
  q.runtime = "llama.cpp-cpu";
  CHECK(needs(choose(c, q), "runtime", "llama.cpp-cpu"));
  add("runtimes", "llama.cpp-cpu");
  CHECK(needs(choose(c, q), "quantizations", "Q4_K_M"));
  add("quantizations", "gguf");
  CHECK(needs(choose(c, q), "formats", "F16"));
  add("quantizations", "formats");
  choice = choose(c, q);
  CHECK(choice.answer);
  CHECK(needs(choice, "calibrations", "llama.cpp-cpu"));
  CHECK(needs(choice, "intervals", "intervals"));
  CHECK(needs(choice, "power", "power"));
  CHECK(needs(choice, "device-classes", "sbc"));
  add("calibrations", "llama.cpp-cpu");
  add("calibrations", "power");
  add("calibrations", "intervals");
  REQUIRE(add_preset(c, test::read_file(test::source_path("presets/device-classes.json"))));
  choice = choose(c, q);
  REQUIRE(choice.answer);
  CHECK(choice.needs.empty());
  const auto here = answer(c, q);
  REQUIRE(here);
  CHECK(here->estimate[Term::decode_tok_s] == answered(q).estimate[Term::decode_tok_s]);
}

TEST_CASE("a model that was filled in by hand must be whole") {
  Catalog c = test::shipped();
  const auto refused = [&](const char* like, const auto& change) {
    Model m = *c.model(like);
    m.id = "by-hand";
    change(m);
    c.add(m, {});
    const Choice choice = choose(c, asked("by-hand", "raspberry-pi-5-8gb"));
    return !choice.answer && choice.errors.at(0).path == "model";
  };
  CHECK_FALSE(refused("llama-3.2-1b", [](Model&) {}));
  CHECK(refused("llama-3.2-1b", [](Model& m) { m.layers.clear(); }));
  CHECK(refused("llama-3.2-1b", [](Model& m) { m.layers.pop_back(); }));
  CHECK(refused("llama-3.2-1b", [](Model& m) { m.hidden_size = unknown; }));
  CHECK(refused("qwen3-30b-a3b", [](Model& m) { m.moe.reset(); }));
  CHECK(refused("qwen3-next-80b-a3b", [](Model& m) { m.linear_attention.reset(); }));
}

TEST_CASE("the question that a newcomer is shown has an answer") {
  const Answer a = answered(example_query());
  CHECK(verdict(a) != Verdict::undecided);
  CHECK(a.query.workload.prompt == 512);
}

TEST_CASE("numbers of a question are held to their limits") {
  Workload w;
  CHECK(check_workload(w).empty());
  for (const WorkloadField& f : workload_fields) {
    INFO(f.name);
    for (const double bad : {f.max * 1.01 + 1, -1.0, f.whole ? 1.5 : f.min - 1e-3, static_cast<double>(INFINITY)}) {
      Workload x;
      x.*f.member = bad;
      const Errors errors = check_workload(x);
      REQUIRE(errors.size() == 1);
      CHECK(errors[0].path == f.name);
      CHECK(errors[0].code == "out_of_range");
    }
    Workload x;
    x.*f.member = unknown;
    CHECK(check_workload(x).empty() == f.optional);
  }
  w.context = 100;
  CHECK(check_workload(w)[0].path == "context");
  w = {};
  w.prompt = w.generate = 0;
  CHECK(check_workload(w)[0].path == "prompt");
  w.images = 1;
  CHECK(check_workload(w).empty());

  // Images take tokens of a stated context, as many as the model says.
  Query q = asked("gemma-3-4b", "raspberry-pi-5-8gb");
  q.workload.context = 512 + 128;
  CHECK(choose(test::shipped(), q).answer);
  q.workload.images = 8;
  const Choice choice = choose(test::shipped(), q);
  CHECK_FALSE(choice.answer);
  CHECK(choice.errors.at(0).path == "context");
  q.workload.context = 512 + 128 + 8 * 256;
  CHECK(choose(test::shipped(), q).answer);
  // Minus zero is zero.
  q.workload.depth = -0.0;
  CHECK_FALSE(std::signbit(choose(test::shipped(), q).answer->query.workload.depth));
}

TEST_CASE("a format that nobody measured costs what the one it costs like does; without one its speed is unknown") {
  const Catalog& c = test::shipped();
  const FormatTable& formats = c.formats();
  const auto asked = [&](const char* quant, const char* runtime) {
    Query q;
    q.model = "llama-3.1-8b";
    q.device = "ryzen-9-9950x-64gb";
    q.runtime = runtime;
    q.quant = quant;
    return answer(c, q);
  };
  const auto a = asked("IQ4_KSS", "ik-llama.cpp-cpu");
  INFO((a ? std::string() : test::describe(a.errors())));
  REQUIRE(a);
  const auto rate = [&](const char* id) { return 1 / a->rates.decode_weight_s[*formats.find(id)]; };
  CHECK(is_known(a->estimate[Term::decode_tok_s]));
  CHECK(rate("IQ4_KSS") == rate("IQ4_XS"));
  CHECK(rate("IQ2_XXS_R4") == rate("IQ2_XXS"));
  CHECK_FALSE(is_known(rate("IQ1_KT")));
  const auto trellis = asked("IQ1_KT", "ik-llama.cpp-cpu");
  REQUIRE(trellis);
  CHECK(is_known(trellis->estimate[Term::memory_B]));
  CHECK_FALSE(is_known(trellis->estimate[Term::decode_tok_s]));
  const auto fields = missing_fields(trellis->estimate, Processor::cpu, Term::decode_tok_s);
  CHECK(std::count(fields.begin(), fields.end(), "calibration.parameters.decode_cost") == 1);

  const auto elsewhere = asked("IQ4_K", "llama.cpp-cpu");
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.errors()[0].code == "unsupported");
}

TEST_CASE("a format of the KV cache that only some builds have says which") {
  Query q;
  q.model = "llama-3.1-8b";
  q.device = "rtx-3090-24gb";
  q.runtime = "llama.cpp-cuda";
  const auto plain = answer(test::shipped(), q);
  q.kv_quant = "TURBO3";
  const auto turbo = answer(test::shipped(), q);
  REQUIRE((plain && turbo));
  CHECK(turbo->estimate[Term::kv_cache_B] < plain->estimate[Term::kv_cache_B] / 4);
  const auto said = [](const Errors& all) {
    return std::count_if(all.begin(), all.end(), [](const Error& e) { return e.code == "special_build"; });
  };
  CHECK(said(warnings(*plain)) == 0);
  CHECK(said(warnings(*turbo)) == 1);
}
