#include "edgewise/known.h"

#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "read_number.h"

namespace edgewise {

namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::string_view gaps = " \t\r", ends = ";\n";

constexpr std::pair<std::string_view, Metric> short_names[] = {
    {"decode", Metric::decode_tok_s}, {"prefill", Metric::prefill_tok_s}, {"ttft", Metric::ttft_ms},
    {"tpot", Metric::tpot_ms},        {"power", Metric::power_w},         {"energy", Metric::energy_j_per_token}};

struct NumberWord {
  const char* name;
  double KnownNumber::*member;
  double min;
};
constexpr NumberWord number_words[] = {{"prompt", &KnownNumber::prompt, 0},
                                       {"generate", &KnownNumber::generate, 0},
                                       {"depth", &KnownNumber::depth, 0},
                                       {"batch", &KnownNumber::batch, 1},
                                       {"threads", &KnownNumber::threads, 0}};
struct TextWord {
  const char* name;
  std::string KnownNumber::*member;
};
constexpr TextWord text_words[] = {{"kv", &KnownNumber::kv_quant},
                                   {"device", &KnownNumber::device},
                                   {"power_mode", &KnownNumber::power_mode},
                                   {"runtime", &KnownNumber::runtime}};

Metric metric_of(std::string_view key) {
  for (const auto& [name, metric] : short_names)
    if (name == key) return metric;
  return find_metric(key);
}

std::string at(std::size_t place) { return "known[" + std::to_string(place) + "]"; }

class Statement {
 public:
  Statement(std::string_view text, std::size_t place) : text_(text) { out_.place = place; }

  Result<KnownNumber> read() {
    for (std::size_t i = 0; (i = text_.find_first_not_of(gaps, i)) != text_.npos;) {
      const auto end = std::min(text_.find_first_of(gaps, i), text_.size());
      if (!word(text_.substr(i, end - i))) return wrong_;
      i = end;
    }
    if (out_.metric == Metric::count && fail("missing", "states no number: such as decode=11.2", {})) return wrong_;
    return out_;
  }

 private:
  bool fail(const char* code, const char* words, std::initializer_list<std::string_view> values) {
    const std::string statement = shortened(text_);
    wrong_ = said(code, at(out_.place), words, values);
    wrong_.message.insert(0, quoted(statement) + ": ");
    wrong_.values.add("statement", statement);
    return true;
  }

  bool word(std::string_view word) {
    const auto equals = word.find('=');
    if (equals == word.npos) {
      out_.name += (out_.name.empty() ? "" : " ") + std::string(word);
      return true;
    }
    const std::string key = lower(word.substr(0, equals));
    const std::string_view value = word.substr(equals + 1);
    for (const TextWord& t : text_words)
      if (key == t.name || (key == "kv_quant" && t.member == &KnownNumber::kv_quant)) {
        out_.*t.member = value;
        return !value.empty() || !fail("missing", "{key} is empty", {key});
      }
    for (const NumberWord& n : number_words)
      if (key == n.name) {
        std::string_view rest;
        const double x = read_number(value, rest);
        out_.*n.member = x;
        return (rest.empty() && x >= n.min && x <= 1e8 && x == std::floor(x)) ||
               !fail("out_of_range", "{key} must be a whole number from {whole_min} on", {key, count(n.min)});
      }
    const Metric metric = metric_of(key);
    if (metric == Metric::count)
      return !fail("unknown_word",
                   "\"{key}\" is none of decode, prefill, ttft, tpot, power, energy, prompt, generate, depth, batch, "
                   "threads, kv, device, power_mode, runtime",
                   {key});
    return number(metric, key, value);
  }

  bool number(Metric metric, const std::string& key, std::string_view value) {
    if (out_.metric != Metric::count) return !fail("duplicate_key", "states two numbers: put ; between them", {});
    const MetricInfo& m = info(metric);
    if (!is_fitted(metric)) return !fail("unsupported", "{key} is arithmetic: no measured number corrects it", {key});
    std::string_view unit;
    double x = read_number(value, unit);
    const bool in_ms = m.unit == "ms";
    if (in_ms && unit == "s")
      x *= 1e3;
    else if (!unit.empty() && unit != m.unit)
      return !fail("out_of_range",
                   in_ms ? "{time} must be a number, in ms or with its unit (1.2s)" : "{number} must be a number",
                   {key});
    if (!(x > 0 && x <= 1e9)) return !fail("out_of_range", "{key} must be a number above 0", {key});
    out_.metric = metric;
    out_.value = x;
    out_.digits = value;
    return true;
  }

  std::string_view text_;
  KnownNumber out_;
  Error wrong_;
};

/// What `ollama run --verbose` prints, line by line, as statements: its rates, and how many tokens the prompt had.
/// Everything else is as it stands.
std::string without_ollama(std::string_view text) {
  constexpr std::string_view prompt_rate = "prompt eval rate:", prompt_count = "prompt eval count:",
                             rate = "eval rate:";
  constexpr std::string_view others[] = {
      "total duration:", "load duration:", "prompt eval duration:", "eval count:", "eval duration:"};
  if (text.find(rate) == text.npos) return std::string(text);
  std::string out, prompt;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find('\n', i), text.size());
    std::string_view line = text.substr(i, end - i);
    i = end + 1;
    line.remove_prefix(std::min(line.find_first_not_of(gaps), line.size()));
    const auto value = [&](std::string_view label) {
      std::string_view v = line.substr(label.size());
      v.remove_prefix(std::min(v.find_first_not_of(gaps), v.size()));
      return std::string(v.substr(0, v.find_first_of(" \t\r")));
    };
    if (line.starts_with(prompt_count))
      prompt = value(prompt_count);
    else if (line.starts_with(prompt_rate))
      out += "prefill=" + value(prompt_rate) + (prompt.empty() ? "" : " prompt=" + prompt) + "\n";
    else if (line.starts_with(rate))
      out += "decode=" + value(rate) + (prompt.empty() ? "" : " prompt=" + prompt) + "\n";
    else if (std::none_of(std::begin(others), std::end(others), [&](auto label) { return line.starts_with(label); }))
      out += std::string(line) + "\n";
  }
  return out;
}

}  // namespace

Result<std::vector<KnownNumber>> parse_known(const std::vector<std::string>& texts) {
  std::vector<KnownNumber> out;
  Errors errors;
  for (std::size_t place = 0; place < texts.size(); ++place) {
    if (texts[place].size() > longest_text) return Error{"too_large", at(place), "is longer than any statement"};
    const std::string text = without_ollama(texts[place]);
    bool any = false;
    for (std::size_t i = 0; i < text.size();) {
      const auto end = std::min(text.find_first_of(ends, i), text.size());
      const std::string_view one = std::string_view(text).substr(i, end - i);
      i = end + 1;
      if (one.find_first_not_of(gaps) == one.npos) continue;
      any = true;
      auto read = Statement(one, place).read();
      if (read)
        out.push_back(std::move(*read));
      else
        errors.push_back(read.errors()[0]);
    }
    if (!any) errors.push_back({"missing", at(place), "states no number: such as decode=11.2 llama-3.2-1b Q4_K_M"});
  }
  if (out.size() > most_known_numbers)
    errors.push_back(
        said("too_large", "known", "holds more than {most} numbers", {std::to_string(most_known_numbers)}));
  if (!errors.empty()) return errors;
  return out;
}

std::string to_text(const KnownNumber& n) {
  std::string key(info(n.metric).id);
  for (const auto& [name, metric] : short_names)
    if (metric == n.metric) key = name;
  std::string out = key + "=" + n.digits;
  if (!n.name.empty()) out += " " + n.name;
  for (const NumberWord& w : number_words)
    if (is_known(n.*w.member)) out += std::string(" ") + w.name + "=" + count(n.*w.member);
  for (const TextWord& w : text_words)
    if (!(n.*w.member).empty()) out += std::string(" ") + w.name + "=" + n.*w.member;
  return out;
}

}  // namespace edgewise
