#include "terminal_output.h"

#include "terminal.h"

namespace edgewise {

namespace {

/// As it may be printed, line by line.
std::string printable(std::string_view text) {
  static constexpr std::string_view ours[] = {"\n", "\t", "\033[97;40m", "\033[0m"};
  std::string out;
  std::size_t begin = 0;
  const auto flush = [&](std::size_t end) { out += harmless(text.substr(begin, end - begin)); };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t taken = 0;
    for (const std::string_view piece : ours)
      if (text.substr(i, piece.size()) == piece) taken = piece.size();
    if (taken > 0) {
      flush(i);
      out += text.substr(i, taken);
      begin = i + taken;
    }
    i += taken > 0 ? taken : 1;
  }
  flush(text.size());
  return out;
}

}  // namespace

TerminalOutput::int_type TerminalOutput::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char byte = traits_type::to_char_type(c);
  return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

std::streamsize TerminalOutput::xsputn(const char* text, std::streamsize size) {
  line_.append(text, static_cast<std::size_t>(size));
  const auto end = line_.rfind('\n');
  if (end == std::string::npos) return size;
  const std::string out = printable(std::string_view(line_).substr(0, end + 1));
  line_.erase(0, end + 1);
  const auto written = static_cast<std::streamsize>(out.size());
  return terminal_.sputn(out.data(), written) == written ? size : 0;
}

int TerminalOutput::sync() {
  const std::string out = printable(line_);
  line_.clear();
  const auto written = static_cast<std::streamsize>(out.size());
  return terminal_.sputn(out.data(), written) == written ? terminal_.pubsync() : -1;
}

}  // namespace edgewise
