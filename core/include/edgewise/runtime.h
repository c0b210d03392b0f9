#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/cost.h"
#include "edgewise/device.h"
#include "edgewise/quantization.h"
#include "edgewise/reserve.h"

namespace edgewise {

/// The calibratable numbers of one (processor class, runtime) or of one (device, power mode, runtime).
/// Shares are of a datasheet rate and dimensionless; the rest has its unit in the name.
enum class Parameter : std::uint8_t {
  bandwidth_share,     ///< weights streamed in decode, of the memory's peak bandwidth
  kv_bandwidth_share,  ///< KV cache streamed in decode, of the peak bandwidth
  decode_rate_share,   ///< dequantize-and-dot rate in decode, of the processor's vector rate (times the format's cost)
  prefill_rate_share,  ///< matrix-matrix rate in prefill, of the processor's matrix rate
  prefill_half_rows,   ///< rows of a matrix product at which it runs at half its full rate
  attention_decode_share,   ///< attention arithmetic in decode, of the vector rate
  attention_prefill_share,  ///< attention arithmetic in prefill, of the matrix rate
  activation_share,         ///< activations that a prefill passes from product to product, of the vector rate; unknown:
                            ///< within the rates of the products
  recurrent_prefill_share,  ///< arithmetic of recurrent layers in prefill, of the matrix rate
  batch_rate_share,         ///< products of the few rows of a batch in decode, of the rate of large matrix products
  state_bandwidth_share,  ///< states of recurrent layers, of the further sequences of a decode step: read and written,
                          ///< gathered and scattered by some runtimes; of the peak bandwidth
  sequence_s,             ///< fixed time of each further sequence of a decode step: its sampling and its cache
  step_s,                 ///< fixed time of a decode step: sampling, launch of a graph, synchronisation
  launch_s,               ///< fixed time per weight tensor in a decode step: kernel launch or thread barrier
  row_s,                  ///< time of a thread for each output row of a product that several threads take in turns in
          ///< decode: each chunk of rows begins before memory is fetched ahead; unknown: within the rates
  recurrent_layer_s,    ///< fixed time per recurrent layer in a step: its kernels, or a trip to the host where the
                        ///< runtime has none
  prefill_step_s,       ///< fixed time of a prefill call
  decode_power_share,   ///< power above idle while decoding with a busy memory and one operation a byte, of the
                        ///< device's full load above idle
  work_power_share,     ///< of the power above idle while decoding, what follows how busy the memory is and how much is
                        ///< computed of each byte; unknown: none
  prefill_power_share,  ///< power above idle while prefilling, of the full load above idle
  idle_share,           ///< share of the idle power that the sensor behind the power numbers sees
  count
};
inline constexpr std::size_t parameter_count = static_cast<std::size_t>(Parameter::count);
const char* to_string(Parameter);

struct Parameters {
  /// NaN: not given here, take it from the class above.
  std::array<double, parameter_count> value = all_unknown<parameter_count>();
  /// Vector operations per weight, by format; NaN: not given.
  std::array<double, max_formats> decode_cost = all_unknown<max_formats>();
  /// Of the matrix rate, relative to the runtime's reference format, by format; NaN: not given.
  std::array<double, max_formats> prefill_efficiency = all_unknown<max_formats>();

  double operator[](Parameter p) const { return value[static_cast<std::size_t>(p)]; }
  double& operator[](Parameter p) { return value[static_cast<std::size_t>(p)]; }
  /// What `this` does not give is taken from `base`.
  Parameters over(const Parameters& base) const;
};

/// Where one number of Parameters stands.
struct ParameterPlace {
  enum class Table : std::uint8_t { value, decode_cost, prefill_efficiency } table;
  std::size_t index;

  double& in(Parameters&) const;
  double of(const Parameters&) const;
};

/// How a runtime uses memory beyond weights and KV cache.
enum class MemoryModel : std::uint8_t { llama_cpp, transformers, vllm, generic };

struct MemoryRules {
  MemoryModel model = MemoryModel::generic;
  double micro_batch = 512;        ///< tokens per prefill chunk (llama.cpp n_ubatch)
  double kv_padding = 1;           ///< allocated context is a multiple of this many tokens
  double fixed_context = 0;        ///< NPU runtimes allocate this context whatever is asked; 0: as asked
  bool sliding_window_kv = false;  ///< sliding-window layers hold their window only
  double kv_passes = 1;  ///< times a decode step moves the cache: a runtime that appends by copying moves it thrice
  std::bitset<max_formats> repacked_on_load;  ///< storage formats that loading rewrites in a layout of the kernels
  bool flash_attention = true;
  bool embedding_on_host = false;      ///< the input embedding stays in host memory
  bool qkv_through_host = false;       ///< queries, keys and values are buffered with the host beside a device
  bool output_in_place = false;        ///< under flash attention the last hidden state is normalized in place
  bool repacks_tied_output = false;    ///< kernels hold a tied output matrix once more, in a layout of their own
  bool maps_experts = false;           ///< experts stay mapped from their file beside what the kernels read
  bool grows_kv = false;               ///< the cache grows with what is in it, whatever the context
  bool built_for_micro_batch = false;  ///< activations are those of micro_batch tokens, whatever is asked
  double embedding_tables = 0;         ///< input embeddings that are held, in 16 bits, beside the output; 0: as stored
  double layers_in_flight = 0;         ///< layers whose tensors all are in memory at once; 0: the widest step of one
  double layer_buffers = 0;            ///< tensors of hidden width that every layer keeps of a micro-batch, 16 bits
  double vocabulary_B = 0;             ///< for each token of the vocabulary: tables of the tokenizer, logits
  double runtime_reserve_B = 0;        ///< libraries, contexts, allocator
};

/// An eager runtime's host takes about 0.15 ms to issue a module: Llama 3.2 1B and 3B on an L4 take 20.0 and 33.7 ms
/// per token for 128 and 224 of them, whatever the GPU could do, and 5 ms more for a prompt.
inline constexpr double eager_launch_s = 1.5e-4, eager_prefill_step_s = 5e-3;
/// Clock of a core that takes so long.
inline constexpr double eager_host_hz = 3e9;

struct Runtime {
  std::string id;
  std::string name;
  Processor processor = Processor::cpu;
  std::string family;  ///< llama.cpp, transformers, rkllm, ... : intervals are by family
  std::string default_quantization;
  std::string default_kv_format;
  std::vector<std::string> kv_formats;     ///< storage formats that its KV cache may have
  std::vector<std::string> quantizations;  ///< recipe ids or families that it runs
  std::bitset<max_formats> no_kernels;     ///< storage formats that it leaves to the host's cores
  /// Of the GPUs that have its kernels of a storage format, the least; unknown: any.
  std::array<double, max_formats> compute_capability = all_unknown<max_formats>();
  std::vector<std::string> model_types;        ///< of the models that it computes; empty: unstated
  std::string models_of;                       ///< the runtime of the same program whose list counts; empty: its own
  bool no_draft_model = false;                 ///< it takes no other model's drafts
  bool no_mtp = false;                         ///< it drafts with no heads of the model
  std::vector<std::string> processor_classes;  ///< processor classes that it runs on; empty: any
  std::vector<std::string> backends;           ///< what its engine's own benchmark calls it: "CUDA", "Vulkan", ...
  double rank = 100;  ///< runtimes of lower rank are offered first on a device that runs several
  /// Devices on which another rank holds; the first rule that names the device counts.
  struct RankRule {
    double rank = 0;
    std::optional<DeviceKind> kind;              ///< empty: any
    std::vector<std::string> processor_classes;  ///< empty: any
  };
  std::vector<RankRule> rank_on;
  MemoryRules memory;
  std::vector<std::string> tied_output_repacked_on;  ///< processor classes whose kernels repack the output matrix
  ReserveRules reserve;
  std::string host_runtime;  ///< computes the layers and experts that stay with the host; empty: all is on the device
  double prefill_chunk = 0;  ///< tokens per prefill pass; 0: the whole prompt in one
  bool eager = false;        ///< kernels are issued one by one from an interpreter on the host, while the device works
  bool prefill_uses_int8 = false;  ///< quantized prefill runs on int8 matrix units where there are any

  /// Fitted to published measurements; the catalog links them from the runtime's calibrations.
  Parameters defaults;
  struct ClassParameters {
    std::string processor_class;
    Parameters parameters;
  };
  std::vector<ClassParameters> classes;

  /// Whether it lists the recipe, or its family, and multiplies by all of its formats itself.
  bool runs(const Quantization&) const;
  /// And has kernels of all of its formats for the device's GPU.
  bool runs(const Quantization&, const Device&) const;
  /// Of the GPUs that have kernels of all of its formats, the least; unknown: any.
  double compute_capability_for(const Quantization&) const;
  /// Whether the device has its processor, of a class that it runs on.
  bool runs_on(const Device&) const;
  /// The same of a class of processors of its kind; empty: none.
  bool runs_on(std::string_view processor_class) const;
  double rank_for(const Device&) const;
  /// Whether a tied output matrix is held once more there, in a layout of the kernels.
  bool repacks_tied_output(const Device&) const;
};

/// How fast models of one shape are on a board, of what the board's parameters say: what their rows there have beside
/// all others'.
struct ModelSpeed {
  std::string model;                           ///< one of them
  double weights = unknown;                    ///< `multiplied_weights` of each; unknown: it is of `model` alone
  double decode = unknown, prefill = unknown;  ///< unknown: none of their rows are of it
};
/// Of a model among them; null: none is of its shape.
const ModelSpeed* find_speed(const std::vector<ModelSpeed>&, std::string_view model, const ModelCost&);
/// Parameters with all rates as much faster, and all fixed times as much shorter.
Parameters at_speed(Parameters, const ModelSpeed&, Processor);

/// Measured or fitted parameters for one (device, power mode, runtime); they override the class's.
struct Calibration {
  std::string device;
  std::string power_mode;
  std::string runtime;
  bool measured = false;           ///< on the board by the companion; else fitted to published measurements
  double configurations = 0;       ///< how many stand behind it
  std::vector<ModelSpeed> models;  ///< that were measured there
  std::size_t index = 0;           ///< its place in the list of the preset that holds it
  Parameters parameters;
};

}  // namespace edgewise
