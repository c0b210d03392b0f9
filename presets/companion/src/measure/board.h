#pragma once

#include <filesystem>
#include <limits>
#include <string>

namespace edgewise {

/// Today, 2026-01-31 for example.
std::string utc_day();

/// Options of the commands that run on a board.
struct BoardRequest {
  std::string output;
  std::filesystem::path root = "/";  ///< where /proc and /sys are
  // measure
  double budget_s = 90;
  bool quick = false;
  std::string storage_folder;
  std::string power_log;
  double watts_idle = std::numeric_limits<double>::quiet_NaN(), watts_load = watts_idle;
  std::string engine, model_file;
  // fit
  std::string name, device_class;
  bool accept_noise = false;
  double peak_bandwidth_gb_s = watts_idle, price_usd = watts_idle;
  // serve
  int port = 8080;
  std::string site, bind = "127.0.0.1";
};

}  // namespace edgewise
