#pragma once

#include <string>
#include <vector>

#include "asker.h"
#include "benchmark/session.h"
#include "edgewise/benchmark.h"
#include "measure/machine.h"

namespace edgewise {

/// A model that a server offers.
struct ServerModel {
  std::string name;  ///< as requests name it
  ModelHint hint;
  double size_B = unknown, threads = unknown;
  std::string family;        ///< of the engine that runs it, where models of one server differ; empty: the server's
  std::string model, quant;  ///< ids of presets; empty: none was found
};

/// A model's name where nobody's folders may stand: of a path its end.
std::string nameless(const std::string& model);

/// A server that answered, and what it is.
struct EngineServer {
  enum class Kind { llama_server, ollama, openai } kind = Kind::openai;
  std::string product;                ///< "llama-server", "Ollama", "vLLM", ..., for people
  std::string version;                ///< as rows have it; empty: it does not say
  std::string family;                 ///< of runtimes; empty: unknown
  std::vector<std::string> backends;  ///< those that the product has; empty: all of the family's
  bool ignores_eos = false;           ///< understands `ignore_eos`
  bool router = false;                ///< requests name one of several models
  double context = unknown;           ///< tokens that a request may have
  std::vector<ServerModel> models;
};

/// Finds out what a server is from the lists that it gives: /props and /v1/models of llama-server, /api/version and
/// /api/tags of Ollama, /v1/models and /version of vLLM and of all others that speak OpenAI's API.
Result<EngineServer> identify_server(Asker&, double timeout_s);

/// What is asked of a server beside the lists, in the order in which it is asked, as people see it.
std::vector<std::string> requests_of(const EngineServer&, const std::vector<const ServerModel*>&);
/// The lists that `identify_server` asks for, and what each kind of server is asked then.
std::vector<std::string> requests_of_any();

/// What the rows of a server need that it does not say.
struct ServerContext {
  const Machine* machine = nullptr;  ///< the one that it runs on; null: another
  ImportContext context;
};

/// Measures models of a server, one after the other: a short request that loads it, then a prompt of about 512 tokens
/// with 64 generated, up to three times, each prompt unlike any other, and one of about 2048 where it takes little of
/// what is left of the time. Rows have the median. Counts are the server's; the times too, but with OpenAI's API, where
/// they are this program's.
Result<Imported> measure_server(Asker&, const EngineServer&, const std::vector<const ServerModel*>&,
                                const ServerContext&, const Catalog&, double budget_s);

}  // namespace edgewise
