// The rule book of presets: for each rule what it passes and what it refuses.

#include "edgewise/check.h"

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "edgewise/canonical.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using namespace edgewise::test;
using Catch::Contains;
using Json = nlohmann::ordered_json;

namespace {

using Change = std::function<void(Json&)>;

Json parsed(const std::string& text) { return Json::parse(text); }
Json preset(const std::string& path) { return parsed(read_file(source_path("presets/" + path))); }

Json device() { return preset("devices/raspberry-pi-5-8gb.json"); }
Json model() { return preset("models/llama-3.2-1b.json"); }

std::string listed(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& p : problems) out += p.rule + " " + p.path + ": " + p.message + "\n";
  return out;
}

/// Problems of a preset that was changed, "rule path: message" a line; beside the shipped ones.
std::string problems(Json preset, const Change& change, const CheckOptions& options = {}) {
  change(preset);
  return listed(check(preset.dump(), shipped(), options));
}

/// The preset of a board with a calibration that was measured on it.
Json measured() {
  Json d = device();
  d["power"]["idle_w"] = 3;
  d["calibrations"] = parsed(R"([{
    "runtime": "llama.cpp-cpu", "origin": "measured", "configurations": 1, "parameters": {"bandwidth_share": 0.9},
    "samples": [
      {"test": "read", "cores": "fast", "threads": 4, "unit": "B/s", "values": [1.1e10, 1.2e10], "working_set_B": 2.7e8},
      {"test": "dot_streamed", "format": "Q4_0", "unit": "weights/s", "values": [1.5e10], "working_set_B": 2.7e8},
      {"phase": "idle", "source": "meter", "scope": "wall", "unit": "W", "values": [3]},
      {"phase": "decode", "source": "meter", "scope": "wall", "unit": "W", "values": [8]},
      {"engine": "llama-3.2-1b Q4_0, 4 threads, prompt 0, depth 0: decode_tok_s", "value": 12},
      {"engine": "llama-3.2-1b Q4_0, 4 threads, prompt 0, depth 0: energy_j_per_token", "value": 0.6},
      {"engine": "llama-3.2-1b Q4_0, 4 threads, prompt 0, depth 0: power_w", "value": 8}
    ],
    "tool": "edgewise 1.0", "date": "2026-01-31"}])");
  return d;
}

/// A copy of the shipped presets of the small kinds, one device and one model, as files.
std::vector<PresetFile> folder() {
  std::vector<PresetFile> files;
  const auto add = [&](const std::string& path) { files.push_back({path, read_file(source_path("presets/" + path))}); };
  // No computers that cards are in: they are not in this folder.
  Json classes = preset("device-classes.json");
  for (Json& c : classes["classes"]) c.erase("hosts");
  files.push_back({"device-classes.json", canonical_text(classes)});
  add("devices/raspberry-pi-5-8gb.json");
  add("models/llama-3.2-1b.json");
  for (const auto& [name, text] : preset_texts("quantizations"))
    files.push_back({"quantizations/" + name + ".json", text});
  return files;
}

PresetFile& file(std::vector<PresetFile>& files, const std::string& path) {
  for (PresetFile& f : files)
    if (f.path == path) return f;
  return files.emplace_back(PresetFile{path, {}});
}

std::string listed(const std::vector<FileProblem>& problems) {
  std::string out;
  for (const auto& [name, p] : problems) out += name + ": " + p.rule + " " + p.path + ": " + p.message + "\n";
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("every shipped preset keeps every rule") {
  std::vector<PresetFile> files;
  const auto add = [&](const std::string& path) { files.push_back({path, read_file(source_path("presets/" + path))}); };
  add("device-classes.json");
  add("launchers.json");
  add("measurements/published.csv");
  add("quality/quality.csv");
  for (const char* name : {"models", "devices", "runtimes", "quantizations", "calibrations"})
    for (const auto& [id, text] : preset_texts(name)) files.push_back({std::string(name) + "/" + id + ".json", text});
  CHECK(files.size() > 500);
  CHECK(listed(check_folder(files)).empty());
}

// Shape

TEST_CASE("check: text that is no JSON, or goes on behind a NUL") {
  CHECK_THAT(listed(check("{", shipped())), Contains("syntax"));
  CHECK_THAT(listed(check(device().dump() + std::string("\0{\"a\": 1}", 9), shipped())),
             Contains("syntax") && Contains("NUL"));
  CHECK_THAT(listed(check("[]", shipped())), Contains("wrong_type"));
  CHECK_THAT(listed(check(R"({"type": "device", "type": "device"})", shipped())), Contains("duplicate_key type"));
  CHECK_THAT(listed(check(R"({"type": "modle", "format_version": 1})", shipped())), Contains("unknown_word type"));
}

TEST_CASE("check: misspelt keys, wherever they stand") {
  for (const char* at : {"/gpu", "/cpu/clusters/0", "/cpu/peak", "/cache", "/storage", "/host_link", "/power",
                         "/memory", "/confidence", "/memory/measured/0", ""}) {
    Json d = device();
    REQUIRE(d.contains(Json::json_pointer(at)));
    INFO(at);
    CHECK_THAT(problems(d, [&](Json& x) { x[Json::json_pointer(at)]["colour"] = "red"; }),
               Contains("unknown_key") && Contains("colour"));
    // The engine refuses them too.
    d[Json::json_pointer(at)]["colour"] = "red";
    Catalog catalog;
    CHECK_FALSE(add_preset(catalog, d.dump()));
  }
  CHECK_THAT(problems(preset("devices/orange-pi-5-16gb.json"), [](Json& x) { x["npu"]["topps"] = 6; }),
             Contains("unknown_key npu.topps") && Contains("\"tops\""));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["parameters"]["bandwith_share"] = 1; }),
             Contains("unknown_key calibrations[0].parameters.bandwith_share"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["samples"][0]["corse"] = "fast"; }),
             Contains("unknown_key calibrations[0].samples[0].corse"));
  CHECK_THAT(problems(model(), [](Json& x) { x["counted_detail"]["txet"] = 1; }),
             Contains("unknown_key counted_detail.txet"));
}

TEST_CASE("check: hostile numbers") {
  for (const char* number : {"1e308", "-1e308", "1e30", "-1", "0", "1e-308", "-0.0"}) {
    INFO(number);
    CHECK_THAT(problems(device(), [&](Json& x) { x["memory"]["capacity_gib"] = parsed(number); }),
               Contains("out_of_range memory.capacity_gib"));
    CHECK_THAT(problems(model(), [&](Json& x) { x["config"]["num_hidden_layers"] = parsed(number); }),
               Contains(" config.num_hidden_layers"));
  }
  CHECK_THAT(listed(check(R"({"type": "device", "format_version": 1e999})", shipped())), Contains("not_finite"));
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["hidden_size"] = 64.5; }),
             Contains("not_whole config.hidden_size"));
}

TEST_CASE("check wants more than the engine: what only people need") {
  for (const char* key : {"sources", "confidence", "release_year"}) {
    Json d = device();
    d.erase(key);
    CHECK_THAT(listed(check(d.dump(), shipped())), Contains(std::string("missing ") + key));
    Catalog catalog;
    CHECK(add_preset(catalog, d.dump()));
  }
  // What lacks them can break other rules besides.
  Json hot = device();
  hot.erase("sources");
  hot["power"] = {{"idle_w", 5}, {"tdp_w", 9}};
  hot["memory"]["peak_bandwidth_gb_s"] = 1e4;
  CHECK_THAT(listed(check(hot.dump(), shipped())),
             Contains("missing sources") && Contains("physics memory.peak_bandwidth_gb_s"));
  // Of a wrong type they are refused by both.
  Json d = device();
  d["sources"] = "a data sheet";
  Catalog catalog;
  CHECK_FALSE(add_preset(catalog, d.dump()));
}

TEST_CASE("check: void members, ids, days, and things said twice in a list") {
  CHECK_THAT(problems(device(), [](Json& x) { x["note"] = ""; }), Contains("void note"));
  CHECK_THAT(problems(device(), [](Json& x) { x["note"] = nullptr; }), Contains("wrong_type note"));
  CHECK_THAT(problems(device(), [](Json& x) { x["unsure"] = false; }), Contains("void unsure"));
  CHECK_THAT(problems(device(), [](Json& x) { x["sources"] = Json::array(); }), Contains("void sources"));
  CHECK_THAT(problems(device(), [](Json& x) { x["sources"].push_back(x["sources"][0]); }),
             Contains("repeated sources["));
  CHECK_THAT(problems(device(), [](Json& x) { x["id"] = "Raspberry Pi"; }), Contains("bad_id id"));
  CHECK_THAT(problems(device(), [](Json& x) { x["id"] = "raspberry--pi"; }), Contains("bad_id id"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["date"] = "31.1.2026"; }),
             Contains("bad_date calibrations[0].date"));
  CHECK_THAT(problems(model(), [](Json& x) { x["hf_repo"] = "https://example.org/a/b"; }), Contains("bad_id hf_repo"));
}

// Models

TEST_CASE("check: heads, layers and experts of a model agree") {
  CHECK(problems(model(), [](Json&) {}).empty());
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["num_key_value_heads"] = 3; }),
             Contains("inconsistent config.num_key_value_heads"));
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["num_global_key_value_heads"] = 5; }),
             Contains("inconsistent config.num_global_key_value_heads"));
  CHECK_THAT(
      problems(model(),
               [](Json& x) { x["config"]["layer_types"] = Json(std::vector<std::string>(99, "full_attention")); }),
      Contains("config.layer_types"));
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["hybrid_pattern"] = "M-M"; }),
             Contains("config.hybrid_pattern"));
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["layer_types"] = {"conv"}; }), Contains("config.layer_types"));
  CHECK_THAT(problems(model(), [](Json& x) { x["config"]["layer_types"] = {"sliding_attention"}; }),
             Contains("config.sliding_window"));
  CHECK_THAT(problems(model(),
                      [](Json& x) {
                        x["config"]["shortconv"] = {{"kernel", 3}};
                      }),
             Contains("inconsistent config.shortconv"));
  CHECK_THAT(problems(preset("models/olmoe-1b-7b.json"), [](Json& x) { x["config"]["moe"]["experts_per_token"] = 65; }),
             Contains("config.moe.experts_per_token"));
  CHECK_THAT(problems(preset("models/olmoe-1b-7b.json"), [](Json& x) { x["config"]["moe"]["first_k_dense"] = 99; }),
             Contains("config.moe.first_k_dense"));
}

TEST_CASE("check: counts of parameters agree with each other and with what was published") {
  const auto counts = [](const Change& change) {
    return problems(model(), [&](Json& x) {
      x["parameters"] = {{"published", 10},    {"scope", "text"},     {"source", "card"},
                         {"counted_text", 10}, {"counted_total", 12}, {"decode_read", 9}};
      x["counted_detail"] = {{"text", 10},     {"decode_read", 9}, {"vision", 1},
                             {"projector", 1}, {"audio", 0},       {"total", 12}};
      x.erase("note");
      change(x);
    });
  };
  CHECK(counts([](Json&) {}).empty());
  CHECK_THAT(counts([](Json& x) { x["parameters"]["decode_read"] = 11; }),
             Contains("inconsistent parameters.decode_read"));
  CHECK_THAT(counts([](Json& x) { x["parameters"]["counted_text"] = 13; }),
             Contains("inconsistent parameters.counted_text"));
  CHECK_THAT(counts([](Json& x) { x["counted_detail"]["projector"] = 0; }),
             Contains("inconsistent counted_detail.total"));
  CHECK_THAT(counts([](Json& x) { x["counted_detail"]["decode_read"] = 8; }),
             Contains("inconsistent counted_detail.decode_read"));
  CHECK_THAT(counts([](Json& x) { x["parameters"].erase("scope"); }), Contains("source parameters.published"));
  CHECK_THAT(counts([](Json& x) { x["parameters"].erase("source"); }), Contains("source parameters.published"));
  CHECK_THAT(counts([](Json& x) { x["parameters"]["published"] = 9.8; }),
             Contains("inconsistent parameters.published"));
  CHECK_THAT(counts([](Json& x) { x["parameters"]["scope"] = "total"; }),
             Contains("inconsistent parameters.published"));
  CHECK(counts([](Json& x) {
          x["parameters"]["published"] = 9.8;
          x["note"] = "the published count leaves out the embedding";
        }).empty());
}

// Devices

TEST_CASE("check: bandwidths of a memory") {
  CHECK(problems(device(), [](Json&) {}).empty());
  const auto peak = [](double ratio) {
    return problems(device(), [&](Json& x) {
      x["memory"]["peak_bandwidth_gb_s"] = x["memory"]["peak_bandwidth_gb_s"].get<double>() * ratio;
    });
  };
  CHECK(peak(1.02).empty());
  CHECK(peak(0.98).empty());
  CHECK_THAT(peak(1.04), Contains("physics memory.peak_bandwidth_gb_s: is above what the bus carries"));
  CHECK_THAT(peak(0.96), Contains("physics memory.peak_bandwidth_gb_s: is below what the bus carries"));

  const auto rate = [](
                        double ratio, const Change& more = [](Json&) {}) {
    return problems(device(), [&](Json& x) {
      Json& m = x["memory"]["measured"][0];
      m["bandwidth_gb_s"] = x["memory"]["peak_bandwidth_gb_s"].get<double>() * ratio;
      more(x);
    });
  };
  CHECK(rate(1.02).empty());
  CHECK_THAT(rate(1.04), Contains("physics memory.measured[0].bandwidth_gb_s") && Contains("above the memory's peak"));
  CHECK_THAT(rate(1.04, [](Json& x) { x["memory"]["measured"][0]["inference"] = true; }),
             Contains("physics memory.measured[0]"));
  CHECK(rate(2, [](Json& x) { x["memory"]["measured"][0]["proxy_device"] = "the bigger board"; }).empty());
  CHECK(rate(2, [](Json& x) { x["memory"]["measured"][0]["agent"] = "host-link"; }).empty());
  const Change assumed = [](Json& x) {
    x["confidence"]["memory"] = "assumed";
    x["unsure"] = true;
  };
  CHECK(rate(1.9, assumed).empty());
  CHECK_THAT(rate(2.1, assumed), Contains("physics memory.measured[0]"));
}

TEST_CASE("check: power") {
  const auto power = [](const char* text) { return problems(device(), [&](Json& x) { x["power"] = parsed(text); }); };
  CHECK(power(R"({"idle_w": 3, "load_w": 3})").empty());
  CHECK_THAT(power(R"({"idle_w": 5, "load_w": 3})"), Contains("physics power.idle_w"));
  CHECK(power(R"({"modes": [{"id": "a", "name": "A", "confidence": "read", "cpu_cores_online": 4}]})").empty());
  CHECK_THAT(
      power(
          R"({"modes": [{"id": "a", "name": "A", "confidence": "read"}, {"id": "a", "name": "B", "confidence": "read"}]})"),
      Contains("duplicate power.modes[1].id"));
  CHECK_THAT(power(R"({"modes": [{"id": "a", "name": "A", "confidence": "read", "memory_bandwidth_gb_s": 30}]})"),
             Contains("physics power.modes[0].memory_bandwidth_gb_s"));
  CHECK_THAT(power(R"({"modes": [{"id": "a", "name": "A", "confidence": "read", "cpu_cores_online": 6}]})"),
             Contains("physics power.modes[0].cpu_cores_online"));
  CHECK_THAT(
      power(
          R"({"measured": [{"state": "idle", "watts": 3, "scope": "wall", "source": "s"}, {"state": "cpu_load", "watts": 2, "scope": "wall", "source": "s"}]})"),
      Contains("physics power.measured[1]"));
  CHECK(
      power(
          R"({"measured": [{"state": "idle", "watts": 3, "scope": "wall", "source": "s"}, {"state": "cpu_load", "watts": 2, "scope": "soc", "source": "s"}]})")
          .empty());
}

TEST_CASE("absurd numbers are refused before anything is computed with them") {
  for (const double x : {5e-324, 1e-320, 1e-300, 1e-10, 1e16, 1e308}) {
    INFO(x);
    Json d = device();
    d["price_usd"] = x;
    Catalog catalog;
    CHECK_FALSE(add_preset(catalog, d.dump()));
    d = device();
    d["cpu"]["peak"]["fp32_gflops"] = x;
    CHECK_FALSE(add_preset(catalog, d.dump()));
  }
  // Idle above all that the device is known to draw.
  Json d = device();
  d["power"] = {{"idle_w", 5}, {"tdp_w", 0.5}};
  CHECK_THAT(listed(check(d.dump(), shipped())), Contains("physics power.idle_w"));
  d["power"] = {{"idle_w", 5},
                {"tdp_w", 9},
                {"modes", {{{"id", "low"}, {"name", "low"}, {"budget_w", 1}, {"confidence", "read"}}}}};
  CHECK_THAT(listed(check(d.dump(), shipped())), Contains("physics power.modes[0].budget_w"));
}

TEST_CASE("documents of very many keys, names or values are refused in seconds") {
  const auto many = [](const std::string& head, const std::string& tail, const auto& one) {
    std::string out = head;
    for (int i = 0; i < 200000; ++i) out += (i == 0 ? "" : ",") + one(i);
    return out + tail;
  };
  const auto key = [](int i) { return "\"k" + std::to_string(i) + "\":1"; };
  const auto text = [](int i) { return "\"t" + std::to_string(i) + "\""; };
  const std::string head = device().dump().substr(0, device().dump().size() - 1) + ",";
  const std::string documents[] = {
      many("{", "}", key),
      many(head, "}", key),
      many(head + "\"extra\":{", "}}", key),
      many(head + "\"k7\":2,", "}", key),
      many(head + "\"tags\":[", "]}", text),
      many("{\"type\":\"device\",\"format_version\":1,\"aliases\":[", "]}", text),
      many("{\"type\":\"formats\",\"format_version\":1,\"formats\":[", "]}", [](int) { return std::string("{}"); })};
  for (const std::string& document : documents) {
    INFO(document.substr(0, 200));
    const auto begin = std::chrono::steady_clock::now();
    Catalog catalog;
    const auto added = add_preset(catalog, document);
    REQUIRE_FALSE(added);
    CHECK(added.errors().size() <= 100);
    const auto problems_found = check(document, shipped());
    CHECK_FALSE(problems_found.empty());
    CHECK(problems_found.size() <= 100);
    CHECK_FALSE(canonical_preset(document));
    // What grows with the square of them takes hours.
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(60));
  }
  CHECK_THAT(listed(check(documents[3], shipped())), Contains("duplicate_key k7"));
}

TEST_CASE("check: processors") {
  CHECK_THAT(problems(device(), [](Json& x) { x.erase("cpu"), x.erase("gpu"); }), Contains("inconsistent cpu"));
  CHECK_THAT(problems(device(), [](Json& x) { x["cpu"]["threads"] = 2; }), Contains("inconsistent cpu.threads"));
  CHECK_THAT(problems(device(), [](Json& x) { x["cpu"]["clusters"][0]["clock_ghz"] = 8; }),
             Contains("physics cpu.clusters[0].clock_ghz"));
  CHECK_THAT(problems(device(), [](Json& x) { x["cpu"]["clusters"][0]["clock_ghz"] = 0.2; }),
             Contains("physics cpu.clusters[0].clock_ghz"));
  CHECK_THAT(problems(device(), [](Json& x) { x["gpu"]["clock_mhz"] = 1.8; }), Contains("physics gpu.clock_mhz"));
  const Json card = preset("devices/a10-24gb.json");
  CHECK(problems(card, [](Json&) {}).empty());
  CHECK_THAT(problems(card, [](Json& x) { x["gpu"]["fp32_tflops"] = 2 * x["gpu"]["fp32_tflops"].get<double>(); }),
             Contains("physics gpu.fp32_tflops"));
}

TEST_CASE("check: unsure is set where memory, or every processor, is assumed") {
  CHECK_THAT(problems(device(), [](Json& x) { x["unsure"] = true; }), Contains("inconsistent unsure"));
  CHECK_THAT(problems(device(), [](Json& x) { x["confidence"]["memory"] = "assumed"; }),
             Contains("inconsistent unsure"));
  CHECK_THAT(problems(device(),
                      [](Json& x) {
                        x["confidence"] = {{"memory", "read"}, {"cpu", "assumed"}};
                      }),
             Contains("inconsistent unsure"));
  CHECK(problems(device(), [](Json& x) {
          x["confidence"] = {{"memory", "read"}, {"cpu", "assumed"}};
          x["unsure"] = true;
        }).empty());
}

TEST_CASE("check: what was measured on a board is possible") {
  CHECK(problems(measured(), [](Json&) {}).empty());
  const auto sample = [](std::size_t i, const char* key, const Json& value) {
    return problems(measured(), [&](Json& x) { x["calibrations"][0]["samples"][i][key] = value; });
  };
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["parameters"]["bandwidth_share"] = 1.9; }),
             Contains("physics calibrations[0].parameters.bandwidth_share"));
  CHECK_THAT(sample(0, "values", {1.9e10}), Contains("physics calibrations[0].samples[0].values"));
  CHECK_THAT(sample(1, "values", {4e10}), Contains("physics calibrations[0].samples[1].values"));
  CHECK_THAT(sample(1, "format", "Q9"), Contains("unknown_format calibrations[0].samples[1].format"));
  CHECK_THAT(sample(0, "values", {1e10, -1e10}), Contains("not above 0"));
  CHECK_THAT(sample(3, "values", {2}), Contains("physics calibrations[0].samples[3]"));
  CHECK_THAT(sample(4, "value", 40), Contains("physics calibrations[0].samples[4].value"));
  CHECK_THAT(sample(5, "value", 0.1), Contains("physics calibrations[0].samples[5].value"));
  CHECK_THAT(sample(6, "value", 1), Contains("physics calibrations[0].samples[6].value"));
  CHECK_THAT(sample(4, "engine", "fast"), Contains("inconsistent calibrations[0].samples[4].engine"));
  CHECK_THAT(sample(4, "engine", "gpt-9 Q4_0, 4 threads: decode_tok_s"),
             Contains("reference calibrations[0].samples[4].engine"));
  CHECK_THAT(sample(4, "engine", "llama-3.2-1b awq-int8, 4 threads: decode_tok_s"),
             Contains("reference calibrations[0].samples[4].engine"));
}

// References

TEST_CASE("check: names that presets give each other") {
  CHECK_THAT(problems(device(), [](Json& x) { x["class"] = "toaster"; }), Contains("reference class"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["runtime"] = "llama.cpp-cup"; }),
             Contains("reference calibrations[0].runtime"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["power_mode"] = "15w"; }),
             Contains("reference calibrations[0].power_mode"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"].push_back(x["calibrations"][0]); }),
             Contains("duplicate calibrations[1]"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["parameters"]["decode_cost"]["Q9"] = 4; }),
             Contains("unknown_format"));
  CHECK_THAT(problems(measured(), [](Json& x) { x["calibrations"][0]["parameters"]["decode_rate_share"] = 2.01; }),
             Contains("out_of_range"));
  // A catalog that holds some presets only says nothing of the others.
  CHECK(problems(measured(),
                 [](Json& x) {
                   x["class"] = "toaster";
                   x["calibrations"][0]["runtime"] = "mine";
                 },
                 {.partial = true})
            .empty());

  const Json runtime = preset("runtimes/llama.cpp-cuda.json");
  CHECK(problems(runtime, [](Json&) {}).empty());
  CHECK_THAT(problems(runtime, [](Json& x) { x["default_quantization"] = "Q9"; }),
             Contains("reference default_quantization"));
  CHECK_THAT(problems(runtime, [](Json& x) { x["default_quantization"] = "awq-int8"; }),
             Contains("reference default_quantization"));
  CHECK_THAT(problems(runtime, [](Json& x) { x["quantizations"].push_back("gtpq"); }),
             Contains("reference quantizations["));
  CHECK_THAT(problems(runtime, [](Json& x) { x["default_kv_format"] = "f61"; }),
             Contains("unknown_format default_kv_format"));
  CHECK_THAT(problems(runtime, [](Json& x) { x["kv_formats"].push_back("f61"); }),
             Contains("unknown_format kv_formats["));
  CHECK_THAT(problems(runtime, [](Json& x) { x["processor_classes"].push_back("ampre"); }),
             Contains("reference processor_classes["));
  CHECK_THAT(
      problems(runtime, [](Json& x) { x["rank_on"] = parsed(R"([{"rank": 1, "processor_classes": ["ampre"]}])"); }),
      Contains("reference rank_on[0].processor_classes[0]"));
  CHECK_THAT(problems(runtime, [](Json& x) { x["memory"]["tied_output_repacked_on"] = parsed(R"(["ampre"])"); }),
             Contains("reference memory.tied_output_repacked_on[0]"));

  const Json fitted = preset("calibrations/llama.cpp-cpu.json");
  CHECK_THAT(problems(fitted, [](Json& x) { x["runtime"] = "other"; }),
             Contains("name runtime") && Contains("reference runtime"));
  CHECK_THAT(problems(fitted, [](Json& x) { x["devices"][0]["devices"][0] = "toaster"; }),
             Contains("reference devices[0].devices[0]"));
  CHECK_THAT(problems(fitted, [](Json& x) { x["devices"][0]["power_mode"] = "30w"; }),
             Contains("reference devices[0].power_mode"));
  CHECK_THAT(problems(fitted, [](Json& x) { x["devices"].push_back(x["devices"][0]); }),
             Contains("duplicate devices["));
  CHECK_THAT(problems(fitted, [](Json& x) { x["classes"][0]["processor_class"] = "arm-elbow"; }),
             Contains("reference classes[0].processor_class"));
  CHECK_THAT(problems(fitted, [](Json& x) { x["classes"].push_back(x["classes"][0]); }),
             Contains("duplicate classes["));
  CHECK_THAT(problems(fitted, [](Json& x) { x["defaults"]["decode_cost"]["Q9"] = 1; }),
             Contains("unknown_format defaults.decode_cost.Q9"));

  const Json intervals = preset("calibrations/intervals.json");
  CHECK_THAT(problems(intervals, [](Json& x) { x["intervals"][0]["family"] = "llama.ccp"; }),
             Contains("reference intervals[0].family"));
  CHECK_THAT(problems(intervals, [](Json& x) { x["intervals"].push_back(x["intervals"][0]); }),
             Contains("duplicate intervals["));
  CHECK_THAT(problems(intervals, [](Json& x) { x["intervals"][0]["low"] = 1.01; }),
             Contains("out_of_range intervals[0].low"));
  CHECK_THAT(problems(intervals, [](Json& x) { x["intervals"][0]["high"] = 0.99; }),
             Contains("out_of_range intervals[0].high"));
}

TEST_CASE("check: recipes and formats") {
  const Json recipes = preset("quantizations/gguf.json");
  const auto rule = [&](const char* text) {
    return problems(recipes, [&](Json& x) { x["recipes"][0]["rules"] = Json::array({parsed(text)}); });
  };
  CHECK(
      rule(
          R"({"tensors": ["ffn_down"], "layers": "first", "layer_argument": 2, "min_gqa": 4, "max_gqa": 8, "format": "F16"})")
          .empty());
  CHECK_THAT(rule(R"({"tensors": [], "format": "F16"})"), Contains("void recipes[0].rules[0].tensors"));
  CHECK_THAT(rule(R"({"tensors": ["ffn_dwon"], "format": "F16"})"),
             Contains("unknown_word recipes[0].rules[0].tensors"));
  CHECK_THAT(rule(R"({"tensors": ["ffn_down"], "layers": "first_fraction", "format": "F16"})"),
             Contains("missing recipes[0].rules[0].layer_argument"));
  CHECK_THAT(rule(R"({"tensors": ["ffn_down"], "layers": "use_more_bits", "layer_argument": 8, "format": "F16"})"),
             Contains("inconsistent recipes[0].rules[0].layer_argument"));
  CHECK_THAT(rule(R"({"tensors": ["attn_v"], "min_gqa": 4, "max_gqa": 4, "format": "F16"})"),
             Contains("inconsistent recipes[0].rules[0].min_gqa"));
  CHECK_THAT(rule(R"({"tensors": ["attn_v"], "min_experts": 9, "experts": 8, "format": "F16"})"),
             Contains("inconsistent recipes[0].rules[0].min_experts"));
  CHECK_THAT(rule(R"({"tensors": ["attn_v"], "format": "Q9"})"), Contains("unknown_format recipes[0].rules[0].format"));
  CHECK_THAT(problems(recipes, [](Json& x) { x["recipes"][0]["tower"] = "Q9"; }),
             Contains("unknown_format recipes[0].tower"));
  CHECK_THAT(problems(recipes, [](Json& x) { x["recipes"][0]["id"] = "Q4 K M"; }), Contains("bad_id recipes[0].id"));
  CHECK_THAT(problems(recipes, [](Json& x) { x["recipes"].push_back(x["recipes"][0]); }),
             Contains("duplicate recipes["));
  CHECK_THAT(problems(recipes, [](Json& x) { x["recipes"][0]["id"] = "awq-int8"; }), Contains("name recipes[0].id"));
  CHECK_THAT(problems(recipes,
                      [](Json& x) {
                        x.erase("sources");
                        x["recipes"][0].erase("source");
                      }),
             Contains("source recipes[0]"));

  const Json formats = preset("quantizations/formats.json");
  CHECK(problems(formats, [](Json&) {}).empty());
  CHECK_THAT(problems(formats, [](Json& x) { x["formats"][0]["block_bytes"] = 8; }),
             Contains("physics formats[0].block_bytes"));
  CHECK_THAT(problems(formats, [](Json& x) { x["formats"][0]["fallback"] = "Q9"; }),
             Contains("unknown_format formats"));
  CHECK_THAT(problems(formats, [](Json& x) { x["formats"].push_back(x["formats"][0]); }),
             Contains("duplicate formats["));

  CHECK_THAT(problems(preset("device-classes.json"), [](Json& x) { x["classes"].push_back(x["classes"][0]); }),
             Contains("duplicate classes["));
}

TEST_CASE("check: a name is of one preset") {
  CHECK_THAT(problems(device(), [](Json& x) { x["aliases"] = {"a10-24gb"}; }), Contains("name aliases[0]"));
  CHECK_THAT(problems(model(), [](Json& x) { x["aliases"] = {"gemma-3-1b"}; }), Contains("name aliases[0]"));
  auto files = folder();
  Json twin = device();
  twin["id"] = "twin";
  twin["name"] = "Twin";
  twin["aliases"] = {"my board"};
  file(files, "devices/twin.json").text = canonical_text(twin);
  CHECK_THAT(listed(check_folder(files)), !Contains("my board"));
  Json other = device();
  other["aliases"] = {"My-Board"};
  file(files, "devices/raspberry-pi-5-8gb.json").text = canonical_preset(other.dump()).operator*();
  CHECK_THAT(listed(check_folder(files)), Contains("\"my board\" names raspberry-pi-5-8gb already"));
}

// Folders, form, tables

TEST_CASE("a folder: names of files, and what belongs where") {
  CHECK(listed(check_folder(folder())).empty());
  auto files = folder();
  file(files, "devices/Pi5.json").text = device().dump(2) + "\n";
  file(files, "models/raspberry-pi-5-8gb.json").text = device().dump(2) + "\n";
  const std::string found = listed(check_folder(files));
  CHECK_THAT(found, Contains("devices/Pi5.json: name id"));
  CHECK_THAT(found, Contains("models/raspberry-pi-5-8gb.json: name type"));
  CHECK(is_preset_file("devices/x.json"));
  CHECK(is_preset_file("device-classes.json"));
  CHECK(is_preset_file("measurements/published.csv"));
  for (const char* other : {"accuracy.json", "schema/device.schema.json", "devices/x.txt", "companion/devices/x.json"})
    CHECK_FALSE(is_preset_file(other));
}

TEST_CASE("presets are written in one form") {
  auto files = folder();
  std::string& text = file(files, "devices/raspberry-pi-5-8gb.json").text;
  const std::string wanted = text;
  Json shuffled = Json::object();
  const Json d = device();
  std::vector<std::string> keys;
  for (const auto& [key, value] : d.items()) keys.insert(keys.begin(), key);
  for (const std::string& key : keys) shuffled[key] = d[key];
  for (const std::string& other : {shuffled.dump(), wanted + "\n", wanted.substr(0, wanted.size() - 1), d.dump(4)}) {
    text = other;
    CHECK_THAT(listed(check_folder(files)), Contains("devices/raspberry-pi-5-8gb.json: canonical"));
    CHECK(*canonical_preset(other) == wanted);
  }
  // A preset that says something wrong has no canonical form: nothing of it is lost.
  CHECK_FALSE(canonical_preset(replaced(wanted, "\"soc\"", "\"sox\"")));
  CHECK_FALSE(
      canonical_preset(replaced(wanted, "\"format_version\": 1,", "\"format_version\": 2, \"format_version\": 1,")));

  Json with = measured();
  const std::string once = *canonical_preset(with.dump());
  CHECK(*canonical_preset(once) == once);
  const Json calibration = parsed(once)["calibrations"][0];
  std::string order;
  for (const auto& [key, value] : calibration.items()) order += key + " ";
  CHECK(order == "runtime origin configurations parameters samples tool date ");
}

TEST_CASE("canonical text: lists on a line of 110 columns, numbers at their shortest") {
  CHECK(canonical_text(parsed(R"({"a": [], "b": {}, "c": [1, "x", null, true]})")) ==
        "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [1, \"x\", null, true]\n}\n");
  const auto lines = [](std::size_t n) {
    const std::string text = canonical_text({{"a", std::vector<int>(n, 1)}});
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines(34) == 3);
  CHECK(lines(35) == 39);
  for (const auto& [x, text] : {std::pair(1.0, "1"),
                                {2.697e-6, "0.000002697"},
                                {1e-7, "1e-7"},
                                {0.1 + 0.2, "0.30000000000000004"},
                                {1e21, "1e+21"},
                                {123456789012.0, "123456789012"},
                                {-1.5, "-1.5"},
                                {5e-324, "5e-324"},
                                {1.7976931348623157e308, "1.7976931348623157e+308"}})
    CHECK(number_text(x) == text);
}

namespace {

/// Head and line of a table with one row.
std::pair<std::string, std::string> joined(const std::vector<std::pair<std::string, std::string>>& row) {
  std::string head, line;
  for (const auto& [column, text] : row) {
    head += column + ",";
    line += text + ",";
  }
  return {head.substr(0, head.size() - 1), line.substr(0, line.size() - 1)};
}

/// A row of published.csv with some columns changed.
std::string measurements(std::initializer_list<std::pair<const char*, const char*>> changes, bool twice = false) {
  std::vector<std::pair<std::string, std::string>> row = {{"id", "m1"},
                                                          {"source", "a blog"},
                                                          {"url", "https://example.org"},
                                                          {"trust", "A"},
                                                          {"device", "jetson-orin-nano-super-8gb"},
                                                          {"power_mode", "15w"},
                                                          {"runtime", "llama.cpp-cuda"},
                                                          {"runtime_version", ""},
                                                          {"model", "llama-3.2-1b"},
                                                          {"quant", "Q4_0"},
                                                          {"kv_quant", ""},
                                                          {"batch", "1"},
                                                          {"threads", ""},
                                                          {"prompt", "512"},
                                                          {"generate", "0"},
                                                          {"depth", "0"},
                                                          {"flash_attention", ""},
                                                          {"metric", "prefill_tok_s"},
                                                          {"value", "99.5"},
                                                          {"unit", "tok/s"},
                                                          {"model_size_gib", ""},
                                                          {"note", ""},
                                                          {"scope", ""},
                                                          {"micro_batch", ""},
                                                          {"exclude", ""}};
  for (const auto& [key, value] : changes)
    for (auto& [column, text] : row)
      if (column == key) text = value;
  const auto [head, line] = joined(row);
  return listed(check_measurements(head + "\n" + line + "\n" + (twice ? line + "\n" : ""), shipped()));
}

std::string score(std::initializer_list<std::pair<const char*, const char*>> changes) {
  std::vector<std::pair<std::string, std::string>> row = {
      {"id", "q1"},      {"model", "tiny"},     {"variant", ""},   {"quant", "Q4_K_M"},
      {"method", ""},    {"benchmark", "MMLU"}, {"metric", "acc"}, {"shots", ""},
      {"value", "63.2"}, {"stderr", ""},        {"harness", ""},   {"source_url", "https://example.org"},
      {"note", ""}};
  for (const auto& [key, value] : changes)
    for (auto& [column, text] : row)
      if (column == key) text = value;
  const auto [head, line] = joined(row);
  return listed(check_quality(head + "\n" + line + "\n", {}));
}

}  // namespace

TEST_CASE("rows of measurements") {
  CHECK(measurements({}).empty());
  CHECK(measurements({{"metric", "total_latency_ms"}, {"unit", "ms"}}).empty());
  CHECK(measurements({{"metric", "compute_buffer_mib"}, {"value", "0"}, {"unit", "MiB"}}).empty());
  CHECK(measurements({{"power_mode", ""}, {"device", ""}, {"model", ""}}).empty());
  CHECK(measurements({{"power_mode", ""}, {"device", "other"}, {"exclude", "no preset for the device"}}).empty());
  CHECK(measurements({{"trust", "D"}, {"exclude", "trust D: unrepresentative"}}).empty());
  CHECK(measurements({{"metric", "power_w"}, {"unit", "W"}, {"scope", "wall"}}).empty());
  CHECK(measurements({{"metric", "compute_buffer_mib"}, {"unit", "MiB"}, {"scope", "host"}, {"micro_batch", "1024"}})
            .empty());
  CHECK_THAT(measurements({{"metric", "peak_mem_mib"}, {"unit", "MiB"}, {"scope", "wall"}}),
             Contains("unknown_word m1.scope") && Contains("must be host"));
  CHECK_THAT(measurements({{"metric", "power_w"}, {"unit", "W"}, {"scope", "host"}}),
             Contains("unknown_word m1.scope"));
  for (const auto& [column, value, words] : {std::tuple("value", "0", "out_of_range m1.value"),
                                             {"value", "", "out_of_range m1.value"},
                                             {"value", "fast", "out_of_range m1.value"},
                                             {"unit", "tok", "unknown_word m1.unit"},
                                             {"metric", "speed", "unknown_word m1.metric"},
                                             {"trust", "E", "unknown_word m1.trust"},
                                             {"url", "", "missing m1.url"},
                                             {"depth", "4k", "not_whole m1.depth"},
                                             {"micro_batch", "0.5k", "not_whole m1.micro_batch"},
                                             {"scope", "wall", "inconsistent m1.scope"},
                                             {"device", "other", "reference m1.device"},
                                             {"model", "other", "reference m1.model"},
                                             {"runtime", "other", "reference m1.runtime"},
                                             {"power_mode", "30w", "reference m1.power_mode"},
                                             {"trust", "D", "inconsistent m1.exclude"},
                                             {"note", "20 runs; SUSPECT: too fast", "inconsistent m1.exclude"},
                                             {"note", "LIKELY CPU FALLBACK", "inconsistent m1.exclude"},
                                             {"id", "", "missing row 1"}}) {
    INFO(column << " " << value);
    CHECK_THAT(measurements({{column, value}}), Contains(words));
  }
  CHECK_THAT(measurements({{"model", "other"}, {"exclude", "trust D: unrepresentative"}}),
             Contains("reference m1.model"));
  CHECK_THAT(measurements({}, true), Contains("duplicate m1.id"));
  CHECK_THAT(listed(check_measurements("value,id\n1,a\n", shipped())),
             Contains("unknown_key") && Contains("the header is value,id"));
  CHECK_THAT(listed(check_measurements("id\r\na\r\n", shipped())), Contains("canonical") && Contains("CR"));
}

TEST_CASE("rows of scores") {
  CHECK(score({}).empty());
  CHECK(score({{"metric", "mean_delta_p_pct"}, {"value", "-0.4"}, {"stderr", "0.02"}}).empty());
  CHECK_THAT(score({{"value", ""}}), Contains("wrong_type q1.value"));
  CHECK_THAT(score({{"value", "632"}}), Contains("out_of_range q1.value"));
  CHECK_THAT(score({{"quant", ""}}), Contains("missing q1.quant"));
  CHECK_THAT(score({{"stderr", "+-2"}}), Contains("wrong_type q1.stderr"));
  // A row whose cells have moved, as where a quotation mark is lost.
  CHECK_THAT(score({{"benchmark", ""}, {"metric", "IFEval"}}),
             Contains("missing q1.benchmark") && Contains("unknown_word q1.metric"));
  CHECK_THAT(score({{"benchmark", "acc"}}), Contains("unknown_word q1.benchmark"));
  CHECK_THAT(score({{"variant", "\"instruct, thinking\""}}),
             Contains("bad_id q1.variant") && Contains("unknown_word q1.variant"));
  CHECK(score({{"variant", "instruct-thinking"}}).empty());
  CHECK_THAT(score({{"metric", "ppl"}, {"value", "0.4"}}), Contains("out_of_range q1.value"));
  CHECK_THAT(score({{"metric", "kld_mean_vs_f16"}, {"value", "-1"}}), Contains("out_of_range q1.value"));
  const std::string head =
      "id,model,variant,quant,method,benchmark,metric,shots,value,stderr,harness,source_url,note\n";
  const auto against_all = [&](const std::string& rows) { return listed(check_quality(head + rows, shipped())); };
  CHECK(against_all("q1,llama-3.2-1b,base,Q4_K_M,,MMLU,acc,5,30,,,https://example.org,\n").empty());
  CHECK(against_all("q1,llama-3.2-1b,base,w3a16-g128,,MMLU,acc,5,30,,,https://example.org,\n").empty());
  CHECK_THAT(against_all("q1,nosuch,base, thinking,,MMLU,acc,5,30,,,https://example.org,\n"),
             Contains("reference q1.model") && Contains("reference q1.quant"));
  CHECK_THAT(against_all("q1,llama-3.2-1b,base,Q4_K_M,,MMLU,acc,5,30,,,https://example.org,\n"
                         "q2,llama-3.2-1b,base,Q4_K_M,,MMLU,acc,5,31,,,https://example.org,\n"),
             Contains("duplicate q2.value"));
}

// Prose

TEST_CASE("the examples of the prose are presets that keep every rule, and it names every field") {
  for (const char* name :
       {"model", "device", "runtime", "quantization", "calibration", "device-classes", "launchers", "speculation"}) {
    const std::string prose = read_file(source_path(std::string("presets/schema/") + name + ".md"));
    std::size_t examples = 0;
    for (auto begin = prose.find("```json\n"); begin != prose.npos; begin = prose.find("```json\n", begin)) {
      begin += 8;
      const std::string example = prose.substr(begin, prose.find("```", begin) - begin);
      INFO(example);
      const auto form = check_canonical(example);
      CHECK_FALSE(form);
      for (const Problem& p : check(example, shipped())) {
        INFO(p.rule << " " << p.path << ": " << p.message);
        CHECK(p.rule == "reference");  // the runtime of an example is none of ours
        CHECK(false);
      }
      ++examples;
    }
    CHECK(examples > 0);
    const std::function<void(const Json&)> named = [&](const Json& node) {
      if (node.is_object() && node.contains("properties") && node["properties"].is_object())
        for (const auto& [key, value] : node["properties"].items()) {
          INFO(name << ".md: " << key);
          CHECK(prose.find("`" + key + "`") != prose.npos);
        }
      if (node.is_structured())
        for (const Json& child : node) named(child);
    };
    named(parsed(read_file(source_path(std::string("presets/schema/") + name + ".schema.json"))));
  }
}
