#include "places.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "benchmark/names.h"
#include "edgewise/reader.h"
#include "edgewise/text.h"
#include "files.h"
#include "model_files.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

/// So that a huge or looping folder costs seconds at most.
constexpr int deepest = 7;
constexpr std::size_t most_entries = 20000, most_models = 300;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

fs::path cache_folder(const Surroundings& s) {
  if (const std::string xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) return xdg;
  return s.home.empty() ? fs::path() : s.home / ".cache";
}

/// Calls `visit` with every regular file below the folder, links to files followed.
template <class Visit>
void walk(const fs::path& folder, int depth, const Visit& visit) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
  for (std::size_t seen = 0; !error && at != end && seen < most_entries; at.increment(error), ++seen) {
    if (at.depth() >= depth) at.disable_recursion_pending();
    std::error_code ignored;
    if (at->is_regular_file(ignored)) visit(at->path());
  }
}

bool begins_with_magic(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  char magic[4] = {};
  in.read(magic, sizeof magic);
  return in.gcount() == 4 && std::string_view(magic, 4) == "GGUF";
}

/// Whether a name is of what generates text.
bool generates(const std::string& name) {
  const std::string low = lower(name);
  const auto has = [&](std::string_view word) { return low.find(word) != low.npos; };
  return !has("mmproj") && !low.starts_with("ggml-vocab") && !has("embed") && !has("rerank") && !has("bge-") &&
         !has("whisper");
}

/// A model's files as one: size of all parts.
double size_of(const fs::path& file) {
  double sum = 0;
  std::error_code error;
  for (const fs::path& part : parts_of(file)) {
    const auto size = fs::file_size(part, error);
    if (!error) sum += static_cast<double>(size);
  }
  return sum > 0 ? sum : unknown;
}

class Finder {
 public:
  Finder(const Surroundings& s, const Catalog& catalog) : s_(s), catalog_(catalog) {}

  std::vector<FoundModel> find() {
    gguf_in(fs::path("."), "the current folder", 0);
    const fs::path cache = cache_folder(s_);
    const std::string llama = variable("LLAMA_CACHE"), hub = variable("HF_HUB_CACHE"), hf = variable("HF_HOME");
    gguf_in(llama.empty() ? below(cache, "llama.cpp") : fs::path(llama), "llama.cpp's cache", deepest);
    const fs::path hub_folder = !hub.empty()  ? fs::path(hub)
                                : !hf.empty() ? fs::path(hf) / "hub"
                                              : below(cache, "huggingface/hub");
    gguf_in(hub_folder, "the Hugging Face cache", deepest);
    mlx_in(hub_folder);
    for (const char* folder : {"models", "llama.cpp/models"})
      gguf_in(below(s_.home, folder), std::string("~/") + folder, deepest);
    for (const char* folder : {".lmstudio/models", ".cache/lm-studio/models"})
      gguf_in(below(s_.home, folder), "LM Studio's folder", deepest);
    const std::string own = variable("OLLAMA_MODELS");
    for (const fs::path& folder : {own.empty() ? below(s_.home, ".ollama/models") : fs::path(own),
                                   s_.root / "usr/share/ollama/.ollama/models", s_.root / "var/lib/ollama/models"})
      ollama_in(folder);
    return std::move(found_);
  }

 private:
  static fs::path below(const fs::path& folder, const char* name) {
    return folder.empty() ? fs::path() : folder / name;
  }

  /// Whether the file was not seen before, under whatever name.
  bool first(const fs::path& file) {
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    return !error && found_.size() < most_models && seen_.insert(real).second;
  }

  void gguf_in(const fs::path& folder, const std::string& place, int depth) {
    if (folder.empty()) return;
    walk(folder, depth, [&](const fs::path& file) {
      std::string name = file.filename().string();
      if (lower(file.extension().string()) != ".gguf" || !generates(name)) return;
      const auto parts = parts_of(file);
      if ((!parts.empty() && parts.front() != file) || !begins_with_magic(file) || !first(file)) return;
      // llama.cpp names what it downloads by the repository as well: USER_NAME-GGUF_FILE.
      if (const auto repository = name.find("GGUF_"); repository != name.npos) name.erase(0, repository + 5);
      add({FoundModel::Kind::gguf, file, name, place, size_of(file), "", ""}, "llama.cpp-cpu", {name, "", ""});
    });
  }

  /// Folders of the Hugging Face cache that hold what mlx_lm wrote: a config with its kind of quantization.
  void mlx_in(const fs::path& hub) {
    if (hub.empty()) return;
    walk(hub, 4, [&](const fs::path& file) {
      if (file.filename() != "config.json") return;
      // models--ORGANISATION--NAME/snapshots/REVISION/config.json
      std::string repository = file.parent_path().parent_path().parent_path().filename().string();
      if (!repository.starts_with("models--") || lower(repository).find("mlx") == repository.npos) return;
      repository.erase(0, 8);
      if (const auto dashes = repository.find("--"); dashes != repository.npos) repository.replace(dashes, 2, "/");
      const auto text = read_text(file.string(), 1 << 20);
      const auto config = text ? json::parse_strict(*text) : Result<json::Json>(Error{});
      if (!config || !config->is_object() || !config->contains("quantization") || !first(file.parent_path())) return;
      double size = 0;
      walk(file.parent_path(), 0, [&](const fs::path& weights) {
        std::error_code error;
        if (weights.extension() == ".safetensors") size += static_cast<double>(fs::file_size(weights, error));
      });
      add({FoundModel::Kind::mlx, file.parent_path(), repository, "the Hugging Face cache", size > 0 ? size : unknown,
           "", ""},
          "mlx", {repository, "", ""});
    });
  }

  /// manifests/REGISTRY/USER/NAME/TAG name the files in blobs/.
  void ollama_in(const fs::path& folder) {
    if (folder.empty()) return;
    walk(folder / "manifests", deepest, [&](const fs::path& file) {
      const auto text = read_text(file.string(), 1 << 20);
      const auto manifest = text ? json::parse_strict(*text) : Result<json::Json>(Error{});
      if (!manifest || !manifest->is_object()) return;
      const auto layers = manifest->find("layers");
      if (layers == manifest->end() || !layers->is_array()) return;
      std::string tag = file.parent_path().filename().string();
      const std::string user = file.parent_path().parent_path().filename().string();
      if (user != "library") tag.insert(0, user + "/");
      tag.append(":").append(file.filename().string());
      for (const json::Json& layer : *layers) {
        if (!layer.is_object() || text_in(layer, "mediaType") != "application/vnd.ollama.image.model") continue;
        const fs::path blob = blob_of(folder, text_in(layer, "digest"));
        if (blob.empty() || !begins_with_magic(blob) || !generates(tag) || !first(blob)) continue;
        add({FoundModel::Kind::gguf, blob, tag, "Ollama", size_of(blob), "", ""}, "llama.cpp-cpu",
            {tag, "", format_of(folder, *manifest)});
      }
    });
  }

  static std::string text_in(const json::Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
  }
  /// "sha256:abc" names blobs/sha256-abc; empty where it is no such name.
  static fs::path blob_of(const fs::path& folder, std::string digest) {
    if (digest.size() != 71 || !digest.starts_with("sha256:") ||
        digest.find_first_not_of("0123456789abcdef", 7) != digest.npos)
      return {};
    digest[6] = '-';
    return folder / "blobs" / digest;
  }
  /// What the manifest's config says of the weights: "Q4_K_M".
  static std::string format_of(const fs::path& folder, const json::Json& manifest) {
    const auto config = manifest.find("config");
    if (config == manifest.end() || !config->is_object()) return {};
    const fs::path blob = blob_of(folder, text_in(*config, "digest"));
    const auto text = blob.empty() ? Result<std::string>(Error{}) : read_text(blob.string(), 1 << 20);
    const auto read = text ? json::parse_strict(*text) : Result<json::Json>(Error{});
    return read && read->is_object() ? text_in(*read, "file_type") : std::string();
  }

  void add(FoundModel m, const char* runtime, const ModelHint& hint) {
    const FoundNames names = names_of(hint, catalog_.runtime(runtime), catalog_);
    m.model = names.model;
    m.quant = names.quant;
    found_.push_back(std::move(m));
  }

  const Surroundings& s_;
  const Catalog& catalog_;
  std::vector<FoundModel> found_;
  std::set<fs::path> seen_;
};

}  // namespace

Surroundings Surroundings::of_process(const fs::path& root) {
  Surroundings s;
  s.root = root;
  s.home = variable("HOME");
  const std::string path = variable("PATH");
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(':', at), path.size());
    if (end > at) s.path.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return s;
}

std::vector<FoundProgram> find_programs(const Surroundings& s) {
  static constexpr const char* names[] = {"llama-bench",      "llama-server", "llama-cli", "ollama",
                                          "mlx_lm.benchmark", "vllm",         "lms",       "flm"};
  std::vector<std::pair<fs::path, std::string>> folders;
  for (const fs::path& folder : s.path) folders.emplace_back(folder, "in PATH");
  if (!s.home.empty())
    for (const char* name :
         {"llama.cpp/build/bin", "llama.cpp/build/bin/Release", "llama.cpp", "src/llama.cpp/build/bin",
          "git/llama.cpp/build/bin", ".local/bin", "bin", ".lmstudio/bin"})
      folders.emplace_back(s.home / name, std::string("in ~/") + name);
  for (const char* name : {"opt/homebrew/bin", "home/linuxbrew/.linuxbrew/bin", "usr/local/bin", "usr/bin",
                           "opt/llama.cpp/bin", "opt/llama.cpp/build/bin"})
    folders.emplace_back(s.root / name, std::string("in /") + name);
  std::vector<FoundProgram> out;
  for (const char* name : names) {
    FoundProgram p{name, {}, {}};
    for (const auto& entry : folders) {
      std::error_code error;
      const fs::path file = entry.first / name;
      if (!fs::is_regular_file(file, error) || ::access(file.c_str(), X_OK) != 0) continue;
      p.file = file;
      p.place = entry.second;
      break;
    }
    out.push_back(std::move(p));
  }
  return out;
}

std::vector<FoundModel> find_models(const Surroundings& s, const Catalog& catalog) { return Finder(s, catalog).find(); }

std::vector<FoundModel> named_models(const std::vector<std::string>& files, const Catalog& catalog) {
  std::vector<FoundModel> out;
  for (const std::string& file : files) {
    FoundModel m;
    m.file = file;
    m.name = m.file.filename().string();
    m.place = "named";
    m.size_B = size_of(m.file);
    const FoundNames names = names_of({m.name, "", ""}, catalog.runtime("llama.cpp-cpu"), catalog);
    m.model = names.model;
    m.quant = names.quant;
    out.push_back(std::move(m));
  }
  return out;
}

void look_into(FoundModel& m, const Catalog& catalog) {
  if (!m.model.empty() || m.kind != FoundModel::Kind::gguf) return;
  Catalog scratch = catalog;
  const auto id = add_model_from(m.file.string(), scratch);
  if (!id) return;
  ModelHint hint{m.name, "", ""};
  hint.parameters = count_parameters(*scratch.model(*id)).text;
  const FoundNames names = names_of(hint, catalog.runtime("llama.cpp-cpu"), catalog);
  m.model = names.model;
  if (m.quant.empty()) m.quant = names.quant;
}

std::vector<std::size_t> choose_two(const std::vector<Candidate>& all, double most_B) {
  std::vector<std::size_t> able;
  const bool any_named = std::any_of(all.begin(), all.end(), [](const Candidate& c) { return c.named; });
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((all[i].named || !any_named) && !(all[i].size_B > most_B)) able.push_back(i);
  if (able.empty()) return {};
  const auto smaller = [&](std::size_t a, std::size_t b) {
    const double x = is_known(all[a].size_B) ? all[a].size_B : 0, y = is_known(all[b].size_B) ? all[b].size_B : 0;
    return x < y;
  };
  std::stable_sort(able.begin(), able.end(), smaller);
  const std::size_t smallest = able.front();
  if (able.size() == 1) return {smallest};
  std::size_t other = able.back();
  if (all[other].size_B < 1.3 * all[smallest].size_B) {
    const auto it = std::find_if(able.rbegin(), able.rend(),
                                 [&](std::size_t i) { return i != smallest && all[i].quant != all[smallest].quant; });
    if (it != able.rend()) other = *it;
  }
  return {smallest, other};
}

}  // namespace edgewise
