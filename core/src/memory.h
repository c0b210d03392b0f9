#pragma once

#include <algorithm>
#include <array>

#include "arithmetic.h"
#include "edgewise/estimate.h"

namespace edgewise {

// What a model takes of memory, bytes, by the rules of the runtime that holds it (`Rates::memory`). Only arithmetic.

/// How `batch` sequences share what is allocated: each its own context; or, where slots are stated, one context that is
/// divided among them or shared.
struct Slots {
  double count = 1, caches = 1;
  double sharing = 1;  ///< sequences that share a cache
  double context = 0;  ///< of a cache
};
inline Slots slots_of(const Workload& w, double context, double batch) {
  const double count = is_known(w.parallel) ? std::max(w.parallel, batch) : batch;
  if (w.kv_unified == 1) return {count, 1, count, context};
  return {count, count, 1, is_known(w.parallel) ? whole_down(context / count) : context};
}

/// What grows with the prompt, the context and the sequences, of one model on one runtime. All else is summed once, for
/// whoever looks for a limit asks again and again.
class GrowingMemory {
 public:
  GrowingMemory(const ModelCost&, const Rates&);

  /// Of one cache of `context` tokens that `sequences` share. `cross`: positions of images that each of them attends to
  /// across.
  double kv_cache_B(double context, double cross, double sequences = 1) const {
    const double all = cells(context);
    double bytes = sequences * cross * cross_B_ + all * full_cell_B_;
    for (std::size_t i = 0; i < window_count_; ++i)
      bytes += windows_[i].cell_B * slid(windows_[i].tokens, all, sequences);
    return bytes;
  }
  double kv_caches_B(const Slots& s, double cross) const { return s.caches * kv_cache_B(s.context, cross, s.sharing); }
  double kv_B_per_token() const;

  /// Scratch of the device, and what grows with the vocabulary.
  double compute_buffer_B(double prompt, double context, double batch) const {
    return is_llama_cpp_ ? llama_cpp_buffer_B(context) : other_buffer_B(prompt, batch);
  }

  /// Scratch that llama.cpp keeps with the host beside a device, float32 for n = micro-batch: the masks and the
  /// embedded prompt, 4 n (cells + hidden); where queries, keys and values pass through the host, or attention runs
  /// there, these too, 4 n (q + 2 kv). Equal to the *_Host compute buffers in published load logs (ik_llama.cpp's
  /// issues, PocketPal's baselines). 0 of other runtimes and on the host itself.
  double host_compute_B(const Workload&, double context) const;

 private:
  /// Cached tokens when `context` tokens are allocated.
  double cells(double context) const {
    return rules_.fixed_context > 0 ? std::max(context, rules_.fixed_context) : padded(context);
  }
  double padded(double tokens) const { return whole_up(tokens / rules_.kv_padding) * rules_.kv_padding; }
  /// llama.cpp keeps the window of each sequence and one micro-batch, padded (src/llama-kv-cache-iswa.cpp).
  double slid(double window, double all, double sequences) const {
    return std::min(all, padded(window * sequences + rules_.micro_batch));
  }
  double passed_at_once(double context) const { return std::min(rules_.micro_batch, std::max(1.0, context)); }
  /// Columns of llama.cpp's attention masks: one for layers that see everything, one for those that slide.
  double mask_columns(double all) const {
    return full_masks_ * all + (widest_window_ > 0 ? slid(widest_window_, all, 1) : 0);
  }
  /// Peak of llama.cpp's graph allocator, float32 for the n tokens of a micro-batch: the logits with the last hidden
  /// states, or the attention scores (under flash attention, their masks in 16 bits) with the layer's activations,
  /// whichever is wider. From src/llama-graph.cpp; equal to published load logs.
  double llama_cpp_buffer_B(double context) const {
    const double all = cells(context);
    return passed_at_once(context) *
           std::max(output_B_, layer_B_ + score_B_ * all + mask_column_B_ * mask_columns(all));
  }
  double other_buffer_B(double prompt, double batch) const;

  struct Window {
    double tokens;
    double cell_B;  ///< of a cached token
  };

  const ModelCost& model_;
  const MemoryRules& rules_;
  const Reserve& reserve_;
  bool is_llama_cpp_;
  std::size_t window_count_ = 0;
  std::array<Window, ModelCost::max_attention_classes> windows_;  ///< of layers that hold their window only
  double full_cell_B_ = 0;                                        ///< of a cached token, of the others
  double full_masks_ = 0, widest_window_ = 0;
  double cross_B_;
  double output_B_ = 0, layer_B_ = 0, score_B_ = 0, mask_column_B_ = 0;  ///< of a token in llama.cpp's buffer
};

/// Weights of the towers that are loaded, and the files that are.
double loaded_tower_B(const ModelCost&, const Rates&, const Workload&);
double loaded_B(const ModelCost&, const Rates&, const Workload&);
/// Tables of the input embedding that the device does without, and all weights that the host's memory has.
double lookup_tables_B(const ModelCost&, const Rates&);
double host_weights_B(const ModelCost&, const Rates&);
/// What the runtime holds of the weights beside what was loaded once: further tables of the input embedding; a tied
/// output matrix that the host has as well, or that kernels want in a layout of their own.
double weight_copies_B(const ModelCost&, const Rates&);
/// Weights in the device's memory: what was loaded less what stays elsewhere, and copies.
double resident_weights_B(const ModelCost&, const Rates&, const Workload&);
/// Weights in formats that loading rewrites.
double repacked_B(const ModelCost&, const Rates&);

}  // namespace edgewise
