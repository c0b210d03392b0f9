#pragma once

#include <string>
#include <vector>

#include "edgewise/result.h"

namespace edgewise {

/// Secrets, from the environment or from a file that nobody else can read; never from the command line.
struct Credentials {
  std::string token;         ///< EDGEWISE_TOKEN: bearer token of a web server
  std::string github_token;  ///< GITHUB_TOKEN
  std::string aws_key, aws_secret, aws_session, aws_region;
  std::string file;  ///< in netrc format; empty: none

  /// What must never be seen.
  std::vector<std::string> secrets() const;
};

/// `file` empty: $XDG_CONFIG_HOME/edgewise/credentials, if there is one.
Result<Credentials> read_credentials(const std::string& file);

}  // namespace edgewise
