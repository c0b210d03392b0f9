#include "host_check.h"

#include <arpa/inet.h>

#include <algorithm>

#include "edgewise/text.h"

namespace edgewise {

namespace {

bool is_address(int family, const std::string& text) {
  unsigned char bytes[16];
  return ::inet_pton(family, text.c_str(), bytes) == 1;
}

bool is_port(const std::string& text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

bool is_our_host(const std::string& header, const std::vector<std::string>& names) {
  std::string host = header;
  if (!host.empty() && host.front() == '[') {
    const auto end = host.find(']');
    if (end == std::string::npos) return false;
    const std::string rest = host.substr(end + 1);
    return is_address(AF_INET6, host.substr(1, end - 1)) &&
           (rest.empty() || (rest[0] == ':' && is_port(rest.substr(1))));
  }
  if (const auto colon = host.find(':'); colon != std::string::npos) {
    if (!is_port(host.substr(colon + 1))) return false;
    host.resize(colon);
  }
  // "localhost." is the same name, fully qualified.
  if (!host.empty() && host.back() == '.') host.pop_back();
  host = lower(host);
  if (host == "localhost" || is_address(AF_INET, host)) return true;
  return !host.empty() &&
         std::any_of(names.begin(), names.end(), [&](const std::string& n) { return lower(n) == host; });
}

}  // namespace edgewise
