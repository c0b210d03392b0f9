#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/number.h"

namespace edgewise {

/// Where engines and models may lie: folders, as the environment and the engines' defaults name them.
struct Surroundings {
  std::filesystem::path root = "/";  ///< "/" but in tests
  std::filesystem::path home;        ///< empty: there is none
  std::vector<std::filesystem::path> path;
  /// As the process sees them: $HOME, $PATH.
  static Surroundings of_process(const std::filesystem::path& root);
};

struct FoundProgram {
  std::string name;            ///< llama-bench, ollama, ...
  std::filesystem::path file;  ///< empty: not found
  std::string place;           ///< in words that name nobody: "in PATH", "in ~/llama.cpp/build/bin"
};
/// The programs of engines, each where it was found first: in PATH, then where builds and package managers put them.
/// Those that are not there have no file.
std::vector<FoundProgram> find_programs(const Surroundings&);

/// A model that lies on this machine.
struct FoundModel {
  enum class Kind { gguf, mlx } kind = Kind::gguf;
  std::filesystem::path file;  ///< of several parts the first; of MLX's the folder
  std::string name;            ///< as its file, tag or repository names it, never a path
  std::string place;           ///< "Ollama", "the Hugging Face cache", ...
  double size_B = unknown;     ///< of all parts
  std::string model, quant;    ///< ids of presets; empty: none was found
};
/// Language models in the caches of llama.cpp, Hugging Face, LM Studio and Ollama, in ~/models and the current folder,
/// each once. Projectors, vocabularies and models for embeddings are left out. Looks at no more than some ten thousand
/// files.
std::vector<FoundModel> find_models(const Surroundings&, const Catalog&);
/// The models that a user names: GGUF files. Not looked into.
std::vector<FoundModel> named_models(const std::vector<std::string>& files, const Catalog&);

/// Fills in model and quantization of a GGUF file whose name does not say them, from its header.
void look_into(FoundModel&, const Catalog&);

/// What a choice of two models goes by.
struct Candidate {
  double size_B = unknown;
  bool named = false;  ///< presets have it
  std::string quant;
};
/// Indices of the two that teach the most: among those that presets have (all, where none is) and that take no more
/// than `most_B`, the smallest and the largest; where these are of about the same size, two of other formats. One, or
/// none, where there are no more. Sizes that are unknown are taken to fit.
std::vector<std::size_t> choose_two(const std::vector<Candidate>&, double most_B);

}  // namespace edgewise
