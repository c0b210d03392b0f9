#include <algorithm>

#include "edgewise/text.h"
#include "names.h"

namespace edgewise {

namespace {

/// What a name may say beside the model without meaning another one: tuned by its own maker to follow instructions,
/// the kind of file, how it was quantized, who made it.
bool is_harmless(std::string_view word) {
  return one_of(word,
                "instruct it chat base pt hf latest gguf imatrix imat i1 ud qat quantized dynamic mlx onnx ov "
                "openvino exl2 exl3 safetensors meta nvidia google ibm microsoft mistralai");
}

/// Who publishes the models of others as they are, in other formats.
bool requantizes(std::string_view owner) {
  return one_of(owner,
                "unsloth bartowski mlx-community lmstudio-community thebloke quantfactory mradermacher ggml-org "
                "maziyarpanahi second-state redhatai neuralmagic casperhansen hugging-quants solidrust ista-daslab "
                "kaitchup turboderp lonestriker onnx-community openvino amd intel ubergarm devquasar tensorblock "
                "modelcloud cyankiwi mungert qualcomm litert-community library nexaai lmstudio-ai stelterlab");
}

/// The words that name a quantization lie between these.
bool separates(std::string_view text, std::size_t i) {
  if (text[i] == '.') {  // but not in "3.1"
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    return !(i > 0 && digit(i - 1) && digit(i + 1));
  }
  return std::string_view("-_ :@,()[]/").find(text[i]) != std::string_view::npos;
}

Words pieces_of(std::string_view text) {
  Words out;
  std::string piece;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !separates(text, i)) {
      piece += text[i];
    } else if (!piece.empty()) {
      out.push_back(std::move(piece));
      piece.clear();
    }
  }
  return out;
}

/// How many pieces from `begin` are written as the recipes of llama.cpp and its forks are, known or not: Q4_K_M,
/// UD-IQ2_XXS, TQ1_0, IQ4_KSS.
std::size_t gguf_recipe(const Words& pieces, std::size_t begin) {
  std::size_t i = begin;
  if (pieces[i] == "ud" && ++i == pieces.size()) return 0;
  std::string_view first = pieces[i];
  if (first.starts_with("iq") || first.starts_with("tq")) first.remove_prefix(1);
  if (first.size() != 2 || first[0] != 'q' || first[1] < '1' || first[1] > '8') return 0;
  for (++i; i < pieces.size() && one_of(pieces[i], "k s m l xl xxl xs xxs nl 0 1 4 8 kl ks kt kss kv r4 r8");) ++i;
  return i - begin;
}

/// Words that say that there is a quantization, whose recipe nobody here knows.
bool is_format(std::string_view piece) {
  return one_of(piece,
                "int4 int8 int2 int3 fp4 fp6 fp8 nf4 hqq aqlm eetq quark awq gptq w4a4 w4a8 torchao nvfp4 mxfp4 mxfp8 "
                "f16 bf16 f32 fp16 fp32") ||
         (piece.size() == 4 && piece[0] >= '1' && piece[0] <= '8' && piece.ends_with("bit"));
}

std::string joined(const Words& pieces, std::size_t begin, std::size_t count, char with) {
  std::string out;
  for (std::size_t i = begin; i < begin + count; ++i) {
    if (i > begin) out += with;
    out += pieces[i];
  }
  return out;
}

void remove_prefix(std::string_view& text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
}
void remove_suffix(std::string_view& text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
}

/// "model-00001-of-00003": one file of several.
void remove_part(std::string_view& text) {
  const auto of = text.rfind("-of-");
  if (of == text.npos || of + 4 == text.size() || text.find_first_not_of("0123456789", of + 4) != text.npos) return;
  const auto dash = text.substr(0, of).find_last_not_of("0123456789");
  if (dash != text.npos && text[dash] == '-' && dash + 1 < of) text = text.substr(0, dash);
}

struct Address {
  std::string_view owner, name;
};

/// Repositories, tags, files and addresses of them, in small letters: owner/name, hf.co/owner/name:tag, name:tag,
/// folder/name.gguf.
Address address_of(std::string_view text) {
  for (const std::string_view host : {"https://", "http://", "www.", "huggingface.co/", "hf.co/", "ollama.com/"})
    remove_prefix(text, host);
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find_first_of("/\\");
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  if (parts.empty()) return {};
  const bool file = parts.back().ends_with(".gguf");
  // A page of a repository, or a file in it.
  if (parts.size() > 3 && one_of(parts[2], "resolve blob tree")) return {parts[0], file ? parts.back() : parts[1]};
  if (parts.size() == 2 && !parts[0].empty() && !one_of(parts[0], ". .. ~")) return {parts[0], parts[1]};
  return {"", parts.back()};
}

/// Looks for the longest run of pieces that names a recipe, and takes it out.
std::string take_quant(Words& pieces, const IsQuant& is_quant) {
  constexpr std::size_t longest = 5;
  for (std::size_t begin = 0; begin < pieces.size(); ++begin) {
    std::size_t count = std::min(longest, pieces.size() - begin);
    while (count > 0 && !is_quant(joined(pieces, begin, count, '_'))) --count;
    const std::size_t recipe = gguf_recipe(pieces, begin);
    if (count == 0 && recipe == 0 && !is_format(pieces[begin])) continue;
    const std::size_t taken = std::max({count, recipe, std::size_t{1}});
    std::string quant = joined(pieces, begin, taken, '_');
    if (recipe >= taken) quant = (pieces[begin] == "ud" ? "UD-" + upper(quant.substr(3)) : upper(quant));
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(begin),
                 pieces.begin() + static_cast<std::ptrdiff_t>(begin + taken));
    return quant;
  }
  return {};
}

}  // namespace

ModelName read_model_name(std::string_view typed, const IsQuant& is_quant) {
  const std::string text = lower(typed);
  auto [owner, name] = address_of(text);
  remove_suffix(name, ".gguf");
  remove_suffix(name, ".safetensors");
  remove_part(name);
  Words pieces = pieces_of(name);
  ModelName out;
  out.owner = owner;
  out.quant = take_quant(pieces, is_quant);
  // "BF16" beside a format is what it was made from; two recipes are none that could be told.
  while (!out.quant.empty() && !take_quant(pieces, is_quant).empty()) {
  }
  // Ollama's tags of models that were trained to be quantized are in the format that Google trained them for.
  const bool tag = name.find(':') != name.npos && (owner.empty() || owner == "library");
  if (tag && out.quant.empty() && std::find(pieces.begin(), pieces.end(), "qat") != pieces.end()) out.quant = "Q4_0";
  std::erase_if(pieces, is_harmless);
  out.words = words_of(joined(pieces, 0, pieces.size(), '-'));
  std::erase_if(out.words, is_harmless);
  return out;
}

ModelMeant models_meant(const NamesOf& presets, NamesRead<ModelName>& read, std::string_view text,
                        const IsQuant& is_quant) {
  if (text.size() > longest_name) return {};
  ModelMeant out{{}, read_model_name(text, is_quant)};
  const ModelName& typed = out.typed;
  if (typed.words.empty()) return out;

  const auto names_of = [&](const std::string& id, const std::vector<std::string>& names) {
    std::vector<ModelName> said = {read_model_name(id, is_quant)};
    for (std::size_t i = 0; i < names.size(); ++i) {
      said.push_back(read_model_name(names[i], is_quant));
      if (i == 0) said.push_back(read_model_name(outside_parentheses(names[i]), is_quant));
    }
    return said;
  };
  // Some write the owner into the name of the file: "google_gemma-3-4b-it-Q4_K_M.gguf".
  std::vector<ModelName> spellings = {typed};
  const std::string small = lower(text);
  bool trusted = typed.owner.empty() || requantizes(typed.owner);
  struct Candidate {
    const std::string& id;
    const std::vector<ModelName>& names;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(presets.size());
  for (const auto& [id, names] : presets) {
    candidates.push_back({id, names_read(read, id, names, names_of)});
    for (const ModelName& name : candidates.back().names) {
      if (name.owner.empty()) continue;
      trusted = trusted || name.owner == typed.owner;
      if (typed.owner.empty() && small.size() > name.owner.size() && small[name.owner.size()] == '_' &&
          small.starts_with(name.owner))
        spellings.push_back(read_model_name(text.substr(name.owner.size() + 1), is_quant));
    }
  }
  // A copy at nobody known's may be tuned.
  if (!trusted) return out;
  for (const Candidate& c : candidates)
    if (std::any_of(c.names.begin(), c.names.end(), [&](const ModelName& name) {
          return std::any_of(spellings.begin(), spellings.end(),
                             [&](const ModelName& spelling) { return same_words(spelling.words, name.words); });
        }))
      out.ids.push_back(c.id);
  return out;
}

}  // namespace edgewise
