#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edgewise {

// Names as people type them and as others write them, against the names that presets have. The one resolver: terminal,
// page and import ask it through `Catalog`.

/// Every name of each preset, by id: its own name, its aliases, its repository. The id is a name too.
using NamesOf = std::map<std::string, std::vector<std::string>, std::less<>>;

using Words = std::vector<std::string>;

/// What a name consists of, in small letters, whatever stands between: "Qwen3-4B" and "qwen 3:4b" are qwen, 3 and 4b.
/// Letters before a number and the one letter or unit after it belong to it where they could not be a word of their
/// own: m3, a4000, 8gb, 24core.
Words words_of(std::string_view name);
/// Of digits and points.
bool is_number(std::string_view word);
/// Whether the word is one of these, which stand between spaces.
bool one_of(std::string_view word, std::string_view list);
/// "8gb".
bool is_memory_size(std::string_view word);
/// Makers and series, which may be left out: what follows them says which device it is.
bool is_maker(std::string_view word);
/// Whether two names have the same words, in any order, or the same order with words written together ("gptoss").
bool same_words(const Words&, const Words&);
/// The name without what stands in parentheses; that is handed to `inside`, if there is one.
std::string outside_parentheses(std::string_view name, const std::function<void(std::string_view)>& inside = {});

/// One name of a device, sorted out.
struct DeviceName {
  Words all;                 ///< everything but the size of its memory
  Words required, optional;  ///< of `all`: what makes it this device, and what may be left out
  std::string memory;        ///< "8gb"; empty: it does not say
  bool alias = false;
  std::string type;  ///< of the memory: "ddr5", "lpddr5x"; empty: it does not say
};

/// What a name says of a model: its words without what is the same model all the same, and the quantization.
struct ModelName {
  Words words;
  std::string owner;  ///< of the repository; empty: none is named
  std::string quant;  ///< as the catalog names it, or as it is written where the catalog does not know it; empty: none
};
/// Whether a recipe, by any of its names in small letters with "_" between, is known.
using IsQuant = std::function<bool(const std::string&)>;
ModelName read_model_name(std::string_view typed, const IsQuant&);

/// What the names of each preset say, as far as somebody has asked: most of the work of finding one.
template <class Name>
using NamesRead = std::map<std::string, std::shared_ptr<const std::vector<Name>>, std::less<>>;

/// What a name means: the ids of every preset that it could be, in the order in which they are offered. One: that is
/// meant. What is read of the presets' names stays in `read`.
std::vector<std::string> devices_meant(const NamesOf&, NamesRead<DeviceName>& read, std::string_view typed);

struct ModelMeant {
  std::vector<std::string> ids;
  ModelName typed;
};
ModelMeant models_meant(const NamesOf&, NamesRead<ModelName>& read, std::string_view typed, const IsQuant&);

/// The ids whose names are most like what was typed, which says `words`, the likeliest first; those of `meant` before
/// them, and then only those that hold all of the words. Never the word that was typed.
std::vector<std::string> likeliest(const NamesOf&, std::string_view typed, const Words& words,
                                   const std::vector<std::string>& meant = {}, std::size_t count = 5);

/// What `id` and `names` say, which `names_of(id, names)` reads where nobody has asked yet.
template <class Name, class Read>
const std::vector<Name>& names_read(NamesRead<Name>& read, const std::string& id, const std::vector<std::string>& names,
                                    const Read& names_of) {
  auto& known = read[id];
  if (!known) known = std::make_shared<const std::vector<Name>>(names_of(id, names));
  return *known;
}

}  // namespace edgewise
