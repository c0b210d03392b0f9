#include "llama_placement.h"

#include <algorithm>
#include <map>
#include <set>

#include "edgewise/json_text.h"
#include "edgewise/text.h"
#include "lines.h"

namespace edgewise {

namespace {

/// Names of cards may hold a slash ("RX 6700/6750 XT"): what follows one is a card of its own only if it names a maker
/// or a series.
bool names_a_gpu(const std::string& text) {
  static constexpr std::string_view makers[] = {"nvidia",   "geforce", "tesla", "quadro", "rtx",      "gtx",
                                                "amd",      "radeon",  "intel", "apple",  "adreno",   "mali",
                                                "qualcomm", "ascend",  "mtt",   "rpc",    "instinct", "arc"};
  const std::string small = lower(text);
  return std::any_of(std::begin(makers), std::end(makers),
                     [&](std::string_view maker) { return small.find(maker) != small.npos; });
}

/// Of a preset, whose backend the name begins with: "CUDA0" is CUDA's.
const Runtime* runtime_of_backend(const std::string& backend, const Catalog& catalog) {
  for (const auto& [id, runtime] : catalog.runtimes())
    if (runtime.family == "llama.cpp" &&
        std::any_of(runtime.backends.begin(), runtime.backends.end(),
                    [&](const std::string& name) { return lower(backend).rfind(lower(name), 0) == 0; }))
      return &runtime;
  return nullptr;
}

/// Libraries that compute on the CPU.
bool is_of_the_cpu(const std::string& backend, const Catalog& catalog) {
  static const std::set<std::string> libraries = {"ZenDNN", "zDNN", "KleidiAI", "Accelerate", "RPC"};
  if (libraries.count(backend)) return true;
  const Runtime* runtime = runtime_of_backend(backend, catalog);
  return runtime && runtime->processor == Processor::cpu;
}

/// Tensors that were placed elsewhere than on an accelerator: "none", or "PATTERN=BUFFER;PATTERN=BUFFER".
double overrides_in(const std::string& text, const LlamaPlace& place) {
  double n = 0;
  for (const std::string& part : split(text, ";")) {
    const auto equals = part.rfind('=');
    if (equals == part.npos) continue;
    const std::string buffer = lower(part.substr(equals + 1));
    // A pinned buffer of the host carries the accelerator's name too: "CUDA_Host".
    const bool on_accelerator = buffer.find("host") == buffer.npos &&
                                std::any_of(place.accelerators.begin(), place.accelerators.end(),
                                            [&](const std::string& a) { return buffer.rfind(lower(a), 0) == 0; });
    if (!on_accelerator) n += 1;
  }
  return n;
}

/// What llama.cpp computes on unless it is told otherwise: it leaves out integrated GPUs where there are others.
std::vector<std::string> without_integrated(const std::vector<std::string>& names,
                                            const std::set<std::string>& integrated) {
  std::vector<std::string> cards;
  for (const std::string& name : names)
    if (!integrated.count(name)) cards.push_back(name);
  return cards.empty() ? names : cards;
}

/// The GPUs of a list: "NVIDIA GeForce RTX 3090/NVIDIA GeForce RTX 3090" or with commas. A build with two backends
/// lists a card that both see once for each; where they see other cards, which are used is not known: none.
std::vector<std::string> names_of_gpus(const std::string& gpu_info, std::size_t backends) {
  std::vector<std::string> names;
  for (const std::string& part : split(gpu_info, ", "))
    for (const std::string& name : split(part, "/"))
      if (names.empty() || names_a_gpu(name) || part.find('/') == part.npos) names.push_back(name);
  if (backends < 2) return names;
  std::vector<std::string> once;
  std::map<std::string, std::size_t> seen;
  for (const std::string& name : names)
    if (seen[name]++ % backends == 0) once.push_back(name);
  return once.size() * backends == names.size() ? once : std::vector<std::string>();
}

}  // namespace

bool is_remote(const std::string& device) { return device.rfind("RPC", 0) == 0; }

std::vector<std::string> split(const std::string& text, std::string_view separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    if (const auto part = trimmed(std::string_view(text).substr(at, end - at)); !part.empty()) out.emplace_back(part);
    at = end + separator.size();
  }
  return out;
}

void add_backends(LlamaPlace& place, const std::string& backends, const Catalog& catalog) {
  for (const std::string& backend : split(backends, ",")) {
    if (backend == "RPC") place.rpc = true;
    if (!is_of_the_cpu(backend, catalog)) place.accelerators.push_back(backend);
  }
}

std::string llama_runtime(const LlamaPlace& place, double gpu_layers, const std::vector<std::string>& gpus,
                          const ImportSession& session) {
  if (!session.context().runtime.empty()) return session.context().runtime;
  if (place.accelerators.empty() || gpu_layers == 0 || place.devices == "none") return "llama.cpp-cpu";
  std::string backend = place.accelerators[0];
  for (const std::string& a : place.accelerators)
    if (lower(place.devices).rfind(lower(a), 0) == 0) backend = a;
  // Builds for ROCm said CUDA for a long time.
  const auto of_amd = [](const std::string& name) {
    return name.find("AMD") != name.npos || name.find("Radeon") != name.npos;
  };
  if (backend == "CUDA" && std::any_of(gpus.begin(), gpus.end(), of_amd)) backend = "ROCm";
  const Runtime* runtime = runtime_of_backend(backend, session.catalog());
  return runtime ? runtime->id : "llama.cpp-" + lower(backend);
}

UsedGpus used_gpus(Fields& f, const LlamaPlace& place) {
  const std::vector<std::string> names = names_of_gpus(place.gpu_info, place.accelerators.size());
  const double main_gpu = f.whole("main_gpu", 0, 1e6, 0);
  const std::string split_mode = f.text("split_mode"), tensor_split = f.text("tensor_split");
  if (place.devices == "none") return {0, {}};
  // By their numbers among those that it saw ("CUDA1"); NaN: it has none.
  std::vector<double> used;
  if (place.is_chosen())
    for (const std::string& device : split(place.devices, "/"))
      used.push_back(is_remote(device)
                         ? unknown
                         : parse_number(device.substr(std::min(device.find_first_of("0123456789"), device.size()))));
  const auto number = [&](double i) {
    if (!place.is_chosen()) return i;
    return i < static_cast<double>(used.size()) ? used[static_cast<std::size_t>(i)] : unknown;
  };
  std::vector<double> sharing;
  double i = 0;
  for (const std::string& share : split(tensor_split, "/")) {
    if (parse_number(share) > 0) sharing.push_back(number(i));
    i += 1;
  }
  if (split_mode == "none") {
    used = {number(main_gpu)};
  } else if (!sharing.empty()) {
    used = std::move(sharing);
  } else if (!place.is_chosen()) {
    const std::vector<std::string> cards = without_integrated(names, place.integrated);
    return {cards.empty() ? place.gpus : static_cast<double>(cards.size()), cards};
  }
  UsedGpus out{static_cast<double>(used.size()), {}};
  for (const double gpu : used)
    if (gpu < static_cast<double>(names.size())) out.names.push_back(names[static_cast<std::size_t>(gpu)]);
  return out;
}

double partial_layers(double gpu_layers, const Model* model, bool cache_apart) {
  if (!(gpu_layers >= 0)) return unknown;
  // One more than the layers: the output. Where the model is not known, 99 and more is how people say "all".
  constexpr double all = 99;
  const double whole = model ? static_cast<double>(model->layers.size()) + (cache_apart ? 3 : 1) : all;
  return gpu_layers >= whole ? unknown : gpu_layers;
}

Placement llama_placement(Fields& f, const LlamaPlace& place, double gpus, const Model* model, double prompt) {
  Placement p;
  const double layers = f.whole("n_gpu_layers", -1e9, 1e9, -1), cpu_moe = f.whole("n_cpu_moe", 0, 1e6, 0);
  const double no_kv_offload = f.number("no_kv_offload", 0, 1, 0), no_op_offload = f.number("no_op_offload", 0, 1, 0),
               embeddings = f.number("embeddings", 0, 1, 0), fit_target = f.number("fit_target", 0, 1e18, 0);
  p.embeddings = embeddings == 1;
  const std::vector<std::string> names = split(place.devices, "/");
  p.rpc = place.is_chosen() ? std::any_of(names.begin(), names.end(), is_remote) : place.rpc;
  if (place.accelerators.empty() || gpus == 0) return p;
  if (layers == 0) {
    // Without layers on the card llama.cpp still sends it the products of many tokens.
    constexpr double offloaded_from = 32;
    if (prompt >= offloaded_from && no_op_offload == 0) p.gpu_layers = 0;
    return p;
  }
  const bool cache_apart = f.has("f16_kv") || f.text("model_type").find(" mostly ") != std::string::npos;
  p.gpu_layers = partial_layers(layers, model, cache_apart);
  p.gpu_layers_auto = fit_target > 0;
  p.cpu_moe = cpu_moe;
  p.overrides = overrides_in(f.text("tensor_buft_overrides"), place);
  p.kv_on_host = no_kv_offload == 1;
  if (is_known(gpus)) p.devices = gpus;
  return p;
}

}  // namespace edgewise
