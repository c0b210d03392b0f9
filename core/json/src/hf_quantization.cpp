// What Hugging Face configs say of the format of their weights: transformers/utils/quantization_config.py and the
// configs of AutoAWQ, GPTQModel, compressed-tensors, ModelOpt, torchao, MLX and OpenVINO.

#include "hf_quantization.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "edgewise/json.h"
#include "edgewise/text.h"
#include "hf_modules.h"
#include "parse.h"

namespace edgewise::json {

namespace {

/// Matrices in groups of `group` share a scale; 0: a row does.
std::string int_format(double bits, double group, bool symmetric) {
  std::string id = "INT" + count(bits);
  if (group > 0) id += "_G" + count(group) + (symmetric && bits == 4 ? "_S" : "");
  return id;
}

class Storage {
 public:
  Storage(Reader& config, double layers, std::string method)
      : q_(config), layers_(layers), method_(std::move(method)) {}

  HfStorage run() {
    const std::string& method = method_;
    if (method.empty() && q_.has("bits") && q_.has("group_size"))
      mlx();
    else if (method == "awq")
      awq();
    else if (method == "gptq" || method == "auto-round" || method == "intel/auto-round" || method == "autoround")
      gptq();
    else if (method == "bitsandbytes" || method == "bnb")
      bitsandbytes();
    else if (method == "compressed-tensors" || method == "sparseml")
      compressed_tensors();
    else if (method == "fp8" || method == "fbgemm_fp8" || method == "finegrained_fp8")
      all_in("compressed-tensors", "fp8", "FP8", 8);
    else if (method == "modelopt" || method == "modelopt_fp4" || method == "nvfp4" || method == "modelopt_mixed")
      modelopt();
    else if (method == "mxfp4")
      mxfp4();
    else if (method == "torchao")
      torchao();
    else if (method == "eetq")
      all_in("bitsandbytes", "bnb-int8", "INT8", 8);
    else if (method == "hqq")
      hqq();
    else if (method == "exl2")
      exl2();
    else if (method == "openvino" || (method.empty() && (q_.has("bits") || q_.has("weight_format"))))
      openvino();
    else
      refuse("quant_method", method.empty()
                                 ? "names no method of quantization that is known"
                                 : "\"" + method +
                                       "\" is no method of quantization that this program knows; a copy of the file "
                                       "without quantization_config describes the model in other formats");
    if (!s_.family.empty()) exceptions();
    return std::move(s_);
  }

 private:
  void refuse(const char* key, std::string message) { q_.error(key, "unsupported", std::move(message)); }

  void all_in(const char* family, std::string id, std::string format, double bits) {
    s_.family = family;
    s_.id = std::move(id);
    s_.format = std::move(format);
    s_.bits = bits;
  }

  double bits(const char* key, double fallback) { return q_.whole(key, 1, 16, fallback); }
  double group(const char* key, double fallback) {
    // -1: one group to a row.
    const double g = q_.number(key, -1, 1e6, fallback);
    if (g == 0) refuse(key, "is 0, must be the weights of a group, or -1 for one group to a row");
    return g < 1 ? 0 : g;
  }

  void awq() {
    const double b = q_.has("w_bit") ? bits("w_bit", 4) : bits("bits", 4),
                 g = q_.has("q_group_size") ? group("q_group_size", 128) : group("group_size", 128);
    all_in("awq", "awq-int" + count(b) + (b == 4 && g > 0 ? "-g" + count(g) : ""), int_format(b, g, false), b);
  }

  void gptq() {
    const double b = q_.required_whole("bits", 1, 16), g = group("group_size", 128);
    all_in("gptq", "gptq-int" + count(b) + (b == 4 && g > 0 ? "-g" + count(g) : ""), int_format(b, g, false), b);
    if (q_.flag("lm_head", false)) s_.output = s_.format;
    // GPTQModel: patterns of modules, the first that matches holds; "-:" leaves them alone, "+:" or nothing gives them
    // settings of their own.
    settings_of_modules("dynamic", b, g, [](const std::string& key) {
      const bool marked = key.rfind("+:", 0) == 0 || key.rfind("-:", 0) == 0;
      return "re:" + (marked ? key.substr(2) : key);
    });
    // AutoRound: names of modules, or patterns.
    settings_of_modules("extra_config", b, g, [](const std::string& key) {
      return key.find_first_of("*+?[(|^$\\") == key.npos ? key : "re:" + key;
    });
  }

  /// Modules with bits and groups of their own; 16 bits and more are no quantization.
  template <class Pattern>
  void settings_of_modules(const char* member, double usual_bits, double usual_group, const Pattern& pattern) {
    Reader modules = q_.object(member);
    if (!modules) return;
    for (const auto& [key, value] : modules.raw().items()) {
      if (!value.is_object()) continue;
      Reader own = modules.object(key.c_str());
      const double b = own.whole("bits", 1, 32, usual_bits), g = own.number("group_size", -1, 1e6, usual_group);
      const bool alone = key.rfind("-:", 0) == 0 || b >= 16;
      if (!alone && b == usual_bits && g == usual_group) continue;
      named({pattern(key)}, alone ? s_.unquantized : int_format(b, std::max(0.0, g), false));
    }
  }

  void bitsandbytes() {
    const bool four = q_.flag("load_in_4bit", false) || q_.flag("_load_in_4bit", false);
    if (!four) return all_in("bitsandbytes", "bnb-int8", "INT8", 8);
    const std::string type = q_.text("bnb_4bit_quant_type", "fp4");
    const bool twice = q_.flag("bnb_4bit_use_double_quant", false);
    all_in("bitsandbytes", "bnb-" + type, twice ? "NF4_DQ" : "NF4", 4);
  }

  /// What a group of compressed-tensors stores a weight as.
  std::string of_weights(Reader& w, std::string& id) {
    const double b = w.whole("num_bits", 1, 16, 8);
    const std::string type = w.text("type", "int"), strategy = w.text("strategy", "channel");
    const double g = strategy == "group" || strategy == "tensor_group" ? w.number("group_size", -1, 1e6, 128) : 0;
    s_.bits = b;
    if (type == "float") {
      id = b == 4 ? (g == 32 ? "mxfp4" : "nvfp4") : "fp8";
      return b == 4 ? (g == 32 ? "MXFP4" : "NVFP4") : "FP8";
    }
    id = "w" + count(b) + "a16";
    return int_format(b, std::max(0.0, g), w.flag("symmetric", true));
  }

  void compressed_tensors() {
    // "linear" among the targets is every matrix; other groups name some of them.
    Reader groups = q_.object("config_groups");
    if (!groups) return refuse("config_groups", "is required");
    s_.output = "linear";
    for (const auto& [key, value] : groups.raw().items()) {
      Reader g = groups.object(key.c_str());
      Reader w = g.object("weights");
      if (!w) continue;
      std::string id;
      const std::string format = of_weights(w, id);
      if (Reader a = g.object("input_activations"); a && id == "w8a16") id = "w8a8";
      std::vector<std::string> some;
      bool every = false;
      for (const std::string& target : g.texts("targets"))
        if (target == "Linear")
          every = true;
        else
          some.push_back(target);
      // Of several the first names the recipe; what no group means stays as it is.
      if (every || s_.family.empty()) {
        const double b = s_.bits;
        all_in("compressed-tensors", id, every ? format : s_.unquantized, b);
      }
      if (!every) named(some, format);
    }
    if (s_.family.empty() || (s_.format == s_.unquantized && s_.rules.empty() && steps_ > 0))
      refuse("config_groups", "quantizes no weights that are known");
  }

  void modelopt() {
    if (!q_.has("quant_algo") && q_.has("config_groups")) return compressed_tensors();
    if (!q_.has("quant_algo") && method_ == "modelopt") return q_.error("quant_algo", "missing", "is required");
    const std::string algorithm = upper(q_.text("quant_algo", "NVFP4"));
    if (algorithm.find("FP4") != std::string::npos)
      all_in("compressed-tensors", "nvfp4", "NVFP4", 4);
    else if (algorithm.find("FP8") != std::string::npos)
      all_in("compressed-tensors", "fp8", "FP8", 8);
    else if (algorithm.find("W4A16") != std::string::npos || algorithm.find("W4A8") != std::string::npos)
      all_in("awq", "awq-int4-g128", "INT4_G128", 4);
    else
      refuse("quant_algo", "\"" + algorithm + "\" is no algorithm that this program knows");
  }

  void mxfp4() {
    // Only the experts; other matrices stay as they are.
    all_in("compressed-tensors", "mxfp4", "MXFP4", 4);
    constexpr Role experts[] = {Role::ffn_gate_exps, Role::ffn_up_exps, Role::ffn_down_exps};
    for (const HfName& n : hf_names())
      if (std::find(std::begin(experts), std::end(experts), n.role) == std::end(experts)) kept_.insert(n.role);
  }

  void torchao() {
    std::string kind;
    double g = 128;
    const Json* type = q_.any("quant_type");
    if (type && type->is_string()) kind = type->get<std::string>();
    if (type && type->is_object()) {
      Reader t = q_.object("quant_type");
      Reader d = t.object("default");
      kind = d.text("_type");
      Reader data = d.object("_data");
      g = data.number("group_size", -1, 1e6, 128);
    }
    if (Reader k = q_.object("quant_type_kwargs")) g = k.number("group_size", -1, 1e6, g);
    kind = lower(kind);
    if (kind.find("int4") != std::string::npos)
      all_in("torchao", "int4wo-g" + count(g), int_format(4, g, false), 4);
    else if (kind.find("int8") != std::string::npos)
      all_in("torchao", "int8wo", "INT8", 8);
    else if (kind.find("float8") != std::string::npos || kind.find("fp8") != std::string::npos)
      all_in("torchao", "float8wo", "FP8", 8);
    else
      refuse("quant_type", "\"" + kind + "\" is no kind that this program knows");
  }

  void hqq() {
    Reader params = q_.object("quant_config");
    Reader w = params.object("weight_quant_params");
    const double b = w.whole("nbits", 1, 8, 4), g = w.number("group_size", 1, 1e6, 64);
    all_in("hqq", "hqq-int" + count(b) + "-g" + count(g), int_format(b, g, false), b);
  }

  void exl2() {
    const std::string b = number_of(q_.number("bits", 1, 8, 4));
    all_in("exl2", "exl2-" + (b.find('.') == std::string::npos ? b + ".0" : b), "EXL2_" + b, 4);
    s_.output = s_.format;
  }

  static std::string number_of(double x) {
    return to_text(Json(x)).substr(0, x == static_cast<double>(static_cast<int>(x)) ? 1 : 4);
  }

  void openvino() {
    const double b = bits("bits", q_.text("weight_format").find("int4") != std::string::npos ? 4 : 8),
                 g = group("group_size", b == 4 ? 128 : -1);
    const bool symmetric = q_.flag("sym", false);
    all_in("openvino", b == 8 ? "openvino-int8" : std::string("int4-") + (symmetric ? "sym" : "asym") + "-g" + count(g),
           int_format(b, g, symmetric), b);
    // Head and embedding take 8 bits.
    s_.output = s_.embedding = "INT8";
  }

  std::string mlx_format(Reader& r, double b, double g) {
    const std::string mode = r.text("mode", "affine");
    if (mode == "mxfp4") return "MXFP4";
    if (mode == "nvfp4") return "NVFP4";
    if (mode == "mxfp8") return "MXFP8";
    if (mode != "affine") r.error("mode", "unsupported", "\"" + mode + "\" is no mode of MLX that this program knows");
    return "MLX" + count(b) + "_G" + count(g);
  }

  /// MLX: one format for all, and paths of modules with another or with none.
  void mlx() {
    const double b = bits("bits", 4), g = group("group_size", 64);
    const std::string mode = q_.text("mode", "affine");
    all_in("mlx", mode == "affine" ? "mlx-" + count(b) + "bit" + (g == 64 ? "" : "-g" + count(g)) : "mlx-" + mode,
           mlx_format(q_, b, g), b);
    s_.output = s_.embedding = s_.format;
    std::map<std::string, std::vector<std::string>> by_format;
    for (const auto& [key, value] : q_.raw().items()) {
      if (value.is_boolean() && !value.get<bool>() && (key.find('.') != std::string::npos || hf_module(key)))
        by_format[s_.unquantized].push_back(key);
      if (!value.is_object()) continue;
      Reader own = q_.object(key.c_str());
      by_format[mlx_format(own, own.whole("bits", 1, 16, b), own.number("group_size", 1, 1e6, g))].push_back(key);
    }
    by_format.erase(s_.format);
    for (const auto& [format, modules] : by_format) named(modules, format);
  }

  /// A rule for each role of which some module is meant.
  void named(const std::vector<std::string>& patterns, const std::string& format) {
    if (patterns.empty() || steps_ == 0) return;
    std::map<Role, std::set<double>> layers, fused;
    // Most lists name each module in full: these are looked up. What is left is held against every name.
    std::vector<std::string_view> general;
    for (const std::string& p : patterns) {
      const bool plain = p.rfind("re:", 0) != 0 && p.find('*') == std::string::npos;
      const auto module = plain ? hf_module(p) : std::nullopt;
      if (module && module->layer >= 0 && module->layer < layers_)
        layers[module->role].insert(module->layer);
      else if (p.size() > longest_pattern)
        return refuse(nullptr,
                      "lists modules by a pattern of more than " + std::to_string(longest_pattern) + " characters");
      else
        general.emplace_back(p);
    }
    const auto meant = [&](const std::string& name) {
      return std::any_of(general.begin(), general.end(),
                         [&](std::string_view p) { return means_module(p, name, steps_); });
    };
    for (const HfName& n : hf_names()) {
      const std::string name = n.name;
      const auto at = name.find(".N.");
      if (at == std::string::npos) {
        if (meant(name)) (n.role == Role::output ? s_.output : s_.embedding) = format;
        continue;
      }
      auto& found = name.ends_with("gate_up_proj") ? fused : layers;
      for (double i = 0; i < layers_; ++i)
        if (meant(name.substr(0, at + 1) + count(i) + name.substr(at + 2))) found[n.role].insert(i);
    }
    // What means gates means both matrices in one only where gates are no matrices of their own.
    for (const auto& [role, some] : fused) {
      const std::set<double>& gates = layers[role == Role::ffn_up ? Role::ffn_gate : Role::ffn_gate_exps];
      std::set_difference(some.begin(), some.end(), gates.begin(), gates.end(),
                          std::inserter(layers[role], layers[role].end()));
    }
    std::erase_if(layers, [](const auto& of) { return of.second.empty(); });
    if (steps_ == 0) refuse(nullptr, "lists modules by more patterns than can be held against every layer");
    for (const auto& [role, some] : layers) {
      Json rule = {{"tensors", {to_string(role)}}};
      if (static_cast<double>(some.size()) < layers_) rule["only"] = some;
      rule["format"] = format;
      s_.rules.push_back(std::move(rule));
    }
  }

  void exceptions() {
    std::vector<std::string> names;
    for (const char* key : {"modules_to_not_convert", "ignore", "ignored_layers", "llm_int8_skip_modules",
                            "exclude_modules", "ignored_scopes"})
      if (const Json* list = q_.any(key); list && list->is_array())
        for (const Json& x : *list)
          if (x.is_string()) names.push_back(x.get<std::string>());
    // transformers leaves the head alone unless it is told otherwise.
    if (s_.output.empty()) s_.output = s_.unquantized;
    if (s_.embedding.empty()) s_.embedding = s_.unquantized;
    if (!kept_.empty()) {
      Json roles = Json::array();
      for (const Role role : kept_)
        if (role != Role::output && role != Role::token_embd) roles.push_back(to_string(role));
      s_.rules.push_back({{"tensors", roles}, {"format", s_.unquantized}});
    } else {
      // What is left alone is so whatever a group says of it.
      Json groups = std::move(s_.rules);
      s_.rules = Json::array();
      named(names, s_.unquantized);
      for (Json& rule : groups) s_.rules.push_back(std::move(rule));
    }
    if (s_.output == "linear") s_.output = s_.format;
  }

  Reader& q_;
  const double layers_;
  const std::string method_;
  HfStorage s_;
  std::set<Role> kept_;
  std::size_t steps_ = 60'000'000;  // of matching patterns, two seconds' work
};

}  // namespace

Json HfStorage::recipe() const {
  const bool mixed = std::any_of(rules.begin(), rules.end(), [&](const Json& rule) {
    return rule.contains("only") || rule["format"] != unquantized;
  });
  Json recipe = {{"family", family},       {"id", mixed ? id + " (mixed)" : id},
                 {"linear", format},       {"output", output},
                 {"embedding", embedding}, {"small", unquantized},
                 {"tower", unquantized}};
  if (!rules.empty()) recipe["rules"] = rules;
  recipe["confidence"] = "read";
  return recipe;
}

namespace {

/// Files beside a config, the member that holds what they say (none: all of it), and the method they are of.
constexpr const char* side_files[][3] = {{"hf_quant_config.json", "quantization", "modelopt"},
                                         {"openvino_config.json", "quantization_config", "openvino"},
                                         {"quantize_config.json", "", "gptq"},
                                         {"quant_config.json", "", "awq"}};

bool is_named(std::string_view path, std::string_view name) {
  return path.size() >= name.size() && path.substr(path.size() - name.size()) == name &&
         (path.size() == name.size() || path[path.size() - name.size() - 1] == '/');
}

}  // namespace

bool says_storage(std::string_view name) {
  return std::any_of(std::begin(side_files), std::end(side_files), [&](const auto& f) { return is_named(name, f[0]); });
}

Json storage_config(std::string_view name, const Json& document) {
  for (const auto& f : side_files) {
    if (!is_named(name, f[0]) || !document.is_object()) continue;
    Json config = *f[1] ? (document.contains(f[1]) ? document[f[1]] : Json::object()) : document;
    if (config.is_object() && !config.contains("quant_method")) config["quant_method"] = f[2];
    return config;
  }
  return Json::object();
}

HfStorage hf_storage(Reader& root, Reader& text, double layers) {
  if (!(layers <= max_count)) return {};  // the reader of the preset refuses it
  for (Reader* r : {&root, &text})
    for (const char* key : {"quantization_config", "quantization", "compression_config"})
      if (r->has(key)) {
        Reader q = r->object(key);
        if (!q) continue;
        const std::string method = lower(q.text("quant_method"));
        // As in the file that ModelOpt writes beside a config.
        if (method == "modelopt" && !q.has("quant_algo"))
          if (Reader inner = q.object("quantization")) return Storage(inner, layers, method).run();
        return Storage(q, layers, method).run();
      }
  return {};
}

}  // namespace edgewise::json
