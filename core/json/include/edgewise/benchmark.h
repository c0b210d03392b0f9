#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/answer.h"
#include "edgewise/presets.h"
#include "edgewise/result.h"

namespace edgewise {

/// What the files do not say, or say otherwise than presets do; empty or unknown where they are to be believed.
struct ImportContext {
  std::string device, power_mode, runtime, model, quant;
  std::string placement;  ///< as measurement files have it, or "alone": the device alone, whatever the file says
  double prompt = unknown, generate = unknown, batch = unknown;
  std::string likely_runtime = {};  ///< where the file leaves several
};

/// Rows of measurement files, remarks on what could not be named as presets name it, and what a tool says of the device
/// that is no speed of a model: a sentence each, what it can teach among them. Where there are facts there may be no
/// rows.
struct Imported {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> remarks, facts;
  std::string elsewhere = {};  ///< what ran on another device than was said, in words; empty: nothing did
  std::string named = {};  ///< what it ran on and what follows, where no device was said and presets are what it names
};

/// Reads what an inference engine printed, known by its content: llama.cpp (llama-bench, llama-batched-bench, the
/// server's timings, logs), Ollama, mlx_lm, RKLLM, FastFlowLM, vLLM, LocalScore, and of NPUs' own tools hailortcli and
/// xrt-smi; lines around and between that are none of theirs
/// are skipped. All of the file or an error; nothing personal (paths, prompts, answers) is taken over.
Result<Imported> import_benchmark(std::string_view bytes, const ImportContext&, const Catalog&);

/// What an engine printed, as statements for `Query::known`, with the remarks and facts of its import.
struct KnownFrom {
  std::vector<std::string> statements, remarks, facts;
};
/// Reads what an engine printed on the device of the question, or statements themselves. What the text does not say,
/// runtime and model, is that of the question. Times and memory that correct nothing are left out, and so is what ran
/// beside a host or on a runtime that has no preset. Errors: of the question, of the import; "other_device" where the
/// text names another, "too_large" above 64 KiB, "empty" where no speed is left.
Result<KnownFrom> known_from(std::string_view bytes, const Query&, const Catalog&);

}  // namespace edgewise
