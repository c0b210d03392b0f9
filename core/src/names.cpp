#include "names.h"

#include <algorithm>

#include "edgewise/text.h"
#include "read_number.h"

namespace edgewise {

namespace {

/// What is no ASCII is a letter: scripts have no separators of their own here.
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

/// What stands behind a number without being a word.
bool is_unit(std::string_view letters) {
  return letters.size() == 1 || letters == "gb" || letters == "gib" || letters == "mb" || letters == "tb" ||
         letters == "core" || letters == "cores" || letters == "bit" || letters == "bpw";
}

std::string with_unit(std::string number, std::string_view unit) {
  return number += unit == "gib" ? "gb" : unit == "cores" ? "core" : unit;
}

}  // namespace

bool is_number(std::string_view word) { return word.find_first_not_of("0123456789.") == word.npos; }

bool one_of(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const auto end = list.find(' ');
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
  }
  return false;
}

Words words_of(std::string_view name) {
  Words out;
  const std::string text = lower(name.substr(0, longest_name));
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto letters_from = [&](std::size_t i) {
    std::size_t end = i;
    while (is_letter(at(end))) ++end;
    return std::string_view(text).substr(i, end - i);
  };
  const auto number_from = [&](std::size_t i) {
    std::size_t end = i;
    while (is_digit(at(end)) || ((at(end) == '.' || at(end) == '_') && is_digit(at(end - 1)) && is_digit(at(end + 1))))
      ++end;
    std::string number = text.substr(i, end - i);
    std::replace(number.begin(), number.end(), '_', '.');
    return number;
  };
  for (std::size_t i = 0; i < text.size();) {
    std::string prefix;
    if (is_letter(at(i))) {
      const std::string_view letters = letters_from(i);
      const bool begins = i == 0 || !is_digit(at(i - 1));
      i += letters.size();
      if (letters.size() > 1 || !is_digit(at(i))) {
        const bool unit = letters.size() > 1 && is_unit(letters);
        if (unit && !out.empty() && is_number(out.back()))
          out.back() = with_unit(out.back(), letters);
        else
          out.emplace_back(letters);
        continue;
      }
      // "v0.3" is version 0.3.
      if (letters != "v" || !begins) prefix = letters;
    }
    if (is_digit(at(i))) {
      std::string word = number_from(i);
      i += word.size();
      if (const std::string_view letters = letters_from(i); is_unit(letters)) {
        word = with_unit(word, letters);
        i += letters.size();
      }
      out.push_back(prefix + word);
      continue;
    }
    // A model with a plus is another than the one without.
    if (at(i) == '+' && i > 0 && (is_letter(at(i - 1)) || is_digit(at(i - 1)))) out.emplace_back("plus");
    ++i;
  }
  return out;
}

bool same_words(const Words& a, const Words& b) {
  if (a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin())) return true;
  const auto written_together = [](const Words& words) {
    Words out;
    bool letters = false;
    for (const std::string& word : words) {
      const bool now = std::all_of(word.begin(), word.end(), is_letter);
      if (now && letters)
        out.back() += word;
      else
        out.push_back(word);
      letters = now;
    }
    return out;
  };
  return a.size() != b.size() && written_together(a) == written_together(b);
}

std::string outside_parentheses(std::string_view name, const std::function<void(std::string_view)>& inside) {
  std::string out;
  while (!name.empty()) {
    const auto open = name.find('(');
    out += name.substr(0, open);
    if (open == name.npos) break;
    const auto close = name.find(')', open);
    if (inside) inside(name.substr(open + 1, close == name.npos ? close : close - open - 1));
    out += ' ';
    name.remove_prefix(close == name.npos ? name.size() : close + 1);
  }
  return out;
}

}  // namespace edgewise
