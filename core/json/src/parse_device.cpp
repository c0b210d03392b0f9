#include "edgewise/edits.h"
#include "parse.h"
#include "physics.h"

namespace edgewise::json {

namespace {

constexpr double giga = 1e9, tera = 1e12, mega = 1e6;

double scaled(Reader& r, const char* key, double scale, double max = any_number) {
  return r.positive(key, max) * scale;
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

namespace {

/// What classes and devices may both say of what the system keeps or lends. True: it says something.
bool parse_system_share(Reader& r, UsableMemory& u) {
  u.reserved_B = r.number("reserved_gib", 0, 1e5, unknown) * gib;
  u.reserved_share = r.number("reserved_share", 0, 1, unknown);
  u.share = r.positive("share", 1);
  double from = 0;
  for (Reader& larger : r.objects("larger")) {
    const UsableMemory::Larger l{larger.required_number("from_gib", 0.0625, 1e5) * gib,
                                 larger.required_number("share", 0.01, 1)};
    if (!(l.from_B > from)) larger.error("from_gib", "order", "must be above the one before");
    from = l.from_B;
    larger.finish();
    u.larger.push_back(l);
  }
  if (is_known(u.reserved_B) != is_known(u.reserved_share))
    r.error("reserved_share", "missing", "is required beside reserved_gib");
  if (!u.larger.empty() && !is_known(u.share)) r.error("share", "missing", "is required beside larger");
  return is_known(u.reserved_B) || is_known(u.share);
}

UsableMemory parse_class_usable(Reader& r) {
  UsableMemory u;
  if (!parse_system_share(r, u)) r.error(nullptr, "missing", "needs reserved_gib and reserved_share, or share");
  r.finish();
  return u;
}

/// What the system of this device says; true: also what a class says.
bool parse_device_usable(Reader& r, double capacity_B, UsableMemory& u) {
  const bool own = parse_system_share(r, u);
  const auto within = [&](const char* key, double limit_B, const char* of) {
    const double bytes = r.positive(key, 1e5) * gib;
    if (bytes > limit_B) r.error(key, "physics", {"is above ", of});
    return bytes;
  };
  u.visible_B = within("visible_gib", capacity_B, "capacity_gib");
  const double visible_B = is_known(u.visible_B) ? u.visible_B : capacity_B;
  u.headless_B = within("headless_gib", visible_B, "what the system sees");
  u.desktop_B = within("desktop_gib", visible_B, "what the system sees");
  if (u.headless_B > u.desktop_B) r.error("headless_gib", "physics", "is above desktop_gib");
  u.gpu_B = within("gpu_gib", capacity_B, "capacity_gib");
  r.unread({{"note", Holds::text}, {"source", Holds::text}});
  const bool says = is_known(u.visible_B) || is_known(u.headless_B) || is_known(u.desktop_B) || is_known(u.gpu_B);
  if (says)
    r.wanted({"source"});
  else if (!own)
    r.error(nullptr, "missing", "says nothing");
  r.finish();
  return own;
}

PowerConversion::Spread parse_spread(Reader& c, const char* key, double least, double most) {
  PowerConversion::Spread s;
  if (Reader r = c.object(key)) {
    s.low = r.required_number("low", least, most);
    s.value = r.required_number("value", least, most);
    s.high = r.required_number("high", least, most);
    if (!(s.low <= s.value && s.value <= s.high)) r.error("value", "inconsistent", "must lie between low and high");
    r.finish();
  } else {
    c.error(key, "missing", "is required");
  }
  return s;
}

/// What the powers of a class are of, and how they become those of another scope.
void parse_class_power(Reader& power, DeviceClass& c) {
  const auto scope = [](Reader& r, const char* key) {
    return static_cast<Scope>(static_cast<std::size_t>(Scope::soc) +
                              static_cast<std::size_t>(r.word(key, {"soc", "module", "gpu", "wall"}, 3)));
  };
  c.power_scope = scope(power, "scope");
  power.wanted({"scope"});
  for (Reader& r : power.objects("conversions")) {
    PowerConversion conversion{scope(r, "inner"), scope(r, "outer"), parse_spread(r, "rest_w", 0, 1e4),
                               parse_spread(r, "efficiency", 0.1, 1)};
    if (!(conversion.inner < conversion.outer)) r.error("outer", "inconsistent", "must be wider than inner");
    r.unread({{"note", Holds::text}, {"sources", Holds::texts}});
    r.wanted({"inner", "outer", "sources"});
    r.finish();
    c.power_conversions.push_back(conversion);
  }
  power.finish();
}

}  // namespace

std::vector<DeviceClass> parse_device_classes(Reader& r) {
  std::vector<DeviceClass> out;
  r.word("id", {"device-classes"}, 0);
  for (Reader& c : r.objects("classes")) {
    DeviceClass entry;
    entry.id = c.required_text("id");
    entry.name = c.required_text("name");
    if (Reader usable = c.object("usable"))
      entry.usable = parse_class_usable(usable);
    else
      c.error("usable", "missing", "is required");
    entry.usable.session = c.word("session", {"headless", "desktop"}, 1) == 0 ? Session::headless : Session::desktop;
    for (Reader& h : c.objects("hosts")) {
      entry.hosts.push_back({h.required_number("from_link_gb_s", 0, 1e5) * giga, h.required_id("device")});
      h.finish();
    }
    if (Reader power = c.object("power")) parse_class_power(power, entry);
    c.unread({{"note", Holds::text}});
    c.finish();
    for (const DeviceClass& other : out)
      if (other.id == entry.id) c.error("id", "duplicate", {"\"", entry.id, "\" stands there twice"});
    out.push_back(std::move(entry));
  }
  r.unread({{"confidence", Holds::known}, {"note", Holds::text}});
  r.wanted({"id", "classes", "confidence"});
  return out;
}

namespace {

struct Bandwidth {
  Reader reader;
  double Bps = unknown;
  bool by_host_link = false;
};

/// Measured bandwidths; those of this device itself are returned, to be compared with the peak.
std::vector<Bandwidth> parse_measured_bandwidth(Reader& memory, Device& d) {
  // All cores where somebody measured them, else one thread's copy, which moves each byte twice. A rate that a
  // language model was seen to reach is no microbenchmark, a sibling's is not this device's.
  double all_cores = unknown, one_thread_copy = unknown;
  std::vector<Bandwidth> own;
  for (Reader& m : memory.objects("measured")) {
    enum Agent { cpu, one_thread, gpu, npu, one_processor, host_link };
    enum Kind { copy, read, write, stream, other };
    const double rate = m.required_number("bandwidth_gb_s", 0.01, 1e5) * giga;
    if (!m.has("agent")) m.error("agent", "missing", "is required");
    const auto agent = m.word("agent", {"cpu", "cpu-1-thread", "gpu", "npu", "one-processor", "host-link"}, host_link);
    const auto kind = m.word("kind", {"copy", "read", "write", "stream", "other"}, other);
    const bool inference = m.mark("inference");
    m.unread({{"method", Holds::text}, {"source", Holds::text}, {"confidence", Holds::known}});
    const bool elsewhere = !m.text("proxy_device").empty();
    m.unread({{"note", Holds::text}});
    m.wanted({"method", "source", "confidence"});
    m.finish();
    if (elsewhere) continue;
    if (!inference && agent == cpu && (kind == read || kind == stream)) all_cores = fastest({all_cores, rate});
    if (!inference && agent == one_thread && kind == copy) one_thread_copy = fastest({one_thread_copy, rate});
    if (!inference && agent == npu && kind == read)
      d.npu_measured_bandwidth_Bps = fastest({d.npu_measured_bandwidth_Bps, rate});
    own.push_back({m, rate, agent == host_link});
  }
  d.cpu_measured_bandwidth_Bps = fastest({all_cores, 2 * one_thread_copy});
  d.one_thread_bandwidth = is_known(d.cpu_measured_bandwidth_Bps) && !is_known(all_cores);
  return own;
}

void parse_cpu(Reader& cpu, Device& d) {
  d.cpu_class = cpu.text("class");
  double scalar = 0;
  for (Reader& c : cpu.objects("clusters")) {
    CpuCluster cluster;
    cluster.microarchitecture = c.text("microarchitecture");
    cluster.cores = c.required_whole("cores", 1, 1024);
    cluster.clock_hz = c.number("clock_ghz", 0.01, 20, unknown) * giga;
    cluster.isa = c.texts("isa");
    cluster.efficiency = c.mark("efficiency");
    scalar += cluster.cores * cluster.clock_hz;
    c.wanted({"microarchitecture", "clock_ghz"});
    c.finish();
    d.cpu_clusters.push_back(std::move(cluster));
  }
  cpu.unread({{"threads", Holds::count}});
  Reader peak = cpu.object("peak");
  d.cpu_fp32_flops = scaled(peak, "fp32_gflops", giga);
  // Without a stated rate: one 128-bit multiply-add a cycle, the least that a 64-bit core with vectors does.
  if (!is_known(d.cpu_fp32_flops) && scalar > 0) d.cpu_fp32_flops = 8 * scalar;
  peak.unread({{"fp16_gflops", Holds::positive}});
  d.cpu_int8_dot_ops = scaled(peak, "int8_dot_gops", giga);
  d.cpu_int8_i8mm_ops = scaled(peak, "int8_i8mm_gops", giga);
  d.set_cpu_int8();
  peak.unread({{"bf16_gflops", Holds::positive}});
  peak.finish();
  if (Reader measured = cpu.object("measured_peak")) {
    measured.unread({{"fp32_gflops", Holds::positive},
                     {"fp16_gflops", Holds::positive},
                     {"int8_dot_gops", Holds::positive},
                     {"int8_i8mm_gops", Holds::positive},
                     {"bf16_gflops", Holds::positive},
                     {"cores", Holds::text},
                     {"at", Holds::text},
                     {"note", Holds::text},
                     {"source", Holds::text}});
    measured.wanted({"source"});
    measured.finish();
  }
  cpu.wanted({"clusters", "threads"});
  cpu.unread({{"note", Holds::text}});
  cpu.finish();
}

/// Returns its number of multiprocessors.
double parse_gpu(Reader& gpu, Device& d) {
  d.has_gpu = true;
  const std::string name = gpu.text("name"), architecture = gpu.text("architecture", name);
  d.gpu_class = gpu.text("class", lower(architecture));
  if (d.gpu_class.empty()) d.gpu_class = "unnamed";
  d.gpu_compute_capability = gpu.positive("compute_capability", most_compute_capability);
  gpu.unread({{"units", Holds::count}});
  gpu.word("unit_kind", {"CUDA cores", "GPU cores", "FP32 ALUs", "shaders", "shader cores", "CUs"}, 0);
  const double multiprocessors = gpu.whole("sms", 1, 1e4, unknown);
  gpu.unread({{"cus", Holds::count}});
  d.gpu_clock_hz = scaled(gpu, "clock_mhz", mega);
  d.gpu_fp32_flops = scaled(gpu, "fp32_tflops", tera);
  gpu.unread({{"fp32_single_issue_tflops", Holds::positive}, {"fp32_dual_issue_tflops", Holds::positive}});
  d.gpu_fp16_flops = scaled(gpu, "fp16_shader_tflops", tera);
  const double dot4 = scaled(gpu, "int8_dot4_tops", tera), dp4a = scaled(gpu, "int8_dp4a_tops", tera);
  Reader matrix = gpu.object("matrix");
  d.gpu_matrix_fp16_flops = scaled(matrix, "fp16_tflops", tera);
  matrix.unread({{"fp16_fp16acc_tflops", Holds::positive}, {"bf16_tflops", Holds::positive}});
  d.gpu_matrix_int8_ops = first({scaled(matrix, "int8_tops", tera), dp4a, dot4});
  matrix.unread({{"int4_tops", Holds::positive},
                 {"fp8_tflops", Holds::positive},
                 {"fp8_fp16acc_tflops", Holds::positive},
                 {"fp4_tflops", Holds::positive},
                 {"super_clock_ghz", Holds::positive},
                 {"super_fp16_tflops", Holds::positive},
                 {"super_int8_tops", Holds::positive},
                 {"formula", Holds::text}});
  matrix.finish();
  double fp16_product = unknown, bf16_product = unknown;
  for (Reader& m : gpu.objects("measured")) {
    m.unread({{"fp32_tflops", Holds::positive}});
    fp16_product = fastest({fp16_product, scaled(m, "fp16_tflops", tera)});
    m.unread({{"fp16_fp16acc_tflops", Holds::positive}});
    bf16_product = fastest({bf16_product, scaled(m, "bf16_tflops", tera)});
    m.unread({{"fp8_tflops", Holds::positive},
              {"fp4_tflops", Holds::positive},
              {"int8_tops", Holds::positive},
              {"int8_dp4a_tops", Holds::positive},
              {"method", Holds::text},
              {"note", Holds::text},
              {"source", Holds::text}});
    m.wanted({"source"});
    m.finish();
  }
  // Matrix units multiply both formats at one rate.
  const double product = is_known(d.gpu_matrix_fp16_flops) ? first({fp16_product, bf16_product}) : fp16_product;
  d.gpu_product_share = product / first({d.gpu_matrix_fp16_flops, d.gpu_fp16_flops});
  gpu.unread({{"note", Holds::text}});
  gpu.wanted({"name", "fp32_tflops"});
  gpu.finish();
  return multiprocessors;
}

void parse_npu(Reader& npu, Device& d) {
  d.has_npu = true;
  const std::string name = npu.text("name");
  d.npu_class = npu.text("class", lower(name));
  if (d.npu_class.empty()) d.npu_class = "unnamed";
  const double ops = scaled(npu, "tops", tera);
  npu.unread({{"precision", Holds::text}});
  const double int4 = scaled(npu, "int4_tops", tera), fp16 = scaled(npu, "fp16_tflops", tera);
  d.npu_ops = first({ops, fp16, int4});
  npu.unread({{"note", Holds::text}});
  npu.wanted({"name"});
  npu.finish();
}

void parse_device_power(Reader& power, Device& d, double multiprocessors) {
  d.power_scope = find_scope(power.text("scope"));
  d.power_scope_is_own = d.power_scope != Scope::unstated;
  if (power.has("scope") && (!d.power_scope_is_own || d.power_scope == Scope::rail))
    power.error("scope", "unknown_word", "must be soc, module, gpu or wall");
  d.idle_w = power.positive("idle_w", 1e5);
  d.load_w = power.positive("load_w", 1e5);
  d.tdp_w = power.positive("tdp_w", 1e5);
  power.unread({{"note", Holds::text}});
  if (d.idle_w > d.full_power_w())
    power.error("idle_w", "physics", is_known(d.load_w) ? "is above load_w" : "is above tdp_w");
  for (Reader& m : power.objects("modes")) {
    PowerMode mode;
    mode.id = m.required_id("id");
    mode.name = m.text("name", mode.id);
    mode.budget_w = m.number("budget_w", 0.1, 1e5, unknown);
    if (mode.budget_w < d.idle_w) m.error("budget_w", "physics", "is below idle_w");
    mode.load_w = m.positive("load_w", 1e5);
    if (mode.load_w < d.idle_w) m.error("load_w", "physics", "is below idle_w");
    mode.cpu_cores_online = m.whole("cpu_cores_online", 1, 1024, unknown);
    mode.cpu_max_hz = m.number("cpu_max_mhz", 1, 2e4, unknown) * mega;
    mode.gpu_max_hz = m.number("gpu_max_mhz", 1, 2e4, unknown) * mega;
    // Two multiprocessors to a texture processing cluster.
    if (const double on = 2 * m.whole("gpu_tpc", 1, 1e4, unknown); is_known(on))
      mode.gpu_units_share = std::min(1.0, on / multiprocessors);
    m.unread({{"memory_max_mhz", Holds::positive}});
    mode.memory_bandwidth_Bps = m.number("memory_bandwidth_gb_s", 0.1, 1e5, unknown) * giga;
    if (mode.memory_bandwidth_Bps > physics::slack * d.memory_bandwidth_Bps)
      m.error("memory_bandwidth_gb_s", "physics", "is above the memory's peak_bandwidth_gb_s");
    m.unread({{"confidence", Holds::known}, {"note", Holds::text}});
    m.wanted({"name", "confidence"});
    m.finish();
    d.power_modes.push_back(std::move(mode));
  }
  for (Reader& m : power.objects("measured")) {
    m.word("state", {"idle", "cpu_load", "gpu_load", "gpu_cpu_load", "llm_inference", "load_spec"}, 0);
    m.unread({{"watts", Holds::positive}});
    m.word("scope", {"wall", "module", "soc", "gpu", "rail"}, 0);
    m.unread({{"workload", Holds::text}, {"source", Holds::text}});
    m.wanted({"state", "watts", "scope", "source"});
    m.finish();
  }
  power.finish();
}

void parse_confidence(Reader& c, Device& d) {
  const auto known = {std::string_view("read"), std::string_view("derived"), std::string_view("assumed"),
                      std::string_view("mixed")};
  for (const char* group :
       {"memory", "memory_measured", "cpu", "cpu_clocks", "cpu_secondary_clocks", "cpu_op_rates", "cpu_peak", "gpu",
        "gpu_matrix", "npu", "cache", "power", "power_idle", "storage", "host_link", "price"}) {
    const bool stated = c.has(group);
    const auto how = static_cast<Confidence>(c.word(group, known, 0) + 1);
    for (std::size_t g = 0; g < d.confidence.size(); ++g)
      if (stated && std::string_view(group) == to_string(static_cast<FieldGroup>(g))) d.confidence[g] = how;
  }
  c.wanted({"memory"});
  c.finish();
}

/// What an edited preset says of the device that it was, and of what was changed.
void parse_edited(Reader& r, Device& d) {
  d.edited_from = r.required_id("device");
  for (Reader& e : r.objects("fields")) {
    const EditableField* field = find_editable(e.required_text("field"));
    if (!field) e.error("field", "unknown_word", "is no field that can be edited");
    const auto value = [&](const char* key) {
      if (!field || !field->is_word()) return e.number(key, -any_number, any_number, unknown);
      return e.has(key) ? static_cast<double>(find_word(*field, e.text(key))) : unknown;
    };
    const Edit edit{field, value("from"), value("to")};
    e.wanted({"to"});
    e.finish();
    if (field) d.edits.push_back(edit);
  }
  r.wanted({"fields"});
  r.finish();
}

}  // namespace

DevicePreset parse_device(Reader& r, FormatTable& formats, std::vector<std::string>& aliases) {
  DevicePreset preset;
  Device& d = preset.device;
  d.id = r.required_id("id");
  d.name = r.required_text("name");
  d.vendor = r.text("vendor");
  if (r.checked() && !r.has("kind")) r.error("kind", "missing", "is required");
  d.kind = parse_kind(r);
  d.device_class = r.required_text("class");
  r.unread({{"soc", Holds::text}});
  r.whole("release_year", 2000, 2100, unknown);
  d.price_usd = scaled(r, "price_usd", 1);
  r.unread({{"price_note", Holds::text}});
  aliases = r.aliases();
  r.mark("unsure");

  Reader memory = r.object("memory");
  if (!memory) r.error("memory", "missing", "is required");
  d.memory_capacity_B = memory.required_number("capacity_gib", 0.0625, 1e5) * gib;
  memory.unread({{"type", Holds::text}, {"bus_width_bits", Holds::count}, {"data_rate_mts", Holds::positive}});
  d.memory_bandwidth_Bps = scaled(memory, "peak_bandwidth_gb_s", giga, 1e5);
  if (Reader usable = memory.object("usable")) {
    d.usable_is_own = parse_device_usable(usable, d.memory_capacity_B, d.usable);
  }
  memory.unread({{"note", Holds::text}});
  std::vector<Bandwidth> measured = parse_measured_bandwidth(memory, d);
  memory.wanted({"type", "peak_bandwidth_gb_s"});
  memory.finish();

  if (Reader cpu = r.object("cpu")) parse_cpu(cpu, d);
  double multiprocessors = unknown;
  if (Reader gpu = r.object("gpu")) multiprocessors = parse_gpu(gpu, d);
  if (Reader npu = r.object("npu")) parse_npu(npu, d);

  Reader cache = r.object("cache");
  const double l2 = scaled(cache, "l2_mib", mib, 1e6);
  cache.unread({{"l2_note", Holds::text}});
  const double l3 = scaled(cache, "l3_mib", mib, 1e6), slc = scaled(cache, "slc_mib", mib, 1e6);
  cache.unread({{"slc_note", Holds::text}});
  d.last_level_cache_B = fastest({l2, l3, slc, scaled(cache, "gpu_l2_mib", mib, 1e6)});
  cache.finish();

  if (Reader power = r.object("power")) parse_device_power(power, d, multiprocessors);

  Reader storage = r.object("storage");
  for (std::size_t i = 0; i < d.storage_of_Bps.size(); ++i) {
    static constexpr const char* keys[] = {"sd_mb_s",       "emmc_mb_s", "nvme_mb_s",
                                           "usb3_ssd_mb_s", "ufs_mb_s",  "nand_mb_s"};
    const double rate = d.storage_of_Bps[i] = scaled(storage, keys[i], mega);
    if (!is_known(rate) || d.storage_Bps >= rate) continue;
    d.storage_Bps = rate;
    d.storage = static_cast<StorageKind>(i);
  }
  storage.unread({{"nvme_note", Holds::text}});
  storage.finish();
  if (Reader link = r.object("host_link")) {
    link.unread({{"pcie_generation", Holds::count}, {"lanes", Holds::count}});
    d.host_link_Bps = scaled(link, "bandwidth_gb_s", giga);
    link.unread({{"note", Holds::text}});
    link.wanted({"bandwidth_gb_s"});
    link.finish();
  }

  Reader confidence = r.object("confidence");
  parse_confidence(confidence, d);
  const bool assumed = d.confidence[static_cast<std::size_t>(FieldGroup::memory)] == Confidence::assumed;
  const double slack = assumed ? physics::slack_of_assumed : physics::slack;
  for (Bandwidth& m : measured)
    if (Reader::reads_of_others && !m.by_host_link && m.Bps > slack * d.memory_bandwidth_Bps)
      m.reader.error(
          "bandwidth_gb_s", "physics",
          {"is ", human(m.Bps, "B/s"), ", above the memory's peak of ", human(d.memory_bandwidth_Bps, "B/s")});
  r.unread({{"sources", Holds::texts}, {"note", Holds::text}});
  if (Reader edited = r.object("edited")) parse_edited(edited, d);
  for (Reader& c : r.objects("calibrations")) {
    preset.calibrations.push_back(parse_calibration(c, formats, "", d.id));
    preset.calibrations.back().index = preset.calibrations.size() - 1;
  }
  r.wanted({"release_year", "confidence", "sources"});
  return preset;
}

}  // namespace edgewise::json
