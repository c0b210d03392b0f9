#include <algorithm>
#include <nlohmann/json.hpp>

#include "edgewise/csv.h"
#include "edgewise/number.h"
#include "lines.h"
#include "llama_bench.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::string at_line(std::size_t number) { return "line " + std::to_string(number); }

/// Column titles of the Markdown table, and what the other formats call them.
const std::map<std::string, std::string, std::less<>>& titles() {
  static const std::map<std::string, std::string, std::less<>> names = {
      {"model", "model_type"},   {"backend", "backends"}, {"ngl", "n_gpu_layers"},   {"threads", "n_threads"},
      {"fa", "flash_attn"},      {"sm", "split_mode"},    {"nkvo", "no_kv_offload"}, {"embd", "embeddings"},
      {"nopo", "no_op_offload"}, {"dev", "devices"},      {"ts", "tensor_split"},    {"ot", "tensor_buft_overrides"},
      {"fitt", "fit_target"},    {"ncmoe", "n_cpu_moe"}};
  return names;
}

/// "6.79 GiB" in bytes, "11.77 B" in parameters; NaN where it is none of these. `last_digit`: what it is worth.
double quantity(std::string_view text, double* last_digit = nullptr) {
  static constexpr std::pair<std::string_view, double> units[] = {
      {"KiB", 1024}, {"MiB", mib}, {"GiB", gib}, {"TiB", 1024 * gib}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}};
  std::string_view unit;
  const double x = leading_number(text, &unit);
  unit = trimmed(unit);
  for (const auto& [name, factor] : units)
    if (unit == name) {
      if (last_digit) *last_digit = 0.01 * factor;
      return x * factor;
    }
  return unknown;
}

/// "pp512", "tg128", "pp512+tg128", "tg64@pp512" (after a prompt), each with " @ d2048".
bool read_test(std::string_view text, Json& record) {
  double prompt = 0, generate = 0, depth = 0;
  const auto take = [&](std::string_view prefix, double& into) {
    text = trimmed(text);
    if (!begins(text, prefix)) return false;
    into = leading_number(text.substr(prefix.size()), &text);
    return is_known(into);
  };
  if (take("pp", prompt)) {
    text = trimmed(text);
    if (begins(text, "+")) {
      text.remove_prefix(1);
      if (!take("tg", generate)) return false;
    }
  } else if (!take("tg", generate)) {
    return false;
  }
  text = trimmed(text);
  if (begins(text, "@")) {
    text.remove_prefix(1);
    if (!take("d", depth) && !take("pp", depth)) return false;
  }
  if (!trimmed(text).empty()) return false;
  record["n_prompt"] = prompt;
  record["n_gen"] = generate;
  record["n_depth"] = depth;
  return true;
}

/// The values of "(a, b, 'c')", quotes undone, from the position of the bracket; empty where it does not end.
std::vector<std::string> bracketed(std::string_view text, std::size_t& at) {
  std::vector<std::string> out;
  std::string value;
  bool quoted = false, had_quotes = false;
  for (++at; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      // A quote within a name is doubled by those who write SQL with care; llama-bench does not, and ends at a comma.
      if (c == '\'' && at + 1 < text.size() && text[at + 1] == '\'')
        value += text[at++];
      else if (c == '\'')
        quoted = false;
      else
        value += c;
    } else if (c == '\'' && trimmed(value).empty()) {
      quoted = had_quotes = true;
      value.clear();
    } else if (c == ',' || c == ')') {
      out.push_back(had_quotes ? value : std::string(trimmed(value)));
      value.clear();
      had_quotes = false;
      if (c == ')') {
        ++at;
        return out;
      }
    } else {
      value += c;
    }
  }
  return {};
}

}  // namespace

bool LlamaBenchTables::line(std::string_view line, std::size_t number) {
  return sql(line, number) || markdown(line, number) || csv(line, number);
}

bool LlamaBenchTables::csv(std::string_view line, std::size_t number) {
  const auto commas = static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
  const bool header = line.find("build_commit,") != line.npos || line.find("build_commit\",") != line.npos;
  if (header) {
    end_csv();
    csv_line_ = number;
    csv_lines_ = 0;
    csv_commas_ = commas;
  } else if (csv_line_ == 0 || (!begins(line, "\"") && commas * 2 < csv_commas_)) {
    return false;  // a line of a log
  }
  csv_ += std::string(number - csv_line_ - csv_lines_, '\n') + std::string(line) + "\n";
  csv_lines_ = number - csv_line_ + 1;
  return true;
}

void LlamaBenchTables::end_csv() {
  if (csv_line_ == 0) return;
  const auto table = parse_csv(csv_);
  csv_.clear();
  const std::size_t first = csv_line_;
  csv_line_ = 0;
  if (!table) {
    for (Error e : table.errors()) {
      // Its lines count from the header.
      if (begins(e.path, "line ")) e.path = at_line(first - 1 + static_cast<std::size_t>(number_after(e.path, "line")));
      errors_.push_back(std::move(e));
    }
    return;
  }
  for (std::size_t r = 0; r < table->rows.size(); ++r) {
    Json record = Json::object();
    for (std::size_t c = 0; c < table->columns.size(); ++c) record[table->columns[c]] = table->rows[r][c];
    records_.push_back({std::move(record), "row " + std::to_string(r + 1)});
  }
}

bool LlamaBenchTables::sql(std::string_view line, std::size_t number) {
  if (!begins(line, "INSERT INTO ")) return false;
  auto at = line.find('(');
  const auto columns = at == line.npos ? std::vector<std::string>() : bracketed(line, at);
  if (std::find(columns.begin(), columns.end(), "avg_ts") == columns.end()) return false;
  const auto values_at = line.find("VALUES", at);
  for (at = values_at == line.npos ? line.npos : line.find('(', values_at); at != line.npos; at = line.find('(', at)) {
    const auto values = bracketed(line, at);
    if (values.size() != columns.size()) {
      errors_.push_back({"wrong_length", at_line(number),
                         values.empty() ? "is cut short"
                                        : "has " + std::to_string(values.size()) + " values for " +
                                              std::to_string(columns.size()) + " columns"});
      return true;
    }
    Json record = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (record.contains(columns[i])) {
        errors_.push_back({"duplicate_column", at_line(number), "names the column " + columns[i] + " twice"});
        return true;
      }
      record[columns[i]] = values[i] == "NULL" ? std::string() : values[i];
    }
    records_.push_back({std::move(record), at_line(number)});
  }
  if (values_at == line.npos) errors_.push_back({"wrong_length", at_line(number), "is cut short"});
  return true;
}

bool LlamaBenchTables::markdown(std::string_view line, std::size_t number) {
  const std::vector<std::string> cells = cells_of(line);
  if (cells.empty()) return false;
  const auto has = [&](const char* title) { return std::find(cells.begin(), cells.end(), title) != cells.end(); };
  if (has("model") && has("test") && has("t/s")) {
    columns_ = cells;
    for (auto it = columns_.begin(); it != columns_.end(); ++it)
      if (std::find(columns_.begin(), it, *it) != it) {
        errors_.push_back({"duplicate_column", at_line(number), "names the column " + *it + " twice"});
        columns_.clear();
        break;
      }
    return true;
  }
  if (columns_.empty()) return false;
  if (is_ruler(cells)) return true;
  const auto at = [&](std::string_view title) {
    return cells[static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), title) - columns_.begin())];
  };
  if (cells.size() != columns_.size()) {
    // Another program's table, or text with a bar in it.
    if (cells.size() * 2 < columns_.size()) return false;
    errors_.push_back(
        {"wrong_length", at_line(number),
         "has " + std::to_string(cells.size()) + " cells, the header has " + std::to_string(columns_.size())});
    return true;
  }
  // Only what differs from the defaults has a column; the cache is then F16.
  Json record = {{"type_k", "f16"}, {"type_v", "f16"}};
  if (!read_test(at("test"), record)) {
    errors_.push_back({"wrong_type", at_line(number) + ".test", "\"" + at("test") + "\" names no test"});
    return true;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& title = columns_[i];
    if (title == "test" || cells[i].empty()) continue;
    if (title == "t/s") {
      record["avg_ts"] = leading_number(cells[i]);
    } else if (title == "size") {
      record["model_size"] = quantity(cells[i]);
    } else if (title == "params") {
      double last_digit = 0;
      record["model_n_params"] = quantity(cells[i], &last_digit);
      record["model_n_params_within"] = last_digit;
    } else {
      const auto name = titles().find(title);
      record[name == titles().end() ? title : name->second] = cells[i];
    }
  }
  records_.push_back({std::move(record), at_line(number)});
  return true;
}

std::vector<LlamaBenchTables::Record> LlamaBenchTables::take(bool at_end, Errors& errors) {
  if (at_end) end_csv();
  for (Error& e : errors_) errors.push_back(std::move(e));
  errors_.clear();
  return std::exchange(records_, {});
}

}  // namespace edgewise
