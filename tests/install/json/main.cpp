// A program that carries a few presets, asks for an estimate, and has errors of JSON of its own.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "edgewise/answer.h"
#include "edgewise/json.h"
#include "edgewise/presets.h"

namespace {

// Presets begin with the ASCII record separator.
const char presets[] =
    "\x1e"
    R"({"type": "formats", "format_version": 1, "id": "formats", "formats": [{"id": "F16", "block_weights": 1, "block_bytes": 2}]})"
    "\x1e"
    R"({"type": "quantizations", "format_version": 1, "id": "plain", "family": "plain", "recipes": [{"id": "half", "linear": "F16", "small": "F16"}]})"
    "\x1e"
    R"({"type": "runtime", "format_version": 1, "id": "r", "name": "Runtime", "family": "r", "processor": "cpu",
        "default_quantization": "half", "default_kv_format": "F16", "quantizations": ["plain"],
        "memory": {"model": "generic", "runtime_reserve_mib": 100}})"
    "\x1e"
    R"({"type": "calibrations", "format_version": 1, "runtime": "r",
        "defaults": {"bandwidth_share": 0.5, "kv_bandwidth_share": 0.5, "decode_rate_share": 0.5, "prefill_rate_share": 0.5, "attention_decode_share": 0.5, "attention_prefill_share": 0.5, "batch_rate_share": 0.5, "sequence_s": 1e-4, "step_s": 0.001, "launch_s": 0, "decode_cost": {"F16": 1}, "prefill_efficiency": {"F16": 1}, "prefill_half_rows": 16, "prefill_step_s": 0.003, "recurrent_layer_s": 0}})"
    "\x1e"
    R"({"type": "model", "format_version": 1, "id": "m", "name": "Model", "family": "llama",
        "config": {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4, "head_dim": 16,
                   "intermediate_size": 128, "vocab_size": 1000}})"
    "\x1e"
    R"({"type": "device", "format_version": 1, "id": "d", "name": "Board", "kind": "soc-integrated", "class": "sbc",
        "memory": {"capacity_gib": 1, "peak_bandwidth_gb_s": 10, "usable": {"reserved_gib": 0.25, "reserved_share": 0}},
        "cpu": {"clusters": [{"microarchitecture": "A", "cores": 4, "clock_ghz": 1}], "peak": {"fp32_gflops": 100}}})";

int failed(const edgewise::Errors& errors) {
  for (const auto& e : errors) std::printf("%s %s: %s\n", e.code.c_str(), e.path.c_str(), e.message.c_str());
  return 1;
}

/// How many of four errors of JSON arrive as the exceptions that they are.
int caught() {
  using Json = nlohmann::ordered_json;
  int count = 0;
  const auto expect = [&count](const auto& fails) {
    try {
      fails();
    } catch (const Json::exception&) {
      ++count;
    }
  };
  expect([] { return Json::parse("{"); });
  expect([] { return Json(1).at("key"); });
  expect([] { return Json("text").get<double>(); });
  expect([] { return Json("\xff").dump(); });
  return count;
}

}  // namespace

int main() {
  edgewise::Catalog catalog;
  if (const auto errors = edgewise::add_presets(catalog, presets); !errors.empty()) return failed(errors);
  const auto query = edgewise::parse_query(R"({"model": "m", "device": "d"})");
  if (!query) return failed(query.errors());
  const auto answer = edgewise::answer(catalog, *query);
  if (!answer) return failed(answer.errors());
  std::printf("%s\n%.0f bytes of weights\n", edgewise::sentence(*answer).c_str(), answer->cost.file_B);
  std::printf("caught %d of 4\n", caught());
}
