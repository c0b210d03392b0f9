#include "llama_bench.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/json_text.h"
#include "edgewise/text.h"
#include "format_reader.h"
#include "lines.h"
#include "llama_placement.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// llama-bench: JSON, JSONL, CSV, SQL and Markdown, from 2023 on.
class LlamaBenchReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool object(const Json& object, const std::string& path) override {
    if (!object.contains("avg_ts") && !(object.contains("n_prompt") && object.contains("n_gen"))) return false;
    record(object, path);
    return true;
  }

  bool line(std::string_view line, std::size_t number) override {
    // "ggml_cuda_init: found 2 CUDA devices:" and "ggml_vulkan: Found 1 Vulkan devices:"; a Markdown table does not
    // say it.
    if (line.find("ggml_") != line.npos && line.find(" devices") != line.npos)
      if (const double n = number_after(line, "ound "); is_known(n)) {
        gpus_ = n;
        gpu_names_.clear();
        integrated_.clear();
      }
    if (const auto name = listed_gpu(line); !name.empty() && name.size() < 256) {
      gpu_names_ += (gpu_names_.empty() ? "" : "/") + std::string(name);
      if (number_after(line, "| uma: ") == 1) integrated_.insert(std::string(name));
    }
    if (tables_.line(line, number)) {
      session_.recognise();
      take(false);
      return true;
    }
    // The last line of a Markdown table: "build: d088d5b74 (8240)".
    if (line.find("build: ") != line.npos && !waiting_.empty()) {
      const double build = number_after(line, "(");
      if (build > 0) version_ = "b" + human(build, "");
      release();
      return true;
    }
    return false;
  }

  void finish() override {
    take(true);
    release();
  }

 private:
  struct Waiting {
    Run run;
    Metric metric;
    double value;
  };

  /// "Device 0: NVIDIA GeForce RTX 4060, compute capability 8.9" and "ggml_vulkan: 0 = AMD Radeon RX 6800 (RADV
  /// NAVI21) | uma: 0", whatever a quotation, a clock or a container puts before them.
  static std::string_view listed_gpu(std::string_view line) {
    struct Form {
      std::string_view label, before, behind;
    };
    for (const Form& form : {Form{"ggml_vulkan: ", " = ", " | "}, Form{"Device ", ": ", ", "}}) {
      std::string_view rest = after(line, form.label);
      if (rest.empty() || !is_known(leading_number(rest, &rest)) || !rest.starts_with(form.before)) continue;
      rest.remove_prefix(form.before.size());
      return rest.substr(0, rest.find(form.behind));
    }
    return {};
  }

  void take(bool at_end) {
    for (const LlamaBenchTables::Record& r : tables_.take(at_end, session_.errors()))
      if (!session_.hopeless()) record(r.fields, r.path);
  }

  void release() {
    for (Waiting& w : waiting_) {
      w.run.runtime_version = version_;
      session_.add(w.run, w.metric, w.value);
    }
    waiting_.clear();
    version_.clear();
  }

  /// The columns of 2023 are flags: cuda, opencl, metal, ...
  static std::string flagged_backends(Fields& f) {
    static constexpr std::pair<const char*, const char*> backends[] = {
        {"cuda", "CUDA"}, {"hipblas", "ROCm"},  {"vulkan", "Vulkan"}, {"kompute", "Kompute"}, {"metal", "Metal"},
        {"sycl", "SYCL"}, {"opencl", "OpenCL"}, {"rpc", "RPC"},       {"blas", "BLAS"}};
    std::string out;
    for (const auto& [key, name] : backends)
      if (f.number(key, 0, 1, 0) == 1) out += (out.empty() ? "" : ",") + std::string(name);
    return out;
  }

  void record(const Json& object, const std::string& path) {
    Errors errors;
    Fields f(object, path, errors);
    const double speed = f.number("avg_ts", 1e-6, 1e9);
    const double prompt = f.whole("n_prompt", 0, 1e9), generate = f.whole("n_gen", 0, 1e9),
                 depth = f.whole("n_depth", 0, 1e9, 0);
    Run run;
    run.source = "llama-bench";
    run.threads = f.maybe_whole("n_threads", 1, 65536);
    run.size_B = f.number("model_size", 0, 1e15, 0);
    const double layers = f.whole("n_gpu_layers", -1e9, 1e9, -1), build = f.whole("build_number", 0, 1e9, 0);
    run.flash_attention = f.number("flash_attn", -1, 2, -1);
    // No pass takes more tokens than a batch has; NaN passes through.
    run.micro_batch = std::min(f.maybe_whole("n_ubatch", 1, 1e6), f.whole("n_batch", 1, 1e6, 1e6));
    const double f16_kv = f.number("f16_kv", 0, 1, 1);
    LlamaPlace place;
    add_backends(place, f.has("backends") ? f.text("backends") : flagged_backends(f), session_.catalog());
    place.gpu_info = f.has("gpu_info") ? f.text("gpu_info") : gpu_names_;
    place.devices = f.text("devices");
    place.gpus = gpus_;
    place.integrated = integrated_;
    const std::string cpu = f.text("cpu_info"), key = f.text("type_k"), value = f.text("type_v"),
                      commit = f.text("build_commit");
    const ModelHint hint{f.text("model_filename"), f.text("model_type"), "", f.maybe("model_n_params", 0, 1e15),
                         f.number("model_n_params_within", 0, 1e15, 0)};
    const UsedGpus gpus = used_gpus(f, place);
    if (errors.empty() && prompt + generate == 0) f.fail("n_prompt", "out_of_range", "and n_gen are both 0");
    if (errors.empty()) {
      run.runtime = llama_runtime(place, layers, gpus.names, session_);
      session_.name_model(run, hint);
      run.placement =
          placement_text(llama_placement(f, place, gpus.count, session_.catalog().model(run.model), prompt));
    }
    if (!errors.empty()) {
      session_.errors().insert(session_.errors().end(), errors.begin(), errors.end());
      return;
    }
    const bool on_cpu = run.runtime == "llama.cpp-cpu", alone = place.accelerators.empty();
    if (on_cpu)  // "AMD Ryzen 9 7950X 16-Core Processor, OpenBLAS"
      for (const std::string& part : split(cpu, ", ")) session_.ran_on(Processor::cpu, {part});
    if (!on_cpu) session_.ran_on(Processor::gpu, gpus.names);
    if (on_cpu && !alone) run.note = "built for " + listed(place.accelerators) + ", no layers offloaded";
    run.runtime_version = build > 0 ? "b" + human(build, "") : commit;
    run.kv_quant = key.empty() && value.empty() ? (f16_kv == 0 ? "f32" : "f16")
                   : key == value               ? key
                                                : "k:" + key + ",v:" + value;
    run.prompt = prompt;
    run.generate = generate;
    run.depth = depth;
    const Metric metric = generate == 0 ? Metric::prefill_tok_s
                          : prompt == 0 ? Metric::decode_tok_s
                                        : Metric::throughput_tok_s;
    // Of a run of both it counts all tokens; a throughput is of those that were generated.
    const double rate = metric == Metric::throughput_tok_s ? speed * generate / (prompt + generate) : speed;
    if (run.runtime_version.empty())
      waiting_.push_back({std::move(run), metric, rate});
    else
      session_.add(run, metric, rate);
  }

  LlamaBenchTables tables_;
  std::vector<Waiting> waiting_;  ///< rows of a table whose version stands below it
  std::string version_;
  double gpus_ = unknown;  ///< that it found
  std::string gpu_names_;  ///< of those, as `gpu_info` of other formats has them
  std::set<std::string> integrated_;
};

}  // namespace

std::unique_ptr<FormatReader> llama_bench_reader(ImportSession& session) {
  return std::make_unique<LlamaBenchReader>(session);
}

}  // namespace edgewise
