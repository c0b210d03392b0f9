#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/import.h"
#include "edgewise/reader.h"
#include "edgewise/result.h"
#include "hf_quantization.h"

namespace edgewise::json {

/// A preset that was made of files. `prefix` is where its `config` stands in them: errors carry the path there.
struct Imported {
  Json preset;
  std::string prefix;
  HfStorage storage;    ///< of a Hugging Face checkpoint
  std::string unknown;  ///< a tensor whose name says nothing, where there is one
};
/// The preset of that family and config, without a name.
Imported imported(const std::string& family, Json config, std::string prefix);

/// `storage`: a file beside the config that says how weights are stored, where there is one (`says_storage`).
Result<Imported> preset_of_config(std::string_view json_text, const ModelFile& storage);
Result<Imported> preset_of_gguf(const std::vector<ModelFile>& parts);
/// What a config describes, stored as the headers of its weights say.
Result<Imported> with_safetensors(Imported, const std::vector<ModelFile>& weights);

/// Sums of stored tensors as a checkpoint lists them, and what the mix is called.
class StoredList {
 public:
  void add(Role role, Operator op, bool in_layers, bool routed, const std::string& format, double weights,
           double bytes);
  bool empty() const { return sums_.empty(); }
  /// What a file of these is called that says it follows the recipe `named`: that, where its formats say so too; the
  /// one format that it holds; else a mix.
  std::string name(const std::string& named) const;
  /// The format that most bytes of weights are in.
  std::string dominant() const;
  /// The checkpoint of a file of that family and name.
  Json checkpoint(const std::string& family, const std::string& id) const;

 private:
  std::vector<std::pair<double, std::string>> by_bytes() const;
  FormatTable formats_;
  std::vector<StoredTensors> sums_;
};

/// Parses a config.json strictly, but for `NaN`, `Infinity` and `-Infinity` as Python writes them: they become texts,
/// which no field that holds a number takes.
Result<Json> parse_hf_config(std::string_view text);

/// Adds the towers of a config.json, which stand beside its language model, to the `config` of a preset that already
/// holds the language model.
void add_towers(Reader& root, Json& config);

}  // namespace edgewise::json
