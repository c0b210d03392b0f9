#include "edgewise/edited_preset.h"

#include "edgewise/canonical.h"
#include "write.h"

namespace edgewise {

namespace {

using json::Json;

double number_in(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : unknown;
}
/// Moves a member in proportion, where both are known; to something unknown there is no proportion, and none remains.
void scale(Json& object, const char* key, double by) {
  if (const double x = number_in(object, key); is_known(x)) {
    if (is_known(by))
      object[key] = x * by;
    else
      object.erase(key);
  }
}
Json& list_in(Json& object, const char* key) {
  static Json none = Json::array();
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : none = Json::array();
}

class Edited {
 public:
  Edited(Json& preset, const Device& d) : preset_(preset), device_(d) {}

  void apply(const Edit& e) {
    const std::string_view path = e.field->path;
    const double by = e.to / e.from;
    Json& confidence = preset_["confidence"][to_string(e.field->group)];
    if (confidence != "assumed") confidence = "mixed";
    if (e.field->of == EditableField::Of::storage) {
      const StorageKind kind = device_.storage;
      preset_["storage"] = Json::object({{std::string(to_string(kind)) + "_mb_s", device_.storage_Bps / 1e6}});
      return;
    }
    if (path == "power.load_w") return full_power(e.to, by);
    if (path == "gpu.fp16_shader_tflops" || path == "gpu.matrix.fp16_tflops") product(e);
    place(path) = e.to;
    if (path == "memory.capacity_gib") {
      for (const char* key : {"visible_gib", "gpu_gib"})
        if (preset_["memory"].contains("usable")) scale(preset_["memory"]["usable"], key, by);
    } else if (path == "memory.peak_bandwidth_gb_s") {
      bandwidth(by);
    } else if (path == "gpu.fp32_tflops") {
      for (const char* key : {"units", "unit_kind"}) preset_["gpu"].erase(key);
    } else if (path == "host_link.bandwidth_gb_s") {
      for (const char* key : {"pcie_generation", "lanes"}) preset_["host_link"].erase(key);
    } else if (path == "price_usd") {
      preset_.erase("price_note");
    }
  }

 private:
  /// The member at a path of dots.
  Json& place(std::string_view path) {
    Json* at = &preset_;
    while (true) {
      const auto dot = path.find('.');
      at = &(*at)[std::string(path.substr(0, dot))];
      if (dot == path.npos) return *at;
      path.remove_prefix(dot + 1);
    }
  }

  void bandwidth(double by) {
    Json& memory = preset_["memory"];
    for (const char* key : {"bus_width_bits", "data_rate_mts"}) memory.erase(key);
    for (Json& m : list_in(memory, "measured")) {
      if (m.value("agent", "") == "host-link" || !is_known(by)) continue;
      scale(m, "bandwidth_gb_s", by);
      m["confidence"] = "derived";
    }
    if (preset_.contains("power"))
      for (Json& mode : list_in(preset_["power"], "modes")) scale(mode, "memory_bandwidth_gb_s", by);
  }

  void full_power(double to, double by) {
    preset_["power"]["load_w"] = to;
    for (Json& mode : list_in(preset_["power"], "modes")) {
      scale(mode, "budget_w", by);
      scale(mode, "load_w", by);
    }
  }

  /// What products were measured to reach stays the share of the rate that it is of.
  void product(const Edit& e) {
    Json& gpu = preset_["gpu"];
    const double matrix = gpu.contains("matrix") ? number_in(gpu["matrix"], "fp16_tflops") : unknown;
    const double shader = number_in(gpu, "fp16_shader_tflops");
    const bool of_matrix = std::string_view(e.field->path) == "gpu.matrix.fp16_tflops";
    if (!of_matrix && is_known(matrix)) return;
    const double by = e.to / (is_known(matrix) ? matrix : shader);
    for (Json& m : list_in(gpu, "measured")) {
      scale(m, "fp16_tflops", by);
      if (is_known(matrix))
        scale(m, "bf16_tflops", by);
      else
        m.erase("bf16_tflops");
    }
  }

  Json& preset_;
  const Device& device_;
};

}  // namespace

Result<std::string> edited_preset(const Answer& a, std::string_view device_preset, std::string_view id) {
  if (a.query.set.empty()) return Error{"missing", "set", "nothing of the device is edited"};
  if (const std::string known = a.catalog->resolve_device(id); !known.empty())
    return Error{"duplicate", "id", "\"" + std::string(id) + "\" is " + known};
  auto parsed = json::parse_strict(device_preset);
  if (!parsed) return parsed.errors();
  if (!parsed->is_object()) return Error{"wrong_type", "", "is no device preset"};
  Json& preset = *parsed;
  const std::string was = preset.value("id", ""), name = preset.value("name", "");
  preset["id"] = id;
  if (!std::string_view(name).ends_with(edited_mark)) preset["name"] = name + std::string(edited_mark);
  preset.erase("aliases");

  Edited edited(preset, a.device);
  Json fields = Json::array();
  for (const Edit& e : a.device.edits) {
    // What the preset says of itself was applied before it was written.
    if (&e - a.device.edits.data() >= static_cast<std::ptrdiff_t>(a.device.edits.size() - a.query.set.size()))
      edited.apply(e);
    Json field = {{"field", e.field->path}};
    if (is_known(e.from)) field["from"] = json::field_value(*e.field, e.from);
    field["to"] = json::field_value(*e.field, e.to);
    fields.push_back(std::move(field));
  }
  // They were measured of the device as it was.
  for (Json& c : list_in(preset, "calibrations")) c.erase("samples");
  preset["edited"] = {{"device", a.device.edited_from.empty() ? was : a.device.edited_from}, {"fields", fields}};
  return canonical_text(preset);
}

}  // namespace edgewise
