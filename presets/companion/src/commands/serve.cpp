#include "serve/serve.h"

#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/json.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "serve/before.h"

namespace edgewise {

namespace fs = std::filesystem;

namespace {

/// A device's preset as it is written, of a file or of the binary.
Result<std::string> preset_text(const std::string& device) {
  Query q;
  q.device = device;
  const auto catalog = load_catalog(q);
  if (!catalog) return catalog.errors();
  std::error_code error;
  if (fs::is_regular_file(device, error)) return read_text(device, largest_device_B);
  const auto meant = catalog->device_meant(device);
  if (meant.id.empty()) return Error{"unknown_device", device, "is no device and no file"};
  return to_text(bundled_preset("device", meant.id));
}

}  // namespace

int run_serve(const ServeRequest& r, std::ostream& out, std::ostream& err) {
  ServeOptions o{r.bind, r.port, r.site, r.names, r.origins, {}, {}};
  if (o.site.empty()) {
    // Where the build leaves the page, seen from the binary.
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& candidate : {self / "../../site", self / "../share/edgewise/site"})
      if (o.site.empty() && fs::is_regular_file(candidate / "index.html", error))
        o.site = fs::weakly_canonical(candidate, error).string();
  }
  std::error_code error;
  if (o.site.empty() || !fs::is_regular_file(fs::path(o.site) / "index.html", error))
    return refuse({{"no_site", "--site",
                    o.site.empty() ? "is needed: the built page was not found beside this binary"
                                   : "\"" + o.site + "\" holds no index.html"}},
                  err);
  if (!r.before.empty() && r.device.empty()) return refuse({{"missing", "--device", "is needed with --before"}}, err);
  if (!r.device.empty()) {
    auto preset = preset_text(r.device);
    if (!preset) return refuse(preset.errors(), err);
    auto before = r.before.empty() ? Result<std::string>(before_measuring(*preset)) : preset_text(r.before);
    if (!before) return refuse(before.errors(), err);
    o.device_preset = std::move(*preset);
    o.before = std::move(*before);
  }
  return serve(o, out, err);
}

}  // namespace edgewise
