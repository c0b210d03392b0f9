#include <algorithm>

#include "edgewise/import.h"
#include "hf_quantization.h"
#include "hf_translation.h"
#include "import.h"

namespace edgewise {

namespace json {

namespace {

/// What Python's json writes for numbers that are none.
constexpr std::string_view no_numbers[] = {"-Infinity", "Infinity", "NaN"};

/// The length of such a word at the start of the text; 0 where there is none, or where it goes on.
std::size_t no_number(std::string_view text) {
  for (const std::string_view word : no_numbers) {
    if (text.substr(0, word.size()) != word) continue;
    const char next = text.size() > word.size() ? text[word.size()] : ' ';
    return std::string_view(",]} \t\r\n").find(next) == std::string_view::npos ? 0 : word.size();
  }
  return 0;
}

}  // namespace

Result<Json> parse_hf_config(std::string_view text) {
  std::string quoted;
  bool in_string = false;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == 'N' || c == 'I' || c == '-')) {
      const std::size_t length = no_number(text.substr(i));
      if (length == 0) continue;
      quoted.append(text.substr(copied, i - copied)).append("\"").append(text.substr(i, length)).append("\"");
      copied = i + length;
      i = copied - 1;
    }
  }
  if (copied == 0) return parse_strict(text);
  return parse_strict(quoted.append(text.substr(copied)));
}

namespace {

/// The model_type that the file states, or the one of the class that it names.
std::string model_type_of(Reader& r) {
  std::string type = r.text("model_type");
  if (!type.empty()) return type;
  const std::vector<std::string> classes = r.texts("architectures");
  return classes.empty() ? type : model_type_of_class(classes.front());
}

/// MiniCPM-V and -o keep one model_type for language models of several families; a number tells them apart
/// (OpenBMB's modeling_minicpmv.py).
std::string minicpm_language_model(Reader& root) {
  const Json* version = root.any("version");
  const double v = version && version->is_number()   ? version->get<double>()
                   : version && version->is_string() ? std::strtod(version->get<std::string>().c_str(), nullptr)
                                                     : 0;
  return v >= 4.5 ? "qwen3" : v >= 4 || v == 2.5 ? "llama" : v >= 2.6 ? "qwen2" : v >= 2 ? "minicpm" : "";
}

/// Fields that transformers leaves out of nested configs where they equal the class's default. Around them it writes
/// every dimension: where one of these is missing, the file is not whole.
void fill_in(Json& config, const char* defaults, bool nested) {
  constexpr std::string_view always_written[] = {"hidden_size",       "num_hidden_layers", "num_attention_heads",
                                                 "intermediate_size", "vocab_size",        "kv_lora_rank"};
  const Json of_class = members(defaults);
  for (const auto& [key, value] : of_class.items()) {
    const auto stated = [&, &own = key] {
      if (config.contains(own)) return true;
      const auto names = names_of_field(own);
      return std::any_of(names.begin(), names.end(), [&](const char* name) { return config.contains(name); });
    };
    const bool always =
        std::find(std::begin(always_written), std::end(always_written), key) != std::end(always_written);
    if ((nested || !always) && !stated()) config[key] = value;
  }
}

/// What it calls itself, where no file's name says more: the repository or folder that it was loaded from, else its
/// type.
std::string own_name(Reader& root, const std::string& type) {
  const Json* from = root.any("_name_or_path");
  if (!from || !from->is_string()) return type;
  std::string name = from->get<std::string>();
  while (name.ends_with('/')) name.pop_back();
  name.erase(0, name.rfind('/') + 1);
  return name.empty() || name.front() == '.' || name.size() > 100 ? type : name;
}

}  // namespace

}  // namespace json

Result<json::Imported> json::preset_of_config(std::string_view text, const ModelFile& beside) {
  auto parsed = json::parse_hf_config(text);
  if (!parsed) return parsed.errors();
  if (!beside.bytes.empty() && parsed->is_object() && !parsed->contains("quantization_config")) {
    const auto more = json::parse_strict(beside.bytes);
    if (!more) return more.errors();
    (*parsed)["quantization_config"] = storage_config(beside.name, *more);
  }
  Errors errors;
  Reader root(*parsed, "", errors);
  if (!root) return errors;
  if (root.has("_class_name"))
    return Error{"unsupported", "_class_name", "is of a part of a diffusion pipeline: it generates no text"};
  // adapter_config.json of PEFT.
  if (root.has("peft_type") && !root.has("model_type")) {
    const std::string base = root.text("base_model_name_or_path");
    return base.empty() ? Error{"adapter", "peft_type", "is of an adapter of another model (LoRA): import that model"}
                        : said("adapter", "peft_type", "is of an adapter of {base} (LoRA): import that model", {base});
  }

  // The body is a decoder's, its head is not.
  for (const std::string& head : root.texts("architectures"))
    for (const char* task : {"ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering",
                             "ForMultipleChoice", "ForMaskedLM", "RewardModel", "ForRewardModel"})
      if (head.ends_with(task))
        return said("unsupported", "architectures", "\"{class}\" has a head that scores text: it generates none",
                    {shortened(head)});

  // A model with several inputs nests its language model.
  std::string outer = json::model_type_of(root), path;
  const json::Json* inside = &*parsed;
  for (const char* key : {"thinker_config", "text_config", "llm_config", "language_config"})
    if (inside->contains(key) && (*inside)[key].is_object()) {
      inside = &(*inside)[key];
      path += (path.empty() ? "" : ".") + std::string(key);
    }
  const bool nested = inside != &*parsed;
  json::Json config = *inside;
  Reader t(config, path, errors);
  std::string type = json::model_type_of(t);
  if (type.empty()) type = json::nested_model_type(outer);
  if (!nested && (type == "minicpmv" || type == "minicpmo")) type = json::minicpm_language_model(root);
  if (!errors.empty()) return errors;
  const std::string prefix = nested ? path + "." : std::string();
  if (type.empty()) return Error{"missing", prefix + "model_type", "is required"};
  const json::HfArchitecture* a = json::find_hf_architecture(type);
  for (const std::string& stated : {type, outer}) {
    if (a && stated == type) continue;
    const std::string why = json::why_no_decoder(stated);
    if (why.empty()) continue;
    return said("unsupported", stated == type ? prefix + "model_type" : "model_type", "\"{kind}\" is {why}",
                {stated, why});
  }
  if (!a) {
    const std::vector<std::string> near = json::nearest_architectures(type);
    const std::string where = prefix + "model_type";
    return near.empty() ? said("unsupported", where, "\"{type}\" is no known architecture", {type})
                        : said("unsupported", where, "\"{type}\" is no known architecture; did you mean {near}?",
                               {type, listed(near)});
  }
  if (root.flag("is_encoder_decoder", false))
    return Error{"unsupported", "is_encoder_decoder", "only models that are a decoder alone are described"};

  if (const char* around = json::nested_defaults(outer); nested && around) json::fill_in(config, around, nested);
  json::fill_in(config, a->defaults, nested);
  if (nested && !config.contains("tie_word_embeddings") && root.has("tie_word_embeddings"))
    config["tie_word_embeddings"] = root.flag("tie_word_embeddings", false);
  json::Json translated = json::HfTranslation(t, *a, type).run();
  json::add_towers(root, translated);
  // What runtimes list is the model around its language model.
  std::string own = outer.empty() ? type : outer;
  if (own.ends_with("_text")) own.resize(own.size() - 5);
  if (own != a->family) translated["model_type"] = own;
  if (!errors.empty()) return errors;
  Imported made = imported(a->family, std::move(translated), prefix);
  made.preset["id"] = json::own_name(root, outer.empty() ? type : outer);
  made.storage = hf_storage(root, t, made.preset["config"]["num_hidden_layers"].get<double>());
  if (!errors.empty()) return errors;
  if (!made.storage.family.empty()) made.preset["checkpoint"]["recipe"] = made.storage.recipe();
  return made;
}

}  // namespace edgewise
