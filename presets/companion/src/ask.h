#pragma once

#include <functional>
#include <ostream>
#include <variant>

#include "commands/commands.h"
#include "publish/publish.h"

namespace edgewise {

/// What may be asked on the command line, one part for each command.
struct Request {
  EstimateRequest estimate;
  CardRequest render;
  PredictRequest predict;
  ValidateRequest validate;
  ExploreRequest explore;
  LoadRequest load;
  SweepRequest sweep;
  DeviceRequest roofline, fields;
  ListRequest list;
  CheckRequest check;
  StudyRequest study;
  FitPublishedRequest fit_published;
  ReportRequest report;
  ProbeRequest probe;
  MeasureRequest measure;
  ImportRequest import;
  FitRequest fit;
  ServeRequest serve;
  PublishRequest publish;
  CatalogRequest catalog;
  ManRequest man;
  CompletionRequest completion;
};

/// A command with everything that was asked of it. Gives the exit code.
using Command = std::function<int(std::ostream& out, std::ostream& err)>;

/// Reads the command line. Without a command to run (help, version, an error, which it prints) the exit code.
std::variant<Command, int> ask(int argc, char** argv, std::ostream& out, std::ostream& err);

}  // namespace edgewise
