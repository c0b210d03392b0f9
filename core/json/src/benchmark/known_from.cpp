#include <algorithm>
#include <set>

#include "edgewise/benchmark.h"
#include "edgewise/csv.h"
#include "edgewise/json_text.h"
#include "edgewise/known.h"
#include "edgewise/measurement_columns.h"
#include "edgewise/metric.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

constexpr std::size_t most_bytes = 65536;

std::size_t column(std::string_view name) {
  const auto& columns = measurement_columns();
  return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
}

/// Whether a row names a model that the catalog has.
bool names_a_model(const Result<Imported>& read, const Catalog& catalog) {
  const std::size_t at = column("model");
  return read && std::any_of(read->rows.begin(), read->rows.end(),
                             [&](const auto& row) { return catalog.model(row[at]) != nullptr; });
}

/// A table may not say the runtime, and name the model as nobody else does: they are those that are asked of.
Result<Imported> import_for(std::string_view bytes, const Query& q, const Catalog& catalog) {
  ImportContext context{q.device, q.power_mode, "", "", "", "", unknown, unknown, unknown, q.runtime};
  auto read = import_benchmark(bytes, context, catalog);
  if (!names_a_model(read, catalog)) {
    context.model = q.model;
    context.quant = q.quant;
    read = import_benchmark(bytes, context, catalog);
    if (read) read->remarks.push_back("it names no model that is known: its numbers are taken as those of " + q.model);
  }
  return read;
}

/// The first line has titles of what `import` writes, and is no JSON.
bool is_table(std::string_view bytes) {
  const std::string_view first = bytes.substr(0, bytes.find_first_of("\r\n"));
  const auto holds = [&](std::string_view word) { return first.find(word) != first.npos; };
  return holds("metric") && holds("model") && holds(",") && !holds("{");
}

/// Rows of measurements, as `import` writes them. What is no word or no number is an error here: statements have
/// spaces between their parts.
Result<Imported> rows_of_table(std::string_view bytes, const Answer& asked) {
  const auto table = parse_csv(bytes);
  if (!table) return table.errors();
  std::vector<std::size_t> places;
  for (const std::string& name : measurement_columns()) places.push_back(table->find(name));
  Imported out;
  Errors errors;
  for (const char* name : {"metric", "value", "model", "quant"})
    if (places[column(name)] == Csv::npos) errors.push_back({"missing", name, "is no column"});
  for (std::size_t i = 0; i < table->rows.size() && errors.empty(); ++i) {
    std::vector<std::string>& row = out.rows.emplace_back();
    for (const std::size_t place : places) row.push_back(place == Csv::npos ? std::string() : table->rows[i][place]);
    const auto of = [&](std::string_view name) -> const std::string& { return row[column(name)]; };
    const auto wrong = [&](std::string_view name, const char* code, const std::string& message) {
      errors.push_back({code, "row " + std::to_string(i + 1) + "." + std::string(name), message});
    };
    for (const char* name : {"model", "quant", "kv_quant", "runtime"})
      if (of(name).find_first_of(" \t\r\n;=") != std::string::npos) wrong(name, "wrong_type", "is no one word");
    for (const char* name : {"value", "prompt", "generate", "depth", "batch", "threads", "micro_batch"})
      if (!of(name).empty() && !is_known(parse_number(of(name)))) wrong(name, "wrong_type", "is no number");
    if (of("value").empty()) wrong("value", "missing", "is missing");
    const Metric metric = find_metric(of("metric"));
    if (metric == Metric::count)
      wrong("metric", "unknown_word", "is no metric");
    else if (!of("unit").empty() && of("unit") != info(metric).unit)
      wrong("unit", "wrong_type", "must be " + std::string(info(metric).unit));
    if (!of("device").empty() && asked.catalog->resolve_device(of("device")) != asked.device.measured_as())
      out.elsewhere =
          "it has rows of " + quoted(of("device")) + ", not of " + asked.device.id + ": --device names what it is of";
    else if (!of("power_mode").empty() && of("power_mode") != asked.query.power_mode)
      out.elsewhere = "it has rows of power mode " + quoted(of("power_mode")) +
                      (asked.query.power_mode.empty() ? ", which " + asked.device.id + " has not been asked in"
                                                      : ", not of " + quoted(asked.query.power_mode));
  }
  if (!errors.empty()) return errors;
  return out;
}

/// What of rows that correct nothing stood in the way.
struct Otherwise {
  std::set<std::string> passes;  ///< a prompt that was read in others than those of the question
  std::set<std::string> places;  ///< of the model, where it was not on the device alone
};

/// The row as a statement; empty: it corrects nothing. `micro_batch`: that of the question.
std::string statement(const std::vector<std::string>& row, const Catalog& catalog, double micro_batch,
                      Otherwise& other) {
  const auto field = [&](std::string_view name) { return row[column(name)]; };
  const Metric metric = find_metric(field("metric"));
  if (field("model").empty() || metric == Metric::count || !is_fitted(metric)) return {};
  if (!field("placement").empty() || !field("host").empty()) {
    other.places.insert(field("placement").empty() ? "host=" + field("host") : field("placement"));
    return {};
  }
  if (!field("runtime").empty() && !catalog.runtime(field("runtime"))) return {};
  // A statement has no word for it.
  if (const std::string& passes = field("micro_batch");
      !passes.empty() && metric != Metric::decode_tok_s && parse_number(passes) != micro_batch) {
    other.passes.insert(passes);
    return {};
  }
  std::string text = field("metric") + "=" + field("value") + " " + field("model") + " " + field("quant");
  for (const char* name : {"prompt", "generate", "depth", "batch", "threads"})
    if (!field(name).empty()) text += std::string(" ") + name + "=" + field(name);
  if (!field("kv_quant").empty()) text += " kv=" + field("kv_quant");
  if (!field("runtime").empty()) text += " runtime=" + field("runtime");
  return text;
}

}  // namespace

Result<KnownFrom> known_from(std::string_view bytes, const Query& asked, const Catalog& catalog) {
  if (bytes.size() > most_bytes)
    return Error{"too_large", "", "is larger than 64 KiB; give what was measured of this board alone"};
  Query plain = asked;
  plain.known.clear();
  const auto a = prepare(catalog, plain);
  if (!a) return a.errors();
  const auto read = is_table(bytes) ? rows_of_table(bytes, *a) : import_for(bytes, a->query, catalog);
  KnownFrom out;
  if (!read) {
    if (read.errors()[0].code != "unknown_format") return read.errors();
    const auto stated = parse_known({std::string(bytes)});
    if (!stated) return read.errors();
    for (const KnownNumber& number : *stated) out.statements.push_back(to_text(number));
    return out;
  }
  if (!read->elsewhere.empty()) return Error{"other_device", "", read->elsewhere};
  const double micro_batch = a->query.workload.micro_batch;
  Otherwise other;
  for (const auto& row : read->rows)
    if (std::string text = statement(row, catalog, micro_batch, other);
        !text.empty() && out.statements.size() <= most_known_numbers)
      out.statements.push_back(std::move(text));
  out.remarks = read->remarks;
  for (const std::string& passes : other.passes)
    out.remarks.push_back("a prompt that was read " + passes + " tokens at a time corrects nothing: the question has " +
                          (is_known(micro_batch) ? count(micro_batch) : "the runtime's own") + " (micro_batch)");
  out.facts = read->facts;
  if (out.statements.empty()) {
    if (!other.passes.empty()) return Error{"empty", "", out.remarks.back()};
    std::string why = "holds no speed of a model on the device alone";
    if (!other.places.empty())
      why += ": its model ran with " + quoted(*other.places.begin());
    else if (!read->remarks.empty())
      why += ": " + read->remarks[0];
    return Error{"empty", "", why};
  }
  return out;
}

}  // namespace edgewise
