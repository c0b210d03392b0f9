#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/result.h"

namespace edgewise {

/// How requests are made, the same for every target.
struct HttpOptions {
  double connect_timeout_s = 10, timeout_s = 60;
  int retries = 4;                   ///< after the first try, and only where a repetition is harmless
  std::string ca_file;               ///< of a private certificate authority
  std::string credentials_file;      ///< in netrc format; empty: none
  bool insecure_http = false;        ///< plain http to other machines than this one
  std::vector<std::string> secrets;  ///< never to be seen in a message
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct HttpRequest {
  std::string method = "GET", url;
  std::vector<std::string> headers;
  std::string body;
  /// Sending it twice does what sending it once does.
  bool repeatable = false;
  /// Redirects are followed, never with credentials; only for what needs none.
  bool follow = false;
  /// User and password from the credentials file.
  bool use_credentials_file = false;
  /// AWS Signature Version 4: "aws:amz:REGION:s3" with key id and secret.
  std::string sigv4, sigv4_key, sigv4_secret;
  std::size_t limit_B = 4u << 20;  ///< of the answer
  /// Sees the body part by part as it comes, which is then not kept; false ends the transfer.
  std::function<bool(std::string_view)> on_part;
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  double connected_s = 0;  ///< after so long the request could be sent
  bool ok() const { return status >= 200 && status < 300; }
  std::string header(const std::string& name) const;
};

/// Whether the same request may succeed a little later.
bool worth_another_try(long status);

/// HTTP over libcurl: certificates are verified, everything ends in time. The only code of the companion that goes out
/// to the network.
class Http {
 public:
  explicit Http(HttpOptions);
  /// An answer with any status, or why there is none. Repeats repeatable requests after network errors and the statuses
  /// that ask for it, waiting longer each time, or as long as the server says.
  Result<HttpResponse> send(const HttpRequest&) const;
  /// The wait before try `attempt` (from 1), where the server says nothing: doubled each time, with jitter.
  void wait(int attempt) const;
  const HttpOptions& options() const { return options_; }
  /// `text` from a server, fit to be shown: one line, without secrets and control characters.
  std::string shown(const std::string& text) const;

 private:
  HttpOptions options_;
};

/// `reference` as seen from the page at `base`; empty where it is no reference below it.
std::string resolve_below(const std::string& base, const std::string& reference);

}  // namespace edgewise
