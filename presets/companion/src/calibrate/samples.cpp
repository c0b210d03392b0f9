#include "samples.h"

#include <cmath>
#include <set>

#include "edgewise/metric.h"

namespace edgewise {

std::string board_of(const Device& d) {
  // "NAME-8gb" and "NAME-16gb" are one board where bandwidth and rates agree (they do not on Jetson modules).
  std::string name = d.id;
  const auto dash = name.rfind('-');
  if (dash != std::string::npos && name.size() > dash + 2 && name.compare(name.size() - 2, 2, "gb") == 0)
    name.resize(dash);
  const auto whole = [](double x) {
    return is_known(x) ? std::to_string(static_cast<long long>(x / 1e6)) : std::string("?");
  };
  return name + "@" + whole(d.memory_bandwidth_Bps) + "/" + whole(d.cpu_fp32_flops) + "/" + whole(d.gpu_fp32_flops);
}

namespace {

/// By how much less n configurations of one study, model and setting say together than n that have nothing in common
/// (Kish's design effect): formats and batches of one model share what a study does and what a model is. Held-out
/// errors are least about this correlation, and flat.
double design_effect(double n) {
  constexpr double correlation = 0.5;
  return 1 + correlation * std::fmax(0.0, n - 1);
}

}  // namespace

Samples::Samples(const std::vector<Row>& rows, const Catalog& catalog) : catalog_(catalog) {
  std::map<std::string, double> rows_of_configuration;
  const auto key = [](const RowSample& s) { return s.row.configuration + to_string(info(s.metric).kind); };
  for (const Row& row : rows) {
    if (!row.reason.empty()) continue;
    // A reading teaches of its scope what nobody could answer before.
    Row plain = row;
    plain.query.power_scope.clear();
    const auto a = answer_row(plain, catalog);
    if (!a) continue;
    const Query& q = a->query;
    RowSample s;
    s.row = row;
    s.row.query = q;
    // Paging and host offload say how fast the storage or the link is, not the device.
    if (row.exclude.empty() && !row.placement.empty())
      s.row.exclude = "not the device alone";
    else if (row.exclude.empty() && info(row.metric).kind != Kind::memory && exceeds_memory(a->estimate))
      s.row.exclude = "does not fit in memory";
    s.board = board_of(catalog.device(q.device)->device);
    s.site = s.board + "|" + q.runtime;
    s.setting = s.site + "|" + q.power_mode;
    s.processor_class = processor_class(a->device, a->runtime->processor);
    if (const std::string& scope = row.query.power_scope; scope.empty()) {
      s.shipped = a->ranged(row.metric);
    } else {
      const auto of_scope = answer(catalog, row.query);
      if (of_scope) s.shipped = of_scope->ranged(row.metric);
      s.scope = find_scope(scope);
      if (const DevicePreset* host = catalog.device(row.host)) s.host_idle_w = host->device.idle_w;
    }
    s.model = &costs_.emplace(q.model + "|" + q.quant, a->cost).first->second;
    s.device = &devices_.emplace(q.device + "|" + q.power_mode, a->device).first->second;
    s.runtime = a->runtime;
    s.kv_bytes_per_element = a->rates.kv_bytes_per_element;
    s.workload = q.workload;
    s.metric = row.metric;
    s.value = row.value;
    rows_of_configuration[key(s)] += 1;
    samples_.push_back(std::move(s));
  }
  const auto counts = [](const RowSample& s) { return s.row.exclude.empty() && s.value > 0 && s.workload.batch == 1; };
  std::set<std::string> with_decode;
  for (const RowSample& s : samples_)
    if (counts(s) && info(s.metric).kind == Kind::decode) with_decode.insert(s.setting);
  std::map<std::string, double> votes_of_cluster;
  for (RowSample& s : samples_) {
    s.vote = 1 / rows_of_configuration[key(s)];
    s.cluster = s.setting + "|" + s.row.source + "|" + std::to_string(multiplied_weights(*s.model)) +
                to_string(info(s.metric).kind);
    if (s.row.exclude.empty()) votes_of_cluster[s.cluster] += s.vote;
  }
  for (RowSample& s : samples_) {
    s.weight = s.vote / design_effect(votes_of_cluster[s.cluster]);
    s.stands_for_decode = counts(s) && info(s.metric).kind == Kind::throughput && with_decode.count(s.setting) == 0;
  }
}

}  // namespace edgewise
