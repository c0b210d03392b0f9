#include "loopback.h"

#include "edgewise/text.h"

namespace edgewise {

bool is_loopback(std::string host) {
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  host = lower(host);
  return host == "localhost" || host == "::1" ||
         (host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == host.npos);
}

}  // namespace edgewise
