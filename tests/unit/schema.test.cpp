// The schemas that editors use say what the rule book says: the same keys in the same order, and of every shipped
// preset and of mutants of it both say yes or both say no.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "edgewise/check.h"
#include "parse.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using namespace edgewise::test;
using json::Json;

namespace {

Json schema_file(const std::string& name) { return Json::parse(read_file(source_path("presets/schema/" + name))); }

/// The schema of a type, alone in one document: its definitions, and those of the calibrations that devices refer to.
Json schema_of(const std::string& type) {
  const std::map<std::string, std::string> file = {{"quantizations", "quantization"},
                                                   {"formats", "quantization"},
                                                   {"calibrations", "calibration"},
                                                   {"intervals", "calibration"},
                                                   {"power", "calibration"}};
  const auto in = file.find(type);
  const std::string name = (in == file.end() ? type : in->second) + ".schema.json";
  std::string text = schema_file(name).dump();
  const std::string other = "calibration.schema.json#";
  for (auto at = text.find(other); at != text.npos; at = text.find(other, at)) text.replace(at, other.size(), "#");
  Json schema = Json::parse(text);
  schema.erase("$id");  // else references are taken for addresses to fetch
  if (schema.contains("oneOf")) {
    schema.erase("oneOf");
    const Json own = schema["$defs"][type];
    for (const auto& [key, value] : own.items()) schema[key] = value;
  }
  if (type == "device") schema["$defs"] = schema_file("calibration.schema.json")["$defs"];
  return schema;
}

class Schema {
 public:
  explicit Schema(const std::string& type) : document(schema_of(type)) {
    const auto sorted = nlohmann::json::parse(document.dump());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(sorted), schema_);
  }
  bool accepts(const Json& preset) const {
    const auto sorted = nlohmann::json::parse(preset.dump());
    return valijson::Validator().validate(schema_, valijson::adapters::NlohmannJsonAdapter(sorted), nullptr);
  }
  const Json& followed(const Json& node) const {
    return node.contains("$ref") ? document.at(Json::json_pointer(node.at("$ref").get<std::string>().substr(1))) : node;
  }
  /// The node of a path without indices: "memory.measured".
  const Json* node(const std::string& path) const {
    const Json* n = &document;
    for (std::size_t begin = 0; begin < path.size();) {
      const auto end = std::min(path.find('.', begin), path.size());
      n = &followed(*n);
      if (n->contains("items")) n = &followed(n->at("items"));
      if (!n->contains("properties") || !n->at("properties").contains(path.substr(begin, end - begin))) return nullptr;
      n = &n->at("properties").at(path.substr(begin, end - begin));
      begin = end + 1;
    }
    n = &followed(*n);
    return n->contains("items") ? &followed(n->at("items")) : n;
  }

  const Json document;

 private:
  valijson::Schema schema_;
};

const Schema& schema(const std::string& type) {
  static std::map<std::string, Schema> all;
  return all.try_emplace(type, type).first->second;
}

std::string without_indices(std::string path) {
  for (auto open = path.find('['); open != path.npos; open = path.find('['))
    path.erase(open, path.find(']') - open + 1);
  return path;
}

const std::map<std::string, Json>& presets() {
  static const std::map<std::string, Json> all = [] {
    std::map<std::string, Json> out = {
        {"device-classes", Json::parse(read_file(source_path("presets/device-classes.json")))},
        {"launchers", Json::parse(read_file(source_path("presets/launchers.json")))},
        {"speculation", Json::parse(read_file(source_path("presets/speculation.json")))}};
    for (const char* folder : {"models", "devices", "runtimes", "quantizations", "calibrations"})
      for (const auto& [name, text] : preset_texts(folder)) out[std::string(folder) + "/" + name] = Json::parse(text);
    return out;
  }();
  return all;
}

std::string type_of(const Json& preset) { return preset.at("type").get<std::string>(); }

struct Asked : json::KeyOrder {
  std::map<std::string, std::vector<std::string>> of;
  void add(const std::string& path, const std::vector<const char*>& keys) override {
    std::vector<std::string> once;
    for (const char* key : keys)
      if (std::find(once.begin(), once.end(), key) == once.end()) once.emplace_back(key);
    of[without_indices(path)] = once;
  }
};

/// Every member of a preset, as a pointer; tables by storage format have no members of their own.
void members(const Json& value, const Json::json_pointer& at, std::vector<Json::json_pointer>& out) {
  if (value.is_object())
    for (const auto& [key, x] : value.items()) {
      if (key == "decode_cost" || key == "prefill_efficiency") continue;
      out.push_back(at / key);
      members(x, at / key, out);
    }
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) {
      out.push_back(at / i);
      members(value[i], at / i, out);
    }
}

/// "memory/measured/bandwidth_gb_s": without indices.
std::string name_of(const Json::json_pointer& at) {
  std::string out, part, text = at.to_string() + "/";
  for (const char c : text) {
    if (c != '/') {
      part += c;
      continue;
    }
    if (!part.empty()) out += "/" + (part.find_first_not_of("0123456789") == part.npos ? std::string("#") : part);
    part.clear();
  }
  return out;
}

/// Rules that no schema states.
bool is_of_sense(const Problem& p) {
  for (const char* rule : {"inconsistent", "duplicate", "physics", "source", "reference", "unknown_format", "name"})
    if (p.rule == rule) return true;
  return false;
}

}  // namespace

TEST_CASE("schemas and readers know the same keys in the same order") {
  std::set<std::string> seen;
  for (const auto& [name, preset] : presets()) {
    Catalog own;
    own.set(shipped().formats());
    Errors errors;
    Asked asked;
    json::read_preset(preset, own, errors, json::Reading::checked, &asked);
    INFO(name << ": " << describe(errors));
    REQUIRE(errors.empty());
    for (const auto& [path, keys] : asked.of) {
      const Json* node = schema(type_of(preset)).node(path);
      INFO(path);
      REQUIRE(node);
      std::vector<std::string> properties;
      for (const auto& [key, value] : node->at("properties").items()) properties.push_back(key);
      CHECK(keys == properties);
      CHECK(node->at("additionalProperties") == false);
      seen.insert(type_of(preset) + " " + path);
    }
  }
  CHECK(seen.size() > 60);
}

TEST_CASE("schemas accept every shipped preset") {
  for (const auto& [name, preset] : presets()) {
    INFO(name);
    CHECK(schema(type_of(preset)).accepts(preset));
  }
}

TEST_CASE("schemas and rule book agree on mutants of every field") {
  // Rules between fields, which the reader states and no schema can.
  const std::set<std::string> between = {
      "device-classes/classes/#/usable/reserved_gib",
      "device-classes/classes/#/usable/reserved_share",
      "device-classes/classes/#/usable/share",
      "device/memory/usable/reserved_gib",
      "device/memory/usable/reserved_share",
      "device/memory/usable/visible_gib",
      "device/memory/usable/gpu_gib",
      "device/memory/usable/source",
      "model/checkpoint/quantizations",
      "model/config/sliding_window",
      "model/config/shortconv",
      "model/config/linear_attention",
      "model/config/mamba",
      "model/config/vision/tokens/longest_edge",
      "model/config/vision/tokens/max_pixels",
      "model/config/vision/tokens/max_tiles",
      "model/config/vision/tokens/tokens_per_tile",
      "quantizations/recipes/#/rules/#/layer_argument",
  };
  std::set<std::string> needed;
  std::set<std::string> seen;
  std::size_t mutants = 0;
  for (const auto& entry : presets()) {
    const std::string& name = entry.first;
    const Json& preset = entry.second;
    const std::string type = type_of(preset);
    std::vector<Json::json_pointer> all;
    members(preset, Json::json_pointer(), all);
    for (const auto& at : all) {
      const std::string field = type + name_of(at);
      if (!seen.insert(field).second) continue;
      const auto agree = [&](const Json& mutant, const std::string& how) {
        ++mutants;
        const bool schema_accepts = schema(type).accepts(mutant);
        std::string problems;
        for (const Problem& p : check(mutant.dump(), shipped()))
          if (!is_of_sense(p)) problems += p.rule + " " + p.path + ": " + p.message + "\n";
        INFO(name << " " << at.to_string() << " " << how << "\n" << problems);
        if (between.contains(field) && schema_accepts && !problems.empty())
          needed.insert(field);
        else
          CHECK(schema_accepts == problems.empty());
      };
      const auto with = [&](const Json& value) {
        Json mutant = preset;
        mutant[at] = value;
        agree(mutant, "= " + value.dump());
      };
      const Json value = preset.at(at);
      const bool is_element = name_of(at).back() == '#';
      if (!is_element) {
        Json without = preset;
        without[at.parent_pointer()].erase(at.back());
        agree(without, "removed");
        Json misspelt = without;
        misspelt[at.parent_pointer()][at.back() + "x"] = value;
        agree(misspelt, "misspelt");
      }
      for (const Json& wrong :
           {Json("text"), Json(7), Json(true), Json(false), Json(nullptr), Json::array(), Json::object()})
        if (wrong.type() != value.type() && !(wrong.is_number() && value.is_number())) with(wrong);
      if (value.is_number()) {
        for (const Json& number : {Json(0), Json(-1), Json(0.25), Json(1.5), Json(1e-9), Json(-1e300)}) with(number);
        // The library takes 1e300 for no integer.
        with(value.is_number_float() ? Json(1e300) : Json(1000000000000000000));
      }
      if (value.is_string()) {
        with("");
        if (at.back() == "id") {
          with("Has Capitals");
          with("ends-");
        }
      }
      if (value.is_boolean()) with(!value.get<bool>());
      if (value.is_array()) {
        with(Json::array());
        with(Json::array({Json::object()}));
        if (!value.empty() && value[0].is_string()) {
          Json twice = value;
          twice.push_back(value[0]);
          with(twice);
        }
      }
    }
  }
  CHECK(needed == between);
  CHECK(mutants > 3000);
}
