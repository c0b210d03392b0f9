#include "errors.h"

#include <set>

#include "edgewise/text.h"
#include "terminal.h"

namespace edgewise {

Errors in_file(const std::string& file, Errors errors) {
  for (Error& e : errors) e.path = e.path.empty() ? file : file + ": " + e.path;
  return errors;
}

void say(std::ostream& err, std::string_view text) { err << "edgewise: " << harmless(text) << "\n" << std::flush; }

int refuse(const Errors& errors, std::ostream& err) {
  constexpr std::size_t most = 20;
  // What is wrong may be met more than once.
  std::set<std::string> lines;
  for (const Error& e : errors) {
    const auto [line, is_new] = lines.insert((e.path.empty() ? "" : shortened(e.path) + ": ") + shortened(e.message));
    if (is_new && lines.size() <= most) say(err, *line);
  }
  if (lines.size() > most) say(err, "and " + std::to_string(lines.size() - most) + " more errors");
  return bad_input;
}

int fail(const Errors& errors, std::ostream& err) {
  refuse(errors, err);
  return failure;
}

}  // namespace edgewise
