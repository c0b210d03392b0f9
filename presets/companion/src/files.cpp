#include "files.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "edgewise/text.h"

namespace edgewise {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path, double limit_B) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Error{"no_file", path, error ? error.message() : "is no file"};
  const double size = static_cast<double>(fs::file_size(path, error));
  if (error) return Error{"unreadable", path, error.message()};
  if (size > limit_B) return Error{"too_large", path, "is larger than " + human(limit_B, "B")};
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in || in.gcount() != static_cast<std::streamsize>(bytes.size()))
    return Error{"unreadable", path, "cannot be read"};
  return bytes;
}

Result<std::string> read_text(const std::string& path, double limit_B) {
  auto text = read_file(path, limit_B);
  if (!text) return text;
  if (const auto nul = text->find('\0'); nul != std::string::npos)
    return Error{"syntax", path, "is no text: byte " + std::to_string(nul + 1) + " is NUL"};
  return text;
}

Result<std::string> read_head(const std::string& path, std::size_t most) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Error{"no_file", path, error ? error.message() : "is no file"};
  std::ifstream in(path, std::ios::binary);
  std::string head(most, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  if (head.empty()) return Error{"unreadable", path, "cannot be read"};
  return head;
}

Errors write_file(const std::string& path, std::string_view content) {
  std::error_code ignored;
  // A device or a pipe must not be replaced by a file.
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored))
    return {{"unwritable", path, "is no regular file"}};
  const std::string part = path + ".part" + std::to_string(::getpid());
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.flush();
    if (!out) {
      std::remove(part.c_str());
      return {{"unwritable", path, "cannot be written"}};
    }
  }
  std::error_code error;
  fs::rename(part, path, error);
  if (!error) return {};
  std::remove(part.c_str());
  return {{"unwritable", path, error.message()}};
}

Errors check_writable(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path().empty() ? fs::path(".") : fs::path(path).parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {{"no_folder", path, "the folder does not exist"}};
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) return {{"unwritable", path, "is no regular file"}};
  if (::access(folder.c_str(), W_OK) != 0) return {{"unwritable", path, "the folder is not writable"}};
  return {};
}

std::string utc_day() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  ::gmtime_r(&now, &day);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

}  // namespace edgewise
