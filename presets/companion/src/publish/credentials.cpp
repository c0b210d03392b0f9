#include "credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace edgewise {

namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

std::vector<std::string> Credentials::secrets() const {
  std::vector<std::string> out;
  for (const std::string& s : {token, github_token, aws_secret, aws_session})
    if (!s.empty()) out.push_back(s);
  return out;
}

Result<Credentials> read_credentials(const std::string& file) {
  Credentials c;
  struct {
    const char* name;
    std::string& value;
  } const variables[] = {{"EDGEWISE_TOKEN", c.token},          {"GITHUB_TOKEN", c.github_token},
                         {"AWS_ACCESS_KEY_ID", c.aws_key},     {"AWS_SECRET_ACCESS_KEY", c.aws_secret},
                         {"AWS_SESSION_TOKEN", c.aws_session}, {"AWS_REGION", c.aws_region}};
  for (const auto& [name, value] : variables) {
    value = from_environment(name);
    // A line break would end the header that it goes into.
    for (const char ch : value)
      if (static_cast<unsigned char>(ch) <= 0x20 || ch == 0x7F)
        return Error{"credentials", name, "holds a space or a control character"};
  }
  c.file = file;
  if (file.empty()) {
    const std::string config = from_environment("XDG_CONFIG_HOME"), home = from_environment("HOME");
    if (config.empty() && home.empty()) return c;
    const std::filesystem::path usual =
        (config.empty() ? std::filesystem::path(home) / ".config" : std::filesystem::path(config)) / "edgewise" /
        "credentials";
    std::error_code ignored;
    if (!std::filesystem::exists(usual, ignored)) return c;
    c.file = usual.string();
  }
  struct stat s {};
  if (::stat(c.file.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return Error{"credentials", c.file, "is no file"};
  if ((s.st_mode & 077) != 0) return Error{"credentials", c.file, "can be read by others: chmod 600 it"};
  if (s.st_uid != ::geteuid()) return Error{"credentials", c.file, "belongs to another user"};
  return c;
}

}  // namespace edgewise
