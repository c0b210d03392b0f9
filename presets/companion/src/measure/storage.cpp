#include "storage.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "descriptor.h"
#include "workers.h"

namespace edgewise {

namespace {

constexpr std::size_t piece_B = 4u << 20;
constexpr double most_written_B = 1024.0 * 1048576;

/// A file that no name leads to: whatever ends the process, nothing stays behind.
int open_nameless(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return fd;
  std::string name = (folder / "edgewise-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

void measure_storage(const std::filesystem::path& folder, double budget_s, const std::function<bool()>& interrupted,
                     TestRun& row) {
  const Descriptor file{open_nameless(folder)};
  if (file.fd < 0) {
    row.reason = std::string("no file can be made there: ") + std::strerror(errno);
    return;
  }
  struct statfs fs {};
  if (::fstatfs(file.fd, &fs) == 0) {
    const auto type = static_cast<std::uint32_t>(fs.f_type);  // signed, and of a width of its own on each machine
    if (type == TMPFS_MAGIC || type == RAMFS_MAGIC) {
      row.reason = "the folder is in memory";
      return;
    }
  }
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> piece(
      static_cast<std::uint8_t*>(std::aligned_alloc(4096, piece_B)), &std::free);
  if (!piece) {
    row.reason = "no memory";
    return;
  }
  // No zeros and no repeats: some drives compress.
  std::uint64_t random = 88172645463325252ull;
  for (std::size_t i = 0; i < piece_B; i += 8) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    std::memcpy(piece.get() + i, &random, 8);
  }
  const double begin = steady_s();
  double written = 0;
  while (!interrupted() && written < most_written_B && steady_s() - begin < 0.4 * budget_s) {
    std::memcpy(piece.get(), &written, sizeof written);
    if (::write(file.fd, piece.get(), piece_B) != static_cast<ssize_t>(piece_B)) {
      row.reason = std::string("a test file cannot be written there: ") + std::strerror(errno ? errno : ENOSPC);
      return;
    }
    written += static_cast<double>(piece_B);
    // What is not yet on the storage would come back from memory.
    ::fdatasync(file.fd);
  }
  ::posix_fadvise(file.fd, 0, 0, POSIX_FADV_DONTNEED);
  // Past the page cache where the file system can; else the dropped pages come from the storage all the same.
  const int flags = ::fcntl(file.fd, F_GETFL);
  ::fcntl(file.fd, F_SETFL, flags | O_DIRECT);
  row.bytes = written;
  for (double at = 0; at < written && !interrupted() && steady_s() - begin < budget_s;) {
    // Eight pieces are one sample.
    double got = 0;
    const double from = steady_s();
    for (int i = 0; i < 8 && at < written; ++i) {
      const ssize_t n = ::pread(file.fd, piece.get(), piece_B, static_cast<off_t>(at));
      if (n <= 0) {
        row.samples.clear();
        row.reason = std::string("the test file cannot be read back: ") + std::strerror(errno);
        return;
      }
      got += static_cast<double>(n);
      at += static_cast<double>(n);
    }
    row.samples.push_back(got / (steady_s() - from));
  }
  if (row.samples.empty()) row.reason = "the time budget was used up";
}

}  // namespace edgewise
