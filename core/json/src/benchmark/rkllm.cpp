#include <algorithm>
#include <cctype>
#include <set>

#include "edgewise/text.h"
#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

/// Where a type of weights and activations begins in a name, as "w8a8" does in "qwen3-0.6b-rk3588-w8a8-opt-0"; or npos.
std::size_t find_dtype(const std::string& name) {
  const auto digit = [&](std::size_t i) {
    return i < name.size() && std::isdigit(static_cast<unsigned char>(name[i]));
  };
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] == 'w' && digit(i + 1) && i + 2 < name.size() && name[i + 2] == 'a' && digit(i + 3)) return i;
  return std::string::npos;
}

/// RKLLM: the table that the runtime logs (RKLLM_LOG_LEVEL=1) and the tables of Rockchip's benchmark.md.
class RkllmReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool line(std::string_view line, std::size_t number) override {
    if (const auto at = line.find("rkllm: "); at != line.npos && at < 16) line = trimmed(line.substr(at + 7));
    return log_line(line, number) || table_line(line, number);
  }

  void finish() override {
    flush();
    if (platforms_.size() > 1)
      session_.errors().push_back({"ambiguous", "",
                                   "holds tables of several platforms (" +
                                       listed({platforms_.begin(), platforms_.end()}) +
                                       "): leave that of the device alone in it"});
  }

 private:
  /// "Prefill  159.02  7  22.72  44.02": milliseconds, tokens, milliseconds a token, tokens a second.
  bool log_line(std::string_view line, std::size_t number) {
    if (const auto file = after(line, "loading rkllm model from "); !file.empty()) {
      name_ = file;
      return true;
    }
    if (const auto version = after(line, "rkllm-runtime version: "); !version.empty())
      version_ = version.substr(0, version.find_first_of(", "));
    if (const auto dtype = after(line, "model_dtype: "); !dtype.empty())
      dtype_ = lower(dtype.substr(0, dtype.find_first_of(", ")));
    if (line.find("Time per Token (ms)") != line.npos && line.find("Stage") != line.npos) {
      flush();
      stage_line_ = number;
      session_.recognise();
      return true;
    }
    if (stage_line_ == 0) return false;
    if (memory_next_) {
      memory_next_ = false;
      memory_gb_ = leading_number(line);
      return true;
    }
    if (line.find("Memory Usage (GB)") != line.npos) {
      memory_gb_ = number_after(line, "(GB)");
      memory_next_ = !is_known(memory_gb_);
      return true;
    }
    const bool prefill = line.substr(0, 7) == "Prefill", generate = line.substr(0, 8) == "Generate";
    if (!prefill && !generate) return false;
    std::string text(line.substr(line.find(' ') == line.npos ? line.size() : line.find(' ')));
    std::replace(text.begin(), text.end(), '|', ' ');
    const auto words = blank_parted(text);
    const double ms = words.empty() ? unknown : leading_number(words[0]),
                 tokens = words.size() < 2 ? unknown : leading_number(words[1]);
    if (!(ms >= 0 && ms < 1e12 && tokens >= 0 && tokens < 1e9)) {
      session_.errors().push_back({"out_of_range", "line " + std::to_string(number),
                                   "states no time and number of tokens: the file may be cut short"});
      return true;
    }
    (prefill ? prompt_ : generated_) = tokens;
    (prefill ? prompt_s_ : generated_s_) = ms / 1e3;
    return true;
  }

  void flush() {
    if (stage_line_ > 0) {
      if (!is_known(prompt_) || !is_known(generated_))
        session_.errors().push_back({"missing", "line " + std::to_string(stage_line_),
                                     "begins a table without Prefill and Generate: the file may be cut short"});
      else
        add_measured();
    }
    stage_line_ = 0;
    prompt_ = prompt_s_ = generated_ = generated_s_ = memory_gb_ = unknown;
    memory_next_ = false;
  }

  Run begin(const char* source) {
    Run run;
    run.source = source;
    run.runtime = session_.context().runtime.empty() ? "rkllm" : session_.context().runtime;
    return run;
  }

  void add_measured() {
    Run run = begin("rkllm");
    run.runtime_version = version_;
    ModelHint hint;
    hint.name = lower(name_.substr(name_.find_last_of('/') + 1));
    hint.quant = dtype_;
    if (const auto at = find_dtype(hint.name); at != std::string::npos && hint.quant.empty()) {
      const auto end = hint.name.find_first_of("-.", at);
      hint.quant = hint.name.substr(at, end == hint.name.npos ? end : end - at);
    }
    // "qwen3-0.6b-rk3588-w8a8-opt-0": the model is what stands before the platform and the types.
    const auto cut = std::min(hint.name.find("rk3"), find_dtype(hint.name));
    if (cut != std::string::npos && cut > 0) hint.name.resize(cut - 1);
    session_.name_model(run, hint);
    if (!session_.errors().empty()) return;
    run.prompt = prompt_;
    if (prompt_ > 0 && prompt_s_ > 0) {
      Run prefill = run;
      prefill.generate = 0;
      session_.add(prefill, Metric::prefill_tok_s, prompt_ / prompt_s_);
    }
    run.generate = generated_;
    if (generated_ > 0 && generated_s_ > 0) session_.add(run, Metric::decode_tok_s, generated_ / generated_s_);
    if (memory_gb_ > 0) {
      run.depth = prompt_ + generated_;
      session_.add(run, Metric::peak_mem_mib, memory_gb_ * 1024);
    }
  }

  /// | Model | Model Size | Dtype | Seqlen | New_tokens | TTFT(ms) | Tokens/s | memory(MB) |
  bool table_line(std::string_view line, std::size_t number) {
    if (line.substr(0, 1) == "#") {
      heading_ = trimmed(line.substr(std::min(line.find_first_not_of('#'), line.size())));
      columns_.clear();
      return false;
    }
    std::vector<std::string> cells = cells_of(line);
    if (cells.empty()) return false;
    for (std::string& cell : cells) cell = lower(cell);
    const auto has = [&](const char* title) { return std::find(cells.begin(), cells.end(), title) != cells.end(); };
    if (has("model") && has("dtype") && has("tokens/s")) {
      columns_ = cells;
      session_.recognise();
      if (!heading_.empty()) platforms_.insert(heading_);
      return true;
    }
    if (columns_.empty() || is_ruler(cells)) return !columns_.empty();
    if (cells.size() != columns_.size()) {
      session_.errors().push_back(
          {"wrong_length", "line " + std::to_string(number),
           "has " + std::to_string(cells.size()) + " cells, the header has " + std::to_string(columns_.size())});
      return true;
    }
    const auto at = [&](std::string_view title) {
      const auto it = std::find(columns_.begin(), columns_.end(), title);
      return it == columns_.end() ? std::string() : cells[static_cast<std::size_t>(it - columns_.begin())];
    };
    // A model that is named once stands for the rows below it.
    if (!at("model").empty()) name_ = at("model");
    Run run = begin("rknn-llm benchmark.md");
    const std::string size = at("model size");
    session_.name_model(run, {name_ + (size.empty() ? "" : "-" + size), "", at("dtype")});
    run.prompt = leading_number(at("seqlen"));
    run.generate = leading_number(at("new_tokens"));
    const double ttft = leading_number(at("ttft(ms)")), decode = leading_number(at("tokens/s")),
                 memory = leading_number(at("memory(mb)"));
    if (!(decode > 0 && decode < 1e9)) {
      session_.errors().push_back(
          {"out_of_range", "line " + std::to_string(number) + ".Tokens/s", "is no number above 0"});
      return true;
    }
    if (!session_.errors().empty()) return true;
    if (ttft > 0) session_.add(run, Metric::ttft_ms, ttft);
    session_.add(run, Metric::decode_tok_s, decode);
    if (memory > 0) {
      run.depth = run.prompt + run.generate;
      session_.add(run, Metric::peak_mem_mib, memory);
    }
    return true;
  }

  std::string name_, version_, dtype_;
  std::size_t stage_line_ = 0;  ///< of the titles of a table that is being read; 0: none
  double prompt_ = unknown, prompt_s_ = unknown, generated_ = unknown, generated_s_ = unknown, memory_gb_ = unknown;
  bool memory_next_ = false;  ///< the value stands in the next line
  std::string heading_;
  std::vector<std::string> columns_;
  std::set<std::string> platforms_;
};

}  // namespace

std::unique_ptr<FormatReader> rkllm_reader(ImportSession& session) { return std::make_unique<RkllmReader>(session); }

}  // namespace edgewise
