#pragma once

#include <streambuf>
#include <string>

namespace edgewise {

/// What stands between a command and a terminal: whatever the format, text from files does not move its cursor or
/// change its colours. Lines and tabs stay, and so do the two colours of a QR code, which are our own.
class TerminalOutput : public std::streambuf {
 public:
  explicit TerminalOutput(std::streambuf& terminal) : terminal_(terminal) {}
  TerminalOutput(const TerminalOutput&) = delete;
  TerminalOutput& operator=(const TerminalOutput&) = delete;
  ~TerminalOutput() override { TerminalOutput::sync(); }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  std::streambuf& terminal_;
  std::string line_;  ///< what is not written yet: a character may come in parts
};

}  // namespace edgewise
