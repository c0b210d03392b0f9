#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/fit.h"
#include "edgewise/prior.h"
#include "edgewise/result.h"

namespace edgewise {

// Numbers that somebody measured on the board in question, and what they say of the rest. Of a board that nobody has
// measured one number of one model halves the error of every other: what is unknown of it is mostly one factor.

/// So many numbers of a board are enough.
inline constexpr std::size_t most_known_numbers = 64;

/// A number as it is stated: "decode=11.2 llama-3.2-1b Q4_K_M prompt=512". Empty and unknown is what is not stated.
struct KnownNumber {
  Metric metric = Metric::count;
  double value = unknown;  ///< in the metric's unit
  std::string digits;      ///< the value as it was typed, its unit with it
  std::string name;        ///< of the model and its quantization, as typed
  std::string kv_quant;
  std::string device, power_mode, runtime;  ///< empty: those of the question
  double prompt = unknown, generate = unknown, depth = unknown, batch = unknown, threads = unknown;
  std::size_t place = 0;  ///< of its text in the list
};
/// The words of a statement beside the model's name: METRIC=VALUE, where a metric is named as measurement files do, or
/// decode, prefill, ttft, tpot, power or energy for short, and times may end in s or ms; prompt, generate, depth,
/// batch, threads; kv; device, power_mode (none: as the device's preset states it) and runtime, where they are not
/// those of the question. A text may hold several statements, parted by semicolons or line breaks, or what `ollama run
/// --verbose` printed: its rates are statements without a model. Errors have the path "known[0]".
Result<std::vector<KnownNumber>> parse_known(const std::vector<std::string>& texts);
/// The statement again, in one spelling.
std::string to_text(const KnownNumber&);

/// A measured number, and the parameters that it is expected from before it is seen. Formats that cost like another
/// have costs of their own there, as in `Rates::parameters`.
struct Observed {
  Sample sample;
  Parameters expected;
};

/// The posterior of a board: what is expected of it, moved as far as the numbers say: the maximum a posteriori, by
/// Gauss-Newton on the logarithms, one number after the other as a Kalman filter takes them. The prior is as wide as a
/// board lies from its class, whether others have measured it or not: two studies of one board differ as much. A number
/// that contradicts the others counts less, but its pull never falls (Huber's weights), so that a faster number makes
/// nothing slower. Only + - x / sqrt: a page answers as a terminal does.
class Posterior {
 public:
  /// At least one number; all of one runtime.
  Posterior(const std::vector<Observed>&, const FormatTable&);
  /// Parameters of the board, in any of its power modes, as they were expected, corrected.
  Parameters of(Parameters expected) const;

 private:
  /// A parameter that the numbers may move.
  struct Direction : ParameterPlace {
    double sd;          ///< natural log
    double x = 0;       ///< natural log of how far it has moved
    double factor = 1;  ///< the same as a factor
    bool held = false;  ///< at what physics allows

    void set(double to);
  };

  void choose_directions(const std::vector<Observed>&, const FormatTable&);
  double residual(const Observed&, const FormatTable&) const;
  double step(const std::vector<Observed>&, const FormatTable&, bool first);
  void hold_at_limits(Parameters expected);

  Parameters most_;
  std::vector<Direction> directions_;
};

/// The most of a speed (least of a time) that the board could give in `metric`: weights and cache stream at the
/// memory's full rate, the products of a prompt run at the most of the processor's, and nothing else takes time.
/// Unknown of what neither bounds, or where nobody states the rate.
double physical_best(const Sample&, const Parameters&, const FormatTable&);

}  // namespace edgewise
