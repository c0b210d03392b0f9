#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace edgewise {

// Names as people type them and as others write them, against the names that presets have. The one resolver: terminal,
// page and import ask it through `Catalog`.

/// Every name of each preset, by id: its own name, its aliases, its repository. The id is a name too.
using NamesOf = std::map<std::string, std::vector<std::string>, std::less<>>;

/// No preset has a longer name, and nobody types one.
inline constexpr std::size_t longest_name = 200;

using Words = std::vector<std::string>;

/// What a name consists of, in small letters, whatever stands between: "Qwen3-4B" and "qwen 3:4b" are qwen, 3 and 4b.
/// Letters before a number and the one letter or unit after it belong to it where they could not be a word of their
/// own: m3, a4000, 8gb, 24core.
Words words_of(std::string_view name);
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

/// What a name means: the ids of every preset that it could be, in the order in which they are offered. One: that is
/// meant.
std::vector<std::string> devices_meant(const NamesOf&, std::string_view typed);

/// What a name says of a model: its words without what is the same model all the same, and the quantization.
struct ModelName {
  Words words;
  std::string owner;  ///< of the repository; empty: none is named
  std::string quant;  ///< as the catalog names it, or as it is written where the catalog does not know it; empty: none
};
/// Whether a recipe, by any of its names in small letters with "_" between, is known.
using IsQuant = std::function<bool(const std::string&)>;
ModelName read_model_name(std::string_view typed, const IsQuant&);
struct ModelMeant {
  std::vector<std::string> ids;
  ModelName typed;
};
ModelMeant models_meant(const NamesOf&, std::string_view typed, const IsQuant&);

/// The ids whose names are most like what was typed, which says `words`, the likeliest first; those of `meant` before
/// them, and then only those that hold all of the words. Never the word that was typed.
std::vector<std::string> likeliest(const NamesOf&, std::string_view typed, const Words& words,
                                   const std::vector<std::string>& meant = {}, std::size_t count = 5);

}  // namespace edgewise
