#include <algorithm>

#include "edgewise/text.h"
#include "names.h"
#include "read_number.h"

namespace edgewise {

namespace {

/// Natural order: 8gb before 16gb.
bool naturally_before(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const auto run = [](std::string_view s, std::size_t& at) {
        const std::size_t begin = at;
        while (at < s.size() && is_digit(s[at])) ++at;
        return s.substr(begin, at - begin);
      };
      const std::string_view x = run(a, i), y = run(b, j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

/// How much a word tells of what is meant.
double weight(const std::string& word) {
  if (is_memory_size(word) || is_maker(word)) return 0.3;
  return word.find_first_of("0123456789") == word.npos ? 1 : 1.5;
}

double weight(const Words& words) {
  double sum = 0;
  for (const std::string& word : words) sum += weight(word);
  return sum;
}

/// How alike two lists of words are, from 0 to 1; words of letters may be mistyped or begun.
double likeness(const Words& typed, const Words& name) {
  double shared = 0;
  std::size_t found = 0;
  bool telling = typed.size() == 1;  // a small number is part of many names
  std::vector<bool> taken(name.size());
  for (const std::string& word : typed) {
    double best = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (taken[i]) continue;
      const bool letters = word.size() > 1 && word.find_first_of("0123456789") == word.npos;
      const bool mistyped = letters && edit_distance(word, name[i]) <= word.size() / 4;
      const bool begun = letters && name[i].starts_with(word);
      const double like = word == name[i] ? 1 : mistyped ? 0.8 : begun ? 0.7 : 0;
      if (like > best) {
        best = like;
        at = i;
      }
    }
    if (best == 0) continue;
    taken[at] = true;
    ++found;
    telling = telling || word.size() > 2 || !is_digit(word[0]);
    shared += best * weight(word);
  }
  if (!telling) return 0;
  const double part = 2 * shared / (weight(typed) + weight(name));
  // All that was typed, or all of the name.
  return found > 0 && (found == typed.size() || found == name.size()) ? std::max(part, 0.55 + 0.4 * part) : part;
}

std::string together(const Words& words, bool with_memory) {
  std::string out;
  for (const std::string& word : words)
    if (with_memory || !is_memory_size(word)) out += word;
  return out;
}

}  // namespace

std::vector<std::string> likeliest(const NamesOf& presets, std::string_view typed, const Words& words,
                                   const std::vector<std::string>& meant, std::size_t count) {
  if (typed.size() > longest_name || words.empty()) return {};
  const bool memory = std::any_of(words.begin(), words.end(), is_memory_size);
  const std::string letters = together(words, memory);
  const std::size_t meant_count = meant.size();
  struct Ranked {
    double likeness;
    std::string_view id;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(meant.size() + presets.size());
  constexpr double is_meant = 2;  // before whatever is only like it
  for (const std::string& id : meant) ranked.push_back({is_meant, id});
  for (const auto& [id, names] : presets) {
    if (lower(id) == lower(typed) || std::find(meant.begin(), meant.end(), id) != meant.end()) continue;
    double best = 0;
    const auto compare = [&](std::string_view name) {
      const Words of_name = words_of(name);
      const auto held = [&](const std::string& word) {
        return std::find(of_name.begin(), of_name.end(), word) != of_name.end();
      };
      if (of_name.empty() || (meant_count > 0 && !std::all_of(words.begin(), words.end(), held))) return;
      best = std::max(best, likeness(words, of_name));
      // A name that holds every word that was typed is nearer than one that is only written like them.
      if (std::all_of(words.begin(), words.end(), held))
        best = std::max(best, 1 - 0.01 * static_cast<double>(of_name.size() - std::min(words.size(), of_name.size())));
      const std::string other = together(of_name, memory);
      const std::size_t longer = std::max(letters.size(), other.size());
      if (longer == 0) return;
      const auto distance = static_cast<double>(edit_distance(letters, other));
      best = std::max(best, 1 - 1.5 * distance / static_cast<double>(longer));
    };
    compare(id);
    // What else holds the words of what is meant says so in its own name.
    for (std::size_t i = 0; i < names.size() && (i == 0 || meant_count == 0); ++i) compare(names[i]);
    if (best > 0) ranked.push_back({best, id});
  }
  // What shares less than half is no near miss; beside one that is very near, the others are none either.
  double least = 0.7;
  for (const Ranked& r : ranked)
    if (r.likeness < is_meant) least = std::max(least, r.likeness);
  least -= 0.2;
  std::vector<std::string> out;
  while (out.size() < count) {
    const auto next = std::min_element(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
      return a.likeness != b.likeness ? a.likeness > b.likeness : naturally_before(a.id, b.id);
    });
    if (next == ranked.end() || next->likeness < least) break;
    out.emplace_back(next->id);
    next->likeness = 0;
  }
  return out;
}

}  // namespace edgewise
