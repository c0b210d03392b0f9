#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "edgewise/card.h"
#include "edgewise/explore.h"
#include "edgewise/serving.h"
#include "engine/engine.h"
#include "reference/grammar.h"

namespace edgewise {

// The commands, each with what may be asked of it. They read files, ask the rooms below, print and write. In a query
// `model` and `device` may name files.

enum class Output { text, json, csv };

struct EstimateRequest {
  Query query;
  Output output = Output::text;
  std::optional<bool> ways_out;  ///< empty: as text has them
  std::optional<bool> quality;   ///< likewise
  std::string known_from;        ///< what an engine printed on this device; "-": standard input; empty: nothing
  std::string save_calibration;  ///< where the device's preset goes, with what its known numbers taught
  std::string save_device;       ///< where it goes with what is edited of it
  std::string what_if;           ///< term that is to be better; empty: not asked
};
int run_estimate(EstimateRequest, std::ostream& out, std::ostream& err);

/// Answers as a picture or a text that stands by itself.
struct CardRequest {
  Query query;
  std::vector<std::string> models, devices;  ///< further ones
  CardStyle style;
  std::optional<CardView> view;  ///< empty: a table where there are several answers
  std::string format;            ///< svg, markdown, html or json; empty: as the name of the output ends
  std::string page;              ///< address of an Edgewise page; empty: no link
  std::string date;              ///< that the last line says; empty: today; "none": none
  std::string output;            ///< file to write; empty: standard output
};
int run_render(CardRequest, std::ostream& out, std::ostream& err);

struct PredictRequest {
  std::string file;
  std::vector<std::string> set;  ///< what is edited of the device, which is one
};
int run_predict(const PredictRequest&, std::ostream& out, std::ostream& err);

struct ValidateRequest {
  std::string file, by;
  bool cross = false;              ///< every row predicted without itself
  std::vector<std::size_t> known;  ///< rows predicted where so many numbers of their board are known; empty: not asked
  Output output = Output::text;
};
int run_validate(const ValidateRequest&, std::ostream& out, std::ostream& err);

struct ExploreRequest {
  Query query;
  Bounds bounds;
  std::size_t limit = 50;
  Output output = Output::text;
};
int run_explore(ExploreRequest, std::ostream& out, std::ostream& err);

/// A server under load.
struct LoadRequest {
  ServingQuery query;
  Output output = Output::text;
};
int run_load(LoadRequest, std::ostream& out, std::ostream& err);
/// The main terms over the values of one field of a query.
struct SweepRequest {
  Query query;
  std::string axis;
  std::vector<std::string> values;
  Output output = Output::text;
};
int run_sweep(SweepRequest, std::ostream& out, std::ostream& err);

/// A question about a device, and what is wanted of it.
struct DeviceRequest {
  Query query;
  Output output = Output::text;
};
/// What binds both phases, beside what the processor could do.
int run_roofline(DeviceRequest, std::ostream& out, std::ostream& err);
/// What may be edited of the device.
int run_fields(DeviceRequest, std::ostream& out, std::ostream& err);

/// Manual pages of the command line: one to `out`, or all beneath it into a folder.
struct ManRequest {
  std::vector<std::string> command;  ///< "catalog", "build"; empty: the program itself
  std::string folder;                ///< empty: one page, to `out`
  std::string date;                  ///< that the pages state; empty: today
};
int run_man(const ManRequest&, const CommandWords& root, std::ostream& out, std::ostream& err);
/// A script that completes the command line.
struct CompletionRequest {
  std::string shell;
};
int run_completion(const CompletionRequest&, const CommandWords& root, std::ostream& out, std::ostream& err);

struct ListRequest {
  std::string what;
  std::string model;  ///< of scores
  Output output = Output::text;
};
int run_list(const ListRequest&, std::ostream& out, std::ostream& err);

struct StudyRequest {
  std::string study;  ///< id, or a file; empty: which there are
  Output output = Output::text;
};
int run_study(const StudyRequest&, std::ostream& out, std::ostream& err);

struct CheckRequest {
  std::vector<std::string> files;  ///< presets, or folders of them
  bool fix = false;                ///< write those in canonical form that lack nothing else
};
int run_check(const CheckRequest&, std::ostream& out, std::ostream& err);

/// Class and device parameters from published measurements, written as presets.
struct FitPublishedRequest {
  std::string file, folder;
};
int run_fit_published(const FitPublishedRequest&, std::ostream& out, std::ostream& err);

/// How far predictions lie from published measurements, for people and for the page.
struct ReportRequest {
  std::string file, folder;
};
int run_report(const ReportRequest&, std::ostream& out, std::ostream& err);

/// What this machine is.
struct ProbeRequest {
  std::filesystem::path root = "/";  ///< where /proc and /sys are
  Output output = Output::text;
};
int run_probe(const ProbeRequest&, std::ostream& out, std::ostream& err);

/// Microbenchmarks, power and what an engine says of its own speed into a measurement file.
struct MeasureRequest {
  std::filesystem::path root = "/";
  std::string output = "measurement.json";
  double budget_s = 90;
  bool quick = false;
  std::string storage_folder, power_log;
  std::string kernels;  ///< instruction set to measure with; empty: the widest
  double watts_idle = unknown, watts_load = unknown;
  EngineRequest engine;  ///< its device and model as they were typed
  bool only_engine = false, dry_run = false;
  std::string gpu;  ///< part of a name, an index, or "none"; empty: every GPU that is no processor
};
int run_measure(MeasureRequest, std::ostream& out, std::ostream& err);

/// An engine's benchmark output into rows of measurement files.
struct ImportRequest {
  std::vector<std::string> files;
  std::string output;     ///< empty: standard output
  Query query;            ///< what the files do not say
  std::string placement;  ///< as measurement files have it, or "alone"; empty: as the files say
  double prompt = unknown, generate = unknown, batch = unknown;
};
int run_import(ImportRequest, std::ostream& out, std::ostream& err);

/// A measurement file and rows into a device preset.
struct FitRequest {
  std::vector<std::string> files;
  std::string output;
  Query query;  ///< the device to start from, and its power mode
  std::string name, device_class;
  std::string gpu;  ///< which of the measured ones; empty: that of the device
  bool accept_noise = false, accept_outlier = false;
  double peak_bandwidth_gb_s = unknown, price_usd = unknown;
};
int run_fit(FitRequest, std::ostream& out, std::ostream& err);

/// The built page over HTTP.
struct ServeRequest {
  int port = 8080;
  std::string site, bind = "127.0.0.1";
  std::vector<std::string> names;    ///< of this machine that requests may name as their host
  std::vector<std::string> origins;  ///< of pages that may embed its elements
  std::string device;                ///< a preset's file; empty: none
  std::string before;  ///< what it is compared with, an id or a file; empty: itself without what was measured
};
int run_serve(const ServeRequest&, std::ostream& out, std::ostream& err);

}  // namespace edgewise
