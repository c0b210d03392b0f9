#include "terms_table.h"

// What answers need of the terms, worked out by the compiler: prose and formulas stay with terms.cpp, so that a program
// that does not explain does not hold them.

namespace edgewise {

namespace {

using terms_table::table;

constexpr std::array<TermBrief, term_count> briefs_of_table() {
  std::array<TermBrief, term_count> out{};
  for (std::size_t i = 0; i < term_count; ++i) out[i] = {table[i].id, table[i].unit, table[i].group, table[i].field};
  return out;
}
constexpr auto briefs = briefs_of_table();

/// Shorter ids first, then by their letters: any order serves that is quick to look up.
constexpr bool before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

constexpr std::array<Term, term_count> terms_by_id() {
  std::array<Term, term_count> out{};
  for (std::size_t i = 0; i < term_count; ++i) {
    std::size_t at = i;
    for (; at > 0 && before(table[i].id, briefs[static_cast<std::size_t>(out[at - 1])].id); --at) out[at] = out[at - 1];
    out[at] = static_cast<Term>(i);
  }
  return out;
}
constexpr auto by_id = terms_by_id();

constexpr Term named(std::string_view word) {
  std::size_t low = 0, high = term_count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (before(briefs[static_cast<std::size_t>(by_id[middle])].id, word))
      low = middle + 1;
    else
      high = middle;
  }
  return low < term_count && briefs[static_cast<std::size_t>(by_id[low])].id == word ? by_id[low] : Term::count;
}

constexpr bool in_a_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The inputs of all terms, one after the other.
struct Inputs {
  std::array<std::uint16_t, term_count + 1> begin{};
  std::array<Term, 2048> terms{};
};

constexpr Inputs inputs_of_table() {
  Inputs out;
  std::uint16_t end = 0;
  for (std::size_t i = 0; i < term_count; ++i) {
    const std::uint16_t begin = out.begin[i] = end;
    for (const std::string_view text : {table[i].formula, table[i].definition, table[i].inputs})
      for (std::size_t at = 0; at < text.size();) {
        std::size_t after = at;
        while (after < text.size() && in_a_word(text[after])) ++after;
        const Term t = after == at ? Term::count : named(text.substr(at, after - at));
        bool fresh = t != Term::count;
        for (std::uint16_t k = begin; k < end; ++k) fresh = fresh && out.terms[k] != t;
        if (fresh) out.terms[end++] = t;
        at = after + 1;
      }
  }
  out.begin[term_count] = end;
  return out;
}
constexpr Inputs all_inputs = inputs_of_table();

/// The same without room to spare.
constexpr auto input_terms = [] {
  std::array<Term, all_inputs.begin[term_count]> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = all_inputs.terms[i];
  return out;
}();
constexpr auto input_begins = all_inputs.begin;

}  // namespace

const TermBrief& brief(Term term) { return briefs[static_cast<std::size_t>(term)]; }

std::vector<Term> inputs(Term term) {
  const auto i = static_cast<std::size_t>(term);
  return {input_terms.begin() + input_begins[i], input_terms.begin() + input_begins[i + 1]};
}

std::string_view field(Term term, Processor processor) {
  std::string_view fields = brief(term).field;
  if (fields.find(' ') == std::string_view::npos) return fields;
  for (auto p = static_cast<std::size_t>(processor); p > 0; --p) fields.remove_prefix(fields.find(' ') + 1);
  return fields.substr(0, fields.find(' '));
}

}  // namespace edgewise
