#include "edgewise/edits.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "edgewise/text.h"
#include "order.h"
#include "read_number.h"

namespace edgewise {

namespace {

using Of = EditableField::Of;

constexpr double giga = 1e9, mega = 1e6;
constexpr std::string_view space = " \t\r\n";
constexpr const char* storage_words[] = {"sd", "emmc", "nvme", "usb3_ssd", "ufs", "nand"};
static_assert(std::size(storage_words) == static_cast<std::size_t>(StorageKind::count));

/// Moves in proportion. To something unknown there is none.
void scale(double& x, double by) {
  if (is_known(by)) x *= by;
}

bool any(const Device&) { return true; }
bool has_cpu(const Device& d) { return !d.cpu_clusters.empty(); }
bool has_gpu(const Device& d) { return d.has_gpu; }
bool has_npu(const Device& d) { return d.has_npu; }
bool has_link(const Device& d) { return d.kind == DeviceKind::host_centric; }
bool has_i8mm(const Device& d) {
  return std::any_of(d.cpu_clusters.begin(), d.cpu_clusters.end(),
                     [](const CpuCluster& c) { return std::find(c.isa.begin(), c.isa.end(), "i8mm") != c.isa.end(); });
}

void set_capacity(Device& d, double gib_) {
  const double by = gib_ * gib / d.memory_capacity_B;
  d.memory_capacity_B = gib_ * gib;
  // What firmware takes and what a GPU is lent are shares of the memory.
  scale(d.usable.visible_B, by);
  scale(d.usable.gpu_B, by);
}

void set_bandwidth(Device& d, double gb_s) {
  const double by = gb_s * giga / d.memory_bandwidth_Bps;
  d.memory_bandwidth_Bps = gb_s * giga;
  scale(d.cpu_measured_bandwidth_Bps, by);
  scale(d.npu_measured_bandwidth_Bps, by);
  // A mode's own is of the peak that was; of ones that nobody knew it is the same as any other's.
  for (PowerMode& m : d.power_modes) m.memory_bandwidth_Bps *= by;
}

void set_full_power(Device& d, double w) {
  const double by = w / d.full_power_w();
  d.load_w = w;
  for (PowerMode& m : d.power_modes) {
    m.budget_w *= by;
    m.load_w *= by;
  }
}

void set_storage_kind(Device& d, double place) {
  d.storage = static_cast<StorageKind>(static_cast<std::size_t>(place));
  d.storage_Bps = d.storage_of_Bps[static_cast<std::size_t>(d.storage)];
}
void set_storage_rate(Device& d, double mb_s) {
  if (d.storage == StorageKind::count) d.storage = StorageKind::nvme;
  d.storage_Bps = d.storage_of_Bps[static_cast<std::size_t>(d.storage)] = mb_s * mega;
}

template <double Device::*member, std::intmax_t unit>
double get(const Device& d) {
  return d.*member / static_cast<double>(unit);
}
template <double Device::*member, std::intmax_t unit>
void set(Device& d, double x) {
  d.*member = x * static_cast<double>(unit);
}
template <double Device::*member>
void set_cpu(Device& d, double gops) {
  d.*member = gops * giga;
  d.set_cpu_int8();
}

constexpr std::intmax_t ones = 1, G = 1'000'000'000, T = 1'000 * G;

/// A number that is a member of the device; `change`: with what else follows from it.
template <double Device::*member, std::intmax_t unit>
constexpr EditableField field(const char* path, const char* label, const char* of_unit, FieldGroup group, Of of,
                              double min, double max, bool (*there)(const Device&),
                              void (*change)(Device&, double) = set<member, unit>) {
  return {path, label, of_unit, group, of, min, max, there, get<member, unit>, change, {}};
}

// A word comes before the number that is of it: edits are applied in this order.
constexpr EditableField fields_of_devices[] = {
    field<&Device::memory_capacity_B, 1'073'741'824>("memory.capacity_gib", "Memory", "GiB", FieldGroup::memory,
                                                     Of::memory_size, 0.0625, 1e5, any, set_capacity),
    field<&Device::memory_bandwidth_Bps, G>("memory.peak_bandwidth_gb_s", "Memory bandwidth", "GB/s",
                                            FieldGroup::memory, Of::bandwidth, 0.01, 1e5, any, set_bandwidth),
    field<&Device::cpu_fp32_flops, G>("cpu.peak.fp32_gflops", "CPU, FP32", "GFLOP/s", FieldGroup::cpu_peak, Of::cpu,
                                      0.01, 1e8, has_cpu, set_cpu<&Device::cpu_fp32_flops>),
    field<&Device::cpu_int8_dot_ops, G>("cpu.peak.int8_dot_gops", "CPU, INT8 dot products", "GOP/s",
                                        FieldGroup::cpu_peak, Of::cpu, 0.01, 1e8, has_cpu,
                                        set_cpu<&Device::cpu_int8_dot_ops>),
    field<&Device::cpu_int8_i8mm_ops, G>("cpu.peak.int8_i8mm_gops", "CPU, INT8 matrix products", "GOP/s",
                                         FieldGroup::cpu_peak, Of::cpu, 0.01, 1e8, has_i8mm,
                                         set_cpu<&Device::cpu_int8_i8mm_ops>),
    field<&Device::gpu_fp32_flops, T>("gpu.fp32_tflops", "GPU, FP32", "TFLOP/s", FieldGroup::gpu, Of::gpu, 1e-4, 1e5,
                                      has_gpu),
    field<&Device::gpu_fp16_flops, T>("gpu.fp16_shader_tflops", "GPU, FP16", "TFLOP/s", FieldGroup::gpu, Of::gpu, 1e-4,
                                      1e5, has_gpu),
    field<&Device::gpu_matrix_fp16_flops, T>("gpu.matrix.fp16_tflops", "GPU, FP16 matrix units", "TFLOP/s",
                                             FieldGroup::gpu_matrix, Of::gpu, 1e-4, 1e5, has_gpu),
    field<&Device::gpu_matrix_int8_ops, T>("gpu.matrix.int8_tops", "GPU, INT8 matrix units", "TOP/s",
                                           FieldGroup::gpu_matrix, Of::gpu, 1e-4, 1e5, has_gpu),
    field<&Device::npu_ops, T>("npu.tops", "NPU", "TOP/s", FieldGroup::npu, Of::npu, 1e-4, 1e5, has_npu),
    {"storage.kind", "Storage", "", FieldGroup::storage, Of::storage, 0, 0, any,
     [](const Device& d) { return d.storage == StorageKind::count ? unknown : static_cast<double>(d.storage); },
     set_storage_kind, storage_words},
    field<&Device::storage_Bps, 1'000'000>("storage.read_mb_s", "Storage, sequential reads", "MB/s",
                                           FieldGroup::storage, Of::storage, 0.01, 1e6, any, set_storage_rate),
    field<&Device::host_link_Bps, G>("host_link.bandwidth_gb_s", "Link to the host", "GB/s", FieldGroup::host_link,
                                     Of::link, 0.001, 1e4, has_link),
    field<&Device::idle_w, ones>("power.idle_w", "Power, idle", "W", FieldGroup::power, Of::power, 0.001, 1e5, any),
    {"power.load_w",
     "Power, full load",
     "W",
     FieldGroup::power,
     Of::power,
     0.001,
     1e5,
     any,
     [](const Device& d) { return d.full_power_w(); },
     set_full_power,
     {}},
    field<&Device::price_usd, ones>("price_usd", "Price", "USD", FieldGroup::price, Of::price, 0.01, 1e9, any),
};

std::string path_of(const EditableField& f) { return std::string("device.") + f.path; }

Error unknown_field(const std::string& path) {
  std::vector<std::string> names;
  for (const EditableField& f : fields_of_devices) names.emplace_back(f.path);
  const std::vector<std::string> near = nearest(path, names, 2);
  const std::string at = "device." + shortened(path);
  return near.empty() ? said("unknown_key", at, "is no field that can be edited; there are {fields}", {listed(names)})
                      : said("unknown_key", at, "is no field that can be edited; did you mean {near}?", {listed(near)});
}

/// Fifteen significant digits, which say the same number again to a part in 10^14; no locale has a say.
std::string digits(double x) {
  if (x == 0) return "0";
  if (!(x > 0 && x < 1e15)) return x < 0 ? "-1" : "1e15";  // out of every field's limits
  double scale = 1;
  int decimals = 0;
  for (; decimals < 20 && x * scale < 1e14 && x * scale != std::floor(x * scale); ++decimals) scale *= 10;
  std::string out = std::to_string(static_cast<std::int64_t>(std::floor(x * scale + 0.5)));
  if (decimals == 0) return out;
  if (out.size() <= static_cast<std::size_t>(decimals))
    out.insert(0, static_cast<std::size_t>(decimals) + 1 - out.size(), '0');
  out.insert(out.size() - static_cast<std::size_t>(decimals), ".");
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

/// The value of a field as it is typed.
Result<AskedEdit> read_value(const EditableField& f, std::string_view typed) {
  AskedEdit out{&f, unknown, std::string(f.path) + "="};
  const std::string is = shortened(typed);
  if (f.is_word()) {
    const std::size_t place = find_word(f, typed);
    if (place == f.words.size())
      return said("unknown_word", path_of(f), "is \"{is}\", must be one of {words}",
                  {is, listed({f.words.begin(), f.words.end()})});
    out.value = static_cast<double>(place);
    out.text += f.words[place];
    return out;
  }
  std::string_view rest;
  out.value = read_number(typed, rest);
  const std::string_view digits = typed.substr(0, typed.size() - rest.size());
  if (!is_known(out.value))
    return said("wrong_type", path_of(f), "is \"{is}\", must be a number of {unit}", {is, f.unit});
  if (rest = trimmed(rest, space); !rest.empty() && lower(rest) != lower(f.unit))
    return said("wrong_unit", path_of(f), "is \"{is}\", must be a number of {unit}", {is, f.unit});
  if (!(out.value >= f.min && out.value <= f.max))
    return said("out_of_range", path_of(f), "is \"{is}\", must be between {min} and {max} {unit}",
                {is, count(f.min), count(f.max), f.unit});
  out.text += digits;
  return out;
}

}  // namespace

std::span<const EditableField> editable_fields() { return fields_of_devices; }

const EditableField* find_editable(std::string_view path) {
  constexpr std::string_view prefix = "device.";
  if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
  for (const EditableField& f : fields_of_devices)
    if (path == f.path) return &f;
  return nullptr;
}

std::size_t find_word(const EditableField& f, std::string_view word) {
  return static_cast<std::size_t>(std::find(f.words.begin(), f.words.end(), lower(word)) - f.words.begin());
}

Result<std::vector<AskedEdit>> parse_edits(const std::vector<std::string>& texts) {
  std::vector<AskedEdit> out;
  Errors errors;
  const auto read = [&](std::string_view text, std::size_t place) {
    const auto equals = text.find('=');
    if (equals == text.npos)
      return errors.push_back(said("missing", "set[" + std::to_string(place) + "]",
                                   "is \"{is}\", must be FIELD=VALUE, such as {example}",
                                   {shortened(text), std::string(fields_of_devices[1].path) + "=34"}));
    const std::string_view path = trimmed(text.substr(0, equals), space);
    const EditableField* field = find_editable(path);
    if (!field) return errors.push_back(unknown_field(std::string(path)));
    if (std::any_of(out.begin(), out.end(), [&](const AskedEdit& e) { return e.field == field; }))
      return errors.push_back(said("duplicate", path_of(*field), "{field} is edited twice", {field->path}));
    auto value = read_value(*field, trimmed(text.substr(equals + 1), space));
    if (value)
      out.push_back(std::move(*value));
    else
      errors.push_back(value.errors()[0]);
  };
  for (std::size_t place = 0; place < texts.size(); ++place) {
    std::string_view rest = texts[place];
    bool any = false;
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of(";\n"), rest.size());
      if (const std::string_view part = trimmed(rest.substr(0, end), space); !part.empty()) {
        any = true;
        read(part, place);
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!any) read("", place);
  }
  if (!errors.empty()) return errors;
  order_by(out, [](const AskedEdit& e) { return static_cast<double>(e.field - fields_of_devices); });
  return out;
}

namespace {

/// What edits must not break, as presets must not: see check.
Errors contradictions(const Device& d, const std::vector<AskedEdit>& edits) {
  Errors out;
  // The path is that of an edit: of the field if it is one, else of the other.
  const auto refuse = [&](const char* field, const char* other, std::string_view words,
                          std::initializer_list<std::string_view> values) {
    const bool edited = std::any_of(edits.begin(), edits.end(),
                                    [&](const AskedEdit& e) { return e.field->path == std::string_view(field); });
    out.push_back(said("inconsistent", std::string("device.") + (edited ? field : other), words, values));
  };
  const double visible = is_known(d.usable.visible_B) ? d.usable.visible_B : d.memory_capacity_B;
  for (const double idle : {d.usable.headless_B, d.usable.desktop_B})
    if (idle > visible) {
      refuse("memory.capacity_gib", "memory.capacity_gib", "is less than the {idle} that the idle system takes",
             {human(idle, "B")});
      break;
    }
  const std::string idle = human(d.idle_w, "W");
  if (d.idle_w > d.full_power_w())
    refuse("power.idle_w", "power.load_w", "idle power, {idle}, is above full load, {full}",
           {idle, human(d.full_power_w(), "W")});
  else
    for (const PowerMode& m : d.power_modes)
      if (d.idle_w > m.budget_w) {
        refuse("power.idle_w", "power.load_w", "idle power, {idle}, is above the budget of power mode {mode}, {budget}",
               {idle, m.id, human(m.budget_w, "W")});
        break;
      }
  return out;
}

}  // namespace

Errors apply_edits(Device& d, const std::vector<AskedEdit>& edits) {
  Errors errors;
  for (const AskedEdit& e : edits) {
    const EditableField& f = *e.field;
    if (!f.there(d)) {
      errors.push_back(said("unsupported", path_of(f), "{lacking} has nothing that this is of", {d.name}));
      continue;
    }
    const double from = f.get(d);
    f.set(d, e.value);
    d.edits.push_back({&f, from, e.value});
    const bool rate_follows = std::any_of(edits.begin(), edits.end(), [&](const AskedEdit& o) {
      return o.field->of == Of::storage && !o.field->is_word();
    });
    if (f.is_word() && !is_known(d.storage_Bps) && !rate_follows)
      errors.push_back(said("inconsistent", path_of(f),
                            "nobody says how fast {storage} is here: edit storage.read_mb_s too",
                            {value_text(f, e.value)}));
  }
  if (!errors.empty()) return errors;
  return contradictions(d, edits);
}

void with_edit(std::vector<std::string>& set, const EditableField& f, double value) {
  std::erase_if(set, [&](const std::string& s) {
    return find_editable(trimmed(std::string_view(s).substr(0, s.find('=')), space)) == &f;
  });
  const std::size_t place = f.is_word() ? static_cast<std::size_t>(value) : 0;
  set.push_back(std::string(f.path) + "=" +
                (!f.is_word()             ? digits(value)
                 : place < f.words.size() ? f.words[place]
                                          : ""));
}

std::string value_text(const EditableField& f, double x) {
  if (!is_known(x)) return "unknown";
  if (f.is_word()) return f.words[static_cast<std::size_t>(x)];
  return significant(x) + " " + f.unit;
}

bool edits_speed_of(const Device& d, Processor p) {
  return std::any_of(d.edits.begin(), d.edits.end(), [&](const Edit& e) {
    if (e.to == e.from) return false;
    const Of of = e.field->of;
    return of == Of::bandwidth || (of == Of::cpu && p == Processor::cpu) || (of == Of::gpu && p == Processor::gpu) ||
           (of == Of::npu && p == Processor::npu);
  });
}

bool edits_power_of(const Device& d) {
  return std::any_of(d.edits.begin(), d.edits.end(),
                     [](const Edit& e) { return e.to != e.from && e.field->of == Of::power; });
}

}  // namespace edgewise
