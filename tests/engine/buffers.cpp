// What llama.cpp itself allocates for a model: nothing is read and nothing allocated, llama.cpp only says how large its
// buffers would be.
//   edgewise_engine_buffers METADATA.gguf FILE FTYPE FUSED ABSENT < CASES
// METADATA.gguf holds metadata alone: llama.cpp says itself which tensors such a model has, of what shape, and which
// format its quantizer gives each (FTYPE, as enum llama_ftype numbers them). They are written into FILE without data,
// which is a hole, and that is loaded as any file. ABSENT: ends of the names of tensors that the model does without,
// with a semicolon between them; what llama.cpp then asks for all the same is given back. FUSED is 1 where the files
// hold queries, keys and values in one tensor. A case is a line "CONTEXT SLOTS UNIFIED OUTPUTS" (the tokens of a pass
// whose logits are kept; 0: all), and is answered by a line of JSON, in bytes.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ggml-backend.h"
#include "ggml.h"
#include "gguf.h"
#include "llama-ext.h"
#include "llama.h"

// src/llama-model.h: for tests, as there.
const std::vector<std::pair<std::string, ggml_tensor*>>& llama_internal_get_tensor_map(const llama_model* model);

namespace {

std::string last_error;
void listen(ggml_log_level level, const char* text, void*) {
  static ggml_log_level before = GGML_LOG_LEVEL_NONE;
  if (level != GGML_LOG_LEVEL_CONT) before = level;
  if (before == GGML_LOG_LEVEL_ERROR) last_error += text;
  if (std::getenv("EDGEWISE_ENGINE_VERBOSE")) std::fputs(text, stderr);
}

[[noreturn]] void die(const std::string& what) {
  std::cerr << what << "\n" << last_error;
  std::exit(1);
}

struct Tensor {
  std::string name;
  std::vector<std::int64_t> dims;
  ggml_type type;
};

bool ends_with(const std::string& text, const std::string& end) {
  if (!end.empty() && end[0] == '\n') return text == end.substr(1);
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

llama_model_params without_data() {
  llama_model_params params = llama_model_default_params();
  params.no_alloc = true;
  params.load_mode = LLAMA_LOAD_MODE_NONE;
  params.n_gpu_layers = 0;
  return params;
}

/// The tensors that llama.cpp makes for this metadata, quantized as its quantizer does.
std::vector<Tensor> tensors_of(gguf_context* metadata, llama_ftype ftype, const std::vector<std::string>& absent,
                               bool fused) {
  llama_model* model = llama_model_init_from_user(
      metadata, [](ggml_tensor*, void*) {}, nullptr, without_data());
  if (!model) die("llama.cpp makes no model of this metadata");
  // Tensors of the names and shapes that the file will have.
  ggml_context* shapes = ggml_init({ggml_tensor_overhead() * 100000, nullptr, true});
  std::vector<ggml_tensor*> all;
  const auto add = [&](const std::string& name, int axes, const std::int64_t* ne) {
    ggml_tensor* t = ggml_new_tensor(shapes, GGML_TYPE_F32, axes, ne);
    ggml_set_name(t, name.c_str());
    all.push_back(t);
  };
  std::map<std::string, const ggml_tensor*> made;
  for (const auto& [name, tensor] : llama_internal_get_tensor_map(model)) made.emplace(name, tensor);
  for (const auto& [name, tensor] : llama_internal_get_tensor_map(model)) {
    bool left_out = made.at(name) != tensor;  // a tied output stands in the list twice
    for (const auto& end : absent) left_out = left_out || ends_with(name, end);
    if (left_out) continue;
    const auto letter = name.find("attn_");
    if (fused && letter != std::string::npos && name[letter + 6] == '.' &&
        std::string("qkv").find(name[letter + 5]) != std::string::npos) {
      if (name[letter + 5] != 'q') continue;
      std::int64_t ne[2] = {tensor->ne[0], 0};
      const bool bias = ends_with(name, ".bias");
      for (const char c : {'q', 'k', 'v'}) {
        std::string other = name;
        other[letter + 5] = c;
        const ggml_tensor* part = made.at(other);
        ne[1] += bias ? part->ne[0] : part->ne[1];
      }
      add(name.substr(0, letter) + "attn_qkv" + name.substr(letter + 6), bias ? 1 : 2, bias ? ne + 1 : ne);
      continue;
    }
    add(name, ggml_n_dims(tensor), tensor->ne);
  }
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = ftype;
  quantize_state_impl* quantizer = llama_quant_init(model, &params);
  std::vector<ggml_tensor*> quantized;
  for (ggml_tensor* t : all)
    if (llama_quant_tensor_allows_quantization(quantizer, t)) quantized.push_back(t);
  std::vector<ggml_type> types(quantized.size());
  llama_quant_compute_types(quantizer, ftype, quantized.data(), types.data(), quantized.size());
  llama_quant_free(quantizer);
  std::map<const ggml_tensor*, ggml_type> type_of;
  for (std::size_t i = 0; i < quantized.size(); ++i) type_of[quantized[i]] = types[i];
  std::vector<Tensor> out;
  for (const ggml_tensor* t : all) {
    const auto found = type_of.find(t);
    out.push_back({t->name, {t->ne, t->ne + ggml_n_dims(t)}, found == type_of.end() ? GGML_TYPE_F32 : found->second});
  }
  ggml_free(shapes);
  llama_model_free(model);
  return out;
}

/// A file whose data are a hole.
void write(const std::string& file, const gguf_context* metadata, const std::vector<Tensor>& tensors) {
  gguf_context* header = gguf_init_empty();
  gguf_set_kv(header, metadata);
  ggml_context* shapes = ggml_init({ggml_tensor_overhead() * (tensors.size() + 1), nullptr, true});
  for (const Tensor& t : tensors) {
    ggml_tensor* x = ggml_new_tensor(shapes, t.type, static_cast<int>(t.dims.size()), t.dims.data());
    ggml_set_name(x, t.name.c_str());
    gguf_add_tensor(header, x);
  }
  if (!gguf_write_to_file(header, file.c_str(), true)) die(file + ": cannot be written");
  std::uint64_t end = gguf_get_meta_size(header);
  for (std::int64_t i = 0; i < gguf_get_n_tensors(header); ++i)
    end = std::max<std::uint64_t>(end, gguf_get_meta_size(header) + gguf_get_tensor_offset(header, i) +
                                           GGML_PAD(gguf_get_tensor_size(header, i), gguf_get_alignment(header)));
  if (truncate(file.c_str(), static_cast<off_t>(end)) != 0) die(file + ": cannot be made so long");
  ggml_free(shapes);
  gguf_free(header);
}

/// The end of the name of the tensor that loading missed; empty: it was something else.
std::string missed() {
  for (const char* before : {"missing tensor '", "tensor '"}) {
    const auto at = last_error.rfind(before);
    if (at == std::string::npos) continue;
    const auto begin = at + std::string(before).size();
    std::string name = last_error.substr(begin, last_error.find('\'', begin) - begin);
    if (name.rfind("blk.", 0) == 0) name = name.substr(name.find('.', 4) + 1);
    return name;
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) die("edgewise_engine_buffers METADATA.gguf FILE FTYPE FUSED ABSENT < CASES");
  llama_log_set(listen, nullptr);
  ggml_backend_load_all();
  llama_backend_init();
  gguf_context* metadata = gguf_init_from_file(argv[1], {true, nullptr});
  if (!metadata) die(std::string(argv[1]) + ": is no GGUF file");
  const auto ftype = static_cast<llama_ftype>(std::atoi(argv[3]));
  std::vector<std::string> absent;
  std::stringstream ends(argv[5]);
  for (std::string end; std::getline(ends, end, ';');) absent.push_back(end);

  llama_model* model = nullptr;
  std::size_t tensor_bytes = 0;
  while (!model) {
    const auto tensors = tensors_of(metadata, ftype, absent, std::atoi(argv[4]) == 1);
    write(argv[2], metadata, tensors);
    last_error.clear();
    model = llama_model_load_from_file(argv[2], without_data());
    if (model) break;
    const std::string name = missed();
    const auto given_back =
        std::remove_if(absent.begin(), absent.end(), [&](const std::string& end) { return ends_with(name, end); });
    if (name.empty() || given_back == absent.end()) die("llama.cpp does not load this model");
    absent.erase(given_back, absent.end());
  }
  gguf_context* written = gguf_init_from_file(argv[2], {true, nullptr});
  for (std::int64_t i = 0; i < gguf_get_n_tensors(written); ++i) tensor_bytes += gguf_get_tensor_size(written, i);

  for (std::string line; std::getline(std::cin, line);) {
    std::stringstream in(line);
    llama_context_params params = llama_context_default_params();
    int unified = 0;
    in >> params.n_ctx >> params.n_seq_max >> unified >> params.n_outputs_max;
    params.kv_unified = unified == 1;
    params.swa_full = false;  // as all programs but llama-bench have it
    params.n_batch = 2048;
    params.n_ubatch = 512;
    last_error.clear();
    llama_context* context = llama_init_from_model(model, params);
    if (!context) die("llama.cpp makes no context of " + line);
    llama_memory_breakdown_data sum;
    for (const auto& [type, bytes] : llama_get_memory_breakdown(context)) {
      sum.model += bytes.model;
      sum.context += bytes.context;
      sum.compute += bytes.compute;
    }
    std::cout << "{\"tensors\":" << tensor_bytes << ",\"model\":" << sum.model << ",\"context\":" << sum.context
              << ",\"compute\":" << sum.compute << "}" << std::endl;
    llama_free(context);
  }
  llama_model_free(model);
  return 0;
}
