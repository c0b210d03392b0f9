#include "edgewise/terms.h"

#include "terms_table.h"

namespace edgewise {

namespace {

using terms_table::table;

constexpr bool terms_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].term) != i) return false;
  return true;
}
static_assert(terms_in_order(), "the table is indexed by Term");

}  // namespace

const TermInfo& info(Term term) { return table[static_cast<std::size_t>(term)]; }

Term find_term(std::string_view id) {
  for (const TermInfo& t : table)
    if (t.id == id) return t.term;
  return Term::count;
}

}  // namespace edgewise
