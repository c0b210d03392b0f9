#include <algorithm>
#include <nlohmann/json.hpp>

#include "decode.h"
#include "edgewise/benchmark.h"
#include "edgewise/reader.h"
#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Where a JSON value that begins at `start` ends, or npos: it has no end, or a line break within a string. Linear.
std::size_t end_of_value(std::string_view text, std::size_t start) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = start; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\n') return text.npos;
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return text.npos;
}

/// null for the numbers that C and Python print and JSON has not: nan, -inf, Infinity.
std::string without_nan(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size();) {
    if (!quoted) {
      const std::string_view rest = text.substr(i);
      static constexpr std::string_view spellings[] = {"-nan(ind)", "-Infinity", "Infinity", "-nan",
                                                       "-inf",      "nan",       "NaN",      "inf"};
      const auto* it = std::find_if(std::begin(spellings), std::end(spellings),
                                    [&](std::string_view s) { return rest.substr(0, s.size()) == s; });
      if (it != std::end(spellings)) {
        out += "null";
        i += it->size();
        continue;
      }
    }
    if (text[i] == '"') quoted = !quoted;
    out += text[i];
    if (quoted && text[i] == '\\' && i + 1 < text.size()) out += text[++i];
    ++i;
  }
  return out;
}

class Importer {
 public:
  Importer(const ImportContext& context, const Catalog& catalog) : session_(context, catalog) {
    for (const auto make : {llama_bench_reader, llama_log_reader, ollama_reader, mlx_reader, rkllm_reader, vllm_reader,
                            localscore_reader, flm_reader, npu_tools_reader})
      readers_.push_back(make(session_));
  }

  Result<Imported> read(std::string_view text) {
    if (text.find_first_not_of(" \t\n") == text.npos) return Error{"empty", "", "is empty"};
    scan(text);
    for (const auto& reader : readers_) reader->finish();
    Errors& errors = session_.errors();
    if (errors.empty() && session_.imported().rows.empty() && session_.imported().facts.empty())
      errors.push_back(
          session_.recognised()
              ? Error{"empty", "", "holds no finished measurement"}
              : Error{"unknown_format", "",
                      "is no output of llama.cpp (llama-bench, llama-batched-bench, timings of the server, "
                      "llama_perf lines), Ollama, mlx_lm, RKLLM, FastFlowLM, vLLM, LocalScore, hailortcli or xrt-smi"});
    if (!errors.empty()) return errors;
    return std::move(session_.imported());
  }

 private:
  /// What begins at `at` looks like JSON, not like a line of a log that begins with a bracket.
  static bool begins_json(std::string_view text, std::size_t at) {
    const auto next = text.find_first_not_of(" \t\n", at + 1);
    if (text[at] == '{') return next == text.npos || text[next] == '"' || text[next] == '}';
    if (text[at] != '[') return false;
    return next == text.npos || text[next] == '{' || text[next] == ']' || text[at + 1] == '\n';
  }

  void scan(std::string_view text) {
    std::size_t line = 1, counted = 0;
    const auto line_at = [&](std::size_t at) {
      line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                                  text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      counted = at;
      return line;
    };
    std::size_t list_at = text.npos;  ///< of a list whose elements are read one by one: lines of a log stand between
    std::size_t list_line = 0, index = 0;
    bool whole_lists = true;  // scanning for the end of one that has none must not be tried at each bracket
    for (std::size_t at = 0; at < text.size() && !session_.hopeless();) {
      at = text.find_first_not_of(" \t\n", at);
      if (at == text.npos) break;
      const auto end_of_line = std::min(text.find('\n', at), text.size());
      // Server-sent events.
      if (text.substr(at, 6) == "data: ") at += 6;
      if (list_at != text.npos && (text[at] == ',' || text[at] == ']')) {
        if (text[at] == ']') list_at = text.npos;
        ++at;
        continue;
      }
      if (at < end_of_line && begins_json(text, at)) {
        const std::size_t number = line_at(at);
        const bool list = text[at] == '[';
        const auto end = list && !whole_lists ? text.npos : end_of_value(text, at);
        const auto value = end == text.npos ? Result<Json>(Error{}) : parse(text.substr(at, end - at));
        if (list && !value) {
          whole_lists = false;
          if (list_at == text.npos) list_line = number, index = 0;
          list_at = at++;
          continue;
        }
        if (end == text.npos) return cut_short(number);
        if (!value) {
          const Error& e = value.errors()[0];
          const std::string place = "line " + std::to_string(number);
          session_.errors().push_back({e.code, e.path.empty() ? place : place + ": " + e.path, e.message});
          return;
        }
        if (list)
          elements(*value, "");
        else
          offer(*value, list_at != text.npos ? "[" + std::to_string(index++) + "]" : "line " + std::to_string(number));
        at = end;
        continue;
      }
      const std::string_view one = trimmed(text.substr(at, end_of_line - at));
      const std::size_t number = line_at(at);
      std::any_of(readers_.begin(), readers_.end(), [&](const auto& r) { return r->line(one, number); });
      at = end_of_line;
    }
    if (list_at != text.npos && session_.recognised()) cut_short(list_line);
  }

  void cut_short(std::size_t line) {
    session_.errors().push_back(
        {"syntax", "line " + std::to_string(line), "begins a JSON text that does not end: the file may be cut short"});
  }

  static Result<Json> parse(std::string_view text) {
    auto value = json::parse_strict(text);
    if (value || value.errors()[0].code != "syntax") return value;
    return json::parse_strict(without_nan(text));
  }

  /// Elements that no reader knows are passed over: a log may hold any JSON.
  void elements(const Json& list, const std::string& path) {
    if (list.empty()) session_.recognise();
    for (std::size_t i = 0; i < list.size() && !session_.hopeless(); ++i)
      offer(list[i], path + "[" + std::to_string(i) + "]");
  }

  void offer(const Json& value, const std::string& path) {
    if (value.is_array()) return elements(value, path);
    if (!value.is_object()) return;
    if (std::any_of(readers_.begin(), readers_.end(), [&](const auto& r) { return r->object(value, path); }))
      return session_.recognise();
    for (const auto& [key, member] : value.items())
      if (member.is_structured() && !member.empty()) offer(member, std::string(path).append(".").append(key));
  }

  ImportSession session_;
  std::vector<std::unique_ptr<FormatReader>> readers_;
};

}  // namespace

Result<Imported> import_benchmark(std::string_view bytes, const ImportContext& context, const Catalog& catalog) {
  const auto text = decoded(bytes);
  if (!text) return text.errors();
  return Importer(context, catalog).read(*text);
}

}  // namespace edgewise
