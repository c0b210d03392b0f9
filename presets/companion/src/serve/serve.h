#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace edgewise {

struct ServeOptions {
  std::string bind;
  int port = 8080;
  std::string site;                  ///< folder with index.html
  std::vector<std::string> names;    ///< by which it may be asked, besides addresses and localhost
  std::vector<std::string> origins;  ///< of pages that may embed its elements, as browsers name them
  std::string device_preset;         ///< JSON, offered as /my-board.json, with which the page opens; empty: none
  std::string before;  ///< JSON of what it is compared with, offered as /my-board-before.json; empty: nothing
};

/// Serves the folder over HTTP until it is interrupted. GET and HEAD only; nothing outside the folder;
/// only for requests that name this server as their host. Every connection has its own thread.
int serve(const ServeOptions&, std::ostream& out, std::ostream& err);

}  // namespace edgewise
