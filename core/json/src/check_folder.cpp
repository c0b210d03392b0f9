#include <algorithm>
#include <optional>
#include <set>

#include "edgewise/check.h"
#include "edgewise/csv.h"
#include "edgewise/placement.h"
#include "edgewise/presets.h"
#include "rules.h"

namespace edgewise {

namespace {

using json::Json;

constexpr std::string_view columns_of_measurements =
    "id,source,url,trust,device,power_mode,runtime,runtime_version,model,quant,kv_quant,batch,threads,prompt,generate,"
    "depth,flash_attention,metric,value,unit,model_size_gib,note,placement,host,scope,micro_batch,exclude";
/// Columns that a table may do without.
constexpr std::string_view optional_columns[] = {",placement", ",host", ",scope", ",micro_batch"};
constexpr std::string_view quality_columns =
    "id,model,variant,quant,method,benchmark,metric,shots,value,stderr,harness,source_url,note";

std::optional<double> number_of(std::string_view text) {
  const auto parsed = json::parse_strict(text);
  if (!parsed || !parsed->is_number()) return std::nullopt;
  return parsed->get<double>();
}

/// One row of a table, and what is wrong with it.
class CsvRow {
 public:
  CsvRow(const Csv& table, const std::vector<std::string>& fields, std::vector<Problem>& problems)
      : table_(table), fields_(fields), problems_(problems) {}
  /// Empty where the table does without the column.
  const std::string& operator[](std::string_view column) const {
    static const std::string none;
    const std::size_t at = table_.find(column);
    return at == Csv::npos ? none : fields_[at];
  }
  bool has(std::string_view column) const { return !(*this)[column].empty(); }
  void refuse(const char* rule, std::string_view column, std::string message) const {
    problems_.push_back({rule, (*this)["id"] + "." + std::string(column), std::move(message)});
  }
  void need(std::initializer_list<std::string_view> columns) const {
    for (const auto column : columns)
      if (!has(column)) refuse("missing", column, "is required");
  }

 private:
  const Csv& table_;
  const std::vector<std::string>& fields_;
  std::vector<Problem>& problems_;
};

template <class RowRules>
std::vector<Problem> check_table(std::string_view text, std::string_view columns, const RowRules& rules) {
  std::vector<Problem> problems;
  if (text.find('\r') != text.npos) problems.push_back({"canonical", "", "has CR characters, must have LF line ends"});
  const auto table = parse_csv(text);
  if (!table) {
    for (const Error& e : table.errors()) problems.push_back({e.code, e.path, e.message});
    return problems;
  }
  std::string header;
  for (const std::string& column : table->columns) header += (header.empty() ? "" : ",") + column;
  std::string wanted(columns);
  for (const std::string_view column : optional_columns)
    if (const auto at = wanted.find(column); at != wanted.npos && table->find(column.substr(1)) == Csv::npos)
      wanted.erase(at, column.size());
  if (header != wanted) {
    problems.push_back({"unknown_key", "", "the header is " + header + ", must be " + std::string(columns)});
    return problems;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    const CsvRow row(*table, table->rows[i], problems);
    if (!row.has("id"))
      problems.push_back({"missing", "row " + std::to_string(i + 1), "has no id"});
    else if (!seen.insert(row["id"]).second)
      row.refuse("duplicate", "id", "stands there twice");
    rules(row);
  }
  return problems;
}

void check_value(const CsvRow& row) {
  const Metric metric = find_metric(row["metric"]);
  if (metric == Metric::count) return row.refuse("unknown_word", "metric", "\"" + row["metric"] + "\" is no metric");
  const MetricInfo& of = info(metric);
  if (row["unit"] != of.unit)
    row.refuse("unknown_word", "unit", "is \"" + row["unit"] + "\", must be " + std::string(of.unit));
  const auto value = number_of(row["value"]);
  if (!value || !(*value > 0 || (*value == 0 && of.kind == Kind::memory)))
    row.refuse("out_of_range", "value", "\"" + row["value"] + "\" is no number above 0");
}

void check_measurement(const CsvRow& row, const Catalog& known) {
  check_value(row);
  row.need({"source", "url"});
  if (row["trust"].size() != 1 || row["trust"].find_first_of("ABCD") == std::string::npos)
    row.refuse("unknown_word", "trust", "is \"" + row["trust"] + "\", must be A, B, C or D");
  for (const auto column : {"batch", "threads", "prompt", "generate", "depth", "micro_batch"})
    if (row[column].find_first_not_of("0123456789") != std::string::npos)
      row.refuse("not_whole", column, "\"" + row[column] + "\" is no whole number");

  const auto excused = [&](std::string_view why) { return row["exclude"].find(why) != std::string::npos; };
  const auto resolves = [&](const char* column, const auto& table) {
    if (row.has(column) && !table.empty() && table.find(row[column]) == table.end())
      row.refuse("reference", column, "\"" + row[column] + "\" is no " + column);
  };
  resolves("runtime", known.runtimes());
  if (!excused("no preset for the device")) resolves("device", known.devices());
  if (!excused("no preset for the model")) resolves("model", known.models());
  if (row.has("host") && !known.devices().empty() && !known.device(row["host"]))
    row.refuse("reference", "host", "\"" + row["host"] + "\" is no device");
  if (row.has("power_mode")) {
    const DevicePreset* device = known.device(row["device"]);
    Device in_mode = device ? device->device : Device{};
    if (!device || !apply_power_mode(in_mode, row["power_mode"]))
      row.refuse("reference", "power_mode", "\"" + row["power_mode"] + "\" is no power mode of the device");
  }
  if (const auto placement = parse_placement(row["placement"]); !placement)
    row.refuse("unknown_word", "placement", placement.errors()[0].message);
  const Metric metric = find_metric(row["metric"]);
  const bool of_power = metric == Metric::power_w || metric == Metric::energy_j_per_token;
  const bool of_memory = metric != Metric::count && info(metric).kind == Kind::memory;
  if (row.has("scope") && (of_memory ? row["scope"] != "host" : find_scope(row["scope"]) == Scope::unstated))
    row.refuse("unknown_word", "scope",
               "is \"" + row["scope"] + "\", must be " + (of_memory ? "host" : "rail, soc, module, gpu or wall"));
  else if (of_power && !row.has("scope") && !row.has("exclude"))
    row.refuse("missing", "scope", "is required of power and energy");
  else if (!of_power && !of_memory && row.has("scope"))
    row.refuse("inconsistent", "scope", "is of power, energy and memory alone");
  const bool doubtful = row["trust"] == "D" || row["note"].find("SUSPECT:") != std::string::npos ||
                        row["note"].find("LIKELY CPU FALLBACK") != std::string::npos;
  if (doubtful && !row.has("exclude"))
    row.refuse("inconsistent", "exclude", "is empty, but the row is of trust D, SUSPECT or LIKELY CPU FALLBACK");
}

/// "w4a16-channel", "w3a16-g128": bits of weights and activations, where no recipe stores weights so.
bool names_bits(std::string_view quant) {
  const auto digits = [&](char letter) {
    if (quant.empty() || quant[0] != letter) return false;
    const std::size_t end = std::min(quant.find_first_not_of("0123456789", 1), quant.size());
    quant.remove_prefix(end);
    return end > 1;
  };
  return digits('w') && digits('a') && (quant.empty() || quant[0] == '-');
}

void check_score(const CsvRow& row, const Catalog& known) {
  row.need({"model", "quant", "benchmark", "metric", "source_url"});
  const auto value = number_of(row["value"]);
  if (!value) row.refuse("wrong_type", "value", "\"" + row["value"] + "\" is no number");
  const auto kind = score_kind(row["metric"]);
  if (row.has("metric") && !kind)
    row.refuse("unknown_word", "metric", "\"" + row["metric"] + "\" is no metric of a score");
  if (score_kind(row["benchmark"])) row.refuse("unknown_word", "benchmark", "\"" + row["benchmark"] + "\" is a metric");
  if (value && kind) {
    const bool is_share = *kind == ScoreKind::share;
    const double least = *kind == ScoreKind::perplexity ? 1 : 0;
    if (is_share && (*value < 0 || *value > 100))
      row.refuse("out_of_range", "value", row["value"] + " is no percentage");
    else if (*kind != ScoreKind::other && *value < least)
      row.refuse("out_of_range", "value", row["value"] + " is below " + std::to_string(static_cast<int>(least)));
  }
  if (row.has("stderr")) {
    const auto error = number_of(row["stderr"]);
    if (!error || *error < 0) row.refuse("wrong_type", "stderr", "\"" + row["stderr"] + "\" is no number");
  }
  // Parts of a scale's id, which commas join.
  for (const auto column : {"variant", "benchmark", "metric", "shots", "harness", "source_url"})
    if (row[column].find(',') != std::string::npos)
      row.refuse("bad_id", column, "\"" + row[column] + "\" holds a comma");
  const std::string& variant = row["variant"];
  if (!variant.empty() && (variant.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") != variant.npos ||
                           (!variant.starts_with("base") && !variant.starts_with("instruct") && variant != "sft")))
    row.refuse("unknown_word", "variant", "\"" + variant + "\" must be base, instruct or sft, with words after dashes");
  if (!known.models().empty() && row.has("model") && !known.model(row["model"]))
    row.refuse("reference", "model", "\"" + row["model"] + "\" is no model");
  const std::string& quant = row["quant"];
  if (!known.quantizations().empty() && row.has("quant") && !known.quantization(quant) && !names_bits(quant) &&
      !known.formats().find(quant))
    row.refuse("reference", "quant", "\"" + quant + "\" is no recipe, no format and no w<bits>a<bits>");
}

/// What each folder holds. The first is the folder itself.
struct Folder {
  std::string_view name;
  std::initializer_list<std::string_view> types;
};
const Folder folders[] = {{"", {"device-classes", "launchers", "speculation"}},
                          {"models", {"model"}},
                          {"devices", {"device"}},
                          {"runtimes", {"runtime"}},
                          {"quantizations", {"quantizations", "formats"}},
                          {"calibrations", {"calibrations", "intervals", "power"}},
                          {"studies", {"study"}}};
constexpr std::string_view measurements = "measurements/published.csv", quality_file = "quality/quality.csv";

struct Place {
  const Folder* folder = nullptr;
  std::string_view name;  ///< without ".json"
};

Place place_of(std::string_view path) {
  constexpr std::string_view ending = ".json";
  if (!path.ends_with(ending)) return {};
  const auto slash = path.rfind('/');
  const std::string_view name = path.substr(slash == path.npos ? 0 : slash + 1);
  const std::string_view directory = slash == path.npos ? "" : path.substr(0, slash);
  const auto folder =
      std::find_if(std::begin(folders), std::end(folders), [&](const Folder& f) { return f.name == directory; });
  // Beside the folders lie files of other programs.
  if (folder == std::end(folders) ||
      (folder->name.empty() && name != "device-classes.json" && name != "launchers.json" && name != "speculation.json"))
    return {};
  return {&*folder, name.substr(0, name.size() - ending.size())};
}

/// The file's id is its name, and its type is one that the folder holds.
void check_place(const PresetFile& file, const Place& place, const Json& preset, std::vector<Problem>& problems) {
  if (const std::string id = json::text_in(preset, "id"); id != place.name)
    problems.push_back({"name", "id", "is \"" + id + "\", must be as the file is called"});
  const std::string type = json::text_in(preset, "type");
  const auto& types = place.folder->types;
  if (std::find(types.begin(), types.end(), type) == types.end())
    problems.push_back({"name", "type", "is \"" + type + "\", which does not belong into " + file.path});
}

}  // namespace

std::vector<Problem> check_measurements(std::string_view csv, const Catalog& known) {
  return check_table(csv, columns_of_measurements, [&](const CsvRow& row) { check_measurement(row, known); });
}

std::vector<Problem> check_quality(std::string_view csv, const Catalog& known) {
  std::set<std::vector<std::string>> seen;
  return check_table(csv, quality_columns, [&](const CsvRow& row) {
    check_score(row, known);
    std::vector<std::string> what;
    for (const auto column :
         {"model", "variant", "quant", "method", "benchmark", "metric", "shots", "harness", "source_url", "note"})
      what.push_back(row[column]);
    if (!seen.insert(what).second) row.refuse("duplicate", "value", "the same was measured in a row above");
  });
}

bool is_preset_file(std::string_view path) {
  return path == measurements || path == quality_file || place_of(path).folder;
}

std::vector<FileProblem> check_folder(const std::vector<PresetFile>& files, Catalog known) {
  for (const PresetFile& file : files)
    if (place_of(file.path).folder) static_cast<void>(add_preset(known, file.text));
  std::vector<FileProblem> all;
  for (const PresetFile& file : files) {
    std::vector<Problem> problems;
    if (file.path == measurements) {
      problems = check_measurements(file.text, known);
    } else if (file.path == quality_file) {
      problems = check_quality(file.text, known);
    } else if (const Place place = place_of(file.path); place.folder) {
      problems = check(file.text, known);
      if (const auto parsed = json::parse_strict(file.text); parsed && parsed->is_object())
        check_place(file, place, *parsed, problems);
      if (auto form = check_canonical(file.text)) problems.push_back(std::move(*form));
    }
    for (Problem& p : problems) all.push_back({file.path, std::move(p)});
  }
  return all;
}

}  // namespace edgewise
