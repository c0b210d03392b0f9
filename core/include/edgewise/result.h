#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace edgewise {

/// What stands in the places of a message, by the name of the place.
using Values = std::vector<std::pair<const char*, std::string>>;

/// What went wrong, where, in words. `code` is stable and for programs; `path` is the JSON path or
/// the name of the argument ("memory.capacity_gib"); `message` is for people who read English. Who words it in another
/// language does so by the code and the names of its `values`, which no two messages of one code share.
struct Error {
  std::string code;
  std::string path;
  std::string message;
  Values values = {};
};
using Errors = std::vector<Error>;

/// A value or the reasons why there is none. No exception crosses the interface of the library.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}                                                // NOLINT(implicit)
  Result(Errors errors) : state_(std::move(errors)) {}                                         // NOLINT(implicit)
  Result(Error error) : state_(Errors{}) { std::get<1>(state_).push_back(std::move(error)); }  // NOLINT(implicit)

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const { return *std::get_if<0>(&state_); }
  T& operator*() { return *std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  T* operator->() { return std::get_if<0>(&state_); }
  const Errors& errors() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Errors> state_;
};

}  // namespace edgewise
