#pragma once

#include <string>

#include "edgewise/result.h"

namespace edgewise {

/// Where a server listens: scheme, host, port and what stands before the paths of its API.
struct ServerAddress {
  std::string scheme, host, port, prefix;

  /// "http://127.0.0.1:8080", without a slash at the end.
  std::string url() const;
};

/// Reads what people give as an address: "http://localhost:11434", "localhost:8080", ":11434" (OLLAMA_HOST), with or
/// without "/v1" at its end. `0.0.0.0`, on which servers listen, is asked as 127.0.0.1. An address with a user, a
/// password, a query or a fragment is refused: it would be shown and kept.
Result<ServerAddress> parse_address(const std::string& text);

}  // namespace edgewise
