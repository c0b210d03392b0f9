#include <cmath>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

Device board() {
  Device d;
  d.id = "board";
  d.device_class = "sbc";
  d.memory_capacity_B = 8.0 * 1073741824;
  d.memory_bandwidth_Bps = 100e9;
  d.cpu_measured_bandwidth_Bps = 60e9;
  d.cpu_clusters = {{"Cortex-A76", 4, 2e9, {"neon", "dotprod"}}, {"Cortex-A55", 4, 1e9, {"neon", "dotprod"}, true}};
  d.cpu_fp32_flops = 200e9;
  d.cpu_int8_ops = 800e9;
  d.has_gpu = true;
  d.gpu_class = "mali";
  d.gpu_clock_hz = 1e9;
  d.gpu_fp32_flops = 500e9;
  d.gpu_fp16_flops = 1000e9;
  d.gpu_matrix_fp16_flops = 2000e9;
  d.gpu_matrix_int8_ops = 4000e9;
  d.idle_w = 2;
  d.load_w = 10;
  PowerMode mode;
  mode.id = "low";
  mode.budget_w = 7;
  mode.memory_bandwidth_Bps = 50e9;
  mode.gpu_max_hz = 0.5e9;
  mode.cpu_max_hz = 1e9;
  mode.cpu_cores_online = 4;
  d.power_modes = {mode};
  return d;
}

}  // namespace

TEST_CASE("a power mode scales clocks, bandwidth and power, each for itself") {
  Device d = board();
  REQUIRE(apply_power_mode(d, "low"));
  CHECK(d.memory_bandwidth_Bps == 50e9);
  CHECK(d.cpu_measured_bandwidth_Bps == 30e9);
  CHECK(d.gpu_clock_hz == 0.5e9);
  CHECK(d.gpu_fp32_flops == 250e9);
  CHECK(d.gpu_matrix_int8_ops == 2000e9);
  // 4 x 2 GHz + 4 x 1 GHz = 12; four cores stay on, at 1 GHz: 4.
  CHECK(d.cores() == 4);
  CHECK(d.cpu_fp32_flops == 200e9 * 4 / 12);
  CHECK(d.full_power_w() == 7);
}

TEST_CASE("an NPU has the bandwidth of its own port where somebody measured that") {
  Device d = board();
  CHECK(d.bandwidth_Bps(Processor::npu) == 100e9);
  d.npu_measured_bandwidth_Bps = 40e9;
  CHECK(d.bandwidth_Bps(Processor::npu) == 40e9);
  CHECK(d.bandwidth_Bps(Processor::gpu) == 100e9);
  CHECK(d.bandwidth_Bps(Processor::cpu) == 60e9);
  REQUIRE(apply_power_mode(d, "low"));
  CHECK(d.bandwidth_Bps(Processor::npu) == 20e9);
  d.npu_measured_bandwidth_Bps = 400e9;
  CHECK(d.bandwidth_Bps(Processor::npu) == 50e9);
}

TEST_CASE("no mode leaves the device as it is; an unknown mode is refused") {
  Device d = board();
  REQUIRE(apply_power_mode(d, ""));
  CHECK(d.memory_bandwidth_Bps == 100e9);
  CHECK(d.full_power_w() == 10);
  CHECK_FALSE(apply_power_mode(d, "turbo"));
}

TEST_CASE("a mode that switches off half of the GPU halves its rates") {
  Device d = board();
  d.power_modes[0].gpu_max_hz = unknown;
  d.power_modes[0].gpu_units_share = 0.5;
  REQUIRE(apply_power_mode(d, "low"));
  CHECK(d.gpu_fp32_flops == 250e9);
  CHECK(d.gpu_clock_hz == 1e9);
}

TEST_CASE("matrix products run at the measured share of the stated rate, within what a measurement can mean") {
  Device d = board();
  CHECK(d.gpu_matrix_ops(true) == 0.9 * 4000e9);
  CHECK(d.gpu_matrix_ops(false) == 0.9 * 2000e9);
  for (const auto& [measured, used] : {std::pair{0.7, 0.7}, {0.1, 0.5}, {1.4, 1.0}}) {
    d.gpu_product_share = measured;
    CHECK(d.gpu_matrix_ops(false) == used * 2000e9);
  }
  d.gpu_matrix_int8_ops = d.gpu_matrix_fp16_flops = unknown;
  CHECK(d.gpu_matrix_ops(true) == 1000e9);
}

TEST_CASE("a mode that states nothing changes nothing") {
  Device d = board();
  PowerMode empty;
  empty.id = "empty";
  d.power_modes.push_back(empty);
  REQUIRE(apply_power_mode(d, "empty"));
  CHECK(d.memory_bandwidth_Bps == 100e9);
  CHECK(d.cpu_fp32_flops == 200e9);
  CHECK(d.gpu_fp32_flops == 500e9);
  CHECK(d.cores() == 8);
  CHECK(d.full_power_w() == 10);
}

TEST_CASE("threads take the fastest cores first; without a number, one per fast core") {
  const Device d = board();
  CHECK(d.cpu_share(1) > 1.0 / 8);
  CHECK(d.cpu_share(2) == 2 * d.cpu_share(1));
  CHECK(d.cpu_share(0) == d.cpu_share(4));
  CHECK(d.cpu_share(5) > d.cpu_share(4));
  CHECK(d.cpu_share(5) - d.cpu_share(4) < d.cpu_share(1));
  CHECK(d.cpu_share(8) == 1);
  CHECK(d.cpu_share(64) == 1);
  CHECK_FALSE(is_known(Device{}.cpu_share(4)));
}

TEST_CASE("processor classes as runtimes name them") {
  Device d = board();
  CHECK(processor_class(d, Processor::cpu) == "arm-dotprod");
  CHECK(processor_class(d, Processor::gpu) == "mali");
  CHECK(processor_class(d, Processor::npu).empty());
  d.npu_class = "rknpu";
  CHECK(processor_class(d, Processor::npu) == "rknpu");
  d.cpu_clusters[0].isa = {"avx2", "avx512", "avx512_vnni"};
  CHECK(processor_class(d, Processor::cpu) == "x86-avx512-vnni");
  for (CpuCluster& c : d.cpu_clusters) c.isa.clear();
  CHECK(processor_class(d, Processor::cpu) == unknown_cpu_class);
  d.cpu_class = "apple-cpu";
  CHECK(processor_class(d, Processor::cpu) == "apple-cpu");
  d.cpu_clusters.clear();
  CHECK(processor_class(d, Processor::cpu).empty());
}

TEST_CASE("every shipped device leaves memory to the system, and its power modes apply") {
  for (const auto& [id, preset] : test::shipped().devices()) {
    INFO(id);
    CHECK(preset.device.usable_memory_B() > 0);
    CHECK(preset.device.usable_memory_B() < preset.device.memory_capacity_B);
    for (const PowerMode& mode : preset.device.power_modes) {
      INFO(mode.id);
      Device d = preset.device;
      CHECK(apply_power_mode(d, mode.id));
      CHECK_FALSE(d.memory_bandwidth_Bps > preset.device.memory_bandwidth_Bps * 1.001);
    }
  }
}
