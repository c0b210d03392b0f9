#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "edgewise/benchmark.h"
#include "edgewise/catalog.h"
#include "edgewise/result.h"
#include "measure/measurement.h"

namespace edgewise {

/// What is asked for of an inference engine.
struct EngineRequest {
  std::string engine;  ///< "none" or empty; "auto"; "ollama", "mlx_lm" (what auto finds of them); else a llama-bench
  std::vector<std::string> model_files;  ///< GGUF; empty: those that are found
  std::string server;                    ///< an address; empty: none
  /// Ids of presets, resolved; empty: this machine, and what the engine says. `asked_model`: as it was typed, which may
  /// be the name that a server has for it.
  std::string device, power_mode, runtime, model, asked_model, quant;
  double budget_s = unknown;  ///< unknown: 120 where this program chooses, as long as it takes where the user did
  std::filesystem::path root = "/";
  std::vector<int> ports;  ///< where servers are looked for; empty: where they usually are

  bool wanted() const { return !server.empty() || (!engine.empty() && engine != "none"); }
};

/// An engine that can be measured, with its models chosen.
class EngineChoice {
 public:
  virtual ~EngineChoice() = default;
  /// What it will be asked, a line each.
  virtual std::vector<std::string> will_ask() const = 0;
  virtual Result<Imported> run(EngineReport&, std::ostream& err) = 0;
};

/// The engines that can be measured, the best first: the next is asked where one fails. What was found, what was chosen
/// and why goes into the report and to `err`. Errors where what the user named is not there or makes no sense.
/// `report` and the catalog outlive the choices.
Result<std::vector<std::unique_ptr<EngineChoice>>> choose_engines(const EngineRequest&, const Machine&,
                                                                  const Conditions&, const Catalog&, EngineReport&,
                                                                  std::ostream& err);

/// What `choose_engines` and the choices would do, a line each, with nothing sent and nothing run: of a server that
/// nobody may ask yet, what each kind of server is asked.
Result<std::vector<std::string>> dry_run(const EngineRequest&, const Machine&, const Conditions&, const Catalog&);

/// Errors of the options themselves, found before anything is done.
Errors check_request(const EngineRequest&);
/// Whether what is asked for is a server that runs on another machine.
bool is_elsewhere(const EngineRequest&);

}  // namespace edgewise
