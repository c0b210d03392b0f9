#include "split.h"

#include <algorithm>

#include "arithmetic.h"
#include "breakdown.h"

namespace edgewise {

namespace {

/// What llama.cpp's --fit leaves free on a device where it chooses the layers itself (--fit-target, common/arg.cpp).
constexpr double fit_target_B = 1024 * mib;
/// Prompts shorter than this are multiplied by the host itself (GGML_OP_OFFLOAD_MIN_BATCH, ggml-cuda.cu).
constexpr double least_offloaded_tokens = 32;
/// Fixed time of one hand-over between processors: the end of one graph is waited for, threads or a kernel are woken
/// for the next. Runs with the experts of 12 to 36 layers on the host put it at 15 to 230 us.
constexpr double hand_over_s = 6e-5;

/// Bytes of the weights that a step may read; the head is part of what is dense.
struct Bytes {
  double dense = 0, experts = 0, head = 0;
};
Bytes bytes_of(const ModelCost& m) {
  Bytes out;
  for (std::size_t i = 0; i < m.load_count; ++i) {
    out.dense += m.loads[i].bytes;
    out.experts += m.loads[i].expert_bytes;
    if (m.loads[i].once_per_sequence) out.head += m.loads[i].bytes;
  }
  return out;
}

/// Shares of a model's work, of layers alike.
struct Shares {
  double layers = 0, experts = 0, head = 0, attention = 0, launches = 0;
};
ModelCost part_of(const ModelCost& m, const Shares& s) {
  ModelCost part = m;
  for (std::size_t i = 0; i < part.load_count; ++i) {
    OperatorLoad& load = part.loads[i];
    const double dense = load.once_per_sequence ? s.head : s.layers;
    load.weights *= dense;
    load.bytes *= dense;
    load.expert_weights *= s.experts;
    load.expert_bytes *= s.experts;
    load.rows *= dense;
    load.expert_rows *= s.experts;
  }
  for (std::size_t i = 0; i < part.attention_count; ++i) {
    part.attention[i].layers *= s.attention;
    part.attention[i].kv_layers *= s.attention;
  }
  part.launches *= s.launches;
  part.recurrent_layers *= s.layers;
  part.recurrent_ops *= s.layers;
  part.activations *= s.layers;
  return part;
}

/// What does not run takes no known time.
double never(Breakdown* rows) {
  if (!rows) return unknown;
  OperatorTime& row = (*rows)[static_cast<std::size_t>(Operator::other)];
  row.memory_s = row.compute_s = row.fixed_s = row.total_s = unknown;
  return unknown;
}

/// As many layers as the memory takes, and of how many the experts.
void fill(Split& s, const ModelCost& m, double usable_B, const Footprint& f) {
  const Bytes bytes = bytes_of(m);
  const double head = bytes.head, experts = bytes.experts;
  const double layer = (f.weights_B - f.tower_B - head - experts + f.cache_B) / m.layers;
  const double with_head = usable_B - f.scratch_B - f.tower_B - head;
  if (experts > 0 && with_head >= m.layers * layer) {
    s.layers = m.layers;
    s.expert_layers = std::min(m.moe_layers, whole_down((with_head - m.layers * layer) / (experts / m.moe_layers)));
    return;
  }
  // The output layer is the last to be moved to the device.
  const double whole_layer = layer + experts / m.layers;
  s.layers = std::clamp(whole_down((usable_B - f.scratch_B - f.tower_B) / whole_layer), 0.0, m.layers);
  s.head = s.layers >= m.layers && with_head >= m.layers * whole_layer;
  s.expert_layers = std::max(0.0, m.moe_layers - (m.layers - s.layers));
}

}  // namespace

Split place(const ModelCost& m, const Rates& r, const Rates* host, const Workload& w, const Footprint& f) {
  Split s;
  s.layers = m.layers;
  s.expert_layers = m.moe_layers;
  const double all_B = f.weights_B + f.cache_B + w.devices * f.scratch_B, usable_B = w.devices * f.usable_B;
  s.device_B = all_B;
  const bool says_layers = is_known(w.gpu_layers), says_experts = is_known(w.cpu_moe) && m.moe_layers > 0;
  const bool stated = host && (says_layers || says_experts || w.kv_on_host > 0);
  s.cache_follows = !(host && w.kv_on_host > 0);
  if (host && (says_layers || says_experts)) {
    if (says_layers) {
      s.layers = std::min(w.gpu_layers, m.layers);
      s.head = w.gpu_layers > m.layers;
    }
    // Experts stay with the host from the first layer on; layers without experts count, and so do those that are there
    // already.
    const double first_dense = m.layers - m.moe_layers;
    const double of_host = std::max(m.layers - s.layers, says_experts ? w.cpu_moe : 0.0);
    s.expert_layers = std::clamp(m.moe_layers - std::max(0.0, of_host - first_dense), 0.0, m.moe_layers);
  } else if (const double cache_B = s.cache_follows ? f.cache_B : 0; host && all_B - f.cache_B + cache_B > usable_B) {
    fill(s, m, std::min(usable_B, w.devices * (r.capacity_B - r.taken_B - fit_target_B)),
         {f.weights_B, f.tower_B, cache_B, w.devices * f.scratch_B, f.usable_B});
  }

  const double layer_share = m.layers > 0 ? s.layers / m.layers : 1;
  const double expert_share = m.moe_layers > 0 ? s.expert_layers / m.moe_layers : 1;
  const Bytes bytes = bytes_of(m);
  const double head = bytes.head, experts = bytes.experts;
  const double dense = f.weights_B - f.tower_B - head - experts;
  s.host_B = (1 - layer_share) * dense + (1 - expert_share) * experts + (s.head ? 0 : head) +
             (s.cache_follows ? 1 - layer_share : 1) * f.cache_B;
  s.device_B = all_B - s.host_B;
  s.device_weights_B = f.weights_B - (1 - layer_share) * dense - (1 - expert_share) * experts - (s.head ? 0 : head);

  if (!host || (s.whole(m) && !stated)) {
    s.over_B = all_B > usable_B ? all_B - usable_B : 0;
    s.runs = s.over_B == 0 || (r.reads_from_storage && s.over_B <= f.weights_B);
    return s;
  }
  // What was put on the device and is more than it holds fails to load. In one memory, the host has what the device
  // leaves.
  const double too_much_B = s.device_B > usable_B ? s.device_B - usable_B : 0;
  const double left_B = is_known(r.host_link_Bps) ? host->usable_B : host->usable_B - s.device_B;
  s.over_B = too_much_B + (s.host_B > left_B ? s.host_B - left_B : 0);
  // Weights are mapped from their file; caches are not.
  const double host_cache_B = (s.cache_follows ? 1 - layer_share : 1) * f.cache_B;
  s.runs = s.over_B == 0 || (too_much_B == 0 && host->reads_from_storage && s.over_B <= s.host_B - host_cache_B);
  return s;
}

double storage_Bps(const Rates& device, const Rates* hosted) {
  return hosted && !is_known(device.storage_Bps) ? hosted->storage_Bps : device.storage_Bps;
}

bool splits_rows(const Rates& r, const Workload& w) {
  return is_known(w.row_split) ? w.row_split > 0 : r.memory.model == MemoryModel::vllm;
}

PlacedModel::PlacedModel(const ModelCost& m, const Rates& r, const Rates* host, const Workload& w, const Split& s)
    : device_(r),
      hosted_(s.host_B > 0 ? host : nullptr),
      storage_Bps_(edgewise::storage_Bps(r, hosted_)),
      split_(s),
      devices_(w.devices),
      by_rows_(splits_rows(r, w)) {
  const double layers = s.layers / m.layers, experts = m.moe_layers > 0 ? s.expert_layers / m.moe_layers : 1;
  const double rows = by_rows_ ? devices_ : 1;
  on_device_ =
      part_of(m, {layers / rows, experts / rows, s.head / rows, (s.cache_follows ? layers : 0) / rows, layers});
  on_host_ = part_of(m, {1 - layers, 1 - experts, s.head ? 0.0 : 1.0, s.cache_follows ? 1 - layers : 1, 1 - layers});
  layers_on_host_ = m.layers - s.layers;
  moe_crossings_ = m.moe_layers > 0 ? std::max(0.0, std::min(s.layers, m.moe_layers) - s.expert_layers) : 0;
  // An expert layer is three products of its own on the host.
  on_host_.launches += 3 * moe_crossings_;
  on_device_.launches = std::max(0.0, on_device_.launches - 3 * moe_crossings_);
  hidden_B_ = 4 * m.hidden_size;
}

double PlacedModel::crossing_s(double batch) const {
  const double hosted =
      (layers_on_host_ > 0 && split_.layers > 0 ? 1 : 0) + moe_crossings_ + (split_.cache_follows ? 0 : split_.layers);
  const double between = devices_ > 1 ? (by_rows_ ? 2 * split_.layers : devices_ - 1) : 0;
  const double crossings = 2 * hosted + between;
  const double moved_s = is_known(device_.host_link_Bps) ? batch * hidden_B_ / device_.host_link_Bps : 0;
  return crossings * (moved_s + hand_over_s);
}

double PlacedModel::host_s(double context, double batch) const {
  return hosted_ ? edgewise::decode_step_s(on_host_, *hosted_, context, batch) : 0;
}

double PlacedModel::paged_B(double tokens) const {
  if (split_.over_B <= 0) return 0;
  if (!split_.runs) return unknown;
  const ModelCost& part = hosted_ ? on_host_ : on_device_;
  // Experts are touched less often than the rest and are the first to be evicted; of what remains, a step evicts first
  // what the next one begins with.
  const Bytes bytes = bytes_of(part);
  const double missing = bytes.experts > 0 ? std::min(1.0, split_.over_B / bytes.experts) : 0;
  return touched_experts(part, tokens) * bytes.experts * missing + (split_.over_B > bytes.experts ? bytes.dense : 0);
}

double PlacedModel::paging_s(double tokens) const {
  const double bytes = paged_B(tokens);
  return bytes == 0 ? 0 : bytes / storage_Bps_;
}

double PlacedModel::between_parts_s(double tokens, double passes, Breakdown* rows) const {
  const double paging = passes * paging_s(tokens);
  return fixed(rows, passes * crossing_s(tokens)) +
         (paging > 0 ? run(rows, Operator::storage, passes * paged_B(tokens), 0, paging, 0) : paging);
}

double PlacedModel::decode_step_s(double context, double batch, Breakdown* rows) const {
  double seconds = edgewise::decode_step_s(on_device_, device_, context, batch, rows);
  if (!split_.runs) return never(rows);
  if (hosted_) seconds += edgewise::decode_step_s(on_host_, *hosted_, context, batch, rows);
  return seconds + between_parts_s(batch, 1, rows);
}

double PlacedModel::prefill_s(double prompt, double depth, double batch, Breakdown* rows) const {
  const double passes = device_.prefill_chunk > 0 ? std::max(1.0, whole_up(prompt / device_.prefill_chunk)) : 1;
  double seconds = edgewise::prefill_s(on_device_, device_, prompt, depth, batch, rows);
  if (!split_.runs) return never(rows);
  if (hosted_) {
    if (prompt * batch / passes < least_offloaded_tokens || !is_known(device_.host_link_Bps)) {
      seconds += edgewise::prefill_s(on_host_, *hosted_, prompt, depth, batch, rows);
    } else {
      // Weights come over the link for each micro-batch and are multiplied by the device; attention stays with its
      // cache.
      Rates over_link = device_;
      over_link.bandwidth_Bps = device_.host_link_Bps;
      over_link.prefill_step_s = over_link.step_s = 0;
      ModelCost weights = on_host_, attention = on_host_;
      weights.attention_count = 0;
      attention.load_count = 0;
      attention.launches = 0;
      seconds += edgewise::prefill_s(weights, over_link, prompt, depth, batch, rows) +
                 edgewise::prefill_s(attention, *hosted_, prompt, depth, batch, rows);
    }
  }
  return seconds + between_parts_s(prompt * batch / passes, passes, rows);
}

}  // namespace edgewise
