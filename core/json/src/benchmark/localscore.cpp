#include <nlohmann/json.hpp>

#include "edgewise/text.h"
#include "fields.h"
#include "format_reader.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// The JSON of LocalScore, a benchmark of llamafile, which is llama.cpp.
class LocalScoreReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool object(const Json& object, const std::string& path) override {
    const auto results = object.find("results");
    if (results != object.end() && results->is_array() && !results->empty() && is_result(results->front())) {
      Run run = begin(object, path);
      for (std::size_t i = 0; i < results->size() && !session_.hopeless(); ++i)
        if ((*results)[i].is_object()) result((*results)[i], path + ".results[" + std::to_string(i) + "]", run);
      return true;
    }
    if (!is_result(object)) return false;
    result(object, path, begin(Json::object(), path));
    return true;
  }

 private:
  static bool is_result(const Json& o) { return o.is_object() && o.contains("prompt_tps") && o.contains("gen_tps"); }

  Run begin(const Json& object, const std::string& path) {
    Run run;
    run.source = "LocalScore";
    const auto part = [&](const char* key) {
      const auto it = object.find(key);
      return it != object.end() && it->is_object() ? *it : Json::object();
    };
    const Json accelerator = part("accelerator_info"), runtime = part("runtime_info");
    Fields a(accelerator, path + ".accelerator_info", session_.errors()),
        r(runtime, path + ".runtime_info", session_.errors());
    run.runtime_version = r.text("version");
    const std::string type = a.text("type"), name = a.text("name");
    const std::string maker = lower(a.text("manufacturer") + " " + name);
    if (type == "GPU" || type == "CPU") session_.ran_on(type == "GPU" ? Processor::gpu : Processor::cpu, {name});
    // A CPU has one runtime; a GPU that of its maker.
    if (!session_.context().runtime.empty())
      run.runtime = session_.context().runtime;
    else if (type == "CPU")
      run.runtime = "llama.cpp-cpu";
    else if (maker.find("nvidia") != maker.npos)
      run.runtime = "llama.cpp-cuda";
    else if (maker.find("amd") != maker.npos)
      run.runtime = "llama.cpp-rocm";
    else if (maker.find("apple") != maker.npos)
      run.runtime = "llama.cpp-metal";
    else
      run.runtime = session_.runtime_of("llama.cpp", {"CPU", "CUDA", "ROCm", "Metal"});
    return run;
  }

  void result(const Json& object, const std::string& path, Run run) {
    Fields f(object, path, session_.errors());
    const double prompt = f.whole("n_prompt", 0, 1e9), generated = f.whole("n_gen", 0, 1e9);
    const double prefill = f.number("prompt_tps", 0, 1e9), decode = f.number("gen_tps", 0, 1e9),
                 ttft = f.number("ttft_ms", 0, 1e12, 0);
    session_.name_model(run, {f.text("model_name"), "", f.text("model_quant_str"), f.maybe("model_n_params", 0, 1e15)});
    if (!session_.errors().empty()) return;
    run.prompt = prompt;
    if (prompt > 0 && prefill > 0) {
      Run of_prompt = run;
      of_prompt.generate = 0;
      session_.add(of_prompt, Metric::prefill_tok_s, prefill);
    }
    run.generate = generated;
    if (generated > 0 && decode > 0) session_.add(run, Metric::decode_tok_s, decode);
    if (prompt > 0 && ttft > 0) session_.add(run, Metric::ttft_ms, ttft);
  }
};

}  // namespace

std::unique_ptr<FormatReader> localscore_reader(ImportSession& session) {
  return std::make_unique<LocalScoreReader>(session);
}

}  // namespace edgewise
