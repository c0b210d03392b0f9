// Writes a GGUF file that llama.cpp loads and that says nothing: a preset's shapes in a recipe's formats, every weight
// random. Speed and memory depend on shapes and formats alone, so nothing need be downloaded to measure them.
//   edgewise_engine_gguf MODEL RECIPE FILE [--vocabulary]
// MODEL is the id of a preset, or the path of a config.json of shapes that nobody publishes. llama-bench needs no
// vocabulary; a server does, and gets one of bytes.
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "bundle.h"
#include "edgewise/presets.h"
#include "gguf_writer.hpp"
#include "model_files.h"

namespace {

using namespace edgewise;
namespace fs = std::filesystem;

/// Where a block of a format holds its half precision factors; its other bytes may have any value.
struct Stored {
  const char* id;
  std::uint32_t ggml_type, file_type;
  std::size_t scale;   ///< byte of the factor of the quants
  std::size_t offset;  ///< byte of the factor of the minimum; 0: none
  double step;         ///< a factor that gives weights of about 0.02
};
constexpr std::array<Stored, 11> stored_formats = {{
    {"Q4_0", 2, 2, 0, 0, 4e-3},
    {"Q4_1", 3, 3, 0, 2, 4e-3},
    {"Q5_0", 6, 8, 0, 0, 2e-3},
    {"Q5_1", 7, 9, 0, 2, 2e-3},
    {"Q8_0", 8, 7, 0, 0, 3e-4},
    {"Q2_K", 10, 10, 80, 82, 2e-3},
    {"Q3_K", 11, 12, 108, 0, 5e-4},
    {"Q4_K", 12, 15, 0, 2, 1e-4},
    {"Q5_K", 13, 17, 0, 2, 6e-5},
    {"Q6_K", 14, 18, 208, 0, 2e-5},
    {"IQ4_NL", 20, 25, 0, 0, 3e-4},
}};
constexpr std::uint32_t f32_type = 0, f16_type = 1;

class Random {
 public:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

 private:
  std::uint64_t state_ = 88172645463325252ull;
};

/// Half precision of a positive number below 1, by truncation.
std::uint16_t half(double x) {
  int exponent = 15;
  while (x < 1 && exponent > 0) {
    x *= 2;
    --exponent;
  }
  if (exponent == 0) return static_cast<std::uint16_t>(x / 2 * 1024);
  return static_cast<std::uint16_t>(exponent << 10 | static_cast<int>((x - 1) * 1024));
}

/// The bytes of one tensor.
std::vector<char> content(const FormatTable& formats, const test::StoredTensor& t, Random& random) {
  std::vector<char> bytes(test::GgufWriter::aligned(t.size));
  if (t.type == f32_type) {
    const float one = 1;  // norms that change nothing
    for (std::size_t i = 0; i < t.size; i += sizeof one) std::memcpy(bytes.data() + i, &one, sizeof one);
    return bytes;
  }
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    std::uint64_t word = random.next();
    // Of halves: any sign and fraction, magnitudes from 2^-8 to 2^-5.
    if (t.type == f16_type) word = (word & 0x87ff87ff87ff87ffull) + 0x1c001c001c001c00ull;
    std::memcpy(bytes.data() + i, &word, 8);
  }
  for (const Stored& s : stored_formats) {
    if (s.ggml_type != t.type) continue;
    const auto block = static_cast<std::size_t>(formats[*formats.find(s.id)].block_bytes);
    const std::uint16_t scale = half(s.step), offset = half(s.step / 2);
    for (std::size_t i = 0; i < t.size; i += block) {
      std::memcpy(bytes.data() + i + s.scale, &scale, sizeof scale);
      if (s.offset > 0) std::memcpy(bytes.data() + i + s.offset, &offset, sizeof offset);
    }
  }
  return bytes;
}

Role role_of(std::string name) {
  name = name.substr(0, name.rfind('.'));
  if (name.rfind("blk.", 0) == 0) name = name.substr(name.find('.', 4) + 1);
  for (std::size_t r = 0; r < static_cast<std::size_t>(Role::count); ++r)
    if (name == to_string(static_cast<Role>(r))) return static_cast<Role>(r);
  return Role::norm;
}

/// Gives a tensor the format that the recipe gives it, as ggml numbers it.
void store(test::StoredTensor& t, const Model& model, const Quantization& recipe, const FormatTable& formats) {
  const bool in_layer = t.name.rfind("blk.", 0) == 0;
  const std::int32_t layer = in_layer ? std::stoi(t.name.substr(4)) : -1;
  const double rows = t.dims.size() > 1 ? static_cast<double>(t.dims[1]) : 1;
  const bool bias = t.name.size() > 5 && t.name.compare(t.name.size() - 5, 5, ".bias") == 0;
  const Role role = bias ? Role::bias : role_of(t.name);
  const FormatIndex f =
      format_of(recipe, formats, model, {role, Operator::other, layer, layer, static_cast<double>(t.dims[0]), rows, 1},
                static_cast<std::int32_t>(model.layers.size()));
  const Format& format = formats[f];
  t.size = static_cast<std::uint64_t>(static_cast<double>(t.dims[0]) * rows * format.bytes_per_weight());
  if (format.id == "F32")
    t.type = f32_type;
  else if (format.id == "F16")
    t.type = f16_type;
  else {
    t.type = ~0u;
    for (const Stored& s : stored_formats)
      if (format.id == s.id) t.type = s.ggml_type;
    if (t.type == ~0u) throw std::runtime_error(t.name + ": no random blocks are known for format " + format.id);
  }
}

std::uint32_t file_type(const std::string& recipe) {
  for (const Stored& s : stored_formats)
    if (recipe.rfind(s.id, 0) == 0) return s.file_type;
  return 1;
}

/// The smallest vocabulary that llama.cpp takes any text apart with: every byte is a token, the rest only fill up.
std::vector<std::string> bytes_and_fillers(std::size_t size) {
  std::vector<std::string> out = {"<unk>", "<s>", "</s>"};
  constexpr char digits[] = "0123456789ABCDEF";
  for (int byte = 0; byte < 256; ++byte)
    out.push_back(std::string("<0x") + digits[byte >> 4] + digits[byte & 15] + ">");
  while (out.size() < size) out.push_back("w" + std::to_string(out.size()));
  out.resize(size);
  return out;
}

void write(std::string model_id, const std::string& recipe_id, const fs::path& file, bool vocabulary) {
  Catalog catalog;
  if (const Errors errors = add_presets(catalog, bundled_presets()); !errors.empty())
    throw std::runtime_error(errors[0].path + ": " + errors[0].message);
  if (fs::is_regular_file(model_id)) {
    const auto added = add_model_from(model_id, catalog);
    if (!added) throw std::runtime_error(added.errors()[0].path + ": " + added.errors()[0].message);
    model_id = *added;
  }
  const Model* model = catalog.model(model_id);
  if (!model) throw std::runtime_error(model_id + ": no such model preset");
  const Quantization* recipe = catalog.quantization(recipe_id);
  if (!recipe) throw std::runtime_error(recipe_id + ": no such recipe");
  // Families whose tensors and keys the writer knows to be all that llama.cpp asks for.
  constexpr std::array<std::pair<const char*, const char*>, 7> architectures = {{{"llama", "llama"},
                                                                                 {"smollm2", "llama"},
                                                                                 {"tinyllama", "llama"},
                                                                                 {"qwen2", "qwen2"},
                                                                                 {"qwen2.5", "qwen2"},
                                                                                 {"qwen3", "qwen3"},
                                                                                 {"gemma-3", "gemma3"}}};
  std::string architecture;
  for (const auto& [prefix, name] : architectures)
    if (model_id.rfind(prefix, 0) == 0) architecture = name;
  if (architecture.empty()) throw std::runtime_error(model_id + ": the writer knows no GGUF architecture for it");

  std::vector<test::StoredTensor> tensors;
  test::GgufWriter header = test::gguf_of(
      *model, architecture,
      [&](test::StoredTensor& t) {
        store(t, *model, *recipe, catalog.formats());
        tensors.push_back(t);
      },
      file_type(recipe_id));
  header.text("general.name", "random weights");
  header.number(architecture + ".context_length", static_cast<std::uint32_t>(model->max_position_embeddings));
  header.real(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
  header.number(architecture + ".rope.dimension_count", static_cast<std::uint32_t>(model->head_dim));
  header.text("tokenizer.ggml.model", vocabulary ? "llama" : "no_vocab");
  if (vocabulary)
    header.strings("tokenizer.ggml.tokens", bytes_and_fillers(static_cast<std::size_t>(model->vocab_size)));

  // Whole or not at all: a killed run must not leave a file that looks finished.
  const fs::path part = file.string() + ".part";
  std::ofstream out(part, std::ios::binary);
  std::string head = header.bytes();
  head.resize(test::GgufWriter::aligned(head.size()));
  out << head;
  Random random;
  for (const auto& t : tensors) {
    const auto bytes = content(catalog.formats(), t, random);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  out.close();
  if (!out) {
    fs::remove(part);
    throw std::runtime_error(part.string() + ": cannot be written");
  }
  fs::rename(part, file);
}

}  // namespace

int main(int argc, char** argv) {
  const bool vocabulary = argc == 5 && std::string(argv[4]) == "--vocabulary";
  if (argc != 4 && !vocabulary) {
    std::cerr << "edgewise_engine_gguf MODEL RECIPE FILE [--vocabulary]\n";
    return 2;
  }
  try {
    write(argv[1], argv[2], argv[3], vocabulary);
  } catch (const std::exception& e) {
    std::cerr << "edgewise_engine_gguf: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
