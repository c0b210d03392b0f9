#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "address.h"
#include "edgewise/result.h"
#include "measure/measurement.h"

namespace edgewise {

/// Time that a task may take, all of its parts together.
class Deadline {
 public:
  explicit Deadline(double seconds)
      : end_(std::chrono::steady_clock::now() +
             std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds))) {}
  double left_s() const { return std::chrono::duration<double>(end_ - std::chrono::steady_clock::now()).count(); }

 private:
  std::chrono::steady_clock::time_point end_;
};

/// Asks one server. Every request is printed as one line before it is sent, and kept in the report without the address.
/// Answers are bounded: 16 MiB in all, 1 MiB a line of a stream. Redirects are not followed. Errors say what was asked.
class Asker {
 public:
  Asker(ServerAddress, EngineReport&, std::ostream& err);

  const ServerAddress& address() const { return address_; }
  EngineReport& report() { return report_; }
  /// Requests from here on are neither printed nor kept: whether anything listens, where nobody said so.
  void quiet(bool on) { quiet_ = on; }

  /// The JSON object that a path answers with.
  Result<nlohmann::ordered_json> get(const std::string& path, double timeout_s);
  /// The same of what is posted. `shown`: the body as people see it.
  Result<nlohmann::ordered_json> post(const std::string& path, const nlohmann::ordered_json& body,
                                      const nlohmann::ordered_json& shown, double timeout_s);
  /// Posts and reads an answer of server-sent events: `event` sees each as JSON, with the seconds since the beginning,
  /// and says whether the answer may end after it. One that ends before that and before `[DONE]` is an error. The
  /// result is the seconds until the request could be sent, which the connection took.
  Result<double> stream(const std::string& path, const nlohmann::ordered_json& body,
                        const nlohmann::ordered_json& shown, double timeout_s,
                        const std::function<bool(const nlohmann::ordered_json&, double)>& event);

 private:
  std::string note(const std::string& method, const std::string& path, const std::string& body);

  ServerAddress address_;
  EngineReport& report_;
  std::ostream& err_;
  bool quiet_ = false;
};

/// Whether network code is built in; without it every request is an error that says so.
bool network_built_in();

/// One line for people: "POST /completion {...}".
std::string request_line(const std::string& method, const std::string& path, const std::string& body);

}  // namespace edgewise
