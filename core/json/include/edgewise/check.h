#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/result.h"

namespace edgewise {

// The one rule book of presets: whatever accepts one asks here.

/// A rule that a preset breaks. `rule` is a stable word for programs:
/// its shape: "syntax", "duplicate_key", "wrong_type", "missing", "unknown_key", "unknown_word", "out_of_range",
/// "not_whole", "void" (says nothing: empty, or a mark that is false), "repeated", "bad_id", "bad_date";
/// its sense: "inconsistent" (fields contradict each other), "duplicate" (two entries for the same), "physics" (no
/// machine does that), "source" (nobody says how it is known), "reference" and "unknown_format" (names what no preset
/// is), "name" (not what its file or another preset allows), "canonical" (not written as presets are).
/// `path` is the JSON path.
struct Problem {
  std::string rule, path, message;
};

struct CheckOptions {
  /// The catalog holds only some of the presets that there are: a name that it does not know is no problem.
  bool partial = false;
};

/// What is wrong with a preset that stands beside those of `known` (which may hold it already): its shape; where that
/// is right, what its numbers say of each other and of physics, and what it refers to.
std::vector<Problem> check(std::string_view preset_text, const Catalog& known, const CheckOptions& = {});
/// The same of one that was parsed.
std::vector<Problem> check_document(const nlohmann::ordered_json& preset, const Catalog& known,
                                    const CheckOptions& = {});

/// A preset in its canonical form: keys in the order of its type too. Errors where it has no right shape.
Result<std::string> canonical_preset(std::string_view preset_text);
/// The problem of a preset of right shape that is not written in its canonical form.
std::optional<Problem> check_canonical(std::string_view preset_text);

/// Published measurements, one a row; `path` is the row's id.
std::vector<Problem> check_measurements(std::string_view csv, const Catalog& known);
/// Published scores of models, one a row.
std::vector<Problem> check_quality(std::string_view csv, const Catalog& known);

/// A file below a folder of presets: "devices/board.json".
struct PresetFile {
  std::string path;
  std::string text;
};
struct FileProblem {
  std::string file;
  Problem problem;
};
/// Whether a path below a folder of presets is one that the rules are about.
bool is_preset_file(std::string_view path);
/// Everything that is wrong with a folder of presets: every file and table against all of them, names and canonical
/// form. What the folder lacks is taken from `known`.
std::vector<FileProblem> check_folder(const std::vector<PresetFile>&, Catalog known = {});

}  // namespace edgewise
