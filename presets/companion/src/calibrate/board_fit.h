#pragma once

#include <string>
#include <vector>

#include "edgewise/presets.h"
#include "measure/measurement.h"
#include "rows.h"

namespace edgewise {

/// Weight tensors of the layer whose surroundings are measured: seven matrices and two norms.
inline constexpr double tensors_of_layer = 9;
/// What llama.cpp does on one core between two steps: building the graph, waking threads, choosing a token.
inline constexpr double step_cycles = 1e6;

/// Parameters of a class with every share of the device's rates 1: `resolve` then gives what they are shares of.
Parameters unit_shares(Parameters);

struct BoardFitOptions {
  std::string id;            ///< of the preset that is written
  std::string name;          ///< empty: the board's own
  std::string device;        ///< preset to start from; empty: the measurement describes the device
  std::string device_class;  ///< empty: as the probe guesses
  std::string power_mode;
  double peak_bandwidth_Bps = unknown;
  double price_usd = unknown;
  bool accept_noise = false;    ///< calibrate even where the rows scatter beyond use
  bool accept_outlier = false;  ///< calibrate even where the rows move the board far from its class
  std::string gpu = {};         ///< part of the name of a measured one; empty: that of the device
};

struct BoardFit {
  std::string preset;              ///< JSON text; empty where it is refused
  Errors refused;                  ///< why no preset may say what was found, by the path in it
  std::vector<std::string> notes;  ///< what was found and what would improve it, a sentence each
  /// What the fit says of a row of an engine.
  struct ExplainedRow {
    std::string what;
    double measured = 0, predicted = 0;
    Metric metric = Metric::count;
  };
  /// One calibration and the engine's rows behind it.
  struct Explained {
    std::string runtime;
    bool microbenchmarks = false;  ///< they gave the parameters, the rows correct them; otherwise its class did
    std::vector<ExplainedRow> rows;
    double prior_error = unknown, error = unknown;  ///< median, before and after the rows were seen
  };
  std::vector<Explained> explained;
};

/// Turns a measurement into a device preset. Microbenchmarks give the parameters of llama.cpp on the CPU physically,
/// the engine's own rows (if any) correct them. Rows of other runtimes calibrate these, weighed against their class. A
/// measurement without rows is one of an engine only; `options.device` then says what it ran on. Rows that were not of
/// the device alone are set aside; rows that move what is expected of the board more than twice are refused unless
/// accepted.
Result<BoardFit> fit_board(const Measurement&, const std::vector<Row>& engine, const BoardFitOptions&, Catalog&);

}  // namespace edgewise
