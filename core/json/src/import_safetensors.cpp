// What safetensors files hold, by their headers (huggingface/safetensors, README, "Format"): eight bytes with the
// length of a JSON text, which lists every tensor's type, shape and place.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "hf_modules.h"
#include "import.h"
#include "roles.h"

namespace edgewise::json {

namespace {

struct Dtype {
  const char* name;
  double bytes;
  const char* format;  ///< of plain weights; null: packed, or no weights
};
constexpr Dtype dtypes[] = {{"F64", 8, nullptr},   {"F32", 4, "F32"},     {"F16", 2, "F16"},    {"BF16", 2, "BF16"},
                            {"F8_E4M3", 1, "FP8"}, {"F8_E5M2", 1, "FP8"}, {"I64", 8, nullptr},  {"U64", 8, nullptr},
                            {"I32", 4, nullptr},   {"U32", 4, nullptr},   {"I16", 2, nullptr},  {"U16", 2, nullptr},
                            {"I8", 1, "INT8"},     {"U8", 1, nullptr},    {"BOOL", 1, nullptr}, {"F8_E8M0", 1, nullptr},
                            {"F4", 0.5, nullptr}};

bool has(std::string_view name, std::string_view part) { return name.find(part) != std::string_view::npos; }

/// Whether the tensor goes with another: scales, zeros and the order of groups are bytes of the weights they are for.
bool goes_with_weights(std::string_view name) {
  for (const char* part :
       {"scale", "zero", "g_idx", "absmax", "quant_map", "quant_state", "nested_", "SCB", "weight_shape"})
    if (has(name, part)) return true;
  // MLX calls the lower end of a group its bias: "q_proj.biases".
  return name.ends_with(".biases");
}

Role role_outside_layers(std::string_view name) {
  for (const char* part : {"visual", "vision", "image", "multi_modal", "mm_projector", "connector", "vit."})
    if (has(name, part)) return Role::vision;
  for (const char* part : {"audio", "speech"})
    if (has(name, part)) return Role::audio;
  return has(name, "mtp") ? Role::mtp : Role::bias;
}

Role role_of(std::string_view name, bool in_layers, std::int32_t layer, double layers) {
  // A tower has layers too.
  if (const Role role = role_outside_layers(name); role != Role::bias) return role;
  if (layer >= layers) return Role::mtp;
  if (name.ends_with(".bias") || name.ends_with("_bias")) return Role::bias;
  if (const auto module = hf_module(name)) return module->role;
  if (has(name, "norm")) return Role::norm;
  if (!in_layers && (has(name, "embed") || has(name, "wte"))) return Role::token_embd;
  if (!in_layers && has(name, "output")) return Role::output;
  return in_layers && (has(name, "router") || name.ends_with("mlp.gate.weight") || name.ends_with("_moe.gate.weight"))
             ? Role::ffn_gate_inp
             : Role::bias;
}

class Headers {
 public:
  /// `further`: layers beyond these that predict further tokens.
  Headers(const HfStorage& storage, double layers, double further)
      : storage_(storage), layers_(layers), further_(further) {}

  std::optional<Error> add(const ModelFile& file) {
    const auto wrong = [&](std::string code, const std::string& path, std::string message) {
      return Error{std::move(code), std::string(file.name) + (path.empty() ? "" : ": " + path), std::move(message)};
    };
    if (file.bytes.size() < 8) return wrong("truncated", "", "ends inside the length of its header");
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i)
      length |= static_cast<std::uint64_t>(static_cast<unsigned char>(file.bytes[i])) << (8 * i);
    if (length > file.bytes.size() - 8)
      return wrong("truncated", "",
                   "says its header has " + std::to_string(length) + " bytes, more than the file holds");
    const auto header = parse_strict(file.bytes.substr(8, static_cast<std::size_t>(length)));
    if (!header) return wrong(header.errors()[0].code, header.errors()[0].path, header.errors()[0].message);
    if (!header->is_object()) return wrong("wrong_type", "", "its header is no object");
    for (const auto& [name, tensor] : header->items()) {
      if (name == "__metadata__") continue;
      Errors errors;
      Reader r(tensor, name, errors);
      const std::string type = r.required_text("dtype");
      const Json* shape = r.any("shape");
      double elements = 1;
      if (!shape || !shape->is_array()) r.error("shape", "wrong_type", "must be a list of sizes");
      for (const Json& side : shape && shape->is_array() ? *shape : Json::array()) {
        if (!side.is_number_unsigned() || side.get<double>() > 1e12)
          r.error("shape", "wrong_type", "must hold whole numbers up to 1e12");
        else
          elements *= side.get<double>();
        if (elements > 1e14) break;
      }
      const auto dtype =
          std::find_if(std::begin(dtypes), std::end(dtypes), [&](const Dtype& d) { return type == d.name; });
      if (errors.empty() && dtype == std::end(dtypes))
        r.error("dtype", "unsupported", "\"" + type + "\" is no known type");
      if (errors.empty() && elements > 1e14) r.error("shape", "out_of_range", "holds more than 1e14 elements");
      if (!errors.empty()) return wrong(errors[0].code, errors[0].path, errors[0].message);
      if (elements > 0) tensor_of(name, *dtype, elements);
      if (beyond_) return wrong("out_of_range", name, "is of a layer that the config does not have");
    }
    return std::nullopt;
  }

  StoredList list;

 private:
  void tensor_of(const std::string& name, const Dtype& dtype, double elements) {
    const auto at = name.find("layers.");
    std::int32_t layer = -1;
    if (at != std::string::npos) std::from_chars(name.data() + at + 7, name.data() + name.size(), layer);
    const Role role = role_of(name, layer >= 0, layer, layers_);
    // A tower has layers of its own.
    beyond_ = role == Role::mtp && layer >= layers_ + further_ && !has(name, "mtp");
    const bool recurrent = has(name, "linear_attn") || has(name, "mamba") || has(name, "mixer") || has(name, ".conv.");
    const Operator op = operator_of(role, name, recurrent);
    const bool in_layers = layer >= 0 && role != Role::vision && role != Role::audio;
    const bool routed = has(name, "experts.") && !has(name, "shared_expert");
    const double bytes = elements * dtype.bytes;
    const bool companion = !storage_.format.empty() && goes_with_weights(name);
    const bool packed = !companion && !dtype.format;
    const std::string format = packed || companion ? storage_.format : dtype.format;
    const double weights = companion ? 0 : packed ? std::round(bytes * 8 / storage_.bits) : elements;
    list.add(role, op, in_layers, routed, format.empty() ? "F32" : format, weights, bytes);
  }

  const HfStorage& storage_;
  const double layers_, further_;
  bool beyond_ = false;
};

}  // namespace

Result<Imported> with_safetensors(Imported made, const std::vector<ModelFile>& weights) {
  const Json& config = made.preset["config"];
  Headers headers(made.storage, config["num_hidden_layers"].get<double>(), config.value("mtp_layers", 0.0));
  for (const ModelFile& file : weights)
    if (auto error = headers.add(file)) return *error;
  if (headers.list.empty()) return Error{"missing", "tensors", "there are none in the files"};
  const std::string plain = headers.list.dominant(), digits = plain.substr(plain.find('F') + 1);
  made.preset["checkpoint"] = made.storage.family.empty()
                                  ? headers.list.checkpoint("full-precision", plain == "BF16"  ? "bf16"
                                                                              : plain == "FP8" ? "fp8"
                                                                                               : "fp" + digits)
                                  : headers.list.checkpoint(made.storage.family, made.storage.id);
  return made;
}

}  // namespace edgewise::json
