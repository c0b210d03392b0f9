// Writes or compares the golden answers: edgewise_golden --write|--compare PRESETS GOLDEN
// Every number is written with 17 significant digits, which is every bit of a double.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "edgewise/json.h"
#include "edgewise/presets.h"

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Json exact(const Json& value) {
  if (value.is_number()) {
    char text[40];
    std::snprintf(text, sizeof text, "%.16e", value.get<double>());
    return text;
  }
  if (!value.is_structured()) return value;
  Json out = value;
  for (auto& child : out) child = exact(child);
  return out;
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  const bool write = std::string(argv[1]) == "--write";
  const fs::path presets = argv[2], golden = argv[3];

  edgewise::Catalog catalog;
  std::vector<fs::path> files = {presets / "device-classes.json", presets / "speculation.json"};
  for (const char* name : {"formats", "gguf", "full-precision"})
    files.push_back(presets / "quantizations" / (std::string(name) + ".json"));
  for (const auto& list : {json_files(presets / "models"), json_files(golden / "presets")})
    files.insert(files.end(), list.begin(), list.end());
  for (const auto& file : files)
    if (const auto added = edgewise::add_preset(catalog, read(file)); !added) {
      std::cerr << file << ": " << edgewise::to_text(edgewise::to_json(added.errors())) << "\n";
      return 1;
    }

  int different = 0;
  for (const Json& c : Json::parse(read(golden / "cases.json"))) {
    const auto query = edgewise::parse_query(c["query"].dump());
    const auto answer = query ? edgewise::answer(catalog, *query) : edgewise::Result<edgewise::Answer>(query.errors());
    const Json result = answer ? edgewise::to_json(*answer) : Json{{"errors", edgewise::to_json(answer.errors())}};
    const std::string text = exact(result).dump(1) + "\n";
    const fs::path file = golden / "expected" / (c["name"].get<std::string>() + ".json");
    if (write) {
      fs::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << text;
    } else if (read(file) != text) {
      std::cerr << file.string() << ": differs; ./dev golden writes it anew\n";
      ++different;
    }
  }
  return different == 0 ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
