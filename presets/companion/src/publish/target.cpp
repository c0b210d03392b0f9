#include "target.h"

#include <algorithm>
#include <cstdlib>

#include "digest.h"

namespace edgewise {

namespace {

/// GitHub answers longer addresses with 414.
constexpr std::size_t longest_link = 6000;

/// User and password in an address end up in the shell's history and in lists of processes.
bool has_password(const std::string& url) {
  const auto begin = url.find("://");
  if (begin == url.npos) return false;
  const std::string authority = url.substr(begin + 3, url.find_first_of("/?#", begin + 3) - begin - 3);
  return authority.find('@') != authority.npos;
}

Errors check_address(const char* option, const std::string& url) {
  if (url.empty()) return {};
  if (!url.starts_with("https://") && !url.starts_with("http://")) return {{"url", option, "must begin with https://"}};
  if (std::any_of(url.begin(), url.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F;
      }))
    return {{"url", option, "holds a space or a character that an address must escape"}};
  if (has_password(url))
    return {{"url", option,
             "holds a user or password, which the shell's history and every list of processes would show: put them in "
             "a credentials file (--credentials)"}};
  if (url.find_first_of("/?", url.find("://") + 3) == url.find("://") + 3 || url.size() == url.find("://") + 3)
    return {{"url", option, "names no host"}};
  return {};
}

bool is_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace

Errors network_allowed() {
  const char* value = std::getenv("DO_NOT_TRACK");
  const std::string text = value ? value : "";
  if (text.empty() || text == "0" || text == "false") return {};
  return {{"do_not_track", "DO_NOT_TRACK", "is set: nothing is sent or fetched"}};
}

bool presigned(const std::string& to) { return to.starts_with("http") && to.find('?') != to.npos; }

std::string server_of(const TargetOptions& o) {
  const std::string url = o.to.starts_with("github:") ? (o.endpoint.empty() ? github_api : o.endpoint) : o.to;
  return url.substr(0, url.find_first_of("/?#", url.find("://") + 3));
}

Errors check_target(const TargetOptions& o) {
  for (const auto& [option, url] : {std::pair{"--endpoint", o.endpoint}, {"--public-url", o.public_url}})
    if (Errors errors = check_address(option, url); !errors.empty()) return errors;
  if (o.to.starts_with("https://") || o.to.starts_with("http://")) return check_address("--to", o.to);
  if (o.to.starts_with("s3://")) {
    const std::string rest = o.to.substr(5), bucket = rest.substr(0, rest.find('/'));
    if (!is_name(bucket)) return {{"target", "--to", "must be s3://BUCKET or s3://BUCKET/PREFIX"}};
    return {};
  }
  if (o.to.starts_with("github:")) {
    const std::string rest = o.to.substr(7);
    const auto slash = rest.find('/');
    if (slash == rest.npos || !is_name(rest.substr(0, slash)) || !is_name(rest.substr(slash + 1)))
      return {{"target", "--to", "must be github:OWNER/REPOSITORY"}};
    return {};
  }
  return {{"target", "--to", "must be https://..., s3://BUCKET/PREFIX or github:OWNER/REPOSITORY"}};
}

NewFileLink new_file_link(const TargetOptions& o, const Upload& u) {
  const std::string base = "https://github.com/" + o.to.substr(7) +
                           "/new/main?filename=" + percent_encoded(o.folder + "/" + u.device.id + ".json");
  const std::string whole = base + "&value=" + percent_encoded(u.text);
  return whole.size() <= longest_link ? NewFileLink{whole, true} : NewFileLink{base, false};
}

#ifdef EDGEWISE_CURL

Result<std::unique_ptr<Target>> make_target(const TargetOptions& o, const Credentials& c, const HttpOptions& http) {
  if (o.to.starts_with("s3://")) {
    if (c.aws_key.empty() || c.aws_secret.empty())
      return Error{"credentials", "AWS_ACCESS_KEY_ID",
                   "is not set, or AWS_SECRET_ACCESS_KEY is not: S3 takes its keys from the environment"};
    return make_s3_target(o, c, Http(http));
  }
  if (o.to.starts_with("github:")) return make_github_target(o, c, Http(http));
  return make_web_target(o, c, Http(http));
}

#else

Result<std::unique_ptr<Target>> make_target(const TargetOptions&, const Credentials&, const HttpOptions&) {
  return Error{
      "not_built", "",
      "this binary was built without network code (EDGEWISE_PUBLISH=OFF, or without libcurl): sending is not built in"};
}

#endif

}  // namespace edgewise
