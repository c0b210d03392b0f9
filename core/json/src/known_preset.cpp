#include "edgewise/known_preset.h"

#include <nlohmann/json.hpp>

#include "edgewise/canonical.h"
#include "edgewise/parameters_json.h"
#include "edgewise/reader.h"

namespace edgewise {

namespace {

using json::Json;

/// As the measuring companion names the row of an engine.
std::string row_name(const KnownNumber& n) {
  std::string out = n.name + ", ";
  if (n.threads > 0) out += count(n.threads) + " threads, ";
  if (n.batch > 1) out += "batch " + count(n.batch) + ", ";
  return out + "prompt " + count(n.prompt) + ", depth " + count(n.depth) + ": " + std::string(info(n.metric).id);
}

/// The parameters of the answer, without those that it only takes over: formats that cost like another, and power,
/// which rests on readings of its own and is not of the runtime.
Parameters taught(const Answer& a) {
  const Parameters given = parameters_for(a.device, *a.runtime, a.calibration.calibration);
  const Parameters filled = resolve(a.device, *a.runtime, given, a.catalog->formats(), 2, 0).parameters;
  Parameters p = (a.board_rates ? *a.board_rates : a.rates).parameters;
  for (std::size_t f = 0; f < max_formats; ++f) {
    if (!is_known(given.decode_cost[f]) && p.decode_cost[f] == filled.decode_cost[f]) p.decode_cost[f] = unknown;
    if (!is_known(given.prefill_efficiency[f]) && p.prefill_efficiency[f] == filled.prefill_efficiency[f])
      p.prefill_efficiency[f] = unknown;
  }
  if (a.known_numbers(Kind::power) + a.known_numbers(Kind::energy) == 0)
    for (std::size_t i = 0; i < parameter_count; ++i)
      if (kind_of(static_cast<Parameter>(i)) == Kind::power) p.value[i] = unknown;
  return p;
}

}  // namespace

Result<std::string> known_preset(const Answer& a, std::string_view device_preset, const PresetStamp& stamp) {
  if (!a.is_corrected()) return Error{"missing", "known", "no number of this board corrects the answer"};
  auto parsed = json::parse_strict(device_preset);
  if (!parsed) return parsed.errors();
  if (!parsed->is_object()) return Error{"wrong_type", "", "is no device preset"};
  Json& preset = *parsed;
  if (!stamp.id.empty() && stamp.id != preset.value("id", "")) {
    preset["id"] = stamp.id;
    preset.erase("aliases");
  }
  const std::string& mode = a.query.power_mode;
  const Parameters cls = parameters_for(a.device, *a.runtime, nullptr);
  Json samples = Json::array();
  double error = 0;
  for (const Known& k : a.known)
    if (k.elsewhere.empty()) {
      samples.push_back({{"engine", row_name(k.number)}, {"value", k.number.value}});
      error += (k.explained > k.number.value ? k.explained / k.number.value : k.number.value / k.explained) - 1;
    }
  const auto numbers = static_cast<double>(samples.size());
  Json calibration = {{"runtime", a.runtime->id}};
  if (!mode.empty()) calibration["power_mode"] = mode;
  calibration["origin"] = "measured";
  calibration["configurations"] = samples.size();
  // What models have beside the board's parameters they keep.
  if (const Calibration* published = a.calibration.calibration; published && !published->models.empty())
    calibration["models"] = models_json(published->models);
  calibration["parameters"] = parameters_json(taught(a), a.catalog->formats(), &cls);
  calibration["samples"] = std::move(samples);
  calibration["tool"] = stamp.tool;
  calibration["date"] = stamp.date;
  calibration["fit"] = "mean error " + significant(100 * error / numbers) + " % over " + count(numbers) +
                       " known number(s), of what others measured before";
  Json calibrations = Json::array({std::move(calibration)});
  for (const Json& c : preset.value("calibrations", Json::array()))
    if (c.value("runtime", "") != a.runtime->id || c.value("power_mode", "") != mode) calibrations.push_back(c);
  preset["calibrations"] = std::move(calibrations);
  return canonical_text(preset);
}

}  // namespace edgewise
