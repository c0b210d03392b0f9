#include "priors.h"

#include <map>

namespace edgewise {

namespace {

/// Relative work of unpacking one weight and multiplying it, by what the format's layout asks of a vector
/// unit: a Q4_0 weight is 1. Where the search begins, not where it ends. Unknown for what costs like another format,
/// which it then follows, and for trellises, which compute their weights.
double unpacking_work(const Format& format) {
  if (format.costs_like) return unknown;
  static const std::map<std::string, double> work = {
      {"F32", 0.7},        {"F16", 0.7},       {"BF16", 0.8},   {"Q8_0", 0.9},       {"Q4_1", 1.1},
      {"Q5_0", 1.3},       {"Q5_1", 1.3},      {"Q2_K", 1.3},   {"Q3_K", 1.6},       {"Q4_K", 1.1},
      {"Q5_K", 1.4},       {"Q6_K", 1.5},      {"IQ4_NL", 1.3}, {"IQ4_XS", 1.3},     {"IQ3_S", 2.8},
      {"IQ3_XXS", 2.8},    {"IQ2_S", 3},       {"IQ2_XS", 3},   {"IQ2_XXS", 3},      {"IQ1_S", 2.5},
      {"IQ1_M", 3},        {"Q1_0", 1.3},      {"Q2_0", 1.3},   {"IQ1_KT", unknown}, {"IQ2_KT", unknown},
      {"IQ3_KT", unknown}, {"IQ4_KT", unknown}};
  const auto it = work.find(format.id);
  return it == work.end() ? 1 : it->second;
}

/// Rows at which a GPU vendor's library multiplies at half its rate.
constexpr double library_half_rows = 24;

}  // namespace

Parameters starting_point(Processor processor, const FormatTable& formats) {
  Parameters p;
  const bool cpu = processor == Processor::cpu, gpu = processor == Processor::gpu;
  p[Parameter::bandwidth_share] = 0.8;
  p[Parameter::kv_bandwidth_share] = 0.5;
  p[Parameter::decode_rate_share] = 1;
  p[Parameter::prefill_rate_share] = cpu ? 0.15 : gpu ? 0.3 : 0.2;
  p[Parameter::prefill_half_rows] = cpu ? 4 : gpu ? library_half_rows : 16;
  p[Parameter::attention_decode_share] = 0.06;
  p[Parameter::attention_prefill_share] = cpu ? 0.03 : 0.1;
  p[Parameter::recurrent_prefill_share] = cpu ? 0.03 : 0.1;
  p[Parameter::batch_rate_share] = 0.7;
  p[Parameter::state_bandwidth_share] = 0.5;
  p[Parameter::sequence_s] = 1e-4;
  p[Parameter::step_s] = 5e-4;
  p[Parameter::launch_s] = 5e-6;
  p[Parameter::recurrent_layer_s] = 2e-5;
  p[Parameter::prefill_step_s] = 2e-3;
  p[Parameter::decode_power_share] = 0.6;
  // The cores of a CPU wait at full clock.
  if (gpu) p[Parameter::work_power_share] = 0.4;
  p[Parameter::prefill_power_share] = 0.8;
  p[Parameter::idle_share] = 1;
  for (std::size_t f = 0; f < formats.size(); ++f) {
    const double work = unpacking_work(formats.formats()[f]);
    p.decode_cost[f] = (cpu ? 3 : gpu ? 8 : 50) * work;
    p.prefill_efficiency[f] = is_known(work) ? 1 : unknown;
  }
  return p;
}

// The attention of an eager runtime is a library's and runs at the rate of its products: Llama 3.2 1B on an L4 does
// 44 TFLOP/s at 32,768 tokens, half of them attention's.
Parameters believed(const Runtime& runtime, const Parameters& processor) {
  Parameters own;
  if (runtime.eager) {
    own[Parameter::launch_s] = eager_launch_s;
    own[Parameter::prefill_step_s] = eager_prefill_step_s;
    own[Parameter::attention_prefill_share] = processor[Parameter::prefill_rate_share];
    own[Parameter::prefill_half_rows] = library_half_rows;
  }
  return own;
}

}  // namespace edgewise
