#include "edgewise/runtime.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "edgewise/prior.h"

namespace edgewise {

const char* to_string(Parameter p) {
  static constexpr std::array<const char*, parameter_count> names = {"bandwidth_share",
                                                                     "kv_bandwidth_share",
                                                                     "decode_rate_share",
                                                                     "prefill_rate_share",
                                                                     "prefill_half_rows",
                                                                     "attention_decode_share",
                                                                     "attention_prefill_share",
                                                                     "activation_share",
                                                                     "recurrent_prefill_share",
                                                                     "batch_rate_share",
                                                                     "state_bandwidth_share",
                                                                     "sequence_s",
                                                                     "step_s",
                                                                     "launch_s",
                                                                     "row_s",
                                                                     "recurrent_layer_s",
                                                                     "prefill_step_s",
                                                                     "decode_power_share",
                                                                     "work_power_share",
                                                                     "prefill_power_share",
                                                                     "idle_share"};
  return names[static_cast<std::size_t>(p)];
}

Parameters Parameters::over(const Parameters& base) const {
  Parameters out = *this;
  const auto fill = [](auto& to, const auto& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = is_known(to[i]) ? to[i] : from[i];  // without a branch
  };
  fill(out.value, base.value);
  fill(out.decode_cost, base.decode_cost);
  fill(out.prefill_efficiency, base.prefill_efficiency);
  return out;
}

namespace {

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

namespace {

/// The number itself, of Parameters or const Parameters.
template <class P>
auto& standing(P& p, const ParameterPlace& place) {
  switch (place.table) {
    case ParameterPlace::Table::decode_cost:
      return p.decode_cost[place.index];
    case ParameterPlace::Table::prefill_efficiency:
      return p.prefill_efficiency[place.index];
    case ParameterPlace::Table::value:
      break;
  }
  return p.value[place.index];
}

}  // namespace

Parameters at_speed(Parameters p, const ModelSpeed& speed, Processor processor) {
  const Parameters most = physical_limits(processor);
  const auto scale = [&](double by, std::initializer_list<Parameter> rates, std::initializer_list<Parameter> times) {
    if (!is_known(by)) return;
    for (const Parameter rate : rates) {
      const double before = p[rate];
      p[rate] *= by;
      if (p[rate] > most[rate]) p[rate] = std::max(most[rate], before);
    }
    for (const Parameter time : times) p[time] /= by;
  };
  scale(
      speed.decode,
      {Parameter::bandwidth_share, Parameter::kv_bandwidth_share, Parameter::state_bandwidth_share,
       Parameter::decode_rate_share, Parameter::attention_decode_share},
      {Parameter::sequence_s, Parameter::step_s, Parameter::launch_s, Parameter::row_s, Parameter::recurrent_layer_s});
  scale(speed.prefill,
        {Parameter::prefill_rate_share, Parameter::attention_prefill_share, Parameter::activation_share,
         Parameter::recurrent_prefill_share},
        {Parameter::prefill_step_s});
  return p;
}

const ModelSpeed* find_speed(const std::vector<ModelSpeed>& speeds, std::string_view model, const ModelCost& cost) {
  if (speeds.empty()) return nullptr;
  // A file may hold a few numbers that nothing is multiplied by, as tables of a position embedding.
  constexpr double like = 1e-4;
  const double weights = multiplied_weights(cost);
  const auto it = std::find_if(speeds.begin(), speeds.end(), [&](const ModelSpeed& s) {
    return is_known(s.weights) ? std::fabs(s.weights - weights) <= like * weights : s.model == model;
  });
  return it == speeds.end() ? nullptr : &*it;
}

double& ParameterPlace::in(Parameters& p) const { return standing(p, *this); }
double ParameterPlace::of(const Parameters& p) const { return standing(p, *this); }

bool Runtime::runs(const Quantization& recipe) const {
  return (has(quantizations, recipe.id) || has(quantizations, recipe.family)) &&
         (no_kernels.none() || (no_kernels & recipe.formats()).none());
}

double Runtime::compute_capability_for(const Quantization& recipe) const {
  const std::bitset<max_formats> formats = recipe.formats();
  double least = unknown;
  for (std::size_t i = 0; i < max_formats; ++i)
    if (formats[i] && !(compute_capability[i] <= least) && is_known(compute_capability[i]))
      least = compute_capability[i];
  return least;
}

bool Runtime::runs(const Quantization& recipe, const Device& d) const {
  return runs(recipe) &&
         !(is_known(d.gpu_compute_capability) && d.gpu_compute_capability < compute_capability_for(recipe));
}

bool Runtime::runs_on(const Device& d) const { return runs_on(processor_class(d, processor)); }

bool Runtime::runs_on(std::string_view of_processor) const {
  return !of_processor.empty() && (processor_classes.empty() || has(processor_classes, of_processor));
}

double Runtime::rank_for(const Device& d) const {
  // A desktop chip's graphics of two units are there for the screen: the cores beside them compute more.
  const bool for_the_screen =
      processor == Processor::gpu && d.kind == DeviceKind::soc_integrated && d.gpu_fp32_flops < d.cpu_fp32_flops;
  if (for_the_screen) return rank;
  for (const RankRule& rule : rank_on)
    if ((!rule.kind || *rule.kind == d.kind) &&
        (rule.processor_classes.empty() || has(rule.processor_classes, processor_class(d, processor))))
      return rule.rank;
  return rank;
}

bool Runtime::repacks_tied_output(const Device& d) const {
  return !tied_output_repacked_on.empty() && has(tied_output_repacked_on, processor_class(d, processor));
}

}  // namespace edgewise
