#include <CLI/CLI.hpp>
#include <clocale>
#include <functional>
#include <iostream>

#include "commands.h"

namespace {

using edgewise::Output;
using edgewise::Request;

void add_output(CLI::App* app, Request& r) {
  app->add_option("--format", r.output, "text, json or csv")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Output>{{"text", Output::text}, {"json", Output::json}, {"csv", Output::csv}}));
}

void add_query(CLI::App* app, Request& r, bool required) {
  auto& q = r.query;
  auto& w = q.workload;
  auto* model = app->add_option("--model", q.model, "model: an id, a preset, a Hugging Face config.json or a .gguf");
  auto* device = app->add_option("--device", q.device, "device: an id or a preset");
  if (required) {
    model->required();
    device->required();
  }
  app->add_option("--power-mode", q.power_mode, "power mode of the device");
  app->add_option("--runtime", q.runtime, "runtime (default: the best of the device's)");
  app->add_option("--quant", q.quant, "quantization (default: the runtime's)");
  app->add_option("--kv-quant", q.kv_quant, "format of the KV cache, or k:FORMAT,v:FORMAT");
  app->add_option("--flash-attention", q.flash_attention, "0 or 1 (default: as the runtime does)")->check(CLI::IsMember({0, 1}));
  app->add_option("--prompt", w.prompt, "prompt tokens");
  app->add_option("--generate", w.generate, "generated tokens");
  app->add_option("--depth", w.depth, "tokens already in the KV cache");
  app->add_option("--batch", w.batch, "sequences at once");
  app->add_option("--images", w.images, "images in the prompt");
  app->add_option("--threads", w.threads, "CPU threads (default: one per fast core)");
  app->add_option("--context", w.context, "allocated context (default: depth + prompt + generate)");
}

}  // namespace

int main(int argc, char** argv) {
  // Numbers are written and read with a point, whatever the user's locale.
  std::setlocale(LC_ALL, "C");

  CLI::App app{"Predicts memory, speed and energy of language models on edge devices."};
  app.set_version_flag("--version", EDGEWISE_VERSION);
  app.require_subcommand(1);
  Request r;
  std::function<int(Request&, std::ostream&, std::ostream&)> command;
  const auto add = [&](const char* name, const char* description, int (*run)(Request&, std::ostream&, std::ostream&)) {
    CLI::App* sub = app.add_subcommand(name, description);
    sub->callback([&command, run] { command = run; });
    return sub;
  };

  auto* estimate = add("estimate", "does it run, how fast, for how much energy", edgewise::run_estimate);
  add_query(estimate, r, true);
  add_output(estimate, r);
  estimate->add_option("--requests-per-day", r.query.workload.requests_per_day);
  estimate->add_option("--battery-wh", r.query.workload.battery_wh);
  estimate->add_option("--electricity-usd-per-kwh", r.query.workload.electricity_usd_per_kwh);
  estimate->add_option("--device-life-years", r.query.workload.device_life_years);

  auto* predict = add("predict", "the rows of a cases file with predictions (CSV)", edgewise::run_predict);
  predict->add_option("CASES", r.files, "cases file")->required()->expected(1);

  auto* validate = add("validate", "errors of the predictions against measured values", edgewise::run_validate);
  validate->add_option("CASES", r.files, "cases file with a value column")->required()->expected(1);
  validate->add_option("--by", r.by, "group by")->check(CLI::IsMember({"device", "runtime", "model", "metric", "quant"}));
  validate->add_flag("--cross", r.cross, "predict every row without itself: by model and by device left out");
  add_output(validate, r);

  auto* explore = add("explore", "every combination that meets the bounds, fastest first", edgewise::run_explore);
  add_query(explore, r, false);
  add_output(explore, r);
  explore->add_option("--min-decode-tok-s", r.bounds.min_decode_tok_s);
  explore->add_option("--max-ttft-s", r.bounds.max_ttft_s);
  explore->add_option("--max-memory-gib", r.bounds.max_memory_gib);
  explore->add_option("--max-power-w", r.bounds.max_power_w);
  explore->add_option("--max-energy-per-token-j", r.bounds.max_energy_per_token_j);
  explore->add_option("--max-price-usd", r.bounds.max_price_usd);
  explore->add_option("--min-parameters-b", r.bounds.min_parameters_b, "billions of parameters at least");
  explore->add_option("--limit", r.limit, "rows to show");

  auto* list = add("list", "models, devices, runtimes or quants", edgewise::run_list);
  list->add_option("WHAT", r.what, "models, devices, runtimes or quants")->required()->check(CLI::IsMember({"models", "devices", "runtimes", "quants"}));
  add_output(list, r);

  auto* check = add("check", "validates presets; every error with its path", edgewise::run_check);
  check->add_option("FILE", r.files, "presets")->required();

  auto* fit = add("fit-published", "fits class and device parameters to published measurements", edgewise::run_fit_published);
  fit->add_option("MEASUREMENTS", r.files, "measurements file")->required()->expected(1);
  fit->add_option("--output", r.directory, "folder for the calibrations")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked = e.get_exit_code() == 0;  // --help, --version
    app.exit(e, std::cout, std::cerr);
    return asked ? edgewise::done : edgewise::bad_input;
  }
  const int code = command(r, std::cout, std::cerr);
  std::cout.flush();
  return code == edgewise::done && !std::cout ? edgewise::failure : code;
}
