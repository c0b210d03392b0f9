#pragma once

#include <string>
#include <vector>

namespace edgewise {

/// What may be written on the command line, for whatever tells of it: manual pages, completion.
struct OptionWords {
  std::vector<std::string> names;    ///< "-h", "--help"; none: it is known by its place
  std::string value;                 ///< what stands for its value, "TEXT"; empty: it takes none
  std::vector<std::string> values;   ///< every value that it takes; none: any
  std::vector<std::string> without;  ///< options that it excludes
  std::string description;
  bool required = false;
};
struct CommandWords {
  std::string name;  ///< as it is typed: "edgewise catalog build"
  std::string description;
  std::vector<OptionWords> options;  ///< hidden ones are not here
  std::vector<CommandWords> commands;

  /// The last word of the name.
  std::string word() const { return name.substr(name.rfind(' ') + 1); }
};

/// The pages of edgewise(1) in the macros of man(7): of `command` alone. `date`: YYYY-MM-DD.
std::string manual_page(const CommandWords& command, const std::string& date);
/// "edgewise-catalog-build", the name of its page.
std::string page_name(const CommandWords& command);

/// A script of the shell ("bash", "zsh", "fish") that completes the command line.
std::string completion(const CommandWords& root, const std::string& shell);

}  // namespace edgewise
