#include <algorithm>
#include <cmath>
#include <map>

#include "edgewise/estimate.h"
#include "edgewise/metric.h"
#include "edgewise/statistics.h"
#include "physics.h"
#include "rules.h"

namespace edgewise::json {

namespace {

class Physics {
 public:
  explicit Physics(const Checked& c) : c_(c), preset_(c.preset), device_(c.own.devices().begin()->second.device) {}

  void check() {
    bus();
    cuda();
    readings(list_in(object_in(preset_, "power"), "measured"), "power.measured", "state",
             [](const Json& r) { return number_in(r, "watts"); });
    std::size_t i = 0;
    for (const Json& calibration : list_in(preset_, "calibrations")) calibrated(calibration, at("calibrations", i++));
  }

 private:
  void refuse(std::string path, std::string message) { c_.refuse("physics", std::move(path), std::move(message)); }

  void bus() {
    const Json& m = object_in(preset_, "memory");
    const double carried = number_in(m, "bus_width_bits") / 8 * number_in(m, "data_rate_mts") * 1e6;
    const double ratio = device_.memory_bandwidth_Bps / carried;
    if (std::fabs(ratio - 1) > physics::slack - 1)
      refuse("memory.peak_bandwidth_gb_s",
             std::string(ratio > 1 ? "is above" : "is below") + " what the bus carries, " + human(carried, "B/s"));
  }

  /// A CUDA core does a multiply and an add each cycle.
  void cuda() {
    const Json& gpu = object_in(preset_, "gpu");
    if (text_in(gpu, "unit_kind") != "CUDA cores") return;
    const double rate = 2 * number_in(gpu, "units") * device_.gpu_clock_hz;
    if (std::fabs(device_.gpu_fp32_flops / rate - 1) > physics::slack - 1)
      refuse("gpu.fp32_tflops", "is not what units and clock make, " + human(rate, "FLOP/s"));
  }

  void above_bus(const std::string& path, double rate, double peak) {
    if (rate > peak_slack_ * peak)
      refuse(path, "is " + human(rate, "B/s") + ", above the memory's peak of " + human(peak, "B/s"));
  }

  /// Power readings of one list: under load no less than at rest, as the same sensor sees it.
  template <class Watts>
  void readings(const Json& rows, const std::string& path, const char* state, Watts watts) {
    std::map<std::string, double> idle;
    const auto sensor = [](const Json& r) { return text_in(r, "scope") + " " + text_in(r, "source"); };
    for (const Json& r : rows)
      if (text_in(r, state) == "idle") {
        double& least = idle.emplace(sensor(r), watts(r)).first->second;
        least = std::fmin(least, watts(r));
      }
    std::size_t i = 0;
    for (const Json& r : rows) {
      const std::string where = at(path, i++);
      const auto rest = idle.find(sensor(r));
      if (rest != idle.end() && text_in(r, state) != "idle" && watts(r) * physics::slack < rest->second)
        refuse(where, "is " + human(watts(r), "W") + " under load, below the " + human(rest->second, "W") + " at rest");
    }
  }

  static std::vector<double> values_of(const Json& sample) {
    std::vector<double> out;
    for (const Json& v : list_in(sample, "values")) out.push_back(v.get<double>());
    return out;
  }

  void calibrated(const Json& calibration, const std::string& path) {
    Device device = device_;
    const Runtime* runtime = c_.known.runtime(text_in(calibration, "runtime"));
    if (!runtime || !apply_power_mode(device, text_in(calibration, "power_mode"))) return;  // said elsewhere
    const double bandwidth = device.bandwidth_Bps(runtime->processor);
    above_bus(path + ".parameters.bandwidth_share",
              number_in(object_in(calibration, "parameters"), "bandwidth_share") * bandwidth,
              device.memory_bandwidth_Bps);

    const Json& samples = list_in(calibration, "samples");
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Json& s = samples[i];
      const std::string where = at(path + ".samples", i);
      std::vector<double> values = values_of(s);
      if (has(s, "value")) values.push_back(number_in(s, "value"));
      // The spread is a share of the median: of values around zero it would be negative or none.
      if (std::any_of(values.begin(), values.end(), [](double v) { return !(v > 0); })) {
        refuse(where, "has a value that is not above 0: their spread would be negative");
        continue;
      }
      if (has(s, "engine"))
        engine(s, samples, where, device, *runtime);
      else if (!values.empty())
        streamed(s, median(values), where, device);
    }
    readings(samples, path + ".samples", "phase", [](const Json& r) { return median(values_of(r)); });
  }

  /// What comes from memory cannot come faster than the bus; what fits the caches may.
  void streamed(const Json& s, double rate, const std::string& where, const Device& device) {
    const bool read = text_in(s, "test") == "read";
    if (!read && text_in(s, "test") != "dot_streamed") return;
    if (!(number_in(s, "working_set_B") > 4 * device.last_level_cache_B)) return;
    const FormatTable& formats = c_.known.formats();
    const auto format = formats.find(text_in(s, "format"));
    if (!read && !(format && formats[*format].defined()))
      return c_.refuse("unknown_format", where + ".format", "\"" + text_in(s, "format") + "\" is no storage format");
    above_bus(where + ".values", rate * (read ? 1 : formats[*format].bytes_per_weight()), device.memory_bandwidth_Bps);
  }

  /// Of the power that the device draws at rest, what the sensor behind a runtime's rows sees.
  double idle_share(const std::string& runtime) const {
    for (const Json& c : list_in(preset_, "calibrations"))
      if (const double share = number_in(object_in(c, "parameters"), "idle_share");
          text_in(c, "runtime") == runtime && is_known(share))
        return std::fmin(1, share);
    return 1;
  }

  /// What a decode step reads with next to no cache: the rate that it bounds is one that no depth exceeds.
  double bytes_per_token(const std::string& model_name, const std::string& quant, const Runtime& runtime,
                         const std::string& where) {
    const Model* model = c_.known.model(c_.known.resolve_model(model_name));
    const Quantization* recipe = c_.known.quantization(c_.known.resolve_quantization(quant, runtime));
    if (!model || !recipe) {
      if (!c_.partial)
        c_.refuse("reference", where + ".engine",
                  "\"" + (model ? quant : model_name) + "\" is no " +
                      (model ? "quantization that " + runtime.name + " runs" : "model"));
      return unknown;
    }
    Rates rates;
    rates.memory = runtime.memory;
    Workload one;
    one.prompt = one.generate = 1;
    Estimate e;
    estimate(summarize(*model, *recipe, c_.known.formats()), rates, one, e);
    return e[Term::decode_bytes];
  }

  /// A row of an inference engine, "MODEL QUANTIZATION, circumstances: metric".
  void engine(const Json& s, const Json& samples, const std::string& where, const Device& device,
              const Runtime& runtime) {
    const std::string what = text_in(s, "engine");
    const auto space = what.find(' '), comma = what.find(','), colon = what.rfind(": ");
    if (space == what.npos || comma == what.npos || colon == what.npos || !(space < comma && comma < colon))
      return c_.refuse("inconsistent", where + ".engine",
                       "does not name model, quantization and metric as `edgewise fit` writes them");
    const Metric metric = find_metric(what.substr(colon + 2));
    const double read =
        bytes_per_token(what.substr(0, space), what.substr(space + 1, comma - space - 1), runtime, where);
    // One sequence: each step reads the active weights, less what a cache may keep from one step to the next.
    const double bytes = read - (is_known(device.last_level_cache_B) ? device.last_level_cache_B : 0);
    const double fastest = bytes > 0 ? peak_slack_ * device.memory_bandwidth_Bps / bytes : unknown;
    const double value = number_in(s, "value");
    const double rate = metric == Metric::decode_tok_s ? value : metric == Metric::tpot_ms ? 1e3 / value : unknown;
    const bool one_sequence = what.find(", batch ") == what.npos;
    if (one_sequence && rate > fastest)
      refuse(where + ".value", "is " + human(rate, "tok/s") + ", but bandwidth / bytes read per token is " +
                                   human(fastest / peak_slack_, "tok/s"));

    const double idle_w = device.idle_w * idle_share(runtime.id);
    if (metric == Metric::power_w && value * physics::slack < idle_w)
      refuse(where + ".value", "is " + human(value, "W") + " under load, below the " + human(idle_w, "W") + " at rest");
    if (metric == Metric::energy_j_per_token && one_sequence) {
      // As long as the same run took for a token, or at least as long as the bus needs.
      double per_token_s = 1 / fastest;
      const std::string same = what.substr(0, colon + 2) + std::string(to_string(Metric::decode_tok_s));
      for (const Json& other : samples)
        if (text_in(other, "engine") == same) per_token_s = 1 / number_in(other, "value");
      if (value * physics::slack < idle_w * per_token_s)
        refuse(where + ".value", "is " + human(value, "J") +
                                     " a token, less than the device takes at rest in that time, " +
                                     human(idle_w * per_token_s, "J"));
    }
  }

  const Checked& c_;
  const Json& preset_;
  const Device& device_;
  const double peak_slack_ =
      text_in(object_in(preset_, "confidence"), "memory") == "assumed" ? physics::slack_of_assumed : physics::slack;
};

}  // namespace

void check_physics(const Checked& c) { Physics(c).check(); }

}  // namespace edgewise::json
