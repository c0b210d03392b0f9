#include "edgewise/prior.h"

#include <cmath>
#include <cstddef>

namespace edgewise {

// Widths that make the published rows the most probable (expectation maximisation over the hierarchy, rounded): 0.3 is
// a third more or less. How far a power mode lies from its board its clocks do not explain: little.
Parameters prior_sd(Level level) {
  Parameters sd;
  const auto set = [&](Parameter p, double processor, double runtime, double cls, double board, double mode) {
    const double widths[] = {processor, runtime, cls, board, mode};
    sd[p] = widths[static_cast<std::size_t>(level)];
  };
  // What a memory gives is the best known of all.
  set(Parameter::bandwidth_share, 0.1, 0.1, 0.15, 0.25, 0.1);
  set(Parameter::kv_bandwidth_share, 1.2, 0.55, 0.3, 0.5, 0.2);
  set(Parameter::decode_rate_share, 0.9, 0.55, 0.4, 0.45, 0.15);
  set(Parameter::prefill_rate_share, 0.5, 0.55, 0.45, 0.3, 0.1);
  set(Parameter::prefill_half_rows, 0.8, 0.6, 0.4, 0.7, 0.2);
  set(Parameter::attention_decode_share, 1, 0.4, 0.3, 0.65, 0.25);
  set(Parameter::attention_prefill_share, 0.4, 1.3, 0.6, 0.75, 0.15);
  set(Parameter::activation_share, 0.4, 0.4, 0.3, 0.4, 0.15);
  set(Parameter::recurrent_prefill_share, 2.5, 0.8, 0.6, 0.9, 0.5);
  set(Parameter::batch_rate_share, 0.3, 0.4, 0.2, 0.75, 0.25);
  set(Parameter::state_bandwidth_share, 0.4, 0.9, 0.4, 0.5, 0.2);
  set(Parameter::sequence_s, 0.4, 0.5, 0.4, 2, 0.4);
  set(Parameter::step_s, 1.2, 1, 0.6, 0.9, 0.4);
  set(Parameter::launch_s, 0.75, 0.55, 0.5, 0.65, 0.3);
  set(Parameter::row_s, 0.75, 0.55, 0.5, 0.65, 0.3);
  set(Parameter::recurrent_layer_s, 2.5, 1.2, 1, 0.9, 0.5);
  set(Parameter::prefill_step_s, 1.9, 0.8, 0.7, 0.9, 0.25);
  set(Parameter::decode_power_share, 0.5, 0.3, 0.3, 0.6, 0.3);
  set(Parameter::work_power_share, 0.8, 0.5, 0.7, 0.7, 0.2);  // what is held at a limit of power follows nothing
  set(Parameter::prefill_power_share, 0.5, 0.3, 0.3, 0.6, 0.3);
  set(Parameter::idle_share, 0.05, 0.05, 0.05, 1.0, 0.5);  // a board's sensor may see one rail only
  static constexpr double cost[] = {0.3, 0.25, 0.2, 0.2, 0.1}, efficiency[] = {0.4, 0.3, 0.25, 0.22, 0.05};
  sd.decode_cost.fill(cost[static_cast<std::size_t>(level)]);
  sd.prefill_efficiency.fill(efficiency[static_cast<std::size_t>(level)]);
  return sd;
}

namespace {

double most_bandwidth_share(Processor processor) { return processor == Processor::cpu ? 1.8 : 1; }

}  // namespace

double most_bandwidth_share(const Device& d, Processor processor) {
  const double most = most_bandwidth_share(processor);
  if (processor != Processor::cpu) return most;
  const double peak = d.memory_bandwidth_Bps / d.cpu_bandwidth_Bps();
  return d.one_thread_bandwidth && is_known(peak) ? peak : std::fmin(most, peak);
}

Parameters physical_limits(Processor processor) {
  Parameters most;
  for (const Parameter p : bandwidth_shares) most[p] = most_bandwidth_share(processor);
  most[Parameter::batch_rate_share] = most[Parameter::decode_rate_share] = 2;
  most[Parameter::idle_share] = 1.5;
  most[Parameter::work_power_share] = 1;
  return most;
}

}  // namespace edgewise
