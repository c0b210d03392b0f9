#include "edgewise/check.h"

#include <algorithm>
#include <filesystem>

#include "commands.h"
#include "errors.h"
#include "files.h"
#include "presets.h"
#include "terminal.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

constexpr double largest_B = 16.0 * 1048576;

void say_problem(const std::string& file, const Problem& p, std::ostream& err) {
  say(err, file + ": " + (p.path.empty() ? "" : p.path + ": ") + p.message + " (" + p.rule + ")");
}

/// Writes the preset in canonical form if that is all it lacks.
int fix(const std::string& file, const std::string& text, std::ostream& out, std::ostream& err) {
  const auto wanted = canonical_preset(text);
  if (!wanted || *wanted == text) return done;
  if (const Errors errors = write_file(file, *wanted); !errors.empty()) return fail(errors, err);
  out << harmless(file) << ": written in canonical form\n";
  return done;
}

int check_file(const std::string& file, bool mend, Catalog& catalog, std::ostream& out, std::ostream& err) {
  const auto text = read_text(file, largest_B);
  if (!text) return refuse(text.errors(), err);
  const std::vector<Problem> problems = check(*text, catalog);
  for (const Problem& p : problems) say_problem(file, p, err);
  if (!problems.empty()) return bad_input;
  const auto id = add_preset(catalog, *text);
  if (!id) return refuse(in_file(file, id.errors()), err);
  out << harmless(file + ": " + *id) << " is valid\n";
  return mend ? fix(file, *text, out, err) : int{done};
}

/// The presets and tables below a folder that is laid out as presets/ is.
Result<std::vector<PresetFile>> files_of(const std::string& folder) {
  std::vector<PresetFile> files;
  Errors errors;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string path = it->path().lexically_relative(folder).generic_string();
    if (it.depth() > 0 && it->is_directory(error)) it.disable_recursion_pending();
    if (!is_preset_file(path)) continue;
    auto text = read_text(it->path().string(), largest_B);
    if (text)
      files.push_back({path, std::move(*text)});
    else
      errors.insert(errors.end(), text.errors().begin(), text.errors().end());
  }
  if (error) return Error{"unreadable", folder, error.message()};
  if (!errors.empty()) return errors;
  if (files.empty()) return Error{"empty", folder, "holds no presets: they lie in devices/, models/, runtimes/, ..."};
  std::sort(files.begin(), files.end(), [](const PresetFile& a, const PresetFile& b) { return a.path < b.path; });
  return files;
}

int check_whole_folder(const std::string& folder, bool mend, const Catalog& catalog, std::ostream& out,
                       std::ostream& err) {
  const auto files = files_of(folder);
  if (!files) return refuse(files.errors(), err);
  // One that defines what all others refer to is whole; what another lacks is taken from the presets of this binary.
  const auto holds = [&](const char* path) {
    return std::any_of(files->begin(), files->end(), [&](const PresetFile& f) { return f.path == path; });
  };
  const bool whole = holds("device-classes.json") && holds("quantizations/formats.json");
  std::size_t count = 0;
  for (const auto& [path, problem] : check_folder(*files, whole ? Catalog() : catalog)) {
    if (mend && problem.rule == "canonical" && path.ends_with(".json")) continue;
    say_problem((fs::path(folder) / path).string(), problem, err);
    ++count;
  }
  int code = count ? bad_input : done;
  if (mend)
    for (const PresetFile& file : *files)
      if (file.path.ends_with(".json"))
        code = std::max(code, fix((fs::path(folder) / file.path).string(), file.text, out, err));
  out << harmless(folder) << ": " << files->size() << " files, " << count << " problems\n";
  return code;
}

}  // namespace

int run_check(const CheckRequest& r, std::ostream& out, std::ostream& err) {
  auto catalog = bundled_catalog();
  if (!catalog) return refuse(catalog.errors(), err);
  int code = done;
  for (const std::string& path : r.files) {
    std::error_code error;
    const int now = fs::is_directory(path, error) ? check_whole_folder(path, r.fix, *catalog, out, err)
                                                  : check_file(path, r.fix, *catalog, out, err);
    code = std::max(code, now);
  }
  return code;
}

}  // namespace edgewise
