#include <nlohmann/json.hpp>

#include "edgewise/text.h"
#include "format_reader.h"
#include "lines.h"
#include "llama_placement.h"
#include "timings.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// What llama.cpp's other programs print: llama-batched-bench (JSONL and table), the server's timings, the sums at the
/// end of a run (llama_perf_context_print, llama_print_timings). What the log says before them of the model and its
/// place counts; the sums alone name neither.
class LlamaLogReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool object(const Json& object, const std::string& path) override {
    if (object.contains("speed_tg") && object.contains("pl")) {
      Fields f(object, path, session_.errors());
      batched(f);
      return true;
    }
    if (const auto timings = object.find("timings"); timings != object.end() && timings->is_object()) {
      Fields answer(object, path, session_.errors());
      timed(*timings, path + ".timings", answer.text("model"));
      return true;
    }
    if (object.contains("prompt_ms") && object.contains("predicted_ms")) {
      timed(object, path, "");
      return true;
    }
    return false;
  }

  bool line(std::string_view line, std::size_t number) override {
    if (perf_line(line, number) || batched_line(line, number)) {
      session_.recognise();
      return true;
    }
    return context_line(line);
  }

  void finish() override { end_of_run(); }

 private:
  struct Sums {
    double prompt = unknown, prompt_s = unknown, generated = unknown, generated_s = unknown, cached = 0;
    std::string model = {};  ///< as an answer names it
  };
  struct UsedDevice {
    std::string id;    ///< "CUDA0"
    std::string name;  ///< "NVIDIA GeForce RTX 4060"
  };

  /// Makes rows of the sums that were printed, before what is said of the next run replaces what was said of it.
  void end_of_run() {
    // llama-batched-bench ends with the sums of all of its runs.
    if (!batched_)
      for (const Sums& s : sums_) add_rows(s);
    sums_.clear();
  }

  // What stands in the log before the numbers.

  bool context_line(std::string_view line) {
    const auto quoted = [](std::string_view text) { return std::string(text.substr(0, 4096)); };
    if (const auto loaded = after(line, "loaded meta data with "); !loaded.empty()) {
      std::string_view file = after(loaded, "tensors from ");
      file = trimmed(file.substr(0, file.rfind("(version")));
      end_of_run();
      // A new model: nothing that was said of the last one holds.
      hint_ = {};
      offloaded_ = of_layers_ = unknown;
      overridden_ = 0;
      kv_on_host_ = false;
      // The devices are named before the file.
      if (!devices_are_new_) devices_.clear();
      devices_are_new_ = false;
      hint_.name = quoted(file);
    } else if (const auto name = after(line, "general.name"); !name.empty() && name[0] == '=') {
      // The files of Ollama are named by their hash.
      if (hint_.name.find("sha256-") != hint_.name.npos) hint_.name = quoted(trimmed(name.substr(1)));
    } else if (const auto ftype = after(line, "file type "); !ftype.empty() && ftype[0] == '=') {
      hint_.quant = quoted(trimmed(ftype.substr(1)));
    } else if (const auto old = after(line, "model ftype "); !old.empty() && old[0] == '=') {
      hint_.quant = quoted(trimmed(old.substr(1)));
      if (hint_.quant.rfind("mostly ", 0) == 0) hint_.quant.erase(0, 7);
    } else if (const auto layers = after(line, "offloaded ");
               !layers.empty() && line.find("layers to GPU") != line.npos) {
      std::string_view rest;
      offloaded_ = leading_number(layers, &rest);
      of_layers_ = rest.empty() ? unknown : leading_number(rest.substr(1));
    } else if (line.find("buffer type overridden to ") != line.npos) {
      overridden_ += 1;
    } else if (const auto device = after(line, "using device "); !device.empty()) {
      end_of_run();
      if (!devices_are_new_) devices_.clear();
      devices_are_new_ = true;
      devices_.push_back({quoted(blank_parted(device).front()), quoted(in_parentheses(device))});
    } else if (line.find("CPU KV buffer size") != line.npos) {
      kv_on_host_ = true;
    } else if (const auto threads = after(line, "system_info: n_threads = "); !threads.empty()) {
      threads_ = leading_number(threads);
    } else if (line.substr(0, 7) == "build: " || line.find("main: build = ") != line.npos) {
      const double build =
          line.substr(0, 7) == "build: " ? number_after(line, "build: ") : number_after(line, "build = ");
      if (build > 0) version_ = "b" + human(build, "");
    }
    return false;  // others may need it too
  }

  /// The runtime, from the devices that the log names; else from the options, or the only one that there is.
  std::string runtime() {
    if (!session_.context().runtime.empty()) return session_.context().runtime;
    LlamaPlace place;
    for (const UsedDevice& device : devices_)
      if (!is_remote(device.id))
        place.accelerators.push_back(device.id.substr(0, device.id.find_first_of("0123456789")));
    if (offloaded_ == 0) return "llama.cpp-cpu";
    if (!place.accelerators.empty()) return llama_runtime(place, -1, {}, session_);
    return session_.runtime_of("llama.cpp");
  }

  /// Names the model of a run whose runtime is known; whether the run can be used.
  bool named(Run& run, const ModelHint& hint) {
    session_.name_model(run, hint);
    const Runtime* runtime = session_.catalog().runtime(run.runtime);
    std::vector<std::string> names;
    for (const UsedDevice& device : devices_)
      if (!is_remote(device.id) && !device.name.empty()) names.push_back(device.name);
    if (runtime && runtime->processor == Processor::gpu) session_.ran_on(Processor::gpu, names);
    return session_.errors().empty();
  }

  std::string placement(const std::string& runtime, double prompt) const {
    const Runtime* known = session_.catalog().runtime(runtime);
    Placement p;
    for (const UsedDevice& device : devices_) p.rpc = p.rpc || is_remote(device.id);
    if (known && known->processor == Processor::cpu) {
      if (offloaded_ == 0 && prompt >= 32) p.gpu_layers = 0;
      return placement_text(p);
    }
    if (is_known(offloaded_) && offloaded_ < of_layers_) p.gpu_layers = offloaded_;
    p.overrides = overridden_;
    p.kv_on_host = kv_on_host_ && !devices_.empty() && !is_known(p.gpu_layers);
    if (devices_.size() > 1) p.devices = static_cast<double>(devices_.size());
    return placement_text(p);
  }

  // The sums at the end of a run, and the server's.

  bool perf_line(std::string_view line, std::size_t number) {
    const bool prompt = line.find("prompt eval time =") != line.npos;
    if (!prompt && line.find("eval time =") == line.npos) return false;
    std::string_view rest;
    const double ms = leading_number(after(line, "eval time ="), &rest);
    const double tokens = number_after(rest, "/");
    if (!is_known(ms) || !is_known(tokens)) return false;
    const std::string place = "line " + std::to_string(number);
    if (!(ms >= 0 && ms < 1e12 && tokens >= 0 && tokens < 1e9)) {
      session_.errors().push_back({"out_of_range", place, "the time or the number of tokens is out of range"});
      return true;
    }
    if (prompt || sums_.empty() || is_known(sums_.back().generated)) sums_.emplace_back();
    (prompt ? sums_.back().prompt : sums_.back().generated) = tokens;
    (prompt ? sums_.back().prompt_s : sums_.back().generated_s) = ms / 1e3;
    return true;
  }

  void timed(const Json& timings, const std::string& path, const std::string& model) {
    Fields f(timings, path, session_.errors());
    Sums s;
    s.model = model;
    const AnswerTimes t = llama_server_timings(f);
    s.prompt = t.prompt;
    s.prompt_s = t.prompt_s;
    s.cached = t.cached;
    if (t.drafted) {
      session_.remark("decoded with a draft model: that speed is not the model's own and is left out");
    } else {
      s.generated = t.generated;
      s.generated_s = t.generated_s;
    }
    add_rows(s);
  }

  void add_rows(const Sums& s) {
    Run run;
    run.source = "llama.cpp timings";
    run.runtime = runtime();
    run.runtime_version = version_;
    run.threads = threads_;
    ModelHint hint = hint_;
    if (hint.name.empty()) hint.name = s.model;
    if (!named(run, hint)) return;
    run.prompt = s.prompt;
    run.depth = s.cached;
    // The log rounds: a time of nothing is none. Of one token the time is the prompt's.
    if (s.prompt > 0 && s.prompt_s > 0) {
      Run prefill = run;
      prefill.generate = 0;
      prefill.placement = placement(run.runtime, s.prompt);
      session_.add(prefill, Metric::prefill_tok_s, s.prompt / s.prompt_s);
    }
    if (s.generated > 1 && s.generated_s > 0) {
      run.generate = s.generated;
      run.placement = placement(run.runtime, 0);
      session_.add(run, Metric::decode_tok_s, s.generated / s.generated_s);
    }
  }

  // llama-batched-bench.

  /// "main: n_kv_max = 4096, n_batch = 2048, ...", the titles of the table, its rows.
  bool batched_line(std::string_view line, std::size_t number) {
    if (line.find("n_kv_max = ") != line.npos) {
      settings_ = Json::object();
      for (const char* key : {"flash_attn", "is_pp_shared", "n_gpu_layers", "n_threads"})
        if (const double x = number_after(line, std::string(key) + " = "); is_known(x)) settings_[key] = x;
      return true;
    }
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != 10) return false;
    if (cells[0] == "PP" && cells[1] == "TG" && cells[2] == "B") return batched_table_ = true;
    if (!batched_table_ || is_ruler(cells)) return batched_table_;
    Json record = settings_;
    static constexpr const char* names[] = {"pp", "tg", "pl", "n_kv", "t_pp", "speed_pp", "t_tg", "speed_tg"};
    for (std::size_t i = 0; i < std::size(names); ++i)
      if (cells[i].find("nan") == std::string::npos && cells[i].find("inf") == std::string::npos)
        record[names[i]] = cells[i];
    Fields f(record, "line " + std::to_string(number), session_.errors());
    batched(f);
    return true;
  }

  void batched(Fields& f) {
    batched_ = true;
    const double prompt = f.whole("pp", 0, 1e9), generated = f.whole("tg", 0, 1e9), batch = f.whole("pl", 1, 1e6);
    const double prompt_s = f.number("t_pp", 0, 1e12, 0), generated_s = f.number("t_tg", 0, 1e12, 0);
    const double prefill = f.number("speed_pp", 0, 1e12, 0), decode = f.number("speed_tg", 0, 1e12, 0);
    const double layers = f.whole("n_gpu_layers", -1e9, 1e9, -1), shared = f.number("is_pp_shared", 0, 1, 0);
    Run run;
    run.source = "llama-batched-bench";
    run.threads = f.maybe_whole("n_threads", 1, 65536);
    run.flash_attention = f.number("flash_attn", -1, 2, -1);
    run.runtime = runtime();
    run.runtime_version = version_;
    if (!named(run, hint_)) return;
    const Runtime* runtime = session_.catalog().runtime(run.runtime);
    const bool on_cpu = runtime && runtime->processor == Processor::cpu;
    if (!on_cpu && !is_known(offloaded_)) {
      offloaded_ = partial_layers(layers, session_.catalog().model(run.model));
      of_layers_ = is_known(offloaded_) ? offloaded_ + 1 : unknown;
    }
    run.prompt = prompt;
    if (prompt > 0 && prompt_s > 0 && prefill > 0) {
      Run of_prompt = run;
      of_prompt.generate = 0;
      // A prompt that all of them share is processed once.
      of_prompt.batch = shared == 1 ? 1 : batch;
      of_prompt.placement = placement(run.runtime, prompt);
      session_.add(of_prompt, Metric::prefill_tok_s, prefill);
    }
    if (generated > 0 && generated_s > 0 && decode > 0) {
      run.generate = generated;
      run.batch = batch;
      run.placement = placement(run.runtime, 0);
      session_.add(run, Metric::decode_tok_s, decode);
    }
  }

  ModelHint hint_;
  std::string version_;
  std::vector<UsedDevice> devices_;  ///< that the log says to use
  double offloaded_ = unknown, of_layers_ = unknown, overridden_ = 0, threads_ = unknown;
  bool kv_on_host_ = false, devices_are_new_ = false;
  std::vector<Sums> sums_;
  bool batched_ = false, batched_table_ = false;
  Json settings_ = Json::object();
};

}  // namespace

std::unique_ptr<FormatReader> llama_log_reader(ImportSession& session) {
  return std::make_unique<LlamaLogReader>(session);
}

}  // namespace edgewise
