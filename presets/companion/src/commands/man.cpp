#include <filesystem>
#include <span>

#include "commands.h"
#include "errors.h"
#include "files.h"

namespace edgewise {

namespace {

const CommandWords* found(const CommandWords& command, std::span<const std::string> words) {
  if (words.empty()) return &command;
  for (const CommandWords& sub : command.commands)
    if (sub.word() == words.front()) return found(sub, words.subspan(1));
  return nullptr;
}

Errors write_pages(const CommandWords& command, const std::string& date, const std::string& folder) {
  Errors errors = write_file(folder + "/" + page_name(command) + ".1", manual_page(command, date));
  for (const CommandWords& sub : command.commands)
    if (errors.empty()) errors = write_pages(sub, date, folder);
  return errors;
}

}  // namespace

int run_man(const ManRequest& r, const CommandWords& root, std::ostream& out, std::ostream& err) {
  const CommandWords* command = found(root, r.command);
  if (!command) return refuse({Error{"unknown", "COMMAND", "there is no such command"}}, err);
  const std::string date = r.date.empty() ? utc_day() : r.date;
  if (r.folder.empty()) {
    out << manual_page(*command, date);
    return done;
  }
  std::error_code error;
  std::filesystem::create_directories(r.folder, error);
  if (error) return fail({Error{"io", r.folder, error.message()}}, err);
  const Errors errors = write_pages(*command, date, r.folder);
  return errors.empty() ? done : fail(errors, err);
}

int run_completion(const CompletionRequest& r, const CommandWords& root, std::ostream& out, std::ostream&) {
  out << completion(root, r.shell);
  return done;
}

}  // namespace edgewise
