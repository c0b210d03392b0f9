#pragma once

#include <string>

#include "target.h"

namespace edgewise {

/// Options of `publish` and `catalog build`.
struct PublishRequest {
  TargetOptions target;
  HttpOptions http;
  std::string credentials_file, page;
  bool yes = false, pending = false, qr = false;
  // catalog build
  std::string source, output;
  bool skip_bad = false;
};

}  // namespace edgewise
