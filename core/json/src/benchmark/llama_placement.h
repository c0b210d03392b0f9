#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/placement.h"
#include "fields.h"
#include "session.h"

namespace edgewise {

/// What llama.cpp says of where it ran.
struct LlamaPlace {
  std::vector<std::string> accelerators;  ///< backends that are neither the CPU's nor a network, in the order given
  bool rpc = false;
  std::string gpu_info;              ///< names of the GPUs that it saw
  double gpus = unknown;             ///< that it saw, where it names none
  std::set<std::string> integrated;  ///< of those, by name, what shares the memory of the computer
  std::string devices;               ///< "auto", "none" or names
  bool is_chosen() const { return !devices.empty() && devices != "auto"; }
};

/// A device of another machine: "RPC[192.168.1.2:50052]".
bool is_remote(const std::string& device);

/// Splits "CUDA,BLAS,RPC" into the parts of a place.
void add_backends(LlamaPlace&, const std::string& backends, const Catalog&);

/// The runtime preset of a build with these backends of which `gpu_layers` were asked for, on these GPUs; where there
/// is none, a name made of the backend's.
std::string llama_runtime(const LlamaPlace&, double gpu_layers, const std::vector<std::string>& gpus,
                          const ImportSession&);

/// The parts between separators, trimmed, without the empty ones.
std::vector<std::string> split(const std::string& text, std::string_view separator);

/// The GPUs that a run used.
struct UsedGpus {
  double count = unknown;
  std::vector<std::string> names;  ///< of those that it saw by name
};
UsedGpus used_gpus(Fields&, const LlamaPlace&);

/// Layers that were asked for, as a placement has them: unknown where they are all of them. Negative: all.
/// `cache_apart`: keys and values counted as two more layers, as they did before each layer had its own cache (2023).
double partial_layers(double gpu_layers, const Model* model, bool cache_apart = false);

/// The placement that a record of llama-bench states. `gpus`: how many it used; `prompt`: tokens that are processed at
/// once in some part of it.
Placement llama_placement(Fields&, const LlamaPlace&, double gpus, const Model* model, double prompt);

}  // namespace edgewise
