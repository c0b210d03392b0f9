#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cases.h"
#include "edgewise/query.h"
#include "measure/board.h"
#include "publish/request.h"

namespace edgewise {

/// Exit codes: 0 done, 1 failure, 2 bad input.
enum Exit : int { done = 0, failure = 1, bad_input = 2 };

enum class Output { text, json, csv };

/// What the user asked for on the command line, `model` and `device` being ids or files.
struct Request {
  Query query;
  Bounds bounds;
  Output output = Output::text;
  std::vector<std::string> files;
  std::string what, by;
  std::size_t limit = 50;
  bool cross = false;
  std::string directory;
  BoardRequest board;
  PublishRequest publish;
};

/// The presets that the binary carries.
Result<Catalog> bundled_catalog();

/// The presets that the binary carries, and those that `model` and `device` name as files; the query then
/// holds their ids.
Result<Catalog> load_catalog(Query&);

int run_estimate(Request&, std::ostream& out, std::ostream& err);
int run_predict(Request&, std::ostream& out, std::ostream& err);
int run_validate(Request&, std::ostream& out, std::ostream& err);
int run_explore(Request&, std::ostream& out, std::ostream& err);
int run_list(Request&, std::ostream& out, std::ostream& err);
int run_check(Request&, std::ostream& out, std::ostream& err);
/// Every row predicted without itself: with its model left out of its board, and with its board left out.
int run_cross_validate(Request&, std::ostream& out, std::ostream& err);
/// Fits class and device parameters to published measurements and writes them as presets.
int run_fit_published(Request&, std::ostream& out, std::ostream& err);

/// What this machine is.
int run_probe(Request&, std::ostream& out, std::ostream& err);
/// Microbenchmarks, power and an engine's own benchmark into a measurement file.
int run_measure(Request&, std::ostream& out, std::ostream& err);
/// An engine's benchmark output into rows of measurement files.
int run_import(Request&, std::ostream& out, std::ostream& err);
/// A measurement file and rows into a device preset.
int run_fit(Request&, std::ostream& out, std::ostream& err);
/// The built page over HTTP.
int run_serve(Request&, std::ostream& out, std::ostream& err);

/// Shows what of a preset is published, and sends it where the user agrees.
int run_publish(Request&, std::ostream& out, std::ostream& err);
/// The index of a folder of presets, or a check of one that is published.
int run_catalog_build(Request&, std::ostream& out, std::ostream& err);

/// Prefixes the errors' paths with the file they are in.
Errors in_file(const std::string& file, Errors);
/// Prints errors, one a line: "path: message".
int report(const Errors&, std::ostream& err);

/// A cases file, read: the table and its rows, understood or with the reason why not. Errors name the file.
struct CaseFile {
  Csv csv;
  std::vector<CaseRow> rows;
};
Result<CaseFile> load_cases(const std::string& path, const Catalog&);

/// A file's bytes. Refuses what is no regular file and what is larger than `limit_B`.
Result<std::string> read_file(const std::string& path, double limit_B = 256.0 * 1048576);
/// Writes a file whole or not at all: to a temporary beside it, then renamed.
Errors write_file(const std::string& path, std::string_view content);

}  // namespace edgewise
