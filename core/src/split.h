#pragma once

#include "edgewise/estimate.h"

namespace edgewise {

/// What a model takes in one memory, bytes.
struct Footprint {
  double weights_B = 0;  ///< of these, `tower_B`
  double tower_B = 0;
  double cache_B = 0;    ///< KV cache and recurrent state
  double scratch_B = 0;  ///< compute buffer and reserve of the runtime: of each device
  double usable_B = 0;   ///< of one device
};

/// Which part of a model is where.
struct Split {
  double layers = 0;          ///< on the devices
  double expert_layers = 0;   ///< of the layers with routed experts, those that have them on the devices
  bool head = true;           ///< the output layer is on the devices
  bool cache_follows = true;  ///< each layer's cache is where the layer is; false: all of it with the host
  double device_B = 0;        ///< of all devices together
  double device_weights_B = 0;
  double host_B = 0;  ///< moved to the host
  double over_B = 0;  ///< that no memory holds; 0: all has its place
  bool runs = true;   ///< no: what no memory holds cannot be read from storage either

  bool whole(const ModelCost& m) const {
    return layers >= m.layers && expert_layers >= m.moe_layers && head && cache_follows;
  }
};

/// Places the model as the workload says, or, where it says nothing and not all fits, as llama.cpp's --fit does: the
/// experts of as many layers as must, else whole layers, stay with the host. `host` null: there is none.
Split place(const ModelCost&, const Rates&, const Rates* host, const Workload&, const Footprint&);

/// How fast the storage is that the model is read from, bytes/s: what the device states, else, of a card, that of the
/// host, where it holds a part (`hosted`; null: it holds none).
double storage_Bps(const Rates& device, const Rates* hosted);

/// Whether each of several devices has a share of every matrix, and works at the same time: as asked, or as the runtime
/// does.
bool splits_rows(const Rates&, const Workload&);

/// Times of a placed model, s.
class PlacedModel {
 public:
  PlacedModel(const ModelCost&, const Rates&, const Rates* host, const Workload&, const Split&);

  /// As `edgewise::decode_step_s` and `edgewise::prefill_s`, over all parts.
  double decode_step_s(double context, double batch, Breakdown* = nullptr) const;
  double prefill_s(double prompt, double depth, double batch, Breakdown* = nullptr) const;
  /// Of a decode step: of the host, of the crossings between parts, and of reads from storage.
  double host_s(double context, double batch) const;
  double crossing_s(double batch) const;
  double paging_s(double tokens) const;

 private:
  /// Adds the crossings and the reads of `passes` passes of `tokens` tokens each.
  double between_parts_s(double tokens, double passes, Breakdown*) const;
  double paged_B(double tokens) const;

  const Rates& device_;
  const Rates* hosted_;  ///< of the host where it holds a part; else null
  const double storage_Bps_;
  const Split split_;
  ModelCost on_device_, on_host_;
  double devices_;
  bool by_rows_;
  double layers_on_host_, moe_crossings_, hidden_B_;
};

}  // namespace edgewise
