#include <map>
#include <nlohmann/json.hpp>

#include "fields.h"
#include "format_reader.h"
#include "lines.h"
#include "timings.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Go's notation of a duration, "1m2.5s" or "130.079ms", in seconds; NaN where it is none.
double duration_s(std::string_view text) {
  static const std::map<std::string_view, double> units = {{"h", 3600},  {"m", 60},           {"s", 1},    {"ms", 1e-3},
                                                           {"us", 1e-6}, {"\xc2\xb5s", 1e-6}, {"ns", 1e-9}};
  text = trimmed(text);
  double sum = text.empty() ? unknown : 0;
  while (!text.empty() && is_known(sum)) {
    std::string_view rest;
    const double x = leading_number(text, &rest);
    const auto end = std::min(rest.find_first_of("0123456789"), rest.size());
    const auto unit = units.find(rest.substr(0, end));
    sum += unit == units.end() ? unknown : x * unit->second;
    text = rest.substr(end);
  }
  return sum;
}

/// Answers of Ollama's API (whole, or streamed a line each) and what `ollama run --verbose` prints. Which processor ran
/// the model they do not say.
class OllamaReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool object(const Json& object, const std::string& path) override {
    if (!object.contains("eval_count")) {
      // A part of a streamed answer.
      const auto done = object.find("done");
      return done != object.end() && done->is_boolean() && !done->get<bool>() && object.contains("model");
    }
    Fields f(object, path, session_.errors());
    const AnswerTimes n = ollama_durations(f);
    const std::string model = f.text("model");
    if (session_.errors().empty()) add_rows(n, model);
    return true;
  }

  bool line(std::string_view line, std::size_t number) override {
    static constexpr std::string_view labels[] = {
        "total duration:",   "load duration:", "prompt eval count:", "prompt eval duration:",
        "prompt eval rate:", "eval count:",    "eval duration:",     "eval rate:"};
    const auto* label = std::find_if(std::begin(labels), std::end(labels),
                                     [&](std::string_view l) { return line.substr(0, l.size()) == l; });
    if (label == std::end(labels)) return false;
    session_.recognise();
    const std::string_view value = trimmed(line.substr(label->size()));
    if (*label == "total duration:") {
      flush();
      line_ = number;
    } else if (*label == "prompt eval count:") {
      said_.prompt = counted(value, *label, number);
    } else if (*label == "prompt eval duration:") {
      said_.prompt_s = timed(value, *label, number);
    } else if (*label == "eval count:") {
      said_.generated = counted(value, *label, number);
      line_ = line_ == 0 ? number : line_;
    } else if (*label == "eval duration:") {
      said_.generated_s = timed(value, *label, number);
    }
    return true;
  }

  void finish() override { flush(); }

 private:
  double refused(std::string_view label, std::size_t number, const char* message) {
    session_.errors().push_back(
        {"wrong_type", "line " + std::to_string(number) + ": " + std::string(label.substr(0, label.size() - 1)),
         message});
    return 0;
  }
  double counted(std::string_view value, std::string_view label, std::size_t number) {
    const double x = leading_number(value);
    return x >= 0 && x < 1e9 ? x : refused(label, number, "is no count");
  }
  double timed(std::string_view value, std::string_view label, std::size_t number) {
    const double x = duration_s(value);
    return x >= 0 && x < 1e9 ? x : refused(label, number, "is no duration");
  }

  void flush() {
    if (line_ > 0) {
      for (const auto& [known, label] :
           {std::pair{is_known(said_.generated), "eval count"}, {is_known(said_.generated_s), "eval duration"}})
        if (!known)
          session_.errors().push_back(
              {"missing", "line " + std::to_string(line_) + ": " + label, "is missing: the file may be cut short"});
      if (session_.errors().empty()) add_rows(said_, "");
    }
    said_ = {};
    line_ = 0;
  }

  void add_rows(const AnswerTimes& n, const std::string& model) {
    Run run;
    run.source = "Ollama";
    // Its Vulkan is there only for those who ask for it (github:ollama/ollama docs/gpu.md).
    run.runtime = session_.runtime_of("llama.cpp", {"CPU", "CUDA", "ROCm", "Metal"});
    session_.name_model(run, {model, "", ""});
    if (!session_.errors().empty()) return;
    if (n.prompt > 0) run.prompt = n.prompt;
    if (n.prompt > 0 && n.prompt_s > 0) {
      Run prefill = run;
      prefill.generate = 0;
      session_.add(prefill, Metric::prefill_tok_s, n.prompt / n.prompt_s);
    }
    if (n.generated > 0 && n.generated_s > 0) {
      run.generate = n.generated;
      session_.add(run, Metric::decode_tok_s, n.generated / n.generated_s);
    }
  }

  AnswerTimes said_;
  std::size_t line_ = 0;  ///< of the answer that is being read; 0: none
};

}  // namespace

std::unique_ptr<FormatReader> ollama_reader(ImportSession& session) { return std::make_unique<OllamaReader>(session); }

}  // namespace edgewise
