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
  }
  return read;
}

/// Rows of measurements, as `import` writes them; none where it is no such table.
Imported rows_of_table(std::string_view bytes, const Device& asked, const Catalog& catalog) {
  Imported out;
  const auto table = parse_csv(bytes);
  if (!table) return out;
  std::vector<std::size_t> places;
  for (const std::string& name : measurement_columns()) places.push_back(table->find(name));
  for (const char* name : {"metric", "value", "model"})
    if (places[column(name)] == Csv::npos) return out;
  for (const auto& cells : table->rows) {
    std::vector<std::string>& row = out.rows.emplace_back();
    for (const std::size_t place : places) row.push_back(place == Csv::npos ? std::string() : cells[place]);
    const std::string& device = row[column("device")];
    if (!device.empty() && catalog.resolve_device(device) != asked.measured_as())
      out.elsewhere = "it has rows of " + quoted(device) + ", not of " + asked.id + ": --device names what it is of";
  }
  return out;
}

/// The row as a statement; empty: it corrects nothing. `micro_batch`: that of the question; a prompt that was read in
/// other passes is noted in `other`.
std::string statement(const std::vector<std::string>& row, const Catalog& catalog, double micro_batch,
                      std::set<std::string>& other) {
  const auto field = [&](std::string_view name) { return row[column(name)]; };
  const Metric metric = find_metric(field("metric"));
  if (field("model").empty() || !field("placement").empty() || metric == Metric::count || !is_fitted(metric)) return {};
  if (!field("runtime").empty() && !catalog.runtime(field("runtime"))) return {};
  // A statement has no word for it.
  if (const std::string& passes = field("micro_batch");
      !passes.empty() && metric != Metric::decode_tok_s && parse_number(passes) != micro_batch) {
    other.insert(passes);
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
  Imported table = rows_of_table(bytes, a->device, catalog);
  const auto read = table.rows.empty() ? import_for(bytes, a->query, catalog) : Result<Imported>(std::move(table));
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
  std::set<std::string> other_passes;
  for (const auto& row : read->rows)
    if (std::string text = statement(row, catalog, micro_batch, other_passes);
        !text.empty() && out.statements.size() <= most_known_numbers)
      out.statements.push_back(std::move(text));
  out.remarks = read->remarks;
  for (const std::string& passes : other_passes)
    out.remarks.push_back("a prompt that was read " + passes + " tokens at a time corrects nothing: the question has " +
                          (is_known(micro_batch) ? count(micro_batch) : "the runtime's own") + " (micro_batch)");
  out.facts = read->facts;
  if (out.statements.empty()) {
    const std::string nothing = "holds no speed of a model on the device alone";
    return Error{"empty", "",
                 !other_passes.empty()   ? out.remarks.back()
                 : read->remarks.empty() ? nothing
                                         : nothing + ": " + read->remarks[0]};
  }
  return out;
}

}  // namespace edgewise
