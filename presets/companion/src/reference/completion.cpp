#include <functional>
#include <sstream>

#include "grammar.h"
#include "terminal.h"

namespace edgewise {

namespace {

/// What `edgewise list` lists that has ids, for the options that take them: "models" of --model and --draft-model.
std::string listed_of(const OptionWords& option) {
  if (option.names.empty()) return "";
  const std::string& name = option.names.back();
  for (const std::string thing : {"model", "device", "runtime", "quant"})
    if (name.ends_with("-" + thing) && name != "--kv-quant" && name != "--save-device") return thing + "s";
  return "";
}

/// Between single quotes, for every shell here.
std::string quoted(const std::string& text, const char* quote) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string(quote) : std::string(1, c);
  return out + "'";
}

void visit(const CommandWords& command, const std::function<void(const CommandWords&)>& take) {
  take(command);
  for (const CommandWords& sub : command.commands) visit(sub, take);
}
/// "catalog build" of "edgewise catalog build"; empty for the program itself.
std::string asked(const CommandWords& command) {
  const auto space = command.name.find(' ');
  return space == std::string::npos ? "" : command.name.substr(space + 1);
}

std::string bash(const CommandWords& root) {
  std::ostringstream out;
  std::vector<std::string> commands;
  visit(root, [&](const CommandWords& command) {
    if (&command != &root) commands.push_back("'" + asked(command) + "'");
  });
  out << "# bash completion of edgewise(1)\n"
         "_edgewise() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' listed='' i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"$command${command:+ }${COMP_WORDS[i]}\" in\n"
         "      "
      << joined(commands, " | ")
      << ") command+=\"${command:+ }${COMP_WORDS[i]}\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$command:$prev\" in\n";
  visit(root, [&](const CommandWords& command) {
    for (const OptionWords& option : command.options) {
      if (option.names.empty() || option.value.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back("'" + asked(command) + ":" + name + "'");
      out << "    " << joined(patterns, " | ") << ") ";
      if (!option.values.empty()) {
        out << "words='" << joined(option.values, " ") << "'";
      } else if (const std::string listed = listed_of(option); !listed.empty()) {
        out << "listed=" << listed;
      } else {
        out << "return";  // a file, or whatever the reader knows
      }
      out << " ;;\n";
    }
  });
  out << "    *)\n      case \"$command\" in\n";
  visit(root, [&](const CommandWords& command) {
    std::vector<std::string> names, words;
    bool any = false;  // of what has no name
    for (const OptionWords& option : command.options) {
      names.insert(names.end(), option.names.begin(), option.names.end());
      words.insert(words.end(), option.values.begin(),
                   option.names.empty() ? option.values.end() : option.values.begin());
      any = any || (option.names.empty() && option.values.empty());
    }
    for (const CommandWords& sub : command.commands) words.push_back(sub.word());
    const std::string all = joined(names, " ") + (words.empty() ? "" : " " + joined(words, " "));
    out << "        '" << asked(command) << "') ";
    if (any) out << "[[ $cur == -* ]] && ";
    out << "words='" << all << "' ;;\n";
  });
  out << "      esac\n"
         "      ;;\n"
         "  esac\n"
         "  [[ -z $listed ]] || words=$(\"${COMP_WORDS[0]}\" list \"$listed\" --format csv 2>/dev/null | sed "
         "'1d;s/,.*//')\n"
         "  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
         "}\n"
         "complete -o default -F _edgewise edgewise\n";
  return out.str();
}

std::string zsh(const CommandWords& root) {
  std::ostringstream out;
  const auto function = [](const CommandWords& command) { return "_" + page_name(command); };
  const auto escaped = [](const std::string& text) {
    std::string safe;
    for (const char c : text) safe += (c == '[' || c == ']' || c == ':' || c == '\\' ? "\\" : "") + std::string(1, c);
    return safe;
  };
  out << "#compdef edgewise\n"
         "_edgewise-listed() {\n"
         "  local -a ids=(${(f)\"$(edgewise list $1 --format csv 2>/dev/null | sed '1d;s/,.*//')\"})\n"
         "  compadd -a ids || _files\n"
         "}\n";
  visit(root, [&](const CommandWords& command) {
    out << function(command) << "() {\n";
    if (!command.commands.empty()) {
      out << "  if ((CURRENT > 2)); then\n    case $words[2] in\n";
      for (const CommandWords& sub : command.commands)
        out << "      " << sub.word() << ") shift words; ((CURRENT--)); " << function(sub) << "; return ;;\n";
      out << "    esac\n  fi\n  local -a commands=(\n";
      for (const CommandWords& sub : command.commands)
        out << "    " << quoted(sub.word() + ":" + escaped(sub.description), "'\\''") << "\n";
      out << "  )\n  [[ $words[CURRENT] == -* ]] || { _describe command commands; return; }\n";
    }
    out << "  _arguments";
    for (const OptionWords& option : command.options) {
      std::string action = "_files";
      if (!option.values.empty()) action = "(" + joined(option.values, " ") + ")";
      if (const std::string listed = listed_of(option); !listed.empty()) action = "_edgewise-listed " + listed;
      const std::string value = ":" + escaped(option.value) + ":" + action;
      // A place that may be filled once or more often, or not at all, is completed alike.
      if (option.names.empty()) out << " \\\n    " << quoted("*" + value, "'\\''");
      for (const std::string& name : option.names)
        out << " \\\n    "
            << quoted("*" + name + "[" + escaped(option.description) + "]" + (option.value.empty() ? "" : value),
                      "'\\''");
    }
    out << "\n}\n";
  });
  out << "_edgewise \"$@\"\n";
  return out.str();
}

std::string fish(const CommandWords& root) {
  std::ostringstream out;
  const auto quote = [](const std::string& text) { return quoted(text, "\\'"); };
  out << "# fish completion of edgewise(1)\n";
  visit(root, [&](const CommandWords& command) {
    // The words that lead to it were typed, and none of those that lead on.
    std::string typed, further;
    std::istringstream words(asked(command));
    for (std::string word; words >> word;)
      typed += (typed.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
    for (const CommandWords& sub : command.commands) further += " " + sub.word();
    if (!further.empty()) typed += (typed.empty() ? "" : "; and ") + ("not __fish_seen_subcommand_from" + further);
    const std::string begin = "complete -c edgewise -n " + quote(typed);
    for (const CommandWords& sub : command.commands)
      out << begin << " -f -a " << sub.word() << " -d " << quote(sub.description) << "\n";
    for (const OptionWords& option : command.options) {
      std::string action;
      if (!option.values.empty()) action = " -f -a " + quote(joined(option.values, " "));
      if (const std::string listed = listed_of(option); !listed.empty())
        action = " -a " + quote("(edgewise list " + listed + " --format csv 2>/dev/null | sed '1d;s/,.*//')");
      if (option.names.empty()) {
        if (!action.empty()) out << begin << action << "\n";
        continue;
      }
      out << begin;
      for (const std::string& name : option.names)
        out << (name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1));
      out << (option.value.empty() ? "" : " -r") << action << " -d " << quote(option.description) << "\n";
    }
  });
  return out.str();
}

}  // namespace

std::string completion(const CommandWords& root, const std::string& shell) {
  return shell == "bash" ? bash(root) : shell == "zsh" ? zsh(root) : fish(root);
}

}  // namespace edgewise
