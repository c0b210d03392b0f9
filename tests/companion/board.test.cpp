#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bundle.h"
#include "calibrate/board_fit.h"
#include "edgewise/answer.h"
#include "edgewise/benchmark.h"
#include "edgewise/measurement_columns.h"
#include "measure/machine.h"
#include "measure/power_log.h"
#include "measure/sensors.h"
#include "measure/workers.h"

using namespace edgewise;
namespace fs = std::filesystem;

namespace {

/// A folder that looks like the root of some machine.
class FakeRoot {
 public:
  FakeRoot()
      : path_(fs::temp_directory_path() /
              ("edgewise-root-" + std::to_string(::getpid()) + "-" + std::to_string(count_++))) {
    fs::create_directories(path_);
  }
  ~FakeRoot() { fs::remove_all(path_); }
  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  static inline int count_ = 0;
  fs::path path_;
};

Catalog bundled() {
  Catalog out;
  REQUIRE(add_presets(out, bundled_presets()).empty());
  return out;
}

TestRun run(const char* test, const char* format, int threads, double bytes, double value) {
  return {test, format, "fast", threads, bytes, {value, value, value}, {}};
}

/// A four-core board with rates that a Raspberry Pi 5 could have.
Measurement board() {
  Measurement m;
  m.date = "2026-01-31";
  m.tool = "edgewise test";
  m.machine.board = "Example Board";
  m.machine.device_class = "sbc";
  m.machine.memory_B = 7.8 * 1073741824.0;
  m.machine.groups.push_back({"Cortex-A76", {0, 1, 2, 3}, 4, 2.4e9, {"neon", "fp16", "dotprod"}});
  m.runs = {run("read", "", 4, 256e6, 12e9),
            run("read", "", 1, 256e6, 9e9),
            run("fma", "", 4, unknown, 150e9),
            run("int8", "", 4, unknown, 600e9),
            run("barrier", "", 4, unknown, 10e-6),
            run("between_products", "", 4, unknown, 252e-6),
            run("attention", "F16", 4, 4e6, 3e9),
            run("attention", "F16", 4, 8e6, 12e9),
            run("attention_many", "F16", 4, 1e6, 25e9),
            run("attention_streamed", "F16", 4, 256e6, 3e9)};
  double rate = 20e9;
  for (const auto& [format, bytes] : {std::pair{"F16", 2.0},
                                      {"Q8_0", 34 / 32.0},
                                      {"Q4_0", 18 / 32.0},
                                      {"Q4_K", 144 / 256.0},
                                      {"Q6_K", 210 / 256.0}}) {
    m.runs.push_back(run("dot", format, 4, 5e5, rate));
    m.runs.push_back(run("dot_many", format, 4, 5e5, 2 * rate));
    m.runs.push_back(run("dot_streamed", format, 4, 256e6, 1 / std::sqrt(bytes * bytes / 100e18 + 1 / (rate * rate))));
    rate *= 0.9;
  }
  m.power = {{"idle", "meter", "wall", {3.0, 3.1, 2.9}},
             {"decode", "meter", "wall", {8.0}},
             {"prefill", "meter", "wall", {9.0}}};
  return m;
}

}  // namespace

TEST_CASE("a machine that says nothing is described as such") {
  const FakeRoot root;
  const Machine m = probe_machine(root.path());
  CHECK(m.board.empty());
  CHECK(m.unknown_because.count("board") == 1);
  CHECK(m.unknown_because.count("memory.size") == 1);
  REQUIRE(m.groups.size() == 1);
  CHECK(find_power_sensors(root.path()).empty());
  const Conditions c = probe_conditions(root.path());
  CHECK(c.temperatures_c.empty());
  CHECK(to_json(m)["board"].is_null());
}

TEST_CASE("a board with a device tree, cpufreq and a thermal zone") {
  const FakeRoot root;
  root.write("proc/device-tree/model", std::string("Raspberry Pi 5 Model B Rev 1.0\0", 31));
  root.write("proc/device-tree/compatible", std::string("raspberrypi,5-model-b\0brcm,bcm2712\0", 35));
  root.write("proc/device-tree/serial-number", "10000000deadbeef");
  root.write("proc/meminfo", "MemTotal:        8245696 kB\nMemAvailable:    7000000 kB\n");
  root.write("proc/loadavg", "0.25 0.1 0.1 1/200 999\n");
  root.write("proc/cpuinfo",
             "processor\t: 0\nFeatures\t: fp asimd fphp asimddp\nCPU implementer\t: 0x41\nCPU part\t: "
             "0xd0b\n\nSerial\t\t: 10000000deadbeef\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2400000\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1500000\n");
  root.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
  root.write("sys/class/thermal/thermal_zone0/temp", "51600\n");
  root.write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
  root.write("sys/block/mmcblk0/size", "124735488\n");
  root.write("sys/block/mmcblk0/device/type", "SD\n");
  const Machine m = probe_machine(root.path());
  CHECK(m.board == "Raspberry Pi 5 Model B Rev 1.0");
  CHECK(m.soc == "brcm,bcm2712");
  CHECK(m.device_class == "sbc");
  REQUIRE(m.groups.size() == 1);
  CHECK(m.groups[0].microarchitecture == "Cortex-A76");
  CHECK(m.groups[0].max_hz == 2.4e9);
  CHECK(m.groups[0].isa == std::vector<std::string>{"neon", "fp16", "dotprod"});
  REQUIRE(m.disks.size() == 1);
  CHECK(m.disks[0].kind == "sd");
  const Conditions c = probe_conditions(root.path());
  CHECK(c.governor == "ondemand");
  CHECK(c.clock_hz == 1.5e9);
  CHECK(c.hottest_c() == Approx(51.6));
  CHECK(c.load == 0.25);
  CHECK(to_json(m).dump().find("deadbeef") == std::string::npos);
}

TEST_CASE(
    "power sensors: one rail that feeds the others is the module, the others are rails and never summed with it") {
  const FakeRoot root;
  root.write("sys/class/hwmon/hwmon0/name", "ina3221\n");
  root.write("sys/class/hwmon/hwmon0/in1_label", "VDD_IN\n");
  root.write("sys/class/hwmon/hwmon0/in1_input", "5000\n");
  root.write("sys/class/hwmon/hwmon0/curr1_input", "1500\n");
  root.write("sys/class/hwmon/hwmon0/in2_label", "VDD_SOC\n");
  root.write("sys/class/hwmon/hwmon0/in2_input", "5000\n");
  root.write("sys/class/hwmon/hwmon0/curr2_input", "500\n");
  // A shunt's voltage and the sum of the currents: no channel.
  root.write("sys/class/hwmon/hwmon0/in4_input", "7\n");
  root.write("sys/class/hwmon/hwmon0/curr4_input", "2000\n");
  root.write("sys/class/hwmon/hwmon1/name", "cpu_thermal\n");
  root.write("sys/class/hwmon/hwmon1/temp1_input", "40000\n");
  root.write("sys/class/hwmon/hwmon2/name", "fpga\n");
  root.write("sys/class/hwmon/hwmon2/power1_input", "2000000\n");
  root.write("sys/class/hwmon/hwmon2/power2_input", "1000000\n");
  root.write("sys/class/power_supply/BAT0/type", "Battery\n");
  root.write("sys/class/power_supply/BAT0/status", "Charging\n");
  auto sensors = find_power_sensors(root.path());
  REQUIRE(sensors.size() == 4);
  CHECK(sensors[0].name == "ina3221 VDD_IN");
  CHECK(sensors[0].scope == Scope::module);
  CHECK(sensors[0].watts() == Approx(7.5));
  CHECK(sensors[1].name == "battery");
  CHECK(sensors[2].name == "ina3221 VDD_SOC");
  CHECK(sensors[2].watts() == Approx(2.5));
  CHECK(sensors[3].name == "fpga");
  CHECK(sensors[3].watts() == Approx(3));
  for (std::size_t i = 1; i < 4; ++i) CHECK_FALSE(sensors[i].unusable.empty());
  CHECK(sensor_for(sensors, Processor::cpu) == &sensors[0]);
}

TEST_CASE("an energy counter gives power, also when it wraps; several packages are one; without a number it says so") {
  const FakeRoot root;
  const auto energy = [&](const char* zone, const char* uj) {
    root.write("sys/class/powercap/" + std::string(zone) + "/energy_uj", uj);
  };
  root.write("sys/class/powercap/intel-rapl:0/name", "package-0\n");
  root.write("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "1000000\n");
  energy("intel-rapl:0", "900000\n");
  root.write("sys/class/powercap/intel-rapl:0:0/name", "core\n");
  root.write("sys/class/powercap/intel-rapl-mmio:0/name", "package-0\n");
  energy("intel-rapl-mmio:0", "900000\n");
  auto one = find_power_sensors(root.path());
  REQUIRE(one.size() == 1);
  CHECK(one[0].name == "package-0");
  CHECK(one[0].scope == Scope::soc);
  CHECK_FALSE(is_known(one[0].watts()));
  energy("intel-rapl:0", "100000\n");
  CHECK(one[0].watts() > 0);
  // Back to the start with no range to wrap at: nobody knows how much went by.
  root.write("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "\n");
  auto reset = find_power_sensors(root.path());
  reset[0].watts();
  energy("intel-rapl:0", "50\n");
  CHECK_FALSE(is_known(reset[0].watts()));

  root.write("sys/class/powercap/intel-rapl:1/name", "package-1\n");
  auto two = find_power_sensors(root.path());
  REQUIRE(two.size() == 1);
  CHECK(two[0].name == "package-0 + package-1");
  CHECK(two[0].unusable == "its energy_uj gives no number");
  CHECK(sensor_for(two, Processor::cpu) == nullptr);
}

TEST_CASE("a card's sensor is for what runs on it, a rail's for nothing whole") {
  CHECK(sees(Scope::gpu, Processor::gpu));
  CHECK_FALSE(sees(Scope::gpu, Processor::cpu));
  for (const Processor p : {Processor::cpu, Processor::gpu, Processor::npu}) {
    CHECK_FALSE(sees(Scope::rail, p));
    CHECK_FALSE(sees(Scope::unstated, p));
    CHECK(sees(Scope::module, p));
  }
  std::vector<PowerSensor> sensors(3);
  sensors[0].scope = Scope::soc;
  sensors[1].scope = Scope::gpu;
  sensors[2].scope = Scope::rail;
  CHECK(sensor_for(sensors, Processor::cpu) == &sensors[0]);
  CHECK(sensor_for(sensors, Processor::gpu) == &sensors[1]);
}

TEST_CASE("a Raspberry Pi's power is the sum of volts times amperes of its rails") {
  const char* text =
      "   3V7_WL_SW_A current(0)=0.09760525A\n   3V3_SYS_A current(1)=0.05271100A\n   VDD_CORE_A current(7)=1.5A\n"
      "   3V7_WL_SW_V volt(8)=3.72A\n   3V3_SYS_V volt(9)=3.31V\n   VDD_CORE_V volt(15)=0.8V\n   EXT5V_V "
      "volt(24)=5.1V\n";
  CHECK(pmic_watts(text) == Approx(0.09760525 * 3.72 + 0.052711 * 3.31 + 1.2));
  CHECK_FALSE(is_known(pmic_watts("")));
  CHECK_FALSE(is_known(pmic_watts("3V3_SYS_A current(1)=0.05A\n")));
  CHECK_FALSE(is_known(pmic_watts("VCHI initialization failed\n")));
}

TEST_CASE("an outside meter's log is sorted into the phases") {
  const std::vector<PhaseWindow> windows = {{"idle", 100, 110}, {"decode", 110, 120}};
  const auto read = read_power_log("unix_s,watts\n99,50\n105,3\n110.2,9\n115,8\n116,8.2\n130,1\n", windows);
  REQUIRE(read);
  CHECK((*read)[0].watts == std::vector<double>{3});
  CHECK((*read)[1].watts == std::vector<double>{8, 8.2});
  CHECK_FALSE(read_power_log("unix_s,watts\n105,3\n", windows));
  CHECK_FALSE(read_power_log("time,power\n105,3\n", windows));
  CHECK_FALSE(read_power_log("unix_s,watts\n105,-3\n", windows));
  CHECK_FALSE(read_power_log("unix_s,watts\n105,many\n", windows));
}

TEST_CASE("what Apple's powermetrics printed is sorted into the phases, as text and as property lists") {
  // 2026-09-11T20:41:40Z
  const double t = 1789159300;
  const std::vector<PhaseWindow> windows = {{"idle", t, t + 10}, {"decode", t + 10, t + 20}};
  const auto sample = [](const char* time, const char* rest) {
    return "*** Sampled system activity (Fri Sep 11 " + std::string(time) +
           " 2026 -0700) (1002.90ms elapsed) ***\n\nCPU Power: 823 mW\n" + rest;
  };
  const std::string text =
      "Machine model: Mac14,3\n\n" + sample("13:41:40", "Combined Power (CPU + GPU + ANE): 9 mW\n") +
      sample("13:41:45", "GPU Power: 26 mW\nCombined Power (CPU + GPU + ANE): 1172 mW\n") +
      sample("13:41:50", "Combined Power (CPU + GPU + ANE): 5000 mW\n") + sample("13:41:55", "Package Power: 7.5 W\n");
  const auto read = read_power_log(text, windows);
  REQUIRE(read);
  CHECK((*read)[0].watts == std::vector<double>{1.172});
  CHECK((*read)[1].watts == std::vector<double>{7.5});
  CHECK((*read)[0].scope == "soc");
  CHECK((*read)[0].source == "powermetrics");
  const auto plist = [](const char* time, const char* power) {
    return "<?xml version=\"1.0\"?>\n<plist "
           "version=\"1.0\"><dict>\n<key>elapsed_ns</key><integer>1000000000</integer>\n"
           "<key>timestamp</key><date>2026-09-11T" +
           std::string(time) + "Z</date><key>processor</key><dict>" + power + "</dict></dict></plist>\n" + '\0';
  };
  const auto lists = read_power_log(
      plist("20:41:45", "<key>cpu_power</key><real>5</real>\n<key>combined_power</key>\n<real>1500.5</real>") +
          plist("20:41:55", "<key>package_energy</key><integer>8000</integer>"),
      windows);
  REQUIRE(lists);
  CHECK((*lists)[0].watts == std::vector<double>{1.5005});
  CHECK((*lists)[1].watts == std::vector<double>{8});
  // Of the CPU alone, or damaged.
  CHECK_FALSE(read_power_log(sample("13:41:45", ""), windows));
  CHECK_FALSE(
      read_power_log("*** Sampled system activity (yesterday)\nCombined Power (CPU + GPU + ANE): 1 mW\n", windows));
  CHECK_FALSE(read_power_log("<plist></plist>", windows));
}

TEST_CASE("threads meet and run together") {
  std::atomic<int> sum{0};
  Workers workers({0, 0, 0});
  for (int i = 0; i < 3; ++i)
    CHECK(workers.time([&](std::size_t t) {
      sum += static_cast<int>(t);
      workers.barrier().wait();
    }) >= 0);
  CHECK(sum == 9);
}

TEST_CASE("a measurement file reads back as it was written") {
  const Measurement m = board();
  const auto again = parse_measurement(to_json_text(m));
  if (!again) FAIL(again.errors()[0].path << ": " << again.errors()[0].message);
  CHECK(to_json_text(*again) == to_json_text(m));
}

TEST_CASE("hostile measurement files are errors") {
  const std::string good = to_json_text(board());
  CHECK_FALSE(parse_measurement(""));
  CHECK_FALSE(parse_measurement("[]"));
  CHECK_FALSE(parse_measurement("{}"));
  CHECK_FALSE(parse_measurement("{\"type\":\"device\"}"));
  for (std::size_t i = 1; i < 40; ++i) CHECK_FALSE(parse_measurement(good.substr(0, good.size() * i / 40)));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK_FALSE(parse_measurement(with("\"threads\": 4", "\"threads\": -4")));
  CHECK_FALSE(parse_measurement(with("\"threads\": 4", "\"threads\": 1e300")));
  CHECK_FALSE(parse_measurement(with("\"format_version\": 1", "\"format_version\": 2")));
  CHECK_FALSE(parse_measurement(with("\"date\": \"2026-01-31\"", "\"date\": \"<script>\"")));
  CHECK_FALSE(parse_measurement(with("\"samples_w\": [", "\"samples_w\": [-1,")));
  CHECK_FALSE(parse_measurement(with("\"rows\": [", "\"rows\": [7,")));
  CHECK_FALSE(parse_measurement(with("\"engine_rows\": []", "\"engine_rows\": [[\"a\"]]")));
}

TEST_CASE("the preset that fit writes gives back the rates that were measured") {
  Catalog catalog = bundled();
  const Measurement m = board();
  const auto fitted = fit_board(m, {}, {"my-board", "", "", "", "", 17.1e9, unknown, false}, catalog);
  if (!fitted) FAIL(fitted.errors()[0].path << ": " << fitted.errors()[0].message);

  Catalog fresh = bundled();
  const auto id = add_preset(fresh, fitted->preset);
  if (!id) FAIL(id.errors()[0].path << ": " << id.errors()[0].message);
  const DevicePreset& preset = *fresh.device("my-board");
  const Calibration* calibration = fresh.calibration(preset, "", "llama.cpp-cpu").calibration;
  REQUIRE(calibration);
  CHECK(calibration->measured);
  CHECK(preset.device.memory_capacity_B == 8 * 1073741824.0);
  CHECK(preset.device.idle_w == Approx(3));
  const Runtime& runtime = *fresh.runtime("llama.cpp-cpu");
  const Rates rates =
      resolve(preset.device, runtime, parameters_for(preset.device, runtime, calibration), fresh.formats(), 2, 4);
  double rate = 20e9;
  for (const char* format : {"F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K"}) {
    const auto f = static_cast<std::size_t>(*fresh.formats().find(format));
    INFO(format);
    // What a step takes for a weight is what the measured stream took, whatever is the memory's part in it.
    const double bytes = fresh.formats()[static_cast<FormatIndex>(f)].bytes_per_weight(),
                 memory_s = bytes / rates.bandwidth_Bps,
                 streamed_s = std::sqrt(bytes * bytes / 100e18 + 1 / (rate * rate));
    CHECK(std::hypot(memory_s, rates.decode_weight_s[f]) == Approx(streamed_s).epsilon(0.01));
    CHECK(1 / rates.prefill_weight_s[f] == Approx(2 * rate).epsilon(0.01));
    rate *= 0.9;
  }
  CHECK(rates.bandwidth_Bps == Approx(12e9).epsilon(0.01));            // the fastest that was read
  CHECK(rates.launch_s == Approx(28e-6).epsilon(0.01));                // nine tensors to a layer
  CHECK(rates.decode_attention_flops == Approx(4.8e9).epsilon(0.01));  // the mean of both sizes' times
  CHECK(rates.kv_bandwidth_Bps == Approx(1 / std::sqrt(1 / 9.0 - 1 / 23.04) * 1e9).epsilon(0.01));
  CHECK(rates.prefill_attention_flops == Approx(25e9).epsilon(0.01));
  Query q;
  q.model = "llama-3.2-1b";
  q.device = "my-board";
  const auto a = answer(fresh, q);
  REQUIRE(a);
  CHECK(a->estimate[Term::decode_w] == Approx(8).epsilon(0.01));
  CHECK(a->estimate[Term::prefill_w] == Approx(9).epsilon(0.01));
}

TEST_CASE("cores that do half the work in a cycle are efficiency cores") {
  const auto clusters = [](double little_flops) {
    Catalog catalog = bundled();
    Measurement m = board();
    m.machine.groups.push_back({"Cortex-A55", {4, 5, 6, 7}, 4, 1.8e9, {"neon", "fp16", "dotprod"}});
    TestRun little = run("fma", "", 4, unknown, little_flops), every = run("fma", "", 8, unknown, 150e9 + little_flops);
    little.cores = "Cortex-A55";
    every.cores = "every";
    m.runs.insert(m.runs.end(), {little, every});
    const auto fitted = fit_board(m, {}, {"my-board", "", "", "", "", 17.1e9, unknown, false}, catalog);
    if (!fitted) FAIL(fitted.errors()[0].path << ": " << fitted.errors()[0].message);
    REQUIRE(add_preset(catalog, fitted->preset));
    return catalog.device("my-board")->device.cpu_clusters;
  };
  const double per_core_hz = 150e9 / 4 / 2.4e9;
  auto found = clusters(0.5 * per_core_hz * 4 * 1.8e9);
  REQUIRE(found.size() == 2);
  CHECK_FALSE(found[0].efficiency);
  CHECK(found[1].efficiency);
  found = clusters(per_core_hz * 4 * 1.8e9);  // as wide, only slower
  CHECK_FALSE(found[1].efficiency);
}

TEST_CASE("the rate of 8-bit products is stated for the instructions that were measured") {
  for (const auto& [kernels, field, other] : {std::tuple{"dotprod", "int8_dot_gops", "int8_i8mm_gops"},
                                              {"i8mm", "int8_i8mm_gops", "int8_dot_gops"},
                                              {"sve2", "int8_i8mm_gops", "int8_dot_gops"}}) {
    Catalog catalog = bundled();
    Measurement m = board();
    m.kernels = kernels;
    const auto fitted = fit_board(m, {}, {"my-board", "", "", "", "", 17.1e9, unknown, false}, catalog);
    if (!fitted) FAIL(fitted.errors()[0].path << ": " << fitted.errors()[0].message);
    const auto peak = nlohmann::json::parse(fitted->preset)["cpu"]["peak"];
    CHECK(peak[field] == 600);
    CHECK_FALSE(peak.contains(other));
  }
}

TEST_CASE("rows of an engine pull the calibration towards them") {
  Catalog catalog = bundled();
  const auto first = fit_board(board(), {}, {"my-board", "", "", "", "", 17.1e9, unknown, false}, catalog);
  REQUIRE(first);
  const auto engine = import_benchmark(
      R"([{"build_number":1,"backends":"CPU","model_filename":"Llama-3.2-1B-Q4_0.gguf","model_type":"llama 1B Q4_0","model_size":1,"n_threads":4,"type_k":"f16","type_v":"f16","n_gpu_layers":0,"n_prompt":0,"n_gen":64,"avg_ts":6.5},)"
      R"({"build_number":1,"backends":"CPU","model_filename":"Llama-3.2-1B-Q4_0.gguf","model_type":"llama 1B Q4_0","model_size":1,"n_threads":4,"type_k":"f16","type_v":"f16","n_gpu_layers":0,"n_prompt":512,"n_gen":0,"avg_ts":20}])",
      {}, catalog);
  REQUIRE(engine);
  const auto cases = read_rows({measurement_columns(), engine->rows}, catalog);
  REQUIRE(cases);
  const auto fitted = fit_board(board(), *cases, {"my-board", "", "", "", "", 17.1e9, unknown, false}, catalog);
  REQUIRE(fitted);
  REQUIRE(fitted->explained.size() == 1);
  const auto& explained = fitted->explained[0];
  CHECK(explained.runtime == "llama.cpp-cpu");
  CHECK(explained.microbenchmarks);
  CHECK(explained.rows.size() == 2);
  CHECK(explained.error < explained.prior_error);
  CHECK(explained.error < 0.15);
}

TEST_CASE("rows of another runtime calibrate that runtime, with or without a measurement") {
  Catalog catalog = bundled();
  const auto csv = parse_csv(
      "runtime,model,quant,prompt,generate,depth,metric,value\n"
      "llama.cpp-cuda,llama-3.2-1b,Q4_K_M,0,128,0,decode_tok_s,30\n"
      "llama.cpp-cuda,llama-3.2-1b,Q4_K_M,512,0,0,prefill_tok_s,800\n"
      "llama.cpp-cuda,llama-3.2-3b,Q4_K_M,0,128,0,decode_tok_s,12\n"
      "rkllm,llama-3.2-3b,rkllm-w8a8,0,128,0,decode_tok_s,12\n");
  REQUIRE(csv);
  const auto cases = read_rows(*csv, catalog);
  REQUIRE(cases);
  BoardFitOptions o;
  o.id = "my-jetson";
  o.device = "jetson-orin-nano-super-8gb";
  o.power_mode = "15w";
  for (const bool measured : {false, true}) {
    Measurement m;
    if (measured) m = board();
    for (CpuGroup& g : m.machine.groups) g.microarchitecture = "Cortex-A78AE";
    m.tool = "edgewise";
    m.date = "2026-01-31";
    const auto fitted = fit_board(m, *cases, o, catalog);
    if (!fitted) FAIL(fitted.errors()[0].path << ": " << fitted.errors()[0].message);
    REQUIRE(fitted->explained.size() == (measured ? 2u : 1u));
    const auto& cuda = fitted->explained.back();
    CHECK(cuda.runtime == "llama.cpp-cuda");
    CHECK_FALSE(cuda.microbenchmarks);
    CHECK(cuda.rows.size() == 3);
    CHECK(cuda.error < 0.1);
    CHECK(cuda.error < cuda.prior_error);
    // What the device cannot run is said, not lost.
    CHECK(std::any_of(fitted->notes.begin(), fitted->notes.end(),
                      [](const std::string& n) { return n.find("1 engine row(s) ignored") != std::string::npos; }));
    Catalog fresh = bundled();
    REQUIRE(add_preset(fresh, fitted->preset));
    Query q;
    q.model = "llama-3.2-3b";
    q.quant = "Q4_K_M";
    q.device = "my-jetson";
    q.power_mode = "15w";
    q.runtime = "llama.cpp-cuda";
    const auto a = answer(fresh, q);
    REQUIRE(a);
    REQUIRE(a->calibration.calibration);
    CHECK(a->calibration.calibration->measured);
    CHECK(a->estimate[Term::decode_tok_s] == Approx(12).epsilon(0.15));
  }
  o.device = "";
  CHECK_FALSE(fit_board(Measurement(), *cases, o, catalog));
  o.device = "jetson-orin-nano-super-8gb";
  CHECK_FALSE(fit_board(Measurement(), {}, o, catalog));
}

TEST_CASE("fit refuses what it cannot use") {
  Catalog catalog = bundled();
  Measurement m = board();
  m.runs.erase(m.runs.begin(), m.runs.begin() + 2);
  CHECK_FALSE(fit_board(m, {}, {"my-board", "", "", "", "", unknown, unknown, false}, catalog));
  m = board();
  m.runs[0].samples = {1e9, 12e9, 30e9};
  CHECK_FALSE(fit_board(m, {}, {"my-board", "", "", "", "", unknown, unknown, false}, catalog));
  CHECK(fit_board(m, {}, {"my-board", "", "", "", "", unknown, unknown, true}, catalog));
  CHECK_FALSE(fit_board(board(), {}, {"my-board", "", "no-such-device", "", "", unknown, unknown, false}, catalog));
  CHECK_FALSE(fit_board(board(), {}, {"my-board", "", "", "", "no-such-mode", unknown, unknown, false}, catalog));
  const auto impossible = fit_board(
      board(), {}, {"my-board", "", "", "no-such-class-but-known-to-nobody", "", 1e9, unknown, false}, catalog);
  REQUIRE(impossible);
  CHECK_FALSE(impossible->refused.empty());
  CHECK(impossible->preset.empty());
}

TEST_CASE("a preset to start from keeps its own numbers") {
  Catalog catalog = bundled();
  const auto fitted =
      fit_board(board(), {}, {"my-pi", "", "raspberry-pi-5-8gb", "", "", unknown, unknown, false}, catalog);
  if (!fitted) FAIL(fitted.errors()[0].path << ": " << fitted.errors()[0].message);
  const auto preset = nlohmann::json::parse(fitted->preset);
  CHECK(preset["id"] == "my-pi");
  CHECK_FALSE(preset.contains("aliases"));
  CHECK(preset["memory"]["peak_bandwidth_gb_s"] == 17.1);
  CHECK(preset["memory"]["measured"][0]["bandwidth_gb_s"] == 12);
  CHECK(preset["calibrations"][0]["origin"] == "measured");
}
