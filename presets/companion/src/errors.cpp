#include "errors.h"

#include <algorithm>

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
  std::vector<std::string> lines;
  for (const Error& e : errors) {
    std::string line = (e.path.empty() ? "" : shortened(e.path) + ": ") + shortened(e.message);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  for (std::size_t i = 0; i < lines.size() && i < most; ++i) say(err, lines[i]);
  if (lines.size() > most) say(err, "and " + std::to_string(lines.size() - most) + " more errors");
  return bad_input;
}

int fail(const Errors& errors, std::ostream& err) {
  refuse(errors, err);
  return failure;
}

}  // namespace edgewise
