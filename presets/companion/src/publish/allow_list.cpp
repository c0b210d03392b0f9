#include "allow_list.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "bundle.h"
#include "edgewise/canonical.h"
#include "edgewise/json.h"
#include "edgewise/json_text.h"
#include "edgewise/reader.h"
#include "edgewise/text.h"
#include "schema.h"
#include "terminal.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t longest_text = 1000;

bool alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Whether `word` stands in `text` with no letter or digit beside it.
bool has_word(std::string_view text, std::string_view word) {
  for (auto i = text.find(word); i != text.npos; i = text.find(word, i + 1))
    if ((i == 0 || !alnum(text[i - 1])) && (i + word.size() == text.size() || !alnum(text[i + word.size()])))
      return true;
  return false;
}

/// A run of letters and digits that no product is called: a key, a hash, a serial number.
bool random_looking(std::string_view run) {
  std::size_t digits = 0, letters = 0, hex = 0, turns = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    const char c = run[i];
    const bool digit = c >= '0' && c <= '9', upper = c >= 'A' && c <= 'Z';
    ++(digit ? digits : letters);
    hex += digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ? 1 : 0;
    turns += i > 0 && upper && run[i - 1] >= 'a' && run[i - 1] <= 'z' ? 1 : 0;
  }
  return (run.size() >= 16 && digits > 0 && letters > 0) || (run.size() >= 16 && turns >= 3) ||
         (run.size() >= 12 && hex == run.size() && digits > 0) || (run.size() >= 10 && digits >= 4 && letters >= 2) ||
         (run.size() >= 10 && letters == 0);
}

bool any_random_looking(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && alnum(text[end])) ++end;
    if (random_looking(text.substr(i, end - i))) return true;
    i = end + 1;
  }
  return false;
}

struct PersonalPattern {
  std::regex regex;
  const char* why;
};

const std::vector<PersonalPattern>& patterns() {
  using std::regex;
  constexpr auto flags = regex::ECMAScript | regex::icase | regex::optimize;
  static const std::vector<PersonalPattern> all = {
      {regex(R"([^\s@]+@[^\s@]+\.[a-z]{2,})", flags), "holds a mail address"},
      {regex(R"((^|[^0-9a-f])([0-9a-f]{2}[:-]){5}[0-9a-f]{2}($|[^0-9a-f]))", flags), "holds a MAC address"},
      {regex(R"((^|[^0-9.])[0-9]{1,3}(\.[0-9]{1,3}){3}($|[^0-9.]))", flags), "holds an IP address"},
      {regex(R"(([0-9a-f]{1,4}:){3,}[0-9a-f:]*|[0-9a-f]{1,4}::[0-9a-f]*)", flags), "holds an IP address"},
      {regex(
           R"((^|[^0-9a-z])[0-9a-z-]+(\.[0-9a-z-]+)*\.(local|localdomain|lan|home|internal|intranet|corp|private|arpa)($|[^0-9a-z]))",
           flags),
       "names a host"},
      {regex(
           R"((^|[^0-9a-z])(serial|s/n|mac|imei|uuid|host ?name|user ?name|password|secret|token|api.?key)( (no|number|id|address)\.?)?\s*[:=#]\s*\S)",
           flags),
       "states an identifier"},
      {regex(R"(://)", flags), "holds an address that is not a plain public page"},
      {regex(R"((^|[^0-9a-z])(gh[opsur]|github_pat|glpat|xox[abp]|sk|hf)[_-][0-9a-z_-]{8,})", flags), "holds a token"},
      {regex(
           R"(\\|(^|[\s"'(=:,;<\[])(~|\.{0,2})/[0-9a-z_.~-]|[^\s/]+/[^\s/]+/[^\s/]|\.(gguf|safetensors|onnx|rkllm|bin|json|csv|log)($|[^0-9a-z]))",
           flags),
       "holds a path"},
  };
  return all;
}

/// Addresses of public pages name no machine of the user's; what is left of the text is looked at without them.
std::string without_public_addresses(const std::string& text) {
  static const std::regex address(R"(https://[0-9a-z-]+(\.[0-9a-z-]+)*\.[a-z]{2,}(/[0-9A-Za-z._~/-]*)?(?=$|[\s,;)]))",
                                  std::regex::ECMAScript | std::regex::optimize);
  std::string out;
  std::sregex_iterator it(text.begin(), text.end(), address);
  std::size_t end = 0;
  for (; it != std::sregex_iterator(); ++it) {
    const std::string found = it->str();
    out.append(text, end, static_cast<std::size_t>(it->position()) - end);
    end = static_cast<std::size_t>(it->position()) + found.size();
    const bool internal = std::regex_search(found, patterns()[4].regex) || any_random_looking(found);
    out += internal ? found : " ";
  }
  return out.append(text, end, std::string::npos);
}

/// Walks preset and schema together.
class AllowList {
 public:
  explicit AllowList(const std::vector<std::string>& words) : words_(words) {}

  Json object(const Json& value, const Json& schema, const std::string& path) {
    Json out = Json::object();
    const auto properties = schema.find("properties");
    if (properties != schema.end())
      for (const auto& [key, node] : properties->items())
        if (const auto member = value.find(key); member != value.end()) add(out, key, *member, followed(node), path);
    const auto others = schema.find("additionalProperties");
    for (const auto& [key, member] : value.items()) {
      if (properties != schema.end() && properties->contains(key)) continue;
      // A table by storage format: its keys are words of our own presets.
      const bool known = bundled_presets().find(to_text(key) + ":") != std::string_view::npos;
      if (others != schema.end() && others->is_object() && known)
        add(out, key, member, followed(*others), path);
      else
        leave_out(path, "has a field that presets do not have");
    }
    return out;
  }

  std::vector<std::string> left_out;

 private:
  void leave_out(const std::string& path, const std::string& why) {
    left_out.push_back((path.empty() ? "the preset" : path) + ": " + why);
  }

  void add(Json& out, const std::string& key, const Json& value, const Json& schema, const std::string& path) {
    if (Json kept = allowed(value, schema, path.empty() ? key : path + "." + key); !kept.is_null())
      out[key] = std::move(kept);
  }

  /// Null where nothing of the value may pass.
  Json allowed(const Json& value, const Json& schema, const std::string& path) {
    if (value.is_null()) return nullptr;
    if (const auto only = schema.find("const"); only != schema.end())
      return value == *only ? value : refused(path, "is not the only value that it may have");
    if (const auto words = schema.find("enum"); words != schema.end())
      return std::find(words->begin(), words->end(), value) != words->end()
                 ? value
                 : refused(path, "is none of the words that it may be");
    const std::string type = schema.value("type", "");
    if (type == "object" && value.is_object()) return object(value, schema, path);
    if (type == "array" && value.is_array()) {
      Json out = Json::array();
      for (std::size_t i = 0; i < value.size(); ++i)
        if (Json kept = allowed(value[i], followed(schema.at("items")), path + "[" + std::to_string(i) + "]");
            !kept.is_null())
          out.push_back(std::move(kept));
      return out;
    }
    if (type == "string" && value.is_string()) {
      const std::string why = identifies(value.get<std::string>(), words_);
      return why.empty() ? value : refused(path, why);
    }
    if (((type == "number" || type == "integer") && value.is_number()) || (type == "boolean" && value.is_boolean()))
      return value;
    return refused(path, "is not of the type that it must have");
  }

  Json refused(const std::string& path, const std::string& why) {
    leave_out(path, why);
    return nullptr;
  }

  const std::vector<std::string>& words_;
};

}  // namespace

std::vector<std::string> identifying_words() {
  std::vector<std::string> words;
  const auto add = [&](std::string word) {
    while (!word.empty() && (word.back() == '\0' || word.back() == '\n' || word.back() == ' ')) word.pop_back();
    // Too short to tell from anything, the same everywhere ("root"), or a word of our presets ("jetson"): no identity.
    if (word.size() < 3 || word == "root" || word.find_first_not_of("0.:-") == word.npos ||
        has_word(bundled_presets(), lower(word)))
      return;
    words.push_back(lower(word));
  };
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    const std::string name = host.data();
    add(name);
    add(name.substr(0, name.find('.')));
  }
  for (const char* variable : {"USER", "LOGNAME", "SUDO_USER", "HOSTNAME"})
    if (const char* value = std::getenv(variable)) add(value);
  if (const char* home = std::getenv("HOME")) add(fs::path(home).filename().string());
  if (const passwd* user = ::getpwuid(::getuid())) {
    add(user->pw_name);
    std::string real = user->pw_gecos ? user->pw_gecos : "";
    add(real.substr(0, real.find(',')));
  }
  const auto first_line = [](const fs::path& file) {
    std::string line;
    std::ifstream in(file);
    std::getline(in, line);
    return line;
  };
  for (const char* file :
       {"/etc/machine-id", "/sys/class/dmi/id/product_serial", "/sys/class/dmi/id/board_serial",
        "/sys/class/dmi/id/chassis_serial", "/sys/class/dmi/id/product_uuid", "/proc/device-tree/serial-number"})
    add(first_line(file));
  std::error_code none;
  for (const auto& interface : fs::directory_iterator("/sys/class/net", none))
    add(first_line(interface.path() / "address"));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::string identifies(const std::string& text, const std::vector<std::string>& words) {
  if (text.size() > longest_text) return "is longer than " + std::to_string(longest_text) + " bytes";
  if (harmless(text) != text) return "holds control characters";
  if (bundled_presets().find(to_text(text)) != std::string_view::npos) return {};
  const std::string small = lower(text);
  for (const std::string& word : words)
    if (has_word(small, word)) return "names this machine or its user";
  const std::string rest = without_public_addresses(text);
  for (const PersonalPattern& p : patterns())
    if (std::regex_search(rest, p.regex)) return p.why;
  if (any_random_looking(rest)) return "holds what looks like a serial number or a token";
  return {};
}

Result<Allowed> allow_listed(std::string_view device_preset, const std::vector<std::string>& words) {
  const auto parsed = json::parse_strict(device_preset);
  if (!parsed) return parsed.errors();
  if (!parsed->is_object()) return Error{"wrong_type", "", "must be an object"};
  AllowList list(words);
  const Json kept = list.object(*parsed, device_schema(), "");
  return Allowed{canonical_text(kept), std::move(list.left_out)};
}

}  // namespace edgewise
