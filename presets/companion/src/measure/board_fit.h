#pragma once

#include <string>
#include <vector>

#include "cases.h"
#include "edgewise/presets.h"
#include "measurement.h"

namespace edgewise {

struct BoardFitOptions {
  std::string id;                 ///< of the preset that is written
  std::string name;               ///< empty: the board's own
  std::string device;             ///< preset to start from; empty: the measurement describes the device
  std::string device_class;       ///< empty: as the probe guesses
  std::string power_mode;
  double peak_bandwidth_Bps = unknown;
  double price_usd = unknown;
  bool accept_noise = false;      ///< calibrate even where the rows scatter beyond use
};

struct BoardFit {
  std::string preset;             ///< JSON text
  std::vector<std::string> notes; ///< what was found and what would improve it, a sentence each
  struct Explained {
    std::string what;
    double measured = 0, predicted = 0;
  };
  std::vector<Explained> explained;   ///< the engine's rows
  double prior_error = unknown, error = unknown;  ///< median, from the microbenchmarks alone and after the fit
};

/// Turns a measurement into a device preset with a calibration of llama.cpp on its CPU: microbenchmarks give the
/// parameters physically, the engine's own rows (if any) correct them.
Result<BoardFit> fit_board(const Measurement&, const std::vector<CaseRow>& engine, const BoardFitOptions&, Catalog&);

}  // namespace edgewise
