#include "peers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

#include "edgewise/device.h"

namespace edgewise {

bool matches(const std::string& text, const char* pattern) { return std::regex_search(text, std::regex(pattern)); }

namespace {

/// Values by a pattern of the quantization's name; the first that matches counts.
struct Pattern {
  std::regex regex;
  double value;
};
using Table = std::vector<Pattern>;

/// NaN where no pattern matches.
double first(const Table& table, const std::string& quant) {
  for (const Pattern& p : table)
    if (std::regex_search(quant, p.regex)) return p.value;
  return unknown;
}

constexpr const char* full_precision = "^(F16|BF16|fp16|bf16)$";

// llmfit 1.1.10, llmfit-core: fit.rs estimate_tps, models.rs, hardware.rs.
double llmfit(const PeerQuestion& q) {
  static const std::regex known_gpu(
      R"(50[6-9]0|40[6-9]0|30[6-9]0|20[6-8]0|16[56]0|H[12]00|A100|L40|L4\b|A10G?\b|\bT4\b|V100|A[456]000|80[56]0S|Strix Halo|RX 9070|RX 7[6-9]00|RX 6950|RX 6[6-9]00|MI\d00|Apple M\d)");
  static const Table bytes = {{std::regex(full_precision), 2},
                              {std::regex("^Q8_0$|^UD-Q8|^mlx-8bit$"), 1},
                              {std::regex("^Q6_K$|^UD-Q6"), 0.75},
                              {std::regex("^Q5_K_M$|^UD-Q5"), 0.625},
                              {std::regex("^Q3_K_M$|^UD-Q3"), 0.375},
                              {std::regex("^Q2_K$|^UD-Q2"), 0.25},
                              {std::regex("."), 0.5}};
  static const Table stored = {{std::regex(full_precision), 2},       {std::regex("^Q8_0$|^UD-Q8"), 1.05},
                               {std::regex("^mlx-8bit$"), 1},         {std::regex("^Q6_K$|^UD-Q6"), 0.8},
                               {std::regex("^Q5_K_M$|^UD-Q5"), 0.68}, {std::regex("^Q3_K_M$|^UD-Q3"), 0.48},
                               {std::regex("^Q2_K$|^UD-Q2"), 0.37},   {std::regex("^mlx-4bit$"), 0.55},
                               {std::regex("^awq|^gptq"), 0.5},       {std::regex("."), 0.58}};
  static const Table speed = {
      {std::regex(full_precision), 0.6},   {std::regex("^Q8_0$|^UD-Q8"), 0.8},
      {std::regex("^mlx-8bit$"), 0.85},    {std::regex("^Q6_K$|^UD-Q6"), 0.95},
      {std::regex("^Q5_K_M$|^UD-Q5"), 1},  {std::regex("^(Q4_K_M|Q4_0|mlx-4bit)$|^UD-Q4"), 1.15},
      {std::regex("^awq|^gptq"), 1.2},     {std::regex("^Q3_K_M$|^UD-Q3"), 1.25},
      {std::regex("^Q2_K$|^UD-Q2"), 1.35}, {std::regex("."), 1}};
  static const std::map<std::string, double> constants = {{"cuda", 220}, {"metal", 160},  {"mlx", 250},
                                                          {"rocm", 180}, {"vulkan", 150}, {"sycl", 100}};
  if (!q.gguf && !matches(q.quant, "^mlx-|^awq|^gptq") && !matches(q.quant, full_precision)) return unknown;
  const double bonus = !is_known(q.cores) || q.cores >= 8 ? 1.1 : 1;
  if (q.processor == "cpu") return ((q.arm ? 90 : 70) / q.active_b) * first(speed, q.quant) * bonus * 0.3;
  const auto constant = constants.find(q.backend);
  if (q.processor != "gpu" || q.mobile || constant == constants.end()) return unknown;
  if (!std::regex_search(q.name, known_gpu)) return (constant->second / q.active_b) * first(speed, q.quant) * bonus;
  if (!q.moe) return (q.bandwidth_gb_s / (q.parameters_b * first(bytes, q.quant))) * 0.55;
  // Experts read in their format; everything else counts 3.2 bytes a parameter. A full memory costs up to 70 %.
  const double experts = (q.layers * q.experts_per_token * 3 * q.hidden * q.moe_intermediate) / 1e9;
  const double rest = (q.layers * (2 * q.hidden * q.head_dim * (q.attention_heads + q.kv_heads) +
                                   3 * q.hidden * q.shared_intermediate + q.experts * q.hidden) +
                       2 * q.vocabulary * q.hidden) /
                      1e9;
  const double use = (q.parameters_b * first(stored, q.quant)) / q.memory_gib;
  const double pressure =
      use < 0.6 || use > 1 ? 1 : std::max(0.3, 1 - (use - 0.6) * (1 - q.experts_per_token / q.experts));
  return (q.bandwidth_gb_s / (experts * first(stored, q.quant) + rest * 3.2)) * pressure;
}

// whichllm 0.5.14: engine/performance.py, engine/quantization.py.
double whichllm(const PeerQuestion& q) {
  static const std::map<std::string, double> efficiencies = {
      {"F32", 0.3},     {"F16", 0.4},      {"BF16", 0.4},    {"Q8_0", 0.45},   {"Q6_K", 0.5},     {"Q5_K_M", 0.52},
      {"Q5_K_S", 0.52}, {"Q5_0", 0.5},     {"Q4_K_M", 0.55}, {"Q4_K_S", 0.55}, {"Q4_0", 0.53},    {"NVFP4", 0.56},
      {"MXFP4", 0.55},  {"Q3_K_M", 0.5},   {"Q3_K_S", 0.48}, {"Q3_K_L", 0.5},  {"Q2_K", 0.45},    {"IQ4_XS", 0.52},
      {"IQ4_NL", 0.5},  {"IQ3_S", 0.45},   {"IQ3_M", 0.45},  {"IQ3_XS", 0.45}, {"IQ3_XXS", 0.42}, {"IQ2_S", 0.4},
      {"IQ2_M", 0.4},   {"IQ2_XXS", 0.38}, {"Q2_0", 0.38},   {"Q1_0", 0.32}};
  static const std::map<std::string, double> backends = {
      {"nvidia", 1}, {"amd", 0.78}, {"apple", 0.82}, {"intel", 0.65}};
  std::string plain = std::regex_replace(q.quant, std::regex("^UD-"), "");
  plain = std::regex_replace(plain, std::regex("_MOE$"), "");
  plain = std::regex_replace(plain, std::regex("^mlx-"), "");
  for (char& c : plain) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  const double stored = q.gguf                                     ? q.weights_B
                        : matches(q.quant, full_precision)         ? q.parameters_b * 2e9
                        : matches(q.quant, "^awq|^gptq|^mlx-4bit") ? q.parameters_b * 0.5e9
                        : matches(q.quant, "^mlx-8bit|^w8a")       ? q.parameters_b * 1e9
                        : plain == "MXFP4"                         ? q.parameters_b * 0.53125e9
                        : plain == "NVFP4"                         ? q.parameters_b * 0.5625e9
                                                                   : unknown;
  if (!is_known(stored)) return unknown;
  const auto found = efficiencies.find(plain);
  const double efficiency = found == efficiencies.end() ? 0.45 : found->second;
  if (q.processor == "cpu") return std::max(0.3, ((18 / std::max(q.active_b, 0.5)) * efficiency) / 0.45);
  const auto backend = backends.find(q.vendor);
  if (q.processor != "gpu" || backend == backends.end() || (q.mobile && !q.apple)) return unknown;
  const double share = q.moe ? std::min(1.0, std::max(q.active_b / q.parameters_b,
                                                      std::min(0.25, 0.05 * std::max(1.0, q.bandwidth_gb_s / 256))))
                             : 1;
  return ((q.bandwidth_gb_s * 1e9) / (stored * share)) * efficiency * backend->second;
}

// canirun.ai, August 2026: packages/compatibility and packages/models. It offers seven quantizations.
double canirun(const PeerQuestion& q) {
  static const std::map<std::string, double> bytes = {
      {"Q2_K", 0.3125}, {"Q3_K_M", 0.4375}, {"Q4_K_M", 0.5}, {"Q5_K_M", 0.625}, {"Q6_K", 0.75},
      {"Q8_0", 1},      {"F16", 2},         {"BF16", 2},     {"fp16", 2},       {"bf16", 2}};
  const auto found = bytes.find(q.quant);
  if (found == bytes.end() || q.processor == "npu") return unknown;
  const double gib = 1073741824.0;
  const double needed =
      std::floor(std::max(((q.parameters_b * 1e9 * found->second) / gib) * 1.1 + 0.5, 0.5) * 10 + 0.5) / 10;
  const double read = q.active_b < q.parameters_b ? std::max(0.5, (needed * q.active_b) / q.parameters_b) : needed;
  return (q.bandwidth_gb_s / read) * (q.mobile ? 0.4 : q.apple ? 0.65 : 0.7);
}

// gguf-parser-go 0.25.0, "MAX TPS": file_estimate__llamacpp.go, with the device's metrics and the row's context.
double gguf_parser(const PeerQuestion& q) {
  if (!q.gguf || !(q.flops > 0) || q.processor == "npu") return unknown;
  const bool gpu = q.processor == "gpu";
  const double steps = 2048.0 / 512, bandwidth = q.bandwidth_gb_s * 1e9;
  // On a GPU the input table stays with the host; on a CPU a tied table counts twice.
  const double weights = gpu ? q.weights_B - (q.tied ? 0 : q.embedding_B) : q.weights_B + (q.tied ? q.embedding_B : 0);
  const double ends = (q.vocabulary * q.hidden) * (gpu ? 1 : 2);
  const double inside = q.parameters_b * 1e9 - q.vocabulary * q.hidden * (q.tied ? 1 : 2);
  const double step = std::max((2 * inside * steps + ends) / q.flops, weights / bandwidth) +
                      std::max((q.kv_B * steps) / q.flops, (q.kv_B * steps) / bandwidth) +
                      (q.hidden * 512 * 4) / bandwidth;
  return 1 / ((step * (q.layers + 1)) / (q.layers + 2));
}

// The rule of thumb: the datasheet's bandwidth over the file, of experts the share that one token uses.
double rule_of_thumb(const PeerQuestion& q) {
  return (q.bandwidth_gb_s * 1e9) / (q.weights_B * std::min(1.0, q.active_b / q.parameters_b));
}

}  // namespace

const std::vector<Peer>& peers() {
  static const std::vector<Peer> all = {
      {"llmfit", "llmfit 1.1.10", "https://github.com/AlexsJones/llmfit", llmfit},
      {"whichllm", "whichllm 0.5.14", "https://github.com/Andyyyy64/whichllm", whichllm},
      {"canirun", "canirun.ai, August 2026", "https://github.com/midudev/canirun.ai", canirun},
      {"gguf-parser", "gguf-parser-go 0.25.0, “MAX TPS”", "https://github.com/gpustack/gguf-parser-go", gguf_parser},
      {"bandwidth", "Bandwidth ÷ file size", "", rule_of_thumb}};
  return all;
}

}  // namespace edgewise
