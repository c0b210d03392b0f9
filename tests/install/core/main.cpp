// A program that uses the engine without JSON: the size of a model that it describes itself.
#include <cstdio>

#include "edgewise/cost.h"
#include "edgewise/version.h"

int main() {
  edgewise::Model model;
  model.hidden_size = 64;
  model.intermediate_size = 128;
  model.num_hidden_layers = 2;
  model.num_attention_heads = model.num_key_value_heads = 4;
  model.head_dim = 16;
  model.vocab_size = 1000;
  model.layers.resize(2);
  edgewise::FormatTable formats;
  formats.define({{.format = {.id = "F16", .block_weights = 1, .block_bytes = 2}}});
  const edgewise::ModelCost cost = edgewise::summarize(model, edgewise::Quantization{}, formats);
  std::printf("edgewise %s: %.0f parameters, %.0f bytes\n", EDGEWISE_VERSION, cost.parameters, cost.file_B);
}
