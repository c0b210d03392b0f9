#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace edgewise {

/// What stands in the places of a message, by the name of the place. One text, since every error has it and few use it.
class Values {
 public:
  void add(std::string_view name, std::string_view value);
  std::vector<std::pair<std::string_view, std::string_view>> list() const;

 private:
  std::string packed_;  ///< each name and each value, ended by a NUL
};

/// What went wrong, where, in words. `code` is stable and for programs; `path` is the JSON path or
/// the name of the argument ("memory.capacity_gib"); `message` is for people who read English. Who words it in another
/// language does so by the code and the names of its `values`, which no two messages of one code and path share.
struct Error {
  std::string code;
  std::string path;
  std::string message;
  Values values = {};
};
/// An error whose words have places, "{runtime} does not run {quant}", which `values` fill in their order.
Error said(std::string_view code, std::string_view path, std::string_view words,
           std::initializer_list<std::string_view> values);
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
