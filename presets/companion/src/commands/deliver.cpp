#include "deliver.h"

#include "errors.h"
#include "files.h"

namespace edgewise {

int deliver(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err) {
  if (path.empty()) {
    out << text;
    return done;
  }
  if (const Errors errors = write_file(path, text); !errors.empty()) return fail(errors, err);
  say(err, "wrote " + path);
  return done;
}

}  // namespace edgewise
