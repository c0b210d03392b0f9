#include "edgewise/reader.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;

namespace {

/// The first error of parsing `text`, as "code path".
std::string refusal(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  INFO(text);
  REQUIRE_FALSE(parsed);
  return parsed.errors()[0].code + " " + parsed.errors()[0].path;
}

const std::string device_text =
    R"({"type": "device", "format_version": 1, "id": "d", "name": "D", "kind": "soc-integrated", "class": "sbc",
  "memory": {"capacity_gib": 8, "peak_bandwidth_gb_s": 17.1},
  "cpu": {"clusters": [{"microarchitecture": "Cortex-A76", "cores": 4, "clock_ghz": 2.4, "isa": ["neon"]}], "peak": {"fp32_gflops": 153.6}},
  "gpu": {"name": "G", "clock_mhz": 800, "fp32_tflops": 0.5, "fp16_shader_tflops": 1, "matrix": {"fp16_tflops": 2, "int8_tops": 4}},
  "npu": {"name": "N", "tops": 6},
  "cache": {"l2_mib": 2, "l3_mib": 4},
  "storage": {"sd_mb_s": 90, "nvme_mb_s": 900},
  "host_link": {"bandwidth_gb_s": 4},
  "power": {"idle_w": 2.5, "load_w": 8,
            "modes": [{"id": "low", "budget_w": 5, "cpu_max_mhz": 1500, "gpu_max_mhz": 400, "memory_bandwidth_gb_s": 10}]}})";

const std::string model_text = R"({"type": "model", "format_version": 1, "id": "m", "name": "M", "family": "llama",
  "config": {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 1000}})";

std::string with(std::string text, const std::string& old, const std::string& now) {
  const auto at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), now);
}

/// Errors of adding the preset, "code path: message" a line; empty if it is accepted.
std::string added(const std::string& text) {
  Catalog c;
  REQUIRE(add_preset(c, test::read_file(test::source_path("presets/quantizations/formats.json"))));
  const auto id = add_preset(c, text);
  return id ? std::string() : test::describe(id.errors());
}

}  // namespace

TEST_CASE("JSON text that others read loosely is refused, with the path") {
  CHECK(refusal(R"({"a": 1, "a": 2})") == "duplicate_key a");
  CHECK(refusal(R"({"a": {"b": [0, {"c": 1, "c": 1}]}})") == "duplicate_key a.b[1].c");
  CHECK(refusal(R"({"a": 1e999})").find("not_finite") == 0);
  CHECK(refusal(R"({"a": -1e999})").find("not_finite") == 0);
  for (const char* text :
       {"", " ", "{", "[1,", "{\"a\" 1}", "{'a': 1}", "{\"a\": NaN}", "{\"a\": Infinity}", "{\"a\": 01}", "{\"a\": .5}",
        "{\"a\": 1}x", "{\"a\": 1}{}", "[1,]", "{\"a\": \"\x01\"}", "\"\xff\"", "// c\n{}", "tru", "{\"a\":1}\x1e"})
    CHECK(refusal(text).find("syntax") == 0);
}

TEST_CASE("nesting ends at 64 levels") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(json::parse_strict(nested(64)));
  CHECK(refusal(nested(65)).find("too_deep") == 0);
  CHECK(refusal(std::string(1000000, '[')).find("too_deep") == 0);
}

TEST_CASE("numbers keep every bit") {
  CHECK(json::parse_strict("0.1")->get<double>() == 0.1);
  CHECK(json::parse_strict("9007199254740993")->get<std::uint64_t>() == 9007199254740993u);
  CHECK(json::parse_strict("5e-324")->get<double>() == 5e-324);
  CHECK(json::parse_strict("1.7976931348623157e308")->get<double>() == 1.7976931348623157e308);
}

TEST_CASE("units are scaled once, at the edge") {
  Catalog c;
  REQUIRE(add_preset(c, device_text));
  Device d = c.device("d")->device;
  CHECK(d.memory_capacity_B == 8.0 * 1024 * 1024 * 1024);
  CHECK(d.memory_bandwidth_Bps == 17.1 * 1e9);
  CHECK(d.cpu_clusters[0].clock_hz == 2.4 * 1e9);
  CHECK(d.cpu_fp32_flops == 153.6 * 1e9);
  CHECK(d.gpu_clock_hz == 800e6);
  CHECK(d.gpu_fp32_flops == 0.5e12);
  CHECK(d.gpu_fp16_flops == 1e12);
  CHECK(d.gpu_matrix_fp16_flops == 2e12);
  CHECK(d.gpu_matrix_int8_ops == 4e12);
  CHECK(d.npu_ops == 6e12);
  CHECK(d.last_level_cache_B == 4.0 * 1024 * 1024);
  CHECK(d.storage_Bps == 900e6);
  CHECK(d.host_link_Bps == 4e9);
  CHECK(d.idle_w == 2.5);
  CHECK(d.power_modes[0].cpu_max_hz == 1500e6);
  CHECK(d.power_modes[0].gpu_max_hz == 400e6);
  CHECK(d.power_modes[0].memory_bandwidth_Bps == 10e9);
  CHECK(d.power_modes[0].budget_w == 5);
  REQUIRE(add_preset(
      c,
      R"({"type": "runtime", "format_version": 1, "id": "r", "name": "R", "family": "f", "processor": "cpu", "default_quantization": "Q4_0",
                    "memory": {"model": "generic", "runtime_reserve_mib": 100}})"));
  CHECK(c.runtime("r")->memory.runtime_reserve_B == 100.0 * 1024 * 1024);
}

TEST_CASE("an NPU's own bandwidth is the fastest read on this device; a CPU's class may be named") {
  Catalog c;
  const auto measured = [](const char* agent, const char* kind, const char* rate, const char* more = "") {
    return std::string(R"({"agent": ")") + agent + R"(", "kind": ")" + kind + R"(", "bandwidth_gb_s": )" + rate + more +
           "}";
  };
  const std::string entries = measured("npu", "read", "9") + "," + measured("npu", "read", "11") + "," +
                              measured("npu", "copy", "12") + "," +
                              measured("npu", "read", "13", R"(, "proxy_device": "other")") + "," +
                              measured("npu", "read", "14", R"(, "inference": true)");
  std::string text = with(device_text, R"("peak_bandwidth_gb_s": 17.1)",
                          R"("peak_bandwidth_gb_s": 17.1, "measured": [)" + entries + "]");
  REQUIRE(add_preset(c, with(text, R"("cpu": {)", R"("cpu": {"class": "apple-cpu", )")));
  const Device& d = c.device("d")->device;
  CHECK(d.npu_measured_bandwidth_Bps == 11e9);
  CHECK_FALSE(is_known(d.cpu_measured_bandwidth_Bps));
  CHECK(processor_class(d, Processor::cpu) == "apple-cpu");
}

TEST_CASE("where a CPU has matrix instructions its rate is between theirs and that of its dot products") {
  const auto rate = [](const std::string& peak) {
    Catalog c;
    REQUIRE(add_preset(c, with(device_text, R"("fp32_gflops": 153.6)", R"("fp32_gflops": 153.6)" + peak)));
    return c.device("d")->device.cpu_int8_ops;
  };
  CHECK(rate(R"(, "int8_dot_gops": 600)") == 600e9);
  CHECK(rate(R"(, "int8_dot_gops": 600, "int8_i8mm_gops": 600)") == 600e9);
  CHECK(rate(R"(, "int8_dot_gops": 600, "int8_i8mm_gops": 1200)") == 800e9);
  CHECK(rate("") == 153.6e9);
  // Nothing stated at all: what the least core with vectors does.
  Catalog c;
  REQUIRE(add_preset(c, with(device_text, R"(, "peak": {"fp32_gflops": 153.6})", "")));
  CHECK(c.device("d")->device.cpu_fp32_flops == 8 * 4 * 2.4e9);
  CHECK(c.device("d")->device.cpu_int8_ops == 8 * 4 * 2.4e9);
}

TEST_CASE("what a GPU measured and what a power mode gates are shares of the whole") {
  Catalog c;
  REQUIRE(add_preset(
      c, with(with(device_text, R"("clock_mhz": 800,)",
                   R"("clock_mhz": 800, "sms": 8, "measured": [{"fp16_tflops": 1.2}, {"fp16_tflops": 1.5}],)"),
              R"("gpu_max_mhz": 400,)", R"("gpu_max_mhz": 400, "gpu_tpc": 2,)")));
  const Device& d = c.device("d")->device;
  CHECK(d.gpu_product_share == 0.75);
  CHECK(d.power_modes[0].gpu_units_share == 0.5);
}

TEST_CASE("a BF16 product stands for one in FP16 where matrix units made it and nobody measured that") {
  const auto share = [](const char* measured) {
    Catalog c;
    REQUIRE(add_preset(c, with(device_text, R"("clock_mhz": 800,)",
                               std::string(R"("clock_mhz": 800, "measured": )") + measured + ",")));
    return c.device("d")->device.gpu_product_share;
  };
  CHECK(share(R"([{"bf16_tflops": 1}])") == 0.5);
  CHECK(share(R"([{"fp16_tflops": 1.5, "bf16_tflops": 1}, {"bf16_tflops": 1.8}])") == 0.75);
  CHECK_FALSE(is_known(share(R"([{"fp32_tflops": 1}])")));
}

TEST_CASE("a preset is refused with the path of what is wrong") {
  CHECK(added(device_text).empty());
  CHECK(added(model_text).empty());
  CHECK_THAT(added(with(device_text, "\"capacity_gib\": 8", "\"capacity_gib\": \"8\"")),
             Contains("wrong_type memory.capacity_gib"));
  CHECK_THAT(added(with(device_text, "\"capacity_gib\": 8", "\"capacity_gib\": -8")),
             Contains("out_of_range memory.capacity_gib"));
  CHECK_THAT(added(with(device_text, "\"capacity_gib\": 8, ", "")), Contains("missing memory.capacity_gib"));
  CHECK_THAT(added(with(device_text, "17.1", "0")), Contains("out_of_range memory.peak_bandwidth_gb_s"));
  CHECK_THAT(added(with(device_text, "\"cores\": 4", "\"cores\": 0")), Contains("out_of_range cpu.clusters[0].cores"));
  CHECK_THAT(added(with(device_text, "[\"neon\"]", "[\"neon\", 7]")), Contains("wrong_type cpu.clusters[0].isa[1]"));
  CHECK_THAT(added(with(device_text, "\"idle_w\": 2.5", "\"idle_w\": 25")), Contains("physics power.idle_w"));
  CHECK_THAT(added(with(device_text, "\"memory_bandwidth_gb_s\": 10", "\"memory_bandwidth_gb_s\": 20")),
             Contains("physics power.modes[0].memory_bandwidth_gb_s"));
  CHECK_THAT(added(with(device_text, "soc-integrated", "soc")),
             Contains("unknown_word kind") && Contains("host-centric"));
  CHECK_THAT(added(with(device_text, "\"npu\": {\"name\": \"N\", \"tops\": 6}", "\"npu\": 6")),
             Contains("wrong_type npu"));
  CHECK_THAT(added(with(device_text, "\"host_link\"", "\"host_lnik\"")),
             Contains("unknown_key host_lnik") && Contains("\"host_link\""));
  CHECK_THAT(added(with(model_text, "\"hidden_size\": 64", "\"hidden_size\": 64.5")),
             Contains("not_whole config.hidden_size"));
  CHECK_THAT(added(with(model_text, "\"vocab_size\"", "\"vocab_sise\"")),
             Contains("missing config.vocab_size") && Contains("unknown_key config.vocab_sise") &&
                 Contains("did you mean \"vocab_size\""));
  CHECK_THAT(added(with(model_text, "\"config\"", "\"conf\"")), Contains("missing config"));
  CHECK_THAT(added(with(model_text, "1000}", "1000, \"layer_types\": [\"sliding_attention\"]}")),
             Contains("missing config.sliding_window"));
  CHECK_THAT(added(with(model_text, "1000}", "1000, \"layer_types\": [\"slow_attention\"]}")),
             Contains("unknown_word config.layer_types[0]"));
  CHECK_THAT(added(with(model_text, "1000}", "1000, \"layer_types\": [\"linear_attention\"]}")),
             Contains("missing config.layer_types"));
  CHECK_THAT(
      added(with(model_text, "1000}",
                 "1000, \"moe\": {\"num_experts\": 4, \"experts_per_token\": 5, \"moe_intermediate_size\": 8}}")),
      Contains("out_of_range config.moe.experts_per_token"));
  CHECK_THAT(added(with(model_text, "\"format_version\": 1", "\"format_version\": 2")),
             Contains("format_version format_version"));
  CHECK_THAT(added(with(model_text, "\"type\": \"model\"", "\"type\": \"modle\"")), Contains("unknown_word type"));
  CHECK_THAT(added("[]"), Contains("wrong_type"));
  CHECK_THAT(added("{}"), Contains("missing type"));
}

TEST_CASE("every error of a preset is reported, not the first one only") {
  const std::string errors =
      added(with(with(device_text, "\"capacity_gib\": 8", "\"capacity_gib\": -8"), "\"cores\": 4", "\"cores\": 0"));
  CHECK_THAT(errors, Contains("memory.capacity_gib") && Contains("cpu.clusters[0].cores"));
}

TEST_CASE("a refused preset changes nothing; an accepted one replaces its namesake") {
  Catalog c;
  REQUIRE(add_preset(c, model_text));
  CHECK_FALSE(add_preset(c, with(model_text, "\"vocab_size\": 1000", "\"vocab_size\": -1")));
  CHECK(c.model("m")->vocab_size == 1000);
  REQUIRE(add_preset(c, with(model_text, "\"vocab_size\": 1000", "\"vocab_size\": 2000")));
  CHECK(c.model("m")->vocab_size == 2000);
  CHECK(c.models().size() == 1);
}

TEST_CASE("a sequence of presets: separators are skipped, each preset's errors are kept, the others are added") {
  Catalog c;
  const Errors errors = add_presets(c, "\x1e" + model_text + "\n\x1e{\"type\": 1}\n\x1e" + device_text);
  CHECK(c.model("m"));
  CHECK(c.device("d"));
  REQUIRE_FALSE(errors.empty());
  CHECK(errors[0].path == "type");
  CHECK(add_presets(c, "").empty());
}

TEST_CASE("a query is checked field by field") {
  const auto errors = [](const char* text) {
    const auto q = parse_query(text);
    return test::describe(q ? check_workload(q->workload) : q.errors());
  };
  CHECK(errors(R"({"model": "m", "device": "d"})").empty());
  CHECK_THAT(errors(R"({"promt": 5})"), Contains("unknown_key promt") && Contains("\"prompt\""));
  CHECK_THAT(errors(R"({"prompt": "5"})"), Contains("wrong_type prompt"));
  CHECK_THAT(errors(R"({"prompt": 5.5})"), Contains("out_of_range prompt"));
  CHECK_THAT(errors(R"({"prompt": -1})"), Contains("out_of_range prompt"));
  CHECK_THAT(errors(R"({"batch": 0})"), Contains("out_of_range batch"));
  CHECK_THAT(errors(R"({"prompt": 0, "generate": 0})"), Contains("nothing to do"));
  CHECK_THAT(errors(R"({"prompt": 100, "generate": 100, "context": 150})"), Contains("out_of_range context"));
  CHECK_THAT(errors(R"({"battery_wh": 0})"), Contains("out_of_range battery_wh"));
  CHECK_THAT(errors(R"({"flash_attention": 1})"), Contains("wrong_type flash_attention"));
  CHECK_THAT(errors("[]"), Contains("wrong_type"));
  const auto q = parse_query(
      R"({"prompt": 7, "generate": 8, "depth": 9, "batch": 2, "threads": 3, "kv_quant": "q8_0", "flash_attention": false})");
  REQUIRE(q);
  CHECK(q->workload.prompt == 7);
  CHECK(q->workload.generate == 8);
  CHECK(q->workload.depth == 9);
  CHECK(q->workload.batch == 2);
  CHECK(q->workload.threads == 3);
  CHECK(q->kv_quant == "q8_0");
  CHECK(q->flash_attention == 0);
}

TEST_CASE("an unknown id names its neighbours") {
  const auto asked = [](const char* model, const char* device, const char* runtime = "", const char* quant = "",
                        const char* kv = "", const char* mode = "") {
    Query q;
    q.model = model;
    q.device = device;
    q.runtime = runtime;
    q.quant = quant;
    q.kv_quant = kv;
    q.power_mode = mode;
    const auto a = answer(test::shipped(), q);
    return a ? std::string() : test::describe(a.errors());
  };
  const char *model = "llama-3.2-1b", *device = "raspberry-pi-5-8gb";
  CHECK(asked(model, device).empty());
  CHECK(asked("meta-llama/Llama-3.2-1B", device).empty());
  CHECK(asked(model, device, "llama.cpp-cpu", "q4_k_m", "k:q8_0,v:f16").empty());
  CHECK_THAT(asked("llama-3.2-1bb", device), Contains("unknown_id model") && Contains("llama-3.2-1b"));
  CHECK_THAT(asked(model, "raspbery-pi-5-8gb"), Contains("unknown_id device") && Contains("raspberry-pi-5-8gb"));
  CHECK_THAT(asked(model, device, "lama.cpp-cpu"), Contains("unknown_id runtime") && Contains("llama.cpp-cpu"));
  CHECK_THAT(asked(model, device, "llama.cpp-cpu", "Q4_K_N"), Contains("unknown_id quant") && Contains("Q4_K_M"));
  CHECK_THAT(asked(model, device, "llama.cpp-cuda"), Contains("unsupported runtime"));
  CHECK_THAT(asked(model, device, "llama.cpp-cpu", "", "f15"), Contains("unknown_id kv_quant"));
  CHECK_THAT(asked(model, device, "", "", "", "turbo"), Contains("unknown_id power_mode"));
  CHECK_THAT(asked("", ""), Contains("missing model") && Contains("missing device"));
}

TEST_CASE("an interval widens around its value; a time is long where the rate is low") {
  Answer a;
  Catalog catalog;
  catalog.add(std::vector<IntervalRule>{{Kind::decode, "", Situation::datasheet, 0.5, 2.5, 1},
                                        {Kind::decode, "f", Situation::datasheet, 0.8, 1.25, 1},
                                        {Kind::memory, "", Situation::datasheet, 0.9, 1.2, 1}});
  Runtime rt;
  rt.family = "f";
  a.runtime = &rt;
  a.catalog = &catalog;
  a.estimate.term.fill(unknown);
  a.estimate.term[static_cast<std::size_t>(Term::decode_tok_s)] = 10;
  a.estimate.term[static_cast<std::size_t>(Term::tpot_mean_s)] = 0.1;
  a.estimate.term[static_cast<std::size_t>(Term::memory_B)] = 100;
  CHECK(a.ranged(Term::decode_tok_s).low == 8);
  CHECK(a.ranged(Term::decode_tok_s).high == 12.5);
  CHECK(a.ranged(Term::tpot_mean_s).low == 0.1 * (1 / 1.25));
  CHECK(a.ranged(Term::tpot_mean_s).high == 0.1 * (1 / 0.8));
  CHECK(a.ranged(Term::memory_B).low == 90);
  CHECK_FALSE(is_known(a.ranged(Term::ttft_s).low));
  CHECK_FALSE(is_known(a.ranged(Term::load_cold_s).low));
  rt.family = "g";
  CHECK(a.ranged(Term::decode_tok_s).low == 5);
}
