#pragma once

#include "edgewise/estimate.h"

namespace edgewise {

// What a model takes of memory, bytes, by the rules of the runtime that holds it (`Rates::memory`). Only arithmetic.

/// How `batch` sequences share what is allocated: each its own context; or, where slots are stated, one context that is
/// divided among them or shared.
struct Slots {
  double count = 1, caches = 1;
  double context = 0;  ///< of a cache
};
Slots slots_of(const Workload&, double context, double batch);

/// Of one cache of `context` tokens that `sequences` share. `cross`: positions of images that each of them attends to
/// across.
double kv_cache_B(const ModelCost&, const Rates&, double context, double cross, double sequences = 1);
double kv_caches_B(const ModelCost&, const Rates&, const Slots&, double cross);

/// Scratch of the device, and what grows with the vocabulary.
double compute_buffer_B(const ModelCost&, const Rates&, double prompt, double context, double batch);

/// Scratch that llama.cpp keeps with the host beside a device, float32 for n = micro-batch: the masks and the embedded
/// prompt, 4 n (cells + hidden); where queries, keys and values pass through the host, or attention runs there, these
/// too, 4 n (q + 2 kv). Equal to the *_Host compute buffers in published load logs (ik_llama.cpp's issues, PocketPal's
/// baselines). 0 of other runtimes and on the host itself.
double host_compute_B(const ModelCost&, const Rates&, const Workload&, double context);

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
