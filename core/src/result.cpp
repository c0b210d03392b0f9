#include "edgewise/result.h"

namespace edgewise {

void Values::add(std::string_view name, std::string_view value) {
  for (const std::string_view text : {name, value.substr(0, value.find('\0'))}) {
    packed_ += text;
    packed_ += '\0';
  }
}

std::vector<std::pair<std::string_view, std::string_view>> Values::list() const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  std::string_view rest = packed_;
  const auto next = [&rest] {
    const std::string_view text = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(text.size() + 1);
    return text;
  };
  while (!rest.empty()) {
    const std::string_view name = next();
    out.emplace_back(name, next());
  }
  return out;
}

Error said(std::string_view code, std::string_view path, std::string_view words,
           std::initializer_list<std::string_view> values) {
  Error out{std::string(code), std::string(path), {}};
  for (const std::string_view value : values) {
    const auto open = words.find('{'), close = words.find('}');
    out.message += words.substr(0, open);
    out.message += value;
    out.values.add(words.substr(open + 1, close - open - 1), value);
    words.remove_prefix(close + 1);
  }
  out.message += words;
  return out;
}

}  // namespace edgewise
