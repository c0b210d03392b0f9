#include "gzip.h"

#include <zlib.h>

#include <new>

#include "edgewise/text.h"

namespace edgewise {

bool takes_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const std::string_view entry = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size() : comma + 1);
    const auto semicolon = entry.find(';');
    const std::string coding = lower(std::string(trimmed(entry.substr(0, semicolon), " \t")));
    const bool refused = semicolon != std::string_view::npos &&
                         entry.substr(semicolon).find_first_of("123456789") == std::string_view::npos;
    if (coding == "gzip") return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int gzip_header = 16, level = 6, memory = 8;
  if (::deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + gzip_header, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace edgewise
