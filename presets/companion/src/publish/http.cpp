#include "http.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "edgewise/text.h"
#include "edgewise/version.h"
#include "loopback.h"
#include "measure/interrupt.h"

namespace edgewise {

namespace {

constexpr double first_wait_s = 0.5, longest_wait_s = 8;
/// A server that asks for more than this is left alone: the preset waits on the disk.
constexpr double longest_retry_after_s = 60;

struct CurlEnd {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, CurlEnd>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  return Owned<char>(text).get();
}

struct Received {
  const HttpRequest& request;
  HttpResponse response = {};
  std::size_t size_B = 0;
  bool too_long = false, refused = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& r = *static_cast<Received*>(to);
  r.size_B += size;
  if (r.size_B > r.request.limit_B) {
    r.too_long = true;
    return 0;
  }
  if (!r.request.on_part) {
    r.response.body.append(data, size);
    return size;
  }
  r.refused = !r.request.on_part({data, size});
  return r.refused ? 0 : size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) {
  auto& headers = static_cast<Received*>(to)->response.headers;
  const std::string line(data, size);
  if (line.rfind("HTTP/", 0) == 0) headers.clear();  // of an earlier answer: a redirect, or 100 Continue
  const auto colon = line.find(':');
  if (colon == line.npos) return size;
  std::string name = line.substr(0, colon);
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  const auto begin = line.find_first_not_of(" \t", colon + 1), end = line.find_last_not_of(" \t\r\n");
  headers[name] = begin == line.npos || end < begin ? "" : line.substr(begin, end - begin + 1);
  return size;
}

int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return interrupted() ? 1 : 0; }

/// Seconds that a Retry-After header asks for, as a number or a date; negative: it says nothing.
double retry_after_s(const HttpResponse& r) {
  const std::string value = r.header("retry-after");
  if (value.empty()) return -1;
  if (value.size() <= 9 && value.find_first_not_of("0123456789") == value.npos) return std::stod(value);
  const auto then = curl_getdate(value.c_str(), nullptr);
  if (then < 0) return -1;
  return std::max(0.0, std::difftime(then, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

void sleep(double seconds) {
  // In steps, so that Ctrl-C ends it.
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!interrupted() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

double back_off_s(int attempt) {
  static std::mt19937 random(std::random_device{}());
  const double full = std::min(longest_wait_s, first_wait_s * std::exp2(attempt - 1));
  return full * std::uniform_real_distribution<double>(0.5, 1)(random);
}

}  // namespace

std::string HttpResponse::header(const std::string& name) const {
  const auto it = headers.find(name);
  return it == headers.end() ? std::string() : it->second;
}

bool worth_another_try(long status) {
  constexpr long later[] = {408, 425, 429, 500, 502, 503, 504};
  return std::find(std::begin(later), std::end(later), status) != std::end(later);
}

std::string resolve_below(const std::string& base, const std::string& reference) {
  const Owned<CURLU> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return {};
  const std::string folder = part(url.get(), CURLUPART_PATH).substr(0, part(url.get(), CURLUPART_PATH).rfind('/') + 1);
  const std::string scheme = part(url.get(), CURLUPART_SCHEME), host = part(url.get(), CURLUPART_HOST),
                    port = part(url.get(), CURLUPART_PORT);
  if (curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) return {};
  const bool below = part(url.get(), CURLUPART_USER).empty() && part(url.get(), CURLUPART_SCHEME) == scheme &&
                     part(url.get(), CURLUPART_HOST) == host && part(url.get(), CURLUPART_PORT) == port &&
                     part(url.get(), CURLUPART_PATH).rfind(folder, 0) == 0;
  return below ? part(url.get(), CURLUPART_URL) : std::string();
}

Http::Http(HttpOptions options) : options_(std::move(options)) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void Http::wait(int attempt) const { sleep(back_off_s(attempt)); }

std::string Http::shown(const std::string& text) const {
  std::string out = text;
  for (const std::string& secret : options_.secrets)
    for (auto at = out.find(secret); !secret.empty() && at != out.npos; at = out.find(secret, at))
      out.replace(at, secret.size(), "***");
  for (char& c : out) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  constexpr std::size_t longest = 300;
  if (out.size() > longest) out = out.substr(0, longest) + "...";
  return out;
}

Result<HttpResponse> Http::send(const HttpRequest& request) const {
  // The query of a presigned address is as good as a password.
  const std::string place = request.url.substr(0, request.url.find('?'));
  const Owned<CURLU> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
    return Error{"url", place, "is no address"};
  const std::string scheme = part(url.get(), CURLUPART_SCHEME), host = part(url.get(), CURLUPART_HOST);
  if (scheme != "https" && scheme != "http") return Error{"url", place, "must begin with https://"};
  if (scheme == "http" && !is_loopback(host) && !options_.insecure_http)
    return Error{
        "insecure", place,
        "is plain http: everybody on the way can read and change what is sent; use https, or say --insecure-http"};

  const Owned<CURL> handle(curl_easy_init());
  if (!handle) return Error{"network", place, "libcurl does not start"};
  CURL* const c = handle.get();
  Received received{request};
  curl_slist* list = nullptr;
  for (const std::string& h : request.headers) list = curl_slist_append(list, h.c_str());
  const Owned<curl_slist> headers(list);
  char message[CURL_ERROR_SIZE] = "";

  curl_easy_setopt(c, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_USERAGENT, "edgewise/" EDGEWISE_VERSION);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout_s * 1e3));
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_s * 1e3));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &received);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
  // Plain http is allowed to this machine because it stays here; a proxy would carry it elsewhere, and knows nothing of
  // what listens here.
  if (is_loopback(host)) curl_easy_setopt(c, CURLOPT_PROXY, "");
  if (!options_.ca_file.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, options_.ca_file.c_str());
  if (request.follow) {
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  }
  if (request.use_credentials_file && !options_.credentials_file.empty()) {
    curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_REQUIRED));
    curl_easy_setopt(c, CURLOPT_NETRC_FILE, options_.credentials_file.c_str());
  }
  if (!request.sigv4.empty()) {
    curl_easy_setopt(c, CURLOPT_AWS_SIGV4, request.sigv4.c_str());
    curl_easy_setopt(c, CURLOPT_USERNAME, request.sigv4_key.c_str());
    curl_easy_setopt(c, CURLOPT_PASSWORD, request.sigv4_secret.c_str());
  }
  if (request.method != "GET") {
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, request.body.c_str());
  }

  const int tries = request.repeatable ? 1 + options_.retries : 1;
  for (int attempt = 1;; ++attempt) {
    received.response = {};
    received.size_B = 0;
    const CURLcode code = curl_easy_perform(c);
    if (interrupted()) return Error{"interrupted", place, "interrupted"};
    std::string why;
    double asked_s = -1;
    if (code == CURLE_OK) {
      curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &received.response.status);
      curl_easy_getinfo(c, CURLINFO_PRETRANSFER_TIME, &received.response.connected_s);
      if (!worth_another_try(received.response.status) || attempt >= tries) return received.response;
      why = "the server answered " + std::to_string(received.response.status);
      asked_s = retry_after_s(received.response);
      if (asked_s > longest_retry_after_s) {
        options_.say("the server asks to wait " + human(asked_s, "s") + ": too long to wait for here");
        return received.response;
      }
    } else {
      if (received.too_long)
        return Error{"too_large", place, "answers with more than " + human(static_cast<double>(request.limit_B), "B")};
      if (received.refused) return Error{"refused", place, "was ended: the answer is not what was asked for"};
      why = shown(*message ? message : curl_easy_strerror(code));
      // Neither a wrong certificate nor a wrong file changes by waiting.
      const bool final = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
                         code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_LOGIN_DENIED;
      if (final || attempt >= tries) return Error{"network", place, why};
    }
    const double wait_s = asked_s >= 0 ? asked_s : back_off_s(attempt);
    options_.say(why + ": trying again in " + human(wait_s, "s"));
    sleep(wait_s);
  }
}

}  // namespace edgewise
