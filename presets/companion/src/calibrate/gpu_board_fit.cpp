#include "gpu_board_fit.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "board_fit.h"
#include "edgewise/estimate.h"
#include "edgewise/parameters_json.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

constexpr double prompt_tokens = 512, few_prompt_tokens = 32;
/// Of the layer whose surroundings are measured, 1024 wide: queries, output, keys and values of a quarter each, and
/// three matrices four times as wide.
constexpr double weights_of_layer = (1 + 1 + 0.25 + 0.25 + 3 * 4) * 1024 * 1024;
/// Large FP16 products reach this share of the rate that multiply-adds in registers do.
constexpr double product_share = 0.9;

bool is_of(const TestRun& r, const Gpu& g, std::string_view test, std::string_view format) {
  return r.test == test && r.format == format && r.device == g.name && !r.samples.empty();
}

const TestRun* find_gpu_run(const Measurement& m, const Gpu& g, std::string_view test, std::string_view format = {},
                            double tokens = unknown) {
  for (const TestRun& r : m.runs)
    if (is_of(r, g, test, format) && (!is_known(tokens) || r.tokens == tokens)) return &r;
  return nullptr;
}

double rate_of(const Measurement& m, const Gpu& g, std::string_view test, std::string_view format = {},
               double tokens = unknown) {
  const TestRun* r = find_gpu_run(m, g, test, format, tokens);
  return r ? r->median() : unknown;
}

/// Mean rate of a test that was made in several sizes: of their times, as models mix them. NaN: there is none.
double mean_of_sizes(const Measurement& m, const Gpu& g, std::string_view test) {
  double time = 0, n = 0;
  for (const TestRun& r : m.runs)
    if (is_of(r, g, test, {})) {
      time += 1 / r.median();
      n += 1;
    }
  return n / time;
}

/// As the processor's: of each format, the part of its time that its dot products in the cache do not explain.
double streamed_Bps(const Measurement& m, const Gpu& g, const FormatTable& formats) {
  std::vector<double> found;
  for (const Format& f : formats.formats()) {
    const double streamed = rate_of(m, g, "gpu_dot_streamed", f.id), cached = rate_of(m, g, "gpu_dot", f.id);
    if (streamed < 0.8 * cached)
      found.push_back(f.bytes_per_weight() / std::sqrt(1 / (streamed * streamed) - 1 / (cached * cached)));
  }
  return found.empty() ? rate_of(m, g, "gpu_read") : median(found);
}

/// Rows of a matrix product at which it runs at half of its full rate F, from two sizes: rate(n) = F / (1 + half / n).
double half_rows(const Measurement& m, const Gpu& g) {
  const double full = rate_of(m, g, "gpu_dot_many", "Q4_0", prompt_tokens),
               few = rate_of(m, g, "gpu_dot_many", "Q4_0", few_prompt_tokens);
  const double quotient = full / few;
  // Beyond that no finite number explains both.
  if (!(quotient < 0.9 * prompt_tokens / few_prompt_tokens)) return unknown;
  return std::fmax(0, (quotient - 1) / (1 / few_prompt_tokens - quotient / prompt_tokens));
}

/// Whether a preset can rest on what was measured.
bool is_measured(const Measurement& m, const Gpu& g) {
  return rate_of(m, g, "gpu_read") > 0 && rate_of(m, g, "gpu_fma") > 0 && rate_of(m, g, "gpu_dot", "Q4_0") > 0 &&
         rate_of(m, g, "gpu_dot_many", "Q4_0", prompt_tokens) > 0;
}

bool is_begun(const Measurement& m, const Gpu& g) {
  return std::any_of(m.runs.begin(), m.runs.end(),
                     [&](const TestRun& r) { return r.device == g.name && !r.samples.empty(); });
}

}  // namespace

Result<const Gpu*> fitted_gpu(const Measurement& m, const std::string& which, bool host_centric,
                              std::vector<std::string>& notes) {
  const Gpu* found = nullptr;
  for (const Gpu& g : m.gpus) {
    const bool named = !which.empty() && lower(g.name).find(lower(which)) != std::string::npos;
    if (!is_measured(m, g)) {
      if (named)
        return Error{"missing", "--gpu", "\"" + g.name + "\" was not measured, or not enough: `measure --gpu` does it"};
      if (is_begun(m, g))
        notes.push_back(g.name +
                        " was not measured long enough to be described: measure again with a larger --budget.");
      continue;
    }
    if (which.empty() ? host_centric == (g.type == "discrete") : named) {
      if (!found)
        found = &g;
      else
        notes.push_back("Two GPUs were measured; the preset is of " + found->name + " (--gpu names another).");
    } else if (which.empty() && g.type == "discrete") {
      notes.push_back(g.name +
                      " was measured and is a card with a memory of its own: `fit --device CARD --gpu` with the "
                      "card's preset calibrates that.");
    }
  }
  if (!found && !which.empty())
    return Error{"unknown_name", "--gpu", "\"" + which + "\" is part of no measured GPU's name"};
  return found;
}

double gpu_reached_Bps(const Measurement& m, const Gpu& g) {
  return std::fmax(rate_of(m, g, "gpu_read"), rate_of(m, g, "gpu_copy"));
}

void add_measured_gpu(Json& preset, const Measurement& m, const Gpu& g) {
  const std::string source = "edgewise measure, " + m.date;
  if (!preset.contains("gpu")) {
    double half = rate_of(m, g, "gpu_fma16");
    for (const TestRun& r : m.runs)
      if (r.test == "gpu_dot_many" && r.device == g.name && !r.samples.empty())
        half = std::fmax(half, 2 * r.median() / product_share);
    Json gpu = {{"name", g.name}, {"fp32_tflops", rounded4(rate_of(m, g, "gpu_fma") / 1e12)}};
    if (g.half) gpu["fp16_shader_tflops"] = rounded4(half / 1e12);
    if (const double dot = rate_of(m, g, "gpu_int8"); g.dot_product_fast && dot > 0)
      gpu["int8_dot4_tops"] = rounded4(dot / 1e12);
    gpu["note"] =
        "Rates as measured by edgewise; " + g.type + ", Vulkan " + g.api + (g.driver.empty() ? "" : ", " + g.driver);
    preset["gpu"] = std::move(gpu);
    preset["confidence"]["gpu"] = "read";
  }
  for (const auto& [test, kind] : {std::pair{"gpu_read", "read"}, {"gpu_copy", "copy"}})
    if (const TestRun* r = find_gpu_run(m, g, test)) {
      preset["memory"]["measured"].push_back(
          {{"bandwidth_gb_s", rounded4(r->median() / 1e9)},
           {"agent", "gpu"},
           {"kind", kind},
           {"method", std::string("edgewise ") + test + ": Vulkan, words of 16 bytes, working set " +
                          human(r->bytes, "B") + (r->test == "gpu_copy" ? ", bytes read and written" : "")},
           {"source", source},
           {"confidence", "read"}});
      preset["confidence"]["memory_measured"] = "read";
    }
}

Parameters gpu_from_microbenchmarks(const Measurement& m, const Gpu& g, const Device& device, const Runtime& runtime,
                                    const Parameters& cls, const FormatTable& formats) {
  const Parameters unit = unit_shares(cls);
  const Rates one = resolve(device, runtime, unit, formats, 2, 0);

  Parameters p;
  // Datasheets are below what caches in front of the memory let a benchmark see.
  p[Parameter::bandwidth_share] = std::fmin(1, streamed_Bps(m, g, formats) / one.bandwidth_Bps);
  p[Parameter::kv_bandwidth_share] = p[Parameter::bandwidth_share];
  p[Parameter::prefill_half_rows] = half_rows(m, g);
  const double half =
      is_known(p[Parameter::prefill_half_rows]) ? p[Parameter::prefill_half_rows] : cls[Parameter::prefill_half_rows];

  // The formats' common factor to the class goes into the share, so that formats nobody measured profit too.
  double decode = 0, prefill = 0, decodes = 0, prefills = 0;
  // What a layer of a prompt does besides its products is spread over its weights.
  const double besides = rate_of(m, g, "gpu_between_many") / weights_of_layer;
  const auto full_rate = [&](const Format& f) {
    const double rate = rate_of(m, g, "gpu_dot_many", f.id, prompt_tokens) * (1 + half / prompt_tokens);
    return besides > 0 ? 1 / (1 / rate + besides) : rate;
  };
  for (std::size_t f = 0; f < formats.size(); ++f) {
    const Format& format = formats.formats()[f];
    if (const double r = rate_of(m, g, "gpu_dot", format.id) * cls.decode_cost[f] * one.decode_weight_s[f]; r > 0) {
      decode += std::log(r);
      decodes += 1;
    }
    if (const double r = full_rate(format) * one.prefill_weight_s[f] / cls.prefill_efficiency[f]; r > 0) {
      prefill += std::log(r);
      prefills += 1;
    }
  }
  if (decodes > 0) p[Parameter::decode_rate_share] = std::exp(decode / decodes);
  if (prefills > 0) p[Parameter::prefill_rate_share] = std::exp(prefill / prefills);
  for (std::size_t f = 0; f < formats.size(); ++f) {
    const Format& format = formats.formats()[f];
    if (const double rate = rate_of(m, g, "gpu_dot", format.id); rate > 0)
      p.decode_cost[f] = p[Parameter::decode_rate_share] / (one.decode_weight_s[f] * rate);
    if (const double rate = full_rate(format); rate > 0)
      p.prefill_efficiency[f] = rate * one.prefill_weight_s[f] / p[Parameter::prefill_rate_share];
  }
  if (const double rate = mean_of_sizes(m, g, "gpu_attention"); rate > 0)
    p[Parameter::attention_decode_share] = rate / one.decode_attention_flops;
  if (const double rate = mean_of_sizes(m, g, "gpu_attention_many"); rate > 0)
    p[Parameter::attention_prefill_share] = rate / one.prefill_attention_flops;
  if (const double between = rate_of(m, g, "gpu_between_products"); between > 0)
    p[Parameter::launch_s] = between / tensors_of_layer;
  double clock = unknown;
  for (const TestRun& r : m.runs)
    if (r.test == "clock" && r.cores == "fast" && !r.samples.empty()) clock = r.median();
  if (const double submit = rate_of(m, g, "gpu_submit"); submit > 0 && clock > 0)
    p[Parameter::step_s] = submit + step_cycles / clock;
  return p;
}

Parameters gpu_widths() {
  Parameters sd;
  sd[Parameter::bandwidth_share] = sd[Parameter::kv_bandwidth_share] = 0.2;
  sd[Parameter::decode_rate_share] = sd[Parameter::prefill_rate_share] = 0.3;
  sd[Parameter::attention_decode_share] = sd[Parameter::attention_prefill_share] = 0.5;
  sd[Parameter::prefill_half_rows] = 0.5;
  sd[Parameter::launch_s] = sd[Parameter::step_s] = sd[Parameter::prefill_step_s] = 0.7;
  sd.decode_cost.fill(0.15);
  sd.prefill_efficiency.fill(0.15);
  return sd;
}

}  // namespace edgewise
