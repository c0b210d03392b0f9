#include "edgewise/prior.h"

#include <cstddef>
#include <cstdlib>

namespace edgewise {

Parameters learned_sd[6];

Parameters prior_sd(Level level) {
  Parameters sd;
  static const double x_study = getenv("XS") ? atof(getenv("XS")) : 0.2;
  const auto set = [&](Parameter p, double processor, double runtime, double cls, double board) {
    // A power mode differs from its board by what its clocks do not explain: little.
    const double widths[] = {processor, runtime, cls, board, board / 2, board * x_study};
    sd[p] = widths[static_cast<std::size_t>(level)];
  };
  set(Parameter::bandwidth_share, 0.4, 0.25, 0.2, 0.4);
  set(Parameter::kv_bandwidth_share, 0.7, 0.4, 0.3, 0.5);
  set(Parameter::decode_rate_share, 1.0, 0.4, 0.4, 0.6);
  set(Parameter::prefill_rate_share, 1.0, 0.7, 0.5, 0.6);
  set(Parameter::prefill_half_rows, 0.7, 0.5, 0.4, 0.6);
  set(Parameter::attention_decode_share, 0.6, 0.3, 0.25, 0.5);
  set(Parameter::attention_prefill_share, 1.0, 0.5, 0.4, 0.6);
  set(Parameter::recurrent_prefill_share, 0.7, 1.0, 0.7, 1.0);
  // Few boards tell, and they differ: what is learnt of one says little of the others.
  set(Parameter::batch_rate_share, 0.3, 0.2, 0.2, 0.5);
  set(Parameter::sequence_s, 0.5, 0.3, 0.3, 0.8);
  set(Parameter::step_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::launch_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::recurrent_layer_s, 1.0, 1.5, 1.0, 1.5);  // a runtime has a kernel for them or goes to the host
  set(Parameter::prefill_step_s, 1.0, 0.7, 0.5, 0.8);
  set(Parameter::decode_power_share, 0.5, 0.3, 0.3, 0.6);
  set(Parameter::prefill_power_share, 0.5, 0.3, 0.3, 0.6);
  set(Parameter::idle_share, 0.05, 0.05, 0.05, 1.0);  // a board's sensor may see one rail only
  const double cost[] = {0.35, 0.3, 0.25, 0.3, 0.15, 0.3 * x_study}, efficiency[] = {0.7, 0.5, 0.4, 0.3, 0.15, 0.3 * x_study};
  const auto& o = learned_sd[static_cast<std::size_t>(level)];
  for (std::size_t i = 0; i < parameter_count; ++i)
    if (o.value[i] > 0) sd.value[i] = o.value[i];
  sd.decode_cost.fill(cost[static_cast<std::size_t>(level)]);
  sd.prefill_efficiency.fill(efficiency[static_cast<std::size_t>(level)]);
  if (o.decode_cost[0] > 0) sd.decode_cost.fill(o.decode_cost[0]);
  if (o.prefill_efficiency[0] > 0) sd.prefill_efficiency.fill(o.prefill_efficiency[0]);
  return sd;
}

Parameters physical_limits(Processor processor) {
  Parameters most;
  most[Parameter::bandwidth_share] = most[Parameter::kv_bandwidth_share] = processor == Processor::cpu ? 1.8 : 1;
  most[Parameter::batch_rate_share] = most[Parameter::decode_rate_share] = 2;
  most[Parameter::idle_share] = 1.5;
  return most;
}

}  // namespace edgewise
