#include "address.h"

#include <algorithm>

#include "edgewise/text.h"

namespace edgewise {

std::string ServerAddress::url() const {
  std::string out = scheme;
  out.append("://").append(host);
  if (!port.empty()) out.append(":").append(port);
  return out + prefix;
}

Result<ServerAddress> parse_address(const std::string& text) {
  const auto wrong = [&](const std::string& why) { return Error{"url", "--server", quoted(text) + " " + why}; };
  if (text.empty() || std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7F; }))
    return wrong("is no address: http://localhost:11434 for example");
  ServerAddress out;
  std::string rest = text;
  if (const auto at = rest.find("://"); at != rest.npos) {
    out.scheme = lower(rest.substr(0, at));
    rest = rest.substr(at + 3);
  } else {
    out.scheme = "http";
  }
  if (out.scheme != "http" && out.scheme != "https") return wrong("must begin with http:// or https://");
  // Not repeated: it may be a password.
  if (rest.find('@') != rest.npos)
    return Error{"url", "--server", "holds a user or a password: servers with these cannot be asked"};
  if (rest.find_first_of("?#\\%") != rest.npos) return wrong("holds a query or a fragment: give the address alone");
  const auto slash = std::min(rest.find('/'), rest.size());
  out.prefix = rest.substr(slash);
  while (out.prefix.ends_with('/')) out.prefix.pop_back();
  if (out.prefix.ends_with("/v1")) out.prefix.resize(out.prefix.size() - 3);
  std::string authority = rest.substr(0, slash);
  const auto colon = authority.rfind(':');
  const bool six = authority.starts_with('[');
  if (six && authority.find(']') == authority.npos) return wrong("has no ] after its IPv6 address");
  if (colon != authority.npos && (!six || colon > authority.find(']'))) {
    out.port = authority.substr(colon + 1);
    authority.resize(colon);
    if (out.port.empty() || out.port.size() > 5 || out.port.find_first_not_of("0123456789") != out.port.npos ||
        std::stoi(out.port) < 1 || std::stoi(out.port) > 65535)
      return wrong("has no port between 1 and 65535 after its colon");
  }
  if (authority.find(':') != authority.npos && !six) return wrong("needs [ ] around its IPv6 address");
  out.host = lower(authority);
  if (out.host.empty() || out.host == "0.0.0.0") out.host = "127.0.0.1";
  if (out.host == "[::]") out.host = "[::1]";
  return out;
}

}  // namespace edgewise
