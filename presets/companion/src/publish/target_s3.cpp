#include "digest.h"
#include "target.h"

namespace edgewise {

namespace {

/// Tries to write the index while others write it too.
constexpr int index_tries = 30;

/// The text of an element of S3's error documents, which are flat.
std::string element(const std::string& xml, const std::string& name) {
  const std::string open = "<" + name + ">", close = "</" + name + ">";
  const auto begin = xml.find(open), end = xml.find(close);
  return begin == xml.npos || end == xml.npos || end < begin
             ? std::string()
             : xml.substr(begin + open.size(), end - begin - open.size());
}

/// Object storage with Amazon's protocol: the preset under its content's name, and the index beside it, which is
/// written only if nobody else has written it since it was read.
class S3Target : public Target {
 public:
  S3Target(const TargetOptions& o, const Credentials& c, Http http) : credentials_(c), http_(std::move(http)) {
    region_ = !o.region.empty() ? o.region : !c.aws_region.empty() ? c.aws_region : "us-east-1";
    const std::string rest = o.to.substr(5);
    const auto slash = rest.find('/');
    std::string prefix = slash == rest.npos ? "" : rest.substr(slash + 1);
    if (!prefix.empty() && prefix.back() != '/') prefix += '/';
    std::string endpoint = o.endpoint.empty() ? "https://s3." + region_ + ".amazonaws.com" : o.endpoint;
    while (endpoint.back() == '/') endpoint.pop_back();
    // What is signed is the path as it is sent: it must be encoded once, and libcurl leaves it as it is.
    folder_ = endpoint + "/" + rest.substr(0, slash) + "/" + percent_encoded(prefix, "/");
    public_folder_ = o.public_url.empty() ? folder_ : o.public_url.back() == '/' ? o.public_url : o.public_url + "/";
  }

  Result<Place> send(const Upload& u) const override {
    const std::string name = u.name + ".json";
    const auto put = http_.send(request("PUT", name, u.text, {"Content-Type: application/json"}, true));
    if (!put) return put.errors();
    if (!put->ok()) return failed(name, *put);
    const auto known = index(u, name);
    if (!known) return known.errors();
    return Place{folder_ + name, public_folder_ + name, *known};
  }

 private:
  HttpRequest request(const char* method, const std::string& name, const std::string& body,
                      std::vector<std::string> headers, bool repeatable) const {
    HttpRequest r;
    r.method = method;
    r.url = folder_ + name;
    r.body = body;
    r.repeatable = repeatable;
    r.headers = std::move(headers);
    // S3 refuses requests without this header; libcurl signs whatever headers it is given.
    r.headers.push_back("x-amz-content-sha256: " + sha256(body));
    if (!credentials_.aws_session.empty()) r.headers.push_back("x-amz-security-token: " + credentials_.aws_session);
    r.sigv4 = "aws:amz:" + region_ + ":s3";
    r.sigv4_key = credentials_.aws_key;
    r.sigv4_secret = credentials_.aws_secret;
    return r;
  }

  /// Whether the index had the preset before. It is done when a fresh copy of the index has it.
  Result<bool> index(const Upload& u, const std::string& name) const {
    bool written = false;
    for (int attempt = 1; attempt <= index_tries; ++attempt) {
      const auto got = http_.send(request("GET", index_name, "", {}, true));
      if (!got) return got.errors();
      CatalogIndex catalog;
      std::string condition = "If-None-Match: *";
      if (got->status == 200) {
        auto parsed = CatalogIndex::parse(got->body);
        if (!parsed)
          return Error{"index", folder_ + index_name,
                       "is no index, and is left alone: " + parsed.errors()[0].path + " " + parsed.errors()[0].message +
                           stored(name)};
        if (parsed->has(u.sha256)) return !written;
        if (got->header("etag").empty())
          return Error{"index", folder_ + index_name,
                       "comes without an ETag, so that it cannot be written safely" + stored(name)};
        catalog = std::move(*parsed);
        condition = "If-Match: " + got->header("etag");
      } else if (got->status != 404) {
        return failed(index_name, *got, stored(name));
      }
      catalog.add({u.device, name, u.sha256});
      const auto put =
          http_.send(request("PUT", index_name, catalog.text(), {"Content-Type: application/json", condition}, false));
      if (put && put->status == 501)
        return Error{"index", folder_ + index_name, "this server writes nothing conditionally" + stored(name)};
      if (put && !put->ok() && put->status != 409 && put->status != 412 && !worth_another_try(put->status))
        return failed(index_name, *put, stored(name));
      // After an error nobody knows whether it was written: the next reading tells.
      written = true;
      // Whoever met another writer needs no long rest, only another moment than his.
      if (!put || !put->ok()) http_.wait(put && !worth_another_try(put->status) ? 1 : attempt);
    }
    return Error{"index", folder_ + index_name, "was written by somebody else each time" + stored(name)};
  }

  std::string stored(const std::string& name) const { return "; the preset itself is stored at " + folder_ + name; }

  Error failed(const std::string& name, const HttpResponse& r, const std::string& more = {}) const {
    const std::string code = element(r.body, "Code");
    std::string why = "the server answered " + std::to_string(r.status) +
                      (code.empty() ? "" : " " + http_.shown(code + ": " + element(r.body, "Message")));
    if (code == "RequestTimeTooSkewed")
      why += "; this machine's clock is wrong: the server's says " + http_.shown(r.header("date")) +
             ". Set it (timedatectl set-ntp true) and publish again";
    else if (code == "SignatureDoesNotMatch")
      why += "; AWS_SECRET_ACCESS_KEY is not the one of this key, or the region is not " + region_;
    else if (code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect")
      why += "; is the region " + region_ + "? --region states it";
    else if (code == "ExpiredToken")
      why += "; AWS_SESSION_TOKEN has run out";
    else if (r.status == 403 && name == index_name)
      why += "; without the right to list the bucket S3 answers so for what is not there";
    return {"refused", folder_ + name, why + more};
  }

  Credentials credentials_;
  Http http_;
  std::string region_, folder_, public_folder_;
};

}  // namespace

std::unique_ptr<Target> make_s3_target(const TargetOptions& o, const Credentials& c, Http http) {
  return std::make_unique<S3Target>(o, c, std::move(http));
}

}  // namespace edgewise
