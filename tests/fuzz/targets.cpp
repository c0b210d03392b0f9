// One libFuzzer target per build, chosen by EDGEWISE_FUZZ. Whatever the bytes, the answer is a value or errors with a
// code and a message; never a crash, a hang, or a number that the engine could not sum.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/benchmark.h"
#include "edgewise/card.h"
#include "edgewise/check.h"
#include "edgewise/csv.h"
#include "edgewise/edited_preset.h"
#include "edgewise/import.h"
#include "edgewise/json.h"
#include "edgewise/known_preset.h"
#include "edgewise/levers_json.h"
#include "edgewise/link.h"
#include "edgewise/many_json.h"
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

const std::filesystem::path presets = EDGEWISE_SOURCE_DIR "/presets";

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  require(!text.empty());
  return text;
}

constexpr const char* board = "devices/raspberry-pi-5-8gb.json";

/// Some of what ships: dense, of experts and with a draft; a board and a card; every runtime and quantization.
std::vector<std::filesystem::path> shipped_files() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"quantizations", "runtimes", "calibrations"})
    for (const auto& entry : std::filesystem::directory_iterator(presets / folder))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // the same of every run
  for (const char* file :
       {"device-classes.json", "launchers.json", "speculation.json", board, "devices/rtx-3060-12gb.json",
        "models/llama-3.2-1b.json", "models/llama-3.1-8b.json", "models/qwen3-30b-a3b.json"})
    files.push_back(presets / file);
  return files;
}
const Catalog& shipped() {
  static const Catalog some = [] {
    Catalog c;
    for (const auto& path : shipped_files()) require(static_cast<bool>(add_preset(c, contents(path))));
    return c;
  }();
  return some;
}

/// Numbers are finite or unknown, and inside their ranges.
void check_numbers(const Answer& a) {
  for (std::size_t i = 0; i < term_count; ++i) {
    const Ranged r = a.ranged(static_cast<Term>(i));
    for (double x : {a.estimate[static_cast<Term>(i)], r.value, r.low, r.high}) require(!std::isinf(x));
    require(!(r.low > r.high) && !(r.value < r.low) && !(r.value > r.high));
  }
}

/// And everything that is said of an answer can be said.
void check(const Answer& a) {
  check_numbers(a);
  require(!sentence(a).empty());
  for (const Error& e : warnings(a)) require(!e.code.empty() && !e.message.empty());
  to_text(to_json(a));
  to_text(to_json(explain(a), a));
  to_text(to_json(roofline(a)));
  const std::string link = link_fragment(a.query);
  require(link.find_first_of("\n \"<>") == std::string::npos);
  for (const CardFormat format : {CardFormat::svg, CardFormat::markdown, CardFormat::html})
    for (const CardView view : {CardView::card, CardView::badge})
      require(render_card({{&a, "#" + link}}, {.view = view, .format = format}).find("<script") == std::string::npos);
}

/// A question as a link, a frame or a program may ask it, and what the page then asks.
[[maybe_unused]] void question(std::string_view bytes) {
  const auto q = parse_query(bytes);
  if (!q) return check(q.errors());
  const Choice choice = choose(shipped(), *q, Misfit::put_aside);
  to_text(to_json(choice));
  const auto a = answer(shipped(), choice.answer ? choice.query : *q);
  if (!a) return check(a.errors());
  check(*a);
  to_text(to_json(editable(shipped(), *a)));
  if (const auto levers = what_if(shipped(), *a, "decode_tok_s")) to_text(to_json(*levers, *a));
  if (const auto swept = sweep(shipped(), *q, "context", {})) to_text(to_json(*swept));
  static const std::string device = contents(presets / board);
  for (const auto& preset :
       {edited_preset(*a, device, "fuzzed"), known_preset(*a, device, {"fuzzed", "fuzz", "2026-01-01"})})
    if (preset) {
      Catalog copy = shipped();
      require(static_cast<bool>(add_preset(copy, *preset)));
    }
}

/// Any numbers within their bounds, for any of what ships.
[[maybe_unused]] void workload(std::string_view bytes) {
  FuzzedDataProvider from(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto some = [&](const auto& presets) {
    return std::next(presets.begin(), from.ConsumeIntegralInRange<std::ptrdiff_t>(0, std::ssize(presets) - 1))->first;
  };
  const bool said = from.ConsumeIntegralInRange(0, 31) == 0;  // takes most of the time
  Query q;
  q.model = some(shipped().models());
  q.device = some(shipped().devices());
  if (from.ConsumeBool()) q.runtime = some(shipped().runtimes());
  if (from.ConsumeBool()) q.draft_model = some(shipped().models());
  q.flash_attention = from.ConsumeIntegralInRange(-1, 1);
  while (from.remaining_bytes() > 0) {
    const WorkloadField& field = from.PickValueInArray(workload_fields);
    const double x = field.min + (field.max - field.min) *
                                     std::pow(from.ConsumeProbability<double>(), from.ConsumeIntegralInRange(1, 12));
    q.workload.*field.member = field.whole ? std::floor(x) : x;
  }
  const Choice choice = choose(shipped(), q, Misfit::put_aside);
  const auto a = answer(shipped(), choice.query);
  if (!a) return check(a.errors());
  said ? check(*a) : check_numbers(*a);
}

/// A preset that ships, and where its values are.
struct Shipped {
  json::Json preset;
  std::vector<json::Json::json_pointer> values;
};
const std::vector<Shipped>& every_shipped() {
  static const std::vector<Shipped> all = [] {
    std::vector<Shipped> list;
    for (const auto& path : shipped_files()) {
      Shipped one{json::Json::parse(contents(path)), {}};
      const json::Json flat = one.preset.flatten();
      for (const auto& [at, value] : flat.items()) one.values.emplace_back(at);
      list.push_back(std::move(one));
    }
    return list;
  }();
  return all;
}

/// What ships with values changed as no mutation of its bytes would change them: refused, or answered.
[[maybe_unused]] void answers(std::string_view bytes) {
  FuzzedDataProvider from(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto& [original, values] =
      every_shipped()[from.ConsumeIntegralInRange<std::size_t>(0, every_shipped().size() - 1)];
  json::Json preset = original;
  do {
    const auto& at = values[from.ConsumeIntegralInRange<std::size_t>(0, values.size() - 1)];
    if (!preset.contains(at)) continue;
    json::Json& value = preset[at];
    switch (from.ConsumeIntegralInRange(0, 7)) {
      case 0:
        value = nullptr;
        break;
      case 1:
        value = from.ConsumeRandomLengthString(16);
        break;
      case 2:
        value = from.ConsumeFloatingPoint<double>();
        break;
      case 3:
        value = from.ConsumeIntegral<std::int64_t>();
        break;
      case 4:
        value = json::Json::array({value, value});
        break;
      case 5:
        value = json::Json::object({{from.ConsumeRandomLengthString(16), value}});
        break;
      default:
        if (value.is_number()) value = value.get<double>() * std::pow(10, from.ConsumeIntegralInRange(-12, 12));
    }
  } while (from.ConsumeBool());
  Catalog catalog = shipped();
  const auto id = add_preset(catalog, to_text(preset));
  if (!id) return check(id.errors());
  for (const char* model : {"llama-3.2-1b", "qwen3-30b-a3b"})
    for (const char* device : {"raspberry-pi-5-8gb", "rtx-3060-12gb"}) {
      Query q;
      q.model = catalog.models().contains(*id) ? *id : model;
      q.device = catalog.devices().contains(*id) ? *id : device;
      const auto a = answer(catalog, q);
      a ? check_numbers(*a) : check(a.errors());
    }
}

/// The header of safetensors, beside its configuration.
[[maybe_unused]] void safetensors(std::string_view bytes) {
  static const std::string described = contents(EDGEWISE_SOURCE_DIR "/tests/data/configs/qwen3-30b-a3b.json");
  const auto text = model_preset({{"config.json", described}, {"model.safetensors", bytes}}, "fuzz");
  if (!text) return check(text.errors());
  Catalog catalog;
  require(static_cast<bool>(add_preset(catalog, *text)));
}

/// What an engine printed.
[[maybe_unused]] void printed(std::string_view bytes) {
  Query q;
  q.model = "llama-3.2-1b";
  q.device = "raspberry-pi-5-8gb";
  const auto known = known_from(bytes, q, shipped());
  if (!known) return check(known.errors());
  require(!known->statements.empty());
  for (const std::string& said : known->statements) q.known.push_back(said);
  const auto a = answer(shipped(), q);
  a ? check(*a) : check(a.errors());
}

/// Columns of questions, and the bounds of an exploration.
[[maybe_unused]] void columns(std::string_view bytes) {
  std::vector<double> values(64, 1);
  const auto many =
      estimate_many(shipped(), R"({"model": "llama-3.2-1b", "device": "raspberry-pi-5-8gb"})", bytes, values);
  if (many)
    to_text(*many);
  else
    check(many.errors());
  const auto bounds = parse_bounds(bytes);
  if (!bounds) return check(bounds.errors());
  Query q;
  q.device = "rtx-3060-12gb";
  const auto found = explore(shipped(), q, *bounds, 10);
  found ? static_cast<void>(to_text(to_json(*found))) : check(found.errors());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EDGEWISE_FUZZ(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
