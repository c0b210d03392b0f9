#include "edgewise/import.h"

#include <algorithm>
#include <map>

#include "edgewise/presets.h"
#include "import.h"
#include "parse.h"

namespace edgewise {

namespace json {

Imported imported(const std::string& family, Json config, std::string prefix) {
  return {{{"type", "model"},
           {"format_version", 1},
           {"id", ""},
           {"name", ""},
           {"family", family},
           {"config", std::move(config)}},
          std::move(prefix),
          {},
          {}};
}

void StoredList::add(Role role, Operator op, bool in_layers, bool routed, const std::string& format, double weights,
                     double bytes) {
  // There are more formats than any list of types names.
  add_stored(sums_, {role, op, in_layers, routed, formats_.name(format).value_or(0), 1, weights, bytes});
}

/// Formats of the weights, the one that takes most bytes first. Norms and biases are full precision everywhere, and
/// towers are files of their own.
std::vector<std::pair<double, std::string>> StoredList::by_bytes() const {
  std::map<std::string, double> bytes;
  for (const StoredTensors& t : sums_) {
    const Role r = t.role;
    if (r == Role::norm || r == Role::bias || r == Role::vision || r == Role::audio || r == Role::mtp) continue;
    bytes[formats_[t.format].id] += t.bytes;
  }
  std::vector<std::pair<double, std::string>> out;
  out.reserve(bytes.size());
  for (const auto& [format, sum] : bytes) out.emplace_back(sum, format);
  std::sort(out.rbegin(), out.rend());
  return out;
}

std::string StoredList::dominant() const {
  const auto formats = by_bytes();
  return formats.empty() ? "F32" : formats[0].second;
}

std::string StoredList::name(const std::string& named) const {
  const auto formats = by_bytes();
  // "Q4_K_M" is a recipe around Q4_K, "IQ2_M" around formats of IQ2: a file that holds little of these does not follow
  // it, whatever it says.
  double all = 0, of_recipe = 0;
  for (const auto& [sum, format] : formats) {
    const bool same_width = named.substr(0, 2) == "IQ" && named.substr(0, 3) == format.substr(0, 3);
    if (named == format || named.substr(0, format.size() + 1) == format + "_" || same_width) of_recipe += sum;
    all += sum;
  }
  if (of_recipe > 0.25 * all) return named;
  if (formats.empty() || formats[0].first > 0.999 * all) return dominant();
  std::string some;
  for (std::size_t i = 0; i < std::min<std::size_t>(formats.size(), 3); ++i)
    some += (i == 0 ? "" : ", ") + formats[i].second;
  return "mixed (" + some + ")";
}

Json StoredList::checkpoint(const std::string& family, const std::string& id) const {
  // Scales of what has no weights of its own, as of a cache, go with the largest.
  double loose = 0;
  const StoredTensors* largest = &sums_.front();
  for (const StoredTensors& t : sums_) {
    if (t.weights == 0) loose += t.bytes;
    if (t.weights > largest->weights) largest = &t;
  }
  Json tensors = Json::array();
  for (const StoredTensors& t : sums_) {
    if (t.weights == 0) continue;
    Json listed = {{"role", to_string(t.role)}, {"operator", to_string(t.op)}};
    if (t.in_layers) listed["in_layers"] = true;
    if (t.routed) listed["routed"] = true;
    listed["format"] = formats_[t.format].id;
    listed["weights"] = t.weights;
    listed["bytes"] = t.bytes + (&t == largest ? loose : 0);
    tensors.push_back(std::move(listed));
  }
  return {{"recipe", {{"family", family}, {"id", id}, {"linear", dominant()}, {"confidence", "read"}}},
          {"tensors", std::move(tensors)}};
}

namespace {

/// The model of an imported preset. Errors carry paths of the files it was made of.
Result<Model> read_model_of(const Imported& from, FormatTable& formats) {
  Errors errors;
  Reader r(from.preset, "", errors);
  r.word("type", {"model"}, 0);
  r.whole("format_version", 1, 1, 1);
  std::vector<std::string> aliases;
  Model model = parse_model(r, formats, aliases);
  r.finish();
  if (errors.empty()) return model;
  for (Error& e : errors) {
    if (e.path.rfind("config.", 0) == 0) e.path = from.prefix + e.path.substr(7);
    if (e.path == "checkpoint.tensors") {
      e.path = "tensors";
      if (!from.unknown.empty()) e.message += "; \"" + valid_utf8(from.unknown) + "\" is one that it does not know";
    }
  }
  return errors;
}

void name_it(Json& preset, std::string_view name) {
  // A file may name itself.
  if (!name.empty()) preset["id"] = valid_utf8(name);
  if (preset["id"] == "") preset["id"] = "imported";
  preset["name"] = preset["id"];
}

/// The model of what was imported, which gets that name.
Result<Model> model_called(Result<Imported>& made, std::string_view name, FormatTable& formats) {
  if (!made) return made.errors();
  name_it(made->preset, name);
  return read_model_of(*made, formats);
}

/// What the files describe: which of them matter, and who reads them.
Result<Imported> preset_of(const std::vector<ModelFile>& files) {
  std::vector<ModelFile> gguf, weights;
  std::string_view config;
  ModelFile storage;
  for (const ModelFile& f : files) {
    const std::string called = lower(f.name);
    if (f.bytes.substr(0, 4) == "GGUF")
      gguf.push_back(f);
    else if (called.ends_with(".safetensors"))
      weights.push_back(f);
    else if (says_storage(f.name))
      storage = f;
    else if (!called.ends_with(".index.json") && (config.empty() || called.ends_with("config.json")))
      // Of files beside it that say other things (generation_config.json), config.json is the one.
      config = called.ends_with("_config.json") && !config.empty() ? config : f.bytes;
  }
  if (!gguf.empty()) return preset_of_gguf(gguf);
  if (config.empty() && !(weights.empty() && storage.name.empty()))
    return Error{"missing", "config.json", "is needed beside the weights: it says what they are"};
  auto made = preset_of_config(config, storage);
  if (made && !weights.empty()) return with_safetensors(std::move(*made), weights);
  return made;
}

}  // namespace

}  // namespace json

namespace {

bool is_preset(const json::Json& document) { return document.is_object() && document.contains("type"); }

}  // namespace

Result<std::string> model_preset(const std::vector<ModelFile>& files, std::string_view name) {
  if (files.size() == 1 && files[0].bytes.substr(0, 4) != "GGUF") {
    // A preset says its type; a config.json has none.
    const auto parsed = json::parse_hf_config(files[0].bytes);
    if (parsed && is_preset(*parsed)) {
      if ((*parsed)["type"] == "model") return json::canonical(*parsed, json::Reading::preset);
      return Error{"wrong_type", "type", "must be \"model\" for the import of a model"};
    }
  }
  auto made = json::preset_of(files);
  FormatTable unbound;
  if (const auto model = json::model_called(made, name, unbound); !model) return model.errors();
  return json::canonical(made->preset, json::Reading::preset);
}

Result<std::string> model_preset(std::string_view bytes, std::string_view name) {
  return model_preset({{name, bytes}}, name);
}

Result<std::string> import_model(const std::vector<ModelFile>& files, std::string_view name, Catalog& catalog) {
  const auto preset = model_preset(files, name);
  if (!preset) return preset.errors();
  return add_preset(catalog, *preset);
}

Result<std::string> import_model(std::string_view bytes, std::string_view name, Catalog& catalog) {
  return import_model({{name, bytes}}, name, catalog);
}

Result<Model> model_from_hf_config(std::string_view text, std::string_view name) {
  auto made = json::preset_of_config(text, {});
  FormatTable unbound;
  return json::model_called(made, name, unbound);
}

Result<Model> model_from_gguf(std::string_view bytes, std::string_view name, FormatTable& formats) {
  auto made = json::preset_of_gguf({{"", bytes}});
  return json::model_called(made, name, formats);
}

}  // namespace edgewise
