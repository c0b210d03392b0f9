#include <catch2/catch.hpp>
#include <map>

#include "bundle.h"
#include "edgewise/benchmark.h"
#include "edgewise/measurement_columns.h"

using namespace edgewise;

namespace {

const Catalog& catalog() {
  static const Catalog c = [] {
    Catalog out;
    REQUIRE(add_presets(out, bundled_presets()).empty());
    return out;
  }();
  return c;
}

using Fields = std::map<std::string, std::string>;

std::vector<Fields> rows_of(std::string_view text, const ImportContext& context = {}) {
  const auto read = import_benchmark(text, context, catalog());
  if (!read) FAIL(read.errors()[0].path << ": " << read.errors()[0].message);
  std::vector<Fields> out;
  for (const auto& row : read->rows) {
    REQUIRE(row.size() == measurement_columns().size());
    Fields f;
    for (std::size_t i = 0; i < row.size(); ++i) f[measurement_columns()[i]] = row[i];
    out.push_back(f);
  }
  return out;
}

Error error_of(std::string_view text, const ImportContext& context = {}) {
  const auto read = import_benchmark(text, context, catalog());
  REQUIRE_FALSE(read);
  return read.errors()[0];
}

std::string bench(const std::string& changed = "") {
  return R"({"build_commit":"abc","build_number":4500,"backends":"CPU","model_filename":"/home/someone/models/Llama-3.2-1B-Instruct-Q4_K_M.gguf",)"
         R"("model_type":"llama 1B Q4_K - Medium","model_size":799862912,"n_threads":4,"type_k":"f16","type_v":"f16","n_gpu_layers":0,"flash_attn":false,)"
         R"("n_prompt":512,"n_gen":0,"n_depth":1024,"avg_ts":50.5)" +
         changed + "}";
}

}  // namespace

TEST_CASE("llama-bench JSON becomes a measurement row") {
  const auto rows = rows_of("[" + bench() + "]");
  REQUIRE(rows.size() == 1);
  Fields r = rows[0];
  CHECK(r["model"] == "llama-3.2-1b");
  CHECK(r["quant"] == "Q4_K_M");
  CHECK(r["runtime"] == "llama.cpp-cpu");
  CHECK(r["runtime_version"] == "b4500");
  CHECK(r["metric"] == "prefill_tok_s");
  CHECK(r["value"] == "50.5");
  CHECK(r["prompt"] == "512");
  CHECK(r["depth"] == "1024");
  CHECK(r["threads"] == "4");
  CHECK(r["flash_attention"] == "0");
  CHECK(r["id"].size() == 13);
}

TEST_CASE("what names its owner stays behind") {
  const auto benched = rows_of(bench());
  for (const auto& [column, value] : benched[0]) CHECK(value.find("someone") == std::string::npos);
  const auto rows =
      rows_of(R"({"model":"llama3.2:1b","response":"a secret","eval_count":10,"eval_duration":1000000000,"done":true})",
              {.runtime = "llama.cpp-cpu", .model = "llama-3.2-1b", .quant = "Q4_K_M"});
  for (const auto& [column, value] : rows[0]) CHECK(value.find("secret") == std::string::npos);
}

TEST_CASE("the same result has the same id, another another") {
  CHECK(rows_of(bench())[0].at("id") == rows_of("[" + bench() + "]")[0].at("id"));
  CHECK(rows_of(bench())[0].at("id") !=
        rows_of(bench(R"(,"extra":1)").replace(bench().find("50.5"), 4, "51.5"))[0].at("id"));
}

TEST_CASE("llama-bench JSONL and CSV say the same") {
  CHECK(rows_of(bench() + "\n" + bench() + "\n").size() == 2);
  const auto rows = rows_of(
      "build_commit,build_number,backends,model_filename,model_type,model_size,n_threads,type_k,type_v,n_gpu_layers,"
      "flash_attn,n_prompt,n_gen,n_depth,avg_ts\n"
      "\"abc\",\"4500\",\"CPU\",\"/home/someone/models/Llama-3.2-1B-Instruct-Q4_K_M.gguf\",\"llama 1B Q4_K - "
      "Medium\",\"799862912\",\"4\",\"f16\",\"f16\",\"0\",\"0\",\"512\",\"0\",\"1024\",\"50.5\"\n");
  CHECK(rows == rows_of(bench()));
}

TEST_CASE("the backend decides the runtime, and layers on the CPU are the CPU's") {
  auto with = [](const std::string& backends, const std::string& layers) {
    std::string text = bench();
    text.replace(text.find("\"CPU\""), 5, "\"" + backends + "\"");
    text.replace(text.find("\"n_gpu_layers\":0"), 16, "\"n_gpu_layers\":" + layers);
    return rows_of(text)[0].at("runtime");
  };
  CHECK(with("CUDA", "99") == "llama.cpp-cuda");
  CHECK(with("CUDA", "0") == "llama.cpp-cpu");
  CHECK(with("Vulkan", "99") == "llama.cpp-vulkan");
  CHECK(with("Metal,BLAS", "99") == "llama.cpp-metal");
}

TEST_CASE("Ollama's verbose text and its API answers") {
  const std::string text =
      "total duration:       5.2s\nload duration:        1.1s\nprompt eval count:    26 token(s)\nprompt eval "
      "duration: 130ms\n"
      "prompt eval rate:     200.00 tokens/s\neval count:           60 token(s)\neval duration:        1m0.5s\neval "
      "rate:            0.99 tokens/s\n";
  const auto rows = rows_of(text, {.runtime = "llama.cpp-cpu", .model = "llama-3.2-1b", .quant = "Q4_K_M"});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("metric") == "prefill_tok_s");
  CHECK(std::stod(rows[0].at("value")) == Approx(200));
  CHECK(std::stod(rows[1].at("value")) == Approx(60 / 60.5));
  CHECK(error_of(text, {.runtime = "llama.cpp-cpu"}).message.find("--model") != std::string::npos);
  CHECK(error_of(text, {.model = "llama-3.2-1b"}).message.find("--runtime") != std::string::npos);

  const auto streamed = rows_of(
      "{\"model\":\"llama3.2:1b\",\"response\":\"x\",\"done\":false}\n"
      "{\"model\":\"llama3.2:1b\",\"done\":true,\"eval_count\":100,\"eval_duration\":5000000000}\n",
      {.runtime = "llama.cpp-cpu", .quant = "Q4_K_M"});
  REQUIRE(streamed.size() == 1);
  CHECK(std::stod(streamed[0].at("value")) == Approx(20));
}

TEST_CASE("mlx_lm.generate") {
  const auto rows = rows_of(
      "==========\nPrompt: 13 tokens, 150.5 tokens-per-sec\nGeneration: 100 tokens, 45.25 tokens-per-sec\nPeak memory: "
      "1.048576 GB\n",
      {.device = "apple-m2-8gb", .model = "llama-3.2-1b"});
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].at("value") == "150.5");
  CHECK(rows[1].at("value") == "45.25");
  CHECK(rows[2].at("value") == "1000");
  CHECK(rows[2].at("metric") == "peak_mem_mib");
  CHECK(rows[1].at("runtime") == "mlx");
}

TEST_CASE("hostile and truncated files are errors that say where") {
  CHECK(error_of("").code == "empty");
  CHECK(error_of("[]").code == "empty");
  CHECK(error_of("hello").code == "unknown_format");
  CHECK(error_of("{}").code == "unknown_format");
  CHECK(error_of("[1,2]").code == "unknown_format");
  CHECK(error_of("[" + bench().substr(0, 200)).code == "syntax");
  CHECK(error_of(bench() + "\n" + bench().substr(0, 99)).path == "line 2");
  CHECK(error_of(std::string(200000, '[')).code == "unknown_format");
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = bench();
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(error_of(with("50.5", "-1")).path == "line 1.avg_ts");
  CHECK(error_of(with("50.5", "0")).path == "line 1.avg_ts");
  CHECK(error_of(with("50.5", "1e999")).code == "not_finite");
  CHECK(error_of(with("50.5", "\"fast\"")).path == "line 1.avg_ts");
  CHECK(error_of(with("50.5", "[[]]")).path == "line 1.avg_ts");
  CHECK(error_of(with("\"n_threads\":4", "\"n_threads\":0")).path == "line 1.n_threads");
  CHECK(error_of(with("512", "0")).path == "line 1.n_prompt");
  CHECK(error_of(with("\"llama 1B Q4_K - Medium\"", "{}")).path == "line 1.model_type");
  CHECK(error_of(with("\"llama 1B Q4_K - Medium\"", "\"" + std::string(5000, 'x') + "\"")).path == "line 1.model_type");
  CHECK(error_of("build_commit,avg_ts\n\"a\"\n").code == "wrong_length");
  CHECK(error_of("eval rate: 1\neval count: x\neval duration: 3 parsecs\n", {.runtime = "llama.cpp-cpu", .model = "m"})
            .path == "line 2: eval count");
  CHECK(error_of("Prompt: 13 tokens, 150.5 tokens-per-sec\nGenera", {.model = "llama-3.2-1b"}).path == "line 1");
}

TEST_CASE("names that a terminal or JSON could not bear are refused") {
  const auto with_type = [](const std::string& type) {
    std::string text = bench();
    const std::string from = "llama 1B Q4_K - Medium";
    return text.replace(text.find(from), from.size(), type);
  };
  CHECK(error_of(with_type("\\u001b[2J")).path == "line 1.model_type");
  CHECK(error_of(with_type("\\u202e")).path == "line 1.model_type");
  CHECK(error_of(with_type("\xff")).code == "syntax");
  CHECK(error_of("build_commit,model_type,avg_ts,n_prompt,n_gen,n_threads\na,\xff Q4_0,5,1,0,4\n").path ==
        "row 1.model_type");
  CHECK(error_of(bench() + std::string("\0{", 2)).code == "syntax");
}

TEST_CASE("a model without a preset is kept by name and remarked on") {
  std::string text = bench();
  text.replace(text.find("Llama-3.2-1B-Instruct"), 21, "Homemade-7B");
  const auto read = import_benchmark(text, {}, catalog());
  REQUIRE(read);
  REQUIRE(read->remarks.size() == 1);
  CHECK(read->remarks[0].find("Homemade-7B") != std::string::npos);
}

TEST_CASE("a name that the engine's own count of parameters contradicts is no preset's") {
  const auto of = [](double parameters, const ImportContext& context = {}) {
    std::string text = bench();
    text.insert(1, "\"model_n_params\":" + std::to_string(static_cast<long long>(parameters)) + ",");
    return import_benchmark(text, context, catalog());
  };
  const auto model = [](const auto& read) {
    const auto& columns = measurement_columns();
    return read
        ->rows[0][static_cast<std::size_t>(std::find(columns.begin(), columns.end(), "model") - columns.begin())];
  };
  CHECK(model(of(1235814432)) == "llama-3.2-1b");
  CHECK(of(1235814432)->remarks.empty());
  const auto other = of(8030261248);
  CHECK(model(other) == "llama-3.2-1b-instruct-q4_k_m");
  REQUIRE(other->remarks.size() == 1);
  CHECK(other->remarks[0].find("is called llama-3.2-1b and has 8.03 billion parameters") != std::string::npos);
  ImportContext named;
  named.model = "llama-3.1-8b";
  CHECK(model(of(8030261248, named)) == "llama-3.1-8b");
}

TEST_CASE("the table that a serving benchmark prints is its JSON") {
  const std::string table =
      "INFO: started\n============ Serving Benchmark Result ============\n"
      "Successful requests:                     100       \nMaximum request concurrency:             8         \n"
      "Total input tokens:                      51200     \nTotal generated tokens:                  12800     \n"
      "Request throughput (req/s):              2.00      \nOutput token throughput (tok/s):         256.00    \n"
      "---------------Time to First Token----------------\nMedian TTFT (ms):                        150.00    \n"
      "-----Time per Output Token (excl. 1st token)------\nMedian TPOT (ms):                        29.00     \n";
  const std::string end = "==================================================\n";
  ImportContext context;
  context.device = "rtx-3090-24gb";
  const ImportContext unnamed = context;
  context.model = "llama-3.2-1b";
  context.quant = "bf16";
  const auto rows = rows_of(table + end, context);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("metric") == "throughput_tok_s");
  CHECK(rows[0].at("value") == "256");
  CHECK(rows[0].at("runtime") == "vllm-cuda");
  CHECK(rows[0].at("batch") == "8");
  CHECK(rows[0].at("prompt") == "512");
  CHECK(rows[0].at("generate") == "128");
  CHECK(rows[1].at("metric") == "tpot_ms");
  CHECK(rows[1].at("value") == "29");
  CHECK(error_of(table, context).message.find("cut short") != std::string::npos);
  CHECK(error_of(table + end, unnamed).message.find("--model") != std::string::npos);
  // SGLang's prints alike, and says that it is SGLang's.
  std::string other = table + end;
  other.insert(other.find("Successful"), "Backend:                                 sglang    \n");
  CHECK(error_of(other, context).message.find("--runtime") != std::string::npos);
  context.runtime = "sglang-cuda";
  CHECK(rows_of(other, context)[0].at("runtime") == "sglang-cuda");
}

TEST_CASE("what ran on a processor that is not the device's ran elsewhere") {
  const auto said = [](const Imported& read) {
    std::vector<std::string> all = read.remarks;
    if (!read.elsewhere.empty()) all.push_back(read.elsewhere);
    return all;
  };
  const auto remarks = [&](const std::string& device, const std::string& gpus, const std::string& more = "",
                           const std::string& backend = "CUDA") {
    std::string text = bench();
    text.replace(text.find("\"CPU\""), 5, "\"" + backend + "\"");
    text.replace(text.find("\"n_gpu_layers\":0"), 16, "\"n_gpu_layers\":99");
    text.insert(1, "\"gpu_info\":\"" + gpus + "\"," + more);
    ImportContext context;
    context.device = device;
    const auto read = import_benchmark(text, context, catalog());
    REQUIRE(read);
    return said(*read);
  };
  const auto other = remarks("rtx-3090-24gb", "NVIDIA GeForce RTX 4060");
  REQUIRE(other.size() == 1);
  CHECK(other[0].find("\"NVIDIA GeForce RTX 4060\" (rtx-4060-8gb), not on rtx-3090-24gb") != std::string::npos);
  CHECK(remarks("rtx-4060-laptop-8gb", "NVIDIA GeForce RTX 4060").size() == 1);
  CHECK(remarks("raspberry-pi-5-8gb", "NVIDIA GeForce RTX 4060").size() == 1);
  CHECK(remarks("rtx-3090-24gb", "NVIDIA GeForce RTX 3090, NVIDIA GeForce RTX 4060").size() == 1);

  for (const auto& [device, gpu] : {std::pair{"rtx-3090-24gb", "NVIDIA GeForce RTX 3090"},
                                    {"rtx-4060-laptop-8gb", "NVIDIA GeForce RTX 4060 Laptop GPU"},
                                    {"rtx-4060-ti-8gb", "NVIDIA GeForce RTX 4060 Ti"},
                                    {"rx-7900-xtx-24gb", "AMD Radeon RX 7900 XTX (RADV NAVI31)"},
                                    {"ryzen-ai-9-hx-470-64gb", "AMD Radeon 890M Graphics"},
                                    {"apple-m2-pro-32gb", "Apple M2 Pro"},
                                    {"apple-m2-pro-32gb", "some GPU of tomorrow"}})
    CHECK(remarks(device, gpu).empty());
  const std::string unsure = "it ran on \"some GPU of tomorrow\": whether that is rtx-3090-24gb is not known";
  CHECK(remarks("rtx-3090-24gb", "some GPU of tomorrow") == std::vector{unsure});
  CHECK(remarks("rtx-3090-24gb", "NVIDIA GeForce RTX 9090")[0].find("not on rtx-3090-24gb") != std::string::npos);
  const auto of_cpu = [&](const std::string& device, const std::string& cpu) {
    std::string text = bench();
    ImportContext context;
    context.device = device;
    return said(*import_benchmark(text.insert(1, "\"cpu_info\":\"" + cpu + "\","), context, catalog()));
  };
  CHECK(of_cpu("ryzen-9-7950x-64gb", "AMD Ryzen 9 7950X 16-Core Processor").empty());
  CHECK(of_cpu("intel-n100-ddr5-8gb", "Intel(R) N100").empty());
  CHECK(of_cpu("raspberry-pi-5-8gb", "Cortex-A76").empty());
  CHECK(of_cpu("raspberry-pi-5-8gb", "AMD Ryzen 9 7950X 16-Core Processor").size() == 1);
  CHECK(of_cpu("raspberry-pi-5-8gb", "AMD Ryzen 9 7950X 16-Core Processor, OpenBLAS").size() == 1);
  CHECK(remarks("apple-m4-16gb", "Apple M1", "", "Metal").size() == 1);
  CHECK(remarks("a100-sxm4-80gb", "NVIDIA A100-SXM4-40GB").size() == 1);
  // The cards of a build with two backends, and one chosen of two.
  CHECK(remarks("rtx-4060-8gb", "NVIDIA GeForce RTX 4060, NVIDIA GeForce RTX 4060", "", "CUDA,Vulkan").empty());
  const std::string two = "NVIDIA GeForce RTX 3090, NVIDIA GeForce RTX 4060";
  CHECK(remarks("rtx-4060-8gb", two, R"("split_mode":"none","main_gpu":1,)").empty());
  CHECK(remarks("rtx-4060-8gb", two, R"("split_mode":"none","main_gpu":0,)").size() == 1);
  CHECK(remarks("rtx-4060-8gb", two, R"("devices":"CUDA1",)").empty());
  CHECK(remarks("rtx-4060-8gb", two, R"("devices":"CUDA0/CUDA1",)").size() == 1);
  CHECK(remarks("rtx-4060-8gb", two, R"("tensor_split":"0.00/1.00",)").empty());
}

TEST_CASE("prompt tokens in one pass are stated where they are not the runtime's own") {
  const auto passes = [](const std::string& more) {
    std::string text = bench();
    return rows_of(text.insert(1, more))[0].at("micro_batch");
  };
  CHECK(passes("").empty());
  CHECK(passes(R"("n_batch":2048,"n_ubatch":512,)").empty());
  CHECK(passes(R"("n_batch":2048,"n_ubatch":1024,)") == "1024");
  CHECK(passes(R"("n_batch":256,"n_ubatch":512,)") == "256");
  std::string half = bench();
  CHECK(error_of(half.insert(1, R"("n_ubatch":512.5,)")).code == "not_whole");
}
