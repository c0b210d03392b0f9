#include <unistd.h>

#include <clocale>
#include <csignal>
#include <iostream>
#include <optional>

#include "ask.h"
#include "errors.h"
#include "terminal_output.h"

int main(int argc, char** argv) {
  // Numbers are written and read with a point, whatever the user's locale.
  std::setlocale(LC_ALL, "C");
  // A file that reaches a size limit is an error of the write, not the end of the process with half a file left.
  std::signal(SIGXFSZ, SIG_IGN);

  std::optional<edgewise::TerminalOutput> terminal;
  if (::isatty(STDOUT_FILENO) != 0) terminal.emplace(*std::cout.rdbuf());
  std::ostream out(terminal ? &*terminal : std::cout.rdbuf());

  const auto asked = edgewise::ask(argc, argv, out, std::cerr);
  const int* answered = std::get_if<int>(&asked);
  const int code = answered ? *answered : std::get<edgewise::Command>(asked)(out, std::cerr);
  out.flush();
  if (out || code != edgewise::done) return code;
  std::cerr << "edgewise: the output cannot be written\n";
  return edgewise::failure;
}
