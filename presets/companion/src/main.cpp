#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>
#include <functional>
#include <iostream>

#include "commands.h"
#include "edgewise/version.h"

namespace {

using edgewise::Output;
using edgewise::Request;

void add_output(CLI::App* app, Request& r) {
  app->add_option("--format", r.output, "text, json or csv")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Output>{{"text", Output::text}, {"json", Output::json}, {"csv", Output::csv}}));
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
  app->add_option("--flash-attention", q.flash_attention, "0 or 1 (default: as the runtime does)")
      ->check(CLI::IsMember({0, 1}));
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
  // A file that reaches a size limit is an error of the write, not the end of the process with half a file left.
  std::signal(SIGXFSZ, SIG_IGN);

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
  validate->add_option("--by", r.by, "group by")
      ->check(CLI::IsMember({"device", "runtime", "model", "metric", "quant"}));
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
  list->add_option("WHAT", r.what, "models, devices, runtimes or quants")
      ->required()
      ->check(CLI::IsMember({"models", "devices", "runtimes", "quants"}));
  add_output(list, r);

  auto* check = add("check", "validates presets; every error with its path", edgewise::run_check);
  check->add_option("FILE", r.files, "presets")->required();

  auto* fit_published =
      add("fit-published", "fits class and device parameters to published measurements", edgewise::run_fit_published);
  fit_published->add_option("MEASUREMENTS", r.files, "measurements file")->required()->expected(1);
  fit_published->add_option("--output", r.directory, "folder for the calibrations")->required();

  auto& b = r.board;
  const auto add_root = [&](CLI::App* sub) {
    sub->add_option("--root", b.root, "folder that holds proc and sys")->group("")->check(CLI::ExistingDirectory);
  };
  auto* probe = add("probe", "what this machine is", edgewise::run_probe);
  add_output(probe, r);
  add_root(probe);

  auto* measure = add("measure", "microbenchmarks of this machine, into a measurement file", edgewise::run_measure);
  measure->add_option("--output", b.output, "file to write (default: measurement.json)");
  auto* budget = measure->add_option("--budget", b.budget_s, "seconds to spend (default: 90)");
  measure->add_flag("--quick", b.quick, "20 seconds: fewer and shorter samples")->excludes(budget);
  measure->add_option("--storage-folder", b.storage_folder, "folder on the storage to measure (default: the output's)")
      ->check(CLI::ExistingDirectory);
  measure->add_option("--power-log", b.power_log,
                      "an outside meter's readings, CSV with unix_s and watts, read at the end");
  measure->add_option("--watts-idle", b.watts_idle, "power at rest, read off a meter");
  measure->add_option("--watts-load", b.watts_load, "power under load, read off a meter");
  measure->add_option("--engine", b.engine, "a llama-bench to run as well: a path, or a name to find in PATH");
  measure->add_option("--model-file", b.model_file, "model for the engine, GGUF");
  measure->add_option("--power-mode", r.query.power_mode, "power mode that the machine is in, as its preset names it");
  add_root(measure);

  auto* import =
      add("import", "output of llama-bench, Ollama or mlx_lm into measurement rows (CSV)", edgewise::run_import);
  import->add_option("FILE", r.files, "files")->required();
  import->add_option("--output", b.output, "file to write (default: standard output)");
  import->add_option("--device", r.query.device, "device that the rows are of");
  import->add_option("--power-mode", r.query.power_mode, "its power mode");
  import->add_option("--runtime", r.query.runtime, "runtime, where the file does not say");
  import->add_option("--model", r.query.model, "model, where the file's name has no preset");
  import->add_option("--quant", r.query.quant, "quantization, likewise");

  auto* fit_board = add("fit", "a measurement and rows of an engine into a device preset", edgewise::run_fit);
  fit_board
      ->add_option("FILE", r.files,
                   "measurement file, then files of rows; or, with --device, files of rows (.csv) alone")
      ->required();
  fit_board->add_option("--output", b.output, "preset to write; its name becomes the id")->required();
  fit_board->add_option("--device", r.query.device, "preset to start from (default: what the measurement describes)");
  fit_board->add_option("--power-mode", r.query.power_mode, "power mode that was measured");
  fit_board->add_option("--name", b.name, "name for people");
  fit_board->add_option("--class", b.device_class, "class of device, as presets name it");
  fit_board->add_option("--peak-bandwidth", b.peak_bandwidth_gb_s, "the memory's theoretical bandwidth, GB/s")
      ->check(CLI::PositiveNumber);
  fit_board->add_flag("--accept-noise", b.accept_noise, "fit a measurement that scatters beyond use all the same");
  fit_board->add_option("--price", b.price_usd, "price, US dollars")->check(CLI::PositiveNumber);

  auto* serve = add("serve", "the built page on this machine", edgewise::run_serve);
  serve->add_option("--port", b.port, "port (default: 8080)")->check(CLI::Range(1, 65535));
  serve->add_option("--bind", b.bind, "address to listen on (default: 127.0.0.1, this machine only)");
  serve->add_option("--site", b.site, "folder of the built page");
  serve->add_option("--device", r.query.device, "preset of this board, offered as /my-board.json")
      ->check(CLI::ExistingFile);

  auto& p = r.publish;
  // CLI::Range lets NaN through.
  const auto seconds = CLI::Validator(
      [](const std::string& text) {
        double x = 0;
        return CLI::detail::lexical_cast(text, x) && x >= 0.1 && x <= 3600 ? ""
                                                                           : "must be between 0.1 and 3600 seconds";
      },
      "0.1-3600");
  const auto add_network = [&](CLI::App* sub) {
    sub->add_option("--ca-file", p.http.ca_file, "certificates of a private authority, PEM")->check(CLI::ExistingFile);
    sub->add_flag("--insecure-http", p.http.insecure_http,
                  "allow http:// to other machines: everybody on the way can read it");
    sub->add_option("--connect-timeout", p.http.connect_timeout_s, "seconds (default: 10)")->check(seconds);
    sub->add_option("--timeout", p.http.timeout_s, "seconds for one request (default: 60)")->check(seconds);
    sub->add_option("--retries", p.http.retries, "after the first try (default: 4)")->check(CLI::Range(0, 20));
  };
  auto* publish =
      add("publish", "shows what of a device preset would be published; --yes sends it", edgewise::run_publish);
  publish->add_option("FILE", r.files, "preset that `fit` wrote")->expected(1);
  publish->add_option("--to", p.target.to, "https://... (PUT), s3://BUCKET/PREFIX or github:OWNER/REPOSITORY");
  publish->add_flag("--yes", p.yes, "send without asking");
  publish->add_flag("--pending", p.pending, "what could not be sent earlier");
  publish->add_option("--endpoint", p.target.endpoint, "address of the S3 service, or of GitHub's API");
  publish->add_option("--region", p.target.region, "region of the bucket (default: $AWS_REGION)");
  publish->add_option("--public-url", p.target.public_url, "where the target's files can be read, if elsewhere");
  publish->add_option("--folder", p.target.folder, "folder in the GitHub repository (default: presets/devices)");
  publish->add_option("--credentials", p.credentials_file,
                      "users and passwords, netrc format, mode 0600 (default: ~/.config/edgewise/credentials)");
  publish->add_option("--page", p.page, "address of an Edgewise page, for the link");
  publish->add_flag("--qr", p.qr, "the link as a QR code, even where the output is no terminal");
  add_network(publish);

  auto* catalog = app.add_subcommand("catalog", "indexes of published presets");
  catalog->require_subcommand(1);
  auto* build =
      catalog->add_subcommand("build", "the index of a folder of device presets; or a check of a published one");
  build->callback([&command] { command = edgewise::run_catalog_build; });
  build->add_option("SOURCE", p.source, "folder, or address of a catalog.json")->required();
  build->add_option("--output", p.output, "file to write (default: catalog.json in the folder)");
  build->add_flag("--skip-bad", p.skip_bad, "leave bad presets out instead of writing nothing");
  add_network(build);

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
