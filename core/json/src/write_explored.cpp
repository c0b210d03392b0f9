#include <string>

#include "edgewise/json.h"
#include "write.h"

namespace edgewise {

namespace {

using json::Json;
using json::number;
using Row = Explored::Row;

/// The columns of what was found: every document and table of it has these, in this order.
struct TextColumn {
  const char* name;
  std::string_view (*of)(const Row&);
};
constexpr TextColumn text_columns[] = {
    {"model", [](const Row& r) -> std::string_view { return r.model->id; }},
    {"device", [](const Row& r) -> std::string_view { return r.device->id; }},
    {"runtime", [](const Row& r) -> std::string_view { return r.runtime->id; }},
    {"quant", [](const Row& r) -> std::string_view { return r.quantization->id; }},
    {"class", [](const Row& r) -> std::string_view { return r.device->device_class; }},
    {"vendor", [](const Row& r) -> std::string_view { return r.device->vendor; }},
    {"licence", [](const Row& r) -> std::string_view { return r.model->licence; }},
    {"verdict", [](const Row& r) -> std::string_view { return to_string(r.verdict); }},
    {"situation", [](const Row& r) -> std::string_view { return to_string(r.situation); }},
    {"sure", [](const Row& r) -> std::string_view { return to_string(r.sure); }},
    {"power_scope", [](const Row& r) -> std::string_view { return to_string(r.power_scope); }},
    {"quality_basis",
     [](const Row& r) -> std::string_view { return is_known(r.quality.value) ? to_string(r.quality.basis) : ""; }},
    {"retention_kind",
     [](const Row& r) -> std::string_view { return is_known(r.retention) ? to_string(r.retention_kind) : ""; }},
};
struct NumberColumn {
  const char* name;
  double (*of)(const Row&);
};
constexpr NumberColumn number_columns[] = {
    {"decode_tok_s", [](const Row& r) { return r.decode_tok_s.value; }},
    {"decode_tok_s_low", [](const Row& r) { return r.decode_tok_s.low; }},
    {"decode_tok_s_high", [](const Row& r) { return r.decode_tok_s.high; }},
    {"ttft_s", [](const Row& r) { return r.ttft_s.value; }},
    {"ttft_s_low", [](const Row& r) { return r.ttft_s.low; }},
    {"ttft_s_high", [](const Row& r) { return r.ttft_s.high; }},
    {"memory_B", [](const Row& r) { return r.memory_B.value; }},
    {"memory_B_low", [](const Row& r) { return r.memory_B.low; }},
    {"memory_B_high", [](const Row& r) { return r.memory_B.high; }},
    {"energy_per_token_J", [](const Row& r) { return r.energy_per_token_J.value; }},
    {"energy_per_token_J_low", [](const Row& r) { return r.energy_per_token_J.low; }},
    {"energy_per_token_J_high", [](const Row& r) { return r.energy_per_token_J.high; }},
    {"decode_w", [](const Row& r) { return r.decode_w.value; }},
    {"decode_w_low", [](const Row& r) { return r.decode_w.low; }},
    {"decode_w_high", [](const Row& r) { return r.decode_w.high; }},
    {"price_usd", [](const Row& r) { return r.price_usd; }},
    {"parameters", [](const Row& r) { return r.parameters; }},
    {"quality", [](const Row& r) { return r.quality.value; }},
    {"retention", [](const Row& r) { return r.retention; }},
};
struct FlagColumn {
  const char* name;
  bool (*of)(const Row&);
};
constexpr FlagColumn flags[] = {
    {"retention_estimated", [](const Row& r) { return is_known(r.retention) && r.retention_estimated; }},
    {"vision", [](const Row& r) { return r.model->vision.has_value(); }},
    {"audio", [](const Row& r) { return r.model->audio.has_value(); }},
    {"host_centric", [](const Row& r) { return r.device->kind == DeviceKind::host_centric; }},
    {"corrected", [](const Row& r) { return r.corrected; }},
    {"pareto", [](const Row& r) { return r.pareto; }},
};

/// All but the rows.
Json frame(const Explored& e) {
  Json out = Json::object();
  out["count"] = e.count;
  Json& refused = out["refused"] = Json::array();
  for (const Explored::Refused& r : e.refused) {
    Json& one = refused.emplace_back(Json::object());
    one["bound"] = r.bound;
    one["count"] = r.count;
    one["unknown"] = r.unknown_values;
    one["upper_bounds"] = r.upper_bounds;
    one["nearest"] = number(r.nearest);
  }
  out["off_axes"] = e.off_axes;
  if (e.scale) out["scale"] = to_json(*e.scale);
  return out;
}

}  // namespace

Json to_json(const Explored& e) {
  Json out = frame(e);
  Json& rows = out["rows"] = Json::array();
  for (const Row& r : e.rows) {
    Json& row = rows.emplace_back(Json::object());
    for (const TextColumn& c : text_columns) row[c.name] = std::string(c.of(r));
    for (const NumberColumn& c : number_columns) row[c.name] = number(c.of(r));
    for (const FlagColumn& c : flags) row[c.name] = c.of(r);
  }
  return out;
}

Json to_columns(const Explored& e, std::vector<double>& values) {
  values.clear();
  values.reserve(e.rows.size() * (std::size(text_columns) + std::size(number_columns) + std::size(flags)));
  Json out = frame(e);
  out["rows"] = e.rows.size();
  Json& words = out["texts"] = Json::object();
  for (const TextColumn& c : text_columns) {
    // Rows of one device or verdict follow each other rarely, but there are few of these.
    std::map<std::string_view, std::size_t> known;
    Json& dictionary = words[c.name] = Json::array();
    for (const Row& r : e.rows) {
      const auto [at, is_new] = known.emplace(c.of(r), known.size());
      if (is_new) dictionary.push_back(std::string(at->first));
      values.push_back(static_cast<double>(at->second));
    }
  }
  Json& numeric = out["numbers"] = Json::array();
  for (const NumberColumn& c : number_columns) {
    numeric.push_back(c.name);
    for (const Row& r : e.rows) values.push_back(c.of(r));
  }
  Json& marks = out["flags"] = Json::array();
  for (const FlagColumn& c : flags) {
    marks.push_back(c.name);
    for (const Row& r : e.rows) values.push_back(c.of(r) ? 1 : 0);
  }
  return out;
}

std::vector<std::string> explored_columns() {
  std::vector<std::string> out;
  for (const TextColumn& c : text_columns) out.emplace_back(c.name);
  for (const NumberColumn& c : number_columns) out.emplace_back(c.name);
  for (const FlagColumn& c : flags) out.emplace_back(c.name);
  return out;
}

std::vector<std::string> explored_cells(const Row& r) {
  std::vector<std::string> out;
  for (const TextColumn& c : text_columns) out.emplace_back(c.of(r));
  for (const NumberColumn& c : number_columns) out.push_back(exact(c.of(r)));
  for (const FlagColumn& c : flags) out.emplace_back(c.of(r) ? "1" : "0");
  return out;
}

}  // namespace edgewise
