#include <cmath>
#include <tuple>
#include <utility>

#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

/// What mlx_lm.generate prints at its end, and mlx_lm.benchmark.
class MlxReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool line(std::string_view line, std::size_t number) override {
    const bool batch = line.substr(0, 17) == "[batch_generate] ";
    if (batch) line.remove_prefix(17);
    if (line.find("tokens-per-sec") != line.npos || (generated_.line > 0 && line.substr(0, 12) == "Peak memory:"))
      return generate_line(line, number, batch);
    if (const double done = number_after(line, "Finished processing "); batch && is_known(done)) {
      sequences_ = done;
      return true;
    }
    if (line.substr(0, 12) == "Timing with ") {
      flush();
      asked_.prompt = number_after(line, "prompt_tokens=");
      asked_.generated = number_after(line, "generation_tokens=");
      asked_.batch = number_after(line, "batch_size=");
      asked_.line = number;
      session_.recognise();
      return true;
    }
    if (line.substr(0, 9) == "Averages:") {
      session_.recognise();
      averages(line, number);
      return true;
    }
    return false;
  }

  void finish() override {
    flush();
    if (asked_.line > 0) lacking(asked_.line, "has no line of averages after it: the file may be cut short");
  }

 private:
  struct Numbers {
    std::size_t line = 0;  ///< where they begin; 0: none
    double prompt = unknown, generated = unknown, batch = 1;
    double prefill = unknown, decode = unknown, memory_gb = unknown;
  };

  void lacking(std::size_t line, const char* message) {
    session_.errors().push_back({"missing", "line " + std::to_string(line), message});
  }

  /// "13 tokens, 150.123 tokens-per-sec"; in 2024 only the speed.
  static std::pair<double, double> tokens_and_speed(std::string_view text) {
    std::string_view rest;
    const double first = leading_number(text, &rest);
    if (trimmed(rest).substr(0, 14) == "tokens-per-sec") return {unknown, first};
    return {first, number_after(rest, ",")};
  }

  /// "Prompt: 13 tokens, 150.123 tokens-per-sec", "Generation: ..." alike, "Peak memory: 1.234 GB".
  bool generate_line(std::string_view line, std::size_t number, bool batch) {
    session_.recognise();
    if (line.substr(0, 7) == "Prompt:") {
      flush();
      generated_.line = number;
      generated_.batch = batch ? sequences_ : 1;
      std::tie(generated_.prompt, generated_.prefill) = tokens_and_speed(after(line, "Prompt:"));
    } else if (line.substr(0, 11) == "Generation:") {
      generated_.line = generated_.line > 0 ? generated_.line : number;
      std::tie(generated_.generated, generated_.decode) = tokens_and_speed(after(line, "Generation:"));
    } else if (line.substr(0, 12) == "Peak memory:") {
      generated_.memory_gb = number_after(line, "Peak memory:");
      flush();
    } else {
      return false;
    }
    return true;
  }

  void averages(std::string_view line, std::size_t number) {
    Numbers n = asked_;
    asked_ = {};
    if (n.line == 0)
      return lacking(number, "says not of which prompt: the line that begins with \"Timing with\" is missing");
    n.prefill = number_after(line, "prompt_tps=");
    n.decode = number_after(line, "generation_tps=");
    n.memory_gb = number_after(line, "peak_memory=");
    add_rows("mlx_lm.benchmark", n);
  }

  void flush() {
    if (generated_.line > 0) add_rows("mlx_lm.generate", generated_);
    generated_ = {};
  }

  void add_rows(const char* source, Numbers n) {
    if (n.prefill > 0 && !is_known(n.prompt)) {
      n.prompt = session_.context().prompt;
      if (!is_known(n.prompt)) return session_.lacks("says not how long the prompt was: give --prompt");
    }
    if (n.decode > 0 && !is_known(n.generated)) {
      n.generated = session_.context().generate;
      if (!is_known(n.generated)) return session_.lacks("says not how many tokens were generated: give --generate");
    }
    const auto positive = [&](double x) { return x > 0 && x < 1e12; };
    if (!positive(n.prompt) || !positive(n.generated) || !positive(n.prefill) || !positive(n.decode) ||
        !positive(n.batch))
      return lacking(n.line, "lacks a number above 0 for prompt or generation: the file may be cut short");
    Run run;
    run.source = source;
    run.runtime = session_.context().runtime.empty() ? "mlx" : session_.context().runtime;
    session_.name_model(run, {});
    if (!session_.errors().empty()) return;
    run.batch = n.batch;
    run.prompt = n.prompt;
    Run prefill = run, memory = run;
    prefill.generate = 0;
    session_.add(prefill, Metric::prefill_tok_s, n.prefill);
    run.generate = memory.generate = n.generated;
    session_.add(run, Metric::decode_tok_s, n.decode);
    if (!positive(n.memory_gb)) return;
    memory.depth = n.prompt + n.generated;
    session_.add(memory, Metric::peak_mem_mib, std::round(n.memory_gb * 1e9 / mib * 10) / 10);
  }

  Numbers generated_, asked_;
  double sequences_ = unknown;  ///< of a batch
};

}  // namespace

std::unique_ptr<FormatReader> mlx_reader(ImportSession& session) { return std::make_unique<MlxReader>(session); }

}  // namespace edgewise
