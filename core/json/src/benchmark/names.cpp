#include "names.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "edgewise/text.h"
#include "lines.h"

namespace edgewise {

namespace {

/// How llama.cpp describes a model: "qwen3moe 30B.A3B Q4_K - Medium" is an architecture, a size and a mixture of
/// formats.
struct TypeParts {
  std::string name, quant;
};

TypeParts parts_of_type(const std::string& type) {
  TypeParts out;
  std::string_view rest = trimmed(type);
  const auto word = [&] {
    const auto end = std::min(rest.find(' '), rest.size());
    const std::string_view w = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    return w;
  };
  out.name = word();
  // "?B" where it knows no name of that size.
  if (!rest.empty() && (std::isdigit(static_cast<unsigned char>(rest[0])) || rest[0] == '?'))
    out.name += " " + std::string(word());
  for (const std::string_view filler : {"mostly ", "all "})
    if (rest.substr(0, filler.size()) == filler) rest = rest.substr(filler.size());
  out.quant = rest;
  return out;
}

std::string known_quant(const std::string& quant, const Runtime& runtime, const Catalog& catalog) {
  if (quant.empty()) return {};
  for (const std::string& spelling : {quant, upper(quant)})
    if (std::string id = catalog.resolve_quantization(spelling, runtime); !id.empty()) return id;
  return {};
}

/// "Q4_K - Medium" is Q4_K_M, "Q2_K - Medium" Q2_K, "IQ4_XS - 4.25 bpw" IQ4_XS.
std::string quant_of_type(std::string text, const Runtime& runtime, const Catalog& catalog) {
  for (const std::string_view end : {" (guessed)", " MoE"})
    if (text.size() > end.size() && text.ends_with(end)) text.resize(text.size() - end.size());
  if (text == "MXFP4") text = "MXFP4_MOE";
  if (text.rfind("IQ3_S mix", 0) == 0) return known_quant("IQ3_M", runtime, catalog);
  const auto dash = text.find(" - ");
  const std::string base = text.substr(0, dash);
  if (dash != text.npos)
    for (const auto& [size, suffix] : {std::pair{"Medium", "_M"}, {"Small", "_S"}, {"Large", "_L"}})
      if (text.compare(dash + 3, text.npos, size) == 0)
        if (std::string id = known_quant(base + suffix, runtime, catalog); !id.empty()) return id;
  return known_quant(base, runtime, catalog);
}

/// The model of that name, or of the name without what says only how it was tuned or packed.
std::string known_model(std::string name, const Catalog& catalog) {
  if (std::string id = catalog.resolve_model(name); !id.empty()) return id;
  name = lower(name);
  for (char& c : name)
    if (c == '_' || c == ':' || c == ' ') c = '-';
  for (bool shorter = true; shorter;) {
    if (std::string id = catalog.resolve_model(name); !id.empty()) return id;
    // Ollama's "gemma3-4b" and llama.cpp's "qwen3moe-30b.a3b" against "gemma-3-4b" and "qwen3-30b-a3b".
    std::string spelling = name;
    if (const auto moe = spelling.find("moe-"); moe != spelling.npos) spelling.erase(moe, 3);
    if (const auto dot = spelling.find("b.a"); dot != spelling.npos) spelling[dot + 1] = '-';
    if (std::string id = catalog.resolve_model(spelling); !id.empty()) return id;
    const auto digit = std::find_if(spelling.begin(), spelling.end(), [](unsigned char c) { return std::isdigit(c); });
    if (digit != spelling.begin() && digit != spelling.end() &&
        std::isalpha(static_cast<unsigned char>(*(digit - 1)))) {
      spelling.insert(digit, '-');
      if (std::string id = catalog.resolve_model(spelling); !id.empty()) return id;
    }
    shorter = false;
    for (const std::string_view suffix : {"-instruct", "-it", "-chat", "-hf", "-base", "-gguf", "-latest", "-4bit",
                                          "-8bit", "-bf16", "-mlx", "-preview"})
      if (name.size() > suffix.size() && name.ends_with(suffix)) {
        name.resize(name.size() - suffix.size());
        shorter = true;
        break;
      }
  }
  return {};
}

/// Engines count tied matrices and further heads in their own ways; a model of another size is further off.
constexpr double most_off = 1.5;

bool has_parameters(const Model& model, const ModelHint& hint) {
  return std::fabs(count_parameters(model).text - hint.parameters) <=
         std::max(hint.parameters_within, 5e-4 * hint.parameters);
}

}  // namespace

FoundNames names_of(const ModelHint& hint, const Runtime* runtime, const Catalog& catalog) {
  FoundNames out;
  std::string file = hint.name.substr(hint.name.find_last_of("/\\") + 1);
  for (const std::string_view end : {".gguf", ".rkllm"})
    if (lower(file).ends_with(end)) file.resize(file.size() - end.size());
  if (const auto part = file.find("-00001-of-"); part != std::string::npos) file.resize(part);
  const TypeParts type = parts_of_type(hint.type);
  out.spelled = file.empty() ? type.name : file;

  std::string model = file;
  if (runtime) {
    for (auto at = file.find_first_of("-.:_"); at != std::string::npos && out.quant.empty();
         at = file.find_first_of("-.:_", at + 1)) {
      out.quant = known_quant(file.substr(at + 1), *runtime, catalog);
      if (!out.quant.empty()) model = file.substr(0, at);
    }
    if (!hint.quant.empty()) out.quant = quant_of_type(hint.quant, *runtime, catalog);
    if (out.quant.empty()) out.quant = quant_of_type(type.quant, *runtime, catalog);
  }
  if (!model.empty()) out.model = known_model(model, catalog);
  if (!out.model.empty()) {
    const Model* named = catalog.model(out.model);
    const double off = named && is_known(hint.parameters) ? count_parameters(*named).text / hint.parameters : 1;
    out.contradicted = off > most_off || off * most_off < 1;
    return out;
  }

  // The description names an architecture and a size, which several models share; their count tells most of them apart.
  const std::string described = type.name.empty() ? std::string() : known_model(type.name, catalog);
  if (!is_known(hint.parameters)) {
    out.model = described;
    return out;
  }
  for (const auto& [id, known] : catalog.models())
    if (has_parameters(known, hint)) out.candidates.push_back(id);
  if (out.candidates.size() == 1)
    out.model = out.candidates[0];
  else if (std::find(out.candidates.begin(), out.candidates.end(), described) != out.candidates.end())
    out.model = described;
  return out;
}

}  // namespace edgewise
