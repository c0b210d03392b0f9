#include "device_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/answer.h"
#include "edgewise/fit.h"
#include "edgewise/reader.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "schema.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Datasheets round, clocks drift: as much may a measurement lie beyond a limit.
constexpr double slack = 1.02;
/// A peak that nobody knows was taken from a measured rate, and other programs may have run beside that measurement.
constexpr double slack_of_assumed = 2;

double number(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : unknown;
}

std::string text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const Json& list(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto it = object.find(key);
  return it != object.end() ? *it : none;
}

std::string at(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

class Physics {
 public:
  Physics(const Json& preset, const Catalog& catalog)
      : preset_(preset), catalog_(catalog), device_(catalog.device(text(preset, "id"))->device) {}

  Errors check() {
    memory();
    if (const auto power = preset_.find("power"); power != preset_.end())
      readings(list(*power, "measured"), "power.measured", "state", [](const Json& r) { return number(r, "watts"); });
    std::size_t i = 0;
    for (const Json& c : list(preset_, "calibrations")) calibration(c, at("calibrations", i++));
    return std::move(errors_);
  }

 private:
  void refuse(std::string path, std::string message) {
    errors_.push_back({"physics", std::move(path), std::move(message)});
  }

  void memory() {
    const Json& m = preset_.at("memory");
    const double bus = number(m, "bus_width_bits") / 8 * number(m, "data_rate_mts") * 1e6;
    // Module names round the data rate (3200 is 3199.9) and data sheets the product.
    if (device_.memory_bandwidth_Bps > 1.03 * bus)
      refuse("memory.peak_bandwidth_gb_s", "is above what the bus carries, " + human(bus, "B/s"));
    std::size_t i = 0;
    for (const Json& r : list(m, "measured")) {
      const std::string path = at("memory.measured", i++) + ".bandwidth_gb_s";
      if (r.contains("proxy_device") || text(r, "agent") == "host-link") continue;
      above_bus(path, number(r, "bandwidth_gb_s") * 1e9, device_.memory_bandwidth_Bps);
    }
  }

  void above_bus(const std::string& path, double rate, double peak) {
    if (rate > peak_slack_ * peak)
      refuse(path, "is " + human(rate, "B/s") + ", above the memory's peak of " + human(peak, "B/s"));
  }

  /// Power readings of one list: under load no less than at rest, as the same sensor sees it.
  template <class Watts>
  void readings(const Json& rows, const std::string& path, const char* state, Watts watts) {
    std::map<std::string, double> idle;
    const auto sensor = [](const Json& r) { return text(r, "scope") + " " + text(r, "source"); };
    for (const Json& r : rows)
      if (text(r, state) == "idle") {
        double& least = idle.emplace(sensor(r), watts(r)).first->second;
        least = std::fmin(least, watts(r));
      }
    std::size_t i = 0;
    for (const Json& r : rows) {
      const std::string where = at(path, i++);
      const auto rest = idle.find(sensor(r));
      if (rest != idle.end() && text(r, state) != "idle" && watts(r) * slack < rest->second)
        refuse(where, "is " + human(watts(r), "W") + " under load, below the " + human(rest->second, "W") + " at rest");
    }
  }

  void calibration(const Json& c, const std::string& path) {
    Device device = device_;
    const std::string mode = text(c, "power_mode"), runtime_id = text(c, "runtime");
    if (!apply_power_mode(device, mode))
      return refuse(path + ".power_mode", "\"" + mode + "\" is no power mode of the device");
    const Runtime* runtime = catalog_.runtime(runtime_id);
    if (!runtime) return refuse(path + ".runtime", "\"" + runtime_id + "\" is no runtime");
    const double bandwidth =
        runtime->processor == Processor::cpu ? device.cpu_bandwidth_Bps() : device.memory_bandwidth_Bps;
    above_bus(path + ".parameters.bandwidth_share", number(c.at("parameters"), "bandwidth_share") * bandwidth,
              device.memory_bandwidth_Bps);

    const Json& samples = list(c, "samples");
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Json& s = samples[i];
      const std::string where = at(path + ".samples", i);
      std::vector<double> values;
      for (const Json& v : list(s, "values")) values.push_back(v.get<double>());
      if (s.contains("value")) values.push_back(number(s, "value"));
      // The spread is a share of the median: of values around zero it would be negative or none.
      if (std::any_of(values.begin(), values.end(), [](double v) { return !(v > 0); })) {
        refuse(where, "has a value that is not above 0: their spread would be negative");
        continue;
      }
      if (s.contains("engine"))
        engine(s, samples, where, device, *runtime);
      else if (!values.empty())
        streamed(s, median(values), where, device);
    }
    readings(samples, path + ".samples", "phase", [](const Json& r) {
      std::vector<double> w;
      for (const Json& v : list(r, "values")) w.push_back(v.get<double>());
      return median(w);
    });
  }

  /// What comes from memory cannot come faster than the bus; what fits the caches may.
  void streamed(const Json& s, double rate, const std::string& where, const Device& device) {
    const bool read = text(s, "test") == "read";
    if (!read && text(s, "test") != "dot_streamed") return;
    if (!(number(s, "working_set_B") > 4 * device.last_level_cache_B)) return;
    const auto format = catalog_.formats().find(text(s, "format"));
    if (!read && !format) return refuse(where + ".format", "\"" + text(s, "format") + "\" is no storage format");
    above_bus(where + ".values", rate * (read ? 1 : catalog_.formats()[*format].bytes_per_weight()),
              device.memory_bandwidth_Bps);
  }

  /// A row of an inference engine, "MODEL QUANTIZATION, circumstances: metric".
  void engine(const Json& s, const Json& samples, const std::string& where, const Device& device,
              const Runtime& runtime) {
    const std::string what = text(s, "engine");
    const auto space = what.find(' '), comma = what.find(','), colon = what.rfind(": ");
    if (space == what.npos || comma == what.npos || colon == what.npos || !(space < comma && comma < colon))
      return refuse(where + ".engine", "does not name model, quantization and metric as `edgewise fit` writes them");
    const std::string metric = what.substr(colon + 2);
    Query q;
    q.model = what.substr(0, space);
    q.quant = what.substr(space + 1, comma - space - 1);
    q.device = device.id;
    q.runtime = runtime.id;
    q.workload.prompt = q.workload.generate = 1;  // next to no cache: the rate that no depth exceeds
    const auto a = answer(catalog_, q);
    if (!a) return refuse(where + ".engine", a.errors()[0].path + ": " + a.errors()[0].message);

    // One sequence: each step reads the active weights, less what a cache may keep from one step to the next.
    const double bytes =
        a->estimate[Term::decode_bytes] - (is_known(device.last_level_cache_B) ? device.last_level_cache_B : 0);
    const double fastest = bytes > 0 ? peak_slack_ * device.memory_bandwidth_Bps / bytes : unknown;
    const double value = number(s, "value");
    const double rate = metric == to_string(Metric::decode_tok_s) ? value
                        : metric == to_string(Metric::tpot_ms)    ? 1e3 / value
                                                                  : unknown;
    const bool one_sequence = what.find(", batch ") == what.npos;
    if (one_sequence && rate > fastest)
      refuse(where + ".value", "is " + human(rate, "tok/s") + ", but bandwidth / bytes read per token is " +
                                   human(fastest / peak_slack_, "tok/s"));

    const auto share = [&] {
      for (const Json& c : list(preset_, "calibrations"))
        if (text(c, "runtime") == runtime.id && is_known(number(c.at("parameters"), "idle_share")))
          return std::fmin(1, number(c.at("parameters"), "idle_share"));
      return 1.0;
    }();
    const double idle_w = device.idle_w * share;  // as the sensor behind the row sees it
    if (metric == to_string(Metric::power_w) && value * slack < idle_w)
      refuse(where + ".value", "is " + human(value, "W") + " under load, below the " + human(idle_w, "W") + " at rest");
    if (metric == to_string(Metric::energy_j_per_token) && one_sequence) {
      // As long as the same run took for a token, or at least as long as the bus needs.
      double per_token_s = 1 / fastest;
      for (const Json& other : samples)
        if (text(other, "engine") == what.substr(0, colon + 2) + std::string(to_string(Metric::decode_tok_s)))
          per_token_s = 1 / number(other, "value");
      if (value * slack < idle_w * per_token_s)
        refuse(where + ".value", "is " + human(value, "J") +
                                     " a token, less than the device takes at rest in that time, " +
                                     human(idle_w * per_token_s, "J"));
    }
  }

  const Json& preset_;
  const Catalog& catalog_;
  const Device& device_;
  const double peak_slack_ = text(preset_.at("confidence"), "memory") == "assumed" ? slack_of_assumed : slack;
  Errors errors_;
};

}  // namespace

Result<CheckedDevice> check_device(std::string_view json_text, Catalog& catalog) {
  const auto parsed = json::parse_strict(json_text);
  if (!parsed) return parsed.errors();
  if (!parsed->is_object() || text(*parsed, "type") != "device")
    return Error{"wrong_type", "type", "is not \"device\""};
  if (const Errors errors = against_schema(*parsed); !errors.empty()) return errors;
  const auto id = add_preset(catalog, json_text);
  if (!id) return id.errors();
  if (const Errors errors = Physics(*parsed, catalog).check(); !errors.empty()) return errors;

  CheckedDevice out;
  out.id = *id;
  out.name = text(*parsed, "name");
  std::set<std::string> runtimes;
  for (const Json& c : list(*parsed, "calibrations")) {
    runtimes.insert(text(c, "runtime"));
    out.date = std::max(out.date, text(c, "date"));
    out.origin = out.origin == "measured" || text(c, "origin") == "measured" ? "measured" : "fitted";
  }
  out.runtimes.assign(runtimes.begin(), runtimes.end());
  return out;
}

}  // namespace edgewise
