#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/presets.h"
#include "edgewise/result.h"

namespace edgewise {

/// What the files do not say, or say otherwise than presets do; empty where they are to be believed.
struct ImportContext {
  std::string device, power_mode, runtime, model, quant;
};

/// Rows of measurement files, and remarks on what could not be named as presets name it.
struct Imported {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> remarks;
};

/// Reads what an inference engine printed: llama-bench (JSON, JSONL or CSV), Ollama (--verbose text or API answers),
/// mlx_lm.generate. All of the file or an error; nothing personal (paths, prompts, answers) is taken over.
Result<Imported> import_benchmark(std::string_view text, const ImportContext&, const Catalog&);

}  // namespace edgewise
