#include "check/preset_check.h"
#include "commands.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

int run_check(const CheckRequest& r, std::ostream& out, std::ostream& err) {
  auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  int code = done;
  for (const std::string& file : r.files) {
    const auto text = read_text(file, 16.0 * 1048576);
    const auto id = text ? check_preset(*text, *catalog) : Result<std::string>(text.errors());
    if (!id)
      code = refuse(text ? in_file(file, id.errors()) : id.errors(), err);
    else
      out << harmless(file + ": " + *id) << " is valid\n";
  }
  return code;
}

}  // namespace edgewise
