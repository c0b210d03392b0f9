#include "errors.h"

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
  for (std::size_t i = 0; i < errors.size() && i < most; ++i)
    say(err, (errors[i].path.empty() ? "" : shortened(errors[i].path) + ": ") + shortened(errors[i].message));
  if (errors.size() > most) say(err, "and " + std::to_string(errors.size() - most) + " more errors");
  return bad_input;
}

int fail(const Errors& errors, std::ostream& err) {
  refuse(errors, err);
  return failure;
}

}  // namespace edgewise
