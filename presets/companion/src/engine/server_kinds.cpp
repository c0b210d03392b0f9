#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/json_text.h"
#include "edgewise/text.h"
#include "server.h"
#include "terminal.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// A text of a server, shortened and harmless; empty where there is none.
std::string text_in(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

double number_at(const Json& object, const char* key) {
  if (!object.is_object()) return unknown;
  const auto it = object.find(key);
  return it != object.end() && it->is_number() && it->get<double>() > 0 ? it->get<double>() : unknown;
}

const Json& list_in(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : none;
}

/// Who says to own the models of /v1/models.
struct Owner {
  std::string_view owned_by;
  const char *product, *family;
  bool ignores_eos;
};
constexpr std::array<Owner, 6> owners = {{{"vllm", "vLLM", "vllm", true},
                                          {"sglang", "SGLang", "sglang", true},
                                          {"llamacpp", "llama-server", "llama.cpp", true},
                                          {"library", "Ollama", "llama.cpp", false},
                                          {"koboldcpp", "KoboldCpp", "llama.cpp", false},
                                          {"tabbyAPI", "TabbyAPI", "exllamav2", false}}};

/// More would be a list that nobody keeps.
constexpr std::size_t most_served = 500;

bool generates(const ServerModel& m, const std::string& family) {
  const std::string low = lower(m.name), kind = lower(family);
  return low.find("embed") == low.npos && low.find("rerank") == low.npos && kind.find("bert") == kind.npos &&
         kind != "clip";
}

/// The threads that a router of llama-server starts a model with, where its arguments name them.
double threads_of(const Json& entry) {
  const auto status = entry.find("status");
  if (status == entry.end() || !status->is_object()) return unknown;
  const Json& arguments = list_in(*status, "args");
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    if (arguments[i] == "--threads" && arguments[i + 1].is_string())
      if (const double n = parse_number(arguments[i + 1].get<std::string>()); n >= 1 && n <= 1024) return n;
  return unknown;
}

std::vector<ServerModel> models_of(const Json& listed, std::string& owner) {
  std::vector<ServerModel> out;
  for (const Json& entry : list_in(listed, "data")) {
    ServerModel m;
    m.name = text_in(entry, "id");
    if (m.name.empty() || m.name.size() > 1024) continue;
    if (owner.empty()) owner = text_in(entry, "owned_by");
    // An adapter names what it changes.
    if (!text_in(entry, "parent").empty()) continue;
    m.hint.name = text_in(entry, "root").empty() ? m.name : text_in(entry, "root");
    m.threads = threads_of(entry);
    if (const auto meta = entry.find("meta"); meta != entry.end()) {
      m.size_B = number_at(*meta, "size");
      m.hint.parameters = number_at(*meta, "n_params");
      m.hint.quant = text_in(*meta, "ftype");
    }
    if (generates(m, "") && out.size() < most_served) out.push_back(std::move(m));
  }
  return out;
}

/// llama.cpp's own server, or nothing.
bool is_llama_server(const Json& props, EngineServer& s) {
  const bool router = text_in(props, "role") == "router";
  if (!router && !props.contains("default_generation_settings")) return false;
  s.kind = EngineServer::Kind::llama_server;
  s.product = "llama-server";
  s.family = "llama.cpp";
  s.ignores_eos = true;
  s.router = router;
  // "b6100-1a2b3c4"
  const std::string build = text_in(props, "build_info");
  s.version = build.substr(0, build.find('-'));
  if (const auto settings = props.find("default_generation_settings"); settings != props.end())
    s.context = number_at(*settings, "n_ctx");
  return true;
}

Result<EngineServer> llama_server(Asker& ask, const Json& props, EngineServer s, double timeout_s) {
  const auto listed = ask.get("/v1/models", timeout_s);
  if (!listed) return listed.errors();
  std::string owner;
  s.models = models_of(*listed, owner);
  // The id may be an alias of the user's choice; the file says more.
  if (const std::string file = text_in(props, "model_path"); !s.router && s.models.size() == 1 && !file.empty())
    s.models[0].hint.name = file;
  return s;
}

Result<EngineServer> ollama(Asker& ask, const std::string& version, double timeout_s) {
  EngineServer s;
  s.kind = EngineServer::Kind::ollama;
  s.product = "Ollama";
  s.family = "llama.cpp";
  s.backends = {"CPU", "CUDA", "ROCm", "Metal"};
  s.version = "Ollama " + version;
  const auto tags = ask.get("/api/tags", timeout_s);
  if (!tags) return tags.errors();
  for (const Json& entry : list_in(*tags, "models")) {
    ServerModel m;
    m.name = text_in(entry, "name");
    // Models of its cloud run elsewhere.
    if (m.name.empty() || m.name.size() > 1024 || !text_in(entry, "remote_host").empty() || m.name.ends_with("-cloud"))
      continue;
    m.hint.name = m.name;
    m.size_B = number_at(entry, "size");
    std::string family;
    if (const auto details = entry.find("details"); details != entry.end()) {
      m.hint.quant = text_in(*details, "quantization_level");
      family = text_in(*details, "family");
    }
    if (generates(m, family) && s.models.size() < most_served) s.models.push_back(std::move(m));
  }
  return s;
}

/// LM Studio's own list says what each model is, and which are loaded.
void add_lm_studio(EngineServer& s, const Json& listed) {
  std::vector<ServerModel> models, loaded;
  for (const Json& entry : list_in(listed, "data")) {
    ServerModel m;
    m.name = text_in(entry, "id");
    const std::string type = text_in(entry, "type");
    if (m.name.empty() || (type != "llm" && type != "vlm")) continue;
    m.hint = {m.name, "", text_in(entry, "quantization")};
    m.family = text_in(entry, "compatibility_type") == "mlx" ? "mlx" : "llama.cpp";
    if (text_in(entry, "state") == "loaded") loaded.push_back(m);
    if (models.size() < most_served) models.push_back(std::move(m));
  }
  if (models.empty()) return;
  s.product = "LM Studio";
  s.family = "llama.cpp";
  s.models = loaded.empty() ? models : loaded;
}

}  // namespace

Result<EngineServer> identify_server(Asker& ask, double timeout_s) {
  EngineServer s;
  const auto props = ask.get("/props", timeout_s);
  // A server that does not answer at all, or wants a key, will not answer the next question either.
  if (!props && (props.errors()[0].code == "network" || props.errors()[0].code == "denied" ||
                 props.errors()[0].code == "interrupted" || props.errors()[0].code == "not_built" ||
                 props.errors()[0].code == "redirect"))
    return props.errors();
  if (props && is_llama_server(*props, s)) return llama_server(ask, *props, std::move(s), timeout_s);
  if (const auto version = ask.get("/api/version", timeout_s); version && !text_in(*version, "version").empty())
    return ollama(ask, harmless(text_in(*version, "version")), timeout_s);

  const auto listed = ask.get("/v1/models", timeout_s);
  if (!listed) return listed.errors();
  if (!listed->contains("data"))
    return Error{"wrong_type", request_line("GET", "/v1/models", ""), "is answered without the list \"data\""};
  std::string owner;
  s.models = models_of(*listed, owner);
  const auto* known = std::find_if(owners.begin(), owners.end(), [&](const Owner& o) { return o.owned_by == owner; });
  s.product = "a server of OpenAI's API";
  if (known != owners.end()) {
    s.product = known->product;
    s.family = known->family;
    s.ignores_eos = known->ignores_eos;
  } else if (std::any_of(s.models.begin(), s.models.end(),
                         [](const ServerModel& m) { return lower(m.name).find("mlx") != m.name.npos; })) {
    s.family = "mlx";
  }
  if (s.family == "vllm") {
    if (const auto version = ask.get("/version", timeout_s)) s.version = harmless(text_in(*version, "version"));
  } else if (known == owners.end()) {
    if (const auto own = ask.get("/api/v0/models", timeout_s)) add_lm_studio(s, *own);
  }
  return s;
}

}  // namespace edgewise
