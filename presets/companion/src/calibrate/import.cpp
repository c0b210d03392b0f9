#include "import.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "csv.h"
#include "edgewise/json.h"
#include "edgewise/text.h"
#include "json_text.h"
#include "measurement_columns.h"
#include "terminal.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// A row by column name; columns that were not set stay empty.
class RowWriter {
 public:
  explicit RowWriter(const ImportContext& context) {
    set("device", context.device);
    set("power_mode", context.power_mode);
    set("trust", "A");
    set("url", "none: own measurement");
  }
  void set(const char* column, const std::string& value) { fields_[column] = value; }
  void set(const char* column, double value) {
    fields_[column] = value == std::floor(value) && std::fabs(value) < 1e15
                          ? std::to_string(static_cast<long long>(value))
                          : exact(value);
  }
  void value(const char* metric, double x, const char* unit) {
    set("metric", metric);
    set("value", x);
    set("unit", unit);
  }
  std::vector<std::string> row() const {
    std::vector<std::string> out;
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a of everything: the same row has the same id again
    for (const std::string& column : measurement_columns()) {
      const auto it = fields_.find(column);
      out.push_back(it == fields_.end() ? std::string() : it->second);
      for (const char c : out.back() + ",") hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    }
    static constexpr char digits[] = "0123456789abcdef";
    out[0] = "m";
    for (int i = 0; i < 12; ++i) out[0] += digits[(hash >> (4 * i)) & 15];
    return out;
  }

 private:
  std::map<std::string, std::string> fields_;
};

/// A JSON object whose fields must be of their kind. Numbers may be text, as CSV has them.
class Fields {
 public:
  Fields(const Json& object, std::string path, Errors& errors)
      : object_(object), path_(std::move(path)), errors_(errors) {}

  bool has(const char* key) const { return object_.contains(key); }
  double fail(const char* key, const char* code, const char* message) {
    errors_.push_back({code, path_ + "." + key, message});
    return unknown;
  }
  double number(const char* key, double low, double high, double absent = unknown) {
    const auto it = object_.find(key);
    if (it == object_.end() || it->is_null()) {
      if (is_known(absent)) return absent;
      return fail(key, "missing", "is missing");
    }
    Json x = *it;
    if (x.is_string()) x = parse_number(x.get<std::string>());
    if (x.is_boolean()) x = x.get<bool>() ? 1 : 0;  // flash_attn: a boolean in JSON, 0 or 1 in CSV, -1 for "automatic"
    if (!x.is_number()) return fail(key, "wrong_type", "is no number");
    const double value = x.get<double>();
    if (!(value >= low && value <= high)) return fail(key, "out_of_range", "is out of range");
    return value;
  }
  std::string text(const char* key) {
    const auto it = object_.find(key);
    if (it == object_.end() || it->is_null()) return {};
    if (it->is_string()) {
      const auto& s = it->get_ref<const std::string&>();
      if (s.size() <= 1024 && harmless(s) == s) return s;
    }
    fail(key, "wrong_type", "is no short text");
    return {};
  }

 private:
  const Json& object_;
  std::string path_;
  Errors& errors_;
};

class Importer {
 public:
  Importer(const ImportContext& context, const Catalog& catalog) : context_(context), catalog_(catalog) {}

  Result<Imported> read(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return Error{"syntax", "", "is no text: it holds a NUL byte"};
    const auto start = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    if (start == std::string_view::npos) return Error{"empty", "", "is empty"};
    if (text[start] == '[' || text[start] == '{')
      read_json(text.substr(start));
    else if (text.find("build_commit") < text.find('\n'))
      read_csv(text);
    else if (text.find("eval rate:") != std::string_view::npos)
      read_ollama_text(text);
    else if (text.find("tokens-per-sec") != std::string_view::npos)
      read_mlx(text);
    else
      errors_.push_back({"unknown_format", "", "is no output of llama-bench (JSON, JSONL, CSV), Ollama or mlx_lm"});
    if (errors_.empty() && out_.rows.empty()) errors_.push_back({"empty", "", "holds no finished measurement"});
    if (!errors_.empty()) return errors_;
    return std::move(out_);
  }

 private:
  void remark(const std::string& text) {
    if (std::find(out_.remarks.begin(), out_.remarks.end(), text) == out_.remarks.end()) out_.remarks.push_back(text);
  }

  void read_json(std::string_view text) {
    // A whole document, or one object a line.
    Json all = Json::parse(text, nullptr, false);
    if (all.is_discarded()) {
      all = Json::array();
      std::size_t line = 0;
      for (std::size_t at = 0; at < text.size(); ++line) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string_view one = text.substr(at, end - at);
        at = end + 1;
        if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        Json object = Json::parse(one, nullptr, false);
        if (!object.is_object()) {
          errors_.push_back(
              {"syntax", "line " + std::to_string(line + 1), "is no JSON object; the file may be cut short"});
          return;
        }
        all.push_back(std::move(object));
      }
    }
    if (all.is_object()) all = Json::array({std::move(all)});
    for (std::size_t i = 0; i < all.size() && errors_.size() < 20; ++i) {
      const std::string path = "[" + std::to_string(i) + "]";
      if (!all[i].is_object()) {
        errors_.push_back({"wrong_type", path, "is no object"});
        continue;
      }
      Fields f(all[i], path, errors_);
      if (f.has("avg_ts") || f.has("n_gen"))
        llama_bench(f);
      else if (f.has("eval_count"))
        ollama(f);
      else if (!(f.has("done") && all[i]["done"] == false))
        errors_.push_back({"unknown_format", path, "is no result of llama-bench or Ollama"});
    }
  }

  void read_csv(std::string_view text) {
    const auto csv = parse_csv(text);
    if (!csv) {
      errors_ = csv.errors();
      return;
    }
    for (std::size_t r = 0; r < csv->rows.size() && errors_.size() < 20; ++r) {
      Json object = Json::object();
      for (std::size_t c = 0; c < csv->columns.size(); ++c) object[csv->columns[c]] = csv->rows[r][c];
      Fields f(object, "row " + std::to_string(r + 1), errors_);
      llama_bench(f);
    }
  }

  /// Which runtime preset a build of llama.cpp with these backends is: of the first that is named, the CPU's last.
  std::string llama_runtime(const std::string& backends, double gpu_layers) {
    if (!context_.runtime.empty()) return context_.runtime;
    std::string found = "llama.cpp-cpu";
    auto first = std::string::npos;
    if (gpu_layers != 0)
      for (const auto& [id, runtime] : catalog_.runtimes())
        if (runtime.family == "llama.cpp" && runtime.processor != Processor::cpu)
          for (const std::string& name : runtime.backends)
            if (const auto at = backends.find(name); at < first) {
              first = at;
              found = id;
            }
    return found;
  }

  /// "llama 1B Q4_K - Medium" -> "Q4_K_M".
  static std::string quant_of_type(std::string type) {
    const auto dash = type.find(" - ");
    char size = 0;
    if (dash != std::string::npos) {
      const std::string word = type.substr(dash + 3);
      if (word == "Medium" || word == "Small" || word == "Large") size = word[0];
      type.resize(dash);
    }
    if (ends_with(type, " MoE")) type.resize(type.size() - 4);
    std::string quant = type.substr(type.rfind(' ') + 1);
    if (size != 0) quant += std::string("_") + size;
    return quant;
  }

  std::string known_quant(const std::string& quant, const Runtime* runtime) const {
    if (!runtime) return {};
    for (const std::string& spelling : {quant, upper(quant)})
      if (std::string id = catalog_.resolve_quantization(spelling, *runtime); !id.empty()) return id;
    return {};
  }

  std::string known_model(std::string name) const {
    name = lower(name);
    std::replace(name.begin(), name.end(), '_', '-');
    std::replace(name.begin(), name.end(), ':', '-');
    for (bool shorter = true; shorter;) {
      if (std::string id = catalog_.resolve_model(name); !id.empty()) return id;
      shorter = false;
      for (const char* suffix :
           {"-instruct", "-it", "-chat", "-hf", "-base", "-gguf", "-latest", "-4bit", "-8bit", "-bf16"})
        if (ends_with(name, suffix)) {
          name.resize(name.size() - std::string_view(suffix).size());
          shorter = true;
          break;
        }
    }
    return {};
  }

  /// Model and quantization of a file name or a tag, as presets name them where they can be found.
  void name_model(RowWriter& row, std::string file, const std::string& quant_hint, const std::string& runtime_id) {
    file = file.substr(file.find_last_of("/\\") + 1);  // never a path
    if (ends_with(lower(file), ".gguf")) file.resize(file.size() - 5);
    if (const auto part = file.find("-00001-of-"); part != std::string::npos) file.resize(part);
    const Runtime* runtime = catalog_.runtime(runtime_id);
    std::string model = file, quant;
    for (auto at = file.find_first_of("-."); at != std::string::npos && quant.empty();
         at = file.find_first_of("-.", at + 1)) {
      quant = known_quant(file.substr(at + 1), runtime);
      if (!quant.empty()) model = file.substr(0, at);
    }
    if (quant.empty()) quant = known_quant(quant_hint, runtime);
    if (!context_.quant.empty()) quant = context_.quant;
    std::string id = context_.model.empty() ? known_model(model) : context_.model;
    if (id.empty()) {
      remark("model \"" + model + "\" has no preset: --model names the one to use");
      id = lower(model);
    }
    if (quant.empty()) remark("the quantization of \"" + file + "\" is not known: --quant names it");
    row.set("model", id);
    row.set("quant", quant);
    row.set("runtime", runtime_id);
    if (!runtime) remark("runtime \"" + runtime_id + "\" has no preset");
  }

  void llama_bench(Fields& f) {
    const double speed = f.number("avg_ts", 1e-6, 1e9);
    const double prompt = f.number("n_prompt", 0, 1e9), generate = f.number("n_gen", 0, 1e9),
                 depth = f.number("n_depth", 0, 1e9, 0);
    const double threads = f.number("n_threads", 1, 65536), size = f.number("model_size", 0, 1e15, 0),
                 layers = f.number("n_gpu_layers", -1, 1e9, -1);
    const double build = f.number("build_number", 0, 1e9, 0), flash = f.number("flash_attn", -1, 2, -1);
    std::string backends = f.text("backends");
    const std::string file = f.text("model_filename"), type = f.text("model_type"), key = f.text("type_k"),
                      value = f.text("type_v"), commit = f.text("build_commit");
    if (!errors_.empty()) return;
    if (prompt + generate == 0) {
      f.fail("n_prompt", "out_of_range", "and n_gen are both 0");
      return;
    }
    RowWriter row(context_);
    row.set("source", "llama-bench");
    const std::string runtime = llama_runtime(backends, layers);
    name_model(row, file, quant_of_type(type), runtime);
    row.set("runtime_version", build > 0 ? "b" + human(build, "") : commit);
    row.set("kv_quant", key == value ? key : "k:" + key + ",v:" + value);
    row.set("batch", 1.0);
    row.set("threads", threads);
    row.set("prompt", prompt);
    row.set("generate", generate);
    row.set("depth", depth);
    if (flash == 0 || flash == 1) row.set("flash_attention", flash);
    if (size > 0) row.set("model_size_gib", std::round(size / 1073741824.0 * 1e4) / 1e4);
    if (runtime == "llama.cpp-cpu" && backends.find("CPU") == std::string::npos && !backends.empty())
      row.set("note", "built for " + backends + ", no layers offloaded");
    row.value(generate == 0 ? "prefill_tok_s" : prompt == 0 ? "decode_tok_s" : "throughput_tok_s", speed, "tok/s");
    out_.rows.push_back(row.row());
  }

  /// Ollama says not which processor ran the model.
  bool runtime_is_given() {
    if (!context_.runtime.empty()) return true;
    if (errors_.empty())
      errors_.push_back(
          {"missing", "", "says not which processor ran the model: give --runtime, llama.cpp-cpu for example"});
    return false;
  }

  void ollama_rows(const std::string& model, double prompt, double prompt_s, double generated, double generated_s) {
    const auto row = [&](const char* metric, double tokens, double seconds) {
      RowWriter r(context_);
      r.set("source", "Ollama");
      name_model(r, model, "", context_.runtime);
      r.set("batch", 1.0);
      if (is_known(prompt)) r.set("prompt", prompt);
      r.set("generate", std::string_view(metric) == "prefill_tok_s" ? 0 : generated);
      r.set("depth", 0.0);
      r.value(metric, tokens / seconds, "tok/s");
      out_.rows.push_back(r.row());
    };
    if (prompt > 0 && prompt_s > 0) row("prefill_tok_s", prompt, prompt_s);
    if (generated > 0 && generated_s > 0) row("decode_tok_s", generated, generated_s);
  }

  void ollama(Fields& f) {
    const double generated = f.number("eval_count", 0, 1e9), generated_ns = f.number("eval_duration", 0, 1e18);
    // A prompt that was cached is not evaluated again and not counted.
    const double prompt = f.number("prompt_eval_count", 0, 1e9, 0),
                 prompt_ns = f.number("prompt_eval_duration", 0, 1e18, 0);
    const std::string model = f.text("model");
    if (!errors_.empty() || !runtime_is_given()) return;
    ollama_rows(model, prompt, prompt_ns / 1e9, generated, generated_ns / 1e9);
  }

  /// The value of the line that begins with `label`, or empty.
  static std::string line_value(std::string_view text, std::string_view label) {
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      std::string_view line = text.substr(at, end - at);
      at = end + 1;
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (line.substr(0, label.size()) != label) continue;
      line.remove_prefix(label.size());
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
      return std::string(line);
    }
    return {};
  }

  /// The number that `text` begins with; the rest is what follows it.
  static double leading_number(std::string& text) {
    std::size_t n = 0;
    while (n < text.size() && n < 32 && (std::isdigit(static_cast<unsigned char>(text[n])) || text[n] == '.')) ++n;
    const double x = parse_number(std::string_view(text).substr(0, n));
    text.erase(0, n);
    return x;
  }

  double counted(std::string_view text, const char* label) {
    std::string value = line_value(text, label);
    const double x = leading_number(value);
    if (!(x > 0)) errors_.push_back({"missing", label, "is missing or no number"});
    return x;
  }

  /// Go's notation: "1m2.5s", "130.079ms".
  double duration_s(std::string_view text, const char* label) {
    std::string value = line_value(text, label);
    static const std::map<std::string, double> units = {{"h", 3600},  {"m", 60},           {"s", 1},    {"ms", 1e-3},
                                                        {"us", 1e-6}, {"\xc2\xb5s", 1e-6}, {"ns", 1e-9}};
    double sum = value.empty() ? unknown : 0;
    while (!value.empty()) {
      const double x = leading_number(value);
      std::size_t n = 0;
      while (n < value.size() && !std::isdigit(static_cast<unsigned char>(value[n]))) ++n;
      const auto unit = units.find(value.substr(0, n));
      sum += unit == units.end() ? unknown : x * unit->second;
      value.erase(0, n);
      if (!is_known(sum)) break;
    }
    if (!(sum > 0)) errors_.push_back({"missing", label, "is missing or no duration"});
    return sum;
  }

  void read_ollama_text(std::string_view text) {
    const double generated = counted(text, "eval count:"), generated_s = duration_s(text, "eval duration:");
    const bool prompted = !line_value(text, "prompt eval count:").empty();
    const double prompt = prompted ? counted(text, "prompt eval count:") : unknown,
                 prompt_s = prompted ? duration_s(text, "prompt eval duration:") : unknown;
    if (context_.model.empty()) errors_.push_back({"missing", "", "does not name the model: give --model"});
    if (!errors_.empty() || !runtime_is_given()) return;
    ollama_rows(context_.model, prompt, prompt_s, generated, generated_s);
  }

  void read_mlx(std::string_view text) {
    // "Prompt: 13 tokens, 150.123 tokens-per-sec" and "Generation: ..." alike; "Peak memory: 1.234 GB".
    const auto tokens_and_speed = [&](const char* label) {
      std::string value = line_value(text, label);
      const double tokens = leading_number(value);
      value.erase(0, std::min(value.find_first_of("0123456789"), value.size()));
      const double speed = leading_number(value);
      if (!(tokens > 0 && speed > 0)) errors_.push_back({"missing", label, "is missing or cut short"});
      return std::pair(tokens, speed);
    };
    const auto [prompt, prefill] = tokens_and_speed("Prompt:");
    const auto [generated, decode] = tokens_and_speed("Generation:");
    std::string memory = line_value(text, "Peak memory:");
    const double memory_gb = memory.empty() ? unknown : leading_number(memory);
    if (context_.model.empty()) errors_.push_back({"missing", "", "does not name the model: give --model"});
    if (!errors_.empty()) return;
    const auto row = [&, p = prompt, g = generated](const char* metric, double value, const char* unit) {
      RowWriter r(context_);
      r.set("source", "mlx_lm.generate");
      name_model(r, context_.model, "", context_.runtime.empty() ? "mlx" : context_.runtime);
      r.set("batch", 1.0);
      r.set("prompt", p);
      r.set("generate", std::string_view(metric) == "prefill_tok_s" ? 0 : g);
      r.set("depth", std::string_view(metric) == "peak_mem_mib" ? p + g : 0);
      r.value(metric, value, unit);
      out_.rows.push_back(r.row());
    };
    row("prefill_tok_s", prefill, "tok/s");
    row("decode_tok_s", decode, "tok/s");
    if (memory_gb > 0) row("peak_mem_mib", std::round(memory_gb * 1e9 / 1048576 * 10) / 10, "MiB");
  }

  const ImportContext& context_;
  const Catalog& catalog_;
  Imported out_;
  Errors errors_;
};

}  // namespace

Result<Imported> import_benchmark(std::string_view text, const ImportContext& context, const Catalog& catalog) {
  return Importer(context, catalog).read(text);
}

}  // namespace edgewise
