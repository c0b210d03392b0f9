#pragma once

#include <string>
#include <vector>

namespace edgewise {

/// Whether a request with this Host header is meant for this server. A page elsewhere may let its own name lead to this
/// machine (DNS rebinding) and would then read what is served here: only names that cannot be turned are answered,
/// which are addresses, localhost and names that the user stated (`names`, in any case). The port does not matter: it
/// is another one behind a tunnel.
bool is_our_host(const std::string& header, const std::vector<std::string>& names);

}  // namespace edgewise
