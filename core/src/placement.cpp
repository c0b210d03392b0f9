#include "edgewise/placement.h"

#include <algorithm>
#include <charconv>

namespace edgewise {

namespace {

/// A whole number; NaN where it is none.
double whole_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : unknown;
}

}  // namespace

bool Placement::alone() const { return placement_text(*this).empty(); }

std::string placement_text(const Placement& p) {
  std::string out;
  const auto add = [&](const char* key, const std::string& value) {
    out += (out.empty() ? "" : ";") + std::string(key) + "=" + value;
  };
  const auto number = [](double x) { return std::to_string(static_cast<unsigned>(x)); };
  if (p.gpu_layers_auto)
    add("gpu_layers", "auto");
  else if (is_known(p.gpu_layers))
    add("gpu_layers", number(p.gpu_layers));
  if (p.cpu_moe > 0) add("cpu_moe", number(p.cpu_moe));
  if (p.overrides > 0) add("overrides", number(p.overrides));
  if (p.devices != 1) add("devices", number(p.devices));
  if (p.rpc) add("rpc", "1");
  if (p.kv_on_host) add("kv", "host");
  if (p.embeddings) add("embeddings", "1");
  return out;
}

Result<Placement> parse_placement(std::string_view text) {
  Placement p;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = part.find('=');
    const std::string_view key = part.substr(0, equals),
                           value = equals == part.npos ? std::string_view() : part.substr(equals + 1);
    const double number = whole_number(value);
    const auto is = [&](std::string_view name, bool valid) { return key == name && valid; };
    if (is("gpu_layers", value == "auto"))
      p.gpu_layers_auto = true;
    else if (is("gpu_layers", is_known(number)))
      p.gpu_layers = number;
    else if (is("cpu_moe", number > 0))
      p.cpu_moe = number;
    else if (is("overrides", number > 0))
      p.overrides = number;
    else if (is("devices", is_known(number)))
      p.devices = number;
    else if (is("rpc", number == 1))
      p.rpc = true;
    else if (is("kv", value == "host"))
      p.kv_on_host = true;
    else if (is("embeddings", number == 1))
      p.embeddings = true;
    else
      return Error{"unknown_word", "placement",
                   "\"" + std::string(part) +
                       "\" is none of gpu_layers=N or auto, cpu_moe=N, overrides=N, devices=N, rpc=1, kv=host, "
                       "embeddings=1, joined by semicolons"};
  }
  return p;
}

}  // namespace edgewise
