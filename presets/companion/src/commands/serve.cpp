#include "serve/serve.h"

#include "commands.h"
#include "errors.h"
#include "files.h"
#include "presets.h"

namespace edgewise {

namespace fs = std::filesystem;

int run_serve(const ServeRequest& r, std::ostream& out, std::ostream& err) {
  ServeOptions o{r.bind, r.port, r.site, r.names, {}};
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
  if (!r.device.empty()) {
    auto preset = read_text(r.device, largest_device_B);
    if (!preset) return refuse(preset.errors(), err);
    Query q;
    q.device = r.device;
    if (const auto catalog = load_catalog(q); !catalog) return refuse(catalog.errors(), err);
    o.device_preset = std::move(*preset);
  }
  return serve(o, out, err);
}

}  // namespace edgewise
