#include "edgewise/known.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "../../core/src/logarithm.h"
#include "edgewise/answer.h"
#include "edgewise/sweep.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using test::answered;

namespace {

Query asked(const char* model, const char* device, std::vector<std::string> known) {
  Query q;
  q.model = model;
  q.device = device;
  q.known = std::move(known);
  return q;
}

Error refused(const std::string& statement, const char* device = "raspberry-pi-5-8gb") {
  const auto a = answer(test::shipped(), asked("llama-3.2-3b", device, {statement}));
  INFO(statement);
  REQUIRE_FALSE(a);
  return a.errors()[0];
}

bool same_bits(const Estimate& a, const Estimate& b) {
  // By copies: the library of the WebAssembly build has no std::bit_cast.
  std::array<std::uint64_t, term_count> x, y;
  static_assert(sizeof x == sizeof a.term);
  std::memcpy(x.data(), a.term.data(), sizeof x);
  std::memcpy(y.data(), b.term.data(), sizeof y);
  return x == y;
}

double decode(const Answer& a) { return a.estimate[Term::decode_tok_s]; }
/// Of the model and the workload that a statement is of where it says nothing else.
double decode_of(const char* model, const char* device, std::vector<std::string> known) {
  Query q = asked(model, device, std::move(known));
  q.quant = "Q4_K_M";
  q.workload.prompt = 64;
  return decode(answered(q));
}

}  // namespace

TEST_CASE("logarithm and exponential agree with those of the C library") {
  for (double x = 1e-12; x < 1e12; x *= 1.37) {
    CHECK(std::fabs(logarithm(x) - std::log(x)) <= 2e-14 * std::max(1.0, std::fabs(std::log(x))));
    CHECK(std::fabs(exponential(logarithm(x)) / x - 1) < 1e-13);
  }
  CHECK(logarithm(1) == 0);
  CHECK(exponential(0) == 1);
  CHECK_FALSE(is_known(logarithm(0)));
  CHECK_FALSE(is_known(logarithm(-1)));
}

TEST_CASE("a statement says what was measured, and is written in one spelling") {
  const auto read = parse_known({"Decode=11.20 llama-3.2-1b  Q4_K_M prompt=512 depth=0 threads=4 batch=1 kv=q8_0",
                                 "ttft=1.2s x;prefill_tok_s=35 y\ntpot=90 z device=d power_mode=15w runtime=r"});
  REQUIRE(read);
  REQUIRE(read->size() == 4);
  const KnownNumber& first = (*read)[0];
  CHECK(first.metric == Metric::decode_tok_s);
  CHECK(first.value == 11.2);
  CHECK(first.name == "llama-3.2-1b Q4_K_M");
  CHECK(first.prompt == 512);
  CHECK(first.depth == 0);
  CHECK(first.threads == 4);
  CHECK(first.batch == 1);
  CHECK(first.kv_quant == "q8_0");
  CHECK(to_text(first) == "decode=11.20 llama-3.2-1b Q4_K_M prompt=512 depth=0 batch=1 threads=4 kv=q8_0");
  CHECK((*read)[1].value == 1200);
  CHECK((*read)[2].metric == Metric::prefill_tok_s);
  CHECK((*read)[3].power_mode == "15w");
  CHECK((*read)[3].place == 1);
  for (const KnownNumber& n : *read) {
    const auto again = parse_known({to_text(n)});
    REQUIRE(again);
    CHECK(to_text(again->at(0)) == to_text(n));
  }
  // As the C library reads them.
  for (const char* digits : {"11.2", "0.1", "123456.789", "1e-3", "2.5E2", "3.", "00012", "0.000123456789"})
    CHECK(parse_known({std::string("decode=") + digits})->at(0).value == std::strtod(digits, nullptr));
}

TEST_CASE("what is no statement is refused, with its place") {
  const auto wrong = [](const std::string& text) { return parse_known({"decode=1 m", text}).errors()[0]; };
  for (const char* text :
       {"decode=", "decode=nan", "decode=inf", "decode=0", "decode=-3", "decode=1e10", "decode=11,2", "decode=0x10",
        "decode=5s", "prompt=1.5 decode=3", "batch=0 decode=3", "depth=-1 decode=3"}) {
    INFO(text);
    CHECK(wrong(text).code == "out_of_range");
    CHECK(wrong(text).path == "known[1]");
  }
  CHECK(wrong("speed=3").code == "unknown_word");
  CHECK_THAT(wrong("speed=3").message, Contains("decode, prefill, ttft"));
  CHECK(wrong("decode=3 prefill=4").code == "duplicate_key");
  CHECK(wrong("llama-3.2-1b Q4_K_M").code == "missing");
  CHECK(wrong(" ; ").code == "missing");
  CHECK(wrong("decode=3 kv=").code == "missing");
  CHECK(wrong("peak_mem_mib=300").code == "unsupported");
  CHECK(wrong("decode=3 " + std::string(5000, 'x')).code == "too_large");
  CHECK(parse_known(std::vector<std::string>(65, "decode=3")).errors()[0].path == "known");
}

TEST_CASE("without a known number an answer has the bits that it has") {
  const Answer plain = answered(asked("llama-3.2-3b", "raspberry-pi-5-8gb", {}));
  CHECK_FALSE(plain.is_corrected());
  const Answer elsewhere =
      answered(asked("llama-3.2-3b", "raspberry-pi-5-8gb", {"decode=100 llama-3.2-1b Q4_K_M device=rtx-4090-24gb"}));
  CHECK(same_bits(plain.estimate, elsewhere.estimate));
  CHECK(elsewhere.known.at(0).elsewhere == "rtx-4090-24gb");
  CHECK_FALSE(elsewhere.is_corrected());
  CHECK(warnings(elsewhere).at(0).code == "elsewhere");
}

TEST_CASE("the posterior moves to the number, and other models and formats with it") {
  const char* pi = "raspberry-pi-5-8gb";
  const double before = decode_of("llama-3.2-1b", pi, {}), other = decode_of("llama-3.2-3b", pi, {});
  for (const double factor : {0.7, 0.9, 1.05}) {
    const std::string said = "decode=" + std::to_string(before * factor) + " llama-3.2-1b Q4_K_M";
    INFO(said);
    CHECK(std::fabs(decode_of("llama-3.2-1b", pi, {said}) / (before * factor) - 1) < 0.1);
    // Most of it is the board's, not the model's.
    const double moved = decode_of("llama-3.2-3b", pi, {said}) / other;
    CHECK(std::fabs(moved - factor) < 0.5 * std::fabs(1 - factor));
  }
  // What was expected changes nothing.
  const std::string expected = "decode=" + std::to_string(before) + " llama-3.2-1b Q4_K_M";
  CHECK(std::fabs(decode_of("llama-3.2-3b", pi, {expected}) / other - 1) < 1e-4);
  // A number is of its kind alone.
  const Answer plain = answered(asked("llama-3.2-3b", pi, {})),
               slower = answered(asked("llama-3.2-3b", pi, {"decode=7 llama-3.2-1b Q4_K_M"})),
               prompt = answered(asked("llama-3.2-3b", pi, {"prefill=15 llama-3.2-1b Q4_K_M"}));
  // The last token of a prompt meets the head as a decoded one does.
  CHECK(std::fabs(slower.estimate[Term::ttft_s] / plain.estimate[Term::ttft_s] - 1) < 1e-3);
  CHECK(prompt.estimate[Term::decode_tok_s] == plain.estimate[Term::decode_tok_s]);
  CHECK(prompt.estimate[Term::ttft_s] > plain.estimate[Term::ttft_s]);
  CHECK(slower.known_numbers(Kind::decode) == 1);
  CHECK(slower.known_numbers(Kind::prefill) == 0);
}

TEST_CASE("times, batches, power and energy are numbers like any other") {
  const char* orin = "jetson-agx-orin-64gb";
  const auto moves = [&](const std::string& statement, Term t) {
    INFO(statement);
    return answered(asked("llama-3.2-3b", orin, {statement})).estimate[t] /
           answered(asked("llama-3.2-3b", orin, {})).estimate[t];
  };
  const auto said = [&](const char* name, Term t, double scale) {
    return std::string(name) + "=" + std::to_string(scale * answered(asked("llama-3.2-3b", orin, {})).estimate[t]) +
           " prompt=512 generate=128";
  };
  CHECK(moves(said("tpot", Term::tpot_mean_s, 1300), Term::decode_tok_s) < 0.85);
  CHECK(moves(said("ttft", Term::ttft_s, 1300), Term::prefill_tok_s) < 0.85);
  CHECK(moves(said("power", Term::decode_w, 1.2), Term::decode_w) > 1.1);
  CHECK(moves(said("energy", Term::energy_per_token_J, 1.2), Term::energy_per_token_J) > 1.1);
  CHECK(moves("decode=60 llama-3.1-8b Q4_K_M batch=4", Term::decode_tok_s) != 1);
}

TEST_CASE("a faster number never makes an answer slower") {
  const Catalog& c = test::shipped();
  test::Random random(7);
  std::vector<std::string> devices;
  for (const auto& [id, preset] : c.devices()) devices.push_back(id);
  for (int i = 0; i < 40; ++i) {
    Query q = asked("llama-3.2-1b", "", {});
    q.device = random.of(devices);
    const auto plain = answer(c, q);
    if (!plain || !is_known(decode(*plain)) || plain->is_split()) continue;
    const std::vector<std::string> models = {"qwen2.5-0.5b", "llama-3.2-3b", "gemma-3-1b"};
    double last = 0;
    for (const double factor : {0.4, 0.7, 0.95, 1.0, 1.1, 1.4, 2.0}) {
      const std::string known = "decode=" + std::to_string(decode(*plain) * factor) + " llama-3.2-1b";
      q.known = {known};
      q.model = models[static_cast<std::size_t>(i) % models.size()];
      const auto a = answer(c, q);
      INFO(q.device << " " << known);
      if (!a) {
        CHECK(a.errors()[0].path == "known[0]");  // faster than its memory, or too large
        continue;
      }
      CHECK(decode(*a) >= last * (1 - 1e-6));
      last = decode(*a);
    }
  }
}

TEST_CASE("numbers that contradict each other are weighed, and said") {
  const char* pi = "raspberry-pi-5-8gb";
  const std::string slow = "decode=5 llama-3.2-1b Q4_K_M", slow_too = "decode=5.1 llama-3.2-1b Q4_K_M",
                    fast = "decode=12 llama-3.2-1b Q4_K_M";
  const double two = decode_of("llama-3.2-1b", pi, {slow, fast});
  CHECK(two > 5);
  CHECK(two < 12);
  // Most of them agree.
  const double three = decode_of("llama-3.2-1b", pi, {slow, slow_too, fast});
  CHECK(std::fabs(three / 5 - 1) < std::fabs(three / 12 - 1));
  const Answer a = answered(asked("llama-3.2-1b", pi, {slow, slow_too, fast}));
  const Errors all = warnings(a);
  CHECK(std::any_of(all.begin(), all.end(),
                    [](const Error& e) { return e.code == "contradiction" && e.path == "known[2]"; }));
}

TEST_CASE("what nothing is to be learnt from is refused") {
  CHECK_THAT(refused("decode=500 llama-3.2-1b Q4_K_M").message, Contains("impossible"));
  // Whatever is stated of it: the same speed as a rate, a time per token and a time to the first.
  for (const char* too_fast : {"tpot=2 llama-3.2-1b Q4_K_M", "prefill=1000 llama-3.2-1b Q4_K_M prompt=500",
                               "ttft=500ms llama-3.2-1b Q4_K_M prompt=500"})
    CHECK_THAT(refused(too_fast).message, Contains("impossible"));
  CHECK_THAT(refused("decode=0.01 llama-3.2-1b Q4_K_M").message, Contains("far from"));
  CHECK_THAT(refused("ttft=900s llama-3.2-1b Q4_K_M").message, Contains("far from"));
  CHECK_THAT(refused("power=100 llama-3.2-1b Q4_K_M").message, Contains("at the most"));
  CHECK_THAT(refused("ttft=1.2 llama-3.2-1b Q4_K_M").message, Contains("impossible"));
  CHECK_THAT(refused("decode=9 llama-3.1-70b Q4_K_M").message, Contains("does not hold the whole model"));
  CHECK(refused("decode=9 llama-99 Q4_K_M").code == "unknown_id");
  CHECK(refused("decode=9 llama-3.2-1b Q4_K_M device=nothing").code == "unknown_id");
  CHECK(refused("decode=9 llama-3.2-1b Q4_K_M kv=q17").code == "unknown_id");
  CHECK(refused("decode=9 llama-3.2-1b Q4_K_M runtime=mlx").code == "unsupported");
  for (const char* text : {"decode=500", "decode=9 llama-99", "decode=x"}) CHECK(refused(text).path == "known[0]");
}

TEST_CASE("a number is of the model that is asked for where it names none, and the question says so afterwards") {
  const Choice c = choose(test::shipped(), asked("llama-3.2-3b", "raspberry-pi-5-8gb", {"decode=3", "decode=4 Q4_0"}));
  REQUIRE(c.answer);
  CHECK(c.query.known == std::vector<std::string>{"decode=3 llama-3.2-3b Q4_K_M", "decode=4 llama-3.2-3b Q4_0"});
  CHECK(c.answer->query.known[0] ==
        "decode=3 llama-3.2-3b Q4_K_M prompt=512 generate=128 depth=0 device=raspberry-pi-5-8gb runtime=llama.cpp-cpu");
  // It stays what it was where another model is asked about.
  Query other = c.query;
  other.model = "llama-3.2-1b";
  CHECK(decode(answered(other)) < decode(answered(asked("llama-3.2-1b", "raspberry-pi-5-8gb", {}))));
}

TEST_CASE("a number corrects every power mode of its board") {
  const Query modes = asked("llama-3.2-3b", "jetson-agx-orin-64gb", {});
  const auto plain = sweep(test::shipped(), modes, "power_mode", {});
  REQUIRE(plain);
  REQUIRE(plain->names.size() > 2);
  Query q = modes;
  q.power_mode = plain->names[1];
  q.known = {"decode=" + std::to_string(0.7 * decode(answered([&] {
                                          Query at = modes;
                                          at.power_mode = plain->names[1];
                                          at.workload.prompt = 64;
                                          return at;
                                        }())))};
  const auto corrected = sweep(test::shipped(), q, "power_mode", {});
  REQUIRE(corrected);
  const auto speed = [](const Sweep& s, std::size_t i) {
    for (const Sweep::Column& c : s.columns)
      if (c.term == Term::decode_tok_s) return c.values[i];
    return unknown;
  };
  for (std::size_t i = 0; i < plain->names.size(); ++i) CHECK(speed(*corrected, i) < 0.95 * speed(*plain, i));
}

TEST_CASE("a search corrects the rows of the number's device and runtime alone") {
  const Catalog& c = test::shipped();
  Query q;
  q.model = "llama-3.2-3b";
  q.quant = "Q4_K_M";
  const auto plain = explore(c, q, {}, 1e6);
  q.known = {"decode=7 llama-3.2-1b Q4_K_M device=raspberry-pi-5-8gb"};
  const auto found = explore(c, q, {}, 1e6);
  REQUIRE(plain);
  REQUIRE(found);
  REQUIRE(plain->rows.size() == found->rows.size());
  std::size_t corrected = 0;
  for (const Explored::Row& row : found->rows) {
    corrected += row.corrected;
    CHECK(row.corrected == (row.device->id == "raspberry-pi-5-8gb"));
    const auto was = std::find_if(plain->rows.begin(), plain->rows.end(),
                                  [&](const auto& x) { return x.device == row.device && x.model == row.model; });
    if (!row.corrected)
      CHECK(row.decode_tok_s.value == was->decode_tok_s.value);
    else
      CHECK(row.decode_tok_s.value < was->decode_tok_s.value);
  }
  CHECK(corrected == 1);
  q.known = {"decode=7 llama-3.2-1b Q4_K_M"};
  CHECK(explore(c, q, {}, 10).errors()[0].path == "known[0]");
  q.known = {"decode=7", "decode=9 llama-99 device=raspberry-pi-5-8gb"};
  CHECK_FALSE(explore(c, q, {}, 10));
}

TEST_CASE("an answer says that it was corrected, and what it rested on before") {
  const Answer a = answered(asked("llama-3.2-3b", "raspberry-pi-5-8gb", {"decode=8.2 llama-3.2-1b Q4_K_M"}));
  CHECK(a.sureness() == Sureness::corrected);
  CHECK_THAT(how_sure(a), Contains("corrected by your number"));
  CHECK_THAT(how_sure(a), Contains("8.20 tok/s of decode with llama-3.2-1b Q4_K_M"));
  CHECK_THAT(how_sure(a), Contains("fitted to"));
  CHECK(std::fabs(a.known[0].explained / 8.2 - 1) < 0.1);
  CHECK(a.known[0].expected > 8.2);
}

TEST_CASE("the interval is that of as many numbers as are known") {
  Catalog c;
  c.add(std::vector<IntervalRule>{{Kind::decode, "", Situation::related, 0.5, 2, 9, 0},
                                  {Kind::decode, "f", Situation::related, 0.6, 1.8, 9, 0},
                                  {Kind::decode, "", Situation::related, 0.7, 1.5, 9, 1},
                                  {Kind::decode, "f", Situation::related, 0.75, 1.4, 9, 1},
                                  {Kind::decode, "", Situation::related, 0.9, 1.1, 9, 4}});
  const auto low = [&](const char* family, std::size_t known) {
    return c.interval(Kind::decode, family, Situation::related, known)->low;
  };
  CHECK(low("f", 0) == 0.6);
  CHECK(low("g", 0) == 0.5);
  CHECK(low("f", 1) == 0.75);
  CHECK(low("g", 3) == 0.7);
  CHECK(low("f", 9) == 0.9);
  CHECK(c.interval(Kind::decode, "f", Situation::calibrated, 1) == nullptr);
}

TEST_CASE("a correction takes milliseconds") {
  const Query q = asked("llama-3.2-3b", "raspberry-pi-5-8gb",
                        {"decode=8.2 llama-3.2-1b Q4_K_M", "decode=14 qwen2.5-0.5b Q8_0", "prefill=60 llama-3.2-1b",
                         "prefill=90 qwen2.5-0.5b"});
  answered(q);
  const auto begin = std::chrono::steady_clock::now();
  answered(q);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  CHECK(took.count() < 200);  // 2 ms where nothing else runs and nothing watches
}
