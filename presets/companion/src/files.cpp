#include "files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

#include "descriptor.h"
#include "edgewise/text.h"

namespace edgewise {

namespace fs = std::filesystem;

namespace {

/// Where the bytes for a path go: to a file that is replaced, or through what must stay what it is.
struct Destination {
  fs::path file;          ///< with every link followed, so that a link stays one
  bool in_place = false;  ///< a pipe, a device or an open descriptor
  bool pipe = false;
  int descriptor = -1;  ///< of this process: /dev/stdout and its like
  std::string problem;  ///< why nothing can be written there
};

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

Destination destination(const std::string& path) {
  constexpr int most_links = 40;
  Destination to;
  to.file = path;
  std::error_code error;
  const fs::path own = fs::canonical("/proc/self/fd", error);
  for (int i = 0; i < most_links; ++i) {
    const fs::path folder = fs::weakly_canonical(folder_of(to.file), error);
    const std::string name = to.file.filename().string();
    if (!own.empty() && folder == own && !name.empty() && name.size() < 7 &&
        name.find_first_not_of("0123456789") == std::string::npos) {
      to.in_place = true;
      to.descriptor = std::atoi(name.c_str());
      // Opened by another program, and for reading perhaps.
      const int flags = ::fcntl(to.descriptor, F_GETFL);
      if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) to.problem = "is not open for writing";
      return to;
    }
    if (!fs::is_symlink(fs::symlink_status(to.file, error))) break;
    const fs::path target = fs::read_symlink(to.file, error);
    if (error) break;
    to.file = target.is_absolute() ? target : folder_of(to.file) / target;
  }
  const fs::file_status status = fs::status(to.file, error);
  to.pipe = fs::is_fifo(status);
  to.in_place = to.pipe || fs::is_character_file(status);
  if (fs::is_directory(status))
    to.problem = "is a folder";
  else if (fs::exists(status) && !fs::is_regular_file(status) && !to.in_place)
    to.problem = "is no regular file";
  return to;
}

/// Writes everything; empty, or why not.
std::string write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::strerror(errno);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

/// Whether the bytes are on the storage; some file systems cannot say, and that is no error of the file.
std::string synced(int fd) {
  return ::fsync(fd) == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ? std::string()
                                                                                       : std::strerror(errno);
}

/// A renamed file is found after a crash only when its folder is on the storage too.
void sync_folder(const fs::path& folder) {
  const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.fd >= 0) ::fsync(opened.fd);
}

std::string written_through(const Destination& to, std::string_view content) {
  const Descriptor file{to.descriptor >= 0 ? ::fcntl(to.descriptor, F_DUPFD_CLOEXEC, 0)
                                           : ::open(to.file.c_str(), O_WRONLY | O_CLOEXEC)};
  return file.fd < 0 ? std::strerror(errno) : write_all(file.fd, content);
}

std::string replaced(const fs::path& file, std::string_view content) {
  struct stat before {};
  const bool there = ::stat(file.c_str(), &before) == 0;
  // A rename would pass over the rights of the file itself.
  if (there && ::access(file.c_str(), W_OK) != 0) return std::strerror(errno);
  std::string part, error;
  {
    // A name that nobody else has: neither another process nor one that died.
    Descriptor out;
    for (int i = 0; i < 100 && out.fd < 0 && (i == 0 || errno == EEXIST); ++i) {
      part = file.string() + ".part" + std::to_string(::getpid()) + (i > 0 ? "-" + std::to_string(i) : "");
      out.fd = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    }
    if (out.fd < 0) return std::strerror(errno);
    if (there) {
      // The owner first: a change of it takes rights away. Who is not root may keep only the group, if that.
      if (::fchown(out.fd, before.st_uid, before.st_gid) != 0 &&
          ::fchown(out.fd, static_cast<uid_t>(-1), before.st_gid) != 0)
        errno = 0;
      if (::fchmod(out.fd, before.st_mode & 07777) != 0) error = std::strerror(errno);
    }
    if (error.empty()) error = write_all(out.fd, content);
    if (error.empty()) error = synced(out.fd);
  }
  if (error.empty() && ::rename(part.c_str(), file.c_str()) != 0) error = std::strerror(errno);
  if (error.empty())
    sync_folder(folder_of(file));
  else
    ::unlink(part.c_str());
  return error;
}

}  // namespace

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
  const Destination to = destination(path);
  if (!to.problem.empty()) return {{"unwritable", path, to.problem}};
  const std::string error = to.in_place ? written_through(to, content) : replaced(to.file, content);
  if (error.empty()) return {};
  return {{"unwritable", path, "cannot be written: " + error}};
}

Result<std::string> write_new_file(const fs::path& folder, const std::string& stem, const std::string& extension,
                                   std::string_view content) {
  std::string name = (folder / (stem + "-XXXXXX" + extension)).string();
  const Descriptor file{::mkostemps(name.data(), static_cast<int>(extension.size()), O_CLOEXEC)};
  if (file.fd < 0) return Error{"unwritable", folder.string(), std::strerror(errno)};
  std::string error = write_all(file.fd, content);
  if (error.empty()) error = synced(file.fd);
  if (error.empty()) {
    sync_folder(folder);
    return name;
  }
  ::unlink(name.c_str());
  return Error{"unwritable", folder.string(), error};
}

Errors check_writable(const std::string& path) {
  const Destination to = destination(path);
  if (!to.problem.empty()) return {{"unwritable", path, to.problem}};
  if (to.in_place) {
    if (to.descriptor < 0 && ::access(to.file.c_str(), W_OK) != 0) return {{"unwritable", path, std::strerror(errno)}};
    // A device says with a write of nothing that it takes nothing. A pipe is not opened: its reader would see it end.
    const Descriptor device{to.descriptor < 0 && !to.pipe ? ::open(to.file.c_str(), O_WRONLY | O_CLOEXEC) : -1};
    if (device.fd >= 0 && ::write(device.fd, "", 0) < 0) return {{"unwritable", path, std::strerror(errno)}};
    return {};
  }
  const fs::path folder = folder_of(to.file);
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {{"no_folder", path, "the folder does not exist"}};
  if (::access(folder.c_str(), W_OK) != 0) return {{"unwritable", path, "the folder is not writable"}};
  if (fs::exists(to.file, error) && ::access(to.file.c_str(), W_OK) != 0)
    return {{"unwritable", path, std::strerror(errno)}};
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
