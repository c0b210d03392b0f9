#include <nlohmann/json.hpp>

#include "digest.h"
#include "edgewise/json.h"
#include "target.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Tries to create something that may be there already, and waits for a fork that GitHub makes in the background.
constexpr int create_tries = 5, fork_tries = 8;

/// A member of what a server says it is an object; null where it is none.
const Json& member(const Json& object, const char* key) {
  static const Json none = nullptr;
  const auto it = object.is_object() ? object.find(key) : object.end();
  return it == object.end() ? none : *it;
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

struct Reply {
  long status = 0;
  Json document;
  std::string text(const char* key) const { return text_of(member(document, key)); }
};

/// A repository on GitHub: a branch named after the content, one file on it, a pull request. Every step first looks
/// whether it was done before.
class GithubTarget : public Target {
 public:
  GithubTarget(const TargetOptions& o, const Credentials& c, Http http)
      : options_(o), token_(c.github_token), http_(std::move(http)) {
    api_ = o.endpoint.empty() ? github_api : o.endpoint;
    while (api_.back() == '/') api_.pop_back();
    repository_ = o.to.substr(7);
  }

  Result<Place> send(const Upload& u) const override {
    const auto repository = call("GET", "/repos/" + repository_);
    if (!repository) return repository.errors();
    if (repository->status != 200) return failed(*repository, "reading the repository");
    const std::string base = repository->text("default_branch");

    const std::string path = options_.folder + "/" + u.device.id + ".json";
    const auto present = content(repository_, path, base);
    if (!present) return present.errors();
    if (present->status == 200 && holds(*present, u.text))
      return Place{present->text("html_url"), address(repository_, base, path), true};

    std::string head = repository_, from = base;
    if (member(member(repository->document, "permissions"), "push") != true) {
      const auto fork = ready_fork();
      if (!fork) return fork.errors();
      head = fork->text("full_name");
      from = fork->text("default_branch");
    }
    const std::string branch = "edgewise/" + u.name;
    if (const Errors errors = have_branch(head, branch, from); !errors.empty()) return errors;
    if (const Errors errors = have_file(head, branch, path, u); !errors.empty()) return errors;
    bool there_before = false;
    const auto pull = pull_request(head.substr(0, head.find('/')) + ":" + branch, base, u, there_before);
    if (!pull) return pull.errors();
    return Place{pull->text("html_url") + (pull->text("state") == "closed" ? " (closed)" : ""),
                 address(head, branch, path), there_before};
  }

 private:
  /// The answer with its document. A repeatable call is repeated by `Http`; others only by those who look first.
  Result<Reply> call(const char* method, const std::string& path, const Json& body = nullptr,
                     bool repeatable = false) const {
    HttpRequest r;
    r.method = method;
    r.url = api_ + path;
    r.headers = {"Accept: application/vnd.github+json", "X-GitHub-Api-Version: 2022-11-28"};
    if (!token_.empty())
      r.headers.push_back("Authorization: Bearer " + token_);
    else
      r.use_credentials_file = true;
    r.repeatable = repeatable || r.method == "GET";
    if (!body.is_null()) {
      r.headers.push_back("Content-Type: application/json");
      r.body = to_text(body);
    }
    const auto got = http_.send(r);
    if (!got) return got.errors();
    Reply a{got->status, Json::parse(got->body, nullptr, false)};
    if (a.document.is_discarded() && got->ok())
      return Error{"refused", r.url, "does not answer with JSON: is this GitHub's API?"};
    if (got->status == 403 && (got->header("x-ratelimit-remaining") == "0" || !got->header("retry-after").empty()))
      return Error{"refused", r.url, "GitHub's limit of requests is reached; publish again later"};
    return a;
  }

  Error failed(const Reply& a, const std::string& doing) const {
    std::string why = doing + ": GitHub answered " + std::to_string(a.status) +
                      (a.text("message").empty() ? "" : ", " + http_.shown(a.text("message")));
    if (a.status == 401) why += "; GITHUB_TOKEN is not valid";
    if (a.status == 403) why += "; the token needs the right to write contents and pull requests";
    if (a.status == 404) why += "; there is no such repository, or the token may not see it";
    if (a.status == 301 || a.status == 307) why += "; the repository has moved: name its present address";
    return {"refused", api_ + "/repos/" + repository_, why};
  }

  Result<Reply> content(const std::string& repository, const std::string& path, const std::string& branch) const {
    auto got = call(
        "GET", "/repos/" + repository + "/contents/" + percent_encoded(path, "/") + "?ref=" + percent_encoded(branch));
    if (got && got->status != 200 && got->status != 404) return failed(*got, "reading " + path);
    return got;
  }

  static bool holds(const Reply& content, const std::string& text) {
    return content.text("encoding") == "base64" && from_base64(content.text("content")) == text;
  }

  /// Looks, creates, and looks again where the creation did not answer or met an earlier one.
  template <class Look, class Create>
  Result<Reply> ensure(const std::string& doing, const Look& look, const Create& create, bool& created) const {
    for (int attempt = 1;; ++attempt) {
      auto found = look();
      if (!found || found->status == 200) return found;
      auto made = create();
      if (made && made->status >= 200 && made->status < 300) {
        created = true;
        return made;
      }
      const bool conflict = made && (made->status == 409 || made->status == 422),
                 later = !made || worth_another_try(made->status);
      if (attempt >= (conflict ? 2 : create_tries) || !(conflict || later)) return made ? failed(*made, doing) : made;
      http_.wait(attempt);
    }
  }

  /// A fork of the user's with an up-to-date default branch: GitHub answers with the one there is, or begins to make
  /// one.
  Result<Reply> ready_fork() const {
    auto fork = call("POST", "/repos/" + repository_ + "/forks", {{"default_branch_only", true}}, true);
    if (!fork) return fork.errors();
    if (fork->status != 202) return failed(*fork, "forking");
    const std::string name = fork->text("full_name"), branch = fork->text("default_branch");
    for (int attempt = 1;; ++attempt) {
      const auto ref = call("GET", "/repos/" + name + "/git/ref/heads/" + percent_encoded(branch, "/"));
      if (!ref) return ref.errors();
      if (ref->status == 200) break;
      if (attempt >= fork_tries) return failed(*ref, "waiting for the fork " + name);
      http_.wait(attempt);
    }
    // A fork that cannot be brought up to date (409) still takes a branch.
    if (const auto merged = call("POST", "/repos/" + name + "/merge-upstream", {{"branch", branch}}, true); !merged)
      return merged.errors();
    return fork;
  }

  Errors have_branch(const std::string& head, const std::string& branch, const std::string& from) const {
    const auto ref = [&](const std::string& name) {
      return call("GET", "/repos/" + head + "/git/ref/heads/" + percent_encoded(name, "/"));
    };
    const auto begin = ref(from);
    if (!begin) return begin.errors();
    if (begin->status != 200) return {failed(*begin, "reading the branch " + from)};
    const std::string sha = text_of(member(member(begin->document, "object"), "sha"));
    bool created = false;
    const auto made = ensure(
        "creating the branch " + branch, [&] { return ref(branch); },
        [&] {
          return call("POST", "/repos/" + head + "/git/refs", {{"ref", "refs/heads/" + branch}, {"sha", sha}});
        },
        created);
    return made ? Errors{} : made.errors();
  }

  Errors have_file(const std::string& head, const std::string& branch, const std::string& path, const Upload& u) const {
    std::string earlier;  // hash of the file that stands there with other content
    const auto look = [&]() -> Result<Reply> {
      auto got = content(head, path, branch);
      if (got && got->status == 200 && !holds(*got, u.text)) {
        earlier = got->text("sha");
        got->status = 404;
      }
      return got;
    };
    const auto create = [&] {
      Json body = {{"message", title(u)}, {"content", base64(u.text)}, {"branch", branch}};
      if (!earlier.empty()) body["sha"] = earlier;
      return call("PUT", "/repos/" + head + "/contents/" + percent_encoded(path, "/"), body);
    };
    bool created = false;
    const auto made = ensure("writing " + path, look, create, created);
    return made ? Errors{} : made.errors();
  }

  Result<Reply> pull_request(const std::string& head, const std::string& base, const Upload& u,
                             bool& there_before) const {
    const auto look = [&]() -> Result<Reply> {
      auto got = call("GET", "/repos/" + repository_ + "/pulls?state=all&head=" + percent_encoded(head));
      if (!got) return got;
      if (got->status != 200 || !got->document.is_array()) return failed(*got, "looking for the pull request");
      if (got->document.empty()) return Reply{404, nullptr};
      return Reply{200, got->document[0]};
    };
    const auto create = [&] {
      return call(
          "POST", "/repos/" + repository_ + "/pulls",
          {{"title", title(u)},
           {"head", head},
           {"base", base},
           {"maintainer_can_modify", true},
           {"body", "Device preset " + u.device.id + (u.device.date.empty() ? "" : ", measured " + u.device.date) +
                        ".\n\nSHA-256 of the file: " + u.sha256 + "\n"}});
    };
    bool created = false;
    auto made = ensure("opening the pull request", look, create, created);
    there_before = !created;
    return made;
  }

  static std::string title(const Upload& u) { return "Device preset: " + u.device.name; }

  /// Where a page can read the file; other installations than github.com have no such address that anybody may read.
  std::string address(const std::string& repository, const std::string& branch, const std::string& path) const {
    if (!options_.public_url.empty()) return options_.public_url;
    return options_.endpoint.empty()
               ? "https://raw.githubusercontent.com/" + repository + "/refs/heads/" + branch + "/" + path
               : std::string();
  }

  TargetOptions options_;
  std::string token_, api_, repository_;
  Http http_;
};

}  // namespace

std::unique_ptr<Target> make_github_target(const TargetOptions& o, const Credentials& c, Http http) {
  return std::make_unique<GithubTarget>(o, c, std::move(http));
}

}  // namespace edgewise
