#include "support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "edgewise/csv.h"
#include "prelude.hpp"

namespace edgewise::test {

std::string source_path(std::string_view relative) {
  return std::string(EDGEWISE_SOURCE_DIR) + "/" + std::string(relative);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  INFO(path);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::map<std::string, std::string> preset_texts(std::string_view folder) {
  std::map<std::string, std::string> out;
  const std::filesystem::path path = source_path("presets/" + std::string(folder));
  if (!std::filesystem::exists(path)) return out;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == ".json") out[entry.path().stem().string()] = read_file(entry.path().string());
  return out;
}

const Catalog& shipped() {
  static const Catalog catalog = [] {
    Catalog c;
    const auto add = [&](const std::string& name, const std::string& text) {
      const auto id = add_preset(c, text);
      INFO(name << ": " << (id ? std::string() : describe(id.errors())));
      REQUIRE(id);
    };
    add("device-classes", read_file(source_path("presets/device-classes.json")));
    add("speculation", read_file(source_path("presets/speculation.json")));
    add("launchers", read_file(source_path("presets/launchers.json")));
    add("quality", read_file(source_path("presets/quality/quality.csv")));
    for (const char* folder : {"quantizations", "runtimes", "calibrations", "models", "devices"})
      for (const auto& [name, text] : preset_texts(folder)) add(name, text);
    return c;
  }();
  return catalog;
}

std::vector<std::map<std::string, std::string>> read_csv(const std::string& path) {
  const auto csv = parse_csv(read_file(path));
  if (!csv) FAIL(path << ": " << describe(csv.errors()));
  std::vector<std::map<std::string, std::string>> rows;
  for (const auto& fields : csv->rows) {
    auto& row = rows.emplace_back();
    for (std::size_t k = 0; k < fields.size(); ++k) row[csv->columns[k]] = fields[k];
  }
  return rows;
}

std::string describe(const Errors& errors) {
  std::string out;
  for (const Error& e : errors) out += e.code + " " + e.path + ": " + e.message + "\n";
  return out;
}

Answer answered(const Query& q) {
  auto a = answer(shipped(), q);
  INFO(q.model << " on " << q.device << " with " << q.runtime);
  INFO((a ? std::string() : describe(a.errors())));
  REQUIRE(a);
  return *a;
}

std::uint64_t Random::next() {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return (state_ * 0x2545F4914F6CDD1DULL) >> 16;
}

double Random::whole(double low, double high) {
  return low + static_cast<double>(next() % static_cast<std::uint64_t>(high - low + 1));
}

Rates plain_rates() {
  Rates r;
  r.bandwidth_Bps = 100e9;
  r.kv_bandwidth_Bps = r.state_bandwidth_Bps = 80e9;
  r.decode_weight_s.fill(1 / 200e9);
  r.prefill_weight_s.fill(1 / 5e12);
  r.prefill_half_rows = 0;
  r.decode_attention_flops = 500e9;
  r.prefill_attention_flops = 8e12;
  r.prefill_recurrent_flops = 4e12;
  r.step_s = 1e-3;
  r.launch_s = 1e-6;
  r.recurrent_layer_s = 1e-5;
  r.prefill_step_s = 2e-3;
  r.batch_rate_share = 0.5;
  r.sequence_s = 1e-4;
  r.storage_Bps = 1e9;
  r.capacity_B = 16.0 * 1073741824;
  r.usable_B = 15.0 * 1073741824;
  r.idle_w = 3;
  r.full_w = 15;
  r.decode_power_share = 0.7;
  r.prefill_power_share = 0.9;
  r.price_usd = 200;
  return r;
}

ModelCost cost_of(const char* model, const char* quant) {
  const Catalog& c = shipped();
  INFO(model);
  REQUIRE(c.model(model));
  return summarize(*c.model(model), *c.quantization(quant), c.formats());
}

Estimate estimated(const ModelCost& m, const Rates& r, const Workload& w) {
  Estimate e;
  estimate(m, r, w, e);
  return e;
}

}  // namespace edgewise::test
