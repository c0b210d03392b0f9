#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>

#include "benchmark/fields.h"
#include "benchmark/timings.h"
#include "edgewise/json_text.h"
#include "edgewise/placement.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "server.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// What a model is asked: tokens of the prompt, as near as words come to them, and to generate.
struct Load {
  double prompt, generate;
};
constexpr Load warm_up{48, 8}, usual_load{512, 64}, deep_load{2048, 32};
constexpr int most_repetitions = 3;
/// A prompt of fewer tokens says little of long ones.
constexpr double least_prompt = 128;
/// Decoding that ended earlier says too little.
constexpr double least_generated = 16;
/// Words and tokens are about as many; how many exactly the first answers say.
constexpr double tokens_per_word = 1.3;

/// Words in an order that no earlier prompt had from its first word on: a server that keeps prompts finds none of it.
std::string random_words(std::size_t n) {
  static constexpr const char* words[] = {
      "time",   "river",  "stone",  "light",  "water",   "house",  "green",  "paper",  "music",  "train",  "cloud",
      "field",  "bread",  "glass",  "horse",  "island",  "metal",  "night",  "ocean",  "plant",  "queen",  "road",
      "salt",   "table",  "under",  "voice",  "wheel",   "yellow", "bridge", "candle", "dinner", "engine", "forest",
      "garden", "hammer", "insect", "jacket", "kitchen", "ladder", "market", "number", "orange", "pencil", "rabbit",
      "silver", "tunnel", "valley", "window", "across",  "before", "circle", "during", "eleven", "famous", "gentle",
      "hidden", "inside", "joined", "little", "moving",  "narrow", "often",  "placed", "round"};
  static std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<std::size_t> any(0, std::size(words) - 1);
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out.append(i > 0 ? " " : "").append(words[any(random)]);
  return out;
}

/// The path and the body of a request to generate.
struct GenerateRequest {
  std::string path;
  Json body;
};
GenerateRequest request_of(const EngineServer& s, const std::string& model, const std::string& prompt, double generate,
                           bool chat) {
  const int tokens = static_cast<int>(generate);
  switch (s.kind) {
    case EngineServer::Kind::llama_server: {
      Json body = {{"prompt", prompt},   {"n_predict", tokens},   {"temperature", 0},
                   {"ignore_eos", true}, {"cache_prompt", false}, {"stream", false}};
      if (s.router) body["model"] = model;
      return {"/completion", std::move(body)};
    }
    case EngineServer::Kind::ollama:
      return {"/api/generate",
              {{"model", model},
               {"prompt", prompt},
               {"raw", true},
               {"stream", false},
               {"options", {{"num_predict", tokens}, {"temperature", 0}}}}};
    case EngineServer::Kind::openai:
      break;
  }
  Json body = {{"model", model}};
  if (chat)
    body["messages"] = Json::array({{{"role", "user"}, {"content", prompt}}});
  else
    body["prompt"] = prompt;
  body.update(
      {{"max_tokens", tokens}, {"temperature", 0}, {"stream", true}, {"stream_options", {{"include_usage", true}}}});
  if (s.ignores_eos) body["ignore_eos"] = true;
  return {chat ? "/v1/chat/completions" : "/v1/completions", std::move(body)};
}

std::size_t words_for(double tokens, double ratio) {
  return static_cast<std::size_t>(std::clamp(std::round(tokens / ratio), 4.0, 20000.0));
}

/// The request as people see it.
GenerateRequest shown_of(const EngineServer& s, const std::string& model, std::size_t words, double generate,
                         bool chat) {
  return request_of(s, nameless(model), "<" + std::to_string(words) + " random words>", generate, chat);
}

/// What one answer said.
struct Completion {
  AnswerTimes times;
  double ttft_s = unknown;  ///< by this program's clock
};

class ModelRun {
 public:
  ModelRun(Asker& ask, const EngineServer& server, const ServerModel& model, const ServerContext& context,
           const Catalog& catalog, double budget_s)
      : ask_(ask),
        server_(server),
        model_(model),
        context_(context),
        session_(context_.context, catalog),
        deadline_(budget_s) {}

  Result<Imported> measure() {
    const auto first = ask_one(warm_up);
    if (!first) return first.errors();
    Run run = begin();
    if (!session_.errors().empty()) return session_.errors();
    // A short prompt is slower by the token than a long one: what is planned from it takes less.
    note_speeds(*first);
    Load load = usual_load;
    if (is_known(server_.context)) load.prompt = std::min(load.prompt, server_.context - load.generate - 16);
    while (load.prompt / 2 >= least_prompt && seconds_of(load) > deadline_.left_s()) load.prompt /= 2;
    if (load.prompt < least_prompt)
      return Error{"out_of_range", nameless(model_.name),
                   "has room for " + count(server_.context) + " tokens only: too few to measure"};
    std::vector<Completion> answers;
    for (int i = 0; i < most_repetitions && (i == 0 || seconds_of(load) < deadline_.left_s()); ++i) {
      const auto one = ask_one(load);
      if (!one && answers.empty()) return one.errors();
      if (!one) {
        session_.remark("the server failed after " + std::to_string(answers.size()) +
                        " answers: " + one.errors()[0].path + " " + one.errors()[0].message);
        break;
      }
      note_speeds(*one);
      answers.push_back(*one);
    }
    add_rows(run, answers);
    const bool room = !(server_.context < deep_load.prompt + deep_load.generate + 64);
    if (room && seconds_of(deep_load) < 0.5 * deadline_.left_s()) {
      // It is an extra: a server that refuses so long a prompt has answered all that must be known.
      if (const auto one = ask_one(deep_load))
        add_rows(run, {*one});
      else if (one.errors()[0].code == "interrupted")
        return one.errors();
      else
        session_.remark("no answer to a prompt of " + count(deep_load.prompt) + " tokens: " + one.errors()[0].message);
    }
    if (session_.imported().rows.empty() && session_.errors().empty())
      return Error{"nothing", nameless(model_.name), "gave answers that say nothing of its speed"};
    if (!session_.errors().empty()) return session_.errors();
    return std::move(session_.imported());
  }

 private:
  Result<Completion> ask_one(const Load& load) {
    const std::size_t words = words_for(load.prompt, ratio_);
    const std::string prompt = random_words(words);
    auto answer = ask_with(prompt, words, load.generate, chat_);
    // Some have the API of chats alone.
    if (!answer && !chat_ && server_.kind == EngineServer::Kind::openai && answer.errors()[0].code == "status" &&
        answer.errors()[0].message.find("with 404") != std::string::npos) {
      answer = ask_with(prompt, words, load.generate, true);
      if (answer) chat_ = true;
    }
    if (!answer) return answer;
    if (const double all = answer->times.prompt + answer->times.cached; all > 0)
      ratio_ = std::clamp(all / static_cast<double>(words), 0.2, 50.0);
    return answer;
  }

  Result<Completion> ask_with(const std::string& prompt, std::size_t words, double generate, bool chat) {
    const double timeout_s = deadline_.left_s();
    if (timeout_s <= 0)
      return Error{"timeout", nameless(model_.name), "was not asked: --engine-budget was used up before"};
    const GenerateRequest request = request_of(server_, model_.name, prompt, generate, chat),
                          shown = shown_of(server_, model_.name, words, generate, chat);
    const std::string line = request_line("POST", shown.path, one_line(shown.body));
    if (server_.kind == EngineServer::Kind::openai) return streamed(request, shown, line, timeout_s);
    const auto answer = ask_.post(request.path, request.body, shown.body, timeout_s);
    if (!answer) return answer.errors();
    Errors errors;
    Completion out;
    if (server_.kind == EngineServer::Kind::ollama) {
      Fields f(*answer, line, errors);
      out.times = ollama_durations(f);
    } else {
      const auto timings = answer->find("timings");
      if (timings == answer->end() || !timings->is_object())
        return Error{"missing", line, "is answered without timings"};
      Fields f(*timings, line + ": timings", errors);
      out.times = llama_server_timings(f);
    }
    if (!errors.empty()) return errors;
    return out;
  }

  /// Times by this program's clock, counts by the server.
  Result<Completion> streamed(const GenerateRequest& request, const GenerateRequest& shown, const std::string& line,
                              double timeout_s) {
    Errors errors;
    double first_s = unknown, last_s = unknown, pieces = 0, prompt = unknown, generated = unknown, cached = 0;
    const auto connected =
        ask_.stream(request.path, request.body, shown.body, timeout_s, [&](const Json& event, double s) {
          bool ended = false, nothing_left = true;
          if (const auto choices = event.find("choices"); choices != event.end() && choices->is_array())
            for (const Json& choice : *choices) {
              if (!choice.is_object()) continue;
              nothing_left = choice.contains("finish_reason") && !choice["finish_reason"].is_null();
              if (!piece_of(choice)) continue;
              if (!is_known(first_s)) first_s = s;
              last_s = s;
              pieces += 1;
            }
          if (const auto usage = event.find("usage"); usage != event.end() && usage->is_object()) {
            Fields f(*usage, line + ": usage", errors);
            prompt = f.number("prompt_tokens", 0, 1e9);
            generated = f.number("completion_tokens", 0, 1e9);
            if (const auto details = usage->find("prompt_tokens_details");
                details != usage->end() && details->is_object()) {
              Fields of_prompt(*details, line + ": usage.prompt_tokens_details", errors);
              cached = of_prompt.number("cached_tokens", 0, 1e9, 0);
            }
            ended = nothing_left;
          }
          return ended;
        });
    if (!connected) return connected.errors();
    if (!errors.empty()) return errors;
    if (!is_known(prompt) || !is_known(generated))
      return Error{"missing", line,
                   "is answered without usage: how many tokens there were it does not say, and they are not guessed"};
    if (!is_known(first_s)) return Error{"empty", line, "is answered without a single word"};
    Completion out;
    out.times.cached = std::min(cached, prompt);
    out.times.prompt = prompt - out.times.cached;
    out.times.generated = generated;
    out.ttft_s = first_s - *connected;
    // A piece may be several tokens: of as many each, those of the first came before its time.
    out.times.generated_s = pieces > 1 ? (last_s - first_s) * pieces / (pieces - 1) : unknown;
    return out;
  }

  /// Whether a choice of a streamed answer holds a piece of text.
  static bool piece_of(const Json& choice) {
    const auto text = [](const Json& object, const char* key) {
      const auto it = object.find(key);
      return it != object.end() && it->is_string() && !it->get_ref<const std::string&>().empty();
    };
    if (text(choice, "text")) return true;
    const auto delta = choice.find("delta");
    return delta != choice.end() && delta->is_object() &&
           (text(*delta, "content") || text(*delta, "reasoning_content") || text(*delta, "reasoning"));
  }

  void note_speeds(const Completion& a) {
    const double prompt_s = is_known(a.ttft_s) ? a.ttft_s : a.times.prompt_s;
    if (a.times.prompt > 0 && prompt_s > 0) prefill_ = a.times.prompt / prompt_s;
    if (a.times.generated > 1 && a.times.generated_s > 0) decode_ = a.times.generated / a.times.generated_s;
  }
  /// What a request is expected to take; 0 where nothing is known.
  double seconds_of(const Load& load) const {
    return (prefill_ > 0 ? load.prompt / prefill_ : 0) + (decode_ > 0 ? load.generate / decode_ : 0);
  }

  /// Names model, runtime and placement, once it is loaded.
  Run begin() {
    Run run;
    run.source = server_.product;
    run.runtime_version = server_.version;
    const std::string& family = model_.family.empty() ? server_.family : model_.family;
    std::optional<double> on_gpu;
    if (server_.kind == EngineServer::Kind::ollama) on_gpu = share_on_gpu();
    run.runtime = runtime_of(family, on_gpu);
    if (!session_.errors().empty()) return run;
    if (on_gpu && *on_gpu > 0 && *on_gpu < 0.999) {
      Placement p;
      p.gpu_layers_auto = true;
      run.placement = placement_text(p);
    }
    session_.name_model(run, model_.hint);
    run.threads = model_.threads;
    if (const Runtime* runtime = session_.catalog().runtime(run.runtime);
        !is_known(run.threads) && runtime && runtime->processor == Processor::cpu)
      session_.remark("the server does not say how many threads it has: one for each fast core is assumed");
    run.size_B = server_.kind == EngineServer::Kind::ollama ? model_.size_B : unknown;
    return run;
  }

  /// The share of a loaded model that Ollama says to be in a GPU's memory; empty: it does not say.
  std::optional<double> share_on_gpu() {
    const auto loaded = ask_.get("/api/ps", std::max(1.0, std::min(10.0, deadline_.left_s())));
    if (!loaded) return std::nullopt;
    const auto models = loaded->find("models");
    if (models == loaded->end() || !models->is_array()) return std::nullopt;
    for (const Json& m : *models) {
      if (!m.is_object() || m.value("name", Json()) != Json(model_.name)) continue;
      Errors errors;
      Fields f(m, "", errors);
      const double size = f.number("size", 1, 1e16), vram = f.number("size_vram", 0, 1e16, 0);
      if (errors.empty()) return vram / size;
    }
    return std::nullopt;
  }

  /// The runtime preset that the rows are of. What can be told from the machine and from what the server says need not
  /// be asked.
  std::string runtime_of(const std::string& family, std::optional<double> on_gpu) {
    if (!context_.context.runtime.empty()) return context_.context.runtime;
    if (family.empty()) {
      session_.lacks("says not which engine it is: give --runtime");
      return {};
    }
    std::vector<std::string> backends = server_.backends;
    if (context_.machine && context_.context.device.empty()) {
      backends = backends_of(*context_.machine);
      if (on_gpu && *on_gpu == 0) backends = {"CPU"};
      if (on_gpu && *on_gpu > 0) backends.erase(backends.begin());
      if (!server_.backends.empty())
        backends.erase(std::remove_if(backends.begin(), backends.end(),
                                      [&](const std::string& b) {
                                        return std::find(server_.backends.begin(), server_.backends.end(), b) ==
                                               server_.backends.end();
                                      }),
                       backends.end());
    } else if (on_gpu && *on_gpu == 0) {
      backends = {"CPU"};
    }
    const bool names_backends = family == "llama.cpp";
    if (!names_backends) backends.clear();
    return session_.runtime_of(family, backends);
  }

  /// What llama.cpp may run on in a machine, the CPU first.
  static std::vector<std::string> backends_of(const Machine& m) {
    std::set<std::string> found;
    for (const Accelerator& a : m.accelerators) {
      if (a.kind != "gpu") continue;
      found.insert("Vulkan");
      if (a.driver == "nvidia" || a.driver == "nvgpu") found.insert("CUDA");
      if (a.driver == "amdgpu") found.insert("ROCm");
      if (a.driver == "i915" || a.driver == "xe") found.insert("SYCL");
      if (a.driver == "mali" || a.driver == "msm" || a.driver == "msm_dpu") found.insert("OpenCL");
    }
    std::vector<std::string> out = {"CPU"};
    out.insert(out.end(), found.begin(), found.end());
    return out;
  }

  static double median_of(const std::vector<Completion>& answers,
                          const std::function<double(const Completion&)>& value) {
    std::vector<double> known;
    for (const Completion& a : answers)
      if (const double x = value(a); x > 0 && std::isfinite(x)) known.push_back(x);
    return median(known);
  }

  /// Of the answers to one load, the medians.
  void add_rows(Run run, const std::vector<Completion>& answers) {
    // What was in the cache was not processed: an answer that says nothing of its prompt says not where it began
    // either.
    const auto counted = [](const Completion& a) { return a.times.prompt > 0; };
    if (!std::all_of(answers.begin(), answers.end(), counted))
      return session_.remark("the server does not say how many tokens the prompt had: left out");
    run.prompt = std::round(median_of(answers, [](const Completion& a) { return a.times.prompt; }));
    const double cached = median_of(answers, [](const Completion& a) { return a.times.cached; });
    run.depth = is_known(cached) ? std::round(cached) : 0;
    if (run.depth > 0.1 * run.prompt)
      return session_.remark("the server took most of the prompt from its cache: left out");
    const double speed = median_of(answers, [](const Completion&a) { return a.times.prompt / a.times.prompt_s; }),
                 ttft_s = median_of(answers, [](const Completion&a) { return a.ttft_s; });
    Run prefill = run;
    prefill.generate = 0;
    if (is_known(ttft_s)) {
      prefill.generate = std::round(median_of(answers, [](const Completion& a) { return a.times.generated; }));
      prefill.note = "by the client's clock";
      session_.add(prefill, Metric::ttft_ms, 1e3 * ttft_s);
    } else if (is_known(speed)) {
      session_.add(prefill, Metric::prefill_tok_s, speed);
    }
    std::vector<Completion> decoded;
    for (const Completion& a : answers) {
      if (a.times.drafted)
        session_.remark("decoded with a draft model: that speed is not the model's own and is left out");
      else if (a.times.generated < least_generated)
        session_.remark("generated " + count(a.times.generated) + " tokens only, which says too little: left out");
      else if (!(a.times.generated_s > 0))
        session_.remark("the answer came in one piece: the time between tokens is not known");
      else
        decoded.push_back(a);
    }
    if (decoded.empty()) return;
    run.generate = std::round(median_of(decoded, [](const Completion& a) { return a.times.generated; }));
    if (is_known(ttft_s)) run.note = "by the client's clock";
    session_.add(run, Metric::decode_tok_s,
                 median_of(decoded, [](const Completion& a) { return a.times.generated / a.times.generated_s; }));
  }

  Asker& ask_;
  const EngineServer& server_;
  const ServerModel& model_;
  const ServerContext& context_;
  ImportSession session_;
  Deadline deadline_;
  double ratio_ = tokens_per_word, prefill_ = 0, decode_ = 0;
  bool chat_ = false;
};

}  // namespace

std::string nameless(const std::string& model) {
  const bool path = model.starts_with('/') || model.starts_with('~') || model.starts_with('.') ||
                    model.find('\\') != model.npos || model.find(':') == 1;
  return path ? model.substr(model.find_last_of("/\\") + 1) : model;
}

std::vector<std::string> requests_of(const EngineServer& s, const std::vector<const ServerModel*>& models) {
  std::vector<std::string> out;
  for (const ServerModel* m : models) {
    for (const Load& load : {warm_up, usual_load, deep_load}) {
      const GenerateRequest r = shown_of(s, m->name, words_for(load.prompt, tokens_per_word), load.generate, false);
      out.push_back(request_line("POST", r.path, one_line(r.body)));
      if (s.kind == EngineServer::Kind::ollama && load.prompt == warm_up.prompt) out.push_back("GET /api/ps");
    }
  }
  return out;
}

std::vector<std::string> requests_of_any() {
  std::vector<std::string> out = {"GET /props",     "GET /api/version", "GET /api/tags",
                                  "GET /v1/models", "GET /version",     "GET /api/v0/models"};
  for (const EngineServer::Kind kind :
       {EngineServer::Kind::llama_server, EngineServer::Kind::ollama, EngineServer::Kind::openai}) {
    EngineServer s;
    s.kind = kind;
    ServerModel m;
    m.name = "<model>";
    for (std::string& line : requests_of(s, {&m})) out.push_back(std::move(line));
  }
  return out;
}

Result<Imported> measure_server(Asker& ask, const EngineServer& server, const std::vector<const ServerModel*>& models,
                                const ServerContext& context, const Catalog& catalog, double budget_s) {
  const Deadline deadline(budget_s);
  Imported out;
  Errors failed;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const double share_s = deadline.left_s() / static_cast<double>(models.size() - i);
    auto one = ModelRun(ask, server, *models[i], context, catalog, share_s).measure();
    if (!one) {
      if (one.errors()[0].code == "interrupted") return one.errors();
      failed = one.errors();
      out.remarks.push_back(one.errors()[0].path + " " + one.errors()[0].message);
      continue;
    }
    out.rows.insert(out.rows.end(), one->rows.begin(), one->rows.end());
    for (const std::string& remark : one->remarks)
      if (std::find(out.remarks.begin(), out.remarks.end(), remark) == out.remarks.end()) out.remarks.push_back(remark);
  }
  if (out.rows.empty())
    return failed.empty() ? Errors{{"nothing", "--server", "offers no model that generates text"}} : failed;
  return out;
}

}  // namespace edgewise
