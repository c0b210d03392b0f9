#pragma once

#include <ostream>
#include <string>

#include "target.h"

namespace edgewise {

/// Shows what of a preset is published, and sends it where the user agrees.
struct PublishRequest {
  std::string file;  ///< empty with `pending` only
  TargetOptions target;
  HttpOptions http;
  std::string credentials_file, page;
  bool yes = false, pending = false, qr = false;
};
int run_publish(const PublishRequest&, std::ostream& out, std::ostream& err);

/// The index of a folder of presets, or a check of one that is published.
struct CatalogRequest {
  HttpOptions http;
  std::string source, output;
  bool skip_bad = false;
};
int run_catalog_build(const CatalogRequest&, std::ostream& out, std::ostream& err);

}  // namespace edgewise
