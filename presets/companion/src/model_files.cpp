#include "model_files.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <vector>

#include "edgewise/import.h"
#include "edgewise/text.h"
#include "errors.h"
#include "files.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

constexpr double text_limit_B = 16.0 * 1048576;
// Vocabularies of 260,000 words stand in GGUF headers; safetensors' own limit for a header is 100 MB.
constexpr std::size_t gguf_head_B = 64u << 20, safetensors_head_B = 100u << 20;

/// "x-00001-of-00003.gguf": what stands before the number, and after it.
bool split_name(const std::string& name, std::string& before, std::string& after) {
  static const std::regex part(R"((.*)-\d{5}-of-(\d{5}\.(gguf|safetensors)))");
  std::smatch found;
  if (!std::regex_match(name, found, part)) return false;
  before = found[1];
  after = found[2];
  return true;
}

std::vector<fs::path> sorted_files(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const fs::directory_entry& e : fs::directory_iterator(folder, ignored))
    if (e.is_regular_file(ignored)) out.push_back(e.path());
  std::sort(out.begin(), out.end());
  return out;
}

bool is(const fs::path& path, const char* extension) { return lower(path.extension().string()) == extension; }

/// Files that say more of a checkpoint, beside its config.
bool says_more(const fs::path& path) {
  static const std::vector<std::string> names = {"config.json", "hf_quant_config.json", "quantize_config.json",
                                                 "quant_config.json", "openvino_config.json"};
  return std::find(names.begin(), names.end(), path.filename().string()) != names.end();
}

/// What belongs to `path`.
Result<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  if (!folder && is(path, ".gguf")) return parts_of(path);
  const bool index = path.filename().string().find(".index.json") != std::string::npos;
  const bool weights = is(path, ".safetensors");
  if (!folder && !index && !weights && !says_more(path)) return std::vector<fs::path>{path};

  const fs::path around = folder ? path : path.parent_path().empty() ? fs::path(".") : path.parent_path();
  std::vector<fs::path> out, gguf;
  for (const fs::path& file : sorted_files(around)) {
    if (says_more(file)) out.push_back(file);
    // Files in other layouts of the same weights, as "consolidated.safetensors", stand beside the shards.
    if (is(file, ".safetensors") && (folder || index) && file.filename().string().rfind("model", 0) == 0)
      out.push_back(file);
    if (is(file, ".gguf") && lower(file.filename().string()).find("mmproj") == std::string::npos) gguf.push_back(file);
  }
  if (weights)
    for (const fs::path& part : parts_of(path)) out.push_back(part);
  if (!out.empty() || !folder) return out;
  if (gguf.empty()) return Error{"no_file", path.string(), "holds no config.json, GGUF or safetensors file"};
  const auto whole = parts_of(gguf[0]);
  if (whole.size() < gguf.size())
    return Error{"ambiguous", path.string(), "holds several GGUF files: name one of them"};
  return whole;
}

Result<std::string> bytes_of(const fs::path& path) {
  if (is(path, ".gguf")) return read_head(path.string(), gguf_head_B);
  if (!is(path, ".safetensors")) return read_text(path.string(), text_limit_B);
  auto length = read_head(path.string(), 8);
  if (!length) return length;
  std::size_t size = 0;
  for (std::size_t i = 0; i < length->size(); ++i)
    size |= static_cast<std::size_t>(static_cast<unsigned char>((*length)[i])) << (8 * i);
  return read_head(path.string(), 8 + std::min(size, safetensors_head_B));
}

/// "model.safetensors" and "config.json" say nothing: the folder's name does.
std::string name_of(const fs::path& path) {
  std::string before, after;
  const std::string file = path.filename().string();
  std::string stem = split_name(file, before, after) ? before : path.stem().string();
  std::error_code ignored;
  const fs::path whole = fs::absolute(path, ignored).lexically_normal();
  if (fs::is_directory(path, ignored)) return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
  if (stem == "config" || stem == "model" || stem == "model.safetensors.index")
    if (std::string folder = whole.parent_path().filename().string(); !folder.empty()) stem = std::move(folder);
  return stem;
}

}  // namespace

std::vector<fs::path> parts_of(const fs::path& path) {
  std::string before, after, b, a;
  if (!split_name(path.filename().string(), before, after)) return {path};
  std::vector<fs::path> out;
  for (const fs::path& other : sorted_files(path.parent_path().empty() ? fs::path(".") : path.parent_path()))
    if (split_name(other.filename().string(), b, a) && b == before && a == after) out.push_back(other);
  return out;
}

Result<std::string> add_model_from(const std::string& text, Catalog& catalog) {
  const fs::path path(text);
  const auto paths = files_of(path);
  if (!paths) return paths.errors();
  std::vector<std::string> names, bytes;
  for (const fs::path& file : *paths) {
    auto read = bytes_of(file);
    if (!read) return read.errors();
    names.push_back(file.filename().string());
    bytes.push_back(std::move(*read));
  }
  std::vector<ModelFile> files;
  for (std::size_t i = 0; i < bytes.size(); ++i) files.push_back({names[i], bytes[i]});
  // The file's name becomes an id, which JSON has to carry.
  auto id = import_model(files, valid_utf8(name_of(path)), catalog);
  if (!id) return in_file(text, id.errors());
  return id;
}

}  // namespace edgewise
