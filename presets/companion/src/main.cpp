#include <clocale>
#include <csignal>
#include <iostream>

#include "ask.h"
#include "errors.h"

int main(int argc, char** argv) {
  // Numbers are written and read with a point, whatever the user's locale.
  std::setlocale(LC_ALL, "C");
  // A file that reaches a size limit is an error of the write, not the end of the process with half a file left.
  std::signal(SIGXFSZ, SIG_IGN);

  const auto asked = edgewise::ask(argc, argv, std::cout, std::cerr);
  if (const int* code = std::get_if<int>(&asked)) return *code;
  const int code = std::get<edgewise::Command>(asked)(std::cout, std::cerr);
  std::cout.flush();
  if (std::cout || code != edgewise::done) return code;
  std::cerr << "edgewise: the output cannot be written\n";
  return edgewise::failure;
}
