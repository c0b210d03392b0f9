#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/benchmark.h"
#include "edgewise/metric.h"

namespace edgewise {

/// One run of an engine: what its rows have in common. Unknown numbers and empty texts are not stated.
struct Run {
  std::string source, runtime, runtime_version, model, quant, kv_quant, note;
  std::string placement;  ///< as placement_text() has it
  double batch = 1, threads = unknown, prompt = unknown, generate = unknown, depth = 0;
  double flash_attention = unknown;  ///< 0 or 1
  double micro_batch = unknown;      ///< prompt tokens in one pass
  double size_B = unknown;           ///< of the weights
};

/// What is known of the model's name in a file.
struct ModelHint {
  std::string name;              ///< a file, a tag, a repository
  std::string type;              ///< "llama 8B Q4_K - Medium", as llama.cpp describes a model
  std::string quant;             ///< where it stands by itself
  double parameters = unknown;   ///< as the file counts them
  double parameters_within = 0;  ///< by how much that count may be rounded
};

/// What presets call the model of a file.
struct FoundNames {
  std::string model, quant;             ///< ids; empty: none was found
  std::string spelled;                  ///< the model as the file has it; never a path
  std::vector<std::string> candidates;  ///< several that it may be
  bool contradicted = false;            ///< the model is called so and has as many parameters as another
};

/// What the readers of one file find, and what they share.
class ImportSession {
 public:
  ImportSession(const ImportContext& context, const Catalog& catalog) : context_(context), catalog_(catalog) {}

  const ImportContext& context() const { return context_; }
  const Catalog& catalog() const { return catalog_; }
  Errors& errors() { return errors_; }
  Imported& imported() { return out_; }

  /// Said once, however often it holds.
  void remark(const std::string& text);
  /// What the file says of the device that is no row, a sentence; said once.
  void fact(const std::string& text);
  /// Compares the processors that ran together, as the file names them, with those of the device that it is said to be
  /// of: where it has others, `Imported::elsewhere` says so.
  void ran_on(Processor, const std::vector<std::string>& names);
  /// A fact that the file lacks and an option gives; said once.
  void lacks(const std::string& message);
  /// So many errors that more would not help.
  bool hopeless() const { return errors_.size() >= 20; }
  /// A reader knew what it read, even if nothing came of it.
  void recognise() { recognised_ = true; }
  bool recognised() const { return recognised_; }

  /// The runtime that was asked for; else the only one of the family that runs on the device; else an error.
  /// `backends`: those that the program has; empty: all of the family's.
  std::string runtime_of(std::string_view family, const std::vector<std::string>& backends = {});
  /// Fills in model and quantization of a run whose runtime is known, as presets name them where they can be found. A
  /// file that names no model lacks it.
  void name_model(Run& run, const ModelHint& hint);
  /// What the options say of the placement replaces what the file says.
  void add(const Run& run, Metric metric, double value);

 private:
  const ImportContext& context_;
  const Catalog& catalog_;
  Imported out_;
  Errors errors_;
  std::set<std::string> said_;
  std::set<std::string> ran_on_;  ///< processors and their names: every row of a file may repeat them
  /// The last model whose names were looked for: the next row is of the same one, mostly.
  struct Named {
    ModelHint hint;
    const Runtime* runtime;
    FoundNames found;
  };
  std::optional<Named> named_;
  bool recognised_ = false;
};

}  // namespace edgewise
