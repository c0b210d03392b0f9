#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/presets.h"
#include "edgewise/result.h"

namespace edgewise {

/// What the files do not say, or say otherwise than presets do; empty or unknown where they are to be believed.
struct ImportContext {
  std::string device, power_mode, runtime, model, quant;
  std::string placement;  ///< as measurement files have it, or "alone": the device alone, whatever the file says
  double prompt = unknown, generate = unknown, batch = unknown;
};

/// Rows of measurement files, remarks on what could not be named as presets name it, and what a tool says of the device
/// that is no speed of a model: a sentence each, what it can teach among them. Where there are facts there may be no
/// rows.
struct Imported {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> remarks, facts;
};

/// Reads what an inference engine printed, known by its content: llama.cpp (llama-bench, llama-batched-bench, the
/// server's timings, logs), Ollama, mlx_lm, RKLLM, FastFlowLM, vLLM, LocalScore, and of NPUs' own tools hailortcli and
/// xrt-smi; lines around and between that are none of theirs
/// are skipped. All of the file or an error; nothing personal (paths, prompts, answers) is taken over.
Result<Imported> import_benchmark(std::string_view bytes, const ImportContext&, const Catalog&);

}  // namespace edgewise
