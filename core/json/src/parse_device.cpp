#include "parse.h"

namespace edgewise::json {

namespace {

constexpr double giga = 1e9, tera = 1e12, mega = 1e6, gibi = 1073741824.0, mebi = 1048576.0;

double scaled(Reader& r, const char* key, double scale, double max = any_number) {
  const double x = r.number(key, 0, max, unknown);
  if (x == 0) r.error(key, "out_of_range", "is 0; leave it out where it is unknown");
  return x * scale;
}

/// The first that is known.
double first(std::initializer_list<double> values) {
  for (const double v : values)
    if (is_known(v)) return v;
  return unknown;
}

double fastest(std::initializer_list<double> values) {
  double best = unknown;
  for (const double v : values)
    if (is_known(v) && !(best >= v)) best = v;
  return best;
}

}  // namespace

DeviceKind parse_kind(Reader& r) {
  return static_cast<DeviceKind>(r.word("kind", {"soc-integrated", "host-centric"}, 0));
}

UsableMemory parse_usable(Reader& r) {
  UsableMemory u;
  u.reserved_B = r.number("reserved_gib", 0, 1e5, unknown) * gibi;
  u.reserved_share = r.number("reserved_share", 0, 1, unknown);
  u.share = r.number("share", 0, 1, unknown);
  u.large_B = r.number("large_gib", 0, 1e5, unknown) * gibi;
  u.large_share = r.number("large_share", 0, 1, unknown);
  if (is_known(u.reserved_B) == is_known(u.share))
    r.error(nullptr, "missing", "needs either reserved_gib and reserved_share, or share");
  if (is_known(u.reserved_B) != is_known(u.reserved_share))
    r.error("reserved_share", "missing", "is required beside reserved_gib");
  if (is_known(u.large_B) != is_known(u.large_share)) r.error("large_share", "missing", "is required beside large_gib");
  r.finish();
  return u;
}

std::vector<DeviceClass> parse_device_classes(Reader& r) {
  std::vector<DeviceClass> out;
  for (Reader& c : r.objects("classes")) {
    DeviceClass entry;
    entry.id = c.required_text("id");
    entry.name = c.required_text("name");
    if (Reader usable = c.object("usable"))
      entry.usable = parse_usable(usable);
    else
      c.error("usable", "missing", "is required");
    c.ignore({"note"});
    c.finish();
    out.push_back(std::move(entry));
  }
  r.ignore({"id", "confidence", "note", "sources"});
  return out;
}

DevicePreset parse_device(Reader& r, FormatTable& formats) {
  DevicePreset preset;
  Device& d = preset.device;
  d.id = r.required_text("id");
  d.name = r.required_text("name");
  d.kind = parse_kind(r);
  d.device_class = r.required_text("class");
  d.price_usd = scaled(r, "price_usd", 1);
  r.ignore({"soc", "release_year", "price_note", "confidence", "sources", "note", "unsure"});

  Reader memory = r.object("memory");
  if (!memory) r.error("memory", "missing", "is required");
  d.memory_capacity_B = memory.required_number("capacity_gib", 0.0625, 1e5) * gibi;
  d.memory_bandwidth_Bps = scaled(memory, "peak_bandwidth_gb_s", giga, 1e5);
  // All cores where somebody measured them, else one thread's copy, which moves each byte twice. A rate that a
  // language model was seen to reach is no microbenchmark, a sibling's is not this device's.
  double all_cores = unknown, one_thread_copy = unknown;
  for (Reader& m : memory.objects("measured")) {
    const std::string agent = m.required_text("agent"), kind = m.text("kind", "other");
    const double rate = m.required_number("bandwidth_gb_s", 0.01, 1e5) * giga;
    const bool usable = !m.flag("inference", false) && !m.has("proxy_device");
    if (usable && agent == "cpu" && (kind == "read" || kind == "stream")) all_cores = fastest({all_cores, rate});
    if (usable && agent == "cpu-1-thread" && kind == "copy") one_thread_copy = fastest({one_thread_copy, rate});
    if (usable && agent != "host-link" && rate > 1.25 * d.memory_bandwidth_Bps)
      m.error("bandwidth_gb_s", "physics", "is above the memory's peak");
    m.ignore({"method", "source", "confidence", "note"});
    m.finish();
  }
  d.cpu_measured_bandwidth_Bps = fastest({all_cores, 2 * one_thread_copy});
  if (Reader usable = memory.object("usable")) {
    d.usable = parse_usable(usable);
    d.usable_is_own = true;
  }
  memory.ignore({"type", "bus_width_bits", "data_rate_mts", "note"});
  memory.finish();

  if (Reader cpu = r.object("cpu")) {
    double scalar = 0;
    for (Reader& c : cpu.objects("clusters")) {
      CpuCluster cluster;
      cluster.microarchitecture = c.text("microarchitecture");
      cluster.cores = c.required_number("cores", 1, 1024);
      cluster.clock_hz = c.number("clock_ghz", 0.01, 20, unknown) * giga;
      cluster.isa = c.texts("isa");
      cluster.efficiency = c.flag("efficiency", false);
      scalar += cluster.cores * cluster.clock_hz;
      c.finish();
      d.cpu_clusters.push_back(std::move(cluster));
    }
    Reader peak = cpu.object("peak");
    d.cpu_fp32_flops = scaled(peak, "fp32_gflops", giga);
    // Without a stated rate: one 128-bit multiply-add a cycle, the least that a 64-bit core with vectors does.
    if (!is_known(d.cpu_fp32_flops) && scalar > 0) d.cpu_fp32_flops = 8 * scalar;
    // A quantized product spends as much time unpacking and scaling, at the pace of the dot products, as multiplying.
    const double dot = scaled(peak, "int8_dot_gops", giga), matrix = scaled(peak, "int8_i8mm_gops", giga);
    const double int8_ops = is_known(dot) && is_known(matrix) ? 2 / (1 / dot + 1 / matrix) : first({dot, matrix});
    d.cpu_int8_ops = first({int8_ops, d.cpu_fp32_flops});
    peak.ignore({"fp16_gflops", "bf16_gflops"});
    peak.finish();
    cpu.ignore({"threads", "measured_peak", "note", "total_cores"});
    cpu.finish();
  }

  double multiprocessors = unknown;
  if (Reader gpu = r.object("gpu")) {
    d.has_gpu = true;
    multiprocessors = gpu.number("sms", 1, 1e4, unknown);
    const std::string name = gpu.text("name");
    d.gpu_class = gpu.text("class", lower(gpu.text("architecture", name)));
    if (d.gpu_class.empty()) d.gpu_class = "unnamed";
    d.gpu_clock_hz = scaled(gpu, "clock_mhz", mega);
    d.gpu_fp32_flops = scaled(gpu, "fp32_tflops", tera);
    d.gpu_fp16_flops = scaled(gpu, "fp16_shader_tflops", tera);
    Reader matrix = gpu.object("matrix");
    d.gpu_matrix_fp16_flops = scaled(matrix, "fp16_tflops", tera);
    d.gpu_matrix_int8_ops = first(
        {scaled(matrix, "int8_tops", tera), scaled(gpu, "int8_dp4a_tops", tera), scaled(gpu, "int8_dot4_tops", tera)});
    double product = unknown;
    for (Reader& m : gpu.objects("measured")) {
      product = fastest({product, scaled(m, "fp16_tflops", tera)});
      m.ignore({"fp32_tflops", "fp16_fp16acc_tflops", "bf16_tflops", "fp8_tflops", "fp4_tflops", "int8_tops",
                "int8_dp4a_tops", "method", "note", "source"});
      m.finish();
    }
    d.gpu_product_share = product / first({d.gpu_matrix_fp16_flops, d.gpu_fp16_flops});
    matrix.ignore({"fp16_fp16acc_tflops", "bf16_tflops", "int4_tops", "fp8_tflops", "fp8_fp16acc_tflops", "fp4_tflops",
                   "super_clock_ghz", "super_fp16_tflops", "super_int8_tops", "formula"});
    matrix.finish();
    gpu.ignore({"units", "unit_kind", "cus", "fp32_single_issue_tflops", "fp32_dual_issue_tflops", "note"});
    gpu.finish();
  }

  if (Reader npu = r.object("npu")) {
    d.has_npu = true;
    d.npu_class = npu.text("class", lower(npu.text("name")));
    if (d.npu_class.empty()) d.npu_class = "unnamed";
    d.npu_ops = first({scaled(npu, "tops", tera), scaled(npu, "fp16_tflops", tera), scaled(npu, "int4_tops", tera)});
    npu.ignore({"precision", "note"});
    npu.finish();
  }

  Reader cache = r.object("cache");
  d.last_level_cache_B =
      fastest({cache.number("l2_mib", 0, 1e6, unknown) * mebi, cache.number("l3_mib", 0, 1e6, unknown) * mebi,
               cache.number("slc_mib", 0, 1e6, unknown) * mebi, cache.number("gpu_l2_mib", 0, 1e6, unknown) * mebi});
  cache.ignore({"l2_note", "slc_note"});
  cache.finish();

  Reader storage = r.object("storage");
  d.storage_Bps =
      fastest({scaled(storage, "sd_mb_s", mega), scaled(storage, "emmc_mb_s", mega), scaled(storage, "nvme_mb_s", mega),
               scaled(storage, "usb3_ssd_mb_s", mega), scaled(storage, "ufs_mb_s", mega),
               scaled(storage, "nand_mb_s", mega), scaled(storage, "measured_mb_s", mega)});
  storage.ignore({"nvme_note"});
  storage.finish();
  Reader link = r.object("host_link");
  d.host_link_Bps = scaled(link, "bandwidth_gb_s", giga);
  link.ignore({"pcie_generation", "lanes", "note"});
  link.finish();

  if (Reader power = r.object("power")) {
    d.idle_w = power.number("idle_w", 0, 1e5, unknown);
    d.load_w = power.number("load_w", 0, 1e5, unknown);
    d.tdp_w = power.number("tdp_w", 0, 1e5, unknown);
    if (d.idle_w > d.load_w) power.error("idle_w", "physics", "is above load_w");
    for (Reader& m : power.objects("modes")) {
      PowerMode mode;
      mode.id = m.required_text("id");
      mode.name = m.text("name", mode.id);
      mode.budget_w = m.number("budget_w", 0.1, 1e5, unknown);
      mode.cpu_cores_online = m.number("cpu_cores_online", 1, 1024, unknown);
      mode.cpu_max_hz = m.number("cpu_max_mhz", 1, 2e4, unknown) * mega;
      mode.gpu_max_hz = m.number("gpu_max_mhz", 1, 2e4, unknown) * mega;
      mode.memory_bandwidth_Bps = m.number("memory_bandwidth_gb_s", 0.1, 1e5, unknown) * giga;
      if (mode.memory_bandwidth_Bps > 1.001 * d.memory_bandwidth_Bps)
        m.error("memory_bandwidth_gb_s", "physics", "is above the memory's peak_bandwidth_gb_s");
      // Two multiprocessors to a texture processing cluster.
      if (const double on = 2 * m.number("gpu_tpc", 1, 1e4, unknown); is_known(on))
        mode.gpu_units_share = std::min(1.0, on / multiprocessors);
      m.ignore({"memory_max_mhz", "confidence", "note"});
      m.finish();
      d.power_modes.push_back(std::move(mode));
    }
    for (Reader& m : power.objects("measured")) {
      m.ignore({"state", "watts", "scope", "workload", "source"});
      m.finish();
    }
    power.ignore({"note"});
    power.finish();
  }
  for (Reader& c : r.objects("calibrations")) {
    preset.calibrations.push_back(parse_calibration(c, formats, "", d.id));
    preset.calibrations.back().index = preset.calibrations.size() - 1;
  }
  return preset;
}

}  // namespace edgewise::json
