#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "edgewise/result.h"

namespace edgewise {

/// What a device preset may be long, wherever it comes from.
inline constexpr double largest_device_B = 4.0 * 1048576;

/// A file's bytes. Refuses what is no regular file and what is larger than `limit_B`.
Result<std::string> read_file(const std::string& path, double limit_B = 256.0 * 1048576);
/// The same of a text. A NUL byte, at which many parsers stop as if the file ended there, is refused.
Result<std::string> read_text(const std::string& path, double limit_B = 256.0 * 1048576);
/// The first `most` bytes of a file, however large it is.
Result<std::string> read_head(const std::string& path, std::size_t most);
/// Writes a file whole or not at all, whatever ends the process or the power: to a temporary in the same folder,
/// brought to the storage, then renamed. Links, owner and rights of what was there stay. Pipes, devices and open
/// descriptors
/// (/dev/stdout) are written through. The one way in which files are written.
Errors write_file(const std::string& path, std::string_view content);
/// Writes a new file "STEM-random.EXTENSION" that only its owner reads, for what finds no other place. Its path.
Result<std::string> write_new_file(const std::filesystem::path& folder, const std::string& stem,
                                   const std::string& extension, std::string_view content);
/// Whether the file could be written, to be found out before minutes of work.
Errors check_writable(const std::string& path);
/// Today, 2026-01-31 for example.
std::string utc_day();

}  // namespace edgewise
