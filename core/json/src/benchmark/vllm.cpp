#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/placement.h"
#include "fields.h"
#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Lines of the table that a serving benchmark ends with, by the members of the JSON that it writes
/// (github:vllm-project/vllm benchmarks/benchmark_serving.py; SGLang's bench_serving.py prints the same).
constexpr std::pair<const char*, const char*> table_lines[] = {
    {"Backend:", "backend"},
    {"Successful requests:", "completed"},
    {"Maximum request concurrency:", "max_concurrency"},
    {"Max request concurrency:", "max_concurrency"},
    {"Total input tokens:", "total_input_tokens"},
    {"Total generated tokens:", "total_output_tokens"},
    {"Output token throughput (tok/s):", "output_throughput"},
    {"Mean TTFT (ms):", "mean_ttft_ms"},
    {"Median TTFT (ms):", "median_ttft_ms"},
    {"Mean TPOT (ms):", "mean_tpot_ms"},
    {"Median TPOT (ms):", "median_tpot_ms"}};

/// The results of vLLM's benchmarks: serving, latency of one batch, throughput.
class VllmReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool object(const Json& object, const std::string& path) override {
    Fields f(object, path, session_.errors());
    if (object.contains("output_throughput") && object.contains("total_output_tokens"))
      served(f);
    else if (object.contains("avg_latency") && object.contains("latencies"))
      latency(f);
    else if (object.contains("elapsed_time") && object.contains("total_num_tokens"))
      throughput(f);
    else
      return false;
    return true;
  }

  bool line(std::string_view line, std::size_t number) override {
    if (line.find("Serving Benchmark Result") != line.npos) {
      table_ = Json::object();
      begins_ = number;
      session_.recognise();
      return true;
    }
    if (!table_.is_object()) return false;
    if (line.substr(0, 4) == "====") {
      Fields f(table_, "line " + std::to_string(begins_), session_.errors());
      served(f);
      table_ = nullptr;
      return true;
    }
    for (const auto& [label, key] : table_lines) {
      const std::string_view value = after(line, label);
      if (value.empty()) continue;
      const double x = leading_number(value);
      table_[key] = is_known(x) ? Json(x) : Json(std::string(value));
    }
    return true;
  }

  void finish() override {
    if (table_.is_object())
      session_.errors().push_back({"truncated", "line " + std::to_string(begins_),
                                   "begins a table of results that has no end: the file may be cut short"});
  }

 private:
  Run begin(Fields& f, const char* source, bool of_vllm) {
    Run run;
    run.source = source;
    if (of_vllm)
      run.runtime = session_.runtime_of("vllm");
    else if (!session_.context().runtime.empty())
      run.runtime = session_.context().runtime;
    else
      session_.lacks("is not of vLLM's own server: give --runtime");
    session_.name_model(run, {f.text("model_id"), "", ""});
    // What --metadata adds, where it does.
    Placement p;
    p.devices = f.whole("tensor_parallel_size", 1, 1024, 1) * f.whole("pipeline_parallel_size", 1, 1024, 1) *
                f.whole("data_parallel_size", 1, 1024, 1);
    run.placement = placement_text(p);
    return run;
  }

  double asked(double option, const char* message) {
    if (!is_known(option)) session_.lacks(message);
    return option;
  }
  double batch() { return asked(session_.context().batch, "says not how many sequences ran at once: give --batch"); }

  void served(Fields& f) {
    const std::string backend = f.has("backend") ? f.text("backend") : f.text("endpoint_type");
    const bool other = backend == "sglang" || backend == "tgi" || backend == "lmdeploy" || backend == "deepspeed-mii" ||
                       backend == "tensorrt-llm" || backend == "scalellm" || backend == "llama.cpp";
    const double completed = f.whole("completed", 1, 1e9), input = f.whole("total_input_tokens", 1, 1e15),
                 output = f.whole("total_output_tokens", 1, 1e15), rate = f.number("output_throughput", 1e-6, 1e12);
    const double concurrency = f.maybe_whole("max_concurrency", 1, 1e9);
    const double ttft = f.maybe(f.has("median_ttft_ms") ? "median_ttft_ms" : "mean_ttft_ms", 0, 1e12),
                 tpot = f.maybe(f.has("median_tpot_ms") ? "median_tpot_ms" : "mean_tpot_ms", 0, 1e12);
    Run run = begin(f, "vLLM serving benchmark", !other);
    run.batch = is_known(concurrency) ? std::min(concurrency, completed) : completed == 1 ? 1 : batch();
    if (!session_.errors().empty()) return;
    run.prompt = std::round(input / completed);
    run.generate = std::round(output / completed);
    run.note = std::to_string(static_cast<long long>(completed)) + " requests, mean lengths";
    session_.add(run, Metric::throughput_tok_s, rate);
    // Requests wait for each other: the time to the first token is that of one request only where it is alone.
    if (ttft > 0 && run.batch == 1) session_.add(run, Metric::ttft_ms, ttft);
    if (tpot > 0) session_.add(run, Metric::tpot_ms, tpot);
  }

  void latency(Fields& f) {
    const double seconds = f.number("avg_latency", 1e-9, 1e9);
    Run run = begin(f, "vLLM latency benchmark", true);
    run.batch = batch();
    run.prompt = asked(session_.context().prompt, "says not how long the prompts were: give --prompt");
    run.generate = asked(session_.context().generate, "says not how many tokens were generated: give --generate");
    if (!session_.errors().empty()) return;
    session_.add(run, Metric::throughput_tok_s, run.batch * run.generate / seconds);
  }

  void throughput(Fields& f) {
    const double seconds = f.number("elapsed_time", 1e-9, 1e12), requests = f.whole("num_requests", 1, 1e12),
                 tokens = f.whole("total_num_tokens", 1, 1e15);
    Run run = begin(f, "vLLM throughput benchmark", true);
    run.batch = batch();
    run.generate = asked(session_.context().generate,
                         "says not how many of its tokens were generated: give --generate, for one request");
    if (!session_.errors().empty()) return;
    run.prompt = std::round(tokens / requests - run.generate);
    if (!(run.prompt >= 0)) {
      f.fail("total_num_tokens", "inconsistent", "is less than what --generate says of each request");
      return;
    }
    session_.add(run, Metric::throughput_tok_s, requests * run.generate / seconds);
  }

  Json table_;  ///< null: none has begun
  std::size_t begins_ = 0;
};

}  // namespace

std::unique_ptr<FormatReader> vllm_reader(ImportSession& session) { return std::make_unique<VllmReader>(session); }

}  // namespace edgewise
