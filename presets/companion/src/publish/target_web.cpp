#include "target.h"

namespace edgewise {

namespace {

/// Any web server that takes PUT: WebDAV, an upload folder, a presigned address.
class WebTarget : public Target {
 public:
  WebTarget(const TargetOptions& o, const Credentials& c, Http http)
      : options_(o), token_(presigned(o.to) ? "" : c.token), http_(std::move(http)) {}

  Result<Place> send(const Upload& u) const override {
    const bool folder = !presigned(options_.to) && options_.to.back() == '/';
    HttpRequest put;
    put.method = "PUT";
    put.url = options_.to + (folder ? u.name + ".json" : "");
    put.headers = {"Content-Type: application/json"};
    put.body = u.text;
    put.repeatable = true;
    authorize(put);
    const auto answer = http_.send(put);
    if (!answer) return answer.errors();

    Place place;
    // The query is the permission to write, and nobody else's business.
    place.where = put.url.substr(0, put.url.find('?'));
    place.url = options_.public_url.empty() ? place.where : options_.public_url + (folder ? u.name + ".json" : "");
    if (answer->ok()) return place;
    if (answer->status == 409 || answer->status == 412) {
      HttpRequest get;
      get.url = put.url;
      get.repeatable = true;
      authorize(get);
      if (const auto there = http_.send(get); there && there->status == 200 && there->body == u.text) {
        place.there_before = true;
        return place;
      }
    }
    return Error{"refused", place.where, "the server answered " + std::to_string(answer->status) + why(*answer)};
  }

 private:
  void authorize(HttpRequest& r) const {
    if (!token_.empty())
      r.headers.push_back("Authorization: Bearer " + token_);
    else
      r.use_credentials_file = !presigned(options_.to);
  }

  std::string why(const HttpResponse& r) const {
    switch (r.status) {
      case 301:
      case 302:
      case 303:
      case 307:
      case 308:
        return ", a redirect to " + http_.shown(r.header("location")) +
               ": nothing is sent on to another address; if that is the right one, name it";
      case 401:
        return ": it wants a token (EDGEWISE_TOKEN) or user and password (--credentials)";
      case 403:
        return ": it does not allow this";
      case 404:
        return ": there is no such folder, or it is not shown to you";
      case 405:
        return ": it takes no PUT there";
      case 409:
        return ": it has another file of this name, or lacks the folder";
      case 412:
        return ": it has another file of this name";
      case 413:
        return ": the preset is too large for it";
      case 507:
        return ": it has no room left";
      default:
        return "";
    }
  }

  TargetOptions options_;
  std::string token_;
  Http http_;
};

}  // namespace

std::unique_ptr<Target> make_web_target(const TargetOptions& o, const Credentials& c, Http http) {
  return std::make_unique<WebTarget>(o, c, std::move(http));
}

}  // namespace edgewise
