#include "serve.h"

#include "edgewise/json.h"
#include "errors.h"
#include "terminal.h"

#ifdef EDGEWISE_HTTPLIB
#include <httplib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "connections.h"
#include "gzip.h"
#include "host_check.h"
#include "measure/interrupt.h"
#endif

namespace edgewise {

#ifdef EDGEWISE_HTTPLIB

namespace {

/// Whether the file that the request names lies in the folder after every link is followed.
bool stays_inside(const std::filesystem::path& folder, const std::string& target) {
  std::error_code error;
  const auto file = std::filesystem::weakly_canonical(folder / std::filesystem::path(target).relative_path(), error);
  if (error) return false;
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end();
}

/// More than a browser opens, and few enough for the descriptors of a process.
constexpr int most_connections = 400;

/// The library's queue of connections.
class Queue : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> connection) override { connections_.run(connection); }
  void shutdown() override { connections_.drain(); }

 private:
  Connections connections_{most_connections, interrupted};
};

/// Names of this machine that others may use where it listens to them.
std::vector<std::string> names_of_machine() {
  char name[256] = "";
  if (::gethostname(name, sizeof name - 1) != 0 || !*name) return {};
  return {name, std::string(name) + ".local"};
}

/// The site's settings: not to be kept by browsers, since what this machine serves changes; with the board, where there
/// is one, as the device that a bare address opens. What else they hold stays.
std::string settings_of(const std::filesystem::path& settings, const ServeOptions& o) {
  std::ifstream file(settings, std::ios::binary);
  auto site = nlohmann::ordered_json::parse(file, nullptr, false);
  if (!site.is_object()) site = nlohmann::ordered_json::object();
  site["offline"] = false;
  if (!o.device_preset.empty()) site["device"] = "/my-board.json";
  if (!o.before.empty()) site["before"] = "/my-board-before.json";
  return to_text(site);
}

/// Sends a file compressed to who takes that. The library would do so by itself, but never WebAssembly, and at Brotli's
/// slowest level, which is seconds for a page on a small board.
void compress(const httplib::Request& request, httplib::Response& response) {
  constexpr std::size_t worth_it = 1000, most = std::size_t{64} << 20;
  response.set_header("Vary", "Accept-Encoding");
  if (response.body.size() < worth_it || response.body.size() > most || !request.ranges.empty() ||
      !takes_gzip(request.get_header_value("Accept-Encoding")))
    return;
  auto packed = std::make_shared<const std::string>(gzip(response.body));
  if (packed->size() >= response.body.size()) return;
  response.body.clear();
  const std::string type = response.get_header_value("Content-Type");
  response.headers.erase("Content-Type");  // set_content_provider adds one
  response.set_header("Content-Encoding", "gzip");
  response.set_content_provider(packed->size(), type.c_str(),
                                [packed](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                  return sink.write(packed->data() + offset, length);
                                });
}

}  // namespace

int serve(const ServeOptions& o, std::ostream& out, std::ostream& err) {
  const std::filesystem::path folder = std::filesystem::canonical(o.site);
  httplib::Server server;
  server.set_file_extension_and_mimetype_mapping("wasm", "application/wasm");
  server.set_file_extension_and_mimetype_mapping("mjs", "text/javascript");
  server.set_file_extension_and_mimetype_mapping("js", "text/javascript");
  server.set_file_extension_and_mimetype_mapping("webmanifest", "application/manifest+json");
  server.set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-cache"}});
  server.set_payload_max_length(0);
  // A page of many small files is one connection, and no answer waits for an acknowledgement.
  server.set_keep_alive_max_count(10000);
  server.set_tcp_nodelay(true);
  server.new_task_queue = [] { return new Queue; };
  const bool this_machine_only = o.bind == "127.0.0.1" || o.bind == "localhost" || o.bind == "::1";
  std::vector<std::string> names = o.names;
  if (!this_machine_only) {
    const auto own = names_of_machine();
    names.insert(names.end(), own.begin(), own.end());
    names.push_back(o.bind);
  }
  server.set_pre_routing_handler([&](const httplib::Request& request, httplib::Response& response) {
    const std::size_t hosts = request.get_header_value_count("Host");
    if (hosts != 1 && (hosts > 1 || request.version != "HTTP/1.0")) {
      response.status = 400;
      return httplib::Server::HandlerResponse::Handled;
    }
    if (hosts == 1 && !is_our_host(request.get_header_value("Host"), names)) {
      response.status = 403;
      response.set_content("This server does not answer to that host name; serve --allow-host NAME lets it.\n",
                           "text/plain");
      return httplib::Server::HandlerResponse::Handled;
    }
    if (request.method != "GET" && request.method != "HEAD") {
      response.status = 405;
      response.set_header("Allow", "GET, HEAD");
      return httplib::Server::HandlerResponse::Handled;
    }
    if (!stays_inside(folder, request.path)) {
      response.status = 404;
      return httplib::Server::HandlerResponse::Handled;
    }
    // Before the folder's own file of that name.
    if (request.path == "/site.json") {
      response.set_content(settings_of(folder / "site.json", o), "application/json");
      return httplib::Server::HandlerResponse::Handled;
    }
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler([&](const httplib::Request& request, httplib::Response& response) {
    const std::string origin = request.get_header_value("Origin");
    if (std::find(o.origins.begin(), o.origins.end(), origin) == o.origins.end()) return;
    response.set_header("Access-Control-Allow-Origin", origin);
    response.set_header("Vary", "Origin");
  });
  if (!o.device_preset.empty())
    server.Get("/my-board.json", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content(o.device_preset, "application/json");
    });
  if (!o.before.empty())
    server.Get("/my-board-before.json", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content(o.before, "application/json");
    });
  server.set_mount_point("/", folder.string());
  server.set_file_request_handler(compress);
  // The library lets several servers share a port; who starts a second one wants to know of the first.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  if (!server.bind_to_port(o.bind, o.port)) {
    refuse({{"port", "--port", std::to_string(o.port) + " on " + o.bind + " cannot be opened: taken, or not allowed"}},
           err);
    return failure;
  }
  const std::string address = "http://" + (o.bind.find(':') == std::string::npos ? o.bind : "[" + o.bind + "]") + ":" +
                              std::to_string(o.port) + "/";
  out << "Serving " << harmless(folder.string()) << " on " << address << " (Ctrl-C ends)\n";
  if (!o.device_preset.empty()) out << "The board's preset: " << address << "my-board.json; the page opens with it.\n";
  if (!o.before.empty()) out << "It shows the board before and after it was measured.\n";
  if (!this_machine_only) say(err, "warning: every machine that reaches " + o.bind + " can read this folder");
  out.flush();
  note_interrupts();
  std::thread watch([&] {
    while (!interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    server.stop();
  });
  const bool ended_well = server.listen_after_bind() || interrupted();
  if (!ended_well) std::raise(SIGTERM);
  watch.join();
  return ended_well ? done : failure;
}

#else

int serve(const ServeOptions&, std::ostream&, std::ostream& err) {
  refuse({{"not_built", "",
           "this binary was built without cpp-httplib (Debian: libcpp-httplib-dev), so `serve` is not built in; any "
           "static web server will do"}},
         err);
  return failure;
}

#endif

}  // namespace edgewise
