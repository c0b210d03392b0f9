#include "programs.h"

#include <algorithm>
#include <cmath>

#include "asker.h"
#include "benchmark/lines.h"
#include "benchmark/llama_placement.h"
#include "edgewise/json_text.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/metric.h"
#include "edgewise/text.h"
#include "errors.h"
#include "measure/interrupt.h"
#include "measure/machine.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

/// What llama-bench is asked beside the model.
struct BenchRun {
  int prompt, generate, repetitions, depth = 0;
  const char* gpu_layers = "0";
};
constexpr BenchRun usual_bench{512, 64, 3}, first_look{64, 16, 1}, deep_bench{0, 32, 1, 2048};
/// Where nobody gave a budget.
constexpr double longest_s = 3600;

Arguments arguments_of(const std::string& model, const BenchRun& b) {
  Arguments out = {"-m", model,
                   "-p", std::to_string(b.prompt),
                   "-n", std::to_string(b.generate),
                   "-r", std::to_string(b.repetitions)};
  if (b.depth > 0) out.insert(out.end(), {"-d", std::to_string(b.depth)});
  out.insert(out.end(), {"-ngl", b.gpu_layers, "-o", "json"});
  return out;
}

Arguments mlx_arguments(const std::string& model) { return {"--model", model, "-p", "512", "-g", "64", "-n", "3"}; }

/// A command as people see it: no folder stands in it.
std::string shown(const std::string& program, Arguments arguments) {
  std::string out = fs::path(program).filename().string();
  for (std::string& a : arguments) {
    if (a.find('/') != a.npos && fs::path(a).has_filename()) a = fs::path(a).filename().string();
    out.append(" ").append(a);
  }
  return out;
}

class Programs {
 public:
  Programs(const ProgramRun& run, const ImportContext& context, const Catalog& catalog, EngineReport& report,
           std::ostream& err)
      : run_(run),
        context_(context),
        catalog_(catalog),
        report_(report),
        err_(err),
        deadline_(is_known(run.budget_s) ? run.budget_s : longest_s) {}

  /// What one command prints, imported. `m`: what is known of its model.
  Result<Imported> command(const Arguments& arguments, const FoundModel& m, const std::string& runtime, double share_s,
                           std::string* printed = nullptr) {
    Arguments all = {run_.program};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const std::string line = shown(run_.program, arguments);
    say(err_, "runs " + line);
    report_.asked.push_back(line);
    const std::string text = output_of(all, std::max(1.0, share_s), interrupted);
    if (interrupted()) return Error{"interrupted", line, "interrupted"};
    if (text.empty())
      return Error{"engine", run_.program,
                   is_known(run_.budget_s)
                       ? "was not found, failed, printed nothing, or took longer than its share of --engine-budget"
                       : "was not found, failed, or printed nothing"};
    if (printed) *printed = text;
    ImportContext context = context_;
    if (context.runtime.empty()) context.runtime = runtime;
    // A blob of Ollama has no name of its own, nor has a repository in what mlx_lm prints.
    const bool nameless = m.kind == FoundModel::Kind::mlx || m.file.filename().string() != m.name;
    if (context.model.empty() && nameless) context.model = m.model;
    if (context.quant.empty() && nameless) context.quant = m.quant;
    return import_benchmark(text, context, catalog_);
  }

  /// Takes rows that are not there yet: a program that prints the same twice measured once.
  void take(const Imported& more) {
    const auto once = [](auto& list, const auto& one) {
      if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
    };
    for (const auto& row : more.rows) once(out_.rows, row);
    for (const std::string& remark : more.remarks) once(out_.remarks, remark);
    if (!more.elsewhere.empty()) once(out_.remarks, more.elsewhere);
  }
  void remark(std::string text) { out_.remarks.push_back(std::move(text)); }

  double left_s() const { return deadline_.left_s(); }
  Imported& out() { return out_; }

 private:
  const ProgramRun& run_;
  const ImportContext& context_;
  const Catalog& catalog_;
  EngineReport& report_;
  std::ostream& err_;
  Deadline deadline_;
  Imported out_;
};

/// The value of the first row of a metric; NaN where there is none.
double value_of(const Imported& rows, Metric metric) {
  const auto& columns = measurement_columns();
  const auto at = [&](const char* name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  for (const auto& row : rows.rows)
    if (row[at("metric")] == info(metric).id) return parse_number(row[at("value")]);
  return unknown;
}

/// Whether a build of llama.cpp has more than the CPU, of what it printed.
bool has_gpu(const std::string& printed, const Catalog& catalog) {
  const std::string_view backends = after(printed, "\"backends\": \"");
  LlamaPlace place;
  add_backends(place, std::string(backends.substr(0, backends.find('"'))), catalog);
  return !place.accelerators.empty();
}

/// One model within its share of the time.
Errors bench_within(Programs& p, const FoundModel& m, double share_s, bool gpu, bool* found_gpu,
                    const Catalog& catalog) {
  const Deadline deadline(share_s);
  const char* layers = gpu ? "99" : "0";
  const std::string runtime = gpu ? "" : "llama.cpp-cpu", file = m.file.string();
  BenchRun b = first_look;
  b.gpu_layers = layers;
  std::string printed;
  const auto first = p.command(arguments_of(file, b), m, runtime, deadline.left_s(), &printed);
  if (!first) return first.errors();
  if (found_gpu) *found_gpu = has_gpu(printed, catalog);
  const double prefill = value_of(*first, Metric::prefill_tok_s), decode = value_of(*first, Metric::decode_tok_s);
  // llama-bench warms up before it counts: one prompt more.
  const auto seconds = [&](const BenchRun& x) {
    return (x.repetitions + 1) * x.prompt / prefill + x.repetitions * (x.generate / decode + x.depth / prefill);
  };
  b = usual_bench;
  b.gpu_layers = layers;
  while (b.repetitions > 1 && seconds(b) > 0.8 * deadline.left_s()) b.repetitions -= 1;
  while (b.prompt > 128 && seconds(b) > 0.8 * deadline.left_s()) b.prompt /= 2;
  if (seconds(b) > deadline.left_s()) {
    p.remark(m.name + " is too slow for its share of --engine-budget: only a short prompt was measured");
    p.take(*first);
    return {};
  }
  const auto rows = p.command(arguments_of(file, b), m, runtime, deadline.left_s());
  if (!rows) return rows.errors();
  p.take(*rows);
  b = deep_bench;
  b.gpu_layers = layers;
  if (seconds(b) > 0.5 * deadline.left_s()) return {};
  // An extra: builds of before 2025 have no depth.
  if (const auto extra = p.command(arguments_of(file, b), m, runtime, deadline.left_s()))
    p.take(*extra);
  else if (extra.errors()[0].code == "interrupted")
    return extra.errors();
  return {};
}

}  // namespace

Result<Imported> run_llama_bench(const ProgramRun& run, const ImportContext& context, const Catalog& catalog,
                                 EngineReport& report, std::ostream& err) {
  Programs p(run, context, catalog, report, err);
  Errors failed;
  bool gpu = false;
  for (std::size_t pass = 0; pass < (gpu ? 2u : 1u); ++pass)
    for (std::size_t i = 0; i < run.models.size(); ++i) {
      const FoundModel& m = run.models[i];
      Errors errors;
      if (is_known(run.budget_s)) {
        // A GPU, where the build has one, is fast: what the CPU leaves is enough for it.
        const double share_s = p.left_s() / static_cast<double>(run.models.size() - i) * (pass == 0 ? 0.7 : 1);
        bool found_gpu = false;
        errors = bench_within(p, m, share_s, pass == 1, pass == 0 ? &found_gpu : nullptr, catalog);
        gpu = gpu || found_gpu;
      } else {
        const auto rows = p.command(arguments_of(m.file.string(), usual_bench), m, "llama.cpp-cpu", p.left_s());
        if (rows)
          p.take(*rows);
        else
          errors = rows.errors();
      }
      if (errors.empty()) continue;
      if (errors[0].code == "interrupted") return errors;
      failed = errors;
      p.remark(m.name + ": " + errors[0].message);
    }
  // Who named the program and its models wants to know that one failed.
  if (p.out().rows.empty() || (!is_known(run.budget_s) && !failed.empty())) return failed;
  return std::move(p.out());
}

Result<Imported> run_mlx_benchmark(const ProgramRun& run, const ImportContext& context, const Catalog& catalog,
                                   EngineReport& report, std::ostream& err) {
  Programs p(run, context, catalog, report, err);
  Errors failed;
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    const FoundModel& m = run.models[i];
    const auto rows =
        p.command(mlx_arguments(m.name), m, "mlx", p.left_s() / static_cast<double>(run.models.size() - i));
    if (rows) {
      p.take(*rows);
      continue;
    }
    if (rows.errors()[0].code == "interrupted") return rows.errors();
    failed = rows.errors();
    p.remark(m.name + ": " + failed[0].message);
  }
  if (p.out().rows.empty()) return failed;
  return std::move(p.out());
}

std::vector<std::string> llama_bench_commands(const ProgramRun& run) {
  std::vector<std::string> out;
  for (const FoundModel& m : run.models) {
    if (is_known(run.budget_s)) out.push_back(shown(run.program, arguments_of(m.file.string(), first_look)));
    out.push_back(shown(run.program, arguments_of(m.file.string(), usual_bench)));
    if (is_known(run.budget_s)) out.push_back(shown(run.program, arguments_of(m.file.string(), deep_bench)));
  }
  return out;
}

std::vector<std::string> mlx_benchmark_commands(const ProgramRun& run) {
  std::vector<std::string> out;
  for (const FoundModel& m : run.models) out.push_back(shown(run.program, mlx_arguments(m.name)));
  return out;
}

}  // namespace edgewise
