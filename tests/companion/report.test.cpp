#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "calibrate/peers.h"
#include "calibrate/report_numbers.h"
#include "calibrate/summary.h"
#include "edgewise/device.h"
#include "edgewise/parameters_json.h"

using namespace edgewise;

namespace {

/// Llama-3.2-1B Q4_K_M at a context of 2048.
PeerQuestion llama() {
  PeerQuestion q;
  q.parameters_b = q.active_b = 1.2358144;
  q.quant = "Q4_K_M";
  q.gguf = q.tied = true;
  q.weights_B = 799862912;
  q.embedding_B = 215470080;
  q.kv_B = 67108864;
  q.hidden = 2048;
  q.layers = 16;
  q.vocabulary = 128256;
  q.memory_gib = 24;
  return q;
}

PeerQuestion on_gpu(const char* name, const char* backend, const char* vendor, double cores, double bandwidth,
                    double flops) {
  PeerQuestion q = llama();
  q.processor = "gpu";
  q.name = name;
  q.backend = backend;
  q.vendor = vendor;
  q.apple = q.vendor == "apple";
  q.cores = cores;
  q.bandwidth_gb_s = bandwidth;
  q.flops = flops;
  return q;
}

const Peer& peer(const std::string& id) {
  for (const Peer& p : peers())
    if (p.id == id) return p;
  FAIL(id);
  return peers()[0];
}

}  // namespace

// As the projects' own code answered (or a typed copy of it, for llmfit and MAX TPS).
TEST_CASE("the formulas of others give what the projects give") {
  PeerQuestion pi = llama();
  pi.processor = "cpu";
  pi.name = "Raspberry Pi 5";
  pi.arm = true;
  pi.cores = 4;
  pi.bandwidth_gb_s = 17.1;
  pi.flops = 153.6e9;
  const PeerQuestion orin = on_gpu("GA10B Jetson Orin Nano", "cuda", "nvidia", 6, 68, 10e12),
                     card = on_gpu("GeForce RTX 4090", "cuda", "nvidia", unknown, 1008, 165.2e12),
                     m2 = on_gpu("Apple M2 GPU 10-core", "metal", "apple", 8, 100, 3.6e12);
  const std::map<std::string, std::vector<double>> expected = {
      {"llmfit", {25.1, 204.7, 897, 89}}, {"whichllm", {17.8, 46.3, 686, 55.8}}, {"gguf-parser", {14.1, 67, 995, 99}}};
  for (const auto& [id, values] : expected) {
    std::size_t i = 0;
    for (PeerQuestion q : {pi, orin, card, m2}) {
      if (id == "whichllm") q.weights_B = 807694464;  // it takes the size of the file, which has a header
      INFO(id << ", " << q.name);
      CHECK(peer(id).answer(q) == Approx(values[i++]).epsilon(0.01));
    }
  }
  // canirun.ai calls this model 1 B, and gives whole numbers.
  std::vector<double> whole;
  for (PeerQuestion q : {orin, card, m2}) {
    q.parameters_b = q.active_b = 1;
    whole.push_back(std::round(peer("canirun").answer(q)));
  }
  CHECK(whole == std::vector<double>{48, 706, 65});
}

TEST_CASE("numbers of the report are rounded as JavaScript's toFixed and toPrecision do") {
  CHECK(to_fixed(0.5, 0) == "1");
  CHECK(to_fixed(2.5, 0) == "3");
  CHECK(to_fixed(1.005, 2) == "1.00");  // lies below
  CHECK(to_fixed(0.125, 2) == "0.13");
  CHECK(to_fixed(9.96, 1) == "10.0");
  CHECK(to_fixed(0, 4) == "0.0000");
  CHECK(to_fixed(99.5, 0) == "100");
  CHECK(to_three_digits(1234.5) == 1230);
  CHECK(to_three_digits(0.0123456) == 0.0123);
  CHECK(to_three_digits(999.6) == 1000);
  CHECK(to_three_digits(1.125) == 1.13);
  CHECK(to_three_digits(unknown) == 0);
}

TEST_CASE("a configuration has one vote, however many rows it has") {
  ErrorTally tally;
  for (const double predicted : {110.0, 120.0, 130.0}) tally.add("a", predicted, 100);
  tally.add("b", 150, 100);
  tally.add_interval("a", true);
  tally.add_interval("a", false);
  tally.add_interval("b", true);
  const ErrorSummary s = tally.summary();
  CHECK(s.configurations == 2);
  CHECK(s.median == Approx(0.35));  // between 0.2 and 0.5
  CHECK(s.coverage == 0.75);
  CHECK(ErrorTally().summary().configurations == 0);
}

TEST_CASE("rounding to four digits ends, whatever the number") {
  CHECK(rounded4(0.123456) == 0.1235);
  CHECK(rounded4(123456) == 123500);
  for (const double x : {1e-300, 5e-324, -4e-310, std::numeric_limits<double>::infinity()}) CHECK(rounded4(x) == x);
  CHECK_FALSE(is_known(rounded4(unknown)));
}
