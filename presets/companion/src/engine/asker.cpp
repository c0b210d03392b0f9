#include "asker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "edgewise/json_text.h"
#include "edgewise/reader.h"
#include "edgewise/text.h"
#include "errors.h"
#include "terminal.h"
#ifdef EDGEWISE_CURL
#include "publish/http.h"
#endif

namespace edgewise {

namespace {
using Json = nlohmann::ordered_json;
}

Asker::Asker(ServerAddress address, EngineReport& report, std::ostream& err)
    : address_(std::move(address)), report_(report), err_(err) {}

std::string request_line(const std::string& method, const std::string& path, const std::string& body) {
  std::string out = method;
  out.append(" ").append(path);
  if (!body.empty()) out.append(" ").append(body);
  return harmless(out);
}

/// Prints and keeps a request; the line, for errors.
std::string Asker::note(const std::string& method, const std::string& path, const std::string& body) {
  std::string line = request_line(method, path, body);
  if (quiet_) return line;
  say(err_, "asks " + address_.url() + ": " + line);
  report_.asked.push_back(line);
  return line;
}

#ifdef EDGEWISE_CURL

namespace {

constexpr std::size_t longest_answer_B = 16u << 20, longest_line_B = 1u << 20;
constexpr double connect_timeout_s = 5;

Http http(double timeout_s) {
  HttpOptions o;
  o.timeout_s = std::max(timeout_s, 0.001);
  o.connect_timeout_s = std::min(connect_timeout_s, o.timeout_s);
  o.retries = 0;
  // Random words and counts go out and come back: nothing that a listener could use.
  o.insecure_http = true;
  return Http(o);
}

HttpRequest request(const std::string& method, const std::string& url, const Json* body) {
  HttpRequest r;
  r.method = method;
  r.url = url;
  r.limit_B = longest_answer_B;
  r.headers = {"Accept: application/json, text/event-stream"};
  if (body) {
    r.headers.emplace_back("Content-Type: application/json");
    r.body = one_line(*body);
  }
  return r;
}

/// What a server says of an error: {"error": "..."}, {"error": {"message": "..."}}, {"message": "..."}; empty: nothing.
std::string complaint(const Json& answer) {
  if (!answer.is_object()) return {};
  for (const char* key : {"error", "message", "detail"})
    if (const auto it = answer.find(key); it != answer.end()) {
      if (it->is_string()) return it->get<std::string>();
      if (it->is_object()) return complaint(*it);
    }
  return {};
}

/// Why an answer with that status is none.
Error bad_status(const std::string& line, const HttpResponse& r, const std::string& body) {
  if (r.status >= 300 && r.status < 400)
    return {"redirect", line, "is redirected elsewhere; only the address that was given is asked"};
  if (r.status == 401 || r.status == 403)
    return {"denied", line,
            "was answered with " + std::to_string(r.status) + ": the server wants a key, which this does not send"};
  const auto answer = json::parse_strict(body);
  std::string why = answer ? complaint(*answer) : body.substr(0, body.find('\n'));
  if (why.size() > 300) why = valid_utf8(why.substr(0, 300)) + "...";
  return {"status", line, "was answered with " + std::to_string(r.status) + (why.empty() ? "" : ": " + harmless(why))};
}

/// Errors of the transfer, of a request. They may be kept in a measurement, where no address stands.
Errors about(const std::string& line, Errors errors, const ServerAddress& address) {
  std::string host = address.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  for (Error& e : errors) {
    e.path = line;
    for (auto at = e.message.find(host); at != e.message.npos; at = e.message.find(host, at + 10))
      e.message.replace(at, host.size(), "the server");
  }
  return errors;
}

/// Reads an answer of server-sent events as it comes.
class Events {
 public:
  explicit Events(const std::function<bool(const Json&, double)>& event) : event_(event) {}

  bool take(std::string_view part, double now_s) {
    while (!part.empty()) {
      const auto end = std::min(part.find('\n'), part.size());
      line_.append(part.substr(0, end));
      if (line_.size() > longest_line_B) return fail("too_large", "is answered with a line of more than 1 MiB");
      if (end == part.size()) break;
      part.remove_prefix(end + 1);
      std::string line;
      line.swap(line_);
      if (!whole(line, now_s)) return false;
    }
    return true;
  }
  /// At the end of the answer: what is left is a line as well.
  void finish(double now_s) {
    std::string line;
    line.swap(line_);
    if (ok()) whole(line, now_s);
  }
  bool done() const { return done_; }
  bool ok() const { return error_.code.empty(); }
  const Error& error() const { return error_; }
  /// What came before the first event, where it was none: an error of the server in plain JSON.
  const std::string& other() const { return other_; }
  std::size_t events() const { return events_; }

 private:
  bool fail(const char* code, std::string why) {
    error_ = {code, "", std::move(why)};
    return false;
  }
  bool whole(std::string_view line, double now_s) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty() || line[0] == ':' || line.starts_with("event:") || line.starts_with("id:") ||
        line.starts_with("retry:"))
      return true;
    if (!line.starts_with("data:")) {
      if (events_ == 0 && other_.size() + line.size() < longest_line_B) {
        other_ += line;
        return true;
      }
      return fail("wrong_type", "is answered with something between its events that is none");
    }
    line.remove_prefix(5);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line == "[DONE]") {
      done_ = true;
      return true;
    }
    const auto event = json::parse_strict(line);
    if (!event || !event->is_object()) return fail("wrong_type", "is answered with an event that is no JSON object");
    if (const std::string why = event->contains("error") ? complaint(*event) : ""; !why.empty())
      return fail("status", "ended with an error of the server: " + harmless(shortened(why)));
    ++events_;
    if (event_(*event, now_s)) done_ = true;
    return true;
  }

  const std::function<bool(const Json&, double)>& event_;
  std::string line_, other_;
  std::size_t events_ = 0;
  bool done_ = false;
  Error error_;
};

Result<Json> object_in(const std::string& line, const HttpResponse& r) {
  if (!r.ok()) return bad_status(line, r, r.body);
  auto answer = json::parse_strict(r.body);
  if (!answer)
    return Error{"wrong_type", line, "is answered with something that is no JSON: " + answer.errors()[0].message};
  if (!answer->is_object()) return Error{"wrong_type", line, "is answered with JSON that is no object"};
  // Some answer so with status 200.
  if (const auto it = answer->find("error"); it != answer->end() && !it->is_null())
    if (const std::string why = complaint(*answer); !why.empty())
      return Error{"status", line, "was answered with an error: " + harmless(shortened(why))};
  return std::move(*answer);
}

}  // namespace

bool network_built_in() { return true; }

Result<Json> Asker::get(const std::string& path, double timeout_s) {
  const std::string line = note("GET", path, "");
  const auto r = http(timeout_s).send(request("GET", address_.url() + path, nullptr));
  if (!r) return about(line, r.errors(), address_);
  return object_in(line, *r);
}

Result<Json> Asker::post(const std::string& path, const Json& body, const Json& shown, double timeout_s) {
  const std::string line = note("POST", path, one_line(shown));
  const auto r = http(timeout_s).send(request("POST", address_.url() + path, &body));
  if (!r) return about(line, r.errors(), address_);
  return object_in(line, *r);
}

Result<double> Asker::stream(const std::string& path, const Json& body, const Json& shown, double timeout_s,
                             const std::function<bool(const Json&, double)>& event) {
  const std::string line = note("POST", path, one_line(shown));
  Events events(event);
  HttpRequest post = request("POST", address_.url() + path, &body);
  const auto begin = std::chrono::steady_clock::now();
  const auto now_s = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  post.on_part = [&](std::string_view part) { return events.take(part, now_s()); };
  const auto r = http(timeout_s).send(post);
  if (r) events.finish(now_s());
  if (!events.ok()) return Error{events.error().code, line, events.error().message};
  if (!r && !events.done()) return about(line, r.errors(), address_);
  if (r && !r->ok()) return bad_status(line, *r, events.other());
  if (events.events() == 0) return Error{"wrong_type", line, "is answered with something that is no stream of events"};
  if (!events.done())
    return Error{"cut_short", line, "is answered with a stream that ends before its end: the server may have died"};
  return r ? r->connected_s : 0;
}

#else

namespace {

Error not_built(const std::string& line) {
  return {"not_built", line, "this binary was built without network code (libcurl): servers cannot be asked"};
}

}  // namespace

bool network_built_in() { return false; }

Result<Json> Asker::get(const std::string& path, double) { return not_built(request_line("GET", path, "")); }
Result<Json> Asker::post(const std::string& path, const Json&, const Json&, double) {
  return not_built(request_line("POST", path, ""));
}
Result<double> Asker::stream(const std::string& path, const Json&, const Json&, double,
                             const std::function<bool(const Json&, double)>&) {
  return not_built(request_line("POST", path, ""));
}

#endif

}  // namespace edgewise
