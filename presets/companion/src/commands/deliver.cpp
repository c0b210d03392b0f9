#include "deliver.h"

#include <cstdlib>
#include <filesystem>

#include "errors.h"
#include "files.h"

namespace edgewise {

namespace fs = std::filesystem;

int deliver(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err) {
  if (path.empty()) {
    out << text;
    return done;
  }
  if (const Errors errors = write_file(path, text); !errors.empty()) return fail(errors, err);
  say(err, "wrote " + path);
  return done;
}

int deliver_or_rescue(const std::string& path, const std::string& text, std::ostream& out, std::ostream& err) {
  const int code = deliver(path, text, out, err);
  if (code == done || path.empty()) return code;
  const fs::path name = fs::path(path).filename();
  const char* const folders[] = {std::getenv("TMPDIR"), "/tmp", std::getenv("HOME")};
  for (const char* folder : folders) {
    if (!folder || !*folder) continue;
    const auto kept = write_new_file(folder, name.stem().string(), name.extension().string(), text);
    if (!kept) continue;
    say(err, "nothing is lost: it was written to " + *kept + " instead; move it where there is room");
    return code;
  }
  out << text << std::flush;
  say(err, out ? "nothing is lost: it was written to standard output, for there is no room in $TMPDIR, /tmp or $HOME"
               : "it is lost: there is no room in $TMPDIR, /tmp or $HOME, and standard output takes nothing");
  return code;
}

}  // namespace edgewise
