#pragma once

#include <memory>
#include <string>

#include "catalog_index.h"
#include "credentials.h"
#include "http.h"

namespace edgewise {

/// Where GitHub's API is unless an endpoint is stated.
inline constexpr const char* github_api = "https://api.github.com";

/// What is sent: the bytes that the user saw.
struct Upload {
  std::string name;  ///< "ID-HASH": the same content has the same name, so that sending it again changes nothing
  std::string sha256;
  std::string text;
  CheckedDevice device;
};

/// Where it went.
struct Place {
  std::string where;  ///< for people
  std::string url;    ///< where a page can read the preset; empty: nowhere yet
  bool there_before = false;
};

/// A place that presets are sent to, as the user wrote it.
struct TargetOptions {
  std::string to;                          ///< https://..., s3://BUCKET/PREFIX or github:OWNER/REPO
  std::string endpoint;                    ///< of S3, or of GitHub's API
  std::string region;                      ///< of S3
  std::string public_url;                  ///< where what lies in the target can be read, if elsewhere
  std::string folder = "presets/devices";  ///< in a GitHub repository
};

/// An error where the user wants no network at all: DO_NOT_TRACK is set, and neither empty nor a denial.
Errors network_allowed();
/// Checks what can be checked without a network. Refuses addresses with a password in them.
Errors check_target(const TargetOptions&);
/// The server that a token of this target is for: scheme, host and port. GitHub's own where none is stated.
std::string server_of(const TargetOptions&);
/// Whether the query of the target is a secret of its own (a presigned address).
bool presigned(const std::string& to);

/// The address of GitHub's page that proposes a new file with this content, for a browser that is logged in. Where the
/// content is too long for an address, it has the name only.
struct NewFileLink {
  std::string url;
  bool with_content = false;
};
NewFileLink new_file_link(const TargetOptions&, const Upload&);

class Target {
 public:
  virtual ~Target() = default;
  /// Errors say what is known of the state on the other side; to send again is always safe.
  virtual Result<Place> send(const Upload&) const = 0;
};

/// Without network code in the binary: an error that says so.
Result<std::unique_ptr<Target>> make_target(const TargetOptions&, const Credentials&, const HttpOptions&);

// One for each scheme.
std::unique_ptr<Target> make_web_target(const TargetOptions&, const Credentials&, Http);
std::unique_ptr<Target> make_s3_target(const TargetOptions&, const Credentials&, Http);
std::unique_ptr<Target> make_github_target(const TargetOptions&, const Credentials&, Http);

}  // namespace edgewise
