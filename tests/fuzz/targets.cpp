// One libFuzzer target per build, chosen by EDGEWISE_FUZZ. Whatever the bytes, the answer is a value or errors with a
// code and a message; never a crash, a hang, or a number that the engine could not sum.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "edgewise/check.h"
#include "edgewise/csv.h"
#include "edgewise/import.h"
#include "edgewise/json.h"
#include "edgewise/names.h"
#include "edgewise/presets.h"
#include "edgewise/text.h"

namespace {

using namespace edgewise;

void require(bool ok) {
  if (!ok) std::abort();
}

void check(const Errors& errors) {
  require(!errors.empty());
  for (const Error& e : errors) require(!e.code.empty() && !e.message.empty());
  // Paths and messages repeat parts of the input; they must still be printable as JSON.
  to_text(to_json(errors));
}

void check(const Model& model) {
  require(!model.id.empty());
  require(static_cast<double>(model.layers.size()) == model.num_hidden_layers);
  const ParameterCounts counts = count_parameters(model);
  require(std::isfinite(counts.total) && counts.total > 0 && counts.text <= counts.total &&
          counts.decode_read <= counts.text);
}

[[maybe_unused]] void preset(std::string_view bytes) {
  Catalog catalog;
  const auto id = add_preset(catalog, bytes);
  for (const Problem& p : check(bytes, catalog)) require(!p.rule.empty() && !p.message.empty());
  if (const auto text = canonical_preset(bytes)) require(*canonical_preset(*text) == *text);
  if (!id) return check(id.errors());
  for (const auto& [key, model] : catalog.models()) check(model);
  for (const auto& [key, device] : catalog.devices()) require(device.device.memory_capacity_B > 0);
}

[[maybe_unused]] void query(std::string_view bytes) {
  const auto q = parse_query(bytes);
  if (!q) return check(q.errors());
  static const Catalog nothing;
  const Choice choice = choose(nothing, *q, Misfit::put_aside);
  require(!choice.answer);
  check(choice.errors);
}

/// What is imported is a preset, which says the same when it is imported again.
[[maybe_unused]] void import(std::string_view bytes) {
  const auto text = model_preset(bytes, "fuzz");
  if (!text) return check(text.errors());
  Catalog catalog;
  require(static_cast<bool>(add_preset(catalog, *text)));
  require(*model_preset(*text, "") == *text);
}

[[maybe_unused]] void config(std::string_view bytes) {
  const auto model = model_from_hf_config(bytes, "fuzz");
  model ? check(*model) : check(model.errors());
  import(bytes);
}

[[maybe_unused]] void gguf(std::string_view bytes) {
  import(bytes);
  FormatTable formats;
  const auto model = model_from_gguf(bytes, "fuzz", formats);
  if (!model) return check(model.errors());
  check(*model);
  require(model->checkpoint && !model->checkpoint->tensors.empty());
}

/// A table that was read reads the same when it is written.
[[maybe_unused]] void csv(std::string_view bytes) {
  const auto table = parse_csv(bytes);
  if (!table) return check(table.errors());
  std::string text = format_csv_row(table->columns);
  if (text.starts_with("\xEF\xBB\xBF")) return;  // would be the mark at the start of a file
  for (const auto& row : table->rows) {
    require(row.size() == table->columns.size());
    text += format_csv_row(row);
  }
  const auto again = parse_csv(text);
  require(again && again->columns == table->columns && again->rows == table->rows);
}

/// Any text as a name: at most five others, each of them known, and never itself.
[[maybe_unused]] void names(std::string_view bytes) {
  static const Catalog some = [] {
    Catalog c;
    c.add_model_names("qwen3-8b", {"Qwen3-8B", "Qwen/Qwen3-8B"});
    c.add_model_names("llama-3.1-8b", {"Llama-3.1-8B", "meta-llama/Llama-3.1-8B"});
    c.add_device_names("rtx-3060-8gb", {"GeForce RTX 3060 8GB"});
    c.add_device_names("rtx-3060-12gb", {"GeForce RTX 3060 12GB"});
    c.add_device_names("ryzen-ai-max-395-64gb", {"Ryzen AI Max+ 395 (Strix Halo, Radeon 8060S) 64GB"});
    return c;
  }();
  for (const Catalog::Meant& m : {some.model_meant(bytes), some.device_meant(bytes)}) {
    require(m.near.size() <= 5 && (m.id.empty() || m.near.empty()) && !(m.several && m.near.size() < 2));
    for (const std::string& near : m.near) require(lower(near) != lower(bytes));
    to_text(to_json(m));
  }
  Catalog named;
  if (const Errors errors = add_names(named, bytes); !errors.empty()) check(errors);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EDGEWISE_FUZZ(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
