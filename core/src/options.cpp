#include "edgewise/options.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "edgewise/verdict.h"

namespace edgewise {

namespace {

/// Time in which the device's own host issues a module.
double issue_s(const Device& d) {
  double clock = 0;
  for (const CpuCluster& c : d.cpu_clusters)
    if (is_known(c.clock_hz)) clock = std::max(clock, c.clock_hz);
  return clock > 0 && d.kind == DeviceKind::soc_integrated ? eager_launch_s * std::max(1.0, eager_host_hz / clock)
                                                           : eager_launch_s;
}

bool is_llama_cpp(const Runtime& rt) { return rt.memory.model == MemoryModel::llama_cpp; }
bool reserves(const Runtime& rt) { return rt.reserve.of != ShareOf::nothing; }

/// Of the device's memory, before the runtime starts.
double free_B(const Answer& a) { return a.device.memory_capacity_B - a.rates.kept_B - a.rates.taken_B; }

struct Option {
  const char* field;
  double Workload::*member;
  bool (*known_to)(const Runtime&);
};
constexpr Option options[] = {{"gpu_memory_utilization", &Workload::gpu_memory_utilization, reserves},
                              {"max_num_batched_tokens", &Workload::max_num_batched_tokens, reserves},
                              {"max_num_seqs", &Workload::max_num_seqs, reserves},
                              {"enforce_eager", &Workload::enforce_eager, reserves},
                              {"micro_batch", &Workload::micro_batch, is_llama_cpp},
                              {"parallel", &Workload::parallel, is_llama_cpp},
                              {"kv_unified", &Workload::kv_unified, is_llama_cpp}};

bool has_host(const Answer& a) { return a.host != nullptr; }
bool has_draft(const Answer& a) { return a.cost.speculation != nullptr; }
bool has_second(const Answer& a) { return a.query.workload.devices > 1; }
bool has_image(const Answer& a) { return a.query.workload.images > 0; }

/// What says something of a part that there may be none of.
struct OfPart {
  const char* field;
  double Workload::*member;
  bool (*has)(const Answer&);
  const char* part;
};
constexpr OfPart of_parts[] = {{"host_cores", &Workload::host_cores, has_host, "host"},
                               {"host_memory_gib", &Workload::host_memory_gib, has_host, "host"},
                               {"host_memory_gb_s", &Workload::host_memory_gb_s, has_host, "host"},
                               {"draft_tokens", &Workload::draft_tokens, has_draft, "draft"},
                               {"acceptance", &Workload::acceptance, has_draft, "draft"},
                               {"row_split", &Workload::row_split, has_second, "second device"},
                               {"image_width", &Workload::image_width, has_image, "image"},
                               {"image_height", &Workload::image_height, has_image, "image"}};

}  // namespace

void apply_options(Rates& r, const Device& d, const Runtime& rt, const Workload& w) {
  r.reserve = resolve(rt.reserve, d, w);
  if (reserves(rt)) {
    r.memory.micro_batch = r.reserve.batched_tokens;
    if (is_known(w.max_num_batched_tokens)) r.prefill_chunk = w.max_num_batched_tokens;
    if (w.enforce_eager == 1 && !r.eager) r.issue_s = issue_s(d);
  }
  if (is_llama_cpp(rt) && is_known(w.micro_batch)) {
    r.memory.micro_batch = w.micro_batch;
    if (r.prefill_chunk > 0) r.prefill_chunk = w.micro_batch;
  }
}

bool states(const Answer& a, double Workload::*member) {
  const double x = a.query.workload.*member;
  return is_known(x) && x != Workload().*member &&
         std::none_of(a.taken.begin(), a.taken.end(), [&](const auto& taken) { return taken.first->member == member; });
}

double starting_share(const Answer& a) {
  const ShareOf of = a.runtime->reserve.of;
  const double excess_B = a.estimate[Term::reserved_B] - free_B(a);
  if ((of != ShareOf::total && of != ShareOf::fixed) || !(excess_B > 0)) return unknown;
  const double asked = a.rates.reserve.share, total_B = a.rates.reserve.total_B;
  const double share = std::floor((asked - excess_B / total_B) * 100 + 1e-9) / 100;
  const double held_B = a.estimate[Term::reserved_B] - (asked - share) * total_B;
  return a.estimate[Term::memory_B] <= a.estimate[Term::devices] * held_B ? share : unknown;
}

Errors option_warnings(const Answer& a) {
  Errors out;
  const Runtime& rt = *a.runtime;
  const Workload& w = a.query.workload;
  for (const Option& o : options)
    if (is_known(w.*o.member) && !o.known_to(rt))
      out.push_back(said("no_effect", o.field, "{runtime} has no option {option}", {rt.id, o.field}));
  for (const OfPart& o : of_parts)
    if (states(a, o.member) && !o.has(a))
      out.push_back(said("no_effect", o.field, "{option} has no effect: there is no {part}", {o.field, o.part}));
  const bool on_cpu = rt.processor == Processor::cpu;
  const Device& computes = !on_cpu && on_host(a.estimate) && a.host ? a.host->device : a.device;
  if (w.threads > 0 && !on_cpu && !on_host(a.estimate))
    out.push_back({"no_effect", "threads", "the CPU does not compute here"});
  else if (w.threads > computes.cores() && computes.cores() > 0)
    out.push_back(
        said("too_many", "threads",
             "{threads} threads are more than the {cores} cores of {device}: the speed is that of one for each "
             "core",
             {count(w.threads), count(computes.cores()), computes.name}));
  if (!reserves(rt)) return out;
  if (const double share = starting_share(a); is_known(share))
    out.push_back(said("refuses_to_start", "gpu_memory_utilization",
                       "{runtime} asks for {asked} where {free} are free, and does not start; {option} of {share} or "
                       "less lets it",
                       {rt.id, human(a.estimate[Term::reserved_B], "B"), human(free_B(a), "B"), rt.reserve.option,
                        significant(share)}));
  if (a.model->vision && rt.memory.model == MemoryModel::vllm)
    out.push_back(
        said("encoder_profile", "gpu_memory_utilization",
             "{runtime} also reserves for the largest images that the model takes, which is not counted here, "
             "unless it is started without images",
             {rt.id}));
  return out;
}

bool refuses_values_of(const Runtime& rt, const Format& format, bool flash_attention) {
  return is_llama_cpp(rt) && !flash_attention && format.block_weights > 1;
}

}  // namespace edgewise
