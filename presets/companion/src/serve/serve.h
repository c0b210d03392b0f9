#pragma once

#include <ostream>
#include <string>

namespace edgewise {

struct ServeOptions {
  std::string bind;
  int port = 8080;
  std::string site;           ///< folder with index.html
  std::string device_preset;  ///< JSON, offered as /my-board.json, with which the page opens; empty: none
};

/// Serves the folder over HTTP until it is interrupted. GET and HEAD only; nothing outside the folder.
int serve(const ServeOptions&, std::ostream& out, std::ostream& err);

}  // namespace edgewise
