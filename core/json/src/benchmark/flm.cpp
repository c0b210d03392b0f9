#include <algorithm>

#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

/// FastFlowLM: the table of `flm bench` (docs/instructions/cli.md), and what `/verbose` prints after each turn of a
/// chat (src/common/AutoModel/automodel.cpp of github:FastFlowLM/FastFlowLM).
class FlmReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool line(std::string_view line, std::size_t number) override {
    if (const auto loaded = after(line, "Loading model: "); !loaded.empty() && line.substr(0, 5) == "[FLM]") {
      name_ = loaded;
      return true;
    }
    return table_line(line, number) || verbose_line(line, number);
  }

  void finish() override {
    if (turn_line_ > 0)
      session_.errors().push_back({"missing", "line " + std::to_string(turn_line_),
                                   "begins a summary without decoding speed: the file may be cut short"});
  }

 private:
  /// "1k | 0.815 ± 0.012 | 1233.57 ± 17.91 | 61.39 ± 0.46": context, seconds to the first token, two speeds.
  bool table_line(std::string_view line, std::size_t number) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() == 4 && cells[0] == "Context Length" && cells[2].find("Prefill Speed (tok/s)") == 0) {
      session_.recognise();
      in_table_ = true;
      return true;
    }
    if (!in_table_) return false;
    if (cells.size() != 4) {
      in_table_ = line.find_first_not_of('-') == line.npos;  // a ruler above the rows; below them it ends nothing
      return in_table_;
    }
    std::string_view rest;
    double context = leading_number(cells[0], &rest);
    if (trimmed(rest) == "k") context *= 1024;
    const double ttft_s = leading_number(cells[1]), prefill = leading_number(cells[2]),
                 decode = leading_number(cells[3]);
    if (!(context >= 1 && context < 1e9 && ttft_s > 0 && ttft_s < 1e6 && prefill > 0 && prefill < 1e9 && decode > 0 &&
          decode < 1e9)) {
      session_.errors().push_back({"out_of_range", "line " + std::to_string(number),
                                   "states no context with its time and two speeds: the file may be cut short"});
      return true;
    }
    Run run = begin("flm bench");
    if (!session_.errors().empty()) return true;
    Run of_prompt = run;
    of_prompt.prompt = context;
    of_prompt.generate = 0;
    session_.add(of_prompt, Metric::prefill_tok_s, prefill);
    session_.add(of_prompt, Metric::ttft_ms, ttft_s * 1e3);
    run.prompt = 0;
    run.depth = context;
    session_.add(run, Metric::decode_tok_s, decode);
    return true;
  }

  bool verbose_line(std::string_view line, std::size_t number) {
    if (line == "Verbose:") {
      session_.recognise();
      turn_line_ = number;
      total_ = prefill_ = unknown;
      return true;
    }
    if (turn_line_ == 0) return false;
    if (line.substr(0, 13) == "Total tokens:") {
      total_ = number_after(line, "Total tokens:");
      return true;
    }
    if (line.substr(0, 5) == "TTFT:") return true;  // of the first turn of a chat it holds the template too
    if (line.substr(0, 14) == "Prefill speed:") {
      prefill_ = number_after(line, "Prefill speed:");
      return true;
    }
    if (line.substr(0, 15) != "Decoding speed:") return false;
    add_turn(number_after(line, "Decoding speed:"), number);
    turn_line_ = 0;
    return true;
  }

  void add_turn(double decode, std::size_t number) {
    if (!(total_ > 0 && total_ < 1e9 && prefill_ > 0 && prefill_ < 1e9 && decode > 0 && decode < 1e9)) {
      session_.errors().push_back(
          {"out_of_range", "line " + std::to_string(number), "ends a summary without tokens and two speeds above 0"});
      return;
    }
    const double prompt = session_.context().prompt;
    if (!is_known(prompt))
      return session_.lacks("says not how long the prompt was, only its sum with the answer: give --prompt");
    if (prompt >= total_) {
      session_.errors().push_back({"out_of_range", "line " + std::to_string(turn_line_) + ": Total tokens",
                                   "is not above --prompt, and counts the answer as well"});
      return;
    }
    Run run = begin("flm run");
    if (!session_.errors().empty()) return;
    run.prompt = prompt;
    Run prefill = run;
    prefill.generate = 0;
    session_.add(prefill, Metric::prefill_tok_s, prefill_);
    run.generate = total_ - prompt;
    session_.add(run, Metric::decode_tok_s, decode);
    session_.remark("flm's speeds are means since its model was loaded: of the first turn of a chat they are its own");
  }

  Run begin(const char* source) {
    Run run;
    run.source = source;
    run.runtime = session_.context().runtime.empty() ? "fastflowlm-xdna" : session_.context().runtime;
    ModelHint hint;
    hint.name = name_.substr(name_.find_last_of("/\\") + 1);
    // Its own repositories add the generation of the NPU.
    if (const auto npu = hint.name.find("-NPU"); npu != std::string::npos) hint.name.resize(npu);
    session_.name_model(run, hint);
    return run;
  }

  std::string name_;
  bool in_table_ = false;
  std::size_t turn_line_ = 0;  ///< of a summary that is being read; 0: none
  double total_ = unknown, prefill_ = unknown;
};

}  // namespace

std::unique_ptr<FormatReader> flm_reader(ImportSession& session) { return std::make_unique<FlmReader>(session); }

}  // namespace edgewise
