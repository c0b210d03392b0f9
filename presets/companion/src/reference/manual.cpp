#include <sstream>

#include "edgewise/version.h"
#include "errors.h"
#include "grammar.h"

namespace edgewise {

namespace {

/// Text as roff has it: no character of it is a request, and a hyphen can be copied.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
      out += c;
    }
  }
  return out;
}
std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

std::string value_of(const OptionWords& option) {
  std::string out;
  if (option.names.empty()) return italic(option.value);
  for (const std::string& value : option.values) out += (out.empty() ? "" : "|") + bold(value);
  return out.empty() ? italic(option.value) : out;
}

void write_options(const CommandWords& command, bool by_place, std::ostream& out) {
  for (const OptionWords& option : command.options) {
    if (option.names.empty() != by_place) continue;
    out << ".TP\n";
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + bold(name);
    if (!option.value.empty()) names += (names.empty() ? "" : " ") + value_of(option);
    out << names << "\n" << roff(option.description);
    if (option.required && !by_place) out << " (required)";
    for (const std::string& other : option.without) out << "; not with " << bold(other);
    out << "\n";
  }
}

void write_synopsis(const CommandWords& command, std::ostream& out) {
  out << ".SH SYNOPSIS\n" << bold(command.name);
  for (const OptionWords& option : command.options)
    if (option.required && !option.names.empty()) out << " " << bold(option.names.back()) << " " << value_of(option);
  out << " [" << italic("OPTIONS") << "]";
  for (const OptionWords& option : command.options) {
    if (!option.names.empty()) continue;
    out << (option.required ? " " + value_of(option) : " [" + value_of(option) + "]");
  }
  if (!command.commands.empty()) out << " " << italic("COMMAND");
  out << "\n";
}

}  // namespace

std::string page_name(const CommandWords& command) {
  std::string out = command.name;
  for (char& c : out)
    if (c == ' ') c = '-';
  return out;
}

std::string manual_page(const CommandWords& command, const std::string& date) {
  std::ostringstream out;
  out << ".TH \"" << roff(page_name(command)) << "\" 1 \"" << date << "\" \"edgewise " EDGEWISE_VERSION "\"\n"
      << ".SH NAME\n"
      << roff(page_name(command)) << " \\- " << roff(command.description) << "\n";
  write_synopsis(command, out);
  std::ostringstream arguments;
  write_options(command, true, arguments);
  if (!arguments.str().empty()) out << ".SH ARGUMENTS\n" << arguments.str();
  if (!command.commands.empty()) {
    out << ".SH COMMANDS\n";
    for (const CommandWords& sub : command.commands)
      out << ".TP\n" << bold(sub.word()) << "\n" << roff(sub.description) << "; " << bold(page_name(sub)) << "(1)\n";
  }
  out << ".SH OPTIONS\n";
  write_options(command, false, out);
  out << ".SH EXIT STATUS\n"
      << ".TP\n"
      << done << "\nDone.\n"
      << ".TP\n"
      << failure << "\nIt failed.\n"
      << ".TP\n"
      << bad_input << "\nWhat was asked or given is wrong; the error names the path of the field.\n";
  if (const auto end = command.name.rfind(' '); end != std::string::npos) {
    CommandWords above;
    above.name = command.name.substr(0, end);
    out << ".SH SEE ALSO\n" << bold(page_name(above)) << "(1)\n";
  }
  return out.str();
}

}  // namespace edgewise
