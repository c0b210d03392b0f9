#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/model.h"
#include "edgewise/result.h"

namespace edgewise {

/// A file of a model: its name, and its bytes or their beginning, as far as its header goes.
struct ModelFile {
  std::string_view name, bytes;
};

/// The model preset (canonical JSON) that files describe, under the id `name`:
/// - a model preset, as it is;
/// - a Hugging Face `config.json`, with the format that it says its weights have;
/// - a GGUF file (version 2 or 3), or all parts of one that is split: its tensors decide what is stored, to the byte;
/// - safetensors files with the `config.json` beside them: likewise.
/// Of GGUF and safetensors files only the header is needed; one that is cut, or counts that do not fit in it, are
/// errors. What a file leaves to its architecture and is not known of that is an error, never a guess.
/// Such a preset is read by `add_preset`; what only people need of a published one it may lack.
Result<std::string> model_preset(const std::vector<ModelFile>& files, std::string_view name);
Result<std::string> model_preset(std::string_view bytes, std::string_view name);

/// Adds the model that the files describe to the catalog; its id.
Result<std::string> import_model(const std::vector<ModelFile>& files, std::string_view name, Catalog&);
Result<std::string> import_model(std::string_view bytes, std::string_view name, Catalog&);

/// Reads a Hugging Face `config.json`. `name` becomes the id where the file names none.
Result<Model> model_from_hf_config(std::string_view json_text, std::string_view name);
/// Reads the header of a GGUF file. Its formats are those of `formats`, where they are named.
Result<Model> model_from_gguf(std::string_view bytes, std::string_view name, FormatTable& formats);

}  // namespace edgewise
